"""Symmetric matrices are symmetric, have the eigenvalues that they should, and reach every named corner."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from claims.frame.inputs.spectra import SPECTRA
from claims.frame.inputs.symmetric import (
    SIGNS,
    SYMMETRIC,
    VECTORS,
    Symmetric,
    SymmetricAndVector,
    matrices_and_vectors,
    symmetric_matrices,
)
from reference.formats import FORMATS, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_every_corner_is_symmetric_and_finite(rng: np.random.Generator, fmt) -> None:  # noqa: ANN001
    for corner in symmetric_matrices().corners:
        (a,) = corner.make(rng, 3, fmt)
        assert a.shape == (3, corner.n, corner.n)
        assert np.isfinite(a).all()
        assert np.all(corner.admits([a]))


def test_matrices_that_are_not_symmetric_are_not_admitted() -> None:
    a = np.stack([np.eye(2), np.array([[0.0, 1.0], [0.0, 0.0]])])
    assert Symmetric().admits([a]).tolist() == [True, False]


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("signs", SIGNS)
def test_prescribed_eigenvalues(rng: np.random.Generator, spectrum: str, signs: str) -> None:
    regime = Symmetric(5, spectrum, signs)
    w = np.linalg.eigvalsh(regime.make(rng, 4, float64)[0])
    assert np.abs(w).max() == pytest.approx(1.0) or spectrum == "logrand"
    assert {"positive": (w > 0).all(), "negative": (w < 0).all()}.get(signs, True)
    if signs == "opposite" and spectrum != "logrand":
        rest = np.sort(np.abs(w), -1)[:, ::-1][:, 1:] if spectrum != "cluster1" else np.sort(np.abs(w), -1)[:, :0]
        assert np.allclose(rest[:, 0::2], rest[:, 1::2])


def test_matrices_by_name(rng: np.random.Generator) -> None:
    def eigenvalues(n: int, kind: str) -> np.ndarray:
        return np.linalg.eigvalsh(Symmetric(n, kind).make(rng, 2, float64)[0])

    k = np.arange(1, 8)
    assert np.allclose(eigenvalues(7, "second-difference"), np.sort(2 - 2 * np.cos(k * np.pi / 8)))
    assert np.allclose(eigenvalues(8, "reflection"), [-1, *[1] * 7])
    assert np.allclose(eigenvalues(4, "hadamard-simple"), [-12, -4, 4, 12])
    assert (np.linalg.matrix_rank(Symmetric(6, "rank-one").make(rng, 9, float64)[0]) <= 1).all()
    w = eigenvalues(21, "wilkinson")[0]
    assert 0 < w[-1] - w[-2] < 1e-12  # the pair that Wilkinson's matrix is known for
    pascal, fiedler = (Symmetric(3, kind).make(rng, 1, float64)[0][0] for kind in ("pascal", "fiedler"))
    assert (8 * pascal).tolist() == [[1, 1, 1], [1, 2, 3], [1, 3, 6]]
    assert np.isfinite(Symmetric(33, "pascal", scale="huge").make(rng, 1, float64)[0]).all()
    assert fiedler.tolist() == [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    moler = Symmetric(4, "moler").make(rng, 1, float64)[0][0]
    triangle = np.eye(4) - np.triu(np.ones((4, 4)), 1)
    assert np.array_equal(moler, triangle.T @ triangle)
    assert np.array_equal(Symmetric(3, "hilbert").make(rng, 1, float64)[0][0], scipy.linalg.hilbert(3))


def test_unknown_names_and_impossible_orders_are_refused() -> None:
    for fields in ({"kind": "magic"}, {"signs": "both"}, {"condition": "bad"}, {"scale": "big"}):
        with pytest.raises(ValueError, match="no symmetric matrix"):
            Symmetric(**fields)
    with pytest.raises(ValueError, match="power of two"):
        Symmetric(3, "hadamard-simple")
    with pytest.raises(ValueError, match="no vector"):
        SymmetricAndVector(vector="left")


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors_are_what_their_names_say(rng: np.random.Generator, vector: str) -> None:
    a, x = SymmetricAndVector(4, "geo", "opposite", vector=vector).make(rng, 5, float64)
    w, form = np.linalg.eigvalsh(a), np.einsum("bi,bij,bj->b", x, a, x)
    match vector:
        case "top":
            assert np.allclose(form, w[:, -1])
        case "bottom":
            assert np.allclose(form, w[:, 0])
        case "basis":
            assert (np.sort(x, -1) == [0, 0, 0, 1]).all()
        case "zero":
            assert not x.any()
        case _:
            assert (x != 0).all()


def test_everything_is_drawn_or_a_corner() -> None:
    corners = symmetric_matrices().corners
    assert {c.kind for c in corners} >= {*SYMMETRIC, *SPECTRA}
    assert {c.scale for c in corners} == {"one", "tiny", "huge", "subnormal"}
    assert {c.vector for c in matrices_and_vectors().corners} == {*VECTORS}
