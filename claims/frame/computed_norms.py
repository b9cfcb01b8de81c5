"""How computed norms are judged: against the exact norm, by their sign, and by where they may vanish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import holds, values, within
from claims.frame.checks import Check
from claims.frame.subject import Subject
from reference.formats import Arithmetic
from reference.linear_algebra import norms as reference
from reference.truth import Truth

Numbers = NDArray[np.float64]

FEW = 16
"""Vectors for operations that take one, or one pair, at a time."""


def norms(subject: Subject, p: float, *vectors: Tensor) -> list[Tensor]:
    """The computed p-norms of batches of vectors."""
    return [subject.vector_norm(v, p, dim=-1) for v in vectors]


def exact_norm(subject: Subject, x: Tensor | Numbers, p: float, **how: bool) -> Truth:
    """The exact norm of the numbers, with the bound of the subject's arithmetic and of pow on its device."""
    arithmetic = subject.arithmetic("vector_norm")
    return reference.norm(values(x), p, arithmetic, pow_error=reference.pow_ulps(subject.device), **how)


def exact_norms(subject: Subject, p: float, *vectors: Tensor | Numbers, **how: bool) -> list[Truth]:
    """`exact_norm` of batches of vectors of one length, evaluated together."""
    all_of_them = exact_norm(subject, np.concatenate([values(v) for v in vectors]), p, **how)
    ends = np.cumsum([len(v) for v in vectors])[:-1]
    return [Truth(*parts) for parts in zip(*(np.split(part, ends) for part in all_of_them), strict=True)]


def agrees(subject: Subject, observed: Tensor, x: Tensor, p: float, truth: Truth) -> Iterator[Check]:
    """The computed norm of x is within its bound, in the dtype of x; see `overflowed` for where powers may overflow."""
    yield within(observed, truth, where=np.isfinite(truth.bound), label=f"order {p:g}")
    yield from overflowed(subject, observed, x, p, truth)


def overflowed(subject: Subject, observed: Tensor, x: Tensor, p: float, truth: Truth) -> Iterator[Check]:
    """Where powers of positive order may overflow the computed norm is infinite, or as good as a scaled one."""
    may_overflow = np.isinf(truth.bound)
    if p > 0 and may_overflow.any():
        error = reference.pow_ulps(subject.device)
        scaled = reference.scaled(values(x), p, subject.arithmetic("vector_norm"), pow_error=error)
        seen = values(observed)
        yield within(np.where(np.isinf(seen), scaled.value, seen), scaled, where=may_overflow, label="overflow")


def slack(subject: Subject, norms: Sequence[Truth], rounded: Sequence[Truth]) -> Numbers:
    """By how much the computed `norms` may break a triangle inequality; some are of vectors that are `rounded` sums."""
    return reference.triangle_slack(norms, rounded, subject.arithmetic("vector_norm"))


def positive(subject: Subject, norm: Tensor, x: Numbers, p: float, how: Arithmetic, label: str, **may: bool) -> Check:
    """The computed norm of x is positive wherever it may not vanish."""
    vanishing = reference.may_vanish(x, p, how, pow_error=reference.pow_ulps(subject.device), **may)
    return holds((values(norm) > 0) | vanishing, label=label)


def is_refused(subject: Subject, x: Tensor, p: float) -> bool:
    """Whether the norm raises RuntimeError, as torch's do, or ValueError, as NumPy's do."""
    try:
        subject.vector_norm(x, p, dim=-1)
    except (RuntimeError, ValueError):
        return True
    return False


def spoiled(x: Tensor) -> tuple[Numbers, Numbers]:
    """The first array of x four times, with an infinity or NaN for its last or first entry, and the norms (4,)."""
    entries = np.tile(values(x)[:1].reshape(1, -1), (4, 1))
    special = np.array([np.inf, np.nan, -np.inf, np.nan])
    entries[np.arange(4), [-1, -1, 0, 0]] = special
    return entries.reshape(4, *x.shape[1:]), np.abs(special)


def as_matrices(x: Tensor) -> Tensor:
    """The numbers of each vector as a matrix of 2, 3, 5 or 7 rows, or of one."""
    n = x.shape[-1]
    rows = next((d for d in (2, 3, 5, 7) if n % d == 0), 1)
    return x.reshape(len(x), rows, n // rows)
