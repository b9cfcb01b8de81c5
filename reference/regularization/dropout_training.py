"""What dropout on the inputs of linear regression minimises: squared errors of submodels, and ridge regression.

Data X (..., m, n), weights w (..., n), targets y (..., m). Masks are (K, 1, n), shared by the examples, or (K, m, n).
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, double_double
from reference.exact import nearest, rational, rational_matrix
from reference.formats import Arithmetic
from reference.regularization.dropout import retention, survivors
from reference.regularization.submodels import affine, all_masks, expectation
from reference.rounding import U64, gamma, overflows, rounded, silent, upward
from reference.running import Running, difference, mean, product, stored_exactly
from reference.truth import Truth

if TYPE_CHECKING:
    from flint import fmpq_mat

Float64 = NDArray[np.float64]


def shared_masks(n: int) -> Float64:
    """Every mask of n inputs, one for all examples: (2^n, 1, n)."""
    return all_masks(n)[:, None, :]


def own_masks(m: int, n: int) -> Float64:
    """Every choice of a mask for each of m examples: (2^(mn), m, n)."""
    return all_masks(m * n).reshape(-1, m, n)


def has_strength_two(masks: Float64) -> bool:
    """Whether masks (K, n) show every unit in half of the rows, and every pair kept or dropped in a quarter each."""
    signs = 2 * masks - 1
    return bool(
        (np.abs(signs) == 1).all()
        and not signs.sum(0).any()
        and np.array_equal(signs.T @ signs, len(masks) * np.eye(masks.shape[1]))
    )


@silent
def total(x: Running, arithmetic: Arithmetic) -> Running:
    """Sums over the last axis, of length n: sum(e) + gamma_{n-1}(ua) sum(|x| + e), one more rounding where mixed."""
    value, size = x.exact.sum(), np.abs(x.exact.hi) + x.error
    n = size.shape[-1]
    error = x.error.sum(-1) + gamma(max(n - 1, 0), arithmetic.accumulator.u) * size.sum(-1)
    if arithmetic.mixed:
        error = rounded(error, np.abs(value.hi), arithmetic.result, underflow=False)
    error = upward(error, n)
    return Running(value, np.where(overflows(size.sum(-1) + error, arithmetic.result), np.inf, error))


def added(x: Running, y: Running, arithmetic: Arithmetic) -> Running:
    """x + y; infinite where it may overflow."""
    both = difference(x, Running(-y.exact, y.error), arithmetic)
    overflow = overflows(np.abs(both.exact.hi) + both.error, arithmetic.result)
    return Running(both.exact, np.where(overflow, np.inf, both.error))


@silent
def losses(x: Float64, w: Float64, y: Float64, masks: Float64, p: float, arithmetic: Arithmetic) -> Running:
    """||(X * mu / (1 - p)) w - y||^2 for every mask: (..., K).

    Survivors, products and sums have the bounds of `survivors` and `affine`; then the difference from y, its square and
    the sum over examples, each from the one before it (ASNA section 3.3).
    """
    rows = x[..., None, :, :] * masks
    flat = (*rows.shape[:-3], rows.shape[-3] * rows.shape[-2], rows.shape[-1])
    scaled = np.broadcast_to(survivors(x, p, arithmetic).bound[..., None, :, :] * masks, rows.shape)
    s = double_double(rows.reshape(flat)) / retention(p)
    predicted = affine(s, scaled.reshape(flat), w[..., None, :], np.zeros((*w.shape[:-1], 1)), arithmetic)
    missed = difference(predicted.reshape(*rows.shape[:-1]), stored_exactly(y[..., None, :]), arithmetic)
    return total(product(missed, missed, arithmetic), arithmetic)


def penalty(p: float) -> DoubleDouble:
    """p / (1 - p), to 104 bits."""
    return double_double(p) / retention(p)


@silent
def ridge(x: Float64, w: Float64, y: Float64, p: float, arithmetic: Arithmetic) -> Running:
    """||X w - y||^2 + p/(1-p) sum_j ||X_j||^2 w_j^2, computed as it stands: (...)."""
    whole = losses(x, w, y, np.ones((1, 1, x.shape[-1])), 0.0, arithmetic)
    columns = stored_exactly(np.swapaxes(x, -1, -2))
    norms, weights = total(product(columns, columns, arithmetic), arithmetic), stored_exactly(w)
    terms = total(product(norms, product(weights, weights, arithmetic), arithmetic), arithmetic)
    factor = penalty(p)
    scale = Running(factor, 2 * arithmetic.result.u * np.abs(factor.hi))
    weighted = product(terms, scale, arithmetic)
    return added(Running(whole.exact[..., 0], whole.error[..., 0]), weighted, arithmetic)


def exact_sums(x: Float64, w: Float64, y: Float64, p: float, count: int, arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Where nothing is rounded: integers, p = 1/2, and `count` losses that add up to a number of the format.

    All terms are integers, means and expectations multiples of 1 / count; magnitudes of `count` losses add up to at
    most count sum_i (2 |X| |w| + |y|)_i^2, and of the two terms of `ridge` to no more than that.
    """
    whole = [(np.rint(a) == a).reshape(len(a), -1).all(-1) for a in (x, w, y)]
    size = (2 * (np.abs(x) @ np.abs(w)[..., None])[..., 0] + np.abs(y)) ** 2
    return np.asarray(
        np.logical_and.reduce(whole) & (p == 0.5) & (count * size.sum(-1) <= 2.0**arithmetic.result.precision)
    )


class Objectives(NamedTuple):
    """The expected loss (batch,) over all masks, as a mean over some masks, and as ridge regression."""

    ridge: Truth
    over_masks: Truth


def expected_losses(
    x: Float64, w: Float64, y: Float64, masks: Float64, p: float, weights: Truth | None, arithmetic: Arithmetic
) -> Objectives:
    """The ridge objective, and what a weighted sum over masks (or, without weights, their mean) gives for it.

    The exact value of both is that of `ridge` (Wager, Wang and Liang, Dropout training as adaptive regularization, NIPS
    2013, section 2): the cross terms vanish, since E mu / (1 - p) = 1 and Var mu / (1 - p)^2 = p / (1 - p). The masks
    must have these moments and no correlations.
    """
    objective, each = ridge(x, w, y, p, arithmetic), losses(x, w, y, masks, p, arithmetic)
    exact = exact_sums(x, w, y, p, len(masks), arithmetic)
    if weights is None:
        over = Running(objective.exact, mean(each, arithmetic).error).truth
    else:
        column = Running(each.exact[..., None], each.error[..., None])
        of_sum = expectation(weights, column, objective.exact[..., None], arithmetic)
        over = Truth(of_sum.value[..., 0], of_sum.bound[..., 0])
    plain, over = (Truth(t.value, np.where(exact, 0.0, t.bound)) for t in (objective.truth, over))
    return Objectives(plain, over)


def gradient(x: Float64, w: Float64, y: Float64) -> Float64:
    """2 X^T (X w - y) + 2 ||X_j||^2 w_j, the gradient of the objective for p = 1/2; exact for small integers."""
    missed = (x @ w[..., None])[..., 0] - y
    return np.asarray(2 * (missed[..., None, :] @ x)[..., 0, :] + 2 * (x**2).sum(-2) * w)


class Solutions(NamedTuple):
    """Minimisers w_p (batch, rates, n), their training errors and weighted norms (batch, rates)."""

    weights: Truth
    training_error: Truth
    weighted_norm: Truth


def minimiser(x: Float64, y: Float64, p: float) -> tuple[fmpq_mat, fmpq_mat] | None:
    """w_p and the inverse of X^T X + p/(1-p) diag(||X_j||^2) in rationals; None if that is singular."""
    data, target, rate = rational_matrix(x), rational_matrix(y), rational(p)
    system = data.transpose() * data
    for j in range(x.shape[1]):
        system[j, j] += rate / (1 - rate) * system[j, j]
    if system.det() == 0:
        return None
    inverse = system.inv()
    return inverse * (data.transpose() * target), inverse


@silent
def solutions(x: Float64, y: Float64, rates: tuple[float, ...], arithmetic: Arithmetic) -> Solutions:
    """Minimisers of the expected loss for integers X (batch, m, n), y (batch, m), with bounds for a solver by LU.

    Gaussian elimination with partial pivoting solves (A + E) w = b with |E| <= gamma_{3n}(u) |L||U| (ASNA theorem 9.4),
    |L| <= 1 and |U| <= 2^(n-1) max|A| (section 9.4); A itself has 4 roundings on its diagonal. So the error is at
    most 2 |A^-1| |E| |w| if |A^-1| |E| has row sums of at most 1/2; undetermined otherwise, and where A is singular.
    X^T X and X^T y are exact. Errors of the weights run on through the training error and the norm.
    """
    (batch, _, n), u = x.shape, arithmetic.result.u
    w, bound = np.zeros((batch, len(rates), n)), np.full((batch, len(rates), n), np.inf)
    for i, (k, p) in itertools.product(range(batch), enumerate(rates)):
        found = minimiser(x[i], y[i], p)
        if found is None:
            continue
        w[i, k] = [nearest(found[0][j, 0]) for j in range(n)]
        inverse = np.abs([[nearest(found[1][a, b]) for b in range(n)] for a in range(n)])
        gram = np.abs(x[i].T @ x[i])
        diagonal = np.diag(gram) / (1 - p)
        moved = gamma(3 * n, u) * n * 2.0 ** (n - 1) * max(gram.max(initial=0.0), diagonal.max(initial=0.0))
        e = np.full((n, n), moved) + gamma(4, u) * np.diag(diagonal)
        spread = inverse @ e
        if spread.sum(-1).max(initial=0.0) <= 0.5:
            bound[i, k] = upward(2 * spread @ np.abs(w[i, k]) + U64 * np.abs(w[i, k]), n)
    missed = affine(double_double(w), bound, x, -y, arithmetic)
    squares = total(product(missed, missed, arithmetic), arithmetic)
    columns = stored_exactly(np.swapaxes(x, -1, -2))
    norms = total(product(columns, columns, arithmetic), arithmetic).reshape(batch, 1, n)
    weights = Running(double_double(w), bound)
    norm = total(product(norms, product(weights, weights, arithmetic), arithmetic), arithmetic)
    return Solutions(Truth(w, bound), squares.truth, norm.truth)
