"""The first screen: evidence by dtype and device, and how sensitive the checks are."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reports import vocabulary
from reports.evidence import Cell, Place, Trial
from reports.model import Claim, Report


@dataclass(frozen=True)
class Square:
    """All cells of one dtype at one place."""

    place: Place
    dtype: str
    outcomes: dict[str, int]
    instances: int

    @property
    def claims(self) -> int:
        """How many claims were measured."""
        return sum(self.outcomes.values())

    @property
    def broken(self) -> int:
        """How many of them failed, could not be checked, or say nothing."""
        return sum(number for outcome, number in self.outcomes.items() if outcome in vocabulary.BROKEN)

    @property
    def description(self) -> str:
        """The square in words, for those who do not see it."""
        counts = ", ".join(f"{number} {vocabulary.OUTCOMES[name].label}" for name, number in self.outcomes.items())
        return f"{self.dtype} on {self.place.label}: {counts or 'nothing measured'}"


def matrix(report: Report) -> list[tuple[Place, list[Square]]]:
    """A row for every place where something was measured, with a square for every dtype."""
    known: dict[tuple[Place, str], list[Cell]] = {}
    for cell in report.cells:
        if cell.measured:
            known.setdefault((cell.place, cell.dtype), []).append(cell)
    places = [place for place in report.places if any(place == key for key, _ in known)]
    return [
        (place, [_square(place, dtype, known.get((place, dtype), [])) for dtype in report.dtypes]) for place in places
    ]


def _square(place: Place, dtype: str, cells: list[Cell]) -> Square:
    counts = Counter(cell.outcome for cell in cells)
    ordered = {name: counts[name] for name in reversed(list(vocabulary.OUTCOMES)) if counts[name]}
    return Square(place, dtype, ordered, sum(cell.record["instances"] for cell in cells if cell.record))


@dataclass(frozen=True)
class Sensitivity:
    """How many of the planted errors were found, and how soon."""

    found: int
    planted: int
    instances: float | None  # the median over what was found; None where nothing was
    seconds: float | None

    @classmethod
    def of(cls, trials: Iterable[tuple[Claim, Trial]]) -> Sensitivity:
        """That of mutants, or of refutations; a trial counts by its quickest cell."""
        ran = [trial for _, trial in trials]
        quickest = [min(trial.hits, key=lambda hit: float(hit["seconds"])) for trial in ran if trial.hits]
        if not quickest:
            return cls(0, len(ran), None, None)
        instances, seconds = ([float(hit[key]) for hit in quickest] for key in ("instances", "seconds"))
        return cls(len(quickest), len(ran), statistics.median(instances), statistics.median(seconds))


def departures(report: Report) -> list[list[tuple[Claim, Trial]]]:
    """The departures that were observed or were on record, the gravest first: in wide types, then of many claims."""

    def order(group: list[tuple[Claim, Trial]]) -> tuple[bool, bool, int]:
        hits = [hit["dtype"] for _, trial in group for hit in trial.hits]
        return (not hits, not {"float32", "float64"}.intersection(hits), -len(group))

    return sorted(report.departures, key=order)
