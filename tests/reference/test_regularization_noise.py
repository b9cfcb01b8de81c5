"""Losses under noise against fractions, their law, and how often the sampled mean is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, float32
from reference.regularization import noise as reference

ARITHMETICS = {name: Arithmetic.of(fmt) for name, fmt in FORMATS.items()}
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def regression(seed: int, m: int, n: int) -> Arrays:
    rng = np.random.default_rng(seed)
    x, w, y = (rng.integers(-4, 5, shape).astype(np.float64) for shape in ((1, m, n), (1, n), (1, m)))
    return x, w, y


def exact_loss(x: np.ndarray, w: np.ndarray, y: np.ndarray, noise: np.ndarray) -> Fraction:
    total = Fraction(0)
    for row, target, shift in zip(x, y, np.broadcast_to(noise, x.shape), strict=True):
        terms = (
            (Fraction(float(a)) + Fraction(float(b))) * Fraction(float(c))
            for a, b, c in zip(row, shift, w, strict=True)
        )
        total += (sum(terms, Fraction(0)) - Fraction(float(target))) ** 2
    return total


def test_the_mean_over_all_signs_is_the_penalised_loss() -> None:
    for m, n, sigma in ((1, 1, 0.5), (2, 3, 0.75), (3, 2, 2.0)):
        x, w, y = regression(m, m, n)
        penalised = exact_loss(x[0], w[0], y[0], np.zeros(n)) + m * Fraction(sigma) ** 2 * Fraction(float((w**2).sum()))
        for noise in (reference.shared_noise(n, sigma), reference.own_noise(m, n, sigma)):
            mean = sum((exact_loss(x[0], w[0], y[0], each) for each in noise), Fraction(0)) / len(noise)
            found = reference.objectives(x, w, y, noise, sigma, ARITHMETICS["float64"])
            assert mean == penalised
            assert Fraction(float(found.over_noise.value[0])) == penalised
            assert Fraction(float(found.penalised.value[0])) == penalised


@pytest.mark.parametrize("name", list(FORMATS))
def test_rounded_losses_stay_within_their_bounds(name: str) -> None:
    fmt, rng = FORMATS[name], np.random.default_rng(2)
    x, w, y = (fmt.round(rng.standard_normal(shape)) for shape in ((20, 2, 3), (20, 3), (20, 2)))
    noise = reference.shared_noise(3, 0.75)
    found, r = reference.losses(x, w, y, noise, ARITHMETICS[name]), fmt.round
    missed = r(r(r(x[:, None] + noise) @ w[:, None, :, None])[..., 0] - y[:, None])
    error = np.abs(r(r(missed**2).sum(-1)) - found.exact.hi)
    assert (error <= found.error).all()
    assert (error / found.error).max() > 0.05


def test_integers_are_exact_where_the_format_holds_their_sums() -> None:
    x, w, y = regression(0, 1, 2)
    assert reference.exact_sums(x, w, y, 0.5, 4, ARITHMETICS["float32"]).all()
    assert not reference.exact_sums(x, w, y, 0.75, 4, ARITHMETICS["float32"]).any()
    assert not reference.exact_sums(x + 0.1, w, y, 0.5, 4, ARITHMETICS["float32"]).any()
    assert not reference.exact_sums(100 * x, w, y, 0.5, 4, ARITHMETICS["bfloat16"]).any()


def test_the_gradient_is_that_of_the_penalised_loss() -> None:
    x, w, y = regression(4, 3, 2)
    step = 2.0**-12
    for j in range(2):
        up, down = w.copy(), w.copy()
        up[0, j] += step
        down[0, j] -= step
        values = [reference.penalised(x, v, y, 3 * 0.25, ARITHMETICS["float64"]).exact.hi[0] for v in (up, down)]
        assert (values[0] - values[1]) / (2 * step) == reference.gradient(x, w, y, 0.5)[0, j]


def test_the_law_of_losses_has_the_penalised_mean() -> None:
    x, w, y = regression(5, 2, 3)
    law = reference.loss_law(x[0], w[0], y[0], 0.5)
    missed = x[0] @ w[0] - y[0]
    assert law.mean == pytest.approx((missed**2).sum() + 2 * 0.25 * (w**2).sum(), rel=1e-14)
    assert law.probabilities.sum() == 1


def test_sampled_means_are_seldom_refused_and_wrong_ones_are() -> None:
    x, w, y = (a[0] for a in regression(6, 2, 3))
    rng, draws, sigma = np.random.default_rng(0), 4096, 0.5
    for scale, refused in ((1.0, False), (1.6, True)):
        for _ in range(20):
            noise = float32.round(scale * sigma * rng.standard_normal((draws, 1, 3)))
            found = float((((x + noise) @ w - y) ** 2).sum(-1).mean())
            fit = reference.normal_mean_fit(found, x, w, y, sigma, 0.0, draws, float32)
            assert (fit.distance > fit.radius) == refused
    still = reference.normal_mean_fit(float((y**2).sum()), x, 0 * w, y, sigma, 0.0, draws, float32)
    assert still.distance <= still.radius
