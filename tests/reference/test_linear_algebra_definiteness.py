"""Verdicts on definiteness, against exact rationals and factorisations computed in the format."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from numpy.typing import NDArray

from reference import exact
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import definiteness as reference
from reference.truth import Truth
from tests.reference.emulation import ARITHMETICS, computed_matmul, computed_sum, sequential

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]


def symmetric_integers(rng: np.random.Generator, count: int, n: int) -> Float64:
    lower = np.tril(rng.integers(-3, 4, (count, n, n)).astype(np.float64)) + 3 * np.eye(n)
    return lower + np.tril(lower, -1).swapaxes(-1, -2)


def minors(a: Float64) -> list[float]:
    """The leading principal minors, exactly."""
    return [exact.nearest(exact.rational_matrix(a[:k, :k]).det()) for k in range(1, len(a) + 1)]


def semidefinite(a: Float64) -> bool:
    """Whether no coefficient of the characteristic polynomial det(x I + A) is negative."""
    return all(c * (-1) ** (len(a) - k) >= 0 for k, c in enumerate(exact.rational_matrix(a).charpoly().coeffs()))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_verdicts_are_those_of_rational_arithmetic(fmt: Format, n: int) -> None:
    a, how = symmetric_integers(np.random.default_rng(n), 200, n), Arithmetic.of(fmt)
    v = reference.eigenvalue_verdicts(a, how)
    definite = [np.array([all(m > 0 for m in minors(s * x)) for x in a]) for s in (1, -1)]
    semi = [np.array([semidefinite(s * x) for x in a]) for s in (1, -1)]
    expected = (definite[0], semi[0], definite[1], semi[1])
    for truth, right in zip(v, expected, strict=True):
        known = truth.bound == 0
        assert np.array_equal(truth.value[known], right[known])
        assert known.mean() > 0.7
    for test in (reference.cholesky_succeeds, reference.positive_pivots):
        for s in (0, 1):
            truth = test((1 - 2 * s) * a, how)
            known = truth.bound == 0
            assert np.array_equal(truth.value[known], definite[s][known])
            assert known.mean() > 0.7


def test_signs_of_order_one_are_exact() -> None:
    v = reference.eigenvalue_verdicts(np.array([0.0, -0.0, 1e-300, -1e-300]).reshape(4, 1, 1), Arithmetic.of(float64))
    assert not any(truth.bound.any() for truth in v)
    assert [truth.value.tolist() for truth in v] == [[0, 0, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1], [1, 1, 0, 1]]


def test_an_empty_matrix_is_definite_both_ways() -> None:
    a, how = np.zeros((2, 0, 0)), Arithmetic.of(float32)
    for truth in (*reference.eigenvalue_verdicts(a, how), reference.cholesky_succeeds(a, how)):
        assert truth.value.tolist() == [1, 1]
        assert not truth.bound.any()


def test_the_smallest_eigenvalue_of_a_scaled_matrix_does_not_depend_on_scaling_by_powers_of_two() -> None:
    rng = np.random.default_rng(1)
    b = rng.integers(-4, 5, (50, 4, 3)).astype(np.float64)
    a = b @ b.swapaxes(-1, -2) + np.eye(4)
    d = np.ldexp(1.0, rng.integers(-400, 400, (50, 4)))
    low, high = reference.smallest_of_unit_diagonal(a * d[:, :, None] * d[:, None, :])
    root = np.sqrt(a.diagonal(0, -2, -1))
    smallest = np.linalg.eigvalsh(a / root[:, :, None] / root[:, None, :])[:, 0]
    assert np.all(low <= smallest + 1e-14)
    assert np.all(smallest - 1e-14 <= high)
    assert np.all(high - low < 1e-13)


def test_entries_far_above_the_diagonal_are_cut() -> None:
    a = np.array([[[1e-200, 1e200], [1e200, 1e-200]]])
    assert np.all(reference.smallest_of_unit_diagonal(a)[1] <= -0.99)
    assert reference.cholesky_succeeds(a, Arithmetic.of(float64)) == Truth(np.zeros(1), np.zeros(1))


def near_singular(rng: np.random.Generator, fmt: Format, n: int, count: int) -> Float64:
    """Gram matrices of deficient rank plus +-2^k u I, rounded."""
    b = rng.standard_normal((count, n, n - 1))
    a = b @ b.swapaxes(-1, -2)
    shift = rng.choice([-1.0, 1.0], count) * fmt.u * 2.0 ** rng.uniform(-2, 14, count)
    return fmt.round(a + (shift * a.diagonal(0, -2, -1).max(-1))[:, None, None] * np.eye(n))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("n", [2, 4, 20])
def test_lapack_decides_as_it_must_and_errs_inside_the_band(fmt: Format, n: int) -> None:
    a, how = near_singular(np.random.default_rng(n), fmt, n, 400), Arithmetic.of(fmt)
    potrf, sytrf = scipy.linalg.get_lapack_funcs(("potrf", "sytrf"), dtype=np.dtype(fmt.name))
    for truth, computed in (
        (reference.cholesky_succeeds(a, how), [potrf(x.astype(fmt.name), lower=True)[1] == 0 for x in a]),
        (reference.positive_pivots(a, how), [_definite(*sytrf(x.astype(fmt.name), lower=True)[:2]) for x in a]),
    ):
        known = truth.bound == 0
        assert np.array_equal(np.asarray(computed, float)[known], truth.value[known])
        assert {*truth.value[known]} == {0, 1}
        assert 0 < known.sum() < len(a)
    low, high = reference.smallest_of_unit_diagonal(a)
    wrong = np.array([potrf(x.astype(fmt.name), lower=True)[1] == 0 for x in a]) != (low + high > 0)
    assert np.abs(low + high)[wrong].max() > fmt.u / 2  # as rounding errors are


def _definite(factors: Float64, pivots: NDArray[np.int32]) -> bool:
    return bool(np.all((pivots > 0) & (factors.diagonal() > 0)))


def test_pivots_below_the_normal_range_leave_success_open() -> None:
    how = Arithmetic.of(float32)
    a = np.eye(2) * np.array([2.0**-130, 2.0**-120, 1.0])[:, None, None]
    assert np.isinf(reference.cholesky_succeeds(a, how).bound).tolist() == [True, False, False]
    assert np.isinf(reference.positive_pivots(a, how).bound).tolist() == [True, True, False]
    assert not reference.cholesky_succeeds(-a, how).bound.any()


def test_the_sign_of_a_form_is_open_where_the_eigenvalue_is_small() -> None:
    how = (Arithmetic.of(float32), Arithmetic.of(float32))
    a = np.stack([np.diag([-1e-9, 1.0]), np.diag([-1e-3, 1.0]), np.diag([1e-3, 1.0])])
    v = np.broadcast_to(np.array([1.0, 0.0]), (3, 2))
    truth = reference.sign_at_eigenvector(a, a, v, 0, *how)
    assert np.isinf(truth.bound).tolist() == [True, False, False]
    assert truth.value[1:].tolist() == [-1, 1]


@pytest.mark.parametrize("name", ARITHMETICS)
def test_factored_forms_contain_what_is_computed_and_are_exact(name: str) -> None:
    rng, how = np.random.default_rng(1), ARITHMETICS[name]
    b = rng.integers(-2, 3, (300, 4, 3)).astype(float)
    x = how.result.round(rng.standard_normal((300, 4)))
    y = computed_matmul(x[:, None, :], b, how, sequential)[:, 0]
    form = computed_sum(how.result.round(y**2), how, sequential)
    truth = reference.factored_forms(b, x, how)
    assert 1 / 8 < (np.abs(form - truth.value) / truth.bound).max() <= 1
    for i in range(10):
        product = exact.rational_matrix(b[i].T) * exact.rational_matrix(x[i])
        gram = exact.rational_matrix(b[i] @ b[i].T)
        right = (product.transpose() * product)[0, 0]
        assert right == (exact.rational_matrix(x[i]).transpose() * gram * exact.rational_matrix(x[i]))[0, 0]
        assert truth.value[i] == pytest.approx(exact.nearest(right), rel=1e-12)


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_slack_of_covariance_matrices_covers_numpys(fmt: Format) -> None:
    rng, how = np.random.default_rng(2), Arithmetic.of(fmt)
    b = rng.integers(-2, 3, (200, 4, 3)).astype(float)
    x = np.linalg.svd(b)[0][:, :, -1]
    c = np.stack([np.cov(m, dtype=fmt.name) for m in b]).astype(float)
    form, slack = np.einsum("bi,bij,bj->b", x, c, x), reference.covariance_slack(b, c, x, how, how)
    assert form.min() < 0
    assert np.all(-form <= slack)
    assert np.all(slack < 1000 * fmt.u)


def test_the_least_form_is_below_every_form_and_near_that_of_the_bottom() -> None:
    rng = np.random.default_rng(3)
    b = rng.standard_normal((100, 4, 6))
    a = b @ b.swapaxes(-1, -2)
    a = (a + a.swapaxes(-1, -2)) / 2
    w, q = np.linalg.eigh(a)
    for x in (rng.standard_normal((100, 4)), q[:, :, 0]):
        assert np.all(reference.least_form(a, x) <= np.einsum("bi,bij,bj->b", x, a, x) + 1e-14)
    assert reference.least_form(a, q[:, :, 0]) == pytest.approx(w[:, 0])
    assert np.isnan(reference.least_form(np.ones((1, 2, 2)), np.ones((1, 2)))).all()
    assert reference.least_form(np.zeros((1, 0, 0)), np.zeros((1, 0))).tolist() == [0]
