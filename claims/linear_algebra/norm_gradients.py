"""Derivatives of the Euclidean norm, which couple all entries, and of its square, which do not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import FEW
from claims.frame.inputs import vectors_of_order as inputs
from claims.frame.inputs.spectra import only
from claims.frame.inputs.vectors import Normed, Vector
from claims.frame.subject import Subject
from reference.linear_algebra import norm_family as reference

SQUARES = ("sum_of_squares", "sum_of_second_powers", "product_with_itself", "mse_loss")
"""The spellings of the squared norm; the last takes one vector at a time."""
PRODUCTS = ("dot", "vdot", "dot_by_matmul", "dot_by_mv", "dot_by_einsum")
"""Inner products of a vector with itself."""
LARGEST_HESSIAN = 33
HESSIANS = 2
"""Of so many vectors of a batch: each takes a pass of forward mode over reverse mode for every entry."""


def gradient_of(subject: Subject, operation: str, x: Tensor, *args: float, **kwargs: int) -> Tensor:
    """The gradient of a function of vectors at each vector of a batch, by reverse mode."""
    leaf = x.clone().requires_grad_()
    value = getattr(subject, operation)(leaf, *args, **kwargs)
    return subject.gradient(value, leaf, torch.ones_like(value))


@claim(
    title="Each partial derivative of the squared L2 norm depends only on its own entry",
    statement=r"\partial\|x\|_2^2/\partial x_i=2x_i,\qquad\nabla^2\|x\|_2^2=2I",
    notes="Linear algebra: norms",
    book="2.5",
    formal="HasFDerivAt.norm_sq",
    truth=TRUE,
    bound="exact: doubling rounds only where it overflows; BND-DOT with stored products for derivatives along a vector",
)
@for_all(vector=inputs.squared_vectors())
def squared_l2_gradient_separability(subject: Subject, vector: Normed) -> Iterator[Check]:
    """Reverse mode through every spelling must give 2x, forward mode 2 x.t, and two nested ones 2I, exactly.

    The direction t is x with its entries reversed.
    """
    x, _ = vector
    expected = reference.gradient_of_square(values(x), subject.arithmetic("sum_of_squares"))
    for spelling in SQUARES[:-1]:
        gradient = gradient_of(subject, spelling, x, dim=-1)
        yield equal(gradient, expected, label=spelling)
    few = x[:FEW]
    yield equal(gradient_of(subject, "mse_loss", few), expected[:FEW], label="mse_loss")
    for spelling in PRODUCTS:
        leaf = few.clone().requires_grad_()
        value = getattr(subject, spelling)(leaf, leaf)
        yield equal(subject.gradient(value, leaf, torch.ones_like(value)), expected[:FEW], label=spelling)
    t = few.flip(-1)
    along = reference.derivative_of_square(values(few), values(t), subject.arithmetic("derivative_of_square"))
    finite = np.isfinite(along.bound)
    yield within(subject.derivative_of_square(few, t), along, where=finite, label="forward mode")
    if x.shape[-1] <= LARGEST_HESSIAN:
        hessian = subject.hessian_of_square(few[:HESSIANS])
        twice = np.broadcast_to(2 * np.eye(x.shape[-1]), hessian.shape)
        yield equal(hessian, twice, label="Hessian")


@refutation(squared_l2_gradient_separability, r"\nabla\|x\|_2^2=x")
def factor_two_is_missing(subject: Subject, vector: Normed) -> Iterator[Check]:
    x, _ = vector
    yield equal(gradient_of(subject, "sum_of_squares", x, dim=-1), x)


@refutation(
    squared_l2_gradient_separability,
    r"The computed gradient of $\|x\|\cdot\|x\|$ is exactly $2x$, too.",
    dtypes=("float32", "float64"),
)
@for_all(vector=only(Vector(3, "2", "normal")))
def square_of_the_norm_has_the_same_gradient(subject: Subject, vector: Normed) -> Iterator[Check]:
    """Norm, quotient and product round."""
    x, _ = vector
    yield equal(gradient_of(subject, "squared_vector_norm", x, dim=-1), 2 * values(x))


@refutation(squared_l2_gradient_separability, r"\|\nabla f(x)-\nabla f(y)\|\le\|x-y\|\text{ for }f=\|\cdot\|_2^2")
def square_is_one_smooth(subject: Subject, vector: Normed) -> Iterator[Check]:
    """The Lipschitz constant is 2: take y = 0."""
    x, _ = vector
    gradient = values(gradient_of(subject, "sum_of_squares", x, dim=-1))
    yield at_most(np.abs(gradient).max(-1, initial=0.0), np.abs(values(x)).max(-1, initial=0.0))


@claim(
    title="Each partial derivative of the L2 norm depends on the whole vector",
    statement=r"\partial\|x\|_2/\partial x_i=x_i/\|x\|_2,\quad"
    r"\nabla^2\|x\|=\tfrac1{\|x\|}\big(I-\hat x\hat x^\top\big)",
    hypotheses="x is not 0; the i-th derivative changes with x_j (j other than i) iff x_i x_j is not 0",
    correction="for n = 1 the derivative is the sign; at 0 there is none, and torch returns the subgradient 0",
    notes="Linear algebra: norms",
    book="2.5",
    formal="contDiffAt_norm (Mathlib.Analysis.InnerProductSpace.Calculus)",
    truth=UNDER_HYPOTHESES,
    bound="((1 + uo)^2 / (1 - e) - 1) |x_i| / ||x|| + eta, e by BND-L2; Hessian 8 gamma_{n+8} / ||x|| (calibrated)",
)
@for_all(vector=inputs.squared_vectors())
def l2_gradient_coupling(subject: Subject, vector: Normed) -> Iterator[Check]:
    """Reverse mode through torch's norms against x / ||x||, and 0 at 0; forward mode along the reversed x.

    Forward mode and the Hessian are checked in float32 and float64 only, and the Hessian where cubes of norms stay in
    range. Where x_i = 0, row i of it is 0 except on the diagonal.
    Where squares of entries vanish the computed norm does too and its derivative means nothing: those are left out.
    """
    x, p = vector
    truth = reference.gradient_of_norm(values(x), subject.arithmetic("vector_norm"))
    usable = np.isfinite(truth.bound).all(-1)
    for spelling in ("vector_norm", "norm", "linalg_norm"):
        yield within(gradient_of(subject, spelling, x, p, dim=-1), truth, where=usable, label=spelling)
    if 0 < x.shape[-1] <= LARGEST_HESSIAN and subject.format.precision >= 24:
        few = values(x[:FEW])
        t = x[:FEW].flip(-1)
        along = reference.derivative_of_norm(few, values(t), subject.arithmetic("vector_norm"))
        regular = np.isfinite(along.bound) & few.any(-1)
        yield within(subject.norm_along(x[:FEW], t), along, where=regular, label="forward mode")
        few = few[:HESSIANS]
        exact = reference.hessian_of_norm(few, subject.arithmetic("vector_norm"))
        regular = np.isfinite(exact.bound).all((-2, -1))
        hessian = subject.hessian_of_norm(x[:HESSIANS])
        yield within(hessian, exact, where=regular, label="Hessian")
        uncoupled = (few == 0)[:, :, None] & ~np.eye(x.shape[-1], dtype=bool)
        yield equal(np.where(uncoupled, values(hessian), 0.0), 0.0 * few[:, None], where=regular, label="x_i = 0")


@refutation(l2_gradient_coupling, "Every partial derivative changes when any other entry changes.")
@for_all(vector=only(Vector(5, "2", "single")))
def every_entry_matters(subject: Subject, vector: Normed) -> Iterator[Check]:
    """Where x_i = 0 the i-th derivative is 0 whatever the others are: (0, 1, 1, ...) and (0, 2, 1, ...)."""
    x, p = vector
    filled = np.where(np.arange(x.shape[-1]) > 0, np.ones(x.shape), 0.0)
    changed = filled + (np.arange(x.shape[-1]) == 1)
    one, other = (values(gradient_of(subject, "vector_norm", subject.tensor(y), p, dim=-1)) for y in (filled, changed))
    yield holds(one[:, 0] != other[:, 0])


@refutation(l2_gradient_coupling, "The computed gradient has norm 1 at 0, too.")
@for_all(vector=only(Vector(3, "2", "negative zeros")))
def gradient_at_zero_has_norm_one(subject: Subject, vector: Normed) -> Iterator[Check]:
    x, p = vector
    yield holds(values(gradient_of(subject, "vector_norm", x, p, dim=-1)).any(-1))


@refutation(
    l2_gradient_coupling, r"$\sqrt{x\cdot x}$ has the same computed gradient at 0.", dtypes=("float32", "float64")
)
@for_all(vector=only(Vector(3, "2", "negative zeros")))
def formula_has_the_same_gradient_at_zero(subject: Subject, vector: Normed) -> Iterator[Check]:
    """The root has no derivative at 0: infinity times 0 is NaN."""
    x, p = vector
    by_norm = gradient_of(subject, "vector_norm", x, p, dim=-1)
    yield equal(gradient_of(subject, "root_of_squares", x, dim=-1), by_norm)


@refutation(
    l2_gradient_coupling, "The computed gradient has norm 1 wherever x is not 0.", dtypes=("float32", "float64")
)
@for_all(vector=only(Vector(3, "2", "normal", "subnormal")))
def gradient_has_norm_one_wherever_x_is_not_zero(subject: Subject, vector: Normed) -> Iterator[Check]:
    """Squares of subnormal numbers vanish, so does the norm, and torch returns the subgradient at 0."""
    x, p = vector
    yield holds(values(gradient_of(subject, "vector_norm", x, p, dim=-1)).any(-1), where=values(x).any(-1))
