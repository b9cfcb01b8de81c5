"""Submodels against brute force in exact rationals and balls, and emulated arithmetic in every order of summation."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.double_double import double_double
from reference.exact import ball, precision
from reference.formats import Arithmetic, Format, bfloat16, float16
from reference.losses.softmax import Kernel
from reference.regularization import submodels
from reference.regularization.dropout import survivors
from reference.running import Running
from reference.truth import Truth
from tests.reference.emulation import (
    ARITHMETICS,
    ORDERS,
    Order,
    computed_dot,
    exactly,
    margins,
    store,
)

Float64 = NDArray[np.float64]


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def model(rng: np.random.Generator, d: int, m: int, format: Format) -> tuple[Float64, Float64, Float64]:
    return tuple(format.round(rng.standard_normal(shape)) for shape in ((d,), (m, d), (m,)))  # type: ignore[return-value]


def exact_outputs(s: list[list[Fraction]], weight: Float64, bias: Float64) -> list[list[Fraction]]:
    rows = [exactly(row) for row in weight]
    return [
        [
            sum((w * v for w, v in zip(row, one, strict=True)), Fraction(0)) + b
            for row, b in zip(rows, exactly(bias), strict=True)
        ]
        for one in s
    ]


def test_every_mask_is_found_under_its_number() -> None:
    masks = submodels.all_masks(5)
    assert masks.shape == (32, 5)
    assert len({tuple(m) for m in masks.tolist()}) == 32
    assert submodels.mask_number(masks != 0).tolist() == list(range(32))
    assert submodels.all_masks(0).shape == (1, 0)


@pytest.mark.parametrize("n", [0, 1, 3, 8])
@pytest.mark.parametrize("p", [1 / 8, 0.25, 0.5, 0.75])
def test_probabilities_are_exact_and_sum_to_one(n: int, p: float, arithmetic: Arithmetic) -> None:
    law = submodels.mask_probabilities(n, p, arithmetic)
    factor = {0: Fraction(p), 1: 1 - Fraction(p)}
    exact = []
    for mask in submodels.all_masks(n).astype(int).tolist():
        product = Fraction(1)
        for kept in mask:
            product *= factor[kept]
        exact.append(product)
    assert exactly(law.value) == exact
    assert sum(exact) == 1


@pytest.mark.parametrize("p", [1 / 8, 0.25, 0.75])
def test_probabilities_multiplied_in_a_half_type_stay_within_the_bound(p: float, arithmetic: Arithmetic) -> None:
    law = submodels.mask_probabilities(8, p, arithmetic)
    computed = np.ones(256)
    for column in submodels.all_masks(8).T:
        computed = arithmetic.result.round(computed * np.where(column == 1, 1 - p, p))
    assert np.max(margins(computed, exactly(law.value), law.bound)) <= 1


def emulated_affine(s: Float64, weight: Float64, bias: Float64, arithmetic: Arithmetic, order: Order) -> Float64:
    products = computed_dot(s[:, None, :], weight[None], arithmetic, order)
    return store(products + bias, arithmetic.result)


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
@pytest.mark.parametrize("p", [0.5, 0.25, 7 / 8])
def test_outputs_of_all_submodels_stay_within_the_bound(
    rng: np.random.Generator, arithmetic: Arithmetic, order: Order, p: float
) -> None:
    x, weight, bias = model(rng, 4, 3, arithmetic.result)
    truth = submodels.inverted(x, p, weight, bias, arithmetic)
    masks = submodels.all_masks(4)
    exact_inputs = [
        [Fraction(v) * Fraction(m) / (1 - Fraction(p)) for v, m in zip(x, mask, strict=True)] for mask in masks
    ]
    exact = [v for row in exact_outputs(exact_inputs, weight, bias) for v in row]
    scaled = arithmetic.result.round(x * masks / (1 - p))
    computed = emulated_affine(scaled, weight, bias, arithmetic, order)
    value, bound = truth.truth
    assert np.max(margins(value, exact, bound)) <= 0.5
    assert np.max(margins(computed, exact, bound)) <= 1


def test_the_bound_of_outputs_is_attained_within_a_factor_of_five(
    rng: np.random.Generator, arithmetic: Arithmetic
) -> None:
    worst = 0.0
    for _ in range(40):
        x, weight, bias = model(rng, 2, 3, arithmetic.result)
        truth = submodels.standard(x, weight, bias, arithmetic).truth
        masked = submodels.all_masks(2) * x
        exact = [v for row in exact_outputs([exactly(row) for row in masked], weight, bias) for v in row]
        computed = emulated_affine(masked, weight, bias, arithmetic, ORDERS["sequential"])
        worst = max(worst, float(np.max(margins(computed, exact, truth.bound))))
    assert 0.2 <= worst <= 1


def test_dyadic_models_have_no_error_in_any_order(rng: np.random.Generator, arithmetic: Arithmetic) -> None:
    x, weight, bias = (rng.integers(-3, 4, shape) / 2.0 for shape in ((4,), (2, 4), (2,)))
    truth = submodels.inverted(x, 0.5, weight, bias, arithmetic)
    assert not truth.error.any()
    for order in ORDERS.values():
        computed = emulated_affine(submodels.all_masks(4) * x * 2, weight, bias, arithmetic, order)
        assert np.array_equal(computed, truth.truth.value)


def test_a_sum_one_bit_too_long_is_not_taken_for_exact() -> None:
    x, weight = np.array([1.0, 1.0]), np.array([[2048.0, 1.0]])
    assert submodels.unmasked(x, weight, np.zeros(1), ARITHMETICS["float16"]).error.all()
    assert not submodels.unmasked(x, weight - 1, np.zeros(1), ARITHMETICS["float16"]).error.any()


def test_a_tiny_bias_makes_a_sum_inexact() -> None:
    x, weight, bias = np.array([1.0]), np.array([[4.0]]), np.array([2.0**-20])
    assert submodels.unmasked(x, weight, bias, ARITHMETICS["float16"]).error.all()


def test_quantum_is_the_largest_common_power_of_two() -> None:
    x = np.array([[3.0, 0.75, 0.0], [8.0, -12.0, 4.0], [0.0, 0.0, 0.0], [5e-324, 1.0, 0.0]])
    assert submodels.quantum(x, -1).tolist() == [0.25, 4.0, np.inf, 5e-324]


@pytest.mark.parametrize("p", [0.5, 0.25, 3 / 8, 7 / 8])
def test_the_expectation_over_masks_is_the_whole_network(
    rng: np.random.Generator, arithmetic: Arithmetic, p: float
) -> None:
    """In exact rationals; and emulated means over masks, summed in every order, are within the bound of it."""
    x, weight, bias = model(rng, 5, 2, arithmetic.result)
    masks = submodels.all_masks(5)
    law = submodels.mask_probabilities(5, p, arithmetic)
    inputs = [[Fraction(v) * Fraction(m) / (1 - Fraction(p)) for v, m in zip(x, mask, strict=True)] for mask in masks]
    outputs = exact_outputs(inputs, weight, bias)
    mean = [sum((q * f[j] for q, f in zip(exactly(law.value), outputs, strict=True)), Fraction(0)) for j in range(2)]
    assert mean == exact_outputs([exactly(x)], weight, bias)[0]

    network = submodels.unmasked(x, weight, bias, arithmetic)
    truth = submodels.expectation(law, submodels.inverted(x, p, weight, bias, arithmetic), network.exact[0], arithmetic)
    assert np.max(margins(truth.value, mean, truth.bound)) <= 0.5
    scaled = arithmetic.result.round(survivors(x * masks, p, arithmetic).value)
    for order in ORDERS.values():
        passes = emulated_affine(scaled, weight, bias, arithmetic, order)
        weights = arithmetic.result.round(law.value)
        computed = computed_dot(weights[None], passes.T, arithmetic, order)
        assert np.max(margins(computed, mean, truth.bound)) <= 1


def test_exact_expectations_have_no_error(arithmetic: Arithmetic) -> None:
    x, weight, bias = np.array([1.0, -2.0, 3.0]), np.array([[1.0, 2.0, -1.0]]), np.array([4.0])
    law = submodels.mask_probabilities(3, 0.5, arithmetic)
    outputs = submodels.inverted(x, 0.5, weight, bias, arithmetic)
    truth = submodels.expectation(law, outputs, double_double(np.array([-2.0])), arithmetic)
    assert truth == Truth(np.array([-2.0]), np.array([0.0]))


# Softmax


def exact_geometric_mean(x: Float64, weight: Float64, bias: Float64) -> list[float]:
    """Products of probabilities over all masks, to the power 2^-d, normalised: balls of 300 bits."""
    products = None
    d = len(x)
    for mask in itertools.product((0, 1), repeat=d):
        exponentials = [
            (sum((ball(w) * ball(v) * m for w, v, m in zip(row, x, mask, strict=True)), ball(0.0)) + ball(b)).exp()
            for row, b in zip(weight.tolist(), bias.tolist(), strict=True)
        ]
        total = sum(exponentials, ball(0.0))
        probabilities = [e / total for e in exponentials]
        products = probabilities if products is None else [a * b for a, b in zip(products, probabilities, strict=True)]
    assert products is not None
    roots = [(p.log() / 2**d).exp() for p in products]
    return [float((r / sum(roots, ball(0.0))).mid()) for r in roots]


@pytest.mark.parametrize("kind", ["integers", "normal"])
def test_the_geometric_mean_of_all_submodels_is_the_halved_model(
    rng: np.random.Generator, arithmetic: Arithmetic, kind: str
) -> None:
    x, weight, bias = model(rng, 3, 3, arithmetic.result)
    if kind == "integers":
        x, weight, bias = np.round(x), np.round(weight), np.round(bias)
    with precision(300):
        exact = exact_geometric_mean(x.tolist(), weight, bias)
    kernel = Kernel(stores_exponentials=True, stores_sum=True)
    for truth in (
        submodels.geometric_mean_of_softmax(x, weight, bias, arithmetic, kernel, kernel),
        submodels.weight_scaled_softmax(x, weight, bias, arithmetic, kernel),
    ):
        assert np.allclose(truth.value, exact, rtol=1e-14, atol=0)


def computed_geometric_mean(logits: Float64, arithmetic: Arithmetic) -> Float64:
    """Logits (k, C), each step stored in the format, the exponentials and logarithms of NumPy in the accumulator."""
    result, wide = arithmetic.result.round, arithmetic.accumulator.round
    shifted = wide(logits - logits.max(-1, keepdims=True))
    logarithms = result(wide(shifted - wide(np.log(wide(wide(np.exp(shifted)).sum(-1, keepdims=True))))))
    mean = result(wide(logarithms.sum(0) / len(logits)))
    e = wide(np.exp(wide(mean - mean.max())))
    return result(wide(e / wide(e.sum())))


def test_a_computed_geometric_mean_stays_within_the_bound(rng: np.random.Generator, arithmetic: Arithmetic) -> None:
    reached = []
    for _ in range(60):
        x, weight, bias = model(rng, 2, 3, arithmetic.result)
        truth = submodels.geometric_mean_of_softmax(x, weight, bias, arithmetic, Kernel(), Kernel())
        logits = emulated_affine(submodels.all_masks(2) * x, weight, bias, arithmetic, ORDERS["sequential"])
        reached.append(np.max(np.abs(computed_geometric_mean(logits, arithmetic) - truth.value) / truth.bound))
    assert 0.05 <= max(reached) <= 1


def test_errors_of_logits_move_a_softmax_no_further_than_the_bound(rng: np.random.Generator) -> None:
    """Errors all of the worst sign, as large as they may be: one logit up, the others down, and the reverse."""
    for format in (float16, bfloat16):
        arithmetic = ARITHMETICS[format.name]
        z, e = rng.standard_normal((40, 4)) * 4, rng.uniform(0, 0.1, (40, 4))
        truth = submodels._softmax(Running(double_double(z), e), arithmetic, Kernel())
        own = submodels._softmax(Running(double_double(z), 0 * e), arithmetic, Kernel())
        for j, sign in itertools.product(range(4), (1, -1)):
            moved = z + sign * np.where(np.arange(4) == j, e, -e)
            p = np.exp(moved - moved.max(-1, keepdims=True))
            p /= p.sum(-1, keepdims=True)
            error = np.abs(p - truth.value)[:, j]
            assert np.all(error <= (truth.bound - own.bound)[:, j] * (1 + 1e-9))
            assert np.max(error / truth.bound[:, j]) > 0.5
