"""Hessians are integer and positive definite, in every format alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.quadratics import Quadratic, quadratics
from reference.formats import FORMATS, float32


@settings(max_examples=60, deadline=None, database=None)
@given(quadratics().draw)
def test_drawn_problems_are_admitted_and_exact(regime: Quadratic) -> None:
    for fmt in (FORMATS["float32"], FORMATS["float64"]):
        raw, made = regime.arrays(np.random.default_rng(1), 4, fmt), regime.make(np.random.default_rng(1), 4, fmt)
        assert all(np.array_equal(a, b) for a, b in zip(raw, made, strict=True))
        assert regime.admits(made).all()


@pytest.mark.parametrize("regime", quadratics().corners)
def test_corners_are_positive_definite(regime: Quadratic) -> None:
    h, w, losses, penalties = regime.make(np.random.default_rng(2), 2, float32)
    assert h.shape == (2, regime.n, regime.n)
    assert (w.shape, losses.shape, penalties.shape) == ((2, regime.n), *[(2, regime.candidates)] * 2)
    assert not regime.n or np.linalg.eigvalsh(h).min() > 0.5 * (regime.hessian != "ill")


def test_shrinking_keeps_integers_symmetry_and_definiteness() -> None:
    regime = Quadratic(2)
    h, w, losses, penalties = regime.make(np.random.default_rng(4), 5, float32)
    h[0] = 0
    h[1, 0, 1] += 1
    w[2] = 0.5
    penalties[3] = -1
    assert regime.admits([h, w, losses, penalties]).tolist() == [False, False, False, False, True]


def test_corners_reach_sizes_beyond_sixty_four() -> None:
    corners = [c for c in quadratics().corners if isinstance(c, Quadratic)]
    assert {0, 1, 17, 33, 65} <= {c.n for c in corners}
    assert max(c.candidates for c in corners) > 128


@pytest.mark.parametrize("arguments", [(2, "round"), (-1,), (2, "dense", 0), (7, "ill")])
def test_problems_that_cannot_be_are_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="Hessian"):
        Quadratic(*arguments)  # type: ignore[arg-type]
