"""Regimes of extreme numbers: what they give, what they admit, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.extreme_derivatives import Extreme, extremes
from claims.frame.inputs.extreme_values import ExtremeNumbers, WithNaN, extreme_numbers, rows_with_nan
from reference.formats import FORMATS, Format

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
@pytest.mark.parametrize("regimes", [extremes(), extreme_numbers(), rows_with_nan()], ids=["slopes", "values", "nan"])
def test_corners_admit_what_they_give(regimes: object, fmt: Format) -> None:
    for regime in regimes.corners:  # type: ignore[attr-defined]
        arrays = [fmt.round(a) for a in regime.arrays(RNG, 3, fmt)]
        assert regime.admits(arrays).all(), regime
        assert not list(regime.simpler()) or isinstance(regime, WithNaN)


def test_shrunk_numbers_may_not_leave_their_piece() -> None:
    assert not Extreme("asinh", "huge").admits([np.zeros((1, 5))]).any()
    assert not Extreme("sinc, twice", "at 0").admits([np.ones((1, 5))]).any()
    assert not Extreme("expm1", "left").admits([np.full((1, 5), -1.0)]).any()
    assert not ExtremeNumbers("product").admits([np.zeros((1, 4))]).any()
    assert not WithNaN("relu", 3).admits([np.zeros((1, 3))]).any()


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: Extreme("asinh", "left"), "the derivative of 'asinh' is not examined 'left'"),
        (lambda: Extreme("sine"), "the derivative of 'sine' is not examined 'moderate'"),
        (lambda: ExtremeNumbers("sums"), "no problem 'sums'"),
        (lambda: WithNaN("relu", 0), "no 0 arguments of 'relu'"),
        (lambda: WithNaN("exp"), "no 5 arguments of 'exp'"),
    ],
)
def test_what_there_is_not_is_refused(make: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        make()  # type: ignore[operator]
