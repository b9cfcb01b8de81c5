"""Variance, its root, and what a small one says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from torch import Tensor

from claims import TENDENCY, TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.concentration import concentrated_data, constant_data, rare_outlier
from claims.frame.inputs.data_sets import Data, Rows, data_sets
from claims.frame.inputs.expectations import laws_and_samples
from claims.frame.inputs.finite_laws import Functions
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.spectra import only
from claims.frame.operations.chapters.moments import EACH, ONE_KERNEL
from claims.frame.subject import Subject
from claims.probability.expectation import along, as_it_is, spelled
from reference.probability import variance as reference
from reference.probability.expectation import sample_mean
from reference.truth import Truth

CORRECTIONS = (0, 1, 2)


def of_rows(subject: Subject, x: Tensor, name: str, correction: float, spelling: str = ONE_KERNEL[0]) -> Tensor:
    """Variances or standard deviations over the last axis."""
    reduced: Tensor = subject.reduction(x, name, spelling, dim=-1, correction=correction)
    return reduced


def in_every_spelling(subject: Subject, data: Rows, name: str) -> Iterator[Check]:
    """`var` or `std` of rows (batch, n) for corrections below, at and above n, and together with the mean.

    One of the corrections below n is taken in every spelling.
    """
    x, how = values(data.x), subject.arithmetic("reduction")
    n = x.shape[-1]
    if not np.isfinite(x).all():
        yield equal(of_rows(subject, data.x, name, 1), np.full(len(x), np.nan), label=f"{name} of NaN or infinities")
        return
    if not n:
        yield equal(of_rows(subject, data.x, name, 0), np.full(len(x), np.nan), label=f"{name} of nothing")
        return
    sample = reference.Sample.of(x, how)
    exact = {"var": sample.variance, "std": sample.deviation}[name]
    both = {"var": subject.var_mean, "std": subject.std_mean}[name]
    for correction in CORRECTIONS[:n]:
        truth = exact(correction)
        if correction == n % min(n, len(CORRECTIONS)):
            yield from spelled(subject, data, name, truth, correction=correction)
            moment, mean = both(data.x, dim=-1, correction=correction)
            yield as_it_is(moment, truth, f"{name}_mean: {name}")
            yield as_it_is(mean, reference.mean_of_recurrence(x, how), f"{name}_mean: mean")
        found = of_rows(subject, data.x, name, correction)
        yield as_it_is(found, truth, f"{name}, correction {correction}")
        yield at_most(np.zeros(len(x)), found, where=truth.bound < np.inf, label=f"{name} >= 0")
    if n > 1:
        with_default = values(of_rows(subject, data.x, name, 1))
        for unbiased in (True, False):
            found = subject.reduction(data.x, name, ONE_KERNEL[0], dim=-1, unbiased=unbiased)
            same = with_default if unbiased else values(of_rows(subject, data.x, name, 0))
            yield equal(found, same, label=f"{name}, unbiased={unbiased}")
        yield equal(along(subject, data.x, name), with_default, label=f"{name}: correction 1 is the default")
    expected, sure = sample.without_freedom()
    for correction in (n, n + 1):
        found = of_rows(subject, data.x, name, correction)
        yield equal(found, expected, where=sure, label=f"{name} without degrees of freedom")


@claim(
    title="Variance is the expected squared deviation from the mean",
    statement=r"\operatorname{Var}(f)=\mathbb{E}\big[(f-\mathbb{E}f)^2\big]=\mathbb{E}[f^2]-(\mathbb{E}f)^2\ge0,\quad "
    r"\operatorname{Var}(af+b)=a^2\operatorname{Var}(f)",
    hypotheses="E f^2 is finite; the divisor is n (correction=0), where torch's default is n - 1",
    notes="Probability and information theory: variance",
    book="3.8, eq. 3.12",
    formal="ProbabilityTheory.variance_eq_sub",
    truth=TRUE,
    bound="BND-VAR (Chan, Golub and LeVeque 1983; Higham, Accuracy and Stability, section 1.9, problem 1.10), the "
    "larger of two passes and Welford's recurrence; undetermined only where the variance itself may overflow. Formulas "
    "by means: running errors.",
)
@for_all(x=laws_and_samples())
def variance_definition(subject: Subject, x: Functions | Rows) -> Iterator[Check]:
    """Samples: every spelling of `var` and `var_mean` for corrections 0, 1, 2, and n or more (NaN or infinite, as torch
    documents), the mean of squared deviations, and Var(-2x + b) = 4 Var(x) where b is far and nothing is rounded.
    Finite laws: both formulas, by whole-number odds.
    """
    if isinstance(x, Functions):
        yield from variance_of_law(subject, x)
        return
    yield from in_every_spelling(subject, x, "var")
    data, how = values(x.x), subject.arithmetic("reduction")
    n = data.shape[-1]
    if not n or not np.isfinite(data).all():
        return
    centre = subject.reduction(x.x, "mean", ONE_KERNEL[2], dim=-1)
    deviations = subject.subtract(x.x, centre[..., None])
    squares = along(subject, subject.multiply(deviations, deviations), "mean")
    yield as_it_is(squares, reference.mean_square_deviation(data, how), "mean((x - mean(x))^2)")
    small = (np.abs(data) <= 4) & (data == np.rint(data))
    shift = 2.0 ** (subject.format.precision - 1) - 8
    moved = subject.add(subject.multiply(x.x, -2.0), shift)
    exact = reference.Sample.of(data, how).variance(0).value
    truth = Truth(4 * exact, reference.Sample.of(values(moved), how).variance(0).bound)
    yield within(of_rows(subject, moved, "var", 0), truth, where=small.all(-1), label="Var(-2x + b) = 4 Var(x)")


def variance_of_law(subject: Subject, law: Functions) -> Iterator[Check]:
    """Both formulas, E f = sum w f / sum w."""
    how, total = subject.arithmetic("reduction"), subject.tensor(subject.format.round(values(law.w).sum(-1)))

    def expectation(f: Tensor) -> Tensor:
        average: Tensor = subject.divide(subject.dot(law.w, f), total)
        return average

    w, f = values([law.w, law.f])
    mean = expectation(law.f)
    deviations = subject.subtract(law.f, mean[..., None])
    found = expectation(subject.multiply(deviations, deviations))
    yield as_it_is(found, reference.variance_of_law(w, f, how), "E[(f - E f)^2]")
    found = subject.subtract(expectation(subject.multiply(law.f, law.f)), subject.multiply(mean, mean))
    yield as_it_is(found, reference.variance_by_moments(w, f, how), "E[f^2] - (E f)^2")


@refutation(variance_definition, r"\texttt{torch.var}(x)\text{ is }\mathbb{E}[(x-\mathbb{E}x)^2]")
@for_all(x=only(Data(2), Data(5, Numbers("normal"))))
def default_is_the_variance_of_the_law(subject: Subject, x: Rows) -> Iterator[Check]:
    """The default is n / (n - 1) times as large."""
    truth = reference.Sample.of(values(x.x), subject.arithmetic("reduction")).variance(0)
    yield within(along(subject, x.x, "var"), truth)


@refutation(variance_definition, "The computed variance of equal numbers is 0.")
@for_all(x=constant_data())
def constants_have_no_computed_variance(subject: Subject, x: Rows) -> Iterator[Check]:
    """Two passes over a whole vector subtract a rounded mean."""
    yield equal(of_rows(subject, x.x, "var", 0, EACH), np.zeros(len(x.x)))


@refutation(variance_definition, r"\mathbb{E}[x^2]-(\mathbb{E}x)^2\text{ is as accurate}")
@for_all(x=only(Data(3, Numbers("normal"), "near"), Data(17, Numbers("normal"), "near")))
def difference_of_moments_is_as_accurate(subject: Subject, x: Rows) -> Iterator[Check]:
    """It cancels where the mean is large."""
    mean = along(subject, x.x, "mean")
    second = along(subject, subject.multiply(x.x, x.x), "mean")
    truth = reference.Sample.of(values(x.x), subject.arithmetic("reduction")).variance(0)
    yield as_it_is(subject.subtract(second, subject.multiply(mean, mean)), truth, "E[x^2] - E[x]^2")


@refutation(variance_definition, r"\operatorname{Var}(X+Y)=\operatorname{Var}X+\operatorname{Var}Y\text{ always}")
@for_all(x=only(Data(2), Data(5)))
def variances_always_add(subject: Subject, x: Rows) -> Iterator[Check]:
    """Not for Y = X."""
    one = values(of_rows(subject, x.x, "var", 0))
    yield within(of_rows(subject, subject.add(x.x, x.x), "var", 0), Truth(2 * one, 0.1 * one))


@claim(
    title="When the variance is small the values cluster near their expected value",
    statement=r"P(|f-\mathbb{E}f|\ge t)\le\frac{\operatorname{Var}(f)}{t^2},\qquad "
    r"\operatorname{Var}(f)=0\iff f=\mathbb{E}f\text{ almost surely}",
    hypotheses="finite variance; to cluster means with high probability, not every value",
    notes="Probability and information theory: variance",
    book="3.8",
    formal="ProbabilityTheory.meas_ge_le_variance_div_sq",
    truth=TENDENCY,
    correction="Chebyshev's inequality, with equality for the values -k, 0, k of probability 1/(2k^2), 1 - 1/k^2, "
    "1/(2k^2); a single value may be arbitrarily far.",
    bound="Chebyshev's inequality for the computed deviations, plus BND-VAR and the error of the mean",
)
@for_all(x=concentrated_data())
def small_variance_concentration(subject: Subject, x: Rows | Tensor) -> Iterator[Check]:
    """Every data set is a law: the share of deviations of at least t, for each deviation t that torch computes, against
    its variance. For rare atoms the inequality is an equation, which must hold both ways. The computed variance is not
    0 where the exact one is beyond its error, and within its error of 0 where all numbers are equal.
    """
    rare = isinstance(x, Tensor)
    tensor = x if isinstance(x, Tensor) else x.x
    data, how = values(tensor), subject.arithmetic("reduction")
    centre = along(subject, tensor, "mean")
    deviations = np.sort(values(subject.abs(subject.subtract(tensor, centre[..., None]))), -1)
    n = data.shape[-1]
    found = of_rows(subject, tensor, "var", 0)
    truth, mean = reference.Sample.of(data, how).variance(0), sample_mean(data, how)
    slack = reference.chebyshev_slack(truth, mean.bound, how)
    known = np.isfinite(slack)
    share = np.arange(n, 0, -1) / n  # of the deviations in ascending order, those from each one on
    reached = np.nanmax(share * deviations**2, -1)
    yield at_most(reached, found, slack, where=known, label="P(d >= t) t^2 <= Var")
    if rare:
        yield within(found, Truth(reached, slack), where=known, label="P(d >= t) t^2 = Var for rare atoms")
    spread = data.max(-1) - data.min(-1)
    differ = known & (truth.value > truth.bound)
    yield holds(values(found) > 0, where=differ, label="Var > 0 where numbers differ")
    yield at_most(found, np.zeros(len(data)), truth.bound, where=known & (spread == 0), label="Var = 0 where none do")


@refutation(small_variance_concentration, r"Every value lies within $3\sigma$ of the mean.")
@for_all(x=rare_outlier())
def every_value_is_near(subject: Subject, x: Tensor) -> Iterator[Check]:
    """A value of probability 1/n may be about the root of n standard deviations away."""
    deviations = values(subject.abs(subject.subtract(x, along(subject, x, "mean")[..., None])))
    yield at_most(deviations.max(-1), 3 * values(of_rows(subject, x, "std", 0)))


@refutation(small_variance_concentration, r"P(|X-\mu|\ge k\sigma)\le1/k^3")
@for_all(x=rare_outlier())
def tails_fall_with_the_cube(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Rare atoms attain 1/k^2."""
    yield from tail_at_the_rare_atoms(subject, x, lambda k: k**-3)


@refutation(small_variance_concentration, r"P(|X-\mu|\ge k\sigma)\le e^{-k}")
@for_all(x=rare_outlier())
def tails_fall_exponentially(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Only those of some laws."""
    yield from tail_at_the_rare_atoms(subject, x, lambda k: np.exp(-k))


def tail_at_the_rare_atoms(subject: Subject, x: Tensor, bound: Callable[[float], float]) -> Iterator[Check]:
    """The share of the two rare atoms among 2 k^2 numbers against a bound for k standard deviations."""
    n = x.shape[-1]
    k = float(np.sqrt(n / 2))
    deviations = values(subject.abs(subject.subtract(x, along(subject, x, "mean")[..., None])))
    far = (deviations >= 0.99 * k * values(of_rows(subject, x, "std", 0))[:, None]).mean(-1)
    yield at_most(far, np.full(len(far), bound(0.99 * k)))


@refutation(small_variance_concentration, "Where the variance is large nothing clusters.")
@for_all(x=rare_outlier())
def large_variances_spread_everything(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Scaled up, most of the values remain equal."""
    large = subject.multiply(x, 16.0)
    values_of = values(large)
    variance = values(of_rows(subject, large, "var", 0))
    most = (values_of == np.median(values_of, -1, keepdims=True)).mean(-1)
    yield holds((variance < 1) | (most < 0.7))


@claim(
    title="The standard deviation is the square root of the variance",
    statement=r"\sigma=\sqrt{\operatorname{Var}}",
    hypotheses="in exact arithmetic; torch takes the root before it rounds, so that it is not the root of torch.var",
    notes="Probability and information theory: variance",
    book="3.8",
    truth=TRUE,
    bound="The roots of V - B and V + B, B = BND-VAR in the accumulator; 2u for a root, which torch does not round "
    "correctly. Whether V is in the range does not matter.",
)
@for_all(x=data_sets())
def standard_deviation(subject: Subject, x: Rows) -> Iterator[Check]:
    """Every spelling of `std` and `std_mean`, also where the variance overflows or underflows, and the root of torch's
    variance where it does not.
    """
    yield from in_every_spelling(subject, x, "std")
    data, how = values(x.x), subject.arithmetic("reduction")
    if data.shape[-1] and np.isfinite(data).all():
        root = subject.sqrt(of_rows(subject, x.x, "var", 0))
        yield as_it_is(root, reference.Sample.of(data, how).root_of_variance(0), "root of the variance")


@refutation(standard_deviation, r"\texttt{torch.std}(x)=\texttt{torch.var}(x)\texttt{.sqrt()}\text{ bit by bit}")
@for_all(x=only(Data(3, Numbers("normal")), Data(17, Numbers("normal"))))
def roots_of_variances_bit_by_bit(subject: Subject, x: Rows) -> Iterator[Check]:
    """The variance is rounded before the root is taken."""
    root = subject.sqrt(of_rows(subject, x.x, "var", 1))
    yield equal(of_rows(subject, x.x, "std", 1), values(root))


@refutation(standard_deviation, r"\mathbb{E}[s]=\sigma\text{ for }s\text{ with divisor }n-1")
@for_all(x=only(Data(2)))
def sample_deviation_is_unbiased(subject: Subject, x: Rows) -> Iterator[Check]:
    """Two draws of a fair coin, all four outcomes: E s = 0.3536, sigma = 0.5."""
    coins = subject.tensor(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
    mean = values(of_rows(subject, coins, "std", 1)).mean()
    yield within(np.full(len(x.x), mean), Truth(np.full(len(x.x), 0.5), np.full(len(x.x), 0.01)))


@refutation(standard_deviation, r"\sigma(X+Y)=\sigma(X)+\sigma(Y)")
@for_all(x=only(Data(2), Data(5)))
def standard_deviations_add(subject: Subject, x: Rows) -> Iterator[Check]:
    """Not for Y = -X, nor for independent variables."""
    negative = subject.multiply(x.x, -1.0)
    left = of_rows(subject, subject.add(x.x, negative), "std", 0)
    right = values(of_rows(subject, x.x, "std", 0)) + values(of_rows(subject, negative, "std", 0))
    yield within(left, Truth(right, 0.1 * right))
