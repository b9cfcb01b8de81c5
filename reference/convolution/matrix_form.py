"""Convolution as a matrix, as a layer with tied weights, and as the limit of priors on a layer without.

Images are (batch, n, c, *sizes) and kernels (batch, o, c / groups, *kernel), as in `direct`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import scipy.linalg
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from reference import exact
from reference.convolution.geometry import OUTSIDE, Geometry, joined_places
from reference.formats import Arithmetic
from reference.rounding import gamma, rounded, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def matrix(w: Float64, how: Geometry, sizes: tuple[int, ...]) -> Float64:
    """The matrix (batch, o P, c S) of a convolution of images of S numbers with P results.

    T_{(o,p),(c,i)} is the number of the kernel of o and c that meets i in p; 0 for other groups, and where none does.
    Where a padding mode reads a number several times, several numbers of the kernel are added.
    """
    places, total = joined_places(how, sizes), math.prod(sizes)
    batch, filters, channels = w.shape[:3]
    taps = w.reshape(batch, filters, channels, -1)
    t = np.zeros((batch, filters, len(places), channels * how.groups, total + 1))  # the last is no place
    rows = np.arange(len(places))
    for o in range(filters):
        first = o // (filters // how.groups) * channels
        for c in range(channels):
            for k in range(places.shape[1]):
                t[:, o, rows, first + c, places[:, k]] += taps[:, o, c, k, None]
    return np.asarray(t[..., :total].reshape(batch, filters * len(places), -1))


def meetings(how: Geometry, sizes: tuple[int, ...]) -> NDArray[np.int64]:
    """How many windows have each number of an image in them: (*sizes)."""
    places = joined_places(how, sizes)
    return np.bincount(places[places != OUTSIDE], minlength=math.prod(sizes)).reshape(sizes)


def folded(x: Float64, how: Geometry, arithmetic: Arithmetic) -> Truth:
    """Each number as often as it is in a window, added up: gamma_{m-1} m |x|, exact for integers of p bits.

    Partial sums may be stored (tier 1).
    """
    m = meetings(how, x.shape[-len(how.kernel) :])
    value, u = m * x, arithmetic.result.u
    error = gamma(np.maximum(m - 1, 0), u) * np.abs(value)
    whole = (x == np.rint(x)) & (np.abs(value) <= 1 / u)
    return Truth(value, np.where(whole, 0.0, upward(error)))


def tier_one(arithmetic: Arithmetic) -> Arithmetic:
    """The arithmetic of kernels that store partial sums in the result format."""
    return arithmetic.within(arithmetic.result)


def outer_sums(x: Float64, c: Float64, arithmetic: Arithmetic) -> Truth:
    """sum_n c_n x_n^T for rows c (batch, n, r) and x (batch, n, s): the gradient of a dense layer (BND-DOT)."""
    value = np.einsum("...nr,...ns->...rs", c, x)
    size = np.einsum("...nr,...ns->...rs", np.abs(c), np.abs(x))
    u, n = arithmetic.accumulator.u, x.shape[-2]
    error = gamma(n, u) * size + n * arithmetic.underflow
    if arithmetic.mixed:
        error = rounded(error, size, arithmetic.result)
    whole = (x == np.rint(x)).all() and (c == np.rint(c)).all()
    return Truth(value, np.where(whole & (size <= 1 / arithmetic.result.u), 0.0, upward(error + n * 2.0**-52 * size)))


class Prior(NamedTuple):
    """The minimiser with a prior, (batch, m, n), the constrained one and its gradient across, and their bounds.

    `computed` bounds |fl(w) - w| entry by entry, `across` is |P grad f(w_con)|_2 (batch,), and `turned` how much of a
    part across the tied matrices a minimiser adds along them.
    """

    minimiser: Float64
    kernel: Float64
    constrained: Float64
    computed: Float64
    across: Float64
    turned: Float64


def projected(w: Float64, k: int) -> Float64:
    """P w: matrices (batch, m, n) without their part along convolutions with k taps, the means of k diagonals."""
    m, n = w.shape[-2:]
    offset = np.arange(n) - np.arange(m)[:, None]
    along = np.zeros_like(w)
    for t in range(k):
        along += (offset == t) * w[..., offset == t].mean(-1)[..., None, None]
    return np.asarray(w - along)


def _across(m: int, n: int) -> Float64:
    """P as a matrix (m n, m n), exact for m a power of 2."""
    offset = (np.arange(n) - np.arange(m)[:, None]).ravel()
    inside = (offset >= 0) & (offset <= n - m)
    return np.asarray(np.eye(m * n) - (inside[:, None] & (offset[:, None] == offset)) / m)


@silent
def with_prior(x: Float64, y: Float64, strength: Float64, arithmetic: Arithmetic) -> Prior:
    """argmin |X W^T - Y|_F^2 / 2 + strength |P W|_F^2 / 2 for X (batch, e, n), Y (batch, e, m), exactly.

    The matrix is H = I (x) X^T X + strength P. A computed solution misses it, entry by entry, by at most

        1.05 |H^-1| (gamma_{3p} |L||U| |w| + |dH| |w| + |dr|),   p = m n

    (ASNA Theorem 9.4, first order in the rest); dH = gamma_{e+2} I (x) |X^T||X| + 2u |H| and dr = gamma_e |Y^T||X|
    round the system; infinite where inputs have no full rank. L and U are those of another implementation: calibrated
    where pivots tie.
    """
    (e, n), m = x.shape[1:], y.shape[-1]
    across, u = _across(m, n), arithmetic.result.u
    parts: list[tuple[Float64, ...]] = []
    for a, b, s in zip(x, y, strength, strict=True):
        X, Y = exact.rational_matrix(a), exact.rational_matrix(b)
        gram, right = X.transpose() * X, Y.transpose() * X
        h = exact.rational(float(s)) * exact.rational_matrix(across)
        for i in range(m * n):
            for j in range(i // n * n, i // n * n + n):
                h[i, j] = h[i, j] + gram[i % n, j % n]
        if gram.det() == 0:  # no one fit
            nothing = np.zeros((m, n))
            parts.append((nothing, np.zeros(n - m + 1), nothing, nothing + np.inf, np.array(np.inf), np.zeros(())))
            continue
        inverse = h.inv()
        w = exact.nearest_array(inverse * fmpq_mat(m * n, 1, right.entries())).ravel()
        # convolutions: the same over the taps of one kernel
        k = n - m + 1
        design = fmpq_mat(m * e, k, [X[i, j + t] for i in range(e) for j in range(m) for t in range(k)])
        kernel = (design.transpose() * design).solve(design.transpose() * fmpq_mat(m * e, 1, Y.entries()))
        tied = fmpq_mat(m, n, [kernel[j - i, 0] if 0 <= j - i < k else fmpq(0) for i in range(m) for j in range(n)])
        slope = exact.nearest_array(tied * gram - right)
        numbers = exact.nearest_array(h)
        permutation, lower, upper = scipy.linalg.lu(numbers)
        size = np.kron(np.eye(m), np.abs(a).T @ np.abs(a))
        off = gamma(3 * m * n, u) * permutation @ (np.abs(lower) @ np.abs(upper))
        off = off + gamma(e + 2, u) * size + 2 * u * np.abs(numbers)
        moved = np.abs(exact.nearest_array(inverse)) @ (
            off @ np.abs(w) + gamma(e, u) * (np.abs(b).T @ np.abs(a)).ravel()
        )
        basis = np.array([[float(j - i == t) for i in range(m) for j in range(n)] for t in range(k)]).T / math.sqrt(m)
        g = np.kron(np.eye(m), exact.nearest_array(gram))
        turned = np.linalg.norm(np.linalg.solve(basis.T @ g @ basis, basis.T @ g), 2)
        parts.append(
            (
                w.reshape(m, n),
                exact.nearest_array(kernel).ravel(),
                exact.nearest_array(tied),
                (1.05 * moved + u * np.abs(w)).reshape(m, n),
                np.asarray(np.linalg.norm(projected(slope[None], k))),
                np.asarray(turned),
            )
        )
    return Prior(*map(np.stack, zip(*parts, strict=True)))
