"""Matrices of convolutions against SciPy's Toeplitz matrices and the definition; priors against normal equations."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from reference.convolution import matrix_form as reference
from reference.convolution.direct import convolution
from reference.convolution.geometry import geometry
from reference.formats import FORMATS, Arithmetic, float32, float64


def test_one_axis_gives_a_toeplitz_matrix() -> None:
    w = np.array([[[[1.0, 2.0, 3.0]]]])
    found = reference.matrix(w, geometry((3,)), (6,))[0]
    np.testing.assert_array_equal(found, scipy.linalg.toeplitz([1, 0, 0, 0], [1, 2, 3, 0, 0, 0]))


def test_a_ring_gives_a_circulant_matrix() -> None:
    w = np.array([[[[1.0, 2.0, 3.0]]]])
    found = reference.matrix(w, geometry((3,), padding=1, mode="circular"), (5,))[0]
    np.testing.assert_array_equal(found, scipy.linalg.circulant([2, 1, 0, 0, 3]))


@pytest.mark.parametrize(
    ("kernel", "options", "sizes"),
    [
        ((3,), {"stride": 2, "padding": 1}, (6,)),
        ((2, 3), {"padding": (1, 0), "dilation": (2, 1), "groups": 2}, (4, 5)),
        ((2, 2), {"padding": 1, "mode": "reflect"}, (3, 3)),
        ((2, 1, 2), {"stride": (1, 2, 1)}, (3, 3, 2)),
    ],
)
def test_products_with_the_matrix_are_convolutions(kernel: tuple, options: dict, sizes: tuple) -> None:
    rng, how = np.random.default_rng(0), geometry(kernel, **options)
    w = rng.integers(-3, 4, (2, 4, 2 // how.groups, *kernel)).astype(np.float64)
    x = rng.integers(-3, 4, (2, 3, 2, *sizes)).astype(np.float64)
    t = reference.matrix(w, how, sizes)
    y = convolution(x, w, None, how, Arithmetic.of(float64)).value
    np.testing.assert_array_equal(np.einsum("brs,bns->bnr", t, x.reshape(2, 3, -1)), y.reshape(2, 3, -1))


def test_meetings_and_foldings() -> None:
    how = geometry((2, 2))
    assert reference.meetings(how, (3, 3)).tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    x = np.array([[[[[1.0, 0.1], [-2.0, 0.3]]]]])
    assert reference.folded(x, geometry((1, 1)), Arithmetic.of(float32)).bound.max() == 0
    for fmt in FORMATS.values():
        truth = reference.folded(np.full((1, 1, 1, 3, 3), 0.1), how, Arithmetic.of(fmt))
        assert truth.value[0, 0, 0, 1, 1] == pytest.approx(0.4)
        assert 2 * fmt.u * 0.4 < truth.bound[0, 0, 0, 1, 1] < 4 * fmt.u * 0.4


def test_outer_sums() -> None:
    rng = np.random.default_rng(1)
    x, c = (rng.integers(-3, 4, (1, 5, n)).astype(np.float64) for n in (3, 2))
    truth = reference.outer_sums(x, c, Arithmetic.of(float32))
    np.testing.assert_array_equal(truth.value[0], c[0].T @ x[0])
    assert not truth.bound.any()
    assert reference.outer_sums(x + 0.1, c, Arithmetic.of(float32)).bound.any()


def test_projection_takes_the_means_of_diagonals_out() -> None:
    w = np.arange(8.0).reshape(1, 2, 4)
    found = reference.projected(w, 3)[0]
    for t in range(3):
        assert np.diagonal(found, t).sum() == 0
    assert (found[1, 0], found[0, 3]) == (4.0, 3.0)
    np.testing.assert_array_equal(reference.projected(found[None], 3)[0], found)


@pytest.mark.parametrize("strength", [0.0, 1.0, 2.0**20])
@pytest.mark.parametrize(("m", "k"), [(2, 2), (4, 3), (1, 2)])
def test_minimisers_with_a_prior(strength: float, m: int, k: int) -> None:
    rng, n = np.random.default_rng(2), m + k - 1
    x, y = rng.standard_normal((1, 2 * n, n)), rng.standard_normal((1, 2 * n, m))
    found = reference.with_prior(x, y, np.array([strength]), Arithmetic.of(float64))
    w = found.minimiser[0]
    slope = (x[0] @ w.T - y[0]).T @ x[0] + strength * reference.projected(w[None], k)[0]
    assert np.abs(slope).max() < 1e-13 * (100 + strength)
    kernels = [np.array([np.roll(np.pad(np.eye(k)[t], (0, m - 1)), i) for i in range(m)]) for t in range(k)]
    design = np.stack([(x[0] @ a.T).ravel() for a in kernels], 1)
    tied = np.linalg.lstsq(design, y[0].ravel(), rcond=None)[0]
    np.testing.assert_allclose(found.kernel[0], tied, atol=1e-12)
    np.testing.assert_allclose(found.constrained[0], sum(a * s for a, s in zip(kernels, tied, strict=True)), atol=1e-12)
    across = (x[0] @ found.constrained[0].T - y[0]).T @ x[0]
    assert found.across[0] == pytest.approx(np.linalg.norm(reference.projected(across[None], k)), abs=1e-12)
    if strength:
        left = np.linalg.norm(reference.projected(w[None], k))
        assert left <= found.across[0] / strength * (1 + 1e-9)
        assert np.linalg.norm(w - found.constrained[0]) <= (1 + found.turned[0]) * left * (1 + 1e-6) + 1e-15


@pytest.mark.parametrize("strength", [1.0, 2.0**8])
def test_solutions_in_float32_stay_within_the_bound(strength: float) -> None:
    rng, m, n = np.random.default_rng(3), 2, 4
    for _ in range(20):
        x, y = (float32.round(rng.standard_normal((1, 6, s))) for s in (n, m))
        found = reference.with_prior(x, y, np.array([strength]), Arithmetic.of(float32))
        a, b = (t[0].astype(np.float32) for t in (x, y))
        across = np.array([reference.projected(e.reshape(1, m, n), 3).ravel() for e in np.eye(m * n)], np.float32)
        h = np.kron(np.eye(m, dtype=np.float32), a.T @ a) + np.float32(strength) * across
        w = np.linalg.solve(h, (b.T @ a).ravel()).reshape(m, n)
        assert (np.abs(w - found.minimiser[0]) <= found.computed[0]).all()


def test_tier_one_stores_sums_in_the_result() -> None:
    for fmt in FORMATS.values():
        assert reference.tier_one(Arithmetic.of(fmt)).accumulator == fmt
