"""Regimes of matrices and exponents."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.powers import (
    KINDS,
    SIZES,
    IntegerEigenvectors,
    JordanBlock,
    MatrixAndExponent,
    diagonalised_powers,
    jordan_blocks,
    powers,
    powers_and_long_ones,
    unimodular,
)
from reference.formats import FORMATS, Format, bfloat16, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_corners_make_finite_matrices_that_are_admitted(rng: np.random.Generator, fmt: Format) -> None:
    for regimes in (powers_and_long_ones(), diagonalised_powers(), jordan_blocks()):
        for corner in regimes.corners:
            made = corner.make(rng, 3, fmt)
            assert made[0].shape == (3, corner.n, corner.n)
            assert all(np.isfinite(a).all() for a in made)
            assert np.all(corner.admits(made))


def test_unimodular_matrices_have_integer_inverses(rng: np.random.Generator) -> None:
    v, inverse = unimodular(rng, 50, 4)
    assert np.array_equal(v @ inverse, np.broadcast_to(np.eye(4), v.shape))
    assert np.array_equal(inverse, np.rint(inverse))
    assert (v != v.swapaxes(-1, -2)).any()


def test_kinds_are_what_their_names_say(rng: np.random.Generator) -> None:
    def made(kind: str, n: int = 5) -> np.ndarray:
        return np.asarray(MatrixAndExponent(n, 2, kind).make(rng, 20, float64)[0])

    permutation = made("signed permutation")
    assert np.array_equal(permutation @ permutation.swapaxes(-1, -2), np.broadcast_to(np.eye(5), permutation.shape))
    assert not np.linalg.matrix_power(made("nilpotent"), 5).any()
    assert np.abs(made("contraction")).max() < 0.05
    assert (made("positive") >= 0).all()
    assert set(np.unique(made("integers"))) == {-1.0, 0.0, 1.0}
    assert {c.kind for c in powers().corners} == {*KINDS}
    assert np.array_equal(made("identity")[0], np.eye(5))


@pytest.mark.parametrize("sizes", SIZES)
def test_eigenvalues_and_eigenvectors_belong_to_the_matrix(rng: np.random.Generator, sizes: str) -> None:
    a, v, w, inverse = IntegerEigenvectors(3, 2, sizes).make(rng, 40, bfloat16)
    assert np.array_equal(a @ v, v * w[:, None, :])
    assert np.array_equal(v @ inverse, np.broadcast_to(np.eye(3), a.shape))
    assert (v != np.eye(3)).any()
    assert set(np.unique(w)) == set(SIZES[sizes])


def test_matrices_that_do_not_belong_together_are_not_admitted(rng: np.random.Generator) -> None:
    a, v, w, inverse = IntegerEigenvectors(3).make(rng, 2, float64)
    a[0, 0, 0] += 1
    assert IntegerEigenvectors(3).admits([a, v, w, inverse]).tolist() == [False, True]
    block, s, s_inverse = JordanBlock(3, similar=True).make(rng, 2, float64)
    block[1, 0, 0] += 1
    assert JordanBlock(3).admits([block, s, s_inverse]).tolist() == [True, False]


def test_impossible_regimes_are_refused() -> None:
    for fields in ({"kind": "random"}, {"t": -1}):
        with pytest.raises(ValueError, match="no power"):
            MatrixAndExponent(2, **{"t": 2, **fields})
    with pytest.raises(ValueError, match="no power"):
        IntegerEigenvectors(sizes="large")
    for fields in ({"n": 1}, {"eigenvalue": 2}, {"t": -1}):
        with pytest.raises(ValueError, match="Jordan block"):
            JordanBlock(**fields)
