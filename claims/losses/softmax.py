"""Softmax: its definition, its invariance under shifts, and why it and its logarithm must be evaluated shifted."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.rows import (
    absorbing_shifts,
    logits,
    logits_far_from_zero,
    rows_beyond_range,
    shifted_rows,
)
from claims.frame.operations.softmax import attention_weights, kernel, planned_kernel
from claims.frame.subject import Subject
from reference.bounds.sums import sum_truth
from reference.formats import FORMATS, Arithmetic, Method
from reference.losses import softmax as reference
from reference.truth import Truth

NARROW = 129
"""Every spelling is checked on rows up to this width, the functions themselves on all."""


def rows_of(subject: Subject, x: Tensor) -> reference.Rows:
    """The rows with what their softmax needs in exact arithmetic."""
    return reference.Rows.of(values(x), subject.arithmetic("softmax"))


def naive_softmax(subject: Subject, x: Tensor) -> Tensor:
    """The formula as it stands, without a shift."""
    exponentials = subject.exp(x)
    quotient: Tensor = subject.divide(exponentials, subject.sum(exponentials, dim=-1, keepdim=True))
    return quotient


@claim(
    title="Softmax is each exponential divided by the sum of all",
    statement=r"\operatorname{softmax}(x)_i=\frac{e^{x_i}}{\sum_j e^{x_j}}",
    hypotheses="finite entries, or -inf for masked ones (exactly 0); an absolute term below the normal range",
    notes="Numerical computation: overflow and underflow",
    book="4.1, eq. 4.1",
    truth=TRUE,
    bound="p_i [(1+eps_i)(1+u)^2/(1-r) - 1], any order of summation; u|s_i| + 2(k_e+1)u on log(p_i/p_max), free of n; "
    "roundings counted (ASNA 3.1); to first order Blanchard, Higham and Higham 2021",
)
@for_all(x=logits())
def softmax_definition_accuracy(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Every entry is compared with the exact quotient, and with exp(x_i - max x) times the largest entry computed.

    The second bound does not grow with the width, so that an error in one entry shows in wide rows too. Narrow rows are
    also given to every other spelling, among them `dtype=`, which must be as accurate as the wider type.
    """
    rows, planned = rows_of(subject, x), planned_kernel(subject)
    truth = reference.softmax_truth(rows, planned)
    p = subject.softmax(x, dim=-1)
    yield holds(p.shape == x.shape, label="shape")
    yield within(p, truth, label="softmax")
    yield within(p, reference.ratio_truth(rows, planned, values(p)), label="p_i / p_max")
    if 0 < x.shape[-1] <= NARROW:
        yield from spellings(subject, x, rows, truth)


def spellings(subject: Subject, x: Tensor, rows: reference.Rows, truth: Truth) -> Iterator[Check]:
    """The other names of softmax."""
    yield within(subject.functional_softmax(x, dim=-1), truth, label="F.softmax")
    yield within(subject.special_softmax(x, dim=-1), truth, label="special.softmax")
    yield within(subject.softmax_layer(x, dim=-1), truth, label="nn.Softmax")
    yield within(subject.softmin_layer(-x, dim=-1), truth, label="nn.Softmin of -x")
    channels = reference.softmax_truth(rows, kernel(subject, last_axis=False))
    pixels = torch.stack((x, x.flip(0)), -1)[..., None]  # two rows, which are not to share their sum
    yield within(subject.softmax_2d(pixels)[..., 0, 0], channels, label="nn.Softmax2d")
    log_p = reference.log_softmax_truth(rows, planned_kernel(subject))
    p = subject.exp(subject.log_softmax(x, dim=-1))
    yield within(p, reference.exponential_truth(rows, planned_kernel(subject), log_p), label="exp of log_softmax")
    if x.shape[-1] == 1:
        known = np.isfinite(truth.bound[0]) | (subject.arithmetic("softmax").method is not Method.UNSHIFTED)
        yield equal(subject.softmax(x[0, 0], dim=-1), 1.0, where=known, label="softmax of a number")
    if subject.dtype != "float64":
        wider = "float32" if subject.arithmetic("softmax").mixed else "float64"
        exact = reference.Rows.of(rows.x, Arithmetic.of(FORMATS[wider]))
        p = subject.functional_softmax(x, dim=-1, dtype=getattr(torch, wider))
        yield within(p, reference.softmax_truth(exact, planned_kernel(subject)), label=f"dtype={wider}")


@refutation(softmax_definition_accuracy, r"e^{x_i-\operatorname{logsumexp}(x)}\text{ is as accurate}")
def exponential_of_the_difference_is_as_accurate(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Without a division: the rounding of logsumexp is magnified by its size."""
    difference = subject.subtract(x, subject.logsumexp(x, dim=-1, keepdim=True))
    yield within(subject.exp(difference), reference.softmax_truth(rows_of(subject, x), planned_kernel(subject)))


@refutation(softmax_definition_accuracy, "the relative error does not grow with the distance from the maximum")
def softmax_error_is_free_of_the_spread(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The same bound with |s_i| = 0: the rounding of x_i - max x is forgotten."""
    rows = rows_of(subject, x)
    truth = reference.softmax_truth(rows, planned_kernel(subject))
    bound = reference.softmax_error(dataclasses.replace(rows, s=np.zeros_like(rows.s)), planned_kernel(subject))
    yield within(subject.softmax(x, dim=-1), truth._replace(bound=bound))


@claim(
    title="Softmax does not change when a number is added to every entry; bitwise where the sums are exact",
    statement=r"\operatorname{softmax}(x+c\mathbf 1)=\operatorname{softmax}(x)",
    hypotheses="one number per row, added to all of its entries; in floating point the sums x_i + c must be exact",
    notes="Numerical computation: overflow and underflow",
    book="4.1",
    formal="Real.exp_add",
    truth=UNDER_HYPOTHESES,
    correction="Rounding x + c changes softmax relatively by up to e^{2u max|x_i+c|} - 1: a large c absorbs x. "
    "Multiplication by a number is no invariance.",
    bound="exact (bitwise) for exact sums; otherwise both softmax bounds and e^{2u max|x_i+c|} - 1",
)
@for_all(row=shifted_rows())
def softmax_shift_invariance(subject: Subject, row: tuple[Tensor, Tensor]) -> Iterator[Check]:
    """Softmax, log-softmax, cross entropy and attention before and after the shift.

    Where all x_i + c are exact the results must agree in every bit, for only the differences x_i - max x matter;
    elsewhere within the bounds of both results and of the rounding of x + c.
    """
    x, c = row
    shifted = subject.add(x, c)
    exact = reference.shift_is_exact(values(x), values(c), subject.format)
    p, q = subject.softmax(x, dim=-1), subject.softmax(shifted, dim=-1)
    y, z = subject.log_softmax(x, dim=-1), subject.log_softmax(shifted, dim=-1)
    yield equal(q, p, where=exact, label="softmax, exact sums")
    yield equal(z, y, where=exact, label="log_softmax, exact sums")
    if x.shape[-1] > 0:
        target = torch.from_numpy(reference.spread_classes(len(x), x.shape[-1])).to(x.device)
        after, before = (subject.cross_entropy(v, target, reduction="none") for v in (shifted, x))
        yield equal(after, before, where=exact, label="cross_entropy, exact sums")
        yield equal(
            attention_weights(subject, shifted),
            attention_weights(subject, x),
            where=exact,
            label="attention, exact sums",
        )
    if not exact.all():
        rows, planned = [rows_of(subject, x), rows_of(subject, shifted)], planned_kernel(subject)
        change = reference.shift_error(values(x), values(c), subject.arithmetic("add"))
        bound = sum(reference.softmax_error(r, planned) for r in rows)
        moved = np.minimum(rows[0].e / rows[0].total * np.expm1(change), 1.0)  # two probabilities differ by at most 1
        yield within(q, Truth(values(p), bound + moved), where=~exact, label="softmax, rounded sums")
        bound = sum(reference.log_softmax_error(r, planned) for r in rows)
        yield within(z, Truth(values(y), bound + change), where=~exact, label="log_softmax, rounded sums")


@refutation(softmax_shift_invariance, r"\operatorname{softmax}(cx)=\operatorname{softmax}(x)")
def softmax_is_scale_invariant(subject: Subject, row: tuple[Tensor, Tensor]) -> Iterator[Check]:
    """A factor changes the differences."""
    x, c = row
    scaled = subject.multiply(x, c)
    bound = sum(reference.softmax_error(rows_of(subject, v), planned_kernel(subject)) for v in (x, scaled))
    yield within(subject.softmax(scaled, dim=-1), Truth(values(subject.softmax(x, dim=-1)), np.asarray(bound)))


@refutation(softmax_shift_invariance, r"\operatorname{softmax}(\operatorname{fl}(x+c))=\operatorname{softmax}(x)")
@for_all(row=absorbing_shifts())
def softmax_is_invariant_under_shifts_that_absorb(subject: Subject, row: tuple[Tensor, Tensor]) -> Iterator[Check]:
    """x = (0, 1, 2), c = 1e8 in float32: all entries become equal, and softmax (1/3, 1/3, 1/3)."""
    x, c = row
    shifted = subject.add(x, c)
    bound = sum(reference.softmax_error(rows_of(subject, v), planned_kernel(subject)) for v in (x, shifted))
    yield within(subject.softmax(shifted, dim=-1), Truth(values(subject.softmax(x, dim=-1)), np.asarray(bound)))


@refutation(softmax_shift_invariance, r"\operatorname{logsumexp}(x+c\mathbf 1)=\operatorname{logsumexp}(x)")
def logsumexp_is_shift_invariant(subject: Subject, row: tuple[Tensor, Tensor]) -> Iterator[Check]:
    """It is equivariant: it moves by c, so even half of c is not enough."""
    x, c = row
    if x.shape[-1] > 0:
        before, after = (subject.logsumexp(v, dim=-1) for v in (x, subject.add(x, c)))
        yield within(after, Truth(values(before), np.abs(values(c))[..., 0] / 2))


@claim(
    title="Without the shift softmax overflows, or divides 0 by 0: NaN",
    statement=r"x=(c,c-1):\ \frac{\infty}{\infty}=\mathrm{NaN};\qquad x=(-c,-c-1):\ \frac{0}{0}=\mathrm{NaN}",
    hypotheses="e^c beyond the largest number of the format, e^{-c} below its smallest",
    notes="Numerical computation: overflow and underflow",
    book="4.1",
    truth=TRUE,
    bound="NaN (or 0 = finite / inf) exactly; BND-SUM for sums just below the threshold; "
    "softmax itself within the bound of softmax-definition-accuracy",
)
@for_all(x=rows_beyond_range())
def softmax_naive_failure(subject: Subject, x: Tensor) -> Iterator[Check]:
    """exp, sum and divide give NaN exactly where the exponential is infinite, or everywhere if all vanish.

    Just below the threshold all exponentials and their sum are finite, the sum within its bound. On the same rows
    softmax keeps its bound.
    """
    exponentials, finite = subject.exp(x), reference.naive_is_finite(values(x), subject.format)
    yield holds(np.isfinite(values(exponentials)), where=finite, label="exponentials below the threshold")
    total = sum_truth(np.where(finite[:, None], values(exponentials), 0.0), subject.arithmetic("sum"))
    yield within(subject.sum(exponentials, dim=-1), total, where=finite, label="their sum")
    failing = reference.naive_softmax(values(x), subject.format)
    yield equal(naive_softmax(subject, x), failing, where=~finite, label="naive")
    truth = reference.softmax_truth(rows_of(subject, x), planned_kernel(subject))
    yield within(subject.softmax(x, dim=-1), truth, label="softmax")


@refutation(softmax_naive_failure, "the naive quotient and softmax agree for all finite x")
def naive_and_shifted_softmax_agree(subject: Subject, x: Tensor) -> Iterator[Check]:
    """NaN is within no bound."""
    yield within(naive_softmax(subject, x), reference.softmax_truth(rows_of(subject, x), planned_kernel(subject)))


@refutation(softmax_naive_failure, "the naive quotient fails for positive x only")
def naive_softmax_fails_for_positive_entries_only(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Negative entries underflow together."""
    negative = (values(x) <= 0).all(-1)
    yield holds(np.isfinite(values(naive_softmax(subject, x))).all(-1), where=negative)


@claim(
    title="The logarithm of softmax is x - max x - log sum exp(x - max x), finite where the probability underflows",
    statement=r"\log\operatorname{softmax}(x)_i=x_i-m-\log\sum_j e^{x_j-m},\quad m=\max_j x_j",
    hypotheses="finite entries, or -inf for masked ones; x_i - m must not overflow",
    notes="Numerical computation: overflow and underflow",
    book="4.1",
    truth=TRUE,
    bound="a + u(|y|+a), a = u|s_i| - log(1-r) + k_l u (log S - log(1-r)), roundings counted (ASNA 3.1); half types "
    "store the result, and on the CPU along the last axis the sum and its logarithm",
)
@for_all(x=logits())
def log_softmax_accuracy(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Every entry is compared with the exact logarithm, and so is the cross entropy of one class per row.

    The bound is relative to log p: the logarithm of a computed probability, which may have underflowed, misses it.
    """
    rows, planned = rows_of(subject, x), planned_kernel(subject)
    truth = reference.log_softmax_truth(rows, planned)
    y = subject.log_softmax(x, dim=-1)
    yield holds(y.shape == x.shape, label="shape")
    yield within(y, truth, label="log_softmax")
    if x.shape[-1] == 0:
        return
    if subject.plan.axis == "last":
        target = reference.spread_classes(len(x), x.shape[-1])
        losses = subject.cross_entropy(x, torch.from_numpy(target).to(x.device), reduction="none")
        chosen = np.arange(len(x)), target
        yield within(losses, Truth(-truth.value[chosen], truth.bound[chosen]), label="cross_entropy")
    if x.shape[-1] <= NARROW:
        yield within(subject.functional_log_softmax(x, dim=-1), truth, label="F.log_softmax")
        yield within(subject.log_softmax_layer(x, dim=-1), truth, label="nn.LogSoftmax")
    if 2 <= x.shape[-1] <= 17 and subject.plan.calls == "batched" and not rows.masked.any():  # it multiplies by 0
        adaptive = reference.log_softmax_truth(rows, kernel(subject, last_axis=True))
        yield within(subject.adaptive_log_softmax(x), adaptive, label="AdaptiveLogSoftmaxWithLoss")


@refutation(log_softmax_accuracy, r"\operatorname{fl}(\log\operatorname{softmax}(x))\text{ is as accurate}")
def logarithm_of_softmax_is_as_accurate(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The probability underflows first: its logarithm is -inf."""
    log_p = subject.log(subject.softmax(x, dim=-1))
    yield within(log_p, reference.log_softmax_truth(rows_of(subject, x), planned_kernel(subject)))


@refutation(log_softmax_accuracy, r"x_i-(m+\log S)\text{ is as accurate as }(x_i-m)-\log S")
@for_all(x=logits_far_from_zero())
def difference_to_logsumexp_is_as_accurate(subject: Subject, x: Tensor) -> Iterator[Check]:
    """A large maximum absorbs log S."""
    log_p = subject.subtract(x, subject.logsumexp(x, dim=-1, keepdim=True))
    yield within(log_p, reference.log_softmax_truth(rows_of(subject, x), planned_kernel(subject)))
