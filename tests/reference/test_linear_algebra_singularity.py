"""Determinants, their logarithms and ranks, against exact rationals and LAPACK's factors."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from numpy.typing import NDArray

from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import singularity as reference

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]


def factors(a: Float64, fmt: Format) -> list[reference.Factors]:
    """LAPACK's factors of the matrices and of their transposes, in a format."""
    found = []
    for batch in (a, a.swapaxes(-1, -2)):
        parts = [scipy.linalg.lu(m.astype(fmt.name)) for m in batch]
        found.append(reference.Factors(*(np.stack([p[i] for p in parts]).astype(np.float64) for i in (1, 2))))
    return found


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_determinants_by_elimination_are_within_the_bound(fmt: Format, n: int) -> None:
    a = np.random.default_rng(n).integers(-4, 5, (60, n, n)).astype(np.float64)
    how, made = Arithmetic.of(fmt), factors(a, fmt)
    truth = reference.determinant(a, made, how)
    computed = np.linalg.det(a.astype(fmt.name)).astype(np.float64)
    assert np.array_equal(truth.value, np.rint(truth.value))
    assert np.all(np.abs(computed - truth.value) <= truth.bound)
    assert truth.bound.max() < 1e4 * n * fmt.u * max(1.0, np.abs(truth.value).max())


def test_determinants_that_overflow_or_vanish() -> None:
    how = Arithmetic.of(float32)
    for size, infinite in ((2.0**70, True), (2.0**-100, False)):
        a = size * np.eye(2)[None]
        truth = reference.determinant(a, factors(a, float32), how)
        assert truth.value[0] == size**2
        assert np.isinf(truth.bound[0]) == infinite
        assert truth.bound[0] >= 0


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_logarithms_of_determinants(fmt: Format) -> None:
    rng, how = np.random.default_rng(0), Arithmetic.of(fmt)
    a = np.concatenate(
        (float32.round(rng.standard_normal((40, 4, 4))), 2.0**-120 * np.eye(4)[None], np.ones((1, 4, 4)))
    )
    sign, truth = reference.logarithm(a, factors(a, fmt), how)
    decided = np.isfinite(truth.bound)
    assert decided[:41].mean() > 0.9
    assert not decided[41]
    expected = np.linalg.slogdet(a)
    computed = np.linalg.slogdet(a.astype(fmt.name))
    for found in (expected, computed):
        assert np.array_equal(found.sign[decided], sign[decided])
        assert np.all(np.abs(found.logabsdet - truth.value)[decided] <= truth.bound[decided])
    assert truth.value[40] == pytest.approx(-480 * np.log(2))


def test_ranks_and_where_they_are_clear() -> None:
    a = np.stack([np.ones((3, 3)), np.zeros((3, 3)), np.eye(3), np.diag([1.0, 1.0, 2.0**-22])])
    rank = reference.ranks(a)
    assert rank.tolist() == [1, 0, 3, 3]
    assert reference.clear_rank(a, rank, Arithmetic.of(float32)).tolist() == [True, True, True, False]
    assert reference.clear_rank(a, rank, Arithmetic.of(float64)).all()
    empty = np.zeros((2, 0, 0))
    assert reference.clear_rank(empty, reference.ranks(empty), Arithmetic.of(float32)).all()


def test_singular_values() -> None:
    a = np.stack([np.ones((3, 3)), np.diag([3.0, 1.0, 2.0])])
    truth = reference.singular_values(a, Arithmetic.of(float32))
    assert np.allclose(truth.value, [[3, 0, 0], [3, 2, 1]])
    assert np.all(truth.bound < 1e-4)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_computed_factors_multiply_to_the_matrix_within_the_bound(fmt: Format) -> None:
    a = float32.round(np.random.default_rng(0).standard_normal((30, 5, 5)))
    parts = [scipy.linalg.lu(m.astype(fmt.name)) for m in a]
    p, lower, upper = (np.stack([q[i] for q in parts]).astype(np.float64) for i in range(3))
    truth = reference.factorised(a, p, lower, upper, Arithmetic.of(fmt))
    assert np.all(np.abs(p @ lower @ upper - a) <= truth.bound)
    assert np.all(truth.bound < 100 * fmt.u)


def test_ranks_of_rectangular_matrices_may_be_clear_too() -> None:
    a = np.ones((1, 4, 2))
    assert reference.clear_rank(a, np.array([1]), Arithmetic.of(float32)).tolist() == [True]


def test_packed_factors() -> None:
    regular, singular = np.array([[1.0, 2, 3], [4, 8, 0], [2, 1, 1]]), np.array([[0.0, 1, 0], [0, 0, 0], [0, 0, 1]])
    a = np.array([regular, singular])
    (getrf,) = scipy.linalg.get_lapack_funcs(("getrf",), (a,))
    packed = [getrf(m) for m in a]
    found = reference.unpacked(np.array([m[0] for m in packed]), np.array([m[1] + 1 for m in packed]))
    assert np.array_equal(found.p @ found.lower @ found.upper, a)
    assert found.first_zero.tolist() == [0, 1]
    empty = reference.unpacked(np.zeros((2, 0, 0)), np.zeros((2, 0), np.int64))
    assert empty.first_zero.tolist() == [0, 0]
