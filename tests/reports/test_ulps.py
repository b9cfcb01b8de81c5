"""Errors in units in the last place: lines are read, merged, drawn and shown, whatever their age."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from reports import schema, text, ulp_charts
from reports.build import build
from reports.older import upgraded
from reports.read import read
from reports.ulps import Entry, Ulps, merge
from tests.reports import synthetic, ulps_lines
from tests.reports.conftest import in_full
from tests.reports.ulps_lines import line, lines, old, point

VALIDATOR = jsonschema.Draft202012Validator(schema.load())


def entry(*found: ulps_lines.Record) -> Entry:
    return Entry("float32", found)


def test_lines_keep_the_schema() -> None:
    for record in lines():
        VALIDATOR.validate(record)
        assert schema.violation(record) is None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("part", "some", 'part: "some" does not match'),
        ("part", "0/1024", 'part: "0/1024" does not match'),
        ("basis", {"kind": "guessed", "source": ""}, 'basis.kind: "guessed" is not exact or'),
        ("worst", {"ulps": 1}, "worst"),
        ("worst", point(-1.0, 1.0), "worst"),
        ("binades", {"first": 0, "step": 0, "positive": [], "negative": []}, "binades"),
        ("written", "now", 'written: "now" does not match'),
        ("versions", {"torch": "2"}, "versions.python: missing"),
        ("run", "x", "run: no such field"),
    ],
)
def test_a_violation_is_named(field: str, value: object, message: str) -> None:
    record = line(**{field: value})
    said = schema.violation(record)
    assert said is not None
    assert said.startswith(message)
    assert not VALIDATOR.is_valid(record)


def test_a_log_is_read_beside_a_run(write: Callable[..., Path]) -> None:
    run = write(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(2)))
    records = read([run, write(lines(), "ulps.jsonl")])
    assert records.problems == []
    assert (len(records.ulps), len(records.claims)) == (len(lines()), 2)
    assert read([write(lines(), "ulps.jsonl")]).usable


def test_a_torn_line_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "ulps.jsonl"
    texts = [json.dumps(record) for record in lines()]
    path.write_text("\n".join([texts[0][:-30], *texts[1:]])[:-40], "utf-8")
    records = read([path])
    assert records.problems == [
        f"{path}:1: foreign line: no JSON object",
        f"{path}:{len(texts)}: torn last line, left out: the run was cut short: delete it",
    ]
    assert len(records.ulps) == len(texts) - 2


def test_old_lines_are_one_complaint_and_shown(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write([old(), old("exp2"), *lines()], "ulps.jsonl")
    said: list[str] = []
    page = in_full(build([path], tmp_path / "out", said.append))
    complaint = "lines of an older version (2) have neither bounds nor pictures, the rest of them is shown: give"
    assert said == [f"{path}:1: {complaint} `python -m claims ulps` again"]
    assert ">tanh</button>" in page
    assert "Measured by an older version, which knew neither bounds nor departures." in page


def test_a_line_of_today_stands_for_an_old_one(write: Callable[..., Path]) -> None:
    path = write([old("exp"), old("tanh"), line("exp")], "ulps.jsonl")
    records = read([path])
    assert [complaint.split(":")[1:3] for complaint in records.problems] == [
        ["2", " lines of an older version (1) have neither bounds nor pictures, the rest of them is shown"]
    ]
    merged = merge(records.ulps)
    assert [(row.function, row.setting.model) for row in merged.rows] == [("tanh", ""), ("exp", "AMD EPYC 9654")]
    tanh = merged.rows[0]
    assert tanh.basis is None
    assert tanh.entries["float32"].old
    assert tanh.entries["float32"].wrong() == (1, "inf")
    assert read([write([old("exp"), line("exp")], "again.jsonl")]).problems == []


@pytest.mark.parametrize("change", [{"function": ["exp"]}, {"ulps": "much"}, {"at": 0.5}, {"torch": None}])
def test_an_old_line_that_makes_no_sense_is_named(write: Callable[..., Path], change: dict[str, object]) -> None:
    records = read([write([old() | change, line()], "ulps.jsonl")])
    assert len(records.problems) == 1
    assert "no valid record: " in records.problems[0]
    assert len(records.ulps) == 1


def table() -> Ulps:
    return merge(lines())


def test_rows_are_functions_by_setting() -> None:
    merged = table()
    assert merged.dtypes == ["float64", "float32", "float16"]
    assert [row.function for row in merged.rows] == ["bessel_j0", "exp", "sigmoid", "exp"]
    assert [setting.label for setting in merged.settings] == [
        "cpu, AMD EPYC 9654, torch 2.13.0",
        "cuda, NVIDIA H200, torch 2.13.0",
    ]
    assert merged.bases == {"documented": 1, "derived": 1, "calibrated": 1}
    assert merged.claims == ["softmax-shift-invariance"]


def test_the_newer_of_two_lines_counts() -> None:
    newer = line(written="2026-11-21T00:00:00+00:00", worst=point(0.6, 2.0))
    for records in ([newer, line()], [line(), newer]):
        (row,) = merge(records).rows
        assert row.entries["float32"].point() == newer["worst"]


@pytest.mark.parametrize(
    ("parts", "how", "sign"),
    [
        (["all"], "every number: 7", "∀"),
        (["sample of 7"], "a sample of 7 numbers", "sample"),
        (["1/3", "3/3"], "2 of 3 parts of all numbers so far: 14", "2/3"),
        (["1/3", "3/3", "sample of 7"], "2 of 3 parts of all numbers so far and a sample: 21", "2/3"),
        (["1/3", "2/3", "3/3"], "every number: 21", "∀"),
    ],
)
def test_how_much_was_measured(parts: list[str], how: str, sign: str) -> None:
    found = entry(*(line(part=part, numbers=7) for part in parts))
    assert (found.how, found.sign) == (how, sign)


def test_the_worst_of_all_parts_is_shown() -> None:
    by_dtype = {row.function: row.entries for row in table().rows if row.setting.place.device == "cpu"}
    assert by_dtype["exp"]["float32"].point()["ulps"] == 0.8
    sigmoid = by_dtype["sigmoid"]["float32"]
    assert (sigmoid.point()["ulps"], sigmoid.point("spoilt")["ulps"]) == (1.99, 2.1e6)
    assert (sigmoid.wrong(), sigmoid.wrong("wrong_spoilt")) == ((0, None), (2, "-inf"))
    bessel = by_dtype["bessel_j0"]
    assert bessel["float16"].unsupported == "\"bessel_j0_cpu\" not implemented for 'float16'"
    assert (bessel["float32"].margin, bessel["float32"].key) == (float("inf"), 1e300)
    assert [found.level for found in (entry(line(worst=point(e, 1.0))) for e in (0.5, 0.9, 3.0, 99.0))] == [0, 1, 2, 3]


def test_the_code_names_device_and_subject() -> None:
    row = merge([line(device="cuda", subject="my_kernels", code="my_kernels.exp")]).rows[0]
    assert row.code(row.entries["float32"], "-inf") == (
        "import my_kernels\nimport torch\n\n"
        'x = torch.full((64,), float("-inf"), dtype=torch.float32, device="cuda")\nprint(my_kernels.exp(x)[0].item())'
    )


def test_the_code_of_an_old_line_is_guessed() -> None:
    row = merge([upgraded(old())]).rows[0]
    assert row.code(row.entries["float32"], (0.5).hex()).endswith("print(torch.tanh(x)[0].item())")


def test_the_picture_has_both_signs_and_what_is_wrong() -> None:
    svg = str(ulp_charts.drawn([line()], "float32", 'exp <"at most 1">'))
    assert "exp &lt;&#34;at most 1&#34;&gt;" in svg
    assert svg.count('class="wrong"') == 1
    areas = re.search(r'class="errors" d="([^"]+)"', svg)
    assert areas is not None
    lefts = [float(x) for x in re.findall(r"M([\d.]+)", areas[1])]
    assert min(lefts) < ulp_charts.MIDDLE - 100
    assert max(lefts) > ulp_charts.MIDDLE + 100
    assert "\N{MINUS SIGN}2¹²⁷" in svg
    assert len(svg) < 12_000


def test_columns_keep_the_largest_error_of_their_bins() -> None:
    spike = [0.1] * 277
    spike[100] = 900.0
    svg = str(
        ulp_charts.drawn([line(binades={"first": -149, "step": 1, "positive": spike, "negative": spike})], "", "")
    )
    heights = {float(y) for y in re.findall(r"V([\d.]+)H", svg)}
    assert min(heights) == pytest.approx(ulp_charts.TOP, abs=1.5)
    assert not ulp_charts.drawn([line(binades=None)], "float32", "")


def test_chunks_make_one_picture() -> None:
    first, second = ([None] * 276 + [9.0], [2.0] + [None] * 276)
    parts = [line(binades={"first": -149, "step": 1, "positive": p, "negative": p}) for p in (first, second)]
    assert str(ulp_charts.drawn(parts, "", "")).count("z") == 4


def test_errors_are_said_with_two_decimals() -> None:
    said = [text.error(v) for v in (0.0, 0.5, 1.0000001, 9.994, 9.996, 380.2, 9999.6, 2.1e6, float("inf"))]
    assert said == ["0", "0.50", "1.00", "9.99", "10", "380", "10⁴", "2.1·10⁶", "∞"]


def test_the_page_shows_the_table_and_links_it_to_the_claim(page: Path) -> None:
    html = in_full(page)
    section = html[html.index('id="ui_ulps"') : html.index('class="environment"')]
    assert '<a href="#softmax-shift-invariance">' in section
    assert section.count('class="function"') == 4
    assert "+3 wrong" in section
    assert '<a href="#ui_ulps">' in html
    assert "SLEEF u10: 1 ulp" in html


def test_without_a_log_there_is_no_section(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1)))
    assert "ui_ulps" not in build([path], tmp_path / "out").read_text("utf-8").replace('ui_ulps")', "")
