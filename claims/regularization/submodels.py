"""The submodels of dropout: which parameters they inherit, how many there are, and how few of them are trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.submodels import Network, TrainedLayer, Training, generic_networks, networks, trainings
from claims.frame.subject import Subject
from reference.probability.sampling import ALPHA
from reference.regularization import submodels as reference
from reference.regularization.occupancy import distinct_fits, expected_distinct, fewest_units, sequences_showing
from reference.statistics import hoeffding_radius

LIFETIME = 4.35e17 * 1e9
"""Steps that a training as long as the universe is old would take, a thousand million in a second."""
ENUMERATED = 12
"""Units times draws up to which every sequence of masks is enumerated."""

Float64 = NDArray[np.float64]


def drawn_masks(subject: Subject, training: Training, p: float = 0.5) -> Float64:
    """The masks drawn for every example of every run, in training mode: (runs, examples, units)."""
    ones = subject.tensor(np.ones((training.runs, training.examples, training.units)))
    with subject.random(training.seed):
        return np.asarray(values(subject.dropout(ones, p, training=True)) != 0, np.float64)


def distinct(subject: Subject, masks: Float64) -> NDArray[np.int64]:
    """How many different masks each run (..., examples, units) has."""
    return np.asarray(values(subject.distinct_masks(subject.tensor(masks))), np.int64)


@claim(
    title="Training samples only a vanishing fraction of the submodels",
    statement=r"\mathbb E[\#\text{distinct masks in }T\text{ draws}]=2^n\big(1-(1-2^{-n})^T\big)\le T;"
    r"\quad T=4.35\cdot10^{17}\,\text{s}\times10^9/\text{s}<2^n\iff n\ge89",
    hypotheses="p = 1/2, independent masks, one for every example",
    notes="Regularisation: most submodels are never trained, since sampling them all would outlast the universe; "
    "a tiny fraction are trained for a single step each",
    book="7.12",
    truth=TRUE,
    bound="the exact occupancy law: of all sequences of masks, n T <= 12; of sampled runs by exact tails, an exact "
    "binomial test and Bernstein's inequality with the known variance, each at 1e-9",
)
@for_all(training=trainings())
def dropout_submodel_coverage(subject: Subject, training: Training) -> Iterator[Check]:
    """Distinct masks are counted in every one of the 2^(nT) sequences, nT <= 12, and the counts compared exactly.

    So are those that torch's dropout draws in independent runs, whose numbers must have the occupancy law:
    the mean, the mode and the extremes. A run of T examples trains at most T
    submodels and leaves out at least 2^n - T.
    """
    n, draws = training.units, training.examples
    if n * draws <= ENUMERATED:
        counts = distinct(subject, reference.all_masks(n * draws).reshape(-1, draws, n))
        shown = np.bincount(counts, minlength=draws + 1)
        exact = np.array([sequences_showing(1 << n, draws)], np.float64)
        yield equal(shown[None], exact, label="sequences with j distinct masks")
        mean = (1 << n) * ((1 << n * draws) - ((1 << n) - 1) ** draws)
        yield equal(counts.sum()[None], np.array([mean]), label="the mean over all sequences")
    masks = drawn_masks(subject, training)
    counts = distinct(subject, masks)
    yield equal(subject.unique_masks(subject.tensor(masks)), counts, label="the number of unique rows")
    yield holds(counts <= min(draws, 1 << n), label="no more submodels than draws or masks")
    for label, fit in distinct_fits(counts, 1 << n, draws):
        yield consistent(*fit, alpha=ALPHA, label=label)
    yield holds(fewest_units(LIFETIME) == 89, label="the masks of 89 units outlast the universe")


@refutation(dropout_submodel_coverage, r"\text{After }2^n\text{ draws all }2^n\text{ submodels have been trained}")
def all_submodels_are_visited(subject: Subject, training: Training) -> Iterator[Check]:
    """A fraction 1/e of them is left out; all are met after some 2^n H(2^n) draws (coupon collector)."""
    if training.examples >= 1 << training.units:
        yield holds(distinct(subject, drawn_masks(subject, training)) == 1 << training.units)


@refutation(dropout_submodel_coverage, "A submodel is trained again and again: half as many submodels as draws.")
def a_submodel_is_trained_to_convergence(subject: Subject, training: Training) -> Iterator[Check]:
    """Where masks are many, nearly every draw meets a new one, which takes a single step."""
    if training.examples <= 1 << training.units // 2:
        yield holds(distinct(subject, drawn_masks(subject, training)) <= (training.examples + 1) / 2)


@refutation(dropout_submodel_coverage, "All examples of one step train one submodel.")
def a_step_trains_one_submodel(subject: Subject, training: Training) -> Iterator[Check]:
    """Every example of a batch has a mask of its own."""
    yield holds(distinct(subject, drawn_masks(subject, training)) == 1)


@refutation(dropout_submodel_coverage, "The submodels that are met are as many for p = 1/10 as for p = 1/2.")
def coverage_does_not_depend_on_p(subject: Subject, training: Training) -> Iterator[Check]:
    """Masks are not equally likely then. Hoeffding's inequality for the fraction of draws."""
    if training.runs >= 50:
        counts = distinct(subject, drawn_masks(subject, training, 0.1))
        expected = expected_distinct(1 << training.units, training.examples)
        radius = hoeffding_radius(training.runs, training.examples - 1.0, ALPHA)
        yield consistent(abs(float(counts.mean()) - expected), radius, alpha=ALPHA)


SPELLINGS = ("masked_network", "deleted_network", "masked_weights")
FEW = 6
"""Up to so many inputs, or hidden units, of a network their masks are enumerated."""


def pairs_of_masks(network: Network) -> tuple[Float64, Float64]:
    """Every mask of the inputs with every mask of the hidden units where both are few, (K, d) and (K, h)."""
    inputs, hidden = (reference.some_masks(t.shape[-1], network.seed, FEW) for t in (network.x, network.c))
    if len(inputs) * len(hidden) <= 1 << FEW + 1:
        return np.repeat(inputs, len(hidden), 0), np.tile(hidden, (len(inputs), 1))
    count = max(len(inputs), len(hidden))
    return inputs[np.arange(count) % len(inputs)], hidden[np.arange(count)[::-1] % len(hidden)]


@claim(
    title="Each mask defines a submodel that uses a subset of the parameters: masking units equals deleting them",
    statement=r"W(\mu\odot h)=W_{:,S}h_S,\ S=\{i:\mu_i=1\};\quad"
    r"\text{the submodel has the parameters }\{W_{ij},V_{ki}:\mu_i=\mu_j=1\}",
    hypotheses="finite activations",
    notes="Regularisation: in dropout each model inherits a different subset of the parameters of the parent network",
    book="7.12",
    truth=TRUE,
    bound="BND-CHAIN through both layers; relu and masks move no error; zero for numbers that are summed exactly",
)
@for_all(network=networks())
def dropout_submodel_inherits_parameter_subset(subject: Subject, network: Network) -> Iterator[Check]:
    """Networks of a hidden layer are computed with units masked, with weights masked, and from the parameters left.

    All must have the exact outputs; all masks of small networks are enumerated, chosen ones of large ones. What a
    deleted unit or parameter holds must not matter: NaN in its place changes no bit.
    """
    inputs, hidden = pairs_of_masks(network)
    tensors = subject.tensor(inputs), subject.tensor(hidden)
    arithmetic = subject.arithmetic("matmul")
    truth = reference.masked_network(values(list(network.parameters)), inputs, hidden, arithmetic).truth
    for spelling in SPELLINGS:
        outputs = getattr(subject, spelling)(*network.parameters, *tensors)
        yield within(outputs, truth, label=spelling.replace("_", " "))
    one = len(inputs) // 2
    masks = inputs[one : one + 1], hidden[one : one + 1]
    x, w, c, v, b = network.parameters
    of_inputs, of_hidden = (subject.tensor(np.where(m[0] == 0, np.nan, 0.0)) for m in masks)
    poisoned = x + of_inputs, w + of_inputs + of_hidden[:, None], c + of_hidden, v + of_hidden, b
    left = [subject.deleted_network(*p, *map(subject.tensor, masks)) for p in (network.parameters, poisoned)]
    yield equal(left[1], left[0], label="what is deleted does not matter")


@refutation(dropout_submodel_inherits_parameter_subset, "Masking and deleting agree bit for bit.")
def masking_and_deleting_agree_bitwise(subject: Subject, network: Network) -> Iterator[Check]:
    """Sums over fewer terms are added in another order."""
    masks = [subject.tensor(m) for m in pairs_of_masks(network)]
    yield equal(
        subject.masked_network(*network.parameters, *masks), subject.deleted_network(*network.parameters, *masks)
    )


@refutation(dropout_submodel_inherits_parameter_subset, "Masking deletes infinite activations too.")
def masking_deletes_infinities(subject: Subject, network: Network) -> Iterator[Check]:
    """0 times infinity is NaN."""
    inputs, hidden = (np.ones((1, t.shape[-1])) for t in (network.x, network.c))
    inputs[:, :1] = 0
    infinite = network.x.clone()
    infinite[:, :1] = float("inf")
    masks = subject.tensor(inputs), subject.tensor(hidden)
    outputs = subject.masked_network(infinite, *network.parameters[1:], *masks)
    yield holds(np.isfinite(values(outputs)))


@refutation(dropout_submodel_inherits_parameter_subset, "Different masks give different functions.")
def different_masks_give_different_functions(subject: Subject, network: Network) -> Iterator[Check]:
    """Without hidden units the masks of the inputs do not matter."""
    if network.x.shape[-1]:
        hidden = subject.tensor(np.zeros((2, network.c.shape[-1])))
        inputs = subject.tensor(np.stack([np.zeros(network.x.shape[-1]), np.ones(network.x.shape[-1])]))
        outputs = values(subject.masked_network(*network.parameters, inputs, hidden))
        yield holds((outputs[:, 0] != outputs[:, 1]).any(-1))


@claim(
    title="n maskable units give 2^n masks in O(n) memory; the number of distinct functions is smaller",
    statement=r"\#\text{masks}=2^{n_i+n_h};\quad\#\text{functions}=(2^{n_i}-1)(2^{n_h}-1)+1;\quad"
    r"\#\text{parameters}=n_in_h+n_hn_o",
    hypotheses="one hidden layer of ReLUs, generic weights, no biases (with positive ones 2^{n_i}(2^{n_h}-1)+1)",
    notes="Regularisation: sharing parameters represents an exponential number of models with a tractable memory",
    book="7.12",
    truth=TRUE,
    bound="exact: outputs are small integers at 34 points, and submodels are counted",
)
@for_all(network=generic_networks())
def dropout_exponentially_many_submodels(subject: Subject, network: Sequence[Tensor]) -> Iterator[Check]:
    """All masks are enumerated by torch, and the functions that the submodels are at 34 points counted.

    The outputs are compared with exact integers. The formula is asserted where these tell all submodels apart that
    generic weights tell apart.
    """
    x, w, c, _ = network
    batch, n, h = len(x), x.shape[-1], w.shape[-2]
    masks = values(subject.masks_by_product(n + h, x))
    yield equal(subject.distinct_masks(subject.tensor(masks)).reshape(1), np.array([2.0 ** (n + h)]), label="masks")
    parameters = values(subject.parameters_of_network(n, h, 1, device=subject.device)).reshape(1)
    yield equal(parameters, np.array([float(n * h + h)]), label="parameters")
    outputs, exact = outputs_at(subject, network, masks)
    yield equal(outputs, exact, label="outputs are exact")
    counted = count_functions(subject, outputs)
    told = np.array([len(np.unique(rows, axis=0)) for rows in exact])
    yield equal(counted, told, label="distinct functions")
    formula = reference.distinct_functions(n, h, biased=bool(values(c).any()))
    yield holds(told <= formula, label="no more functions than the formula has")
    yield equal(counted, np.full(batch, float(formula)), where=told == formula, label="the formula")


def outputs_at(subject: Subject, network: Sequence[Tensor], masks: Float64) -> tuple[Float64, Float64]:
    """Outputs of all submodels at all points, (batch, masks, points), computed and exact."""
    x, w, c, v = network
    batch, points, n = x.shape
    each = [t.repeat_interleave(points, 0) for t in (w, c, v, subject.tensor(np.zeros((batch, 1))))]
    split = subject.tensor(masks[:, :n]), subject.tensor(masks[:, n:])
    computed = values(subject.masked_network(x.reshape(-1, n), *each, *split)).reshape(batch, points, -1)
    s = values(x)[:, :, None, :] * masks[:, :n]
    z = np.maximum(s @ values(w).swapaxes(-1, -2)[:, None] + values(c)[:, None, None, :], 0) * masks[:, n:]
    exact = (z @ values(v).swapaxes(-1, -2)[:, None])[..., 0]
    return computed.swapaxes(1, 2), exact.swapaxes(1, 2)


def count_functions(subject: Subject, outputs: Float64) -> Float64:
    """How many different rows each instance of outputs (batch, masks, points) has."""
    return np.asarray(values(subject.unique_masks(subject.tensor(outputs))))


@refutation(dropout_exponentially_many_submodels, r"\#\text{functions}=2^{n_i+n_h}")
def every_mask_is_another_function(subject: Subject, network: Sequence[Tensor]) -> Iterator[Check]:
    """All masks without a path from input to output are the function 0: 10 functions of 16 masks at (2, 2)."""
    n, h = network[0].shape[-1], network[1].shape[-2]
    outputs, _ = outputs_at(subject, network, reference.all_masks(n + h))
    yield holds(count_functions(subject, outputs) == 2 ** (n + h))


@refutation(dropout_exponentially_many_submodels, "Every hidden unit doubles the memory, as it doubles the submodels.")
def memory_doubles_with_every_unit(subject: Subject, network: Sequence[Tensor]) -> Iterator[Check]:
    """It adds n_i + n_o parameters."""
    n, h = network[0].shape[-1], network[1].shape[-2]
    fewer, more = (values(subject.parameters_of_network(n, k, 1, device=subject.device)) for k in (h, h + 1))
    yield holds((more == 2 * fewer).reshape(1))


@refutation(dropout_exponentially_many_submodels, "With biases there are no more functions than without.")
def biases_add_no_functions(subject: Subject, network: Sequence[Tensor]) -> Iterator[Check]:
    """The masks without inputs then differ."""
    n, h = network[0].shape[-1], network[1].shape[-2]
    outputs, _ = outputs_at(subject, network, reference.all_masks(n + h))
    yield holds(count_functions(subject, outputs) <= reference.distinct_functions(n, h, biased=False))


RATE = 0.5


@claim(
    title="In one step only the sampled submodel receives gradient; but the optimiser's state can move the others",
    statement=r"\mu_i=0\implies\nabla_{W_{i,:}}L=0,\ \nabla_{c_i}L=0\text{ and }\nabla_{V_{:,i}}L=0\text{ exactly}",
    hypotheses="finite values; the loss depends on unit i only through mu_i h_i; parameters stay under plain gradient "
    "descent, without momentum, Adam or weight decay",
    notes="Regularisation: only the sampled subnetworks are trained in a step",
    book="7.12",
    truth=TRUE,
    bound="exact zeros; the other gradients exact where all numbers are small integers",
)
@for_all(network=networks(TrainedLayer))
def dropout_untrained_units_get_zero_gradient(subject: Subject, network: Network) -> Iterator[Check]:
    """Gradients of a squared error are computed for masks of the hidden units, all of them where they are few.

    Rows and columns of dropped units must be zeros, and a plain step of SGD must leave them bit for bit; of integers
    all gradients must be exact. The same holds for the units that torch's own dropout drops.
    """
    given = values([network.x, network.y, *network.parameters[1:]])
    masks = reference.some_masks(network.c.shape[-1], network.seed, 3)
    for mask in masks:
        dropped = mask == 0
        with_mask = network.x, network.y, *network.parameters[1:], subject.tensor(mask), RATE
        gradients = subject.submodel_gradients(*with_mask)
        exact, whole, size = reference.network_gradients(given, mask, RATE)
        known = whole & (size <= 2.0**subject.format.precision)
        for name, gradient, wanted in zip("WcVb", gradients, exact, strict=True):
            yield equal(gradient, wanted, where=known, label=f"the gradient in {name}")
        weight, bias, out, _ = values(list(gradients))
        finite = np.isfinite(out).all((-2, -1)) & np.isfinite(weight).all((-2, -1))
        zeros = [part.reshape(len(part), -1) == 0 for part in (weight[:, dropped], bias[:, dropped], out[..., dropped])]
        for name, zero in zip("WcV", zeros, strict=True):
            yield holds(zero.all(-1), where=finite, label=f"no gradient in {name} of dropped units")
        moved = values(subject.sgd_step(network.w, gradients[0], 0.1))[:, dropped]
        yield equal(moved, values(network.w)[:, dropped], where=finite, label="plain SGD leaves their weights")
    yield from units_dropped_by_torch(subject, network)


def units_dropped_by_torch(subject: Subject, network: Network) -> Iterator[Check]:
    """The gradient through torch's dropout of hidden units at those that it dropped; all activations are positive."""
    h = network.c.abs() + 1
    leaf, out = h.clone().requires_grad_(), network.v.clone().requires_grad_()
    with subject.random(network.seed):
        kept = subject.dropout(leaf, RATE, training=True)
    loss = subject.matmul(out, kept[..., None])[..., 0]
    dropped = values(kept) == 0
    if subject.plan.layout != "expanded":  # equal numbers would share one gradient
        ones = subject.tensor(np.ones(loss.shape))
        in_h, in_v = values(subject.gradient(loss, leaf, ones)), values(subject.gradient(loss, out, ones))
        yield holds(~dropped | (in_h == 0), label="no gradient in the activations that dropout drops")
        yield holds(
            (~dropped[:, None, :] | (in_v == 0)), label="no gradient in the weights of units that dropout drops"
        )


@refutation(dropout_untrained_units_get_zero_gradient, "The weights of dropped units never change in a step.")
def momentum_leaves_dropped_units(subject: Subject, network: Network) -> Iterator[Check]:
    """Momentum moves them on."""
    moved = subject.sgd_step(network.w, network.w * 0, 0.1, momentum=0.9)
    first = subject.sgd_step(network.w, network.w * 0 + 1, 0.1)
    yield equal(moved, first)


@refutation(dropout_untrained_units_get_zero_gradient, "Weight decay leaves the weights of dropped units.")
def weight_decay_leaves_dropped_units(subject: Subject, network: Network) -> Iterator[Check]:
    """It shrinks all weights."""
    yield equal(subject.sgd_step(network.w, network.w * 0, 0.1, decay=0.5), network.w)


@refutation(dropout_untrained_units_get_zero_gradient, "Infinite activations of dropped units get no gradient either.")
def infinities_get_no_gradient(subject: Subject, network: Network) -> Iterator[Check]:
    """0 times infinity is NaN."""
    mask = np.ones(network.c.shape[-1])
    mask[:1] = 0
    c = network.c.clone()
    c[:, :1] = float("inf")
    given = network.x, network.y, network.w, c, network.v, network.b, subject.tensor(mask), RATE
    yield holds(values(subject.submodel_gradients(*given)[2])[..., 0] == 0)
