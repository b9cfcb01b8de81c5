"""BND-SVD: normwise backward error of the singular value decomposition; constants are calibrated except where cited."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.rounding import overflows, upward

Float64 = NDArray[np.float64]


def convergence_factor(u: float) -> float:
    """T = max(10, min(100, u^(-1/8))): the factor TOLMUL of LAPACK's xBDSQR; 10 in float32, 98.70 in float64."""
    return max(10.0, min(100.0, math.pow(u, -0.125)))


def svd_residual_error(norm: Float64, m: int, n: int, arithmetic: Arithmetic) -> Float64:
    """||A - U S V^T||_F for A (m, n) with ||A||_F = `norm` (an array (...)); shape (...).

    (T + 24 sqrt(M)) u ||A||_F + 4 M eta, M = max(m, n): xBDSQR neglects off-diagonal entries below T u s_1, and the
    Householder reduction is backward stable (ASNA theorem 19.4); 24 and 4 are calibrated (MKL and OpenBLAS; gesdd and
    gesvd). Infinite where the norm itself overflows.
    """
    f, size = arithmetic.result, max(m, n)
    bound = (convergence_factor(f.u) + 24 * size**0.5) * f.u * norm + 4 * size * f.eta
    return np.where(overflows(norm, f), np.inf, upward(bound))


def svd_orthogonality_error(m: int, n: int, arithmetic: Arithmetic) -> float:
    """||U^T U - I||_F and ||V^T V - I||_F: 16 max(m, n) u (calibrated; largest ratio 0.64, at 2 x 2)."""
    return 16 * max(m, n) * arithmetic.result.u


def svd_values_error(largest: Float64, m: int, n: int, arithmetic: Arithmetic) -> Float64:
    """|s_i^ - s_i| of an SVD with vectors: (T + 8 + 8 M) u s_1 + 4 M eta, s_1 = `largest` (...); shape (...).

    Weyl's theorem turns a backward error into this one; 8, 8 M and 4 M are calibrated.
    """
    f, size = arithmetic.result, max(m, n)
    bound = (convergence_factor(f.u) + 8 + 8 * size) * f.u * largest + 4 * size * f.eta
    return np.where(overflows(largest, f), np.inf, upward(bound))


def svdvals_error(largest: Float64, m: int, n: int, arithmetic: Arithmetic) -> Float64:
    """|s_i^ - s_i| where only values are asked for: (200 + 8 M) u s_1 + 4 M eta.

    200 u = 100 EPS is the tolerance of LAPACK's xLASQ2; 8 M is calibrated. Holds for svdvals and what is built on it
    (matrix_norm of order 2, cond, matrix_rank).
    """
    f, size = arithmetic.result, max(m, n)
    bound = (200 + 8 * size) * f.u * largest + 4 * size * f.eta
    return np.where(overflows(largest, f), np.inf, upward(bound))
