"""What flipping the kernel is good for: associativity, and no difference to what is learned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from claims import FALSE_AS_STATED, TRUE, UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values
from claims.convolution.accuracy import compared, convolved
from claims.convolution.definition import full, same, spatial
from claims.frame.checks import Check
from claims.frame.inputs.composed_convolutions import (
    Composed,
    Composition,
    Learner,
    Learners,
    compositions,
    learners,
    whole_numbers,
)
from claims.frame.inputs.convolutions import Convolution, Convolved
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import definition as reference
from reference.convolution.geometry import geometry
from reference.truth import Truth


@claim(
    title="The only reason to flip the kernel is to obtain commutativity",
    statement=r"(x*a)*b=x*(a*b)\quad\text{but}\quad(x\star a)\star b\ne x\star(a\star b)\ \text{in general};\quad"
    r"(x\star a)\star b=x\star(a*b)",
    hypotheses="full or circular extension",
    notes="Convolutional networks: flipping is useful for proofs",
    book="9.1",
    truth=FALSE_AS_STATED,
    correction="Flipping gives associativity, too, with it one convolution for a composition of layers, and agreement "
    "with products of polynomials. One purpose is the algebra; for learning neither matters.",
    bound="exact: sums of -1, 0 and 1 of which no intermediate one is rounded, and one rounding of the result",
)
@for_all(given=compositions())
def kernel_flip_only_for_commutativity(subject: Subject, given: Composition) -> Iterator[Check]:
    """Two layers, one after the other, against one with the convolved kernels, with flipped kernels and without.

    Kernels of several channels are composed as matrices of polynomials.
    """
    x, a, b = given
    d = len(spatial(a))
    together = getattr(subject, f"composed_kernels{d}d")(a, b)
    yield same(together, reference.composed(values(a), values(b), d), "composed kernels")
    flipped = (a.flip(spatial(a)), b.flip(spatial(b)))
    both = reference.composed(values(a), values(b), d)
    for label, first, second, kernels in (
        ("cross-correlations", a, b, reference.flipped(both, d)),
        ("convolutions", *flipped, both),
    ):
        exactly = reference.product(values(x), kernels, d)
        wanted = Truth(exactly, np.abs(subject.format.round(exactly) - exactly))
        yield compared(layer(subject, layer(subject, x, first), second), wanted, f"{label}: one after the other")
        one = together if label == "cross-correlations" else together.flip(spatial(together))
        yield compared(layer(subject, x, one), wanted, f"{label}: at once")


def layer(subject: Subject, x: Tensor, w: Tensor) -> Tensor:
    """The full cross-correlation."""
    d = len(spatial(w))
    options: dict[str, Any] = {"stride": (1,) * d, "dilation": (1,) * d, "groups": 1, "mode": "zeros", "form": ""}
    made: Tensor = getattr(subject, f"convolution{d}d")(x, w, None, **options, **full(w))
    return made


@refutation(
    kernel_flip_only_for_commutativity, r"Cross-correlation is associative: $(x\star a)\star b=x\star(a\star b)$."
)
@for_all(given=only(Composed(), Composed(extent=(3, 3), first=(2, 2), second=(2, 2))))
def correlations_are_associative(subject: Subject, given: Composition) -> Iterator[Check]:
    """The kernel has to be convolved with the other."""
    x, a, b = given
    yield equal(layer(subject, layer(subject, x, a), b), layer(subject, x, layer(subject, a, b)))


@refutation(
    kernel_flip_only_for_commutativity, "Two layers are the layer whose kernels are multiplied the other way round."
)
@for_all(given=only(Composed(1, 2, 2, 2, (3,), (1,), (1,)), Composed(1, 2, 2, 2, (3,), (2,), (2,))))
def kernels_of_several_channels_commute(subject: Subject, given: Composition) -> Iterator[Check]:
    """Of several channels they are matrices."""
    x, a, b = given
    yield equal(layer(subject, layer(subject, x, a), b), layer(subject, layer(subject, x, b), a))


@claim(
    title="Learning with kernel flipping yields the flipped kernel of the learner without flipping",
    statement=r"k^{\text{conv}}_0=\mathrm{flip}(k^{\text{corr}}_0)\Rightarrow "
    r"k^{\text{conv}}_t=\mathrm{flip}(k^{\text{corr}}_t)\ \forall t",
    hypotheses="flipped first kernels, the same data in the same order, an optimiser that treats all entries alike",
    notes="Convolutional networks: an algorithm with flipping learns a flipped kernel",
    book="9.1",
    truth=UNDER_HYPOTHESES,
    correction="Of other first kernels other ones may be learned.",
    bound="bit by bit: both learners convolve the same numbers, and optimisers work entry by entry; the first step of "
    "gradient descent is exact on integers",
)
@for_all(learner=learners())
def learned_kernel_is_flipped(subject: Subject, learner: Learner) -> Iterator[Check]:
    """Trajectories of both learners by six optimisers, with and without a nonlinearity, over one to three axes."""
    x, w, t, given = learner
    kernels = trajectory(subject, learner, w, ())
    turned = trajectory(subject, learner, w.flip(spatial(w)), spatial(w))
    yield equal(turned, kernels.flip(spatial(w)), label="trajectory")
    if given.optimiser == "SGD" and given.activation == "none":
        how, arithmetic = geometry(given.kernel), subject.arithmetic(f"convolution{len(given.kernel)}d")
        first = reference.one_step(values(x), values(w), values(t), 0.125, how, arithmetic)
        few = (np.abs(first) < 16).all(tuple(range(1, first.ndim)))  # of eighths, which bfloat16 holds
        yield equal(kernels[:, 0], first, where=few, label="first step")


def trajectory(subject: Subject, learner: Learner, w: Tensor, flips: tuple[int, ...]) -> Tensor:
    """Kernels (batch, steps, o, c, *) of a learner that starts from w and flips these axes."""
    x, _, t, given = learner
    options = {"optimiser": given.optimiser, "activation": given.activation, "steps": given.steps}
    made: Tensor = getattr(subject, f"learned_kernels{len(given.kernel)}d")(x, w, t, flips=flips, **options)
    return made


@refutation(learned_kernel_is_flipped, "Whatever the first kernels are, the learned ones are flipped.")
@for_all(learner=only(Learners("Adam", "tanh", 3), Learners("SGD", "none", 1)))
def first_kernels_do_not_matter(subject: Subject, learner: Learner) -> Iterator[Check]:
    """Both start from the same kernel, which is not its mirror image."""
    flips = spatial(learner.w)
    kernels = trajectory(subject, learner, learner.w, ())
    yield equal(trajectory(subject, learner, learner.w, flips), kernels.flip(flips))


@refutation(learned_kernel_is_flipped, "The learner that flips learns the same kernel.")
@for_all(learner=only(Learners("momentum", "tanh", 3), Learners("SGD", "none", 1)))
def learners_learn_the_same_kernel(subject: Subject, learner: Learner) -> Iterator[Check]:
    """It learns the flipped one."""
    flips = spatial(learner.w)
    yield equal(trajectory(subject, learner, learner.w.flip(flips), flips), trajectory(subject, learner, learner.w, ()))


@refutation(learned_kernel_is_flipped, "So it is with weight decay that depends on the place in the kernel.")
@for_all(learner=only(Learners(), Learners(kernel=(3,))))
def places_may_decay_differently(subject: Subject, learner: Learner) -> Iterator[Check]:
    """The first entry decays, which is the last of the flipped kernel."""
    flips = spatial(learner.w)
    decayed = (
        trajectory(subject, learner, learner.w, ()).clone(),
        trajectory(subject, learner, learner.w.flip(flips), flips).clone(),
    )
    for kernels in decayed:
        kernels[..., 0] *= 0.5
    yield equal(decayed[1], decayed[0].flip(flips))


@claim(
    title="Convolution composed with other functions does not commute, flip or no flip",
    statement=r"\exists x,k:\ \mathrm{relu}(k*x)\ne k*\mathrm{relu}(x),\ \mathrm{pool}(k*x)\ne k*\mathrm{pool}(x);\quad"
    r"\text{several channels: }P*Q*x\ne Q*P*x",
    hypotheses="not every pair: kernels of one entry that is not negative commute with both, and means of windows do",
    notes="Convolutional networks: the combination is usually not commutative",
    book="9.1",
    truth=TRUE,
    bound="exact on integers",
)
@for_all(given=whole_numbers())
def convolution_composed_with_nonlinearity_not_commutative(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Rectifiers and maxima of two neighbours before and after a convolution against both exact orders.

    That they differ for some kernel and some image is checked for fixed ones: (1, -2) and x = (-1, 2, 1). Kernels of
    one positive entry commute, and so do means of two with every kernel.
    """
    x, w, d = values(given.x), values(given.w), len(spatial(given.w))

    def correlated(z: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        return reference.product(z, reference.flipped(w, d), d)

    y = convolved(subject, given, b=None, **full(given.w))
    before = subject.relu(given.x)
    yield same(subject.relu(y), np.maximum(correlated(x), 0), "rectified results")
    yield same(
        convolved(subject, given, b=None, x=before, **full(given.w)), correlated(np.maximum(x, 0)), "rectified images"
    )
    if d == 1 and y.shape[-1] > 1:
        largest = neighbours(subject, y, "max_pool1d")
        yield same(largest, np.maximum(correlated(x)[..., 1:], correlated(x)[..., :-1]), "largest results")
        if x.shape[-1] > 1:
            pooled = np.maximum(x[..., 1:], x[..., :-1])
            images = neighbours(subject, given.x, "max_pool1d")
            yield same(
                convolved(subject, given, b=None, x=images, **full(given.w)), correlated(pooled), "largest numbers"
            )
    one = given.w.new_tensor([-1.0, 2.0, 1.0]).expand(1, 1, 1, 3)
    k = given.w.new_tensor([1.0, -2.0]).expand(1, 1, 1, 2)
    yield from fixed(subject, one, k)


def fixed(subject: Subject, x: Tensor, k: Tensor) -> Iterator[Check]:
    """x = (-1, 2, 1) and k = (1, -2): what differs, and what does not."""
    options: dict[str, Any] = {
        "stride": (1,),
        "padding": (0,),
        "dilation": (1,),
        "groups": 1,
        "mode": "zeros",
        "form": "",
    }

    def conv(z: Tensor, w: Tensor = k) -> Tensor:
        made: Tensor = subject.convolution1d(z, w, None, **options)
        return made

    yield equal(subject.relu(conv(x))[0, 0, 0], [0.0, 0.0], label="rectified last")
    yield equal(conv(subject.relu(x))[0, 0, 0], [-4.0, 0.0], label="rectified first")
    yield equal(neighbours(subject, conv(x), "max_pool1d")[0, 0, 0], [0.0], label="largest last")
    yield equal(conv(neighbours(subject, x, "max_pool1d"))[0, 0, 0], [-2.0], label="largest first")
    means = [conv(neighbours(subject, x, "avg_pool1d")), neighbours(subject, conv(x), "avg_pool1d")]
    yield equal(means[0], means[1], label="means commute")
    three = x.new_tensor([3.0]).expand(1, 1, 1, 1)
    for f in (subject.relu, lambda z: neighbours(subject, z, "max_pool1d")):
        yield equal(conv(f(x), three), f(conv(x, three)), label="a positive number commutes")
    other = k.new_tensor([2.0, 5.0]).expand(1, 1, 1, 2)
    yield equal(conv(conv(x), other), conv(conv(x, other)), label="one channel: kernels commute")
    p, q = (k.new_tensor(m).reshape(1, 2, 2, 1) for m in ([0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]))
    e = x.new_tensor([1.0, 0.0]).reshape(1, 1, 2, 1)
    yield equal(conv(conv(e, q), p)[0, 0, :, 0], [1.0, 0.0], label="two channels: Q first")
    yield equal(conv(conv(e, p), q)[0, 0, :, 0], [0.0, 0.0], label="two channels: P first")


def neighbours(subject: Subject, x: Tensor, pool: str) -> Tensor:
    """The largest or the mean of two neighbours, for signals (batch, n, c, length)."""
    pooled = getattr(subject, pool)(x.flatten(0, 1), 2, 1)
    made: Tensor = pooled.unflatten(0, x.shape[:2])
    return made


MIXED = only(
    Convolved(1, extent=(3,), kernel=(2,), padding=1),
    Convolved(1, extent=(3, 3), kernel=(2, 2), padding=1),
)


@refutation(convolution_composed_with_nonlinearity_not_commutative, "Convolution commutes with the rectifier.")
@for_all(given=MIXED)
def rectifiers_commute(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Not with negative numbers in the kernel."""
    yield equal(subject.relu(convolved(subject, given)), convolved(subject, given, x=subject.relu(given.x)))


@refutation(convolution_composed_with_nonlinearity_not_commutative, "Convolution commutes with maxima of neighbours.")
@for_all(given=only(Convolved(1, extent=(4,), kernel=(2,)), Convolved(1, extent=(5,), kernel=(3,))))
def maxima_commute(subject: Subject, given: Convolution) -> Iterator[Check]:
    """A negative number makes a minimum of a maximum."""
    pooled = convolved(subject, given, x=neighbours(subject, given.x, "max_pool1d"))
    yield equal(neighbours(subject, convolved(subject, given), "max_pool1d"), pooled)


@refutation(convolution_composed_with_nonlinearity_not_commutative, "No kernel commutes with the rectifier.")
@for_all(given=only(Convolved(1, extent=(3,), kernel=(1,)), Convolved(1, extent=(2, 2), kernel=(1, 1))))
def no_kernel_commutes_with_the_rectifier(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Kernels of one entry that is not negative do."""
    last, first = subject.relu(convolved(subject, given)), convolved(subject, given, x=subject.relu(given.x))
    differ = (values(last) != values(first)).reshape(len(given.x), -1).any(-1)
    yield holds(differ, where=np.full(len(differ), given.x.numel() > 0))
