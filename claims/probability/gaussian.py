"""The normal law: its density and moments, and its entropy, which no law of the same variance exceeds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.densities import Density, Deviates, densities, normal_deviates, normal_grids
from claims.frame.subject import Subject
from reference.probability import gaussian as reference
from reference.rounding import gamma
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
    at, mean, deviation = numbers(x)
    truth = reference.log_density(at, mean, deviation, subject.format)
    yield within(subject.normal_log_density(*x), truth, label="log density")


def numbers(x: Deviates) -> list[NDArray[np.float64]]:
    """Points, means and deviations; ones in tensors without numbers, whose deviations are 0."""
    positive = values(x.deviation) > 0
    return [np.where(positive, v, 1.0) for v in values(list(x))]


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


def integral(subject: Subject, y: Tensor, x: Deviates) -> Tensor:
    """The integral of y (..., n) over the points of a grid, by the trapezoid rule."""
    area: Tensor = subject.trapezoid(y, x.x)
    return area


def density(subject: Subject, x: Deviates) -> Tensor:
    """The normal density at the points."""
    p: Tensor = subject.exp(subject.normal_log_density(*x))
    return p


def second_moment(subject: Subject, p: Tensor, x: Deviates, centre: Tensor | float) -> Tensor:
    """The integral of (x - c)^2 p."""
    apart = subject.subtract(x.x, centre)
    return integral(subject, subject.multiply(subject.multiply(apart, apart), p), x)


@claim(
    title="The normal density integrates to one, with mean mu and variance sigma^2",
    statement=r"\int p\,dx=1,\qquad\int x\,p\,dx=\mu,\qquad\int(x-\mu)^2p\,dx=\sigma^2,"
    r"\qquad p(x)=\frac{1}{\sigma\sqrt{2\pi}}e^{-(x-\mu)^2/2\sigma^2}",
    hypotheses="sigma > 0",
    notes="Initialization of weights: the normal law",
    book="3.9.3, eq. 3.21",
    formal="ProbabilityTheory.integral_gaussianPDFReal_eq_one, integral_id_gaussianReal, variance_id_gaussianReal",
    truth=TRUE,
    bound="Poisson's summation formula: the trapezoid rule with step h <= sigma / 2 errs by 2 exp(-2 pi^2 sigma^2 / "
    "h^2) < exp(-78). Rounding: expm1 of the error of the log density and 5u for each p_i, u for a product, "
    "gamma_n for the sum. The points are numbers of the format, evenly spaced.",
)
@for_all(x=normal_grids())
def normal_moments(subject: Subject, x: Deviates) -> Iterator[Check]:
    """The density at grid points against balls, and its integrals by the trapezoid rule, without sampling; torch's
    variance of the law is the third of them.
    """
    at, mean, deviation = numbers(x)
    truth = reference.moments(at, mean, deviation, subject.arithmetic("trapezoid"))
    p = density(subject, x)
    yield within(p, truth.density, label="density")
    yield within(integral(subject, p, x), truth.mass, label="integral of p")
    yield within(integral(subject, subject.multiply(x.x, p), x), truth.mean, label="integral of x p")
    variance = second_moment(subject, p, x, x.mean)
    yield within(variance, truth.variance, label="integral of (x - mu)^2 p")
    own = subject.of_density(x.mean[..., 0], x.deviation[..., 0], "normal", "variance")
    slack = truth.variance.bound + gamma(2, subject.format.u) * truth.variance.value + subject.format.eta
    yield within(own, Truth(values(variance), slack), label="variance of the law")


@refutation(normal_moments, r"\int(x-\mu)^2p\,dx=\sigma")
def variance_is_the_deviation(subject: Subject, x: Deviates) -> Iterator[Check]:
    """The deviation is its root."""
    deviation = values(x.deviation)[..., 0]
    yield within(second_moment(subject, density(subject, x), x, x.mean), Truth(deviation, 0.05 * deviation))


@refutation(normal_moments, r"\int x^2p\,dx=\sigma^2")
@for_all(x=normal_grids("near", "far"))
def second_moment_about_zero_is_the_variance(subject: Subject, x: Deviates) -> Iterator[Check]:
    """It is larger by mu^2."""
    variance = values(x.deviation)[..., 0] ** 2
    yield within(second_moment(subject, density(subject, x), x, 0.0), Truth(variance, 0.05 * variance))


@refutation(normal_moments, r"\int|x-\mu|\,p\,dx=\sigma")
def mean_distance_is_the_deviation(subject: Subject, x: Deviates) -> Iterator[Check]:
    """It is sigma times the root of 2 / pi."""
    apart = subject.subtract(x.x, x.mean).abs()
    deviation = values(x.deviation)[..., 0]
    found = integral(subject, subject.multiply(apart, density(subject, x)), x)
    yield within(found, Truth(deviation, 0.1 * deviation))


@refutation(normal_moments, r"\int e^{-(x-\mu)^2/2\sigma^2}dx=\sqrt{2\pi}\text{ for every }\sigma")
def normaliser_without_the_deviation(subject: Subject, x: Deviates) -> Iterator[Check]:
    """The width enters as a factor."""
    mass, deviation = values(integral(subject, density(subject, x), x)), values(x.deviation)[..., 0]
    unnormalised = mass * deviation * (2 * np.pi) ** 0.5
    yield within(unnormalised, Truth(np.full(len(x.x), (2 * np.pi) ** 0.5), np.full(len(x.x), 0.1)))
