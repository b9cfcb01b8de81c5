"""BND-VAR and BND-COV against exact rationals, computed in two passes and by Welford's recurrence."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.bounds import covariance_error, variance_error
from reference.formats import Arithmetic, Format, bfloat16, float16, float32, float64, tf32
from tests.reference.emulation import (
    ARITHMETICS,
    FAMILIES,
    ORDERS,
    Float64,
    Order,
    accumulator,
    attained,
    exactly,
    margins,
    sequential,
    store,
)


def offset(rng: np.random.Generator, shape: tuple[int, ...], format: Format) -> Float64:
    """A mean far larger than the deviations: the mean's own error shows."""
    return format.round(64 + 64 * format.u * rng.integers(-16, 17, shape))


INPUTS = {**FAMILIES, "offset": offset}


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def exact_variances(x: Float64, correction: int) -> list[Fraction]:
    rows = [exactly(row) for row in x]
    means = [sum(row, Fraction(0)) / len(row) for row in rows]
    return [sum((v - m) ** 2 for v in row) / (len(row) - correction) for row, m in zip(rows, means, strict=True)]


def two_pass(x: Float64, arithmetic: Arithmetic, order: Order, correction: int) -> Float64:
    kind = accumulator(arithmetic).type
    y, n = x.astype(kind), x.shape[-1]
    deviations = y - (order(y) / kind(n))[..., None]
    return store(order(deviations * deviations) / kind(n - correction), arithmetic.result)


def welford(x: Float64, arithmetic: Arithmetic, correction: int) -> Float64:
    kind = accumulator(arithmetic).type
    mean, squares = np.zeros(x.shape[:-1], kind), np.zeros(x.shape[:-1], kind)
    for i, v in enumerate(np.moveaxis(x.astype(kind), -1, 0), start=1):
        deviation = v - mean
        mean = mean + deviation / kind(i)
        squares = squares + deviation * (v - mean)
    return store(squares / kind(x.shape[-1] - correction), arithmetic.result)


@pytest.mark.parametrize("family", INPUTS)
def test_variances_stay_within_the_bound_of_their_path(arithmetic: Arithmetic, family: str) -> None:
    rng = np.random.default_rng(16)
    for n in (2, 3, 17, 100):
        x = INPUTS[family](rng, (10, n), arithmetic.result)
        for correction in (0, 1):
            exact = exact_variances(x, correction)
            with np.errstate(over="ignore", invalid="ignore", under="ignore"):
                in_two = [two_pass(x, arithmetic, order, correction) for order in ORDERS.values()]
                in_one = welford(x, arithmetic, correction)
            for computed in in_two:
                assert (
                    margins(
                        computed, exact, variance_error(x, arithmetic, correction=correction, path="two-pass")
                    ).max()
                    <= 1
                )
            assert (
                margins(in_one, exact, variance_error(x, arithmetic, correction=correction, path="welford")).max() <= 1
            )
            either = variance_error(x, arithmetic, correction=correction)
            assert margins(in_one, exact, either).max() <= 1


@pytest.mark.parametrize(
    ("name", "path", "least"), [("float32", "two-pass", 0.2), ("float64", "two-pass", 0.2), ("float32", "welford", 0.1)]
)
def test_the_bound_of_the_variance_is_within_a_factor_of_ten(name: str, path: str, least: float) -> None:
    arithmetic = ARITHMETICS[name]
    rng = np.random.default_rng(17)
    worst = 0.0
    for n in (2, 3, 5):
        x = INPUTS["offset"](rng, (200, n), arithmetic.result)
        computed = two_pass(x, arithmetic, sequential, 1) if path == "two-pass" else welford(x, arithmetic, 1)
        worst = max(worst, margins(computed, exact_variances(x, 1), variance_error(x, arithmetic, path=path)).max())
    assert attained(np.array(worst), least)


@pytest.mark.parametrize("format", [float16, bfloat16])
def test_the_bound_of_the_variance_of_half_types_is_attained_when_it_is_stored(format: Format) -> None:
    x = format.round(np.random.default_rng(18).uniform(-1, 1, (400, 3)))
    arithmetic = Arithmetic.of(format)
    computed = two_pass(x, arithmetic, sequential, 1)
    assert attained(margins(computed, exact_variances(x, 1), variance_error(x, arithmetic)), 0.9)


def covariance(x: Float64, arithmetic: Arithmetic, correction: int) -> Float64:
    """Sum, mean, deviations, product and quotient, each stored in the result format; operands rounded for TF32."""
    result, n = arithmetic.result, x.shape[-1]
    kind = accumulator(arithmetic)
    mean = store(store(sequential(x.astype(kind)), result).astype(kind) / kind.type(n), result)
    deviations = store(x.astype(kind) - mean.astype(kind)[..., None], result)
    operand: NDArray[np.floating] = arithmetic.operand.round(deviations).astype(kind)
    products = store(sequential(operand[..., :, None, :] * operand[..., None, :, :]), result).astype(kind)
    return store(products / kind.type(n - correction), result)


def exact_covariance(x: Float64, correction: int) -> list[Fraction]:
    rows = [exactly(row) for row in x]
    centred = [[v - sum(row) / len(row) for v in row] for row in rows]
    return [
        sum((a * b for a, b in zip(p, q, strict=True)), Fraction(0)) / (len(p) - correction)
        for p in centred
        for q in centred
    ]


@pytest.mark.parametrize("family", INPUTS)
def test_covariances_stay_within_the_bound(arithmetic: Arithmetic, family: str) -> None:
    rng = np.random.default_rng(19)
    for n in (2, 9, 60):
        x = INPUTS[family](rng, (3, n), arithmetic.result)
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            computed = covariance(x, arithmetic, 1)
        assert margins(computed, exact_covariance(x, 1), covariance_error(x, arithmetic)).max() <= 1, n


@pytest.mark.parametrize("name", ARITHMETICS)
def test_the_bound_of_the_covariance_is_within_a_factor_of_ten(name: str) -> None:
    arithmetic = ARITHMETICS[name]
    rng = np.random.default_rng(20)
    worst = 0.0
    for _ in range(60):
        x = INPUTS["offset"](rng, (2, 3), arithmetic.result)
        worst = max(
            worst, margins(covariance(x, arithmetic, 1), exact_covariance(x, 1), covariance_error(x, arithmetic)).max()
        )
    assert attained(np.array(worst), 0.1)


def test_tf32_operands_enter_the_covariance() -> None:
    how = Arithmetic.of(float32, operand=tf32)
    x = float32.round(np.random.default_rng(21).normal(size=(3, 8)))
    computed = covariance(x, how, 1)
    assert margins(computed, exact_covariance(x, 1), covariance_error(x, how)).max() <= 1
    assert margins(computed, exact_covariance(x, 1), covariance_error(x, Arithmetic.of(float32))).max() > 1


def test_moments_that_may_overflow_are_undetermined() -> None:
    for format in (float32, float64):
        arithmetic = Arithmetic.of(format)
        edge = np.sqrt(format.largest)
        assert np.isinf(variance_error(np.array([edge, -edge]), arithmetic))
        assert np.isfinite(variance_error(np.array([edge, -edge]) / 4, arithmetic))
        assert np.isinf(covariance_error(np.array([[edge, -edge]]), arithmetic)).all()
    half = Arithmetic.of(float16)
    assert np.isfinite(variance_error(np.array([300.0, 0.0]), half))
    assert np.isinf(covariance_error(np.array([[300.0, -300.0]]), half)).all()  # the sum of squares is stored
    assert np.isinf(covariance_error(np.array([[4e4, 4e4, 4e4]]), half)).all()  # so is the sum


@pytest.mark.parametrize(("shape", "correction"), [((1,), 1), ((0,), 0), ((3,), 3)])
def test_moments_need_more_numbers_than_the_correction(shape: tuple[int, ...], correction: int) -> None:
    for function in (variance_error, covariance_error):
        with pytest.raises(ValueError, match="needs a correction"):
            function(np.zeros((1, *shape)), ARITHMETICS["float32"], correction=correction)
