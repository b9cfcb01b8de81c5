"""Two sets of runs compared: every claim, cell, mutant, refutation, departure and time that changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reports import changes, model, places, settings, text, vocabulary
from reports.changes import Change
from reports.departures_compared import departures
from reports.evidence import Cell, Place, Trial, where
from reports.read import Benchmark

_WORDING = ("statement", "hypotheses", "correction", "bound")
_ROLES = {"mutants": "mutant", "refutations": "false neighbour"}


@dataclass
class Comparison:
    """What changed from the runs `before` to the runs `after`; `partial` says that the second need not have it all."""

    before: model.Report
    after: model.Report
    partial: bool = False
    same: int = field(default=0, init=False)
    """Compared cells of which nothing is told."""
    failing: int = field(default=0, init=False)
    """Cells that fail in both."""
    changes: list[Change] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._absent: dict[tuple[Place, str], int] = {}
        found = [*self._claims(), *self._columns_lost(), *departures(self.before, self.after), *self._benchmarks()]
        self.changes = sorted([*found, *self._whole()], key=lambda change: change.order)

    @cached_property
    def places(self) -> Mapping[Place, Place]:
        """The places that are compared."""
        return places.aligned(self.before, self.after)

    @cached_property
    def differences(self) -> list[settings.Setting]:
        """Where the runs themselves differ."""
        return settings.differences(self.before, self.after)

    @cached_property
    def notes(self) -> list[str]:
        """What a reader should know before the changes."""
        lines = [
            f"{one.label} before is held against {other.label} after"
            for one, other in self.places.items()
            if one != other
        ]
        if not self.places:
            lines.append("no subject and device is common, and more than one could be meant: no cell is compared")
        for name, side, compared in (
            ("before", self.before, set(self.places)),
            ("after", self.after, set(self.places.values())),
        ):
            alone = [place.label for place in places.measured(side) if place not in compared]
            if alone and compared:
                lines.append(f"measured only {name}, and not compared: {text.listed(alone)}")
            lines += [f"{run.name} did not finish: {run.unfinished}" for run in side.runs if run.unfinished]
        return lines

    @cached_property
    def worse(self) -> int:
        """How many changes count as worse."""
        return sum(change.worse for change in self.changes)

    def of_side(self, side: str) -> dict[str, list[Change]]:
        """Return the changes that are worse, better or neither by kind, in order."""
        return {
            name: found
            for name, kind in changes.KINDS.items()
            if kind.side == side and (found := [change for change in self.changes if change.kind == name])
        }

    @cached_property
    def _same_inputs(self) -> bool:
        renamed = any(one != other for one, other in self.places.items())
        return not renamed and settings.alike(settings.INPUTS, self.before, self.after)

    @cached_property
    def _same_speed(self) -> bool:
        renamed = any(one != other for one, other in self.places.items())
        return not renamed and settings.alike(settings.SPEED, self.before, self.after)

    @cached_property
    def _columns(self) -> set[tuple[Place, str]]:
        """The places and dtypes in which the second measured anything."""
        return {(cell.place, cell.dtype) for claim in self.after.claims for cell in claim.measured}

    def _claims(self) -> Iterator[Change]:
        old, new = ({claim.id: claim for claim in side.claims} for side in (self.before, self.after))
        for name in dict.fromkeys([*new, *old]):
            one, other = old.get(name), new.get(name)
            if one is not None and other is not None:
                yield from _wording(one, other)
            about = other or one
            assert about is not None  # noqa: S101 (the name is of one of them)
            yield from self._cells(about, one, other)
            for kind in _ROLES:
                yield from self._trials(about, one, other, kind)

    def _cells(self, about: model.Claim, old: model.Claim | None, new: model.Claim | None) -> Iterator[Change]:
        lost: list[tuple[Place, str]] = []
        gained: list[tuple[Place, str]] = []
        reasons = set()
        for (place, dtype), (one, other) in self._pairs(old, new).items():
            if one is None or not one.measured:
                if other is not None and other.outcome in vocabulary.BROKEN:
                    yield _cell_change("broke", about, one, other)
                elif other is not None and other.measured:
                    gained.append((self.places[place], dtype))
            elif other is None or not other.measured:
                if place.subject != self.places[place].subject:
                    continue  # kernels are held to the claims that use them
                if (self.places[place], dtype) not in self._columns:
                    self._absent[place, dtype] = self._absent.get((place, dtype), 0) + 1
                    continue
                lost.append((place, dtype))
                reasons.add(text.gist(other.reason) if other else "")
            else:
                found = list(self._cell(about, one, other))
                self.same += not found
                yield from found
        for cell in new.failing if new else ():
            if self.places and cell.place not in self.places.values():  # nothing to compare it with, but it fails
                yield _cell_change("broke", about, None, cell)
        if lost and not self.partial:
            what = "claim" if not (new and any(c.place in self.places.values() for c in new.measured)) else "cell"
            note = "; ".join(sorted(filter(None, reasons)))
            yield Change(
                "vanished", about.id, about.record["title"], where(lost), ("measured", f"no such {what}"), note
            )
        if gained:
            first = "new claim" if old is None else "not measured"
            yield Change("appeared", about.id, about.record["title"], where(gained), (first, _outcomes(new, gained)))

    def _columns_lost(self) -> Iterator[Change]:
        """What the second measured for no claim at all is told once."""
        for (place, dtype), number in self._absent.items():
            if self.partial:
                continue
            label = f"{dtype} on {place.label}"
            yield Change("vanished", "", "every claim", label, (text.plural(number, "cell"), "none"), size=number)

    def _pairs(
        self, old: model.Claim | None, new: model.Claim | None
    ) -> dict[tuple[Place, str], tuple[Cell | None, Cell | None]]:
        ours, theirs = ({(c.place, c.dtype): c for c in claim.cells} if claim else {} for claim in (old, new))
        dtypes = sorted({dtype for _, dtype in [*ours, *theirs]}, key=vocabulary.dtype_order)
        return {
            (place, dtype): (ours.get((place, dtype)), theirs.get((other, dtype)))
            for place, other in self.places.items()
            for dtype in dtypes
        }

    def _cell(self, about: model.Claim, one: Cell, other: Cell) -> Iterator[Change]:
        step = _level(other) - _level(one)
        if step:
            kinds = {True: ("broke", "departed"), False: ("mended", "healed")}[step > 0]
            yield _cell_change(kinds[max(_level(one), _level(other)) == 1], about, one, other)
        elif one.outcome != other.outcome:
            yield _cell_change("outcome", about, one, other)
        elif one.outcome in vocabulary.BROKEN:
            self.failing += 1
        if _comparable(one, other):
            yield from self._margin(about, one, other)
            yield from _time(about, one, other)

    def _margin(self, about: model.Claim, one: Cell, other: Cell) -> Iterator[Change]:
        if one.margin is None or other.margin is None:
            return
        floor = changes.CHANCE_FLOOR if "consistent" in {one.outcome, other.outcome} else changes.MARGIN_FLOOR
        moved = changes.factor(one.margin, other.margin, floor)
        if moved > changes.MOVED:
            yield _cell_change("rose" if self._same_inputs else "drifted", about, one, other, moved)
        elif moved < 1 / changes.MOVED:
            yield _cell_change("fell", about, one, other, 1 / moved)

    def _trials(
        self, about: model.Claim, old: model.Claim | None, new: model.Claim | None, kind: str
    ) -> Iterator[Change]:
        ours, theirs = ({t.name: t for t in getattr(claim, kind)} if claim else {} for claim in (old, new))
        ran = any(trial.ran for claim in self.after.claims for trial in getattr(claim, kind))
        for name in dict.fromkeys([*theirs, *ours]):
            one, other = _found(ours.get(name)), _found(theirs.get(name))
            words = tuple(t.outcome if t and t.ran else "not run" for t in (ours.get(name), theirs.get(name)))
            kind_of = {
                (True, False): "escaped", (None, False): "escaped", (False, True): "found", (None, True): "appeared",
                (True, None): "vanished", (False, None): "vanished",
            }.get((one, other))  # fmt: skip
            if kind_of == "vanished" and (self.partial or not ran or new is None):
                continue  # a claim that is gone has been told of
            if kind_of == "appeared" and old is None:
                continue
            if kind_of is not None:
                trial = theirs.get(name) or ours[name]
                label = f"{_ROLES[kind]} {name}"
                yield Change(
                    kind_of, about.id, about.record["title"], label, words, "; ".join(map(text.gist, trial.reasons))
                )

    def _benchmarks(self) -> Iterator[Change]:
        old, new = (_benchmarks(side) for side in (self.before, self.after))
        for key, other in new.items():
            one = old.get(key)
            moved = changes.time_factor(one.median, other.median, changes.BENCHMARK_FLOOR) if one else None
            if one is None or moved is None:
                continue
            same = (one.machine, one.model) == (other.machine, other.model)
            kind = "faster" if moved < 1 else "slowed" if same else "slower"
            label = f"{other.implementation}, {other.size}, {other.dtype} on {other.device}"
            note = "" if same else f"{one.model or one.machine}, then {other.model or other.machine}"
            times = (text.seconds(one.median), text.seconds(other.median))
            yield Change(kind, other.operation, "benchmark", label, times, note, max(moved, 1 / moved))

    def _whole(self) -> Iterator[Change]:
        """The time of all cells that both have."""
        old, new = ({claim.id: claim for claim in side.claims} for side in (self.before, self.after))
        pairs = [p for name in old.keys() & new.keys() for p in self._pairs(old[name], new[name]).values()]
        both = [
            (one.record["seconds"], other.record["seconds"])
            for one, other in pairs
            if one and other and one.record and other.record and _comparable(one, other)
        ]
        totals = [math.fsum(pair[side] for pair in both) for side in (0, 1)]
        moved = changes.time_factor(totals[0], totals[1], changes.CELL_FLOOR)
        if moved is not None and self._same_speed:
            label = f"{text.plural(len(both), 'cell')} together"
            kind = "slowed" if moved > 1 else "faster"
            yield Change(
                kind, "", "all compared cells", label, (text.seconds(totals[0]), text.seconds(totals[1])), size=math.inf
            )


def _wording(old: model.Claim, new: model.Claim) -> Iterator[Change]:
    words = tuple(vocabulary.VERDICTS[claim.record["truth"]].label for claim in (old, new))
    if "unrecorded" in {old.record["truth"], new.record["truth"]}:
        return
    rewritten = [key for key in _WORDING if old.record[key] != new.record[key]]
    if words[0] != words[1] or rewritten:
        note = f"rewritten: {text.listed(rewritten)}" if rewritten else ""
        yield Change("verdict", new.id, new.record["title"], "verdict", words, note, float(words[0] != words[1]))


def _level(cell: Cell) -> int:
    return 2 if cell.outcome in vocabulary.BROKEN else int(cell.outcome == "departs")


def _comparable(one: Cell, other: Cell) -> bool:
    """Whether both were measured to the end: a cell that breaks stops early, and its margin is another matter."""
    return one.measured and other.measured and max(_level(one), _level(other)) < 2


def _found(trial: Trial | None) -> bool | None:
    return None if trial is None or not trial.ran else bool(trial.hits)


def _cell_change(kind: str, about: model.Claim, old: Cell | None, new: Cell, size: float | None = None) -> Change:
    worst = size if size is not None else new.margin or 0.0
    note = text.gist(new.reason) if new.outcome in vocabulary.BROKEN else ""
    before = "not measured" if old is None or not old.measured else _said(old)
    return Change(
        kind, about.id, about.record["title"], f"{new.dtype} on {new.place.label}", (before, _said(new)), note, worst
    )


def _said(cell: Cell) -> str:
    return cell.word.label + ("" if cell.margin is None else f" {text.margin(cell.margin)}")


def _outcomes(claim: model.Claim | None, cells: list[tuple[Place, str]]) -> str:
    found = {(cell.place, cell.dtype): cell.word.label for cell in claim.cells} if claim else {}
    return text.listed(dict.fromkeys(found[cell] for cell in cells))


def _time(about: model.Claim, one: Cell, other: Cell) -> Iterator[Change]:
    if one.record is None or other.record is None:
        return
    before, after = one.record["seconds"], other.record["seconds"]
    moved = changes.time_factor(before, after, changes.CELL_FLOOR)
    if moved is not None:
        kind = "slower" if moved > 1 else "faster"
        times = (text.seconds(before), text.seconds(after))
        label = f"{other.dtype} on {other.place.label}"
        yield Change(kind, about.id, about.record["title"], label, times, size=max(moved, 1 / moved))


def _benchmarks(report: model.Report) -> dict[tuple[str, ...], Benchmark]:
    every = {b for _, pairs in report.benchmarks for pair in pairs for b in (pair.torch, pair.reference) if b}
    return {(b.operation, b.implementation, b.dtype, b.device, b.size): b for b in sorted(every, key=lambda b: b.date)}
