from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import markdown, model
from reports.__main__ import main
from reports.read import read
from tests.reports import synthetic
from tests.reports.conftest import HOSTILE, hostile_record


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    report = model.report(read(synthetic.write(tmp_path_factory.mktemp("summary"))))
    return markdown.summary(report).splitlines()


def test_the_first_line_says_it_all(summary: list[str]) -> None:
    assert summary[0].startswith("**✗ 1 of 31 claims failed**, in 1 of 216 cells; 2 departures of torch; 3 weak spots")
    assert summary[2] == (
        "torch 2.13.0 · CPU (AMD EPYC 9654) · CUDA (NVIDIA H200) · profile standard · commit `858a8b5` "
        "· 20 November 2026"
    )


def test_the_table_has_a_row_a_chapter_and_sums_up(summary: list[str]) -> None:
    rows = [[part.strip(" *") for part in line.strip("|").split("|")] for line in summary if line.startswith("|")]
    head, _, *chapters, total = rows
    assert head == ["chapter", "claims", "failed", "departs", "consistent", "held", "exhausted"]
    assert [row[0] for row in chapters][:2] == ["linear algebra", "probability"]
    for column in range(1, len(head)):
        assert sum(int(row[column] or 0) for row in chapters) == int(total[column])
    assert total[1] == "31"


def test_a_failure_says_where_and_how_to_repeat_it(summary: list[str]) -> None:
    place = summary.index("### Failures: 1")
    assert summary[place + 2] == (
        "- `log-softmax-accuracy`: float16 on cpu: failed, worst margin 3.2; "
        "repeat: `pytest --claim trace-cyclic-three --dtype float32 --device cpu`"
    )
    assert "- `variance-gain-per-layer`: mutant `matmul-accumulates-in-half` survived" in summary
    assert summary.count("</details>") == sum(line.startswith("<details>") for line in summary) == 2


def much(run: str, outcome: str) -> list[dict[str, Any]]:
    """A run in which everything is as bad as can be, in twenty chapters."""
    records = [synthetic.run(run) | {"closes": True}]
    for number, (topic, sample) in enumerate(synthetic.samples(200)):
        about = synthetic.claim(sample, topic, run) | {"chapter": f"chapter_{number % 20}"}
        departure = {"name": f"d{number}", "summary": "s" * 900, "devices": ["cpu"], "dtypes": ["float32"],
                     "versions": "2", "upstream": None, "script": f"{number}.py", "code": ""}  # fmt: skip
        cell = synthetic.evidence(sample, run, "cpu", "float32", outcome=outcome, reason="r" * 900)
        trials = [
            synthetic.trial(cell, "mutant", about["mutants"][0]["name"], "survived"),
            synthetic.trial(cell, "departure", f"d{number}", "departs" if outcome == "error" else "mended"),
        ]
        records += [about | {"departures": [departure]}, cell, *trials]
    return records


def test_however_much_there_is_the_summary_is_short(write: Callable[..., Path]) -> None:
    path = write([*much(synthetic.CPU_RUN, "error"), *[{"schema": 2, "kind": "run", "run": "x"}] * 9, "?", {"a": 1}, 3])
    text = markdown.summary(model.report(read([path])))
    assert 40 < len(text.splitlines()) < markdown.LONGEST
    assert len(text) < 12_000
    for part in ("| other chapters |", "- and 192 more", "- and 195 more", "> and 2 more like it", "did not finish"):
        assert part in text


def test_what_is_new_is_marked_and_comes_first(write: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    older, newer = (much(run, "error") for run in (synthetic.CPU_RUN, synthetic.CUDA_RUN))
    older[-3] |= {"outcome": "held"}  # the last claim
    older[-1] |= {"outcome": "mended"}
    old, new = write(older, "old.jsonl"), write(newer, "new.jsonl")
    assert main(["summary", str(new), "--against", str(old)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "; 2 worse than before" in lines[0]
    for heading in ("### Failures: 200", "<details><summary>Departures of torch: 200, 1 new</summary>"):
        first, second = lines[lines.index(heading) + 2 :][:2]
        assert first.startswith(f"- **new** `{newer[-3]['claim']}`")
        assert second.startswith("- `")


def test_nothing_wrong_needs_no_lists(write: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    topic, sample = synthetic.samples(1)[0]
    lines = [synthetic.run(), synthetic.claim(sample, topic, synthetic.CPU_RUN)]
    path = write([*lines, synthetic.evidence(sample, synthetic.CPU_RUN, "cpu", "float32")])
    assert main(["summary", str(path)]) == 0
    output = capsys.readouterr().out
    assert output.startswith("**✓ No claim failed**: 1 claim in 1 cell\n")
    assert "###" not in output
    assert "details" not in output
    assert main(["summary", str(write(lines, "empty.jsonl"))]) == 0
    assert capsys.readouterr().out.startswith("**Nothing was measured**")


def test_bad_input_is_named_in_the_summary_too(
    write: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write([*synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1)), "foreign"])
    assert main(["summary", str(path)]) == 1
    output = capsys.readouterr()
    assert "foreign line: no JSON object" in output.err
    assert "> left out: " in output.out
    assert main(["summary", str(tmp_path / "none")]) == 2


def test_hostile_data_are_only_words(write: Callable[..., Path]) -> None:
    records = [hostile_record(r) for r in synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(31)[13:16])]
    text = markdown.summary(model.report(read([write([*records, {"schema": 1, "kind": HOSTILE, "run": "x"}])])))
    assert "hacked" in text
    text = re.sub("`[^`]*`", "", text)  # in code nothing is markup
    assert "<script" not in text
    assert "<img" not in text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a*b_c|d", r"a\*b\_c\|d"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("see @name and #12", "see @<!-- -->name and #<!-- -->12"),
        ("one\ntwo \x1b[1m", "one two \N{REPLACEMENT CHARACTER}\\[1m"),
        ("$x$ `y`", r"\$x\$ \`y\`"),
    ],
)
def test_words_are_shown_as_they_are(words: str, shown: str) -> None:
    assert markdown.escaped(words) == shown
