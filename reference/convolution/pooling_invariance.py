"""What pooling is invariant to: shifts by a place, groups that turn filters, and what it saves in a regression.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from reference.bounds import dot_truth
from reference.formats import Arithmetic
from reference.rounding import gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Turn = Callable[[Float64], Float64]

LEAST_SQUARES = 16.0
"""The constant that theorem 20.3 of ASNA leaves open for least squares by Householder's method; calibrated."""


def _quarter(turns: int) -> Turn:
    return lambda x: np.rot90(x, turns, (-2, -1)).copy()


def _mirrored(turns: int) -> Turn:
    return lambda x: np.flip(np.rot90(x, turns, (-2, -1)), -1).copy()


def _along(distance: int) -> Turn:
    return lambda x: np.roll(x, distance, -1)


GROUPS: dict[str, Callable[[int], list[Turn]]] = {
    "rotations": lambda _: [_quarter(k) for k in range(4)],
    "symmetries": lambda _: [turn(k) for turn in (_quarter, _mirrored) for k in range(4)],
    "shifts": lambda side: [_along(k) for k in range(side)],
}
"""Groups that permute the places of a square of a side: quarter turns, with reflections, and circular shifts."""


def unchanged(width: int) -> int:
    """Of how many of (w + 1)! orders the maximum of w neighbours stays when the window moves by one: (w - 1) w!.

    The largest of w + 1 numbers must stand in the overlap of both windows, w - 1 of w + 1 places.
    """
    return (width - 1) * math.factorial(width)


def neighbours(x: Float64, sizes: Sequence[int], window: Sequence[int]) -> Float64:
    """Every pair of windows one place apart along the last axis, as one: (..., m, k) with k numbers of their union."""
    images = x.reshape(*x.shape[:-1], *sizes)
    union = (*window[:-1], window[-1] + 1)
    axes = tuple(range(-len(sizes), 0))
    views = np.lib.stride_tricks.sliding_window_view(images, union, axes)
    return views.reshape(*x.shape[:-1], -1, *union)


def steps(union: Float64, axes: int) -> tuple[Float64, Float64]:
    """How far the maximum may move, the largest number less the least, and the largest number of the overlap.

    Of `neighbours` with so many axes in a window; shapes (..., m).
    """
    inner = tuple(range(-axes, 0))
    with np.errstate(invalid="ignore"):
        spread = union.max(inner) - union.min(inner)
    return np.where(np.isnan(spread), np.inf, spread), union[..., 1:-1].max(inner, initial=-np.inf)


def shifted(x: Float64, sizes: Sequence[int], shift: Sequence[int]) -> Float64:
    """x (..., n), places row by row, with every axis shifted in a circle."""
    images = np.roll(x.reshape(*x.shape[:-1], *sizes), shift, tuple(range(-len(sizes), 0)))
    return images.reshape(x.shape)


def orbit_maximum(x: Float64, w: Float64, group: str, arithmetic: Arithmetic) -> Truth:
    """max_g <g w, x> of patches x and filters w, both (batch, side, side), with the largest BND-DOT of the group."""
    flat = x.reshape(len(x), -1)
    every = [dot_truth(g(w).reshape(len(w), -1), flat, arithmetic) for g in GROUPS[group](w.shape[-1])]
    return Truth(np.max([t.value for t in every], 0), np.max([t.bound for t in every], 0))


def signs(n: int) -> Float64:
    """Every vector of n signs, as columns (n, 2^n)."""
    every: Float64 = np.array(list(itertools.product([-1.0, 1.0], repeat=n))).T
    return every


def pooled_design(design: Float64, block: int) -> Float64:
    """Means of features (n, d) in blocks."""
    means: Float64 = design.reshape(len(design), -1, block).mean(-1)
    return means


def fit_error(count: int, size: Float64, arithmetic: Arithmetic) -> Float64:
    """How far a fit of observations of this norm may be off: 16 gamma_{n d} |y| (ASNA theorem 20.3, condition 1).

    `count` is n d for n observations of d orthogonal features; a mixed arithmetic stores the fit.
    """
    off = LEAST_SQUARES * gamma(count, arithmetic.accumulator.u) * size
    return upward(off + arithmetic.result.u * size if arithmetic.mixed else off)


@silent
def excess_risk(design: Float64, w: Float64, sigma: float, block: int, arithmetic: Arithmetic) -> Truth:
    """The mean of |Z b - X w|^2 / n over all noise sigma e, e in {-1, 1}^n, Z the pooled features, b least squares.

    X has orthogonal columns of n signs: sigma^2 d' / n for the d' pooled features, and sum (w_j - mean of its block)^2
    for what they leave out. The computed fit is off by at most h (`fit_error`), so that the risk moves by
    (2 f h + h^2) / n where f is the distance of the exact fit.
    """
    n, d = design.shape
    left = (w.reshape(-1, block) - w.reshape(-1, block).mean(-1, keepdims=True)) ** 2
    value = sigma**2 * (d // block) / n + left.sum()
    signal = design @ w
    observed = signal[:, None] + sigma * signs(n)
    pooled = pooled_design(design, block)
    exact = pooled @ (pooled.T @ observed) * (block / n)
    far, size = (np.sqrt((t**2).sum(0)) for t in (exact - signal[:, None], observed))
    off = fit_error(n * (d // block), size, arithmetic)
    moved = ((2 * far * off + off**2) / n).mean()
    return Truth(np.asarray(value), np.asarray(upward(np.asarray(moved + 2.0**-44 * (value + 1)), n)))
