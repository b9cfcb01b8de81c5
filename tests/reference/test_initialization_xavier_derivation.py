"""Moments of independent weights against enumeration in fractions, and laws of chains against repeated draws."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from claims.frame.inputs.weight_laws import TABLES
from reference.formats import FORMATS, Arithmetic, Format, float32, float64
from reference.initialization import xavier_derivation as reference
from tests.reference.emulation import ORDERS, accumulator, margins, store

Matrix = list[list[Fraction]]
CASES = [(1, 2, "signs"), (2, 2, "signs"), (2, 2, "three points"), (2, 1, "four points"), (2, 2, "normal moments")]


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def every_weight(law: str, n: int, m: int) -> Iterator[Matrix]:
    for entries in itertools.product(map(Fraction, TABLES[law]), repeat=n * m):
        yield [list(entries[i * m : (i + 1) * m]) for i in range(n)]


def gram(w: Matrix) -> Matrix:
    return [[sum((a * b for a, b in zip(r, s, strict=True)), Fraction(0)) for s in w] for r in w]


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


@pytest.mark.parametrize(("n", "m", "law"), CASES)
def test_moments_of_gram_matrices_are_those_of_fractions(n: int, m: int, law: str) -> None:
    table = np.array(TABLES[law])[None]
    weights = reference.weights(table, n, m)
    g = np.moveaxis(weights @ weights.swapaxes(-1, -2), 1, -1)
    how = Arithmetic.of(float64)
    grams = [gram(w) for w in every_weight(law, n, m)]
    second = Fraction(float((table**2).sum())) / table.shape[-1]
    expected, variances = reference.gram_mean(table, g, m, how), reference.gram_variances(table, g, m, how)
    for i, j in itertools.product(range(n), repeat=2):
        entries = [x[i][j] for x in grams]
        assert math.isclose(expected.value[0, i, j], float(mean(entries)), rel_tol=1e-15)
        variance = mean([v**2 for v in entries]) - mean(entries) ** 2
        assert math.isclose(variances.value[0, i, j], float(variance), rel_tol=1e-15)
    identity = [[m * second * (i == j) for j in range(n)] for i in range(n)]
    distances = [
        sum(((x[i][j] - identity[i][j]) ** 2 for i, j in itertools.product(range(n), repeat=2)), Fraction(0))
        for x in grams
    ]
    assert math.isclose(reference.fluctuation(table, g, m, how).value[0], float(mean(distances)), rel_tol=1e-15)


def test_the_distance_of_normal_weights_is_that_of_the_catalogue() -> None:
    table = np.array(TABLES["normal moments"])[None] * math.sqrt(3 / 5)  # variance 1/m for m = 5
    value = reference.fluctuation(table, np.zeros((1, 4, 4, 1)), 5, Arithmetic.of(float64)).value
    assert math.isclose(value[0], 4 * 5 / 5, rel_tol=1e-14)


@pytest.mark.parametrize(("n", "m", "law"), CASES)
def test_moments_of_the_norm_are_those_of_fractions(n: int, m: int, law: str) -> None:
    table, x = np.array(TABLES[law])[None], np.array([[0.5, -1.0, 1.0][:m]])
    signal = [Fraction(v) for v in x[0].tolist()]
    squares = [
        sum((sum((a * b for a, b in zip(row, signal, strict=True)), Fraction(0)) ** 2 for row in w), Fraction(0))
        for w in every_weight(law, n, m)
    ]
    assert math.isclose(reference.mean_square(table, x, n)[0], float(mean(squares)), rel_tol=1e-15)
    fourth = mean([s**2 for s in squares])
    assert math.isclose(reference.mean_fourth_power(table, x, n)[0], float(fourth), rel_tol=1e-15)
    if law == "normal moments":
        assert fourth == (1 + Fraction(2, n)) * mean(squares) ** 2


@pytest.mark.parametrize(("n", "m", "law"), CASES)
def test_computed_moments_stay_within_their_bounds(fmt: Format, n: int, m: int, law: str) -> None:
    table, x = np.array(TABLES[law])[None], np.array([[0.5, -1.0][:m]])
    how = Arithmetic.of(fmt)
    kind = accumulator(how)
    z = (reference.weights(table, n, m) @ x[:, None, :, None])[..., 0]
    truth = reference.norm_moments(table, x, z, how, how)
    exact = [[Fraction(v) for v in t.value.tolist()] for t in truth]
    for order in ORDERS.values():
        squares = store(order(store(z * z, fmt).astype(kind)), fmt)
        for powers, t, e in zip((squares, store(squares**2, fmt)), truth, exact, strict=True):
            computed = store(order(powers.astype(kind)) / kind.type(z.shape[1]), fmt)
            assert margins(computed, e, t.bound).max() <= 1


def test_drifts_are_refused_as_rarely_as_promised() -> None:
    rng = np.random.default_rng(0)
    for m, count in ((1, 5), (2, 40), (16, 10)):
        above, below = reference.drift_radii(m, count, 0.2)
        means = np.log(rng.chisquare(m, (4000, count)) / m).mean(-1) - reference.drift(m)
        assert 0 < np.mean(means > above) <= 0.1
        assert 0 < np.mean(means < -below) <= 0.1
    assert math.isclose(reference.drift(2), -np.euler_gamma, rel_tol=1e-14)


@pytest.mark.parametrize("m", [1, 2, 16])
def test_the_radius_tells_wrong_gains(m: int) -> None:
    """Of a thousand layers a variance doubled or halved, and for few units a norm that is kept."""
    above, below = reference.drift_radii(m, 1000)
    assert max(above, below) < math.log(2)
    assert m > 2 or above < -reference.drift(m)


def test_steps_of_a_chain() -> None:
    w, z = np.array([[[3.0, 0.0], [0.0, 4.0]]]), np.array([[[1.0], [1.0]]])
    growth, slack = reference.step(w, z, float32)
    assert math.isclose(growth[0], math.log(12.5), rel_tol=1e-15)
    assert 0 < slack[0] < 1e-6
    assert reference.step(w, 0 * z, float32).slack.tolist() == [math.inf]
    assert reference.rescaling(np.array([[[12.5]], [[0.0]], [[np.inf]], [[2.0**-20]]])).ravel().tolist() == [
        2.0**-4,
        1.0,
        1.0,
        2.0**19,
    ]
    steps = [reference.Step(np.array([reference.drift(2)]), np.zeros(1))] * 3
    assert reference.drift_fit(steps, 2).distance < 1e-15


def test_parts_of_a_gram_matrix() -> None:
    column, diagonal = reference.gram_parts(np.array([[1.0, 2.0], [3.0, -1.0]]), Arithmetic.of(float32))
    assert column.value.tolist() == [5.0, 1.0]
    assert diagonal.value.tolist() == [5.0, 10.0]
    image = reference.image(np.array([[[1.0, 2.0], [3.0, -1.0]]]), np.array([[[1.0], [2.0]]]), Arithmetic.of(float32))
    assert image.value.ravel().tolist() == [5.0, 1.0]
