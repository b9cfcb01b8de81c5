"""Bagging: bootstrap means of tiny data sets by enumeration, and how often a submodel meets each example.

Data sets are all n-tuples of two equally likely numbers ("levels"); a resample is n draws with replacement from one.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, dot, to_float64, two_sum
from reference.formats import Arithmetic, Format
from reference.probability.sampling import ALPHA, Fit, p_value_fit
from reference.regularization.submodels import all_masks, quantum
from reference.rounding import U64, gamma, upward
from reference.running import Running, difference, mean, pairs, product, stored_exactly
from reference.statistics import binomial_p_value, hoeffding_radius
from reference.truth import Truth

Float64 = NDArray[np.float64]
Indices = NDArray[np.int64]


def data_sets(n: int) -> Indices:
    """Which level each of n examples has, in every data set: (2^n, n)."""
    return all_masks(n).astype(np.int64)


def resamples(n: int) -> tuple[Indices, Float64]:
    """Every multiset of n draws from n examples, (R, n), and in how many of the n^n ordered resamples it occurs."""
    multisets = list(itertools.combinations_with_replacement(range(n), n))
    orders = [math.factorial(n) / math.prod(math.factorial(m.count(i)) for i in set(m)) for m in multisets]
    return np.array(multisets, np.int64), np.array(orders)


def ensembles(n: int, k: int) -> tuple[Indices, Float64]:
    """Every k-tuple of `resamples(n)`, (R^k, k), and in how many of the (n^n)^k ordered ones it occurs."""
    _, orders = resamples(n)
    members = np.array(list(itertools.product(range(len(orders)), repeat=k)), np.int64)
    return members, orders[members].prod(-1)


def expectation(x: Float64, orders: Float64) -> Float64:
    """The mean of x (..., D, R) over data sets and resamples that occur `orders` (R,) times; in double-double."""
    total = dot(np.ascontiguousarray(x), np.broadcast_to(orders, x.shape)).sum()
    mean, _ = to_float64(total / (x.shape[-2] * float(orders.sum())))
    return mean


def expectation_of_pairs(products: Float64, orders: Float64) -> Float64:
    """The mean of products (..., D, R, R) over data sets and two independent resamples of each."""
    return expectation(products.reshape(*products.shape[:-2], -1), np.outer(orders, orders).ravel())


class Moments(NamedTuple):
    """Variance of one bootstrap mean around the true mean, and covariance of two from one data set, exactly."""

    variance: DoubleDouble
    covariance: DoubleDouble

    def of_ensemble(self, k: int) -> DoubleDouble:
        """v/k + (k-1) c/k, the expected squared error of the mean of k members."""
        return (self.variance + self.covariance * float(k - 1)) / float(k)


def bootstrap_moments(levels: Float64, n: int) -> Moments:
    """v = s^2 (2n - 1) / n^2 and c = s^2 / n for levels (..., 2) with variance s^2 = (difference / 2)^2.

    The covariance is the variance of the mean of the data set, which both resamples share; given the data set they are
    independent, each with variance s_n^2 / n around its mean, where E s_n^2 = s^2 (n - 1) / n.
    """
    half = DoubleDouble(*two_sum(levels[..., 1], -levels[..., 0])) / 2.0
    spread = half * half
    return Moments(spread * float(2 * n - 1) / float(n * n), spread / float(n))


def expected(value: DoubleDouble, x: Running, orders: Float64) -> Truth:
    """What `expectation` gives for computed numbers x (..., D, R) whose exact expectation is `value` (...)."""
    exact, rest = to_float64(value)
    return Truth(exact, upward(expectation(x.error, orders), 8) + 2 * rest + 4 * U64 * np.abs(exact))


class EnsembleTruths(NamedTuple):
    """Means of k bootstrap means (batch, 2^n, R^k), their expected squared error and a covariance, (batch,) each.

    The covariance is the expected product of the errors of two bootstrap means.
    """

    models: Truth
    squared_error: Truth
    covariance: Truth


def ensemble_truths(levels: Float64, n: int, k: int, arithmetic: Arithmetic) -> EnsembleTruths:
    """What the data sets over levels (batch, 2) give when each step is computed from the computed one before it.

    The means of all resamples; the means of all k of those, less the computed mean of the levels, squared; and the
    means of all resamples, less that mean, multiplied two and two. Bounds run along (ASNA section 3.3).
    """
    draws, orders = resamples(n)
    tuples, orders_of_tuples = ensembles(n, k)
    moments = bootstrap_moments(levels, n)
    members = mean(stored_exactly(levels[:, data_sets(n)][..., draws]), arithmetic)
    models = mean(members.members(tuples), arithmetic)
    centre = mean(stored_exactly(levels), arithmetic).reshape(-1, 1, 1)
    error = difference(models, centre, arithmetic)
    squares = product(error, error, arithmetic)
    products = pairs(difference(members, centre, arithmetic), arithmetic)
    return EnsembleTruths(
        models.truth,
        expected(moments.of_ensemble(k), squares, orders_of_tuples),
        expected(moments.covariance, products, np.outer(orders, orders).ravel()),
    )


def sampled_ensemble_fit(models: Float64, n: int, k: int, format: Format, alpha: float = ALPHA) -> Fit:
    """Mean squared error of computed ensembles (runs,) over data sets of n fair bits, against v/k + (k-1) c/k.

    Squared errors lie in [0, 1/4] (Hoeffding's inequality). A mean of k means of n bits has a relative error of at most
    gamma_(n+k+2), each stored, and (m - 1/2)^2 an error of at most gamma + gamma^2, which 2 gamma covers.
    """
    exact = float(bootstrap_moments(np.array([0.0, 1.0]), n).of_ensemble(k).hi)
    distance = abs(float(((models - 0.5) ** 2).mean()) - exact)
    return Fit(distance, hoeffding_radius(models.size, 0.25, alpha) + 2 * gamma(n + k + 2, format.u))


def ensemble_variance(moments: Moments, k: int, arithmetic: Arithmetic) -> Truth:
    """v/k + (k-1) c/k computed from v and c rounded to the format: (...).

    Roundings of v, c and their sum, two quotients and a product: u (4 v/k + 5 (k-1) c/k) to first order, and
    underflow of each; gamma_5 covers them in any order of evaluation.
    """
    value, rest = to_float64(moments.of_ensemble(k))
    stored = arithmetic.result
    return Truth(value, upward(gamma(5, stored.u) * value + (4 + k) * stored.eta) + rest)


def orders_of_examples(n: int, epochs: int, *, replacement: bool) -> Indices:
    """Every equally likely order in which n examples are met in `epochs` epochs of n steps: (K, n epochs)."""
    if replacement:
        return np.array(list(itertools.product(range(n), repeat=n * epochs)), np.int64)
    epoch = list(itertools.permutations(range(n)))
    return np.array([sum(run, ()) for run in itertools.product(epoch, repeat=epochs)], np.int64)


def order_count(n: int, epochs: int, *, replacement: bool) -> int:
    """How many orders `orders_of_examples` has."""
    return int(n ** (n * epochs) if replacement else math.factorial(n) ** epochs)


def patterns(n: int, epochs: int, *, replacement: bool) -> tuple[Indices, Float64]:
    """Every order of examples with every choice of the steps that a submodel takes part in: (K 2^T, T) each."""
    orders = orders_of_examples(n, epochs, replacement=replacement)
    taken = all_masks(n * epochs)
    return np.repeat(orders, len(taken), 0), np.tile(taken, (len(orders), 1))


def pattern_probabilities(taken: Float64, q: float) -> Float64:
    """q^t (1 - q)^(T - t) for t of T steps taken part in, (..., T) -> (...)."""
    t = taken.sum(-1)
    return np.asarray(q**t * (1 - q) ** (taken.shape[-1] - t))


def tabulate(counts: Float64, probabilities: Float64, n: int, epochs: int, *, replacement: bool) -> Float64:
    """The joint law of visits (K 2^T, n) to n examples, an array like `visit_law`; the K orders are equally likely.

    Visits that are no possible counts have no place in it.
    """
    most = n * epochs if replacement else epochs
    table = np.zeros((most + 1,) * n)
    possible = ((counts >= 0) & (counts <= most)).all(-1)
    np.add.at(table, tuple(counts[possible].astype(np.int64).T), probabilities[possible])
    return table / order_count(n, epochs, replacement=replacement)


def visit_truth(n: int, epochs: int, q: float, *, replacement: bool) -> Truth:
    """What `tabulate` gives: `visit_law`, up to sums of as many terms as there are patterns (ASNA (4.4)), all positive.

    The probability of a pattern, the quotient and `visit_law` have a relative error of at most 2^-48 each.
    """
    law = visit_law(n, epochs, q, replacement=replacement)
    terms = order_count(n, epochs, replacement=replacement) << n * epochs
    return Truth(law, upward((gamma(terms, U64) + 2.0**-46) * law))


def visit_law(n: int, epochs: int, q: float, *, replacement: bool) -> Float64:
    """P(a submodel that takes part in a step with probability q meets example i c_i times), axis i counting c_i.

    Without replacement every example is met Bin(epochs, q) times, independently. With replacement the number of visits
    is Bin(T, q), T = n epochs, and given their number they are independent uniform draws, a multinomial law. The axes
    have length epochs + 1 without and T + 1 with replacement. In float64, with a relative error of at most 2^-48.
    """
    steps = n * epochs
    most = steps if replacement else epochs
    law = np.zeros((most + 1,) * n)
    for counts in itertools.product(range(most + 1), repeat=n):
        total = sum(counts)
        if replacement and total <= steps:
            ways = math.factorial(steps) / math.prod(math.factorial(c) for c in (*counts, steps - total))
            law[counts] = ways * (q / n) ** total * (1 - q) ** (steps - total)
        elif not replacement:
            law[counts] = math.prod(math.comb(epochs, c) * q**c * (1 - q) ** (epochs - c) for c in counts)
    return law


def repeated_given_two(n: int, epochs: int, *, replacement: bool) -> float:
    """P(both visits are to one example | two visits): 1/n with replacement, (E - 1)/(n E - 1) in shuffled epochs.

    Two of the n E steps are equally likely to be any two, and E (E - 1)/2 pairs of epochs show each of n examples.
    """
    return 1 / n if replacement else (epochs - 1) / (n * epochs - 1)


def two_visits(n: int, epochs: int, q: float) -> float:
    """P(two visits) = C(T, 2) q^2 (1 - q)^(T - 2), T = n epochs."""
    steps = n * epochs
    return math.comb(steps, 2) * q**2 * (1 - q) ** (steps - 2)


def conditional_probability(value: float, weights: Float64, arithmetic: Arithmetic) -> Truth:
    """A quotient of two sums of non-negative weights (K,), the numerator over some of them; shape ().

    Each weight may have been rounded, sums are BND-SUM (exact where the weights are multiples of a power of two Q and
    add up to at most 2^precision Q), both are stored where the arithmetic is mixed, and the division is one rounding.
    """
    stored, accumulator = arithmetic.result, arithmetic.accumulator
    exact_weights = bool(np.all(stored.round(weights) == weights))
    short = weights.sum() <= 2.0**accumulator.precision * quantum(stored.round(weights), -1)
    of_sum = 0.0 if short else gamma(len(weights), accumulator.u)
    of_weights = 0.0 if exact_weights else stored.u
    one = (1 + of_sum) * (1 + of_weights) * (1 + (stored.u if arithmetic.mixed else 0.0))
    relative = one / (2 - one) * (1 + stored.u) - 1
    return Truth(np.asarray(value), np.asarray((relative + 4 * U64) * value))


def permutation_fit(epochs: Float64, alpha: float = ALPHA) -> Fit:
    """How many of the epochs (E, n), permutations of 0..n-1, belong to the most frequent half of all permutations.

    Of uniform permutations any half of the n! has Bin(E, 1/2); the exact p-value is multiplied by the number of halves
    that could have been the most frequent one (Bonferroni). n = 2 or 3.
    """
    number = epochs @ epochs.shape[-1] ** np.arange(epochs.shape[-1])
    permutations = math.factorial(epochs.shape[-1])
    counts = np.sort(np.unique(number, return_counts=True)[1])[::-1]
    half = permutations // 2
    p = binomial_p_value(int(counts[:half].sum()), len(epochs), 0.5) * math.comb(permutations, half)
    return p_value_fit(min(p, 1.0), alpha)
