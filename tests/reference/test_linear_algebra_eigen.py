"""Residuals of eigenpairs, perturbation bounds and invariants, against exact rationals and LAPACK."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from numpy.typing import NDArray

from reference import exact
from reference.bounds import balance, eig_error
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import eigen as reference

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def eig(a: Float64, fmt: Format) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """LAPACK's eigenpairs in a format."""
    found = [scipy.linalg.eig(m.astype(fmt.name)) for m in a]
    w, v = (np.stack(part).astype(np.complex128) for part in zip(*found, strict=True))
    return w, v


def badly_scaled(rng: np.random.Generator, batch: int, n: int) -> Float64:
    d = 2.0 ** rng.integers(-10, 11, (batch, n))
    return float32.round(rng.standard_normal((batch, n, n)) * d[:, :, None] / d[:, None, :])


def test_balancing_is_a_similarity_by_powers_of_two(rng: np.random.Generator) -> None:
    a = badly_scaled(rng, 5, 4)
    b = balance(a)
    assert np.array_equal(b.matrix * b.scale[:, :, None] / b.scale[:, None, :], a)
    assert np.array_equal(np.frexp(b.scale)[0], np.full(b.scale.shape, 0.5))
    assert np.all(b.norm < np.linalg.norm(a, axis=(-2, -1)))
    assert np.allclose(b.norm, np.linalg.norm(b.matrix, axis=(-2, -1)))
    for m, balanced in zip(a, b.matrix, strict=True):
        lapacks = scipy.linalg.matrix_balance(m)[0]
        assert np.linalg.norm(lapacks) == pytest.approx(np.linalg.norm(balanced))


@pytest.mark.parametrize("n", [2, 3, 5, 9])
def test_factors_are_lapacks_where_it_permutes_rows_too(rng: np.random.Generator, n: int) -> None:
    full = badly_scaled(rng, 200, n)
    for a in (full, full * (rng.random(full.shape) < 0.3), np.triu(full), np.tril(full)):
        b = balance(a)
        for m, d in zip(a, b.scale, strict=True):
            assert np.array_equal(d, np.abs(scipy.linalg.matrix_balance(m)[1]).max(-1))


def test_off_the_cpu_a_solver_may_balance_or_not(rng: np.random.Generator) -> None:
    a, how = badly_scaled(rng, 20, 4), Arithmetic.of(float32)
    either = balance(a, "cuda:0")
    assert np.array_equal(either.matrix, a)
    assert np.all(either.scale == 1)
    assert np.all(either.norm >= np.linalg.norm(a, axis=(-2, -1)))
    w, v = eig(a, float32)  # balanced
    found = reference.pair_defects(a, w, v, either, how)
    assert np.all(np.linalg.norm(found.observed, axis=-1) <= found.truth.bound)
    plain = np.eye(3)[None]
    assert balance(plain, "cuda").norm[0] == balance(plain).norm[0]


def test_empty_and_single_matrices_need_no_balancing() -> None:
    assert balance(np.zeros((2, 0, 0))).norm.tolist() == [0.0, 0.0]
    single = balance(np.full((1, 1, 1), 3.0))
    assert single.norm[0] == pytest.approx(3.0)
    assert np.isinf(eig_error(single._replace(norm=np.array([np.inf])), Arithmetic.of(float32))).all()


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_residuals_of_lapacks_pairs_are_within_the_bound(rng: np.random.Generator, fmt: Format) -> None:
    how, worst = Arithmetic.of(fmt), 0.0
    for a in (float32.round(rng.standard_normal((50, 5, 5))), badly_scaled(rng, 50, 4)):
        w, v = eig(a, fmt)
        found = reference.pair_defects(a, w, v, balance(a), how)
        worst = max(worst, float((np.linalg.norm(found.observed, axis=-1) / found.truth.bound).max()))
    assert 0.05 < worst < 1


def test_residuals_are_those_of_exact_rationals(rng: np.random.Generator) -> None:
    a = float32.round(rng.standard_normal((1, 3, 3)))
    w, v = eig(a, float64)
    plain = balance(a)._replace(scale=np.ones((1, 3)))
    found = reference.pair_defects(a, w, v, plain, Arithmetic.of(float64)).observed[0]
    q, x, y = (exact.rational_matrix(m) for m in (a[0], v[0].real, v[0].imag))
    re, im = (exact.rational_matrix(np.diag(part)) for part in (w[0].real, w[0].imag))
    real, imaginary = q * x - x * re + y * im, q * y - x * im - y * re
    expected = np.concatenate((exact.nearest_array(real).T, exact.nearest_array(imaginary).T), -1)
    assert np.abs(found - expected).max() <= 2.0**-96
    assert np.abs(expected).max() > 2.0**-60


def test_lengths_of_columns() -> None:
    v = np.array([[[3 / 5, 0], [4j / 5, 2]]])
    found, truth = reference.lengths(v, Arithmetic.of(float32))
    assert np.allclose(found, [[1, 2]])
    assert truth.bound < 12 * float32.u


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_eigenvalues_make_the_shifted_matrix_singular(rng: np.random.Generator, fmt: Format) -> None:
    for a in (float32.round(rng.standard_normal((20, 6, 6))), badly_scaled(rng, 20, 4), np.zeros((1, 3, 3))):
        w, _ = eig(a, fmt)
        found, allowed = reference.distance_to_singularity(w, balance(a), Arithmetic.of(fmt))
        assert np.all(found <= allowed)
        moved, _ = reference.distance_to_singularity(w + 0.5, balance(a), Arithmetic.of(fmt))
        assert moved.max() > 100 * allowed.max()


def test_distance_to_singularity_of_subnormal_and_of_infinite_numbers() -> None:
    a = np.full((1, 1, 1), 2.0**-1060)
    found, _ = reference.distance_to_singularity(np.array([[2.0**-1061 + 0j]]), balance(a), Arithmetic.of(float64))
    assert found[0, 0] == 2.0**-1061
    found, _ = reference.distance_to_singularity(np.array([[np.inf + 0j]]), balance(a), Arithmetic.of(float64))
    assert np.isnan(found).all()


def test_known_eigenvalues_by_bauer_and_fike() -> None:
    v = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    w = np.array([2.0, -1.0, 2.0])
    a = np.repeat(((v * w) @ np.linalg.inv(v))[None], 3, 0)
    truth = reference.real_eigenvalues(
        np.broadcast_to(w, (3, 3)), np.broadcast_to(v, a.shape), balance(a), Arithmetic.of(float32)
    )
    assert truth.value[0].tolist() == [-1.0, 2.0, 2.0]
    found = np.sort(eig(a, float32)[0].real, -1)
    assert np.all(np.abs(found - truth.value) <= truth.bound)
    assert truth.bound.max() < 1e-3


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
@pytest.mark.parametrize("k", [0, 1, 2, 5, -1])
def test_powers_by_eigenvectors_are_within_the_bound(rng: np.random.Generator, fmt: Format, k: int) -> None:
    a, how = float32.round(rng.standard_normal((60, 4, 4))), Arithmetic.of(fmt)
    w, v = eig(a, fmt)
    b = reference.basis(a, v, balance(a), how)
    truth = reference.power_truth(a, b, v, w, k, how)
    usable = b.usable & np.isfinite(truth.bound)
    assert usable.mean() > 0.9
    inverse = np.linalg.inv(v.astype("complex64" if fmt is float32 else "complex128"))
    found = (v * w[:, None, :] ** k) @ inverse
    error = np.linalg.norm(found - truth.value, axis=(-2, -1))
    assert np.all(error[usable] <= truth.bound[usable])
    expected = np.linalg.matrix_power(a, k)
    assert np.all(np.linalg.norm(truth.value - expected, axis=(-2, -1))[usable] <= truth.bound[usable])


def test_a_defective_matrix_gives_no_usable_basis_and_no_inverse_where_there_is_none() -> None:
    a = np.stack([np.eye(2) + np.eye(2, k=1), np.diag([1.0, 0.0]), np.eye(2)])
    how = Arithmetic.of(float32)
    w, v = eig(a, float32)
    b = reference.basis(a, v, balance(a), how)
    assert b.usable.tolist() == [False, True, True]
    inverse = reference.power_truth(a, b, v, w, -1, how)
    assert np.isfinite(inverse.bound).tolist() == [False, False, True]


def test_traces_and_products_of_eigenvalues(rng: np.random.Generator) -> None:
    a = float32.round(rng.standard_normal((40, 5, 5)))
    balanced, how = balance(a), Arithmetic.of(float32)
    w, _ = eig(a, float32)
    trace = reference.trace(a, balanced, how)
    assert np.allclose(trace.value, np.trace(a, axis1=-2, axis2=-1))
    assert np.all(np.abs(w.sum(-1) - trace.value) <= trace.bound)
    product = reference.product_of_eigenvalues(a, balanced, how)
    assert np.allclose(product.value, np.linalg.det(a))
    assert np.all(np.abs(w.prod(-1) - product.value) <= product.bound)
    assert np.all(product.bound < 1e-3 * balanced.norm**5)


def test_empty_and_overflowing_products() -> None:
    how = Arithmetic.of(float32)
    empty = np.zeros((2, 0, 0))
    assert reference.product_of_eigenvalues(empty, balance(empty), how).value.tolist() == [1.0, 1.0]
    large = 2.0**100 * np.eye(2)[None]
    assert np.isinf(reference.product_of_eigenvalues(large, balance(large), how).bound).all()


def test_determinants_are_exact() -> None:
    a = np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]], 2.0**-340 * np.eye(3)])
    assert reference.determinants(a).tolist() == [0.0, 2.0**-1020]


def test_change_of_a_determinant_is_attained_by_a_multiple_of_the_identity() -> None:
    sigma, e = np.full((1, 4), 0.5), np.array([2.0**-10])
    change = reference.determinant_change(sigma, e)[0]
    assert change == pytest.approx((0.5 + 2.0**-10) ** 4 - 0.5**4)
    assert change >= (0.5 + 2.0**-10) ** 4 - 0.5**4


def test_multiplicities() -> None:
    nilpotent = np.eye(3, k=1)
    found = reference.multiplicities(np.stack([nilpotent, np.diag([1.0, 0.0, 2.0]), np.eye(3) + nilpotent]))
    assert found.rank.tolist() == [2, 2, 3]
    assert found.nonzero_eigenvalues.tolist() == [0, 2, 3]
    empty = reference.multiplicities(np.zeros((1, 0, 0)))
    assert (empty.rank[0], empty.nonzero_eigenvalues[0]) == (0, 0)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_the_spread_of_a_jordan_block_and_the_condition_of_its_vectors(fmt: Format) -> None:
    how = Arithmetic.of(fmt)
    for n in (2, 3, 4):
        s = np.tril(np.ones((n, n)))
        a = (s @ (np.eye(n) + np.eye(n, k=1)) @ np.linalg.inv(s))[None]
        w, v = eig(a, fmt)
        assert np.all(np.abs(w - 1) <= reference.spread(balance(a), how)[:, None])
        b = reference.basis(a, v, balance(a), how)
        least = reference.least_condition(a, 1.0, b)
        assert np.all(least <= b.kappa)
        assert np.all(least > 5)
