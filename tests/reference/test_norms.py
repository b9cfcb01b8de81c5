"""BND-L2 and BND-LP against balls; the emulated power errs by up to a whole ulp, always in the same direction."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from reference.bounds import l2_interval, norm_error, norm_truth
from reference.bounds.norms import POW_CPU, POW_CUDA, p_norm
from reference.formats import Arithmetic, Format, float16, float32, float64
from tests.reference.emulation import (
    ARITHMETICS,
    FAMILIES,
    ORDERS,
    Float64,
    attained,
    lanes,
    margins,
    own_margins,
    pairwise,
    sequential,
)
from tests.reference.norm_emulation import NEGATIVE, POSITIVE, computed_norm, exact_norms, vectors

WAYS = [(sequential, d, once) for d in (-1, 1) for once in (True, False)] + [(f, 0, True) for f in (pairwise, lanes)]


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def reached(x: Float64, p: float, arithmetic: Arithmetic, direction: int, **how: bool) -> Float64:
    """How much of the bound sums from left to right use, with powers that err in one direction."""
    computed = computed_norm(x, p, arithmetic, sequential, direction, **how)
    return margins(computed, exact_norms(x, p), norm_error(x, p, arithmetic))


@pytest.mark.parametrize("p", [2.0, *POSITIVE, *NEGATIVE])
def test_norms_stay_within_the_bound(arithmetic: Arithmetic, p: float) -> None:
    rng = np.random.default_rng(12)
    for n in (1, 2, 7, 40):
        for name, x in vectors(rng, n, arithmetic.result, p).items():
            norms, bound = exact_norms(x, p), norm_error(x, p, arithmetic)
            assert own_margins(norm_truth(x, p, arithmetic), norms, bound).max() <= 1
            for order, direction, once in WAYS:
                computed = computed_norm(x, p, arithmetic, order, direction, once=once)
                assert margins(computed, norms, bound).max() <= 1, (name, n, direction, once)


@pytest.mark.parametrize("p", [0.5, 0.75, 1.0, 1.1, 1.5, 2.0, 3.0, 4.0, 10.0, -1.0, -3.0])
def test_stored_steps_stay_within_their_bound(arithmetic: Arithmetic, p: float) -> None:
    rng = np.random.default_rng(3)
    for n in (1, 2, 7, 40):
        for name, x in vectors(rng, n, arithmetic.result, p).items():
            norms, bound = exact_norms(x, p), norm_error(x, p, arithmetic, stored_steps=True)
            for direction in (1, -1, 0):
                computed = computed_norm(x, p, arithmetic, sequential, direction, steps=True)
                assert margins(computed, norms, bound).max() <= 1, (name, n, direction)


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
@pytest.mark.parametrize("p", [0.5, 2.0, 3.0])
def test_the_bound_of_stored_steps_is_attained(name: str, p: float) -> None:
    arithmetic = ARITHMETICS[name]
    x = arithmetic.result.round(np.random.default_rng(29).uniform(1, 2, (4000, 2)))
    norms, bound = exact_norms(x, p), norm_error(x, p, arithmetic, stored_steps=True)
    computed = [computed_norm(x, p, arithmetic, sequential, d, steps=True) for d in (-1, 1)]
    assert attained(np.array([margins(c, norms, bound) for c in computed]), 0.4)
    assert margins(computed[0], norms, norm_error(x, p, arithmetic)).max() > 1


def test_ordinary_vectors_are_never_undetermined(arithmetic: Arithmetic) -> None:
    x = FAMILIES["uniform"](np.random.default_rng(13), (50, 9), arithmetic.result)
    assert np.isfinite([norm_error(x, p, arithmetic) for p in (1.0, 2.0, math.inf, *POSITIVE)]).all()


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_the_bound_of_the_2_norm_is_attained_by_squares_that_are_absorbed(name: str) -> None:
    arithmetic = ARITHMETICS[name]
    x = np.full((1, 200), arithmetic.result.round(math.sqrt(arithmetic.result.u) * (1 - 2.0**-20)))
    x[0, 0] = 1.0
    assert attained(reached(x, 2.0, arithmetic, 0), 0.95)


@pytest.mark.parametrize("format", [float32, float64], ids=str)
@pytest.mark.parametrize("p", [0.5, 1.5, 3.0, -1.0])
def test_the_bound_is_attained_by_powers_that_are_absorbed(format: Format, p: float) -> None:
    """Every power and sum one way, entries that are absorbed one by one."""
    n = 1000
    unit = (format.u * (1 - 2.0**-10)) ** (1 / p)
    x = format.round(np.r_[1.0, np.full(n - 1, unit)])[None]
    assert attained(reached(x, p, Arithmetic.of(format), -1), 0.98)


def test_the_rounding_of_the_root_shows_in_short_vectors() -> None:
    arithmetic = ARITHMETICS["float32"]
    x = float32.round(np.random.default_rng(28).uniform(0.5, 1, (4000, 2)))
    exact_root, short = exact_norms(x, 2.0), norm_error(x, 2.0, arithmetic, root_error=0.0)
    computed = computed_norm(x, 2.0, arithmetic, sequential, 0)
    assert attained(margins(computed, exact_root, norm_error(x, 2.0, arithmetic)), 0.6)
    assert margins(computed, exact_root, short).max() > 1


def test_the_bound_of_the_2_norm_is_attained_in_the_underflow_regime() -> None:
    arithmetic = ARITHMETICS["float32"]
    x = np.full((1, 30), float32.round(math.sqrt(float32.eta / 2) * (1 - 2.0**-20)))
    assert computed_norm(x, 2.0, arithmetic, sequential, 0)[0] == 0
    assert attained(reached(x, 2.0, arithmetic, 0), 0.99)


@pytest.mark.parametrize("p", [1.5, 3.0, 7.0, -2.0, -3.0, -7.0])
def test_the_underflow_of_powers_is_attained(p: float) -> None:
    """A power next to 6 smallest subnormal numbers becomes 5 of them; those of negative order lengthen the norm."""
    x = np.full((1, 3), float32.round((5.999 * float32.eta) ** (1 / p)))
    assert attained(reached(x, p, ARITHMETICS["float32"], -1), 0.99)


def test_a_norm_of_negative_order_is_undetermined_where_all_powers_may_vanish() -> None:
    arithmetic = ARITHMETICS["float32"]
    x = np.array([[1e16, 2e16], [1e10, 2e10]])
    assert computed_norm(x, -3.0, arithmetic, sequential, -1)[0] == np.inf
    assert np.isinf(norm_error(x, -3.0, arithmetic)).tolist() == [True, False]


def test_powers_far_below_the_range_may_become_the_smallest_number() -> None:
    """The norm of order 10 of 10^-38 comes out as 3 * 10^-5: an error of one ulp in the power."""
    arithmetic = ARITHMETICS["float32"]
    x = float32.round(np.full((1, 2), 1e-38))
    assert computed_norm(x, 10.0, arithmetic, sequential, 1)[0] > 1e-5
    assert attained(reached(x, 10.0, arithmetic, 1), 0.99)


def test_the_logarithmic_term_of_the_root_is_attained() -> None:
    arithmetic = ARITHMETICS["float32"]
    moved = {p: abs(Fraction(float(np.float32(1) / np.float32(p))) * p - 1) for p in range(3, 16, 2)}
    p = max(moved, key=moved.__getitem__)  # the exponent whose reciprocal is rounded worst
    assert moved[p] > 0.75 * float32.u
    x = np.repeat(float32.round(math.exp(87 / p) * (1 - np.linspace(0, 0.3, 60)))[:, None], 2, axis=1)
    assert attained(np.maximum(*(reached(x, float(p), arithmetic, d, once=True) for d in (-1, 1))), 0.75)


@pytest.mark.parametrize(("p", "size"), [(3.0, 1e12), (7.0, 1e5), (0.75, 1e37)])
def test_the_rounded_root_near_overflow_needs_the_logarithm(p: float, size: float) -> None:
    """fl(1/p) is magnified by ln S: with exact powers and sums the error alone exceeds what the other terms allow."""
    x = float32.round(np.full((1, 4), size))
    how = ARITHMETICS["float32"]
    (wanted,) = exact_norms(x, p)
    computed = computed_norm(x, p, how, pairwise, 0)
    assert abs(Fraction(float(computed[0])) - wanted) > 6 * Fraction(float32.u) * wanted / 2 / max(p, 1)
    assert margins(computed, [wanted], norm_error(x, p, how)).max() <= 1


def test_the_rounding_of_p_is_visible_and_bounded() -> None:
    arithmetic, p = ARITHMETICS["float32"], 1.1
    x = float32.round(np.full((1, 1), 1e30))
    without = norm_error(x, 1.125, arithmetic)  # a representable neighbour has no term for p itself
    assert reached(x, p, arithmetic, 0)[0] <= 1
    assert norm_error(x, p, arithmetic)[0] > 1.5 * without[0]


@pytest.mark.parametrize("pow_error", [POW_CPU, POW_CUDA])
def test_a_less_accurate_power_widens_the_bound_in_proportion(pow_error: float) -> None:
    arithmetic = ARITHMETICS["float64"]
    x = np.full((1, 1), 1.5)
    bound = norm_error(x, 4.0, arithmetic, pow_error=pow_error)
    assert bound[0] / 1.5 / float64.u == pytest.approx(pow_error * 1.25, rel=1e-3)


def test_the_interval_of_the_2_norm_is_one_sided(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(14)
    for family in FAMILIES.values():
        x = family(rng, (20, 9), arithmetic.result)
        lower, upper = l2_interval(x, arithmetic)
        for order in ORDERS.values():
            computed = computed_norm(x, 2.0, arithmetic, order, 0)
            assert np.all(lower <= computed)
            assert np.all(computed <= upper)
    tiny = np.full(3, arithmetic.accumulator.eta) if not arithmetic.mixed else np.full(3, 2.0**-100)
    assert l2_interval(tiny, arithmetic).lower == 0


def test_overflow_of_the_squares_leaves_the_norm_undetermined() -> None:
    for name in ("float32", "float64"):
        arithmetic = ARITHMETICS[name]
        edge = math.sqrt(arithmetic.result.largest)
        assert np.isinf(norm_error(np.array([edge, edge]), 2.0, arithmetic))
        assert np.isfinite(norm_error(np.array([edge / 2, edge / 2]), 2.0, arithmetic))
        assert np.isinf(norm_error(np.array([1e4 if name == "float32" else 1e40]), 10.0, arithmetic))
        assert l2_interval(np.array([edge, edge]), arithmetic) == (0, np.inf)
    half = ARITHMETICS["float16"]
    assert np.isfinite(norm_error(np.array([6e4, 100.0]), 2.0, half))  # the squares fit float32
    assert np.isinf(norm_error(np.array([float16.largest, float16.largest]), 2.0, half))


def test_the_largest_and_the_smallest_entry_are_exact(arithmetic: Arithmetic) -> None:
    x = FAMILIES["wide_exponents"](np.random.default_rng(15), (5, 7), arithmetic.result)
    for p, wanted in ((math.inf, np.abs(x).max(-1)), (-math.inf, np.abs(x).min(-1))):
        truth = norm_truth(x, p, arithmetic)
        assert np.array_equal(truth.value, wanted)
        assert not truth.bound.any()


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, 100.0, math.inf])
def test_the_norm_of_nothing_is_zero(p: float, arithmetic: Arithmetic) -> None:
    for x in (np.zeros((2, 0)), np.zeros((2, 3))):
        truth = norm_truth(x, p, arithmetic)
        assert not truth.value.any()
        assert not truth.bound.any() or p == 2


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("p", [*POSITIVE, *NEGATIVE, 2.0, 64.0, 100.0, 2000.0, -100.0])
def test_values_carry_their_own_error(p: float, *, double: bool) -> None:
    rng = np.random.default_rng(4)
    reach = 900 if double else 140  # entries of narrow formats only
    for n in (1, 2, 33):
        x = rng.uniform(-1, 1, (4, n)) * 2.0 ** rng.integers(-reach, reach, (4, 1)) * 2.0 ** rng.integers(-9, 9, (4, n))
        value, error = p_norm(x, p, double=double)
        assert margins(value, exact_norms(x, p), error).max() <= 1
        assert (error <= value * (2.0**-53 if double else 2.0**-53 * (n + 8) * (1 + 1 / abs(p)) * (1 + 1e-9))).all()


def test_a_single_entry_other_than_zero_is_its_own_norm(arithmetic: Arithmetic) -> None:
    x = np.array([[-3.1, 0.0], [0.0, arithmetic.result.eta]])
    for p in POSITIVE:
        value, own = p_norm(x, p, double=True)
        assert value.tolist() == [3.1, arithmetic.result.eta]
        assert not own.any()


def test_values_are_right_at_both_ends_of_float64() -> None:
    arithmetic = ARITHMETICS["float64"]
    for scale in (2.0**1000, 2.0**-1060):
        for p in (1.5, 2.0, 64.0, 2000.0, -2.0, -300.0):
            x = np.array([[3.0, 4.0, 1.0]]) * scale
            value, own = norm_truth(x, p, arithmetic).value, 2 * float64.u * norm_truth(x, p, arithmetic).value
            assert margins(value, exact_norms(x, p), own + float64.eta)[0] <= 1


@pytest.mark.parametrize("p", [0.0, math.nan])
def test_other_orders_have_no_bound(p: float) -> None:
    with pytest.raises(ValueError, match="order other than 0"):
        norm_error(np.ones(3), p, ARITHMETICS["float32"])
