"""Convolutions small enough for their matrix, and data for dense layers with priors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.convolution_matrices import (
    LARGEST,
    STRENGTHS,
    Fits,
    fits,
    matrix_convolutions,
    tied_convolutions,
    unfolded_convolutions,
)
from claims.frame.inputs.convolutions import Convolved
from claims.frame.inputs.regime import Regimes
from reference.convolution.geometry import OUTSIDE, joined_places
from reference.formats import FORMATS

REGIMES = pytest.mark.parametrize("regimes", [matrix_convolutions(), unfolded_convolutions(), tied_convolutions()])


@REGIMES
def test_corners_have_every_option(regimes: Regimes) -> None:
    corners = [c for c in regimes.corners if isinstance(c, Convolved)]
    assert {1, 2} <= {len(c.kernel) for c in corners}
    for name in ("stride", "padding", "dilation"):
        assert len({repr(getattr(c, name)) for c in corners}) > 2
    assert max(c.groups for c in corners) > 1
    assert {"integers", "normal"} <= {c.kind for c in corners}


@REGIMES
def test_drawn_matrices_are_small_and_their_numbers_meet_one_tap(regimes: Regimes) -> None:
    @settings(max_examples=60, deadline=None, database=None)
    @given(regimes.draw)
    def check(drawn: Convolved) -> None:
        (_, c, *sizes), _, _, (_, o, *results) = drawn.shapes()
        assert c * o * np.prod(sizes) * np.prod(results) <= LARGEST or (c, o) == (1, 1)
        for row in joined_places(drawn.geometry, tuple(sizes)):
            met = row[row != OUTSIDE]
            assert len(np.unique(met)) == len(met)

    check()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_fits_have_one_solution_and_strengths_that_are_powers_of_two(fmt: object, strength: str) -> None:
    for kind in ("integers", "normal"):
        regime = Fits(2, 3, 6, strength, kind)
        x, y, s = regime.make(np.random.default_rng(0), 20, fmt)  # type: ignore[arg-type]
        assert (x.shape, y.shape, s.shape) == ((20, 6, 4), (20, 6, 2), (20,))
        assert regime.admits([x, y, s]).mean() > 0.8
        assert (s == 0).all() == (strength == "none")
        assert (np.linalg.matrix_rank(x) == 4).mean() > 0.9


def test_corners_have_every_strength() -> None:
    assert {c.strength for c in fits().corners if isinstance(c, Fits)} == set(STRENGTHS)
    for wrong in (lambda: Fits(3), lambda: Fits(2, 2, 2), lambda: Fits(strength="endless"), lambda: Fits(taps=0)):
        with pytest.raises(ValueError, match="no "):
            wrong()
    x, y, s = Fits().make(np.random.default_rng(0), 1, FORMATS["float64"])
    assert not Fits().admits([0 * x, y, s]).any()
    assert not Fits().admits([x, y, s * 3]).any()
