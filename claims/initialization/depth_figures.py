"""Figures of deep chains: the variance of the signal forward and of the gradient backward."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Generator, Tensor

from claims import figure
from claims.frame.inputs.samples import canvas
from claims.frame.subject import Subject
from claims.initialization.depth import init_scale_depth_growth

WIDTH, DEPTH, SIGNALS, SEED = 128, 50, 16, 7

Initializer = Callable[[Subject, Tensor, Generator], Tensor]
Activation = Callable[[Subject, Tensor], Tensor]
Panels = Mapping[str, Mapping[str, Sequence[float]]]

SCHEMES: dict[str, Initializer] = {
    "Xavier normal": lambda s, w, g: s.xavier_normal_(w, 1.0, generator=g),
    "Kaiming normal": lambda s, w, g: s.kaiming_normal_(w, nonlinearity="relu", generator=g),
    "LeCun normal": lambda s, w, g: s.normal_(w, 0.0, WIDTH**-0.5, generator=g),
    "orthogonal": lambda s, w, g: s.orthogonal_(w, generator=g),
    "nn.Linear default": lambda s, w, g: s.kaiming_uniform_(w, a=math.sqrt(5), generator=g),
    "normal, variance 1.5/fan_in": lambda s, w, g: s.normal_(w, 0.0, math.sqrt(1.5 / WIDTH), generator=g),
}

ACTIVATIONS: dict[str, Activation] = {
    "linear": lambda _, z: z,
    "tanh": lambda s, z: s.tanh(z),
    "relu": lambda s, z: s.relu(z),
    "selu": lambda s, z: s.selu(z),
}


def drawn(subject: Subject) -> Tensor:
    """Weights (depth, schemes, width, width)."""
    schemes = []
    for initialize in SCHEMES.values():
        with subject.random(SEED) as generator:
            schemes.append([initialize(subject, canvas(subject, WIDTH, WIDTH), generator) for _ in range(DEPTH)])
    return torch.stack([torch.stack(list(weights)) for weights in zip(*schemes, strict=True)])


def spread(subject: Subject, h: Tensor) -> list[float]:
    """The variance of all entries of a signal (schemes, signals, width), for every scheme."""
    variances: list[float] = subject.var(h.detach().flatten(1), dim=-1, correction=0).tolist()
    return variances


def panels(subject: Subject, way: Callable[[Subject, Tensor, Activation], list[list[float]]]) -> Panels:
    """One panel an activation, one curve a scheme."""
    weights = drawn(subject)
    return {
        title: dict(zip(SCHEMES, zip(*way(subject, weights, activate), strict=True), strict=True))
        for title, activate in ACTIVATIONS.items()
    }


def signals(subject: Subject) -> Tensor:
    """Standard normal numbers, the same for every scheme: those of the first layer, and gradients of the last one."""
    with subject.random(SEED) as generator:
        both: Tensor = subject.normal_(canvas(subject, 2, 1, SIGNALS, WIDTH), 0.0, 1.0, generator=generator)
    return both.expand(2, len(SCHEMES), SIGNALS, WIDTH)


def forward(subject: Subject, weights: Tensor, activate: Activation) -> list[list[float]]:
    """Variances of the signal at depths 0, ..., 50."""
    x = signals(subject)[0]
    found = [spread(subject, x)]
    for w in weights:
        x = activate(subject, subject.matmul(x, w.mT))
        found.append(spread(subject, x))
    return found


def backward(subject: Subject, weights: Tensor, activate: Activation) -> list[list[float]]:
    """Variances of the gradient at depths 0, ..., 50, for a standard normal one at the last layer."""
    x, g = signals(subject)
    layers = []
    for w in weights:
        h = x.detach().requires_grad_()
        x = activate(subject, subject.matmul(h, w.mT))
        layers.append((h, x))
    found = [spread(subject, g)]
    for h, y in reversed(layers):
        g = subject.gradient(y, h, g)
        found.append(spread(subject, g))
    return found[::-1]


@figure(
    init_scale_depth_growth,
    title=f"Variance of the signal, {WIDTH} units a layer",
    x="depth",
    y="variance of the signal",
    logarithmic="y",
)
def variance_forward(subject: Subject) -> Panels:
    """From standard normal inputs. A scheme keeps the variance of those networks for which it is made, Kaiming's of
    rectifiers, Xavier's and LeCun's of linear ones; in others it vanishes or explodes, on a logarithmic axis along a
    straight line. tanh bends what would explode.
    """
    return panels(subject, forward)


@figure(
    init_scale_depth_growth,
    title=f"Variance of the gradient, {WIDTH} units a layer",
    x="depth",
    y="variance of the gradient",
    logarithmic="y",
)
def variance_backward(subject: Subject) -> Panels:
    """From a standard normal gradient of the last layer, on its way back from right to left: what keeps the signal
    keeps the gradient, and what lets the one vanish lets the other.
    """
    return panels(subject, backward)
