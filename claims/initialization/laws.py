"""The Xavier initialization: the law of its weights, and the compromise behind its variance 2/(M + N)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
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
from claims.frame.inputs.laws import (
    LayerDraw,
    WeightDraw,
    Widths,
    compromises,
    matrices,
    weights,
    width_chains,
)
from claims.frame.inputs.samples import canvas, draws_of_generator, spread
from claims.frame.subject import Subject
from reference.bounds import Chain
from reference.formats import float32
from reference.initialization import laws as reference
from reference.probability.sampling import (
    ALPHA,
    Coin,
    UniformLaw,
    agreement_fit,
    distance_fit,
    lags,
    moment_fit,
    p_value_fit,
    range_fit,
    repetition_fit,
    uniform_coins,
)
from reference.rounding import U64
from reference.statistics import binomial_p_value
from reference.truth import Truth

Lags = tuple[int, ...]

SEEDED = 1 << 15
"""Weights as small as this are drawn again, from equal and from other seeds."""

BLOCK = 512
"""Rows of a block of a parallel sampler: weights this many rows apart are compared too."""


def xavier_weights(subject: Subject, draw: WeightDraw, initializer: str, gain: float) -> Tensor:
    """Weights (times, *shape) filled by one of torch's Xavier initializers from the draw's seed."""
    with subject.random(draw.seed) as generator:
        return filled(subject, draw, initializer, gain, generator)


def filled(subject: Subject, draw: WeightDraw, initializer: str, gain: float, generator: Generator) -> Tensor:
    """Weights (times, *shape) filled by one of torch's Xavier initializers."""
    fill: Callable[..., Tensor] = getattr(subject, initializer)
    return torch.stack([fill(canvas(subject, *draw.shape), gain, generator=generator) for _ in range(draw.times)])


def raises(call: Callable[[], Any], error: type[Exception]) -> bool:
    """Whether a call raises the error."""
    try:
        call()
    except error:
        return True
    return False


@claim(
    title="torch's Xavier initializers have the stated law",
    statement=r"w\text{ independent},\ w\sim U(-a,a),\ a=g\sqrt{6/(M+N)}\ \text{or}\ N(0,g^2\tfrac{2}{M+N}):\ "
    r"\mathbb{E}w=0,\ \operatorname{Var}w=\tfrac{2g^2}{M+N}",
    hypotheses="w has at least two axes; fan-in M and fan-out N include the receptive field; gain g. The uniform law "
    "with E w = 0 is claimed of real arithmetic, float32 and float64 only; of float16 and bfloat16, that law rounded "
    "to the numbers of the type, where what rounds up to a may be relabelled as -a",
    notes="Numerical stability and initialization: Xavier",
    book="8.4, eq. 8.23; Glorot and Bengio 2010, eq. 16",
    truth=UNDER_HYPOTHESES,
    correction="E w = 0 fails in float16 and bfloat16: torch's sampler relabels what rounds up to a as -a, an atom of "
    "twice its share, and the mean is about -ulp(a)/2. Consistent means there: with this law or, for a sampler that "
    "does not relabel, with the uniform law rounded.",
    bound="Support exact; DKW, Bernstein with the known variance, exact laws of sum, maximum, range and tail, "
    "Hoeffding for agreements, Chernoff for repetitions, each at 1e-9, against the law of the sampler in the dtype.",
)
@for_all(weight=weights())
def xavier_initializer_law(subject: Subject, weight: WeightDraw) -> Iterator[Check]:
    """Weights of linear and convolutional layers against their law: support, distribution function, mean and second
    moment; for the normal law the sum of squares against chi-square and the largest weight. In half types these are
    the law, mean and second moment of the rounded law, atom included. Signs and magnitudes of weights near by, one or
    512 rows and half the weights apart agree as often as independent ones do; in float32 and float64 few weights
    repeat. Small weights are drawn many times. All follow from the seed of the generator, whatever the state of the
    global stream. Fewer than two axes are refused.
    """
    gain = reference.GAINS[weight.activation]
    observed = subject.calculate_gain(weight.activation)
    gains = np.array([*reference.GAINS.values(), reference.leaky_gain(0.2)])
    computed = [*map(subject.calculate_gain, reference.GAINS), subject.calculate_gain("leaky_relu", 0.2)]
    yield within(computed, Truth(gains, 4 * U64 * gains), label="gains")
    if len(weight.shape) < 2:
        for name in ("xavier_uniform_", "xavier_normal_"):
            refused = raises(lambda name=name: xavier_weights(subject, weight, name, gain), ValueError)  # type: ignore[misc]
            yield holds(refused, label=f"{name} refuses fewer than two axes")
        return
    fan_in, fan_out = reference.fans(weight.shape)
    drawn = xavier_weights(subject, weight, "xavier_uniform_", observed)
    yield equal([subject.calculate_fans(drawn[0])], [(fan_in, fan_out)], label="fans")
    normal = xavier_weights(subject, weight, "xavier_normal_", observed)
    yield holds(tuple(drawn.shape[1:]) == tuple(normal.shape[1:]) == weight.shape, label="shape")
    if 0 < math.prod(weight.shape) <= SEEDED:
        for name in ("xavier_uniform_", "xavier_normal_"):
            draw = functools.partial(filled, subject, weight._replace(times=1), name, observed)
            yield from draws_of_generator(subject, draw, weight.seed, name)
    if 0 not in weight.shape:
        row = math.prod(weight.shape[1:])
        apart = lags(drawn.numel(), row, BLOCK * row, math.prod(weight.shape))
        uniform_bound = reference.weight_bound(fan_in, fan_out, gain)
        yield from uniform_weights(subject, values(drawn).ravel(), apart, uniform_bound)
        deviation = reference.weight_deviation(fan_in, fan_out, gain)
        yield from normal_weights(subject, values(normal).ravel(), apart, deviation)


def uniform_weights(subject: Subject, w: NDArray[np.float64], apart: Lags, bound: float) -> Iterator[Check]:
    """Weights (n,) against independent uniform ones on [-bound, bound] in the dtype of the subject."""
    laws = reference.weight_laws(bound, subject.format)
    ascending = spread(w)
    yield at_most(np.abs(w).max(keepdims=True), reference.largest_weight(bound, subject.format), label="|w| <= a")
    yield consistent(*range_fit(w, laws), alpha=ALPHA, label="range, uniform")
    yield consistent(*distance_fit(ascending, laws), alpha=ALPHA, label="uniform law")
    yield from distinct(subject, ascending, "uniform")
    yield consistent(*moment_fit(w, 1, laws), alpha=ALPHA, label="E w, of the law in the dtype")
    yield consistent(*moment_fit(w, 2, laws), alpha=ALPHA, label="E w^2, of the law in the dtype")
    yield from independent(uniform_coins(w, laws), apart, "uniform")


def distinct(subject: Subject, ascending: NDArray[np.float64], law: str) -> Iterator[Check]:
    """Ascending weights repeat no more often than the format makes likely; half types have too few numbers."""
    if subject.format.precision >= float32.precision:
        yield consistent(*repetition_fit(ascending, subject.format), alpha=ALPHA, label=f"distinct, {law}")


def independent(coins: tuple[Coin, Coin], apart: Lags, law: str) -> Iterator[Check]:
    """Signs, and sides of the median magnitude, agree as often as independent at these distances."""
    for coin, what in zip(coins, ("signs", "magnitudes"), strict=True):
        yield consistent(*agreement_fit(coin, apart), alpha=ALPHA, label=f"independent {what}, {law}")


def normal_weights(subject: Subject, w: NDArray[np.float64], apart: Lags, deviation: float) -> Iterator[Check]:
    """Weights (n,) against independent normal ones, rounded to the dtype of the subject."""
    ascending = spread(w)
    fit = reference.normal_distance_fit(ascending, deviation, subject.format)
    yield consistent(*fit, alpha=ALPHA, label="normal law")
    yield from distinct(subject, ascending, "normal")
    yield consistent(*reference.normal_mean_fit(w, deviation, subject.format), alpha=ALPHA, label="E w, normal")
    yield consistent(*reference.square_sum_fit(w, deviation, subject.format), alpha=ALPHA, label="chi-square")
    yield consistent(*reference.largest_normal_fit(w, deviation, subject.format), alpha=ALPHA, label="max |w|, normal")
    yield consistent(*reference.normal_tail_fit(w, deviation, subject.format), alpha=ALPHA, label="|w| > 3 sigma")
    yield from independent(reference.normal_coins(w, deviation, subject.format), apart, "normal")


def xavier_uniform_sample(subject: Subject, weight: WeightDraw) -> tuple[NDArray[np.float64], float]:
    """Xavier's uniform weights of gain 1, as a vector, and their bound."""
    w: NDArray[np.float64] = values(xavier_weights(subject, weight, "xavier_uniform_", 1.0)).ravel()
    return w, reference.weight_bound(*reference.fans(weight.shape), 1.0)


def law_with_bound(subject: Subject, weight: WeightDraw, bound: float) -> Check:
    """Xavier's uniform weights of gain 1 against the uniform law with another bound."""
    w, _ = xavier_uniform_sample(subject, weight)
    return consistent(*distance_fit(np.sort(w), reference.weight_laws(bound, subject.format)), alpha=ALPHA)


@refutation(xavier_initializer_law, r"a=\sqrt{6/M}")
@for_all(weight=matrices((256, 512)))
def bound_from_fan_in_only(subject: Subject, weight: WeightDraw) -> Iterator[Check]:
    """The law of He's initialization."""
    yield law_with_bound(subject, weight, math.sqrt(6 / weight.shape[1]))


@refutation(xavier_initializer_law, r"a=\sqrt{3/(M+N)}")
@for_all(weight=matrices((256, 512)))
def bound_of_half_the_variance(subject: Subject, weight: WeightDraw) -> Iterator[Check]:
    """Half the variance."""
    yield law_with_bound(subject, weight, math.sqrt(3 / sum(weight.shape)))


@refutation(xavier_initializer_law, r"a=1/\sqrt M")
@for_all(weight=matrices((256, 512)))
def bound_of_the_common_heuristic(subject: Subject, weight: WeightDraw) -> Iterator[Check]:
    """The heuristic that Glorot and Bengio improve on; the same bound for N = 5M only."""
    yield law_with_bound(subject, weight, 1 / math.sqrt(weight.shape[1]))


@refutation(xavier_initializer_law, r"|w|\le a\text{ exactly}", dtypes=("bfloat16", "float16"))
@for_all(weight=matrices((64, 64), (512, 512)))
def weights_stay_within_the_real_bound(subject: Subject, weight: WeightDraw) -> Iterator[Check]:
    """The lower end is -a rounded, which may lie beyond -a."""
    w, bound = xavier_uniform_sample(subject, weight)
    yield at_most(np.abs(w).max(keepdims=True), bound)


@refutation(xavier_initializer_law, r"|w|\le a\text{ exactly in float32}", dtypes=("float32",))
@for_all(weight=matrices((512, 15872)))
def float32_weights_stay_within_the_real_bound(subject: Subject, weight: WeightDraw) -> Iterator[Check]:
    """M + N = 16384, so that a rounds up, to a (1 + 0.61u); one draw in 2^24 is the lower end, -a rounded."""
    drawn = xavier_weights(subject, weight, "xavier_uniform_", 1.0)
    bound = reference.weight_bound(*reference.fans(weight.shape), 1.0)
    yield at_most(np.abs(values([*drawn.aminmax()])), bound)


@refutation(xavier_initializer_law, r"\mathbb{E}w=0\text{ in bfloat16}", dtypes=("bfloat16",))
@for_all(weight=matrices((200, 23997)))
def bfloat16_weights_are_centred(subject: Subject, weight: WeightDraw) -> Iterator[Check]:
    """The bias -ulp(a)/2 is largest for a just above a power of two: 1.008 / 64 here. In float16 it is an eighth of
    that, and 64 times as many draws, 3e8, would be needed to see it at 1e-9.
    """
    w, bound = xavier_uniform_sample(subject, weight)
    yield consistent(*moment_fit(w, 1, [UniformLaw((-bound, bound))]), alpha=ALPHA)


@refutation(xavier_initializer_law, r"P(w=a)=P(w=-a)\text{ in half precision}", dtypes=("bfloat16", "float16"))
@for_all(weight=matrices((512, 512)))
def both_ends_are_attained_equally_often(subject: Subject, weight: WeightDraw) -> Iterator[Check]:
    """What rounds to a is relabelled: -a comes twice as often, a never."""
    w, bound = xavier_uniform_sample(subject, weight)
    end = reference.largest_weight(bound, subject.format)
    lower, upper = int((w == -end).sum()), int((w == end).sum())
    if lower + upper:
        yield consistent(*p_value_fit(binomial_p_value(upper, lower + upper, 0.5)), alpha=ALPHA)


@claim(
    title="Var(W) = 2/(M + N) is a principled compromise",
    statement=r"v^*=\tfrac2{M+N}=\arg\min_v\max(|Mv-1|,|Nv-1|)=\arg\min_v\big[\mathrm{KL}(N(0,Mv)\|N(0,1))+"
    r"\mathrm{KL}(N(0,Nv)\|N(0,1))\big],\quad \tfrac{Mv^*+Nv^*}2=1",
    hypotheses="forward variances are kept by v = 1/M, backward ones (through the transpose) by v = 1/N",
    notes="Numerical stability and initialization: Xavier",
    book="Glorot and Bengio 2010, eqs. 10-12 and 16",
    truth=FALSE_AS_STATED,
    correction="2/(M + N) is the harmonic mean of the requirements 1/M and 1/N, which agree only if M = N: the only "
    "minimiser of the worst relative gain error, |M - N|/(M + N), and of the summed Gaussian divergences. Forward "
    "times backward gain is 4MN/(M + N)^2 <= 1, along any chain of widths.",
    bound="gamma_k for the formulas (ASNA Lemma 3.1); chi-square with N and M degrees for sampled gains, at 1e-9",
)
@for_all(layers=compromises())
def xavier_average_compromise(subject: Subject, layers: LayerDraw | Widths) -> Iterator[Check]:
    """Variance, gains, their product, the worst gain error and the divergences of every layer of a chain against exact
    rational values, and against those of any other variance; gains of drawn layers against chi-square.
    """
    if isinstance(layers, LayerDraw):
        yield from sampled_gains(subject, layers)
        return
    m, n = layers.fans
    exact_m, exact_n, t = values([m, n, layers.factors])
    fmt = subject.format
    v = subject.xavier_variance(m, n)
    yield within(v, reference.compromise(exact_m, exact_n, fmt), label="v = 2/(M + N)")
    forward, backward = subject.multiply(m, v), subject.multiply(n, v)
    truths = [reference.layer_gain(w, exact_m, exact_n, fmt) for w in (exact_m, exact_n)]
    yield within(forward, truths[0], label="M v")
    yield within(backward, truths[1], label="N v")
    yield from least_worst_error(subject, (forward, backward), (exact_m, exact_n))
    other = subject.multiply(v, layers.factors)
    others = subject.multiply(m, other), subject.multiply(n, other)
    slack = reference.worst_gain_error(exact_m, exact_n, fmt, t).bound
    bound = reference.least_worst_gain_error(exact_m, exact_n, t)
    yield at_most(bound, worst_gain_error(subject, *others), slack, label="any other v errs more")
    yield from least_divergence(subject, (forward, backward), others, (exact_m, exact_n, t))
    yield from chain_gains(subject, (forward, backward), truths)


def worst_gain_error(subject: Subject, forward: Tensor, backward: Tensor) -> Tensor:
    """max(|forward - 1|, |backward - 1|)."""
    errors: list[Tensor] = [subject.abs(subject.subtract(gain, 1.0)) for gain in (forward, backward)]
    return errors[0].maximum(errors[1])


def least_worst_error(subject: Subject, gains: tuple[Tensor, Tensor], widths: tuple[Any, Any]) -> Iterator[Check]:
    """At v* the worst gain error is |M - N|/(M + N)."""
    truth = reference.worst_gain_error(*widths, subject.format)
    yield within(worst_gain_error(subject, *gains), truth, label="worst gain error")


def least_divergence(
    subject: Subject, gains: tuple[Tensor, Tensor], others: tuple[Tensor, Tensor], exact: tuple[Any, Any, Any]
) -> Iterator[Check]:
    """The summed divergences at t v* exceed those at v* by t - 1 - ln t."""
    m, n, t = exact
    fmt = subject.format
    sums, error = [], np.zeros(m.shape)
    for pair, factor, roundings in ((gains, 1.0, 3), (others, t, 4)):
        computed = [subject.divergence_from_standard(gain) for gain in pair]
        truths = [reference.divergence(w * factor * 2 / (m + n), roundings, fmt) for w in (m, n)]
        for divergence, truth in zip(computed, truths, strict=True):
            yield within(divergence, truth, label="KL(N(0, M v) || N(0, 1))")
            error = error + truth.bound
        sums.append(values(computed[0]) + values(computed[1]))
    excess = Truth(t - 1 - np.log(t), error + 16 * U64 * (1 + t))
    yield within(sums[1] - sums[0], excess, label="excess divergence t - 1 - ln t")


def chain_gains(subject: Subject, gains: tuple[Tensor, Tensor], truths: list[Truth]) -> Iterator[Check]:
    """Along the chain the forward gains, the backward gains, and all together, which is at most 1."""
    fmt = subject.format
    products = [subject.prod(gain, dim=-1) for gain in gains]
    for product, truth, label in zip(products, truths, ("forward", "backward"), strict=True):
        yield within(product, reference.chain_gain(truth.value, 3, fmt), label=f"{label} gain of the chain")
    both = reference.chain_gain(truths[0].value * truths[1].value, 7, fmt)
    total = subject.prod(subject.multiply(*gains), dim=-1)
    yield within(total, both, label="prod 4MN/(M + N)^2")
    yield at_most(total, 1.0, both.bound, label="prod 4MN/(M + N)^2 <= 1")


def sampled_gains(subject: Subject, layer: LayerDraw) -> Iterator[Check]:
    """||W x||^2 and ||W^T g||^2 of a drawn layer against chi-square with N and M degrees of freedom."""
    x, g, seed = layer
    m, n = len(x), len(g)
    with subject.random(seed) as generator:
        w = subject.xavier_normal_(canvas(subject, n, m), 1.0, generator=generator)
    yield equal([subject.calculate_fans(w)], [(m, n)], label="fans")
    deviation = reference.weight_deviation(m, n, 1.0)
    arithmetic = subject.arithmetic("matmul")
    for matrix, signal, label in ((w, x, "forward"), (w.mT, g, "backward")):
        image = subject.matmul(matrix, signal[:, None])[:, 0]
        product = Chain.of(values(matrix), arithmetic).matmul(values(signal)[:, None]).truth()
        yield within(image, Truth(product.value[:, 0], product.bound[:, 0]), label=f"{label} image")
        fit = reference.gain_fit(values(matrix), values(signal), values(image), deviation, arithmetic)
        yield consistent(*fit, alpha=ALPHA, label=f"{label} gain, sampled")


@refutation(xavier_average_compromise, "no principle: every other variance has a worst gain error as small")
@for_all(layers=width_chains())
def any_variance_does_as_well(subject: Subject, layers: Widths) -> Iterator[Check]:
    """2/(M + N) alone minimises the larger of the two relative gain errors."""
    m, n = layers.fans
    exact_m, exact_n, t = values([m, n, layers.factors])
    v = subject.xavier_variance(m, n)
    least, other = (
        worst_gain_error(subject, subject.multiply(m, u), subject.multiply(n, u))
        for u in (v, subject.multiply(v, layers.factors))
    )
    slack = sum(reference.worst_gain_error(exact_m, exact_n, subject.format, f).bound for f in (1.0, t))
    yield at_most(other, least, slack)


@refutation(xavier_average_compromise, r"2/(M+N)\text{ preserves the forward variance}")
@for_all(layers=width_chains())
def forward_variance_is_preserved(subject: Subject, layers: Widths) -> Iterator[Check]:
    """The forward gain is 2M/(M + N), 1 for M = N only."""
    m, n = layers.fans
    exact_m, exact_n = values([m, n])
    truth = reference.layer_gain(exact_m, exact_m, exact_n, subject.format)
    gain = subject.multiply(m, subject.xavier_variance(m, n))
    yield within(gain, truth._replace(value=np.ones_like(truth.value)))


@refutation(xavier_average_compromise, r"2/(M+N)=\tfrac12(\tfrac1M+\tfrac1N)")
@for_all(layers=width_chains())
def compromise_is_the_arithmetic_mean(subject: Subject, layers: Widths) -> Iterator[Check]:
    """It is the harmonic mean of 1/M and 1/N."""
    m, n = layers.fans
    exact_m, exact_n = values([m, n])
    truth = reference.compromise(exact_m, exact_n, subject.format)
    yield within(subject.xavier_variance(m, n), truth._replace(value=(1 / exact_m + 1 / exact_n) / 2))


@refutation(xavier_average_compromise, r"1/\sqrt{MN}\text{ minimises the worst gain error}")
@for_all(layers=width_chains())
def geometric_mean_errs_least(subject: Subject, layers: Widths) -> Iterator[Check]:
    """The geometric mean minimises the logarithmic error."""
    m, n = layers.fans
    geometric = subject.divide(1.0, subject.sqrt(subject.multiply(m, n)))
    gains = subject.multiply(m, geometric), subject.multiply(n, geometric)
    exact_m, exact_n = values([m, n])
    truth = reference.worst_gain_error(exact_m, exact_n, subject.format)
    yield at_most(worst_gain_error(subject, *gains), truth.value, 4 * truth.bound)
