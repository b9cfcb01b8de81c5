"""Linear regression with noise on its inputs, which minimises the squared error with an L2 penalty.

Data X (..., m, n), weights w (..., n), targets y (..., m), noise (K, 1, n) shared by the examples, or (K, m, n). With
noise of mean 0 and variance sigma^2, uncorrelated among inputs, cross terms vanish: the expected squared error is
||X w - y||^2 + m sigma^2 ||w||^2. ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM
2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from reference.double_double import DoubleDouble, two_sum
from reference.formats import Arithmetic, Format
from reference.memory import remembered
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import ALPHA, DiscreteLaw, Fit
from reference.regularization.dropout_training import added, total
from reference.regularization.submodels import affine, all_masks
from reference.rounding import U64, gamma, rounded, silent, upward
from reference.running import Running, difference, mean, product, stored_exactly
from reference.truth import Truth

Float64 = NDArray[np.float64]


def shared_noise(n: int, sigma: float) -> Float64:
    """Every choice of signs for n inputs, the same for all examples: (2^n, 1, n)."""
    return sigma * (2 * all_masks(n) - 1)[:, None, :]


def own_noise(m: int, n: int, sigma: float) -> Float64:
    """Every choice of signs for n inputs of each of m examples: (2^(mn), m, n)."""
    return sigma * (2 * all_masks(m * n) - 1).reshape(-1, m, n)


@silent
def losses(x: Float64, w: Float64, y: Float64, noise: Float64, arithmetic: Arithmetic) -> Running:
    """||(X + N) w - y||^2 for every noise: (..., K).

    The noisy inputs are rounded once, unless they are numbers of the format; products with w have the bound of
    `affine`; then the difference from y, its square and the sum over examples, each from the one before it (ASNA
    section 3.3).
    """
    fmt = arithmetic.result
    sums = DoubleDouble(*two_sum(*np.broadcast_arrays(x[..., None, :, :], noise)))
    shape = sums.hi.shape
    error = upward(rounded(np.zeros(shape), np.abs(sums.hi), fmt, underflow=False))
    error = np.where((sums.lo == 0) & (fmt.round(sums.hi) == sums.hi), 0.0, error)
    flat = (*shape[:-3], shape[-3] * shape[-2], shape[-1])
    inputs = DoubleDouble(sums.hi.reshape(flat), sums.lo.reshape(flat))
    predicted = affine(inputs, error.reshape(flat), w[..., None, :], np.zeros((*w.shape[:-1], 1)), arithmetic)
    missed = difference(predicted.reshape(*shape[:-1]), stored_exactly(y[..., None, :]), arithmetic)
    return total(product(missed, missed, arithmetic), arithmetic)


@silent
def penalised(x: Float64, w: Float64, y: Float64, penalty: float, arithmetic: Arithmetic) -> Running:
    """||X w - y||^2 + penalty ||w||^2, computed as it stands, for a penalty that every format holds: (...)."""
    plain = losses(x, w, y, np.zeros((1, 1, x.shape[-1])), arithmetic)
    weights = stored_exactly(w)
    norm = total(product(weights, weights, arithmetic), arithmetic)
    term = product(norm, stored_exactly(np.full(norm.error.shape, penalty)), arithmetic)
    return added(Running(plain.exact[..., 0], plain.error[..., 0]), term, arithmetic)


def exact_sums(
    x: Float64, w: Float64, y: Float64, sigma: float, count: int, arithmetic: Arithmetic
) -> NDArray[np.bool_]:
    """Where nothing is rounded, in `count` losses, in their mean and in its gradient, and with the penalty: (batch,).

    For integers and sigma = 2^k all terms are multiples of q = min(1, sigma)^2, of which the magnitudes of `count`
    losses, or of their derivatives, must add up to at most 2^precision. Both have r_i = (|x_i| + sigma)^T |w| + |y_i|
    as a factor.
    """
    whole = np.logical_and.reduce([(np.rint(a) == a).reshape(len(a), -1).all(-1) for a in (x, w, y)])
    inputs = np.abs(x) + sigma
    missed = (inputs @ np.abs(w)[..., None])[..., 0] + np.abs(y)
    slopes = 2 * (missed[..., None, :] @ inputs)[..., 0, :] + 2 * x.shape[-2] * sigma**2 * np.abs(w)
    size = np.maximum((missed**2).sum(-1) + x.shape[-2] * sigma**2 * (w**2).sum(-1), slopes.max(-1, initial=0.0))
    dyadic = sigma > 0 and np.frexp(sigma)[0] == 0.5
    return np.asarray(whole & dyadic & (count * size <= 2.0**arithmetic.result.precision * min(1.0, sigma) ** 2))


class Objectives(NamedTuple):
    """The squared error with the penalty (batch,), computed as it stands, and as a mean over noise."""

    penalised: Truth
    over_noise: Truth


@remembered
def objectives(x: Float64, w: Float64, y: Float64, noise: Float64, sigma: float, arithmetic: Arithmetic) -> Objectives:
    """Both have the exact value of `penalised` for m sigma^2; the noise must have mean 0 and variance sigma^2."""
    as_it_stands = penalised(x, w, y, x.shape[-2] * sigma**2, arithmetic)
    over = Running(as_it_stands.exact, mean(losses(x, w, y, noise, arithmetic), arithmetic).error).truth
    exactly = exact_sums(x, w, y, sigma, len(noise), arithmetic)
    return Objectives(*(Truth(t.value, np.where(exactly, 0.0, t.bound)) for t in (as_it_stands.truth, over)))


def gradient(x: Float64, w: Float64, y: Float64, sigma: float) -> Float64:
    """2 X^T (X w - y) + 2 m sigma^2 w; exact for small integers."""
    missed = (x @ w[..., None])[..., 0] - y
    return np.asarray(2 * (missed[..., None, :] @ x)[..., 0, :] + 2 * x.shape[-2] * sigma**2 * w)


def loss_law(x: Float64, w: Float64, y: Float64, sigma: float) -> DiscreteLaw:
    """The law of ||(X + N) w - y||^2 for one X (m, n) and fair signs times sigma, shared by the examples; exact."""
    missed = (x + shared_noise(len(w), sigma)) @ w - y
    support, counts = np.unique((missed**2).sum(-1), return_counts=True)
    return DiscreteLaw(support, counts / counts.sum())


def normal_mean_fit(
    found: float, x: Float64, w: Float64, y: Float64, sigma: float, bound: float, draws: int, fmt: Format
) -> Fit:
    """The mean of losses over `draws` of normal noise, each shared by the examples, against the penalised loss.

    With a = X w - y and z = w^T noise, N(0, sigma^2 ||w||^2), a loss is ||a||^2 + 2 z sum_i a_i + m z^2, so the mean
    has the exact laws of the mean of z and of z^2, at half of alpha each. Rounding of the n numbers in z is at most
    sqrt(n) times that of one number of its law, relative to the root of the mean square; `bound` is what rounding adds
    to the losses.
    """
    a, n = x @ w - y, len(w)
    deviation = sigma * float(np.linalg.norm(w))
    expected = float((a**2).sum()) + len(y) * deviation**2
    if deviation == 0:
        return Fit(abs(found - expected), bound + gamma(draws + 2 * len(y) + 4, U64) * expected)  # sums in float64
    one = NormalLaw.of(0.0, deviation, fmt)
    law = NormalLaw(stats.norm(0.0, deviation), one.slack, n**0.5 * one.rounding, n * one.quantum)
    of_mean, of_square = (law.moment_radius(k, draws, ALPHA / 2) for k in (1, 2))
    return Fit(abs(found - expected), abs(2 * float(a.sum())) * of_mean + len(y) * of_square + bound)
