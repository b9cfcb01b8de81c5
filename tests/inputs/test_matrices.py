"""The regimes of matrices reach the corners that their names promise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from claims.frame.inputs.matrices import (
    Diagonal,
    Filled,
    LongDiagonal,
    MatrixCycle,
    diagonals,
    filled_matrices,
    long_diagonals,
    matrix_chains,
    matrix_cycles,
)
from claims.frame.inputs.numbers import Numbers
from reference.formats import FORMATS, Format, float16, float32


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("length", [2, 3, 4])
def test_every_rotation_of_a_cycle_can_be_multiplied(rng: np.random.Generator, length: int) -> None:
    for corner in matrix_cycles(length).corners:
        assert isinstance(corner, MatrixCycle)
        shapes = [a.shape for a in corner.make(rng, 3, float32)]
        assert len(shapes) == length
        for left, right in zip(shapes, shapes[1:] + shapes[:1], strict=True):
            assert left[0] == right[0] == 3
            assert left[2] == right[1]


def test_cycles_reach_empty_thin_and_blocked_shapes() -> None:
    dims = [corner.dims for corner in matrix_cycles(3).corners]
    assert any(0 in d for d in dims)
    assert any(1 in d for d in dims)
    assert any(max(d) > 64 for d in dims)
    assert any(len(set(d)) == 1 for d in dims)


def test_chains_reach_one_matrix_and_the_longest() -> None:
    lengths = {len(corner.dims) for corner in matrix_chains(6).corners}
    assert {1, 2, 6} <= lengths


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_alternating_scales_underflow_only_in_between(rng: np.random.Generator, fmt: Format) -> None:
    small, large, smaller = MatrixCycle((4, 4, 4), Numbers("normal", "huge"), alternating=True).make(rng, 64, fmt)
    assert np.median(np.abs(small)) < 1 < np.median(np.abs(large))
    in_between, whole = np.abs(smaller @ small), np.abs(small @ large)
    assert np.mean(in_between < fmt.lam) > 0.9
    assert np.mean(whole > fmt.lam) > 0.9


def test_a_diagonal_may_have_more_rows_than_columns(rng: np.random.Generator) -> None:
    (a,) = Diagonal(3, "nan", extra=-2).make(rng, 4, float32)
    assert a.shape == (4, 5, 3)
    assert np.isfinite(a[:, range(3), range(3)]).all()
    assert any(isinstance(c, Diagonal) and c.extra < 0 for c in diagonals().corners)


def test_surroundings_of_a_diagonal(rng: np.random.Generator) -> None:
    for surroundings, test in (("zero", lambda a: a == 0), ("large", lambda a: a > 2**15), ("nan", np.isnan)):
        (a,) = Diagonal(5, surroundings, extra=2).make(rng, 4, float16)
        assert a.shape == (4, 5, 7)
        outside = ~np.eye(5, 7, dtype=bool)
        assert test(a[:, outside]).all()
        assert np.isfinite(np.diagonal(a, axis1=1, axis2=2)).all()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_a_swamped_diagonal_loses_its_ones_in_some_orders(rng: np.random.Generator, fmt: Format) -> None:
    (a,) = Diagonal(3, swamped=True).make(rng, 1, fmt)
    large, one, minus = np.diagonal(a[0])
    assert fmt.round(large + one) == large
    assert fmt.round(large + minus) + one == 1


def test_diagonals_reach_every_corner() -> None:
    corners = diagonals().corners
    assert {0, 1, 2, 100, 1025} <= {c.n for c in corners if isinstance(c, Diagonal)}
    assert any(isinstance(c, Diagonal) and c.extra for c in corners)
    assert any(isinstance(c, Diagonal) and c.swamped for c in corners)
    assert any(isinstance(c, LongDiagonal) and c.n > 40_000 for c in long_diagonals().corners)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_filled_matrices_have_the_shape_and_the_scale_asked_for(rng: np.random.Generator, fmt: Format) -> None:
    for corner in filled_matrices().corners:
        assert isinstance(corner, Filled)
        (a,) = corner.make(rng, 2, fmt)
        assert a.shape == (2, corner.rows, corner.cols)
        assert np.isfinite(a).all()
    (a,) = Filled(25, 25, "constant", "vanishing").make(rng, 8, float32)
    assert (np.float32(a) ** 2 < 32 * float32.eta).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Filled(2, 2, "blue"),
        lambda: MatrixCycle(()),
        lambda: Diagonal(2, "blue"),
        lambda: Numbers("blue"),
        lambda: Numbers(scale="x"),
    ],
    ids=["filled", "no matrix", "surroundings", "kind", "scale"],
)
def test_regimes_that_make_no_sense(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()
