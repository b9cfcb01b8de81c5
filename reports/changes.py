"""What may change between two runs, from worst to best: here alone it says what counts as worse."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

MOVED = 2.0
"""A margin moves where it changes by more than this factor; both margins are first raised to a floor."""
MARGIN_FLOOR = 1e-3
"""Below this a bound is loose: it would not notice much, and 1e-300 is as good as 1e-299."""
CHANCE_FLOOR = 0.25
"""The floor for statistical checks, where ln p / ln alpha is small by luck: p above 0.006 at alpha = 1e-9."""
SLOWED = 1.5
"""A time changes where it does so by more than this factor, and by more than one of the two floors."""
CELL_FLOOR = 0.050
"""Seconds, for the time of a cell, which is measured once."""
BENCHMARK_FLOOR = 50e-6
"""Seconds, for a benchmark, which is the median of many rounds."""

WORSE, OTHER, BETTER = "worse", "other", "better"


@dataclass(frozen=True)
class Kind:
    """A kind of change: whether it is worse, better or neither, its heading, and when a change is of this kind."""

    side: str
    heading: str
    meaning: str


KINDS: Mapping[str, Kind] = {
    "broke": Kind(WORSE, "Fails now", "A cell that fails, cannot be checked or says nothing, and did not before."),
    "escaped": Kind(
        WORSE, "Found no longer", "A mutant that survives or a false neighbour that is not refuted, unlike before."
    ),
    "departed": Kind(WORSE, "New departures", "torch breaks the mathematics where that was not known."),
    "vanished": Kind(
        WORSE, "Checked no longer", "Measured before and not now, on a subject and device that both runs have."
    ),
    "rose": Kind(WORSE, "Margins that rose", f"By more than a factor {MOVED:g}, on the same inputs."),
    "slowed": Kind(
        WORSE,
        "Slower",
        f"All cells together, or a benchmark, by more than a factor {SLOWED:g} on the same machine and profile.",
    ),
    "verdict": Kind(OTHER, "Verdicts and statements", "The claim itself says something else; no evidence is worse."),
    "outcome": Kind(OTHER, "Other evidence", "Another outcome that is no worse, such as exhausted instead of held."),
    "drifted": Kind(
        OTHER,
        "Margins that rose on other inputs",
        f"By more than a factor {MOVED:g}; with another seed, profile, device or subject it may be luck.",
    ),
    "slower": Kind(
        OTHER,
        "Cells that took longer",
        f"By more than a factor {SLOWED:g} and {1000 * CELL_FLOOR:g} ms; a cell is timed once only.",
    ),
    "appeared": Kind(OTHER, "Checked for the first time", "Not measured before."),
    "unseen": Kind(OTHER, "Departures that could not be looked for", "On record, and not run or not seen here."),
    "faster": Kind(BETTER, "Faster", f"By more than a factor {SLOWED:g} and {1000 * CELL_FLOOR:g} ms."),
    "fell": Kind(BETTER, "Margins that fell", f"By more than a factor {MOVED:g}."),
    "found": Kind(BETTER, "Found now", "A mutant caught or a false neighbour refuted that was not."),
    "healed": Kind(BETTER, "Departures no longer seen", "torch keeps to the mathematics where it did not."),
    "mended": Kind(BETTER, "Holds now", "A cell that failed, could not be checked or said nothing."),
}  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(KINDS)}


@dataclass(frozen=True)
class Change:
    """One change: of what, where, from what to what; `size` sorts changes of a kind, the largest first."""

    kind: str
    what: str  # the id of a claim, or the name of an operation
    title: str
    where: str
    words: tuple[str, ...]  # before and after
    note: str = ""
    size: float = 0.0

    @property
    def before(self) -> str:
        """What it was."""
        return self.words[0]

    @property
    def after(self) -> str:
        """What it is."""
        return self.words[1]

    @property
    def order(self) -> tuple[int, float, str, str]:
        """The sorting key: from worst to best."""
        return (_RANK[self.kind], -math.inf if math.isnan(self.size) else -self.size, self.what, self.where)

    @property
    def worse(self) -> bool:
        """Whether it counts as worse."""
        return KINDS[self.kind].side == WORSE


def factor(before: float, after: float, floor: float) -> float:
    """Return after / before once both are at least `floor`; NaN where one of them is none."""
    if math.isnan(before) or math.isnan(after):
        return math.nan
    before, after = max(before, floor), max(after, floor)
    return 1.0 if before == after else after / before


def time_factor(before: float, after: float, floor: float) -> float | None:
    """Return after / before of two times, or None where the change is within what is noise."""
    if abs(after - before) <= floor or not before or not after or 1 / SLOWED <= after / before <= SLOWED:
        return None
    return after / before
