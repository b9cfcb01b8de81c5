"""Bounds for ways to a determinant, to eigenvalues and back to a matrix hold for NumPy and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from numpy.typing import NDArray

from claims.frame.inputs.decomposition_spellings import Weighted
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import decomposition_spellings as reference
from reference.linear_algebra.residuals import frobenius
from reference.linear_algebra.singularity import Factors
from reference.truth import Truth

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]
SQUARES = [Weighted(1, 1), Weighted(2, 2), Weighted(4, 4), Weighted(6, 6), Weighted(3, 3, scale="small")]
MATRICES = [*SQUARES, Weighted(5, 3), Weighted(3, 5), Weighted(17, 4), Weighted(1, 6)]


def made(regime: Weighted, fmt: Format, count: int = 40) -> Float64:
    (a,) = regime.make(np.random.default_rng(1), count, fmt)
    return a


def ratios(found: list[Float64], truth: Truth) -> Float64:
    return np.asarray(frobenius(np.array(found, np.float64) - truth.value) / truth.bound)


def by_logarithm(a: Float64, fmt: Format) -> Float64:
    """Error over bound of NumPy's determinants by their logarithms."""
    x = a.astype(fmt.name)
    lower, upper = (np.array(f, np.float64) for f in zip(*(scipy.linalg.lu(m)[1:] for m in x), strict=True))
    truth = reference.determinant_by_logarithm(a, [Factors(lower, upper)], Arithmetic.of(fmt))
    sign, log = np.linalg.slogdet(x)
    assert np.isfinite(truth.bound).mean() > 0.9
    return np.asarray(np.abs(np.asarray(sign * np.exp(log), np.float64) - truth.value) / truth.bound)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", SQUARES)
def test_determinants_by_logarithms(regime: Weighted, fmt: Format) -> None:
    assert by_logarithm(made(regime, fmt), fmt).max() <= 1


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_bound_of_determinants_by_logarithms_is_not_loose(fmt: Format) -> None:
    a = fmt.round(np.random.default_rng(3).standard_normal((500, 2, 2)))
    assert 1 / 50 < by_logarithm(a, fmt).max() <= 1


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", SQUARES)
def test_eigenvalues_by_symmetric_and_general_algorithms(regime: Weighted, fmt: Format) -> None:
    a = made(regime, fmt)
    a = fmt.round(a + a.swapaxes(-1, -2))
    truth = reference.any_eigenvalues(a, Arithmetic.of(fmt))
    for matrix, value, bound in zip(a.astype(fmt.name), *truth, strict=True):
        symmetric = np.linalg.eigvalsh(matrix)
        general = np.sort(scipy.linalg.eigvals(matrix).real)
        for found in (symmetric, general):
            assert np.all(np.abs(found - value) <= bound)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", MATRICES)
def test_products_of_factors(regime: Weighted, fmt: Format) -> None:
    a = made(regime, fmt)
    truth = reference.multiplied_factors(a, Arithmetic.of(fmt))
    found: dict[str, list[Float64]] = {"svd": [], "qr": [], "lu": []}
    for matrix in a.astype(fmt.name):
        u, s, vh = np.linalg.svd(matrix, full_matrices=False)
        q, r = np.linalg.qr(matrix)
        p, lower, upper = scipy.linalg.lu(matrix)
        for name, product in (("svd", (u * s) @ vh), ("qr", q @ r), ("lu", p @ (lower @ upper))):
            found[name].append(product)
    worst = max(ratios(products, truth).max() for products in found.values())
    assert worst <= 1
    assert min(regime.rows, regime.cols) == 1 or worst > 1 / 400


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", SQUARES)
def test_products_of_factors_of_positive_matrices(regime: Weighted, fmt: Format) -> None:
    a = made(regime, fmt)
    gram = a.swapaxes(-1, -2) @ a
    gram = fmt.round((gram + gram.swapaxes(-1, -2)) / 2)
    truth = reference.multiplied_factors(gram, Arithmetic.of(fmt), positive=True)
    cholesky, spectral = [], []
    for matrix in gram.astype(fmt.name):
        factor = np.linalg.cholesky(matrix)
        w, q = np.linalg.eigh(matrix)
        cholesky.append(factor @ factor.T)
        spectral.append((q * w) @ q.T)
    assert max(ratios(cholesky, truth).max(), ratios(spectral, truth).max()) <= 1
    general = reference.multiplied_factors(gram, Arithmetic.of(fmt))
    assert np.all(general.bound <= truth.bound)
