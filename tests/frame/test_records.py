"""Run records: every line keeps the published schema, as the run goes, killed or not, with workers or without."""

from __future__ import annotations

import collections
import json
import math
import os
import signal
import subprocess
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from torch import Tensor

from claims import equal, values, within
from claims.frame import environment, pytest_plugin
from claims.frame.checks import Check
from claims.frame.evidence import HIGHEST, LOWEST, Evidence, worst_of
from claims.frame.records import RecordWriter
from claims.frame.subject import Subject
from claims.frame.trial import Trial
from reference.truth import Truth
from reports import read, schema
from reports.evidence import merge
from tests.frame.runs import ENVIRONMENT, ROOT, command, evidence, records, run_here
from tests.frame.toys.inputs import Row, only, rows
from tests.frame.toys.properties import examined

VALIDATOR = jsonschema.Draft202012Validator(schema.load())
RUN = {"schema": 1, "kind": "evidence", "run": "toy"}


def valid(line: dict[str, Any]) -> dict[str, Any]:
    """The line, which keeps the schema both as jsonschema and as the reports read it."""
    VALIDATOR.validate(line)
    assert schema.violation(line) is None
    return line


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of a run over all toy claims, with every outcome."""
    directory = tmp_path_factory.mktemp("everything")
    run_here("--report", str(directory), "--device", "cpu", "--device", "cuda:99")
    return directory


def test_every_line_of_a_run_keeps_the_schema(everything: Path) -> None:
    lines = [valid(line) for line in records(everything)]
    assert lines[0]["kind"] == "run"
    assert lines[0]["closes"]
    assert {line["run"] for line in lines} == {lines[0]["run"]}
    assert {line["outcome"] for line in lines if line["kind"] == "evidence"} == {
        *("held", "consistent", "exhausted", "failed", "vacuous", "error", "not-run"),
        *("refuted", "not-refuted", "caught", "survived"),
    }


def test_the_last_line_closes_the_run_and_counts_its_results(everything: Path) -> None:
    *others, last = records(everything)
    assert last["kind"] == "end"
    assert [line["kind"] for line in others].count("end") == 0
    assert (last["status"], last["stopped"]) == (1, None)
    counted = collections.Counter((e["role"], e["outcome"]) for e in others if e["kind"] == "evidence")
    assert {(role, o): n for role, outcomes in last["counts"].items() for o, n in outcomes.items()} == counted
    assert last["seconds"] > 0


def test_a_run_that_stops_at_its_first_failure_says_so(tmp_path: Path) -> None:
    run_here("--report", str(tmp_path), "--claim", "smallness", "--dtype", "float32", "-x")
    last = valid(records(tmp_path)[-1])
    assert (last["kind"], last["stopped"]) == ("end", "stopping after 1 failures")
    (run,) = merge(read.read(tmp_path.glob("*.jsonl"))).runs.values()
    assert run.unfinished == "it was stopped early (stopping after 1 failures)"
    assert f"{run.name} did not finish" in (tmp_path / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("status", "shouldstop", "stopped"),
    [
        (0, False, None),
        (1, False, None),
        (5, False, None),
        (2, False, "interrupted"),
        (2, "stopping after 2 failures", "stopping after 2 failures"),
        (3, False, "an internal error"),
        (42, False, "exit status 42"),
    ],
)
def test_a_run_that_ends_early_says_why(tmp_path: Path, status: int, shouldstop: object, stopped: str | None) -> None:
    option = types.SimpleNamespace(report=tmp_path)
    config = types.SimpleNamespace(option=option, stash={pytest_plugin.DONE: set()})
    controller = pytest_plugin.Controller(config)  # type: ignore[arg-type]  # all it needs
    controller.writer = RecordWriter(tmp_path, {})
    session = types.SimpleNamespace(shouldfail=False, shouldstop=shouldstop, exitstatus=status)
    controller.pytest_sessionfinish(session)  # type: ignore[arg-type]  # all it looks at
    last = valid(records(tmp_path)[-1])
    assert (last["status"], last["stopped"]) == (status, stopped)


def test_a_claim_stands_once_and_before_its_evidence(everything: Path) -> None:
    seen: list[str] = []
    for line in records(everything):
        if line["kind"] == "claim":
            seen.append(line["id"])
        elif line["kind"] == "evidence":
            assert line["claim"] in seen
    assert len(seen) == len(set(seen)) == 6


def test_the_report_reads_a_record_without_complaint(everything: Path) -> None:
    made = read.read(everything.glob("*.jsonl"))
    assert made.problems == []
    assert len(made.evidence) == sum(line["kind"] == "evidence" for line in records(everything))


def test_the_run_says_where_and_how_it_ran(everything: Path) -> None:
    run = records(everything)[0]
    assert run["threads"] == 1
    assert run["devices"][0]["name"] == "cpu"
    assert run["versions"].keys() >= {"python", "torch", "numpy", "scipy", "hypothesis", "python-flint", "dl-claims"}
    assert run["switches"]["allow_tf32 (products)"] is False
    assert run["machine"].keys() == {"cpu", "capability", "cores", "memory_gib", "system"}
    assert run["commit"] is None or len(run["commit"]) >= 7


def test_an_item_that_did_not_run_says_why(everything: Path) -> None:
    skipped = evidence(everything)["doubling", None, "eager", "float32"]
    assert (skipped["outcome"], skipped["reason"]) == ("not-run", "no device 'cuda:99' here")
    error = evidence_on(everything, "cpu")["conformity"]
    assert error["reason"].startswith("Traceback")


def evidence_on(directory: Path, device: str) -> dict[str, dict[str, Any]]:
    lines = [line for line in records(directory) if line["kind"] == "evidence" and line["role"] == "claim"]
    return {e["claim"]: e for e in lines if e["device"] == device}


def test_a_killed_run_keeps_what_it_had(tmp_path: Path) -> None:
    options = ("--hypothesis-profile=thorough", "--report", str(tmp_path))
    with subprocess.Popen(
        command(*options), cwd=ROOT, env=os.environ | ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        deadline = time.monotonic() + 100
        while time.monotonic() < deadline and process.poll() is None:
            written = [f.read_bytes().count(b'"kind":"evidence"') for f in tmp_path.glob("*.jsonl")]
            if sum(written) >= 2:
                break
            time.sleep(0.05)
        assert process.poll() is None, "the run ended before it could be killed"
        process.send_signal(signal.SIGKILL)
    (file,) = tmp_path.glob("*.jsonl")
    with file.open("a", encoding="utf-8") as torn:
        torn.write('{"schema":1,"kind":"evid')
    made = read.read([file])
    assert made.usable
    assert len(made.runs) == 1
    assert len(made.evidence) >= 2
    assert len(made.problems) == 1
    assert "torn last line" in made.problems[0]
    (run,) = merge(made).runs.values()
    assert run.unfinished == "it was killed or still goes on: its record has no closing line"


def test_lines_are_on_disk_as_soon_as_they_are_written(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path / "made" / "on demand", {"note": 1})
    for n in range(3):
        writer.evidence({"role": "claim", "outcome": "held", "n": n})
        assert len(writer.path.read_text(encoding="utf-8").splitlines()) == n + 2
    writer.claim({"id": "a"})
    writer.claim({"id": "a"})
    assert len(writer.path.read_text(encoding="utf-8").splitlines()) == 5
    writer.close()


def test_a_number_that_json_lacks_never_reaches_the_file(tmp_path: Path) -> None:
    with RecordWriter(tmp_path, {}) as writer, pytest.raises(ValueError, match="JSON"):
        writer.evidence({"alpha": math.nan})
    assert all(map(json.loads, writer.path.read_text(encoding="utf-8").splitlines()))


def test_runs_have_names_of_their_own(tmp_path: Path) -> None:
    names = set()
    for _ in range(5):
        with RecordWriter(tmp_path, {}) as writer:
            names.add(writer.run)
    assert len(names) == len(list(tmp_path.glob("*.jsonl"))) == 5


@pytest.mark.parametrize("numbers", [[math.nan], [math.inf, -math.inf], [1.5, -0.0]])
def test_infinities_and_nan_are_text(numbers: list[float]) -> None:
    class Special(Row):
        def arrays(self, rng: np.random.Generator, batch: int, fmt: object) -> list[Any]:
            return [np.tile(numbers, (batch, 1))]

        def simpler(self) -> Iterator[Row]:
            return iter(())

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.abs(x), 7.0)

    record = valid(RUN | json.loads(json.dumps(examined(check, x=only(Special())).record(), allow_nan=False)))
    assert record["failure"]["margin"] == "inf"
    assert len(record["failure"]["input"]["values"]["x"][0]) == len(numbers)


def test_evidence_holds_builtins_only() -> None:
    def walk(x: Any) -> Iterator[type]:  # noqa: ANN401
        yield type(x)
        for child in [*x, *x.values()] if isinstance(x, dict) else x if isinstance(x, list) else ():
            yield from walk(child)

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield within(subject.abs(x), Truth(np.zeros(()), np.full((), 2.5)))

    for regimes in (rows(Row(1), Row(np.int64(2))), only(Row(1, factor=np.float32(0.5)))):
        for record in (examined(check, x=regimes).record(), environment.describe()):
            assert set(walk(record)) <= {dict, list, str, int, float, bool, type(None)}


@pytest.mark.parametrize("exponent", [-100, -61, -3.2, -1, -0.4, 0])
def test_the_histogram_counts_margins_by_half_powers_of_two(exponent: float) -> None:
    margin = 2.0**exponent
    check = Check(np.array([0.0, margin, margin / 2, 0.0, 0.0]), "within")
    made = Evidence("toy", "eager", "cpu", "float32")
    trial = Trial({"x": Row(1)}, 0)
    made.add(trial, 5, [check], worst_of(check, trial, 5))
    record = made.record()
    assert record["zeros"] == 3
    for key, count in record["histogram"].items():
        k = int(key)
        inside = [m for m in (margin, margin / 2) if 2 ** ((k - 1) / 2) < m <= 2 ** (k / 2)]
        assert count == len(inside) or k in {LOWEST, HIGHEST}
    assert sum(record["histogram"].values()) == 2
    assert record["worst"] is None  # until its input is known


def test_the_environment_is_described_without_git_or_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_program(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(environment.subprocess, "run", no_program)
    about = environment.describe()
    assert about["commit"] is None
    assert about["dirty"] is False
    assert values(1.0) == 1.0
