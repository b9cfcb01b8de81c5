r"""The derivative of softmax: J v = p * (v - p.v), symmetric, so that reverse and forward mode give the same."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import eigh_values_error
from reference.formats import Arithmetic, float64
from reference.losses.entropy import step
from reference.losses.softmax import Kernel, Rows, compounded, inverse, softmax_truth
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def cotangents(rows: int, width: int) -> Float64:
    """Integers from -2 to 2, (rows, width), no two neighbours alike."""
    return np.asarray((2.0 * np.arange(width) + np.arange(rows)[:, None] + np.arange(width) // 5) % 5 - 2, np.float64)


@silent
def product_truth(rows: Rows, v: Float64, kernel: Kernel, *, forward: bool = False) -> Truth:
    r"""p_i (v_i - w), w = p.v, for rows (..., n) and v broadcasting with them.

    With d_i the bound of p_i and z the error of one operation (twice rounded in half types), w errs by

        a = sum d_j |v_j| + (z + gamma_n(u)) sum (p_j + d_j) |v_j| + n eta + z |w|,

    and the result, factored or multiplied out, by (p_i + d_i) [a + 3 z (|v_i| + |w| + a)] + d_i |v_i - w| + 3 eta.
    Forward mode takes w from the logits, as the derivative of logsumexp, in half types with s and e^s rounded: there
    d_j in a is p_j [e^{u_h |s_j|} (1 + z)^3 / (1 - r) - 1] more, r the mean of e^{u_h |s|} (1 + z)^3 - 1.
    """
    p = softmax_truth(rows, kernel)
    n, u, z, eta = rows.x.shape[-1], rows.arithmetic.accumulator.u, step(rows.arithmetic), rows.arithmetic.result.eta
    size, reached, of_p = np.abs(v), p.value + p.bound, p.bound
    if forward and rows.half is not None:
        alpha = compounded(np.expm1(np.minimum(rows.half.u * (1 + u) * np.abs(rows.s), 1.0)), z, z, z)
        r = (p.value * alpha).sum(-1, keepdims=True) + n * eta
        of_p = of_p + p.value * compounded(alpha, inverse(r)) + eta
    w = (p.value * v).sum(-1, keepdims=True)
    a = (of_p * size).sum(-1, keepdims=True)
    a = a + (z + gamma(n, u)) * ((p.value + of_p) * size).sum(-1, keepdims=True) + n * eta
    a = a + z * (np.abs(w) + a)
    error = reached * (a + 3 * z * (size + np.abs(w) + a)) + p.bound * np.abs(v - w) + 3 * eta
    own = (2 * n + 8) * U64 * p.value * (size + np.abs(w))
    return Truth(p.value * (v - w), upward(np.where(rows.masked, 0.0, error), 4 * n) + own)


def jacobian_truth(rows: Rows, kernel: Kernel, *, forward: bool = False) -> Truth:
    """diag(p) - p p^T of rows (b, n), shape (b, n, n): its columns are the products with unit vectors."""
    fine = None if rows.fine is None else (rows.fine[0][:, None], rows.fine[1][:, None], rows.fine[2][:, None])
    x, s, e, total = (part[:, None] for part in (rows.x, rows.s, rows.e, rows.total))
    each = Rows(x, s, e, total, fine, rows.arithmetic)
    truth = product_truth(each, np.eye(rows.x.shape[-1]), kernel, forward=forward)
    return Truth(truth.value.swapaxes(-1, -2), truth.bound.swapaxes(-1, -2))


def row_sums(computed: Float64, bound: Float64) -> Truth:
    """0, the row sums (b, n) of computed matrices (b, n, n) that err by `bound`, added up in float64."""
    n = computed.shape[-1]
    return Truth(np.zeros(computed.shape[:-1]), upward(bound.sum(-1) + gamma(n, U64) * np.abs(computed).sum(-1), n))


class Spectrum(NamedTuple):
    """Of the symmetric part of computed matrices (b, n, n): least, second and largest eigenvalue, and their room."""

    least: Float64
    second: Float64
    largest: Float64
    room: Float64


@silent
def spectrum(computed: Float64, bound: Float64) -> Spectrum:
    """Eigenvalues move by no more than the Frobenius norm of the error (Weyl); those of float64 err by BND-EIGH."""
    n = computed.shape[-1]
    values = np.asarray(np.linalg.eigvalsh((computed + computed.swapaxes(-1, -2)) / 2), np.float64)
    own = eigh_values_error(np.abs(values).max(-1, initial=0.0), n, Arithmetic.of(float64))
    room = upward(np.sqrt((bound**2).sum((-1, -2))) + own, n * n)
    return Spectrum(values[:, 0], values[:, min(1, n - 1)], values[:, -1], room)
