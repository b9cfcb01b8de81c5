"""Chains and scaled matrices: corners are admitted, and impossible ones are refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.depth import (
    SCHEMES,
    ChainDraw,
    DrawnChain,
    Scaled,
    ScaledMatrix,
    SignChain,
    SignedChain,
    chains,
    scaled_matrices,
)
from claims.frame.inputs.regime import Regime
from reference.formats import FORMATS, Format


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


@pytest.mark.parametrize("corner", [*chains().corners, *scaled_matrices().corners])
def test_corners_are_admitted(corner: Regime, fmt: Format) -> None:
    arrays = corner.make(np.random.default_rng(0), 4 if corner.batched else 1, fmt)
    assert np.all(corner.admits(arrays))
    presented = corner.present([torch.from_numpy(a) for a in arrays], 3)
    assert isinstance(presented, (SignedChain, ChainDraw, Scaled))


def test_every_scheme_has_a_rectangular_corner() -> None:
    drawn = [c for c in chains().corners if isinstance(c, DrawnChain)]
    assert {c.scheme for c in drawn if len(set(c.widths)) > 1} == set(SCHEMES)


def test_what_is_no_chain_is_refused() -> None:
    for make in (
        lambda: SignChain((2,)),
        lambda: SignChain((4, 4)),
        lambda: SignChain((2, 2), 0.3),
        lambda: DrawnChain((2,)),
        lambda: DrawnChain(scheme="other"),
        lambda: DrawnChain(scheme="kaiming", gain=2.0),
        lambda: ScaledMatrix(-1),
        lambda: ScaledMatrix(kind="other"),
    ):
        with pytest.raises(ValueError, match=r"no|gain"):
            make()


def test_numbers_outside_are_not_admitted() -> None:
    assert not SignChain().admits([np.array([[1.5, 0.0]])]).any()
    assert not DrawnChain().admits([np.zeros(2), np.ones(2)])
    w, x = np.ones((1, 2, 2)), np.ones((1, 2))
    assert not ScaledMatrix().admits([w, np.array([3.0]), x]).any()
    assert ScaledMatrix(kind="general").admits([w, np.array([3.0]), x]).all()
    assert not ScaledMatrix(kind="non-negative").admits([-w, np.array([2.0]), x]).any()
