"""The vocabulary of checks. Each gives one margin, error / bound, per instance; above 1, or NaN, refutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from claims.frame.subject import values
from reference.truth import Truth

Margins = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found: a margin per instance, which instances it applies to, and which it leaves undetermined.

    `margins` has shape (instances,), or (1,) for a check of the whole batch or sample. An instance outside `applies`
    has margin 0 and is not counted. `alpha` is the probability of a false alarm, for statistical checks; `axes` are
    those that a norm was taken over.
    """

    margins: Margins
    kind: str
    label: str = ""
    applies: NDArray[np.bool_] | None = None
    undetermined: NDArray[np.bool_] | None = None
    observed: Any = None
    expected: Any = None
    bound: Any = None
    alpha: float = 0.0
    axes: int = 0


def ratio(error: ArrayLike, bound: ArrayLike) -> Margins:
    """error / bound, elementwise, with 0 / 0 = 0 and x / inf = 0, for x = NaN too.

    NaN is an infinite margin otherwise, and so is a negative bound, which nothing keeps.
    """
    error, bound = np.asarray(error, np.float64), np.asarray(bound, np.float64)
    if not bound.any():
        return np.where(error == bound, 0.0, np.inf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotient: Margins = np.asarray(error / bound)
        if bound.min(initial=0.0) >= 0 and not np.isnan(quotient.sum()):
            return quotient  # one pass tells that nothing below applies
    quotient = np.where((error == 0) & (bound == 0) | (bound == np.inf), 0.0, quotient)
    return np.where(np.isnan(quotient) | (bound < 0), np.inf, quotient)


def per_instance(margins: NDArray[Any]) -> NDArray[Any]:
    """The largest entry of each instance: (instances, ...) -> (instances,)."""
    if margins.ndim == 0:
        return margins[None]
    return margins if margins.ndim == 1 else margins.reshape(len(margins), -1).max(-1, initial=0)


def _numbers(x: Any) -> NDArray[np.float64]:
    """The values of a tensor, or of nested lists of equal lengths, as one array."""
    return np.asarray(values(x), np.float64)


def _paired(left: NDArray[np.float64], right: NDArray[np.float64]) -> None:
    """Raises ValueError for (n, 1) with (n,), which would compare every instance with every other."""
    both = left.shape, right.shape
    if both[0] != both[1] and np.broadcast_shapes(*both) not in both:
        raise ValueError(f"shapes {both[0]} and {both[1]} do not pair instances; give both the same axes")


def _check(kind: str, error: NDArray[np.float64], bound: ArrayLike, where: Any, label: str, **shown: Any) -> Check:
    bound = np.asarray(bound, np.float64)
    _paired(error, bound)
    margins = per_instance(ratio(error, bound))
    undetermined = None
    if bound.max(initial=0.0) == np.inf:
        undetermined = per_instance(np.broadcast_to(bound == np.inf, error.shape))
    applies = None
    if where is not None:
        applies = np.broadcast_to(np.asarray(where, bool), margins.shape)
        margins = np.where(applies, margins, 0.0)
        undetermined = None if undetermined is None else undetermined & applies
    return Check(margins, kind, label, applies, undetermined, bound=bound, **shown)


def within(observed: Any, truth: Truth, *, where: Any = None, label: str = "") -> Check:
    """`|observed - truth.value| <= truth.bound` in every entry; equal infinities agree."""
    seen, value = _numbers(observed), _numbers(truth.value)
    _paired(seen, value)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(seen - value)
        if np.isnan(error.sum()):
            error = np.where(seen == value, 0.0, error)
    return _check("within", error, truth.bound, where, label, observed=observed, expected=value)


def within_norm(observed: Any, truth: Truth, *, axes: int = 1, where: Any = None, label: str = "") -> Check:
    """`||observed - truth.value||_2 <= truth.bound`, the norm over the last `axes` axes (2: Frobenius)."""
    seen, value = _numbers(observed), _numbers(truth.value)
    _paired(seen, value)
    with np.errstate(invalid="ignore", over="ignore"):
        difference = seen - value
        # scaled, so that squares neither overflow nor vanish
        size = np.abs(difference).max(axis=tuple(range(-axes, 0)), initial=0.0, keepdims=True)
        scale = np.where((size > 0) & np.isfinite(size), size, 1.0)
        norms = np.sqrt(((difference / scale) ** 2).sum(tuple(range(-axes, 0)))) * scale.reshape(scale.shape[:-axes])
    return _check("within norm", norms, truth.bound, where, label, observed=observed, expected=value, axes=axes)


def equal(observed: Any, expected: Any, *, where: Any = None, label: str = "") -> Check:
    """Equal numbers in every entry: no error at all is allowed, NaN equals NaN, and -0 equals +0."""
    seen, wanted = _numbers(observed), _numbers(expected)
    _paired(seen, wanted)
    error = np.where((seen == wanted) | (np.isnan(seen) & np.isnan(wanted)), 0.0, np.inf)
    return _check("equal", error, 0.0, where, label, observed=observed, expected=wanted)


def at_most(left: Any, right: Any, slack: ArrayLike = 0.0, *, where: Any = None, label: str = "") -> Check:
    """`left <= right + slack` in every entry, for slack >= 0; NaN on either side refutes."""
    small, large = _numbers(left), _numbers(right)
    _paired(small, large)
    with np.errstate(invalid="ignore", over="ignore"):
        excess = np.where(small <= large, 0.0, small - large)
    return _check("at most", excess, slack, where, label, observed=left, expected=large)


def holds(condition: Any, *, where: Any = None, label: str = "") -> Check:
    """A condition that is true or false, per instance or entry; NaN is false."""
    truth = np.atleast_1d(_numbers(condition))
    met = (truth != 0) & ~np.isnan(truth)
    return _check("holds", np.where(met, 0.0, np.inf), 0.0, where, label, observed=condition, expected=True)


def consistent(distance: ArrayLike, radius: ArrayLike, *, alpha: float, label: str = "") -> Check:
    """A statistic within the `radius` that a finite-sample theorem exceeds with probability at most `alpha`."""
    distance = np.atleast_1d(np.asarray(distance, np.float64))
    _paired(distance, np.asarray(radius))
    margins = per_instance(ratio(distance, radius))
    return Check(margins, "consistent", label, observed=distance, expected=0.0, bound=radius, alpha=alpha)
