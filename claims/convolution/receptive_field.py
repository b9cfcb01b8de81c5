"""Receptive fields: how far units of deep layers see, with strides and pooling, and when they see everything."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.receptive_fields import Deep, Network, Stack, Strided, deep_stacks, stacks, strided_stacks
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import receptive_field as reference
from reference.convolution.receptive_field import Layer, layer

NOTES = "Convolutional networks: the receptive field of deeper units"


def through(subject: Subject, net: Network, x: Tensor, depth: int) -> Tensor:
    """Images through the first layers."""
    options = [one.options for one in net.layers[:depth]]
    y: Tensor = subject.stack_of_layers(x, net.weights[:depth], options, net.memory)
    return y


def dependence(
    subject: Subject, net: Network, depth: int, *, undefined: bool = False
) -> tuple[Tensor, NDArray[np.bool_]]:
    """Images through the first layers, and which units (flattened) respond to which places (flattened).

    An image is 0 but for a 1 at one place, each place in turn, or 1 but for a NaN.
    """
    places = math.prod(net.sizes)
    one = np.eye(places).reshape(places, 1, *net.sizes).repeat(net.channels, 1)
    x = np.where(one > 0, np.nan, 1.0) if undefined else one
    y = through(subject, net, subject.tensor(x), depth)
    responses = np.isnan(values(y)) if undefined else values(y) > 0
    return y, responses.any(1).reshape(places, -1).T


def slopes(subject: Subject, net: Network, units: Sequence[int]) -> NDArray[np.bool_]:
    """Where every unit (flattened) of the last layer has a positive slope, at images of zeros."""
    n = math.prod(units)
    small = [w if w is None else subject.multiply(w, 2.0 ** -math.frexp(3 * w[0].numel())[1]) for w in net.weights]
    x = subject.tensor(np.zeros((n, net.channels, *net.sizes))).requires_grad_()
    y = through(subject, net._replace(weights=small), x, len(net.layers))
    one = np.eye(n).reshape(n, 1, *units).repeat(net.channels, 1)
    slope: NDArray[np.bool_] = values(subject.gradient(y, x, subject.tensor(one))).sum(1).reshape(n, -1) > 0
    return slope


def formula(subject: Subject, layers: Sequence[Layer]) -> NDArray[np.float64]:
    """r_1, ..., r_L for every axis, as torch computes it: (axes, L)."""
    numbers = [np.array([getattr(one, name) for one in layers]).T for name in ("kernel", "stride", "dilation")]
    found: NDArray[np.float64] = values(subject.receptive_extents(*(subject.tensor(n) for n in numbers)))
    return found


@claim(
    title="Units of deeper layers have receptive fields that are at least as large: every layer adds its kernel less "
    "one, times its dilation and the strides before it",
    statement=r"r_L=1+\sum_{l=1}^L(k_l-1)\,d_l\prod_{i<l}s_i;\qquad r_l\ge r_{l-1},\ \text{strictly}\iff k_l>1",
    hypotheses="units whose windows meet no padding (others see at most that), weights above 0; from the first input "
    "to the last, since dilation and strides may leave inputs out in between",
    notes=NOTES,
    book="9.2, fig. 9.2 to 9.4",
    truth=UNDER_HYPOTHESES,
    correction="Larger only by kernels wider than 1: layers of width 1 leave the field as it is.",
    bound="exact: sets of inputs, from windows of windows",
)
@for_all(net=stacks())
def receptive_field_growth(subject: Subject, net: Network) -> Iterator[Check]:
    """Convolutions and pooling on one to three axes. A 1 among zeros, and a NaN among ones, must reach those units that
    have its place in their field, in every layer, and no others; gradients are nonzero there only, and without maxima
    exactly there. Measured fields are as long as the formula says, computed by torch, and grow as stated.
    """
    told = formula(subject, net.layers)
    before = [np.ones(1, np.int64)] * len(net.sizes)
    for depth in range(1, len(net.layers) + 1):
        fields = reference.fields(net.layers[:depth], net.sizes)
        sizes = tuple(len(f.sets) for f in fields)
        name = f"layer {depth}"
        y, seen = dependence(subject, net, depth)
        yield equal(np.array([y.shape[2:]]), np.array([sizes]), label=f"sizes of {name}")
        yield equal(seen[None], reference.joint(fields)[None], label=f"units that respond, {name}")
        _, lost = dependence(subject, net, depth, undefined=True)
        yield equal(lost[None], reference.joint(fields)[None], label=f"units that a NaN reaches, {name}")
        for axis, sets in enumerate(reference.along(seen, sizes, net.sizes)):
            long, inside, r = reference.extents(sets), fields[axis].interior, told[axis, depth - 1]
            yield equal(r, reference.extent(net.layers[:depth], axis), label=f"formula for {name}")
            yield equal(long[inside], np.full(inside.sum(), r), label=f"extent of fields, {name}")
            yield at_most(long, np.full(len(long), r), label=f"fields cut off, {name}")
            if inside.any():
                grown, wide = long[inside].max() - before[axis].max(), net.layers[depth - 1].kernel[axis] > 1
                yield holds(grown >= 0 and (grown > 0) == wide, label=f"growth by {name}")
            before[axis] = long
    slope, joint = slopes(subject, net, sizes), reference.joint(fields)
    yield at_most(slope[None], joint[None], label="gradients")
    if all(one.kind != "max" for one in net.layers):
        yield equal(slope[None], joint[None], label="gradients without maxima")


PLAIN = only(Stack((layer("conv", 1, 3), layer("conv", 1, 1), layer("conv", 1, 3)), (9,)))


@refutation(receptive_field_growth, r"r_l>r_{l-1}\text{ for every layer}")
@for_all(net=PLAIN)
def every_layer_sees_more(subject: Subject, net: Network) -> Iterator[Check]:
    """One of width 1 does not."""
    (told,) = formula(subject, net.layers)
    yield holds(told[1:] > told[:-1])


@refutation(receptive_field_growth, "With rectifiers the gradient is nonzero on all of the receptive field.")
@for_all(net=PLAIN)
def rectified_units_see_their_field(subject: Subject, net: Network) -> Iterator[Check]:
    """At a negative number a rectifier is dead: what a unit depends on there is less than its field."""
    x = np.ones((1, 1, *net.sizes))
    x[..., ::2] = -1
    leaf = subject.tensor(x).requires_grad_()
    y = through(subject, net, subject.relu(leaf), len(net.layers))
    slope = values(subject.gradient(y, leaf, subject.tensor(np.ones(y.shape))))
    yield holds((slope > 0).any((0, 1)))


@refutation(receptive_field_growth, r"r_L=\sum_lk_l")
@for_all(net=PLAIN)
def kernels_add_up(subject: Subject, net: Network) -> Iterator[Check]:
    """Windows of neighbours overlap in all but one place."""
    _, seen = dependence(subject, net, len(net.layers))
    yield equal(reference.extents(seen), np.full(len(seen), sum(one.kernel[0] for one in net.layers)))


@refutation(receptive_field_growth, "A unit depends on every input between the first and the last one.")
@for_all(net=only(Stack((layer("conv", 1, 3, 1, 0, 2),), (7,))))
def fields_have_no_gaps(subject: Subject, net: Network) -> Iterator[Check]:
    """Dilation leaves some out."""
    _, seen = dependence(subject, net, len(net.layers))
    yield equal(seen.sum(-1), reference.extents(seen))


@refutation(receptive_field_growth, r"r_L=1+\sum_l(k_l-1)d_l\prod_{i<l}s_i\text{ at the border, too}")
@for_all(net=only(Stack((layer("conv", 1, 3, 1, 1),), (5,))))
def padding_is_seen(subject: Subject, net: Network) -> Iterator[Check]:
    """Of padding a unit sees nothing."""
    _, seen = dependence(subject, net, len(net.layers))
    yield equal(reference.extents(seen), np.full(len(seen), 3))


@claim(
    title="Strides, of convolutions or of pooling, enlarge the receptive field of the layers behind them",
    statement=r"s_i\ge1\ \Rightarrow\ r_L(s)\ge r_L(\mathbf 1),\ \text{strictly}\iff s_i>1\text{ for some }i\text{ "
    r"with }k_l>1\text{ for some }l>i;\qquad r_L(s)-r_L(\mathbf 1)=\sum_l(k_l-1)\,d_l\Big(\prod_{i<l}s_i-1\Big)",
    hypotheses="the same kernels and dilations; units away from the border",
    notes=NOTES,
    book="9.2, fig. 9.4",
    truth=UNDER_HYPOTHESES,
    correction="A stride enlarges the fields of later layers wider than 1, not that of its own layer.",
    bound="exact: integers",
)
@for_all(net=strided_stacks())
def stride_and_pooling_enlarge_receptive_field(subject: Subject, net: Network) -> Iterator[Check]:
    """The first unit of a stack, and of the same stack with strides of 1: what they respond to, how far it reaches
    along every axis, and by how much the one exceeds the other; the formula as torch computes it says the same.
    """
    sizes = net.sizes
    both = net, net._replace(layers=reference.without_strides(net.layers))
    reached, told = [], []
    for one, name in zip(both, ("with strides", "without strides"), strict=True):
        units = tuple(len(f.sets) for f in reference.fields(one.layers, sizes))
        y, seen = dependence(subject, one, len(one.layers))
        yield equal(np.array([y.shape[2:]]), np.array([units]), label=f"sizes {name}")
        first = [f.sets[:1] for f in reference.fields(one.layers, sizes)]
        parts = reference.along(seen[:1], (1,) * len(sizes), sizes)
        for part, expected in zip(parts, first, strict=True):
            yield equal(part, expected, label=f"what the first unit responds to, {name}")
        reached.append(np.array([reference.extents(p)[0] for p in parts]))
        told.append(formula(subject, one.layers)[:, -1])
        yield equal(told[-1], reached[-1], label=f"formula {name}")
    gained = [reference.extent(net.layers, a) - reference.extent(both[1].layers, a) for a in range(len(sizes))]
    yield equal(reached[0] - reached[1], np.array(gained), label="gained by strides")
    yield at_most(reached[1], reached[0], label="not smaller with strides")
    wider = [reference.strides_matter(net.layers, axis) for axis in range(len(sizes))]
    yield equal(reached[0] > reached[1], np.array(wider), label="larger behind a stride only")


def first_extents(subject: Subject, net: Network) -> NDArray[np.int64]:
    """How far the first unit sees along every axis."""
    _, seen = dependence(subject, net, len(net.layers))
    parts = reference.along(seen[:1], (1,) * len(net.sizes), net.sizes)
    return np.array([reference.extents(p)[0] for p in parts])


@refutation(stride_and_pooling_enlarge_receptive_field, "A stride enlarges the field of its own layer.")
@for_all(net=only(Strided((layer("conv", 1, 3), layer("conv", 1, 3, 3)))))
def strides_enlarge_their_own_layer(subject: Subject, net: Network) -> Iterator[Check]:
    """In the last layer one has no effect."""
    plain = net._replace(layers=reference.without_strides(net.layers))
    yield holds(first_extents(subject, net) > first_extents(subject, plain))


@refutation(stride_and_pooling_enlarge_receptive_field, "Pooling of stride 1 leaves the field as it is.")
@for_all(net=only(Strided((layer("conv", 1, 3), layer("max", 1, 2)))))
def pooling_of_stride_one_adds_nothing(subject: Subject, net: Network) -> Iterator[Check]:
    """It adds its width less one."""
    without = net._replace(layers=net.layers[:1], weights=net.weights[:1])
    yield equal(first_extents(subject, net), first_extents(subject, without))


@refutation(stride_and_pooling_enlarge_receptive_field, r"r_L(s)=r_L(\mathbf 1)\prod_is_i")
@for_all(net=only(Strided((layer("conv", 1, 3, 2), layer("conv", 1, 3)))))
def strides_multiply_the_field(subject: Subject, net: Network) -> Iterator[Check]:
    """The layers before a stride count once."""
    plain = net._replace(layers=reference.without_strides(net.layers))
    yield equal(first_extents(subject, net), 2 * first_extents(subject, plain))


@claim(
    title="Sparse connections join a deep unit to the whole input: a depth of ceil((n - 1) / (k - 1)) is necessary and "
    "sufficient",
    statement=r"\exists\text{ unit of layer }L\text{ that depends on all }n\text{ inputs}\iff "
    r"L\ge\Big\lceil\frac{n-1}{k-1}\Big\rceil",
    hypotheses="stride 1, no dilation, k > 1, padding that keeps the sizes; weights above 0; on several axes of n "
    "places each, too",
    notes="Convolutional networks: deeper units are indirectly connected to all or most of the input image",
    book="9.2, fig. 9.4",
    truth=TRUE,
    bound="exact: sets of inputs, from windows of windows",
)
@for_all(net=deep_stacks())
def indirect_connectivity_depth(subject: Subject, net: Network) -> Iterator[Check]:
    """A 1 among zeros, at each place in turn, through convolutions padded as `same` is: which units respond, one layer
    below the depth, where none may respond to every place, and at the depth, where one must. The depth as torch
    computes it; with a width of 1 it is infinite.
    """
    n, k = net.sizes[0], net.layers[0].kernel[0]
    told = values(subject.connecting_depth(subject.tensor(float(n)), subject.tensor(float(k))))
    yield equal(told, reference.depth(n, k) if k > 1 else np.inf, label="depth")
    for depth in sorted({max(len(net.layers) - 1, 1), len(net.layers)}):
        y, seen = dependence(subject, net, depth)
        fields = reference.fields(net.layers[:depth], net.sizes)
        yield equal(np.array([y.shape[2:]]), np.array([net.sizes]), label=f"sizes of layer {depth}")
        yield equal(seen[None], reference.joint(fields)[None], label=f"units that respond, layer {depth}")
        enough = k > 1 and depth >= reference.depth(n, k)
        yield equal(seen.all(1).any(), enough, label=f"a unit of layer {depth} sees everything")


SEVENTEEN = only(Deep(17, 3))


@refutation(indirect_connectivity_depth, r"L\ge\lceil\log_kn\rceil\text{ suffices}")
@for_all(net=SEVENTEEN)
def logarithmic_depth_suffices(subject: Subject, net: Network) -> Iterator[Check]:
    """With dilations 1, k, k^2, ... it does; without them every layer adds k - 1."""
    depth = math.ceil(math.log(net.sizes[0], net.layers[0].kernel[0]))
    _, seen = dependence(subject, net, depth)
    yield holds(seen.all(1).any())


@refutation(indirect_connectivity_depth, "At that depth every unit sees everything.")
@for_all(net=SEVENTEEN)
def every_unit_sees_everything(subject: Subject, net: Network) -> Iterator[Check]:
    """Those at the border see half of it."""
    _, seen = dependence(subject, net, len(net.layers))
    yield holds(seen.all(1))


@refutation(indirect_connectivity_depth, "It holds without padding.")
@for_all(net=only(Deep(10, 3)))
def padding_is_not_needed(subject: Subject, net: Network) -> Iterator[Check]:
    """Nothing is left to see the last input: n = 10 and k = 3 leave no unit at depth 5, and 8 inputs too few at 4."""
    bare = tuple(layer("conv", 1, one.kernel[0]) for one in net.layers[:4])
    _, seen = dependence(subject, net._replace(layers=bare), len(bare))
    yield holds(seen.all(1).any())


@refutation(indirect_connectivity_depth, r"L\ge\lceil n/k\rceil\text{ suffices}")
@for_all(net=SEVENTEEN)
def windows_side_by_side(subject: Subject, net: Network) -> Iterator[Check]:
    """Windows overlap."""
    _, seen = dependence(subject, net, math.ceil(net.sizes[0] / net.layers[0].kernel[0]))
    yield holds(seen.all(1).any())
