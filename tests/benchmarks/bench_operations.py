"""torch and our reference, in time: every operation that the claims use, over sizes, dtypes and devices.

torch is called through the subject: in a batch and with contiguous memory where it takes batches, else one instance
at a time. The reference is the function of `reference` that the claims use, on the same numbers and on the CPU. Both
have one thread. Times are those of the machine that the file names.
"""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from claims.frame.claim import load_all
from claims.frame.subject import Subject
from claims.frame.support import devices, operations_of
from tests.benchmarks.output import Measured
from tests.benchmarks.row import Size, label
from tests.benchmarks.rows import ROWS

BUDGET = 0.03
"""Seconds for one benchmark, unless `FEWEST` rounds take longer."""
ROUND = 1e-4
"""Seconds that a round should take at least: long against the clock's resolution."""
FEWEST, MOST = 5, 100


class Case(NamedTuple):
    """One operation in one implementation."""

    operation: str
    implementation: str
    device: str
    dtype: str
    size: Size

    def __str__(self) -> str:
        return "-".join((*self[:-1], label(self.size).replace(" ", "")))


def cases() -> Iterator[Case]:
    """Every case: torch on the CPU and on CUDA, in each dtype that it supports there; the reference on the CPU."""
    present = [device for device in devices() if device in ("cpu", "cuda")]
    for operation, row in ROWS.items():
        for device in present:
            for dtype in row.dtypes(operation, device):
                for size in row.sizes:
                    yield Case(operation, "torch", device, dtype, size)
        for dtype in row.dtypes(operation, "cpu"):
            for size in row.sizes:
                yield Case(operation, "reference", "cpu", dtype, size)


@functools.cache
def users() -> dict[str, list[str]]:
    """The claims that use each operation."""
    found = defaultdict(list)
    for claim in load_all().values():
        for operation in operations_of(claim):
            found[operation].append(claim.id)
    return found


def schedule(call: Callable[[], Any]) -> dict[str, int]:
    """How many rounds of how many calls fit into the budget, from the shortest of three calls after a first."""
    call()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    once = min(times)
    iterations = min(MOST, max(1, round(ROUND / once)))
    return {"iterations": iterations, "rounds": min(MOST, max(FEWEST, round(BUDGET / (iterations * once))))}


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_operation(benchmark: BenchmarkFixture, case: Case, measured: list[Measured]) -> None:
    row, subject = ROWS[case.operation], Subject("eager", case.dtype, case.device)
    of = row.torch_call if case.implementation == "torch" else row.reference_call
    call = of(case.operation, subject, case.size)
    with subject.random(0):
        benchmark.pedantic(call, **schedule(call))
    benchmark.extra_info |= {
        **case._asdict(),
        "size": label(case.size),
        "claims": users()[case.operation],
        "compares": row.compares,
    }
    if case.device == "cuda":
        benchmark.extra_info["device_model"] = torch.cuda.get_device_name(case.device)
    if benchmark.stats is not None:  # it is None under --benchmark-disable
        measured.append(Measured(*case, benchmark.stats.stats.median))
