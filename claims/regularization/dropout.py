"""Dropout: every example passes through a random submodel; together they form an ensemble that shares its weights."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs import masks as inputs
from claims.frame.operations.softmax import kernel, planned_kernel
from claims.frame.subject import Subject
from reference.probability.sampling import ALPHA
from reference.regularization import dropout as reference
from reference.regularization import submodels
from reference.regularization.counts import count_fit
from reference.regularization.dropout import Outcomes
from reference.regularization.submodels import ramp
from reference.statistics import hoeffding_radius
from reference.truth import Truth

LARGEST = 1 << 17
"""Larger layers are there for the power of the binomial test; their gradients and evaluation are not looked at."""
FEW = 1 << 15
"""Masks of more units are not compared with those of other passes, nor at all distances."""
TINY, MANY_PASSES = 80, 40
"""Layers of few units take many passes: that one stays for certain at p = 1/2 is rarer than 1e-9 in all of them."""
DRAWS = 8
"""Passes in training mode that are compared with the submodels they are."""

Mask = NDArray[np.bool_]


def outcomes(subject: Subject, layer: inputs.Dropped) -> Outcomes:
    """What dropout may make of each unit of the layer."""
    of = reference.alpha_dropout if "alpha" in layer.spelling and layer.p < 1 else reference.inverted_dropout
    return of(values(layer.x), layer.p, subject.arithmetic(layer.spelling))


def same_sign(y: Tensor, x: Tensor) -> Mask:
    """Whether the signs agree, those of zeros too."""
    return np.asarray(np.signbit(values(y)) == np.signbit(values(x)))


def one_pass(
    subject: Subject, layer: inputs.Dropped, x: Tensor, *, training: bool = True
) -> tuple[Tensor, Tensor | None]:
    """One pass of `x` through the layer, and the mask where the spelling returns it."""
    with subject.random(layer.seed):
        y = getattr(subject, layer.spelling)(x, layer.p, training=training)
    return y if isinstance(y, tuple) else (y, None)


def dropout(subject: Subject, layer: inputs.Dropped, x: Tensor, *, training: bool = True) -> Tensor:
    """One pass of `x` through the layer."""
    return one_pass(subject, layer, x, training=training)[0]


@claim(
    title="Inverted dropout scales survivors by exactly 1/(1-p), is unbiased, and is the identity in evaluation",
    statement=r"y_i=\begin{cases}x_i/(1-p)&\text{with probability }1-p\\0&\text{with probability }p\end{cases},\quad"
    r"\mathbb E\,y=x,\quad\operatorname{Var}y_i=\tfrac p{1-p}x_i^2,"
    r"\quad\#\{\text{dropped}\}\sim\operatorname{Bin}(n,p);\quad\text{in evaluation }y=x",
    hypotheses="finite x; p in [0,1]; x/(1-p) does not overflow; the backward pass has the mask of the forward pass",
    notes="Regularisation: what a dropout step does to the parent network; dropout",
    book="7.12",
    truth=UNDER_HYPOTHESES,
    correction="Holds for finite x (0 times an infinity is NaN); the expectation does not pass through nonlinearities.",
    bound="half an ulp for each of 1-p, its reciprocal and the product (ASNA 2.1); exact binomial test at 1e-9",
)
@for_all(layer=inputs.layers())
def dropout_inverted_scaling(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """Every output is x/(1-p) or 0, and the number of zeros passes the exact binomial test of Bin(n, p).

    The vector-Jacobian product with cotangent x must have the same zeros and the same values: the Jacobian is diagonal
    (for x of ones it must agree bit for bit). Evaluation must return x. Dropout of channels must treat all of a channel
    alike; alpha dropout has other values, with which it preserves mean 0 and variance 1, but the same mask law. Zeros
    keep their sign in evaluation, and where they survive for certain: for p = 0, or with their channel.
    """
    x = layer.x.clone().requires_grad_()
    y, mask = one_pass(subject, layer, x)
    truth = outcomes(subject, layer)
    told = ~truth.ambiguous
    dropped = np.abs(values(y) - truth.dropped.value) <= truth.dropped.bound
    yield within(y, reference.chosen(dropped, truth.dropped, truth.kept), label="survivors are x / (1 - p)")
    if mask is not None:
        yield holds(((values(mask) != 0) != dropped) | ~told, label="the mask returned is that of the survivors")
    inner = tuple(range(2, 2 + inputs.BY_CHANNEL.get(layer.spelling, 0)))
    lost, kept = (dropped & told).any(inner), (~dropped & told).any(inner)
    yield holds(~(lost & kept), label="a unit is kept or dropped as a whole")
    if "alpha" not in layer.spelling:  # which adds a number to survivors
        survives = np.expand_dims(kept | (layer.p == 0), inner)
        yield holds(~survives | same_sign(y, x), label="survivors keep their sign")
    yield consistent(*count_fit(lost[lost | kept], layer.p), alpha=ALPHA, label="dropped units are Bin(n, p)")
    if x.numel() > LARGEST:
        return
    if subject.plan.layout != "expanded":  # equal activations would share one gradient
        gradient = subject.gradient(y, x, layer.x)
        flat = np.where(told, dropped, values(gradient) == 0)
        nothing = Truth(np.zeros(1), np.zeros(1))
        yield within(
            gradient, reference.chosen(flat, nothing, truth.tangent), label="the backward pass has the same mask"
        )
        ones = (np.abs(values(x)) == 1).reshape(len(x), -1).all(-1) & ("alpha" not in layer.spelling)
        yield equal(gradient, y, where=ones, label="the backward pass has the same scale")
    evaluated = dropout(subject, layer, layer.x, training=False)
    yield equal(evaluated, layer.x, label="evaluation is the identity")
    yield holds(same_sign(evaluated, layer.x), label="evaluation keeps the signs of zeros")


@refutation(dropout_inverted_scaling, "A dropped infinite activation is 0.")
@for_all(layer=inputs.nonfinite_layers(p=0.5))
def a_dropped_infinity_is_zero(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """Infinity times 0 is NaN."""
    y = values(dropout(subject, layer, layer.x))
    yield holds((y == 0) | np.isinf(y) | ~np.isinf(values(layer.x)))


@refutation(dropout_inverted_scaling, "Dropping everything, p = 1, gives 0 whatever the activations are.")
@for_all(layer=inputs.nonfinite_layers(p=1.0))
def dropping_everything_gives_zero(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """NaN and infinity times 0 are NaN."""
    if layer.p == 1:
        yield equal(dropout(subject, layer, layer.x), np.zeros(layer.x.shape))


@refutation(dropout_inverted_scaling, "With one seed, no two dtypes get the same mask.")
@for_all(layer=inputs.ordinary_layers())
def the_mask_depends_on_the_dtype(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """The random numbers are drawn in one precision and compared with one probability, whatever the layer holds."""
    masks = []
    for dtype in ("float16", "bfloat16", "float32", "float64"):
        other = dataclasses.replace(subject, dtype=dtype)
        masks.append(values(dropout(other, layer, other.tensor(np.ones(layer.x.shape)))) == 0)
    if masks[0].size >= 16:
        yield holds(not any(np.array_equal(a, b) for i, a in enumerate(masks) for b in masks[:i]))


@refutation(dropout_inverted_scaling, r"\text{in evaluation }y=(1-p)\,x")
@for_all(layer=inputs.ordinary_layers())
def evaluation_scales_by_the_keep_probability(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """That belongs to the other convention, which does not scale in training."""
    scaled = (1 - layer.p) * values(layer.x)
    yield within(subject.dropout(layer.x, layer.p, training=False), Truth(scaled, subject.format.ulp(scaled)))


@refutation(dropout_inverted_scaling, "Survivors keep their value.")
@for_all(layer=inputs.ordinary_layers())
def survivors_keep_their_value(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """They grow by 1/(1-p)."""
    y, x = values(dropout(subject, layer, layer.x)), values(layer.x)
    yield equal(y, np.where(y == 0, 0.0, x))


@refutation(dropout_inverted_scaling, r"\#\{\text{dropped}\}\sim\operatorname{Bin}(n,1-p)")
@for_all(layer=inputs.ordinary_layers())
def units_are_kept_with_probability_p(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """torch's p is the probability to drop, that of the original paper the one to keep."""
    y = values(dropout(subject, layer, layer.x))
    yield consistent(*count_fit(y[values(layer.x) != 0] == 0, 1 - layer.p), alpha=ALPHA, label="dropped units")


@refutation(dropout_inverted_scaling, r"\mathbb E f(y)=f(x)\text{ for }f(t)=\max(0,t-1)")
@for_all(layer=inputs.ordinary_layers())
def the_expectation_passes_through_a_nonlinearity(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """Hoeffding's inequality for the sum of f(y) - f(x), each within an interval as long as f(x / (1 - p))."""
    y, x = values(dropout(subject, layer, layer.x)), values(layer.x)
    excess, widest = (
        ramp(y) - ramp(x),
        ramp(np.abs(x) / (1 - layer.p) * (1 + subject.format.u * 4)),
    )
    radius = math.sqrt(float((widest**2).sum()) * math.log(2 / ALPHA) / 2)
    yield consistent(abs(float(excess.sum())), radius, alpha=ALPHA)


@refutation(dropout_inverted_scaling, r"\text{alpha dropout: }\mathbb E y=x")
@for_all(layer=inputs.ordinary_layers())
def alpha_dropout_is_unbiased(subject: Subject, layer: inputs.Dropped) -> Iterator[Check]:
    """It shrinks the mean by a (1 - p): a layer of ones keeps mean 0 and variance 1 only if it had them."""
    alpha = layer._replace(spelling="alpha_dropout", x=subject.tensor(np.ones(layer.x.shape)))
    y, (kept, dropped, _) = values(dropout(subject, alpha, alpha.x)), outcomes(subject, alpha)
    if y.size:
        width = float(np.abs(kept.value - dropped.value).max())
        yield consistent(abs(float(y.mean()) - 1), hoeffding_radius(y.size, width, ALPHA), alpha=ALPHA)


def masks_of(subject: Subject, draw: inputs.MaskDraw, passes: int = 1) -> Mask:
    """The units kept in training passes of ones, one after the other: (passes, examples, units)."""
    ones = subject.tensor(np.ones(draw.shape))
    with subject.random(draw.seed):
        outputs = [getattr(subject, draw.spelling)(ones, draw.p, training=True) for _ in range(passes)]
    kept = np.stack([values(y[0] if isinstance(y, tuple) else y) != 0 for y in outputs])
    if draw.spelling in inputs.BY_CHANNEL:
        kept = kept.reshape(-1, draw.units, ones.numel() // (len(ones) * draw.units))[..., 0]
    return np.asarray(kept.reshape(passes, -1, draw.units))


@claim(
    title="Within one step every example gets its own random subnetwork",
    statement=r"\mu^{(1)},\dots,\mu^{(B)}\text{ i.i.d. }\operatorname{Bernoulli}(1-p)^n,\quad"
    r"\Pr[\mu^{(a)}_i=\mu^{(b)}_i]=p^2+(1-p)^2",
    hypotheses="one call on a batch; dropout1d to dropout3d draw for every example and channel",
    notes="Regularisation: in a single step a small number of subnetworks are trained",
    book="7.12",
    truth=TRUE,
    bound="exact binomial tests at 1e-9 of units, examples and agreements within disjoint pairs; Janson's bound at all "
    "distances",
)
@for_all(draw=inputs.mask_samples())
def dropout_independent_mask_per_example(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """The kept units of a layer of ones are counted, in all and of the worst unit and the worst example.

    So are agreements of neighbouring and distant masks and units. The pairs of one test share no entry, so that its
    count is exactly binomial; neighbours are tested both ways, and entries of any other distance, also in the next pass
    or under another seed, by a bound for dependent sums. Tiny layers take many passes, in which every entry varies.
    """
    entries = draw.shape[0] * draw.units
    passes = masks_of(subject, draw, MANY_PASSES if entries <= TINY else 1 + (entries <= FEW))
    others = masks_of(subject, draw._replace(seed=draw.seed + 1)) if entries <= FEW else None
    for label, fit in (*reference.kept_fits(passes, draw.p), *reference.agreement_fits(passes, others, draw.p)):
        yield consistent(*fit, alpha=ALPHA, label=label)


@refutation(dropout_independent_mask_per_example, "One mask serves the whole batch.")
def one_mask_per_batch(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """Every example draws its own."""
    (masks,) = masks_of(subject, draw)
    yield equal(masks, np.broadcast_to(masks[:1], masks.shape))


@refutation(dropout_independent_mask_per_example, "vmap leaves the masks independent whatever its randomness.")
def vmap_always_draws_anew(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """With randomness="same" all examples share one mask."""
    (masks,) = masks_of(subject, draw._replace(shape=(64, 40), units=40, spelling="dropout_by_vmap_same"))
    _, left, right = next(reference.disjoint_pairs(masks))
    yield consistent(
        *count_fit(left == right, reference.agreement(draw.p)), alpha=ALPHA, label="agreements of neighbours"
    )


@refutation(dropout_independent_mask_per_example, "An expanded input, one row in memory, has one mask.")
def an_expanded_input_shares_its_mask(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """The output is a tensor of its own, and its mask has the full shape."""
    if subject.plan.layout == "expanded":
        (masks,) = masks_of(subject, draw._replace(spelling="dropout", shape=(64, 40), units=40))
        yield equal(masks, np.broadcast_to(masks[:1], masks.shape))


@refutation(dropout_independent_mask_per_example, "Dropout in a recurrent network acts on its recurrent connections.")
def dropout_acts_on_recurrent_connections(subject: Subject, draw: inputs.MaskDraw) -> Iterator[Check]:
    """The second layer remembers the input of the first step; dropout of its state would forget units at rate p."""
    impulse = np.zeros((16, 2, 40))
    impulse[:, 0] = 1.0
    with subject.random(draw.seed):
        states = values(subject.recurrent_dropout(subject.tensor(impulse), draw.p, training=True))
    yield consistent(*count_fit(states[:, 1][states[:, 0] > 0] == 0, draw.p), alpha=ALPHA, label="units forgotten")


def affine(subject: Subject, s: Tensor, model: inputs.Model) -> Tensor:
    """W s + b for inputs (batch, k, d)."""
    output: Tensor = subject.add(subject.matmul(s, model.weight.mT), model.bias[:, None, :])
    return output


@claim(
    title="A linear network equals the average over all of its submodels",
    statement=r"\sum_\mu p(\mu)\,\Big(W\,\frac{\mu\odot x}{1-p}+b\Big)=Wx+b",
    hypotheses="the map after the mask is linear; for nonlinear f in general E f(y) differs from f(E y)",
    notes="Regularisation: dropout as an ensemble, like bagging",
    book="7.12",
    truth=TRUE,
    bound="BND-CHAIN through masking, product and bias, then through the mean of 2^d outputs; zero where all is exact",
)
@for_all(model=inputs.linear_models())
def dropout_expectation_linear(subject: Subject, model: inputs.Model) -> Iterator[Check]:
    """All 2^d masks are enumerated, and the outputs averaged with the masks' probabilities; evaluation must agree.

    Passes in training mode are compared, one by one, with the output of the submodel whose mask was drawn.
    """
    x, weight, bias = values([model.x, model.weight, model.bias])
    arithmetic, d = subject.arithmetic("matmul"), model.x.shape[-1]
    network = submodels.unmasked(x, weight, bias, arithmetic)
    evaluated = subject.dropout(model.x, model.p, training=False)
    yield within(affine(subject, evaluated[:, None, :], model), network.truth, label="evaluation is W x + b")

    masks = subject.tensor(submodels.all_masks(d))
    passes = affine(subject, subject.masked_dropout(model.x[:, None, :], masks, model.p), model)
    probabilities, weights = (
        subject.mask_probabilities(masks, model.p),
        submodels.mask_probabilities(d, model.p, arithmetic),
    )
    yield within(probabilities, weights, label="the probabilities of masks")
    mean = subject.matmul(probabilities[None], passes)[:, 0]
    outputs = submodels.inverted(x, model.p, weight, bias, arithmetic)
    truth = submodels.expectation(weights, outputs, network.exact[:, 0], arithmetic)
    yield within(mean, truth, label="the mean over all submodels is W x + b")

    with subject.random(model.seed):
        drawn = subject.dropout(model.x[:, None, :].expand(-1, DRAWS, -1), model.p, training=True)
    number = submodels.mask_number(values(drawn) != 0)[..., None]
    submodel = Truth(*(np.take_along_axis(part, number, 1) for part in outputs.truth))
    known = (x != 0).all(-1)
    yield within(affine(subject, drawn, model), submodel, where=known, label="a training pass is one of the submodels")


@refutation(dropout_expectation_linear, r"\sum_\mu p(\mu)f(W\tfrac{\mu\odot x}{1-p}+b)=f(Wx+b),\ f(t)=\max(0,t-1)")
def evaluation_averages_a_nonlinear_network(subject: Subject, model: inputs.Model) -> Iterator[Check]:
    """The mean of the maximum exceeds the maximum of the mean."""
    network, passes, probabilities = network_and_submodels(subject, model)
    yield within(probabilities @ ramp(passes), Truth(ramp(network), slack(subject, passes)))


@refutation(dropout_expectation_linear, "The median submodel is the network in evaluation.")
def evaluation_is_the_median_submodel(subject: Subject, model: inputs.Model) -> Iterator[Check]:
    """The mean is not the median; ties are resolved in favour of the statement."""
    network, passes, probabilities = network_and_submodels(subject, model)
    margin = slack(subject, passes)[:, None]
    below = probabilities @ (passes <= network[:, None] + margin)
    above = probabilities @ (passes >= network[:, None] - margin)
    yield holds((below >= 0.5) & (above >= 0.5))


@refutation(dropout_expectation_linear, r"\operatorname{Var}_\mu\big(W\tfrac{\mu\odot x}{1-p}+b\big)=0")
def submodels_agree(subject: Subject, model: inputs.Model) -> Iterator[Check]:
    """Only their mean is that of the network."""
    network, passes, _ = network_and_submodels(subject, model)
    yield within(passes, Truth(network[:, None], slack(subject, passes)[:, None]))


def network_and_submodels(subject: Subject, model: inputs.Model) -> tuple[NDArray[np.float64], ...]:
    """Outputs (batch, m) in evaluation, of all submodels (batch, 2^d, m), and the probabilities of these (2^d,)."""
    masks = subject.tensor(submodels.all_masks(model.x.shape[-1]))
    passes = affine(subject, subject.masked_dropout(model.x[:, None, :], masks, model.p), model)
    network = affine(subject, model.x[:, None, :], model)[:, 0]
    return values(network), values(passes), values(subject.mask_probabilities(masks, model.p))


def slack(subject: Subject, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Far more than rounding errors amount to: a false statement must fail by more."""
    return np.asarray(0.01 + 64 * subject.format.u * np.abs(outputs).max(1))


@claim(
    title="For softmax regression the geometric mean of all submodels is the model with halved weights",
    statement=r"\frac{\prod_\mu p(y\mid x,\mu)^{2^{-n}}}{\sum_{y'}\prod_\mu p(y'\mid x,\mu)^{2^{-n}}}"
    r"=\operatorname{softmax}\big(\tfrac12Wx+b\big)_y",
    hypotheses="p = 1/2, so that all masks are equally likely; masks on the input; no scaling in training",
    notes="Regularisation: apart from these differences dropout is like bagging, which averages arithmetically",
    book="7.12, eq. 7.53-7.66",
    truth=TRUE,
    bound="errors of the logits (none where dyadic) through log softmax, mean and softmax, each with its own bound",
)
@for_all(model=inputs.softmax_models())
def dropout_weight_scaling_is_geometric_mean_for_softmax(subject: Subject, model: inputs.Model) -> Iterator[Check]:
    """All 2^n masks are enumerated; the softmax of the mean of their log softmax must be that of W x / 2 + b.

    So must the weight-scaled model. The exact value is the softmax of the exact logits; where inputs are integers or
    dyadic, logits have no error, and what is left is the rounding of logarithms, mean and softmax.
    """
    x, weight, bias = values([model.x, model.weight, model.bias])
    arithmetic, last = subject.arithmetic("matmul"), kernel(subject, last_axis=True)
    logarithms = subject.log_softmax(logits_of_submodels(subject, model), dim=-1)
    geometric = submodels.geometric_mean_of_softmax(x, weight, bias, arithmetic, planned_kernel(subject), last)
    yield within(subject.geometric_mean(logarithms), geometric, label="the geometric mean of all submodels")
    scaled = submodels.weight_scaled_softmax(x, weight, bias, arithmetic, last)
    halved = subject.weight_scaled_softmax(model.x, model.weight, model.bias, 0.5)
    yield within(halved, scaled, label="the model with halved weights")


def logits_of_submodels(subject: Subject, model: inputs.Model) -> Tensor:
    """W (mu * x) + b for every mask mu: (batch, 2^d, C)."""
    masks = subject.tensor(submodels.all_masks(model.x.shape[-1]))
    return affine(subject, subject.multiply(model.x[:, None, :], masks), model)


@refutation(dropout_weight_scaling_is_geometric_mean_for_softmax, "The arithmetic mean is the weight-scaled model too.")
def the_arithmetic_mean_is_weight_scaling(subject: Subject, model: inputs.Model) -> Iterator[Check]:
    """They differ by up to 0.449 in probability."""
    mean = values(subject.softmax(logits_of_submodels(subject, model), dim=-1)).mean(1)
    halved = subject.weight_scaled_softmax(model.x, model.weight, model.bias, 0.5)
    yield within(halved, Truth(mean, np.full_like(mean, 0.02)))


@refutation(
    dropout_weight_scaling_is_geometric_mean_for_softmax, "Weight scaling is exact behind a hidden layer of ReLUs too."
)
def weight_scaling_is_exact_behind_a_hidden_layer(subject: Subject, model: inputs.Model) -> Iterator[Check]:
    """The mean of max(0, z) is not max(0, mean z)."""
    hidden = np.maximum(0.0, values(logits_of_submodels(subject, model)))
    geometric = subject.geometric_mean(subject.log_softmax(subject.tensor(hidden), dim=-1))
    mean = values(affine(subject, subject.multiply(model.x, 0.5)[:, None, :], model)[:, 0])
    halved = subject.softmax(subject.tensor(np.maximum(0.0, mean)), dim=-1)
    yield within(geometric, Truth(values(halved), np.full(halved.shape, 0.02)))
