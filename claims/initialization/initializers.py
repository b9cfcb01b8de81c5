"""The laws of torch's initializers, and what they do to a fixed signal."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from claims import (
    FALSE_AS_STATED,
    TRUE,
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
from claims.frame.inputs.depth import SignChain, SignedChain
from claims.frame.inputs.initial_weights import (
    InitialDraw,
    InitialWeight,
    SparseDraw,
    SparseWeight,
    Truncated,
    TruncatedDraw,
    fan_in_weights,
    initial_weights,
    sparse_weights,
    truncated_laws,
)
from claims.frame.inputs.samples import canvas, draws_of_generator
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.initialization.depth import enumerated_outputs
from reference.bounds import dot_truth
from reference.formats import float32
from reference.initialization import initializers as reference
from reference.initialization.laws import GAINS, gain_fit
from reference.probability import consistency
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import ALPHA, Law, UniformLaw
from reference.rounding import U64
from reference.truth import Truth

SHORT = 4096
"""Weights as small as this are drawn again, from equal and from other seeds."""


def consistent_with(sample: NDArray[np.float64], laws: tuple[Law, ...], what: str) -> Iterator[Check]:
    """A sample (n,) against every test of `reference.probability.consistency`."""
    for name, fit in consistency.consistent(sample, laws, alpha=ALPHA):
        yield consistent(*fit, alpha=ALPHA, label=f"{what}: {name}")


def initialised(subject: Subject, draw: InitialDraw, generator: Generator) -> Tensor:
    """A weight filled by the initializer."""
    w = canvas(subject, *draw.shape)
    filled: Tensor
    match draw.name:
        case "uniform_":
            filled = subject.init_uniform_(w, *reference.UNIFORM, generator=generator)
        case "normal_":
            filled = subject.init_normal_(w, *reference.NORMAL, generator=generator)
        case "xavier_uniform_" | "xavier_normal_":
            gain = reference.gain_of(draw.activation, draw.slope)
            filled = getattr(subject, draw.name)(w, gain, generator=generator)
        case _:
            options: dict[str, Any] = {"a": draw.slope, "mode": draw.mode, "nonlinearity": draw.activation}
            filled = getattr(subject, draw.name)(w, **options, generator=generator)
    return filled


def weights_of(subject: Subject, draw: InitialDraw) -> Tensor:
    """Weights (times out, in, *kernel)."""
    with subject.random(draw.seed) as generator:
        return torch.cat([initialised(subject, draw, generator) for _ in range(draw.times)])


def laws_of(subject: Subject, draw: InitialDraw) -> tuple[Law, ...]:
    """The laws that its entries may have."""
    return reference.laws_of(draw.name, draw.shape, draw.mode, draw.activation, draw.slope, subject.format)


def law_of_weights(subject: Subject, draw: InitialDraw) -> Iterator[Check]:
    """The entries against their law, and their dependence on the generator."""
    drawn = weights_of(subject, draw)
    yield holds(tuple(drawn.shape) == (draw.times * draw.shape[0], *draw.shape[1:]), label="shape")
    yield from consistent_with(values(drawn).ravel(), laws_of(subject, draw), draw.name)
    if math.prod(draw.shape) <= SHORT:
        yield from draws_of_generator(subject, functools.partial(initialised, subject, draw), draw.seed, draw.name)


def moments_of_outputs(subject: Subject, draw: InitialDraw) -> Iterator[Check]:
    """W x of centred weights: mean square s^2 ||x||^2, by chi-square or by Bernstein's inequality."""
    w = weights_of(subject, draw).flatten(1)
    (law, *_) = laws_of(subject, draw)
    y = subject.matmul(w, draw.x[:, None])[:, 0]
    weights, x, how = values(w), values(draw.x), subject.arithmetic("matmul")
    truth = dot_truth(weights, x[None], how)
    yield within(y, truth, label="W x")
    if isinstance(law, NormalLaw):
        deviation = math.sqrt(law.variance)
        yield consistent(*gain_fit(weights, x, values(y), deviation, how), alpha=ALPHA, label="E (W x)^2, normal")
    elif isinstance(law, UniformLaw) and subject.format.precision >= float32.precision:
        fit = reference.second_moment_fit(x, values(y), truth.bound, law)
        yield consistent(*fit, alpha=ALPHA, label="E (W x)^2, uniform")


@claim(
    title="Gaussian and uniform initial weights of equal variance give the same first two moments of every "
    "pre-activation",
    statement=r"\mathbb{E}\,w^\top x=0,\quad\operatorname{Var}(w^\top x)=s^2\|x\|_2^2,\quad\text{excess kurtosis}="
    r"\kappa_w\,\|x\|_4^4/\|x\|_2^4\ (\kappa_w=0\text{ normal},\ -\tfrac65\text{ uniform},\ -2\text{ signs})",
    hypotheses="independent weights of mean 0, variance s^2 and excess kurtosis kappa; x fixed",
    notes="Deep networks: parameter initialisation",
    book="8.4",
    formal="ProbabilityTheory.IndepFun.variance_sum",
    truth=UNDER_HYPOTHESES,
    correction="the laws agree to second order only: the fourth moment of one input is 9/5 s^4 against 3 s^4; nothing "
    "is said of training",
    bound="each initializer against its law, by DKW, mean, second moment, range and agreements, at 1e-9; chi-square "
    "and Bernstein's inequality for outputs; exact for enumerated signs",
)
@for_all(weight=initial_weights())
def init_law_second_moment_equivalence(subject: Subject, weight: InitialDraw | SignedChain) -> Iterator[Check]:
    """Every initializer of independent entries, in both modes and for each nonlinearity, has the law that its formula
    says, follows from the generator alone, and gives outputs of the same second moment for normal and uniform weights
    (uniform ones in float32 and float64). Over all signs the second and fourth moments are exact. Gains are those of
    the table, for every nonlinearity and slope.
    """
    if isinstance(weight, SignedChain):
        x = values(weight.x)
        y = enumerated_outputs(subject, weight._replace(gain=1.0))[..., 0]
        yield equal(y.mean(-1), np.zeros(len(x)), label="E w.x, enumerated")
        yield equal((y**2).mean(-1), (x**2).sum(-1), label="E (w.x)^2, enumerated")
        yield equal((y**4).mean(-1), reference.fourth_moment_of_signs(x), label="E (w.x)^4, enumerated")
        return
    gains = {**GAINS, **dict.fromkeys(reference.LAYERS, 1.0)}
    table = np.array([*gains.values(), *(reference.gain_of("leaky_relu", s) for s in reference.SLOPES)])
    leaky = [subject.calculate_gain("leaky_relu", slope) for slope in reference.SLOPES]
    yield within([*map(subject.calculate_gain, gains), *leaky], Truth(table, 4 * U64 * table), label="gains")
    yield from law_of_weights(subject, weight)
    if weight.name not in ("uniform_", "normal_"):
        yield from moments_of_outputs(subject, weight)


@refutation(init_law_second_moment_equivalence, r"\text{the fourth moments agree}", dtypes=("float32", "float64"))
@for_all(weight=only(InitialWeight("kaiming_uniform_", (20000, 1))))
def fourth_moments_agree(subject: Subject, weight: InitialDraw) -> Iterator[Check]:
    """With one input a uniform law has 9/5 s^4 and a normal one 3 s^4."""
    w = values(weights_of(subject, weight)).ravel()
    (law,) = laws_of(subject, weight)
    yield consistent(abs(float((w**4).mean()) - 3 * law.variance**2), law.moment_radius(4, w.size, ALPHA), alpha=ALPHA)


@refutation(init_law_second_moment_equivalence, r"\text{a normal law of deviation }a\text{ does as }U(-a,a)")
@for_all(weight=only(InitialWeight("kaiming_uniform_", (300, 40))))
def equal_ranges_are_equivalent(subject: Subject, weight: InitialDraw) -> Iterator[Check]:
    """The uniform law has a third of the variance."""
    deviation = math.sqrt(3 / weight.shape[1])
    w = values(weights_of(subject, weight))
    normal = NormalLaw.of(0.0, deviation, subject.format)
    radius = normal.moment_radius(2, w.size, ALPHA)
    yield consistent(abs(float((w**2).mean()) - deviation**2), radius, alpha=ALPHA)


@refutation(init_law_second_moment_equivalence, r"\operatorname{Var}(w^\top x)=s^2\|x\|_1^2")
@for_all(weight=only(SignChain((2, 1)), SignChain((5, 1))))
def variance_is_that_of_the_l1_norm(subject: Subject, weight: SignedChain) -> Iterator[Check]:
    """Only with one entry."""
    y = enumerated_outputs(subject, weight)[..., 0]
    yield equal((y**2).mean(-1), np.abs(values(weight.x)).sum(-1) ** 2)


@claim(
    title="Var(w) = 1/M keeps the second moment of a layer of M inputs",
    statement=r"\operatorname{Var}(w)=\tfrac1M\iff\mathbb{E}_W[(Wx)_i^2]=\tfrac1M\|x\|^2\ \forall x",
    hypotheses="independent weights of mean 0, variance 1/M (the notes write I/M); a linear unit",
    notes="Numerical stability and initialization: Xavier",
    book="LeCun et al. 1998, Efficient BackProp; Glorot and Bengio 2010, eq. 10",
    truth=TRUE,
    bound="exact for enumerated signs; law of the weights as in init-law-second-moment-equivalence, chi-square and "
    "Bernstein's inequality for outputs, at 1e-9",
)
@for_all(weight=fan_in_weights())
def lecun_fan_in_variance(subject: Subject, weight: InitialDraw | SignedChain) -> Iterator[Check]:
    """Over all sign matrices E z z^T = ||x||^2 I. torch's Kaiming initializers for a linear unit have the variance 1/M,
    by a uniform or a normal law, with M the number of inputs, and the mean square of the outputs is ||x||^2 / M.
    """
    if isinstance(weight, SignedChain):
        z = enumerated_outputs(subject, weight._replace(gain=1.0))
        moments = np.einsum("bon,bom->bnm", z, z) / z.shape[1]
        size = (values(weight.x) ** 2).sum(-1)
        yield equal(moments, size[:, None, None] * np.eye(z.shape[-1]), label="E z z^T, enumerated")
        return
    yield from law_of_weights(subject, weight)
    yield from moments_of_outputs(subject, weight)


def has_variance(subject: Subject, weight: InitialDraw, w: NDArray[np.float64], variance: float) -> Check:
    """A sample of weights against the normal law of another variance, by its second moment."""
    radius = NormalLaw.of(0.0, math.sqrt(variance), subject.format).moment_radius(2, w.size, ALPHA)
    return consistent(abs(float((w**2).mean()) - variance), radius, alpha=ALPHA)


@refutation(lecun_fan_in_variance, r"\text{Xavier's weights have the variance }1/M")
@for_all(weight=only(InitialWeight("xavier_normal_", (100, 40))))
def xavier_has_the_variance_of_the_fan_in(subject: Subject, weight: InitialDraw) -> Iterator[Check]:
    """It is 2/(M + N)."""
    yield has_variance(subject, weight, values(weights_of(subject, weight)), 1 / weight.shape[1])


@refutation(lecun_fan_in_variance, r"M\text{ is the number of outputs}")
@for_all(weight=only(InitialWeight("kaiming_normal_", (100, 40))))
def fan_out_is_what_counts(subject: Subject, weight: InitialDraw) -> Iterator[Check]:
    yield has_variance(subject, weight, values(weights_of(subject, weight)), 1 / weight.shape[0])


@refutation(lecun_fan_in_variance, r"\text{a ReLU needs }1/M")
@for_all(weight=only(InitialWeight("kaiming_normal_", (100, 40), activation="relu")))
def relu_needs_the_same_variance(subject: Subject, weight: InitialDraw) -> Iterator[Check]:
    """Half the signal is lost, so that it is 2/M."""
    yield has_variance(subject, weight, values(weights_of(subject, weight)), 1 / weight.shape[1])


def truncated_sample(subject: Subject, draw: TruncatedDraw, generator: Generator) -> Tensor:
    """Draws of the truncated law; torch warns of ends far from the mean."""
    law = draw.mean, draw.deviation, draw.lower, draw.upper
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn: Tensor = subject.trunc_normal_(canvas(subject, draw.n), *law, generator=generator)
    return drawn


@claim(
    title="A truncated normal initialiser draws from the normal law given an interval, which narrows it",
    statement=r"F(x)=\frac{\Phi(\frac{x-\mu}\sigma)-\Phi(\frac{a-\mu}\sigma)}{\Phi(\frac{b-\mu}\sigma)-"
    r"\Phi(\frac{a-\mu}\sigma)},\ a\le x\le b;\quad\operatorname{Var}X=\sigma^2\Big[1-\frac{2t\varphi(t)}{2\Phi(t)-1}"
    r"\Big]\text{ for }[a,b]=\mu\pm t\sigma",
    hypotheses="a < b, sigma > 0; the ends are absolute, not in units of sigma",
    notes="Deep networks: parameter initialisation",
    book="8.4",
    formal="ProbabilityTheory.gaussianReal, ProbabilityTheory.cond",
    truth=UNDER_HYPOTHESES,
    correction="the ends a = -2 and b = 2 of torch are no multiples of the deviation: with sigma = 0.02 nothing is cut "
    "off; in half types the law fails where torch rejects from uniform draws",
    bound="support exact; DKW, Bernstein's inequality for mean and second moment, the law of the range, Hoeffding for "
    "agreements, each at 1e-9",
)
@for_all(sample=truncated_laws())
def truncated_normal_initialisation(subject: Subject, sample: TruncatedDraw) -> Iterator[Check]:
    """Draws within the ends, with the conditional law, independent, from the generator alone; ends at two deviations,
    far from the mean and beyond everything.
    """
    with subject.random(sample.seed) as generator:
        x = values(truncated_sample(subject, sample, generator))
    yield at_most(x, np.full_like(x, sample.upper), label="x <= b")
    yield at_most(np.full_like(x, sample.lower), x, label="a <= x")
    laws = reference.truncated_laws(*sample[1:5], subject.format)
    yield from consistent_with(x, laws, "truncated normal")
    if sample.n <= SHORT:
        draw = functools.partial(truncated_sample, subject, sample)
        yield from draws_of_generator(subject, draw, sample.seed, "trunc_normal_")


def truncated_values(subject: Subject, sample: TruncatedDraw) -> NDArray[np.float64]:
    """A sample."""
    with subject.random(sample.seed) as generator:
        drawn: NDArray[np.float64] = values(truncated_sample(subject, sample, generator))
    return drawn


@refutation(truncated_normal_initialisation, r"\operatorname{Var}X=\sigma^2")
@for_all(sample=only(Truncated(1 << 15)))
def deviation_is_kept(subject: Subject, sample: TruncatedDraw) -> Iterator[Check]:
    """0.8796 sigma at two deviations."""
    x = truncated_values(subject, sample)
    law = reference.truncated_laws(*sample[1:5], subject.format)[0]
    yield consistent(abs(float((x**2).mean()) - 1), law.moment_radius(2, x.size, ALPHA), alpha=ALPHA)


@refutation(truncated_normal_initialisation, r"a=-2,\ b=2\text{ cut off at two deviations}")
@for_all(sample=only(Truncated(1 << 15, 0.0, 0.03125)))
def default_ends_are_two_deviations(subject: Subject, sample: TruncatedDraw) -> Iterator[Check]:
    x = truncated_values(subject, sample)
    yield at_most(np.abs(x), np.full_like(x, 2.01 * sample.deviation))


@refutation(truncated_normal_initialisation, r"P(X=b)>0\text{, as if clipped}", dtypes=("float32", "float64"))
@for_all(sample=only(Truncated(1 << 15, 0.0, 1.0, -1.0, 1.0)))
def ends_are_attained_as_if_clipped(subject: Subject, sample: TruncatedDraw) -> Iterator[Check]:
    x = truncated_values(subject, sample)
    yield holds((x == sample.upper).mean() > 0.1)


def sparse_weight(subject: Subject, draw: SparseDraw) -> NDArray[np.float64]:
    """A sparse weight."""
    with subject.random(draw.seed) as generator:
        w = canvas(subject, draw.rows, draw.columns)
        filled: NDArray[np.float64] = values(subject.sparse_(w, draw.sparsity, std=draw.deviation, generator=generator))
    return filled


@claim(
    title="Sparse initialisation zeroes a fixed number of entries in each column, not of each unit",
    statement=r"\#\{i:W_{ij}=0\}=\lceil\mathrm{fl}(s\cdot\text{rows})\rceil\ \forall j,\quad W_{ij}\sim N(0,\sigma^2)"
    r"\text{ elsewhere}",
    hypotheses="a weight (outputs, inputs); the product of s and the rows in double",
    notes="Deep networks: parameter initialisation",
    book="8.4; Martens 2010",
    truth=FALSE_AS_STATED,
    correction="Martens fixes the non-zero weights of each unit, a row of the weight; torch fixes those of each input, "
    "a column. The positions follow torch's global generator, not the one given.",
    bound="exact up to normal draws that round to 0 (binomial); exact binomial for rows, the tests of the normal law "
    "for the others, each at 1e-9",
)
@for_all(weight=sparse_weights())
def sparse_initialisation(subject: Subject, weight: SparseDraw) -> Iterator[Check]:
    """Zeros counted in every column; in rows they are as many as random positions give. The other entries are normal.
    Other than two axes are refused.
    """
    w = sparse_weight(subject, weight)
    zeros, expected = (w == 0).sum(0), reference.zeros_of_column(weight.rows, weight.sparsity)
    yield holds(zeros >= expected, label="zeros of a column")
    others = (weight.rows - expected) * weight.columns
    extra = int(zeros.sum()) - expected * weight.columns
    fit = reference.other_zeros_fit(max(extra, 0), others, weight.deviation, subject.format)
    yield consistent(*fit, alpha=ALPHA, label="no other zeros")
    kept = w.T[w.T != 0]
    if kept.size:
        yield from consistent_with(kept, (NormalLaw.of(0.0, weight.deviation, subject.format),), "other entries")
    if weight.rows:
        rows = reference.rows_fit((w == 0).sum(1).tolist(), weight.columns, expected / weight.rows)
        yield consistent(*rows, alpha=ALPHA, label="zeros of a row")


@refutation(sparse_initialisation, r"\text{every unit has as many zeros}")
@for_all(weight=only(SparseWeight(20, 30)))
def rows_have_equal_numbers_of_zeros(subject: Subject, weight: SparseDraw) -> Iterator[Check]:
    zeros = (sparse_weight(subject, weight) == 0).sum(1)
    yield holds(bool((zeros == zeros[0]).all()))


@refutation(sparse_initialisation, r"\#\{i:W_{ij}=0\}=\mathrm{round}(s\cdot\text{rows})")
@for_all(weight=only(SparseWeight(64, 7, 33)))
def number_of_zeros_is_rounded(subject: Subject, weight: SparseDraw) -> Iterator[Check]:
    zeros = (sparse_weight(subject, weight) == 0).sum(0)
    yield equal(zeros, np.full_like(zeros, round(weight.sparsity * weight.rows)))


@refutation(sparse_initialisation, r"\text{the generator given decides the positions}")
@for_all(weight=only(SparseWeight(20, 30)))
def generator_decides_the_positions(subject: Subject, weight: SparseDraw) -> Iterator[Check]:
    """The same generator with torch's global stream in two states."""
    patterns = []
    for state in (1, 2):
        with subject.random(weight.seed ^ state) as other:
            generator = Generator(other.device).manual_seed(weight.seed)
            w = canvas(subject, weight.rows, weight.columns)
            patterns.append(values(subject.sparse_(w, weight.sparsity, std=1.0, generator=generator)) == 0)
    yield equal(*patterns)
