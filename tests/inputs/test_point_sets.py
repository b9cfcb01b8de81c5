"""Sets of points have the shapes, relations and magnitudes that they should."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.numbers import SCALES
from claims.frame.inputs.point_sets import POINTS, RELATIONS, SWITCH, PointSets, point_sets
from reference.formats import FORMATS, Format, float32, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_every_corner_makes_two_finite_sets(rng: np.random.Generator, fmt: Format) -> None:
    for corner in point_sets().corners:
        x, y = corner.make(rng, 3, fmt)
        assert x.shape == (3, corner.rows, corner.n)
        assert y.shape == (3, corner.cols, corner.n)
        assert np.isfinite(x).all()
        assert np.isfinite(y).all()


def test_relations(rng: np.random.Generator) -> None:
    x, y = PointSets(2, 5, 3, "normal", "same").make(rng, 4, float32)
    assert np.array_equal(y, x[:, [0, 1, 0, 1, 0]])
    x, y = PointSets(3, 3, 3, "normal", "near").make(rng, 4, float32)
    assert 0 < np.abs(y / x - 1).max() < 8 * float32.u
    x, y = PointSets(3, 3, 3, "normal").make(rng, 4, float32)
    assert (x != y).all()


@pytest.mark.parametrize("fmt", [float32, float64], ids=lambda f: f.name)
def test_squared_distances_in_a_cluster_are_below_the_rounding_of_squared_norms(
    rng: np.random.Generator, fmt: Format
) -> None:
    x, y = PointSets(9, 9, 3, "cluster").make(rng, 9, fmt)
    distances, norms = ((x - y) ** 2).sum(-1), (x**2).sum(-1)
    assert (distances > 0).all()
    assert np.median(distances / norms) < fmt.u


def test_what_makes_no_sense_is_refused() -> None:
    for fields in ({"kind": "cloud"}, {"relation": "far"}, {"scale": "big"}):
        with pytest.raises(ValueError, match="no points"):
            PointSets(**fields)
    with pytest.raises(ValueError, match="not empty"):
        PointSets(0, 2)
    with pytest.raises(ValueError, match="of its own"):
        PointSets(kind="cluster", scale="tiny")


def test_corners_are_on_both_sides_of_the_switch() -> None:
    corners = point_sets().corners
    assert {c.rows for c in corners} >= {*SWITCH}
    assert {c.relation for c in corners} == {*RELATIONS}
    assert {c.scale for c in corners} == {*SCALES}
    assert {c.kind for c in corners} >= {"cluster", "integers", "normal", "wide", "constant", "absorb", "cancel"}
    assert {c.kind for c in corners} <= {*POINTS}
