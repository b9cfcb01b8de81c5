"""Square matrices for eigenvalue problems."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.general import GENERAL, SCALES, General, integer_eigenvectors, maybe_singular, square_matrices
from claims.frame.inputs.systems import ExactRank
from reference import exact
from reference.formats import FORMATS, Format, float32, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_corners_are_finite_square_matrices(rng: np.random.Generator, fmt: Format) -> None:
    for regimes in (square_matrices(), maybe_singular(), integer_eigenvectors()):
        for corner in regimes.corners:
            made = corner.make(rng, 2, fmt)
            assert made[0].shape[0] == 2
            assert made[0].shape[1] == made[0].shape[2]
            assert np.isfinite(made[0]).all()


def test_everything_is_a_corner() -> None:
    corners = [c for c in square_matrices().corners if isinstance(c, General)]
    assert {c.kind for c in corners} == {*GENERAL}
    assert {c.scale for c in corners} == {*SCALES}
    deficiencies = {c.deficiency for c in maybe_singular().corners if isinstance(c, ExactRank)}
    assert deficiencies >= {0, 1, 2, 4}


def test_matrices_are_what_their_names_say(rng: np.random.Generator) -> None:
    def made(kind: str, n: int) -> np.ndarray:
        return np.asarray(General(n, kind).make(rng, 6, float64)[0])

    def sizes(kind: str, n: int) -> np.ndarray:
        return np.abs(np.linalg.eigvals(made(kind, n)))

    companion = np.sort(np.linalg.eigvals(made("companion", 4))[0].real)
    assert np.allclose(companion, [-2, -1, 1, 2])
    assert np.allclose(np.sort(np.linalg.eigvals(made("companion", 3))[0].real), [-1, 1, 2])
    for n in (4, 5):
        assert np.allclose(sizes("rotations", n), 1)
        assert np.allclose(sizes("signed permutation", n), 1)
    assert made("rotations", 5)[0, -1, -1] == 1
    assert not np.linalg.matrix_power(made("nilpotent", 4), 4).any()
    frank = made("frank", 5)[0]
    assert frank.tolist() == [[5, 4, 3, 2, 1], [4, 4, 3, 2, 1], [0, 3, 3, 2, 1], [0, 0, 2, 2, 1], [0, 0, 0, 1, 1]]
    assert exact.rational_matrix(frank).det() == 1
    a = made("circulant", 5)
    assert np.allclose(a @ a.swapaxes(-1, -2), a.swapaxes(-1, -2) @ a)
    hessenberg = made("hessenberg", 5)
    assert not np.tril(hessenberg, -2).any()
    assert (np.diagonal(hessenberg, -1, 1, 2) == float64.round(float64.u**0.5)).all()
    assert np.ptp(np.log2(np.abs(made("badly scaled", 6)))) > 12


@pytest.mark.parametrize("n", [1, 3, 4, 5, 8])
def test_magic_squares_hold_every_number_and_sums_agree(rng: np.random.Generator, n: int) -> None:
    (a,) = General(n, "magic").make(rng, 1, float64)
    assert sorted(a.ravel()) == [*range(1, n * n + 1)]
    sums = {*a[0].sum(0), *a[0].sum(1), np.trace(a[0]), np.trace(a[0][::-1])}
    assert sums == {n * (n * n + 1) / 2}


def test_impossible_matrices_are_refused() -> None:
    for fields in ({"kind": "sorcery"}, {"scale": "large"}):
        with pytest.raises(ValueError, match="no matrix"):
            General(2, **fields)
    with pytest.raises(ValueError, match="magic squares"):
        General(6, "magic")
    with pytest.raises(ValueError, match="coefficients"):
        General(11, "companion")
    assert float32.round(np.asarray(General(10, "companion").make(np.random.default_rng(0), 1, float64)[0])).any()
