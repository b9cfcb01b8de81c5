"""The 0-1 loss and what stands for it: errors, margins, losses of scaled logits, a descent that goes on after them.

Logits x (batch, n, classes) with one class t (batch, n) of each row.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, precision
from reference.formats import Arithmetic, Format
from reference.losses.cross_entropy_gradient import losses, of_classes
from reference.losses.entropy import step
from reference.losses.sigmoid_losses import cross_entropy_slope
from reference.losses.softmax import Kernel, Rows
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Classes = NDArray[np.int64]

STEPS: dict[str, Callable[[Float64], Any]] = {
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "trunc": np.trunc,
}
"""Functions that are constant between their jumps; `round` takes ties to even numbers."""

TEST_POINTS = ((1.0, 0.0), (2.0, 1.0), (1.0, -1.0))
"""Points (a, b) of the class 1 on which a line through 0 is tested."""


def errors(x: Float64, t: Classes) -> Float64:
    """1 where the first largest logit is not that of the class (batch, n), 0 elsewhere."""
    return np.asarray(np.argmax(x, -1) != t, np.float64)


def margins(x: Float64, t: Classes) -> Float64:
    """x_t minus each other logit (batch, n, classes); infinite for the class itself."""
    own = np.take_along_axis(x, t[..., None], -1)
    return np.where(np.arange(x.shape[-1]) == t[..., None], np.inf, own - x)


def lead(x: Float64) -> Float64:
    """The largest logit minus the second largest (batch, n); infinite for one class."""
    if x.shape[-1] < 2:
        return np.full(x.shape[:-1], np.inf)
    sorted_ = np.sort(x, -1)
    return np.asarray(sorted_[..., -1] - sorted_[..., -2])


def nearby(x: Float64, format: Format, turn: int) -> Float64:
    """Moves of every logit by at most a quarter of the lead, numbers of the format; `turn` 1 or -1 orders them."""
    shares = np.resize([1.0, -1.0, 0.5, -0.25], x.shape[-1])[::turn]
    return format.round(np.minimum(lead(x), format.largest)[..., None] / 4 * shares)


def is_clear(x: Float64, format: Format) -> NDArray[np.bool_]:
    """Whether the lead (batch, n) is so large that half of it exceeds the roundings of two moves and two sums.

    2u (max|x| + lead/2) and 2 eta: a lead above 8u max|x| + 8 eta does.
    """
    return np.asarray(lead(x) > 8 * format.u * np.abs(x).max(-1, initial=0.0) + 8 * format.eta)


def scaled_loss(x: Float64, t: Classes, arithmetic: Arithmetic, kernel: Kernel) -> Truth:
    """-log softmax(x)_t (batch, n)."""
    found = of_classes(t, t >= 0, x.shape[-1], None, 0.0)
    return losses(Rows.of(x, arithmetic), found, kernel).truth


def least_loss(x: Float64, t: Classes) -> Float64:
    """log(1 + (C - 1) exp(-m)) for the least margin m, which is at least the loss (batch, n), within 4 roundoffs."""
    m = margins(x, t).min(-1, initial=np.inf)
    return np.asarray(np.log1p((x.shape[-1] - 1) * np.exp(-m)) * (1 + 8 * U64))


def strictly_falls(gaps: Float64, factors: Sequence[float]) -> bool:
    """Whether log(1 + sum_j exp(-c g_j)) falls strictly with c for one row of margins (classes,), in balls.

    Infinite margins have no term. False, where no ball tells.
    """
    finite = [ball(g) for g in gaps.tolist() if np.isfinite(g)]
    with precision(300):
        sums = [sum(((-ball(c) * g).exp() for g in finite), arb(0)) for c in factors]
        return all(bool(after < before) for before, after in itertools.pairwise(sums))


def descended(w: Float64, points: Float64, rate: float, arithmetic: Arithmetic, units: float) -> Truth:
    """One step of descent on the mean of log(1 + exp(-|x_i| w)) from each w (...), for points (m,).

    w + rate mean(|x_i| sigma(-|x_i| w)). Logits are products with powers of two; every slope has its own bound, and
    gamma_{m+3} of the terms for the products, their sum and the mean, a product with the rate, a sum.
    """
    z, v, m = w[..., None] * points, step(arithmetic), len(points)
    slope = cross_entropy_slope(z, np.broadcast_to((points > 0).astype(np.float64), z.shape), arithmetic, units)
    terms, missed = slope.value * points, slope.bound * np.abs(points)
    g, error = terms.mean(-1), missed.mean(-1)
    error = error + (gamma(m + 3, v) + gamma(m, U64)) * (np.abs(terms) + missed).mean(-1) + m * arithmetic.result.eta
    value = w - rate * g
    error = rate * error + 2 * v * (rate * np.abs(g) + rate * error)
    return Truth(value, upward(error + v * (np.abs(value) + error) + 2 * U64 * (np.abs(w) + rate * np.abs(g)), m))


def error_on_test_points(w: Float64) -> Float64:
    """The share (...) of `TEST_POINTS` that a w_1 + b w_2 <= 0 misses, for w (..., 2); signs of two products at most.

    Of the numbers of a format the products with 1 and 2 are exact, and the sign of their rounded sum is right.
    """
    scores = [a * w[..., 0] + b * w[..., 1] for a, b in TEST_POINTS]
    return np.asarray(np.mean([s <= 0 for s in scores], axis=0))
