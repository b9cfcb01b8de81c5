"""Tensors have their shapes, turned matrices their ranks, and vectors of two orders the largest magnitude 1."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.norm_identities import (
    ORDERS,
    Shaped,
    TurnedMatrix,
    TwoOrders,
    tensors,
    turned_matrices,
    vectors_of_two_orders,
)
from claims.frame.inputs.spectra import Gallery
from reference import exact
from reference.formats import FORMATS, Format, float32


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_tensors_have_one_to_three_axes(rng: np.random.Generator, fmt: Format) -> None:
    for corner in tensors().corners:
        assert isinstance(corner, Shaped)
        (x,) = corner.make(rng, 2, fmt)
        assert x.shape == (2, *corner.shape)
        assert np.isfinite(x).all()
    assert {len(c.shape) for c in tensors().corners if isinstance(c, Shaped)} == {1, 2, 3}


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_matrices_have_their_ranks_and_permutations_are_orthogonal(rng: np.random.Generator, fmt: Format) -> None:
    for corner in turned_matrices().corners:
        assert isinstance(corner, TurnedMatrix)
        a, q = corner.make(rng, 3, fmt)
        m = corner.matrix.rows
        assert np.array_equal(q.mT @ q, np.broadcast_to(np.eye(m), q.shape))
        if 0 < a.shape[-1] * m <= 256:
            assert all(exact.rank(exact.rational_matrix(one)) <= corner.rank() for one in a)


@pytest.mark.parametrize(("name", "rank"), [("rank-one", 1), ("half-rank", 3), ("zero", 0), ("normal", 5), ("ones", 1)])
def test_the_rank_is_that_of_the_gallery(rng: np.random.Generator, name: str, rank: int) -> None:
    regime = TurnedMatrix(Gallery(7 if rank < 5 else 5, 6, name=name))
    (a, _) = regime.make(rng, 4, float32)
    assert regime.rank() == rank
    assert (np.linalg.matrix_rank(a) == rank).all()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_the_largest_magnitude_is_the_power_of_two(rng: np.random.Generator, fmt: Format) -> None:
    for corner in (*vectors_of_two_orders().corners, TwoOrders(3, exponent=2)):
        assert isinstance(corner, TwoOrders)
        (x,) = corner.make(rng, 3, fmt)
        largest = np.abs(x).max(-1)
        assert (largest == (0.0 if corner.kind == "negative zeros" else 2.0**corner.exponent)).all()
        assert corner.present([x], 0)[1:] == (float(corner.p), float(corner.q))


def test_every_order_is_a_corner() -> None:
    corners = [c for c in vectors_of_two_orders().corners if isinstance(c, TwoOrders)]
    assert {c.p for c in corners} | {c.q for c in corners} >= {*ORDERS, "inf"}


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="one to three axes"):
        Shaped(())
    with pytest.raises(ValueError, match="no vectors of kind"):
        Shaped((2,), "magic")
    with pytest.raises(ValueError, match="single entry"):
        Shaped((0, 3), "single")
    with pytest.raises(ValueError, match="1 <= p <= q"):
        TwoOrders(2, "3", "2")
    with pytest.raises(ValueError, match="needs an entry"):
        TwoOrders(0)
