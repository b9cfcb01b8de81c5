"""Multivariate normal densities against SciPy's, rational arithmetic and computations in float32."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
from scipy import stats

from reference.formats import Arithmetic, float32, float64
from reference.probability.multivariate_normal import (
    by_eigenvectors,
    form,
    last_given_others,
    log_density,
    mass_given_others,
)
from reference.truth import Truth

GIVEN = ("covariance_matrix", "precision_matrix", "scale_tril")


def law(d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    half = rng.integers(-4, 5, (1, d, d)) / 4
    covariance = half @ half.swapaxes(-1, -2) + np.eye(d)
    return float32.round(rng.standard_normal((1, 5, d))), float32.round(rng.standard_normal((1, d))), covariance


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("d", [1, 2, 5])
def test_densities_are_scipys(given: str, d: int) -> None:
    x, mean, matrix = law(d)
    if given == "scale_tril":
        matrix = np.linalg.cholesky(matrix)
    covariance = {"covariance_matrix": matrix, "precision_matrix": np.linalg.inv(matrix)}.get(
        given, matrix @ matrix.swapaxes(-1, -2)
    )
    truth = log_density(x, mean, matrix, given, float32)
    assert truth.value[0] == pytest.approx(stats.multivariate_normal(mean[0], covariance[0]).logpdf(x[0]), rel=1e-11)
    assert np.all(truth.bound < 1e-3 * (1 + np.abs(truth.value)))


def test_distances_are_those_of_rationals() -> None:
    matrix = np.array([[[3.0, 1.0], [1.0, 0.5]]])
    exactly = form(np.array([[[0.25, -1.5]]]), np.array([[1.0, 0.125]]), matrix, "covariance_matrix")
    y, det = (Fraction(-3, 4), Fraction(-13, 8)), Fraction(1, 2)
    expected = (y[0] ** 2 * Fraction(1, 2) - 2 * y[0] * y[1] + y[1] ** 2 * 3) / det
    assert exactly.distance[0, 0] == float(expected)
    assert exactly.log_det[0] == pytest.approx(np.log(0.5), rel=1e-15)
    assert exactly.inverse[0] == pytest.approx(np.array([[1.0, -2.0], [-2.0, 6.0]]))


@pytest.mark.parametrize("d", [2, 6, 20])
def test_rounding_stays_within_the_bounds(d: int) -> None:
    x, mean, covariance = law(d, 1)
    a, y = covariance[0].astype(np.float32), (x[0] - mean).astype(np.float32)
    constant = np.float32(d * np.log(2 * np.pi))
    factor = scipy.linalg.cholesky(a, lower=True)
    z = scipy.linalg.solve_triangular(factor, y.T, lower=True)
    found = -(z**2).sum(0) / 2 - np.log(np.diag(factor)).sum() - constant / 2
    truth = log_density(x, mean, covariance, "covariance_matrix", float32)
    assert 0 < (np.abs(found - truth.value[0]) / truth.bound[0]).max() <= 1
    variances, axes = np.linalg.eigh(a)
    found = -((y @ axes) ** 2 / variances + np.log(variances)).sum(-1) / 2 - constant / 2
    truth = by_eigenvectors(x, mean, covariance, Arithmetic.of(float32))
    assert 0 < (np.abs(found - truth.value[0]) / truth.bound[0]).max() <= 1


def test_a_singular_matrix_leaves_everything_open() -> None:
    matrix = np.array([[[1.0, 1 - 2.0**-20], [1 - 2.0**-20, 1.0]]])
    x, mean = np.zeros((1, 1, 2)), np.zeros((1, 2))
    assert np.isinf(log_density(x, mean, matrix, "covariance_matrix", float32).bound).all()
    assert np.isfinite(log_density(x, mean, matrix, "covariance_matrix", float64).bound).all()


@pytest.mark.parametrize("d", [1, 2, 4])
def test_the_density_over_a_marginal_has_mass_one(d: int) -> None:
    x, mean, covariance = law(d, 2)
    exactly = form(x, mean, covariance, "covariance_matrix")
    line = last_given_others(x, mean, exactly, float64)
    assert line.held.all()
    points = np.concatenate((np.broadcast_to(x[0, 0, :-1], (121, d - 1)), line.at[0][:, None]), -1)
    whole = stats.multivariate_normal(mean[0], covariance[0]).logpdf(points)
    others = np.zeros((1, 1))
    if d > 1:
        others[:] = stats.multivariate_normal(mean[0, :-1], covariance[0, :-1, :-1]).logpdf(x[0, 0, :-1])
    truth = mass_given_others(line, exactly, covariance, Truth(others, 0 * others), Arithmetic.of(float32))
    assert line.step[0] * np.exp(whole - others[0]).sum() == pytest.approx(1, abs=1e-13)
    assert (truth.value, truth.bound < 1e-3) == (1, True)
