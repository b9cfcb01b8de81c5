"""What the scale of the weights does to a signal on its way through many layers."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
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
from claims.frame.inputs.depth import (
    ChainDraw,
    DrawnChain,
    Scaled,
    ScaledMatrix,
    SignChain,
    SignedChain,
    chains,
    scaled_matrices,
)
from claims.frame.inputs.laws import Tables, TwoPointLaws, enumerations
from claims.frame.inputs.samples import canvas, draws_of_generator
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.initialization.signal_propagation import all_sums
from reference.bounds import dot_truth
from reference.initialization import depth as reference
from reference.initialization.laws import weight_deviation
from reference.probability.sampling import ALPHA, Fit
from reference.truth import Truth


def enumerated_outputs(subject: Subject, chain: SignedChain) -> np.ndarray:
    """Outputs (batch, outcomes, n_L) of a chain for every choice of the signs."""
    h = chain.x[:, None, :, None]
    for layer in reference.sign_layers(chain.widths, chain.gain):
        w = subject.tensor(layer).expand(len(chain.x), *layer.shape)
        h = subject.matmul(w, h.expand(*w.shape[:2], *h.shape[2:]))
    outputs: np.ndarray = values(h)[..., 0]
    return outputs


def drawn_weight(subject: Subject, draw: ChainDraw, layer: tuple[int, int], generator: Generator) -> Tensor:
    """Weights (n, m) of a layer of m inputs and n outputs by the scheme."""
    m, n = layer
    w = canvas(subject, n, m)
    filled: Tensor
    if draw.scheme == "normal":
        filled = subject.normal_(w, 0.0, draw.gain / math.sqrt(m), generator=generator)
    elif draw.scheme == "xavier":
        filled = subject.xavier_normal_(w, draw.gain, generator=generator)
    else:
        mode = "fan_out" if draw.scheme.endswith("fan_out") else "fan_in"
        filled = subject.kaiming_normal_(w, mode=mode, nonlinearity="linear", generator=generator)
    return filled


def drawn_deviation(draw: ChainDraw, layer: tuple[int, int]) -> float:
    """The standard deviation that the scheme gives these weights."""
    m, n = layer
    if draw.scheme == "xavier":
        return weight_deviation(m, n, draw.gain)
    return draw.gain / math.sqrt(n if draw.scheme.endswith("fan_out") else m)


class Ways(NamedTuple):
    """Growth in every layer, of the signal on its way forward and of the gradient on its way back, and products."""

    forward: list[reference.Growth]
    backward: list[reference.Growth]
    products: list[Check]


def both_ways(subject: Subject, draw: ChainDraw) -> Ways:
    """A signal through all layers, and a gradient through their transposes."""
    layers = list(pairwise(draw.widths))
    with subject.random(draw.seed) as generator:
        weights = [
            torch.stack([drawn_weight(subject, draw, layer, generator) for _ in range(draw.replicas)])
            for layer in layers
        ]
    deviations = [drawn_deviation(draw, layer) for layer in layers]
    ways, how = Ways([], [], []), subject.arithmetic("matmul")
    backward = [w.mT for w in reversed(weights)], deviations[::-1], draw.g, ways.backward
    for steps, scales, signal, growths in ((weights, deviations, draw.x, ways.forward), backward):
        h = signal.expand(draw.replicas, -1)[..., None]
        for w, deviation in zip(steps, scales, strict=True):
            y = subject.matmul(w, h)
            product = dot_truth(values(w), values(h).swapaxes(-1, -2), how)
            ways.products.append(within(y[..., 0], product, label="W x"))
            growths.append(
                reference.growth(values(w), values(h)[..., 0], values(y)[..., 0], product.bound, deviation, how.result)
            )
            h = y
    return ways


@claim(
    title="The scale of the initial weights acts exponentially in depth",
    statement=r"\mathbb{E}\|z_L\|^2=\|z_0\|^2\prod_{l=1}^LN_l\,\mathbb{E}[w_l^2];\quad W_l\sim N(0,\tfrac{g^2}{n}):\ "
    r"\mathbb{E}\ln\|z_L\|^2=\ln\|z_0\|^2+L\big[\ln g^2+\psi(\tfrac n2)-\ln\tfrac n2\big]",
    hypotheses="linear layers z_l = W_l z_{l-1}, independent of each other, with independent zero-mean weights; N_l "
    "outputs; normal weights for the logarithm, n outputs and inputs",
    notes="Numerical stability and initialization: many layers",
    book="8.2.5 and 8.4; Glorot and Bengio 2010",
    truth=UNDER_HYPOTHESES,
    correction="Explosion or decay is geometric in depth, and no necessity: at N E[w^2] = 1 the mean square stays. The "
    "typical signal still shrinks, by about 1/n a layer in its logarithm; orthogonal weights keep every norm.",
    bound="exact for enumerated signs; chi-square for normal weights, Chernoff with its moments for their logarithms, "
    "each at 1e-9, with BND-DOT and the rounding of the weights",
)
@for_all(chain=chains())
def init_scale_depth_growth(subject: Subject, chain: SignedChain | ChainDraw) -> Iterator[Check]:
    """Of small chains every choice of signs is enumerated, and the mean square of the outputs is exactly the product
    of the gains. In drawn chains, by four initializers, square and rectangular, the squared growth of every layer has
    the chi-square law, forward with its outputs, backward through the transpose with its inputs as degrees; the mean
    logarithm of the growth is psi(n/2) - ln(n/2). Weights follow from the generator alone, and no two are alike.
    """
    if isinstance(chain, SignedChain):
        mean_square = (enumerated_outputs(subject, chain) ** 2).sum(-1).mean(-1)
        growth = reference.mean_square_growth(chain.widths, chain.gain)
        yield equal(mean_square, (values(chain.x) ** 2).sum(-1) * growth, label="E ||z_L||^2, enumerated")
        return
    layer = chain.widths[0], chain.widths[1]
    draw = functools.partial(drawn_weight, subject, chain, layer)
    yield from draws_of_generator(subject, draw, chain.seed, chain.scheme)
    ways = both_ways(subject, chain)
    yield from ways.products
    for way, growths in (("forward", ways.forward), ("backward", ways.backward)):
        yield consistent(*reference.energy_fit(growths), alpha=ALPHA, label=f"growth, {way}")
        if reference.nowhere_cancelled(growths):
            yield consistent(*reference.log_growth_fit(growths), alpha=ALPHA, label=f"logarithm of the growth, {way}")


@refutation(init_scale_depth_growth, r"N\,\mathbb{E}[w^2]=1\Rightarrow\mathbb{E}\ln\|z_L\|=\ln\|z_0\|")
@for_all(chain=only(DrawnChain((2,) * 11, replicas=200)))
def typical_signal_is_kept(subject: Subject, chain: ChainDraw) -> Iterator[Check]:
    """The mean square is kept, by few large outcomes."""
    growths = both_ways(subject, chain).forward
    fit = reference.log_growth_fit(growths)
    mean_log = float(np.mean([2 * np.log(g.size) - math.log(g.degrees) for g in growths]))
    yield consistent(*Fit(abs(mean_log), fit.radius), alpha=ALPHA)


def mean_square_is(subject: Subject, chain: SignedChain, growth: float) -> Check:
    """E ||z_L||^2 against ||z_0||^2 times another growth."""
    mean_square = (enumerated_outputs(subject, chain) ** 2).sum(-1).mean(-1)
    return equal(mean_square, (values(chain.x) ** 2).sum(-1) * growth)


@refutation(init_scale_depth_growth, r"\text{growth is linear in depth}")
@for_all(chain=only(SignChain((2, 2, 2))))
def growth_is_linear_in_depth(subject: Subject, chain: SignedChain) -> Iterator[Check]:
    """It multiplies."""
    yield mean_square_is(subject, chain, 1 + sum(n * chain.gain**2 - 1 for n in chain.widths[1:]))


@refutation(init_scale_depth_growth, r"\text{signals with mean 0 cannot blow up}")
@for_all(chain=only(SignChain((2, 2), 2.0), SignChain((2, 2, 2), 2.0)))
def centred_signals_stay(subject: Subject, chain: SignedChain) -> Iterator[Check]:
    """The mean of the signal has no part in it."""
    mean_square = (enumerated_outputs(subject, chain) ** 2).sum(-1).mean(-1)
    x = values(chain.x)
    yield at_most(mean_square, (x**2).sum(-1), where=x.sum(-1) == 0)


@refutation(
    init_scale_depth_growth, r"\text{any deep network loses its signal or explodes}", dtypes=("float32", "float64")
)
@for_all(chain=only(DrawnChain((16,) * 101, replicas=1)))
def every_deep_network_degenerates(subject: Subject, chain: ChainDraw) -> Iterator[Check]:
    """A hundred orthogonal layers keep the norm."""
    h = chain.x
    with subject.random(chain.seed) as generator:
        for m, n in pairwise(chain.widths):
            h = subject.matmul(subject.orthogonal_(canvas(subject, n, m), generator=generator), h[:, None])[:, 0]
    ratio = float(np.linalg.norm(values(h)) / np.linalg.norm(values(chain.x)))
    yield holds(ratio < 0.9 or ratio > 1.1)


@claim(
    title="What makes a layer's outputs larger than its inputs is M E[w] and M E[w^2], not E[w]",
    statement=r"\mathbb{E}[z]=M\,\mathbb{E}[w]\,\mathbb{E}[x],\quad\mathbb{E}[z^2]=M\,\mathbb{E}[w^2]\,\mathbb{E}[x^2]"
    r"+M(M-1)\,\mathbb{E}[w]^2\,\mathbb{E}[x]^2,\quad z=\textstyle\sum_{j=1}^Mw_jx_j",
    hypotheses="w_1, ..., w_M, x_1, ..., x_M are independent, the w_j alike and the x_j alike",
    notes="Numerical stability and initialization: Xavier",
    truth=FALSE_AS_STATED,
    correction="E[w] > 1 is neither necessary nor sufficient. Means grow in size iff |M E[w]| > 1 (and E[x] is not 0); "
    "the second moment of a zero-mean signal grows iff M E[w^2] > 1.",
    bound="exact for the sums; BND-SUM and a division for the mean; gamma_12 for the formulas",
)
@for_all(laws=enumerations())
def weight_mean_growth(subject: Subject, laws: Tables) -> Iterator[Check]:
    """All outcomes of w and x are enumerated, as outputs of a linear layer: their mean and mean square are exactly the
    formulas, and torch's mean and formulas agree. Growth is decided by M E[w] and by M E[w^2].
    """
    w, x = values([laws.w, laws.x])
    width, d = laws.width, w.shape[-1]
    z = all_sums(subject, laws)
    exact = values(z)
    mean, square = reference.mean_of_sum(w, x, width), reference.second_moment_of_sum(w, x, width)
    outcomes, scale = exact.shape[-1], d ** (2 * width)
    yield equal(exact.sum(-1) * d**2, width * w.sum(-1) * x.sum(-1) * scale, label="E[z], enumerated")
    squares = (w**2).sum(-1) * (x**2).sum(-1) * d**2 + (width - 1) * (w.sum(-1) * x.sum(-1)) ** 2
    yield equal((exact**2).sum(-1) * d**4, width * squares * scale, label="E[z^2], enumerated")
    truth = reference.mean_truth(exact, mean, subject.arithmetic("mean"))
    yield within(subject.mean(z, dim=-1), truth, label="mean of z")
    round_ = subject.format.round
    given = {k: subject.tensor(round_(v)) for k, v in _moments(w, x).items()}
    formula = subject.propagated_mean(width, given["w"], given["x"])
    yield within(formula, reference.formula_truth(mean, subject.format), label="M E[w] E[x]")
    formula = subject.propagated_second_moment(width, given["ww"], given["w"], given["xx"], given["x"])
    yield within(formula, reference.formula_truth(square, subject.format), label="E[z^2] by the formula")
    grows = np.abs(exact.sum(-1)) * d > np.abs(x.sum(-1)) * outcomes
    yield holds(grows == (width * np.abs(w.sum(-1)) > d), where=x.sum(-1) != 0, label="grows iff |M E[w]| > 1")
    spreads = (exact**2).sum(-1) * d > (x**2).sum(-1) * outcomes
    decided = (x.sum(-1) == 0) & (x != 0).any(-1)
    yield holds(spreads == (width * (w**2).sum(-1) > d), where=decided, label="spreads iff M E[w^2] > 1")


def _moments(w: np.ndarray, x: np.ndarray) -> dict[str, np.ndarray]:
    """First and second moments of tables of whole numbers (..., d)."""
    return {name: v.sum(-1) / v.shape[-1] for name, v in (("w", w), ("x", x), ("ww", w**2), ("xx", x**2))}


@refutation(weight_mean_growth, r"\mathbb{E}[w]>1\text{ is necessary for growth}")
def growth_needs_a_mean_above_one(subject: Subject, laws: Tables) -> Iterator[Check]:
    """Weights of mean 0 make the signal grow by M Var(w)."""
    w, x = values([laws.w, laws.x])
    square = (values(all_sums(subject, laws)) ** 2).mean(-1)
    yield at_most(square, (x**2).mean(-1), where=w.mean(-1) <= 1)


@refutation(weight_mean_growth, r"\mathbb{E}[w]>1\Rightarrow\mathbb{E}[z]>\mathbb{E}[x]")
def mean_above_one_suffices(subject: Subject, laws: Tables) -> Iterator[Check]:
    """Not for a signal of mean 0, and a negative one decreases."""
    w, x = values([laws.w, laws.x])
    yield holds(values(all_sums(subject, laws)).mean(-1) > x.mean(-1), where=w.mean(-1) > 1)


@refutation(weight_mean_growth, r"0\le\mathbb{E}[w]<1\Rightarrow|\mathbb{E}[z]|\le|\mathbb{E}[x]|")
@for_all(laws=only(TwoPointLaws(4, 2)))
def mean_below_one_prevents_growth(subject: Subject, laws: Tables) -> Iterator[Check]:
    """M weights of mean 0.9 multiply the mean by 0.9 M."""
    w, x = values([laws.w, laws.x])
    mean = np.abs(values(all_sums(subject, laws)).mean(-1))
    yield at_most(mean, np.abs(x.mean(-1)), where=(w.mean(-1) >= 0) & (w.mean(-1) < 1))


@claim(
    title="Scaling a matrix scales its outputs; larger entries alone do not",
    statement=r"\|(\alpha W)x\|=|\alpha|\,\|Wx\|;\quad 0\le W\le W',\ x\ge0\Rightarrow Wx\le W'x",
    hypotheses="the whole matrix is scaled, or matrix and signal are non-negative",
    notes="Optimisation: the scale of the initial weights",
    book="8.4",
    truth=FALSE_AS_STATED,
    correction="True of the entries in size only with signs alike: [1, 0] takes (1, 1) to 1, the larger [1, -1] to 0.",
    bound="exact for powers of two; BND-DOT, BND-L2 and the rounding of the scaled entries otherwise",
)
@for_all(scaled=scaled_matrices())
def larger_matrix_entries_larger_output(subject: Subject, scaled: Scaled) -> Iterator[Check]:
    """(alpha W) x against alpha (W x) and their norms: bit by bit for powers of two, within the rounding errors of both
    for other factors. Of non-negative matrices and signals the larger matrix has the larger outputs.
    """
    w, factor, x = values([scaled.w, scaled.factor, scaled.x])
    how = subject.arithmetic("matmul")
    larger = subject.multiply(scaled.w, scaled.factor[:, None, None])
    y, z = (subject.matmul(matrix, scaled.x[..., None])[..., 0] for matrix in (scaled.w, larger))
    expected = factor[:, None] * values(y)
    error = reference.scaled_product_error(w, values(larger), x, factor, how)
    if scaled.kind == "power of two":
        exactly = reference.normal_range(values(y), subject.format)
        yield equal(larger, factor[:, None, None] * w, label="alpha W")
        yield equal(z, expected, where=exactly, label="(alpha W) x, bit by bit")
    yield within(z, Truth(expected, error), label="(alpha W) x = alpha (W x)")
    norms = [subject.vector_norm(v, dim=-1) for v in (y, z)]
    apart = reference.scaled_norm_error(values(y), values(z), error, factor, subject.arithmetic("vector_norm"))
    yield within(norms[1], Truth(np.abs(factor) * values(norms[0]), apart), label="||(alpha W) x|| = |alpha| ||W x||")
    if scaled.kind == "non-negative":
        yield at_most(y, z, error, label="W x <= W' x")


@refutation(larger_matrix_entries_larger_output, r"|W|\le|W'|\text{ entrywise}\Rightarrow\|Wx\|\le\|W'x\|")
@for_all(scaled=only(ScaledMatrix(2, 2), ScaledMatrix(3, 5)))
def larger_entries_have_larger_outputs(subject: Subject, scaled: Scaled) -> Iterator[Check]:
    """W against W with its last column left out."""
    smaller = scaled.w.clone()
    smaller[..., -1] = 0
    y, z = (subject.matmul(matrix, scaled.x[..., None])[..., 0] for matrix in (smaller, scaled.w))
    yield at_most(*[np.linalg.norm(values(v), axis=-1) for v in (y, z)])


@refutation(larger_matrix_entries_larger_output, r"|W|\le|W'|\Rightarrow\|W\|_2\le\|W'\|_2")
@for_all(scaled=only(ScaledMatrix(2, 2), ScaledMatrix(3, 3)))
def spectral_norm_grows_with_the_entries(subject: Subject, scaled: Scaled) -> Iterator[Check]:
    """The matrix of all ones has the norm 2, with a sign changed the square root of 2; the reverse is true for signs
    alike (Perron and Frobenius).
    """
    ones = subject.tensor(np.ones(tuple(scaled.w.shape)))
    grown = torch.where(scaled.w < 0, -1.25, 1.25).to(ones.dtype)
    norms = [np.linalg.norm(values(subject.multiply(matrix, 1.0)), 2, (-2, -1)) for matrix in (ones, grown)]
    yield at_most(*norms)


@refutation(larger_matrix_entries_larger_output, r"\text{scaling by }3\text{ is exact}")
@for_all(scaled=only(ScaledMatrix(7, 17)))
def scaling_by_three_is_exact(subject: Subject, scaled: Scaled) -> Iterator[Check]:
    """Three times a number is rounded."""
    yield equal(subject.multiply(scaled.w, 3.0), 3 * values(scaled.w))
