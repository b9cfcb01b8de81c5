"""Laeuchli's matrices have their singular values, sums of one sign do not cancel, and squares stay finite."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.gram_eigenvalues import Laeuchli, LargeSquares, OneSign, matrices_of_any_shape
from claims.frame.inputs.spectra import MatrixRegime
from reference.formats import FORMATS, float32, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", [float32, float64], ids=lambda f: f.name)
def test_no_gram_matrix_of_a_corner_overflows(rng: np.random.Generator, fmt) -> None:  # noqa: ANN001
    for corner in matrices_of_any_shape().corners:
        assert isinstance(corner, MatrixRegime)
        (a,) = corner.make(rng, 2, fmt)
        assert a.shape == (2, corner.rows, corner.cols)
        assert np.all((a / fmt.largest**0.5) ** 2 * max(1, corner.rows, corner.cols) < 1)


@pytest.mark.parametrize("wide", [False, True])
def test_singular_values_of_laeuchlis_matrix(rng: np.random.Generator, *, wide: bool) -> None:
    (a,) = Laeuchli(*((3, 4) if wide else (4, 3)), shift=20).make(rng, 2, float64)
    eps = 2.0**20 * float64.u**0.5
    assert np.allclose(np.linalg.svd(a, compute_uv=False), [np.sqrt(3 + eps**2), eps, eps])


def test_squares_of_laeuchlis_matrix_vanish_beside_one() -> None:
    for fmt in FORMATS.values():
        (a,) = Laeuchli(shift=-1).make(np.random.default_rng(1), 1, fmt)
        assert a[0, 1, 0] > 0
        assert fmt.round(1 + a[0, 1, 0] ** 2) == 1


def test_laeuchlis_matrix_has_one_row_more_or_less() -> None:
    with pytest.raises(ValueError, match="one row more"):
        Laeuchli(3, 3)


def test_entries_of_one_sign(rng: np.random.Generator) -> None:
    (a,) = OneSign(50, 2).make(rng, 3, float32)
    assert a.min() >= 1
    assert a.max() <= 2


def test_large_squares_are_large(rng: np.random.Generator) -> None:
    for fmt in (float32, float64):
        (a,) = LargeSquares(4, 3).make(rng, 3, fmt)
        assert np.abs(a).max() >= fmt.largest**0.5 / 2**7
