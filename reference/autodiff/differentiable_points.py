"""Programs with kinks that cancel: all of them compute x, whose derivative is 1.

J. Bolte and E. Pauwels, Conservative set valued fields, automatic differentiation, stochastic gradient methods and deep
learning (2021): a program of kinks is differentiated rightly off a null set, and in it by some element of the sum of
its subdifferentials, which may hold more than the derivative.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.formats import Format
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Term(NamedTuple):
    """A summand: its factor, and the slopes of its kink to the left and to the right of x = 0."""

    factor: float
    left: float
    right: float


RISING, FALLING, MAGNITUDE, LINEAR = (0.0, 1.0), (-1.0, 0.0), (-1.0, 1.0), (1.0, 1.0)
PROGRAMS: dict[str, tuple[Term, ...]] = {
    "relu(x) - relu(-x)": (Term(1, *RISING), Term(-1, *FALLING)),
    "x - relu(x) + relu(x)": (Term(1, *LINEAR), Term(-1, *RISING), Term(1, *RISING)),
    "maximum(x, x)": (Term(1, *LINEAR),),
    "(|x| + x) / 2 - (|x| - x) / 2": (
        Term(0.5, *MAGNITUDE),
        Term(0.5, *LINEAR),
        Term(-0.5, *MAGNITUDE),
        Term(0.5, *LINEAR),
    ),
    "clamp(x, min=0) + clamp(x, max=0)": (Term(1, *RISING), Term(1, 1.0, 0.0)),
    "where(x > 0, x, 0) - where(-x > 0, -x, 0)": (Term(1, *RISING), Term(-1, *FALLING)),
    "maximum(x, -x) - |x| + x": (Term(1, *MAGNITUDE), Term(-1, *MAGNITUDE), Term(1, *LINEAR)),
    "leaky_relu(leaky_relu(x, 1/4), 4)": (Term(1, 0.25 * 4, 1.0),),
    "hardtanh(x, -inf, 0) + relu(x)": (Term(1, 1.0, 0.0), Term(1, *RISING)),
}
"""Every program with its summands; the composition of leaky rectifiers has the slopes of both at 0."""
COMPOSED = "leaky_relu(leaky_relu(x, 1/4), 4)"


def slopes(name: str, x: Float64) -> tuple[Float64, Float64]:
    """The least and the largest slope that a correct program may return: 1 but for x = 0, where kinks add up."""
    if name == COMPOSED:  # slopes from 1/4 to 1, times slopes from 1 to 4
        least, most = 0.25, 4.0
    else:
        least = sum(min(t.factor * t.left, t.factor * t.right) for t in PROGRAMS[name])
        most = sum(max(t.factor * t.left, t.factor * t.right) for t in PROGRAMS[name])
    return np.where(x == 0, least, 1.0), np.where(x == 0, most, 1.0)


def value(name: str, x: Float64, fmt: Format) -> Truth:
    """x, exactly; of the leaky rectifiers within 2 eta where x / 4 is subnormal: half of eta (ASNA (2.8)), times 4."""
    rounds = (name == COMPOSED) & (x < 0) & (x > -4 * fmt.lam)
    return Truth(x, np.where(rounds, 2 * fmt.eta, 0.0))


def symmetric_quotient(above: Float64, below: Float64, step: float) -> Float64:
    """(f(h) - f(-h)) / 2h."""
    return np.asarray((above - below) / (2 * step))
