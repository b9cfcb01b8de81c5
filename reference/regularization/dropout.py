"""Dropout: the values of survivors and of dropped units, and the law of masks.

Probabilities p are doubles, taken exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from reference.double_double import DoubleDouble, double_double, to_float64, two_sum
from reference.formats import Arithmetic
from reference.probability.sampling import ALPHA, Fit
from reference.regularization.counts import central_counts_fit, count_fit, worst_count_fit
from reference.rounding import U64, gamma, overflows, rounded, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

SELU_SATURATION = 1.7580993408473766
"""-(the limit of SELU at -inf), the double that implementations use (Klambauer et al. 2017)."""


def retention(p: float) -> DoubleDouble:
    """1 - p, exactly, as a double-double of shape ()."""
    return DoubleDouble(*two_sum(np.asarray(1.0), np.asarray(-p)))


def agreement(p: float) -> float:
    """P(mu = mu') = p^2 + (1 - p)^2 for two independent masks of one unit."""
    return p * p + (1 - p) * (1 - p)


def disjoint_pairs(masks: NDArray[np.bool_]) -> Iterator[tuple[str, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Pairs of entries of masks (examples, units), with what they are.

    Those of one kind share no entry, so that their agreements are independent if the entries are.
    """
    half = len(masks) // 2
    even, odd = masks[0 : 2 * half : 2], masks[1 : 2 * half : 2]
    yield "examples 2a and 2a + 1", even, odd
    yield "examples 2a + 1 and 2a + 2", masks[1:-1:2], masks[2::2]
    yield "examples half a batch apart", masks[:half], masks[half : 2 * half]
    columns = masks.shape[1] // 2
    yield "units 2i and 2i + 1", masks[:, 0 : 2 * columns : 2], masks[:, 1 : 2 * columns : 2]
    yield "units i and n - 1 - i", masks[:, :columns], masks[:, ::-1][:, :columns]
    yield "units i and i + 1 of examples 2a and 2a + 1", even[:, :-1], odd[:, 1:]


def kept_fits(passes: NDArray[np.bool_], p: float) -> Iterator[tuple[str, Fit]]:
    """Counts of kept units in passes (passes, examples, units) against their binomial laws, with what they are.

    One entry, and the count of a whole pass, vary only in many passes.
    """
    keep = 1 - p
    yield "kept units", count_fit(passes, keep)
    yield "how often the worst unit is kept", worst_count_fit(passes, (0, 1), keep)
    yield "how often the worst example is kept", worst_count_fit(passes, (0, 2), keep)
    if len(passes) > 2:
        yield "how often the worst entry is kept", worst_count_fit(passes, (0,), keep)
        yield "passes that keep as many as on average", central_counts_fit(passes.sum((1, 2)), passes[0].size, keep)


def agreement_fits(passes: NDArray[np.bool_], others: NDArray[np.bool_] | None, p: float) -> Iterator[tuple[str, Fit]]:
    """Agreements in passes (passes, examples, units), and with passes of another seed, against P(mu = mu').

    Without `others`, when masks are large, entries are compared at powers of two as distances only.
    """
    expected, pairs = agreement(p), list(disjoint_pairs(passes[0]))
    if others is None:
        distant = spaced_agreements(passes[0], expected, ALPHA)
    else:
        pairs += [(f"two {what}", passes[0], other) for what, other in (("passes", passes[1]), ("seeds", others[0]))]
        distant = distant_agreements(np.concatenate([passes, others]), expected, ALPHA)
    yield "agreements of entries a distance apart", distant
    for label, left, right in pairs:
        if left.size:
            yield f"agreements of {label}", count_fit(left == right, expected)


def distant_agreements(masks: NDArray[np.bool_], p: float, alpha: float) -> Fit:
    """How far the share of agreements of entries k apart, in the order of memory, is from p, for the worst k.

    Entries k apart form paths, so that the N pairs split into two classes of independent ones, and their share strays
    by more than sqrt(ln(2 / a) / N) with probability at most a (Janson, Random Structures & Algorithms 24 (2004),
    theorem 2.1, with chromatic number 2); `alpha` is divided among the distances. Radius 1 if there are none.
    """
    signs = np.where(masks.ravel(), 1.0, -1.0)
    n = signs.size
    if n < 2:
        return Fit(0.0, 1.0)
    length = next_fast_len(2 * n, real=True)
    spectrum = np.fft.rfft(signs, length)
    products = np.rint(np.fft.irfft(spectrum * spectrum.conj(), length)[1:n])  # sums of integers, at every distance
    return _worst_agreements(products, np.arange(n - 1, 0, -1), p, alpha)


def spaced_agreements(masks: NDArray[np.bool_], p: float, alpha: float) -> Fit:
    """`distant_agreements` of large masks (examples, units) at powers of two only, in entries and in examples.

    Generators that repeat or overlap do so after a block of numbers or of rows.
    """
    flat, units = masks.ravel(), masks.shape[-1]
    powers = 2 ** np.arange(1, int(flat.size - 1).bit_length())
    distances = np.unique([*powers, *powers * units])
    distances = distances[2 * distances <= flat.size]
    products = np.array([2 * np.count_nonzero(flat[k:] == flat[:-k]) - (flat.size - k) for k in distances])
    return _worst_agreements(products, flat.size - distances, p, alpha)


def _worst_agreements(products: NDArray[Any], pairs: NDArray[np.int64], p: float, alpha: float) -> Fit:
    """The worst of some distances, from the sum over all pairs of 1 where they agree and -1 where they do not."""
    distance = np.abs((products / pairs + 1) / 2 - p)
    radius = np.sqrt(math.log(2 * len(pairs) / alpha) / pairs)
    worst = int(np.argmax(distance / radius))
    return Fit(float(distance[worst]), float(radius[worst]))


class Outcomes(NamedTuple):
    """What dropout makes of each unit: `kept` or `dropped`; and `tangent`, the derivative at a kept unit times x."""

    kept: Truth
    dropped: Truth
    tangent: Truth

    @property
    def ambiguous(self) -> NDArray[np.bool_]:
        """Where the output does not tell whether the unit was dropped."""
        return np.abs(self.kept.value - self.dropped.value) <= self.kept.bound + self.dropped.bound


def chosen(where: NDArray[np.bool_], first: Truth, second: Truth) -> Truth:
    """`first` where the condition holds, `second` elsewhere."""
    return Truth(np.where(where, first.value, second.value), np.where(where, first.bound, second.bound))


def inverted_dropout(x: Float64, p: float, arithmetic: Arithmetic) -> Outcomes:
    """0 for a dropped unit, x / (1 - p) for a survivor; finite x of any shape, p in [0, 1]."""
    kept = survivors(x, p, arithmetic)
    return Outcomes(kept, Truth(np.zeros_like(x), np.zeros_like(x)), kept)


@silent
def survivors(x: Float64, p: float, arithmetic: Arithmetic) -> Truth:
    """x / (1 - p) for finite x of any shape and p in [0, 1]; 0, exactly, for p = 1, which nothing survives.

    Three roundings: q = fl(1 - p) in float64 and then in the accumulator, the scale s = fl(1 / q) and the product
    fl(x s) in the result's format. Each moves a number v by at most ulp(v)/2 (ASNA section 2.1) and by nothing where
    v is representable, so the bound is zero where 1 - p is a power of two and x / (1 - p) is representable. One
    division x / q, or a wider scale, stays within the bound. Infinite where x / (1 - p) may overflow.
    """
    if p == 1:
        return Truth(np.zeros_like(x), np.zeros_like(x))
    stored = arithmetic.result
    value, rest = _scaled(x, p, arithmetic)
    scale_error = _scale_error(p, arithmetic)
    moved = np.abs(x) * scale_error
    size = np.abs(value) + rest + moved
    exact = (scale_error == 0) & (rest == 0) & (stored.round(value) == value)
    bound = np.where(exact, 0.0, upward(moved + stored.ulp(size) / 2) + rest)
    return Truth(value, np.where(overflows(size, stored) & (x != 0), np.inf, bound))


def _scaled(x: Float64, p: float, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """x / (1 - p) in float64, and how far that is from the exact quotient."""
    if wide(arithmetic):
        mantissa, exponent = np.frexp(x)
        return to_float64(double_double(mantissa) / retention(p), exponent)
    keep = retention(p)
    value = x / keep.hi
    return value, np.zeros_like(x) if _is_power_of_two(keep) else upward(2 * U64 * np.abs(value))


def _is_power_of_two(x: DoubleDouble) -> bool:
    return bool(x.lo == 0 and np.frexp(x.hi)[0] == 0.5)


def _scale_error(p: float, arithmetic: Arithmetic) -> float:
    """|fl(1 / fl(1 - p)) - 1 / (1 - p)|, zero where 1 - p is a power of two and the scale does not overflow."""
    stored, accumulator = arithmetic.result, arithmetic.accumulator
    exact, keep = retention(p), 1 - p
    if _is_power_of_two(exact) and 1 / keep <= stored.largest:
        return 0.0
    # 1 - p has a rounding in float64 and, where the accumulator is narrower, one more
    lost = 0.0 if exact.lo == 0 and accumulator.round(keep) == keep else (float(accumulator.ulp(keep)) + 2.0**-53) / 2
    moved = lost / (keep * (keep - lost))
    return (moved + float(stored.ulp(1 / keep + moved)) / 2) * (1 + 32 * U64)


@silent
def alpha_dropout(x: Float64, p: float, arithmetic: Arithmetic) -> Outcomes:
    """a x + b for a kept unit, b - a alpha for a dropped one; finite x of any shape, p in [0, 1).

    a = ((1 - p)(1 + p alpha^2))^(-1/2) and b = a alpha p preserve mean 0 and variance 1 (Klambauer, Unterthiner, Mayr
    and Hochreiter, Self-normalizing neural networks, NIPS 2017, section 2). The scalars a, a alpha and b take at most
    12 roundings in float64 and one in the accumulator; what is stored on the way (-a alpha and then b - a alpha; or a,
    b, a x and then a x + b) is rounded each time. Nothing is rounded for p = 0, and nothing is dropped.
    """
    stored, nothing = arithmetic.result, np.zeros_like(x)
    if p == 0:
        return Outcomes(Truth(x, nothing), Truth(nothing + np.inf, nothing), Truth(x, nothing))
    alpha = double_double(SELU_SATURATION)
    a = 1.0 / ((alpha * alpha * p + 1.0) * retention(p)).sqrt()
    fixed, shift = a * alpha, a * alpha * p
    scalar = gamma(12, U64) + arithmetic.accumulator.u * (1 + gamma(12, U64))
    a_error, shift_error = (rounded(c.hi * scalar, c.hi, stored) for c in (a, shift))
    down = np.where(np.abs(x) > 2.0**900, 128, 0)  # double-double products need room to split their factors
    product = a * double_double(np.ldexp(x, -down))
    tangent, rest = to_float64(product, down)
    product_error = rounded(np.abs(x) * a_error, np.abs(tangent), stored)
    tangent_bound = upward(product_error) + rest + stored.eta  # half of float64's eta is 0 in float64
    kept, rest = to_float64(product + shift.ldexp(-down), down)
    bound = upward(rounded(product_error + shift_error, np.abs(kept), stored)) + rest
    overflow = overflows(np.abs(tangent) + shift.hi + product_error + bound, stored)
    dropped, rest = to_float64(shift - fixed)
    error = rounded(fixed.hi * scalar, fixed.hi, stored) + shift.hi * scalar
    dropped_bound = upward(rounded(error, np.abs(dropped), stored)) + rest
    return Outcomes(
        Truth(kept, np.where(overflow, np.inf, bound)),
        Truth(nothing + dropped, nothing + dropped_bound),
        Truth(tangent, np.where(overflow, np.inf, tangent_bound)),
    )
