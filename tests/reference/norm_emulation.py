"""Norms for the tests of their bounds: exact in balls, and computed with powers that are as wrong as they may be."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from reference import double_double, exact
from reference.formats import Arithmetic, Format
from tests.reference.emulation import FAMILIES, Float64, Order, accumulator, store

POSITIVE = [0.25, 0.5, 0.75, 1.1, 1.25, 1.5, 2.2, 2.5, 3.0, 4.0, 7.0, 10.0]
NEGATIVE = [-0.5, -1.0, -2.0, -3.0]
Floats = NDArray[np.floating]


def exact_norms(x: Float64, p: float) -> list[Fraction]:
    """The norms of the rows, good to 106 bits; that of a single number exactly."""
    if x.shape[-1] == 1:
        return [abs(Fraction(v)) for v in x[:, 0].tolist()]
    with exact.precision(300):
        pairs = [exact.double_double_of_ball(exact.ball_norm(row.tolist(), p)) for row in x]
    return [Fraction(hi) + Fraction(lo) for hi, lo in pairs]


def directed_power(x: Floats, p: float, direction: int) -> Floats:
    """x^p in the type of x >= 0, rounded up (direction 1), down (-1) or to nearest (0): always within one ulp."""
    regular = (x > 0) & np.isfinite(x)
    result = double_double.power(np.where(regular, np.asarray(x, np.float64), 1.0), p)
    nearest = result.hi.astype(x.dtype)
    missed = (result.hi - nearest.astype(np.float64)) + result.lo
    missed = np.where(result.hi == 0, 1.0, missed)  # below the range of float64
    other = np.nextafter(nearest, np.asarray(direction * np.inf, x.dtype))
    return np.where(regular, np.where(direction * missed > 0, other, nearest), x if p > 0 else 1 / x)


def computed_norm(
    x: Float64, p: float, how: Arithmetic, order: Order, direction: int, *, once: bool = False, steps: bool = False
) -> Float64:
    """The formula as it stands, every power wrong in one direction (none for p = 1, 2); in `steps` each is stored.

    1/p is rounded; `once`: that of the rounded p.
    """
    kind = accumulator(how)

    def keep(v: Floats) -> Floats:
        return store(v, how.result).astype(kind) if steps else v

    with np.errstate(all="ignore"):
        size = np.abs(x).astype(kind)
        if p in (1, 2) and not steps:
            return store(order(size) if p == 1 else np.sqrt(order(size * size)), how.result)
        held = (how.result if steps else how.accumulator).round
        inverse = float(held(1 / held(p) if once else 1 / p))
        powers = keep(directed_power(size, float(held(p)), direction))
        return store(directed_power(keep(order(powers)), inverse, direction), how.result)


def vectors(rng: np.random.Generator, n: int, format: Format, p: float) -> dict[str, Float64]:
    """Three vectors of every family, of numbers whose p-th powers end at either side of the range, and of the least."""
    made = {name: fill(rng, (3, n), format) for name, fill in FAMILIES.items()}
    f = Arithmetic.of(format).accumulator
    for name, exponent in (
        ("vanishing", f.emin - f.precision + 2),
        ("subnormal powers", f.emin - 4),
        ("large", f.emax - 8),
    ):
        e = np.clip(exponent / p, format.emin - format.precision + 3, format.emax - 4 - math.log2(n) / abs(p))
        made[name] = format.round(2.0**e * rng.uniform(0.5, 2, (3, n)))
    made["least"] = format.eta * rng.integers(1, 9, (3, n)).astype(np.float64)
    return made
