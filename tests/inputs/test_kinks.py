"""Kinks: ends of pieces with their neighbours, and ties of every multiplicity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.kinks import Matrices, Pieces, Ties, kinks, points
from reference.autodiff import kinks as reference
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
def test_straight_pieces_come_with_neighbours_and_infinities(fmt: Format) -> None:
    found = points("hardtanh", fmt)
    np.testing.assert_array_equal(fmt.round(found), found)
    assert {-1.0, 1.0, np.inf, -np.inf, 1 + 2 * fmt.u} <= set(found.tolist())
    assert {-fmt.eta, fmt.eta, 0.0} <= set(points("abs", fmt).tolist())
    assert np.signbit(points("abs", fmt)[points("abs", fmt) == 0]).any()


def test_curved_pieces_come_with_their_ends_only() -> None:
    assert set(points("hardswish", FORMATS["float32"]).tolist()) == {-3.0, 3.0}
    assert not np.signbit(points("sqrt", FORMATS["float32"])).any()
    assert np.signbit(points("sqrt at -0", FORMATS["float32"])).all()
    ends = Pieces("hardswish")
    assert ends.admits([np.array([[3.0, -3.0], [3.0, 0.0]])]).tolist() == [True, False]


def test_ties_have_every_multiplicity() -> None:
    (x,) = Ties("amax", 4).make(np.random.default_rng(0), 400, FORMATS["float32"])
    assert set((x == x.max(-1, keepdims=True)).sum(-1).tolist()) == {1, 2, 3, 4}
    assert Ties("amax", 4).admits([x]).all()


def test_norms_and_deviations_have_the_kinks_that_they_have() -> None:
    rng, fmt = np.random.default_rng(0), FORMATS["float32"]
    (x,) = Ties("norm 2", 3).make(rng, 20, fmt)
    assert not x.any()
    assert len(set(np.signbit(x).ravel().tolist())) == 2
    (x,) = Ties("std", 3, -2.0).make(rng, 20, fmt)
    assert (x == -2).all()
    (x,) = Ties("vector_norm inf", 3).make(rng, 50, fmt)
    assert (x < 0).any()
    assert Ties("norm 2", 3).admits([np.array([[0.0, 1.0, 0.0]])]).tolist() == [False]
    assert Ties("std", 2).admits([np.array([[1.0, 2.0], [2.0, 2.0]])]).tolist() == [False, True]


def test_matrices_have_equal_singular_values_or_zeros() -> None:
    regime = Matrices("spectral norm")
    (x,) = regime.make(np.random.default_rng(0), 100, FORMATS["float16"])
    s = np.linalg.svd(x.reshape(-1, 2, 2), compute_uv=False)
    assert {tuple(np.round(row / max(row[0], 1e-9), 6)) for row in s} == {(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)}
    assert regime.admits([x]).all()
    assert regime.admits([np.array([[2.0, 0.0, 0.0, 1.0]])]).tolist() == [False]
    with pytest.raises(ValueError, match="no matrices for"):
        Matrices("amax")


def test_what_makes_no_sense_is_refused() -> None:
    for name, n, value in (("nothing", 3, 1.0), ("maximum", 3, 1.0), ("amax", 1, 1.0), ("norm 1", 3, np.inf)):
        with pytest.raises(ValueError, match="no ties of"):
            Ties(name, n, value)
    with pytest.raises(ValueError, match="no 0 points"):
        Pieces("abs", 0)


def test_every_function_is_a_corner_and_both_kinds_are_drawn() -> None:
    regimes = kinks()
    assert {c.name for c in regimes.corners} == {*reference.CURVES, *reference.OF_VECTORS, *reference.MATRICES}
    for kind in (Pieces, Ties, Matrices):
        assert isinstance(find(regimes.draw, lambda r, kind=kind: isinstance(r, kind)), kind)
