"""Weaker classes of error bounds: which of them a subject still meets that fails the bound of a claim."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from claims.frame.evidence import Evidence, Where
from claims.frame.inputs.regime import finite
from reference.formats import Arithmetic, Method

MOST_UNDETERMINED = 0.5
"""A class whose bound says nothing of more instances than that is not said to be met."""


@dataclasses.dataclass(frozen=True)
class BoundClass:
    """A class of bounds: its name, whose it is, and the arithmetic from which the references derive it."""

    name: str
    bound: str
    algorithms: str
    weaken: Callable[[Arithmetic], Arithmetic]


def by(method: Method, *, stored: bool = False) -> Callable[[Arithmetic], Arithmetic]:
    """The arithmetic of another method; `stored`: each step is rounded to the result's format."""

    def weaken(arithmetic: Arithmetic) -> Arithmetic:
        accumulator = arithmetic.result if stored else arithmetic.accumulator
        return dataclasses.replace(arithmetic, method=method, accumulator=accumulator)

    return weaken


CLASSES = (
    BoundClass(
        "stored steps",
        "the same bound with the unit roundoff of the stored format throughout, as n u sum|x| (ASNA (3.5), (4.4))",
        "recursive summation and elementwise steps in a half type",
        by(Method.CONVENTIONAL, stored=True),
    ),
    BoundClass(
        "row by column",
        "K u |row|_2 |column|_2 with K of the order sqrt(n) log n (ASNA Theorem 24.2)",
        "products through fast Fourier transforms",
        by(Method.FOURIER),
    ),
    BoundClass(
        "normwise",
        "K u max|A| max|B|, K = 12^L (n_0^2 + 5 n_0) - 5 n after L halvings of n to n_0 <= 16 (ASNA Theorem 23.2)",
        "Strassen's algorithm",
        by(Method.STRASSEN),
    ),
    BoundClass(
        "mean square",
        "(3 n + 6) u sum x^2 / (n - c), that is n kappa^2 u relatively (Chan, Golub and LeVeque 1983)",
        "variances in one pass, E[x^2] - E[x]^2",
        by(Method.ONE_PASS),
    ),
    BoundClass(
        "mean square, stored steps",
        "(3 n + 6) u sum x^2 / (n - c) with the unit roundoff of the stored format",
        "variances in one pass, each step in a half type",
        by(Method.ONE_PASS, stored=True),
    ),
    BoundClass(
        "bounded logits",
        "the same bound where no exponential of a logit leaves the range (Blanchard, Higham and Higham 2021)",
        "softmax and log-sum-exp without the largest logit taken out",
        by(Method.UNSHIFTED),
    ),
    BoundClass(
        "bounded logits, stored steps",
        "the same bound with the unit roundoff of the stored format, where no exponential of a logit leaves the range",
        "softmax and log-sum-exp without a shift, each step in a half type",
        by(Method.UNSHIFTED, stored=True),
    ),
)
"""From the strongest to the weakest of a kind; those of half types differ in the accumulator."""


@dataclasses.dataclass(frozen=True)
class Tried:
    """What an examination with the bounds of a class showed; `refuted` is the place that fails them, if one does."""

    bounds: BoundClass
    evidence: Evidence
    refuted: Where | None
    reason: str | None = None

    @property
    def met(self) -> bool:
        """Whether nothing failed, and the bounds say something of most instances."""
        evidence = self.evidence
        silent = evidence.undetermined > MOST_UNDETERMINED * evidence.instances
        return self.refuted is None and self.reason is None and evidence.margins > 0 and not silent

    def record(self) -> dict[str, Any]:
        """As plain data."""
        worst = self.refuted or self.evidence.worst
        return {
            "name": self.bounds.name,
            "bound": self.bounds.bound,
            "algorithms": self.bounds.algorithms,
            "met": self.met,
            "refuted": self.refuted is not None,
            "margin": 0.0 if worst is None else finite(worst.margin),
            "label": "" if worst is None else worst.label,
            "instances": self.evidence.instances,
            "undetermined": self.evidence.undetermined,
            "reason": self.reason,
        }
