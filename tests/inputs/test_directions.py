"""Points, directions and cotangents."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs import directions as inputs
from claims.frame.inputs.directions import DirectedMatrix, DirectedProduct
from claims.frame.inputs.regime import Regimes
from claims.frame.inputs.symmetric import Symmetric
from claims.frame.inputs.systems import ExactRank
from reference.formats import FORMATS, Format, float64

EVERY = (
    inputs.regular_points,
    inputs.full_rank_points,
    inputs.singular_points,
    inputs.symmetric_points,
    inputs.rectangular_points,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("regimes", [make() for make in EVERY], ids=[make.__name__ for make in EVERY])
def test_directions_have_the_shape_of_the_point(rng: np.random.Generator, regimes: Regimes, fmt: Format) -> None:
    for corner in regimes.corners:
        a, t, g = corner.make(rng, 2, fmt)
        assert a.shape == t.shape == g.swapaxes(-1, -2).shape
        assert np.isfinite(a).all()
        assert np.all(corner.admits([a, t, g]))


def test_products_close(rng: np.random.Generator) -> None:
    for corner in inputs.directed_products().corners:
        a, b, t, s, g = corner.make(rng, 2, float64)
        assert (a @ b).shape == g.shape
        assert (t.shape, s.shape) == (a.shape, b.shape)
    assert DirectedProduct(2, 3, 4).size() == 16


def test_regular_points_are_nonsingular_and_singular_ones_are_not(rng: np.random.Generator) -> None:
    for corner in inputs.regular_points().corners:
        assert (np.linalg.matrix_rank(corner.make(rng, 3, float64)[0]) == corner.matrix.rows).all()
    for corner in inputs.singular_points().corners:
        ranks = np.linalg.matrix_rank(corner.make(rng, 3, float64)[0])
        assert (ranks == corner.matrix.rows - corner.matrix.deficiency).all()


def test_symmetric_directions_are_symmetric_and_others_are_not_admitted(rng: np.random.Generator) -> None:
    regime = DirectedMatrix(Symmetric(3, "normal"), symmetric=True)
    a, t, g = regime.make(rng, 4, float64)
    assert np.array_equal(t, t.swapaxes(-1, -2))
    t[0, 0, 1] += 1
    assert np.asarray(regime.admits([a, t, g])).tolist() == [False, True, True, True]
    assert np.all(DirectedMatrix(ExactRank(3, 3)).admits([np.eye(3)[None], t[:1], g[:1]]))
