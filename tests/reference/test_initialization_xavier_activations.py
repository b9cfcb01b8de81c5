"""Values, slopes, remainders and moments of activations against balls and fractions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from flint import acb, arb

from reference.exact import ball, precision
from reference.formats import FORMATS, Arithmetic, Format, float64
from reference.initialization import xavier_activations as reference

BALLS: dict[str, Callable[[arb], arb]] = {
    "tanh": lambda z: z.tanh(),
    "arctan": lambda z: z.atan(),
    "sin": lambda z: z.sin(),
    "asinh": lambda z: z.asinh(),
    "softsign": lambda z: z / (1 + abs(z)),
    "elu": lambda z: z if z > 0 else z.expm1(),
}
SLOPES: dict[str, Callable[[arb], arb]] = {
    "tanh": lambda z: 1 - z.tanh() ** 2,
    "arctan": lambda z: 1 / (1 + z**2),
    "sin": lambda z: z.cos(),
    "asinh": lambda z: 1 / (1 + z**2).sqrt(),
    "softsign": lambda z: 1 / (1 + abs(z)) ** 2,
    "elu": lambda z: arb(1) if z > 0 else z.exp(),
}
KERNEL = reference.Kernel(float64)
POINTS = [s * 2.0**k * v for s in (-1, 1) for k in (-40, -20, -9, -4, -2, -1, 0, 1) for v in (1.0, 1.37, 1.9)]


@pytest.fixture(params=list(BALLS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_curve_has_a_ball() -> None:
    assert set(reference.CURVES) == set(BALLS) == set(SLOPES)
    assert all(reference.meets_the_assumption(n) for n in reference.CURVES)


def test_values_and_slopes_are_those_of_balls(name: str) -> None:
    z = np.array(POINTS)
    truth = reference.activated(name, z, KERNEL)
    slope = reference.directional_slope(name, z, np.ones(len(z)), KERNEL)
    own = reference.OWN * 2.0**-53
    with precision(200):
        for i, point in enumerate(POINTS):
            exact = BALLS[name](ball(point))
            assert abs(ball(float(truth.value[i])) - exact) <= own * abs(exact)
            assert abs(ball(float(slope.value[i])) - SLOPES[name](ball(point))) <= 8 * 2.0**-53


def test_remainders_hold_and_are_sharp_at_zero(name: str) -> None:
    curve = reference.CURVES[name]
    with precision(300):
        for point in POINTS:
            away = abs(BALLS[name](ball(point)) - ball(point))
            assert away <= ball(curve.constant * (1 + 1e-15)) * abs(ball(point)) ** curve.order
        near = ball(-(2.0**-20))
        assert abs(BALLS[name](near) - near) >= ball(0.999 * curve.constant) * abs(near) ** curve.order


def test_taylor_polynomials_bracket_the_activation(name: str) -> None:
    """In float64 up to its rounding, which `bracketed` allows for."""
    z = np.array(POINTS)
    truth = reference.bracketed(name, z, KERNEL)
    with precision(200):
        for i, point in enumerate(POINTS):
            assert abs(ball(float(truth.value[i])) - BALLS[name](ball(point))) <= ball(float(truth.bound[i]))


def test_tangents_are_as_near_as_the_curvature_says(name: str) -> None:
    with precision(200):
        for m in POINTS[::2]:
            for p in POINTS[1::2]:
                bound, _ = reference.tangent_error(name, np.array(m), np.array(p), KERNEL)
                d = ball(p) - ball(m)
                away = abs(BALLS[name](ball(p)) - BALLS[name](ball(m)) - SLOPES[name](ball(m)) * d)
                assert away <= ball(float(bound) * (1 + 1e-14))


def test_kinks_and_closed_forms() -> None:
    assert math.isclose(reference.AT_ZERO["mish"].left, math.tanh(math.log(2)), rel_tol=1e-15)
    assert reference.AT_ZERO["selu"].left > reference.AT_ZERO["selu"].right > 1
    assert not any(map(reference.meets_the_assumption, ("relu", "sigmoid", "gelu", "selu", "softplus", "erf")))
    relu = reference.slope_at_zero("relu", KERNEL)
    assert (float(relu.value - relu.bound), float(relu.value + relu.bound)) == (0.0, 1.0)
    assert reference.slope_at_zero("tanh", KERNEL).bound == 0
    assert reference.value_at_zero("sigmoid", KERNEL).bound == 0 < reference.value_at_zero("softplus", KERNEL).bound


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_next_to_zero_one_sided_slopes_decide(fmt: Format) -> None:
    h = np.array([-1.0, 1.0]) * 2.0**-fmt.precision
    assert reference.near_zero("leaky relu", h, reference.Kernel(fmt)).value.tolist() == [0.01 * h[0], h[1]]
    truth = reference.near_zero("tanh", h, reference.Kernel(fmt))
    assert (np.abs(np.tanh(h) - truth.value) <= truth.bound).all()
    assert (truth.bound <= 12 * fmt.u * np.abs(h) + 2 * fmt.eta).all()


def test_moments_of_finite_laws_keep_their_brackets() -> None:
    z = np.array([[-1.5, -0.25, 0.25, 1.5]])
    how = Arithmetic.of(float64)
    for name in reference.CURVES:
        mean, square = reference.moments_of_activated(name, z, KERNEL, how, how)
        y = reference.CURVES[name].value(z)
        assert abs(mean.value[0] - y.mean()) <= mean.bound[0]
        assert abs(square.value[0] - (y**2).mean()) <= square.bound[0]
    lower, upper = reference.tanh_bracket(z)
    assert lower[0] < np.mean(np.tanh(z) ** 2) < upper[0]
    lower, upper = reference.elu_shift(z)
    assert lower[0] < reference.CURVES["elu"].value(z).mean() < upper[0]


@pytest.mark.parametrize("sigma", [2.0**-6, 0.1, 0.5, 1.0, 2.0])
def test_integrals_are_those_of_balls(sigma: float) -> None:
    with precision(80):

        def integrand(t: acb, _: bool) -> acb:  # noqa: FBT001  flint's signature
            return (ball(sigma) * t).tanh() ** 2 * (-t * t / 2).exp()

        value = acb.integral(integrand, -12, 12).real / (2 * arb.pi()).sqrt()
        exact = float(value.mid())
    computed = reference.mean_tanh_square(sigma)
    assert abs(computed - exact) <= 1e-13
    assert sigma**2 - 2 * sigma**4 <= computed <= sigma**2


def test_the_ratios_of_the_catalogue() -> None:
    for sigma, ratio in ((0.1, 0.98055), (0.3, 0.855), (0.5, 0.69406), (1.0, 0.39429), (2.0, 0.15882)):
        assert abs(reference.mean_tanh_square(sigma) / sigma**2 - ratio) < 1e-5


def test_samples_are_refused_if_they_are_of_another_deviation() -> None:
    z = np.random.default_rng(0).standard_normal(100_000)
    mean, square = reference.sampled_tanh_fits(np.tanh(z), 1.0, KERNEL)
    assert mean.distance < mean.radius
    assert square.distance < square.radius
    _, square = reference.sampled_tanh_fits(np.tanh(1.1 * z), 1.0, KERNEL)
    assert square.distance > square.radius
