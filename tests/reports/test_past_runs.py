from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.__main__ import main
from reports.build import build
from reports.past_runs import past_runs, predecessor, trend
from tests.reports import synthetic
from tests.reports.conftest import HOSTILE
from tests.reports.statements import TRACE

TOPIC, SAMPLE = "linear_algebra/trace.py", TRACE[1]
RUNS = [f"202601{day:02}T000000-{day:08}" for day in range(1, 10)]
Write = Callable[..., Path]


def lines(run: str, *outcomes: str, subject: str = "eager") -> list[dict[str, Any]]:
    """A finished run of one claim with these outcomes, a dtype each."""
    records = [synthetic.run(run) | {"closes": True}, synthetic.claim(SAMPLE, TOPIC, run)]
    for dtype, outcome in zip(synthetic.DTYPES, outcomes, strict=False):
        records.append(synthetic.evidence(SAMPLE, run, "cpu", dtype, outcome=outcome, subject=subject))
    return [*records, synthetic.end({}, run)]


def test_runs_stand_newest_first_with_what_they_found(write: Write, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    write(lines(RUNS[0], "held", "held"), "a.jsonl")
    write(lines(RUNS[2], "failed", "departs", "error"), "deep/er/c.jsonl")
    write(lines(RUNS[1], "held"), "deep/b.jsonl")
    (tmp_path / "bench.json").write_text(json.dumps(synthetic.benchmarks(synthetic.samples(1))), "utf-8")
    past = past_runs([tmp_path], pytest.fail)
    assert [one.run.name for one in past] == [RUNS[2], RUNS[1], RUNS[0]]
    assert [one.outcomes for one in past] == [{"departs": 1, "error": 1, "failed": 1}, {"held": 1}, {"held": 2}]
    assert (len(past[0].failures), past[0].claims, past[0].subjects) == (2, 1, ["cpu"])


def test_a_run_has_its_own_report_only(write: Write, tmp_path: Path) -> None:
    first, second = write(lines(RUNS[0], "held"), "a.jsonl"), write(lines(RUNS[1], "held"), "b.jsonl")
    build([second], tmp_path)
    assert [(one.path, one.page) for one in past_runs([tmp_path], pytest.fail)] == [
        (second, tmp_path / "index.html"),
        (first, None),
    ]


def test_what_could_not_be_read_is_named_and_the_rest_listed(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torn = write(lines(RUNS[0], "held"), "a.jsonl")
    torn.write_text(torn.read_text("utf-8") + '{"schema"', "utf-8")
    future = write([*lines(RUNS[1], "held"), {"schema": 2, "kind": "claim", "run": "x"}], "b.jsonl")
    foreign = write(["log"], "c.jsonl")
    killed = write(lines(RUNS[2], "held")[:-1], "d.jsonl")
    copy = write(lines(RUNS[2], "held")[:-1], "e.jsonl")
    assert main(["index", str(tmp_path)]) == 1
    output = capsys.readouterr()
    assert output.out == f"{tmp_path / 'runs.html'}\n"
    assert output.err.splitlines() == [
        f"{torn}:5: torn last line, left out: the run was cut short: delete it",
        f"{future}:5: schema 2 is newer than 1, which this version reads: update it",
        f"{foreign}: not a record file (no line is a run, a claim, evidence or an error in ulps)",
        f"{copy}: run {RUNS[2]} is in {killed}, too; shown once",
    ]
    page = (tmp_path / "runs.html").read_text("utf-8")
    assert page.count('<th scope="row">') == 3
    assert page.count("not finished: it was killed") == 1
    assert "schema 2 is newer than 1" in page
    assert main(["index", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "error: nothing to list: no file holds a run"


def test_a_run_is_compared_with_the_last_that_tested_the_same(write: Write, tmp_path: Path) -> None:
    write(lines(RUNS[0], "held"), "a b.jsonl")
    write(lines(RUNS[1], "held", subject="mine"), "b.jsonl")
    write(lines(RUNS[2], "held"), "c.jsonl")
    newest, mine, oldest = past_runs([tmp_path], pytest.fail)
    assert predecessor(newest, [mine, oldest]) is oldest
    assert predecessor(mine, [oldest]) is oldest
    assert predecessor(oldest, []) is None
    main(["index", str(tmp_path), "--out", str(tmp_path / "else where")])
    page = (tmp_path / "else where" / "runs.html").read_text("utf-8")
    commands = [shlex.split(text.replace("&#39;", "'")) for text in re.findall(r"<code>(python [^<]+)</code>", page)]
    assert commands == [
        ["python", "-m", "reports", "compare", str(one), str(other)]
        for one, other in ((oldest.path, newest.path), (oldest.path, mine.path))
    ]
    assert main(commands[0][3:]) == 0


def test_the_trend_shows_what_failed_when_and_what_failed_last_first(write: Write, tmp_path: Path) -> None:
    for run, outcomes in zip(RUNS, (["held", "failed"], ["error", "held"], ["held"]), strict=False):
        write(lines(run, *outcomes), f"{run}.jsonl")
    assert [(cell.where, outcomes) for cell, outcomes in trend(past_runs([tmp_path], pytest.fail))] == [
        ("float64 on cpu", ["held", "error", "held"]),
        ("float32 on cpu", ["failed", "held", "absent"]),
    ]


def test_links_lead_from_the_index_to_the_reports(write: Write, tmp_path: Path) -> None:
    folder = tmp_path / "old runs #1"
    folder.mkdir()
    build([write(lines(RUNS[0], "held"), "old runs #1/a.jsonl")], folder)
    main(["index", str(tmp_path)])
    assert '<a href="old%20runs%20%231/index.html">' in (tmp_path / "runs.html").read_text("utf-8")
    main(["index", str(tmp_path), "--out", str(tmp_path / "a" / "b")])
    assert '<a href="../../old%20runs%20%231/index.html">' in (tmp_path / "a" / "b" / "runs.html").read_text("utf-8")


def test_a_run_whose_own_line_is_missing_is_listed(write: Write, tmp_path: Path) -> None:
    write(lines(RUNS[0], "held")[1:-1])
    main(["index", str(tmp_path)])
    assert "A run whose own line is missing" in (tmp_path / "runs.html").read_text("utf-8")


def test_hostile_data_are_only_words(write: Write, tmp_path: Path) -> None:
    records = lines(RUNS[0], "failed")
    records[0] |= {"commit": HOSTILE, "profile": HOSTILE, "versions": {"python": HOSTILE, "torch": HOSTILE}}
    records[2] |= {"subject": HOSTILE, "dtype": HOSTILE}
    write(records, "'><b>.jsonl")
    main(["index", str(tmp_path)])
    page = (tmp_path / "runs.html").read_text("utf-8")
    assert "hacked" in page
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "<b>.jsonl" not in page
