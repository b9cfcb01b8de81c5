"""Random slopes: their law after rounding, products with them, and the middle slope."""

from __future__ import annotations

import numpy as np
import pytest

from reference.formats import Arithmetic, Format, bfloat16, float32, float64
from reference.probability.consistency import consistent
from reference.regularization import random_activations as reference

EVERY = pytest.mark.parametrize("fmt", [bfloat16, float32, float64], ids=lambda f: f.name)
ENDS = pytest.mark.parametrize(("lower", "upper"), [(0.125, 1 / 3), (0.0, 1.0), (-1.0, 1.0), (0.5, 0.75)])


@EVERY
@ENDS
def test_rounded_uniform_slopes_have_the_law_and_their_squares_have_not(
    fmt: Format, lower: float, upper: float
) -> None:
    drawn = np.random.default_rng(8).uniform(lower, upper, 1 << 15)
    law = reference.slope_law(lower, upper, fmt)
    slopes = fmt.round(drawn)
    assert all(fit.distance <= fit.radius for _, fit in consistent(slopes, law))
    least, most = reference.ends(lower, upper, fmt)
    assert least <= slopes.min()
    assert slopes.max() <= most
    bent = fmt.round(lower + (drawn - lower) ** 2 / (upper - lower))
    assert any(fit.distance > fit.radius for _, fit in consistent(bent, law))


def test_the_slack_is_small() -> None:
    assert reference.slope_law(0.125, 1 / 3, bfloat16).slack < 0.01
    assert reference.slope_law(0.125, 1 / 3, float32).slack < 2e-7


@EVERY
def test_products_stay_within_the_bound(fmt: Format) -> None:
    rng, arithmetic = np.random.default_rng(9), Arithmetic.of(fmt)
    x, drawn = fmt.round(rng.standard_normal(4000)), rng.uniform(0.125, 1 / 3, 4000)
    slopes = fmt.round(drawn)
    y = np.where(x > 0, x, fmt.round((drawn if arithmetic.mixed else slopes) * x))
    truth = reference.scaled(x, slopes, arithmetic)
    assert (y == truth.value)[x > 0].all()
    margin = (np.abs(y - truth.value) / np.where(truth.bound > 0, truth.bound, np.inf)).max()
    assert margin <= 1
    assert margin > (0.7 if fmt is not float64 else -1)


@EVERY
def test_evaluation_has_the_middle_slope(fmt: Format) -> None:
    x, arithmetic = fmt.round(np.array([-3.0, -0.3, 0.0, 0.7])), Arithmetic.of(fmt)
    truth, slope = (f(x, 0.125, 1 / 3, arithmetic) for f in (reference.evaluated, reference.middle_slope))
    middle = fmt.round((0.125 + 1 / 3) / 2)
    assert (
        np.abs(fmt.round(np.where(x > 0, x, middle * x)) - truth.value) <= truth.bound + fmt.u * np.abs(x) / 4
    ).all()
    assert truth.bound[-1] == 0
    assert slope.value[[0, 3]] == pytest.approx([0.22916667, 1])
    assert (slope.value - slope.bound)[2] == pytest.approx(0.22916667, rel=0.02)
    assert (slope.value + slope.bound)[2] == pytest.approx(1, rel=0.01)
    assert slope.bound[3] == 0
