"""Priors as penalties: closed forms, exact log densities, bounds that hold and are attained."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from claims.frame.inputs.priors import Priors
from reference.formats import Arithmetic, Format, bfloat16, float16, float32, float64
from reference.probability import gaussian
from reference.regularization import priors as reference
from reference.regularization import sparsity

Float64 = NDArray[np.float64]
NARROW = pytest.mark.parametrize("fmt", [float16, bfloat16, float32], ids=lambda f: f.name)
PRIOR = pytest.mark.parametrize("prior", reference.PRIORS)
LAWS = {"normal": stats.norm, "laplace": stats.laplace}


def made(prior: str, fmt: Format, spread: str = "one") -> list[Float64]:
    return Priors(33, prior, spread).make(np.random.default_rng(5), 64, fmt)


@PRIOR
@pytest.mark.parametrize("spread", ["one", "narrow", "wide"])
def test_log_densities_are_scipys_and_split_into_penalty_and_constant(prior: str, spread: str) -> None:
    w, _, _, s = made(prior, float64, spread)
    truth = reference.log_density(w, s, prior, float64)
    assert truth.value == pytest.approx(LAWS[prior].logpdf(w, scale=s[:, None]), rel=1e-13, abs=1e-13)
    lam, r = reference.coefficient(s, prior)[:, None], w**2 if prior == "normal" else np.abs(w)
    assert reference.penalty(w, s, prior) == pytest.approx(lam * r, rel=1e-14)
    split = -reference.penalty(w, s, prior) - reference.constant(s, prior)[:, None]
    assert truth.value == pytest.approx(split, rel=1e-14, abs=1e-14)


def test_normal_log_densities_are_the_exact_ones() -> None:
    w, _, _, s = made("normal", float64)
    exact = gaussian.log_density(w, np.zeros_like(w), np.broadcast_to(s[:, None], w.shape), float64)
    truth = reference.log_density(w, s, "normal", float64)
    assert (np.abs(truth.value - exact.value) <= 4 * 2.0**-53 * (1 + np.abs(exact.value))).all()
    assert (truth.bound >= exact.bound).all()
    assert (truth.bound <= 2 * exact.bound).all()


@NARROW
@PRIOR
def test_rounding_stays_within_the_bounds(fmt: Format, prior: str) -> None:
    w, g, _, s = made(prior, fmt)
    scale = np.broadcast_to(s[:, None], w.shape)
    if prior == "normal":
        variance = fmt.round(scale**2)
        q = fmt.round(fmt.round(w**2) / fmt.round(2 * variance))
        density = fmt.round(fmt.round(-q - fmt.round(np.log(scale))) - fmt.round(reference.HALF_LOG_TWO_PI))
        slope = -fmt.round(fmt.round(1 / fmt.round(2 * variance)) * 2 * w)
    else:
        density = fmt.round(-fmt.round(np.log(2 * scale)) - fmt.round(np.abs(w) / scale))
        slope = -np.sign(w) * fmt.round(1 / scale)
    truth, pull = reference.log_density(w, s, prior, fmt), reference.pull(w, s, prior, fmt)
    margin = np.abs(density - truth.value) / truth.bound
    assert 0.2 < margin.max() <= 1
    assert (np.abs(slope + pull.value) <= pull.bound).all()
    stepped = fmt.round(w - 0.125 * fmt.round(g - slope))
    step = reference.step(w, g, s, 0.125, prior, Arithmetic.of(fmt))
    assert 0.1 < (np.abs(stepped - step.value) / step.bound).max() <= 1


def test_a_laplace_prior_pulls_alike_and_at_zero_any_way() -> None:
    pull = reference.pull(np.array([[-3.0, 0.0, 0.5]]), np.array([2.0]), "laplace", float32)
    assert pull.value.tolist() == [[-0.5, 0, 0.5]]
    assert pull.bound[0, 1] == pytest.approx(0.5)
    assert pull.bound[0, 2] < 1e-6


def test_soft_thresholding_is_the_most_probable_weight_under_a_laplace_prior() -> None:
    x, h, b = 0.9, 2.0, 0.8
    grid = np.linspace(-2, 2, 400_001)
    posterior = -h * (grid - x) ** 2 / 2 + reference.log_density(grid[None], np.array([b]), "laplace", float64).value[0]
    lam = float(reference.coefficient(np.array(b), "laplace"))
    found = sparsity.diagonal_minimiser(np.array([x]), np.array([h]), lam, Arithmetic.of(float64))
    assert grid[posterior.argmax()] == pytest.approx(found.value.item(), abs=1e-5)


@NARROW
@PRIOR
def test_choices_by_rounded_densities_miss_no_more_than_the_slack(fmt: Format, prior: str) -> None:
    w, _, losses, s = made(prior, fmt)
    truth = reference.log_density(w, s, prior, fmt)
    total = losses + reference.penalty(w, s, prior)
    chosen = fmt.round(fmt.round(truth.value) - losses).argmax(-1)
    missed = np.take_along_axis(total, chosen[:, None], -1)[:, 0] - total.min(-1)
    slack = reference.choice_slack(losses, truth, fmt)
    assert (missed <= slack).all()
    assert slack.shape == (64,)
    assert (
        reference.choice_slack(losses[:, :0], reference.log_density(w[:, :0], s, prior, fmt), fmt).tolist()
        == [0.0] * 64
    )
