"""Two points with directions."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.separated import KINDS, ORDERS, Points, separated_points
from reference.formats import FORMATS, Format, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_corners(rng: np.random.Generator, fmt: Format) -> None:
    for corner in separated_points().corners:
        assert all(np.isfinite(a).all() for a in corner.make(rng, 3, fmt))
    made = [c for c in separated_points().corners if isinstance(c, Points)]
    assert {c.kind for c in made} == {*KINDS}
    assert {c.order for c in made} == {*ORDERS}


def test_kinds(rng: np.random.Generator) -> None:
    x, y, *_ = Points(5, kind="equal").make(rng, 3, float64)
    assert np.array_equal(x, y)
    assert x.any()
    x, y, *_ = Points(5, kind="ties").make(rng, 3, float64)
    assert np.all(np.abs(x - y) == 3)
    x, y, *_ = Points(5, kind="single").make(rng, 3, float64)
    assert np.all(np.count_nonzero(x - y, axis=-1) == 1)
    x, y, *_ = Points(5, kind="origin").make(rng, 3, float64)
    assert not x.any()
    assert not y.any()
    with pytest.raises(ValueError, match="points of 0"):
        Points(0)
