from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports import plots
from reports.__main__ import main
from reports.build import BuildError, NothingUsableError, build, island
from reports.evidence import Cell, Place
from tests.reports import synthetic
from tests.reports.conftest import HOSTILE, in_full, unpacked


class Elements(HTMLParser):
    """Every element and text of the page, and of the claims that wait in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.waiting = 0
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attributes
        self.waiting += ("type", "text/plain") in attributes

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.waiting and not re.search("[^A-Za-z0-9+/=]", data):
            inner = Elements(unpacked(data))
            self.tags += inner.tags
            self.attributes += inner.attributes
            self.texts += inner.texts
        else:
            self.texts.append(data)


def test_data_never_become_markup(hostile_page: Path) -> None:
    page = Elements(hostile_page.read_text("utf-8"))
    claims, benchmarks, departures, issues, functions = 3, 1, 1, 1, 2
    assert page.waiting == claims + benchmarks + departures + functions
    assert page.tags.count("script") == 2 + claims + benchmarks + departures + issues + functions
    assert page.tags.count("article") > claims
    assert not {"img", "iframe", "object", "embed", "form", "base", "foreignobject"}.intersection(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [
        value for name, value in page.attributes if name == "href" and not (value or "").startswith(("#", "data:,"))
    ]


def test_hostile_data_are_shown_as_they_are(hostile_page: Path) -> None:
    page = Elements(hostile_page.read_text("utf-8"))
    assert sum(HOSTILE in text for text in page.texts) > 100
    assert sum(HOSTILE in (value or "") for _, value in page.attributes) > 5


def test_an_island_is_safe_and_keeps_its_value() -> None:
    value = {"a": HOSTILE + "\u2029", "b": [1, None, "é"]}
    text = str(island(value))
    assert not set("<>&\u2028\u2029").intersection(text)
    assert json.loads(text) == value


def test_the_page_is_one_file_that_loads_nothing(page: Path) -> None:
    text = in_full(page)
    assert {path.name for path in page.parent.iterdir()} == {
        "index.html",
        "verdicts.json",
    }  # the latter is for programs
    assert not re.search(r"(src|href)=[\"']?(?!#|data:,)[^\"'> ]", text)
    assert not re.search(r"https?://|@import|url\(", text)


def test_the_page_says_what_was_found(page: Path) -> None:
    text = in_full(page)
    assert "float16 on cpu: failed, worst margin 3.2. The statement is true as mathematics." in text
    for words in ("torch 2.13.0", "CPU (AMD EPYC 9654)", "CUDA (NVIDIA H200)", "profile standard", "20 November 2026",
                  "survived everywhere", "no counterexample found for", "loose: no margin above",
                  "the newest measurement is shown", "What does hold:", "in plain torch"):  # fmt: skip
        assert words in text, words
    assert text.count('class="claim"') == 31
    assert "merror" not in text


def test_ids_are_unique(page: Path) -> None:
    ids = re.findall(r' id="([^"]+)"', in_full(page))
    assert len(ids) == len(set(ids))


def test_a_broken_formula_names_its_claim(write: Callable[..., Path], tmp_path: Path) -> None:
    records = list(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(3)))
    claims = [record for record in records if record["kind"] == "claim"]
    claims[0]["statement"] = r"\nosuch{x}"
    claims[2]["bound"] = r"at most $\frac{1$"
    with pytest.raises(BuildError) as error:
        build([write(records)], tmp_path / "out")
    lines = str(error.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["claim lp-norm", "claim norm-definiteness"]
    assert r"Undefined control sequence \nosuch" in lines[0]
    assert not (tmp_path / "out").exists()


def test_the_command_writes_the_page_and_tells_what_it_lacks(
    write: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1)))
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(path.read_bytes()[:-9])
    assert main(["build", str(torn), str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 1
    output = capsys.readouterr()
    assert output.out == f"{tmp_path / 'out' / 'index.html'}\n"
    assert output.err.splitlines() == [
        f"{torn}:{len(path.read_text().splitlines())}: torn last line, left out: the run was cut short: delete it",
        f"{tmp_path / 'none'}: no such file",
    ]


def test_nothing_usable_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{tmp_path / 'none'}: no such file",
        "error: nothing to report on: no file holds a claim, evidence, a benchmark or an error in ulps",
    ]
    with pytest.raises(NothingUsableError):
        build([], tmp_path / "out")


def test_a_broken_formula_is_status_1(
    write: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = list(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1)))
    records[1]["statement"] = r"\nosuch"
    assert main(["build", str(write(records)), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("error: claim lp-norm: Undefined control sequence")


def test_an_unwritable_folder_is_one_line(write: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = write(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1)))
    assert main(["build", str(path), "--out", str(path)]) == 2
    assert capsys.readouterr().err == f"error: {path}: File exists\n"


def test_benchmarks_alone_make_a_page(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.json"
    path.write_text(json.dumps(synthetic.benchmarks(synthetic.samples(2))), "utf-8")
    assert "vector_norm" in build([path], tmp_path / "out").read_text("utf-8")


def test_a_run_without_evidence_makes_a_page(write: Callable[..., Path], tmp_path: Path) -> None:
    topic, sample = synthetic.samples(1)[0]
    page = build([write([synthetic.run(), synthetic.claim(sample, topic, synthetic.CPU_RUN)])], tmp_path / "out")
    assert "Nothing was measured for it in these runs." in in_full(page)


def test_the_page_stays_small(page: Path) -> None:
    assert page.stat().st_size < 2.5e6


def cell(**changes: Any) -> Cell:
    record = synthetic.evidence(synthetic.samples(1)[0][1], "x", "cpu", "float32", **changes)
    return Cell(Place("eager", "cpu"), "float32", "held", record=record)


def test_a_histogram_ends_where_its_bins_end() -> None:
    one = cell(histogram={"0": 5, "-1": 0, "-4": 10}, zeros=0, worst={"margin": 0.99, "label": "", "input": {}})
    scale = plots.axis([one])
    assert scale.position(1) == scale.position(2 ** ((0) / 2)) == 3 + 0 - scale.first + 1
    area = re.search(r'class="area" d="([^"]+)"', plots.histogram(one, scale))
    assert area is not None
    steps = [int(step) for step in re.findall(r"h(\d+)", area[1])]
    start = int(area[1][1:].split()[0])
    assert start + sum(steps) == scale.position(1)  # nothing is drawn beyond the bound
    assert steps == [1, 3, 1]


def test_the_axis_grows_to_show_everything() -> None:
    assert (plots.axis([cell(histogram={"-60": 1, "20": 1})]).first, plots.axis([cell(histogram={"20": 1})]).last) == (
        -60,
        20,
    )
    assert plots.axis([]) == plots.Axis(-34, 4)
    assert plots.axis([cell(histogram={"-60": 0})]) == plots.Axis(-34, 4)
