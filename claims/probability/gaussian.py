"""The normal law: its log density, and its entropy, which no law of the same variance exceeds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from claims import UNDER_HYPOTHESES, at_most, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.densities import Density, Deviates, densities, normal_deviates
from claims.frame.subject import Subject
from reference.probability import gaussian as reference
from reference.truth import Truth


@claim(
    title="Among densities on R with a given variance the normal one has the largest differential entropy",
    statement=r"h(X)\le\tfrac12\log(2\pi e\operatorname{Var}X),\text{ with equality iff }X\text{ is normal}",
    hypotheses="X has a density on R and a finite variance",
    notes="Initialization of weights: why the Gaussian is the default distribution",
    book="3.9.3",
    truth=UNDER_HYPOTHESES,
    correction="The variance is fixed and the support is all of R: on [0, 1] the uniform law, on [0, inf) with a given "
    "mean the exponential law has the largest entropy.",
    bound="Entropies: gamma_{8+k} sum(1 + |t|) over their k terms (functions to 4u (1 + |t|)); variances: gamma_10 "
    "times the size of the terms and a condition number; log(2 pi e v)/2: u (8 + 5 |value|).",
)
@for_all(x=densities())
def gaussian_maximum_entropy(subject: Subject, x: Density) -> Iterator[Check]:
    """Entropy and variance of thirteen families, as torch.distributions gives them, against closed forms in balls, and
    the inequality between them; for normal laws it is an equation.
    """
    family, (a, b) = x.family, (np.where(v > 0, v, 3.0) for v in values([x.a, x.b]))  # without numbers they hold zeros
    exact, spread = (f(family, a, b, subject.format) for f in (reference.entropy, reference.variance))
    entropy = subject.of_density(x.a, x.b, family, "entropy")
    variance = subject.of_density(x.a, x.b, family, "variance")
    yield within(entropy, exact, label=f"entropy, {family}")
    yield within(variance, spread, label=f"variance, {family}")
    given = values(variance)
    positive = (given > 0) & np.isfinite(given)
    largest = subject.largest_entropy(variance)
    truth = reference.largest_entropy(np.where(positive, given, 1.0), subject.format)
    yield within(largest, truth, where=positive, label="log(2 pi e v) / 2")
    slack = reference.gap_error(exact, spread, subject.format)
    yield at_most(entropy, largest, slack, where=positive, label=f"h <= log(2 pi e v) / 2, {family}")
    if family == "normal":
        yield within(entropy, Truth(values(largest), slack), where=positive, label="equality for normal laws")


@refutation(gaussian_maximum_entropy, r"h(X)\le\tfrac12\log(2\pi e)\text{ for every variance}")
@for_all(x=densities("laplace", "uniform"))
def normal_entropy_is_largest_for_every_variance(subject: Subject, x: Density) -> Iterator[Check]:
    """A wide law of any kind has more entropy than the standard normal one."""
    entropy = subject.of_density(x.a, x.b, x.family, "entropy")
    bound = reference.largest_entropy(np.ones(len(entropy)), subject.format)
    yield at_most(entropy, bound.value, bound.bound)


@refutation(gaussian_maximum_entropy, "The uniform law has a larger entropy than the normal law of its variance.")
@for_all(x=densities("uniform"))
def uniform_has_more_entropy(subject: Subject, x: Density) -> Iterator[Check]:
    """It has 0.176 less."""
    entropy = subject.of_density(x.a, x.b, x.family, "entropy")
    yield at_most(subject.largest_entropy(subject.of_density(x.a, x.b, x.family, "variance")), entropy, 0.05)


@refutation(gaussian_maximum_entropy, r"h(X)\ge0")
@for_all(x=densities("normal"))
def differential_entropy_is_nonnegative(subject: Subject, x: Density) -> Iterator[Check]:
    """A narrow density has a negative one."""
    yield holds(values(subject.of_density(x.a, x.b, x.family, "entropy")) >= 0)


@refutation(gaussian_maximum_entropy, r"\text{equality for every family: }h(X)=\tfrac12\log(2\pi e\operatorname{Var}X)")
@for_all(x=densities("laplace", "gumbel"))
def every_entropy_is_that_of_a_normal_law(subject: Subject, x: Density) -> Iterator[Check]:
    """Laplace's law has 0.072 less."""
    largest = values(subject.largest_entropy(subject.of_density(x.a, x.b, x.family, "variance")))
    yield within(subject.of_density(x.a, x.b, x.family, "entropy"), Truth(largest, np.full(largest.shape, 0.05)))


@claim(
    title="The log density of the normal law",
    statement=r"\log p(x)=-\frac{(x-\mu)^2}{2\sigma^2}-\log\sigma-\tfrac12\log2\pi",
    hypotheses="sigma > 0",
    notes="Initialization of weights: the normal law",
    book="3.9.3, eq. 3.21",
    formal="ProbabilityTheory.gaussianPDFReal",
    truth=UNDER_HYPOTHESES,
    correction="sigma must be positive (for sigma = 0 there is no density).",
    bound="gamma_8 q + 5u |log sigma| + 0.92u + 2u (q + |log sigma| + 0.92), q = (x - mu)^2 / (2 sigma^2); "
    "eta / sigma^2 for the underflow of (x - mu)^2",
)
@for_all(x=normal_deviates())
def normal_log_density(subject: Subject, x: Deviates) -> Iterator[Check]:
    """The log density against balls, for deviations over eight decades, and for those whose squares leave the range of
    the format.
    """
    at, mean, deviation = (np.where(positive(x), v, 1.0) for v in values(list(x)))
    truth = reference.log_density(at, mean, deviation, subject.format)
    yield within(subject.normal_log_density(*x), truth, label="log density")


def positive(x: Deviates) -> NDArray[np.bool_]:
    """Where the deviation is positive: everywhere but in tensors without numbers."""
    return np.asarray(values(x.deviation) > 0)


@refutation(normal_log_density, r"\log p(x)\le0")
@for_all(x=normal_deviates("one", "narrow"))
def log_density_is_never_positive(subject: Subject, x: Deviates) -> Iterator[Check]:
    """A density is no probability: narrow ones exceed 1."""
    yield holds(values(subject.normal_log_density(*x)) <= 0)


@refutation(normal_log_density, r"\log p(x)=-\frac{(x-\mu)^2}{2\sigma}-\log\sigma-\tfrac12\log2\pi")
@for_all(x=normal_deviates("one"))
def deviation_instead_of_its_square(subject: Subject, x: Deviates) -> Iterator[Check]:
    """The deviation is squared."""
    at, mean, deviation = values(list(x))
    wrong = -((at - mean) ** 2) / (2 * deviation) - np.log(deviation) - np.log(2 * np.pi) / 2
    yield within(subject.normal_log_density(*x), Truth(wrong, 0.05 + 0.05 * np.abs(wrong)))
