"""Derivatives of layers: convolutions, pooling, interpolation, indexing, order statistics, losses and norms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from claims import UNDER_HYPOTHESES, claim, for_all, refutation, values, within
from claims.autodiff.modes import BOUND, by, derivative, first, higher, one_way
from claims.frame.checks import Check
from claims.frame.inputs.differentiated import Differentiated, Point, differentiated
from claims.frame.inputs.layer_functions import LAYERS
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import layers as reference
from reference.truth import Truth


@claim(
    title="The adjoint identity for layers with their options: a convolution is pulled back by the transposed one",
    statement=r"y_i=\sum_kw_kx_{si-p+dk}:\ \langle v,w*u\rangle=\langle w*^\top v,u\rangle;\qquad "
    r"D\max(x)[u]=u_{\arg\max x};\qquad D\ell(z)[u]=\langle w_y(\operatorname{softmax}z-e_y),u\rangle",
    hypotheses="numbers that are compared differ",
    notes="Convolutional networks; Regularisation: automatic differentiation",
    book="9.5; 6.5.9",
    truth=UNDER_HYPOTHESES,
    bound=BOUND,
)
@for_all(point=differentiated(LAYERS, [1]))
def adjoint_identity_of_layers(subject: Subject, point: Point) -> Iterator[Check]:
    """Convolutions with strides, padding, dilation and groups, pooling, interpolation, gathering and scattering, order
    statistics, reductions and weights of the cross entropy, norms with parameters: by every way to the derivative.
    """
    yield from first(subject, point)


@refutation(adjoint_identity_of_layers, r"D\max(x)[u]=\operatorname{mean}(u)")
@for_all(point=only(Differentiated("max pooling", 1, ("vjp",))))
def pooling_shares_the_slope(subject: Subject, point: Point) -> Iterator[Check]:
    """All of it belongs to the largest number."""
    u, c = values(point.directions[0]), values(point.cotangent)
    windows = [[i for i, _ in pairs] for pairs in reference.Reach(6, 3, 2, 1).places()]
    moved = sum(c[:, j] * u[:, w].mean(-1) for j, w in enumerate(windows))
    yield within(one_way(subject, point, "vjp"), Truth(np.asarray(moved), derivative(subject, point).bound))


@refutation(adjoint_identity_of_layers, "Weights of the classes do not move the gradient of the cross entropy.")
@for_all(point=only(Differentiated("weighted cross entropy", 1, ("vjp",))))
def weights_do_not_count(subject: Subject, point: Point) -> Iterator[Check]:
    """Each example counts with the weight of its class, over the sum of the weights."""
    u, c = values(point.directions[0]).reshape(-1, 2, 3), values(point.cotangent)[:, 0]
    z = np.exp(values(point.x).reshape(-1, 2, 3))
    slope = z / z.sum(-1, keepdims=True) - np.eye(3)[[2, 0]]
    moved = c * (slope * u).sum((-2, -1)) / 2
    yield within(one_way(subject, point, "vjp"), Truth(moved, derivative(subject, point).bound))


@claim(
    title="Modes nest for layers with their options",
    statement=r"D^2(w*x)[(u,a),(v,b)]=a*v+b*u\text{, and the like, by every nesting}",
    hypotheses="numbers that are compared differ",
    notes="Convolutional networks; Hessian matrices",
    book="9.5; 4.3.1; 6.5.10",
    truth=UNDER_HYPOTHESES,
    bound=BOUND,
)
@for_all(point=differentiated(LAYERS, [2]))
def derivatives_of_layers_in_every_nesting(subject: Subject, point: Point) -> Iterator[Check]:
    """Ten ways to the second derivative of each layer by all of its arguments."""
    yield from higher(subject, point)


@refutation(derivatives_of_layers_in_every_nesting, r"D^2(w*x)=0:\text{ a convolution is linear}")
@for_all(point=only(Differentiated("strided grouped convolution", 2, ("rr",))))
def convolutions_are_linear(subject: Subject, point: Point) -> Iterator[Check]:
    """In each argument, not in both together."""
    truth = derivative(subject, point)
    yield within(by(subject, point, ("rr",))[0], Truth(np.zeros(truth.value.shape), truth.bound))
