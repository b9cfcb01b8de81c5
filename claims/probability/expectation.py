"""Expectation is linear, for finite laws, for samples, and for integrals by the trapezoidal rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.data_sets import Data, Rows
from claims.frame.inputs.expectations import laws_and_samples
from claims.frame.inputs.finite_laws import FiniteLaw, Functions
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.spectra import only
from claims.frame.operations.chapters.moments import EACH, ONE_KERNEL
from claims.frame.subject import Subject
from reference.bounds import sum_truth
from reference.probability import expectation as reference
from reference.truth import Truth

FEW = 8
"""So many rows are reduced one by one."""


def combined(subject: Subject, x: Functions) -> Tensor:
    """a f + b g."""
    combination: Tensor = subject.add(subject.multiply(x.a, x.f), subject.multiply(x.b, x.g))
    return combination


def along(subject: Subject, x: Tensor, name: str) -> Tensor:
    """A reduction over the last axis."""
    reduced: Tensor = subject.reduction(x, name, ONE_KERNEL[0], dim=-1)
    return reduced


def combination(subject: Subject, x: Functions, left: Tensor, right: Tensor) -> Tensor:
    """a left + b right, a number an instance."""
    products = subject.multiply(x.a[..., 0], left), subject.multiply(x.b[..., 0], right)
    total: Tensor = subject.add(*products)
    return total


@claim(
    title="Expectation is linear",
    statement=r"\mathbb{E}[\alpha f(x)+\beta g(x)]=\alpha\,\mathbb{E}[f(x)]+\beta\,\mathbb{E}[g(x)]",
    hypotheses="E|f| and E|g| are finite, alpha and beta do not depend on x; f and g need not be independent",
    notes="Probability and information theory: expectation",
    book="3.8, eq. 3.11",
    formal="MeasureTheory.integral_add",
    truth=UNDER_HYPOTHESES,
    correction="Both expectations must exist: of a Cauchy variable, or of infinity minus infinity, there is none.",
    bound="Running errors (ASNA section 3.3): a rounding for each product and sum that is stored, BND-SUM and BND-DOT; "
    "means: gamma_n of the mean magnitude, undetermined only where the mean itself may overflow.",
)
@for_all(x=laws_and_samples())
def expectation_linearity(subject: Subject, x: Functions | Rows) -> Iterator[Check]:
    """Both sides, as torch computes them, against the exact number: sums over the atoms of a law, means of samples,
    integrals by the trapezoidal rule. Means and sums of samples in every spelling, the names of one kernel bit by bit;
    what is NaN or infinite is so in the mean, or is passed over.
    """
    if isinstance(x, Rows):
        yield from sample_means(subject, x)
        return
    w, p, f, g, a, b = values(list(x))
    how = subject.arithmetic("reduction")
    both = combined(subject, x)
    whole = along(subject, subject.multiply(x.p, both), "sum")
    yield within(whole, reference.expectation_of_combination(p, f, g, a, b, how), label="E[a f + b g]")
    parts = combination(subject, x, subject.dot(x.p, x.f), subject.dot(x.p, x.g))
    exact = reference.combination_of_expectations(p, f, g, a, b, subject.arithmetic("dot"))
    yield within(parts, exact, label="a E[f] + b E[g]")
    yield within(along(subject, both, "mean"), reference.mean_of_combination(f, g, a, b, how), label="mean(a f + b g)")
    parts = combination(subject, x, along(subject, x.f, "mean"), along(subject, x.g, "mean"))
    yield within(parts, reference.combination_of_means(f, g, a, b, how), label="a mean(f) + b mean(g)")
    exact = reference.normalised_expectation(w, f, subject.arithmetic("categorical_mean"))
    yield within(subject.categorical_mean(x.w, x.f), exact, label="E[f] by odds")
    integral = subject.trapezoid(both, x.w)
    yield within(integral, reference.trapezoid_of_combination(w, f, g, a, b, how), label="integral of a f + b g")


def sample_means(subject: Subject, data: Rows) -> Iterator[Check]:
    """Means and sums of rows (batch, n), and the means of what is not NaN."""
    x, how = values(data.x), subject.arithmetic("reduction")
    n = x.shape[-1]
    if n and np.isfinite(x).all():
        mean, total = reference.sample_mean(x, how), sum_truth(x, how, stored_partials=n > 32768)
    else:
        total = Truth(x.sum(-1), np.zeros(len(x)))
        mean = total if n else Truth(np.full(len(x), np.nan), np.zeros(len(x)))
    for name, truth in (("mean", mean), ("sum", total), ("nanmean", reference.mean_of_others(x, how))):
        yield from spelled(subject, data, name, truth)


def spelled(subject: Subject, data: Rows, name: str, truth: Truth, **options: float) -> Iterator[Check]:
    """A reduction of rows in its plainest spelling, in that of the data, and of a few rows one by one."""
    x, spelling = data
    first: Tensor = subject.reduction(x, name, ONE_KERNEL[0], dim=-1, **options)
    yield as_it_is(first, truth, name)
    other = subject.reduction(x, name, spelling, dim=-1, **options)
    yield holds(other.shape == first.shape, label=f"{name}: {spelling}, shape")
    if spelling in ONE_KERNEL:
        yield equal(other, values(first), label=f"{name}: {spelling} = {ONE_KERNEL[0]}")
    else:
        yield as_it_is(other, truth, f"{name}: {spelling}")
    few = subject.reduction(x[:FEW], name, EACH, dim=-1, **options)
    yield as_it_is(few, Truth(truth.value[:FEW], truth.bound[:FEW]), f"{name}: {EACH}")


def as_it_is(found: Tensor, truth: Truth, label: str) -> Check:
    """Numbers within their bounds, where they must not overflow; where one is NaN or infinite, all as they are."""
    known = (truth.bound < np.inf).reshape(len(truth.bound), -1).all(-1)
    if np.isfinite(truth.value[known]).all():
        return within(found, truth, where=None if known.all() else known, label=label)
    return equal(found, truth.value, label=f"{label}, NaN or infinite")


@refutation(expectation_linearity, r"\mathbb{E}[fg]=\mathbb{E}[f]\,\mathbb{E}[g]\text{, independent or not}")
@for_all(x=only(FiniteLaw(2, Numbers("ties"), "same"), FiniteLaw(3, Numbers("integers"), "opposite")))
def expectation_of_a_product_factors(subject: Subject, x: Functions) -> Iterator[Check]:
    """It is linear and not multiplicative."""
    of_product = subject.dot(x.p, subject.multiply(x.f, x.g))
    product = values(subject.dot(x.p, x.f)) * values(subject.dot(x.p, x.g))
    yield within(of_product, Truth(product, 0.1 + 0 * product))


@refutation(expectation_linearity, r"\mathbb{E}[1/x]=1/\mathbb{E}[x]")
@for_all(x=only(FiniteLaw(2), FiniteLaw(5)))
def expectation_of_a_reciprocal(subject: Subject, x: Functions) -> Iterator[Check]:
    """By Jensen's inequality it is larger, unless x is constant."""
    odds = subject.add(x.w, 1.0)
    of_reciprocal = values(along(subject, subject.divide(1.0, odds), "mean"))
    reciprocal = 1 / values(along(subject, odds, "mean"))
    yield within(of_reciprocal, Truth(reciprocal, 0.01 * reciprocal))


@refutation(expectation_linearity, r"\mathbb{E}[f^2]=(\mathbb{E}f)^2")
@for_all(x=only(FiniteLaw(2), FiniteLaw(5)))
def expectation_of_a_square(subject: Subject, x: Functions) -> Iterator[Check]:
    """The difference is the variance."""
    of_square = values(subject.dot(x.p, subject.multiply(x.f, x.f)))
    square = values(subject.dot(x.p, x.f)) ** 2
    yield within(of_square, Truth(square, 0.01 + 0.01 * square))


@refutation(
    expectation_linearity, r"\alpha\text{ may depend on }x:\ \mathbb{E}[\alpha(x)f]=\mathbb{E}[\alpha]\,\mathbb{E}[f]"
)
@for_all(x=only(FiniteLaw(2, Numbers("ties"), "same")))
def factors_may_depend_on_x(subject: Subject, x: Functions) -> Iterator[Check]:
    """With alpha(x) = f(x) = 1 or -1."""
    sign = subject.sign(x.f)
    of_product = values(along(subject, subject.multiply(sign, sign), "mean"))
    yield within(of_product, Truth(values(along(subject, sign, "mean")) ** 2, np.full(len(of_product), 0.1)))


@refutation(expectation_linearity, "Linearity needs independence: for g = f it fails.")
@for_all(x=only(FiniteLaw(2, Numbers(), "same")))
def linearity_needs_independence(subject: Subject, x: Functions) -> Iterator[Check]:
    """A variable is not independent of itself, and E[f + f] = 2 E[f] nevertheless."""
    doubled = values(along(subject, subject.add(x.f, x.g), "mean"))
    yield holds(doubled != values(along(subject, x.f, "mean")) + values(along(subject, x.g, "mean")))


@refutation(expectation_linearity, "The mean is the sum divided by n, in half types too.", dtypes=("float16",))
@for_all(x=only(Data(3, Numbers("positive"), edge="sums")))
def means_are_stored_sums_divided(subject: Subject, x: Rows) -> Iterator[Check]:
    """Sums that are stored overflow where means do not."""
    quotient = subject.divide(along(subject, x.x, "sum"), float(x.x.shape[-1]))
    yield equal(quotient, values(along(subject, x.x, "mean")))
