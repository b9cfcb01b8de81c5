"""The table at the end of a run: evidence by claim (or by topic when there are many) and dtype."""

from __future__ import annotations

import collections
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from rich import box
from rich.console import Console
from rich.table import Table

from claims.frame.claim import load_all
from claims.frame.sensitivity import cross_tally, sensitivity_table
from claims.frame.support import DTYPES

MOST_CLAIMS = 60
GOOD = {"held", "consistent", "exhausted"}
STYLES = {"departs": "yellow", "failed": "bold red", "error": "bold red", "vacuous": "red", "not-run": "dim"}


def print_summary(evidence: Sequence[Mapping[str, Any]], reporter: pytest.TerminalReporter) -> None:
    """Writes the table: a cell is the worst margin where the claim held, else the outcome. Plain when piped."""
    measured = [e for e in evidence if e["role"] == "claim"]
    by_topic = len({e["claim"] for e in measured}) > MOST_CLAIMS
    rows: dict[tuple[str, str], dict[str, list[Mapping[str, Any]]]] = {}
    for e in measured:
        title = load_all()[e["claim"]].topic if by_topic else e["claim"]
        cells = rows.setdefault((title, f"{e['subject']} {e['device']}"), collections.defaultdict(list))
        cells[e["dtype"]].append(e)
    terminal = bool(reporter.isatty)
    title = "Evidence (worst error / bound)"
    look = box.SIMPLE_HEAD if terminal else box.ASCII2
    table = Table(box=look, title=title, title_justify="left")
    table.add_column("topic" if by_topic else "claim", overflow="fold")
    table.add_column("subject")
    for dtype in DTYPES:
        table.add_column(dtype, justify="right")
    table.add_column("instances", justify="right")
    for (title, subject), cells in sorted(rows.items()):
        instances = sum(e["instances"] for made in cells.values() for e in made)
        table.add_row(title, subject, *(_cell(cells[d]) for d in DTYPES), f"{instances:,}".replace(",", " "))
    reporter.write_line("")
    width = reporter._tw.fullwidth if terminal else 150  # noqa: SLF001  pytest offers no other way to its width
    console = Console(file=reporter._tw._file, force_terminal=terminal, no_color=not terminal, width=width)  # noqa: SLF001
    if rows:
        console.print(table)
    if mutants := sensitivity_table(evidence, box=look):
        console.print(mutants)
    for line in filter(None, (cross_tally(evidence), _tally(evidence))):
        console.print(line, highlight=False)


def _cell(made: Sequence[Mapping[str, Any]]) -> str:
    if not made:
        return "-"
    bad = [e["outcome"] for e in made if e["outcome"] not in GOOD]
    if bad:
        worst = max(bad, key=list(STYLES).index)
        return f"[{STYLES[worst]}]{worst}[/]"
    return _margin(max((float(e["worst"]["margin"]) for e in made if e["worst"]), default=0.0))


def _margin(x: float) -> str:
    """Three significant digits, rounded down, so that a margin below 1 never reads as 1."""
    digits = 3 - math.ceil(math.log10(x)) if x > 0 else 0
    return f"{math.floor(x * 10**digits) / 10**digits:.3g}"


def _tally(evidence: Sequence[Mapping[str, Any]]) -> str:
    outcomes = collections.Counter((e["role"], e["outcome"]) for e in evidence)
    roles = ("claim", "refutation", "mutant", "departure")
    counts = "; ".join(
        f"{role}s: " + ", ".join(f"{n} {outcome}" for (r, outcome), n in sorted(outcomes.items()) if r == role)
        for role in roles
        if any(r == role for r, _ in outcomes)
    )
    alpha = sum(e["alpha"] for e in evidence if e["role"] == "claim")
    return f"{counts}; false-alarm probability of the statistical checks: {alpha:.2g}"
