"""Fan-in and fan-out: what they are, what torch reads off a shape, and what its layers do by default."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from torch import Generator, Tensor

from claims import (
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
from claims.frame.inputs.fans import (
    Connected,
    Connections,
    DefaultLayer,
    LayerParameters,
    connections,
    default_layers,
)
from claims.frame.inputs.laws import Layer, LayerDraw, WidthChain, Widths, compromises
from claims.frame.inputs.samples import canvas
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.initialization.initializers import consistent_with
from reference.bounds import dot_truth
from reference.formats import float32
from reference.initialization import fans as reference
from reference.initialization.initializers import second_moment_fit
from reference.initialization.laws import gain_fit, layer_gain, weight_bound, weight_deviation
from reference.probability.sampling import ALPHA, Fit, UniformLaw, uniform_laws

OPTIONS = (("fan_in", 0), ("fan_out", 1))
"""Modes, and which of the fans each takes."""


def counted(subject: Subject, layer: Connections) -> list[Tensor]:
    """Inputs of an output and outputs of an input away from the border: sums of ones, through ones."""
    ones = subject.tensor(np.ones(layer.shape))
    forward, backward = subject.conv, subject.conv_transpose
    if layer.kind == "linear":
        signals = [subject.tensor(np.ones((1, n))) for n in (layer.inputs, layer.outputs)]
        return [subject.linear(signals[0], ones)[0, 0], subject.linear(signals[1], ones.mT)[0, 0]]
    if layer.kind == "transposed":
        forward, backward = backward, forward
    extent = tuple(3 * k for k in layer.kernel)
    counts = []
    for channels, way in ((layer.inputs, forward), (layer.outputs, backward)):
        image = way(subject.tensor(np.ones((1, channels, *extent))), ones, layer.groups)
        counts.append(image[0, 0].flatten()[image[0, 0].numel() // 2])
    return counts


def kaiming_sample(subject: Subject, layer: Connections, mode: str) -> np.ndarray:
    """Uniform weights for a linear unit by Kaiming's initializer."""
    with subject.random(layer.seed) as generator:
        w = subject.kaiming_uniform_(
            canvas(subject, *layer.shape), mode=mode, nonlinearity="linear", generator=generator
        )
    sample: np.ndarray = values(w).ravel()
    return sample


@claim(
    title="The fans that torch reads off a weight are the true ones of linear and ungrouped convolutional layers only",
    statement=r"\text{fan-in}=\tfrac{C_{in}}g\prod k,\quad\text{fan-out}=\tfrac{C_{out}}g\prod k;\quad\text{torch: }"
    r"\mathrm{shape}_1\prod k,\ \mathrm{shape}_0\prod k",
    hypotheses="for the equality one group and no transposition; away from the border",
    notes="Deep networks: parameter initialisation",
    book="8.4",
    truth=UNDER_HYPOTHESES,
    correction="In g groups the fan-out is g times too large. Of a transposed convolution the fans are exchanged: "
    "(C_out / g) prod k and C_in prod k.",
    bound="exact; the laws of the weights by DKW, moments, range and agreements, each at 1e-9",
)
@for_all(layer=connections())
def fan_in_fan_out_convention(subject: Subject, layer: Connections) -> Iterator[Check]:
    """The connections of an output and of an input are counted by sending ones through a weight of ones, forward and by
    the adjoint. What torch computes of the shape is that, or differs as the correction says, and Kaiming's
    initializers use it, in both modes.
    """
    sizes = layer.inputs, layer.outputs, layer.kernel, layer.groups
    yield equal([values(v) for v in counted(subject, layer)], reference.counted_fans(*sizes), label="counted fans")
    ones = subject.tensor(np.ones(layer.shape))
    expected = reference.fans_of_shape(layer.kind, *sizes)
    yield equal([subject.calculate_fans(ones)], [expected], label="fans of the shape")
    for mode, which in OPTIONS:
        bound = math.sqrt(3 / expected[which])
        laws = uniform_laws(-bound, bound, subject.format)
        yield from consistent_with(kaiming_sample(subject, layer, mode), laws, f"Kaiming, {mode}")


@refutation(fan_in_fan_out_convention, r"\text{Xavier's }M+N\text{ is 18 for a depthwise 3x3 convolution}")
@for_all(layer=only(Connected("conv", 64, 64, (3, 3), 64)))
def depthwise_fans_are_the_true_ones(subject: Subject, layer: Connections) -> Iterator[Check]:
    """It is 9 + 576."""
    yield equal(sum(subject.calculate_fans(subject.tensor(np.ones(layer.shape)))), 18)


@refutation(fan_in_fan_out_convention, r"\text{fan-in of a transposed convolution: }C_{in}\prod k")
@for_all(layer=only(Connected("transposed", 5, 20, (3,))))
def transposed_fan_in_counts_the_inputs(subject: Subject, layer: Connections) -> Iterator[Check]:
    """Its weight has the inputs first."""
    fan_in, _ = subject.calculate_fans(subject.tensor(np.ones(layer.shape)))
    yield equal(fan_in, values(counted(subject, layer)[0]))


def parameters(subject: Subject, layer: LayerParameters, seed: int) -> list[Tensor]:
    """What the constructor draws, from the global stream."""
    with subject.random(seed):
        made: list[Tensor] = subject.default_parameters(
            layer.layer, layer.sizes, dtype=subject.torch_dtype, device=subject.device
        )
    return made


@claim(
    title="The heuristic U(-1/sqrt m, 1/sqrt m) is torch's default; a square layer keeps a third of the variance",
    statement=r"W\sim U(-\tfrac1{\sqrt m},\tfrac1{\sqrt m})\Rightarrow\operatorname{Var}W=\tfrac1{3m},\ "
    r"\mathbb{E}\|Wx\|^2=\tfrac n{3m}\|x\|^2",
    hypotheses="m inputs and n outputs of a linear layer; m = fan-in of a convolution, hidden units of a recurrent "
    "layer, the first input of a bilinear one",
    notes="Deep networks: parameter initialisation",
    book="8.4, display before eq. 8.23",
    truth=TRUE,
    bound="DKW, moments, range and agreements of weights and biases, and Bernstein's inequality for outputs, at 1e-9",
)
@for_all(layer=default_layers())
def fan_in_uniform_default(subject: Subject, layer: LayerParameters) -> Iterator[Check]:
    """Weights and biases of linear, convolutional, transposed, bilinear, recurrent and embedding layers against their
    law; they follow from the global seed. The explicit spelling, Kaiming's with a = sqrt 5, has the law of the linear
    layer, whose outputs have the mean square that its variance says (in float32 and float64).
    """
    drawn = parameters(subject, layer, layer.seed)
    again, other = (parameters(subject, layer, seed) for seed in (layer.seed, layer.seed ^ 1))
    yield equal(values(again[0])[None], values(drawn[0])[None], label="equal seeds, equal weights")
    yield holds(bool((values(other[0]) != values(drawn[0])).any()), label="other seeds, other weights")
    laws = reference.default_laws(layer.layer, layer.sizes, subject.format)
    for parameter, what in zip(drawn, ("weight", "bias") if len(drawn) < 3 else ("",) * len(drawn), strict=False):
        yield from consistent_with(values(parameter).ravel(), laws, f"{layer.layer} {what}".strip())
    if layer.layer == "Linear":
        yield from linear_outputs(subject, layer, drawn[0])


def linear_outputs(subject: Subject, layer: LayerParameters, w: Tensor) -> Iterator[Check]:
    """W x of a linear layer, and the law of its explicit spelling."""
    laws = reference.default_laws(layer.layer, layer.sizes, subject.format)
    with subject.random(layer.seed) as generator:
        explicit = subject.kaiming_uniform_(canvas(subject, *w.shape), a=math.sqrt(5), generator=generator)
    yield from consistent_with(values(explicit).ravel(), laws, "a = sqrt 5")
    y, x = subject.linear(layer.x[None], w)[0], values(layer.x)
    truth = dot_truth(values(w), x[None], subject.arithmetic("linear"))
    yield within(y, truth, label="W x")
    if isinstance(laws[0], UniformLaw) and subject.format.precision >= float32.precision:
        yield consistent(*second_moment_fit(x, values(y), truth.bound, laws[0]), alpha=ALPHA, label="E (W x)^2")


def weight_variance_is(subject: Subject, layer: LayerParameters, variance: float) -> Check:
    """The second moment of the weights against another variance, by Bernstein's inequality for the true law."""
    w = values(parameters(subject, layer, layer.seed)[0])
    law = reference.default_laws(layer.layer, layer.sizes, subject.format)[0]
    return consistent(abs(float((w**2).mean()) - variance), law.moment_radius(2, w.size, ALPHA), alpha=ALPHA)


@refutation(fan_in_uniform_default, r"\operatorname{Var}W=1/m")
@for_all(layer=only(DefaultLayer("Linear", (100, 60))))
def default_variance_is_one_over_m(subject: Subject, layer: LayerParameters) -> Iterator[Check]:
    """A third of it: no layer keeps the variance."""
    yield weight_variance_is(subject, layer, 1 / layer.sizes[0])


@refutation(fan_in_uniform_default, r"\text{the default is He's initialization, }\operatorname{Var}W=2/m")
@for_all(layer=only(DefaultLayer("Linear", (100, 60))))
def default_is_the_one_of_he(subject: Subject, layer: LayerParameters) -> Iterator[Check]:
    """The slope a = sqrt 5 makes the gain 1/sqrt 3."""
    yield weight_variance_is(subject, layer, 2 / layer.sizes[0])


@refutation(fan_in_uniform_default, r"\text{biases are 0 by default}")
@for_all(layer=only(DefaultLayer("Linear", (3, 16))))
def default_biases_vanish(subject: Subject, layer: LayerParameters) -> Iterator[Check]:
    bias = values(parameters(subject, layer, layer.seed)[1])
    yield equal(bias, np.zeros_like(bias))


@refutation(fan_in_uniform_default, r"\text{a transposed convolution has }m=C_{in}k^2")
@for_all(layer=only(DefaultLayer("ConvTranspose2d", (20, 60, 3))))
def transposed_default_counts_the_inputs(subject: Subject, layer: LayerParameters) -> Iterator[Check]:
    yield weight_variance_is(subject, layer, 1 / (3 * layer.sizes[0] * 9))


@claim(
    title="Glorot's variance keeps the forward and the backward variance together only if M = N",
    statement=r"M\sigma^2=1\wedge N\sigma^2=1\iff M=N;\quad\sigma^2=\tfrac2{M+N}:\ \tfrac{2M}{M+N}+\tfrac{2N}{M+N}=2,\ "
    r"\tfrac{4MN}{(M+N)^2}\le1\text{ with equality iff }M=N",
    hypotheses="linear layers; independent weights of mean 0",
    notes="Deep networks: parameter initialisation; Optimisation: the scale of the initial weights",
    book="8.4, eq. 8.23; Glorot and Bengio 2010, eq. 12",
    formal="two_mul_le_add_sq",
    truth=UNDER_HYPOTHESES,
    correction="the text calls it a compromise; these are its exact gains, for linear units",
    bound="gamma_3 for the gains; chi-square for normal weights, Bernstein's inequality for uniform ones, at 1e-9",
)
@for_all(layers=compromises())
def glorot_fan_compromise(subject: Subject, layers: LayerDraw | Widths) -> Iterator[Check]:
    """The gains forward and backward, their sum and their product, of every layer of a chain; both are 1 only if the
    widths agree. Mean squares of W x, and of W^T g by torch's automatic differentiation, for weights drawn by both of
    Xavier's initializers (uniform ones in float32 and float64).
    """
    if isinstance(layers, LayerDraw):
        yield from drawn_gains(subject, layers)
        return
    m, n = layers.fans
    exact_m, exact_n = values([m, n])
    v = subject.xavier_variance(m, n)
    gains = [subject.multiply(w, v) for w in (m, n)]
    truths = [layer_gain(w, exact_m, exact_n, subject.format) for w in (exact_m, exact_n)]
    for gain, truth, label in zip(gains, truths, ("forward", "backward"), strict=True):
        yield within(gain, truth, label=f"{label} gain")
    yield within(subject.add(*gains), reference.gains_sum(exact_m, exact_n, subject.format), label="sum 2")
    product, exact = subject.multiply(*gains), reference.gains_product(exact_m, exact_n, subject.format)
    yield within(product, exact, label="product 4MN/(M + N)^2")
    yield at_most(product, np.ones_like(exact.value), exact.bound, label="product at most 1")
    kept = [np.abs(values(g) - 1) <= t.bound for g, t in zip(gains, truths, strict=True)]
    unequal = np.abs(truths[0].value - 1) > 2 * (truths[0].bound + truths[1].bound)
    same = exact_m == exact_n
    agreed = ~unequal | ~(kept[0] | kept[1])
    yield holds((agreed & (~same | (kept[0] & kept[1]))).all(-1), label="both kept iff M = N")


def drawn_gains(subject: Subject, layer: LayerDraw) -> Iterator[Check]:
    """Mean squares of W x and W^T g of drawn layers."""
    m, n = len(layer.x), len(layer.g)
    with subject.random(layer.seed) as generator:
        drawn = [fill(subject, (n, m), generator) for fill in (normal_weight, uniform_weight)]
    deviation = weight_deviation(m, n, 1.0)
    bound = weight_bound(m, n, 1.0)
    for w, uniform in zip(drawn, (False, True), strict=True):
        x = layer.x[None].detach().requires_grad_()
        y = subject.linear(x, w)
        back = subject.gradient(y, x, layer.g[None])
        how = subject.arithmetic("linear")
        for matrix, signal, image, way in ((w, layer.x, y, "forward"), (w.mT, layer.g, back, "backward")):
            exact, given = values(matrix), values(signal)
            truth = dot_truth(exact, given[None], how)
            yield within(image[0], truth, label=f"{way} image")
            if not uniform:
                fit = gain_fit(exact, given, values(image)[0], deviation, how)
                yield consistent(*fit, alpha=ALPHA, label=f"{way} gain, normal")
            elif subject.format.precision >= float32.precision:
                law = UniformLaw((-bound, bound), 7 * subject.format.u)
                uniform_fit: Fit = second_moment_fit(given, values(image)[0], truth.bound, law)
                yield consistent(*uniform_fit, alpha=ALPHA, label=f"{way} gain, uniform")


def normal_weight(subject: Subject, shape: tuple[int, int], generator: Generator) -> Tensor:
    """By Xavier's normal initializer."""
    w: Tensor = subject.xavier_normal_(canvas(subject, *shape), 1.0, generator=generator)
    return w


def uniform_weight(subject: Subject, shape: tuple[int, int], generator: Generator) -> Tensor:
    """By Xavier's uniform initializer."""
    w: Tensor = subject.xavier_uniform_(canvas(subject, *shape), 1.0, generator=generator)
    return w


@refutation(glorot_fan_compromise, r"\text{both variances are kept for all }M,N")
@for_all(layers=only(Layer(300, 1000)))
def both_variances_are_kept(subject: Subject, layers: LayerDraw) -> Iterator[Check]:
    """300 inputs and 1000 outputs: 6/13 forward, 20/13 backward."""
    m, n = len(layers.x), len(layers.g)
    with subject.random(layers.seed) as generator:
        w = normal_weight(subject, (n, m), generator)
    y = subject.linear(layers.x[None], w)[0]
    how = subject.arithmetic("linear")
    yield consistent(*gain_fit(values(w), values(layers.x), values(y), 1 / math.sqrt(m), how), alpha=ALPHA)


@refutation(glorot_fan_compromise, r"\text{a variance keeps both for 2 inputs and 8 outputs}")
@for_all(layers=only(WidthChain(1, "alternating")))
def one_variance_keeps_both(subject: Subject, layers: Widths) -> Iterator[Check]:
    """Whatever factor is tried."""
    m, n = layers.fans
    v = subject.multiply(subject.xavier_variance(m, n), layers.factors)
    gains = [values(subject.multiply(w, v)) for w in (m, n)]
    yield holds((np.abs(gains[0] - 1) < 0.1) & (np.abs(gains[1] - 1) < 0.1))
