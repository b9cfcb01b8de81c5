"""Cross entropy of two laws, and what it consists of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, at_most, claim, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.distributions import positive_pairs, probability_pairs, supports
from claims.frame.operations.softmax import kernel
from claims.frame.subject import Subject
from claims.losses.divergence import FEW, IMPOSSIBLE, of_rows, truth_of_sums
from claims.losses.entropy import entropy_truth
from reference.losses import cross_entropy as reference
from reference.losses.divergence import reduced
from reference.losses.entropy import Terms, summed
from reference.losses.softmax import Rows
from reference.truth import Truth


def terms(subject: Subject, log_q: Tensor, p: Tensor) -> Terms:
    """-p_i log softmax(log q)_i."""
    rows = Rows.of(values(log_q), subject.arithmetic("log_softmax"))
    return reference.terms(values(p), rows, kernel(subject, last_axis=True))


def loss(subject: Subject, log_q: Tensor, p: Tensor) -> Tensor:
    """The cross entropy of every row."""
    found: Tensor = subject.soft_cross_entropy(log_q, p, reduction="none")
    return found


def truth_of(subject: Subject, log_q: Tensor, p: Tensor) -> Truth:
    """Its exact value."""
    return summed(terms(subject, log_q, p), subject.arithmetic("soft_cross_entropy"))


@claim(
    title="Cross entropy is entropy plus divergence, and least where q is p",
    statement=r"H(p,q)=-\sum_ip_i\log q_i=H(p)+D(p\|q)\ge H(p)",
    hypotheses="for stored numbers that do not sum to 1, P log Q more, P = sum p, Q = sum q",
    notes="Information theory: entropy, the Kullback-Leibler divergence, cross entropy",
    book="3.13, eq. 3.51",
    truth=TRUE,
    bound="sum p_i E_i + (gamma_n + v) sum p_i |log softmax_i|, E_i that of log-softmax-accuracy, v = u (+ u_h); the "
    "identity within that and those of entropy-bounds and kl-divergence-nonnegative",
)
@for_all(pair=probability_pairs(), ends=supports())
def cross_entropy_decomposition(subject: Subject, pair: list[Tensor], ends: list[Tensor]) -> Iterator[Check]:
    """F.cross_entropy of log q with the probabilities p, its module and its reductions, against exact values; what it
    gives against the sum of a computed entropy and a computed divergence; it is at least the entropy of p / P, times P.

    Outcomes that both laws exclude must count 0.
    """
    p, q = pair
    log_q = torch.where((q > 0) | (p > 0), q.log(), IMPOSSIBLE)
    each, v = terms(subject, log_q, p), values(p)
    truth, found = summed(each, subject.arithmetic("soft_cross_entropy")), loss(subject, log_q, p)
    yield within(found, truth, label="F.cross_entropy")
    yield within(subject.soft_cross_entropy_layer(log_q, p), truth, label="nn.CrossEntropyLoss")
    for reduction, divisor in (("sum", 1), ("mean", len(p))):
        whole = subject.soft_cross_entropy_reduced(log_q, p, reduction=reduction)
        yield within(whole, reduced(each, subject.arithmetic("soft_cross_entropy"), divisor), label=reduction)
    entropy, divergence = subject.sum(subject.entr(p), dim=-1), of_rows(subject, log_q, p)
    room = truth.bound + entropy_truth(subject, p).bound + truth_of_sums(subject, p, log_q).bound
    parts = reference.parts(v, values(log_q), values(entropy), values(divergence), room)
    finite = np.isfinite(truth.value)
    yield within(found, parts, where=finite, label="H(p) + D(p || q)")
    least = reference.least(v)
    yield at_most(least.value, found, truth.bound + least.bound, where=finite, label="H(p) <= H(p, q)")
    a, b = (law[:FEW] for law in ends)
    yield within(loss(subject, b.log(), a), truth_of(subject, b.log(), a), label="F.cross_entropy, supports")


@refutation(cross_entropy_decomposition, r"H(p,q)=H(q)+D(p\|q)")
@for_all(pair=positive_pairs())
def it_is_the_entropy_of_the_other_law(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """That of p, of which the outcomes are drawn."""
    p, q = pair
    parts = values(subject.sum(subject.entr(q), dim=-1)) + values(of_rows(subject, q.log(), p))
    yield within(loss(subject, q.log(), p), Truth(parts, 4 * truth_of(subject, q.log(), p).bound))


@refutation(cross_entropy_decomposition, r"H(p,q)=H(q,p)")
@for_all(pair=positive_pairs())
def cross_entropy_is_symmetric(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """It is no more symmetric than the divergence."""
    p, q = pair
    yield within(loss(subject, p.log(), q), truth_of(subject, q.log(), p))


@refutation(cross_entropy_decomposition, r"H(p,p)=0")
@for_all(pair=positive_pairs())
def a_perfect_model_has_no_loss(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """The entropy of p remains."""
    p = pair[0]
    yield at_most(loss(subject, p.log(), p), 0.0, truth_of(subject, p.log(), p).bound)


@refutation(cross_entropy_decomposition, "F.cross_entropy takes probabilities q.")
@for_all(pair=positive_pairs())
def cross_entropy_takes_probabilities(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """It takes logits, of which log q is one choice."""
    p, q = pair
    yield within(loss(subject, q, p), truth_of(subject, q.log(), p))
