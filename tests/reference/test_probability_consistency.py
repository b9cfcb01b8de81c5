"""Consistency of samples and laws: the level of every test by simulation, and its power against its alternative."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from reference.formats import bfloat16, float32
from reference.probability.consistency import SIZE, TESTS, consistent
from reference.probability.continuous import ContinuousLaw, NormalLaw
from reference.probability.sampling import DiscreteLaw, Fit, Law, UniformLaw, uniform_laws

Float64 = NDArray[np.float64]
LEVEL = 0.05
TRIALS = 400

UNIFORM = UniformLaw((-1.0, 1.0))
DIE = DiscreteLaw(np.arange(6.0), np.full(6, 1 / 6))
NORMAL = NormalLaw(stats.norm(1.0, 2.0))
CAUCHY = ContinuousLaw(stats.cauchy())
TRUNCATED = ContinuousLaw(stats.truncnorm(-2, 1))

LAWS: dict[str, tuple[Law, Callable[[np.random.Generator, int], Float64]]] = {
    "uniform": (UNIFORM, lambda rng, n: rng.uniform(-1, 1, n)),
    "die": (DIE, lambda rng, n: rng.integers(0, 6, n).astype(float)),
    "normal": (NORMAL, lambda rng, n: rng.normal(1, 2, n)),
    "cauchy": (CAUCHY, lambda rng, n: rng.standard_cauchy(n)),
    "truncated": (TRUNCATED, lambda rng, n: stats.truncnorm(-2, 1).rvs(n, random_state=rng)),
}


def refused(fit: Fit) -> bool:
    return not fit.distance <= fit.radius


@pytest.mark.parametrize("n", [1, 2, 20, 300])
@pytest.mark.parametrize("name", LAWS)
def test_a_sample_of_the_law_is_refused_as_rarely_as_promised(name: str, n: int) -> None:
    law, draw = LAWS[name]
    rng = np.random.default_rng(7)
    alarms = dict.fromkeys(TESTS, 0)
    for _ in range(TRIALS):
        for test, fit in consistent(draw(rng, n), law, alpha=LEVEL):
            alarms[test] += refused(fit)
    allowed = LEVEL + 5 * math.sqrt(LEVEL * (1 - LEVEL) / TRIALS)
    assert all(count <= allowed * TRIALS for count in alarms.values()), alarms


def _repeating(rng: np.random.Generator, n: int) -> Float64:
    x = rng.uniform(-1, 1, n)
    again = rng.random(n - 4) < 1 / 6
    x[4:][again] = x[:-4][again]
    return x


def _bump(rng: np.random.Generator, n: int) -> Float64:
    """The mass of (0, 0.08) moved to its end: the distribution function is 0.04 off, the moments hardly."""
    x = rng.uniform(-1, 1, n)
    return np.where((x > 0) & (x < 0.08), 0.08, x)


ALTERNATIVES: dict[str, tuple[Law, Callable[[np.random.Generator, int], Float64]]] = {
    "distance": (UNIFORM, _bump),
    "mean": (UNIFORM, lambda rng, n: rng.uniform(-1, 1, n) + 0.08 * 3**-0.5),
    "second moment": (NORMAL, lambda rng, n: 1 + 2.2 * rng.standard_normal(n)),
    "range": (UNIFORM, lambda rng, n: rng.uniform(-1, 0.996, n)),
    "independence": (UNIFORM, _repeating),
}


@pytest.mark.parametrize("test", TESTS)
def test_its_alternative_is_refused(test: str) -> None:
    law, draw = ALTERNATIVES[test]
    rng = np.random.default_rng(8)
    caught = sum(refused(dict(consistent(draw(rng, SIZE), law))[test]) for _ in range(20))
    assert caught == 20


def test_the_second_moment_refuses_stretched_uniform_draws() -> None:
    x = 1.1 * np.random.default_rng(9).uniform(-1, 1, SIZE)
    assert refused(dict(consistent(x, UNIFORM))["second moment"])


def test_moments_are_judged_where_there_is_a_bound() -> None:
    rng = np.random.default_rng(10)
    assert {name for name, _ in consistent(rng.standard_cauchy(50), CAUCHY)} == {"distance", "range", "independence"}
    assert {name for name, _ in consistent(rng.normal(1, 2, 50), NORMAL)} == set(TESTS)
    with pytest.raises(ValueError, match="3-th"):
        NORMAL.moment_radius(3, 10, LEVEL)


@pytest.mark.parametrize("sample", [[], [[1.0]], [0.5, math.nan]], ids=["empty", "matrix", "NaN"])
def test_what_no_law_explains_is_an_error(sample: list[float]) -> None:
    with pytest.raises(ValueError, match="vector"):
        list(consistent(np.array(sample), UNIFORM))


def test_the_nearest_of_several_laws_counts() -> None:
    laws = uniform_laws(-1.0, 1.0, bfloat16)
    x = bfloat16.round(np.random.default_rng(11).uniform(-1, 1, 4096))
    assert not any(refused(fit) for _, fit in consistent(x, laws))
    assert refused(dict(consistent(x, UniformLaw((3.0, 5.0))))["mean"])


def test_rounded_normal_draws_are_within_the_slack() -> None:
    rng = np.random.default_rng(12)
    for mean, deviation in ((0.0, 1.0), (3.0, 0.5), (0.0, 1e-6)):
        law = NormalLaw.of(mean, deviation, bfloat16)
        x = bfloat16.round(mean + deviation * rng.standard_normal(SIZE))
        assert not any(refused(fit) for _, fit in consistent(x, law)), (mean, deviation)
    assert NormalLaw.of(0.0, 1.0, float32).slack < 1e-6


@pytest.mark.parametrize("name", LAWS)
def test_half_the_mass_lies_above_the_median(name: str) -> None:
    law, _ = LAWS[name]
    assert law.above(law.median) == pytest.approx(0.5)


def test_a_law_with_a_heavy_atom_comes_as_near_to_half_as_it_can() -> None:
    assert DiscreteLaw(np.array([0.0, 1.0, 2.0]), np.array([0.7, 0.2, 0.1])).median == 0.0
    assert DiscreteLaw(np.array([0.0, 1.0, 2.0]), np.array([0.1, 0.2, 0.7])).median == 1.0
