"""Signals through many layers: exact mean squares, the law of the logarithm of their growth, moments of one layer."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import digamma, gammaln

from reference.bounds import dot_error, norm_error, sum_error
from reference.formats import Arithmetic, Format
from reference.initialization.laws import norm_fit
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import ALPHA, Fit
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


# Chains of layers whose weights are signs times a gain: every outcome is enumerated.


@functools.lru_cache(maxsize=32)
def sign_layers(widths: tuple[int, ...], gain: float) -> list[Float64]:
    """Weights (outcomes, n_l, n_{l-1}) of every layer, over all choices of the signs of all layers together."""
    sizes = [m * n for m, n in pairwise(widths)]
    signs = 1.0 - 2.0 * (np.arange(2 ** sum(sizes))[:, None] >> np.arange(sum(sizes)) & 1)
    parts = np.split(gain * signs, np.cumsum(sizes)[:-1], axis=1)
    return [part.reshape(-1, n, m) for part, (m, n) in zip(parts, pairwise(widths), strict=True)]


def mean_square_growth(widths: tuple[int, ...], gain: float) -> float:
    """prod N_l E[w^2] over the layers, N_l outputs each: E ||z_L||^2 / ||z_0||^2 for independent zero-mean weights.

    E (w . z)^2 = E[w^2] ||z||^2 for each of N_l outputs. Exact for whole widths and gains that are powers of two.
    """
    return math.prod(n * gain**2 for n in widths[1:])


# Normal weights: ||W x||^2 / (sigma^2 ||x||^2) has the chi-square law with one degree an output, whatever x is. In a
# chain x depends on earlier layers only, so that these ratios are independent from layer to layer.


class Growth(NamedTuple):
    """||W x|| / (sigma ||x||) of one layer in every replica (r,), how far off each may be, and its degrees."""

    size: Float64
    error: Float64
    degrees: int


def growth(w: Float64, x: Float64, y: Float64, error: Float64, deviation: float, format: Format) -> Growth:
    """Of weights w (r, n, m), drawn normal, signals x (r, m) and y = W x (r, n), computed to within `error`.

    The rounding of the weights moves components of y by r |w||x| + eta/2 |x| besides.
    """
    law = _normal_law(deviation, format)
    by_weights = ((law.rounding * np.abs(w) + law.quantum) @ np.abs(x)[..., None])[..., 0]
    scale = deviation * np.sqrt((x**2).sum(-1))
    size, slack = (np.sqrt((v**2).sum(-1)) / scale for v in (y, by_weights + error))
    return Growth(size, upward(slack + U64 * size, w.shape[-1]), w.shape[-2])


@functools.lru_cache(maxsize=256)
def _normal_law(deviation: float, format: Format) -> NormalLaw:
    return NormalLaw.of(0.0, deviation, format)


def _columns(growths: Sequence[Growth]) -> tuple[list[Float64], list[Float64]]:
    return [g.size for g in growths], [g.error for g in growths]


def energy_fit(growths: Sequence[Growth], alpha: float = ALPHA) -> Fit:
    """The sum of all squared growths, chi-square with one degree an output, replica and layer."""
    size, error = (math.sqrt(sum(float(v @ v) for v in part)) for part in _columns(growths))
    return norm_fit(size, error, 1.0, sum(g.degrees * g.size.size for g in growths), alpha)


def nowhere_cancelled(growths: Sequence[Growth]) -> bool:
    """Whether every growth is known to a factor of two, so that its logarithm is known."""
    return all(bool((2 * g.error < g.size).all()) for g in growths)


def mean_log_growth(degrees: int) -> float:
    """E ln(C / n) for C chi-square with n degrees: psi(n/2) - ln(n/2), which is negative (about -1/n)."""
    return float(digamma(degrees / 2) - math.log(degrees / 2))


def log_growth_fit(growths: Sequence[Growth], alpha: float = ALPHA) -> Fit:
    """The mean of ln(size^2 / degrees) over replicas and layers against its expectation.

    Chernoff: E (C/n)^s = Gamma(n/2 + s) (2/n)^s / Gamma(n/2) for s > -n/2, so the mean of N independent logarithms
    exceeds its expectation by t with probability exp(sum ln M(s) - s mu - N s t) at most, for every s > 0, and likewise
    below. alpha/2 either side. A relative error e of the size moves 2 ln(size) by -2 ln(1 - e) at most.
    """
    logs = [2 * np.log(g.size) - math.log(g.degrees) for g in growths]
    count = sum(v.size for v in logs)
    moved = sum(float(-2 * np.log1p(-g.error / g.size).sum()) for g in growths) / count
    weighted = [(g.degrees, g.size.size / count) for g in growths]
    expected = sum(share * mean_log_growth(n) for n, share in weighted)
    distance = sum(float(v.sum()) for v in logs) / count - expected
    return Fit(abs(distance), _chernoff(weighted, count, math.copysign(1.0, distance), alpha / 2) + moved)


def _chernoff(weighted: Sequence[tuple[int, float]], count: int, side: float, alpha: float) -> float:
    """inf over s of (sum ln M(side s) - side s mu + ln(1/alpha) / N) / s; every s gives a bound."""
    largest = 1e3 if side > 0 else min(n for n, _ in weighted) / 2 * (1 - 1e-9)

    def radius(log_s: float) -> float:
        s = side * math.exp(log_s)
        cumulant = sum(
            share * (gammaln(n / 2 + s) - gammaln(n / 2) - s * math.log(n / 2) - s * mean_log_growth(n))
            for n, share in weighted
        )
        return float((cumulant - math.log(alpha) / count) / abs(s))

    best = float(minimize_scalar(radius, bounds=(-12.0, math.log(largest)), method="bounded").x)
    return radius(best) * (1 + 1e-9)


# One layer z = sum w_j x_j of independent variables, uniform on tables of whole numbers (..., d).


def mean_of_sum(w: Float64, x: Float64, width: int) -> Float64:
    """M E[w] E[x]."""
    return np.asarray(width * w.sum(-1) * x.sum(-1) / w.shape[-1] ** 2)


def second_moment_of_sum(w: Float64, x: Float64, width: int) -> Float64:
    """M E[w^2] E[x^2] + M (M - 1) E[w]^2 E[x]^2, correctly rounded: d^4 times it is a whole number below 2^53."""
    d = w.shape[-1]
    squares = (w**2).sum(-1) * (x**2).sum(-1)
    return np.asarray(width * (squares * d**2 + (width - 1) * (w.sum(-1) * x.sum(-1)) ** 2) / d**4)


def mean_truth(z: Float64, value: Float64, arithmetic: Arithmetic) -> Truth:
    """The mean of z (..., n), which is `value`: BND-SUM over n, a division, a rounding of the stored mean."""
    n = z.shape[-1]
    error = upward(sum_error(z, arithmetic) / n + 2 * arithmetic.result.u * np.abs(value), n)
    return Truth(value, upward(error * (1 + arithmetic.result.u) + U64 * np.abs(value)) + arithmetic.result.eta)


def formula_truth(value: Float64, format: Format) -> Truth:
    """A formula of non-negative terms, or of one, from moments rounded into the format: gamma_12.

    The longest path: two roundings of each of two means, both squared, three products, a sum, and the factor M.
    """
    return Truth(value, upward((gamma(12, format.u) + gamma(4, U64)) * np.abs(value) + 64 * format.eta))


# Scaled matrices: (alpha W) x against alpha (W x).


def scaled_product_error(w: Float64, scaled: Float64, x: Float64, factor: Float64, arithmetic: Arithmetic) -> Float64:
    """|fl((alpha W) x) - alpha fl(W x)| for W (..., n, m), alpha W as stored, x (..., m), alpha (...); shape (..., n).

    BND-DOT for both products, and a rounding of each scaled entry: u |alpha W| + eta/2. alpha fl(W x) is itself a
    product in float64, one rounding more.
    """
    size, fmt = np.abs(factor)[..., None], arithmetic.result
    entry = fmt.u * np.abs(factor)[..., None, None] * np.abs(w) + fmt.eta / 2
    by_entries = (entry * np.abs(x)[..., None, :]).sum(-1)
    plain = dot_error(w, x[..., None, :], arithmetic)
    dots = dot_error(scaled, x[..., None, :], arithmetic) + size * plain
    own = U64 * size * ((np.abs(w) * np.abs(x)[..., None, :]).sum(-1) + plain) + 2.0**-1074
    return upward(by_entries + dots + own, w.shape[-1])


def scaled_norm_error(y: Float64, z: Float64, error: Float64, factor: Float64, arithmetic: Arithmetic) -> Float64:
    """|fl||z|| - |alpha| fl||y||| for computed y and z (..., n) with |z - alpha y| <= error entrywise.

    The triangle inequality, and BND-L2 for both norms.
    """
    apart = np.sqrt((error**2).sum(-1))
    return upward(apart + norm_error(z, 2, arithmetic) + np.abs(factor) * norm_error(y, 2, arithmetic), y.shape[-1])


def normal_range(y: Float64, format: Format) -> NDArray[np.bool_]:
    """Where no entry of y (..., n) is so small that a power of two changes its rounding: zero or 64 lam at least."""
    size = np.abs(y)
    normal: NDArray[np.bool_] = ((size == 0) | (size >= 64 * 2.0**format.emin)).all(-1)
    return normal
