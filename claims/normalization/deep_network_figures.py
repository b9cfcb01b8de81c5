"""Figures of deep networks with and without batch norm: the signal, and the gradient on its way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from claims import figure, values
from claims.frame.inputs.deep_networks import ACTIVATIONS, DeepNetwork
from claims.frame.subject import Subject
from claims.normalization.deep_networks import Layer, batch_norm_deep_gradient_explosion, passes

WIDTH, LARGE, DEPTH, SEED = 64, 64, 30, 7

Panels = Mapping[str, Mapping[str, Sequence[float]]]

CURVES = {
    "batch norm": (True, 1.0),
    "batch norm, weights doubled": (True, 2.0),
    "none, variance 2/n or 1/n": (False, 1.0),
    "none, weights halved": (False, 0.5),
}


def curve(subject: Subject, activation: str, name: str, of: Callable[[Layer], float]) -> list[float]:
    """A number of every layer of one network."""
    normalised, scale = CURVES[name]
    regime = DeepNetwork(WIDTH, LARGE, DEPTH, activation, normalised=normalised, scale=scale)
    arrays = regime.make(np.random.default_rng(SEED), 1, subject.format)
    return [of(layer) for layer in passes(subject, regime.present([subject.tensor(a) for a in arrays], SEED))]


def panels(subject: Subject, of: Callable[[Layer], float]) -> Panels:
    """One panel an activation."""
    return {a: {name: curve(subject, a, name, of) for name in CURVES} for a in ACTIVATIONS}


@figure(
    batch_norm_deep_gradient_explosion,
    title=f"Mean square of the gradient, {WIDTH} units a layer, batches of {LARGE}",
    x="depth",
    y="mean square of the gradient",
    logarithmic="y",
)
def gradient_backward(subject: Subject) -> Panels:
    """Of the products W h, from a normal gradient of the last layer, on its way back from right to left. With batch
    norm it grows towards the first layers of ReLU and tanh networks whatever the scale of the weights; without, halved
    weights let it vanish.
    """
    return panels(subject, lambda layer: float((values(layer.gradient_z) ** 2).mean()))


@figure(
    batch_norm_deep_gradient_explosion,
    title=f"Mean square of the signal, {WIDTH} units a layer, batches of {LARGE}",
    x="depth",
    y="mean square of the signal",
    logarithmic="y",
)
def signal_forward(subject: Subject) -> Panels:
    """Of the activations, from normal inputs. Batch norm keeps it in every layer whatever the scale of the weights;
    without, it depends on the scale, and vanishes with halved weights.
    """
    return panels(subject, lambda layer: float((values(layer.a) ** 2).mean()))
