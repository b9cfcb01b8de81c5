"""Dependence: nonzero covariance implies it, and only all covariances of functions together exclude it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.dependence import Joint, JointCounts, joint_counts
from claims.frame.inputs.linear_relations import LinearRelation, Pair, linear_relations
from claims.frame.inputs.observations import NORMAL, Observations, Sample
from claims.frame.inputs.samples import Draw, canvas, samples
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.probability.independence import pair_covariance
from reference.probability import dependence as reference
from reference.probability.covariance import Observed, weighted_covariance
from reference.probability.sampling import ALPHA
from reference.statistics import hoeffding_radius
from reference.truth import Truth

LOW = 9
"""Up to so many atoms, sums of products of third powers of quarters, (9/4)^6 a product, are in range of float16."""


def on_pairs(law: Joint) -> tuple[Tensor, Tensor, Tensor]:
    """X, Y and the counts on all pairs of atoms; each (..., m n)."""
    shape = law.counts.shape
    x, y = law.x[..., :, None].expand(shape), law.y[..., None, :].expand(shape)
    return x.flatten(-2), y.flatten(-2), law.counts.flatten(-2)


def covariance_of(subject: Subject, law: Joint) -> tuple[Tensor, Truth]:
    """Cov(X, Y) as torch computes it, and the exact one with its bound."""
    a, b, counts = on_pairs(law)
    data, weights = values([torch.stack((a, b), -2), counts])
    exact = weighted_covariance(data, weights, None, subject.arithmetic("cov"), 0)
    return pair_covariance(subject, a, b, counts), Truth(exact.value[..., 0, 1], exact.bound[..., 0, 1])


def difference_from_product(subject: Subject, P: Tensor) -> Tensor:
    """P - p q^T with the marginals p and q of P; shape (..., m, n)."""
    p, q = subject.sum(P, dim=-1), subject.sum(P, dim=-2)
    difference: Tensor = subject.subtract(P, subject.outer(p, q))
    return difference


def sum_of_magnitudes(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """sum |P_ij - p_i q_j|: twice the distance in total variation from the product."""
    return np.asarray(np.abs(difference).sum((-2, -1)))


@claim(
    title="Variables with nonzero covariance are dependent",
    statement=r"\operatorname{Cov}(X,Y)\ne0\Rightarrow X\not\perp Y,\qquad|\operatorname{Cov}(X,Y)|\le\sum_{ij}|x_i|"
    r"|y_j||P_{ij}-p_iq_j|\le\max|x|\max|y|\sum_{ij}|P_{ij}-p_iq_j|",
    hypotheses="finite second moments",
    notes="Probability and information theory: covariance",
    book="3.8",
    formal="contrapositive of ProbabilityTheory.IndepFun.covariance_eq_zero",
    truth=TRUE,
    bound="Cov(X, Y) = sum x_i y_j (P_ij - p_i q_j) and the triangle inequality, exact in rationals. Computed "
    "covariances: BND-COV with weights. P - p q^T: none where the format holds P, its marginals and their products.",
)
@for_all(pair=joint_counts())
def nonzero_covariance_implies_dependence(subject: Subject, pair: Joint) -> Iterator[Check]:
    """The covariance of a joint law, its difference from the product of its marginals, and the inequalities between
    the two; a computed covariance larger than its bound comes with a difference that is not 0.
    """
    x, y, counts = values(list(pair[:3]))
    found, truth = covariance_of(subject, pair)
    yield within(found, truth, label="Cov(X, Y)")
    computed = values(difference_from_product(subject, pair.P))
    exact = reference.difference_from_product(counts)
    known = reference.difference_is_exact(counts, subject.format)
    yield equal(computed, exact, where=known, label="P - p q^T")
    difference = np.where(known[..., None, None], computed, exact)
    size = np.abs(values(found))
    magnitude = reference.magnitude_of_dependence(x, y, difference)
    slack = truth.bound + counts[0].size * 2.0**-52 * magnitude
    yield at_most(size, magnitude, slack, label="|Cov| <= sum |x||y||P - p q|")
    largest = np.abs(x).max(-1) * np.abs(y).max(-1) * sum_of_magnitudes(difference)
    yield at_most(size, largest, slack, label="|Cov| <= max |x| max |y| sum |P - p q|")
    yield holds(sum_of_magnitudes(difference) > 0, where=size > truth.bound, label="Cov not 0: dependent")


@refutation(nonzero_covariance_implies_dependence, "A nonzero covariance of a sample implies dependence.")
@for_all(sample=only(Observations(2, 5, NORMAL), Observations(2, 65, NORMAL)))
def sample_covariance_of_independent_variables_vanishes(subject: Subject, sample: Sample) -> Iterator[Check]:
    """The rows are drawn independently."""
    yield holds(values(subject.weighted_covariance(sample.X, sample.repeats.to(torch.int64)))[..., 0, 1] == 0)


@refutation(nonzero_covariance_implies_dependence, r"X\not\perp Y\Rightarrow\operatorname{Cov}(X,Y)\ne0")
@for_all(pair=only(JointCounts(3, 2, "uncorrelated"), JointCounts(3, 3)))
def dependence_implies_nonzero_covariance(subject: Subject, pair: Joint) -> Iterator[Check]:
    """Not where x and -x are equally likely for every y."""
    found, _ = covariance_of(subject, pair)
    dependent = (values(difference_from_product(subject, pair.P)) != 0).any((-2, -1))
    yield holds(values(found) != 0, where=dependent)


@refutation(nonzero_covariance_implies_dependence, r"\text{The larger }|\operatorname{Cov}|\text{ the more dependent.}")
@for_all(pair=only(JointCounts(2, 2), JointCounts(3, 4)))
def larger_covariance_is_stronger_dependence(subject: Subject, pair: Joint) -> Iterator[Check]:
    """X^2 depends on Y no more than X does, whatever the covariances."""
    square = pair._replace(x=subject.multiply(pair.x, pair.x))
    (found, _), (squared, _) = covariance_of(subject, pair), covariance_of(subject, square)
    difference = values(difference_from_product(subject, pair.P))
    same = values(pair.x)[..., :, None] ** 2 == values(pair.x)[..., None, :] ** 2
    merged = sum_of_magnitudes(same.astype(np.float64) @ difference / same.sum(-1)[..., None])
    larger = np.abs(values(squared)) > np.abs(values(found))
    yield holds(merged > sum_of_magnitudes(difference), where=larger)


def one_hot(subject: Subject, pair: Joint) -> Tensor:
    """The one-hot codes of X, then of Y, on all pairs of atoms; (..., m + n, m n)."""
    m, n = pair.counts.shape[-2:]
    x, y = (torch.eye(k, dtype=subject.torch_dtype, device=subject.device) for k in (m, n))
    codes = torch.cat((x.repeat_interleave(n, -1), y.repeat(1, m)))
    return codes.repeat(*pair.counts.shape[:-2], 1, 1)


def powers(subject: Subject, x: Tensor, degree: int) -> Tensor:
    """z, z^2, ... for z = x/4 as rows, rounded into the format (z^3 once, z^2 being exact); (..., degree, k)."""
    z = subject.multiply(x, 0.25)
    rows = [z]
    while len(rows) < degree:
        rows.append(subject.multiply(rows[-1], z))
    return torch.stack(rows, -2)


def covariances_between(subject: Subject, f: Tensor, g: Tensor, counts: Tensor) -> tuple[Tensor, Truth]:
    """Covariances of the rows of f (..., r, k) with those of g (..., s, k), and the exact ones; (..., r, s)."""
    data, r = torch.cat((f, g), -2), f.shape[-2]
    rows, weights = values([data, counts])
    exact = weighted_covariance(rows, weights, None, subject.arithmetic("cov"), 0)
    found = subject.weighted_covariance(data, counts.to(torch.int64))[..., :r, r:]
    return found, Truth(exact.value[..., :r, r:], exact.bound[..., :r, r:])


def covariances_of_powers(subject: Subject, pair: Joint, degree: int) -> tuple[Tensor, Truth]:
    """Cov((X/4)^a, (Y/4)^b) for a and b from 1 to `degree`; shape (..., degree, degree)."""
    a, b, counts = on_pairs(pair)
    return covariances_between(subject, powers(subject, a, degree), powers(subject, b, degree), counts)


@claim(
    title="Independence is stronger than zero covariance because it also excludes nonlinear relations",
    statement=r"X\perp Y\iff\operatorname{Cov}(f(X),g(Y))=0\ \forall f,g\text{ bounded measurable}\ "
    r"(\text{finite supports: indicators suffice}),\qquad\operatorname{Cov}(1[X=x_i],1[Y=y_j])=P_{ij}-p_iq_j",
    hypotheses="none; jointly Gaussian variables are the exception for which zero covariance suffices",
    notes="Probability and information theory: covariance",
    book="3.8",
    formal="ProbabilityTheory.indepFun_iff_measure_inter_preimage_eq_mul",
    truth=TRUE,
    bound="Indicators: no error where the total is a power of two and the formats hold the deviations and the products "
    "by the weights, otherwise BND-COV with weights. Powers: BND-COV with weights.",
)
@for_all(pair=joint_counts())
def independence_stronger_than_uncorrelatedness(subject: Subject, pair: Joint) -> Iterator[Check]:
    """The covariances of one-hot codes are P - p q^T: all 0 for products of marginals, and beyond their bound for some
    pair of indicators wherever a dependent law is resolved, also if X and Y, or all their polynomials of degree up to
    2, are uncorrelated. Covariances of powers up to the third follow from those of the indicators.
    """
    counts = values(pair.counts)
    codes, m = one_hot(subject, pair), counts.shape[-2]
    flat = pair.counts.flatten(-2)
    found, _ = covariances_between(subject, codes[..., :m, :], codes[..., m:, :], flat)
    truth = reference.covariance_of_indicators(counts, subject.arithmetic("cov"))
    yield within(found, truth, label="Cov(1[X = x], 1[Y = y]) = P - p q^T")
    size, dependent = np.abs(values(found)), (truth.value != 0).any((-2, -1))
    yield holds((size <= truth.bound).all((-2, -1)), where=~dependent, label="independent: all indicators uncorrelated")
    resolved = (np.abs(truth.value) > 2 * truth.bound).any((-2, -1))
    yield holds((size > truth.bound).any((-2, -1)), where=resolved, label="dependent: some indicators correlated")
    if max(counts.shape[-2:]) <= LOW:
        quarter = values(pair.x) / 4
        exact = subject.format.round(np.stack((quarter, quarter**2, quarter**3), -2))
        yield equal(powers(subject, pair.x, 3), exact, label="powers of X/4")
        yield within(*covariances_of_powers(subject, pair, 3), label="Cov(X^a, Y^b)")


@refutation(independence_stronger_than_uncorrelatedness, r"\operatorname{Cov}(X,Y)=0\Rightarrow X\perp Y")
@for_all(pair=only(JointCounts(3, 2, "uncorrelated"), JointCounts(4, 2, "cubic", 32)))
def zero_covariance_implies_independence(subject: Subject, pair: Joint) -> Iterator[Check]:
    """Not where x and -x are equally likely for every y."""
    found, truth = covariance_of(subject, pair)
    difference = values(difference_from_product(subject, pair.P))
    yield holds((difference == 0).all((-2, -1)), where=np.abs(values(found)) <= truth.bound)


@refutation(
    independence_stronger_than_uncorrelatedness,
    r"\operatorname{Cov}(X^a,Y^b)=0\text{ for }a,b\le2\Rightarrow X\perp Y",
)
@for_all(pair=only(JointCounts(4, 2, "cubic", 32)))
def polynomials_of_degree_two_suffice(subject: Subject, pair: Joint) -> Iterator[Check]:
    """On four points a third power is left."""
    found, truth = covariances_of_powers(subject, pair, 2)
    uncorrelated = (np.abs(values(found)) <= truth.bound).all((-2, -1))
    difference = values(difference_from_product(subject, pair.P))
    yield holds((difference == 0).all((-2, -1)), where=uncorrelated)


@refutation(independence_stronger_than_uncorrelatedness, "Uncorrelated Gaussian variables are independent.")
@for_all(draw=samples("normal"))
def uncorrelated_gaussians_are_independent(subject: Subject, draw: Draw) -> Iterator[Check]:
    """Only jointly Gaussian ones: X and s X with a fair sign s are uncorrelated, and |sX| = |X|."""
    with subject.random(draw.seed) as generator:
        x = subject.normal_(canvas(subject, draw.n), generator=generator)
        y = subject.flip_signs(x, 0.5, generator=generator)
    inner, outer = np.abs(values(x)) <= 0.5, np.abs(values(y)) > 0.5
    gap = abs((inner & outer).mean() - inner.mean() * outer.mean())
    # three frequencies, each within the radius at a third of the level, the two of the product at most 1
    yield consistent(gap, 3 * hoeffding_radius(draw.n, 1.0, ALPHA / 3), alpha=ALPHA)


@claim(
    title="Zero covariance means there is no linear dependence",
    statement=r"\operatorname{Var}X>0:\ \operatorname{Cov}(X,Y)=0\iff\min_{a,b}\mathbb{E}(Y-aX-b)^2\text{ at }a=0;"
    r"\qquad  Y=aX+b,\ \operatorname{Cov}(X,Y)=0\Rightarrow a=0",
    hypotheses="Var X > 0 and Var Y > 0",
    notes="Probability and information theory: covariance",
    book="3.8",
    truth=UNDER_HYPOTHESES,
    correction="Constants have covariance zero with everything, and lie on lines: X = 1 and Y = 2 satisfy Y = 2X.",
    bound="Covariances: BND-COV. Regression lines: Householder's backward error of 10 sqrt(n) u for each column "
    "(calibrated) and Wedin's theorem for columns of length 1, kappa = (1 + |r|) (E x^2 / Var x)^(1/2).",
)
@for_all(pair=linear_relations())
def zero_covariance_no_linear_relation(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Covariance and regression line of equally likely pairs against exact ones; the slope times the variance is the
    covariance, is 0 with it, and has its sign. Half types solve the least-squares problem in float32.
    """
    x, y = values([pair.x, pair.y])
    found, truth = pair_covariance(subject, pair.x, pair.y), exact_covariance(subject, pair)
    yield within(found, truth, label="Cov(X, Y)")
    if (x != x[:, :1]).any(-1).all():  # else there is no one line
        line = subject.regression_line(pair.x, pair.y)
        exact = reference.regression(x, y, subject.arithmetic("regression_line"))
        yield within(line, exact.line, label="slope and intercept")
        slope, best, error = values(line)[..., 0], exact.line.value[..., 0], exact.line.bound[..., 0]
        yield at_most(np.abs(slope), np.zeros(len(x)), error, where=best == 0, label="Cov = 0: slope 0")
        slack = truth.bound + error * exact.variance * (1 + 2.0**-50)
        yield within(slope * exact.variance, Truth(values(found), slack), label="slope Var X = Cov(X, Y)")
        known = (np.abs(truth.value) > truth.bound) & (np.abs(best) > error)
        yield holds(np.sign(slope) == np.sign(values(found)), where=known, label="Cov not 0: a slope of its sign")


def exact_covariance(subject: Subject, pair: Pair) -> Truth:
    """Cov(X, Y) with the bound for this subject's torch.cov."""
    exact = Observed.of(np.stack(values([pair.x, pair.y]), -2), subject.arithmetic("cov")).covariance(0)
    return Truth(exact.value[..., 0, 1], exact.bound[..., 0, 1])


def uncorrelated(subject: Subject, pair: Pair) -> NDArray[np.bool_]:
    """Where the computed covariance may be that of uncorrelated variables."""
    return np.asarray(np.abs(values(pair_covariance(subject, pair.x, pair.y))) <= exact_covariance(subject, pair).bound)


@refutation(zero_covariance_no_linear_relation, "Zero covariance excludes every functional relation.")
@for_all(pair=only(LinearRelation(4, "square"), LinearRelation(8, "square")))
def zero_covariance_excludes_every_function(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Y = X^2 is one."""
    squared = values(subject.multiply(pair.x, pair.x))
    yield holds((squared != values(pair.y)).any(-1), where=uncorrelated(subject, pair))


@refutation(zero_covariance_no_linear_relation, r"\operatorname{Cov}(X,Y)=0\Rightarrow\mathbb{E}[Y\mid X]=\mathbb{E}Y")
@for_all(pair=only(LinearRelation(4, "square"), LinearRelation(6, "uncorrelated", "none")))
def zero_covariance_makes_the_regression_constant(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Only its best affine approximation is."""
    x, y = values([pair.x, pair.y])
    same = x[..., :, None] == x[..., None, :]
    given = (same * y[..., None, :]).sum(-1) / same.sum(-1)
    yield holds(np.abs(given - y.mean(-1, keepdims=True)).max(-1) < 1e-6, where=uncorrelated(subject, pair))


@refutation(zero_covariance_no_linear_relation, r"\operatorname{Cov}(X,Y)=0\Rightarrow Y\ne aX\text{ for all }a\ne0")
@for_all(pair=only(LinearRelation(3, "point"), LinearRelation(4, "point", "far")))
def zero_covariance_excludes_lines_of_constants(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Two constants lie on a line through the origin."""
    x, y = values([pair.x, pair.y])
    ratio = y[:, :1] / np.where(x[:, :1] == 0, 1.0, x[:, :1])
    yield holds(~((ratio * x == y) & (ratio != 0)).all(-1), where=uncorrelated(subject, pair))


@refutation(zero_covariance_no_linear_relation, r"\operatorname{Cov}(X,Y)=0\Rightarrow\mathbb{E}[XY]=0")
@for_all(pair=only(LinearRelation(3), LinearRelation(9, "uncorrelated", "far")))
def zero_covariance_makes_products_vanish(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Not about means other than 0: the regression through the origin has a slope."""
    products = values(subject.multiply(pair.x, pair.y)).mean(-1)
    yield holds(np.abs(products) < 0.01, where=uncorrelated(subject, pair))


@refutation(zero_covariance_no_linear_relation, "Zero covariance means zero rank correlation.")
@for_all(pair=only(LinearRelation(3), LinearRelation(6, "uncorrelated", "none")))
def zero_covariance_makes_ranks_uncorrelated(subject: Subject, pair: Pair) -> Iterator[Check]:
    """(-3, 1), (1, -1), (2, 2) have covariance 0 and rank correlation 1/2."""
    ranks = [np.argsort(np.argsort(v, -1), -1) - (v.shape[-1] - 1) / 2 for v in values([pair.x, pair.y])]
    yield holds(np.abs((ranks[0] * ranks[1]).sum(-1)) < 0.25, where=uncorrelated(subject, pair))
