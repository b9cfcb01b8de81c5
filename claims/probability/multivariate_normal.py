"""The multivariate normal law: its log density from covariance, precision or factor, and its marginals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.gaussian_points import GaussianLaw, GaussianPoints, gaussian_laws
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.probability import multivariate_normal as reference
from reference.truth import Truth


def numbers(matrix: Tensor) -> NDArray[np.float64]:
    """The matrices, or identities in tensors without numbers, whose entries are 0."""
    found, d = values(matrix), matrix.shape[-1]
    return np.where(found[..., :1, :1] > 0, found, np.eye(d))


def log_density(subject: Subject, x: GaussianPoints) -> Tensor:
    """log p at the points, from the covariance."""
    found: Tensor = subject.multivariate_log_density(x.x, x.mean, x.covariance, given="covariance_matrix")
    return found


def first(x: GaussianPoints, d: int) -> GaussianPoints:
    """The marginal law of the first d variables, at the first point."""
    point, block = x.x[..., :1, :d], (slice(None), slice(d), slice(d))
    return GaussianPoints(point, x.mean[..., :d], x.covariance[block], x.precision[block], x.factor[block])


def mass(subject: Subject, x: GaussianPoints) -> Iterator[Check]:
    """The density over that of the first d - 1 variables, integrated over the last one."""
    d, given = x.mean.shape[-1], "covariance_matrix"
    at, mean, covariance = values(x.x), values(x.mean), numbers(x.covariance)
    whole = reference.form(at, mean, covariance, given)
    line = reference.last_given_others(at, mean, whole, subject.format)
    others, exact = torch.zeros_like(x.x[:, :1, 0]), Truth(np.zeros((len(at), 1)), np.zeros((len(at), 1)))
    if d > 1:
        others = log_density(subject, first(x, d - 1))
        exact = reference.log_density(at[:, :1, :-1], mean[:, :-1], covariance[:, :-1, :-1], given, subject.format)
        yield within(others, exact, label="log density of the first d - 1 variables")
    nodes = subject.tensor(line.at)
    points = torch.cat((x.x[:, :1, :-1].expand(-1, nodes.shape[-1], -1), nodes.unsqueeze(-1)), -1)
    quotient = subject.exp(subject.subtract(log_density(subject, x._replace(x=points)), others))
    truth = reference.mass_given_others(line, whole, covariance, exact, subject.arithmetic("trapezoid"))
    yield within(subject.trapezoid(quotient, nodes), truth, where=line.held, label="p over a marginal, integrated")


@claim(
    title="The log density of the multivariate normal law",
    statement=r"\log p(x)=-\tfrac12(x-\mu)^\top\Sigma^{-1}(x-\mu)-\tfrac12\log\det\Sigma-\tfrac d2\log2\pi,\qquad"
    r"\int p(x)\,dx_d=p(x_1,\dots,x_{d-1})",
    hypotheses="Sigma is symmetric positive definite",
    notes="Initialization of weights: the normal law",
    book="3.9.3, eq. 3.23",
    truth=UNDER_HYPOTHESES,
    correction="Sigma must be positive definite: for a singular covariance there is no density on R^d.",
    bound="Cholesky's factor is that of a matrix between (1 - f) Sigma and (1 + f) Sigma, f = d gamma_{d+3} times the "
    "sum of sigma_ii (Sigma^-1)_ii (Higham 10.3, Demmel's scaling), substitution by Higham 8.5; by eigenvectors "
    "BND-EIGH. Inverses and determinants are exact rationals.",
)
@for_all(x=gaussian_laws())
def multivariate_normal_log_density(subject: Subject, x: GaussianPoints) -> Iterator[Check]:
    """torch's log density from a covariance, a precision and a factor, each against the exact one of that matrix; the
    sum over principal axes; and the quotient by the density of the first d - 1 variables, whose integral over the last
    one is 1.
    """
    at, mean = values(x.x), values(x.mean)
    for given, matrix in (
        ("covariance_matrix", x.covariance),
        ("precision_matrix", x.precision),
        ("scale_tril", x.factor),
    ):
        truth = reference.log_density(at, mean, numbers(matrix), given, subject.format)
        yield within(subject.multivariate_log_density(x.x, x.mean, matrix, given=given), truth, label=given)
    along = subject.log_density_by_eigenvectors(x.x, x.mean, x.covariance)
    arithmetic = subject.arithmetic("log_density_by_eigenvectors")
    truth = reference.by_eigenvectors(at, mean, numbers(x.covariance), arithmetic)
    known = np.isfinite(truth.bound).all(-1)
    yield within(along, truth, where=known, label="along the eigenvectors")
    yield from mass(subject, x)


def sum_of_squares(x: GaussianPoints) -> NDArray[np.float64]:
    """(x - mu)^T Sigma^-1 (x - mu) at the points, in float64."""
    apart = values(x.x) - values(x.mean)[:, None]
    return np.asarray((apart @ np.linalg.inv(numbers(x.covariance)) * apart).sum(-1))


def log_determinant(x: GaussianPoints) -> NDArray[np.float64]:
    """log det Sigma for every point, in float64."""
    return np.asarray(np.linalg.slogdet(numbers(x.covariance))[1][:, None] + np.zeros(x.x.shape[1]))


def close(found: Tensor, value: NDArray[np.float64]) -> Check:
    """Whether a log density is this, to a hundredth."""
    return within(found, Truth(value, 0.01 + 0.01 * np.abs(value)))


PLAIN = only(GaussianLaw(2), GaussianLaw(3), GaussianLaw(5, scale="graded"))


@refutation(multivariate_normal_log_density, r"\text{The constant is }\tfrac12\log2\pi\text{ for every }d\text{.}")
@for_all(x=PLAIN)
def one_constant_for_every_dimension(subject: Subject, x: GaussianPoints) -> Iterator[Check]:
    """It is d / 2 times the logarithm."""
    yield close(log_density(subject, x), -sum_of_squares(x) / 2 - log_determinant(x) / 2 - np.log(2 * np.pi) / 2)


@refutation(multivariate_normal_log_density, r"\text{The density divides by }\det\Sigma\text{.}")
@for_all(x=PLAIN)
def determinant_without_its_root(subject: Subject, x: GaussianPoints) -> Iterator[Check]:
    """By its root."""
    d = x.mean.shape[-1]
    yield close(log_density(subject, x), -sum_of_squares(x) / 2 - log_determinant(x) - d * np.log(2 * np.pi) / 2)


@refutation(multivariate_normal_log_density, r"\log p_{AX}(Ax)=\log p_X(x)")
@for_all(x=PLAIN)
def density_is_invariant_under_linear_maps(subject: Subject, x: GaussianPoints) -> Iterator[Check]:
    """Doubling X takes d log 2 from the log density."""
    doubled = x._replace(x=2 * x.x, mean=2 * x.mean, covariance=4 * x.covariance)
    yield close(log_density(subject, doubled), values(log_density(subject, x)))


@refutation(multivariate_normal_log_density, r"p(x)=\prod_ip_i(x_i)\text{ with the marginal densities }p_i")
@for_all(x=PLAIN)
def density_is_the_product_of_its_marginals(subject: Subject, x: GaussianPoints) -> Iterator[Check]:
    """Of uncorrelated variables only."""
    variance = np.diagonal(numbers(x.covariance), axis1=-2, axis2=-1)[:, None]
    squares = (values(x.x) - values(x.mean)[:, None]) ** 2 / variance
    yield close(log_density(subject, x), -(squares + np.log(2 * np.pi * variance)).sum(-1) / 2)


@refutation(multivariate_normal_log_density, r"(\Sigma^{-1})_{ii}=1/\Sigma_{ii}")
@for_all(x=PLAIN)
def precisions_are_reciprocal_variances(subject: Subject, x: GaussianPoints) -> Iterator[Check]:
    """Reciprocals of the variances given all other variables, which are smaller."""
    diagonal = torch.diag_embed(1 / x.covariance.diagonal(dim1=-2, dim2=-1))
    yield close(
        subject.multivariate_log_density(x.x, x.mean, diagonal, given="precision_matrix"),
        values(log_density(subject, x)),
    )


@refutation(multivariate_normal_log_density, r"\log p(x)\le0")
@for_all(x=only(GaussianLaw(2, scale="small"), GaussianLaw(3, scale="small")))
def multivariate_density_is_at_most_one(subject: Subject, x: GaussianPoints) -> Iterator[Check]:
    """A narrow density exceeds 1."""
    yield holds(values(log_density(subject, x)) <= 0)
