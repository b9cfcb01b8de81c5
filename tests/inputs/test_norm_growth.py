"""Factors are powers of two at their depths, and points of a grid are such that nothing rounds."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.norm_growth import DEPTHS, Grid, Shrinking, grids, shrinking_vectors, sloping_vectors
from claims.frame.inputs.vectors import Vector
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.linear_algebra.norm_growth import arguments


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_corners(rng: np.random.Generator, fmt: Format) -> None:
    for corner in shrinking_vectors().corners:
        assert isinstance(corner, Shrinking)
        t, x = corner.make(rng, 5, fmt)
        assert x.shape == (5, corner.vector.n)
        assert np.isfinite(x).all()
        assert ((np.frexp(t)[0] == 0.5) | (t == 0)).all()
        assert (t <= 1).all()
        assert (t > 0).all() == (corner.depth != "origin")
    for slope in sloping_vectors().corners:
        assert isinstance(slope, Vector)
        (x,) = slope.make(rng, 2, fmt)
        assert np.isfinite(x).all() == (slope.kind not in ("nan", "infinity"))


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_depths(rng: np.random.Generator, fmt: Format) -> None:
    def factors(depth: str) -> np.ndarray:
        return Shrinking(depth=depth).make(rng, 400, fmt)[0]

    assert set(factors("near")) == {1.0, 0.5, 0.25, 0.125}
    moderate = factors("moderate")
    assert (moderate >= fmt.lam**0.5).all()
    assert moderate.min() <= 4 * fmt.lam**0.5
    vanishing = factors("squares vanish")
    for f in (fmt, Arithmetic.of(fmt).accumulator):
        half = max(2.0 ** ((f.emin - f.precision) / 2), fmt.eta)
        assert (vanishing >= half).any()
        assert (vanishing <= half).any()
    assert (factors("entries vanish") < fmt.lam).all()


def test_every_depth_and_every_exception_is_a_corner() -> None:
    assert {c.depth for c in shrinking_vectors().corners if isinstance(c, Shrinking)} == {*DEPTHS}
    kinds = {c.kind for c in sloping_vectors().corners if isinstance(c, Vector)}
    assert kinds >= {"nan", "infinity", "negative zeros", "single", "normal"}


@pytest.mark.parametrize("fmt", [float16, bfloat16, float32, float64], ids=lambda f: f.name)
def test_functions_of_grid_points_round_nothing(rng: np.random.Generator, fmt: Format) -> None:
    for corner in (*grids().corners, Grid(4, 60)):
        assert isinstance(corner, Grid)
        (points,) = corner.make(rng, 1, fmt)
        assert points.shape == (1, 1 + corner.n * (corner.n + 1) // 2 + corner.more, corner.n)
        at = arguments(points[0])
        sums = np.abs(at).sum(-1), (at**2).sum(-1), np.maximum(at, -2 * at).sum(-1)
        for exact in (at, at**2, *sums):
            assert np.array_equal(fmt.round(exact), exact)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="depths are"):
        Shrinking(depth="deep")
    for n in (0, 1, 5):
        with pytest.raises(ValueError, match="coordinates"):
            Grid(n)
