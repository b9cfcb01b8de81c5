"""Frequencies, units and orthogonal weights: corners are admitted, and what makes no sense is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.biases import (
    DrawnUnits,
    Frequencies,
    OrthogonalDraw,
    OrthogonalWeight,
    RandomUnits,
    Units,
    WholeUnits,
    biased_units,
    frequencies,
    orthogonal_weights,
)
from claims.frame.inputs.regime import Regime
from reference.formats import FORMATS, Format


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


@pytest.mark.parametrize("corner", [*frequencies().corners, *biased_units().corners, *orthogonal_weights().corners])
def test_corners_are_admitted(corner: Regime, fmt: Format) -> None:
    arrays = corner.make(np.random.default_rng(0), 6 if corner.batched else 1, fmt)
    assert np.all(corner.admits(arrays))
    presented = corner.present([torch.from_numpy(a) for a in arrays], 3)
    assert isinstance(presented, (torch.Tensor, Units, DrawnUnits, OrthogonalDraw))


def test_what_makes_no_sense_is_refused() -> None:
    for make in (
        lambda: Frequencies(0),
        lambda: Frequencies(3, "other"),
        lambda: WholeUnits(0),
        lambda: WholeUnits(m=14),
        lambda: RandomUnits(0),
        lambda: OrthogonalWeight(gain=0.0),
    ):
        with pytest.raises(ValueError, match=r"no|units|gain"):
            make()


def test_other_numbers_are_not_admitted() -> None:
    assert not Frequencies().admits([np.array([[0.9, 0.9]])]).any()
    assert not WholeUnits().admits([np.full((1, 3, 2), 4.0), np.ones((1, 4, 2))]).any()
    assert not RandomUnits().admits([np.zeros(3)])
