"""Shifts of truths, windows that meet no seam, and matrices that commute with the shift, by exact linear algebra."""

from __future__ import annotations

import flint
import numpy as np
import pytest

from reference.convolution import direct, equivariance
from reference.convolution.geometry import geometry
from reference.formats import Arithmetic, float64
from reference.truth import Truth

DOUBLE = Arithmetic.of(float64)


def shift_of(n: int) -> np.ndarray:
    """The matrix of a shift by one."""
    return np.roll(np.eye(n), 1, 0)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_the_matrices_that_commute_with_the_shift_have_as_many_dimensions_as_places(n: int) -> None:
    tau = shift_of(n)
    commutator = np.kron(np.eye(n), tau) - np.kron(tau.T, np.eye(n))
    rank = flint.fmpq_mat(n * n, n * n, [flint.fmpq(int(v)) for v in commutator.ravel()]).rank()
    assert n * n - rank == n
    basis = [np.linalg.matrix_power(tau, s) for s in range(n)]
    assert all(equivariance.is_circulant(b) for b in basis)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_circulants_commute_and_nothing_else_does(n: int) -> None:
    rng, tau = np.random.default_rng(0), shift_of(n)
    a = rng.integers(-1, 2, (40, n, n)).astype(np.float64)
    a[::2] = equivariance.averaged(a[::2])
    np.testing.assert_array_equal(equivariance.is_circulant(a), (a @ tau == tau @ a).all((-2, -1)))


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_averages_are_sums_of_conjugates(n: int) -> None:
    a, tau = np.random.default_rng(1).integers(-3, 4, (4, n, n)).astype(np.float64), shift_of(n)
    powers = [np.linalg.matrix_power(tau, s) for s in range(n)]
    np.testing.assert_array_equal(equivariance.averaged(a), sum(p.T @ a @ p for p in powers))


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_circulants_are_circular_convolutions(n: int) -> None:
    rng = np.random.default_rng(2)
    a, x = equivariance.averaged(rng.integers(-3, 4, (4, n, n)).astype(np.float64)), rng.integers(-3, 4, (4, n))
    how = geometry((n,), padding="same", mode="circular")
    kernel, image = equivariance.kernel_of(a)[:, None, None], x[:, None, None].astype(np.float64)
    y = direct.convolution(image, kernel, None, how, DOUBLE).value[:, 0, 0]
    np.testing.assert_array_equal(y, np.einsum("bij,bj->bi", a, x))


def test_truths_shift_with_their_bounds() -> None:
    truth = Truth(np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3) / 8)
    moved = equivariance.shifted(truth, (1, -1))
    assert moved.value.tolist() == [[4, 5, 3], [1, 2, 0]]
    assert (moved.bound * 8 == moved.value).all()


@pytest.mark.parametrize("shift", [0, 1, -2, 4])
def test_inside_shifted_convolutions_agree(shift: int) -> None:
    x, w = np.random.default_rng(3).integers(-3, 4, (1, 1, 12)), np.array([[[1.0, -2.0, 3.0]]])
    how = geometry((3,), padding=1)
    y, moved = (
        direct.convolution(v.astype(np.float64), w, None, how, DOUBLE).value for v in (x, np.roll(x, shift, -1))
    )
    inside = equivariance.inside(how, (12,), (shift,))
    assert inside.any()
    assert not inside.all()
    np.testing.assert_array_equal(moved[0, 0, inside], np.roll(y, shift, -1)[0, 0, inside])
    expected = [0 < p < 11 and p - 1 - shift >= 0 and p + 1 - shift < 12 for p in range(12)]
    assert inside.tolist() == expected
