"""Exponentials of matrices in balls, and what scaling and squaring may miss.

FM = N. J. Higham, Functions of Matrices, SIAM 2008.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from flint import arb, arb_mat, fmpq
from numpy.typing import NDArray

from reference import exact
from reference.formats import Arithmetic
from reference.linear_algebra.linear_systems import product_error
from reference.linear_algebra.residuals import frobenius
from reference.rounding import U64, overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

SCALED = 1.0
"""Norms are halved until they are at most this; double precision allows 1.09 in the polynomial of degree 18."""
APPROXIMATION = 4
"""e^(A/2^s) is computed to that many times n + 1 units roundoff of e^||A/2^s|| (calibrated)."""


class Squarings(NamedTuple):
    """e^(A/2^s), e^(A/2^(s-1)), ..., e^A of one matrix (s + 1, n, n), and ||A/2^s||_1."""

    stages: Float64
    norm: float


def _middle(a: arb_mat) -> Float64:
    """Entries of a matrix of balls, nearest floats to their midpoints."""
    return np.array([float(x.mid()) for x in a.entries()], np.float64).reshape(a.nrows(), a.ncols())


def squarings(a: Float64) -> Squarings:
    """The exponentials that scaling and squaring passes through, A (n, n) with n > 0, in balls of 300 bits."""
    norm = float(np.abs(a).sum(-2).max())
    s = max(0, math.ceil(math.log2(norm / SCALED))) if norm > 0 else 0
    with exact.precision(exact.BITS):
        stage = arb_mat(exact.rational_matrix(np.ldexp(a, -s))).exp()
        stages = [_middle(stage)]
        for _ in range(s):
            stage = stage * stage
            stages.append(_middle(stage))
    return Squarings(np.array(stages), math.ldexp(norm, -s))


@silent
def exponential(a: Float64, arithmetic: Arithmetic) -> Truth:
    """e^A (batch, n, n), and bounds (batch,) on the Frobenius norm of the error of scaling and squaring.

    X_0 misses T_0 = e^(A/2^s) by e_0 = 4 (n + 1) u sqrt(n) e^||A/2^s|| (`APPROXIMATION`; truncation is below u), and
    X_(k+1) = X_k^2 misses T_(k+1) = T_k^2 by e_(k+1) = 2 ||T_k||_2 e_k + e_k^2 + gamma_n (||T_k||_F + e_k)^2 (FM
    section 10.3; Moler and Van Loan, SIAM Review 45 (2003), method 3). So where powers grow before they decay the bound
    does as well, and for normal A it is about ||A|| n u ||e^A||, the condition number (Van Loan, FM lemma 10.15).
    """
    batch, n = len(a), a.shape[-1]
    value, bound, f = np.zeros(a.shape), np.zeros(batch), arithmetic.result
    rounding = product_error(n, arithmetic)
    for i in range(batch if n else 0):
        stages, norm = squarings(a[i])
        value[i] = stages[-1]
        sizes, spectral = frobenius(stages), np.linalg.norm(stages, 2, (-2, -1)) * (1 + 2.0**-40)
        e = APPROXIMATION * (n + 1) * f.u * n**0.5 * math.exp(norm) + n * n * f.eta
        for size, largest in zip(sizes[:-1], spectral[:-1], strict=True):
            e = 2 * largest * e + e**2 + rounding * (size + e) ** 2 + n * n * f.eta
        bound[i] = np.inf if overflows((sizes + e).max(), f) else e + n * U64 * sizes[-1]
    return Truth(value, upward(bound, 8 * n))


def of_diagonalised(v: Float64, w: Float64, inverse: Float64) -> Float64:
    """V diag(e^w) V^-1 (batch, n, n) for V and V^-1 known exactly, in balls."""
    found = np.zeros(v.shape)
    for i in range(len(v) if v.size else 0):
        with exact.precision(exact.BITS):
            n = len(w[i])
            exponentials = [exact.ball(x).exp() for x in w[i]]
            middle = arb_mat(n, n, [exponentials[r] if r == c else arb(0) for r in range(n) for c in range(n)])
            found[i] = _middle(_balls(v[i]) * middle * _balls(inverse[i]))
    return found


def of_jordan_block(s: Float64, eigenvalue: float, inverse: Float64) -> Float64:
    """S e^J S^-1 (batch, n, n): e^l / (j - i)! above the diagonal (FM definition 1.2)."""
    n = s.shape[-1]
    with exact.precision(exact.BITS):
        factor = exact.ball(eigenvalue).exp()
        entries = [fmpq(1, math.factorial(c - r)) if c >= r else fmpq(0) for r in range(n) for c in range(n)]
        block = arb_mat(n, n, [factor * arb(q) for q in entries])
        return np.array([_middle(_balls(p) * block * _balls(q)) for p, q in zip(s, inverse, strict=True)])


def _balls(a: Float64) -> arb_mat:
    return arb_mat(exact.rational_matrix(a))
