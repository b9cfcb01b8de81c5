"""What batch norm does to gradients in depth."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import FALSE_AS_STATED, claim, equal, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.deep_networks import DEEP, EPS, LARGE, WIDE, DeepNetwork, Network, deep_networks
from claims.frame.inputs.normalised_sets import Sets
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from claims.normalization.batch_norm import normalised, output
from claims.normalization.gradients import gradient
from reference.bounds import dot_truth
from reference.networks.saturation import tanh_slope
from reference.normalization import deep_networks as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Layer(NamedTuple):
    """Tensors of one layer: its input h, z = W h, y = BN(z), a = act(y), and gradients of a, y, z and h."""

    w: Tensor
    h: Tensor
    z: Tensor
    y: Tensor
    a: Tensor
    gradient_a: Tensor
    gradient_y: Tensor
    gradient_z: Tensor
    gradient_h: Tensor


def sets_of(subject: Subject, z: Tensor) -> Sets:
    """Channels z (width, batch) of batch norm, with a weight of 1 and a bias of 0, float32 beside half types."""
    one = subject.tensor(np.ones((len(z), 1)))
    return Sets(z, one, 0 * one, "batch norm", (z.shape[-1],), EPS, z.dtype.itemsize == 2)


def activated(subject: Subject, y: Tensor, activation: str) -> Tensor:
    """The activation of y."""
    return y if activation == "linear" else getattr(subject, activation)(y)


def passes(subject: Subject, net: Network) -> list[Layer]:
    """A pass forward and a pass backward, layer by layer."""
    forward, h = [], net.x
    for w in net.weights:
        h = h.detach().requires_grad_()
        product = subject.matmul(w, h)
        z = product.detach().requires_grad_()
        y = normalised(subject, sets_of(subject, z)) if net.normalised else z
        a = activated(subject, y, net.activation)
        forward.append((w, h, product, z, y, a))
        h = a
    layers, g = [], net.cotangent
    for w, h, product, z, y, a in reversed(forward):
        of_y = g if a is y else subject.gradient(a, y, g)
        of_z = of_y if y is z else subject.gradient(y, z, of_y)
        of_h = subject.gradient(product, h, of_z)
        layers.append(Layer(w, h, z, y, a, g, of_y, of_z, of_h))
        g = of_h
    return layers[::-1]


def growth(layers: list[Layer]) -> Float64:
    """The geometric mean of the growth of the squared gradient a layer."""
    return reference.mean_growth(np.array([(values(layer.gradient_z) ** 2).mean() for layer in layers]))


def products(w: Float64, h: Float64, subject: Subject) -> Truth:
    """W h with BND-DOT."""
    return dot_truth(w[:, None, :], h.T[None], subject.arithmetic("matmul"))


@claim(
    title="Batch norm does not keep gradients in depth: with ReLU they grow by pi/(pi-1) a layer in mean square",
    statement=r"z_l=W_lh_{l-1},\ h_l=\operatorname{relu}(BN(z_l)):\quad\frac{\mathbb{E}\|\nabla_{z_l}\|^2}{\mathbb{E}\|"
    r"\nabla_{z_{l+1}}\|^2}\to\frac{\mathbb{E}\operatorname{relu}'(x)^2}{\operatorname{Var}\operatorname{relu}(x)}=\frac"
    r"{\pi}{\pi-1}\approx1.467,\quad x\sim N(0,1)",
    hypotheses="independent normal weights, width and batch to infinity; the growth of a network of width 128 is a "
    "tendency, every pass through a layer a theorem. Half precision: float32 parameters",
    notes="Batch normalisation: against vanishing and exploding gradients",
    book="8.7.1; Yang et al. 2019, A mean field theory of batch normalization",
    truth=FALSE_AS_STATED,
    correction="It removes the dependence on the scale of the weights. Gradients grow exponentially with depth, where "
    "He's initialisation without batch norm keeps them.",
    bound="layer by layer from stored numbers: BND-DOT, and the bounds of batch-norm-normalises-activations and "
    "batch-norm-backward-projection; growth: calibrated, a tenth, a quarter without batch norm (0.045 and 0.07 seen)",
)
@for_all(net=deep_networks())
def batch_norm_deep_gradient_explosion(subject: Subject, net: Network) -> Iterator[Check]:
    """In small networks every product, normalisation and activation, and the gradients of each, against exact ones of
    what went in. In networks of width, batch and depth 128, 128 and 16 the geometric mean of the growth a layer,
    against the limit for rectifier, tanh and linear layers, with weights of another scale, and without batch norm.
    """
    if net.large:
        whole = dataclasses.replace(subject, plan=subject.plan._replace(calls="batched"))
        truth = reference.growth_truth(net.activation, normalised=net.normalised)
        yield within(growth(passes(whole, net)), truth, label="growth a layer: a tendency")
        return
    for layer in passes(subject, net):
        yield within(layer.z, products(values(layer.w), values(layer.h), subject), label="W h")
        yield from through_the_activation(subject, layer, net.activation)
        if net.normalised:
            sets = sets_of(subject, layer.z)
            yield within(layer.y, output(subject, sets), label="batch norm")
            through = gradient(subject, sets, values(layer.gradient_y))
            yield within(layer.gradient_z, through, label="gradient of z")
        back = products(values(layer.w).T, values(layer.gradient_z), subject)
        yield within(layer.gradient_h, back, label="gradient of h")


def through_the_activation(subject: Subject, layer: Layer, activation: str) -> Iterator[Check]:
    """The activation, and the gradient on its way back through it."""
    y, g = values(layer.y), values(layer.gradient_a)
    if activation == "relu":
        yield equal(layer.a, np.maximum(y, 0.0), label="relu")
        yield equal(layer.gradient_y, g * (y > 0), label="gradient through relu")
    elif activation == "tanh":
        how = subject.arithmetic("tanh")
        truth = reference.times(g, tanh_slope(y, units(subject), how), how)
        yield within(layer.gradient_y, truth, label="gradient through tanh")


RELU = only(DeepNetwork(WIDE, LARGE, DEEP))
PLAIN = only(DeepNetwork(WIDE, LARGE, DEEP, "relu", normalised=False))


@refutation(batch_norm_deep_gradient_explosion, "With batch norm the norm of gradients is constant in depth.")
@for_all(net=RELU)
def gradients_are_constant_in_depth(subject: Subject, net: Network) -> Iterator[Check]:
    """It grows by 1.21 a layer, tenfold in twelve."""
    yield within(growth(passes(subject, net)), reference.growth_truth("linear", normalised=True))


@refutation(batch_norm_deep_gradient_explosion, "Batch norm and He's initialisation do the same to gradients.")
@for_all(net=PLAIN)
def initialisation_does_the_same(subject: Subject, net: Network) -> Iterator[Check]:
    """He's initialisation alone keeps them: the growth is batch norm's."""
    yield within(growth(passes(subject, net)), reference.growth_truth("relu", normalised=True))


@refutation(batch_norm_deep_gradient_explosion, "The growth is that of the weights: larger ones explode faster.")
@for_all(net=only(DeepNetwork(WIDE, LARGE, DEEP, "relu", normalised=True, scale=2.0)))
def growth_follows_the_scale_of_the_weights(subject: Subject, net: Network) -> Iterator[Check]:
    """Batch norm divides their scale out again: it is the same for weights twice as large."""
    truth = reference.growth_truth("relu", normalised=True)
    yield within(growth(passes(subject, net)), Truth(4 * truth.value, 4 * truth.bound))


@refutation(
    batch_norm_deep_gradient_explosion, "It is batch norm, whatever the activation: linear layers explode, too."
)
@for_all(net=only(DeepNetwork(WIDE, LARGE, DEEP, "linear")))
def linear_layers_explode_too(subject: Subject, net: Network) -> Iterator[Check]:
    """Of large batches they keep the gradient: it is the rectifier, whose slope does not vanish with its variance."""
    yield within(growth(passes(subject, net)), reference.growth_truth("relu", normalised=True))
