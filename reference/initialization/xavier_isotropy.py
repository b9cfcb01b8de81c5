"""Isotropic data and orthonormal rows: laws of sample variances, and how far computed orthogonal weights may be."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.bounds import covariance_error
from reference.double_double import double_double
from reference.formats import Arithmetic, Format
from reference.initialization.laws import norm_fit
from reference.probability.sampling import ALPHA, Fit
from reference.rounding import U64, gamma, rounds_operands, upward
from reference.scaled import Scaled
from reference.truth import Truth

Float64 = NDArray[np.float64]


def sample_covariance(x: Float64, arithmetic: Arithmetic) -> Truth:
    """The covariance (m, m) of samples x (m, e), divisor e, by BND-COV.

    It is evaluated in float64 with exact sums for the means. NumPy's pairwise sums take blocks of 128 numbers in 8
    lanes: with the roundings of deviations and products gamma_(22 + log2 e) times the product of the deviations' norms.
    """
    e = x.shape[-1]
    d = x - np.array([math.fsum(row) for row in x.tolist()])[:, None] / e
    value = (d[:, None] * d[None]).sum(-1) / e
    size = np.sqrt((d**2).sum(-1)) + math.sqrt(e) * U64 * np.abs(x).max(-1)
    own = gamma(24 + math.log2(e), U64) * size[:, None] * size[None] / e
    return Truth(value, covariance_error(x, arithmetic, correction=0) + upward(own))


def variance_fit(x: Float64, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """sum (x - mean x)^2 / sigma^2 of normal samples x (e,) against chi-square with e - 1 degrees (Cochran's theorem).

    Rounding (three factors in the kernel, and the format) moves x by at most 5u |x| + eta/2, and centring shortens.
    """
    centred = x - x.mean()
    moved = 5 * format.u * float(np.sqrt(x @ x)) + math.sqrt(x.size) * format.eta / 2
    return norm_fit(float(np.sqrt(centred @ centred)), moved, deviation, x.size - 1, alpha)


def gram_defect(w: Float64, gain: float) -> Float64:
    """W W^T - g^2 I for wide W (n, m), W^T W - g^2 I for tall, to about 100 bits and then rounded."""
    wide = w if w.shape[0] <= w.shape[1] else w.T
    product = Scaled.of(wide) @ Scaled.of(np.ascontiguousarray(wide.T))
    hi, lo = product.mantissa.hi, product.mantissa.tail
    square = double_double(np.array(gain)) * gain
    identity = np.eye(len(wide))
    return np.asarray((hi - square.hi * identity) + (lo - square.lo * identity))


def gram_bound(shape: tuple[int, int], gain: float, format: Format) -> float:
    """||W W^T - g^2 I||_F, or of W^T W, for computed orthogonal weights: the smaller of two.

    16 k u g^2 with k = min(n, m), calibrated on MKL's blocked Householder QR for shapes up to 3 x 20000 (at most 0.42
    of it), and Higham's form (ASNA (19.13) and Theorem 19.4) 2 sqrt(k) gamma_{nm} + 4 u sqrt(k), with constant 1.
    """
    n, m = shape
    k, u = min(n, m), format.u
    return min(16 * k * u, 2 * math.sqrt(k) * gamma(n * m, u) + 4 * u * math.sqrt(k)) * gain**2


def chain_bound(m: int, depth: int, arithmetic: Arithmetic) -> float:
    """| ||z_L|| / ||z_0|| - 1 | for L layers with computed orthogonal weights (m, m).

    Weights within 16 m u of orthogonal change a norm by at most 8 m u, a product by sqrt(m) gamma_m more, since
    || |Q| ||_2 <= sqrt(m); operands of reduced precision by 2u + u^2 of that. (1 + all that)^L - 1.
    """
    g = gamma(m, arithmetic.accumulator.u)
    if rounds_operands(arithmetic):
        g = (1 + g) * (1 + arithmetic.operand.u) ** 2 - 1
    layer = 8 * m * arithmetic.result.u + math.sqrt(m) * g
    return math.expm1(depth * math.log1p(layer)) + 2 * m * U64


def growth(start: Float64, end: Float64) -> Float64:
    """||end|| / ||start|| (1,) for vectors, to a few units roundoff; NaN if both are 0."""
    norms = [np.sqrt([math.fsum((v**2).ravel().tolist())]) for v in (start, end)]
    return np.asarray(norms[1] / norms[0])
