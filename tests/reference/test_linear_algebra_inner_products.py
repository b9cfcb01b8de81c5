"""Inner products, cosines and angles against rationals and balls, and their bounds against computations in a format."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.linear_algebra import inner_products as reference
from tests.reference.emulation import ARITHMETICS, accumulator, exact_dots, store

Float64 = NDArray[np.float64]

EPS = 1e-8
EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)


def pairs(fmt: Format, n: int, count: int = 200, seed: int = 1) -> tuple[Float64, Float64]:
    """Normal vectors, every other second one nearly orthogonal to the first."""
    rng = np.random.default_rng(seed)
    x, y = fmt.round(rng.standard_normal((2, count, n)))
    across = y - (x * y).sum(-1, keepdims=True) / (x * x).sum(-1, keepdims=True) * x
    if n > 1:
        y[::2] = fmt.round(across)[::2]
    return x, y


def ball_cosine(x: Float64, y: Float64, eps: float, *, added: bool = False) -> tuple[float, float]:
    """The cosine to 200 bits as a double-double: norms clamped at eps, or eps added to the squared norms."""
    with exact.precision(300):
        squares = [exact.ball(exact.exact_dot(v.tolist(), v.tolist())) for v in (x, y)]
        least = exact.ball(eps)
        if added:
            divisor = ((squares[0] + least) * (squares[1] + least)).sqrt()
        else:
            divisor = squares[0].sqrt().max(least) * squares[1].sqrt().max(least)
        cosine: arb = exact.ball(exact.exact_dot(x.tolist(), y.tolist())) / divisor
        return exact.double_double_of_ball(cosine)


def stepwise_norm(x: Float64, how: Arithmetic) -> Float64:
    """The 2-norm in the accumulator, stored."""
    kind = accumulator(how)
    with np.errstate(all="ignore"):
        return store(np.sqrt(np.cumsum(x.astype(kind) ** 2, -1, dtype=kind)[..., -1]), how.result)


def stepwise_sum(x: Float64, how: Arithmetic) -> Float64:
    """Left to right in the accumulator, stored."""
    kind = accumulator(how)
    with np.errstate(all="ignore"):
        return store(np.cumsum(x.astype(kind), -1, dtype=kind)[..., -1], how.result)


def operation(how: Arithmetic, f: Callable[..., NDArray[np.floating]], *numbers: Float64) -> Float64:
    """One operation in the accumulator, stored."""
    with np.errstate(all="ignore"):
        return store(f(*(v.astype(accumulator(how)) for v in numbers)), how.result)


def stepwise_cosine(x: Float64, y: Float64, eps: float, how: Arithmetic) -> Float64:
    """torch's cosine similarity: quotients, products and their sum, each stored."""
    least = how.result.round(eps)
    units = [operation(how, np.divide, v, np.maximum(stepwise_norm(v, how), least)[:, None]) for v in (x, y)]
    return stepwise_sum(operation(how, np.multiply, *units), how)


@EVERY
def test_small_integers_have_exact_dots(fmt: Format) -> None:
    rng = np.random.default_rng(2)
    x, y = rng.integers(-4, 5, (2, 50, 9)).astype(np.float64)
    value, exactly = reference.exact_dots(x, y, ARITHMETICS[fmt.name])
    assert exactly.all()
    assert value.tolist() == [float(v) for v in exact_dots(x, y)]


def test_what_may_round_has_no_exact_dots() -> None:
    how = ARITHMETICS["float16"]
    for x in ([0.5, 1.0], [2048.0, 2048.0], [257.0, 8.0]):
        v = np.array([x])
        assert not reference.exact_dots(v, v, how)[1].any()
    many = np.full((1, 5000), 60.0)
    assert not reference.exact_dots(many, many, how)[1].any()  # overflows


@EVERY
def test_the_square_of_a_norm(fmt: Format) -> None:
    how = ARITHMETICS[fmt.name]
    x, _ = pairs(fmt, 5)
    truth = reference.square_of_norm(x, how)
    norm = stepwise_norm(x, how)
    found = operation(how, np.multiply, norm, norm)
    error = np.abs([float(Fraction(a) - b) for a, b in zip(found.tolist(), exact_dots(x, x), strict=True)])
    assert 0.3 < (error / truth.bound).max() <= 1


@EVERY
def test_squares_of_complex_vectors(fmt: Format) -> None:
    x, y = pairs(fmt, 4, 30)
    both = reference.complex_squares(x, y, ARITHMETICS[fmt.name])
    expected = [[float(a + b), 0.0] for a, b in zip(exact_dots(x, x), exact_dots(y, y), strict=True)]
    assert (np.abs(both.conjugated.value - expected) <= both.conjugated.bound).all()
    squares, twice = (x * x - y * y).sum(-1), 2 * (x * y).sum(-1)
    assert both.plain.value == pytest.approx(np.stack((squares, twice), -1), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("eps", [EPS, 0.5, 2.0])
@pytest.mark.parametrize("scale", [1.0, 2.0**-27, 2.0**-40, 2.0**100])
def test_the_reference_cosine_is_that_of_balls(eps: float, scale: float) -> None:
    x, y = (v * scale for v in pairs(float64, 3, 40))
    truth = reference.cosine_of_quotients(x, y, eps, Arithmetic.of(float64))
    for i in range(len(x)):
        hi, lo = ball_cosine(x[i], y[i], eps)
        own = 2.0**-53 * abs(hi) + 2.0**-95 * np.abs(x[i] * y[i]).sum() / scale**2
        assert abs((truth.value[i] - hi) - lo) <= own


def test_extreme_scales_keep_the_reference_cosine() -> None:
    x, y = pairs(float64, 3, 20)
    one = reference.cosine_of_quotients(x, y, EPS, Arithmetic.of(float64)).value
    for left, right in ((2.0**900, 2.0**-20), (2.0**450, 2.0**1000)):
        scaled = reference.cosine_of_quotients(x * left, y * right, EPS, Arithmetic.of(float64))
        assert np.array_equal(scaled.value, one)
    clamped = reference.cosine_of_quotients(x * 2.0**-1000, y, EPS, Arithmetic.of(float64))
    expected = [ball_cosine(a * 2.0**-1000, b, EPS)[0] for a, b in zip(x, y, strict=True)]
    assert clamped.value == pytest.approx(np.array(expected), rel=1e-13, abs=2.0**-1070)


@EVERY
@pytest.mark.parametrize("n", [1, 2, 5, 40])
@pytest.mark.parametrize("eps", [EPS, 2.0])
def test_the_bound_of_the_cosine_contains_what_is_computed(fmt: Format, n: int, eps: float) -> None:
    how = ARITHMETICS[fmt.name]
    x, y = pairs(fmt, n)
    truth = reference.cosine_of_quotients(x, y, eps, how)
    margin = np.abs(stepwise_cosine(x, y, eps, how) - truth.value) / truth.bound
    assert np.isfinite(truth.bound).all()
    assert margin.max() <= 1
    assert margin.max() > {2: 0.15, 5: 0.1, 40: 0.02}.get(n, -1)  # the norm of one number is exact


@pytest.mark.parametrize("fmt", [bfloat16, float32, float64], ids=lambda f: f.name)
def test_norms_around_eps(fmt: Format) -> None:
    how, rng = ARITHMETICS[fmt.name], np.random.default_rng(3)
    x, y = pairs(fmt, 3)
    x, y = (fmt.round(v * EPS * 2.0 ** rng.uniform(-3, 2, (len(v), 1))) for v in (x, y))
    truth = reference.cosine_of_quotients(x, y, EPS, how)
    margin = np.abs(stepwise_cosine(x, y, EPS, how) - truth.value) / truth.bound
    assert 0.1 < margin.max() <= 1


def test_zero_and_overflow_are_undetermined_where_a_divisor_is_0_or_infinite() -> None:
    zero, ones = np.zeros((1, 2)), np.ones((1, 2))
    assert np.isinf(reference.cosine_of_quotients(zero, ones, EPS, ARITHMETICS["float16"]).bound).all()  # eps is 0
    for name in ("bfloat16", "float32", "float64"):
        truth = reference.cosine_of_quotients(zero, ones, EPS, ARITHMETICS[name])
        assert truth.value == 0
        assert np.isfinite(truth.bound).all()
    for name, size in (("float16", 60000.0), ("float32", 1e20), ("float64", 1e160)):
        huge = np.full((1, 2), size)
        assert np.isinf(reference.cosine_of_quotients(huge, huge, EPS, ARITHMETICS[name]).bound).all()
        assert np.isinf(reference.cosine_by_norms(huge, ones, ARITHMETICS[name]).bound).all()
        assert np.isinf(reference.cosine_by_norms(zero, ones, ARITHMETICS[name]).bound).all()


@EVERY
@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_quotient_by_norms(fmt: Format, n: int) -> None:
    how = ARITHMETICS[fmt.name]
    x, y = pairs(fmt, n)
    truth = reference.cosine_by_norms(x, y, how)
    kind = accumulator(how)
    dots = stepwise_sum(x.astype(kind) * y.astype(kind), how)
    norms = operation(how, np.multiply, stepwise_norm(x, how), stepwise_norm(y, how))
    margin = np.abs(operation(how, np.divide, dots, norms) - truth.value) / truth.bound
    assert 0.1 < margin.max() <= 1


@EVERY
@pytest.mark.parametrize("n", [1, 3, 8])
def test_embedding_losses(fmt: Format, n: int) -> None:
    how = ARITHMETICS[fmt.name]
    x, y = pairs(fmt, n, 60)
    attract, repel = reference.embedding_losses(x, y, how)
    dots, *squares = (stepwise_sum(operation(how, np.multiply, a, b), how) for a, b in ((x, y), (x, x), (y, y)))
    added = [operation(how, np.add, s, np.full(s.shape, 1e-12)) for s in squares]
    root = operation(how, np.sqrt, operation(how, np.multiply, *added))
    cosine = operation(how, np.divide, dots, root)
    loss = operation(how, np.subtract, np.ones(len(x)), cosine)
    finite = np.isfinite(attract.bound)
    assert finite.mean() > 0.5
    for found, truth in ((loss, attract), (np.maximum(cosine, 0), repel)):
        margin = np.abs(found - truth.value)[finite] / truth.bound[finite]
        assert 0.05 < margin.max() <= 1
    small = x[:5] * 2.0**-20
    value = reference.embedding_losses(small, y[:5], Arithmetic.of(float64))[0].value
    expected = [1 - ball_cosine(a, b, 1e-12, added=True)[0] for a, b in zip(small, y[:5], strict=True)]
    assert value == pytest.approx(np.array(expected), rel=1e-14)


@EVERY
def test_angles_of_a_perturbed_cosine(fmt: Format) -> None:
    x, y = pairs(fmt, 2)
    cosine = reference.cosine_of_quotients(x, y, EPS, ARITHMETICS[fmt.name])
    truth = reference.angle_of(cosine, fmt)
    usable = np.isfinite(truth.bound)
    assert usable.mean() > 0.5
    for sign in (-1, 1):
        moved = np.arccos(np.clip(cosine.value + sign * cosine.bound, -1, 1))
        off = np.abs(moved - truth.value)[usable] / truth.bound[usable]
        assert 0.2 < off.max() <= (1 if fmt.precision <= 24 else 1.1)  # moving the cosine rounds, too
    certain = reference.Truth(np.array([1.0, -1.0]), np.array([0.0, 1e-3]))
    assert np.isinf(reference.angle_of(certain, fmt).bound[1])


@EVERY
def test_planar_angles(fmt: Format) -> None:
    how, rng = ARITHMETICS[fmt.name], np.random.default_rng(4)
    x = fmt.round(rng.standard_normal((500, 2)))
    y = np.where(np.arange(500)[:, None] % 2 == 0, fmt.round(x * (1 + 4 * fmt.u * rng.standard_normal(x.shape))), -x)
    truth = reference.planar_angle(x, y, how)
    first, second, third, fourth = (
        operation(how, np.multiply, a, b)
        for a, b in ((x[:, 0], y[:, 1]), (x[:, 1], y[:, 0]), (x[:, 0], y[:, 0]), (x[:, 1], y[:, 1]))
    )
    sine, cosine = operation(how, np.subtract, first, second), operation(how, np.add, third, fourth)
    found = np.abs(fmt.round(np.arctan2(sine, cosine)))
    assert 0.1 < (np.abs(found - truth.value) / truth.bound).max() <= 1
    for i in range(20):
        with exact.precision(300):
            a, b, c, d = (exact.ball(v) for v in (*x[i], *y[i]))
            angle = abs(arb.atan2(a * d - b * c, a * c + b * d))
            hi, lo = exact.double_double_of_ball(angle)
        assert abs((truth.value[i] - hi) - lo) <= 2.0**-51 * hi


def test_planar_angles_without_a_vector_or_in_range() -> None:
    zero, ones, huge = np.zeros((1, 2)), np.ones((1, 2)), np.full((1, 2), 1e30)
    assert np.isinf(reference.planar_angle(zero, ones, Arithmetic.of(float32)).bound).all()
    assert np.isinf(reference.planar_angle(huge, huge, Arithmetic.of(float32)).bound).all()
    right = reference.planar_angle(np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]]), Arithmetic.of(float16))
    assert right.value == np.pi / 2
    assert right.bound < 0.02
