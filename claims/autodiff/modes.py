"""Forward and reverse mode, however nested, against each other and against the derivative."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, claim, equal, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.differentiated import Differentiated, Point, differentiated
from claims.frame.inputs.functions import FUNCTIONS, WIDE_FUNCTIONS, called, function_of
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.autodiff import modes as reference
from reference.truth import Truth

WIDE = ("float64", "float32")
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


def one_way(subject: Subject, point: Point, way: str) -> NDArray[np.float64]:
    """The first derivative by one way."""
    f = function_of(subject, point.row)
    y = torch.stack([f(row) for row in point.x])
    found = subject.first_derivatives(point.x, point.directions[0], cotangent(point, y), f=f, ways=(way,))
    return np.asarray(values(found[0]))


@refutation(forward_reverse_adjoint_identity, r"\langle v,Ju\rangle=\langle u,Jv\rangle: J=J^\top")
@for_all(point=only(Differentiated("cumsum", 1, ("vjp",)), Differentiated("cumprod", 1, ("vjp",))))
def jacobians_are_symmetric(subject: Subject, point: Point) -> Iterator[Check]:
    """Those of sums and products of the first entries are triangular."""
    exchanged = point._replace(directions=(cotangent(point, point.x),), cotangent=point.directions[0])
    truth = derivative(subject, exchanged)
    yield within(one_way(subject, point, "vjp"), truth)


@refutation(
    forward_reverse_adjoint_identity,
    "Forward and reverse mode agree bitwise.",
    dtypes=("float32", "float16", "bfloat16"),
)
@for_all(point=only(Differentiated("softmax", 1, ("vjp",)), Differentiated("cumprod", 1, ("vjp",))))
def modes_agree_bitwise(subject: Subject, point: Point) -> Iterator[Check]:
    """They add up the same products in another order."""
    yield equal(one_way(subject, point, "vjp"), one_way(subject, point, "jvp"))


@refutation(forward_reverse_adjoint_identity, r"\langle v,Ju\rangle=\langle v,f(u)\rangle")
@for_all(point=only(Differentiated("exp", 1, ("jvp",)), Differentiated("square", 1, ("jvp",))))
def the_derivative_is_the_function(subject: Subject, point: Point) -> Iterator[Check]:
    """That holds of linear functions."""
    along, c = values(point.directions[0]), values(point.cotangent)
    image = reference.value(point.name, along, subject.format, units(subject), whole=False).value
    bound = derivative(subject, point).bound
    yield within(one_way(subject, point, "jvp"), Truth((image * c[:, : image.shape[-1]]).sum(-1), bound))


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


@refutation(adjoint_identity_of_matrix_functions, r"D(A^{-1})[U]=-A^{-2}U", dtypes=WIDE)
@for_all(point=only(Differentiated("inverse", 1, ("vjp",))))
def inverses_commute_with_directions(subject: Subject, point: Point) -> Iterator[Check]:
    """A and U need not commute."""
    n = 3
    a, u = (values(t).reshape(-1, n, n) for t in (point.x, point.directions[0]))
    inverse = np.linalg.pinv(a)
    c = values(point.cotangent)[:, : n * n].reshape(-1, n, n)
    moved = -(c * (inverse @ inverse @ u)).sum((-2, -1))
    yield within(one_way(subject, point, "vjp"), Truth(moved, derivative(subject, point).bound))


@refutation(adjoint_identity_of_matrix_functions, r"D\det(A)[U]=\det(U)", dtypes=WIDE)
@for_all(point=only(Differentiated("determinant", 1, ("vjp",))))
def determinants_are_linear(subject: Subject, point: Point) -> Iterator[Check]:
    """The determinant is linear in each column, not in the matrix."""
    u, c = values(point.directions[0]).reshape(-1, 3, 3), values(point.cotangent)[:, 0]
    yield within(one_way(subject, point, "vjp"), Truth(c * np.linalg.det(u), derivative(subject, point).bound))


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
    products with a vector, vmap of the Hessian) and 9 to the third.
    """
    yield from higher(subject, point)


def by(subject: Subject, point: Point, ways: tuple[str, ...]) -> list[NDArray[np.float64]]:
    """Second derivatives."""
    f = function_of(subject, point.row)
    y = torch.stack([f(row) for row in point.x])
    return [
        np.asarray(values(d))
        for d in subject.nested_derivatives(point.x, point.directions, cotangent(point, y), f=f, ways=ways)
    ]


@refutation(derivatives_in_every_nesting, r"D^2f(x)[u,v]=Df(x)[u]\,Df(x)[v]", dtypes=WIDE)
@for_all(point=only(Differentiated("exp", 2, ("rr",)), Differentiated("softmax", 2, ("rr",))))
def second_derivatives_are_products_of_first_ones(subject: Subject, point: Point) -> Iterator[Check]:
    """The chain rule has products of first derivatives, of different functions."""
    each = [values(derivative(subject, point._replace(directions=(d,))).value) for d in point.directions]
    yield within(by(subject, point, ("rr",))[0], Truth(each[0] * each[1], derivative(subject, point).bound))


@refutation(
    derivatives_in_every_nesting,
    "Torch's derivatives of every primitive are the same in all nestings.",
    dtypes=WIDE,
)
@for_all(point=only(Differentiated("layer norm", 2, ("ff",)), Differentiated("cumprod with a zero", 2, ("ff",))))
def nestings_agree_for_every_primitive(subject: Subject, point: Point) -> Iterator[Check]:
    """Forward mode within forward mode loses terms of layer norm, and of products with a factor 0."""
    yield within(by(subject, point, ("ff",))[0], derivative(subject, point))


@refutation(derivatives_in_every_nesting, "The Hessian of a sum of squares is its gradient.", dtypes=WIDE)
@for_all(point=only(Differentiated("square", 2, ("rr",))))
def the_second_derivative_of_a_square_is_the_first(subject: Subject, point: Point) -> Iterator[Check]:
    """It is 2, whatever x is."""
    first_order = derivative(subject, point._replace(directions=point.directions[:1]))
    yield within(by(subject, point, ("rr",))[0], first_order)


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


@refutation(
    derivatives_of_matrix_functions_in_every_nesting,
    "Torch's second derivatives of the determinant are the same in all nestings.",
    dtypes=WIDE,
)
@for_all(point=only(Differentiated("determinant", 2, ("fr",)), Differentiated("solution", 2, ("ff",))))
def nestings_agree_for_every_matrix_function(subject: Subject, point: Point) -> Iterator[Check]:
    """Forward mode innermost takes the inverse for a constant."""
    yield within(by(subject, point, ("fr",))[0], derivative(subject, point))


@refutation(
    derivatives_of_matrix_functions_in_every_nesting,
    r"D^2(A^{-1})[U,V]=A^{-1}UA^{-1}VA^{-1}",
    dtypes=WIDE,
)
@for_all(point=only(Differentiated("inverse", 2, ("rr",))))
def one_order_of_the_factors_is_enough(subject: Subject, point: Point) -> Iterator[Check]:
    """It is the sum of that with U and V, and with V and U."""
    a, u, v = (values(t).reshape(-1, 3, 3) for t in (point.x, *point.directions))
    inverse, c = np.linalg.pinv(a), values(point.cotangent)[:, :9].reshape(-1, 3, 3)
    moved = (c * (inverse @ u @ inverse @ v @ inverse)).sum((-2, -1))
    yield within(by(subject, point, ("rr",))[0], Truth(moved, derivative(subject, point).bound))
