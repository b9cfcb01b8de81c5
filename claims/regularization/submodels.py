"""The submodels of dropout: which parameters they inherit, how many there are, and how few of them are trained."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from claims import TRUE, claim, consistent, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.submodels import Training, trainings
from claims.frame.subject import Subject
from reference.probability.sampling import ALPHA
from reference.regularization import submodels as reference
from reference.regularization.occupancy import distinct_fits, expected_distinct, fewest_units, sequences_showing
from reference.statistics import hoeffding_radius

LIFETIME = 4.35e17 * 1e9
"""Steps that a training as long as the universe is old would take, a thousand million in a second."""
ENUMERATED = 12
"""Units times draws up to which every sequence of masks is enumerated."""

Float64 = NDArray[np.float64]


def drawn_masks(subject: Subject, training: Training, p: float = 0.5) -> Float64:
    """The masks drawn for every example of every run, in training mode: (runs, examples, units)."""
    ones = subject.tensor(np.ones((training.runs, training.examples, training.units)))
    with subject.random(training.seed):
        return np.asarray(values(subject.dropout(ones, p, training=True)) != 0, np.float64)


def distinct(subject: Subject, masks: Float64) -> NDArray[np.int64]:
    """How many different masks each run (..., examples, units) has."""
    return np.asarray(values(subject.distinct_masks(subject.tensor(masks))), np.int64)


@claim(
    title="Training samples only a vanishing fraction of the submodels",
    statement=r"\mathbb E[\#\text{distinct masks in }T\text{ draws}]=2^n\big(1-(1-2^{-n})^T\big)\le T;"
    r"\quad T=4.35\cdot10^{17}\,\text{s}\times10^9/\text{s}<2^n\iff n\ge89",
    hypotheses="p = 1/2, independent masks, one for every example",
    notes="Regularisation: most submodels are never trained, since sampling them all would outlast the universe; "
    "a tiny fraction are trained for a single step each",
    book="7.12",
    truth=TRUE,
    bound="the exact occupancy law: of all sequences of masks, n T <= 12; of sampled runs by exact tails, an exact "
    "binomial test and Bernstein's inequality with the known variance, each at 1e-9",
)
@for_all(training=trainings())
def dropout_submodel_coverage(subject: Subject, training: Training) -> Iterator[Check]:
    """Distinct masks are counted in every one of the 2^(nT) sequences, nT <= 12, and the counts compared exactly.

    So are those that torch's dropout draws in independent runs, whose numbers must have the occupancy law:
    the mean, the mode and the extremes. A run of T examples trains at most T
    submodels and leaves out at least 2^n - T.
    """
    n, draws = training.units, training.examples
    if n * draws <= ENUMERATED:
        counts = distinct(subject, reference.all_masks(n * draws).reshape(-1, draws, n))
        shown = np.bincount(counts, minlength=draws + 1)
        exact = np.array([sequences_showing(1 << n, draws)], np.float64)
        yield equal(shown[None], exact, label="sequences with j distinct masks")
        mean = (1 << n) * ((1 << n * draws) - ((1 << n) - 1) ** draws)
        yield equal(counts.sum()[None], np.array([mean]), label="the mean over all sequences")
    masks = drawn_masks(subject, training)
    counts = distinct(subject, masks)
    yield equal(subject.unique_masks(subject.tensor(masks)), counts, label="the number of unique rows")
    yield holds(counts <= min(draws, 1 << n), label="no more submodels than draws or masks")
    for label, fit in distinct_fits(counts, 1 << n, draws):
        yield consistent(*fit, alpha=ALPHA, label=label)
    yield holds(fewest_units(LIFETIME) == 89, label="the masks of 89 units outlast the universe")


@refutation(dropout_submodel_coverage, r"\text{After }2^n\text{ draws all }2^n\text{ submodels have been trained}")
def all_submodels_are_visited(subject: Subject, training: Training) -> Iterator[Check]:
    """A fraction 1/e of them is left out; all are met after some 2^n H(2^n) draws (coupon collector)."""
    if training.examples >= 1 << training.units:
        yield holds(distinct(subject, drawn_masks(subject, training)) == 1 << training.units)


@refutation(dropout_submodel_coverage, "A submodel is trained again and again: half as many submodels as draws.")
def a_submodel_is_trained_to_convergence(subject: Subject, training: Training) -> Iterator[Check]:
    """Where masks are many, nearly every draw meets a new one, which takes a single step."""
    if training.examples <= 1 << training.units // 2:
        yield holds(distinct(subject, drawn_masks(subject, training)) <= (training.examples + 1) / 2)


@refutation(dropout_submodel_coverage, "All examples of one step train one submodel.")
def a_step_trains_one_submodel(subject: Subject, training: Training) -> Iterator[Check]:
    """Every example of a batch has a mask of its own."""
    yield holds(distinct(subject, drawn_masks(subject, training)) == 1)


@refutation(dropout_submodel_coverage, "The submodels that are met are as many for p = 1/10 as for p = 1/2.")
def coverage_does_not_depend_on_p(subject: Subject, training: Training) -> Iterator[Check]:
    """Masks are not equally likely then. Hoeffding's inequality for the fraction of draws."""
    if training.runs >= 50:
        counts = distinct(subject, drawn_masks(subject, training, 0.1))
        expected = expected_distinct(1 << training.units, training.examples)
        radius = hoeffding_radius(training.runs, training.examples - 1.0, ALPHA)
        yield consistent(abs(float(counts.mean()) - expected), radius, alpha=ALPHA)
