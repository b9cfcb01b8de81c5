"""The regimes of submodels reach the corners that their names promise."""

from __future__ import annotations

import pytest

from claims.frame.inputs.submodels import DrawnMasks, trainings
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
