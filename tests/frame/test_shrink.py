"""Shrinking: simpler regimes and call plans, then simpler numbers, for drawn and corner failures alike."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from torch import Tensor

from claims import holds, values, within
from claims.frame import shrink
from claims.frame.checks import Check
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.subject import Subject
from reference.formats import Format
from reference.truth import Truth
from tests.frame.toys.inputs import Draws, Nonzero, Pair, Row, Sample, only, rows
from tests.frame.toys.properties import Property, examined


def failure(check: Property, **regimes: Regimes) -> dict[str, Any]:
    """The smallest failure of a property that fails."""
    evidence = examined(check, **regimes)
    assert evidence.outcome == "failed"
    assert evidence.failure is not None
    return evidence.failure


def numbers(failed: dict[str, Any]) -> dict[str, list[list[float]]]:
    """The numbers of the smallest instance, by parameter."""
    return {name: [[float.fromhex(v) for v in a] for a in made] for name, made in failed["input"]["values"].items()}


def third_number_is_small(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Fails for rows of three and more, whatever the other numbers are."""
    v = values(subject.abs(x))
    yield holds(v[:, 2] < 0.5 if v.shape[-1] > 2 else np.ones(len(v), bool))


SMALLEST = {"x": [[0.0, 0.0, 1.0]]}


@pytest.mark.parametrize(
    "regimes",
    [only(Row(7, "near overflow")), Regimes(st.builds(Row, st.integers(3, 9), st.just("normal")), (Row(1),))],
    ids=["corner", "drawn"],
)
def test_regime_and_numbers_become_as_small_as_they_can(regimes: Regimes) -> None:
    failed = failure(third_number_is_small, x=regimes)
    assert failed["input"]["regimes"]["x"] == {"kind": "Row", "n": 3, "of kind": "counting", "factor": 1.0}
    assert numbers(failed) == SMALLEST
    assert failed["input"]["index"] == 0
    assert failed["input"]["batch"] == 1


def test_the_call_plan_becomes_the_plainest_one() -> None:
    failed = failure(third_number_is_small, x=rows(Row(1)))
    assert failed["input"]["plan"] == {"calls": "batched", "layout": "contiguous", "axis": "last"}


@pytest.mark.parametrize(
    ("part", "wrong", "plan"),
    [
        ("layout", "strided", {"calls": "batched", "layout": "strided", "axis": "last"}),
        ("calls", "single", {"calls": "single", "layout": "contiguous", "axis": "last"}),
        ("axis", "middle", {"calls": "batched", "layout": "contiguous", "axis": "middle"}),
    ],
)
def test_what_the_failure_needs_of_the_call_plan_stays(part: str, wrong: str, plan: dict[str, str]) -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        subject.softmax(x, dim=-1)
        yield holds(np.full(len(x), getattr(subject.plan, part) != wrong))

    assert failure(check, x=only(*(Row(n) for n in range(1, 12))))["input"]["plan"] == plan


def test_entries_become_zero_then_one_then_rounder() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        v = values(subject.abs(x))
        yield holds(~((v[:, 0] > 2.3) & (v[:, 1] < 0.7) & (v[:, 1] > 0)))

    assert numbers(failure(check, x=only(Fixed((2.71828, 0.61803, 3.14159))))) == {"x": [[3.0, 0.5, 0.0]]}


def test_the_largest_number_has_no_rounder_one() -> None:
    largest = float(np.finfo(np.float64).max)
    assert [shrink._rounded(v, 3) for v in (2.71828, largest, -largest)] == [2.5, largest, -largest]


@dataclasses.dataclass(frozen=True)
class Fixed(Regime):
    """One row, the same in every instance."""

    row: tuple[float, ...] = ()

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [np.tile(self.row, (batch, 1))]


def test_shrinking_honours_the_hypotheses() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        v = values(subject.abs(x))
        yield holds(v.sum(-1) < 1)

    failed = failure(check, x=only(Nonzero(6, "normal")))
    assert failed["input"]["regimes"]["x"]["kind"] == "Nonzero"
    assert numbers(failed) == {"x": [[1.0]]}
    in_three = failure(check, x=only(NonzeroOfFixedLength(3, "normal")))
    assert numbers(in_three) == {"x": [[1.0, 1.0, 1.0]]}


class FixedLength(Row):
    """Rows that do not become shorter."""

    def simpler(self) -> Iterator[Row]:
        return iter(())


class NonzeroOfFixedLength(Nonzero):
    def simpler(self) -> Iterator[Row]:
        return iter(())


def test_a_long_row_becomes_zero_in_blocks() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(values(subject.abs(x))[:, 777] == 0)

    failed = failure(check, x=only(FixedLength(2000, "normal")))
    assert failed["instance"].count("0., ") > 3
    assert "index_put((torch.tensor([777]),)" in failed["reproduction"]


def test_every_array_of_an_input_shrinks() -> None:
    def check(subject: Subject, factors: list[Tensor]) -> Iterator[Check]:
        yield holds(values(subject.matmul(*factors)).sum((-2, -1)) == 0)

    failed = failure(check, factors=only(Pair((3, 4, 2))))
    assert numbers(failed) == {"factors": [[1.0], [1.0]]}
    assert failed["input"]["shapes"] == {"factors": [[1, 1], [1, 1]]}


def test_a_failure_of_the_batch_keeps_its_smallest_part() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        v = values(subject.abs(x))
        yield holds(np.full(len(v), len(v) < 3), label="fewer than three")

    failed = failure(check, x=only(Row(1)))
    assert failed["input"]["batch"] == 8  # what can be rebuilt is the batch that the three were cut from
    assert "of a batch of 3: it passes alone" in failed["instance"]


def test_a_check_of_the_whole_batch_shrinks_to_the_instance_that_fails_alone() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(values(subject.abs(x)).max() < 1, label="all together")

    failed = failure(check, x=only(Row(4, "normal", 8.0)))
    assert failed["input"]["batch"] == 1
    assert numbers(failed) == {"x": [[1.0]]}


def test_a_sample_shrinks_in_its_regime() -> None:
    def check(subject: Subject, sample: Sample) -> Iterator[Check]:
        subject.toy_noise(sample.count, device=subject.device)
        yield holds(sample.count < 10, label="few")

    failed = failure(check, sample=only(Draws(1000)))
    assert failed["input"]["regimes"]["sample"]["count"] <= 15
    assert failed["instance"].startswith("sample: count=")


def test_a_simpler_input_that_raises_is_not_the_failure() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        v = values(subject.abs(x))
        if not v.any():
            raise ValueError("an input that the property was not made for")
        yield holds(v.max(-1) < 1)

    failed = failure(check, x=only(Row(5, "normal", 4.0)))
    assert numbers(failed) == {"x": [[1.0]]}


def test_the_smallest_failure_is_the_same_in_two_runs() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield within(subject.toy_total(x, dim=-1), Truth(np.zeros(()), np.full((), 3.7)))

    regimes = rows(Row(1), kinds=("normal",), longest=20)
    assert failure(check, x=regimes) == failure(check, x=regimes)


@pytest.mark.parametrize(("clock", "tick"), [("perf_counter", 3600.0), ("process_time", 0.01)])
def test_a_slow_machine_finds_the_same_smallest_failure(
    clock: str, tick: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every look at the clock costs a tick: time on the wall never counts, the process's own only in the end."""

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield within(subject.toy_total(x, dim=-1), Truth(np.zeros(()), np.full((), 3.7)))

    regimes = rows(Row(1), kinds=("normal",), longest=20)
    calm = failure(check, x=regimes)
    ticks = itertools.count()
    monkeypatch.setattr(time, clock, lambda: tick * next(ticks))
    assert failure(check, x=regimes) == calm


@pytest.mark.parametrize(
    ("limit", "smallest"), [(100.0, 128.0), (12.5, 13.0), (2.5, 3.0), (1.5, 2.0), (0.3, 1.0), (-1.0, 0.0)]
)
@pytest.mark.parametrize("factor", [1.0, -1.0])
def test_numbers_become_round_positive_and_near_to_one(limit: float, smallest: float, factor: float) -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(values(subject.abs(x))[:, -1] <= limit)

    assert numbers(failure(check, x=only(Row(1, "near overflow", factor)))) == {"x": [[smallest]]}


@pytest.mark.parametrize("where", ["corner", "drawn", "batch", "regimes"])
def test_shrinking_ends_in_time(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrink, "LAST_RESORT", 0.1)

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        if x.shape[-1] > 1:
            end = time.process_time() + 0.02
            while time.process_time() < end:
                pass
        v = values(subject.abs(x))
        fine = {"batch": np.full(len(v), len(v) < 7), "regimes": np.full(len(v), v.shape[-1] < 400)}
        yield holds(fine.get(where, v[:, -1] < 0.001) if v.shape[-1] > 1 else np.ones(len(v), bool))

    large = Row(500, "normal")
    regimes = Regimes(st.builds(Row, st.integers(2, 10_000), st.just("normal")), (Row(1),))
    start = time.process_time()
    failed = failure(check, x=regimes if where == "drawn" else only(large))
    assert failed["margin"] == "inf"
    assert time.process_time() - start < 1.5


def test_the_number_of_evaluations_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrink, "EVALUATIONS", 3)
    evaluations = 0

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        nonlocal evaluations
        evaluations += 1
        yield holds(values(subject.abs(x))[:, 777] == 0)

    failed = failure(check, x=only(FixedLength(2000, "normal")))
    assert failed["margin"] == "inf"
    assert evaluations < 20, "it would have taken hundreds"
