"""The regimes of submodels reach the corners that their names promise."""

from __future__ import annotations

import pytest

from claims.frame.inputs.submodels import (
    DrawnMasks,
    GenericNetwork,
    TrainedLayer,
    generic_networks,
    networks,
    trainings,
)
from claims.regularization.submodels import ENUMERATED


def test_trainings_meet_more_and_fewer_examples_than_masks() -> None:
    sizes = [(c.units, c.examples) for c in trainings().corners]
    assert any(t > 2**n for n, t in sizes)
    assert any(t == 2**n for n, t in sizes)
    assert (30, 10000) in sizes
    assert all(c.enumerable == (c.units * c.examples <= ENUMERATED) for c in trainings().corners)


@pytest.mark.parametrize("sizes", [(0, 1, 1), (63, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_masks_have_units_and_are_drawn(sizes: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="units"):
        DrawnMasks(*sizes)


def test_networks_are_small_and_beyond_vector_widths() -> None:
    sizes = {(c.inputs, c.hidden) for c in networks().corners}
    assert {(0, 2), (1, 1), (129, 2), (2, 257)} <= sizes
    assert all(isinstance(c, TrainedLayer) for c in networks(TrainedLayer).corners)


def test_all_sizes_of_generic_networks_are_corners() -> None:
    sizes = {(c.inputs, c.hidden, c.biased) for c in generic_networks().corners}
    assert len(sizes) == 24
    with pytest.raises(ValueError, match="narrowest"):
        GenericNetwork(4, 4)
