"""Residuals of singular vectors and Gram matrices, against exact rationals, and bounds that LAPACK comes near to."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq
from numpy.typing import NDArray

from reference import exact
from reference.double_double import normalise
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import singular_vectors as reference
from reference.linear_algebra.symmetric_eigen import apart

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]
SHAPES = [(1, 1), (2, 3), (3, 2), (4, 4), (6, 3), (3, 6), (9, 9)]
MATRIX = (-2, -1)


def matrices(m: int, n: int, fmt: Format, count: int = 60) -> Float64:
    return fmt.round(np.random.default_rng((m, n)).standard_normal((count, m, n)))


def decomposed(a: Float64, fmt: Format) -> tuple[Float64, Float64, Float64]:
    u, s, vh = np.linalg.svd(a.astype(fmt.name))
    return u.astype(np.float64), s.astype(np.float64), vh.astype(np.float64)


def exact_residual(a: Float64, u: Float64, s: Float64) -> Float64:
    """(A A^T u_i - s_i^2 u_i) / 4^e by rationals, rows."""
    m, e = exact.rational_matrix(a), int(normalise(a[None], MATRIX)[1][0, 0, 0])
    q = exact.rational_matrix(u)
    image, scale = m * m.transpose() * q, fmpq(2) ** (-2 * e)
    rows = np.empty(u.T.shape)
    for i in range(u.shape[1]):
        square = exact.rational(s[i]) ** 2 if i < len(s) else fmpq(0)
        for j in range(u.shape[0]):
            rows[i, j] = exact.nearest((image[j, i] - square * q[j, i]) * scale)
    return rows


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_residuals_are_those_of_rational_arithmetic(shape: tuple[int, int], fmt: Format) -> None:
    a = matrices(*shape, fmt, 3)
    u, s, _ = decomposed(a, fmt)
    found = reference.eigenvector_defects(a, u, s, Arithmetic.of(fmt)).observed
    for i in range(3):
        expected = exact_residual(a[i], u[i], s[i])
        assert found[i] == pytest.approx(expected, abs=1e-20, rel=1e-4)


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**900])
def test_scales_neither_underflow_nor_overflow(scale: float) -> None:
    a = matrices(4, 3, float64, 5)
    u, s, _ = decomposed(a, float64)
    how = Arithmetic.of(float64)
    one, other = (reference.eigenvector_defects(a * k, u, s * k, how) for k in (1.0, scale))
    assert np.array_equal(one.observed, other.observed)
    assert other.truth.bound == pytest.approx(one.truth.bound, rel=1e-6)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_lapack_stays_within_every_bound_and_near_it(shape: tuple[int, int], fmt: Format) -> None:
    a, how = matrices(*shape, fmt), Arithmetic.of(fmt)
    kind = np.dtype(fmt.name)
    u, s, vh = decomposed(a, fmt)
    narrow = a.astype(kind)
    gram = narrow @ narrow.swapaxes(-1, -2)
    found = [reference.eigenvector_defects(a, u, s, how)]
    left = (gram @ u.astype(kind)).astype(np.float64)
    right = (u.astype(kind) * reference.padded(s, shape[0])[:, None, :].astype(kind) ** 2).astype(np.float64)
    found.append(reference.sides(left, right, a, u, s, how, how, how))
    w, q = (x.astype(np.float64)[..., ::-1] for x in np.linalg.eigh(gram))
    pairs = reference.gram_pairs(a, w, q, how, how)
    found.append(pairs.vectors)
    both = np.concatenate((a, -a), -2)
    c = np.einsum("bij,bik->bjk", both, both) / (2 * shape[0] - 1)
    found.append(reference.covariance_defects(a, fmt.round(c), vh.swapaxes(-1, -2), s, how, how))
    for observed, truth in found:
        margin = np.linalg.norm(observed, axis=-1) / truth.bound
        assert margin.max() <= 1
        assert margin.max() > 1 / 2000 or shape == (1, 1)
    observed, truth = pairs.values
    assert np.all(np.abs(observed - truth.value) <= truth.bound)
    allowed = reference.apart_at_most(a, how, how, how)
    k = min(shape)
    distance = apart(u[..., :k], q[..., :k])
    assert np.all(distance <= allowed[:, :k])
    assert np.median(allowed[:, 0]) < (0.01 if fmt is float32 else 1e-9)


def test_squares_are_eigenvalues_of_the_gram_matrix() -> None:
    a = np.array([[[3.0, 0.0, 0.0], [0.0, -4.0, 0.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]])
    tall = reference.squares(a.swapaxes(-1, -2))
    scale = normalise(a, MATRIX)[1][:, 0] * 2
    expected = np.ldexp(np.array([[16.0, 9.0, 0.0], [6.0, 0.0, 0.0]]), -scale)
    assert np.all(np.abs(tall.value - expected) <= tall.bound)
    assert np.all(tall.bound < 1e-13)
    assert reference.squares(a).value == pytest.approx(expected[:, :2], abs=1e-14)


def test_equal_singular_values_have_no_vectors_of_their_own() -> None:
    how = Arithmetic.of(float64)
    allowed = reference.apart_at_most(np.diag([2.0, 1.0, 1.0])[None], how, how, how)[0]
    assert allowed[0] < 1e-11
    assert np.isinf(allowed[1:]).all()


def test_overflow_leaves_the_gram_matrix_undetermined() -> None:
    how, a = Arithmetic.of(float32), np.array([[[1.0]], [[2.0**100]]])
    assert np.isfinite(reference.gram_error(a, how, how)).tolist() == [True, False]
    one = np.ones((2, 1, 1))
    bound = reference.sides(one, one, a, one, a[:, :, 0], how, how, how).truth.bound
    assert np.isfinite(bound[:, 0]).tolist() == [True, False]
    assert reference.low_rank_is_safe(np.array([[[1.0]], [[2.0**127]]]), how).tolist() == [True, False]
    bound = reference.covariance_defects(a, one, one, a[:, :, 0], how, how).truth.bound
    assert np.isfinite(bound[:, 0]).tolist() == [True, False]


def test_wrong_vectors_are_beyond_the_bound() -> None:
    a, how = matrices(4, 3, float64, 20), Arithmetic.of(float64)
    u, s, _ = decomposed(a, float64)
    for wrong_u, wrong_s in ((u.swapaxes(-1, -2), s), (u, s**2), (u[..., ::-1], s), (u, s * (1 + 1e-11))):
        observed, truth = reference.eigenvector_defects(a, wrong_u, wrong_s, how)
        assert np.all((np.linalg.norm(observed, axis=-1) / truth.bound).max(-1) > 1)


def test_a_residual_that_is_no_number_leaves_an_infinite_bound_infinite() -> None:
    bound = reference.plus(np.array([1.0, np.inf, 1.0]), np.array([0.5, np.nan, np.nan]))
    assert bound[:2].tolist() == [1.5, np.inf]
    assert np.isnan(bound[2])
