"""Forward and reverse mode, however nested, against each other and against the derivative."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, claim, for_all, values, within
from claims.frame.checks import Check
from claims.frame.inputs.differentiated import Point, differentiated
from claims.frame.inputs.functions import FUNCTIONS, WIDE_FUNCTIONS, called, function_of
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.autodiff import modes as reference
from reference.truth import Truth

BOUND = (
    "running errors of the sum over all paths from input to output of the products of local derivatives, in magnitude "
    "(hyper-dual arithmetic): every product and partial sum costs one rounding, an elementary function 4u, its "
    "derivatives 2k + 2 roundings more and their slope times the error of the argument; exact for whole numbers"
)


def cotangent(point: Point, f_of_x: Tensor) -> Tensor:
    """As many of the numbers of the cotangent as the function has results."""
    return point.cotangent[:, : f_of_x.shape[-1]]


def derivative(subject: Subject, point: Point) -> Truth:
    """The derivative of <c, f> at x along the directions."""
    along = [values(d) for d in point.directions]
    x, c = values(point.x), values(point.cotangent)
    return reference.derivative(point.name, x, along, c, subject.format, units(subject), whole=point.whole)


def first(subject: Subject, point: Point) -> Iterator[Check]:
    """The function itself and its derivative in every way."""
    f, x = called(subject, point.row), point.x
    y = torch.stack([f(row) for row in x])
    exact = reference.value(point.name, values(x), subject.format, units(subject), whole=point.whole)
    yield within(y, exact, label=point.name)
    truth = derivative(subject, point)
    found = subject.first_derivatives(
        x, point.directions[0], cotangent(point, y), f=function_of(subject, point.row), ways=point.ways
    )
    for way, d in zip(point.ways, found, strict=True):
        yield within(d, truth, label=f"{point.name}: {way}")


def higher(subject: Subject, point: Point) -> Iterator[Check]:
    """The derivative of second or third order in every nesting."""
    f = called(subject, point.row)
    y = torch.stack([f(row) for row in point.x])
    truth = derivative(subject, point)
    found = subject.nested_derivatives(
        point.x, point.directions, cotangent(point, y), f=function_of(subject, point.row), ways=point.ways
    )
    for way, d in zip(point.ways, found, strict=True):
        yield within(d, truth, label=f"{point.name}: {way}")


@claim(
    title="Forward and reverse mode agree: the adjoint identity",
    statement=r"\langle v,\operatorname{JVP}_f(x,u)\rangle=\langle\operatorname{VJP}_f(x,v),u\rangle=v^\top J_f(x)\,u",
    hypotheses="f is differentiable at x, and both modes are implemented for every primitive",
    notes="Regularisation: automatic differentiation; Jacobian matrices",
    book="6.5.9; 4.3.1",
    formal="ContinuousLinearMap.adjoint_inner_left",
    truth=TRUE,
    bound=BOUND,
)
@for_all(point=differentiated(FUNCTIONS, [1]))
def forward_reverse_adjoint_identity(subject: Subject, point: Point) -> Iterator[Check]:
    """A table of functions times 17 ways to the derivative (autograd, torch.func, dual numbers, torch.autograd's
    functional, vmap): each against v^T J u. Whole numbers must come out exactly where the function is a polynomial.
    """
    yield from first(subject, point)


@claim(
    title="The adjoint identity for functions that torch differentiates in float32 and float64 only",
    statement=r"\langle v,DF(A)[U]\rangle=\langle DF(A)^*[v],U\rangle,\qquad "
    r"D\det(A)[U]=\det(A)\operatorname{tr}(A^{-1}U),\ D(A^{-1})[U]=-A^{-1}UA^{-1}",
    hypotheses="F is differentiable at A: nonsingular, of full rank, with distinct eigenvalues or singular values",
    notes="Regularisation: automatic differentiation; Jacobian matrices",
    book="6.5.9; 4.3.1",
    truth=TRUE,
    bound=BOUND + "; of elimination without exchanges, for matrices with a dominant diagonal",
)
@for_all(point=differentiated(WIDE_FUNCTIONS, [1]))
def adjoint_identity_of_matrix_functions(subject: Subject, point: Point) -> Iterator[Check]:
    """As for functions of vectors: determinants, inverses, solutions, factors, eigenvalues, singular values."""
    yield from first(subject, point)


@claim(
    title="Modes nest: second and third derivatives do not depend on the order of forward and reverse mode",
    statement=r"D^kf(x)[u_1,\dots,u_k]\text{ is the same by every nesting of JVP and VJP, and symmetric in the }u_i",
    hypotheses="f has k continuous derivatives about x",
    notes="Hessian matrices; Regularisation: automatic differentiation",
    book="4.3.1; 6.5.10",
    formal="ContDiffAt.isSymmSndFDerivAt",
    truth=UNDER_HYPOTHESES,
    correction="In torch it depends on the formula of every primitive: forward mode innermost loses terms of some.",
    bound=BOUND,
)
@for_all(point=differentiated(FUNCTIONS, [2, 3]))
def derivatives_in_every_nesting(subject: Subject, point: Point) -> Iterator[Check]:
    """The table of functions times 10 ways to the second derivative (four nestings, autograd twice, Hessians, their
    products with a vector, vmap of the Hessian) and 9 to the third,
    """
    yield from higher(subject, point)


@claim(
    title="Modes nest for functions that torch differentiates in float32 and float64 only",
    statement=r"D^2\det(A)[U,V]=\det(A)\big(\operatorname{tr}(A^{-1}U)\operatorname{tr}(A^{-1}V)"
    r"-\operatorname{tr}(A^{-1}UA^{-1}V)\big)\text{, and the like, by every nesting}",
    hypotheses="F has k continuous derivatives about A",
    notes="Hessian matrices; Regularisation: automatic differentiation",
    book="4.3.1; 6.5.10",
    truth=UNDER_HYPOTHESES,
    correction="In torch it depends on the formula of every primitive: forward mode innermost loses terms of some.",
    bound=BOUND + "; of elimination without exchanges, for matrices with a dominant diagonal",
)
@for_all(point=differentiated(WIDE_FUNCTIONS, [2, 3]))
def derivatives_of_matrix_functions_in_every_nesting(subject: Subject, point: Point) -> Iterator[Check]:
    """As for functions of vectors."""
    yield from higher(subject, point)
