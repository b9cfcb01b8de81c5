"""Claims that would not notice much are named, and fail the run unless they say why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claims.frame import vacuity
from claims.frame.claim import Claim, load_all
from claims.frame.vacuity import weaknesses
from tests.frame.runs import run_here
from tests.frame.toys.registry import load_toys

DTYPES = ("float16", "bfloat16", "float32", "float64")


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Claim:
    """The doubling claim, alone and in a copy that a test may change."""
    copy = dataclasses.replace(load_toys()["doubling"])
    monkeypatch.setattr(vacuity, "load_all", lambda: {copy.id: copy})
    return copy


def cells(margin: float | str, outcome: str = "held", dtypes: tuple[str, ...] = DTYPES) -> list[dict[str, Any]]:
    about = {"role": "claim", "claim": "doubling", "subject": "eager", "device": "cpu", "name": None, "reason": "none"}
    return [about | {"dtype": d, "outcome": outcome, "worst": {"margin": margin}} for d in dtypes]


def mutants(*outcomes: str) -> list[dict[str, Any]]:
    about = {"role": "mutant", "claim": "doubling", "subject": "eager", "device": "cpu", "dtype": "float32"}
    return [about | {"name": str(i), "outcome": o} for i, o in enumerate(outcomes)]


@pytest.mark.usefixtures("toy")
def test_a_loose_bound_is_named() -> None:
    (found,) = weaknesses(cells(5e-4))
    assert found == (
        "doubling",
        "loose: its worst margin is 0.0005, so 2000 times the error would not be noticed",
    )


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(
    "evidence",
    [
        cells(1e-3),
        cells(0.0),  # exact
        [*cells(5e-4, dtypes=DTYPES[:3]), *cells(0.5, dtypes=DTYPES[3:])],
        cells(5e-4, dtypes=DTYPES[:3]),  # the fourth was not asked for
        cells(5e-4, "failed"),  # it fails anyway
        [e | {"device": "cuda:99"} for e in cells(0.5, "not-run")] + cells(0.5),
        [e | {"subject": "mine"} for e in cells(5e-4)],
        [e | {"role": "refutation"} for e in cells(5e-4)],
        [*cells(0.5), *mutants("caught", "survived")],
        [*cells(0.5), *mutants("survived")],  # the other one did not run
        mutants("survived", "survived"),  # each fails its own item
        [],
    ],
)
def test_what_is_not_weak_is_not_named(evidence: list[dict[str, Any]]) -> None:
    assert weaknesses(evidence) == []


@pytest.mark.usefixtures("toy")
def test_a_claim_that_catches_nothing_is_named() -> None:
    assert weaknesses([*cells(0.5), *mutants("survived", "survived")]) == [("doubling", "catches no mutant")]


def test_a_claim_without_mutants_is_named(toy: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = dataclasses.replace(toy, mutants=[])
    monkeypatch.setattr(vacuity, "load_all", lambda: {bare.id: bare})
    assert weaknesses(cells(0.5)) == [("doubling", "catches no mutant")]


@pytest.mark.usefixtures("toy")
def test_a_claim_that_never_runs_is_named() -> None:
    skipped = [e | {"worst": None} for e in cells(0.0, "not-run")]
    assert weaknesses(skipped) == [("doubling", "never runs: none")]


def test_a_written_reason_excuses(toy: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    excused = dataclasses.replace(toy, weakness="two numbers have one sum")
    monkeypatch.setattr(vacuity, "load_all", lambda: {excused.id: excused})
    assert weaknesses(cells(5e-4)) == []


@pytest.fixture
def _no_mutants() -> Iterator[None]:
    mutants = load_toys()["doubling"].mutants
    kept = [*mutants]
    mutants.clear()
    yield
    mutants.extend(kept)


@pytest.mark.usefixtures("_no_mutants")
def test_a_weak_claim_fails_the_run(tmp_path: Path) -> None:
    done = run_here("--claim", "doubling", "--report", str(tmp_path))
    assert done.status == pytest.ExitCode.TESTS_FAILED
    assert done.outcomes == {"passed": 5}
    assert "weak: doubling catches no mutant; mend it, or say why in its `weakness`" in done.output


def test_every_claim_has_mutants_and_refutations() -> None:
    assert [c.id for c in load_all().values() if not c.weakness and not (c.mutants and c.refutations)] == []
