"""One trial: regimes, a number and a call plan, from which the inputs and the checks follow."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from claims.frame.checks import Check, holds
from claims.frame.claim import Proposition
from claims.frame.inputs.regime import Arrays, Regime
from claims.frame.plan import CallPlan
from claims.frame.profiles import Profile
from claims.frame.subject import Subject

SINGLES = 8
"""Instances at most that are passed one at a time: what a batch of them costs, hundreds cost in a batch."""


def digest(*parts: Any) -> int:
    """A 64-bit hash of the parts' representations, the same in every process."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "big")


class Trial(NamedTuple):
    """What Hypothesis draws. The arrays are a function of it, of the proposition and of the base seed."""

    regimes: Mapping[str, Regime]
    number: int
    plan: CallPlan = CallPlan()

    def seed(self, proposition: Proposition, base: int) -> int:
        """The seed of the arrays: drawn integers are far from random, so they are hashed with everything else."""
        return digest(proposition.id, tuple(self.regimes.items()), self.number, base)

    def batch(self, profile: Profile) -> int:
        """Instances in the trial: what the most demanding regime allows, an eighth of it or 8 for single calls."""
        limit = profile.batch if self.plan.calls == "batched" else min(max(1, profile.batch // 8), SINGLES)
        return min(r.batch(limit, profile.elements) for r in self.regimes.values())

    def arrays(self, proposition: Proposition, base: int, batch: int, subject: Subject) -> dict[str, Arrays]:
        """The inputs of every instance, by the parameter of the property."""
        rng = np.random.Generator(np.random.SFC64(self.seed(proposition, base)))  # the fastest of NumPy's
        return {name: regime.make(rng, batch, subject.format) for name, regime in self.regimes.items()}


@dataclasses.dataclass
class Timer:
    """Seconds by where they went."""

    inputs: float = 0.0
    subject: float = 0.0
    property: float = 0.0

    def add(self, other: Timer) -> None:
        """Adds the seconds of one trial."""
        self.inputs += other.inputs
        self.subject += other.subject
        self.property += other.property


def checks_of(
    proposition: Proposition,
    subject: Subject,
    trial: Trial,
    arrays: Mapping[str, Arrays],
    seed: int,
    timer: Timer | None = None,
) -> Iterator[Check]:
    """The checks that the property yields for these arrays, called as the trial's plan says.

    One more fails if an operation changed an argument, or returned numbers of another dtype.
    """
    here = dataclasses.replace(subject, plan=trial.plan, seconds=0.0, faults=[])
    start = time.perf_counter()
    given = {
        name: regime.present([subject.tensor(a) for a in arrays[name]], seed) for name, regime in trial.regimes.items()
    }
    spent = time.perf_counter() - start
    generator = proposition.property(here, **given)
    if timer is not None:
        timer.inputs += spent
    with np.errstate(all="ignore"):
        while True:
            start = time.perf_counter()
            check = next(generator, None)
            if timer is not None:
                timer.property += time.perf_counter() - start
            if check is None:
                break
            yield check
    if here.faults:
        yield holds(not here.faults, label=here.faults[0])
    if timer is not None:
        timer.subject += here.seconds
        timer.property -= here.seconds
