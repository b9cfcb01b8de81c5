"""Figures of receptive fields: how they grow with depth, and how much of a field moves a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from claims import Curve, Panel, Panels, figure, values
from claims.convolution.receptive_field import dependence, receptive_field_growth, through
from claims.frame.inputs.receptive_fields import Network, conv, pool
from claims.frame.subject import Subject
from reference.convolution.receptive_field import Layer, extents

DEPTH, PLACES, DEPTHS = 6, 160, (1, 4, 16, 64)

STACKS: Mapping[str, tuple[Layer, ...]] = {
    "width 3": (conv(3),) * DEPTH,
    "width 5": (conv(5),) * DEPTH,
    "width 3, pooling of 2 in turn": (conv(3), pool(2, 2)) * (DEPTH // 2),
    "width 3, every second with stride 2": (conv(3), conv(3, 2)) * (DEPTH // 2),
    "width 3, dilations 1, 2, 4, ...": tuple(conv(3, 1, 0, 2**i) for i in range(DEPTH)),
}


def network(subject: Subject, layers: Sequence[Layer], size: int, weight: float = 1.0) -> Network:
    """Layers of one channel with equal weights."""
    weights = [subject.tensor(np.full((1, 1, *one.kernel), weight)) for one in layers]
    return Network(tuple(layers), [*weights], 1, (size,), "")


@figure(
    receptive_field_growth,
    title="How far a unit sees",
    x="depth",
    y="inputs from the first to the last that a unit responds to",
    logarithmic="y",
)
def fields_by_depth(subject: Subject) -> Panels:
    """Measured by a 1 among zeros. Equal kernels add the same at every layer; strides and pooling double what later
    layers add, and dilations that double let the field double with every layer, a straight line on this axis.
    """
    curves = {}
    for name, layers in STACKS.items():
        net = network(subject, layers, PLACES)
        curves[name] = [1.0, *(float(extents(dependence(subject, net, d)[1]).max()) for d in range(1, DEPTH + 1))]
    return {"one axis": curves}


@figure(
    receptive_field_growth,
    title="What moves a unit",
    x="place, as a share of the receptive field",
    y="slope of the unit, as a share of the largest",
)
def influence_of_places(subject: Subject) -> Panels:
    """Means of three neighbours, layer after layer: a unit responds to all of its field, but its slope is that of a
    bell, which narrows as a share of the field with the root of the depth: nearly all that moves it is in the middle.
    """
    curves = {}
    for depth in DEPTHS:
        n = 2 * depth + 1
        net = network(subject, (conv(3),) * depth, n, 1 / 3)
        x = subject.tensor(np.zeros((1, 1, n))).requires_grad_()
        slope = values(subject.gradient(through(subject, net, x, depth), x, subject.tensor(np.ones((1, 1, 1)))))[0, 0]
        curves[f"depth {depth}"] = Curve((slope / max(slope.max(), 1e-30)).tolist(), np.linspace(-0.5, 0.5, n).tolist())
    return {"means of three": Panel(curves)}
