"""How many instances a second the harness gets through, against Hypothesis drawing them one at a time.

Both run on one thread, and a second is one of the processor's: what else the machine does has little say.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis.extra.numpy as arrays_of
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_benchmark.fixture import BenchmarkFixture
from torch import Tensor

from claims import values, within
from claims.frame.checks import Check
from claims.frame.claim import Proposition
from claims.frame.inputs.matrices import MatrixCycle
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Regimes
from claims.frame.profiles import PROFILES
from claims.frame.runner import examine
from claims.frame.subject import Subject
from reference.bounds import Chain

BATCHES = 300  # and a few more: some drawn trials are equal
ONE_AT_A_TIME = 300


class MatrixPair(MatrixCycle):
    """Two factors in batches as large as those of most claims: `MatrixCycle` has fewer, for the traces."""

    most = 256


PRODUCTS = MatrixPair((8, 8), Numbers("normal"))


def product_of_two_matrices(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
    a, b = factors
    yield within(subject.matmul(a, b), Chain.of(values(a), subject.arithmetic("matmul")).matmul(values(b)).truth())


def examine_batches(most: int) -> float:
    """Instances a second over `BATCHES` drawn trials and the corners."""
    regimes = {"factors": Regimes(st.just(PRODUCTS), (PRODUCTS,))}
    profile = dataclasses.replace(PROFILES["standard"], examples=BATCHES + 40, batch=most, elements=1 << 18)
    start = time.process_time()
    evidence = examine(Proposition("product", product_of_two_matrices, regimes), Subject("eager", "float32"), profile)
    seconds = time.process_time() - start
    assert evidence.outcome == "held"
    assert evidence.batches >= BATCHES
    return evidence.instances / seconds


def examine_one_at_a_time() -> float:
    """The same property as a Hypothesis test of its own, with arrays drawn entry by entry; instances a second."""
    entries = st.floats(-8, 8, width=32)
    matrices = arrays_of.arrays(np.float32, (8, 8), elements=entries)
    subject = Subject("eager", "float32")

    @settings(max_examples=ONE_AT_A_TIME, deadline=None, database=None)
    @given(matrices, matrices)
    def check(a: np.ndarray, b: np.ndarray) -> None:
        x, y = (subject.tensor(m)[None] for m in (a, b))
        for found in product_of_two_matrices(subject, [x, y]):
            assert found.margins.max() <= 1

    start = time.process_time()
    check()
    return ONE_AT_A_TIME / (time.process_time() - start)


@pytest.mark.benchmark(group="throughput")
def test_instances_a_second(benchmark: BenchmarkFixture, announce: Callable[[Any], None]) -> None:
    rates: list[float] = []
    benchmark.pedantic(lambda: rates.append(examine_batches(256)), rounds=8, warmup_rounds=1)
    # the fastest of each: what shares the machine only ever makes it slower
    rate, slow = max(rates), max(examine_one_at_a_time() for _ in range(4))
    benchmark.extra_info.update(
        {"instances a second": round(rate), "one at a time": round(slow), "ratio": round(rate / slow, 1)}
    )
    announce(
        f"8x8 products in float32, one core: {rate:,.0f} instances a second in batches of 256, harness included; "
        f"{slow:,.0f} one at a time with hypothesis.extra.numpy.arrays; ratio {rate / slow:.0f}"
    )
    assert rate >= 100_000
    assert rate >= 100 * slow
