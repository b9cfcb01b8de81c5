"""Mutants by themselves: on the claims that list them, on all others, in a run that goes on where one stopped."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from claims.frame import cases, resume
from claims.frame.cases import Case
from claims.frame.profiles import PROFILES
from tests.frame.runs import evidence, records, run_apart, run_here
from tests.frame.toys.registry import load_toys

OWN = ["doubling-addition-that-subtracts-cpu", "doubling-addition-of-two-numbers-only-cpu"]


def recorded(directory: Path) -> list[str]:
    """What the record has evidence of, in its order."""
    return [f"{e['claim']} {e['name']} {e['outcome']}" for e in records(directory) if e["kind"] == "evidence"]


def test_mutants_run_alone() -> None:
    done = run_here("--mutants", "--collect-only")
    assert set(OWN) < set(done.items)
    assert len(done.items) == 3


def test_the_suites_own_tests_do_not_run_with_mutants() -> None:
    alone = run_here("--mutants", "--collect-only", path="tests/frame/test_plan.py")
    assert alone.status == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_mutant_meets_every_other_claim_of_its_operation(tmp_path: Path) -> None:
    done = run_here("--everywhere", "--report", str(tmp_path), "--dtype", "float32")
    crossed = {k[:2]: e["outcome"] for k, e in evidence(tmp_path).items() if e["role"] == "cross"}
    assert crossed == {("finiteness", "smallness/size-as-it-should-be"): "survived"}
    assert "mutants on other claims of their operation: 0 caught, 1 survived, 0 not applicable" in done.output


def test_a_mutant_that_another_claim_cannot_call_is_not_applicable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "load_all", load_toys)
    foreign = Case("cross", "finiteness", "eager", "cpu", ("float32",), "addition-of-two-numbers-only", of="doubling")
    evidence = foreign.run(PROFILES["quick"], 0)
    assert (evidence.role, evidence.outcome) == ("cross", "survived")  # it does not call the operation

    def raises(*_: object) -> None:
        raise TypeError

    monkeypatch.setattr(cases, "catch", raises)
    evidence = foreign.run(PROFILES["quick"], 0)
    assert (evidence.outcome, evidence.reason) == ("error", "raises TypeError")
    assert evidence.name == "doubling/addition-of-two-numbers-only"


def test_the_summary_says_how_soon_mutants_are_caught(tmp_path: Path) -> None:
    done = run_here("--mutants", "--chapter", "addition", "--report", str(tmp_path))
    (row,) = [line for line in done.output.splitlines() if line.split()[:2] == ["|", "addition"]]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    caught = [e["instances"] for e in evidence(tmp_path).values() if e["outcome"] == "caught"]
    assert cells[1:5] == ["3", "3", "2", "1"]
    assert cells[5] == f"{sum(caught) / 2:.0f}"


def test_a_resumed_run_leaves_out_what_was_good(tmp_path: Path) -> None:
    options = ("--mutants", "--report", str(tmp_path), "--resume")
    first = run_here(*options)
    assert first.outcomes == {"failed": 1, "passed": 2}
    assert len(recorded(tmp_path)) == 3
    second = run_here(*options)
    assert second.outcomes == {"failed": 1}  # what failed is run again
    assert "resumed: 2 items were done before" in second.output
    assert "mutants: 2 caught, 1 survived" in second.output
    assert len(recorded(tmp_path)) == 4


def test_a_resumed_run_with_nothing_left_is_good(tmp_path: Path) -> None:
    options = ("--mutants", "--claim", "doubling", "--report", str(tmp_path), "--resume")
    assert run_here(*options).outcomes == {"passed": 2}
    again = run_here(*options)
    assert again.status == 0
    assert "mutants: 2 caught" in again.output
    assert recorded(tmp_path) == recorded(tmp_path)[:2]


def test_workers_leave_out_what_was_good_too(tmp_path: Path) -> None:
    options = ("--mutants", "--report", str(tmp_path), "--resume", "-n", "2")
    assert run_apart(*options).outcomes == {"failed": 1, "passed": 2}
    assert run_apart(*options).outcomes == {"failed": 1}


def test_half_a_line_is_run_again_and_spoils_no_other(tmp_path: Path) -> None:
    options = ("--mutants", "--claim", "doubling", "--report", str(tmp_path), "--resume")
    run_here(*options)
    (path,) = tmp_path.glob("*.jsonl")
    *kept, torn, _ = path.read_text(encoding="utf-8").splitlines(keepends=True)  # the last line says that it ended
    path.write_text("".join(kept) + torn[:-40], encoding="utf-8")
    assert run_here(*options).outcomes == {"passed": 1}
    lines = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-2])["outcome"] == "caught"
    assert len(resume.found(path)) == 2


@pytest.mark.parametrize("change", [("--hypothesis-seed", "7"), ("--hypothesis-profile", "standard")])
def test_another_run_is_not_resumed(tmp_path: Path, change: tuple[str, str]) -> None:
    options = ("--mutants", "--claim", "doubling", "--report", str(tmp_path), "--resume")
    run_here(*options)
    assert run_here(*options, *change).outcomes == {"passed": 2}
    assert len(list(tmp_path.glob("*.jsonl"))) == 2


def test_a_run_of_older_code_is_not_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--mutants", "--claim", "doubling", "--report", str(tmp_path / "out"), "--resume")
    run_here(*options)
    source = tmp_path / "claims" / "changed.py"
    source.parent.mkdir()
    source.touch()
    os.utime(source, (2**33, 2**33))
    monkeypatch.setattr(resume, "ROOT", tmp_path)
    assert run_here(*options).outcomes == {"passed": 2}


def test_to_resume_needs_a_report() -> None:
    done = run_here("--resume")
    assert done.status == pytest.ExitCode.USAGE_ERROR
    assert done.output.strip() == "ERROR: --resume goes on with a record: say where it lies with --report DIR"
