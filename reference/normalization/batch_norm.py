"""Standardised sets of numbers: what batch, instance, group, layer and RMS norm compute, and how far they may err.

Sets are the rows of x (batch, m). ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import variance_error
from reference.double_double import double_double, normalise
from reference.formats import Arithmetic
from reference.memory import remembered
from reference.rounding import U64, gamma, rounded, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

OWN = 8
"""Units roundoff of float64 by which a standardised number of the reference may be off."""


class Standardised(NamedTuple):
    """Sets in units in which no square overflows: x = y 2^k.

    Columns (batch, 1): mean, variance v, root = sqrt(v + eps), `mean_error`, `variance_error`, and `stretch`, the
    relative error of 1 / root. (batch, m): y, `standard` = (y - mean) / root, and its error `core` before it is stored.
    """

    y: Float64
    exponent: NDArray[np.int64]
    mean: Float64
    variance: Float64
    root: Float64
    standard: Float64
    mean_error: Float64
    variance_error: Float64
    stretch: Float64
    core: Float64


@remembered
@silent
def standardised(x: Float64, eps: float, arithmetic: Arithmetic, *, centred: bool = True) -> Standardised:
    """(x - mean) / sqrt(v + eps), v = mean((x - mean)^2); not `centred`: x / sqrt(mean(x^2) + eps), mean 0.

    The mean errs by d = gamma_{m + 4 + 4 H_m} mean|x|, H_m the harmonic number: summed and divided, or by Welford's
    recurrence (`reference.probability.variance.mean_of_recurrence`); v by e = BND-VAR, or gamma_{m+2} mean(x^2).
    q = v + eps: eps is rounded and added, so that q errs by the share t = e/q + 2u, 1/sqrt(q) by 1/sqrt(1 - t) - 1 at
    most, but never beyond 1/sqrt(eps), since computed variances are not negative; 4u for root and quotient. Then
    alpha x - alpha mean, in any order, adds gamma_3 (|x| + |mean| + d) / root.
    """
    m, u, wide = x.shape[-1], arithmetic.accumulator.u, arithmetic.accumulator
    k = np.maximum(normalise(x)[1], 0)
    y = np.ldexp(x, -k)
    floor = np.maximum(np.ldexp(eps, -2 * k), 2.0**-1022)  # vanishes beside squares of huge numbers
    exact = double_double(y)
    if centred:
        mean = exact.sum() / float(m)
        exact = exact - mean[..., None]
        centre = mean.hi[..., None]
        harmonic = float((1 / np.arange(1, m + 1)).sum())
        d = gamma(m + 4 + 4 * harmonic, u) * np.abs(y).mean(-1, keepdims=True) + wide.eta
        e = variance_error(y, arithmetic.within(wide), correction=0)[..., None]
    v = ((exact * exact).sum() / float(m)).hi[..., None]
    if not centred:
        centre, d = np.zeros_like(v), np.zeros_like(v)
        e = gamma(m + 2, u) * v + 2 * wide.eta
    q = v + floor
    root = np.sqrt(q)
    share = e / q + 2 * u
    most = np.log(np.sqrt(q / floor)) + 2 * u
    grown = np.expm1(np.minimum(-0.5 * np.log1p(-np.minimum(share, 1.0)), most))
    stretch = grown + 4 * u * (1 + grown)
    standard = exact.hi / root
    reach = np.abs(y) + np.abs(centre) + d if centred else np.abs(y)
    moved = (d + gamma(3, u) * reach) * (1 + stretch) / root
    core = upward(moved + np.abs(standard) * (stretch + OWN * U64) + 2 * wide.eta, m)
    return Standardised(y, k, centre, v, root, standard, d, e, stretch, core)


@silent
def affine(sets: Standardised, w: Float64 | None, b: Float64 | None, arithmetic: Arithmetic) -> Truth:
    """w xhat + b, w and b of shape (1 or m,) or (batch, 1): |w| core + gamma_4 (|w xhat| + |w| core + |b|), stored.

    w enters alpha = w / root, and b - alpha mean: two more roundings, and two of the result.
    """
    weight, bias = (np.asarray(p, np.float64) for p in (1.0 if w is None else w, 0.0 if b is None else b))
    value = weight * sets.standard + bias
    size = np.abs(weight) * (np.abs(sets.standard) + sets.core) + np.abs(bias)
    lost = 4 * arithmetic.accumulator.eta * (1 + np.abs(weight))
    error = np.abs(weight) * sets.core + gamma(4, arithmetic.accumulator.u) * size + 4 * U64 * size + lost
    return Truth(value, upward(rounded(error, np.abs(value), arithmetic.result) if arithmetic.mixed else error))


def moments(sets: Standardised, truth: Truth) -> tuple[Truth, Truth]:
    """Mean and mean square of the outputs without parameters: 0 and v / (v + eps), with the mean of their errors.

    Squares below 2^-1022 are rounded to multiples of 2^-1074: those in v here, and those of the outputs by who squares
    them; two roundings each, and one of their mean.
    """
    mean = truth.bound.mean(-1)
    square = ((2 * np.abs(truth.value) + truth.bound) * truth.bound).mean(-1)
    own = (OWN + truth.value.shape[-1]) * U64
    share = (sets.variance / sets.root**2)[..., 0]
    lost = 3 * 2.0**-1074 * (1 + 1 / sets.root**2)[..., 0]
    return (
        Truth(np.zeros_like(mean), upward(mean + own * np.abs(truth.value).mean(-1))),
        Truth(share, upward(square + own * share + lost)),
    )
