"""Symmetric matrices to iterate on."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.extreme_pairs import Iterated, iterated_matrices
from reference.formats import float32, float64


def test_corners_are_symmetric_and_not_zero() -> None:
    for corner in iterated_matrices().corners:
        (a,) = corner.make(np.random.default_rng(0), 2, float32)
        assert np.array_equal(a, a.swapaxes(-1, -2))
        assert np.all(corner.admits([a]))
    assert not np.any(Iterated(3, "normal").admits([np.zeros((2, 3, 3))]))


def test_small_orders_are_refused() -> None:
    assert Iterated(3, "normal").batch(256, 1 << 14) == 2
    with pytest.raises(ValueError, match="three rows"):
        Iterated(2, "normal").make(np.random.default_rng(0), 1, float64)
