"""Certificates, residuals and bounds of symmetric eigenvalue problems, against exact rationals and balls."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from numpy.typing import NDArray

from reference import exact
from reference.bounds import eigh_residual_error, eigh_values_error
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import symmetric_eigen as reference
from reference.linear_algebra.residuals import frobenius

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]


def mirrored(a: Float64) -> Float64:
    lower = np.tril(a)
    return lower + np.tril(lower, -1).swapaxes(-1, -2)


def dyadic(rng: np.random.Generator, n: int) -> Float64:
    """Symmetric multiples of 1/64 of norm below 8 n."""
    return mirrored(rng.integers(-64, 65, (n, n)) / 64)


def exact_eigenvalues(a: Float64) -> tuple[Float64, Float64]:
    """Ascending enclosures: the singular values of A + c I, which is positive definite, less c."""
    c = 16.0 * len(a)
    found = exact.singular_values(a + c * np.eye(len(a)))  # exact for multiples of 1/64
    return found.lower[::-1] - c, found.upper[::-1] - c


def examples(rng: np.random.Generator) -> list[Float64]:
    made = [dyadic(rng, n) for n in (1, 2, 3, 5, 6)]
    return [*made, np.eye(4), np.zeros((3, 3)), np.ones((4, 4)), np.diag([3.0, -5.0, 0.0])]


def test_certified_eigenvalues_contain_the_exact_ones() -> None:
    for a in examples(np.random.default_rng(1)):
        truth = reference.certified_eigenvalues(a[None])
        lower, upper = exact_eigenvalues(a)
        ulp = 2.0**-44  # of the shifted values, rounded
        assert np.all(truth.value[0] - truth.bound[0] <= upper + ulp)
        assert np.all(lower - ulp <= truth.value[0] + truth.bound[0])
        assert np.all(truth.bound[0] <= 50 * float64.u * max(1.0, np.abs(upper).max()))


@pytest.mark.parametrize("scale", [2.0**-1060, 2.0**1000])
def test_certificates_at_extreme_scales(scale: float) -> None:
    a = dyadic(np.random.default_rng(2), 4)
    one, other = reference.certified_eigenvalues(a[None]), reference.certified_eigenvalues(a[None] * scale)
    assert np.all(np.abs(one.value - other.value / scale) <= one.bound + other.bound / scale)


def test_the_certificate_covers_a_decomposition_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    lapack = np.linalg.eigh

    def wrong(a: Float64) -> tuple[Float64, Float64]:
        values, q = lapack(a)
        return values * (1 - 1e-5), q * (1 + 1e-7)

    a = np.random.default_rng(3)
    matrix = dyadic(a, 4)
    monkeypatch.setattr(np.linalg, "eigh", wrong)
    truth = reference.certified_eigenvalues(matrix[None])
    monkeypatch.undo()
    lower, _ = exact_eigenvalues(matrix)
    assert np.all(np.abs(truth.value[0] - lower) <= truth.bound[0])
    assert np.any(np.abs(truth.value[0] - lower) > 1e-7)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("driver", ["ev", "evd", "evr"])
def test_lapack_stays_within_every_bound(fmt: Format, driver: str) -> None:
    rng, arithmetic = np.random.default_rng(4), Arithmetic.of(fmt)
    for a in examples(rng):
        w, q = (x.astype(np.float64)[None] for x in scipy.linalg.eigh(a.astype(fmt.name), driver=driver))
        for observed, truth in (
            reference.reconstruction(a[None], w, q, arithmetic),
            reference.orthogonality(q, arithmetic),
        ):
            assert np.all(frobenius(observed) <= truth.bound)
        observed, truth = reference.vector_defects(a[None], w, q, arithmetic)
        assert np.all(np.linalg.norm(observed, axis=-1) <= truth.bound)
        allowed = reference.eigenvalues(a[None], arithmetic)
        assert np.all(np.abs(w - allowed.value) <= allowed.bound)


def test_residuals_are_those_of_rational_arithmetic() -> None:
    a = dyadic(np.random.default_rng(5), 4)
    w, q = np.linalg.eigh(a)
    observed = reference.reconstruction(a[None], w[None], q[None], Arithmetic.of(float64)).observed
    lower, upper = exact.residual_norm(a, q, w, q.T)
    assert lower * (1 - 1e-3) <= frobenius(observed)[0] <= upper * (1 + 1e-3)


def test_the_bounds_are_within_a_factor_of_eight_of_what_lapack_needs() -> None:
    rng, arithmetic = np.random.default_rng(6), Arithmetic.of(float64)
    a = np.stack([dyadic(rng, 4) for _ in range(400)])
    w, q = np.linalg.eigh(a)
    for observed, truth in (reference.reconstruction(a, w, q, arithmetic), reference.orthogonality(q, arithmetic)):
        assert 1 / 8 < (frobenius(observed) / truth.bound).max() <= 1


def test_norms_that_overflow_leave_the_decomposition_undetermined() -> None:
    norms, arithmetic = np.array([1.0, np.inf, 3.5e38]), Arithmetic.of(float32)
    for bound in (eigh_residual_error, eigh_values_error):
        assert np.isfinite(bound(norms, 3, arithmetic)).tolist() == [True, False, False]


def test_columns_are_compared_whatever_their_signs() -> None:
    q = np.linalg.qr(np.random.default_rng(7).standard_normal((2, 4, 4)))[0]
    assert not reference.apart(q, -q).any()
    turned = q.copy()
    turned[:, :, :2] = q[:, :, :2] @ np.array([[0.6, -0.8], [0.8, 0.6]])
    assert reference.apart(q, turned)[:, :2] == pytest.approx(np.sqrt(0.8))
    assert not reference.apart(q, turned)[:, 2:].any()


def test_perturbed_eigenvectors_move_no_further_than_davis_and_kahan_allow() -> None:
    rng, arithmetic = np.random.default_rng(8), Arithmetic.of(float32)
    a = np.stack([dyadic(rng, 4) for _ in range(300)])
    single = np.linalg.eigh(a.astype(np.float32))[1].astype(np.float64)
    distance, allowed = reference.apart(single, np.linalg.eigh(a)[1]), reference.apart_at_most(a, arithmetic)
    assert np.all(distance <= allowed)
    assert np.median(allowed) < 1e-3


def test_equal_eigenvalues_have_no_vectors_of_their_own() -> None:
    arithmetic = Arithmetic.of(float64)
    allowed = reference.apart_at_most(np.diag([1.0, 1.0, 5.0])[None], arithmetic)[0]
    assert np.isinf(allowed[:2]).all()
    assert allowed[2] < 1e-12
    assert np.isfinite(reference.apart_at_most(np.ones((1, 1, 1)), arithmetic)).all()


@pytest.mark.parametrize("fmt", FORMATS)
def test_quadratic_forms_contain_what_numpy_computes(fmt: Format) -> None:
    rng, arithmetic = np.random.default_rng(9), Arithmetic.of(fmt)
    a = np.stack([mirrored(fmt.round(rng.standard_normal((5, 5)))) for _ in range(300)])
    x = fmt.round(rng.standard_normal((300, 5)))
    truth = reference.quadratic_forms(a, x, arithmetic)
    kind = np.dtype(fmt.name)
    left = ((x.astype(kind)[:, None] @ a.astype(kind)) @ x.astype(kind)[..., None])[:, 0, 0].astype(np.float64)
    margin = np.abs(left - truth.value) / truth.bound
    assert 1 / 20 < margin.max() <= 1
    form = exact.rational_matrix(x[:1]) * exact.rational_matrix(a[0]) * exact.rational_matrix(x[:1].T)
    assert truth.value[0] == pytest.approx(exact.nearest_array(form)[0, 0], rel=1e-13)


def test_the_form_lies_between_the_extreme_eigenvalues_and_reaches_them() -> None:
    rng, how = np.random.default_rng(10), (Arithmetic.of(float64), Arithmetic.of(float64))
    a, x = np.stack([dyadic(rng, 4) for _ in range(50)]), rng.standard_normal((50, 4))
    w, q = np.linalg.eigh(a)
    form = reference.quadratic_forms(a, x, how[0]).value
    between = reference.form_between(w, a, x, *how)
    assert np.all(between.lowest - between.slack <= form)
    assert np.all(form <= between.highest + between.slack)
    assert np.all(between.slack < 1e-11)
    for i in (0, -1):
        truth = reference.form_at_eigenvector(a, q[:, :, i], i, *how)
        found = reference.quadratic_forms(a, q[:, :, i], how[0]).value
        assert np.all(np.abs(found - truth.value) <= truth.bound)
        assert np.all(truth.bound < 1e-11)
