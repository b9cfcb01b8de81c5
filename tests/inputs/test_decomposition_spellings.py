"""Matrices have full rank, are well conditioned, and cannot be inverted without rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.decomposition_spellings import Weighted, full_rank_matrices
from reference.formats import Format, float32, float64

FORMATS = [float32, float64]


def corners() -> list[Weighted]:
    return [c for c in full_rank_matrices().corners if isinstance(c, Weighted)]


def check(regime: Weighted, fmt: Format) -> None:
    (a,) = made = regime.make(np.random.default_rng(1), 4, fmt)
    assert a.shape == (4, regime.rows, regime.cols)
    assert np.linalg.cond(a).max() < 1e4
    assert regime.admits(made).all()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", corners())
def test_corners_are_well_conditioned(regime: Weighted, fmt: Format) -> None:
    check(regime, fmt)


@settings(max_examples=60, deadline=None, database=None)
@given(full_rank_matrices().draw)
def test_drawn_matrices_are_well_conditioned(regime: Weighted) -> None:
    for fmt in FORMATS:
        check(regime, fmt)


@pytest.mark.parametrize("fmt", FORMATS)
def test_inverses_are_not_exact(fmt: Format) -> None:
    (a,) = Weighted(3, 3).make(np.random.default_rng(2), 16, fmt)
    assert np.any(np.linalg.inv(a) @ a != np.eye(3))
    if fmt is float32:
        assert np.any(fmt.round(np.linalg.inv(a)) != np.linalg.inv(a))


def test_corners_reach_every_kind_of_shape() -> None:
    shapes = {(c.rows, c.cols) for c in corners()}
    assert {(1, 1), (1, 6), (6, 1)} <= shapes
    assert any(m == n > 8 for m, n in shapes)
    assert any(m > 32 for m, _ in shapes)
    assert any(n > 16 > m for m, n in shapes)
    assert {c.scale for c in corners()} == {"one", "small", "large"}
