"""The Kullback-Leibler divergence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.distributions import (
    positive_pairs,
    probability_pairs,
    same_pairs,
    small_pairs,
    supports,
)
from claims.frame.operations.softmax import planned_kernel
from claims.frame.subject import Subject
from reference.losses import divergence as reference
from reference.losses.entropy import Terms, summed
from reference.truth import Truth

IMPOSSIBLE = -1.0
"""A log-probability for outcomes that p excludes: 0 times any number is 0, but torch multiplies by -inf, too."""

FEW = 4
"""Instances of the laws that exclude outcomes: they are all alike."""


def terms(subject: Subject, p: Tensor, log_q: Tensor) -> Terms:
    """p (log p - l), exactly and with the bound of one evaluation."""
    return reference.terms(values(p), values(log_q), subject.arithmetic("kl_div"), planned_kernel(subject))


def truth_of_sums(subject: Subject, p: Tensor, log_q: Tensor) -> Truth:
    """The divergence of each row."""
    return summed(terms(subject, p, log_q), subject.arithmetic("sum"))


def of_rows(subject: Subject, log_q: Tensor, p: Tensor) -> Tensor:
    """The terms of F.kl_div, added."""
    total: Tensor = subject.sum(subject.kl_div(log_q, p, reduction="none", log_target=False), dim=-1)
    return total


@claim(
    title="The Kullback-Leibler divergence of two laws is not negative, and infinite where q excludes what p does not",
    statement=r"D(p\|q)=\sum_ip_i\log\frac{p_i}{q_i}\ge0,\quad D(p\|p)=0",
    hypotheses="p and q sum to 1 (else the least value is P log(P/Q)); computed, up to rounding; 0 log(0/q) = 0",
    notes="Information theory: entropy, the Kullback-Leibler divergence, cross entropy",
    book="3.13, eq. 3.50",
    formal="InformationTheory.klDiv_eq_zero_iff",
    truth=UNDER_HYPOTHESES,
    correction="What is computed may be negative, by no more than the bound. F.kl_div takes the logarithm of q, and "
    'divides by the number of classes, too, for reduction="mean".',
    bound="terms [(1+k_l u)(1+v)^3 - 1] p|log p| + [(1+v)^2 - 1] p|l| + 2 eta, v = u (+ u_h for half types); BND-SUM; "
    "one division; kl_divergence of Categoricals, for probabilities of at least 2u, with those of its normalised laws",
)
@for_all(pair=probability_pairs(), ends=supports())
def kl_divergence_nonnegative(subject: Subject, pair: list[Tensor], ends: list[Tensor]) -> Iterator[Check]:
    """F.kl_div term by term, from p and from log p, summed by rows and by its own reductions, and kl_divergence of
    Categoricals are compared with exact divergences; D(p || p) of Categoricals is 0 exactly.

    Outcomes that p excludes must count 0, whatever q says of them, and small probabilities of q count fully.
    """
    p, q = pair
    log_q = torch.where((q > 0) | (p > 0), q.log(), IMPOSSIBLE)
    kernel, arithmetic = planned_kernel(subject), subject.arithmetic("kl_div")
    each = terms(subject, p, log_q)
    yield within(subject.kl_div(log_q, p, reduction="none", log_target=False), each.truth, label="F.kl_div")
    truth, found = truth_of_sums(subject, p, log_q), of_rows(subject, log_q, p)
    yield within(found, truth, label="D(p || q)")
    yield at_most(reference.least(values(p), values(log_q)), found, truth.bound, label="P log(P/Q) <= D")
    log_p = torch.where(p > 0, p.log(), IMPOSSIBLE)
    from_logs = reference.log_terms(values(log_p), values(log_q), arithmetic, kernel).truth
    yield within(subject.kl_div(log_q, log_p, reduction="none", log_target=True), from_logs, label="log_target")
    yield from reductions(subject, log_q, p, each)
    yield from categorical(subject, p, q)
    yield from at_the_ends(subject, *(law[:FEW] for law in ends))


def reductions(subject: Subject, log_q: Tensor, p: Tensor, each: Terms) -> Iterator[Check]:
    """Of a whole batch."""
    arithmetic = subject.arithmetic("kl_div_reduced")
    for reduction, divisor in (("sum", 1), ("batchmean", len(p))):
        truth = reference.reduced(each, arithmetic, divisor)
        yield within(subject.kl_div_reduced(log_q, p, reduction=reduction, log_target=False), truth, label=reduction)
        yield within(subject.kl_div_layer(log_q, p, reduction, log_target=False), truth, label=f"layer, {reduction}")
    yield within(subject.kl_div_mean(log_q, p, 1), reference.reduced(each, arithmetic, p.numel()), label="mean")


def categorical(subject: Subject, p: Tensor, q: Tensor) -> Iterator[Check]:
    """Laws whose probabilities are 0 or at least 2u, and any law with itself."""
    yield equal(subject.categorical_divergence(p, p), np.zeros(len(p)), label="D(p || p) of Categoricals")
    v, w = values(p), values(q)
    least = 4 * subject.format.u * w.sum(-1, keepdims=True)
    plain = ((v == 0) | (w == 0) | (v >= 4 * subject.format.u * v.sum(-1, keepdims=True)) & (w >= least)).all(-1)
    plain &= w.sum(-1) > 0
    arithmetic = subject.arithmetic("categorical_divergence")
    a, b = (np.where(plain[:, None], x, 1.0) for x in (v, w))
    truth = reference.divergence_of_weights(a, b, arithmetic, planned_kernel(subject))
    yield within(subject.categorical_divergence(p, q), truth, where=plain, label="kl_divergence of Categoricals")


def at_the_ends(subject: Subject, p: Tensor, q: Tensor) -> Iterator[Check]:
    """Outcomes that are excluded, and one that q nearly excludes."""
    kernel, arithmetic = planned_kernel(subject), subject.arithmetic("kl_div")
    log_p, log_q = p.log(), q.log()
    found = subject.kl_div(log_q, p, reduction="none", log_target=False)
    yield within(found, terms(subject, p, log_q).truth, label="F.kl_div, supports")
    truth = reference.log_terms(values(log_p), values(log_q), arithmetic, kernel).truth
    found = subject.kl_div(log_q, log_p, reduction="none", log_target=True)
    yield within(found, truth, label="log_target, supports")
    arithmetic = subject.arithmetic("categorical_divergence")
    truth = reference.divergence_of_weights(values(p), values(q), arithmetic, kernel)
    yield within(subject.categorical_divergence(p, q), truth, label="kl_divergence, supports")


@refutation(kl_divergence_nonnegative, r"\operatorname{fl}(D(p\|q))\ge0")
@for_all(pair=same_pairs())
def the_computed_divergence_is_never_negative(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """That of a law from itself is a sum of roundings."""
    p, q = pair
    yield holds(values(of_rows(subject, q.log(), p)) >= 0)


@refutation(kl_divergence_nonnegative, r"D(p\|q)=D(q\|p)")
@for_all(pair=positive_pairs())
def the_divergence_is_symmetric(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """It is no distance."""
    p, q = pair
    yield within(of_rows(subject, p.log(), q), truth_of_sums(subject, p, q.log()))


@refutation(kl_divergence_nonnegative, r"F.kl_div(p, q) takes probabilities, in the order of the formula.")
@for_all(pair=positive_pairs())
def kl_div_takes_its_arguments_in_order(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """The logarithm of q comes first."""
    p, q = pair
    yield within(of_rows(subject, p, q), truth_of_sums(subject, p, q.log()))


@refutation(kl_divergence_nonnegative, 'reduction="mean" is the mean divergence of the batch.')
@for_all(pair=positive_pairs())
def the_mean_is_that_of_the_batch(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """It is the n-th part of it: the mean of all terms."""
    p, q = pair
    truth = reference.reduced(terms(subject, p, q.log()), subject.arithmetic("kl_div_reduced"), len(p))
    yield within(subject.kl_div_mean(q.log(), p, 1), truth)


@refutation(kl_divergence_nonnegative, r"D(p\|r)\le D(p\|q)+D(q\|r)")
@for_all(pair=positive_pairs())
def the_divergence_satisfies_the_triangle_inequality(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """Between p and r = p reversed lies their mean, which is nearer to both than half of the way."""
    p = pair[0]
    r = p.flip(-1)
    q = (p + r) / 2
    direct, first, second = (values(of_rows(subject, b.log(), a)) for a, b in ((p, r), (p, q), (q, r)))
    yield at_most(direct, first + second, 0.01)


@refutation(kl_divergence_nonnegative, "kl_divergence of Categoricals is accurate for every law.")
@for_all(pair=small_pairs())
def categoricals_know_small_probabilities(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """They are clipped to 2u before the logarithm."""
    p, q = pair
    arithmetic = subject.arithmetic("categorical_divergence")
    truth = reference.divergence_of_weights(values(p), values(q), arithmetic, planned_kernel(subject))
    yield within(subject.categorical_divergence(p, q), truth)
