"""The end of the derivation of Xavier's variance: what W W^T = M Var(W), and equal distributions, are in truth."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from claims import FALSE_AS_STATED, at_most, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.samples import canvas, draws_of_generator
from claims.frame.inputs.weight_laws import (
    ChainDraw,
    WeightTable,
    chains_of,
    distribution_laws,
    gram_laws,
)
from claims.frame.subject import Subject
from reference.initialization import xavier_derivation as reference
from reference.initialization.laws import gain_fit, square_sum_fit, weight_deviation
from reference.probability.sampling import ALPHA
from reference.statistics import hoeffding_radius
from reference.truth import Truth


def all_weights(laws: WeightTable) -> Tensor:
    """Every weight (batch, K, n, m) with entries from the tables."""
    n, m = laws.shape
    d = laws.table.shape[-1]
    index = torch.tensor(list(itertools.product(range(d), repeat=n * m)), device=laws.table.device)
    return laws.table[:, index].view(-1, len(index), n, m)


def all_grams(subject: Subject, laws: WeightTable) -> Tensor:
    """W W^T of every weight, outcomes last: (batch, n, n, K)."""
    w = all_weights(laws)
    flat = w.flatten(0, 1)
    g: Tensor = subject.matmul(flat, flat.mT)
    return g.view(*w.shape[:2], *g.shape[1:]).movedim(1, -1)


def normal_weight(subject: Subject, draw: ChainDraw, generator: Generator) -> Tensor:
    """A weight (n, m) filled by torch's normal Xavier initializer: of variance 1/M if it is square."""
    w: Tensor = subject.xavier_normal_(canvas(subject, draw.n, draw.m), 1.0, generator=generator)
    return w


def drawn_weight(subject: Subject, draw: ChainDraw) -> Tensor:
    """The weight that the seed of the draw gives."""
    with subject.random(draw.seed) as generator:
        return normal_weight(subject, draw, generator)


@claim(
    title="W W^T is M Var(W) I in expectation only",
    statement=r"\mathbb{E}[WW^\top]=M\operatorname{Var}(w)\,I_N;\quad\mathbb{E}\|WW^\top-I\|_F^2=\tfrac{N(N-1)}M+"
    r"\tfrac NM\Big(\tfrac{\mathbb{E}w^4}{(\mathbb{E}w^2)^2}-1\Big)\text{ for }\operatorname{Var}w=\tfrac1M",
    hypotheses="the entries of W are independent, alike, and of mean 0",
    notes="Numerical stability and initialization: Xavier",
    truth=FALSE_AS_STATED,
    correction="W W^T of independent weights fluctuates: normal ones by sqrt(N (N + 1) / M) in Frobenius norm, by 3 in "
    "spectral norm for N = M. Only its expectation is M Var(w) I, and W W^T is near it for N much less than M.",
    bound="Enumerations: BND-SUM for means, BND-VAR, BND-SUM for their sum; W W^T itself is exact. Samples: BND-DOT; "
    "chi-square with NM degrees for the trace, with N - 1 for the first column given the first row, at 1e-9.",
)
@for_all(laws=gram_laws())
def weight_gram_expectation(subject: Subject, laws: WeightTable | ChainDraw) -> Iterator[Check]:
    """For laws on few values W W^T of all weights is formed; its mean, the variance of each entry and the mean squared
    distance from M Var(w) I are the exact ones. For normal weights the trace of W W^T, and its first column given the
    first row, have their chi-square laws. Weights follow from the seed of the generator.
    """
    if isinstance(laws, ChainDraw):
        yield from sampled_gram(subject, laws)
        return
    m = laws.shape[1]
    table = values(laws.table)
    w, g = values(all_weights(laws)), all_grams(subject, laws)
    exact = np.moveaxis(w @ w.swapaxes(-1, -2), 1, -1)
    yield equal(g, exact, label="W W^T")
    mean = subject.mean(g, dim=-1)
    yield within(mean, reference.gram_mean(table, exact, m, subject.arithmetic("mean")), label="E[W W^T]")
    variances = subject.var(g, dim=-1, correction=0)
    truth = reference.gram_variances(table, exact, m, subject.arithmetic("var"))
    yield within(variances, truth, label="Var of the entries")
    distance = subject.sum(variances.flatten(1), dim=-1)
    truth = reference.fluctuation(table, exact, m, subject.arithmetic("var"))
    yield within(distance, truth, label="mean squared distance from M Var(w) I")


def sampled_gram(subject: Subject, draw: ChainDraw) -> Iterator[Check]:
    """W W^T of one normal weight."""
    w = drawn_weight(subject, draw)
    yield from draws_of_generator(subject, lambda g: normal_weight(subject, draw, g), draw.seed, "xavier_normal_")
    gram, exact = subject.matmul(w, w.mT), values(w)
    parts = reference.gram_parts(exact, subject.arithmetic("matmul"))
    yield within(gram[:, 0], parts.column, label="first column of W W^T")
    yield within(gram.diagonal(), parts.diagonal, label="diagonal of W W^T")
    deviation = weight_deviation(draw.m, draw.n, 1.0)
    yield consistent(*square_sum_fit(exact, deviation, subject.format), alpha=ALPHA, label="trace of W W^T")
    if draw.n > 1:
        column = values(gram[1:, 0])
        fit = gain_fit(exact[1:], exact[0], column, deviation, subject.arithmetic("matmul"))
        yield consistent(*fit, alpha=ALPHA, label="first column given the first row")


@refutation(weight_gram_expectation, r"WW^\top=M\operatorname{Var}(w)I\text{ for a single draw}")
def gram_matrix_is_its_expectation(subject: Subject, laws: WeightTable | ChainDraw) -> Iterator[Check]:
    """Already for two rows of three signs, which are never orthogonal."""
    if isinstance(laws, WeightTable):
        g = all_grams(subject, laws)
        mean = laws.shape[1] * reference.moments(values(laws.table)).second
        expected = mean[:, None, None, None] * np.eye(laws.shape[0])[..., None]
        yield equal(g, np.broadcast_to(expected, g.shape))


@refutation(weight_gram_expectation, r"\mathbb{E}[W^\top W]=M\operatorname{Var}(w)I")
def columns_have_the_same_expectation(subject: Subject, laws: WeightTable | ChainDraw) -> Iterator[Check]:
    """It is N Var(w) I."""
    if isinstance(laws, WeightTable):
        m = laws.shape[1]
        w = all_weights(laws)
        flat = w.flatten(0, 1).mT
        g = subject.matmul(flat, flat.mT).unflatten(0, w.shape[:2]).movedim(1, -1)
        truth = reference.gram_mean(values(laws.table), values(g), m, subject.arithmetic("mean"))
        yield within(subject.mean(g, dim=-1), truth)


@refutation(weight_gram_expectation, r"\|WW^\top\|_2=1\text{ for }N=M", dtypes=("float32", "float64"))
@for_all(laws=chains_of((32, 1, 1), (64, 1, 1)))
def spectral_norm_is_one(subject: Subject, laws: ChainDraw) -> Iterator[Check]:
    """It is about 4, the square of Marchenko and Pastur's edge."""
    w = drawn_weight(subject, laws)
    yield at_most(subject.svdvals(w[None])[:, 0], 1.5)


@claim(
    title="Xavier's variance preserves the mean square of a signal, not its distribution",
    statement=r"\mathbb{E}\|z_L\|^2=\|z_0\|^2,\quad\mathbb{E}\|z_L\|^4=\big(1+\tfrac2M\big)^L\|z_0\|^4,\quad"
    r"\tfrac1L\log\tfrac{\|z_L\|^2}{\|z_0\|^2}\to\psi(\tfrac M2)-\ln\tfrac M2<0",
    hypotheses="square linear layers with independent normal weights of variance 1/M; the fourth moment for any of "
    "kurtosis 3, the second for any of mean 0",
    notes="Numerical stability and initialization: Xavier",
    book="Glorot and Bengio 2010",
    truth=FALSE_AS_STATED,
    correction="Only the second moment is preserved, in expectation over W and for linear layers. The norm itself "
    "tends to 0 almost surely, log ||z||^2 drifts by about -1/M a layer with deviation sqrt(2/M), while its fourth "
    "moment grows without bound. Orthogonal weights preserve the norm at every depth.",
    bound="Enumerations: running bounds of squares, sums and means. Samples: Chernoff with the cumulants of log "
    "chi-square, at 1e-9, and what the rounding of the weights moves the logarithm by; BND-DOT for every layer.",
)
@for_all(laws=distribution_laws())
def xavier_distribution_preservation(subject: Subject, laws: WeightTable | ChainDraw) -> Iterator[Check]:
    """For laws on few values all weights are applied to a signal: the means of the square and of the fourth power of
    the norm are the exact ones; for kurtosis 3 the fourth power grows by 1 + 2/N whatever the signal, and hence in
    every layer. In chains of normal layers, drawn from the generator alone, the mean of log(||z_l||^2 / ||z_(l-1)||^2)
    is psi(M/2) - log(M/2); signals are rescaled by powers of two.
    """
    if isinstance(laws, ChainDraw):
        yield from sampled_chains(subject, laws)
        return
    table, x = values(laws.table), values(laws.x)
    n = laws.shape[0]
    z = all_outputs(subject, laws)
    exact = (values(all_weights(laws)) @ x[:, None, :, None])[..., 0]
    yield equal(z, exact, label="W x")
    squares = subject.sum(subject.multiply(z, z), dim=-1)
    truth = reference.norm_moments(table, x, exact, subject.arithmetic("multiply"), subject.arithmetic("sum"))
    yield within(subject.mean(squares, dim=-1), truth.square, label="E ||W x||^2")
    fourth = subject.mean(subject.multiply(squares, squares), dim=-1)
    yield within(fourth, truth.fourth_power, label="E ||W x||^4")
    second, of_fourth = reference.moments(table)
    normal = np.abs(of_fourth - 3 * second**2) <= 1e-12 * of_fourth
    grown = (1 + 2 / n) * truth.square.value**2
    predicted = Truth(grown, truth.fourth_power.bound + 1e-14 * grown)
    yield within(fourth, predicted, where=normal, label="(1 + 2/N) (E ||W x||^2)^2 for kurtosis 3")


def all_outputs(subject: Subject, laws: WeightTable) -> Tensor:
    """W x (batch, K, n) of every weight."""
    w = all_weights(laws)
    x = laws.x[:, None, :, None].expand(-1, w.shape[1], -1, -1)
    z: Tensor = subject.matmul(w.flatten(0, 1), x.flatten(0, 1))
    return z.view(w.shape[:3])


def propagated(subject: Subject, draw: ChainDraw) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """W (chains, m, m), z and W z (chains, m, 1) for every layer; the next z is W z times powers of two."""
    signal = subject.format.round(np.cos(1.0 + np.arange(draw.m)))
    z = subject.tensor(np.broadcast_to(signal[:, None], (draw.chains, draw.m, 1)))
    with subject.random(draw.seed) as generator:
        for _ in range(draw.depth):
            w = torch.stack([normal_weight(subject, draw, generator) for _ in range(draw.chains)])
            image = subject.matmul(w, z)
            yield w, z, image
            z = subject.multiply(image, subject.tensor(reference.rescaling(values(image))))


def sampled_chains(subject: Subject, draw: ChainDraw) -> Iterator[Check]:
    """Growth of the norm in every layer of every chain."""
    yield from draws_of_generator(subject, lambda g: normal_weight(subject, draw, g), draw.seed, "xavier_normal_")
    steps = []
    for w, z, image in propagated(subject, draw):
        steps.append(reference.step(values(w), values(z), subject.format))
        yield within(image, reference.image(values(w), values(z), subject.arithmetic("matmul")), label="W z")
    yield consistent(*reference.drift_fit(steps, draw.m), alpha=ALPHA, label="growth of the norm")


def log_growth(subject: Subject, draw: ChainDraw) -> NDArray[np.float64]:
    """log(||z_L||^2 / ||z_0||^2) (chains,)."""
    layers = [(values(z), values(image)) for _, z, image in propagated(subject, draw)]
    return np.asarray(sum(np.log((image**2).sum((-2, -1)) / (z**2).sum((-2, -1))) for z, image in layers))


@refutation(xavier_distribution_preservation, "no extreme values, however many layers there are")
@for_all(laws=chains_of((2, 50, 1), (1, 50, 1), (4, 100, 1)))
def no_extreme_values_at_any_depth(subject: Subject, laws: ChainDraw) -> Iterator[Check]:
    """With two units a layer the norm shrinks by exp(-14) in 50 layers."""
    yield holds(np.abs(log_growth(subject, laws)) < math.log(100.0))


@refutation(xavier_distribution_preservation, "a preserved mean square preserves the typical norm")
@for_all(laws=chains_of((2, 50, 20), (1, 50, 20)))
def typical_norm_is_preserved(subject: Subject, laws: ChainDraw) -> Iterator[Check]:
    """The mean of log ||z||^2 is less than the logarithm of its mean."""
    growth = log_growth(subject, laws).mean() / laws.depth
    above, below = reference.drift_radii(laws.m, laws.depth * laws.chains)
    yield consistent(abs(growth), max(above, below), alpha=ALPHA)


@refutation(xavier_distribution_preservation, "the outputs of a layer have the distribution of its inputs")
def fourth_moment_is_preserved(subject: Subject, laws: WeightTable | ChainDraw) -> Iterator[Check]:
    """The fourth moment of the norm is that of the input only if the norm is constant."""
    if isinstance(laws, WeightTable):
        z = all_outputs(subject, laws)
        squares = subject.sum(subject.multiply(z, z), dim=-1)
        exact = reference.mean_square(values(laws.table), values(laws.x), laws.shape[0])
        fourth = subject.mean(subject.multiply(squares, squares), dim=-1)
        yield within(fourth, Truth(exact**2, 0.01 * exact**2))


@refutation(xavier_distribution_preservation, r"\text{a tanh network with variance }1/M\text{ keeps its variance}")
@for_all(laws=chains_of((256, 1, 1), (400, 1, 1)))
def tanh_network_keeps_its_variance(subject: Subject, laws: ChainDraw) -> Iterator[Check]:
    """From 1 to 0.394 after one layer; Hoeffding for independent tanh^2 in [0, 1]."""
    w = drawn_weight(subject, laws)
    ones = subject.tensor(np.ones((laws.m, 1)))
    squares = values(subject.activate(subject.matmul(w, ones)[:, 0], "tanh")) ** 2
    yield consistent(abs(float(squares.mean()) - 1), hoeffding_radius(laws.m, 1.0, ALPHA), alpha=ALPHA)
