"""The section on departures: one entry a script, its texts, and the issue in Markdown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reports.build import BuildError, build, linked
from reports.departures import fenced
from reports.model import Report, report
from reports.read import read
from tests.reports import synthetic
from tests.reports.conftest import in_full

if TYPE_CHECKING:
    from playwright.sync_api import Page

SPOILED = "pseudoinverse-minimum-norm"


def spoiled(**changes: Any) -> list[dict[str, Any]]:
    """The records of the two claims with departures; `changes` go into what is known of the first's."""
    chosen = [pair for pair in synthetic.samples() if pair[1].id in {SPOILED, "xavier-initializer-law"}]
    records = list(synthetic.lines(synthetic.CPU_RUN, "cpu", chosen))
    for record in records:
        if record["kind"] == "claim" and record["id"] == SPOILED:
            record["departures"][0] |= changes
    return records


def made(write: Callable[..., Path], records: list[dict[str, Any]]) -> Report:
    return report(read([write(records)]))


def test_bugs_come_first_and_each_script_once(write: Callable[..., Path]) -> None:
    records = spoiled()
    other = next(record for record in records if record["kind"] == "claim" and record["id"] != SPOILED)
    first = next(record for record in records if record.get("id") == SPOILED)["departures"][0]
    other["departures"].append(first | {"name": "another-name", "dtypes": ["float16"], "hardware": "x86"})
    found = made(write, records).departures
    assert [(one.name, one.kind_name, one.state) for one in found] == [
        ("lstsq_gelsy", "bug", "departs"),
        ("uniform_atom", "documented", "departs"),
    ]
    assert {claim.id for claim, _ in found[0].members} == {SPOILED, other["id"]}
    assert found[0].listed("dtypes") == ["float64", "float32", "float16"]
    assert found[0].hardware == ["x86"]
    assert found[0].found("departs") == "float64 and float32 on cpu"


def test_an_issue_has_everything_that_a_maintainer_asks_for(write: Callable[..., Path]) -> None:
    whole = made(write, spoiled())
    issue = whole.departures[0].issue(whole.runs)
    assert issue.startswith("# `torch.linalg.lstsq` with gelsy solves another system\n\nSo it is in a batch.\n\nAlone")
    for part in (
        f"## Reproduction\n\n```python\n{synthetic.REPRODUCTION.strip()}\n```\n",
        "## Expected\n\n```\n[0.0, 1.5]\n```\n",
        "## Actual\n\n```\n[0.0, -1.5]\n```\n",
        "- dtypes: float64 and float32\n- devices: cpu\n",
        "- torch: 2.13.0; mended in 2.14 (run here with 2.13.0)\n",
        f"({SPOILED})\n",
    ):
        assert part in issue, part
    assert "- documentation: the manual says" in whole.departures[1].issue(whole.runs)
    assert "- processors: CPUs with AVX2\n" in whole.departures[1].issue(whole.runs)


def test_records_that_know_less_are_shown_all_the_same(write: Callable[..., Path], tmp_path: Path) -> None:
    records = spoiled()
    for record in records:
        record.pop("demonstration", None)
        for departure in record.get("departures", ()):
            for field in ("title", "text", "kind", "why", "mended", "operations", "hardware"):
                departure.pop(field, None)
    whole = made(write, records)
    assert [one.kind_name for one in whole.departures] == ["unsorted"] * 2
    assert whole.departures[0].title.startswith("`torch.linalg.lstsq` with driver `gelsy`")
    assert "## Expected" not in whole.departures[0].issue(whole.runs)
    page = in_full(build([write(records)], tmp_path / "out"))
    assert "These records do not hold what the script showed." in page


@pytest.mark.parametrize("outcome", ["mended", "elsewhere", "error"])
def test_what_is_not_seen_here_says_so(write: Callable[..., Path], outcome: str) -> None:
    records = spoiled()
    for record in records:
        if record.get("role") == "departure" and record["claim"] == SPOILED:
            record |= {"outcome": outcome, "reason": "because"}
    found = made(write, records).departures[0]
    assert (found.state, found.found("departs"), found.found(outcome)) == (outcome, "", "float64 and float32 on cpu")


def test_no_section_without_departures(write: Callable[..., Path], tmp_path: Path) -> None:
    page = build([write(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1)))], tmp_path / "out")
    assert "ui_departures" not in page.read_text("utf-8").partition("<script>")[0]


def test_a_broken_formula_names_its_departure(write: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"^departure lstsq_gelsy: .*nosuch"):
        build([write(spoiled(text=r"It is $\nosuch$"))], tmp_path / "out")


@pytest.mark.parametrize(("code", "fence"), [("x", "```"), ("a ``` b", "````"), ("`" * 5, "`" * 6)])
def test_a_fence_is_longer_than_what_it_encloses(code: str, fence: str) -> None:
    assert fenced(code, "python") == [fence + "python", code, fence]


def test_only_a_plain_address_becomes_a_link() -> None:
    assert linked('https://a.org/b.html: "so <"') == (
        '<a href="https://a.org/b.html" rel="noreferrer">https://a.org/b.html</a>: &#34;so &lt;&#34;'
    )
    assert "<a" not in linked('https://a.org/"onclick=: so')
    assert "<a" not in linked("javascript:x: so")


def test_kinds_filter_and_an_address_opens_an_entry(visit: Callable[..., Page]) -> None:
    tab = visit()
    assert tab.locator(".departure:visible").count() == 2
    tab.click(".kinds [data-kind=documented]")
    assert tab.locator(".departure:visible .what").all_inner_texts() == ["uniform_ has an atom"]
    assert tab.locator("#ui_departures_shown").inner_text() == "1 of 2"
    assert tab.get_attribute(".kinds [data-kind=documented]", "aria-pressed") == "true"
    tab.goto(tab.url.split("#")[0] + "#departure_lstsq_gelsy")
    tab.wait_for_selector("#departure_lstsq_gelsy[open] .issue")
    assert tab.locator(".departure:visible").count() == 2
    assert tab.locator("#departure_lstsq_gelsy .issue dl.input dd").all_inner_texts() == ["[0.0, -1.5]", "[0.0, 1.5]"]
    tab.click("#departure_lstsq_gelsy .facts a >> nth=0")
    tab.wait_for_selector(f"#{SPOILED}.opened")


def test_an_issue_and_its_code_are_copied(visit: Callable[..., Page]) -> None:
    tab = visit("#departure_lstsq_gelsy", permissions=["clipboard-read", "clipboard-write"])
    tab.click("#departure_lstsq_gelsy .copy_issue")
    tab.locator(".copy_issue", has_text="Copied").first.wait_for()
    text = tab.evaluate("navigator.clipboard.readText()")
    assert text.startswith("# `torch.linalg.lstsq` with gelsy")
    assert "## Actual\n\n```\n[0.0, -1.5]\n```" in text
    tab.locator("#departure_lstsq_gelsy .code button").first.click()
    tab.locator("#departure_lstsq_gelsy .code button", has_text="Copied").first.wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == synthetic.REPRODUCTION.strip()


def test_without_a_clipboard_the_issue_is_selected(visit: Callable[..., Page]) -> None:
    tab = visit("#departure_lstsq_gelsy")
    tab.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    tab.click("#departure_lstsq_gelsy .copy_issue")
    tab.locator(".copy_issue", has_text="Selected").first.wait_for()
    assert tab.evaluate("String(getSelection())").startswith("# `torch.linalg.lstsq`")


@pytest.mark.parametrize("width", [390, 1280])
def test_open_entries_do_not_scroll_sideways(visit: Callable[..., Page], width: int) -> None:
    tab = visit(width=width)
    tab.evaluate("document.querySelectorAll('.departure').forEach(entry => { entry.open = true; })")
    tab.wait_for_selector(".departure:last-of-type .issue")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
