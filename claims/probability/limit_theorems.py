"""Limit theorems: sums of many independent variables are nearly normal, and when they are not."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from torch import Generator, Tensor

from claims import (
    FALSE_AS_STATED,
    UNDER_HYPOTHESES,
    at_most,
    claim,
    consistent,
    equal,
    for_all,
    holds,
    refutation,
    values,
    within,
)
from claims.frame.checks import Check
from claims.frame.inputs.samples import canvas, draws_of_generator
from claims.frame.inputs.sums_of_variables import (
    HALF,
    HARDEST,
    FiniteSum,
    FiniteSums,
    SumDraw,
    cauchy_means,
    finite_sums,
    geometric_signs,
    standardised_sums,
)
from claims.frame.subject import Subject
from reference.formats import Format
from reference.probability import consistency, expectation
from reference.probability import limit_theorems as reference
from reference.probability.continuous import ContinuousLaw
from reference.probability.sampling import ALPHA, Law, distance_fit
from reference.truth import Truth

Float64 = NDArray[np.float64]
FEW = 256
"""Of so many means the rounding is checked."""


def sums_of(x: FiniteSum, fmt: Format) -> NDArray[np.bool_]:
    """Which of the sums 0, 1, ... the format holds (all of them but in half types)."""
    s = np.arange(x.n * (len(x.odds) - 1) + 1.0)
    return np.asarray(fmt.round(s) == s)


def scaling(x: FiniteSum) -> tuple[float, float]:
    """Mean and standard deviation of one summand."""
    mean, variance, _ = reference.moments(x.odds)
    return float(mean.p) / float(mean.q), math.sqrt(float(variance.p) / float(variance.q))


def distance_to_normal(x: FiniteSum, normal: Tensor, where: NDArray[np.bool_]) -> list[float]:
    """sup |P(S_n <= s) - Phi| with the computed Phi at the sums."""
    distribution = reference.distribution_of_sum(x.odds, x.n)
    return [reference.distance_at_jumps(distribution, values(normal), where)]


def have_law(sample: Float64, law: Law, label: str) -> Iterator[Check]:
    """A sample (n,) against its law, by every test of `reference.probability.consistency`."""
    numbers = not np.isnan(sample).any()
    yield holds(numbers, label=f"{label}: numbers")
    for name, fit in consistency.consistent(sample, law) if numbers else ():
        yield consistent(*fit, alpha=ALPHA, label=f"{label}: {name}")


@claim(
    title="Standardised sums of independent variables with one law approach the normal law at the Berry-Esseen rate",
    statement=r"\sup_x|P(S_n\le x)-\Phi(x)|\le\frac{C\rho}{\sigma^3\sqrt n},\ C=0.4748,\ \rho=\mathbb{E}|X-\mu|^3",
    hypotheses="the summands are independent with one law and a finite third absolute moment; the sum is centred and "
    "scaled",
    notes="Initialization of weights: why the Gaussian is the default distribution",
    book="3.9.3",
    formal="ProbabilityTheory.tendstoInDistribution_inv_sqrt_mul_sum_sub (without the rate)",
    truth=UNDER_HYPOTHESES,
    correction="The variance must be finite and no summand may dominate: see clt-needs-finite-variance and "
    "clt-needs-negligible-summands.",
    bound="Shevtsova 2011 for the distance, exact laws of sums; Phi: 0.4 u |n mu| / (sigma sqrt n) + gamma_7/4 + 5u. "
    "Samples: DKW, Bernstein, Hoeffding for the exact law (binomial, Irwin-Hall), each at 1e-9.",
)
@for_all(x=standardised_sums())
def central_limit_theorem_berry_esseen(subject: Subject, x: FiniteSum | SumDraw) -> Iterator[Check]:
    """Phi of the standardised sums, as torch computes it in two ways, against the exact number, and at all jumps
    against the exact law of the sum, which is a power of a polynomial. Sums of draws have their exact law, and are as
    near to the normal law as the theorem and the size of the sample say.
    """
    if isinstance(x, SumDraw):
        yield from sampled_sums(subject, x)
        return
    where = sums_of(x, subject.format)
    truth, bound = reference.normal_truth(x.odds, x.n, where, subject.format), reference.berry_esseen(x.odds, x.n)
    mean, deviation = scaling(x)
    s = subject.tensor(np.flatnonzero(where))
    law = [subject.tensor([v]) for v in (x.n * mean, deviation * math.sqrt(x.n))]
    computed = {
        "ndtr of the standardised sum": subject.ndtr(subject.standardised_sum(s, x.n, mean, deviation)),
        "normal law of the sum": subject.normal_cdf(s, *law),
    }
    for label, normal in computed.items():
        yield within(normal[None], Truth(truth.value[None], truth.bound[None]), label=f"Phi: {label}")
        distance = distance_to_normal(x, normal, where)
        yield at_most(distance, [bound], float(truth.bound.max()), label=f"Berry-Esseen: {label}")


def drawn(subject: Subject, x: SumDraw, count: int, generator: Generator) -> Tensor:
    """The summands of so many sums, (count, n)."""
    summands = canvas(subject, count, x.n)
    filled: Tensor
    if x.law == "rand":
        filled = subject.uniform_(summands, 0.0, 1.0, generator=generator)
    else:
        filled = subject.bernoulli_(summands, x.p, generator=generator)
    return filled


def sampled_sums(subject: Subject, x: SumDraw) -> Iterator[Check]:
    """Sums of draws against their exact law, and standardised against the normal one."""
    with subject.random(x.seed) as generator:
        sums = values(subject.sum(drawn(subject, x, x.draws, generator), dim=-1))
    few = min(x.draws, FEW)
    yield from draws_of_generator(subject, lambda g: drawn(subject, x, few, g), x.seed, x.law, constant=few < FEW)
    law: Law
    if x.law == "rand":
        law, mean, variance, third = reference.uniform_sum_law(x.n, subject.format), 0.5, 1 / 12, 1 / 32
    else:
        law, mean, variance = reference.binomial_law(x.n, x.p), x.p, x.p * (1 - x.p)
        third = variance * (x.p**2 + (1 - x.p) ** 2)
    yield from have_law(sums, law, f"sums, {x.law}")
    rate = reference.CONSTANT * third / math.sqrt(variance**3 * x.n) + law.slack
    normal = ContinuousLaw(stats.norm(x.n * mean, math.sqrt(x.n * variance)), rate)
    yield consistent(*distance_fit(np.sort(sums), [normal]), alpha=ALPHA, label=f"sums, {x.law}: near the normal law")


@refutation(central_limit_theorem_berry_esseen, r"C=0.40\text{ suffices}")
@for_all(x=finite_sums(FiniteSums(HALF, 1), FiniteSums(HARDEST, 1000), FiniteSums((9, 1), 65)))
def berry_esseen_constant_040(subject: Subject, x: FiniteSum) -> Iterator[Check]:
    """No constant below 0.4097 will do."""
    where = sums_of(x, subject.format)
    normal = subject.ndtr(subject.standardised_sum(subject.tensor(np.flatnonzero(where)), x.n, *scaling(x)))
    bound = 0.40 / reference.CONSTANT * reference.berry_esseen(x.odds, x.n)
    yield at_most(distance_to_normal(x, normal, where), [bound], 1e-6)


@refutation(central_limit_theorem_berry_esseen, r"\text{for coins the distance decays like }1/n")
@for_all(x=finite_sums(FiniteSums(HALF, 1), FiniteSums(HALF, 64)))
def distance_decays_like_one_over_n(subject: Subject, x: FiniteSum) -> Iterator[Check]:
    """It decays like 1/sqrt(n), even for a symmetric law."""
    where = sums_of(x, subject.format)
    normal = subject.ndtr(subject.standardised_sum(subject.tensor(np.flatnonzero(where)), x.n, *scaling(x)))
    yield at_most(distance_to_normal(x, normal, where), [0.48 / x.n], 1e-3)


@refutation(
    central_limit_theorem_berry_esseen, "The sum itself, neither centred nor scaled, approaches the normal law."
)
@for_all(x=finite_sums(FiniteSums(HALF, 1), FiniteSums(HALF, 64)))
def sums_need_no_scaling(subject: Subject, x: FiniteSum) -> Iterator[Check]:
    """Its law moves away."""
    where = sums_of(x, subject.format)
    normal = subject.ndtr(subject.tensor(np.flatnonzero(where)))
    yield at_most(distance_to_normal(x, normal, where), [reference.berry_esseen(x.odds, x.n)], 1e-3)


@claim(
    title="The mean of n independent Cauchy variables is a Cauchy variable for every n",
    statement=r"\frac1n\sum_{i\le n}C_i\overset d=C_1,\quad\inf_{\mu,\sigma}\sup_x|F_C-\Phi_{\mu,\sigma}|>0.058",
    notes="Initialization of weights: why the Gaussian is the default distribution",
    book="3.9.3",
    truth=FALSE_AS_STATED,
    correction="The sum of many independent variables is approximately normal if they have a finite variance (and no "
    "summand dominates); Cauchy variables have none.",
    bound="DKW, Hoeffding for agreements and the exact law of the range for means, each at 1e-9, with n (4u + u/6) for "
    "grid, tangent and rounding to a half type; means: gamma_n of the mean magnitude.",
)
@for_all(x=cauchy_means())
def clt_needs_finite_variance(subject: Subject, x: SumDraw) -> Iterator[Check]:
    """Means of Cauchy draws are held against the Cauchy law, whatever n. Twice the radius of 2^14 means is less than
    the distance of the Cauchy law from every normal one, so that no normal law would pass.
    """
    with subject.random(x.seed):
        variables = canvas(subject, x.draws, x.n)
        drawn = subject.cauchy_(variables) if x.law == "in place" else subject.cauchy_distribution(variables)
        few = drawn[:FEW]
        computed = subject.mean(few, dim=-1)
    seen = values(few)
    finite = np.isfinite(seen).all(-1)
    truth = expectation.sample_mean(np.where(np.isfinite(seen), seen, 0.0), subject.arithmetic("mean"))
    yield within(computed, truth, where=finite, label="mean")
    largest = subject.format.largest
    means = np.clip(values(drawn), -largest, largest).mean(-1)
    yield from have_law(means, reference.cauchy_mean_law(x.n, subject.format), "means of Cauchy variables")


@refutation(clt_needs_finite_variance, "The mean of many independent variables is approximately normal.")
@for_all(x=cauchy_means(most=1 << 15))
def cauchy_means_are_normal(subject: Subject, x: SumDraw) -> Iterator[Check]:
    """Not even the nearest normal law will do."""
    with subject.random(x.seed):
        means = values(subject.mean(subject.cauchy_(canvas(subject, x.draws, x.n)), dim=-1))
    nearest = ContinuousLaw(stats.norm(0, reference.NEAREST_DEVIATION), 0.01)
    yield consistent(*distance_fit(np.sort(means[~np.isnan(means)]), [nearest]), alpha=ALPHA)


@refutation(
    clt_needs_finite_variance, r"\text{Means over more variables are closer together: }|\bar C_n|\le n^{-1/2}|C|"
)
@for_all(x=cauchy_means())
def cauchy_means_settle(subject: Subject, x: SumDraw) -> Iterator[Check]:
    """The law of large numbers fails as well."""
    with subject.random(x.seed):
        means = values(subject.mean(subject.cauchy_(canvas(subject, x.draws, x.n)), dim=-1))
    shrunk = ContinuousLaw(stats.cauchy(0, 1 / math.sqrt(x.n)), 0.01)
    yield consistent(*distance_fit(np.sort(means[~np.isnan(means)]), [shrunk]), alpha=ALPHA)


def every_sign(terms: int) -> Float64:
    """All rows of `terms` signs, (2^terms, terms)."""
    return np.array(list(itertools.product((-1.0, 1.0), repeat=terms)))


def terms_of(subject: Subject, x: SumDraw) -> int:
    """As many terms as the format has bits: then all sums are numbers of the format."""
    return min(x.n, subject.format.precision)


@claim(
    title="Independent bounded summands whose scales halve do not become normal",
    statement=r"\sum_{k\le K}\varepsilon_k2^{-k}\to U(-1,1),\ P(\varepsilon_k=\pm1)=\tfrac12:\ "
    r"\frac{\mathbb{E}S^4}{(\mathbb{E}S^2)^2}\to\tfrac95\ne3,\ \sup|F-\Phi|\ge0.0572",
    notes="Initialization of weights: why the Gaussian is the default distribution",
    book="3.9.3",
    truth=FALSE_AS_STATED,
    correction="Of independent variables with finite variances the standardised sum is nearly normal if none of them "
    "has more than a vanishing share of the variance (Lindeberg's condition).",
    bound="Sums are exact. Kurtosis: gamma_9 and 3 gamma_n of the accumulator. Phi: gamma_7/4 + 5u. Samples: DKW, "
    "Bernstein, Hoeffding against the exact law, each at 1e-9.",
)
@for_all(x=geometric_signs())
def clt_needs_negligible_summands(subject: Subject, x: SumDraw) -> Iterator[Check]:
    """All 2^K sums, exactly: the odd multiples of 2^-K; their kurtosis; the distance of their law from the normal law
    of their variance. Sums of drawn signs have the uniform law on the same points.
    """
    terms = terms_of(subject, x)
    computed = subject.geometric_sum(subject.tensor(every_sign(terms)))
    exact = reference.geometric_sums(terms)
    yield equal(np.sort(values(computed))[None], exact[None], label="odd multiples of 2^-K")
    truth = reference.geometric_kurtosis(terms, subject.arithmetic("kurtosis"))
    yield within(subject.kurtosis(computed[None]), truth, label="kurtosis")
    deviation = math.sqrt(reference.geometric_variance(terms))
    normal = values(subject.ndtr(subject.standardised_sum(subject.tensor(exact), 1, 0.0, deviation)))
    slack = reference.normal_cdf_error(0.0, subject.format)
    value = reference.geometric_normal(terms)
    yield within(normal[None], Truth(value[None], np.full((1, len(value)), slack)), label="Phi")
    share, everywhere = np.arange(1, len(exact) + 1) / len(exact), np.ones(len(exact), bool)
    gap = reference.distance_at_jumps(share, normal, everywhere)
    yield at_most([reference.GEOMETRIC_GAP], [gap], slack, label="far from the normal law")
    with subject.random(x.seed) as generator:
        signs = subject.flip_signs_by_integers(subject.tensor(np.ones((x.draws, terms))), generator=generator)
    yield from have_law(values(subject.geometric_sum(signs)), reference.geometric_law(terms), "sums of drawn signs")


@refutation(clt_needs_negligible_summands, "The standardised sum has kurtosis 3, as normal variables have.")
def geometric_sums_have_kurtosis_three(subject: Subject, x: SumDraw) -> Iterator[Check]:
    """It rises from 1, for a coin, to 9/5."""
    sums = subject.geometric_sum(subject.tensor(every_sign(terms_of(subject, x))))
    yield within(subject.kurtosis(sums[None]), Truth(np.array([3.0]), np.array([1.0])))


@refutation(clt_needs_negligible_summands, "The distance from the normal law is below 0.05 from some K on.")
def geometric_sums_become_normal(subject: Subject, x: SumDraw) -> Iterator[Check]:
    """It stays above 0.0572."""
    terms = terms_of(subject, x)
    exact = reference.geometric_sums(terms)
    deviation = math.sqrt(reference.geometric_variance(terms))
    normal = values(subject.ndtr(subject.standardised_sum(subject.tensor(exact), 1, 0.0, deviation)))
    share, everywhere = np.arange(1, len(exact) + 1) / len(exact), np.ones(len(exact), bool)
    yield holds([reference.distance_at_jumps(share, normal, everywhere) < 0.05], where=[x.n >= 8])
