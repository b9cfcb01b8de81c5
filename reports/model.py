"""What the page shows, worked out from the merged records; the templates only lay it out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reports import text, vocabulary
from reports.alarms import Alarms
from reports.alarms import merge as merge_alarms
from reports.benchmarks import Comparison, comparisons
from reports.departures import Departure, departures
from reports.evidence import Cell, Key, Merged, Place, Run, Trial, merge, where
from reports.read import Record, Records
from reports.ulps import Ulps
from reports.ulps import merge as merge_ulps

_WANTED = {"refutation": "refuted", "mutant": "caught", "departure": "departs"}


@dataclass
class Claim:
    """A claim with the evidence of all its cells."""

    id: str
    record: Record
    rows: list[tuple[Place, list[Cell]]]
    refutations: list[Trial]
    mutants: list[Trial]
    departures: list[Trial]
    benchmarks: list[int] = field(default_factory=list)  # positions in Report.benchmarks

    @cached_property
    def cells(self) -> list[Cell]:
        """Every cell, by place and then by dtype."""
        return [cell for _, cells in self.rows for cell in cells]

    @cached_property
    def measured(self) -> list[Cell]:
        """The cells that were measured."""
        return [cell for cell in self.cells if cell.measured]

    @property
    def verdict(self) -> vocabulary.Word:
        """The verdict on the statement."""
        return vocabulary.VERDICTS[self.record["truth"]]

    @cached_property
    def outcome(self) -> str:
        """The outcome that needs attention most."""
        present = {cell.outcome for cell in self.cells}
        return next((outcome for outcome in vocabulary.OUTCOMES if outcome in present), "absent")

    @cached_property
    def worst(self) -> Cell | None:
        """The cell with the worst margin."""
        known = [(cell.margin, cell) for cell in self.measured if cell.margin is not None]
        return max(known, key=lambda pair: (math.isnan(pair[0]), pair[0]), default=(0, None))[1]

    @property
    def seconds(self) -> float:
        """The time of the measured cells, that of refutations and mutants included."""
        trials = [
            result
            for kind in (self.refutations, self.mutants, self.departures)
            for one in kind
            for result in one.results
        ]
        return float(
            sum(record["seconds"] for record in [*(cell.record for cell in self.cells if cell.record), *trials])
        )

    @property
    def exact(self) -> bool:
        """Whether every margin was zero: no error at all was seen, however wide the bound."""
        return bool(self.measured) and all(cell.margin == 0 for cell in self.measured)

    @property
    def loose(self) -> bool:
        """Whether a run of the standard profile or a larger one never came within 1e-3 of the bound."""
        large = any(cell.run and cell.run.record.get("profile") in vocabulary.LARGE_PROFILES for cell in self.measured)
        margin = self.worst.margin if self.worst else None
        return large and not self.exact and margin is not None and margin < vocabulary.LOOSE

    @property
    def weak(self) -> list[str]:
        """Why the claim would not notice much: a loose bound, no mutant caught, nothing that ran."""
        found = []
        if self.loose and self.worst and self.worst.margin:
            times = text.count(math.floor(1 / self.worst.margin))
            margin = text.margin(self.worst.margin)
            found.append(f"loose: no margin above {margin}, so the bound could be {times} times tighter and still hold")
        if any(mutant.ran for mutant in self.mutants) and not any(mutant.hits for mutant in self.mutants):
            found.append("catches no mutant")
        if any(cell.record for cell in self.cells) and not self.measured:
            found.append("never runs")
        return found

    def where(self, *outcomes: str) -> str:
        """Where the claim has one of these outcomes."""
        return where((cell.place, cell.dtype) for cell in self.cells if cell.outcome in outcomes)

    @property
    def failing(self) -> list[Cell]:
        """The cells that failed, could not be checked or say nothing."""
        return [cell for cell in self.cells if cell.outcome in vocabulary.BROKEN]

    @cached_property
    def unmeasured(self) -> list[tuple[str, str]]:
        """Where nothing was measured and why, one entry a reason."""
        reasons: dict[str, list[Cell]] = {}
        for cell in self.cells:
            if not cell.measured and cell.outcome != "absent":
                reasons.setdefault(cell.reason or "no reason recorded", []).append(cell)
        return [(where((cell.place, cell.dtype) for cell in cells), reason) for reason, cells in reasons.items()]


@dataclass
class Report:
    """Everything on the page."""

    claims: list[Claim]
    runs: list[Run]
    benchmarks: list[tuple[str, list[Comparison]]]
    dtypes: list[str]
    places: list[Place]
    problems: list[str]
    ulps: Ulps
    alarms: Alarms

    @cached_property
    def verdicts(self) -> dict[str, int]:
        """How many claims have each verdict."""
        return _in_order(vocabulary.VERDICTS, (claim.record["truth"] for claim in self.claims))

    @cached_property
    def outcomes(self) -> dict[str, int]:
        """How many measured cells have each outcome."""
        measured = (cell.outcome for claim in self.claims for cell in claim.measured)
        return dict(reversed(_in_order(vocabulary.OUTCOMES, measured).items()))

    @cached_property
    def cells(self) -> list[Cell]:
        """All cells that have a record."""
        return [cell for claim in self.claims for cell in claim.cells if cell.record is not None]

    def total(self, field: str) -> float:
        """Return the sum of a field of the records over all cells of all claims."""
        return math.fsum(text.number(cell.record[field]) for cell in self.cells if cell.record)

    @property
    def seconds(self) -> float:
        """The time of all results shown."""
        return math.fsum(claim.seconds for claim in self.claims)

    def trials(self, kind: str) -> list[tuple[Claim, Trial]]:
        """Return all refutations, mutants or departures that ran, each with its claim."""
        return [(claim, trial) for claim in self.claims for trial in getattr(claim, kind) if trial.ran]

    @cached_property
    def departures(self) -> list[Departure]:
        """The departures that ran, one a script, bugs first."""
        return departures(self.claims)

    @property
    def kinds(self) -> dict[str, int]:
        """How many departures there are of each kind."""
        return _in_order(vocabulary.KINDS, (departure.kind_name for departure in self.departures))

    def listed_with(self, outcomes: Iterable[str]) -> list[Claim]:
        """Return the claims that have one of these outcomes in some cell."""
        wanted = set(outcomes)
        return [claim for claim in self.claims if any(cell.outcome in wanted for cell in claim.cells)]

    @property
    def chapters(self) -> dict[str, int]:
        """How many claims each chapter has."""
        return dict(Counter(claim.record["chapter"] for claim in self.claims))

    @property
    def operations(self) -> list[str]:
        """Every operation that some claim uses, by name."""
        return sorted({name for claim in self.claims for name in claim.record["operations"]})

    def run(self, claim: Record) -> Record:
        """The record of the run that a claim's record is from; empty where it was lost."""
        return next((run.record for run in self.runs if run.name == claim.get("run")), {})

    def versions(self, package: str) -> list[str]:
        """Return the versions of a package over all runs that the page shows."""
        known = (run.record["versions"].get(package) for run in self.runs if run.record)
        return sorted({version for version in known if version})

    @property
    def devices(self) -> list[str]:
        """The devices of the shown runs, with their models."""
        models = {(device["name"], device["model"]) for run in self.runs for device in run.record.get("devices", ())}
        ordered = sorted(models, key=lambda pair: (vocabulary.device_order(pair[0]), pair[1]))
        return [f"{name.upper()} ({model})" if model else name.upper() for name, model in ordered]

    @property
    def profiles(self) -> list[str]:
        """The profiles of the shown runs."""
        return sorted({run.record["profile"] for run in self.runs if run.record})


def report(records: Records) -> Report:
    """Merge the records and work out what the page shows."""
    merged = merge(records)
    newest = _newest_claims(records, merged)
    cells = {key: record for key, record in merged.results.items() if key.role == "claim"}
    supported = {
        (Place("eager", device), dtype)
        for claim in newest.values()
        for device, dtypes in claim["dtypes"].items()
        for dtype in dtypes
    }
    grid = {(key.place, key.dtype) for key in merged.results} | supported
    places = sorted({place for place, _ in grid}, key=lambda place: place.order)
    dtypes = sorted({dtype for _, dtype in grid}, key=vocabulary.dtype_order)
    benchmarks = comparisons(records.benchmarks)
    trials = _trials(merged, newest)
    claims = [
        Claim(
            name,
            record,
            rows=[(place, [_cell(record, place, dtype, cells, merged) for dtype in dtypes]) for place in places],
            refutations=trials[name, "refutation"],
            mutants=trials[name, "mutant"],
            departures=trials[name, "departure"],
            benchmarks=[position for position, known in enumerate(benchmarks) if _concerns(record, *known)],
        )
        for name, record in newest.items()
    ]
    topics = [_topic(claim) for claim in claims]
    chapters = [chapter for chapter, _ in topics]
    claims.sort(key=lambda claim: (chapters.index(claim.record["chapter"]), topics.index(_topic(claim))))
    runs = [run for run in merged.runs.values() if run.shown or run.superseded or run.record]
    ulps, alarms = merge_ulps(records.ulps), merge_alarms(records.alarms)
    return Report(claims, runs, benchmarks, dtypes, places, records.problems, ulps, alarms)


def _topic(claim: Claim) -> tuple[str, str]:
    return claim.record["chapter"], claim.record["topic"]


def _concerns(claim: Record, operation: str, pairs: list[Comparison]) -> bool:
    return any(claim["id"] in pair.claims or (not pair.claims and operation in claim["operations"]) for pair in pairs)


def _newest_claims(records: Records, merged: Merged) -> dict[str, Record]:
    claims: dict[str, Record] = {}
    for record in sorted(records.claims, key=lambda record: merged.runs[record["run"]].started):
        # A run knows what the operations support on its own devices only.
        older = claims.get(record["id"], {"dtypes": {}})
        claims[record["id"]] = {**record, "dtypes": {**older["dtypes"], **record["dtypes"]}}
    for key in merged.results:
        if key.claim not in claims:
            records.problems.append(f"claim {key.claim}: its own record is missing, only its evidence is shown")
            claims[key.claim] = _unrecorded(key.claim)
    return claims


def _unrecorded(name: str) -> Record:
    texts = dict.fromkeys(("statement", "hypotheses", "correction", "notes", "book", "formal", "method", "bound"), "")
    lists: dict[str, list[Record]] = {key: [] for key in ("operations", "refutations", "mutants", "departures")}
    return {
        **texts, **lists, "id": name, "title": name, "chapter": "not recorded", "topic": "", "truth": "unrecorded",
        "dtypes": {}, "source": {"claim": "", "reference": ""},
    }  # fmt: skip


def _cell(claim: Record, place: Place, dtype: str, cells: Mapping[Key, Record], merged: Merged) -> Cell:
    record = cells.get(Key(claim["id"], "claim", None, place, dtype))
    if record is not None:
        return Cell(place, dtype, record["outcome"], record["reason"] or "", record, merged.runs[record["run"]])
    known = claim["dtypes"].get(place.device, {})
    if known.get(dtype) is not None:
        return Cell(place, dtype, "unsupported", known[dtype])
    return Cell(place, dtype, "absent")


def _trials(merged: Merged, claims: Mapping[str, Record]) -> dict[tuple[str, str], list[Trial]]:
    trials = {
        (name, role): {about["name"]: Trial(about["name"], about, wanted) for about in claim[f"{role}s"]}
        for name, claim in claims.items()
        for role, wanted in _WANTED.items()
    }
    for key, record in merged.results.items():
        if key.role in _WANTED and key.name is not None:
            known = trials[key.claim, key.role]
            known.setdefault(key.name, Trial(key.name, {}, _WANTED[key.role])).results.append(record)
        elif key.role == "cross" and key.name is not None:
            owner, _, name = key.name.partition("/")
            if mutant := trials.get((owner, "mutant"), {}).get(name):
                mutant.crossed.append(record)
    return {key: list(known.values()) for key, known in trials.items()}


def _in_order(words: Iterable[str], items: Iterable[str]) -> dict[str, int]:
    counts = Counter(items)
    return {word: counts[word] for word in words if counts[word]}
