"""Residuals, certificates and bounds of the singular value decomposition, against exact rationals and balls."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.double_double import DoubleDouble
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import svd
from reference.linear_algebra.residuals import frobenius, product, residual, times_diagonal

Float64 = NDArray[np.float64]

SHAPES = [(1, 1, 1), (2, 3, 2), (4, 4, 4), (3, 9, 5), (6, 1, 6), (5, 40, 3)]
FORMATS = [float32, float64]


def orthonormal(rng: np.random.Generator, m: int, k: int) -> Float64:
    return np.asarray(np.linalg.qr(rng.standard_normal((m, k)))[0])


def with_spectrum(rng: np.random.Generator, m: int, n: int, s: Float64) -> Float64:
    return (orthonormal(rng, m, len(s)) * s) @ orthonormal(rng, n, len(s)).T


def exact_residual(c: Float64, x: Float64, y: Float64) -> Float64:
    product = exact.rational_matrix(x) * exact.rational_matrix(y)
    return exact.nearest_array(exact.rational_matrix(c) - product)


# Residuals


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scales", [(1.0, 1.0), (2.0**-500, 2.0**490), (2.0**600, 2.0**400), (2.0**-300, 2.0**-200)])
def test_residuals_agree_with_rationals(shape: tuple[int, int, int], scales: tuple[float, float]) -> None:
    m, k, n = shape
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((3, m, k)) * scales[0], rng.standard_normal((3, k, n)) * scales[1]
    c = x @ y  # the residual is what the float64 product misses
    found = residual(c, x, y)
    for i in range(3):
        truth = exact_residual(c[i], x[i], y[i])
        error = np.linalg.norm((found.value[i] - truth) / (scales[0] * scales[1])) * (scales[0] * scales[1])
        assert error <= found.error[i]
        assert found.error[i] < 2.0**-60 * frobenius(x)[i] * frobenius(y)[i]


def test_residuals_of_wide_ranging_entries() -> None:
    rng = np.random.default_rng(2)
    x, y = (rng.standard_normal((20, 5, 5)) * 2.0 ** rng.integers(-40, 41, (20, 5, 5)) for _ in range(2))
    c = rng.standard_normal((20, 5, 5))
    found = residual(c, x, y)
    for i in range(20):
        assert np.linalg.norm(found.value[i] - exact_residual(c[i], x[i], y[i])) <= found.error[i]


def test_a_double_double_factor_counts_with_both_parts() -> None:
    rng = np.random.default_rng(3)
    u, s, vh = rng.standard_normal((1, 4, 3)), rng.standard_normal((1, 3)), rng.standard_normal((1, 3, 4))
    c = (u * s[:, None, :]) @ vh
    found = residual(c, times_diagonal(u, s), vh)
    triple = exact.rational_matrix(u[0]) * exact.rational_matrix(np.diag(s[0])) * exact.rational_matrix(vh[0])
    truth = exact.nearest_array(exact.rational_matrix(c[0]) - triple)
    assert np.linalg.norm(found.value[0] - truth) <= found.error[0]
    assert found.error[0] < 1e-2 * np.linalg.norm(truth)


def test_an_error_of_one_unit_in_the_last_place_is_seen() -> None:
    x = np.eye(3)[None]
    c = x.copy()
    c[0, 2, 2] = np.nextafter(1.0, 2.0)
    assert residual(c, x, x).value[0, 2, 2] == 2.0**-52


def test_residuals_of_no_numbers_vanish_and_nan_shows() -> None:
    assert not residual(np.zeros((2, 3, 4)), np.zeros((2, 3, 0)), np.zeros((2, 0, 4))).value.any()
    assert residual(np.zeros((2, 0, 4)), np.zeros((2, 0, 3)), np.zeros((2, 3, 4))).value.shape == (2, 0, 4)
    x = np.ones((1, 2, 2))
    x[0, 0, 0] = np.nan
    assert np.isnan(residual(np.ones((1, 2, 2)), x, np.ones((1, 2, 2))).value).any()


def test_products_carry_what_float64_misses() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.standard_normal((1, 3, 4)), rng.standard_normal((1, 4, 3))
    found = product(x, y)
    assert isinstance(found.value, DoubleDouble)
    exactly = exact.rational_matrix(x[0]) * exact.rational_matrix(y[0])
    rest = exact.nearest_array(exactly - exact.rational_matrix(found.value.hi[0]))
    assert np.linalg.norm(found.value.lo[0] - rest) <= found.error[0]


@pytest.mark.parametrize("scale", [1.0, 2.0**-1060, 2.0**1000])
def test_frobenius_norms_are_rounded_up(scale: float) -> None:
    a = np.round(np.random.default_rng(5).standard_normal((4, 3, 5)) * 64) / 64 * scale
    for x, norm in zip(a, frobenius(a), strict=True):
        lower, upper = exact.frobenius_norm(exact.rational_matrix(x))
        assert lower <= norm <= upper * (1 + 2.0**-47) + 2.0**-1073


# Singular values


def spectra(rng: np.random.Generator) -> list[Float64]:
    made = [with_spectrum(rng, m, n, np.geomspace(1, 1e-16, min(m, n))) for m, n in [(3, 3), (5, 3), (3, 6)]]
    made += [rng.standard_normal((4, 4)), np.ones((3, 2)), np.zeros((2, 3)), np.eye(4)]
    made += [with_spectrum(rng, 4, 4, np.array([1, 1, 1e-9, 1e-9])), rng.standard_normal((3, 3)) * 2.0**-1060]
    return [*made, rng.standard_normal((3, 3)) * 2.0**1000]


def test_certified_singular_values_contain_the_exact_ones() -> None:
    for a in spectra(np.random.default_rng(6)):
        certified, balls = svd.certified_singular_values(a[None]), exact.singular_values(a)
        assert np.all(certified.value[0] - certified.bound[0] <= balls.upper)
        assert np.all(balls.lower <= certified.value[0] + certified.bound[0])
        largest = max(balls.upper.max(initial=0.0), 2.0**-1020)
        assert np.all(certified.bound[0] <= 50 * float64.u * largest)


def test_the_certificate_covers_a_decomposition_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    lapack = np.linalg.svd

    def wrong(a: Float64, *, full_matrices: bool) -> tuple[Float64, Float64, Float64]:
        u, s, vh = lapack(a, full_matrices=full_matrices)
        return u * (1 + 1e-7), s * (1 - 1e-5), vh

    a = np.random.default_rng(7).standard_normal((5, 4, 3))
    monkeypatch.setattr(np.linalg, "svd", wrong)
    certified = svd.certified_singular_values(a)
    monkeypatch.undo()
    for x, value, bound in zip(a, *certified, strict=True):
        balls = exact.singular_values(x)
        assert np.all(np.abs(value - balls.lower) <= bound)
        assert np.all(np.abs(value - balls.lower) > 1e-6 * balls.lower)


@pytest.mark.parametrize("fmt", FORMATS)
def test_lapack_stays_within_every_bound(fmt: Format) -> None:
    arithmetic, rng = Arithmetic.of(fmt), np.random.default_rng(8)
    for a in spectra(rng)[:-2]:
        x = fmt.round(a)
        m, n = x.shape
        u, s, vh = (q.astype(np.float64)[None] for q in np.linalg.svd(x.astype(fmt.name), full_matrices=False))
        defects = [svd.reconstruction(x[None], u, s, vh, arithmetic)]
        defects += [svd.orthogonality(q, max(m, n), arithmetic) for q in (u, vh.swapaxes(-1, -2))]
        for observed, truth in defects:
            assert np.all(np.linalg.norm(observed, axis=(-2, -1)) <= truth.bound)
        for args in ((x[None], u, s, vh), (x.T[None], vh.swapaxes(-1, -2), s, u.swapaxes(-1, -2))):
            observed, truth = svd.vector_defects(*args, arithmetic)
            assert np.all(np.linalg.norm(observed, axis=-1) <= truth.bound)
        truth = svd.singular_values(x[None], arithmetic).with_vectors
        assert np.all(np.abs(s - truth.value) <= truth.bound)


def test_defects_are_those_of_rational_arithmetic() -> None:
    rng, arithmetic = np.random.default_rng(9), Arithmetic.of(float64)
    a = rng.standard_normal((4, 3)) * 2.0**-700
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    observed = svd.reconstruction(a[None], u[None], s[None], vh[None], arithmetic).observed
    lower, upper = exact.residual_norm(a, u, s, vh)
    assert lower * (1 - 1e-3) <= frobenius(observed)[0] <= upper * (1 + 1e-3)
    lower, upper = exact.residual_norm(np.eye(3), u.T, u)
    assert lower * (1 - 1e-3) <= frobenius(svd.orthogonality(u[None], 4, arithmetic).observed)[0] <= upper * (1 + 1e-3)
    columns = svd.vector_defects(a[None], u[None], s[None], vh[None], arithmetic).observed[0]
    joined, factor = np.concatenate((a, u), -1), np.concatenate((-vh.T, np.diag(s)), -2)
    assert np.allclose(columns.T, exact_residual(np.zeros((4, 3)), joined, factor), rtol=1e-3, atol=0)


def test_the_bound_on_vectors_is_within_a_factor_of_eight_on_a_graded_spectrum() -> None:
    rng, arithmetic = np.random.default_rng(10), Arithmetic.of(float64)
    a = np.stack([with_spectrum(rng, 3, 3, np.array([1, 1e-8, 1e-16])) for _ in range(200)])
    u, s, vh = np.linalg.svd(a)
    observed, truth = svd.vector_defects(a, u, s, vh, arithmetic)
    assert 1 / 8 < (np.linalg.norm(observed, axis=-1) / truth.bound).max() <= 1


def test_norms_follow_from_the_values() -> None:
    a = np.random.default_rng(11).standard_normal((2, 4, 3))
    found = svd.singular_values(a, Arithmetic.of(float32))
    for x, spectral, nuclear in zip(a, found.spectral_norm.value, found.nuclear_norm.value, strict=True):
        balls = exact.singular_values(x)
        assert spectral == pytest.approx(balls.upper[0], rel=1e-14)
        assert nuclear == pytest.approx(balls.upper.sum(), rel=1e-14)


def test_a_nuclear_norm_that_overflows_is_undetermined() -> None:
    a = np.eye(4)[None] * 2.0**126
    found = svd.singular_values(a, Arithmetic.of(float32))
    assert np.isfinite(found.alone.bound).all()
    assert np.isinf(found.nuclear_norm.bound).all()


def test_empty_matrices_have_no_singular_values() -> None:
    for shape in ((2, 0, 0), (2, 0, 3), (2, 3, 0)):
        found = svd.singular_values(np.zeros(shape), Arithmetic.of(float64))
        assert found.alone.value.shape == (2, 0)
        assert not found.nuclear_norm.value.any()
