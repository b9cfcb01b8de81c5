"""Zeros, neighbours and symmetric laws keep what their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.activation_inputs import (
    Expansion,
    NormalSample,
    SymmetricValues,
    Zeros,
    activated_laws,
    expansions,
    symmetric_values,
    zeros,
)
from reference.formats import FORMATS, Format
from reference.initialization.xavier_activations import AT_ZERO


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_corners_are_admitted_and_fit_the_format(rng: np.random.Generator, fmt: Format) -> None:
    for corner in (*zeros().corners, *expansions().corners, *activated_laws().corners, *symmetric_values().corners):
        if corner.batched:
            arrays = corner.make(rng, 8, fmt)
            assert all(np.array_equal(fmt.round(a), a) for a in arrays), corner
            assert np.all(corner.admits(arrays)), corner


def test_every_activation_is_a_corner_at_zero_and_next_to_it() -> None:
    corners = {(c.name, c.tiny) for c in zeros().corners if isinstance(c, Zeros)}
    assert corners == {(name, tiny) for name in AT_ZERO for tiny in (False, True)}


def test_zeros_have_both_signs_and_tiny_numbers_reach_the_smallest(rng: np.random.Generator, fmt: Format) -> None:
    (x,) = Zeros("tanh", 64).make(rng, 4, fmt)
    assert not x.any()
    assert 0 < np.signbit(x).mean() < 1
    (x,) = Zeros("tanh", 64, tiny=True).make(rng, 64, fmt)
    assert np.abs(x).min() == fmt.eta
    assert np.abs(x).max() <= fmt.u


def test_differences_are_exact(rng: np.random.Generator, fmt: Format) -> None:
    m, p, d = Expansion(100, "elsewhere").make(rng, 50, fmt)
    assert np.array_equal(m + d, p)
    assert (d != 0).mean() > 0.5
    (_, p, _), low = Expansion(100, "subnormal").make(rng, 5, fmt), fmt.lam
    assert np.abs(p).max() <= low


def test_other_arrays_are_not_admitted() -> None:
    assert not Expansion(1).admits([np.array([[1.0]]), np.array([[3.0]]), np.array([[2.0]])]).any()
    assert SymmetricValues(2).admits([np.array([[1.0, -1.0], [1.0, -2.0]])]).tolist() == [True, False]
    assert Zeros("tanh", 1).admits([np.array([[0.0], [1.0]])]).tolist() == [True, False]


def test_what_makes_no_sense_is_refused() -> None:
    for make in (
        lambda: Zeros("odd"),
        lambda: Expansion(0),
        lambda: SymmetricValues(3),
        lambda: SymmetricValues(2, "odd"),
        lambda: NormalSample(0),
    ):
        with pytest.raises(ValueError, match=r"no |a sample"):
            make()
