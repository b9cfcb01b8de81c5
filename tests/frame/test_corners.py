"""In which order corner regimes run, which is learnt from mutants: it changes the turn of a trial and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.frame import corners
from claims.frame.claim import load_all
from claims.frame.profiles import PROFILES
from claims.frame.runner import corner_trials
from claims.frame.support import corner_regimes
from tests.frame.runs import evidence, run_here
from tests.frame.toys.registry import load_toys

QUICK = PROFILES["quick"]


@pytest.fixture
def learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "corners.json"
    path.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(corners, "LEARNT", path)
    corners.learnt.cache_clear()
    yield path
    corners.learnt.cache_clear()


def test_no_name_in_the_file_is_stale() -> None:
    assert corners.stale(load_all()) == [], "python -m claims corners  takes them out"


def test_what_is_learnt_comes_first_and_a_stale_name_is_passed_over(learnt: Path) -> None:
    toy = load_toys()["doubling"]
    regimes = corner_regimes(toy)
    names = [corners.name_of(r, regimes[0]) for r in regimes]
    assert corners.order("doubling", regimes) == [0, 1]
    learnt.write_text(json.dumps({"doubling": ["gone", names[1]]}), encoding="utf-8")
    corners.learnt.cache_clear()
    assert corners.order("doubling", regimes) == [1, 0]
    assert corners.stale({"doubling": toy}) == ["doubling: gone"]


def test_the_order_changes_no_trial(learnt: Path) -> None:
    toy = load_toys()["doubling"]
    declared = list(corner_trials(toy, QUICK, "float32"))
    regimes = corner_regimes(toy)
    learnt.write_text(json.dumps({"doubling": [corners.name_of(regimes[-1], regimes[0])]}), encoding="utf-8")
    corners.learnt.cache_clear()
    reordered = list(corner_trials(toy, QUICK, "float32"))
    assert reordered[0].regimes == regimes[-1]
    assert declared != reordered
    assert sorted(map(repr, declared)) == sorted(map(repr, reordered))


@pytest.mark.usefixtures("learnt")
def test_a_record_tells_which_corner_caught_a_mutant(tmp_path: Path) -> None:
    run_here("--mutants", "--claim", "doubling", "--report", str(tmp_path))
    caught = [e for e in evidence(tmp_path).values() if e["outcome"] == "caught"]
    toys = load_toys()
    found = corners.learn(caught)
    assert set(found["doubling"]) == {e["corner"]["name"] for e in caught}
    corners.keep(found | {"lost": ["gone"]}, toys)
    assert corners.learnt() == found
    assert corners.stale(toys) == []


def test_most_kills_a_second_come_first() -> None:
    def killed(name: str, seconds: float) -> dict[str, object]:
        return {"role": "mutant", "outcome": "caught", "claim": "c", "corner": {"name": name, "seconds": seconds}}

    made = [killed("slow", 1.0), killed("slow", 1.0), killed("quick", 0.1), killed("often", 0.1), killed("often", 0.1)]
    others = [{**killed("no", 0.1), "role": "claim"}, {**killed("no", 0.1), "outcome": "survived"}]
    assert corners.learn([*made, *others]) == {"c": ["often", "quick", "slow"]}
