"""Dependence: nonzero covariance implies it, and only all covariances of functions together exclude it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.dependence import Joint, JointCounts, joint_counts
from claims.frame.inputs.observations import NORMAL, Observations, Sample
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.probability.independence import pair_covariance
from reference.probability import dependence as reference
from reference.probability.covariance import weighted_covariance
from reference.truth import Truth


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
