"""What was measured for one claim, subject, device and dtype."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.frame.checks import Check
from claims.frame.inputs.regime import Arrays, finite
from claims.frame.trial import Timer, Trial

LOWEST, HIGHEST = -60, 20
VALUES_STORED = 64
GOOD = {"held", "consistent", "exhausted", "departs"}
"""Outcomes of a claim that holds, as far as torch lets it."""


@dataclasses.dataclass(frozen=True)
class Where:
    """A place among the inputs: the trial, the instance in it, and the label of the check."""

    trial: Trial
    index: int
    batch: int
    label: str
    margin: float

    def describe(self, arrays: dict[str, Arrays], seed: int) -> dict[str, Any]:
        """The input as plain data, from which it can be rebuilt; its numbers too when they are few."""
        regimes = self.trial.regimes
        one = {
            name: [a[self.index] if regimes[name].batched else a for a in made] for name, made in arrays.items() if made
        }
        few = sum(a.size for made in one.values() for a in made) <= VALUES_STORED
        return {
            "regimes": {name: r.describe() for name, r in regimes.items()},
            "number": self.trial.number,
            "index": self.index,
            "batch": self.batch,
            "plan": self.trial.plan._asdict(),
            "seed": seed,
            "shapes": {name: [list(a.shape) for a in made] for name, made in one.items()},
            "values": {name: [[v.hex() for v in a.ravel().tolist()] for a in made] for name, made in one.items()}
            if few
            else None,
        }


@dataclasses.dataclass
class Evidence:
    """Counts, the distribution of the margins, the worst one, and the smallest failure if there was one."""

    claim: str
    subject: str
    device: str
    dtype: str
    role: str = "claim"
    name: str | None = None
    outcome: str = "not-run"
    reason: str | None = None
    instances: int = 0
    batches: int = 0
    checks: int = 0
    undetermined: int = 0
    excluded: int = 0
    alpha: float = 0.0
    worst: Where | None = None
    worst_input: dict[str, Any] | None = None
    histogram: NDArray[np.int64] = dataclasses.field(
        default_factory=lambda: np.zeros(HIGHEST - LOWEST + 1, dtype=np.int64)
    )
    zeros: int = 0
    seconds: float = 0.0
    timer: Timer = dataclasses.field(default_factory=Timer)
    failure: dict[str, Any] | None = None
    figures: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    demonstration: dict[str, Any] | None = None
    corner: dict[str, Any] | None = None

    def add(self, trial: Trial, batch: int, checks: list[Check], worst: Where | None) -> None:
        """Counts the checks of one trial that held."""
        self.instances += batch
        self.batches += 1
        self.checks += len(checks)
        self.alpha += math.fsum(c.alpha for c in checks)
        counted = np.concatenate([_determined(c) for c in checks]) if checks else np.zeros(0)
        positive = counted[counted > 0]
        self.zeros += counted.size - positive.size
        bins = np.clip(np.ceil(2 * np.log2(positive)), LOWEST, HIGHEST).astype(np.int64) - LOWEST
        self.histogram += np.bincount(bins, minlength=HIGHEST - LOWEST + 1)
        unsure = [_each(c.undetermined, batch) for c in checks if c.undetermined is not None and c.margins.size]
        if unsure:
            self.undetermined += int(np.logical_or.reduce(unsure).sum())
        if worst is not None and (self.worst is None or worst.margin > self.worst.margin):
            self.worst = worst

    def leave_undetermined(self, batch: int) -> None:
        """Counts a trial of which the bounds say nothing."""
        self.instances += batch
        self.batches += 1
        self.undetermined += batch

    @property
    def margins(self) -> int:
        """How many margins were counted."""
        return self.zeros + int(self.histogram.sum())

    def record(self) -> dict[str, Any]:
        """The evidence as plain data (builtins only; NaN and infinities as text), as the record file has it."""
        occupied = np.flatnonzero(self.histogram)
        split = dataclasses.asdict(self.timer)
        worst = self.worst
        return {
            "role": self.role,
            "claim": self.claim,
            "name": self.name,
            "subject": self.subject,
            "device": self.device,
            "dtype": self.dtype,
            "outcome": self.outcome,
            "reason": self.reason,
            "instances": self.instances,
            "batches": self.batches,
            "checks": self.checks,
            "undetermined": self.undetermined,
            "excluded": self.excluded,
            "alpha": self.alpha,
            "worst": None
            if worst is None or self.worst_input is None
            else {"margin": finite(worst.margin), "label": worst.label, "input": self.worst_input},
            "histogram": {str(int(k) + LOWEST): int(self.histogram[k]) for k in occupied},
            "zeros": self.zeros,
            "seconds": round(self.seconds, 6),
            "split": {k: round(v, 6) for k, v in split.items()}
            | {"harness": round(max(0.0, self.seconds - sum(split.values())), 6)},
            "failure": self.failure,
            "figures": self.figures,
        } | {k: v for k, v in (("demonstration", self.demonstration), ("corner", self.corner)) if v}


def worst_of(check: Check, trial: Trial, batch: int) -> Where:
    """The place of a check's largest margin; a check of the whole batch or sample points at its first instance."""
    i = int(check.margins.argmax())
    place = i if len(check.margins) == batch else 0
    return Where(trial, place, batch, check.label or check.kind, float(check.margins[i]))


def _determined(check: Check) -> NDArray[np.float64]:
    """The margins that count: a zero that an infinite bound forced says nothing."""
    counts = np.ones(len(check.margins), bool) if check.applies is None else check.applies
    if check.undetermined is not None:
        counts = counts & ~(check.undetermined & (check.margins == 0))
    return check.margins[counts]


def _each(undetermined: NDArray[np.bool_], batch: int) -> NDArray[np.bool_]:
    """Per instance; what a check of the whole batch leaves undetermined, it leaves so for each."""
    return undetermined if len(undetermined) == batch else np.full(batch, undetermined.all())
