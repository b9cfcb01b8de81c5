"""The norm of the ridge estimator (A^T A + alpha I)^-1 A^T, by which noise in the targets is amplified."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.bounds import svdvals_error
from reference.formats import Arithmetic
from reference.linear_algebra.pseudoinverse import OWN, pseudoinverse_truth, spectral_norm
from reference.linear_algebra.pseudoinverse_limit import Regularised, primal
from reference.rounding import silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Amplification(NamedTuple):
    """||A_alpha||_2 = max s / (s^2 + alpha) (batch,) with its error bound, and 1 / (2 sqrt alpha)."""

    truth: Truth
    largest: Float64


@silent
def amplification(r: Regularised, solving: Arithmetic, norms: Arithmetic) -> Amplification:
    """For the spectral norm of the estimator computed by solving with its Gram matrix.

    Weyl: the norm moves by no more than the matrix, whose error is `primal`; BND-SVD for singular values comes on top.
    Infinite where alpha may be rounded away.
    """
    norm, missed = spectral_norm(r.value), primal(r, solving)
    n, m = r.value.shape[-2:]
    bound = missed + svdvals_error(norm + missed, m, n, norms) + OWN * norm
    largest = 0.5 / np.sqrt(np.where(r.alpha > 0, r.alpha, np.inf))
    return Amplification(Truth(norm, upward(bound)), np.where(r.alpha > 0, largest, np.inf))


class Risk(NamedTuple):
    """The mean squared errors (batch,) of ridge and of least squares, with bounds for computed estimators."""

    ridge: Truth
    least_squares: Truth


def mean_squared_error(estimator: Float64, a: Float64, w: Float64, variance: Float64) -> Float64:
    """E ||X (A w + e) - w||^2 = variance ||X||_F^2 + ||(X A - I) w||^2 (batch,) for an estimator X (batch, n, m)."""
    bias = (estimator @ (a @ w[..., None]) - w[..., None])[..., 0]
    return np.asarray(variance * (estimator**2).sum((-2, -1)) + (bias**2).sum(-1))


@silent
def risk(r: Regularised, a: Float64, w: Float64, variance: Float64, solving: Arithmetic, svd: Arithmetic) -> Risk:
    """For estimators within b of the exact ones in the Frobenius norm, `primal` and `pseudoinverse_truth`.

    An error E of X adds variance (2 ||X|| b + b^2) + 2 ||bias|| ||A w|| b + (||A w|| b)^2 at most.
    """
    image = np.linalg.norm((a @ w[..., None])[..., 0], axis=-1)

    def moved(x: Float64, b: Float64) -> Truth:
        value = mean_squared_error(x, a, w, variance)
        bias = np.linalg.norm((x @ (a @ w[..., None]) - w[..., None])[..., 0], axis=-1)
        size = np.sqrt((x**2).sum((-2, -1)))
        error = variance * (2 * size * b + b**2) + 2 * bias * image * b + (image * b) ** 2
        own = OWN * (variance * size**2 + (size * image + np.linalg.norm(w, axis=-1)) ** 2)
        return Truth(value, upward(error + own))

    n, m = r.value.shape[-2:]
    inverse = pseudoinverse_truth(r.inverses, m, n, svd)
    return Risk(moved(r.value, primal(r, solving)), moved(r.inverses.value, inverse.bound))


def improves(a: Float64, alpha: Float64, w: Float64) -> NDArray[np.bool_]:
    """Whether the error of ridge is below that of least squares (batch,) for a variance of alpha ||w||^2, exactly.

    False without full column rank.
    """
    found = []
    for of_a, of_alpha, of_w in zip(a, alpha.tolist(), w, strict=True):
        q, t = exact.rational_matrix(of_a), exact.rational_matrix(of_w)
        gram, variance = q.transpose() * q, exact.rational(of_alpha) * exact.squared_norm(t)
        ridge = gram + exact.rational_matrix(of_alpha * np.eye(len(of_w)))
        if exact.rank(gram) < len(of_w):
            found.append(False)
            continue
        errors = []
        for m in (ridge, gram):
            x = m.inv() * q.transpose()
            errors.append(variance * exact.squared_norm(x) + exact.squared_norm(x * q * t - t))
        found.append(bool(errors[0] < errors[1]))
    return np.array(found, bool)
