"""Signals that are cut into windows."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.norm_uses import KINDS, ORDERS, Signal, signals
from reference.formats import FORMATS, Format, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_corners(rng: np.random.Generator, fmt: Format) -> None:
    made = [c for c in signals().corners if isinstance(c, Signal)]
    assert {c.kind for c in made} == {*KINDS}
    assert {c.order for c in made} == {*ORDERS}
    for corner in made:
        (x,) = corner.make(rng, 3, fmt)
        assert x.shape == (3, corner.n)
        assert np.isfinite(x).all()


def test_kinds(rng: np.random.Generator) -> None:
    (x,) = Signal(9, 3, kind="single").make(rng, 5, float64)
    assert np.all(np.count_nonzero(x, axis=-1) == 1)
    (x,) = Signal(9, 3, kind="zero").make(rng, 5, float64)
    assert not x.any()
    with pytest.raises(ValueError, match="windows of 5"):
        Signal(4, 5)
