"""The ensemble that dropout averages: every mask of a layer's input, and the model that remains under it.

A mask has 1 where a unit is kept. Inputs x are (..., d), weights W (..., m, d), biases b (..., m).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, double_double, matmul, to_float64
from reference.formats import Arithmetic, Format
from reference.losses.softmax import Kernel, Rows, log_softmax_truth, softmax_truth
from reference.regularization.dropout import retention, survivors
from reference.rounding import (
    flushed,
    gamma,
    operand_error,
    overflows,
    rounded,
    rounds_operands,
    silent,
    upward,
)
from reference.running import Running
from reference.truth import Truth

Float64 = NDArray[np.float64]


def all_masks(n: int) -> Float64:
    """Every mask of n units, (2^n, n): the binary digits of the row's number, so that `mask_number` finds it again."""
    return (np.arange(1 << n)[:, None] >> np.arange(n) & 1).astype(np.float64)


def mask_number(masks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The rows of `all_masks` that hold the masks (..., n)."""
    return np.asarray(masks @ (1 << np.arange(masks.shape[-1])), np.int64)


def mask_probabilities(n: int, p: float, arithmetic: Arithmetic) -> Truth:
    """p^(dropped) (1 - p)^(kept) for every row of `all_masks`, (2^n,), for p = k / 8 and n <= 16 (exact in float64).

    No error where the format holds the number, since every partial product then has fewer bits; else at most n + 1
    roundings, in the result's format at worst.
    """
    kept = all_masks(n).sum(-1)
    value = (1 - p) ** kept * p ** (n - kept)
    stored = arithmetic.result
    bound = upward(gamma(n + 1, stored.u) * value + (n + 1) * stored.eta)
    return Truth(value, np.where(stored.round(value) == value, 0.0, bound))


def unmasked(x: Float64, weight: Float64, bias: Float64, arithmetic: Arithmetic) -> Running:
    """W x + b, the whole network, as the outputs of one submodel: (..., 1, m)."""
    s = x[..., None, :]
    return affine(double_double(s), np.zeros_like(s), weight, bias, arithmetic)


def inverted(x: Float64, p: float, weight: Float64, bias: Float64, arithmetic: Arithmetic) -> Running:
    """W (mu * x / (1 - p)) + b for every mask mu of `all_masks`: (..., 2^d, m)."""
    masks = all_masks(x.shape[-1])
    s = x[..., None, :]
    exact = double_double(s * masks) / retention(p)
    return affine(exact, masks * survivors(s, p, arithmetic).bound, weight, bias, arithmetic)


def standard(x: Float64, weight: Float64, bias: Float64, arithmetic: Arithmetic) -> Running:
    """W (mu * x) + b for every mask mu, without scaling (the convention that scales at evaluation): (..., 2^d, m)."""
    s = x[..., None, :] * all_masks(x.shape[-1])
    return affine(double_double(s), np.zeros_like(s), weight, bias, arithmetic)


@silent
def affine(s: DoubleDouble, s_error: Float64, weight: Float64, bias: Float64, arithmetic: Arithmetic) -> Running:
    """W s + b for inputs s (..., k, d) known within `s_error`.

    The product is BND-CHAIN, e|W|^T + gamma_d(ua) (|s| + e)|W|^T and underflow (ASNA (3.5)), stored once more in a
    mixed arithmetic; adding the bias is one rounding (ASNA (2.4)). An instance has no error at all if its inputs have
    none and every partial sum is representable. Infinite where a partial sum may overflow.
    """
    stored = arithmetic.result
    turned, column = weight.swapaxes(-1, -2), bias[..., None, :]
    product = matmul(s, turned)
    value = product + column
    error, touched = _product_error(s.hi, s_error, turned, np.zeros_like(turned), arithmetic)
    error = error + flushed(product.hi, error, arithmetic)
    error = upward(rounded(error, np.abs(value.hi), stored, underflow=False))
    inexact = np.any(s.lo, (-2, -1)) | np.any(s_error, (-2, -1)) | rounds_operands(arithmetic)
    q = np.minimum(quantum(s.hi, (-2, -1)) * quantum(weight, (-2, -1)), quantum(bias, -1))
    top = (np.abs(s.hi) @ np.abs(turned)).max((-2, -1), initial=0.0) + np.abs(bias).max(-1, initial=0.0)
    exact = ~inexact & _short(top, q, stored, arithmetic)
    error = np.where(exact[..., None, None], 0.0, error)
    return Running(value, np.where(overflows(touched + np.abs(column) + error, stored), np.inf, error))


def _product_error(
    x: Float64, x_error: Float64, y: Float64, y_error: Float64, arithmetic: Arithmetic
) -> tuple[Float64, Float64]:
    """Error of the stored product of matrices (..., k, n) and (..., n, m) with errors, and what its sums may reach."""
    n = x.shape[-1]
    x_seen, y_seen = operand_error(x, x_error, arithmetic), operand_error(y, y_error, arithmetic)
    moved = x_seen @ (np.abs(y) + y_seen) + np.abs(x) @ y_seen
    touched = np.abs(x) @ np.abs(y) + moved
    error = upward(moved + gamma(n, arithmetic.accumulator.u) * touched + n * arithmetic.underflow, n)
    return (rounded(error, touched, arithmetic.result) if arithmetic.mixed else error), upward(touched + error, n)


def _short(top: Float64, q: Float64, format: Format, arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Where sums of multiples of q whose magnitudes add up to at most `top` are numbers of the format, in any order."""
    smallest = format.eta if arithmetic.gradual else format.lam
    return np.asarray((top <= 2.0**format.precision * q) & (q >= smallest))


def quantum(x: Float64, axes: int | tuple[int, ...]) -> Float64:
    """The largest power of two of which all numbers along `axes` are multiples; infinite if all are zero."""
    mantissa, exponent = np.frexp(x)
    integer = np.ldexp(mantissa, 53).astype(np.int64)
    lowest = np.ldexp((integer & -integer).astype(np.float64), exponent - 53)
    return np.asarray(np.where(x == 0, np.inf, lowest).min(axis=axes, initial=np.inf))


def some_masks(n: int, seed: int, limit: int = 6) -> Float64:
    """All masks of up to `limit` units; of more: none, all, every other one, one, all but one, and random ones kept."""
    if n <= limit:
        return all_masks(n)
    named = np.stack([np.zeros(n), np.ones(n), np.arange(n) % 2, np.arange(n) == n - 1, np.arange(n) != n // 2])
    return np.concatenate([named, np.random.default_rng(seed).integers(0, 2, (7, n))]).astype(np.float64)


def masked_network(network: Sequence[Float64], inputs: Float64, hidden: Float64, arithmetic: Arithmetic) -> Running:
    """V (mu_h * relu(W (mu_x * x) + c)) + b for masks (K, d) and (K, h): (..., K, m).

    `affine` twice; relu moves no error (it is 1-Lipschitz), and neither does a mask. Deleting masked units leaves out
    terms that are 0, so that the bound holds for what is left as well. `network`: x, W, c, V and b.
    """
    x, w, c, v, b = network
    s = x[..., None, :] * inputs
    z = affine(double_double(s), np.zeros_like(s), w, c, arithmetic)
    kept = hidden * (z.exact.hi > 0)
    return affine(z.exact * kept, hidden * z.error, v, b, arithmetic)


def distinct_functions(inputs: int, hidden: int, *, biased: bool) -> int:
    """How many functions the 2^(inputs + hidden) submodels of a generic network are.

    Without biases all masks without a path from input to output give 0, and generic weights tell the others apart; with
    positive biases of the hidden units (none of the output) only those without hidden units do.
    """
    of_inputs = 1 << inputs if biased else (1 << inputs) - 1
    return of_inputs * ((1 << hidden) - 1) + 1


@silent
def network_gradients(
    network: Sequence[Float64], mask: Float64, p: float
) -> tuple[tuple[Float64, ...], NDArray[np.bool_], Float64]:
    """Gradients of ||V (mu * relu(W x + c)) / (1 - p) + b - y||^2 in W, c, V and b; in float64.

    Also where all numbers are integers for p = 1/2, so that they are exact where they are small, and their largest
    magnitude, partial sums included. `network`: x, y, W, c, V and b.
    """
    x, y, w, c, v, b = network

    def parts(*, sign: bool) -> tuple[Float64, ...]:
        a, a_w, a_c, a_v, a_b, a_y = (t if sign else np.abs(t) for t in (x, w, c, v, b, y))
        z = (a_w @ a[..., None])[..., 0] + a_c
        on = mask / (1 - p) * ((z > 0) if sign else 1.0)
        h = z * on
        missed = 2 * ((a_v @ h[..., None])[..., 0] + a_b + (-a_y if sign else a_y))
        back = (missed[..., None, :] @ a_v)[..., 0, :] * on
        return back[..., :, None] * a[..., None, :], back, missed[..., :, None] * h[..., None, :], missed, h

    *exact, _ = parts(sign=True)
    sizes = [np.abs(t).reshape(len(x), -1).max(-1, initial=0.0) for t in parts(sign=False)]
    whole = np.logical_and.reduce([(np.rint(t) == t).reshape(len(x), -1).all(-1) for t in (x, y, w, c, v, b)])
    return tuple(exact), whole & (p == 0.5), np.max(sizes, 0)


@silent
def expectation(weights: Truth, outputs: Running, value: DoubleDouble, arithmetic: Arithmetic) -> Truth:
    """sum_mu P(mu) f(mu) for computed probabilities (k,) and outputs (..., k, m); `value` is the exact sum (..., m).

    A product of inexact factors as in BND-CHAIN. No error if the factors have none, all terms are multiples of a power
    of two Q with sum_mu P |f| <= 2^precision Q in the accumulator, and the result is representable.
    """
    stored = arithmetic.result
    probability, size = weights.value[None], np.abs(outputs.exact.hi)
    error, touched = _product_error(probability, weights.bound[None], outputs.exact.hi, outputs.error, arithmetic)
    error, touched = error[..., 0, :], touched[..., 0, :]
    expected, rest = to_float64(value)
    error = error + flushed(expected, error, arithmetic)
    inexact = np.any(weights.bound) | np.any(outputs.error, (-2, -1)) | np.any(outputs.exact.lo, (-2, -1))
    q = quantum(probability, (-2, -1)) * quantum(outputs.exact.hi, (-2, -1))
    top = (probability @ size).max((-2, -1), initial=0.0)
    short = ~(inexact | rounds_operands(arithmetic)) & _short(top, q, arithmetic.accumulator, arithmetic)
    bound = np.where(short[..., None] & (stored.round(expected) == expected), 0.0, upward(error) + rest)
    return Truth(expected, np.where(overflows(touched, stored), np.inf, bound))


def geometric_mean_of_softmax(
    x: Float64, weight: Float64, bias: Float64, arithmetic: Arithmetic, inner: Kernel, outer: Kernel
) -> Truth:
    """The normalised geometric mean over all masks mu of softmax(W (mu * x) + b), each with probability 2^-d: (..., m).

    It is softmax(W x / 2 + b), since the mean of log softmax(z_mu) is the mean of z_mu up to a number that all classes
    share. The bound follows the computation: errors of the logits pass through log softmax, whose own error joins
    (kernel `inner`), the mean of k = 2^d logarithms adds gamma_k(ua) mean(|l| + e_l) and, in a mixed arithmetic, one
    rounding; and the errors of the mean pass through the last softmax (kernel `outer`).
    """
    logarithms = _log_softmax(standard(x, weight, bias, arithmetic), arithmetic, inner)
    k = logarithms.error.shape[-2]
    size = np.abs(logarithms.exact.hi) + logarithms.error
    error = upward(logarithms.error.mean(-2) + gamma(k, arithmetic.accumulator.u) * size.mean(-2), k)
    if arithmetic.mixed:
        error = rounded(error, np.abs(logarithms.exact.hi.mean(-2)), arithmetic.result)
    scaled = unmasked(x, weight / 2, bias, arithmetic).exact[..., 0, :]
    return _softmax(Running(scaled, error), arithmetic, outer)


def weight_scaled_softmax(x: Float64, weight: Float64, bias: Float64, arithmetic: Arithmetic, kernel: Kernel) -> Truth:
    """softmax(W x / 2 + b), (..., m): the scaled logits are `affine`, and their errors pass through the softmax."""
    logits = unmasked(x, weight / 2, bias, arithmetic)
    return _softmax(Running(logits.exact[..., 0, :], logits.error[..., 0, :]), arithmetic, kernel)


@silent
def _log_softmax(logits: Running, arithmetic: Arithmetic, kernel: Kernel) -> Running:
    """Logarithms of the softmax of inexact logits.

    Logits that move by at most e_j move log p_j by at most e_j + log sum_k p_k exp(e_k).
    """
    rows, moved = _rows(logits, arithmetic)
    y = log_softmax_truth(rows, kernel)
    error = y.bound + moved + _drift(rows, moved) + _sensitivity(rows, moved, arithmetic.result.u)
    return Running(double_double(y.value), upward(error, 100))


@silent
def _softmax(logits: Running, arithmetic: Arithmetic, kernel: Kernel) -> Truth:
    """The softmax of inexact logits.

    Logits that move by at most e_j multiply p_j by at most exp(e_j) sum_k p_k exp(e_k), and divide it by no more.
    """
    rows, moved = _rows(logits, arithmetic)
    p = softmax_truth(rows, kernel)
    relative = np.expm1(moved + _drift(rows, moved)) + _sensitivity(rows, moved, arithmetic.accumulator.u)
    return Truth(p.value, upward(p.value * relative + p.bound * (1 + relative), 100))


def _rows(logits: Running, arithmetic: Arithmetic) -> tuple[Rows, Float64]:
    """The logits rounded to float64, and how far computed ones may lie from those."""
    return Rows.of(logits.exact.hi, arithmetic), logits.error + np.abs(logits.exact.lo)


def _drift(rows: Rows, moved: Float64) -> Float64:
    """log sum_k p_k exp(e_k)."""
    return np.asarray(np.log1p((rows.e * np.expm1(moved)).sum(-1, keepdims=True) / rows.total))


def _sensitivity(rows: Rows, moved: Float64, u: float) -> Float64:
    """How much more a softmax may err at the computed logits than at the exact ones.

    Its bounds are sums of at most eight terms u |s|, u log S or u |y|, or weighted means of u |s|, in which moves of
    the logits by e change |s|, |y| and log S by at most 2 e, and the weights by a factor exp(2 e).
    """
    most = moved.max(-1, keepdims=True, initial=0.0)
    return np.asarray(16 * u * np.expm1(2 * most) * (1 + np.abs(rows.s).max(-1, keepdims=True, initial=0.0)))


def ramp(t: Float64) -> Float64:
    """max(0, t - 1) of numbers of any shape: a nonlinearity that expectations do not pass through."""
    return np.maximum(0.0, t - 1)
