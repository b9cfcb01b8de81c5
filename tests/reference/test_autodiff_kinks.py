"""Directional derivatives against difference quotients; what is in a subdifferential and what is not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from claims.frame.inputs.kinks import SHAPES
from reference.autodiff import kinks as reference

VALUES = {
    "abs": np.abs,
    "relu6": lambda x: np.clip(x, 0, 6),
    "hardtanh": lambda x: np.clip(x, -1, 1),
    "softshrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "elu, alpha=2": lambda x: np.where(x > 0, x, 2 * np.expm1(x)),
    "selu": lambda x: reference.SELU_SCALE * np.where(x > 0, x, reference.SELU_ALPHA * np.expm1(x)),
    "hardsigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "threshold": lambda x: np.where(x > 0.5, x, 0.5),
    "clamp_max": lambda x: np.minimum(x, 0.5),
}
STEP = 2.0**-20


@pytest.mark.parametrize("name", VALUES)
def test_one_sided_slopes_are_the_limits_of_quotients(name: str) -> None:
    x = np.array(reference.CURVES[name].points)
    left, right = reference.one_sided(name, x)
    f = VALUES[name]
    np.testing.assert_allclose((f(x + STEP) - f(x)) / STEP, right, atol=1e-5)
    np.testing.assert_allclose((f(x) - f(x - STEP)) / STEP, left, atol=1e-5)


def test_straight_pieces_have_slopes_everywhere() -> None:
    left, right = reference.one_sided("relu6", np.array([-np.inf, -1.0, 0.0, 3.0, 6.0, np.inf]))
    assert left.tolist() == [0, 0, 0, 1, 1, 0]
    assert right.tolist() == [0, 0, 1, 1, 0, 0]


FUNCTIONS = {
    "amax": lambda x: x.max(-1),
    "kthvalue": lambda x: np.sort(x, -1)[..., 1],
    "vector_norm 1": lambda x: np.abs(x).sum(-1),
    "vector_norm inf": lambda x: np.abs(x).max(-1),
    "vector_norm 2": lambda x: np.sqrt((x * x).sum(-1)),
    "vector_norm 3": lambda x: (np.abs(x) ** 3).sum(-1) ** (1 / 3),
    "std": lambda x: x.std(-1, ddof=1),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_directional_derivatives_of_convex_functions_are_limits_of_quotients(name: str) -> None:
    points = [(0.0, 0.0, 0.0)] if name in ("vector_norm 2", "vector_norm 3", "std") else [
        (1.0, 1.0, 0.0), (0.0, 0.0, 0.0), (1.0, -1.0, 1.0), (2.0, 1.0, 0.0),
    ]  # fmt: skip
    for x, d in itertools.product(map(np.array, points), map(np.array, itertools.product((-1.0, 0.0, 2.0), repeat=3))):
        f = FUNCTIONS[name]
        quotient = (f(x + STEP * d) - f(x)) / STEP
        found = reference.derivative(name, x, d)
        if name == "kthvalue":  # not convex: the generalised derivative is the upper one
            assert quotient <= found + 1e-9
        else:
            assert abs(found - quotient) < 1e-5


NORMS_OF_MATRICES = {"nuclear norm": "nuc", "spectral norm": 2, "largest of svdvals": 2}


@pytest.mark.parametrize("name", NORMS_OF_MATRICES)
@pytest.mark.parametrize("shape", SHAPES)
def test_directional_derivatives_of_norms_of_matrices_are_limits_of_quotients(
    name: str, shape: tuple[float, float, float, float]
) -> None:
    x = np.array(shape)
    for d in np.random.default_rng(3).integers(-2, 3, (20, 4)).astype(np.float64):
        norms = [np.linalg.norm((x + t * d).reshape(2, 2), NORMS_OF_MATRICES[name]) for t in (0.0, STEP)]
        assert reference.derivative(name, x, d) == pytest.approx((norms[1] - norms[0]) / STEP, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "x", "g", "inside"),
    [
        ("nuclear norm", [0, 0, 0, 0], [1, 0, 0, -1], True),
        ("nuclear norm", [0, 0, 0, 0], [0.8, 0.8, 0.8, 0.8], False),
        ("nuclear norm", [1, 0, 0, 0], [1, 0, 0, 0.5], True),
        ("nuclear norm", [1, 0, 0, 0], [1, 0, 0, -1.5], False),
        ("nuclear norm", [1, 0, 0, 0], [1, 0.5, 0, 0], False),
        ("spectral norm", [0, 0, 0, 0], [0.5, 0, 0, 0.5], True),
        ("spectral norm", [0, 0, 0, 0], [1, 0, 0, 1], False),
        ("spectral norm", [2, 0, 0, 2], [0.5, 0, 0, 0.5], True),
        ("spectral norm", [2, 0, 0, 2], [1, 0, 0, 1], False),
        ("spectral norm", [2, 0, 0, 2], [0.5, 0.5, 0.5, 0.5], True),
        ("spectral norm", [2, 0, 0, 2], [0.5, 0.75, 0.75, 0.5], False),
    ],
)
def test_subgradients_of_norms_of_matrices(name: str, x: list[float], g: list[float], inside: bool) -> None:  # noqa: FBT001
    assert admitted(name, x, g) is inside


def test_the_margin_has_both_slopes_at_a_tie() -> None:
    x = np.array([[1.0, 1.0], [0.0, 2.0], [2.0, 0.0]])
    assert reference.derivative("margin_ranking_loss", x, np.array([[0.0, 1.0]])).tolist() == [1, 1, 0]
    assert reference.derivative("margin_ranking_loss", x, np.array([[1.0, 0.0]])).tolist() == [0, -1, 0]


def admitted(name: str, x: list[float], g: list[float]) -> bool:
    """Whether all directions admit g."""
    at, gradient = np.array([x]), np.array([g])
    d = reference.directions(name, at, gradient)
    most = reference.derivative(name, at, d) + reference.slack(name, gradient, d, 2.0**-53)
    return bool((reference.pairing(name, gradient, d) <= most).all())


@pytest.mark.parametrize(
    ("name", "x", "g", "inside"),
    [
        ("abs", [0.0], [1.0], True),
        ("abs", [0.0], [1.0000001], False),
        ("amax", [1, 1, 1, 0], [1 / 3, 1 / 3, 1 / 3, 0], True),
        ("amax", [1, 1, 1, 0], [0, 0, 1, 0], True),
        ("amax", [1, 1, 1, 0], [1, 0, 1, 0], False),
        ("amax", [1, 1, 1, 0], [0, 0, 0, 1], False),
        ("amax", [1, 1, 1, 0], [2, -1, 0, 0], False),
        ("max of dim", [1, 1, 0], [0.25, 0.5, 0], False),
        ("norm 2", [0, 0], [0.6, 0.8], True),
        ("norm 2", [0, 0], [1, 1], False),
        ("norm 1", [0, 2], [1, 1], True),
        ("norm 1", [0, 2], [-1.5, 1], False),
        ("norm inf", [0, 0], [0.5, -0.5], True),
        ("norm inf", [0, 0], [0.75, -0.5], False),
        ("norm inf", [3, -3], [0.5, -0.5], True),
        ("norm inf", [3, -3], [0.5, 0.5], False),
    ],
)
def test_directions_tell_what_is_a_subgradient(name: str, x: list[float], g: list[float], inside: bool) -> None:  # noqa: FBT001
    assert admitted(name, x, g) is inside


def test_ties_are_those_with_the_selected_number() -> None:
    x = np.array([[1.0, 2.0, 2.0, np.inf], [0.0, -0.0, -1.0, -np.inf]])
    assert reference.active("amax", x).tolist() == [[False, False, False, True], [True, True, False, False]]
    assert reference.active("topk", x).tolist() == [[False, True, True, False], [True, True, False, False]]
    assert reference.active("median", x).tolist() == [[False, True, True, False], [False, False, True, False]]


def test_exact_slopes_have_no_slack() -> None:
    d = np.array([[1.0, -2.0]])
    assert not reference.slack("abs", d, d, 0.5).any()
    assert not reference.forward_slack("abs", d, d, 0.5).any()
    assert not reference.slack("max of dim", d, d, 0.5).any()
    assert reference.slack("hardsigmoid", d, d, 2.0**-11).tolist() == [[2.0**-11, 2.0**-9]]
    assert 0 < reference.forward_slack("amax", d, d, 2.0**-11).item() < 2.0**-7
