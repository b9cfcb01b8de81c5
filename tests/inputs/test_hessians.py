"""Symmetric Hessians with points and directions."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.hessians import KINDS, Hessian, hessians
from reference.formats import FORMATS


@pytest.mark.parametrize("kind", KINDS)
def test_hessians_are_symmetric_of_their_kind(kind: str) -> None:
    for fmt in FORMATS.values():
        arrays = Hessian(5, kind).make(np.random.default_rng(0), 8, fmt)
        h, b, x, v = arrays
        assert Hessian(5, kind).admits(arrays).all()
        assert [a.shape for a in (b, x, v)] == [(8, 5)] * 3
        values = np.linalg.eigvalsh(h)
        if kind in ("whole", "normal"):
            assert (values < 0).any()
            assert (values > 0).any()
        elif kind == "zero":
            assert not h.any()
        elif kind == "definite":
            assert values.min() > -0.2


def test_some_directions_are_zero_and_asymmetry_is_not_admitted() -> None:
    arrays = Hessian().make(np.random.default_rng(0), 200, FORMATS["float32"])
    assert 0.05 < (arrays[3] == 0).all(-1).mean() < 0.3  # an eighth, and whole ones by chance
    arrays[0][0, 0, 1] += 1
    assert not Hessian().admits(arrays)[0]
    assert {c.kind for c in hessians().corners if isinstance(c, Hessian)} == set(KINDS)
    with pytest.raises(ValueError, match="no 'odd' Hessian"):
        Hessian(3, "odd")
