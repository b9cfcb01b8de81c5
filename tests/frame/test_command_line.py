"""`python -m claims`: the list of claims, one claim in full, and inputs rebuilt from a record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from claims import __main__ as command_line
from claims.frame import cases
from claims.frame.records import RecordWriter
from claims.frame.runner import examine
from claims.frame.subject import Subject
from tests.frame.toys.properties import TINY
from tests.frame.toys.registry import load_toys

FIELDS = {"id", "title", "chapter", "topic", "truth", "operations", "dtypes", "refutations", "mutants"}


@pytest.fixture
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (command_line, cases):
        monkeypatch.setattr(module, "load_all", load_toys)


pytestmark = pytest.mark.usefixtures("_toys")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit status, the output and the complaints of a command."""
    status = command_line.main(arguments)
    return status, *capsys.readouterr()


def test_the_list_has_a_line_for_every_claim(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "list")
    assert status == 0
    heading, *lines = out.strip().splitlines()
    assert heading.split() == ["id", "truth", "title", "topic"]
    assert [line.split()[0] for line in lines] == list(load_toys())
    assert all(line.split()[-1].endswith(".py") for line in lines)


def test_the_list_as_json_has_what_programs_need(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "list", "--json")
    assert status == 0
    about = json.loads(out)
    assert [c["id"] for c in about] == list(load_toys())
    assert all(c.keys() >= FIELDS for c in about)
    (doubling,) = (c for c in about if c["id"] == "doubling")
    assert doubling["operations"] == ["add"]
    assert doubling["topic"] == "addition/doubling.py"
    assert doubling["dtypes"] == {"cpu": dict.fromkeys(("float16", "bfloat16", "float32", "float64"))}
    assert [r["name"] for r in doubling["refutations"]] == ["doubling-changes-nothing"]
    assert [m["name"] for m in doubling["mutants"]] == [
        "addition-that-subtracts",
        "addition-of-two-numbers-only",
    ]


def test_the_list_can_be_narrowed_to_chapters(capsys: pytest.CaptureFixture[str]) -> None:
    def listed(*arguments: str) -> list[str]:
        return [c["chapter"] for c in json.loads(run(capsys, "list", "--json", *arguments)[1])]

    assert set(listed("--chapter", "chance")) == {"chance"}
    assert set(listed("--chapter", "chance", "--chapter", "addition")) == {"addition", "chance"}


def test_one_claim_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "show", "smallness")
    assert status == 0
    for part in (
        "Every number is small",
        r"|x|\le\tfrac52",
        "false-as-stated",
        "some are not",
        "tests/frame/toys/addition/sizes.py:",
        "The size is compared with 5/2.",
        "operations: abs",
        "cpu: float16, bfloat16, float32, float64",
        "sizes-are-nonnegative",
        "size-as-it-should-be (abs; never)",
        "departures of torch",
    ):
        assert part in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["show", "dubling"], "no claim 'dubling'; nearest: doubling"),
        (["list", "--chapter", "adition"], "no chapter 'adition'; nearest: addition"),
        (["rebuild", "none.jsonl", "dubling"], "no claim 'dubling'; nearest: doubling"),
        (["rebuild", "none.jsonl", "doubling", "--dtype", "float23"], "no dtype 'float23'; nearest: float"),
        (["rebuild", "none.jsonl", "doubling"], "none.jsonl: No such file or directory"),
    ],
)
def test_a_wrong_name_is_answered_in_one_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.startswith(complaint)
    assert err.count("\n") == 1


def test_inputs_are_rebuilt_from_a_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RecordWriter(tmp_path, {}) as writer:
        for name in ("doubling", "smallness", "uniform-mean"):
            writer.evidence(examine(load_toys()[name], Subject("eager", "float32"), TINY).record())
    with writer.path.open("a", encoding="utf-8") as file:
        file.write('{"cut short')
    status, out, _ = run(capsys, "rebuild", str(writer.path), "smallness")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "worst: margin 0.8 in the check 'small', called batched, contiguous, last axis"
    assert "[1., 2.]" in lines[2]
    assert lines[3] == "here: margin 0.8"
    assert lines[4].startswith("failure: margin 1.2 in the check 'small'")
    assert lines[-1] == "here: margin 1.2"
    assert "sample: Draws(count=100" in run(capsys, "rebuild", str(writer.path), "uniform-mean")[1]
    status, _, err = run(capsys, "rebuild", str(writer.path), "doubling", "--dtype", "float64")
    assert (status, err) == (2, f"{writer.path} holds no input of doubling on eager, cpu, float64\n")
