"""The logarithm of a sum of exponentials: of rows, of their beginnings, and of two numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.rows import balanced_rows, large_numbers, rows_beyond_range, summable_rows
from claims.frame.operations.softmax import planned_kernel
from claims.frame.subject import Subject
from claims.losses.softmax import NARROW
from reference.formats import Method
from reference.losses import logsumexp as reference
from reference.losses.softmax import Rows, spread_classes
from reference.truth import Truth

LONGEST = 1025
"""Cumulative sums are checked on rows up to this width: their bound grows with it."""
FEW = 16
"""Rows of a batch whose beginnings and neighbours are compared with exact numbers."""


def truth_of(subject: Subject, x: Tensor) -> Truth:
    """The exact logarithm with the bound of one reduction."""
    return reference.logsumexp_truth(Rows.of(values(x), subject.arithmetic("logsumexp")), planned_kernel(subject))


@claim(
    title="The logarithm of a sum of exponentials is max x + log sum exp(x - max x), finite wherever the maximum is",
    statement=r"\operatorname{logsumexp}(x)=\log\sum_je^{x_j}=m+\log\sum_je^{x_j-m},\quad m=\max_jx_j",
    hypotheses="entries of the extended reals: -inf counts nothing (all of them, or none: -inf), +inf gives +inf",
    notes="Numerical computation: overflow and underflow",
    book="4.1",
    truth=TRUE,
    bound="b + u(|y|+b), b = -log(1-r) + k_l u (log S - log(1-r)), roundings counted (ASNA 3.1); half types may store "
    "every step; n - 1 additions of two: n u (max|x| + log n + 5.1) at most, since each is nonexpansive; no relative "
    "accuracy where y is near 0",
)
@for_all(x=summable_rows())
def logsumexp_accuracy(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Every row is compared with the exact logarithm; so are beginnings of rows, each of another length, by
    logcumsumexp, and narrow rows by the other spellings: two axes at once, neighbours by logaddexp.

    Rows with infinite entries, NaN or the largest numbers must give their maximum exactly, which absorbs the logarithm.
    """
    n, y = x.shape[-1], subject.logsumexp(x, dim=-1)
    yield holds(y.shape == x.shape[:-1], label="shape")
    if n and reference.absorbs(values(x), subject.format):
        yield from at_the_ends_of_the_line(subject, x)
        return
    truth = truth_of(subject, x)
    yield within(y, truth, label="logsumexp")
    if 0 < n <= LONGEST:
        yield from beginnings(subject, x)
    if 0 < n <= NARROW:
        yield within(subject.special_logsumexp(x, dim=-1), truth, label="special.logsumexp")
        kept = subject.logsumexp(x, dim=-1, keepdim=True)
        yield within(kept, Truth(truth.value[:, None], truth.bound[:, None]), label="keepdim")
        parts = 2 if n % 2 == 0 else 3 if n % 3 == 0 else 1
        yield within(subject.logsumexp(x.unflatten(-1, (parts, -1)), dim=(-2, -1)), truth, label="two axes")
        a, b = x[:, 1:], x[:, :-1]
        few = values(a)[:FEW], values(b)[:FEW]
        pairs = reference.pair_truth(*few, subject.arithmetic("logaddexp"), planned_kernel(subject))
        yield within(subject.logaddexp(a, b)[:FEW], pairs, label="logaddexp")


def beginnings(subject: Subject, x: Tensor) -> Iterator[Check]:
    """logcumsumexp at one place of a row."""
    few = 1 + min(FEW, LONGEST // x.shape[-1])
    running = subject.logcumsumexp(x, dim=-1)[:few]
    last = spread_classes(len(running), x.shape[-1])
    begun = reference.prefixes(values(x)[:few], last + 1)
    some = np.asarray(np.isfinite(begun).any(-1))
    rows = Rows.of(np.where(some[:, None], begun, 0.0), subject.arithmetic("logcumsumexp"))
    truth = reference.folded_truth(rows, last, planned_kernel(subject))
    at = running.gather(-1, torch.from_numpy(last).to(x.device)[:, None])[:, 0]
    yield within(at, truth, where=some, label="logcumsumexp")
    yield equal(at, np.full(len(last), -np.inf), where=~some, label="logcumsumexp of masked entries")


def at_the_ends_of_the_line(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Infinite entries, NaN and numbers so large that one more e-fold is absorbed."""
    largest = values(x).max(-1)
    overflows = subject.arithmetic("logsumexp").method is Method.UNSHIFTED
    known = ~np.isfinite(largest) | (not overflows)
    yield equal(subject.logsumexp(x, dim=-1), largest, where=known, label="logsumexp, extended")
    yield equal(subject.special_logsumexp(x, dim=-1), largest, where=known, label="special.logsumexp, extended")
    yield equal(subject.logcumsumexp(x, dim=-1)[:, -1], largest, label="logcumsumexp, extended")
    top = x.amax(-1, keepdim=True).expand_as(x)
    every = np.broadcast_to(largest[:, None], x.shape)
    yield equal(subject.logaddexp(x, top), every, label="logaddexp, extended")
    yield equal(subject.logaddexp(top, x), every, label="logaddexp, extended and exchanged")


@refutation(logsumexp_accuracy, r"|\widehat y-y|\le10u|y|")
@for_all(x=balanced_rows())
def logsumexp_is_relatively_accurate(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Near 0 the maximum and the logarithm of the sum cancel."""
    truth = truth_of(subject, x)
    yield within(subject.logsumexp(x, dim=-1), truth._replace(bound=10 * subject.format.u * np.abs(truth.value)))


@refutation(logsumexp_accuracy, r"\operatorname{fl}(\log\sum_je^{x_j})\text{ is as accurate}")
@for_all(x=rows_beyond_range())
def the_shift_is_not_needed(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The exponentials overflow, or vanish."""
    naive = subject.log(subject.sum(subject.exp(x), dim=-1))
    yield within(naive, truth_of(subject, x))


@refutation(logsumexp_accuracy, r"\operatorname{logsumexp}(x)=\max_jx_j")
@for_all(x=balanced_rows())
def logsumexp_is_the_maximum(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It is its smooth approximation, up to log n above."""
    yield within(subject.logsumexp(x, dim=-1), truth_of(subject, x)._replace(value=values(x).max(-1)))


@refutation(logsumexp_accuracy, r"\operatorname{logsumexp}(x)=\sum_j\log(1+e^{x_j})")
@for_all(x=balanced_rows())
def the_logarithm_of_a_sum_is_the_sum_of_softplus(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Softplus is the logarithm of a sum of two, one of them 1."""
    total = subject.sum(subject.activate(x, "softplus"), dim=-1)
    yield within(total, truth_of(subject, x))


@refutation(logsumexp_accuracy, r"F.softplus(x) is logaddexp(0, x), to working accuracy.", dtypes=("float64",))
@for_all(x=large_numbers())
def softplus_is_accurate_beyond_its_threshold(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Above 20 it returns x: e^{-x} is lost, which is 4e6 units in the last place of float64."""
    v = values(x)
    truth = reference.pair_truth(v, 0 * v, subject.arithmetic("logaddexp"), planned_kernel(subject))
    yield within(subject.activate(x, "softplus"), truth)
