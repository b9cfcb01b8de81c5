"""BND-SUM and BND-DOT against exact rationals, in several orders of summation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.bounds import dot_error, dot_truth, sum_error, sum_truth
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, tf32
from tests.reference.emulation import (
    ARITHMETICS,
    FAMILIES,
    ORDERS,
    attained,
    computed_dot,
    computed_sum,
    exact_dots,
    exact_sums,
    exactly,
    margins,
    own_margins,
    sequential,
)

LENGTHS = [0, 1, 2, 3, 17, 100]


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_order_of_summation_stays_within_the_bound(arithmetic: Arithmetic, family: str) -> None:
    rng = np.random.default_rng(1)
    for n in LENGTHS:
        x = FAMILIES[family](rng, (12, n), arithmetic.result) if n else np.zeros((12, 0))
        exact, bound, truth = exact_sums(x), sum_error(x, arithmetic), sum_truth(x, arithmetic)
        for name, order in ORDERS.items():
            assert margins(computed_sum(x, arithmetic, order), exact, bound).max() <= 1, (n, name)
        assert own_margins(truth, exact, bound).max() <= 1, n


@pytest.mark.parametrize("family", FAMILIES)
def test_every_order_of_an_inner_product_stays_within_the_bound(arithmetic: Arithmetic, family: str) -> None:
    rng = np.random.default_rng(2)
    for n in LENGTHS:
        x, y = (FAMILIES[family](rng, (12, n), arithmetic.result) if n else np.zeros((12, 0)) for _ in range(2))
        exact = exact_dots(x, y)
        bound, truth = dot_error(x, y, arithmetic), dot_truth(x, y, arithmetic)
        for name, order in ORDERS.items():
            assert margins(computed_dot(x, y, arithmetic, order), exact, bound).max() <= 1, (n, name)
        assert own_margins(truth, exact, bound).max() <= 1, n


@pytest.mark.parametrize(("name", "least"), [("float32", 0.98), ("float64", 0.98)])
def test_the_bounds_are_attained_by_numbers_that_are_absorbed(name: str, least: float) -> None:
    arithmetic = ARITHMETICS[name]
    x = FAMILIES["absorbing"](np.random.default_rng(0), (1, 100), arithmetic.result)
    reached = margins(computed_sum(x, arithmetic, sequential), exact_sums(x), sum_error(x, arithmetic))
    assert attained(reached, least)
    one = np.ones_like(x)
    reached = margins(computed_dot(x, one, arithmetic, sequential), exact_sums(x), dot_error(x, one, arithmetic))
    assert attained(reached, least - 0.01)


@pytest.mark.parametrize("format", [float16, bfloat16])
def test_the_bounds_of_half_types_are_attained_by_a_tie_of_the_stored_result(format: Format) -> None:
    arithmetic = Arithmetic.of(format)
    x = np.array([[1.0, format.u]])  # halfway between 1 and the next number
    assert attained(margins(computed_sum(x, arithmetic, sequential), exact_sums(x), sum_error(x, arithmetic)), 0.98)
    one = np.ones_like(x)
    reached = margins(computed_dot(x, one, arithmetic, sequential), exact_sums(x), dot_error(x, one, arithmetic))
    assert attained(reached, 0.98)


def test_underflow_of_the_products_is_within_a_factor_of_two() -> None:
    arithmetic = ARITHMETICS["float32"]
    x = np.full((1, 50), 2.0**-75)
    for factor in (1.0, 3.0):  # each product is a tie, half of eta or three halves of it
        y = factor * x
        reached = margins(computed_dot(x, y, arithmetic, sequential), exact_dots(x, y), dot_error(x, y, arithmetic))
        assert attained(reached, 0.49)


def test_sums_of_half_numbers_are_stored_without_underflow() -> None:
    x = float16.eta * np.array([[3.0, -2.0]])
    assert sum_error(x, ARITHMETICS["float16"])[0] < float16.eta / 100


@pytest.mark.parametrize("name", ARITHMETICS)
def test_the_bound_is_infinite_exactly_where_an_order_may_overflow(name: str) -> None:
    arithmetic = ARITHMETICS[name]
    large = arithmetic.result.largest
    assert np.isinf(sum_error(np.array([large, large]), arithmetic))
    assert np.isfinite(sum_error(np.array([large / 2, large / 4]), arithmetic))
    assert np.isinf(dot_error(np.array([large, 1.0]), np.array([2.0, 1.0]), arithmetic))
    if not arithmetic.mixed:  # the partial sum overflows though the sum does not
        assert np.isinf(sum_error(np.array([large, large, -large]), arithmetic))
        assert np.isinf(sum_truth(np.array([large, large, -large]), arithmetic).bound)


def test_a_float32_accumulator_keeps_float16_partial_sums_in_range() -> None:
    x = np.array([6e4, 6e4, -6e4])
    bound = sum_error(x, ARITHMETICS["float16"])
    assert np.isfinite(bound)
    assert margins(np.array(6e4), [Fraction(60000)], bound)[0] <= 1


def test_the_largest_number_itself_is_no_overflow() -> None:
    for name in ("float16", "bfloat16", "float32"):
        assert np.isfinite(sum_error(np.array([FORMATS[name].largest]), ARITHMETICS[name]))


@pytest.mark.parametrize("format", [float16, bfloat16])
def test_partial_sums_stored_by_each_thread_need_their_own_term(format: Format) -> None:
    arithmetic = Arithmetic.of(format)
    x = np.array([[1 / format.u, 1.0, -1 / format.u, 0.0]])  # the first half rounds to 1/u
    two_threads = format.round(format.round(x.reshape(2, 2).sum(-1)).sum(keepdims=True))
    assert margins(two_threads, [Fraction(1)], sum_error(x, arithmetic, stored_partials=True))[0] <= 1
    assert margins(two_threads, [Fraction(1)], sum_error(x, arithmetic))[0] > 1


def test_products_stored_in_the_half_type_need_the_wider_bound() -> None:
    arithmetic = ARITHMETICS["float16"]
    rng = np.random.default_rng(3)
    x = float16.round(rng.uniform(1, 2, (20, 40)))
    y = x.copy()
    y[:, 20:] = -y[:, :20][:, ::-1]
    products = float16.round(x * y).astype(np.float32)
    computed = float16.round(np.cumsum(products, -1)[:, -1].astype(np.float64))
    exact = exact_dots(x, y)
    assert margins(computed, exact, dot_error(x, y, arithmetic, rounded_products=True)).max() <= 1
    assert margins(computed, exact, dot_error(x, y, arithmetic)).max() > 1


def test_a_stored_product_that_may_overflow_leaves_the_sum_undetermined() -> None:
    x, y = np.array([300.0, 300.0]), np.array([300.0, -300.0])
    assert np.isinf(dot_error(x, y, ARITHMETICS["float16"], rounded_products=True))
    assert np.isfinite(dot_error(x, y, ARITHMETICS["float16"]))


def test_tf32_operands_need_and_stay_within_their_own_term() -> None:
    rng = np.random.default_rng(4)
    x, y = (float32.round(rng.normal(size=(20, 30))) for _ in range(2))
    exact = exact_dots(x, y)
    with_tf32 = Arithmetic.of(float32, operand=tf32)
    computed = computed_dot(tf32.round(x), tf32.round(y), with_tf32, sequential)
    assert margins(computed, exact, dot_error(x, y, with_tf32)).max() <= 1
    assert margins(computed, exact, dot_error(x, y, Arithmetic.of(float32))).max() > 1
    # attained where both operands lie just above the middle between two numbers of 11 bits
    worst = np.full((1, 1), 1 + 2.0**-11 - 2.0**-23)
    square = [exactly(worst)[0] ** 2]
    computed = computed_dot(tf32.round(worst), tf32.round(worst), with_tf32, sequential)
    assert attained(margins(computed, square, dot_error(worst, worst, with_tf32)), 0.97)


def test_subnormal_numbers_taken_for_zero_stay_within_the_bound_without_gradual_underflow() -> None:
    flushing = Arithmetic.of(bfloat16, gradual=False)
    x = np.array([[bfloat16.lam / 2, 0.0], [2.0**-70, 0.0], [bfloat16.lam * 0.75, 0.0]])
    y = np.array([[2.0**100, 1.0], [2.0**-60, 0.0], [1.0, 0.0]])
    exact = exact_dots(x, y)
    flushed = np.zeros(3)
    assert margins(flushed, exact, dot_error(x, y, flushing)).max() <= 1
    assert margins(flushed, exact, dot_error(x, y, Arithmetic.of(bfloat16))).min() > 1


def test_the_number_of_terms_may_exceed_the_length() -> None:
    x = np.ones((1, 10))
    single = ARITHMETICS["float32"]
    assert sum_error(x, single, terms=100)[0] == pytest.approx(11 * sum_error(x, single)[0], rel=1e-4)
    assert dot_error(x, x, single, terms=100)[0] == pytest.approx(10 * dot_error(x, x, single)[0], rel=1e-4)


def test_the_float64_value_is_the_exact_sum_under_cancellation() -> None:
    x = np.array([1e16, 1.0, -1e16, 2.0**-60])
    truth = sum_truth(x, ARITHMETICS["float64"])
    assert truth.value == 1.0
    tiny = np.array([1e300, 1e-300, 3.0])
    swapped = np.array([1e-300, 1e300, -2 / 3])
    exact = sum((a * b for a, b in zip(exactly(tiny), exactly(swapped), strict=True)), Fraction(0))
    truth = dot_truth(tiny, swapped, ARITHMETICS["float64"])
    assert abs(Fraction(float(truth.value)) - exact) < Fraction(1, 2**100)


def test_more_terms_than_the_accumulator_can_count_have_no_bound() -> None:
    with pytest.raises(ValueError, match="gamma"):
        sum_error(np.ones(4), ARITHMETICS["float32"], terms=2**24 + 1)
