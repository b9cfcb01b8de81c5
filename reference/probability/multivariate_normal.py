"""The multivariate normal density from exact inverses and determinants, and what factorisations may miss of it.

Notation: A (d, d) the covariance, L L^T = A, y = x - m, M = y^T A^-1 y = ||L^-1 y||^2. With D the diagonal of A,
H = D^-1/2 A D^-1/2 has a unit diagonal; its trace is d, that of its inverse t = sum a_ii (A^-1)_ii. ASNA is Higham's
book, see `rounding`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from reference import exact
from reference.bounds.eigh import eigh_orthogonality_error, eigh_residual_error
from reference.formats import Arithmetic, Format
from reference.linear_algebra.residuals import frobenius
from reference.memory import remembered
from reference.probability.gaussian import EXP_UNITS, trapezoid_error
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

LARGEST = 0.3
"""Bounds hold while a factorisation moves no direction by more than this share."""
CONSTANT = math.log(2 * math.pi)
REACH = 60


class Form(NamedTuple):
    """M (b, k), log det A (b,), the inverse of the given matrix (b, d, d), and sum |log l_ii| (b,).

    They are exact but for the rounding to float64, the last one is for bounds only.
    """

    distance: Float64
    log_det: Float64
    inverse: Float64
    logs: Float64


def _balls(a: Float64) -> arb_mat:
    m, n = a.shape
    return arb_mat(m, n, list(map(arb, a.ravel().tolist())))


@remembered
def form(x: Float64, mean: Float64, matrix: Float64, given: str) -> Form:
    """What the density at x (b, k, d) is made of, for means (b, d) and matrices (b, d, d).

    `given` is covariance_matrix, precision_matrix or scale_tril, as torch names them. The logarithms are those of the
    diagonal of the factor, for a precision of its factor from below. In balls of 600 bits.
    """
    rows = []
    with exact.precision(2 * exact.BITS):
        for law, points, centre in zip(matrix, x, np.broadcast_to(mean[:, None], x.shape), strict=True):
            a, y = _balls(law), _balls(points.T) - _balls(centre.T)
            inverse = a.inv()
            z = (a if given == "precision_matrix" else inverse) * y
            left = z if given == "scale_tril" else y
            distance = [sum((left[i, j] * z[i, j] for i in range(len(law))), arb(0)) for j in range(len(points))]
            log_det = a.det().log() * {"covariance_matrix": 1, "precision_matrix": -1, "scale_tril": 2}[given]
            entries = np.array([float(v) for v in inverse.entries()]).reshape(law.shape)
            rows.append((np.array([float(v) for v in distance]), float(log_det), entries))
    distances, log_dets, inverses = (np.array(column) for column in zip(*rows, strict=True))
    if given == "scale_tril":
        factor = matrix
    else:
        factor = np.asarray(np.linalg.cholesky(matrix if given == "covariance_matrix" else matrix[:, ::-1, ::-1]))
    return Form(distances, log_dets, inverses, np.abs(np.log(_diagonal(factor))).sum(-1))


def _diagonal(matrix: Float64) -> Float64:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


@silent
def log_density(x: Float64, mean: Float64, matrix: Float64, given: str, format: Format) -> Truth:
    """-M / 2 - log(det A) / 2 - d log(2 pi) / 2 at x (b, k, d), with the bound of `by_cholesky`."""
    return by_cholesky(form(x, mean, matrix, given), matrix, given, format)


@silent
def by_cholesky(exactly: Form, matrix: Float64, given: str, format: Format) -> Truth:
    """The log density (b, k), computed by Cholesky's factor of the matrix (b, d, d) that was given.

    The factor is that of A + E, |E_ij| <= e sqrt(a_ii a_jj), e = gamma_{d+3} / (1 - gamma_{d+3}) (ASNA theorem 10.3;
    pivots may be inverted) and underflow, so A + E lies between (1 - f) A and (1 + f) A, f = d e t: M moves by a share
    f / (1 - f), log det by -d log(1 - f). Substitution, of an L within gamma_{d+3} |L| (theorem 8.5), and the rounding
    of y move L^-1 y by (gamma_{d+3} + u) c, c = || |L^-1| |L| || <= sqrt(d t). A precision is factored from below, and
    its factor inverted column by column: substitution twice. Then d + 2 roundings for the squares and their sum, 5u and
    d roundings for the logarithms, 3u of everything for the sums. Infinite where f or c u is above `LARGEST`.
    """
    d, u = matrix.shape[-1], format.u
    g = gamma(d + 3, u)
    if given == "scale_tril":
        f, c = np.zeros(len(matrix)), upward(frobenius(np.abs(exactly.inverse) @ np.abs(matrix)), 2 * d)
    else:
        diagonal = _diagonal(matrix)
        t = upward((diagonal * _diagonal(exactly.inverse)).sum(-1), d)
        e = d * (g / (1 - g) + d * format.eta / diagonal.min(-1))
        f = e * t
        c = np.sqrt(d * (1 + e) * t / (1 - np.minimum(f, LARGEST)))
    first = np.zeros(len(matrix))
    if given == "precision_matrix":
        first = g * c / (1 - np.minimum(g * c, LARGEST))
        c = c * (1 + first) / (1 - np.minimum(first, LARGEST))
        first = first / (1 - np.minimum(first, LARGEST))
    missed = (1 + u * c) * (1 + g * c / (1 - np.minimum(g * c, LARGEST))) * (1 + first) - 1
    valid = np.maximum(f, missed) <= LARGEST
    share = f / (1 - np.minimum(f, LARGEST))
    relative = (1 + missed) ** 2 * (1 + gamma(d + 2, u)) * (1 + share) - 1
    turned = -d * np.log1p(-np.minimum(f, LARGEST))
    logs = exactly.logs * (1 + 1e-6) + turned + d * (3 * u + 1e-6)
    return _density(exactly, relative, turned + 6 * d * u, logs, valid, d, format)


def _density(
    exactly: Form, relative: Float64, turned: Float64, logs: Float64, valid: NDArray[np.bool_], d: int, format: Format
) -> Truth:
    """The log density: M within a share, log det within `turned`, of logarithms of sizes `logs` in total (all (b,))."""
    u, half = format.u, exactly.distance / 2
    value = -half - (exactly.log_det / 2)[:, None] - d * CONSTANT / 2
    moved = half * relative[:, None]
    total = half + moved + logs[:, None] + d * CONSTANT / 2
    rounding = gamma(d + 5, u) * logs[:, None] + 3 * u * (1 + 8 * u) * total + 8 * U64 * total
    bound = upward(moved + turned[:, None] / 2 + rounding + (d + 2) * format.eta)
    return Truth(value, np.where(valid[:, None], bound, np.inf))


@silent
def by_eigenvectors(x: Float64, mean: Float64, covariance: Float64, arithmetic: Arithmetic) -> Truth:
    """The same as -sum(w_i^2 / l_i + log l_i + log 2 pi) / 2, w = Q^T y, from computed eigenvalues and eigenvectors.

    Q L Q^T = A + R with ||R|| <= f / ||A^-1|| (BND-EIGH), Q^T Q = I + O: M and log det move as in `log_density`. Q^T is
    (I + O) Q^-1, and its product with y adds gamma_{d+1} sqrt(d) ||y||: together w moves, measured by 1 / l_i, by o
    sqrt(kappa). |log l_i| is at most that of ||A|| or ||A^-1||.
    """
    exactly, d, format = form(x, mean, covariance, "covariance_matrix"), covariance.shape[-1], arithmetic.result
    norm, inverse = frobenius(covariance), frobenius(exactly.inverse)
    f = eigh_residual_error(norm, d, arithmetic) * inverse
    low = 1 - np.minimum(f, LARGEST)
    o = eigh_orthogonality_error(d, arithmetic)
    moved = o + gamma(d + 1, arithmetic.accumulator.u) * d**0.5 * (1 + o)
    missed = moved * np.sqrt(norm * inverse * (1 + f) / low)
    relative = (1 + missed) ** 2 * (1 + gamma(d + 4, format.u)) / low - 1
    turned = -d * (np.log(low) + math.log1p(-o))
    logs = d * (np.maximum(np.abs(np.log(norm)), np.abs(np.log(inverse))) + f + format.u)
    return _density(exactly, relative, turned, logs, np.maximum(f, missed) <= LARGEST, d, format)


class Line(NamedTuple):
    """The last of d variables given the others, (b,) each: its mean and deviation, M of the others; and a grid for it.

    Points (b, n) a step (b,) apart, with z = (point - mean) / deviation, and whether they are numbers of the format.
    """

    mean: Float64
    deviation: Float64
    distance: Float64
    step: Float64
    at: Float64
    held: NDArray[np.bool_]


def last_given_others(x: Float64, mean: Float64, exactly: Form, format: Format) -> Line:
    """Of the first point of x (b, k, d): with P = A^-1 the variance of x_d is 1 / p_dd.

    In float64: nothing but the choice of points and the size of bounds depends on it. The points are multiples of a
    power of two between s / 4 and s / 2, 60 on either side of the mean.
    """
    row, y = exactly.inverse[:, -1], x[:, 0] - mean
    deviation = 1 / np.sqrt(row[:, -1])
    centre = mean[:, -1] - (row[:, :-1] * y[:, :-1]).sum(-1) / row[:, -1]
    others = np.maximum(exactly.distance[:, 0] - ((x[:, 0, -1] - centre) / deviation) ** 2, 0.0)
    step = np.ldexp(0.5, np.frexp(deviation)[1] - 1)
    at = (np.rint(centre / step)[:, None] + np.arange(-REACH, REACH + 1)) * step[:, None]
    return Line(centre, deviation, others, step, at, (format.round(at) == at).all(-1))


@silent
def mass_given_others(line: Line, exactly: Form, covariance: Float64, others: Truth, arithmetic: Arithmetic) -> Truth:
    """The integral of exp(log p(x) - log p(x_1, ..., x_{d-1})) over the last variable: 1, by the trapezoid rule; (b,).

    `others` (b, 1) are the log densities of the first d - 1 variables. The rule misses exp(-78), as for `moments` of
    the normal law; a height errs by expm1 of the errors of both and u of their difference. On the line M is that of
    the others and z^2. A relative 2^-20 makes room for the evaluation of the bound.
    """
    format, given = arithmetic.result, "covariance_matrix"
    z = (line.at - line.mean[:, None]) / line.deviation[:, None]
    whole = by_cholesky(exactly._replace(distance=line.distance[:, None] + z * z), covariance, given, format)
    exponent = whole.bound + others.bound
    exponent = exponent + 2 * format.u * (np.abs(whole.value) + np.abs(others.value) + exponent)
    p = np.exp(-z * z / 2) / (line.deviation * math.sqrt(2 * math.pi))[:, None]
    heights = Truth(p, p * (np.expm1(exponent) * (1 + EXP_UNITS * format.u) + EXP_UNITS * format.u) + format.lam)
    bound = trapezoid_error(heights, line.step, arithmetic) * (1 + 2.0**-20) + 2.0**-100
    return Truth(np.ones(len(bound)), np.where(np.isfinite(exponent).all(-1), bound, np.inf))
