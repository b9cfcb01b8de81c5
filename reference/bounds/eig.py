"""BND-EIG: backward error of eigenpairs of a general matrix, relative to the balanced one; constants are calibrated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.rounding import overflows, upward

Float64 = NDArray[np.float64]


class Balanced(NamedTuple):
    """B = D^-1 A D, up to a permutation, (batch, n, n); the powers of two d (batch, n); and ||B||_F (batch,)."""

    matrix: Float64
    scale: Float64
    norm: Float64


def balance(a: Float64, device: str = "cpu") -> Balanced:
    """Matrices (batch, n, n) as LAPACK's xGEBAL balances them before it looks for eigenvalues: D is exact.

    Off the CPU a solver may balance or not: B = A there, with the larger of ||A||_F and kappa(D) ||D^-1 A D||_F, which
    bounds the backward error of either.
    """
    d = np.array([_factors(m) for m in a]).reshape(a.shape[:-1])
    b = a / d[..., :, None] * d[..., None, :]
    norm = _frobenius(b)
    if device.partition(":")[0] in {"cpu", "meta"}:
        return Balanced(b, d, norm)
    spread = d.max(-1, initial=1.0) / d.min(-1, initial=1.0)
    return Balanced(a, np.ones(d.shape), np.maximum(_frobenius(a), spread * norm))


def _factors(a: Float64) -> Float64:
    """The diagonal (n,) of D: xGEBAL itself, since `scipy.linalg.matrix_balance` takes ten times as long around it."""
    n, d = len(a), np.ones(len(a))
    if n < 2:
        return d
    _, low, high, scale, _ = scipy.linalg.lapack.dgebal(a, scale=1, permute=1)
    if low == 0 and high == n - 1:
        return np.asarray(scale)
    d[low : high + 1] = scale[low : high + 1]
    order = np.arange(n)
    for i in (*range(n - 1, high, -1), *range(low)):  # where a row was exchanged, `scale` says with which one
        j = int(scale[i]) - 1
        order[[i, j]] = order[[j, i]]
    unpermuted = np.empty(n)
    unpermuted[order] = d
    return unpermuted


def _frobenius(a: Float64) -> Float64:
    """||A||_F of (..., n, n), scaled and rounded up."""
    size = np.abs(a).max((-2, -1), initial=0.0, keepdims=True)
    unit = np.where(size > 0, size, 1.0)
    return upward(np.sqrt(((a / unit) ** 2).sum((-2, -1))) * unit[..., 0, 0], a.shape[-1] ** 2)


def eig_error(balanced: Balanced, arithmetic: Arithmetic) -> Float64:
    """||(A v - l v) / d||_2 / ||v / d||_2 of computed pairs, and ||E||_F with eigenvalues of B + E; shape (batch,).

    30 sqrt(n) u ||B||_F + 4 n eta. geev is backward stable for the balanced matrix B, not for A (Watkins, A case where
    balancing is harmful, ETNA 23 (2006)); 30 and 4 are calibrated (MKL, n <= 64; largest ratio 0.4). Infinite where the
    norm of A or B itself may overflow.
    """
    f, n = arithmetic.result, balanced.matrix.shape[-1]
    bound = 30 * n**0.5 * f.u * balanced.norm + 4 * n * f.eta
    return np.where(overflows(balanced.norm, f), np.inf, upward(bound))
