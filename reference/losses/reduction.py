"""Sums and means of losses that are computed one by one."""

from __future__ import annotations

import numpy as np

from reference.formats import Arithmetic
from reference.rounding import U64, gamma, overflows, upward
from reference.truth import Truth


def reduced(each: Truth, arithmetic: Arithmetic, *, mean: bool) -> Truth:
    """The sum or mean (batch,) of losses (batch, n), n > 0: BND-SUM, and two roundings of what is stored.

    Infinite where the sum may overflow.
    """
    n, accumulator, stored = each.value.shape[-1], arithmetic.accumulator.u, arithmetic.result
    size, missed = (np.abs(each.value) + each.bound).sum(-1), each.bound.sum(-1)
    error = missed + gamma(n, accumulator) * size + gamma(n, U64) * size
    divisor, total = (n if mean else 1), each.value.sum(-1)
    error = error + gamma(2, stored.u) * (np.abs(total) + error)
    bound = np.where(overflows(size + error, stored), np.inf, upward(error / divisor + stored.eta, n))
    return Truth(total / divisor, bound)
