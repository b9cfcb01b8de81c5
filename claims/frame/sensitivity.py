"""What the mutants of a run say of its sensitivity: how many are caught, and how soon."""

from __future__ import annotations

import collections
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from claims.frame.claim import load_all

COLUMNS = ("planted", "narrow", "caught", "survived", "instances", "seconds", "slowest")


def sensitivity_table(evidence: Sequence[Mapping[str, Any]], **look: Any) -> Table | None:
    """Mutants by chapter, with the median of instances and seconds until one is caught, and the longest time.

    A mutant is *narrow* if it is wrong only for some inputs, layouts, sizes or dtypes. None where no mutant ran.
    """
    planted = [e for e in evidence if e["role"] == "mutant" and e["outcome"] != "not-run"]
    if not planted:
        return None
    chapters: dict[str, list[Mapping[str, Any]]] = collections.defaultdict(list)
    for e in planted:
        chapters[load_all()[e["claim"]].chapter].append(e)
    table = Table(title="Sensitivity (mutants; instances and seconds are medians)", title_justify="left", **look)
    table.add_column("chapter")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    rows = [*sorted(chapters.items()), *([("all", planted)] if len(chapters) > 1 else [])]
    for name, made in rows:
        table.add_row(name, *_row(made))
    return table


def _row(made: Sequence[Mapping[str, Any]]) -> list[str]:
    caught = [e for e in made if e["outcome"] == "caught"]
    narrow = sum(_is_narrow(e) for e in made)
    counts = [len(made), narrow, len(caught), len(made) - len(caught)]
    if not caught:
        return [*map(str, counts), "-", "-", "-"]
    seconds = [e["seconds"] for e in caught]
    soon = statistics.median(e["instances"] for e in caught)
    return [*map(str, counts), f"{soon:.0f}", f"{statistics.median(seconds):.3f}", f"{max(seconds):.2f}"]


def _is_narrow(evidence: Mapping[str, Any]) -> bool:
    mutants = load_all()[evidence["claim"]].mutants
    return next((m.trigger for m in mutants if m.name == evidence["name"]), "always") != "always"


def cross_tally(evidence: Sequence[Mapping[str, Any]]) -> str:
    """What mutants met on claims that do not list them; empty where none did."""
    outcomes = collections.Counter(e["outcome"] for e in evidence if e["role"] == "cross")
    if not outcomes:
        return ""
    counts = f"{outcomes['caught']} caught, {outcomes['survived']} survived, {outcomes['error']} not applicable"
    return f"mutants on other claims of their operation: {counts}"
