"""Norms for every order that torch takes: its conventions on top of the named bounds, the axioms under rounding.

The order p is a real number: p >= 1 and p = inf are the norms of the notes, 0 < p < 1 gives quasi-norms, p < 0 the same
formula (0 for a vector with a zero entry), p = -inf the smallest magnitude, p = 0 the number of non-zero entries.
Arrays are float64 of shape (..., n) and hold numbers of the stored format; the last axis is reduced.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.bounds import norm_truth, svdvals_error
from reference.bounds.norms import LOGARITHM, POW_CPU, POW_CUDA, lp_error, p_norm
from reference.formats import Arithmetic
from reference.rounding import gamma, rounded, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


def pow_ulps(device: str) -> float:
    """The error of pow in unit roundoffs: 2 where it is within one ulp (CPU), 8 where documented within four (CUDA)."""
    return POW_CUDA if device.startswith("cuda") else POW_CPU


@silent
def norm(
    x: Float64,
    p: float,
    arithmetic: Arithmetic,
    *,
    pow_error: float = POW_CPU,
    stored_steps: bool = False,
    exact_alone: bool = True,
) -> Truth:
    """||x||_p of x (..., n) for any order p with its bound: BND-SUM (p = 1), BND-L2 (p = 2), BND-LP; shapes (...).

    Exact for p = inf and p = -inf, for p = 0 up to the rounding of the count, and for n = 1: an implementation gives
    |x| there, unless it is not `exact_alone` or a formula in `stored_steps` (see `lp_error`). The norm of a vector
    with an infinite entry is infinite. The bound is infinite where the sum of powers, or the norm, may overflow: see
    `scaled`. Raises ValueError for the norms of an empty vector that do not exist: p < 0 and p = inf.
    """
    n, size, zero = x.shape[-1], np.abs(x), np.zeros(x.shape[:-1])
    if n == 0 and not 0 <= p < math.inf:
        raise ValueError(f"an empty vector has no norm of order {p}")
    if p == 0:
        count = np.count_nonzero(x, axis=-1).astype(np.float64)
        return Truth(count, arithmetic.result.u * count * (count * arithmetic.result.u > 0.5))
    if n == 0:
        return Truth(zero, zero)
    if math.isinf(p) or (n == 1 and exact_alone and not stored_steps):
        return Truth(size.min(-1) if p < 0 else size.max(-1), zero)
    finite: Bool = np.all(np.isfinite(x), axis=-1, keepdims=False)
    x = np.where(finite[..., None], x, 1.0)
    value, bound = norm_truth(x, p, arithmetic, pow_error=pow_error, stored_steps=stored_steps)
    return Truth(np.where(finite, value, np.inf), np.where(finite, bound, 0.0))


@silent
def scaled(x: Float64, p: float, arithmetic: Arithmetic, *, pow_error: float = POW_CPU) -> Truth:
    """||x||_p for finite p > 0, n >= 1 and finite entries, with the bound of a computation in which no power overflows.

    As `lp_error`, with one rounding for dividing by a scale and one for multiplying by it. Where the plain formula
    overflows, a computed norm is either infinite or as good as this.
    """
    value, own = p_norm(x, p, double=wide(arithmetic))
    error = lp_error(x, value, p, arithmetic, pow_error=pow_error, scaled=True)
    bound = upward(rounded(error, value, arithmetic.result)) + own
    return Truth(value, np.where(np.isfinite(value), bound, 0.0))


def distance(
    x: Float64, y: Float64, p: float, arithmetic: Arithmetic, *, pow_error: float = POW_CPU, exact_alone: bool = True
) -> Truth:
    """||x - y||_p for x, y (..., n), p > 0: the norm of the rounded difference, u/(1 - u) of it for the rounding."""
    difference = arithmetic.result.round(x - y)
    value, bound = norm(difference, p, arithmetic, pow_error=pow_error, exact_alone=exact_alone)
    u = arithmetic.result.u
    return Truth(value, bound + u / (1 - u) * value)


def triangle_slack(norms: Sequence[Truth], vectors: Sequence[Truth], arithmetic: Arithmetic) -> Float64:
    """By how much computed `norms`, each of which is at most the sum of the two others, may break that; shape (...).

    Their errors; u/(1 - u) ||v|| for each v that is itself a rounded sum or difference, whose norm is among `vectors`
    (|fl(a) - a| <= u/(1 - u) |fl(a)|; sums do not underflow); and the rounding of the sum or difference r of two norms.
    That matters only where r is next to the third, so that it is at most u (1 + 2u) times half the sum of all three.
    """
    u = arithmetic.result.u
    size, moved = np.zeros(()), np.zeros(())
    for t in norms:
        size, moved = size + t.value, moved + t.bound
    for v in vectors:
        moved = moved + u / (1 - u) * v.value
    return upward(moved + u * (1 + 2 * u) * (size / 2 + moved), 8)


@silent
def homogeneity_error(x: Truth, ax: Truth, a: Float64, n: int, p: float, arithmetic: Arithmetic) -> Float64:
    """|fl(||fl(a x)||) - fl(|a| fl(||x||))| for the norms of x and of fl(a x), scalars a (...), finite p >= 1.

    The errors of both norms, the rounding of each product a x_i, which moves the norm by at most u |a| ||x|| +
    n^(1/p) eta/2 (Minkowski), and the rounding of |a| ||x||. Infinite or NaN where one of them may overflow.
    """
    f, exact, error = arithmetic.result, np.abs(a) * x.value, np.abs(a) * x.bound
    underflow = max(f.eta / 2, 2.0**-1074)  # half of float64's eta is no float64
    products = f.u * exact + n ** (1 / p) * underflow
    return upward(ax.bound + error + products + f.u * (exact + error) + underflow, 8)


@silent
def scales_exactly(x: Float64, a: Float64, p: float, arithmetic: Arithmetic) -> Bool:
    """Where rounding commutes with the scaling by a power of two a (...), for p = 1 or 2: all numbers stay normal.

    They are the entries of x (..., n), their squares in the accumulator, sums of those, and the norm; and the same of
    a x.
    """
    lowest = max(arithmetic.result.lam, arithmetic.accumulator.lam ** (1 / p))
    size = np.abs(x)
    smallest = np.where(size > 0, size, np.inf).min(-1, initial=np.inf) * np.minimum(np.abs(a), 1)
    largest = np.minimum(size * np.maximum(np.abs(a), 1)[..., None], 1e308)
    normal: Bool = (smallest >= lowest) & np.isfinite(norm(largest, p, arithmetic).bound)
    return normal


def may_vanish(
    x: Float64,
    p: float,
    arithmetic: Arithmetic,
    *,
    pow_error: float = POW_CPU,
    exact_alone: bool = True,
    flushed: bool = False,
) -> Bool:
    """Whether ||x||_p may come out as 0 for x (..., n), p > 0 or p = inf: where all powers round to 0; shape (...).

    p = 2: every x_i^2 is at most half the smallest subnormal number of the accumulator (a tie goes to even). Other
    finite orders but 1: every |x_i|^p is, up to the error of pow. Only for x = 0 if p = 1, p = inf, or n = 1 (for
    implementations that are `exact_alone`). `flushed`: subnormal numbers count as 0, so that the smallest normal number
    takes that place, for the entries as for the powers.
    """
    f, n = arithmetic.accumulator, x.shape[-1]
    largest = np.abs(x).max(-1, initial=0.0)
    exact = p in (1, math.inf) or (n == 1 and exact_alone)
    with np.errstate(divide="ignore"):
        binary_log: Float64 = np.log2(largest) * (1.0 if exact else p)
    if flushed:
        gone: Bool = (largest < f.lam) | (binary_log < f.emin + LOGARITHM * (not exact))
    elif exact:
        gone = largest == 0
    elif p == 2:
        half = f.emin - f.precision  # scaled, so that the squares are compared without underflow
        y: Float64 = np.ldexp(largest, -(half // 2))
        gone = y * y <= 2.0 ** (half % 2)
    else:
        gone = binary_log <= f.emin - f.precision + math.log2(pow_error / 2) + 2 * pow_error * f.u + LOGARITHM
    return gone


def matrix_norm_truths(a: Float64, arithmetic: Arithmetic) -> dict[str | float, Truth]:
    """The norms "fro", "nuc", 2, 1 and inf of A (..., m, n), shapes (...), each with its bound.

    "fro", the 2-norm of all entries: BND-L2. 1 and inf, the largest sum of a column or a row: BND-SUM. The spectral
    norm 2: (200 + 8 max(m, n)) u s_1 of BND-SVD, ||A||_F standing in for s_1. "nuc": that for each singular value,
    and a sum of min(m, n) numbers up to ||A||_F. Singular values are evaluated in float64, whose own error is theirs
    to 2^-53.
    """
    m, n = a.shape[-2:]
    k, u = min(m, n), arithmetic.result.u
    frobenius = norm_truth(a.reshape(*a.shape[:-2], m * n), 2, arithmetic)
    one = svdvals_error(frobenius.value + frobenius.bound, m, n, arithmetic)
    together = upward(k * one + gamma(k, u) * k * (frobenius.value + one))
    columns, rows = (norm_truth(lines, 1, arithmetic) for lines in (a.swapaxes(-1, -2), a))
    values: Float64 = np.linalg.svd(a, compute_uv=False).astype(np.float64)
    return {
        "fro": frobenius,
        "nuc": Truth(values.sum(-1), 2 * together),
        2: Truth(values[..., 0], 2 * one),
        1: Truth(columns.value.max(-1), columns.bound.max(-1)),
        math.inf: Truth(rows.value.max(-1), rows.bound.max(-1)),
    }
