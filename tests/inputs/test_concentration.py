"""Rare atoms make Chebyshev's inequality an equation."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.concentration import RareAtoms, concentrated_data, constant_data, rare_outlier
from reference.formats import FORMATS, Format


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_the_share_of_far_atoms_is_one_over_k_squared(fmt: Format) -> None:
    for k in (1, 2, 5, 16):
        (x,) = RareAtoms(k).make(np.random.default_rng(0), 8, fmt)
        assert np.all(RareAtoms(k).admits([x]))
        centre = x.mean(-1, keepdims=True)
        far = np.abs(x - centre)
        assert np.allclose((far**2).mean(-1) * k**2, far.max(-1) ** 2)
        assert np.all((far > far.max(-1, keepdims=True) / 2).mean(-1) == 1 / k**2)


def test_two_atoms_on_one_side_or_unequally_far_are_not_admitted() -> None:
    x = np.zeros((3, 8))
    x[0, :2], x[1, :2], x[2, :2] = (1, 1), (1, -2), (1, -1)
    assert RareAtoms(2).admits([x]).tolist() == [False, False, True]
    with pytest.raises(ValueError, match="at least 1"):
        RareAtoms(0)


def test_every_corner_is_admitted(fmt: Format) -> None:
    for corner in (*concentrated_data().corners, *rare_outlier().corners, *constant_data().corners):
        assert np.all(corner.admits(corner.make(np.random.default_rng(1), 2, fmt)))
