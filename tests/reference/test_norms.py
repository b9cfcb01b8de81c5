"""BND-L2 and BND-LP against balls; the emulated power errs by up to a whole ulp, always in the same direction."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import double_double, exact
from reference.bounds import l2_interval, norm_error, norm_truth
from reference.bounds.norms import POW_CPU, POW_CUDA
from reference.formats import Arithmetic, float16, float32, float64
from tests.reference.emulation import (
    ARITHMETICS,
    FAMILIES,
    ORDERS,
    Float64,
    Order,
    accumulator,
    attained,
    lanes,
    margins,
    own_margins,
    pairwise,
    sequential,
    store,
)

WAYS = [(sequential, d, once) for d in (-1, 1) for once in (True, False)] + [(f, 0, True) for f in (pairwise, lanes)]
POWERS = [0.5, 1.1, 1.25, 1.5, 2.2, 2.5, 3.0, 4.0, 7.0, 10.0]


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def exact_norms(x: Float64, p: float) -> list[Fraction]:
    """The norms of the rows, good to 106 bits."""
    with exact.precision(300):
        pairs = [exact.double_double_of_ball(exact.ball_norm(row.tolist(), p)) for row in x]
    return [Fraction(hi) + Fraction(lo) for hi, lo in pairs]


def power(x: NDArray[np.floating], p: float, direction: int) -> NDArray[np.floating]:
    """x^p in the type of x, rounded up (direction 1), down (-1) or to nearest (0): always within one ulp."""
    result = double_double.power(np.asarray(x, np.float64), p)
    nearest = result.hi.astype(x.dtype)
    missed = (result.hi - nearest.astype(np.float64)) + result.lo
    other = np.nextafter(nearest, np.asarray(direction * np.inf, x.dtype))
    return np.where(direction * missed > 0, other, nearest)


def computed_norm(
    x: Float64, p: float, arithmetic: Arithmetic, order: Order, direction: int, *, once: bool = True
) -> Float64:
    """The formula as written: powers, sum, root; p rounded `once` for both powers, or the reciprocal of p itself."""
    kind = accumulator(arithmetic)
    size = np.abs(x).astype(kind)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if p == 2:
            return store(np.sqrt(order(size * size)), arithmetic.result)
        exponent = float(kind.type(p))
        inverse = float(kind.type(1) / kind.type(p)) if once else float(kind.type(1 / p))
        return store(power(order(power(size, exponent, direction)), inverse, direction), arithmetic.result)


@pytest.mark.parametrize("p", [2.0, *POWERS])
def test_norms_stay_within_the_bound(arithmetic: Arithmetic, p: float) -> None:
    rng = np.random.default_rng(12)
    for family in FAMILIES.values():
        for n in (1, 7, 40):
            x = family(rng, (3, n), arithmetic.result)
            norms, bound = exact_norms(x, p), norm_error(x, p, arithmetic)
            assert own_margins(norm_truth(x, p, arithmetic), norms, bound).max() <= 1
            for order, direction, once in WAYS:
                computed = computed_norm(x, p, arithmetic, order, direction, once=once)
                assert margins(computed, norms, bound).max() <= 1, (family.__name__, n, direction, once)


def test_ordinary_vectors_are_never_undetermined(arithmetic: Arithmetic) -> None:
    x = FAMILIES["uniform"](np.random.default_rng(13), (50, 9), arithmetic.result)
    assert np.isfinite([norm_error(x, p, arithmetic) for p in (1.0, 2.0, math.inf, *POWERS)]).all()


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_the_bound_of_the_2_norm_is_attained_by_squares_that_are_absorbed(name: str) -> None:
    arithmetic = ARITHMETICS[name]
    x = np.full((1, 200), arithmetic.result.round(math.sqrt(arithmetic.result.u) * (1 - 2.0**-20)))
    x[0, 0] = 1.0
    reached = margins(
        computed_norm(x, 2.0, arithmetic, sequential, 0), exact_norms(x, 2.0), norm_error(x, 2.0, arithmetic)
    )
    assert attained(reached, 0.95)


def test_the_rounding_of_the_root_shows_in_short_vectors() -> None:
    arithmetic = ARITHMETICS["float32"]
    x = float32.round(np.random.default_rng(28).uniform(0.5, 1, (4000, 2)))
    exact_root, short = exact_norms(x, 2.0), norm_error(x, 2.0, arithmetic, root_ulps=0.0)
    computed = computed_norm(x, 2.0, arithmetic, sequential, 0)
    assert attained(margins(computed, exact_root, norm_error(x, 2.0, arithmetic)), 0.6)
    assert margins(computed, exact_root, short).max() > 1


def test_the_bound_of_the_2_norm_is_attained_in_the_underflow_regime() -> None:
    arithmetic = ARITHMETICS["float32"]
    x = np.full((1, 30), float32.round(math.sqrt(float32.eta / 2) * (1 - 2.0**-20)))
    assert computed_norm(x, 2.0, arithmetic, sequential, 0)[0] == 0
    assert attained(margins(np.zeros(1), exact_norms(x, 2.0), norm_error(x, 2.0, arithmetic)), 0.99)


def test_the_logarithmic_term_of_the_root_is_attained() -> None:
    arithmetic = ARITHMETICS["float32"]
    moved = {p: abs(Fraction(float(np.float32(1) / np.float32(p))) * p - 1) for p in range(3, 16, 2)}
    p = max(moved, key=moved.__getitem__)  # the exponent whose reciprocal is rounded worst
    assert moved[p] > 0.75 * float32.u
    x = np.repeat(float32.round(math.exp(87 / p) * (1 - np.linspace(0, 0.3, 60)))[:, None], 2, axis=1)
    down, up = (computed_norm(x, float(p), arithmetic, sequential, d) for d in (-1, 1))
    bound, norms = norm_error(x, float(p), arithmetic), exact_norms(x, float(p))
    assert attained(np.maximum(margins(down, norms, bound), margins(up, norms, bound)), 0.75)


def test_the_rounding_of_p_is_visible_and_bounded() -> None:
    arithmetic, p = ARITHMETICS["float32"], 1.1
    x = float32.round(np.full((1, 1), 1e30))
    computed = computed_norm(x, p, arithmetic, sequential, 0, once=False)
    without = norm_error(x, 1.125, arithmetic)  # a representable neighbour has no term for p itself
    assert margins(computed, exact_norms(x, p), norm_error(x, p, arithmetic))[0] <= 1
    assert norm_error(x, p, arithmetic)[0] > 1.5 * without[0]


@pytest.mark.parametrize("pow_ulps", [POW_CPU, POW_CUDA])
def test_a_less_accurate_power_widens_the_bound_in_proportion(pow_ulps: float) -> None:
    arithmetic = ARITHMETICS["float64"]
    x = np.full((1, 1), 1.5)
    bound = norm_error(x, 4.0, arithmetic, pow_ulps=pow_ulps)
    assert bound[0] / 1.5 / float64.u == pytest.approx(pow_ulps * 1.25, rel=1e-3)


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


def test_the_largest_norm_is_exact(arithmetic: Arithmetic) -> None:
    x = FAMILIES["wide_exponents"](np.random.default_rng(15), (5, 7), arithmetic.result)
    truth = norm_truth(x, math.inf, arithmetic)
    assert np.array_equal(truth.value, np.abs(x).max(-1))
    assert not truth.bound.any()


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
def test_the_norm_of_nothing_is_zero(p: float, arithmetic: Arithmetic) -> None:
    for x in (np.zeros((2, 0)), np.zeros((2, 3))):
        assert not norm_truth(x, p, arithmetic).value.any()


def test_values_are_right_at_both_ends_of_float64() -> None:
    arithmetic = ARITHMETICS["float64"]
    for scale in (2.0**1000, 2.0**-1060):
        for p in (1.5, 2.0, 64.0, 2000.0):
            x = np.array([[3.0, 4.0, 1.0]]) * scale
            value, own = norm_truth(x, p, arithmetic).value, 2 * float64.u * norm_truth(x, p, arithmetic).value
            assert margins(value, exact_norms(x, p), own + float64.eta)[0] <= 1


@pytest.mark.parametrize("p", [0.0, -1.0, math.nan, -math.inf])
def test_only_positive_orders_have_a_bound(p: float) -> None:
    with pytest.raises(ValueError, match="p > 0"):
        norm_error(np.ones(3), p, ARITHMETICS["float32"])
