from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.evidence import merge
from reports.folders import expanded
from reports.read import read
from tests.reports import synthetic

LINES = list(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(2)))
TEXTS = [json.dumps(line) for line in LINES]


def test_every_record_is_read(write: Callable[..., Path]) -> None:
    records = read([write(LINES)])
    assert records.problems == []
    assert list(records.runs) == [synthetic.CPU_RUN]
    assert records.claims == [line for line in LINES if line["kind"] == "claim"]
    assert records.evidence == [line for line in LINES if line["kind"] == "evidence"]


@pytest.mark.parametrize("cut", [1, 30, 400])
def test_a_torn_last_line_costs_only_itself(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "torn.jsonl"
    path.write_text("\n".join(TEXTS)[:-cut], "utf-8")
    records = read([path])
    assert records.problems == [f"{path}:{len(TEXTS)}: torn last line, left out: the run was cut short: delete it"]
    assert len(records.claims) + len(records.evidence) == len(TEXTS) - 2


def test_a_torn_letter_costs_only_its_line(tmp_path: Path) -> None:
    path = tmp_path / "torn.jsonl"
    path.write_bytes("\n".join([*TEXTS, '{"schema":1,"title":"é']).encode()[:-1])
    records = read([path])
    assert len(records.problems) == 1
    assert len(records.claims) + len(records.evidence) == len(TEXTS) - 1


def test_a_last_line_without_its_newline_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join(TEXTS), "utf-8")
    assert read([path]).problems == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("not JSON", "foreign line: no JSON object"),
        ("[1, 2]", "foreign line: no JSON object"),
        ('{"a": NaN}', "foreign line: no JSON object"),
        ('{"event": "start"}', "foreign line: neither a run, a claim, evidence nor an error in ulps"),
        ('{"schema": 2, "kind": "run", "run": "x"}', "schema 2 is newer than 1, which this version reads: update it"),
        ('{"schema": 1, "kind": "verdict", "run": "x"}', 'no valid record: kind: "verdict" is not run or claim'),
        (TEXTS[1].replace('"truth": "true"', '"truth": "yes"'), 'no valid record: truth: "yes" is not true or'),
        ("[" * 100_000, "foreign line: no JSON object"),
    ],
)  # fmt: skip
def test_a_foreign_line_is_named_and_costs_nothing_else(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join([TEXTS[0], line, *TEXTS[1:]]) + "\n", "utf-8")
    records = read([path])
    assert len(records.problems) == 1
    assert records.problems[0].startswith(f"{path}:2: {complaint}")
    assert len(records.claims) + len(records.evidence) == len(TEXTS) - 1


def test_lines_alike_are_one_complaint(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join([*TEXTS, *["log"] * 5]) + "\n", "utf-8")
    assert read([path]).problems == [
        f"{path}:{len(TEXTS) + 1}: foreign line: no JSON object (and 4 more lines like it)"
    ]


@pytest.mark.parametrize("content", [b"", b"hello\nworld\n", b"\x89PNG\r\n\x1a\n\x00", b'{"benchmarks": 1}', b"[]"])
def test_a_foreign_file_is_named_once(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    records = read([path])
    assert records.problems == [f"{path}: not a record file (no line is a run, a claim, evidence or an error in ulps)"]
    assert not records.usable


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    assert read([tmp_path / "none.jsonl", tmp_path]).problems == [
        f"{tmp_path / 'none.jsonl'}: no such file",
        f"{tmp_path}: no record in this folder (a run writes one with --report DIR)",
    ]


def test_a_folder_stands_for_the_records_below_it(tmp_path: Path, write: Callable[..., Path]) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    paths = [write(LINES, "b/c/run.jsonl"), write([{"machine_info": {}, "benchmarks": []}], "b/bench.json")]
    write([{"schema": 1}], "b/other.json")
    (tmp_path / "b" / "index.html").write_text("<p>", "utf-8")
    complaints: list[str] = []
    assert set(expanded([tmp_path, paths[0]], complaints.append)) == set(paths)
    assert complaints == []
    assert read([tmp_path, paths[0]]).evidence == read([paths[0]]).evidence


def end(**changes: Any) -> dict[str, Any]:
    counts = Counter((line["role"], line["outcome"]) for line in LINES if line["kind"] == "evidence")
    return synthetic.end(counts, **changes)


def test_a_closing_line_says_whether_the_run_finished(write: Callable[..., Path]) -> None:
    def unfinished(lines: list[dict[str, Any]]) -> tuple[bool | None, str]:
        (run,) = merge(read([write(lines)])).runs.values()
        return run.finished, run.unfinished

    new = [LINES[0] | {"closes": True}, *LINES[1:]]
    assert unfinished([*new, end()]) == (True, "")
    assert unfinished([*new, end(status=2, stopped="interrupted")]) == (False, "it was stopped early (interrupted)")
    assert unfinished(new) == (False, "it was killed or still goes on: its record has no closing line")
    assert unfinished(LINES) == (None, "")  # older records have no closing line


def test_results_that_a_file_lost_are_counted(write: Callable[..., Path]) -> None:
    number = sum(line["kind"] == "evidence" for line in LINES)
    records = read([write([*LINES[:-3], end()])])
    assert records.problems == [f"run {synthetic.CPU_RUN}: 3 of its {number} results are missing from these files"]
    assert read([write([*LINES, end()])]).problems == []


def test_benchmarks_are_told_by_their_content(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"  # the name says nothing
    whole = synthetic.benchmarks(synthetic.samples(31))
    harness = {"name": "throughput", "extra_info": {}, "stats": {"median": 1.0, "rounds": 3}}
    path.write_text(json.dumps(whole | {"benchmarks": [harness, *whole["benchmarks"]]}, indent=1), "utf-8")
    records = read([path])
    assert records.problems == []
    assert len(records.benchmarks) == len(whole["benchmarks"])
    first = records.benchmarks[0]
    assert (first.operation, first.implementation, first.machine) == ("add", "reference", "AMD EPYC 9654")


@pytest.mark.parametrize("change", [{"dtype": 3}, {"implementation": "numpy"}, {"claims": "all"}, {"size": None}])
def test_a_benchmark_that_does_not_say_what_it_measured_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    whole = synthetic.benchmarks(synthetic.samples(1))
    whole["benchmarks"][0]["extra_info"] |= change
    path = tmp_path / "benchmarks.json"
    path.write_text(json.dumps(whole), "utf-8")
    records = read([path])
    assert records.problems == [f"{path}: benchmark 1 lacks what says what it measured; left out"]
    assert len(records.benchmarks) == len(whole["benchmarks"]) - 1
