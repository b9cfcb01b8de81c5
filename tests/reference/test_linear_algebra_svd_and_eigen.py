"""Magnitudes of eigenvalues, their products and bounds against known values, and LAPACK within every bound."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from numpy.typing import NDArray

from reference.bounds import balance, svdvals_error
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import svd_and_eigen as reference
from reference.linear_algebra.eigen import determinants
from reference.linear_algebra.residuals import frobenius
from reference.linear_algebra.svd import certified_singular_values
from reference.truth import Truth

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]


def mirrored(a: Float64) -> Float64:
    lower = np.tril(a)
    return lower + np.tril(lower, -1).swapaxes(-1, -2)


def symmetric(n: int, fmt: Format, count: int = 50) -> Float64:
    return mirrored(fmt.round(np.random.default_rng(n).standard_normal((count, n, n))))


def margins(observed: Float64, truth: Truth) -> Float64:
    return np.abs(observed - truth.value) / truth.bound


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("n", [1, 2, 5, 16])
def test_magnitudes_are_those_that_lapack_computes(n: int, fmt: Format) -> None:
    a, how = symmetric(n, fmt), Arithmetic.of(fmt)
    w = np.linalg.eigvalsh(a.astype(fmt.name)).astype(np.float64)
    found = margins(-np.sort(-np.abs(w), -1), reference.absolute_eigenvalues(a, how).values)
    assert found.max() <= 1
    assert found.max() > 1 / 200 or n == 1 or fmt is float64  # whose values LAPACK itself gives


def test_known_magnitudes_and_positive_matrices() -> None:
    how = Arithmetic.of(float64)
    a = np.stack([np.diag([1.0, -3.0, 2.0]), np.diag([1.0, 3.0, 2.0]), np.diag([1.0, 0.0, 2.0])])
    found = reference.absolute_eigenvalues(a, how)
    expected = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [2.0, 1.0, 0.0]])
    assert np.all(np.abs(found.values.value - expected) < 1e-14)
    assert found.positive.tolist() == [False, True, False]


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_eigendecomposition_of_a_symmetric_matrix_is_an_svd(fmt: Format) -> None:
    a, how = symmetric(5, fmt), Arithmetic.of(fmt)
    w, q = (x.astype(np.float64) for x in np.linalg.eigh(a.astype(fmt.name)))
    u, s, vh = q * np.sign(w)[:, None, :], np.abs(w), q.swapaxes(-1, -2)
    for part in reference.svd_by_eigh(a, u, s, vh, how):
        assert 1 / 50 < (frobenius(part.observed) / part.truth.bound).max() <= 1
    wrong = reference.svd_by_eigh(a, q, s, vh, how).product
    assert (frobenius(wrong.observed) / wrong.truth.bound).min() > 1


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_circulants_have_moduli_for_singular_values(n: int, fmt: Format) -> None:
    rows = fmt.round(np.random.default_rng(n).standard_normal((40, n)))
    a = np.stack([scipy.linalg.circulant(row) for row in rows])
    how = Arithmetic.of(fmt)
    moduli = -np.sort(-np.abs(np.linalg.eigvals(a.astype(fmt.name))), -1).astype(np.float64)
    truth = reference.normal_moduli(a, balance(a), how)
    assert margins(moduli, truth).max() <= 1
    assert np.all(truth.bound <= 200 * n**1.5 * n * fmt.u * frobenius(a)[:, None])
    exact = -np.sort(-np.abs(np.fft.fft(rows)), -1)
    assert exact == pytest.approx(truth.value, rel=1e-12, abs=1e-13)


def test_balancing_enlarges_what_eigenvalues_may_move() -> None:
    how, d = Arithmetic.of(float64), 2.0 ** np.array([0, 10, -10])
    a = np.random.default_rng(0).standard_normal((1, 3, 3))
    plain, bad = (reference.moved_eigenvalues(m, balance(m), how)[0] for m in (a, a * d[:, None] / d))
    assert 2.0**15 * plain < bad < 2.0**30 * plain
    empty = np.zeros((2, 0, 0))
    assert np.all(reference.moved_eigenvalues(empty, balance(empty), how) <= 2 * float64.eta)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("n", [1, 2, 4, 7])
def test_products_and_conditions_contain_what_lapack_computes(n: int, fmt: Format) -> None:
    a, how = fmt.round(np.random.default_rng(n).standard_normal((60, n, n))), Arithmetic.of(fmt)
    s = certified_singular_values(a)
    error = svdvals_error(s.value.max(-1), n, n, how)
    computed = np.linalg.svd(a.astype(fmt.name), compute_uv=False)
    product = reference.product_of_values(s, error, determinants(a), how)
    assert margins(computed.prod(-1).astype(np.float64), product).max() <= 1
    assert product.value == pytest.approx(np.abs(np.linalg.det(a)), rel=1e-9)
    condition = reference.condition(s, error, how)
    assert margins((computed[:, 0] / computed[:, -1]).astype(np.float64), condition).max() <= 1
    assert np.median(condition.bound / condition.value) < (0.1 if fmt is float32 else 1e-9)


def test_the_bounds_are_reached_by_values_at_the_edge() -> None:
    how, s = Arithmetic.of(float64), Truth(np.array([[2.0, 1.0, 0.5]]), np.zeros((1, 3)))
    error = np.array([1e-6])
    product = reference.product_of_values(s, error, np.array([-1.0]), how)
    assert margins((s.value + 1e-6).prod(-1), product) == pytest.approx(1.0, rel=1e-6)
    condition = reference.condition(s, error, how)
    assert margins(np.array([(2 + 1e-6) / (0.5 - 1e-6)]), condition) == pytest.approx(1.0, rel=1e-6)


def test_diagonal_matrices_of_powers_of_two_have_a_known_condition() -> None:
    d = np.array([[1.0, 2.0**-33], [-4.0, 0.0], [0.0, 0.0], [3.0, 1.0], [2.0**-140, -(2.0**-100)], [2.0**80, 2.0**-60]])
    a = np.concatenate((d[:, None] * np.eye(2), [[[1.0, 0.5], [0.0, 1.0]]]))
    found = reference.condition_of_diagonal(a, Arithmetic.of(float32))
    assert np.isfinite(found.bound).tolist() == [True, True, False, False, True, False, False]
    assert found.value[[0, 1, 4]].tolist() == [2.0**33, np.inf, 2.0**40]
    assert found.bound[:2].tolist() == [202 * 2.0**-24 * 2.0**33, 0.0]


def test_singular_matrices_and_overflow_are_undetermined() -> None:
    how = Arithmetic.of(float32)
    singular = Truth(np.array([[1.0, 0.0], [1.0, 1e-9], [3e38, 1e-3]]), np.zeros((3, 2)))
    found = reference.condition(singular, np.array([1e-7, 1e-7, 0.0]), how)
    assert np.isinf(found.bound).all()
    assert np.isfinite(found.value).all()
    large = Truth(np.array([[1e30, 1e30, 1e-30], [1e10, 1e10, 1.0]]), np.zeros((2, 3)))
    product = reference.product_of_values(large, np.zeros(2), np.array([1e30, 1e20]), how)
    assert np.isfinite(product.bound).tolist() == [False, True]
