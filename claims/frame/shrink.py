"""Two-stage shrinking: the regime's fields, then the numbers of the one failing instance, candidates in batches."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from claims.frame.checks import Check
from claims.frame.claim import Departure, Proposition
from claims.frame.evidence import Where, worst_of
from claims.frame.failure import describe
from claims.frame.inputs.regime import Arrays
from claims.frame.plan import CallPlan
from claims.frame.profiles import Profile
from claims.frame.subject import Subject
from claims.frame.trial import Trial, checks_of

EVALUATIONS = 1000
"""Of one stage; with seconds slower machines would find other counterexamples."""
LAST_RESORT = 20.0
"""Seconds of the process after which a stage ends all the same: no refutation of ours takes half of that."""
CANDIDATES = 512
CANDIDATE_NUMBERS = 1 << 17
SIMPLE = (0.0, 1.0, -1.0, 2.0)
COUNTABLE = 16
"""Integers up to here are the simpler the smaller they are; of larger ones round numbers are."""

Inputs = dict[str, Arrays]


@dataclasses.dataclass(frozen=True)
class Found:
    """A failing trial: where it failed, and the arrays of the whole batch."""

    where: Where
    arrays: Inputs


class _Change(NamedTuple):
    """One candidate: `value` put at `place` of one array of a parameter."""

    name: str
    array: int
    place: tuple[Any, ...]
    value: float


class Budget:
    """What may be spent on simpler counterexamples: the same in every run, so that the same ones are found."""

    def __init__(self) -> None:
        self.left = EVALUATIONS
        self.deadline = time.process_time() + LAST_RESORT

    def spend(self) -> None:
        """Pays for one evaluation."""
        self.left -= 1

    def __bool__(self) -> bool:
        """Whether there is something left."""
        return self.left > 0 and time.process_time() < self.deadline


class _Shrinker:
    """Asks again and again whether the proposition still fails."""

    def __init__(
        self,
        proposition: Proposition,
        subject: Subject,
        profile: Profile,
        seed: int,
        departures: Sequence[Departure] = (),
    ) -> None:
        self.proposition, self.subject, self.profile, self.seed = proposition, subject, profile, seed
        self.departures = departures
        self.budget = Budget()

    def margins(self, trial: Trial, arrays: Inputs) -> NDArray[np.float64]:
        """The largest margin of each instance over all checks; a check of the whole batch counts for each.

        Where the property raises, any instance may still fail alone: all margins are infinite.
        """
        count = _count(trial, arrays)
        worst = np.zeros(count)
        try:
            for check in self._checks(trial, arrays):
                whole = len(check.margins) != count
                worst = np.maximum(worst, check.margins.max(initial=0.0) if whole else check.margins)
        except Exception:  # noqa: BLE001
            return np.full(count, np.inf)
        return worst

    def failing(self, trial: Trial, arrays: Inputs) -> Check | None:
        """The first failing check; none if the property raises, for it is not made for every simpler input."""
        with contextlib.suppress(Exception):
            return next((c for c in self._checks(trial, arrays) if c.margins.max(initial=0.0) > 1), None)
        return None

    def _checks(self, trial: Trial, arrays: Inputs) -> Iterator[Check]:
        self.budget.spend()
        seed = trial.seed(self.proposition, self.seed)
        return checks_of(self.proposition, self.subject, trial, arrays, seed)

    def fails_afresh(self, trial: Trial) -> Inputs | None:
        """The arrays of the trial if it fails; it is not one of those that torch's departures are known to spoil."""
        if any(d.excludes(trial.plan, **trial.regimes) for d in self.departures):
            return None
        arrays = trial.arrays(self.proposition, self.seed, trial.batch(self.profile), self.subject)
        return arrays if self.failing(trial, arrays) else None

    def regimes(self, trial: Trial, arrays: Inputs) -> tuple[Trial, Inputs]:
        """Simpler regimes, then the plainest call plan, as long as the proposition fails for them."""
        self.budget = Budget()
        improved = True
        while improved and self.budget:
            improved = False
            for candidate in self._simpler(trial):
                if not self.budget:
                    break
                if (failing := self.fails_afresh(candidate)) is not None:
                    trial, arrays, improved = candidate, failing, True
                    break
        return trial, arrays

    def _simpler(self, trial: Trial) -> Iterator[Trial]:
        plain = CallPlan()
        nearer = (trial.plan._replace(**{part: value}) for part, value in plain._asdict().items())
        for plan in dict.fromkeys((plain, *nearer)):
            if plan != trial.plan:
                yield trial._replace(plan=plan)
        for name, regime in trial.regimes.items():
            for simpler in regime.simpler():
                for number in range(2):
                    yield Trial({**trial.regimes, name: simpler}, number, trial.plan)

    def instance(self, trial: Trial, arrays: Inputs) -> Inputs:
        """The failing instance alone, or the smallest failing part of the batch if it passes alone."""
        i = int(self.margins(trial, arrays).argmax())
        if self._still(trial, alone := _rows(trial, arrays, [i])):
            return alone
        self.budget = Budget()
        kept = list(range(_count(trial, arrays)))
        step = len(kept) // 2
        while step and self.budget:
            for start in range(0, len(kept), step):
                fewer = kept[:start] + kept[start + step :]
                if self.budget and fewer and self._still(trial, _rows(trial, arrays, fewer)):
                    kept = fewer
                    break
            else:
                step //= 2
        return _rows(trial, arrays, kept)

    def numbers(self, trial: Trial, one: Inputs) -> Inputs:
        """The instance with as many simple numbers as possible: zero blocks first, then entries, then rounder ones."""
        self.budget = Budget()
        while self.budget:
            changes = _changes(one)
            if not changes:
                break
            many = {name: [np.repeat(a, len(changes), 0) for a in made] for name, made in one.items()}
            for row, change in enumerate(changes):
                many[change.name][change.array][(row, *change.place)] = change.value
            admitted = np.ones(len(changes), bool)
            for name, regime in trial.regimes.items():
                admitted &= np.broadcast_to(regime.admits(many[name]), len(changes))
            if not admitted.any():
                break
            many = _rows(trial, many, np.flatnonzero(admitted).tolist())  # a property may raise on other numbers
            failing = np.flatnonzero(self.margins(trial, many) > 1)
            candidates = (_rows(trial, many, [int(i)]) for i in failing if self.budget)
            if (simpler := next((c for c in candidates if self._still(trial, c)), None)) is None:
                break
            one = simpler
        return one

    def _still(self, trial: Trial, arrays: Inputs) -> bool:
        return self.failing(trial, arrays) is not None


def smallest(
    proposition: Proposition,
    subject: Subject,
    found: Found,
    profile: Profile,
    seed: int,
    departures: Sequence[Departure] = (),
) -> dict[str, Any]:
    """The smallest failure that `EVALUATIONS` a stage can find, as plain data for the record.

    Both stages honour the hypotheses: a regime that makes no sense is not tried, nor one that `departures` exclude, and
    numbers must be admitted. The `input` is one that can be rebuilt: the smallest instance where its numbers are few
    and it fails alone, else the trial that it was cut from.
    """
    shrinker = _Shrinker(proposition, subject, profile, seed, departures)
    trial, arrays = found.where.trial, found.arrays
    if shrinker.failing(trial, arrays) is None:
        return describe(proposition, subject, found.where, arrays, None, profile, seed)
    trial, arrays = shrinker.regimes(trial, arrays)
    whole = arrays
    if all(r.batched for r in trial.regimes.values()):
        arrays = shrinker.instance(trial, arrays)
        if _count(trial, arrays) == 1:
            arrays = shrinker.numbers(trial, arrays)
    check, uncut = shrinker.failing(trial, arrays), shrinker.failing(trial, whole)
    if check is None or uncut is None:
        return describe(proposition, subject, found.where, found.arrays, None, profile, seed)
    where, origin = worst_of(check, trial, _count(trial, arrays)), worst_of(uncut, trial, _count(trial, whole))
    source = where.describe(arrays, seed)
    if where.batch > 1 or source["values"] is None:
        source = origin.describe(whole, seed)
    return describe(proposition, subject, where, arrays, check, profile, seed) | {"input": source}


def _count(trial: Trial, arrays: Inputs) -> int:
    return next((len(made[0]) for name, made in arrays.items() if made and trial.regimes[name].batched), 1)


def _rows(trial: Trial, arrays: Inputs, rows: list[int]) -> Inputs:
    return {name: [a[rows] for a in made] if trial.regimes[name].batched else made for name, made in arrays.items()}


def _changes(one: Inputs) -> list[_Change]:
    """Candidates for one instance, the most simplifying first."""
    total = sum(a.size for made in one.values() for a in made)
    limit = max(16, min(CANDIDATES, CANDIDATE_NUMBERS // max(1, total)))
    changes: list[_Change] = []
    for candidates in (_zero_blocks(one), _simple_entries(one)):
        for change in candidates:
            if len(changes) >= limit:
                return changes
            changes.append(change)
    return changes


def _zero_blocks(one: Inputs) -> Iterator[_Change]:
    shapes = [(name, j, a[0]) for name, made in one.items() for j, a in enumerate(made)]
    for part in (1, 2, 4, 8, 16):
        for name, j, a in shapes:
            for axis in range(a.ndim):
                width = -(-a.shape[axis] // part)
                for start in range(0, a.shape[axis], max(1, width)):
                    place = (slice(None),) * axis + (slice(start, start + width),)
                    if a[place].any():
                        yield _Change(name, j, place, 0.0)


def _simple_entries(one: Inputs) -> Iterator[_Change]:
    for name, made in one.items():
        for j, a in enumerate(made):
            for place in np.argwhere(np.atleast_1d(a[0]))[:, : a.ndim - 1]:
                v = float(a[0][tuple(place)])
                for simple in (*SIMPLE, float(np.round(v)), _rounded(v, 1), _rounded(v, 3), _nearer_to_one(v), abs(v)):
                    if _rank(simple) < _rank(v):
                        yield _Change(name, j, tuple(int(p) for p in place), simple)


def _rounded(v: float, bits: int) -> float:
    """`v` with so many significant bits; `v` itself where that overflows."""
    m, e = np.frexp(v)
    with np.errstate(over="ignore"):
        rounded = float(np.ldexp(np.round(m * 2**bits) / 2**bits, e))
    return rounded if np.isfinite(rounded) else v


def _nearer_to_one(v: float) -> float:
    """`v` halved or doubled; a small integer less one."""
    if v == np.round(v) and abs(v) <= COUNTABLE:
        return v - float(np.sign(v))
    return v / 2 if abs(v) > 1 else 2 * v


def _rank(v: float) -> tuple[bool, int, int, float, int, float, bool]:
    """The order of simplicity: zero, one, small integers, integers, few digits, magnitudes near 1, positive numbers."""
    simple, whole = v in SIMPLE, v == np.round(v)
    digits, _, exponent = abs(v).hex().partition("p")
    size, scale = (len(digits.rstrip("0")), abs(int(exponent))) if np.isfinite(v) else (0, 0)
    if whole and abs(v) <= COUNTABLE:
        kind, size, scale = 0, int(abs(v)), 0
    else:
        kind = 1 if whole else 2
    return not simple, SIMPLE.index(v) if simple else 0, kind, size, scale, abs(v), v < 0
