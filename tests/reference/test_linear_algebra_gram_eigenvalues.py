"""Eigenvalues of Gram matrices, against exact characteristic polynomials and what NumPy computes in the format."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq_poly
from numpy.typing import NDArray

from reference import exact
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import gram_eigenvalues as reference

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]
SHAPES = [(1, 1), (3, 2), (2, 3), (4, 4), (5, 2)]


@pytest.mark.parametrize("shape", SHAPES)
def test_characteristic_polynomials_of_both_gram_matrices_agree_up_to_zeros(shape: tuple[int, int]) -> None:
    m, n = shape
    for a in np.random.default_rng(0).integers(-3, 4, (20, m, n)):
        q = exact.rational_matrix(a.astype(float))
        x = fmpq_poly([0, 1])
        assert (q * q.transpose()).charpoly() * x**n == (q.transpose() * q).charpoly() * x**m


@pytest.mark.parametrize("shape", SHAPES)
def test_squares_are_eigenvalues_of_the_exact_gram_matrix(shape: tuple[int, int]) -> None:
    a = np.random.default_rng(1).integers(-3, 4, (20, *shape)).astype(float)
    truth = reference.squares(a, Arithmetic.of(float32))
    found = np.linalg.eigvalsh(a.swapaxes(-1, -2) @ a)  # of integers: the product is exact
    assert truth.value.shape == found.shape
    assert np.all(np.abs(truth.value - found) <= 1e-12)
    assert np.all((truth.value == 0).sum(-1) >= shape[1] - min(shape))


def computed(a: Float64, fmt: Format) -> Float64:
    """Eigenvalues of A^T A in the format, the sums one after the other."""
    kind = np.dtype(fmt.name)
    gram = np.cumsum(a.astype(kind)[..., :, None] * a.astype(kind)[..., None, :], axis=-3, dtype=kind)[..., -1, :, :]
    return np.linalg.eigvalsh(gram).astype(np.float64)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (6, 4), (3, 8), (300, 2)])
def test_what_lapack_computes_is_within_the_bounds_and_comes_near(fmt: Format, shape: tuple[int, int]) -> None:
    rng, how = np.random.default_rng(2), Arithmetic.of(fmt)
    a = fmt.round(np.concatenate((rng.standard_normal((200, *shape)), 1 + rng.random((200, *shape)))))
    found, truth = computed(a, fmt), reference.squares(a, how)
    margins = np.abs(found - truth.value) / truth.bound
    assert 1 / 100 < margins.max() <= 1
    roots = reference.roots(a, how)
    kind = np.dtype(fmt.name)
    error = np.abs(np.sqrt(np.maximum(found, 0).astype(kind)).astype(np.float64) - roots.value)
    assert 1 / 100 < (error / roots.bound).max() <= 1


def test_the_inner_dimension_counts_and_not_the_order() -> None:
    a, how = float32.round(np.full((1, 4000, 2), 0.7)), Arithmetic.of(float32)
    error = np.abs(computed(a, float32) - reference.squares(a, how).value).max()
    norm = (a**2).sum()
    assert error > 24 * float32.u * norm  # what the order would allow
    assert error <= reference.squares(a, how).bound.min()


def test_half_the_digits_are_lost_at_zero_and_all_kept_at_the_largest() -> None:
    a = np.array([[[1.0, 1.0], [1.0, 1.0]]])
    bound = reference.roots(a, Arithmetic.of(float64)).bound[0]
    assert 1e-8 < bound[0] < 1e-6
    assert bound[1] < 1e-13


@pytest.mark.parametrize("fmt", FORMATS)
def test_squares_of_the_norm(fmt: Format) -> None:
    how = Arithmetic.of(fmt)
    a = np.array([[[3.0, 0.0], [4.0, 0.0]]])
    truth = reference.squared_norm(a, how)
    assert truth.value[0] == pytest.approx(25)
    assert truth.bound[0] < 25 * 600 * fmt.u
    assert np.isinf(reference.squared_norm(a * fmt.largest**0.5, how).bound).all()
    assert np.isinf(reference.squares(a * fmt.largest**0.5, how).bound).all()


def test_singular_values_of_empty_matrices() -> None:
    how = Arithmetic.of(float32)
    assert reference.singular_values(np.zeros((2, 0, 3)), how).value.shape == (2, 0)
    assert not reference.squares(np.zeros((2, 0, 3)), how).value.any()
    assert reference.squares(np.zeros((2, 3, 0)), how).value.shape == (2, 0)
