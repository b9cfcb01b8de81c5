"""The long search: every item once, a log that survives, and what it says at the end."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from claims.__main__ import main
from claims.frame import hunt as module
from claims.frame.cases import Case, Selection
from claims.frame.evidence import Evidence
from claims.frame.hunt import hunt
from claims.frame.profiles import PROFILES, Profile

ONE = Selection(claims=["l1-norm"], dtypes=["float32", "float64"])
QUICK = PROFILES["quick"]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Cases do not run, but are listed; float64 with seed 1 says too little."""
    listed: list[tuple[str, int]] = []

    def run(case: Case, _profile: Profile, seed: int) -> Evidence:
        listed.append((case.id, seed))
        evidence = Evidence(case.claim, "eager", case.device, case.dtypes[0], instances=10)
        evidence.outcome = "vacuous" if (case.dtypes[0], seed) == ("float64", 1) else "held"
        evidence.reason = "7 of 10 instances are undetermined" if evidence.outcome == "vacuous" else None
        return evidence

    monkeypatch.setattr(Case, "run", run)
    return listed


def hunted(log: Path, seeds: int = 2) -> tuple[int, str]:
    said = io.StringIO()
    bad = hunt(ONE, QUICK, range(seeds), log, Console(file=said, width=200))
    return bad, said.getvalue()


def test_every_item_is_examined_once_however_often_the_command_is_given(
    ran: list[tuple[str, int]], tmp_path: Path
) -> None:
    log = tmp_path / "deep" / "hunt.jsonl"
    assert hunted(log, 1)[0] == 0
    assert ran == [("l1-norm-eager-cpu-float32", 0), ("l1-norm-eager-cpu-float64", 0)]
    bad, said = hunted(log)
    assert bad == 1
    assert ran[2:] == [("l1-norm-eager-cpu-float32", 1), ("l1-norm-eager-cpu-float64", 1)]
    assert "l1-norm says too little on eager, cpu, float64: 7 of 10 instances are undetermined" in said
    assert "vacuous: l1-norm-eager-cpu-float64, seed 1" in said
    assert "4 items, 40 instances" in said
    assert hunted(log)[0] == 1  # the log remembers what did not hold
    assert len(ran) == 4


def test_a_torn_line_is_named_and_its_item_examined_again(ran: list[tuple[str, int]], tmp_path: Path) -> None:
    log = tmp_path / "hunt.jsonl"
    hunted(log, 1)
    text = log.read_text(encoding="utf-8")
    log.write_text(text[:-30], encoding="utf-8")
    _, said = hunted(log, 1)
    assert f"{log}: line 2 cannot be read; its item is examined again" in " ".join(said.split())
    assert ran[2:] == [("l1-norm-eager-cpu-float64", 0)]
    lines = log.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert json.loads(lines[-1])["item"] == "l1-norm-eager-cpu-float64"


@pytest.mark.usefixtures("ran")
def test_other_profiles_and_seeds_are_other_items(tmp_path: Path) -> None:
    log = tmp_path / "hunt.jsonl"
    hunted(log, 1)
    hunt(ONE, PROFILES["standard"], [0], log, Console(file=io.StringIO()))
    assert len(log.read_text(encoding="utf-8").splitlines()) == 4


def test_the_command_examines_claims(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "hunt.jsonl"
    asked = ["hunt", "--claim", "l1-zero-vs-small", "--dtype", "float32", "--profile", "quick", "--log", str(log)]
    assert main(asked) == 0
    line = json.loads(log.read_text(encoding="utf-8"))
    assert (line["outcome"], line["seed"], line["profile"]) == ("held", 0, "quick")
    assert line["instances"] > 1000
    assert "1 items" in capsys.readouterr().out
    assert main(["hunt", "--claim", "l1-nrm"]) == 2
    assert "l1-norm" in capsys.readouterr().err


def test_good_outcomes_are_those_that_pytest_passes() -> None:
    assert {"held", "consistent", "exhausted", "departs"} == module.GOOD
