"""Laws of samplers: against NumPy's own samplers, their moments, and the distances at which draws are compared."""

from __future__ import annotations

import numpy as np
import pytest

from reference.formats import FORMATS, Format, float16, float32
from reference.probability.consistency import consistent
from reference.probability.streams import COUNTS, DENSITIES, STEEPEST, TABLES, distances, laws

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("sampler", DENSITIES)
def test_the_steepest_slope_is_that_of_the_density(sampler: str) -> None:
    x = np.linspace(1e-3, 60, 600_001)
    assert (x * DENSITIES[sampler].pdf(x)).max() == pytest.approx(STEEPEST[sampler], rel=1e-3)


@pytest.mark.parametrize("format", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("sampler", ["log_normal_", "exponential_", "cauchy_"])
def test_rounded_draws_have_their_law(sampler: str, format: Format) -> None:
    x = format.round(DENSITIES[sampler].rvs(20_000, random_state=RNG))
    assert all(fit.distance <= fit.radius for _, fit in consistent(x, laws(sampler, format)))


@pytest.mark.parametrize(
    ("sampler", "mean"), [("geometric_", 2.0), ("poisson", 3.0), ("multinomial", 1.75), ("randint", 2.5)]
)
def test_means_are_those_of_the_parameters(sampler: str, mean: float) -> None:
    (law,) = laws(sampler, float32)
    assert law.mean == pytest.approx(mean)
    assert law.moments[0] == pytest.approx(1.0)


def test_every_sampler_but_a_permutation_has_a_law() -> None:
    assert laws("randperm", float32) == ()
    for sampler in (*COUNTS, *TABLES, *DENSITIES, "rand", "randn"):
        assert laws(sampler, float16)


def test_distances_are_rows_and_blocks_up_to_half_the_sample() -> None:
    assert distances(1000, 250) == (2, 4, 8, 16, 32, 64, 128, 250, 256)
    assert distances(1, 1) == ()
    assert distances(16, 16) == (2, 4, 8)
