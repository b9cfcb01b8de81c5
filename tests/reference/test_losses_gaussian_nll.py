"""The Gaussian loss with a variance: closed forms, bounds that hold and are attained, its least value."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from claims.frame.inputs.gaussian_losses import EPS, KINDS, GaussianLosses
from reference.formats import Arithmetic, Format, bfloat16, float16, float32, float64
from reference.losses import gaussian_nll as reference
from reference.losses.reduction import reduced
from reference.truth import Truth

Float64 = NDArray[np.float64]
NARROW = pytest.mark.parametrize("fmt", [float16, bfloat16, float32], ids=lambda f: f.name)


def made(kind: str, fmt: Format) -> tuple[Float64, Float64]:
    mean, target, v = GaussianLosses(33, kind).make(np.random.default_rng(6), 64, fmt)
    return mean - target, v


@pytest.mark.parametrize("kind", KINDS)
def test_the_full_loss_is_scipys_log_density(kind: str) -> None:
    r, v = made(kind, float64)
    truth = reference.loss(r, v, EPS, float64, full=True)
    assert truth.value == pytest.approx(-stats.norm.logpdf(r, scale=np.sqrt(np.maximum(v, EPS))), rel=1e-13, abs=1e-13)
    part = reference.loss(r, v, EPS, float64)
    assert truth.value - part.value == pytest.approx(np.full(r.shape, 0.9189385332046727))
    known = r != 0
    assert (part.value >= reference.least(r) - 1e-12).all()
    assert (np.abs(part.value - reference.least(r))[known] < 1e-12).any() == (kind == "fitted")


def test_slopes_are_difference_quotients() -> None:
    r, v = made("one", float64)
    h = 1e-6
    of_mean = (reference.loss(r + h, v, EPS, float64).value - reference.loss(r - h, v, EPS, float64).value) / (2 * h)
    assert reference.slope_of_mean(r, v, EPS, float64).value == pytest.approx(of_mean, rel=1e-6, abs=1e-6)
    lower, upper = (reference.loss(r, v * (1 + s * h), EPS, float64).value for s in (-1, 1))
    of_variance = (upper - lower) / (2 * h * v)
    assert reference.slope_of_variance(r, v, EPS, float64).value == pytest.approx(of_variance, rel=1e-5, abs=1e-5)


@NARROW
@pytest.mark.parametrize("kind", KINDS)
def test_rounding_stays_within_the_bounds(fmt: Format, kind: str) -> None:
    r, v = made(kind, fmt)
    r, clamped = fmt.round(r), np.maximum(v, EPS)
    square = fmt.round(r**2)
    loss = fmt.round(fmt.round(np.log(clamped)) + fmt.round(square / clamped)) / 2
    truth = reference.loss(r, v, EPS, fmt)
    assert (np.abs(loss - truth.value) <= truth.bound).all()
    inverse = fmt.round(1 / (2 * clamped))
    slope = fmt.round(inverse - fmt.round(fmt.round(square / clamped) * inverse))
    exact = reference.slope_of_variance(r, v, EPS, fmt)
    assert (np.abs(slope - exact.value) <= exact.bound).all()
    if kind == "one":
        assert (np.abs(loss - truth.value) / truth.bound).max() > 0.2
        assert (np.abs(slope - exact.value) / exact.bound).max() > 0.1


def test_sums_and_means() -> None:
    each = Truth(np.array([[1.0, -2.0, 3.0]]), np.full((1, 3), 1e-3))
    total, mean = (reduced(each, Arithmetic.of(float32), mean=mean) for mean in (False, True))
    assert total.value.tolist() == [2.0]
    assert mean.value.tolist() == [2 / 3]
    assert total.bound == pytest.approx([3e-3], rel=1e-2)
    assert mean.bound == pytest.approx([1e-3], rel=1e-2)


def test_nothing_bounds_the_loss_without_a_residual() -> None:
    assert reference.least(np.zeros(1)).tolist() == [-np.inf]
    falling = [reference.loss(np.zeros(1), np.zeros(1), 2.0**-k, float64).value.item() for k in (10, 100, 1000)]
    assert falling == pytest.approx([-k * np.log(2) / 2 for k in (10, 100, 1000)])
