"""Products of Hessians with vectors, and curvatures, of f(x) = x^T H x / 2 - b^T x with symmetric H.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.bounds import eigh_values_error
from reference.formats import Arithmetic, float64
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def product(h: Float64, v: Float64, arithmetic: Arithmetic) -> Truth:
    """H v (..., n), computed as H (v / 2) + H^T (v / 2) or as a sum over columns of H.

    Two inner products (ASNA (3.5)), each stored, and their sum: gamma_n(ua) |H||v| and three roundings of what is
    stored, with underflows. Exact for whole numbers where the format holds twice |H||v|: every partial sum is a
    multiple of 1/2 below that.
    """
    n, stored = v.shape[-1], arithmetic.result
    size = (np.abs(h) @ np.abs(v)[..., None])[..., 0]
    exact = dd.matmul(h, v[..., None])[..., 0]
    error = (gamma(n, arithmetic.accumulator.u) + gamma(3, stored.u) * (1 + gamma(n, arithmetic.accumulator.u))) * size
    error = upward(error + 2 * n * arithmetic.underflow + 3 * stored.eta + 2 * U64 * np.abs(exact.hi), n)
    whole = (h == np.rint(h)).all((-2, -1)) & (v == np.rint(v)).all(-1)
    held = whole[..., None] & (2 * size <= 2.0**stored.precision)
    return Truth(exact.hi, np.where(held, 0.0, error))


class Curvatures(NamedTuple):
    """The smallest and the largest curvature, and how far a computed one may be outside, all (...,)."""

    least: Float64
    most: Float64
    slack: Float64


def curvatures(h: Float64, v: Float64, arithmetic: Arithmetic) -> Curvatures:
    """Eigenvalues at the ends for v^T H v / v^T v, v != 0.

    The product, its inner product with v, and v^T v: gamma_3n(ua) |v|^T |H| |v| / v^T v; eight roundings of stored
    numbers (three of the product, two of each inner product, one of the quotient). Where they are subnormal: 3 eta and
    2n underflows in each component of the product, (n + 1) eta in each inner product. Eigenvalues by LAPACK in float64.
    """
    n = v.shape[-1]
    values = np.asarray(np.linalg.eigvalsh(h), np.float64)
    size = np.abs(v)[..., None, :] @ np.abs(h) @ np.abs(v)[..., None]
    length = np.where((v != 0).any(-1), (v * v).sum(-1), 1.0)
    sums, roundings = gamma(3 * n, arithmetic.accumulator.u), gamma(8, arithmetic.result.u)
    error = (sums + roundings + sums * roundings) * size[..., 0, 0] / length
    eta = arithmetic.result.eta
    of_product = np.abs(v).sum(-1) * (3 * eta + 2 * n * arithmetic.underflow)
    left = length - (n + 1) * eta
    subnormal = of_product + (n + 1) * eta * (1 + size[..., 0, 0] / length)
    error = error + np.divide(subnormal, left, out=np.full(left.shape, np.inf), where=left > 0)
    lost = eigh_values_error(np.sqrt((h * h).sum((-2, -1))), n, Arithmetic.of(float64))
    return Curvatures(values[..., 0], values[..., -1], upward(error + lost + 8 * eta, n))
