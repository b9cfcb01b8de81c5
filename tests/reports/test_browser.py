"""The page in a real browser: Chromium, driven by Playwright."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports.build import build
from tests.reports import synthetic

if TYPE_CHECKING:
    from playwright.sync_api import Page


def shown(tab: Page) -> list[str]:
    return tab.eval_on_selector_all("tr.claim", "rows => rows.filter(row => row.checkVisibility()).map(row => row.id)")


def settle(tab: Page) -> Page:
    """Wait until every open claim is laid out: it is decompressed when it is wanted."""
    tab.locator("tr.detail:not([hidden]) > td:empty").first.wait_for(state="detached")
    return tab


def test_every_claim_is_listed_and_none_is_open(visit: Callable[..., Page]) -> None:
    tab = visit()
    assert len(shown(tab)) == 31
    assert tab.locator("tr.detail:visible").count() == 0
    assert tab.locator("#ui_shown").inner_text() == "31 of 31"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("invariant scalar", ["softmax-shift-invariance"]),
        ("SVD-existence", ["svd-existence"]),
        ("lstsq", ["pseudoinverse-minimum-norm"]),  # an operation
        ("no such claim", []),
    ],
)
def test_search_covers_titles_ids_and_operations(visit: Callable[..., Page], words: str, ids: list[str]) -> None:
    tab = visit()
    tab.keyboard.press("/")
    tab.keyboard.type(words)
    assert shown(tab) == ids
    assert tab.locator("#ui_nothing").is_visible() == (not ids)
    tab.keyboard.press("Escape")
    assert len(shown(tab)) == 31


def test_filters_combine_and_the_address_keeps_them(visit: Callable[..., Page]) -> None:
    tab = visit()
    tab.select_option("#ui_verdict", "false-as-stated")
    assert len(shown(tab)) == 3
    tab.select_option("#ui_chapter", "regularization")
    assert shown(tab) == ["bagging-ensemble-variance", "dropout-versus-bagging-sampling"]
    tab.select_option("#ui_evidence", "consistent")
    assert shown(tab) == ["dropout-versus-bagging-sampling"]
    again = visit(re.sub("^[^#]*", "", tab.url))
    assert shown(again) == ["dropout-versus-bagging-sampling"]
    again.select_option("#ui_evidence", "failed")
    assert shown(again) == []
    again.click("#ui_clear")
    assert len(shown(again)) == 31


@pytest.mark.parametrize(
    ("place", "dtype", "evidence", "ids"),
    [
        ("cpu", "float16", "failed", ["log-softmax-accuracy"]),
        ("cuda", "float16", "failed", []),
        ("", "float64", "failed", []),
        ("", "", "failed", ["log-softmax-accuracy"]),
        ("cuda", "bfloat16", "departs", ["xavier-initializer-law"]),
    ],
)
def test_device_and_dtype_say_where_the_evidence_is(
    visit: Callable[..., Page], place: str, dtype: str, evidence: str, ids: list[str]
) -> None:
    tab = visit(f"#?place={place}&dtype={dtype}&evidence={evidence}")
    assert shown(tab) == ids
    assert [tab.input_value(f"#ui_{name}") for name in ("place", "dtype", "evidence")] == [place, dtype, evidence]


def test_a_square_of_the_matrix_leads_to_what_was_measured_there(visit: Callable[..., Page]) -> None:
    tab = visit()
    square = tab.locator(".matrix tbody tr >> nth=0").locator("a").last
    assert "float16 on cpu: " in square.inner_text()
    square.click()
    assert tab.locator("#ui_shown").inner_text().startswith(square.locator("b").inner_text() + " of ")
    assert "svd-existence" not in shown(tab)  # no half types
    assert "dtype=float16" in tab.url


def test_an_operation_is_a_filter(visit: Callable[..., Page]) -> None:
    tab = visit()
    tab.fill("#ui_operation", "lstsq")
    assert shown(tab) == ["pseudoinverse-minimum-norm"]
    assert shown(visit("#?operation=lstsq")) == ["pseudoinverse-minimum-norm"]
    assert tab.locator("#ui_operations option").count() > 10


def test_arrows_go_from_claim_to_claim_that_is_shown(visit: Callable[..., Page]) -> None:
    tab = visit("#?chapter=losses")
    here = "document.activeElement.closest('tr').id"
    tab.focus("#softmax-definition-accuracy .open")
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate(here) == "softmax-shift-invariance"
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    assert tab.evaluate(here) == "softmax-definition-accuracy"


def test_figures_are_drawn_and_told(visit: Callable[..., Page]) -> None:
    tab = settle(visit("#xavier-initializer-law"))
    ball = tab.get_by_role("img", name="It has four corners.").first
    box = ball.bounding_box()
    assert box is not None
    assert 0.8 < box["width"] / box["height"] < 1.3
    colours = (
        "path => { const style = getComputedStyle(path); return [style.stroke, style.fill, style.strokeDasharray]; }"
    )
    area, level = (ball.locator(path).evaluate(colours) for path in (".closed", ".bound"))
    assert area[0] != level[0]
    assert area[1] != "none"
    assert level[2] != "none"
    assert ball.locator(".note").inner_html() == "a corner"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_no_fault(visit: Callable[..., Page], width: int, scheme: str) -> None:
    package = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python brings axe-core")
    axe = (Path(package.__path__[0]) / "axe.min.js").read_text("utf-8")
    tab = settle(visit("#log-softmax-accuracy", width=width, color_scheme=scheme, bypass_csp=True))
    tab.click("#xavier-initializer-law .open")
    settle(tab).evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    tab.evaluate(axe)
    found = tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [(fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in found] == []


def test_the_first_screen_leads_to_the_claims_behind_its_numbers(visit: Callable[..., Page]) -> None:
    tab = visit()
    tab.click(".legend a:has-text('failed')")
    assert shown(tab) == ["log-softmax-accuracy"]
    tab.click(".findings a >> nth=0")
    tab.locator("#open_30").wait_for()


def test_columns_sort_both_ways(visit: Callable[..., Page]) -> None:
    tab = visit()
    for _ in range(2):
        tab.click("th[data-sort=worst] button")
        margins = tab.eval_on_selector_all("tr.claim .margin", "cells => cells.map(cell => cell.textContent)")
        values = [float(re.sub("^10", "1·10", text).replace("·10", "e").translate(SUPERSCRIPTS)) for text in margins]
        down = tab.get_attribute("th[data-sort=worst]", "aria-sort") == "descending"
        assert values == sorted(values, reverse=down)
    tab.click("th[data-sort=title] button")
    titles = [title.lower() for title in tab.locator("tr.claim .open").all_inner_texts()]
    assert tab.get_attribute("th[data-sort=title]", "aria-sort") == "ascending"
    assert titles[0].startswith("a norm maps")


SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def test_a_permanent_link_opens_its_claim(visit: Callable[..., Page]) -> None:
    tab = settle(visit("#trace-cyclic-three"))
    sheet = tab.locator("tr.detail:visible .sheet")
    assert sheet.count() == 1
    assert sheet.locator(".statement svg").first.bounding_box()["height"] > 10
    assert sheet.locator(".cells tbody tr").count() == 8
    sheet.locator(".bar").first.wait_for()
    assert sheet.locator(".bar:visible").count() == 12
    box = tab.locator("#trace-cyclic-three").bounding_box()
    assert 0 <= box["y"] < 300
    tab.goto(tab.url.split("#")[0] + "#svd-existence")
    tab.locator("#open_10 .perma").wait_for()
    assert tab.locator("#open_10 .perma").get_attribute("href") == "#svd-existence"


def test_a_link_to_a_claim_that_a_filter_hides_drops_the_filter(visit: Callable[..., Page]) -> None:
    tab = visit("#trace-cyclic-three?verdict=false-as-stated")
    assert len(shown(tab)) == 31
    assert tab.locator("tr.detail:visible").count() == 1


@pytest.mark.parametrize("address", ["#nosuchclaim", "#?verdict=nosuch&sort=nosuch", "#?q=%E0%A4%A", "#%E0%A4%A", "#?"])
def test_a_stale_address_does_no_harm(visit: Callable[..., Page], address: str) -> None:
    assert visit(address).locator("tr.claim").count() == 31


def test_keyboard_alone_opens_and_closes(visit: Callable[..., Page]) -> None:
    tab = visit()
    tab.focus("#lp-norm .open")
    tab.keyboard.press("Enter")
    assert tab.locator("#open_0").is_visible()
    assert tab.get_attribute("#lp-norm .open", "aria-expanded") == "true"
    assert tab.url.endswith("#lp-norm")
    tab.keyboard.press("Enter")
    assert not tab.locator("#open_0").is_visible()
    assert tab.evaluate("document.activeElement.className") == "open"


def test_all_claims_open_and_close(visit: Callable[..., Page]) -> None:
    tab = visit()
    tab.click("#ui_all")
    settle(tab)
    assert tab.locator("tr.detail:visible").count() == 31
    missing = (
        "() => [...document.querySelectorAll('use')].filter(use => !document.querySelector(use.getAttribute('href')))"
    )
    assert tab.evaluate(f"({missing})().length") == 0
    tab.click("#ui_all")
    assert tab.locator("tr.detail:visible").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_its_button(visit: Callable[..., Page], scheme: str) -> None:
    tab = visit(color_scheme=scheme)
    luminance = "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).reduce((sum, part) => sum + +part, 0)"
    before = tab.evaluate(luminance)
    assert (before > 384) == (scheme == "light")
    tab.click("#ui_theme")
    assert (tab.evaluate(luminance) > 384) == (scheme == "dark")
    tab.reload()
    assert (tab.evaluate(luminance) > 384) == (scheme == "dark")


@pytest.mark.parametrize("width", [390, 700, 820, 1280])
def test_no_width_scrolls_sideways(visit: Callable[..., Page], width: int) -> None:
    tab = visit(width=width)
    tab.click("#ui_all")
    settle(tab)
    tab.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_a_narrow_table_keeps_its_meaning(visit: Callable[..., Page]) -> None:
    tab = settle(visit("#trace-cyclic-three", width=390))
    cell = tab.locator("tr.detail:visible .cells tbody td.num").first
    assert (cell.get_attribute("role"), cell.get_attribute("data-name")) == ("cell", "worst")
    assert tab.locator("table.list").get_attribute("role") == "table"


def test_names_for_those_who_listen(visit: Callable[..., Page]) -> None:
    tab = settle(visit("#log-softmax-accuracy"))
    label = tab.locator("#log-softmax-accuracy .heat").get_attribute("aria-label")
    assert label is not None
    assert "float16 on cpu: failed, worst margin 3.2" in label
    assert tab.get_by_role("searchbox", name="Search titles, ids and operations").count() == 1
    assert tab.get_by_role("button", name="Switch between light and dark").count() == 1
    assert tab.get_by_role("img", name=r"\log p_i").count() == 1
    nameless = "() => [...document.querySelectorAll('button, a, select, input')].filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.[0]?.textContent)).length"  # noqa: E501
    assert tab.evaluate(nameless) == 0


def test_code_is_copied(visit: Callable[..., Page]) -> None:
    tab = visit("#log-softmax-accuracy", permissions=["clipboard-read", "clipboard-write"])
    tab.locator(".failure .code button").click()
    tab.locator(".failure .code button", has_text="Copied").first.wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == synthetic.REPRODUCTION.strip()


def functions(tab: Page) -> list[str]:
    return tab.locator("tr.function .open").all_inner_texts()


def test_errors_of_functions_sort_by_every_column(visit: Callable[..., Page]) -> None:
    tab = visit()
    assert functions(tab) == ["bessel_j0", "exp", "sigmoid", "exp"]
    head = tab.locator("table.ulps th", has_text="float32")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert functions(tab) == ["bessel_j0", "sigmoid", "exp", "exp"]
    head.get_by_role("button").click()
    assert (head.get_attribute("aria-sort"), functions(tab)[-1]) == ("ascending", "bessel_j0")
    tab.click("table.ulps th:first-child button")
    assert functions(tab) == ["bessel_j0", "exp", "exp", "sigmoid"]
    assert tab.locator("table.ulps [aria-sort]").count() == 1


def test_a_function_opens_with_pictures_and_code(visit: Callable[..., Page]) -> None:
    tab = visit(permissions=["clipboard-read", "clipboard-write"])
    button = tab.locator("tr.function .open", has_text="sigmoid")
    button.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    sheet = tab.locator(".sheet.function")
    sheet.get_by_role("img", name=re.compile("sigmoid in float32: the largest error in ulps")).wait_for()
    sheet.locator(".code button").first.click()
    tab.locator(".sheet.function .code button", has_text="Copied").first.wait_for()
    assert tab.evaluate("navigator.clipboard.readText()").endswith("print(torch.sigmoid(x)[0].item())")
    button.press("Enter")
    assert not sheet.is_visible()


def test_claim_and_table_lead_to_each_other(visit: Callable[..., Page]) -> None:
    tab = visit("#softmax-shift-invariance")
    tab.locator(".sheet a[href='#ui_ulps']").click()
    assert -5 < tab.locator("#ui_ulps").bounding_box()["y"] < 300
    tab.locator(".functions a[href='#softmax-shift-invariance']").click()
    assert -5 < tab.locator("#softmax-shift-invariance").bounding_box()["y"] < 300


@pytest.mark.parametrize("width", [390, 820, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_functions_fit_every_width(visit: Callable[..., Page], width: int, scheme: str) -> None:
    tab = visit(width=width, color_scheme=scheme)
    for button in tab.locator("tr.function .open").all():
        button.click()
    settle(tab)
    assert tab.locator(".sheet.function:visible").count() == 4
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    fill = tab.locator(".dtypes .errors").first.evaluate("path => getComputedStyle(path).fill")
    assert fill == {"light": "rgb(66, 87, 196)", "dark": "rgb(142, 162, 255)"}[scheme]


def test_paper_has_no_tools(visit: Callable[..., Page]) -> None:
    tab = settle(visit("#trace-cyclic-three"))
    tab.emulate_media(media="print")
    assert not tab.locator(".tools").is_visible()
    assert tab.locator("#open_7 .statement").is_visible()


def test_hostile_data_do_nothing(visit: Callable[..., Page], hostile_page: Path) -> None:
    tab = visit(file=hostile_page, width=390)
    tab.hover("tr.claim .heat >> nth=0")
    tab.click("#ui_all")
    for button in tab.locator("tr.function .open").all():
        button.click()
    settle(tab)
    tab.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    tab.wait_for_timeout(200)
    assert tab.evaluate("typeof hacked") == "undefined"
    assert tab.evaluate("document.querySelectorAll('img').length") == 0
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.locator("tr.detail:visible").count() == 3 + 2


@pytest.mark.parametrize(
    ("claims", "sources", "most_bytes", "most_ms"),
    [(200, None, 5e6, 3000), (1000, 1, 10e6, 15_000)],  # all sources, and the CPU's record alone
)
def test_many_claims_are_usable_at_once(
    visit: Callable[..., Page], tmp_path: Path, claims: int, sources: int | None, most_bytes: float, most_ms: float
) -> None:
    large = build(synthetic.write(tmp_path, claims)[:sources], tmp_path / "out")
    assert large.stat().st_size < most_bytes
    tab = visit(file=large)
    timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    assert tab.evaluate(timing) < most_ms  # of 200, a second on an idle machine; this one may be busy
    tab.fill("#ui_q", "shift-invariance")
    assert len(shown(tab)) == claims // len(synthetic.samples())
