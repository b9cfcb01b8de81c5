"""A comparison for those who read it: as text for a terminal, and as a page."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports import changes, formulas, text
from reports.build import environment, furniture, squeezed
from reports.changes import BETTER, OTHER, WORSE
from reports.compare import Comparison

PAGE = "compare.html"
MOST = 20
"""Changes of a kind that the terminal shows unless all are asked for."""
MOST_ON_PAGE = 40
"""Changes of a kind that the page shows unfolded."""
_STYLES = {WORSE: "bold red", OTHER: "bold", BETTER: "bold green"}


def print_comparison(comparison: Comparison, names: Sequence[str], *, everything: bool) -> None:
    """Print the comparison of the runs so named: what differs between them, then the changes from worst to best."""
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False, markup=False, emoji=False)
    console.print("before:", text.one_line(names[0]))
    console.print("after: ", text.one_line(names[1]))
    console.print()
    if comparison.differences:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("differs", "before", "after"):
            table.add_column(heading, overflow="fold")
        for setting in comparison.differences:
            table.add_row(*(Text(text.one_line(part)) for part in setting))
        console.print(table)
    else:
        console.print("the runs do not differ in anything that was recorded")
    for line in comparison.notes:
        console.print("note:", text.one_line(line))
    for side in (WORSE, OTHER, BETTER):
        for kind, found in comparison.of_side(side).items():
            console.print()
            console.print(f"{changes.KINDS[kind].heading} ({len(found)})", style=_STYLES[side])
            shown = found if everything else found[:MOST]
            console.print(_table(shown))
            if len(found) > len(shown):
                console.print(f"  and {len(found) - len(shown)} more: --all shows them", style="dim")
    console.print()
    console.print(headline(comparison), style=_STYLES[WORSE if comparison.worse else BETTER])


def headline(comparison: Comparison) -> str:
    """Return the comparison in one line."""
    other, better = (sum(map(len, comparison.of_side(side).values())) for side in (OTHER, BETTER))
    line = f"{comparison.worse} worse, {other} changed otherwise, {better} better; {comparison.same} cells the same"
    return line + (f"; {comparison.failing} fail in both" if comparison.failing else "")


def write_page(comparison: Comparison, names: Sequence[str], out: Path) -> Path:
    """Write the comparison as `out`/compare.html, which loads nothing, and return its path."""
    page = (
        environment(formulas.Typesetter())
        .get_template("compare.html.j2")
        .render(
            comparison=comparison,
            names=names,
            kinds=changes.KINDS,
            shown=MOST_ON_PAGE,
            **furniture("common.js", "plain.js"),
        )
    )
    target = out / PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(squeezed(page), encoding="utf-8")
    return target


def _table(found: Sequence[changes.Change]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column(overflow="fold")
    for change in found:
        table.add_row(*(Text(text.one_line(part)) for part in _cells(change)))
    return table


def _cells(change: changes.Change) -> Iterator[str]:
    yield "  " + (change.what or change.title)
    yield change.where
    note = f" ({change.note})" if change.note else ""
    yield f"{change.before} \N{RIGHTWARDS ARROW} {change.after}{note}"
