"""The entropy of discrete laws."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.distributions import one_hot_rows, positive_probabilities, probabilities
from claims.frame.operations.softmax import planned_kernel
from claims.frame.subject import Subject
from reference.losses import entropy as reference
from reference.losses.softmax import Rows
from reference.truth import Truth


def entropy_truth(subject: Subject, p: Tensor) -> Truth:
    """-sum p log p of the stored numbers."""
    v = values(p)
    total = reference.summed(
        reference.x_log_y(v, v, subject.arithmetic("entr"), planned_kernel(subject)), subject.arithmetic("sum")
    )
    return Truth(-total.value, total.bound)


def categorical_truth(subject: Subject, w: Tensor) -> Truth:
    """The entropy of the normalised weights, which are clipped before the logarithm."""
    arithmetic = subject.arithmetic("categorical_entropy")
    return reference.entropy_of_weights(values(w), arithmetic, planned_kernel(subject), least=2 * subject.format.u)


@claim(
    title="The entropy of a discrete law lies between 0, for a certain outcome, and log n, for the uniform law",
    statement=r"0\le H(p)=-\sum_ip_i\log p_i\le\log n",
    hypotheses="a discrete law, 0 log 0 = 0; the entropy of a density may be negative",
    notes="Information theory: entropy, the Kullback-Leibler divergence, cross entropy",
    book="3.13",
    formal="Real.strictConcaveOn_negMulLog",
    truth=TRUE,
    bound="term by term [(1+k_l u)(1+v)^2 - 1] |p log p| + eta, v = u (+ u_h for half types); BND-SUM; Categorical "
    "normalises, which moves the law by gamma_{n-1} + 2v, and clips it to [2u, 1-2u] before the logarithm",
)
@for_all(p=probabilities())
def entropy_bounds(subject: Subject, p: Tensor) -> Iterator[Check]:
    """special.entr and xlogy, term by term and summed, are compared with the exact entropy of the stored numbers, and
    Categorical, from probabilities and from logits, with that of the normalised law, which is in its range.

    A certain outcome has the entropy 0 exactly; entr and xlogy extend it to 0, infinity and NaN.
    """
    v, n, kernel = values(p), p.shape[-1], planned_kernel(subject)
    term = reference.x_log_y(v, v, subject.arithmetic("entr"), kernel).truth
    entr = subject.entr(p)
    yield within(entr, Truth(-term.value, term.bound), label="special.entr")
    for name in ("xlogy", "special_xlogy"):
        yield within(getattr(subject, name)(p, p), term, label=name)
    total = subject.sum(entr, dim=-1)
    yield within(total, entropy_truth(subject, p), label="sum of entr")
    yield equal(total, np.zeros(len(v)), where=(v == 1).sum(-1) + (v == 0).sum(-1) == n, label="certain outcome")
    truth, found = categorical_truth(subject, p), subject.categorical_entropy(p)
    yield within(found, truth, label="Categorical(probs)")
    yield at_most(0.0, found, truth.bound, label="0 <= H")
    yield at_most(found, math.log(n), truth.bound, label="H <= log n")
    logits = p.log()
    rows = Rows.of(values(logits), subject.arithmetic("categorical_logits_entropy"))
    found = subject.categorical_logits_entropy(logits)
    yield within(found, reference.entropy_of_logits(rows, kernel), label="Categorical(logits)")
    yield from at_the_ends(subject)


def at_the_ends(subject: Subject) -> Iterator[Check]:
    """0 log 0 = 0, and what is no probability."""
    inf, nan = math.inf, math.nan
    x = subject.tensor([[0.0, 1.0, -1.0, inf, nan]])
    yield equal(subject.entr(x), [[0.0, 0.0, -inf, -inf, nan]], label="entr, extended")
    x, y = subject.tensor([[0.0, 0.0, 0.0, 1.0, 1.0, nan]]), subject.tensor([[0.0, inf, nan, 0.0, inf, 1.0]])
    yield equal(subject.xlogy(x, y), [[0.0, 0.0, nan, -inf, inf, nan]], label="xlogy, extended")


@refutation(entropy_bounds, r"H(N(0,v))\ge0")
@for_all(p=probabilities())
def differential_entropy_is_never_negative(subject: Subject, p: Tensor) -> Iterator[Check]:
    """It is that of a density, which may exceed 1: -3.19 for the deviation 0.01."""
    yield holds(values(subject.largest_entropy(p.amin(-1))) >= 0)


@refutation(entropy_bounds, r"H\big(\tfrac{p+q}2\big)\le\tfrac12H(p)+\tfrac12H(q)")
@for_all(p=positive_probabilities())
def entropy_is_convex(subject: Subject, p: Tensor) -> Iterator[Check]:
    """It is concave."""
    q = p.flip(-1)
    of_p, of_q, of_mean = (values(subject.sum(subject.entr(r), dim=-1)) for r in (p, q, (p + q) / 2))
    yield at_most(of_mean, (of_p + of_q) / 2, 0.01)


@refutation(entropy_bounds, r"-\sum_ip_i\log_2p_i=-\sum_ip_i\log p_i")
@for_all(p=positive_probabilities())
def bits_are_nats(subject: Subject, p: Tensor) -> Iterator[Check]:
    """A bit is log 2 of a nat."""
    yield within(values(subject.sum(subject.entr(p), dim=-1)) / math.log(2), entropy_truth(subject, p))


@refutation(entropy_bounds, r"\operatorname{fl}(p\log p)=0\text{ for }p=0")
@for_all(p=one_hot_rows())
def the_product_knows_that_nothing_is_lost(subject: Subject, p: Tensor) -> Iterator[Check]:
    """0 times -inf is NaN."""
    yield within(-values(subject.sum(subject.multiply(p, subject.log(p)), dim=-1)), entropy_truth(subject, p))


@refutation(entropy_bounds, "Categorical finds that a certain outcome has no entropy.")
@for_all(p=one_hot_rows())
def a_certain_outcome_has_no_computed_entropy(subject: Subject, p: Tensor) -> Iterator[Check]:
    """It clips the probability to 1 - 2u: 1.2e-7 in float32."""
    yield equal(subject.categorical_entropy(p), np.zeros(len(p)))
