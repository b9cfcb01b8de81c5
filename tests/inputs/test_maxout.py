"""Units and rows of numbers to take maxima of."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.maxout import INTERVALS, KINDS, Maxima, Units, maxima, units
from reference.formats import FORMATS, Format
from reference.networks.maxout import CURVES

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("interval", range(len(INTERVALS)))
def test_numbers_lie_in_the_interval_and_points_in_the_middle_of_its_parts(fmt: Format, interval: int) -> None:
    regime = Units("exp", 5, 33, interval)
    arrays = regime.make(np.random.default_rng(0), 3, fmt)
    x, t = arrays
    low, high = INTERVALS[interval]
    assert regime.admits(arrays).all()
    assert (x.min(-1) == low).all()
    assert (x.max(-1) == high).all()
    np.testing.assert_allclose(t[0], low + (high - low) * np.array([0.1, 0.3, 0.5, 0.7, 0.9]), atol=4 * fmt.u * 4)
    arrays[1] = arrays[1] + 0.2
    assert not regime.admits(arrays).any()


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_finite_and_of_their_kind(fmt: Format, kind: str) -> None:
    (x,) = Maxima(17, kind).make(np.random.default_rng(1), 8, fmt)
    assert x.shape == (8, 17)
    assert Maxima(17, kind).admits([x]).all()
    assert (x == np.rint(x)).all() == (kind in ("integers", "large")) or fmt.precision < 24
    assert (np.abs(x).max() > 1e4) == (kind == "large" or (kind == "scales" and np.abs(x).max() > 1e4))
    assert (np.abs(x - 1) <= 8 * fmt.u).all() == (kind == "neighbours")
    assert (np.unique(np.abs(x[0])).size <= 2) == (kind == "equal")


def test_corners_and_refusals() -> None:
    assert {c.name for c in units().corners if isinstance(c, Units)} == set(CURVES)
    assert {c.kind for c in maxima().corners if isinstance(c, Maxima)} == set(KINDS)
    for wrong in ({"name": "sine"}, {"k": 0}, {"n": 1}, {"interval": 9}):
        with pytest.raises(ValueError, match="no unit"):
            Units(**wrong)  # type: ignore[arg-type]
    for other in ({"n": 0}, {"kind": "odd"}):
        with pytest.raises(ValueError, match="numbers of kind"):
            Maxima(**other)  # type: ignore[arg-type]
