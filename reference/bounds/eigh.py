"""BND-EIGH: normwise backward error of the eigendecomposition of a symmetric matrix; constants are calibrated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.rounding import overflows, upward

Float64 = NDArray[np.float64]


def eigh_residual_error(norm: Float64, n: int, arithmetic: Arithmetic) -> Float64:
    """||A - Q L Q^T||_F for symmetric A of order n with ||A||_F = `norm` (an array (...)); shape (...).

    30 sqrt(n) u ||A||_F + 4 n eta. The reduction to tridiagonal form is backward stable (ASNA theorem 19.4; LAPACK
    Users' Guide 4.7); 30 and 4 are calibrated (MKL and OpenBLAS; syev, syevd and syevr). Infinite where the norm itself
    overflows.
    """
    f = arithmetic.result
    bound = 30 * n**0.5 * f.u * norm + 4 * n * f.eta
    return np.where(overflows(norm, f), np.inf, upward(bound))


def eigh_orthogonality_error(n: int, arithmetic: Arithmetic) -> float:
    """||Q^T Q - I||_F: 16 n u (calibrated; largest ratio 0.5, at n = 2)."""
    return 16 * n * arithmetic.result.u


def eigh_values_error(largest: Float64, n: int, arithmetic: Arithmetic) -> Float64:
    """|l_i^ - l_i| for eigenvalues of at most `largest` (...) in magnitude: (8 n + 8) u ||A||_2 + 4 n eta; shape (...).

    Weyl's theorem turns a backward error into this one; the constants are calibrated.
    """
    f = arithmetic.result
    bound = (8 * n + 8) * f.u * largest + 4 * n * f.eta
    return np.where(overflows(largest, f), np.inf, upward(bound))
