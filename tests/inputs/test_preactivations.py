"""Arguments of activations: uniform and special ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.every_number import PARTS, SHORT, AnyNumbers, EveryNumber
from claims.frame.inputs.preactivations import Preactivations, Special, preactivations, special
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
def test_uniform_numbers_reach_their_ends(fmt: Format) -> None:
    (z,) = Preactivations(300, 7).make(np.random.default_rng(0), 64, fmt)
    assert z.shape == (64, 300)
    assert 120 < np.abs(z).max() <= 128
    assert z.min() < -120


@EVERY
def test_special_numbers_are_numbers_of_the_format_with_neighbours_of_the_ends(fmt: Format) -> None:
    numbers = special(fmt)
    kept = ~np.isnan(numbers)
    np.testing.assert_array_equal(fmt.round(numbers)[kept], numbers[kept])
    assert {0.0, 1.0, 3.0, 6.0, fmt.eta, fmt.lam, fmt.largest, np.inf, -np.inf} <= set(numbers[kept].tolist())
    for end in (1.0, 3.0, 6.0):
        near = np.unique(numbers[kept][np.abs(numbers[kept] - end) < 0.1])
        assert near.size == 3
    (z,) = Special(33).make(np.random.default_rng(0), 64, fmt)
    assert np.isnan(z).any()
    assert np.isinf(z).any()
    assert np.signbit(z[z == 0]).any()


def test_the_corners_hold_every_number_of_the_short_formats_and_the_plainest_comes_first() -> None:
    regimes = preactivations()
    assert regimes.exhaustive_in == SHORT
    assert [c.part for c in regimes.corners if isinstance(c, EveryNumber)] == list(range(PARTS))
    assert regimes.corners[0].size() == 7
    assert Special() in regimes.corners


def test_both_kinds_are_drawn() -> None:
    for kind in (Preactivations, AnyNumbers):
        assert isinstance(find(preactivations().draw, lambda r, kind=kind: isinstance(r, kind)), kind)
