"""The pages of compared and of past runs in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reports.__main__ import main
from reports.build import build
from tests.reports import synthetic
from tests.reports.conftest import hostile_record

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ["20261118T070000-0000aaaa", "20261119T070000-1111bbbb"]


def changed(record: dict[str, Any]) -> dict[str, Any]:
    """A record in which every claim of float32 fails, and every other one has its mutants survive."""
    if record["kind"] != "evidence":
        return record
    if record["role"] == "claim" and record["dtype"] == "float32":
        return record | {"outcome": "failed", "failure": synthetic.failure(synthetic.seeded(1), 2.0)}
    return record | {"outcome": "survived"} if record["role"] == "mutant" else record


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs in a folder each, the first with its report, besides compare.html and runs.html."""
    folder = tmp_path_factory.mktemp("runs")
    for name, change in zip(NAMES, (dict, changed), strict=True):
        (folder / name).mkdir()
        records = [change(record) for record in synthetic.lines(name, "cpu", synthetic.samples(31))]
        records[0] |= {"closes": True}
        (folder / name / "record.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    build([folder / NAMES[0]], folder / NAMES[0], note=[].append)
    assert main(["compare", *(str(folder / name) for name in NAMES), "--out", str(folder)]) == 1
    assert main(["index", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("page", ["compare.html", "runs.html"])
@pytest.mark.parametrize("width", [390, 700, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_in_any_theme(
    visit: Callable[..., Page], folder: Path, page: str, width: int, scheme: str
) -> None:
    tab = visit(file=folder / page, width=width, color_scheme=scheme)
    tab.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    tab.click("#ui_theme")
    assert tab.evaluate("document.documentElement.dataset.theme") == {"light": "dark", "dark": "light"}[scheme]
    roles = tab.eval_on_selector_all("table, tr, td, th", "all => all.map(one => one.getAttribute('role'))")
    assert None not in roles


def test_a_comparison_begins_with_the_runs_and_goes_from_worst_to_best(
    visit: Callable[..., Page], folder: Path
) -> None:
    tab = visit(file=folder / "compare.html")
    headings = tab.locator("section > h2, .kind h3").all_inner_texts()
    wanted = ("What differs between the runs", "Worse", "Fails now", "Found no longer", "What counts as worse")
    order = [next(n for n, text in enumerate(headings) if text.startswith(words)) for words in wanted]
    assert order[0] == 0
    assert order == sorted(order)
    rows = tab.locator(".kind.worse tbody tr")
    assert rows.first.locator("td").last.inner_text().startswith("failed")
    assert tab.locator(".settings tbody tr").first.inner_text().startswith("started")
    assert tab.locator(".kind details.more:visible").count() > 0
    columns = tab.eval_on_selector_all(".changes", "tables => tables.map(t => t.rows[0].cells[3].offsetWidth)")
    assert min(columns) > 150


def test_the_index_leads_to_reports_and_gives_commands(visit: Callable[..., Page], folder: Path) -> None:
    tab = visit(file=folder / "runs.html", permissions=["clipboard-read", "clipboard-write"])
    assert tab.locator(".past tbody tr").count() == 2
    assert tab.locator(".past a").get_attribute("href") == f"{NAMES[0]}/index.html"
    tab.locator("summary").click()
    tab.locator(".code button").click()
    tab.locator(".code button", has_text="Copied").first.wait_for()
    paths = [str(folder / name / "record.jsonl") for name in NAMES]
    assert tab.evaluate("navigator.clipboard.readText()") == f"python -m reports compare {paths[0]} {paths[1]}"
    assert tab.locator(".trend tbody tr").count() == 32  # 31 in float32, and one that fails in float16 in both
    assert tab.locator("th .bad").count() == 2  # neither has a closing line
    missed = tab.locator("td .bad").all_inner_texts()
    assert missed[1] == "2 not caught"  # of the older run: a mutant and a false neighbour
    assert int(missed[0].split()[0]) == 1 + 5 * 31


def test_hostile_data_do_nothing(visit: Callable[..., Page], tmp_path: Path) -> None:
    records = [hostile_record(r) for r in synthetic.lines(NAMES[0], "cpu", synthetic.samples(31)[13:16])]
    for name, change in (("a", dict), ("b", changed)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(change(r)) + "\n" for r in records), "utf-8")
    main(["compare", str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl"), "--out", str(tmp_path)])
    main(["index", str(tmp_path)])
    for page in ("compare.html", "runs.html"):
        tab = visit(file=tmp_path / page, width=390)
        assert tab.evaluate("typeof hacked") == "undefined"
        assert tab.evaluate("document.querySelectorAll('img').length") == 0
        assert tab.evaluate("document.documentElement.scrollWidth") == 390
