"""The loss of a class that leads: from log-softmax its small values are lost, from log1p of the other classes kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.leading_classes import LeadingClass, leading_classes
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.operations.softmax import kernel, planned_kernel
from claims.frame.subject import Subject
from claims.losses.softmax import rows_of
from reference.losses import sigmoid_losses
from reference.losses import softmax_cancellation as reference
from reference.losses.softmax import log_softmax_truth
from reference.truth import Truth

OF_TWO = ("softplus_loss", "logsigmoid_loss")


def leader(x: Tensor) -> tuple[NDArray[np.int64], Tensor]:
    """The leading class of every row, as an array and as a target."""
    top = values(x).argmax(-1)
    return top, torch.from_numpy(top).to(x.device)


def loss_and_slope(subject: Subject, x: Tensor, operation: str) -> tuple[Tensor, Tensor]:
    """The loss of the leading class and its slopes in all logits."""
    leaf, target = x.clone().requires_grad_(), leader(x)[1]
    options = {"reduction": "none"} if operation == "cross_entropy" else {}
    loss = getattr(subject, operation)(leaf, target, **options)
    return loss, subject.gradient(loss, leaf, torch.ones_like(loss))


def at(x: NDArray[np.float64], top: NDArray[np.int64]) -> NDArray[np.float64]:
    """The entry of the leading class."""
    return x[np.arange(len(x)), top]


@claim(
    title="The loss of a confident class is accurate absolutely from log-softmax, relatively from log1p",
    statement=r"s=\sum_{j\ne i}e^{x_j-x_i}:\quad-\log p_i=\log(1+s),\ p_i-1=-\frac s{1+s};\qquad |\widehat{\log p_i}"
    r"-\log p_i|\le c\,u,\quad|\widehat{\operatorname{log1p}(s)}-\log(1+s)|\le c\,u\log(1+s)",
    hypotheses="finite logits; s is not below the normal range. log-softmax may return exactly 0 once s < u, and so "
    "may the slope: log(1 + s) is not relatively accurate there",
    notes="Numerical computation: overflow and underflow. Maximum likelihood keeps improving after the error is 0",
    book="4.1 and 8.1.2",
    truth=TRUE,
    bound="that of log-softmax-accuracy; by log1p compounded(4u of exp, gamma_n, 4u of log1p) log(1 + s), in half "
    "types a rounding of every step, and n lam for underflow; its slope twice that of s and gamma_6",
)
@for_all(x=leading_classes())
def log_softmax_top_class_cancellation(subject: Subject, x: Tensor) -> Iterator[Check]:
    """log_softmax, cross_entropy and the slopes of it within absolute bounds, log1p of the other classes and its slope
    within relative ones; for two classes softplus, log-sigmoid and binary cross-entropy of the margin, too.
    """
    top, _ = leader(x)
    how, k, rows = subject.arithmetic("log1p_loss"), units(subject), rows_of(subject, x)
    yield within(subject.log_softmax(x, dim=-1), log_softmax_truth(rows, planned_kernel(subject)), label="log_softmax")
    rest, of_rows = reference.remainder(values(x), top, k, how), kernel(subject, last_axis=True)
    truth = log_softmax_truth(rows, of_rows)
    loss, slopes = loss_and_slope(subject, x, "cross_entropy")
    yield within(loss, Truth(rest.loss, at(truth.bound, top)), label="cross_entropy")
    yield within(slopes, reference.absolute_slopes(rows, of_rows, top, rest), label="slopes of cross_entropy")
    loss, slopes = loss_and_slope(subject, x, "log1p_loss")
    yield within(loss, reference.relative_loss(rest, k, how), label="log1p")
    yield within(at(values(slopes), top), reference.relative_slope(rest, how), label="slope of log1p")
    if x.shape[-1] == 2:
        margin = subject.format.round(np.abs(np.diff(values(x), axis=-1)))
        yield from of_two_classes(subject, margin)


def of_two_classes(subject: Subject, margin: NDArray[np.float64]) -> Iterator[Check]:
    """The losses of a logistic output whose logit is the margin, and their slopes."""
    how, k, one = subject.arithmetic("softplus_loss"), units(subject), np.ones(margin.shape)
    truth = sigmoid_losses.cross_entropy(margin, one, how, k)
    for name in OF_TWO:
        leaf = subject.tensor(margin).requires_grad_()
        loss = getattr(subject, name)(leaf, subject.tensor(one))
        yield within(loss, truth, label=name)
        slope = subject.gradient(loss, leaf, torch.ones_like(loss))
        yield within(slope, reference.share_of_two(margin, k, how), label=f"slope of {name}")
    loss = subject.bce_with_logits(subject.tensor(margin), subject.tensor(one), reduction="none")
    yield within(loss, truth, label="bce_with_logits")


LATE = only(LeadingClass(2, "resolution"), LeadingClass(17, "resolution"))


@refutation(log_softmax_top_class_cancellation, "Cross-entropy is positive for finite logits.")
@for_all(x=LATE)
def cross_entropy_is_positive(subject: Subject, x: Tensor) -> Iterator[Check]:
    """1 + s rounds to 1: it is exactly 0, while the loss by log1p is s."""
    yield holds(values(loss_and_slope(subject, x, "cross_entropy")[0]) > 0)


@refutation(log_softmax_top_class_cancellation, "The slope in the leading logit is negative as long as s is a number.")
@for_all(x=LATE)
def the_leading_class_keeps_its_slope(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It is p - 1, exactly 0 once p rounds to 1."""
    yield holds(at(values(loss_and_slope(subject, x, "cross_entropy")[1]), leader(x)[0]) < 0)


@refutation(log_softmax_top_class_cancellation, "Cross-entropy is as accurate as log1p of the other classes.")
@for_all(x=LATE)
def cross_entropy_is_relatively_accurate(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Its error is a roundoff of 1, not of the loss."""
    rest = reference.remainder(values(x), leader(x)[0], units(subject), subject.arithmetic("log1p_loss"))
    truth = reference.relative_loss(rest, units(subject), subject.arithmetic("log1p_loss"))
    yield within(loss_and_slope(subject, x, "cross_entropy")[0], truth)


@refutation(log_softmax_top_class_cancellation, r"\log(1+s)=s")
@for_all(x=only(LeadingClass(2, "close"), LeadingClass(7, "close")))
def the_loss_is_the_sum_of_ratios(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Only to first order: the loss is smaller, by about s^2/2."""
    rest = reference.remainder(values(x), leader(x)[0], units(subject), subject.arithmetic("log1p_loss"))
    truth = reference.relative_loss(rest, units(subject), subject.arithmetic("log1p_loss"))
    yield within(loss_and_slope(subject, x, "log1p_loss")[0], Truth(rest.total, truth.bound))
