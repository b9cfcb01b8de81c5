"""Merge the evidence of several runs and machines: per cell, the newest measurement counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from reports import text, vocabulary
from reports.read import Record, Records


class Place(NamedTuple):
    """Where a claim was checked: an implementation on a device."""

    subject: str
    device: str

    @property
    def label(self) -> str:
        """The device, and the subject where it is not plain torch."""
        return self.device if self.subject == "eager" else f"{self.subject} on {self.device}"

    @property
    def order(self) -> tuple[bool, str, tuple[int, str]]:
        """The sorting key: plain torch first, then by device."""
        return (self.subject != "eager", self.subject, vocabulary.device_order(self.device))


class Key(NamedTuple):
    """What one result is about."""

    claim: str
    role: str
    name: str | None
    place: Place
    dtype: str


@dataclass
class Run:
    """A run: its record, or an empty one where the run's own line was lost."""

    name: str
    record: Record
    shown: int = 0
    superseded: int = 0
    end: Record = field(default_factory=dict)  # empty where the record has no closing line

    @property
    def unfinished(self) -> str:
        """Why not all of the run is here; empty where it ended, or where the record is too old to tell."""
        if self.end:
            return f"it was stopped early ({self.end['stopped']})" if self.end["stopped"] else ""
        return "it was killed or still goes on: its record has no closing line" if self.record.get("closes") else ""

    @property
    def finished(self) -> bool | None:
        """Whether the run came to its end; None where the record is too old to tell."""
        return False if self.unfinished else True if self.end else None

    @property
    def started(self) -> datetime:
        """The start of the run; the earliest time there is where it was not recorded."""
        if "started" not in self.record:
            return datetime.min.replace(tzinfo=UTC)
        try:
            return datetime.fromisoformat(self.record["started"])
        except ValueError:  # a date that no calendar has
            return datetime.min.replace(tzinfo=UTC)


@dataclass
class Cell:
    """The evidence for a claim in one dtype at one place; `record` is None where nothing was run."""

    place: Place
    dtype: str
    outcome: str
    reason: str = ""
    record: Record | None = None
    run: Run | None = None

    @property
    def measured(self) -> bool:
        """Whether something was computed."""
        return self.outcome in vocabulary.MEASURED

    @property
    def word(self) -> vocabulary.Word:
        """The outcome as the page says it."""
        return vocabulary.OUTCOMES[self.outcome]

    @property
    def margin(self) -> float | None:
        """The worst margin, that of the failure included; None where no margin was recorded."""
        known = [] if self.record is None else [self.record[key] for key in ("worst", "failure") if self.record[key]]
        margins = [text.number(item["margin"]) for item in known]
        return max(margins, key=lambda margin: (margin != margin, margin), default=None)  # noqa: PLR0124 (NaN is worst)

    @property
    def sign(self) -> str:
        """The sign of the outcome; a cell that held without any error has its own."""
        return "=" if self.outcome == "held" and self.margin == 0 else self.word.sign

    @property
    def level(self) -> int:
        """How close the cell came to its bound, in three steps (none for a margin of zero or unknown)."""
        margin = self.margin
        return 0 if not margin else 1 + (margin >= vocabulary.LOOSE) + (margin >= 0.1)

    @property
    def description(self) -> str:
        """The cell in words, for those who do not see it."""
        margin = "" if self.margin is None else f", worst margin {text.margin(self.margin)}"
        reason = f" ({' '.join(self.reason.split())})" if self.reason else ""
        return f"{self.dtype} on {self.place.label}: {self.word.label}{margin}{reason}"


@dataclass
class Trial:
    """A refutation, mutant or departure of a claim with the results of all its cells."""

    name: str
    about: Mapping[str, Any]
    found: str  # the outcome that is wanted: refuted, caught, departs
    results: list[Record] = field(default_factory=list)
    crossed: list[Record] = field(default_factory=list)  # of a mutant: on other claims of its operation

    @property
    def caught_elsewhere(self) -> list[str]:
        """The other claims that catch a mutant."""
        return sorted(record["claim"] for record in self.crossed if record["outcome"] == "caught")

    @cached_property
    def ran(self) -> list[Record]:
        """The results that were measured."""
        return [result for result in self.results if result["outcome"] != "not-run"]

    @cached_property
    def hits(self) -> list[Record]:
        """The results with the wanted outcome."""
        return [result for result in self.results if result["outcome"] == self.found]

    @cached_property
    def misses(self) -> list[Record]:
        """The measured results with the opposite outcome."""
        return [result for result in self.ran if result["outcome"] not in {self.found, "elsewhere", "error"}]

    @cached_property
    def errors(self) -> list[Record]:
        """The results that ended in an error, which says nothing either way."""
        return [result for result in self.ran if result["outcome"] == "error"]

    @cached_property
    def elsewhere(self) -> list[Record]:
        """The results of departures that are seen on other processors only."""
        return [result for result in self.ran if result["outcome"] == "elsewhere"]

    @property
    def outcome(self) -> str:
        """The wanted outcome if any cell has it, else the opposite, another processor's, an error, or "not-run"."""
        first = next(iter([*self.hits, *self.misses, *self.elsewhere, *self.errors]), {"outcome": "not-run"})
        return str(first["outcome"])

    @property
    def reasons(self) -> list[str]:
        """Why cells were not run or ended in an error."""
        return sorted({result["reason"] for result in self.results if result["reason"]})

    @cached_property
    def smallest(self) -> Record | None:
        """The result with the smallest failing instance."""
        failing = [result for result in self.hits if result["failure"]]
        return min(failing, key=_size_of_failure, default=None)

    @property
    def effort(self) -> str:
        """The instances that were right before one was not, over the cells that found one."""
        counts = sorted(result["instances"] for result in self.hits)
        if not any(counts):
            return "the first batch"
        ends = dict.fromkeys(text.count(value) for value in counts[:1] + counts[-1:])
        return " to ".join(ends) + " instances"


class Merged(NamedTuple):
    """The newest result of every cell, and the runs that they come from, newest first."""

    results: dict[Key, Record]
    runs: dict[str, Run]


def merge(records: Records) -> Merged:
    """Keep the newest measurement of every cell; that a later run could not run a cell hides no measurement."""
    names = dict.fromkeys([*records.runs, *(record["run"] for record in [*records.claims, *records.evidence])])
    runs = {name: Run(name, records.runs.get(name, {}), end=records.ends.get(name, {})) for name in names}
    results: dict[Key, Record] = {}
    for record in sorted(records.evidence, key=lambda record: runs[record["run"]].started):
        place = Place(record["subject"], record["device"])
        key = Key(record["claim"], record["role"], record["name"], place, record["dtype"])
        if key in results:
            if record["outcome"] == "not-run" != results[key]["outcome"]:
                runs[record["run"]].superseded += 1
                continue
            runs[results[key]["run"]].superseded += 1
        results[key] = record
    for record in results.values():
        runs[record["run"]].shown += 1
    newest_first = sorted(runs.items(), key=lambda item: item[1].started, reverse=True)
    return Merged(results, dict(newest_first))


def where(cells: Iterable[tuple[Place, str]]) -> str:
    """Return the places and dtypes as a reader would list them: float64 and float32 on cpu and cuda."""
    dtypes: dict[Place, list[str]] = {}
    for place, dtype in sorted(cells, key=lambda cell: (cell[0].order, vocabulary.dtype_order(cell[1]))):
        dtypes.setdefault(place, []).append(dtype)
    places: dict[tuple[str, ...], list[str]] = {}
    for place, names in dtypes.items():
        places.setdefault(tuple(names), []).append(place.label)
    return "; ".join(f"{text.listed(names)} on {text.listed(labels)}" for names, labels in places.items())


def where_of(results: Iterable[Record]) -> str:
    """Return where these results were measured."""
    return where((Place(result["subject"], result["device"]), result["dtype"]) for result in results)


def _size_of_failure(result: Record) -> tuple[int, int]:
    return _entries(result["failure"]["input"]["shapes"]), len(result["failure"]["instance"])


def _entries(shape: Any) -> int:  # noqa: ANN401 (nested lists of JSON)
    if isinstance(shape, dict):
        return sum(map(_entries, shape.values()))
    if any(isinstance(side, list) for side in shape):
        return sum(map(_entries, shape))
    product = 1
    for side in shape:
        product *= side
    return product
