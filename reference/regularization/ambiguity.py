"""Squared errors of an ensemble's mean and of its members, and how much the members disagree.

Predictions f are (..., k), targets y (...). ASNA = N. J. Higham, Accuracy and Stability of
Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import variance_error
from reference.double_double import double_double, to_float64
from reference.formats import Arithmetic
from reference.rounding import U64, silent, upward
from reference.running import difference, mean, product, stored_exactly
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Ambiguity(NamedTuple):
    """(mean f - y)^2, mean (f - y)^2 and mean (f - mean f)^2, (...) each: the first and the third add up to the second.

    `defect` is how far the computed ones may be from doing so.
    """

    ensemble: Truth
    members: Truth
    disagreement: Truth
    defect: Truth


@silent
def ambiguity(f: Float64, y: Float64, arithmetic: Arithmetic) -> Ambiguity:
    """The decomposition of Krogh and Vedelsby (NIPS 1994, eq. 5-7) with equal weights.

    Errors run along through mean, difference, square and mean (ASNA section 3.3); the disagreement has BND-VAR. No
    error for integers and k a power of two where all numbers fit: means are multiples of 1/k, their squares of 1/k^2,
    and sums stay below k max (|f| + |y|)^2. The defect is the sum of the three errors.
    """
    k, target = f.shape[-1], stored_exactly(y)
    error = difference(mean(stored_exactly(f), arithmetic), target, arithmetic)
    ensemble = product(error, error, arithmetic).truth
    each = difference(stored_exactly(f), target.reshape(*y.shape, 1), arithmetic)
    members = mean(product(each, each, arithmetic), arithmetic).truth
    largest = (np.abs(f).max(-1) + np.abs(y)) ** 2
    whole = (np.rint(f) == f).all(-1) & (np.rint(y) == y)
    short = whole & (k & (k - 1) == 0) & (largest * float(k) ** 3 <= 2.0**arithmetic.result.precision)
    ensemble, members = (Truth(t.value, np.where(short, 0.0, t.bound)) for t in (ensemble, members))
    exact = double_double(f) - (double_double(f).sum() / float(k))[..., None]
    spread, rest = to_float64((exact * exact).sum() / float(k))
    disagreement = Truth(spread, upward(variance_error(f, arithmetic, correction=0) + rest + 2 * U64 * spread))
    total = ensemble.bound + members.bound + disagreement.bound
    size = ensemble.value + members.value + disagreement.value + total
    return Ambiguity(ensemble, members, disagreement, Truth(np.zeros_like(y), upward(total + 4 * U64 * size)))
