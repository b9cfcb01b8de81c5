"""Real normal matrices with known complex eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.rotations import KINDS, PlaneRotations, plane_rotations
from reference.formats import FORMATS, Format, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_corners_are_normal_with_the_eigenvalues_that_they_name(rng: np.random.Generator, fmt: Format) -> None:
    for corner in plane_rotations().corners:
        a, real, imaginary = corner.make(rng, 4, fmt)
        turned = a.swapaxes(-1, -2)
        assert np.array_equal(a @ turned, turned @ a)
        assert np.all(corner.admits([a, real, imaginary]))
        if corner.n:
            found = np.sort_complex(np.linalg.eigvals(a).round(3) + 0j)
            assert np.allclose(found, np.sort_complex((real + 1j * imaginary).round(3)), atol=0.05)


def test_eigenvalues_that_belong_to_another_matrix_are_not_admitted(rng: np.random.Generator) -> None:
    a, real, imaginary = PlaneRotations(3).make(rng, 3, float64)
    real[1] += 1
    assert np.asarray(PlaneRotations(3).admits([a, real, imaginary])).tolist() == [True, False, True]


def test_kinds(rng: np.random.Generator) -> None:
    assert {c.kind for c in plane_rotations().corners} == {*KINDS}
    a, *_ = PlaneRotations(4, "pythagorean").make(rng, 5, float64)
    squares = (a**2).sum(-1)
    assert np.array_equal(np.sqrt(squares), np.rint(np.sqrt(squares)))
    mixed, *_ = PlaneRotations(6, mixed=True).make(rng, 1, float64)
    plain, *_ = PlaneRotations(6).make(rng, 1, float64)
    assert np.count_nonzero(np.triu(mixed, 2)) > np.count_nonzero(np.triu(plain, 2)) == 0
    with pytest.raises(ValueError, match="no rotations"):
        PlaneRotations(2, "random")
