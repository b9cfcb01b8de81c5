"""Derivatives of distances, of the root of a sum of squares, and of the unit vector in the direction of x."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.separated import Points, Separated, separated_points
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.linear_algebra.norm_gradients import gradient_of
from reference.linear_algebra import distance_derivatives as reference
from reference.linear_algebra.norm_family import derivative_of_norm, gradient_of_norm
from reference.truth import Truth

EPS = 2.0**-10
"""Below this norm F.normalize divides by it: a power of two, which every format holds."""


def gradients(subject: Subject, operation: str, x: Tensor, y: Tensor, *args: float) -> Iterator[tuple[str, Tensor]]:
    """The gradients of a distance by x and by y."""
    leaves = x.clone().requires_grad_(), y.clone().requires_grad_()
    value = getattr(subject, operation)(*leaves, *args)
    for name, leaf in zip("xy", leaves, strict=True):
        yield name, subject.gradient(value, leaf, torch.ones_like(value))


@claim(
    title="The gradient of a distance is made of powers of the difference by its norm, opposite at both points",
    statement=r"\frac{\partial\|x-y\|_p}{\partial x_i}=\operatorname{sgn}(d_i)\Big(\frac{|d_i|}{\|d\|_p}\Big)^{p-1}="
    r"-\frac{\partial\|x-y\|_p}{\partial y_i},\quad d=x-y",
    hypotheses="x is not y; for p = inf the largest |d_i| occurs once, for p = 1 no d_i is 0",
    correction="elsewhere torch returns an element of the subdifferential, 0 at x = y; the root of a sum of squares "
    "gives NaN there",
    notes="Linear algebra: norms",
    book="2.5",
    formal="contDiffAt_norm (p = 2)",
    truth=UNDER_HYPOTHESES,
    bound="exact for p = 1, one rounding for p = inf; else (1 + e)^(p-1) with e of BND-L2 or BND-LP, and gamma_12; for "
    "the root of squares 4u more, and twice the bound of the norm in forward mode",
)
@for_all(points=separated_points())
def distance_gradient(subject: Subject, points: Separated) -> Iterator[Check]:
    """Reverse mode by x and by y through torch.dist and pairwise_distance, forward mode along (t, s).

    For p = 2 also the root of the sum of squares of d, in both modes; at 0 it has none and gives NaN.
    """
    x, y, t, s, p = points
    d, how = values(x) - values(y), subject.arithmetic("dist")
    truth = reference.gradient_of_distance(values(x), values(y), p, how)
    for operation, args in (("dist", (p,)), ("pairwise_distance", (p, 0.0))):
        for name, gradient in gradients(subject, operation, x, y, *args):
            signed = truth if name == "x" else truth._replace(value=-truth.value)
            finite = np.isfinite(truth.bound).all(-1)
            yield within(gradient, signed, where=finite, label=f"{operation}, by {name}")
    along = reference.along(truth, d, values(t) - values(s), p, how)
    finite = np.isfinite(along.bound)
    yield within(subject.distance_along(x, y, t, s, p), along, where=finite, label="forward mode")
    if p == 2 and subject.format.precision >= 24:  # squares of half types leave the range
        z = subject.tensor(subject.format.round(d))
        squares = subject.arithmetic("root_of_squares")
        exact, zero = gradient_of_norm(values(z), squares), ~values(z).any(-1)
        found = gradient_of(subject, "root_of_squares", z, dim=-1)
        usable = ~zero & np.isfinite(exact.bound).all(-1)
        allowed = exact._replace(bound=exact.bound + 4 * subject.format.u * np.abs(exact.value))
        yield within(found, allowed, where=usable, label="root of squares")
        yield equal(found, np.nan, where=zero, label="root of squares at 0")
        forward = derivative_of_norm(values(z), values(t), squares)
        bound = 2 * forward.bound  # 2 x.t, divided by twice the norm: products and sum as in the norm itself
        yield within(
            subject.root_of_squares_along(z, t), forward._replace(bound=bound), where=usable, label="root, forward mode"
        )


@refutation(distance_gradient, r"\nabla_x\|x-y\|=\nabla_y\|x-y\|")
@for_all(points=only(Points(3, "2", "normal")))
def both_gradients_agree(subject: Subject, points: Separated) -> Iterator[Check]:
    by_x, by_y = (gradient for _, gradient in gradients(subject, "dist", points.x, points.y, points.p))
    yield equal(by_x, by_y)


@refutation(distance_gradient, "The gradient of a distance has Euclidean norm 1 for every order.")
@for_all(points=only(Points(4, "1", "ties")))
def gradient_has_euclidean_norm_one(subject: Subject, points: Separated) -> Iterator[Check]:
    """For p = 1 it holds n signs."""
    (_, gradient), *_ = gradients(subject, "dist", points.x, points.y, points.p)
    length = np.linalg.norm(values(gradient), axis=-1)
    yield within(length, Truth(np.ones(len(length)), np.full(len(length), 0.01)))


@refutation(distance_gradient, "The root of the sum of squares has the gradient 0 at 0, as torch.dist has.")
@for_all(points=only(Points(3, "2", "origin")))
def root_has_a_gradient_at_zero(subject: Subject, points: Separated) -> Iterator[Check]:
    """The root has an infinite slope at 0, and infinity times 0 is NaN."""
    yield holds(np.isfinite(values(gradient_of(subject, "root_of_squares", points.x, dim=-1))).all(-1))


@claim(
    title="The derivative of the unit vector is the projection onto its complement, divided by the norm",
    statement=r"v=\frac{x}{\|x\|}:\quad\frac{\partial v}{\partial x}=\frac{1}{\|x\|}\big(I-vv^\top\big)",
    hypotheses="x is not 0; torch divides by eps where the norm is smaller, so that the Jacobian is I / eps",
    notes="Linear algebra: norms",
    book="2.5",
    truth=UNDER_HYPOTHESES,
    bound="(gamma_{3n} + gamma_16) (|g| + |v| <|v|, |g|>) / ||x|| (ASNA (3.5)); gamma_3 |g| / eps below eps",
)
@for_all(points=separated_points())
def normalization_jacobian(subject: Subject, points: Separated) -> Iterator[Check]:
    """F.normalize with the cotangent t in reverse mode and along t in forward mode, at x and below eps at x / 2^22."""
    for name, x in (("x", points.x), ("near 0", points.x * 2.0**-22)):
        t, how = points.t, subject.arithmetic("normalize")
        norm = np.sqrt((values(x) ** 2).sum(-1))
        truth = reference.direction_derivative(values(x), values(t), EPS, how)
        usable = (np.abs(norm - EPS) > EPS / 8) & np.isfinite(truth.bound).all(-1)
        leaf = x.clone().requires_grad_()
        pulled = subject.gradient(subject.normalize(leaf, dim=-1, eps=EPS), leaf, t)
        yield within(pulled, truth, where=usable, label=f"{name}: reverse mode")
        yield within(subject.normalize_along(x, t, EPS), truth, where=usable, label=f"{name}: forward mode")


@refutation(normalization_jacobian, r"\partial v/\partial x=I/\|x\|")
@for_all(points=only(Points(3, "2", "normal")))
def norm_is_a_constant(subject: Subject, points: Separated) -> Iterator[Check]:
    x, t = points.x, points.t
    scaled = values(t) / np.linalg.norm(values(x), axis=-1, keepdims=True)
    truth = reference.direction_derivative(values(x), values(t), EPS, subject.arithmetic("normalize"))
    usable = (values(x) ** 2).sum(-1) > 1
    yield within(subject.normalize_along(x, t, EPS), truth._replace(value=scaled), where=usable)


@refutation(normalization_jacobian, "The Jacobian is invertible where x is not 0.")
@for_all(points=only(Points(2)))
def jacobian_is_invertible(subject: Subject, points: Separated) -> Iterator[Check]:
    """It maps x to 0."""
    along = np.abs(values(subject.normalize_along(points.x, points.x, EPS))).max(-1)
    yield holds(along > 0.01, where=values(points.x).any(-1))
