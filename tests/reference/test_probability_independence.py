"""Covariances of independent and of uncorrelated variables, against exact rationals and against exact rates."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from reference.formats import Arithmetic, bfloat16, float16, float32, float64, tf32
from reference.probability.independence import (
    balanced_covariance_error,
    bounded_covariance_fit,
    covariance_with_fair_sign,
    covariance_with_random_sign,
    normal_covariance_fit,
    product_pmf_covariance,
    random_sign_fit,
    sample_covariance,
    sign_fit,
    weighted_covariance_error,
)
from reference.probability.sampling import Fit
from tests.reference.emulation import (
    ARITHMETICS,
    FAMILIES,
    ORDERS,
    Float64,
    Order,
    accumulator,
    computed_matmul,
    exactly,
    margins,
    sequential,
    store,
)


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def computed_covariance(x: Float64, w: Float64, arithmetic: Arithmetic, order: Order) -> Float64:
    """Weighted mean, deviations, product, quotient; half types store each."""
    kind, half = accumulator(arithmetic), arithmetic.result

    def kept(v: Float64) -> Float64:
        return store(v, half) if arithmetic.mixed else v

    y, weights, total = x.astype(kind), w.astype(kind), kind.type(w.sum())
    mean = kept(kept(order(kept(y * weights).astype(kind))).astype(kind) / total).astype(kind)
    centred = kept(y - mean[:, None]).astype(kind)
    weighted = kept(centred * weights).astype(kind)
    products = order(centred[:, None, :] * weighted[None, :, :])
    return store(kept(products).astype(kind) / total, half)


def exact_covariance(x: Float64, w: Float64) -> list[Fraction]:
    rows, weights = [exactly(row) for row in x], exactly(w)
    total = sum(weights)
    means = [sum(c * v for c, v in zip(weights, row, strict=True)) / total for row in rows]
    return [
        sum(c * (a - m) * (b - n) for c, a, b in zip(weights, p, q, strict=True)) / total
        for p, m in zip(rows, means, strict=True)
        for q, n in zip(rows, means, strict=True)
    ]


def test_weighted_covariances_stay_within_the_bound(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(0)
    worst = 0.0
    for family in FAMILIES.values():
        for n in (1, 2, 5, 33):
            x = family(rng, (2, n), arithmetic.result)
            w = rng.integers(1, 5, n).astype(np.float64)
            bound = weighted_covariance_error(x, w, arithmetic)
            if not np.isfinite(bound).all():
                continue
            for order in ORDERS.values():
                with np.errstate(all="ignore"):
                    computed = computed_covariance(x, w, arithmetic, order)
                if np.isfinite(computed).all():
                    worst = max(worst, margins(computed, exact_covariance(x, w), bound).max())
    assert 0.05 <= worst <= 1


def test_operands_of_reduced_precision_cost_two_roundings() -> None:
    x, w = np.array([[1.0, -1.0], [1.0, -1.0]]), np.ones(2)
    plain = weighted_covariance_error(x, w, Arithmetic.of(float32))
    reduced = weighted_covariance_error(x, w, Arithmetic.of(float32, operand=tf32))
    assert np.all(reduced - plain >= 2 * tf32.u)
    assert np.all(reduced <= plain + 2.1 * tf32.u)


@pytest.mark.parametrize("m", [1, 2, 3, 5, 15, 50, 64])
def test_covariance_of_signed_copies_is_exact(arithmetic: Arithmetic, m: int) -> None:
    x = arithmetic.result.round(np.arange(-m, m + 1) / m)[None]
    for odds in ((1.0, 1.0), (3.0, 1.0), (1.0, 4.0)):
        truth = covariance_with_random_sign(x, np.array([odds]), arithmetic)
        data, w = np.array([np.append(x, x), np.append(x, -x)]), np.repeat(odds, 2 * m + 1)
        exact = exact_covariance(data, w)[1]
        assert abs(Fraction(float(truth.value[0])) - exact) <= abs(exact) * Fraction(2) ** -52
        with np.errstate(all="ignore"):
            for order in ORDERS.values():
                computed = computed_covariance(data, w, arithmetic, order)[0, 1:]
                assert margins(computed, [exact], truth.bound).max() <= 1


@pytest.mark.parametrize(("m", "exact"), [(1, True), (2, True), (64, True), (3, False), (15, False), (50, False)])
def test_no_error_is_allowed_exactly_where_nothing_is_rounded(arithmetic: Arithmetic, m: int, *, exact: bool) -> None:
    x = arithmetic.result.round(np.arange(-m, m + 1) / m * 4)[None]
    fair = covariance_with_random_sign(x, np.ones((1, 2)), arithmetic)
    assert fair.value[0] == 0
    assert (fair.bound[0] == 0) == exact
    assert covariance_with_random_sign(x, np.array([[2.0, 1.0]]), arithmetic).bound[0] > 0


def computed_plain_covariance(x: Float64, arithmetic: Arithmetic, order: Order) -> Float64:
    """Mean, deviations, product, quotient, without weights; half types store each."""
    kind, half, n = accumulator(arithmetic), arithmetic.result, x.shape[-1]

    def kept(v: Float64) -> Float64:
        return (store(v, half) if arithmetic.mixed else v).astype(kind)

    mean = kept(kept(order(x.astype(kind))) / kind.type(n))
    centred = kept(x.astype(kind) - mean[:, None])
    return store(kept(order(centred[:, None, :] * centred[None, :, :])) / kind.type(n), half)


def test_fair_signs_without_weights_stay_within_the_bound(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(4)
    worst = 0.0
    halves = [np.arange(1, m + 1) / m for m in (1, 3, 7, 50, 64)]
    halves += [rng.uniform(0, 1, 40), 2.0 ** rng.integers(-9, 3, 60), rng.uniform(0.99, 1.0, 100)]
    for half in halves:
        positive = arithmetic.result.round(half)
        x = np.concatenate((-positive, [0.0], positive))
        data = np.array([np.append(x, x), np.append(x, -x)])
        bound = float(covariance_with_fair_sign(x[None], arithmetic).bound[0])
        assert bound <= balanced_covariance_error(x[None], arithmetic)[0]
        for order in ORDERS.values():
            for shuffle in (np.arange(2 * len(x)), rng.permutation(2 * len(x))):
                computed = abs(float(computed_plain_covariance(data[:, shuffle], arithmetic, order)[0, 1]))
                assert computed <= bound
                worst = max(worst, computed / bound if bound else 0.0)
    assert worst >= 0.002


def test_fair_signs_are_held_to_less_than_the_general_bound() -> None:
    x = np.arange(-50, 51)[None] / 50
    data, weights = np.array([[np.append(x, x), np.append(x, -x)]]), np.ones((1, 202))
    for fmt, less in ((float16, 50), (bfloat16, 500), (float32, 1), (float64, 1)):
        how = Arithmetic.of(fmt)
        general = weighted_covariance_error(data, weights, how)[0, 0, 1]
        assert balanced_covariance_error(x, how)[0] * less <= general
    reduced = Arithmetic.of(float32, operand=tf32)
    assert balanced_covariance_error(x, reduced)[0] >= 2 * tf32.u * np.mean(x**2)


def test_product_laws_stay_within_the_bound(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(1)
    fmt, worst = arithmetic.result, 0.0
    for m, n in ((1, 1), (2, 3), (17, 4)):
        p, q = (fmt.round(rng.dirichlet(np.ones(k), 20)) for k in (m, n))
        x, y = (fmt.round(rng.normal(1, 1, (20, k))) for k in (m, n))
        truth = product_pmf_covariance(p, x, q, y, arithmetic)
        assert np.all(truth.value == 0)
        for order in ORDERS.values():
            joint = computed_matmul(p[:, :, None], q[:, None, :], arithmetic, order)
            product = computed_matmul(x[:, None, :], joint, arithmetic, order)
            left = computed_matmul(product, y[:, :, None], arithmetic, order)
            means = [computed_matmul(a[:, None, :], b[:, :, None], arithmetic, order) for a, b in ((p, x), (q, y))]
            right = computed_matmul(*means, arithmetic, order)
            covariance = store((left - right).astype(accumulator(arithmetic)), fmt)[:, 0, 0]
            worst = max(worst, float(np.max(np.abs(covariance) / truth.bound)))
    assert 0.1 <= worst <= 1


def fits_of_samples(kind: str, alpha: float) -> list[Fit]:
    """Fits of 3000 samples of 50 pairs."""
    rng = np.random.default_rng(2)
    found: list[Fit] = []
    for _ in range(3000):
        x = rng.uniform(-1, 1, 50)
        signs, u, z = rng.choice([-1.0, 1.0], 50), rng.uniform(-1, 1, 50), rng.standard_normal(50)
        cases: dict[str, Callable[[], Fit]] = {
            "sign": lambda x=x, signs=signs: random_sign_fit(x, signs * x, alpha),
            "bounded": lambda x=x, u=u: bounded_covariance_fit(x, u, 1 / 3, 1.0, alpha),
            "normal": lambda x=x, z=z: normal_covariance_fit(x, z, float64, alpha),
            "fair": lambda signs=signs: sign_fit(int((signs > 0).sum()), 50, alpha),
        }
        found.append(cases[kind]())
    return found


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [("sign", 0.01, 0.1), ("bounded", 0.002, 0.1), ("normal", 0.085, 0.115), ("fair", 0.03, 0.1)],
)
def test_false_alarms_are_as_rare_as_promised(kind: str, least: float, most: float) -> None:
    beyond = [fit.distance > fit.radius for fit in fits_of_samples(kind, 0.1)]
    assert least <= np.mean(beyond) <= most


def test_rounding_of_normal_draws_is_covered() -> None:
    rng = np.random.default_rng(3)
    x, z = rng.standard_normal((2, 1000))
    for fmt in (float16, bfloat16):
        exact, coarse = sample_covariance(x, z), sample_covariance(x, fmt.round(z))
        sharp, blurred = (normal_covariance_fit(x, v, f).radius for v, f in ((z, float64), (fmt.round(z), fmt)))
        assert abs(exact - coarse) <= blurred - sharp


def test_degenerate_samples_have_margin_zero() -> None:
    one = np.array([0.3])
    for fit in (random_sign_fit(one, -one), bounded_covariance_fit(one, one, 1.0, 1.0)):
        assert fit.distance <= 1e-16
    assert sign_fit(0, 0).distance == 0


def test_emulated_sums_are_those_of_the_kernels() -> None:
    x = np.ones((2, 3))
    assert np.all(computed_covariance(x, np.ones(3), Arithmetic.of(float16), sequential) == 0)
