"""Bootstrap ensembles and visit laws against brute force over every data set, resample, order and mask."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import running
from reference.double_double import to_float64
from reference.formats import Arithmetic, float64
from reference.regularization import bagging
from tests.reference.emulation import ARITHMETICS, ORDERS, Order, accumulator, exactly, margins, store

Float64 = NDArray[np.float64]


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def brute_force(levels: tuple[Fraction, Fraction], n: int, k: int) -> Fraction:
    """E (mean of k bootstrap means - mean)^2 over all data sets and all ordered resamples of each member."""
    centre, total = sum(levels) / 2, Fraction(0)
    for data in itertools.product(levels, repeat=n):
        means = Counter(sum(draw) / n for draw in itertools.product(data, repeat=n))
        for members in itertools.product(means.items(), repeat=k):
            ways = Fraction(1)
            for _, count in members:
                ways *= Fraction(count, n**n)
            total += ways * (sum(m for m, _ in members) / k - centre) ** 2
    return total / 2**n


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_moments_of_an_ensemble_are_those_of_brute_force(n: int, k: int) -> None:
    for levels in ((0.0, 1.0), (-3.0, 0.75)):
        moments = bagging.bootstrap_moments(np.array(levels), n)
        value, rest = to_float64(moments.of_ensemble(k))
        exact = brute_force((Fraction(levels[0]), Fraction(levels[1])), n, k)
        assert abs(Fraction(float(value)) - exact) <= Fraction(float(rest)) + exact * Fraction(2) ** -100


def test_the_covariance_of_two_means_of_three_bits_is_a_twelfth() -> None:
    moments = bagging.bootstrap_moments(np.array([0.0, 1.0]), 3)
    assert float(moments.covariance.hi) == 1 / 12
    assert brute_force((Fraction(0), Fraction(1)), 3, 2) * 2 - brute_force(
        (Fraction(0), Fraction(1)), 3, 1
    ) == Fraction(1, 12)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_resamples_are_all_ordered_ones_counted(n: int) -> None:
    indices, orders = bagging.resamples(n)
    counted = Counter(tuple(sorted(draw)) for draw in itertools.product(range(n), repeat=n))
    assert {tuple(row): count for row, count in zip(indices.tolist(), orders.tolist(), strict=True)} == counted


def test_ensembles_are_all_tuples_of_resamples() -> None:
    members, orders = bagging.ensembles(3, 2)
    assert members.shape == (100, 2)
    assert orders.sum() == 27**2
    assert len({tuple(row) for row in members.tolist()}) == 100


def test_the_expectation_weighs_resamples_by_their_orders() -> None:
    x = np.array([[[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]])
    assert bagging.expectation(x, np.array([1.0, 2.0, 1.0])).tolist() == [(9 + 72) / 8]


def averaged(x: Float64, arithmetic: Arithmetic, order: Order) -> Float64:
    """Mean over the last axis in the accumulator, stored once."""
    return store(
        order(x.astype(accumulator(arithmetic))) / accumulator(arithmetic).type(x.shape[-1]), arithmetic.result
    )


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
@pytest.mark.parametrize("numbers", ["normal", "close"])
def test_computed_ensembles_stay_within_the_bounds(
    rng: np.random.Generator, arithmetic: Arithmetic, order: Order, numbers: str
) -> None:
    """Members, ensembles, errors and squares of every data set, each step stored; each bound within a factor of 20."""
    n, k, format = 3, 2, arithmetic.result
    levels = format.round(rng.standard_normal((3, 2)) if numbers == "normal" else 1 + rng.uniform(0, 0.1, (3, 2)))
    resamples, _ = bagging.resamples(n)
    tuples, orders = bagging.ensembles(n, k)
    data = levels[:, bagging.data_sets(n)][..., resamples]
    members = averaged(data, arithmetic, order)
    models = averaged(members[..., tuples], arithmetic, order)
    centre = averaged(levels, arithmetic, order)[:, None, None]
    errors = format.round(models - centre)
    squares = format.round(errors * errors)

    of_members = running.mean(running.stored_exactly(data), arithmetic)
    of_models = running.mean(of_members.members(tuples), arithmetic)
    of_centre = running.mean(running.stored_exactly(levels), arithmetic).reshape(-1, 1, 1)
    of_errors = running.difference(of_models, of_centre, arithmetic)
    of_squares = running.product(of_errors, of_errors, arithmetic)

    exact_members = [sum(exactly(row), Fraction(0)) / n for row in data.reshape(-1, n)]
    exact_models = [sum(m, Fraction(0)) / k for m in _tuples(exact_members, members.shape, tuples)]
    exact_centres = [sum(exactly(row), Fraction(0)) / 2 for row in levels for _ in range(8 * len(tuples))]
    exact_errors = [m - c for m, c in zip(exact_models, exact_centres, strict=True)]
    for computed, exact, known in (
        (members, exact_members, of_members),
        (models, exact_models, of_models),
        (errors, exact_errors, of_errors),
        (squares, [e * e for e in exact_errors], of_squares),
    ):
        value, bound = known.truth
        assert np.max(margins(value, exact, bound)) <= 1
        assert 0.05 <= np.max(margins(computed, exact, bound)) <= 1

    moments = bagging.bootstrap_moments(levels, n)
    truth = bagging.expected(moments.of_ensemble(k), of_squares, orders)
    assert np.all(np.abs(bagging.expectation(squares, orders) - truth.value) <= truth.bound)


def _tuples(members: list[Fraction], shape: tuple[int, ...], tuples: NDArray[np.int64]) -> list[list[Fraction]]:
    rows = [members[i : i + shape[-1]] for i in range(0, len(members), shape[-1])]
    return [[row[j] for j in t] for row in rows for t in tuples.tolist()]


def test_pairs_are_all_products() -> None:
    x = running.stored_exactly(np.array([[2.0, 3.0]]))
    assert running.pairs(x, ARITHMETICS["float32"]).exact.hi.tolist() == [[4.0, 6.0, 6.0, 9.0]]


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
@pytest.mark.parametrize(("n", "k"), [(2, 3), (3, 2)])
def test_computed_laws_of_ensembles_stay_within_their_truths(
    rng: np.random.Generator, arithmetic: Arithmetic, order: Order, n: int, k: int
) -> None:
    levels = arithmetic.result.round(rng.standard_normal((6, 2)))
    truth = bagging.ensemble_truths(levels, n, k, arithmetic)
    draws, orders = bagging.resamples(n)
    tuples, orders_of_tuples = bagging.ensembles(n, k)
    members = averaged(levels[:, bagging.data_sets(n)][..., draws], arithmetic, order)
    models = averaged(members[..., tuples], arithmetic, order)
    centre = averaged(levels, arithmetic, order)[:, None, None]
    store = arithmetic.result.round
    squares = store(store(models - centre) ** 2)
    errors = store(members - centre)
    products = store(errors[..., :, None] * errors[..., None, :])
    for computed, (value, bound) in (
        (models, truth.models),
        (bagging.expectation(squares, orders_of_tuples), truth.squared_error),
        (bagging.expectation_of_pairs(products, orders), truth.covariance),
    ):
        assert computed.shape == value.shape
        assert 1e-3 <= np.max(np.abs(computed - value) / bound) <= 1
    for row, value, error in zip(levels.tolist(), truth.squared_error.value, truth.squared_error.bound, strict=True):
        exact = brute_force((Fraction(row[0]), Fraction(row[1])), n, k)
        assert abs(float(exact) - value) <= error


def test_the_expectation_of_pairs_weighs_both_members() -> None:
    products = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    assert bagging.expectation_of_pairs(products, np.array([1.0, 3.0])).tolist() == [(1 + 6 + 9 + 36) / 16]


def test_sampled_ensembles_of_bits_have_the_exact_squared_error(rng: np.random.Generator) -> None:
    n, k, runs = 3, 2, 20000
    data = rng.integers(0, 2, (runs, n))
    drawn = rng.integers(0, n, (runs, k, n))
    models = np.take_along_axis(data[:, None], drawn, -1).mean((1, 2))
    fit = bagging.sampled_ensemble_fit(models, n, k, float64)
    assert fit.distance <= fit.radius <= 0.01
    independent = rng.integers(0, 2, (runs, k, n)).mean((1, 2))
    assert bagging.sampled_ensemble_fit(independent, n, k, float64).distance > fit.radius


@pytest.mark.parametrize("k", [1, 2, 4])
def test_the_formula_stays_within_its_bound(rng: np.random.Generator, arithmetic: Arithmetic, k: int) -> None:
    moments = bagging.bootstrap_moments(arithmetic.result.round(rng.standard_normal((200, 2))), 3)
    truth = bagging.ensemble_variance(moments, k, arithmetic)
    store = arithmetic.result.round
    v, c = store(moments.variance.hi), store(moments.covariance.hi)
    spelt = store(store(v / k) + store(store((k - 1) * c) / k))
    around = store(c + store(store(v - c) / k))
    for computed in (spelt, around, store(store(v + store((k - 1) * c)) / k)):
        assert np.all(np.abs(computed - truth.value) <= truth.bound)
    assert k == 1 or np.max(np.abs(spelt - truth.value) / truth.bound) > 0.15


# Visits


def brute_force_visits(n: int, epochs: int, q: Fraction, *, replacement: bool) -> dict[tuple[int, ...], Fraction]:
    """The joint law of the visits, from every order and every pattern of masks."""
    steps = n * epochs
    if replacement:
        orders = list(itertools.product(range(n), repeat=steps))
    else:
        orders = [sum(run, ()) for run in itertools.product(itertools.permutations(range(n)), repeat=epochs)]
    law: dict[tuple[int, ...], Fraction] = Counter()
    for order in orders:
        for seen in itertools.product((0, 1), repeat=steps):
            counts = tuple(sum(s for s, i in zip(seen, order, strict=True) if i == example) for example in range(n))
            law[counts] += q ** sum(seen) * (1 - q) ** (steps - sum(seen)) / len(orders)
    return law


SIZES = [(2, 1), (2, 2), (2, 3), (3, 1), (3, 2)]


@pytest.mark.parametrize(("n", "epochs"), SIZES[:-1])
@pytest.mark.parametrize("replacement", [False, True])
def test_the_law_of_the_visits_is_that_of_brute_force(n: int, epochs: int, *, replacement: bool) -> None:
    q = Fraction(1, 4)
    law = bagging.visit_law(n, epochs, float(q), replacement=replacement)
    exact = brute_force_visits(n, epochs, q, replacement=replacement)
    for counts in itertools.product(*(range(size) for size in law.shape)):
        expected = exact.get(counts, Fraction(0))
        assert abs(Fraction(float(law[counts])) - expected) <= expected * Fraction(2) ** -48
    two = {c: p for c, p in exact.items() if sum(c) == 2}
    assert float(sum(two.values())) == pytest.approx(bagging.two_visits(n, epochs, 0.25), rel=1e-14)
    repeated = sum(p for c, p in two.items() if max(c) == 2) / sum(two.values())
    assert bagging.repeated_given_two(n, epochs, replacement=replacement) == pytest.approx(float(repeated), rel=1e-15)


@pytest.mark.parametrize(("n", "epochs"), [*SIZES, (3, 3)])
@pytest.mark.parametrize("replacement", [False, True])
def test_every_law_of_visits_sums_to_one(n: int, epochs: int, *, replacement: bool) -> None:
    assert bagging.visit_law(n, epochs, 0.25, replacement=replacement).sum() == pytest.approx(1, abs=1e-13)


@pytest.mark.parametrize(("n", "epochs"), SIZES)
@pytest.mark.parametrize("replacement", [False, True])
def test_all_patterns_tabulated_are_the_law(n: int, epochs: int, *, replacement: bool) -> None:
    order, taken = bagging.patterns(n, epochs, replacement=replacement)
    assert order.shape == taken.shape
    assert len({(*o, *t) for o, t in zip(order.tolist(), taken.tolist(), strict=True)}) == len(order)
    counts = np.stack([((order == i) * taken).sum(-1) for i in range(n)], -1)
    weights = bagging.pattern_probabilities(taken, 0.5625)
    value, bound = bagging.visit_truth(n, epochs, 0.5625, replacement=replacement)
    table = bagging.tabulate(counts, weights, n, epochs, replacement=replacement)
    assert np.all(np.abs(table - value) <= bound)
    assert np.all(bound <= 1e-10 * value)
    lost = bagging.tabulate(counts * 1000 - 1, weights, n, epochs, replacement=replacement)
    assert np.all(lost == 0)


def test_two_examples_and_two_epochs_repeat_with_a_third_or_a_half() -> None:
    assert bagging.repeated_given_two(2, 2, replacement=False) == 1 / 3
    assert bagging.repeated_given_two(2, 2, replacement=True) == 1 / 2


@pytest.mark.parametrize(("n", "epochs"), SIZES)
def test_orders_are_counted(n: int, epochs: int) -> None:
    for replacement in (False, True):
        orders = bagging.orders_of_examples(n, epochs, replacement=replacement)
        assert orders.shape == (bagging.order_count(n, epochs, replacement=replacement), n * epochs)
        assert len({tuple(o) for o in orders.tolist()}) == len(orders)
        if not replacement:
            assert np.all(np.sort(orders.reshape(-1, n)) == np.arange(n))


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
def test_a_computed_conditional_probability_stays_within_the_bound(
    rng: np.random.Generator, arithmetic: Arithmetic, order: Order
) -> None:
    format = arithmetic.result
    worst = 0.0
    for weights in (np.full(60, 3 / 64), rng.uniform(0.01, 1, 60)):
        chosen = rng.random(60) < 0.4
        exact = exactly(weights)
        value = sum((w for w, c in zip(exact, chosen, strict=True) if c), Fraction(0)) / sum(exact, Fraction(0))
        truth = bagging.conditional_probability(float(value), weights, arithmetic)
        stored = format.round(weights).astype(accumulator(arithmetic))
        computed = format.round(store(order(stored * chosen), format) / store(order(stored), format))
        worst = max(worst, float(margins(computed[None], [value], truth.bound[None])[0]))
    assert worst <= 1


def test_sums_of_equal_dyadic_weights_leave_one_rounding_to_the_quotient() -> None:
    arithmetic = ARITHMETICS["float32"]
    truth = bagging.conditional_probability(1 / 3, np.full(24, 3 / 256), arithmetic)
    assert truth.bound <= arithmetic.result.u / 3 * 1.001


def test_permutations_are_judged_by_their_most_frequent_half() -> None:
    rng = np.random.default_rng(0)
    uniform = rng.permuted(np.tile(np.arange(3.0), (6000, 1)), axis=1)
    distance, radius = bagging.permutation_fit(uniform)
    assert distance < radius == pytest.approx(-np.log(1e-9))
    orders = np.array([[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]], np.float64)
    naive = np.repeat(orders, np.array([4, 5, 5, 5, 4, 4]) * 200, axis=0)  # of 27, what swaps with any place give
    distance, radius = bagging.permutation_fit(naive)
    assert distance > radius
    assert bagging.permutation_fit(np.array([[0.0, 1.0], [1.0, 0.0]])).distance == 0
