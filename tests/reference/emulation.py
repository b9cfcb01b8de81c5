"""Independent evaluation for the tests of the bounds: plain NumPy arithmetic in a format, and exact rationals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from reference.formats import FORMATS, Arithmetic, Format
from reference.truth import Truth

Float64 = NDArray[np.float64]
Order = Callable[[NDArray[np.floating]], NDArray[np.floating]]

ARITHMETICS = {name: Arithmetic.of(format) for name, format in FORMATS.items()}


def sequential(x: NDArray[np.floating]) -> NDArray[np.floating]:
    """Left to right: cumsum adds one by one, where sum does not."""
    return np.cumsum(x, -1, dtype=x.dtype)[..., -1] if x.shape[-1] else np.zeros(x.shape[:-1], x.dtype)


def reverse(x: NDArray[np.floating]) -> NDArray[np.floating]:
    return sequential(x[..., ::-1])


def pairwise(x: NDArray[np.floating]) -> NDArray[np.floating]:
    while (n := x.shape[-1]) > 1:
        pairs = x[..., : n // 2 * 2 : 2] + x[..., 1::2]
        x = np.concatenate((pairs, x[..., -1:]), -1) if n % 2 else pairs
    return x[..., 0] if x.shape[-1] else np.zeros(x.shape[:-1], x.dtype)


def lanes(x: NDArray[np.floating]) -> NDArray[np.floating]:
    """Sixteen running sums, as a vectorised loop keeps them, then the sixteen together."""
    padded = np.concatenate((x, np.zeros((*x.shape[:-1], -x.shape[-1] % 16), x.dtype)), -1)
    running = sequential(padded.reshape(*x.shape[:-1], -1, 16).swapaxes(-1, -2))
    return sequential(running)


def threads(x: NDArray[np.floating]) -> NDArray[np.floating]:
    """Two halves, then their sum."""
    half = x.shape[-1] // 2
    return sequential(x[..., :half]) + sequential(x[..., half:])


ORDERS: dict[str, Order] = {f.__name__: f for f in (sequential, reverse, pairwise, lanes, threads)}


def accumulator(arithmetic: Arithmetic) -> np.dtype[np.floating]:
    """NumPy's type of the accumulator."""
    return np.dtype({24: np.float32, 53: np.float64}[arithmetic.accumulator.precision])


def store(x: NDArray[np.floating], format: Format) -> Float64:
    """Stored in the format; float64 holds every accumulator exactly, so this is one rounding."""
    return format.round(np.asarray(x, np.float64))


def computed_sum(x: Float64, arithmetic: Arithmetic, order: Order) -> Float64:
    with np.errstate(over="ignore", invalid="ignore"):
        return store(order(x.astype(accumulator(arithmetic))), arithmetic.result)


def computed_dot(x: Float64, y: Float64, arithmetic: Arithmetic, order: Order) -> Float64:
    kind = accumulator(arithmetic)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        return store(order(x.astype(kind) * y.astype(kind)), arithmetic.result)


def computed_matmul(x: Float64, y: Float64, arithmetic: Arithmetic, order: Order) -> Float64:
    return computed_dot(x[..., :, None, :], y.swapaxes(-1, -2)[..., None, :, :], arithmetic, order)


def exactly(x: Float64) -> list[Fraction]:
    """The entries as fractions, row-major."""
    return [Fraction(v) for v in np.asarray(x).ravel().tolist()]


def exact_sums(x: Float64) -> list[Fraction]:
    """The sums over the last axis, row-major."""
    return [sum(exactly(row), Fraction(0)) for row in x.reshape(int(np.prod(x.shape[:-1])), x.shape[-1])]


def exact_dots(x: Float64, y: Float64) -> list[Fraction]:
    """The inner products of the rows of two matrices."""
    pairs = zip(x, y, strict=True)
    return [sum((a * b for a, b in zip(exactly(p), exactly(q), strict=True)), Fraction(0)) for p, q in pairs]


def exact_matmul(x: Float64, y: Float64) -> list[Fraction]:
    """The entries of one matrix product, row-major."""
    rows, columns = [exactly(row) for row in x], [exactly(column) for column in y.T]
    return [sum((a * b for a, b in zip(r, c, strict=True)), Fraction(0)) for r in rows for c in columns]


def margins(computed: Float64, exact: list[Fraction], bound: Float64) -> Float64:
    """Error over bound for each entry; 0 / 0 is 0, and an infinite bound gives 0 whatever is computed."""
    ratios = []
    for value, truth, limit in zip(np.ravel(computed).tolist(), exact, np.ravel(bound).tolist(), strict=True):
        if limit == np.inf:
            ratios.append(0.0)
            continue
        error = abs(Fraction(value) - truth)
        ratios.append(0.0 if error == 0 else float(error / Fraction(limit)) if limit else np.inf)
    return np.array(ratios)


def own_margins(truth: Truth, exact: list[Fraction], bound: Float64) -> Float64:
    """Error of the reference value over the room that its truth leaves for it beyond the bound.

    The last bits of a large bound cannot show a small own error: they count as room.
    """
    finite = np.where(np.isfinite(bound), bound, 0.0)
    return margins(truth.value, exact, np.where(np.isfinite(bound), truth.bound - finite * (1 - 2.0**-50), np.inf))


def attained(reached: Float64, least: float) -> bool:
    """Whether the largest margin shows the bound to hold and to be no more than 1/least times what is needed."""
    return bool(least <= np.max(reached) <= 1)


# Inputs: each fills an array of the given shape with numbers of the format.


def uniform(rng: np.random.Generator, shape: tuple[int, ...], format: Format) -> Float64:
    return format.round(rng.uniform(-1, 1, shape))


def wide_exponents(rng: np.random.Generator, shape: tuple[int, ...], format: Format) -> Float64:
    reach = -format.emin // 3
    return format.round(np.ldexp(rng.uniform(-1, 1, shape), rng.integers(-reach, reach // 2, shape)))


def cancelling(rng: np.random.Generator, shape: tuple[int, ...], format: Format) -> Float64:
    """Large numbers whose sum nearly vanishes."""
    x = format.round(rng.uniform(1, 2, shape) * 64)
    x[..., 1::2] = -x[..., : shape[-1] // 2 * 2 : 2]
    return format.round(x * (1 + format.u * rng.integers(0, 3, shape)))


def absorbing(_: np.random.Generator, shape: tuple[int, ...], format: Format) -> Float64:
    """One and then numbers just below half its last place in float32 or the format, whichever is finer."""
    u = max(2.0**-24 if format.precision < 24 else format.u, format.lam)
    x = np.full(shape, format.round(u * (1 - 2 * format.u)))
    x[..., 0] = 1.0
    return x


def subnormal(rng: np.random.Generator, shape: tuple[int, ...], format: Format) -> Float64:
    """The square roots of numbers around the smallest subnormal one: their products underflow."""
    return format.round(np.sqrt(format.eta) * rng.uniform(-2, 2, shape))


FAMILIES = {f.__name__: f for f in (uniform, wide_exponents, cancelling, absorbing, subnormal)}
