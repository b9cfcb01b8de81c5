"""Left inverses are exact in the format, rectangular matrices are never square, and every named corner is reached."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.linear_systems import (
    LeftInvertible,
    Rectangular,
    left_invertible_systems,
    nonsingular_matrices,
    rectangular_matrices,
)
from claims.frame.inputs.systems import DRIVERS, ExactRank, LinearSystem
from reference import exact
from reference.formats import Format, float32, float64

FORMATS = [float32, float64]


def left_corners() -> list[LeftInvertible]:
    return [c for c in left_invertible_systems().corners if isinstance(c, LeftInvertible)]


def check_left_inverses(regime: LeftInvertible, fmt: Format) -> None:
    raw = regime.arrays(np.random.default_rng(1), 8, fmt)
    a, y, b = made = regime.make(np.random.default_rng(1), 8, fmt)
    for exactly, stored in zip(raw, made, strict=True):
        assert np.array_equal(exactly, stored)
    m, n = a.shape[-2:]
    assert b.shape == (8, n, m)
    for p, q, right in zip(a, b, y, strict=True):
        assert exact.rational_matrix(q) * exact.rational_matrix(p) == exact.rational_matrix(np.eye(n))
        joined = exact.rational_matrix(np.hstack((p, right)))
        assert exact.rank(joined) == n or regime.system.right == "inconsistent"
    assert regime.admits(made).all()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", left_corners())
def test_left_inverses_of_corners_are_exact(regime: LeftInvertible, fmt: Format) -> None:
    check_left_inverses(regime, fmt)


@settings(max_examples=60, deadline=None, database=None)
@given(left_invertible_systems().draw)
def test_drawn_left_inverses_are_exact(regime: LeftInvertible) -> None:
    for fmt in FORMATS:
        check_left_inverses(regime, fmt)


def test_left_inverses_of_tall_matrices_differ() -> None:
    a, _, b = LeftInvertible(LinearSystem(ExactRank(4, 2))).make(np.random.default_rng(2), 32, float64)
    assert b[..., 2:].any((-2, -1)).sum() > 16
    assert not np.allclose(b, np.linalg.pinv(a))


def test_shrinking_keeps_left_inverses() -> None:
    regime = LeftInvertible(LinearSystem(ExactRank(3, 2)))
    a, y, b = regime.make(np.random.default_rng(3), 3, float32)
    b[0] += 1
    a[1, :2] = 0
    assert regime.admits([a, y, b]).tolist() == [False, False, True]


def test_no_left_inverse_without_full_column_rank() -> None:
    for matrix in (ExactRank(2, 3), ExactRank(3, 3, deficiency=1)):
        with pytest.raises(ValueError, match="full column rank"):
            LeftInvertible(LinearSystem(matrix, driver="gelsd"))


def test_corners_of_left_invertible_systems() -> None:
    systems = [c.system for c in left_corners()]
    assert {s.driver for s in systems} == set(DRIVERS)
    assert {s.right for s in systems} == {"consistent", "identity", "zero"}
    assert {s.matrix.scale for s in systems} >= {"tiny", "huge"}
    assert any(s.matrix.condition == "ill" for s in systems)
    assert any(s.matrix.rows == s.matrix.cols for s in systems)
    assert any(s.matrix.rows > 32 for s in systems)
    assert any(s.matrix.cols == 0 for s in systems)


def test_rectangular_matrices_are_not_square() -> None:
    with pytest.raises(ValueError, match="as many rows as columns"):
        Rectangular(2, 2)
    corners = [c for c in rectangular_matrices().corners if isinstance(c, Rectangular)]
    assert len(corners) == len(rectangular_matrices().corners)
    shapes = {(c.rows, c.cols) for c in corners}
    assert {(0, 3), (3, 0), (1, 2), (2, 1), (33, 4), (4, 33)} <= shapes
    assert {c.scale for c in corners} >= {"tiny", "huge"}
    assert any(c.deficiency for c in corners)
    assert any(c.rank == 0 and c.rows and c.cols for c in corners)
    assert all(
        simpler.rows != simpler.cols for c in corners for simpler in c.simpler() if isinstance(simpler, ExactRank)
    )


@settings(max_examples=60, deadline=None, database=None)
@given(rectangular_matrices().draw, nonsingular_matrices().draw)
def test_drawn_matrices_have_the_shape_of_their_claim(a: Rectangular, s: ExactRank) -> None:
    assert a.rows != a.cols
    assert (s.rows, s.deficiency) == (s.cols, 0)
    for regime in (a, s):
        assert regime.admits(regime.make(np.random.default_rng(4), 3, float64)).all()


def test_corners_of_nonsingular_matrices() -> None:
    corners = [c for c in nonsingular_matrices().corners if isinstance(c, ExactRank)]
    assert all(c.rank == c.rows == c.cols for c in corners)
    assert {c.rows for c in corners} >= {0, 1, 2, 9}
    assert {c.scale for c in corners} >= {"tiny", "huge"}
