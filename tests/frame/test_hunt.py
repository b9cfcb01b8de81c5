"""The long search: every item once, a log that survives, and what it says at the end."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from claims.__main__ import main
from claims.frame.cases import Case, Selection
from claims.frame.evidence import GOOD, Evidence
from claims.frame.hunt import hunt
from claims.frame.profiles import PROFILES, Profile
from reports import schema

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
    found = hunt(ONE, QUICK, range(seeds), log, Console(file=said, width=200))
    return sum(line["outcome"] not in GOOD for line in found), said.getvalue()


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


@pytest.mark.usefixtures("ran")
def test_what_was_found_is_kept_for_reports(tmp_path: Path) -> None:
    asked = ["hunt", "--claim", "l1-norm", "--dtype", "float32", "--dtype", "float64", "--profile", "quick"]
    record = tmp_path / "records" / "alarms.jsonl"
    options = ["--seeds", "0:2", "--log", str(tmp_path / "hunt.jsonl"), "--record", str(record)]
    assert main([*asked, *options]) == 1
    (line,) = map(json.loads, record.read_text(encoding="utf-8").splitlines())
    jsonschema.Draft202012Validator(schema.load()).validate(line)
    assert schema.violation(line) is None
    assert (line["profile"], line["seeds"], line["items"], line["instances"]) == ("quick", [0, 1], 4, 40)
    assert [(a["item"], a["seed"], a["outcome"]) for a in line["alarms"]] == [
        ("l1-norm-eager-cpu-float64", 1, "vacuous")
    ]
    main([*asked, *options])
    assert len(record.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize(("text", "seeds"), [("2", {0, 1}), ("1:3", {1, 2})])
def test_seeds_are_a_number_or_a_range(text: str, seeds: set[int], tmp_path: Path) -> None:
    log = tmp_path / "hunt.jsonl"
    main(["hunt", "--claim", "l1-norm", "--dtype", "float32", "--seeds", text, "--log", str(log)])
    assert {json.loads(line)["seed"] for line in log.read_text(encoding="utf-8").splitlines()} == seeds


@pytest.mark.parametrize("text", ["0", "3:3", "-1:2", "x", "1:y"])
def test_seeds_that_are_none_are_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["hunt", f"--seeds={text}"])
    assert ended.value.code == 2
    assert "--seeds" in capsys.readouterr().err


@pytest.mark.usefixtures("ran")
def test_a_record_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--claim", "l1-norm", "--dtype", "float32", "--log", str(tmp_path / "log"), "--record", str(tmp_path)]
    assert main(["hunt", *options]) == 2
    assert capsys.readouterr().err == f"cannot write {tmp_path}: Is a directory\n"
