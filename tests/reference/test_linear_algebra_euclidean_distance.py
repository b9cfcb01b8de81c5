"""Distances against balls, and their bounds against each formula computed in a format."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, float16, float32, float64, tf32
from reference.linear_algebra import euclidean_distance as reference
from tests.reference.emulation import ARITHMETICS, accumulator, store

Float64 = NDArray[np.float64]

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)


def points(fmt: Format, n: int, count: int = 400, *, apart: float = 1.0, seed: int = 1) -> tuple[Float64, Float64]:
    """Points x, and points y about `apart` from them, relatively."""
    rng = np.random.default_rng(seed)
    x = fmt.round(rng.standard_normal((count, n)) + 1)
    return x, fmt.round(x + apart * rng.standard_normal((count, n)))


def ball_distance(x: Float64, y: Float64, eps: float = 0.0) -> tuple[float, float]:
    """The distance to 106 bits."""
    with exact.precision(300):
        moved = [exact.rational(a) - exact.rational(b) + exact.rational(eps) for a, b in zip(x, y, strict=True)]
        return exact.double_double_of_ball(exact.ball(sum((m * m for m in moved), exact.rational(0.0))).sqrt())


def computed(how: Arithmetic, f: Callable[..., NDArray[np.floating]], *numbers: Float64) -> Float64:
    """A function of numbers in the accumulator, stored."""
    with np.errstate(all="ignore"):
        return store(f(*(v.astype(accumulator(how)) for v in numbers)), how.result)


def summed_norm(v: NDArray[np.floating]) -> NDArray[np.floating]:
    """The root of squares added one after the other."""
    return np.sqrt(np.cumsum(v * v, -1, dtype=v.dtype)[..., -1])


def expanded_distance(x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.floating]:
    """As one inner product of length n + 2."""
    squares = [np.cumsum(v * v, -1, dtype=v.dtype)[..., -1:] for v in (x, y)]
    total = np.cumsum(np.concatenate((-2 * x * y, *squares), -1), -1, dtype=x.dtype)[..., -1]
    return np.sqrt(np.maximum(total, 0))


@EVERY
@pytest.mark.parametrize("apart", [1.0, 1e-2, 1e-12])
@pytest.mark.parametrize("eps", [0.0, 1e-6])
def test_the_reference_is_that_of_balls(fmt: Format, apart: float, eps: float) -> None:
    x, y = points(fmt, 5, 40, apart=apart)
    truth = reference.exact_distance(x, y, ARITHMETICS[fmt.name], eps)
    for i in range(len(x)):
        hi, lo = ball_distance(x[i], y[i], eps)
        assert abs((truth.value[i] - hi) - lo) <= truth.bound[i] + 2.0**-104 * hi
    assert (truth.bound <= 2.0**-40 * np.maximum(truth.value, 1e-6)).all()


def test_extreme_scales_keep_the_reference() -> None:
    x, y = points(float64, 3, 20)
    one = reference.exact_distance(x, y, Arithmetic.of(float64)).value
    for scale in (2.0**900, 2.0**-900):
        assert np.array_equal(reference.exact_distance(x * scale, y * scale, Arithmetic.of(float64)).value, one * scale)


@EVERY
@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_the_direct_formula(fmt: Format, n: int) -> None:
    how = ARITHMETICS[fmt.name]
    x, y = points(fmt, n, apart=0.3)
    truth = reference.direct(x, y, how)
    found = computed(how, summed_norm, computed(how, np.subtract, x, y))
    together = reference.direct(x, y, how, widened=True)
    once = computed(how, lambda a, b: summed_norm(a - b), x, y)
    for seen, allowed in ((found, truth), (once, together)):
        margin = np.abs(seen - allowed.value) / allowed.bound
        # in float64 the reference rounds a single number just so
        assert (0.03 if n > 1 else -1) < margin.max() <= 1
    assert (together.bound <= truth.bound).all()


@EVERY
@pytest.mark.parametrize("apart", [1.0, 1e-6])
def test_an_eps_added_to_every_difference(fmt: Format, apart: float) -> None:
    how = ARITHMETICS[fmt.name]
    x, y = points(fmt, 4, apart=apart)
    truth = reference.shifted(x, y, 1e-6, how)
    eps = np.full(x.shape, 1e-6)
    found = computed(how, summed_norm, computed(how, np.add, computed(how, np.subtract, x, y), eps))
    assert 0.1 < (np.abs(found - truth.value) / truth.bound).max() <= 1


@EVERY
@pytest.mark.parametrize("n", [1, 3, 30])
@pytest.mark.parametrize("apart", [1.0, 1e-3, 0.0])
def test_the_expanded_formula(fmt: Format, n: int, apart: float) -> None:
    how = ARITHMETICS[fmt.name]
    x, y = points(fmt, n, apart=apart)
    truth = reference.expanded(x, y, how)
    margin = np.abs(computed(how, expanded_distance, x, y) - truth.value) / np.where(truth.bound > 0, truth.bound, 1.0)
    assert margin.max() <= 1
    if apart and not how.mixed:
        assert margin.max() > 0.01


def test_the_expanded_formula_loses_distances_that_the_direct_one_keeps() -> None:
    x, y = np.full((1, 3), 1000.0), np.full((1, 3), 1000.0 + 2.0**-10)
    how = Arithmetic.of(float32)
    d, direct, expanded = (
        reference.exact_distance(x, y, how).value,
        reference.direct(x, y, how),
        reference.expanded(x, y, how),
    )
    assert direct.bound < 1e-6 * d
    assert expanded.bound >= d  # 0 is allowed


def test_operands_rounded_to_tf32_widen_the_expanded_bound_only() -> None:
    x, y = points(float32, 5, 10)
    plain, rounding = Arithmetic.of(float32), Arithmetic.of(float32, operand=tf32)
    assert (reference.expanded(x, y, rounding).bound > 50 * reference.expanded(x, y, plain).bound).all()
    assert np.array_equal(reference.direct(x, y, rounding).bound, reference.direct(x, y, plain).bound)


def test_overflow_is_undetermined_and_underflow_is_covered() -> None:
    for fmt, huge in ((float32, 1e20), (float64, 1e160)):
        how = Arithmetic.of(fmt)
        x, y = np.full((1, 2), huge), np.full((1, 2), -huge)
        assert np.isinf(reference.direct(x, y, how).bound).all()
        assert np.isinf(reference.expanded(x, y, how).bound).all()
        near = reference.direct(x, x, how)
        assert near.value == 0
        tiny = np.full((1, 2), fmt.eta)
        for truth in (reference.direct(tiny, 0 * tiny, how), reference.expanded(tiny, 0 * tiny, how)):
            assert truth.bound >= truth.value  # squares vanish
    half = reference.direct(np.full((1, 1), 6e4), np.full((1, 1), -6e4), Arithmetic.of(float16))
    assert np.isinf(half.bound).all()
