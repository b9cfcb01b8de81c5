"""Covariance: its definition, what its size and its sign say, and correlation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import (
    FALSE_AS_STATED,
    TENDENCY,
    TRUE,
    at_most,
    claim,
    equal,
    for_all,
    holds,
    refutation,
    values,
    within,
)
from claims.frame.checks import Check
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.observations import (
    NORMAL,
    Observations,
    Sample,
    every_joint_law,
    hard_observations,
    pairs,
)
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.probability.expectation import along, as_it_is
from reference.probability import covariance as reference
from reference.truth import Truth

CORRECTIONS = (0, 1, 2)


def entry(truth: Truth, i: int, j: int) -> Truth:
    """One entry of every matrix."""
    return Truth(truth.value[..., i, j], truth.bound[..., i, j])


def matrices(found: Tensor, d: int) -> Tensor:
    """What torch.cov returns for d variables as matrices: of a single one it is a number."""
    return found.reshape(-1, d, d)


def in_range(truth: Truth, sample: Sample, w: NDArray[np.float64] | float, subject: Subject) -> Truth:
    """Undetermined also where a sum with weights w that is stored before it is divided may overflow.

    Unless the sample is there to show that: torch departs there.
    """
    if sample.edge:
        return truth
    overflow = reference.stored_sums_overflow(values(sample.X), np.asarray(w), subject.arithmetic("cov"))
    return Truth(truth.value, np.where(overflow, np.inf, truth.bound))


def centred(subject: Subject, x: Tensor) -> Tensor:
    """x less its mean, over the last axis."""
    deviations: Tensor = subject.subtract(x, along(subject, x, "mean")[..., None])
    return deviations


@claim(
    title="Covariance is the expected product of deviations",
    statement=r"\operatorname{Cov}(f,g)=\mathbb{E}[(f-\mathbb{E}f)(g-\mathbb{E}g)]=\mathbb{E}[fg]-\mathbb{E}f\,"
    r"\mathbb{E}g,\quad\operatorname{Cov}(af+b,g)=a\operatorname{Cov}(f,g)",
    hypotheses="E f^2 and E g^2 are finite; the divisor is n (correction=0), where torch's default is n - 1",
    notes="Probability and information theory: covariance",
    book="3.8, eq. 3.13",
    formal="ProbabilityTheory.covariance_eq_sub",
    truth=TRUE,
    bound="BND-COV, with weights too; undetermined only where an entry itself may overflow. Formulas: running errors.",
)
@for_all(sample=hard_observations())
def covariance_definition(subject: Subject, sample: Sample) -> Iterator[Check]:
    """torch.cov for corrections 0, 1 and 2, with whole-number repetitions, with real weights, with both, against the
    exact matrix; function and method bit by bit; the formulas by means for the first two variables; -2x + b, where
    nothing is rounded. A NaN stays in the row and the column of its variable; a single observation has no covariance
    with divisor n - 1, and 0 with divisor n.
    """
    X, x, how = sample.X, values(sample.X), subject.arithmetic("cov")
    d, n = x.shape[-2:]
    spoilt = np.isnan(x).any(-1)
    if spoilt.any():
        yield from with_nan(subject, X, spoilt)
        return
    exact = reference.Observed.of(x, how)
    for correction in CORRECTIONS[:n]:
        found = subject.cov(X, correction=correction)
        truth = in_range(exact.covariance(correction), sample, 1.0, subject)
        yield as_it_is(matrices(found, d), truth, f"Cov, correction {correction}")
    yield equal(subject.cov_method(X, correction=CORRECTIONS[:n][-1]), values(found), label="torch.cov = Tensor.cov")
    if n == 1:
        none = np.full((len(x), d, d), np.nan)
        yield equal(matrices(subject.cov(X, correction=1), d), none, label="no degrees of freedom")
        return
    yield from weighted(subject, sample)
    grid = (np.abs(x) <= 4) & (x == np.rint(x))
    moved = subject.add(subject.multiply(X, -2.0), 2.0 ** (subject.format.precision - 1) - 8)
    bound = reference.Observed.of(values(moved), how).covariance(0).bound
    truth = in_range(Truth(4 * exact.covariance(0).value, bound), sample._replace(X=moved), 1.0, subject)
    found = matrices(subject.cov(moved, correction=0), d)
    known = grid.all((-2, -1)) & np.isfinite(truth.bound).all((-2, -1))
    yield within(found, truth, where=known, label="Cov(-2x + b) = 4 Cov(x)")
    if d > 1:
        yield from by_means(subject, X)


def with_nan(subject: Subject, X: Tensor, spoilt: NDArray[np.bool_]) -> Iterator[Check]:
    """The covariances of the other variables are those without the one that has a NaN, the last."""
    found, d = values(matrices(subject.cov(X, correction=1), X.shape[-2])), X.shape[-2]
    touched = spoilt[..., :, None] | spoilt[..., None, :]
    yield holds((np.isnan(found) == touched).all((-2, -1)), label="NaN in its row and column only")
    exact = reference.Observed.of(values(X[:, :-1]), subject.arithmetic("cov")).covariance(1)
    yield as_it_is(subject.tensor(found[:, : d - 1, : d - 1]), exact, "Cov of the others")


def weighted(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Observations repeated, and repeated and weighted: with correction 0 if their number is even, 1 if it is odd."""
    X, how = sample.X, subject.arithmetic("cov")
    x, r, a = values(list(sample[:3]))
    d, repeats = x.shape[-2], sample.repeats.to(torch.int64)
    correction = x.shape[-1] % 2
    truth = in_range(reference.weighted_covariance(x, r, None, how, correction), sample, r, subject)
    found = subject.covariance_with_repeats(X, repeats, correction)
    yield as_it_is(matrices(found, d), truth, f"Cov with repetitions, correction {correction}")
    truth = in_range(reference.weighted_covariance(x, r, a, how, correction), sample, r * a, subject)
    found = subject.covariance_with_weights(X, repeats, sample.weights, correction)
    yield as_it_is(matrices(found, d), truth, f"Cov with weights, correction {correction}")


def by_means(subject: Subject, X: Tensor) -> Iterator[Check]:
    """The mean of products of deviations, and of products, for the first two variables."""
    f, g, how = X[:, 0], X[:, 1], subject.arithmetic("reduction")
    a, b = values([f, g])
    found = along(subject, subject.multiply(centred(subject, f), centred(subject, g)), "mean")
    yield as_it_is(found, reference.mean_product_of_deviations(a, b, how), "E[(f - E f)(g - E g)]")
    means = subject.multiply(along(subject, f, "mean"), along(subject, g, "mean"))
    found = subject.subtract(along(subject, subject.multiply(f, g), "mean"), means)
    yield as_it_is(found, reference.covariance_by_moments(a, b, how), "E[fg] - E f E g")


@refutation(covariance_definition, r"\texttt{torch.cov}(X)\text{ is }\mathbb{E}[(f-\mathbb{E}f)(g-\mathbb{E}g)]")
@for_all(sample=only(Observations(), Observations(2, 5, NORMAL)))
def default_is_the_covariance_of_the_law(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Its divisor is n - 1."""
    exact = reference.Observed.of(values(sample.X), subject.arithmetic("cov")).covariance(0)
    yield within(subject.cov(sample.X), exact)


@refutation(covariance_definition, r"\operatorname{Cov}(f,g)=\mathbb{E}[fg]")
@for_all(sample=only(Observations(2, 3, Numbers("positive")), Observations()))
def products_need_no_centring(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Only where one of the means is 0."""
    found = along(subject, subject.multiply(sample.X[:, 0], sample.X[:, 1]), "mean")
    exact = values(subject.cov(sample.X, correction=0))[:, 0, 1]
    yield within(found, Truth(exact, np.full(len(exact), 0.1)))


@refutation(covariance_definition, r"\operatorname{Cov}(cf,cg)=\operatorname{Cov}(f,g)")
@for_all(sample=only(Observations()))
def covariance_is_free_of_scale(subject: Subject, sample: Sample) -> Iterator[Check]:
    """It is multiplied by c^2."""
    doubled = subject.cov(subject.multiply(sample.X, 2.0), correction=0)
    yield equal(doubled, values(subject.cov(sample.X, correction=0)))


@refutation(
    covariance_definition, r"\operatorname{Cov}(f,g)=\operatorname{Cov}(f,h)+\operatorname{Cov}(h,g)\text{ for every }h"
)
@for_all(sample=only(Observations(3, 4)))
def covariance_passes_through_a_third_variable(subject: Subject, sample: Sample) -> Iterator[Check]:
    """It is bilinear, not transitive."""
    c = values(subject.cov(sample.X, correction=0))
    yield within(c[:, 0, 1], Truth(c[:, 0, 2] + c[:, 2, 1], np.full(len(c), 0.1)))


@claim(
    title="A large absolute covariance means that the product of the spreads is large",
    statement=r"|\operatorname{Cov}(f,g)|\le\sigma_f\sigma_g,\qquad"
    r"\mathbb{E}\big[|f-\mathbb{E}f|\,|g-\mathbb{E}g|\big]\ge|\operatorname{Cov}(f,g)|",
    hypotheses="finite second moments",
    notes="Probability and information theory: covariance",
    book="3.8",
    truth=FALSE_AS_STATED,
    correction="Only the product of the spreads must be large: for f = +-1/1000 and g = 10^9 f the covariance is 1000, "
    "and f stays within 1/1000. The product of the deviations is large on average, not at every time.",
    bound="Cauchy-Schwarz, with BND-COV for every computed number",
)
@for_all(sample=pairs())
def covariance_magnitude(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Computed covariances against computed and exact variances, and against the computed mean product of magnitudes.

    Affine variables of extreme ratios of scale attain equality in the first, and in the second.
    """
    x, how = values(sample.X), subject.arithmetic("cov")
    exact = reference.Observed.of(x, how).covariance(0)
    c, b = values(subject.cov(sample.X, correction=0)), exact.bound
    variance, error = (np.diagonal(v, axis1=-2, axis2=-1) for v in (c, b))
    true = np.diagonal(exact.value, axis1=-2, axis2=-1)
    known = np.isfinite(in_range(exact, sample, 1.0, subject).bound).all((-2, -1))
    slack = b + 4 * 2.0**-53 * np.abs(exact.value)
    computed = np.sqrt((variance + error)[..., :, None]) * np.sqrt((variance + error)[..., None, :])
    yield at_most(np.abs(c), computed, slack, where=known, label="|Cov| <= sigma sigma, computed")
    bound = np.sqrt(true)[..., :, None] * np.sqrt(true)[..., None, :]
    yield at_most(np.abs(c), bound, slack, where=known, label="|Cov| <= sigma sigma, exact")
    f, g = sample.X[:, 0], sample.X[:, 1]
    magnitudes = [subject.abs(centred(subject, v)) for v in (f, g)]
    product = along(subject, subject.multiply(*magnitudes), "mean")
    left, right = values([f, g])
    truth = reference.mean_product_of_deviations(left, right, subject.arithmetic("reduction"), magnitudes=True)
    yield as_it_is(product, truth, "E|f - E f||g - E g|")
    cov, apart = entry(exact, 0, 1), truth.bound
    yield at_most(np.abs(cov.value), product, apart, where=np.isfinite(apart), label="|Cov| <= E|f - E f||g - E g|")


@refutation(covariance_magnitude, "A large covariance forces both variables to vary much.")
@for_all(sample=only(Observations(2, 2, Numbers("ties")), Observations(2, 5, NORMAL)))
def both_variables_vary_much(subject: Subject, sample: Sample) -> Iterator[Check]:
    """A covariance above 1 though one of the two stays within 2^-9."""
    f = subject.multiply(sample.X[:, 0], 2.0**-10)
    x = torch.stack((f, subject.multiply(f, 2.0**24 if subject.format.emax > 15 else 2.0**20)), -2)
    c = np.abs(values(subject.cov(x, correction=0)))
    yield holds(np.minimum(c[:, 0, 0], c[:, 1, 1]) > 0.01, where=c[:, 0, 1] > 1)


@refutation(covariance_magnitude, r"|\operatorname{Cov}|\text{ large implies a correlation near }\pm1")
@for_all(sample=only(Observations(2, 5, NORMAL), Observations(2, 3)))
def large_covariance_is_large_correlation(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Scale alone makes it large."""
    x = subject.multiply(sample.X, 16.0)
    rho, c = np.abs(values(subject.corrcoef(x)))[:, 0, 1], np.abs(values(subject.cov(x)))[:, 0, 1]
    yield holds(rho > 0.9, where=c > 1)


@refutation(covariance_magnitude, r"|\operatorname{Cov}(f,g)|\le\min(\operatorname{Var}f,\operatorname{Var}g)")
@for_all(sample=only(Observations(2, 3, NORMAL, "affine")))
def covariance_is_below_both_variances(subject: Subject, sample: Sample) -> Iterator[Check]:
    """It is below their geometric mean."""
    c = np.abs(values(subject.cov(sample.X, correction=0)))
    least = np.minimum(c[:, 0, 0], c[:, 1, 1])
    yield at_most(c[:, 0, 1], least, 0.1 * least)


@refutation(
    covariance_magnitude, "Where the covariance is large both variables are far from their means at every time."
)
@for_all(sample=only(Observations(2, 8, NORMAL, "affine"), Observations(2, 5)))
def deviations_are_large_at_every_time(subject: Subject, sample: Sample) -> Iterator[Check]:
    """Here the product of deviations is on average large, and for some observation small."""
    f, g = (np.abs(values(centred(subject, sample.X[:, i]))) for i in (0, 1))
    c = np.abs(values(subject.cov(sample.X, correction=0)))[:, 0, 1]
    yield holds((f * g).min(-1) > 0.5 * c, where=c > 0)


@claim(
    title="Positive covariance: both variables tend to be high together; negative: one high, the other low",
    statement=r"\operatorname{Cov}(f,g)=\iint\big(F_{fg}(s,t)-F_f(s)F_g(t)\big)\,ds\,dt,\qquad "
    r"\operatorname{sign}\operatorname{Cov}(f,g)=\operatorname{sign}\beta,\ \beta=\operatorname{Cov}(f,g)/"
    r"\operatorname{Var}f",
    hypotheses="on average, weighted by the size of the deviations; beta is the slope of the best linear predictor",
    notes="Probability and information theory: covariance",
    book="3.8",
    truth=TENDENCY,
    correction="The covariance is positive iff the best linear predictor of g by f increases; the share of pairs on "
    "the same side of their means may be below one half, and F_fg need not lie above F_f F_g.",
    bound="BND-COV; a sign is decided where the exact covariance is larger. Hoeffding's formula: a finite sum.",
)
@for_all(X=every_joint_law())
def covariance_sign_tendency(subject: Subject, X: Tensor) -> Iterator[Check]:
    """All 714 joint laws of up to 4 equally likely pairs from 3 x 3 points: the covariance against Hoeffding's formula,
    its sign against that of the slope, and that of -f; positive quadrant dependence implies that it is not negative.
    """
    x, how = values(X), subject.arithmetic("cov")
    exact = reference.Observed.of(x, how).covariance(0)
    c, bound = subject.cov(X, correction=0)[..., 0, 1], exact.bound[..., 0, 1]
    hoeffding = reference.hoeffding(x)
    yield within(c, Truth(hoeffding, bound + 2.0**-53 * np.abs(hoeffding)), label="Hoeffding's formula")
    sure = np.abs(hoeffding) > bound
    yield holds(np.sign(values(c)) == np.sign(hoeffding), where=sure, label="sign")
    dependent = reference.quadrant_dependent(x)
    yield at_most(np.zeros(len(x)), c, bound, where=dependent, label="quadrant dependence")
    opposite = torch.stack((subject.multiply(X[:, 0], -1.0), X[:, 1]), -2)
    yield equal(subject.cov(opposite, correction=0)[..., 0, 1], -values(c), label="Cov(-f, g) = -Cov(f, g)")
    f, g = (centred(subject, X[:, i]) for i in (0, 1))
    norm = along(subject, subject.multiply(f, f), "mean")
    varies = exact.value[..., 0, 0] > exact.bound[..., 0, 0]
    safe = subject.add(norm, subject.tensor(1.0 - varies))
    slope = subject.divide(along(subject, subject.multiply(f, g), "mean"), safe)
    decided = sure & varies & (np.abs(hoeffding) > reference.mean_product_of_deviations(x[:, 0], x[:, 1], how).bound)
    yield holds(np.sign(values(slope)) == np.sign(hoeffding), where=decided, label="sign of the slope")


def same_side(subject: Subject, X: Tensor) -> NDArray[np.float64]:
    """The share of pairs whose deviations have the same sign."""
    f, g = (values(centred(subject, X[:, i])) for i in (0, 1))
    return np.asarray((f * g > 0).mean(-1))


@refutation(covariance_sign_tendency, r"\operatorname{Cov}>0\Rightarrow P((f-\mathbb{E}f)(g-\mathbb{E}g)>0)>\tfrac12")
@for_all(X=every_joint_law())
def most_pairs_are_on_the_same_side(subject: Subject, X: Tensor) -> Iterator[Check]:
    """A few large products outweigh the others."""
    c = values(subject.cov(X, correction=0))[..., 0, 1]
    yield holds(same_side(subject, X) > 0.5, where=c > 0.1)


@refutation(covariance_sign_tendency, r"\operatorname{Cov}>0\Rightarrow F_{fg}\ge F_fF_g")
@for_all(X=every_joint_law())
def positive_covariance_is_quadrant_dependence(subject: Subject, X: Tensor) -> Iterator[Check]:
    """The integral may be positive where the integrand is not."""
    c = values(subject.cov(X, correction=0))[..., 0, 1]
    yield holds(reference.quadrant_dependent(values(X)), where=c > 0.1)


@refutation(covariance_sign_tendency, r"\operatorname{Cov}<0\Rightarrow\mathbb{E}[g\mid f]\text{ decreases}")
@for_all(X=every_joint_law())
def negative_covariance_means_decreasing(subject: Subject, X: Tensor) -> Iterator[Check]:
    """The best linear predictor does, the best predictor need not."""
    c, decreasing = values(subject.cov(X, correction=0))[..., 0, 1], []
    for f, g in values(X):
        means = [g[f == v].mean() for v in np.unique(f)]
        decreasing.append(bool((np.diff(means) <= 0).all()))
    yield holds(np.array(decreasing), where=c < -0.1)
