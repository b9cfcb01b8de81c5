"""Closed forms of derivatives against difference quotients and rationals, and their bounds against torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.bounds import Chain
from reference.formats import Arithmetic, Format, bfloat16, float16, float32, float64
from reference.linear_algebra import derivatives as reference
from reference.linear_algebra import spectral_derivatives as spectral
from reference.linear_algebra.pseudoinverse import pseudoinverses

Float64 = NDArray[np.float64]

STEP = 2.0**-20


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def integers(rng: np.random.Generator, *shape: int) -> Float64:
    return rng.integers(-3, 4, shape).astype(np.float64)


def quotient(function: Callable[[Float64], Float64], a: Float64, t: Float64) -> Float64:
    """A central difference quotient."""
    return np.asarray((function(a + STEP * t) - function(a - STEP * t)) / (2 * STEP))


def well_conditioned(rng: np.random.Generator, n: int) -> Float64:
    return integers(rng, 6, n, n) + 8 * np.eye(n)


@pytest.mark.parametrize("fmt", [float16, bfloat16, float32, float64], ids=lambda f: f.name)
def test_products_and_their_pushforward(rng: np.random.Generator, fmt: Format) -> None:
    a, b, t, s = (integers(rng, 3, 2, 2) for _ in range(4))
    how = Arithmetic.of(fmt)
    truth = reference.pushforward_of_product(a, b, t, s, how)
    assert np.array_equal(truth.value, t @ b + a @ s)
    assert np.all(truth.bound > 0)
    assert np.all(truth.bound <= 20 * fmt.u * (np.abs(t) @ np.abs(b) + np.abs(a) @ np.abs(s)) + 2 * fmt.eta)
    assert np.array_equal(reference.product(a, b, how).value, Chain.of(a, how).matmul(b).value)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_derivatives_of_the_inverse(rng: np.random.Generator, n: int) -> None:
    a, t, g = well_conditioned(rng, n), integers(rng, 6, n, n), integers(rng, 6, n, n)
    inverses, how = pseudoinverses(a), Arithmetic.of(float32)
    forward = reference.pushforward_of_inverse(inverses, t, how)
    assert np.allclose(forward.value, quotient(np.linalg.inv, a, t), atol=1e-8)
    backward = reference.pullback_of_inverse(inverses, g, how)
    assert np.allclose((backward.value * t).sum((-2, -1)), (forward.value * g).sum((-2, -1)))
    computed = np.linalg.inv(a.astype(np.float32)).astype(np.float64)
    error = np.linalg.norm(-computed @ t @ computed - forward.value, axis=(-2, -1))
    assert np.all(error <= forward.bound)
    assert np.all(forward.bound < 1e-3)


def test_adjugates_are_the_gradients_of_determinants(rng: np.random.Generator) -> None:
    a = integers(rng, 5, 3, 3)
    a[0], a[1] = np.arange(9.0).reshape(3, 3), 0.0
    adjugates = reference.adjugates(a)
    assert np.allclose(a @ adjugates.swapaxes(-1, -2), np.linalg.det(a)[:, None, None] * np.eye(3))
    assert not adjugates[1].any()
    assert adjugates[0].any()
    for _ in range(3):
        t = integers(rng, 5, 3, 3)
        assert np.allclose((adjugates * t).sum((-2, -1)), quotient(np.linalg.det, a, t), atol=1e-6)
    assert np.array_equal(reference.adjugates(np.zeros((1, 1, 1))), np.ones((1, 1, 1)))


@pytest.mark.parametrize("n", [1, 2, 4])
def test_gradients_of_determinant_and_logarithm(rng: np.random.Generator, n: int) -> None:
    a, how = well_conditioned(rng, n), Arithmetic.of(float32)
    inverses = pseudoinverses(a)
    gradient = reference.gradient_of_determinant(a, inverses, how)
    assert np.allclose(gradient.value, reference.adjugates(a))
    logarithm = reference.gradient_of_logarithm(inverses, how)
    assert np.allclose(logarithm.value * np.linalg.det(a)[:, None, None], reference.adjugates(a))
    t = integers(rng, 6, n, n)
    along = reference.along(gradient, t, how)
    assert np.allclose(along.value, (reference.adjugates(a) * t).sum((-2, -1)))
    single = a.astype(np.float32)
    computed = np.linalg.det(single)[:, None, None] * np.linalg.inv(single).swapaxes(-1, -2)
    assert np.all(np.linalg.norm(computed - gradient.value, axis=(-2, -1)) <= gradient.bound)


def test_an_inverse_without_a_correct_digit_says_nothing() -> None:
    a = np.array([[[1.0, 1.0], [1.0, 1.0 + 2.0**-22]]])
    how = Arithmetic.of(float32)
    assert np.isinf(reference.gradient_of_determinant(a, pseudoinverses(a), how).bound).all()
    assert np.isfinite(reference.gradient_of_determinant(a, pseudoinverses(a), Arithmetic.of(float64)).bound).all()


def test_gradient_at_singular_matrices() -> None:
    a = np.stack([np.outer([1.0, 2.0], [1.0, 2.0]), np.zeros((2, 2))])
    truth = reference.gradient_at_singular(a, Arithmetic.of(float64))
    assert truth.value.tolist() == [[[4.0, -2.0], [-2.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]]
    assert 0 < truth.bound[0] < 1e-12
    assert truth.bound[1] == 0


@pytest.mark.parametrize(("m", "n"), [(3, 2), (2, 3), (3, 3), (4, 1)])
def test_derivatives_of_the_pseudoinverse(rng: np.random.Generator, m: int, n: int) -> None:
    a = integers(rng, 6, m, n) + 8 * np.eye(m, n)
    t, g = integers(rng, 6, m, n), integers(rng, 6, n, m)
    inverses, how = pseudoinverses(a), Arithmetic.of(float32)
    forward = reference.pushforward_of_pseudoinverse(a, inverses, t, how)
    assert np.allclose(forward.value, quotient(np.linalg.pinv, a, t), atol=1e-7)
    backward = reference.pullback_of_pseudoinverse(a, inverses, g, how)
    assert np.allclose((backward.value * t).sum((-2, -1)), (forward.value * g).sum((-2, -1)))
    assert np.all((forward.bound > 0) & (forward.bound < 0.1))


def mirrored(a: Float64) -> Float64:
    lower = np.tril(a)
    return np.asarray(lower + np.tril(lower, -1).swapaxes(-1, -2))


def test_gradients_of_eigenvalues(rng: np.random.Generator) -> None:
    a, t = mirrored(integers(rng, 20, 4, 4)) + np.diag([0.0, 8.0, 16.0, 24.0]), mirrored(integers(rng, 20, 4, 4))
    how = Arithmetic.of(float32)
    for i in (0, -1):
        gradient = spectral.eigenvalue_gradient(a, i, how)
        expected = quotient(lambda m, i=i: np.linalg.eigvalsh(m)[:, i], a, t)  # type: ignore[misc]
        assert np.allclose(spectral.along(gradient, t, how).value, expected, atol=1e-6)
        q = np.linalg.eigh(a.astype(np.float32))[1][..., i].astype(np.float64)
        error = np.linalg.norm(q[:, :, None] * q[:, None, :] - gradient.value, axis=(-2, -1))
        assert np.all(error <= gradient.bound)
        assert np.all(gradient.bound < 2e-3)
    repeated = spectral.eigenvalue_gradient(np.eye(3)[None], 0, how)
    assert np.isinf(repeated.bound).all()


def test_symmetric_functions_of_eigenvalues(rng: np.random.Generator) -> None:
    a, how = mirrored(integers(rng, 5, 4, 4)), Arithmetic.of(float32)
    squares = spectral.gradient_of_half_squares(a, how)
    assert np.array_equal(squares.value, a)
    w, q = (part.astype(np.float64) for part in np.linalg.eigh(a.astype(np.float32)))
    error = np.linalg.norm((q * w[:, None, :]) @ q.swapaxes(-1, -2) - a, axis=(-2, -1))
    assert np.all(error <= squares.bound)
    assert np.all(np.linalg.norm(q @ q.swapaxes(-1, -2) - np.eye(4), axis=(-2, -1)) <= spectral.identity(4, how).bound)


def test_generalised_gradients_of_eigenvalues() -> None:
    a, how = np.diag([1.0, 1.0, 2.0])[None], Arithmetic.of(float64)
    v = np.array([3.0, 4.0, 0.0]) / 5
    good, other, long = np.outer(v, v), np.diag([0.0, 0.0, 1.0]), np.diag([1.0, 1.0, 0.0])
    for g, holds in ((good, True), (other, False), (long, False)):
        c = spectral.clarke(a, 0, g[None], how)
        kept = (c.eigen <= c.eigen_allowed) & (c.trace <= c.allowed) & (c.projector <= c.allowed)
        assert kept.tolist() == [holds]


@pytest.mark.parametrize(("m", "n"), [(3, 3), (4, 2), (2, 4)])
def test_gradients_of_singular_values(rng: np.random.Generator, m: int, n: int) -> None:
    k, how = min(m, n), Arithmetic.of(float32)
    a = integers(rng, 10, m, n) + np.eye(m, n) * 8.0 * np.arange(1, n + 1)
    t = integers(rng, 10, m, n)
    for i in (0, k - 1):
        gradient = spectral.singular_value_gradient(a, i, how)
        expected = quotient(lambda x, i=i: np.linalg.svd(x, compute_uv=False)[:, i], a, t)  # type: ignore[misc]
        assert np.allclose((gradient.value * t).sum((-2, -1)), expected, atol=1e-6)
        assert np.isfinite(gradient.bound).all()
    nuclear = spectral.polar_factor(a, how)
    expected = quotient(lambda x: np.linalg.svd(x, compute_uv=False).sum(-1), a, t)
    assert np.allclose((nuclear.value * t).sum((-2, -1)), expected, atol=1e-6)
    u, s, vh = (part.astype(np.float64) for part in np.linalg.svd(a.astype(np.float32), full_matrices=False))
    assert np.all(np.linalg.norm(u @ vh - nuclear.value, axis=(-2, -1)) <= nuclear.bound)
    squares = spectral.gradient_of_half_squared_values(a, how)
    assert np.all(np.linalg.norm((u * s[:, None, :]) @ vh - a, axis=(-2, -1)) <= squares.bound)


def test_repeated_and_zero_singular_values_have_no_gradient_of_their_own() -> None:
    how = Arithmetic.of(float32)
    assert np.isinf(spectral.singular_value_gradient(np.eye(3)[None], 0, how).bound).all()
    assert np.isinf(spectral.singular_value_gradient(np.zeros((1, 3, 2)), 0, how).bound).all()
    assert np.isinf(spectral.polar_factor(np.ones((1, 2, 2)), how).bound).all()
    assert np.isfinite(spectral.polar_factor(np.eye(3)[None], how).bound).all()


def test_subgradients_of_norms() -> None:
    how = Arithmetic.of(float64)
    a = np.diag([2.0, 2.0, 0.0])[None]
    partial = np.diag([1.0, 1.0, 0.5])[None]
    top, beyond = np.diag([0.5, 0.5, 0.0])[None], np.diag([1.0, 1.0, 2.0])[None]
    for norm, g, holds in (
        ("nuclear", partial, True),
        ("nuclear", beyond, False),
        ("nuclear", top, False),
        ("spectral", top, True),
        ("spectral", partial, False),
    ):
        s = spectral.subgradient(a, g, norm, how)
        kept = (np.abs(s.product - s.norm) <= s.off) & (s.dual <= 1 + s.dual_off)
        assert kept.tolist() == [holds]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_derivatives_of_solutions(rng: np.random.Generator, n: int) -> None:
    a, b, t, s, g = well_conditioned(rng, n), *(integers(rng, 6, n, n) for _ in range(4))
    for fmt in (float32, float64):
        found = reference.of_solution(pseudoinverses(a), b, t, s, g, Arithmetic.of(fmt))
        along = (np.linalg.solve(a + STEP * t, b + STEP * s) - np.linalg.solve(a - STEP * t, b - STEP * s)) / (2 * STEP)
        assert np.allclose(found.along.value, along, atol=1e-6)
        pulled = (found.by_matrix.value * t).sum((-2, -1)) + (found.by_right_side.value * s).sum((-2, -1))
        assert np.allclose(pulled, (g * found.along.value).sum((-2, -1)))
        for truth in found:
            assert np.all(truth.bound <= 1e4 * n**3 * fmt.u)
    assert not reference.of_solution(
        pseudoinverses(a), b, t, s, 0 * g, Arithmetic.of(float32)
    ).by_right_side.value.any()
