"""Starting points: patterns that are lost in a null space, and units that are alike and stay so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.samples import canvas
from claims.frame.inputs.spectra import only
from claims.frame.inputs.starting_point import (
    FIXED,
    OPTIMISERS,
    LikeUnits,
    Network,
    RankDraw,
    RankedWeight,
    TrainedUnits,
    Training,
    like_units,
    ranked_weights,
    trained_units,
)
from claims.frame.subject import Subject
from reference.initialization import initializers
from reference.initialization import starting_point as reference


def filled(subject: Subject, weight: RankDraw) -> Tensor:
    """A weight filled by the initializer."""
    w = canvas(subject, *weight.shape)
    if weight.name in FIXED:
        options = (reference.CONSTANT,) if weight.name == "constant" else ()
        fixed: Tensor = getattr(subject, f"{weight.name}_")(w, *options)
        return fixed
    name, interval = weight.name, tuple[float, ...]()
    if name in ("uniform_", "normal_"):
        name, interval = f"init_{name}", initializers.UNIFORM if name == "uniform_" else initializers.NORMAL
    with subject.random(weight.seed) as generator:
        random: Tensor = getattr(subject, name)(w, *interval, generator=generator)
    return random


@claim(
    title="Random weights lose no input pattern but those of a smaller output; constant weights lose nearly all",
    statement=r"W\in\mathbb{R}^{n\times m}\text{ of a continuous law: }\operatorname{rank}W=\min(m,n),\ \dim\ker W="
    r"\max(0,m-n)\text{ almost surely};\quad\operatorname{rank}(c\mathbf 1\mathbf 1^\top)=1",
    hypotheses="an absolutely continuous law; in a number format almost surely means but for a tiny probability",
    notes="Deep networks: parameter initialisation",
    book="8.4",
    formal="Matrix.rank",
    truth=UNDER_HYPOTHESES,
    correction="different functions for each unit are not enough: a layer with fewer outputs than inputs always loses "
    "patterns",
    bound="exact: ranks of the stored weights in rational arithmetic",
)
@for_all(weight=ranked_weights())
def init_null_space(subject: Subject, weight: RankDraw) -> Iterator[Check]:
    """The exact rank of stored weights by every initializer of independent entries, and of constants, zeros, ones, the
    identity and Dirac kernels, which are checked entry by entry.
    """
    w = values(filled(subject, weight))
    yield holds(w.shape == weight.shape, label="shape")
    if weight.name in FIXED:
        expected = reference.fixed_weight(weight.name, weight.shape, subject.format)
        yield equal(w[None], expected[None], label=f"{weight.name}_")
    found = reference.rank(w.reshape(len(w), -1))
    yield equal(found, reference.expected_rank(weight.name, weight.shape), label="rank")


@refutation(init_null_space, r"\text{a layer with fewer outputs than inputs may be injective}")
@for_all(weight=only(RankedWeight("normal_", (3, 7)), RankedWeight("kaiming_uniform_", (3, 7))))
def narrow_layers_are_injective(subject: Subject, weight: RankDraw) -> Iterator[Check]:
    """Its kernel has at least m - n dimensions."""
    yield equal(reference.rank(values(filled(subject, weight))), weight.shape[1])


@refutation(init_null_space, r"\text{constant weights have full rank}")
@for_all(weight=only(RankedWeight("constant", (3, 7)), RankedWeight("ones", (3, 7))))
def constant_weights_have_full_rank(subject: Subject, weight: RankDraw) -> Iterator[Check]:
    yield equal(reference.rank(values(filled(subject, weight))), min(weight.shape))


def stepped(subject: Subject, net: Network) -> tuple[list[Tensor], list[Tensor]]:
    """Weights after a step of gradient descent on the squared error, and their gradients."""
    weights = [p.detach().clone().requires_grad_() for p in (net.w, net.v)]
    outputs = subject.linear(subject.relu(subject.linear(net.x, weights[0])), weights[1])
    delta = subject.subtract(outputs.detach(), net.t)
    gradients = [subject.gradient(outputs, p, delta) for p in weights]
    after = [
        subject.subtract(p.detach(), subject.multiply(g, reference.RATE))
        for p, g in zip(weights, gradients, strict=True)
    ]
    return after, gradients


def exchanged(net: Network) -> Network:
    """The network with its hidden units in reverse order."""
    return net._replace(w=net.w.flip(-2), v=net.v.flip(-1))


@claim(
    title="Hidden units with equal incoming and outgoing weights stay equal under deterministic training",
    statement=r"w_i=w_j,\ V_{\cdot i}=V_{\cdot j}\Rightarrow\text{the same after every step};\quad"
    r"\theta_1(P\theta_0)=P\,\theta_1(\theta_0)\text{ for permutations }P\text{ of the hidden units}",
    hypotheses="the same inputs and activation, a deterministic loss and optimiser that treats units alike, no "
    "dropout, exact arithmetic",
    notes="Deep networks: parameter initialisation; Optimisation: larger initial weights break symmetry",
    book="8.4",
    truth=UNDER_HYPOTHESES,
    correction="Equal incoming weights do not suffice: different outgoing ones break the symmetry in the first step. "
    "In floating point rounding may break it too: where the units of a layer share a tensor, products of matrices and "
    "sums over examples add the terms of like units in other orders.",
    bound="exact: whole numbers, a rectifier and a rate that is a power of two",
)
@for_all(net=like_units())
def symmetry_breaking_identical_units(subject: Subject, net: Network) -> Iterator[Check]:
    """One step of gradient descent by automatic differentiation, on whole numbers: weights and gradients are the exact
    ones, like units stay alike, and exchanging units exchanges their weights after the step. With all weights 0 no
    weight has a gradient.
    """
    w0, v0, x, t = values([net.w, net.v, net.x, net.t])
    exact = reference.step(w0, v0, x, t, subject.format)
    (w, v), (of_w, of_v) = stepped(subject, net)
    for found, wanted, label in (
        (of_w, exact.of_w, "gradient of W"),
        (of_v, exact.of_v, "gradient of V"),
        (w, exact.w, "W after a step"),
        (v, exact.v, "V after a step"),
    ):
        yield equal(found, wanted, where=exact.exactly, label=label)
    yield equal(w[:, 0], values(w)[:, -1], where=exact.exactly, label="like units, incoming")
    yield equal(v[..., 0], values(v)[..., -1], where=exact.exactly, label="like units, outgoing")
    (w_exchanged, v_exchanged), _ = stepped(subject, exchanged(net))
    yield equal(w_exchanged.flip(-2), values(w), where=exact.exactly, label="exchanged units, incoming")
    yield equal(v_exchanged.flip(-1), values(v), where=exact.exactly, label="exchanged units, outgoing")
    zero = (w0 == 0).all((-2, -1)) & (v0 == 0).all((-2, -1))
    still = (values(of_w) == 0).all((-2, -1)) & (values(of_v) == 0).all((-2, -1))
    yield holds(still, where=zero, label="no gradient at 0")


@refutation(symmetry_breaking_identical_units, r"w_i=w_j\text{ suffices, whatever the outgoing weights}")
@for_all(net=only(LikeUnits(outgoing=False), LikeUnits(5, 3, 2, 2, outgoing=False)))
def equal_incoming_weights_suffice(subject: Subject, net: Network) -> Iterator[Check]:
    (w, _), _ = stepped(subject, net)
    yield equal(w[:, 0], values(w)[:, -1])


@refutation(symmetry_breaking_identical_units, r"\text{all weights }0\text{ train the hidden layer}")
@for_all(net=only(LikeUnits(zero=True)))
def zero_weights_train(subject: Subject, net: Network) -> Iterator[Check]:
    """Errors come back through V = 0."""
    _, (of_w, _) = stepped(subject, net)
    yield holds((values(of_w) != 0).any((-2, -1)))


@refutation(symmetry_breaking_identical_units, r"\text{units alike at first are alike to others after a step}")
def all_units_are_alike(subject: Subject, net: Network) -> Iterator[Check]:
    """Only the pair is; the others went their own way."""
    (w, _), _ = stepped(subject, net)
    yield equal(w[:, 0], np.ascontiguousarray(values(w)[:, 1]))


MOVING = 3
"""A single step may be rounded away."""


def trained(subject: Subject, training: Training) -> tuple[Tensor, Tensor]:
    """Incoming and outgoing weights after all steps."""
    w, v, x, t = training.net
    options = OPTIMISERS[training.optimiser]
    after: tuple[Tensor, Tensor] = subject.trained_units(
        w, v, x, t, training.activation, training.optimiser, training.steps, **options
    )
    return after


@claim(
    title="Like hidden units stay alike through training bit for bit, if each is a tensor of its own",
    statement=r"w_i=w_j,\ v_i=v_j\Rightarrow w_i^{(t)}=w_j^{(t)},\ v_i^{(t)}=v_j^{(t)}\ \forall t,\quad "
    r"y=\sum_i v_i f(w_i^\top x)",
    hypotheses="the same operations, in the same order, for each unit: only their sum is shared; an optimiser that "
    "treats parameters alike, no dropout",
    notes="Deep networks: parameter initialisation: initial parameters must break the symmetry between units",
    book="8.4",
    truth=UNDER_HYPOTHESES,
    correction="With all units of a layer in one tensor it is false in floating point: sums over examples, products of "
    "matrices and the ends of vectorised loops round like entries differently.",
    bound="exact: equal operations on equal numbers",
)
@for_all(training=trained_units())
def symmetry_of_units_apart(subject: Subject, training: Training) -> Iterator[Check]:
    """Steps of SGD with momentum, Adam and RMSprop through tanh, the rectifier and the logistic function, on numbers
    that round: the first and the last unit start with the same weights, and must have the same after all steps, while
    the network moves.
    """
    after = [values(p) for p in trained(subject, training)]
    before = [values(p) for p in (training.net.w, training.net.v)]
    for found, axis, label in zip(after, (1, 2), ("incoming", "outgoing"), strict=True):
        first, last = np.take(found, 0, axis), np.take(found, -1, axis)
        yield equal(first, last, label=f"like units stay alike, {label}")
        yield holds(np.isfinite(found).all((-2, -1)), label=f"finite weights, {label}")
    if training.steps >= MOVING and training.activation != "relu":  # where all units are dead nothing moves
        moved = [(a != b).any((-2, -1)) for a, b in zip(after, before, strict=True)]
        yield holds(moved[0] | moved[1], label="the network moves")


@refutation(symmetry_of_units_apart, "Adam keeps units alike whose incoming weights alone are.")
@for_all(training=only(TrainedUnits(optimiser="Adam", outgoing=False)))
def adam_keeps_incoming_weights_alike(subject: Subject, training: Training) -> Iterator[Check]:
    """The sizes of its steps are alike, their signs are not."""
    w, _ = trained(subject, training)
    yield equal(w[:, 0], values(w)[:, -1])


@refutation(symmetry_of_units_apart, "Training makes the other units like the pair.")
@for_all(training=only(TrainedUnits()))
def training_makes_units_alike(subject: Subject, training: Training) -> Iterator[Check]:
    """Units that differ at first go on differing."""
    w, _ = trained(subject, training)
    yield equal(w[:, 0], np.ascontiguousarray(values(w)[:, 1]))
