"""Covariances of a layer's outputs against fractions, and their bounds against emulated arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, Format
from reference.initialization import xavier_covariance as reference
from reference.initialization.xavier_covariance import ExactLayer
from reference.scaled import Scaled
from tests.reference.emulation import ORDERS, Float64, Order, accumulator, computed_matmul, exactly, margins, store

Matrix = list[list[Fraction]]
SHAPES = [(1, 1, 1), (2, 3, 4), (3, 2, 5), (2, 2, 1), (3, 4, 7)]


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def drawn(n: int, m: int, e: int, fmt: Format) -> tuple[Float64, Float64]:
    """A weight and data with means."""
    rng = np.random.default_rng(100 * n + 10 * m + e)
    return fmt.round(rng.standard_normal((n, m)) + 0.5), fmt.round(rng.standard_normal((m, e)) + 3)


def fractions(a: Float64) -> Matrix:
    return [exactly(row) for row in a]


def product(a: Matrix, b: Matrix) -> Matrix:
    columns = list(zip(*b, strict=True))
    return [[sum((x * y for x, y in zip(r, c, strict=True)), Fraction(0)) for c in columns] for r in a]


def transposed(a: Matrix) -> Matrix:
    return [list(c) for c in zip(*a, strict=True)]


def outer(a: Matrix) -> Matrix:
    """A A^T / e."""
    return [[v / len(a[0]) for v in row] for row in product(a, transposed(a))]


def deviations(a: Matrix) -> Matrix:
    return [[v - sum(row, Fraction(0)) / len(row) for v in row] for row in a]


def flat(a: Matrix) -> list[Fraction]:
    return [v for row in a for v in row]


@pytest.mark.parametrize("shape", SHAPES)
def test_exact_moments_are_those_of_fractions(fmt: Format, shape: tuple[int, int, int]) -> None:
    w, x = drawn(*shape, fmt)
    layer = ExactLayer(w, x)
    z = product(fractions(w), fractions(x))
    by_hand: list[tuple[Scaled, Matrix]] = [
        (layer.input_covariance, outer(deviations(fractions(x)))),
        (layer.covariance, outer(deviations(z))),
        (layer.second_moment, outer(z)),
    ]
    for exact, expected in by_hand:
        hi, rest = exact.to_float64()
        size = max(map(abs, flat(outer(z))), default=Fraction(1)) + 1
        for value, slack, truth in zip(hi.ravel(), rest.ravel(), flat(expected), strict=True):
            assert abs(Fraction(float(value)) - truth) <= Fraction(float(slack)) + size * Fraction(2) ** -95


@pytest.mark.parametrize("shape", SHAPES)
def test_the_covariance_of_the_outputs_is_the_image_of_that_of_the_inputs(shape: tuple[int, int, int]) -> None:
    w, x = (fractions(v) for v in drawn(*shape, FORMATS["float32"]))
    image = product(product(w, outer(deviations(x))), transposed(w))
    assert image == outer(deviations(product(w, x)))
    means = [[sum(row, Fraction(0)) / len(row)] for row in product(w, x)]
    total = [
        [a + b for a, b in zip(*rows, strict=True)]
        for rows in zip(image, product(means, transposed(means)), strict=True)
    ]
    assert total == outer(product(w, x))


def covariance_in_format(x: Float64, fmt: Format, order: Order) -> Float64:
    """Every step stored, as torch does in half types."""
    kind = accumulator(Arithmetic.of(fmt))
    e = x.shape[-1]
    mean = store(order(x.astype(kind)) / kind.type(e), fmt)
    d = store((x - mean[:, None]).astype(kind), fmt).astype(kind)
    total = store(order(d[:, None] * d[None]), fmt)
    return store(total / e, fmt)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_way_stays_within_its_bound(fmt: Format, shape: tuple[int, int, int]) -> None:
    w, x = drawn(*shape, fmt)
    layer, how = ExactLayer(w, x), Arithmetic.of(fmt)
    exact_z = product(fractions(w), fractions(x))
    for order in ORDERS.values():
        z = computed_matmul(w, x, how, order)
        assert margins(z, flat(exact_z), reference.outputs(layer, how).bound).max() <= 1
        covariance = covariance_in_format(z, fmt, order)
        bound = reference.covariance_of_outputs(layer, z, how, how).bound
        assert margins(covariance, flat(outer(deviations(exact_z))), bound).max() <= 1
        c = covariance_in_format(x, fmt, order)
        image = computed_matmul(computed_matmul(w, c, how, order), w.T, how, order)
        bound = reference.image_covariance(layer, how, how).bound
        assert margins(image, flat(outer(deviations(exact_z))), bound).max() <= 1
        second = store(computed_matmul(z, z.T, how, order) / x.shape[-1], fmt)
        bound = reference.second_moment(layer, how).bound
        assert margins(second, flat(outer(exact_z)), bound).max() <= 1
        mean = store(order(z.astype(accumulator(how))) / accumulator(how).type(x.shape[-1]), fmt)
        means = [sum(row, Fraction(0)) / len(row) for row in exact_z]
        assert margins(mean, means, reference.mean_of_outputs(layer, how, how).bound).max() <= 1
        of_x = store(order(x.astype(accumulator(how))) / accumulator(how).type(x.shape[-1]), fmt)
        image_of_mean = computed_matmul(w, of_x[:, None], how, order)
        assert margins(image_of_mean[:, 0], means, reference.image_of_mean(layer, how, how).bound).max() <= 1
        both = store(covariance + computed_matmul(image_of_mean, image_of_mean.T, how, order), fmt)
        truth = reference.covariance_of_outputs(layer, z, how, how)
        bound = reference.covariance_and_mean(layer, truth, how, how).bound
        assert margins(both, flat(outer(exact_z)), bound).max() <= 1


def test_the_example_of_the_notes() -> None:
    layer = ExactLayer(np.array([[1.0]]), np.array([[1.0, -1.0, 2.0, -2.0]]))
    assert layer.covariance.to_float64()[0].tolist() == [[2.5]]
    assert reference.exact_covariance(layer.w, layer.x).tolist() == [[2.5]]
    layer = ExactLayer(np.array([[1.0, 3.0]]), np.array([[0.0, 2.0], [5.0, 5.0]]))
    how = Arithmetic.of(FORMATS["float64"])
    assert reference.image_of_mean(layer, how, how).value.tolist() == [16.0]


def test_a_bias_moves_the_second_moment_only() -> None:
    layer = ExactLayer(np.array([[2.0]]), np.array([[1.0, -1.0]]))
    assert reference.shifted_second_moment(layer, np.array([3.0]), FORMATS["float32"]).tolist() == [[13.0]]
