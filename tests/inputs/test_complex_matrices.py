"""Complex matrices as pairs of real ones."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.complex_matrices import KINDS, ComplexMatrix, complex_matrices
from reference.formats import FORMATS, Format, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_corners_are_finite_pairs_of_their_shapes(rng: np.random.Generator, fmt: Format) -> None:
    for corner in complex_matrices().corners:
        assert isinstance(corner, ComplexMatrix)
        x, y = corner.make(rng, 3, fmt)
        assert x.shape == y.shape == (3, corner.rows, corner.cols)
        assert np.isfinite(x).all()
        assert np.isfinite(y).all()


def test_kinds(rng: np.random.Generator) -> None:
    assert {c.kind for c in complex_matrices().corners if isinstance(c, ComplexMatrix)} == {*KINDS}
    x, y = ComplexMatrix(5, 3, "unitary").make(rng, 2, float64)
    q = x + 1j * y
    assert np.allclose(q.conj().swapaxes(-1, -2) @ q, np.eye(3))
    x, y = ComplexMatrix(3, 5, "rank-one").make(rng, 2, float64)
    assert np.all(np.linalg.matrix_rank(x + 1j * y) <= 1)
    x, y = ComplexMatrix(3, 3, "imaginary").make(rng, 2, float64)
    assert not x.any()
    with pytest.raises(ValueError, match="no matrix"):
        ComplexMatrix(2, 2, "random")
