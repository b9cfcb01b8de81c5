"""What subtracting the maximum buys: exponents of at most 0, a denominator from 1 to n, and results in their ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.rows import equal_rows, low_rows, rows_of_nothing, summable_rows
from claims.frame.operations.softmax import planned_kernel
from claims.frame.subject import Subject
from claims.losses.softmax import NARROW
from reference.losses import softmax_range as reference
from reference.losses.softmax import Rows, log_softmax_truth, softmax_truth


def shifted_sum(subject: Subject, x: Tensor) -> Tensor:
    """The denominator, written out."""
    total: Tensor = subject.sum(subject.exp(subject.subtract(x, x.amax(-1, keepdim=True))), dim=-1)
    return total


@claim(
    title="After the maximum is subtracted no exponent is positive, and the denominator lies between 1 and n",
    statement=r"1\le\sum_je^{x_j-m}\le n,\quad m=\max_jx_j;\qquad"
    r"0\le p_i\le1,\ \max_ip_i\ge\tfrac1n;\quad m\le\operatorname{logsumexp}(x)\le m+\log n",
    hypotheses="a finite entry, and neither +inf nor NaN; otherwise softmax has no value, and NaN is its result",
    notes="Numerical computation: overflow and underflow",
    book="4.1",
    truth=UNDER_HYPOTHESES,
    correction="Rows of -inf have the denominator 0, rows with +inf the quotient inf / inf: softmax is NaN throughout.",
    bound="exact: rounded addition is monotone, so is division, and e^0 = 1; at a maximal entry 1/n and -log n less "
    "the bounds of softmax-definition-accuracy and log-softmax-accuracy",
)
@for_all(x=summable_rows())
def softmax_shifted_denominator_range(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The sum written out, softmax and its logarithm, logsumexp and logcumsumexp are in their ranges with no error
    allowed; the largest probability is at least 1/n within its bound.

    Rows that break the hypotheses are NaN throughout, and leave other rows alone. On narrow rows torch.masked gets as a
    mask what softmax gets as -inf.
    """
    v, n = values(x), x.shape[-1]
    p, y = subject.softmax(x, dim=-1), subject.log_softmax(x, dim=-1)
    yield holds(p.shape == x.shape == y.shape, label="shape")
    if n == 0:
        return
    some = np.isfinite(v.max(-1))
    yield from where_undefined(subject, x, p, y, ~some)
    if not some.any():
        return
    total = shifted_sum(subject, x)
    yield at_most(1.0, total, where=some, label="1 <= S")
    yield at_most(total, subject.format.round(n), where=some, label="S <= n")
    yield holds((values(p) >= 0) & (values(p) <= 1), where=some, label="0 <= p <= 1")
    yield at_most(y, 0.0, where=some, label="log p <= 0")
    rows = reference.coarse(np.where(some[:, None], v, 0.0), subject.arithmetic("softmax"))
    of_p, of_log_p = reference.errors_at_the_maximum(rows, planned_kernel(subject))
    yield at_most(1 / n, values(p).max(-1), of_p, where=some, label="1/n <= max p")
    yield at_most(-math.log(n), values(y).max(-1), of_log_p, where=some, label="-log n <= max log p")
    yield at_most(v.max(-1), subject.logsumexp(x, dim=-1), where=some, label="m <= logsumexp")
    running = subject.logcumsumexp(x, dim=-1)
    yield at_most(np.maximum.accumulate(v, -1), running, where=some, label="m <= logcumsumexp")
    if n <= NARROW and some.all():
        yield from masked(subject, x)


def where_undefined(subject: Subject, x: Tensor, p: Tensor, y: Tensor, bad: NDArray[np.bool_]) -> Iterator[Check]:
    """Rows without a finite largest entry, alone and next to rows of zeros."""
    nothing = np.full(x.shape, np.nan)
    yield equal(p, nothing, where=bad, label="softmax, undefined")
    yield equal(y, nothing, where=bad, label="log_softmax, undefined")
    if bad.all():
        zeros = torch.zeros_like(x)
        besides = subject.softmax(torch.cat((x, zeros)), dim=-1)[len(x) :]
        rows = Rows.of(values(zeros), subject.arithmetic("softmax"))
        yield within(besides, softmax_truth(rows, planned_kernel(subject)), label="softmax of other rows")
        nothing_there = subject.masked_softmax(zeros, torch.zeros_like(x, dtype=torch.bool), dim=-1)
        yield equal(nothing_there, nothing, label="masked.softmax of nothing")


def masked(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Zeros that a mask leaves out, instead of -inf."""
    mask = x.isfinite()
    filled = torch.where(mask, x, 0.0)
    rows = Rows.of(values(x), subject.arithmetic("softmax"))
    seen = values(mask) != 0
    p, y = (f(filled, mask, dim=-1) for f in (subject.masked_softmax, subject.masked_log_softmax))
    yield within(p, softmax_truth(rows, planned_kernel(subject)), label="masked.softmax")
    truth = log_softmax_truth(rows, planned_kernel(subject))
    yield within(np.where(seen, values(y), -np.inf), truth, label="masked.log_softmax")


@refutation(softmax_shifted_denominator_range, r"\operatorname{softmax}(-\infty,\dots,-\infty)_i=\tfrac1n")
@for_all(x=rows_of_nothing())
def softmax_of_nothing_is_uniform(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It is 0/0."""
    zeros = Rows.of(np.zeros(x.shape), subject.arithmetic("softmax"))
    yield within(subject.softmax(x, dim=-1), softmax_truth(zeros, planned_kernel(subject)))


@refutation(softmax_shifted_denominator_range, r"\sum_je^{x_j-m}=0\text{ for entries far below }0")
@for_all(x=low_rows())
def the_shifted_denominator_vanishes(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The largest entry contributes 1."""
    yield equal(shifted_sum(subject, x), np.zeros(len(x)))


@refutation(softmax_shifted_denominator_range, "The shift removes the underflow of numerators, too.")
@for_all(x=low_rows())
def no_numerator_underflows(subject: Subject, x: Tensor) -> Iterator[Check]:
    """x = (0, -200): the second probability is 0 in float32."""
    yield holds(values(subject.softmax(x, dim=-1)) > 0)


@refutation(softmax_shifted_denominator_range, r"\max_i\widehat p_i\ge\tfrac1n")
@for_all(x=equal_rows())
def the_largest_computed_probability_is_at_least_uniform(subject: Subject, x: Tensor) -> Iterator[Check]:
    """1/n is rounded, downward for some n."""
    yield at_most(1 / x.shape[-1], values(subject.softmax(x, dim=-1)).max(-1))


@refutation(softmax_shifted_denominator_range, r"\sum_i\widehat p_i\le1")
@for_all(x=equal_rows())
def computed_probabilities_add_up_to_at_most_one(subject: Subject, x: Tensor) -> Iterator[Check]:
    """1/n is rounded, upward for some n."""
    yield at_most(values(subject.softmax(x, dim=-1)).sum(-1), 1.0, 1e-15)
