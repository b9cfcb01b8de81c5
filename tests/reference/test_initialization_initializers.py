"""Laws of initializers against simulation in NumPy, the truncated normal law, sparse weights, counted fans."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import truncnorm

from reference.formats import FORMATS, Format, float32, float64
from reference.initialization import initializers as reference
from reference.initialization.depth import sign_layers
from reference.probability.consistency import consistent
from reference.probability.sampling import UniformLaw


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
@pytest.mark.parametrize("nonlinearity", ["linear", "relu", "leaky_relu", "tanh"])
def test_kaiming_weights_keep_the_mean_square_of_their_side(mode: str, nonlinearity: str) -> None:
    deviation = reference.kaiming_deviation((30, 20, 3), mode, nonlinearity, 0.2)
    gains = {"linear": 1.0, "relu": 2.0, "leaky_relu": 2 / 1.04, "tanh": 25 / 9}
    assert deviation**2 * (60 if mode == "fan_in" else 90) == pytest.approx(gains[nonlinearity])


def test_uniform_and_normal_laws_of_one_initializer_have_one_variance() -> None:
    for family in ("kaiming", "xavier"):
        uniform, normal = (
            reference.laws_of(f"{family}_{law}_", (40, 30), "fan_in", "relu", 0.0, float64)[0]
            for law in ("uniform", "normal")
        )
        assert uniform.variance == pytest.approx(normal.variance, rel=1e-12)
        assert uniform.mean == normal.mean == 0


LAWS = [(0.0, 1.0, -2.0, 2.0), (1.0, 2.0, 0.0, 1.0), (3.0, 1.0, -2.0, 2.0), (0.0, 1.0, 3.0, 5.0), (0.0, 1.0, -1.0, 0.5)]


@pytest.mark.parametrize("law", LAWS)
def test_rounded_draws_of_a_truncated_law_are_consistent_with_it(law: tuple[float, ...], fmt: Format) -> None:
    mean, deviation, lower, upper = law
    exact = truncnorm((lower - mean) / deviation, (upper - mean) / deviation, mean, deviation)
    x = fmt.round(exact.rvs(1 << 14, random_state=np.random.default_rng(0)))
    laws = reference.truncated_laws(*law, fmt)
    assert all(fit.distance <= fit.radius for _, fit in consistent(x, laws))
    clipped = np.random.default_rng(1).normal(mean, deviation, 1 << 14).clip(lower, upper)
    assert any(fit.distance > fit.radius for _, fit in consistent(clipped, laws))


@pytest.mark.parametrize("law", LAWS)
def test_the_share_of_accepted_draws(law: tuple[float, ...]) -> None:
    mean, deviation, lower, upper = law
    ends = (lower - mean) / deviation, (upper - mean) / deviation
    exact = (math.erfc(-ends[1] / math.sqrt(2)) - math.erfc(-ends[0] / math.sqrt(2))) / 2
    assert reference.acceptance(*law) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize("t", [0.5, 1.0, 2.0, 4.0])
def test_the_deviation_of_a_truncated_law(t: float) -> None:
    assert reference.truncated_deviation(t) == pytest.approx(float(truncnorm(-t, t).std()), rel=1e-10)
    (law,) = reference.truncated_laws(0.0, 1.0, -t, t, float64)
    assert math.sqrt(law.variance) == pytest.approx(reference.truncated_deviation(t), rel=1e-10)


def test_mean_squares_of_outputs() -> None:
    rng, law = np.random.default_rng(2), UniformLaw((-0.5, 0.5))
    x = rng.standard_normal(7)
    y = rng.uniform(-0.5, 0.5, (4000, 7)) @ x
    fit = reference.second_moment_fit(x, y, np.zeros_like(y), law)
    assert fit.distance <= fit.radius
    assert reference.second_moment_fit(x, 1.2 * y, np.zeros_like(y), law).distance > fit.radius


@pytest.mark.parametrize("m", [1, 2, 5, 9])
def test_the_fourth_moment_of_signs(m: int) -> None:
    x = np.arange(1, m + 1.0)
    y = sign_layers((m, 1), 1.0)[0][:, 0] @ x
    assert (y**4).mean() == reference.fourth_moment_of_signs(x)


def test_zeros_of_sparse_weights() -> None:
    assert [reference.zeros_of_column(*v) for v in ((10, 0.1), (100, 0.07), (100, 0.55), (5, 0.0), (5, 1.0))] == [
        1,
        8,
        56,
        0,
        5,
    ]
    rng = np.random.default_rng(3)
    counts = rng.binomial(200, 0.3, 20).tolist()
    assert (fit := reference.rows_fit(counts, 200, 0.3)).distance <= fit.radius
    assert (fit := reference.rows_fit([200, *counts[1:]], 200, 0.3)).distance > fit.radius
    assert (fit := reference.other_zeros_fit(0, 1000, 1.0, float32)).distance <= fit.radius
    assert (fit := reference.other_zeros_fit(5, 1000, 1.0, float32)).distance > fit.radius
