"""Isotropic data, and the orthonormal rows that the derivation of Xavier's variance asks of a weight."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Generator, Tensor

from claims import UNDER_HYPOTHESES, claim, consistent, equal, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.designs import (
    DesignedData,
    FeatureDraw,
    OrthogonalDraw,
    isotropic_data,
    orthogonal_weights,
    row_conditions,
    sampled_features,
    tall_weights,
)
from claims.frame.inputs.samples import canvas, draws_of_generator
from claims.frame.subject import Subject
from claims.initialization.xavier_covariance import covariance
from reference.formats import Arithmetic
from reference.initialization import xavier_isotropy as reference
from reference.initialization.xavier_covariance import ExactLayer, image_covariance, known_covariance
from reference.probability.independence import normal_covariance_fit
from reference.probability.sampling import ALPHA, Fit
from reference.truth import Truth

FEW = 512
"""So many samples of each feature tell whether a sampler obeys its generator."""


def isotropic(sigma: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """sigma^2 I (batch, n, n) for sigma (batch,)."""
    return np.asarray((sigma**2)[:, None, None] * np.eye(n))


def features(subject: Subject, draw: FeatureDraw, generator: Generator) -> Tensor:
    """Normal samples (m, e)."""
    x: Tensor = subject.normal_(canvas(subject, draw.m, draw.e), 0.0, draw.sigma, generator=generator)
    return x


@claim(
    title="Uncorrelated features of equal variance have covariance sigma^2 I",
    statement=r"x_1,\dots,x_M\text{ uncorrelated},\ \operatorname{Var}x_i=\sigma^2\Rightarrow"
    r"\operatorname{Cov}(X)=\sigma^2I_M,\quad\operatorname{Cov}(WX)=\sigma^2WW^\top",
    hypotheses="of the input features; independent ones are uncorrelated. Of a sample it holds if the sample "
    "covariances vanish, as in a factorial design, and otherwise in the limit",
    notes="Numerical stability and initialization: Xavier",
    truth=UNDER_HYPOTHESES,
    correction="For the outputs Cov(Z) = sigma^2 I is no consequence but a demand on W: W W^T = I.",
    bound="BND-COV, through BND-CHAIN for W Cov(X) W^T; none for W X in designs, which is exact. Samples: "
    "chi-square with E - 1 degrees for variances, the exact normal law given one feature for covariances: 1e-9 each.",
)
@for_all(data=isotropic_data())
def isotropic_input_covariance(subject: Subject, data: DesignedData | FeatureDraw) -> Iterator[Check]:
    """In factorial designs and other sets of Walsh functions the covariance is sigma^2 I and that of the outputs
    sigma^2 W W^T, within the bounds of computed ones. In normal samples, drawn from the generator alone, the variances
    have their chi-square law and the covariances are as small as independence makes them.
    """
    if isinstance(data, FeatureDraw):
        yield from sampled_covariance(subject, data)
        return
    w, sigma = values(data.w), values(data.sigma)
    of_inputs, how = covariance(subject, data.x), subject.arithmetic("cov")
    truth = known_covariance(isotropic(sigma, w.shape[-1]), values(data.x), how)
    yield within(of_inputs, truth, label="Cov(X) = sigma^2 I")
    z = subject.matmul(data.w, data.x)
    yield equal(z, w @ values(data.x), label="W X")
    truth = of_outputs(data, how)
    yield within(covariance(subject, z), truth, label="Cov(W X) = sigma^2 W W^T")
    image = image_covariance(ExactLayer(w, values(data.x)), how, subject.arithmetic("image_covariance"))
    image = image._replace(value=truth.value)
    yield within(subject.image_covariance(data.w, of_inputs), image, label="W Cov(X) W^T = sigma^2 W W^T")


def of_outputs(data: DesignedData, arithmetic: Arithmetic) -> Truth:
    """Cov(W X) = sigma^2 W W^T in a design, where W X is exact."""
    w, x, sigma = values([data.w, data.x, data.sigma])
    return known_covariance((sigma**2)[:, None, None] * (w @ w.swapaxes(-1, -2)), w @ x, arithmetic)


def sampled_covariance(subject: Subject, draw: FeatureDraw) -> Iterator[Check]:
    """Covariances of normal samples against their laws."""
    with subject.random(draw.seed) as generator:
        drawn = features(subject, draw, generator)
    short = draw._replace(e=min(draw.e, FEW))
    yield from draws_of_generator(subject, lambda g: features(subject, short, g), draw.seed, "normal_")
    x = values(drawn)
    truth = reference.sample_covariance(x, subject.arithmetic("cov"))
    yield within(covariance(subject, drawn[None]), Truth(truth.value[None], truth.bound[None]), label="Cov(X), samples")
    variances = [reference.variance_fit(row, draw.sigma, subject.format, ALPHA / draw.m) for row in x]
    yield consistent(*least_likely(variances), alpha=ALPHA, label="variance of the features")
    pairs = list(itertools.combinations(x / draw.sigma, 2))
    covariances = [normal_covariance_fit(*pair, subject.format, ALPHA / len(pairs)) for pair in pairs]
    if covariances:
        yield consistent(*least_likely(covariances), alpha=ALPHA, label="covariances of the features")


def least_likely(fits: list[Fit]) -> Fit:
    """Of several fits that share their probability of a false alarm."""
    return max(fits, key=lambda fit: fit.distance / fit.radius)


@refutation(isotropic_input_covariance, "the sample covariance of independent features is diagonal")
@for_all(data=sampled_features())
def sample_covariance_is_diagonal(subject: Subject, data: FeatureDraw) -> Iterator[Check]:
    """Only in the limit, and in balanced designs."""
    with subject.random(data.seed) as generator:
        c = values(covariance(subject, features(subject, data, generator)[None]))
    yield equal(c, c * np.eye(data.m))


@refutation(isotropic_input_covariance, r"\text{equal variances imply }\operatorname{Cov}=\sigma^2I")
def equal_variances_are_enough(subject: Subject, data: DesignedData | FeatureDraw) -> Iterator[Check]:
    """A feature and its copy."""
    if isinstance(data, DesignedData):
        copied = data.x[:, :1].expand(-1, 2, -1)
        yield equal(covariance(subject, copied), isotropic(values(data.sigma), 2))


@refutation(isotropic_input_covariance, r"\text{uncorrelated features imply }\operatorname{Cov}=\sigma^2I")
def uncorrelated_features_are_enough(subject: Subject, data: DesignedData | FeatureDraw) -> Iterator[Check]:
    """Their variances may differ."""
    if isinstance(data, DesignedData) and data.x.shape[-2] > 1:
        scaled = data.x * subject.tensor(np.where(np.arange(data.x.shape[-2]) == 0, 0.5, 1.0))[:, None]
        yield equal(covariance(subject, scaled), isotropic(values(data.sigma), data.x.shape[-2]))


@refutation(isotropic_input_covariance, r"\operatorname{Cov}(WX)=\sigma^2I\text{ for every }W")
def outputs_are_isotropic(subject: Subject, data: DesignedData | FeatureDraw) -> Iterator[Check]:
    """Only if W has orthonormal rows."""
    if isinstance(data, DesignedData):
        z = subject.matmul(data.w, data.x)
        yield equal(covariance(subject, z), isotropic(values(data.sigma), z.shape[-2]))


@claim(
    title="The outputs of a layer are isotropic exactly if its weight has orthonormal rows",
    statement=r"\sigma>0:\ \operatorname{Cov}(WX)=\sigma^2I_N\iff WW^\top=I_N;\quad\text{possible iff }N\le M;"
    r"\text{ then }\tfrac1{NM}\sum_{ij}w_{ij}^2=\tfrac1M",
    hypotheses="Cov(X) = sigma^2 I, sigma > 0, and N <= M: W W^T has rank at most M",
    notes="Numerical stability and initialization: Xavier",
    book="Saxe, McClelland and Ganguli 2014",
    formal="Matrix.rank_self_mul_conjTranspose",
    truth=UNDER_HYPOTHESES,
    correction="The rows of W must be orthonormal: possible for N <= M only, and not by independent weights, except "
    "for a few signs. The last step of the notes, W W^T = M Var(W), keeps of it no more than the mean square 1/M.",
    bound="BND-COV for covariances. None for products: of signed permutations, Hadamard matrices and whole numbers "
    "they are exact, in every format.",
)
@for_all(data=row_conditions())
def orthonormal_rows_condition(subject: Subject, data: DesignedData) -> Iterator[Check]:
    """Weights with and without orthonormal rows on data of covariance sigma^2 I: W W^T is exact, the covariance of the
    outputs sigma^2 times that, and one is the identity where the other is sigma^2 times it, which never happens for
    N > M, as far as bounds can tell; with orthonormal rows the squares of the weights sum up to N.
    """
    w, sigma = values(data.w), values(data.sigma)
    n, m = w.shape[-2:]
    gram = subject.matmul(data.w, data.w.mT)
    yield equal(gram, w @ w.swapaxes(-1, -2), label="W W^T")
    z = subject.matmul(data.w, data.x)
    yield equal(z, w @ values(data.x), label="W X")
    found, truth, same = covariance(subject, z), of_outputs(data, subject.arithmetic("cov")), isotropic(sigma, n)
    yield within(found, truth, label="Cov(W X) = sigma^2 W W^T")
    orthonormal = (values(gram) == np.eye(n)).all((-2, -1))
    unchanged = (np.abs(values(found) - same) <= truth.bound).all((-2, -1))
    decided = orthonormal | (np.abs(truth.value - same) > 2 * truth.bound).any((-2, -1))
    yield holds(orthonormal == unchanged, where=decided, label="Cov(W X) = sigma^2 I iff W W^T = I")
    yield holds(~unchanged | (n <= m), where=decided, label="Cov(W X) = sigma^2 I only if N <= M")
    squares = subject.sum(subject.multiply(data.w, data.w).flatten(1), dim=-1)
    yield equal(squares, np.full(len(w), float(n)), where=orthonormal, label="sum of squares N")


@refutation(orthonormal_rows_condition, r"WW^\top=I\Rightarrow W^\top W=I")
def orthonormal_rows_make_orthonormal_columns(subject: Subject, data: DesignedData) -> Iterator[Check]:
    """Not for N < M."""
    n, m = data.w.shape[-2:]
    orthonormal = (values(subject.matmul(data.w, data.w.mT)) == np.eye(n)).all((-2, -1))
    gram = subject.matmul(data.w.mT, data.w)
    yield equal(gram, np.broadcast_to(np.eye(m), gram.shape), where=orthonormal)


@refutation(orthonormal_rows_condition, "orthonormal columns do as well")
def orthonormal_columns_are_enough(subject: Subject, data: DesignedData) -> Iterator[Check]:
    """Not for N > M, where the covariance of the outputs is singular."""
    m = data.w.shape[-1]
    orthonormal = (values(subject.matmul(data.w.mT, data.w)) == np.eye(m)).all((-2, -1))
    z = subject.matmul(data.w, data.x)
    yield equal(covariance(subject, z), isotropic(values(data.sigma), z.shape[-2]), where=orthonormal)


@refutation(orthonormal_rows_condition, r"\tfrac1{NM}\sum w_{ij}^2=\tfrac1M\Rightarrow WW^\top=I")
def mean_square_is_enough(subject: Subject, data: DesignedData) -> Iterator[Check]:
    """It fixes the trace only: one row, repeated."""
    n = data.w.shape[-2]
    repeated = data.w[:, :1].expand_as(data.w)
    squares = values(subject.sum(subject.multiply(repeated, repeated).flatten(1), dim=-1))
    gram = subject.matmul(repeated, repeated.mT)
    yield equal(gram, np.broadcast_to(np.eye(n), gram.shape), where=squares == n)


def orthogonal_weight(subject: Subject, draw: OrthogonalDraw, generator: Generator) -> Tensor:
    """A weight (n, m) filled by torch's orthogonal initializer."""
    w: Tensor = subject.orthogonal_(canvas(subject, *draw.shape), draw.gain, generator=generator)
    return w


@claim(
    title="The orthogonal initializer meets the condition that Xavier's derivation ends with, at any depth",
    statement=r"N\le M:\ WW^\top=g^2I_N,\quad N\ge M:\ W^\top W=g^2I_M;\quad Q_l\in O(M)\Rightarrow"
    r"\|Q_L\cdots Q_1z\|_2=\|z\|_2",
    hypotheses="N <= M for orthonormal rows; square layers with gain 1 for the norm",
    notes="Numerical stability and initialization: Xavier",
    book="Saxe, McClelland and Ganguli 2014",
    formal="Matrix.mem_orthogonalGroup_iff",
    truth=UNDER_HYPOTHESES,
    correction="A tall weight (N > M) has orthonormal columns instead, and W W^T has rank M.",
    bound="16 min(N, M) u (calibrated on MKL) or 2 sqrt(k) gamma_NM + 4u sqrt(k) (ASNA (19.13) with constant 1), "
    "whichever is smaller; (1 + 8 M u + sqrt(M) gamma_M)^L - 1 for the norm after L layers",
)
@for_all(weight=orthogonal_weights())
def orthogonal_initializer_rows(subject: Subject, weight: OrthogonalDraw) -> Iterator[Check]:
    """The Gram matrix of the smaller side of drawn weights, evaluated with twice the digits, against g^2 I, their rank,
    and the norm of a signal after a chain of such layers; weights follow from the seed of the generator.
    """
    n, m = weight.shape
    with subject.random(weight.seed) as generator:
        layers = [orthogonal_weight(subject, weight, generator) for _ in range(weight.depth)]
    yield from draws_of_generator(subject, lambda g: orthogonal_weight(subject, weight, g), weight.seed, "orthogonal_")
    yield holds(all(tuple(w.shape) == weight.shape for w in layers), label="shape")
    bound = reference.gram_bound(weight.shape, weight.gain, subject.format)
    defect = reference.gram_defect(values(layers[0]), weight.gain)[None]
    yield within_norm(defect, Truth(np.zeros_like(defect), np.full(1, bound)), axes=2, label="Gram matrix")
    yield equal(subject.matrix_rank(layers[0][None]), [min(n, m)], label="rank")
    if weight.depth > 1:
        z = start = subject.tensor(subject.format.round(np.linspace(-1, 1.5, m)))[:, None]
        for w in layers:
            z = subject.matmul(w, z)
        grown = reference.growth(values(start), values(z))
        slack = reference.chain_bound(m, weight.depth, subject.arithmetic("matmul"))
        yield within(grown, Truth(np.ones(1), np.full(1, slack)), label="norm after all layers")


@refutation(orthogonal_initializer_rows, r"WW^\top=I\text{ for a tall weight too}")
@for_all(weight=tall_weights())
def tall_weights_have_orthonormal_rows(subject: Subject, weight: OrthogonalDraw) -> Iterator[Check]:
    """W W^T is a projection of rank M."""
    with subject.random(weight.seed) as generator:
        w = orthogonal_weight(subject, weight, generator)
    gram = subject.matmul(w, w.mT)
    n = weight.shape[0]
    yield within_norm(gram[None], Truth(np.eye(n)[None], np.full(1, 32 * n * subject.format.u)), axes=2)


@refutation(orthogonal_initializer_rows, "independent Xavier weights have orthonormal rows as well")
@for_all(weight=orthogonal_weights())
def independent_weights_have_orthonormal_rows(subject: Subject, weight: OrthogonalDraw) -> Iterator[Check]:
    """Only up to fluctuations of order sqrt(N / M)."""
    with subject.random(weight.seed) as generator:
        w = subject.xavier_normal_(canvas(subject, *weight.shape), weight.gain, generator=generator)
    bound = reference.gram_bound(weight.shape, weight.gain, subject.format)
    defect = reference.gram_defect(values(w), weight.gain)[None]
    yield within_norm(defect, Truth(np.zeros_like(defect), np.full(1, bound)), axes=2)
