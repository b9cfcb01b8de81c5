"""Convolution as the product of polynomials, tap by tap: full, circular, and of cross-correlations."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.convolution import direct
from reference.convolution.geometry import Geometry
from reference.formats import Arithmetic, Format
from reference.rounding import overflows, rounded, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def product(x: Float64, w: Float64, axes: int) -> Float64:
    """(x * w)_o(i) = sum_{c, p + k = i} x_c(p) w_{o,c}(k): coefficients of products of polynomials, in float64.

    Images (..., n, c, *sizes) and kernels (..., o, c, *kernel) make (..., n, o, *sizes + kernel - 1).
    """
    sizes, kernel = x.shape[x.ndim - axes :], w.shape[w.ndim - axes :]
    found = np.zeros((*x.shape[: x.ndim - axes - 1], w.shape[w.ndim - axes - 2], *map(_full, sizes, kernel)))
    letters = "uvw"[:axes]
    for k in itertools.product(*map(range, kernel)):
        places: Any = (..., *(slice(i, i + n) for i, n in zip(k, sizes, strict=True)))
        tap: Any = (..., *k)
        found[places] += np.einsum(f"...nc{letters},...oc->...no{letters}", x, w[tap])
    return found


def _full(n: int, k: int) -> int:
    return n + k - 1


def flipped(w: Float64, axes: int) -> Float64:
    """w(-k): kernels flipped along their last `axes` axes."""
    return np.flip(w, tuple(range(-axes, 0)))


def wrapped(y: Float64, sizes: Sequence[int]) -> Float64:
    """Full convolutions (..., *) as circular ones of these sizes: what lies beyond is added at the beginning."""
    for axis, n in enumerate(sizes, start=y.ndim - len(sizes)):
        turns = -(-y.shape[axis] // n)
        widths = [(0, 0)] * y.ndim
        widths[axis] = 0, turns * n - y.shape[axis]
        y = np.pad(y, widths).reshape(*y.shape[:axis], turns, n, *y.shape[axis + 1 :]).sum(axis)
    return y


def composed(a: Float64, b: Float64, axes: int) -> Float64:
    """[a * b]_{pc} = sum_o b_{po} * a_{oc}: kernels a (..., o, c, *) and then b (..., p, o, *) as those of one."""
    images = np.swapaxes(a, -axes - 2, -axes - 1)
    return np.swapaxes(product(images, b, axes), -axes - 2, -axes - 1)


def combination(p: Float64, a: Truth, q: Float64, b: Truth, format: Format | None = None) -> Truth:
    """p a + q b for numbers within their bounds; with a format both products and the sum are rounded to it.

    Its own error is that of two values in float64, of their products and of the sum: 2^-51 (|p a| + |q b|).
    Infinite where one may overflow.
    """
    parts, errors = (p * a.value, q * b.value), (np.abs(p) * a.bound, np.abs(q) * b.bound)
    value, own = parts[0] + parts[1], 2.0**-51 * (np.abs(parts[0]) + np.abs(parts[1]))
    if format is None:
        return Truth(value, upward(errors[0] + errors[1] + own))
    stored = [rounded(e, np.abs(part), format) for e, part in zip(errors, parts, strict=True)]
    error = upward(rounded(stored[0] + stored[1], np.abs(value), format) + own)
    reached = [np.abs(part) + e for part, e in ((parts[0], stored[0]), (parts[1], stored[1]), (value, error))]
    return Truth(value, np.where(np.logical_or.reduce([overflows(r, format) for r in reached]), np.inf, error))


def certain(value: Float64) -> Truth:
    """Numbers without an error."""
    return Truth(value, np.zeros(value.shape))


def one_step(x: Float64, w: Float64, t: Float64, rate: float, how: Geometry, arithmetic: Arithmetic) -> Float64:
    """Kernels after one step of gradient descent on half the squares of w * x - t, exact for small integers."""
    error = direct.convolution(x, w, None, how, arithmetic).value - t
    return w - rate * direct.weight_gradient(x, error, how, arithmetic).value
