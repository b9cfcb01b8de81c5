"""Nestings of modes."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.nested_derivatives import MODES, NESTED, NestedDerivatives, nested_derivatives
from reference.formats import float16


def test_all_nestings_of_two_orders() -> None:
    assert len(MODES) == 12
    assert {len(m) for m in MODES} == {2, 3}
    corners = [r for r in nested_derivatives().corners if isinstance(r, NestedDerivatives)]
    assert {r.layer for r in corners} == set(NESTED)
    assert {r.modes for r in corners} == set(MODES)


def test_numbers_are_small_and_whole() -> None:
    regime = NestedDerivatives(5)
    arrays = regime.make(np.random.default_rng(0), 4, float16)
    assert all(np.array_equal(a, np.rint(a)) for a in arrays)
    assert regime.admits(arrays).all()
    with pytest.raises(ValueError, match="no derivatives 'f'"):
        NestedDerivatives(3, "layer norm", "f")
