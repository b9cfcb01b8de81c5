"""How much the scale of the first weights breaks the symmetry between units."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import UNDER_HYPOTHESES, at_most, claim, equal, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.spectra import only
from claims.frame.inputs.symmetry_sizes import ScaledNetwork, ScaledUnits, scaled_units
from claims.frame.subject import Subject
from reference.initialization import symmetry_sizes as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]


def scaled(subject: Subject, net: ScaledNetwork, factor: float = 1.0) -> Tensor:
    """The initial weights, (batch, h, m)."""
    w: Tensor = subject.multiply(net.g, subject.multiply(net.scale, factor)[:, None, None])
    return w


def stepped(subject: Subject, net: ScaledNetwork, factor: float = 1.0) -> Float64:
    """The weights after a step."""
    w: Tensor = subject.linear_network_step(scaled(subject, net, factor), net.v, net.x, net.t, net.lr)
    return np.asarray(values(w))


def spectra(subject: Subject, net: ScaledNetwork, factor: float = 1.0) -> tuple[Float64, Float64]:
    """Singular values of the initial weights and of those after a step."""
    before = reference.singular_values(values(scaled(subject, net, factor)))
    return before.value, reference.singular_values(stepped(subject, net, factor)).value


@claim(
    title="After a step, what sets linear units apart is proportional to the initial scale",
    statement=r"W_1=\sigma G-\epsilon\nabla_WL,\ \operatorname{rank}\nabla_WL\le1\ \Rightarrow\ "
    r"\sigma\,s_{k+1}(G)\le s_k(W_1)\le\sigma\,s_{k-1}(G)\ (k\ge2);\quad \cos(\sigma g_i,\sigma g_j)=\cos(g_i,g_j)",
    hypotheses="two layers, linear hidden units, one output, one step of gradient descent; s_k singular values, s_2 is "
    "the distance from weights of which all units are multiples of one",
    notes="Optimisation: larger initial weights break symmetry more strongly and avoid redundant units",
    book="8.4",
    truth=UNDER_HYPOTHESES,
    correction="Exact on both sides for one output. The initial units themselves are no more alike at a small scale: "
    "angles between them do not depend on it; it is the common gradient that makes small units alike.",
    bound="entry by entry BND-CHAIN for the gradient, zero where numbers have few enough digits; Weyl's inequality "
    "takes it to singular values, and BND-SVD in float64 to computed ones",
)
@for_all(net=scaled_units())
def larger_initialization_breaks_symmetry_more(subject: Subject, net: ScaledNetwork) -> Iterator[Check]:
    """A step of SGD against the exact one, and its singular values, found in float64, against those of the initial
    weights, shifted by one either way. Angles between the first unit and all others are the same at every scale, bit
    for bit, where squares do not underflow.
    """
    w0 = scaled(subject, net)
    before, g, scale = values(w0), values(net.g), values(net.scale)
    yield equal(before, scale[:, None, None] * g, label="the initial weights")
    exact = reference.step(
        before, values(net.v), values(net.x), values(net.t), net.lr, scale, subject.arithmetic("linear_network_step")
    )
    after = stepped(subject, net)
    yield within(after, exact, label="the weights after a step")
    old, new = reference.singular_values(before), reference.singular_values(after)
    slack = reference.moved(exact.bound) + old.bound[:, 1:] + new.bound[:, 1:]
    yield at_most(old.value[:, 1:], new.value[:, :-1], slack, label="no less than the next singular value of sigma G")
    yield at_most(new.value[:, 1:], old.value[:, :-1], slack, label="no more than the one before it")
    first, others = net.g[:, :1].expand_as(net.g), net.g
    angles = [
        subject.cosine_similarity(a, b, dim=-1, eps=0.0) for a, b in ((first, others), (w0[:, :1].expand_as(w0), w0))
    ]
    normal = (scale / reference.PARTS) ** 2 >= subject.format.lam
    yield equal(angles[1], values(angles[0]), where=normal, label="angles between initial units")


@refutation(larger_initialization_breaks_symmetry_more, "At a larger scale the initial units have wider angles.")
@for_all(net=only(ScaledUnits()))
def angles_grow_with_the_scale(subject: Subject, net: ScaledNetwork) -> Iterator[Check]:
    """They have the same."""
    small, large = (
        values(subject.cosine_similarity(w[:, 0], w[:, 1], dim=-1, eps=0.0))
        for w in (scaled(subject, net), scaled(subject, net, 8.0))
    )
    yield at_most(large, small - 0.01)


@refutation(larger_initialization_breaks_symmetry_more, r"s_2(W_1)\text{ does not depend on }\sigma")
@for_all(net=only(ScaledUnits()))
def the_scale_does_not_matter(subject: Subject, net: ScaledNetwork) -> Iterator[Check]:
    (_, one), (_, eight) = spectra(subject, net), spectra(subject, net, 8.0)
    yield within(eight[:, 1], Truth(one[:, 1], np.full(len(one), 0.5)))


@refutation(larger_initialization_breaks_symmetry_more, r"s_2(W_1)\le\sigma s_2(G)")
@for_all(net=only(ScaledUnits(4, 4, 3, "eighth")))
def the_index_stays(subject: Subject, net: ScaledNetwork) -> Iterator[Check]:
    """A step along one direction may raise the second singular value up to the first of the initial weights."""
    before, after = spectra(subject, net)
    yield at_most(after[:, 1], before[:, 1], 0.01 * before[:, 0])


@refutation(larger_initialization_breaks_symmetry_more, r"s_1(W_1)\le\sigma s_1(G)")
@for_all(net=only(ScaledUnits(4, 4, 3, "eighth")))
def the_largest_is_bounded_too(subject: Subject, net: ScaledNetwork) -> Iterator[Check]:
    """The gradient adds to it."""
    before, after = spectra(subject, net)
    yield at_most(after[:, 0], before[:, 0], 0.1)


@refutation(larger_initialization_breaks_symmetry_more, r"s_2(W_1)\le\sigma s_1(G)\text{ for any number of outputs}")
@for_all(net=only(ScaledUnits(4, 4, 3, "eighth", outputs=2)))
def outputs_may_be_many(subject: Subject, net: ScaledNetwork) -> Iterator[Check]:
    """The gradient of two outputs has rank 2: it sets units apart by itself."""
    before, after = spectra(subject, net)
    yield at_most(after[:, 1], before[:, 0], 0.01)


@refutation(larger_initialization_breaks_symmetry_more, "The larger the scale, the smaller the loss after a step.")
@for_all(net=only(ScaledUnits()))
def larger_is_always_better(subject: Subject, net: ScaledNetwork) -> Iterator[Check]:
    """Steps along large gradients overshoot."""
    v, x, t = values(net.v), values(net.x), values(net.t)
    small, large = (
        ((x @ stepped(subject, net, factor).swapaxes(-1, -2) @ v.swapaxes(-1, -2) - t) ** 2).sum((-2, -1))
        for factor in (1.0, 8.0)
    )
    yield at_most(large, small)
