"""Derivatives of elementary functions at extreme arguments: in tails, next to removable singularities, near both ends.

Each has a formula in which nothing cancels, overflows or underflows before the result does; it is evaluated in balls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from reference.formats import Format
from reference.rounding import U64
from reference.truth import Truth

Float64 = NDArray[np.float64]
Ball = Callable[[arb], arb]

BITS = 1280
"""Of balls: enough for the cancellation of sinc at the smallest number of float64."""
ROUNDINGS = 32
"""A formula has at most eight operations, elementary ones cost 4u, and operands have one sign or cancel by half."""
PIECES: dict[str, Callable[[Format], tuple[float, float]]] = {
    "moderate": lambda fmt: (0.7, 0.8),  # noqa: ARG005
    "left": lambda fmt: (-9.0, -5.0),  # noqa: ARG005
    "right": lambda fmt: (5.0, 9.0),  # noqa: ARG005
    "beyond 20": lambda fmt: (20.5, 30.0),  # noqa: ARG005
    "beyond 1": lambda fmt: (1.5, 4.0),  # noqa: ARG005
    "near 0": lambda fmt: (2.0**-9, 2.0**-7),  # noqa: ARG005
    "at 0": lambda fmt: (0.0, 0.0),  # noqa: ARG005
    "tiny": lambda fmt: (4 * fmt.lam, float(np.sqrt(fmt.lam)) / 4),
    "huge": lambda fmt: (4 * float(np.sqrt(fmt.largest)), fmt.largest / 4),
}
"""Ranges of arguments; `tiny` numbers have squares below the normal ones, `huge` ones beyond the largest."""


class Slope(NamedTuple):
    """The derivative of this order of a function, as a ball, and where it is examined."""

    order: int
    ball: Ball
    pieces: tuple[str, ...]


def _logistic(x: arb) -> arb:
    """s (1 - s) for the logistic function s."""
    e = (-abs(x)).exp()
    return e / (1 + e) ** 2


def _sinc(x: arb) -> arb:
    if x == 0:
        return arb(0)
    z = arb.pi() * x
    return (z.cos() - z.sin() / z) / x


def _i1(x: arb) -> arb:
    """I_n' = (I_{n-1} + I_{n+1}) / 2, three times."""
    return (3 * x.bessel_i(0) + 4 * x.bessel_i(2) + x.bessel_i(4)) / 8


SLOPES: dict[str, Slope] = {
    "asinh": Slope(1, lambda x: 1 / (x * x + 1).sqrt(), ("moderate", "near 0", "huge")),
    "acosh": Slope(1, lambda x: 1 / (x * x - 1).sqrt(), ("beyond 1", "huge")),
    "atan": Slope(1, lambda x: 1 / (x * x + 1), ("moderate", "near 0", "huge")),
    "hypot": Slope(1, lambda x: 1 / arb(2).sqrt(), ("moderate", "tiny", "huge")),  # noqa: ARG005
    "atan2": Slope(1, lambda x: 1 / (2 * x), ("moderate", "tiny", "huge")),
    "exp": Slope(1, lambda x: x.exp(), ("moderate", "left")),
    "expm1": Slope(1, lambda x: x.exp(), ("moderate", "left")),
    "elu": Slope(1, lambda x: x.exp(), ("left",)),
    "tanh": Slope(1, lambda x: 4 * _logistic(2 * x), ("moderate", "right")),
    "sigmoid": Slope(1, _logistic, ("moderate", "left", "right")),
    "logsigmoid": Slope(2, lambda x: -_logistic(x), ("moderate", "left", "right")),
    "softplus": Slope(2, _logistic, ("moderate", "left", "right", "beyond 20")),
    "sinc": Slope(1, _sinc, ("moderate", "near 0", "at 0")),
    "sinc, twice": Slope(2, lambda x: -(arb.pi() ** 2) / 3, ("at 0",)),  # noqa: ARG005
    "i1": Slope(3, _i1, ("beyond 1", "at 0")),
    "power of 0": Slope(2, lambda x: arb(0), ("beyond 1",)),  # noqa: ARG005
}
"""hypot and atan2 are differentiated by the first of two equal arguments; the power of 0 by its exponent."""


def arguments(name: str, piece: str, fmt: Format) -> tuple[float, float]:
    """The ends of a piece on which a function is examined. Raises ValueError for one on which it is not."""
    if name not in SLOPES or piece not in SLOPES[name].pieces:
        raise ValueError(f"the derivative of {name!r} is not examined {piece!r}")
    return PIECES[piece](fmt)


def derivative(name: str, x: Float64, fmt: Format) -> Truth:
    """The derivative at numbers x (...) of a format: 32 roundings, and a few of the smallest numbers."""
    before, ctx.prec = ctx.prec, BITS
    try:
        exact = [float(SLOPES[name].ball(arb(v)).mid()) for v in x.ravel().tolist()]
    finally:
        ctx.prec = before
    value = np.array(exact, np.float64).reshape(x.shape)
    return Truth(value, ROUNDINGS * (fmt.u + U64) * np.abs(value) + 4 * max(fmt.eta, fmt.lam * fmt.u))
