"""Derivatives of trace, product, inverse, solution, determinant and pseudoinverse, in reverse and in forward mode."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import (
    TRUE,
    UNDER_HYPOTHESES,
    at_most,
    claim,
    equal,
    for_all,
    holds,
    refutation,
    values,
    within,
    within_norm,
)
from claims.frame.checks import Check
from claims.frame.inputs import directions as inputs
from claims.frame.inputs.directions import Directed, DirectedMatrix, DirectedProduct, ProductAndDirections
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.spectra import only
from claims.frame.inputs.systems import ExactRank
from claims.frame.subject import Subject
from reference.linear_algebra import derivatives as reference
from reference.linear_algebra.pseudoinverse import pseudoinverses
from reference.truth import Truth


def pullback(subject: Subject, operation: str, A: Tensor, G: Tensor | None = None) -> Tensor:
    """The vector-Jacobian product of an operation at A with the cotangent G, or with ones, by reverse mode."""
    leaf = A.clone().requires_grad_()
    value = getattr(subject, operation)(leaf)
    return subject.gradient(value, leaf, torch.ones_like(value) if G is None else G)


@claim(
    title="The derivative of AB is dA B + A dB, and that of the trace is the trace",
    statement=r"d(AB)=dA\,B+A\,dB,\ \bar A=\bar CB^\top,\ \bar B=A^\top\bar C;\quad d\operatorname{Tr}A="
    r"\operatorname{Tr}dA,\ \nabla\operatorname{Tr}A=I,\ \nabla_A\operatorname{Tr}(AB)=B^\top",
    notes="Linear algebra: trace; Automatic differentiation",
    book="2.10, 6.5.6",
    truth=TRUE,
    bound="BND-CHAIN for each product, and the rounding of a sum; exact for the trace",
)
@for_all(product=inputs.directed_products())
def matrix_product_derivatives(subject: Subject, product: ProductAndDirections) -> Iterator[Check]:
    """Both pullbacks of torch.matmul against one product each, the derivative along (T, S) against T B + A S.

    The gradient of the trace must be the identity, and that of Tr(AB) must be B^T, bit by bit; the derivative of the
    trace along T is the trace of T.
    """
    A, B, T, S, G = product
    a, b, t, s, g = values(list(product))
    how = subject.arithmetic("matmul")
    leaves = A.clone().requires_grad_(), B.clone().requires_grad_()
    C = subject.matmul(*leaves)
    yield within(subject.gradient(C, leaves[0], G), reference.product(g, reference.transpose(b), how), label="A")
    yield within(subject.gradient(C, leaves[1], G), reference.product(reference.transpose(a), g, how), label="B")
    along = reference.pushforward_of_product(a, b, t, s, subject.arithmetic("matmul_along"))
    yield within(subject.matmul_along(A, B, T, S), along, label="forward mode")
    yield from derivatives_of_trace(subject, A, B)


def derivatives_of_trace(subject: Subject, A: Tensor, B: Tensor) -> Iterator[Check]:
    """Gradients of Tr A, for square A, and of Tr(AB), exactly."""
    identity = np.broadcast_to(np.eye(*A.shape[1:]), A.shape)
    yield equal(pullback(subject, "trace", A), identity, label="gradient of the trace")
    if A.shape[-1] == A.shape[-2]:
        integers = subject.tensor(np.rint(np.clip(values(A), -4, 4)))
        exact = np.trace(values(integers), axis1=-2, axis2=-1)
        held = np.abs(values(integers)).sum((-2, -1)) <= 2.0**subject.format.precision
        yield equal(subject.trace_along(A, integers), exact, where=held, label="trace along T")
    if A.shape[-2] == B.shape[-1]:
        leaf = A.clone().requires_grad_()
        trace = subject.trace(subject.matmul(leaf, B))
        gradient = subject.gradient(trace, leaf, torch.ones_like(trace))
        size, how = np.abs(values(B)), subject.arithmetic("matmul")
        kept = how.gradual | ((size == 0) | (size >= subject.format.lam)).all((-2, -1))
        yield equal(gradient, values(B.mT), where=kept, label="gradient of Tr(AB)")


@refutation(matrix_product_derivatives, r"\bar A=B^\top\bar C")
def cotangent_stands_on_the_right(subject: Subject, product: ProductAndDirections) -> Iterator[Check]:
    A, B, *_, G = product
    if len({*A.shape[1:], *B.shape[1:]}) == 1:
        leaf = A.clone().requires_grad_()
        how = subject.arithmetic("matmul")
        truth = reference.product(reference.transpose(values(B)), values(G), how)
        yield within(subject.gradient(subject.matmul(leaf, B), leaf, G), truth)


@refutation(matrix_product_derivatives, r"d(AB)=dA\,dB")
@for_all(product=only(DirectedProduct(3, 3, 3, Numbers("normal"))))
def derivative_of_a_product_is_the_product_of_derivatives(
    subject: Subject, product: ProductAndDirections
) -> Iterator[Check]:
    A, B, T, S, _ = product
    yield equal(subject.matmul_along(A, B, T, S), values(subject.matmul(T, S)))


@claim(
    title="The derivative of the inverse is -A^-1 dA A^-1",
    statement=r"d(A^{-1})=-A^{-1}\,dA\,A^{-1},\qquad\bar A=-A^{-\top}\bar XA^{-\top}",
    hypotheses="A nonsingular",
    notes="Linear algebra: inverse; Automatic differentiation",
    book="2.3",
    formal="hasFDerivAt_ringInverse",
    truth=UNDER_HYPOTHESES,
    bound="(2 ||X|| d + d^2 + gamma_{2n+2} ||X||^2) ||dA||, d the error of the inverse (ASNA theorem 9.4; calibrated)",
)
@for_all(point=inputs.regular_points())
def inverse_derivative(subject: Subject, point: Directed) -> Iterator[Check]:
    """Reverse and forward mode against the formula with the exact inverse, by rationals."""
    A, T, G = point
    inverses, how = pseudoinverses(values(A)), subject.arithmetic("inv")
    truth = reference.pullback_of_inverse(inverses, values(G), how)
    yield near(pullback(subject, "inv", A, G), truth, "reverse mode")
    truth = reference.pushforward_of_inverse(inverses, values(T), how)
    yield near(subject.inverse_along(A, T), truth, "forward mode")


def near(observed: Tensor, truth: Truth, label: str) -> Check:
    """A matrix within a bound in the Frobenius norm, where there is one."""
    return within_norm(observed, truth, axes=2, where=np.isfinite(truth.bound), label=label)


@refutation(inverse_derivative, r"d(A^{-1})=-dA\,A^{-2}")
def inverse_commutes_with_its_derivative(subject: Subject, point: Directed) -> Iterator[Check]:
    A, T, _ = point
    X = pseudoinverses(values(A)).value
    yield within_norm(subject.inverse_along(A, T), Truth(-values(T) @ X @ X, np.full(len(A), 0.01)), axes=2)


@refutation(inverse_derivative, r"d(A^{-1})=(dA)^{-1}")
@for_all(point=only(DirectedMatrix(ExactRank(1, 1))))
def derivative_is_the_inverse_of_the_derivative(subject: Subject, point: Directed) -> Iterator[Check]:
    A, T, _ = point
    derivative = values(subject.inverse_along(A, T))
    yield equal(derivative * values(T), np.ones(derivative.shape))


@claim(
    title="The derivative of a solution is a solution: A dX = dB - dA X",
    statement=r"X=A^{-1}B:\quad dX=A^{-1}(dB-dA\,X),\qquad\bar B=A^{-\top}\bar X,\quad\bar A=-\bar BX^\top",
    hypotheses="A nonsingular",
    notes="Linear algebra: inverse; Automatic differentiation",
    book="2.3",
    truth=UNDER_HYPOTHESES,
    bound="the error of one solution (ASNA theorem 9.4; calibrated) passed on by a product or a second solution",
)
@for_all(point=inputs.regular_points())
def solution_derivative(subject: Subject, point: Directed) -> Iterator[Check]:
    """Reverse mode by both arguments of torch.linalg.solve, and forward mode along both, with the rational inverse.

    The right-hand side is G, the cotangent T, the directions T and the transpose of G.
    """
    A, T, G = point
    S = G.mT
    how = subject.arithmetic("solve")
    truth = reference.of_solution(pseudoinverses(values(A)), values(G), values(T), values(S), values(T), how)
    leaves = A.clone().requires_grad_(), G.clone().requires_grad_()
    X = subject.solve(*leaves)
    yield near(subject.gradient(X, leaves[0], T), truth.by_matrix, "reverse mode by A")
    yield near(subject.gradient(X, leaves[1], T), truth.by_right_side, "reverse mode by B")
    yield near(subject.solution_along(A, G, T, S), truth.along, "forward mode")


@refutation(solution_derivative, r"\bar B=A^{-1}\bar X")
@for_all(point=only(DirectedMatrix(ExactRank(2, 2))))
def cotangent_is_solved_for_without_a_transpose(subject: Subject, point: Directed) -> Iterator[Check]:
    A, T, G = point
    leaf = G.clone().requires_grad_()
    pulled = subject.gradient(subject.solve(A, leaf), leaf, T)
    yield within_norm(pulled, Truth(values(subject.solve(A, T)), np.full(len(A), 0.01)), axes=2)


@refutation(solution_derivative, r"dX=A^{-1}\,dB\text{ whatever }dA")
@for_all(point=only(DirectedMatrix(ExactRank(1, 1))))
def matrix_is_a_constant(subject: Subject, point: Directed) -> Iterator[Check]:
    A, T, G = point
    along = subject.solution_along(A, G, T, G)
    yield within_norm(along, Truth(values(subject.solve(A, G)), np.full(len(A), 0.01)), axes=2)


@claim(
    title="The gradient of the determinant is det(A) times the inverse transposed",
    statement=r"\nabla\det A=\det(A)A^{-\top},\quad\nabla\log|\det A|=A^{-\top},\quad d\det A="
    r"\operatorname{Tr}(\operatorname{adj}(A)\,dA)",
    hypotheses="A nonsingular",
    notes="Linear algebra: determinant; Automatic differentiation",
    book="2.11",
    formal="Matrix.derivative_det_one_add_X_smul (at the identity)",
    truth=UNDER_HYPOTHESES,
    bound="Jacobi's formula with the errors of the determinant (Ipsen and Rehman) and the inverse (ASNA theorem 9.4; "
    "calibrated)",
)
@for_all(point=inputs.regular_points())
def determinant_derivative(subject: Subject, point: Directed) -> Iterator[Check]:
    """Gradients of det and log|det|, and their derivatives along T, against rational determinants and inverses."""
    A, T, _ = point
    a, t = values(A), values(T)
    inverses, how = pseudoinverses(a), subject.arithmetic("determinant")
    gradient = reference.gradient_of_determinant(a, inverses, how)
    logarithm = reference.gradient_of_logarithm(inverses, how)
    if a.shape[-1]:
        yield near(pullback(subject, "determinant", A), gradient, "gradient of det")
        yield near(pullback(subject, "log_abs_det", A), logarithm, "gradient of log|det|")
    for name, truth in (("determinant_along", gradient), ("log_abs_det_along", logarithm)):
        along = reference.along(truth, t, how)
        yield within(getattr(subject, name)(A, T), along, where=np.isfinite(along.bound), label=name)


@refutation(determinant_derivative, r"\nabla\det A=\det(A)A^{-1}")
def gradient_without_the_transpose(subject: Subject, point: Directed) -> Iterator[Check]:
    inverses = pseudoinverses(values(point.A))
    truth = reference.gradient_of_determinant(values(point.A), inverses, subject.arithmetic("determinant"))
    if point.A.shape[-1]:
        yield near(pullback(subject, "determinant", point.A), truth._replace(value=truth.value.swapaxes(-1, -2)), "")


@refutation(determinant_derivative, r"d\det A=\det(dA)")
@for_all(point=only(DirectedMatrix(ExactRank(2, 2))))
def determinant_is_linear(subject: Subject, point: Directed) -> Iterator[Check]:
    A, T, _ = point
    yield at_most(
        np.abs(values(subject.determinant_along(A, T)) - values(subject.determinant(T))), np.full(len(A), 0.5)
    )


@claim(
    title="At a singular matrix the gradient of the determinant is the adjugate transposed",
    statement=r"\nabla\det A=\operatorname{adj}(A)^\top,\quad\operatorname{rank}A=n-1\Rightarrow"
    r"\operatorname{adj}A\ne0,\quad\operatorname{rank}A\le n-2\Rightarrow\operatorname{adj}A=0",
    hypotheses="none: the determinant is a polynomial in the entries",
    notes="Linear algebra: determinant; Automatic differentiation",
    book="2.11",
    formal="Matrix.adjugate",
    truth=TRUE,
    bound="n (prod(s_i + e) - prod(s_i)) over the n - 1 largest singular values, e = gamma_{3n} ||A|| (calibrated)",
)
@for_all(point=inputs.singular_points())
def determinant_derivative_at_singular_matrices(subject: Subject, point: Directed) -> Iterator[Check]:
    """Reverse mode against rational cofactors, and forward mode along T against Tr(adj(A) T)."""
    A, T, _ = point
    how = subject.arithmetic("determinant")
    gradient = reference.gradient_at_singular(values(A), how)
    yield near(pullback(subject, "determinant", A), gradient, "gradient")
    along = reference.along(gradient, values(T), how)
    yield within(subject.determinant_along(A, T), along, label="forward mode")


@refutation(determinant_derivative_at_singular_matrices, r"\det A=0\Rightarrow\operatorname{adj}A=0")
@for_all(point=only(DirectedMatrix(ExactRank(2, 2, 1))))
def adjugate_vanishes_with_the_determinant(subject: Subject, point: Directed) -> Iterator[Check]:
    """The cofactors of a 2 x 2 matrix are its entries."""
    minors = values(subject.determinant(point.A[..., :1, :1]))
    yield holds(minors == 0)


@claim(
    title="At constant rank the pseudoinverse is differentiable",
    statement=r"dA^+=-A^+dA\,A^++A^+A^{+\top}dA^\top(I-AA^+)+(I-A^+A)dA^\top A^{+\top}A^+",
    hypotheses="the rank stays the same nearby; here it is full",
    correction="where the rank changes nearby the pseudoinverse is not even continuous",
    notes="Linear algebra: Moore-Penrose pseudoinverse; Automatic differentiation",
    book="2.9",
    truth=UNDER_HYPOTHESES,
    bound="Golub and Pereyra's formula with the error of the pseudoinverse (Wedin 1973; BND-SVD) in each factor",
)
@for_all(point=inputs.full_rank_points())
def pseudoinverse_derivative(subject: Subject, point: Directed) -> Iterator[Check]:
    """Reverse mode against the adjoint of the formula and forward mode against the formula, with rational A^+."""
    A, T, G = point
    a, how = values(A), subject.arithmetic("pinv")
    inverses = pseudoinverses(a)
    truth = reference.pullback_of_pseudoinverse(a, inverses, values(G), how)
    yield near(pullback(subject, "pinv", A, G), truth, "reverse mode")
    truth = reference.pushforward_of_pseudoinverse(a, inverses, values(T), how)
    yield near(subject.pseudoinverse_along(A, T), truth, "forward mode")


@refutation(pseudoinverse_derivative, r"dA^+=-A^+\,dA\,A^+\text{ for every }A.")
def pseudoinverse_has_the_derivative_of_an_inverse(subject: Subject, point: Directed) -> Iterator[Check]:
    """Only of square nonsingular matrices."""
    A, T, _ = point
    X = pseudoinverses(values(A)).value
    yield within_norm(subject.pseudoinverse_along(A, T), Truth(-X @ values(T) @ X, np.full(len(A), 0.01)), axes=2)


@refutation(pseudoinverse_derivative, "The pseudoinverse depends continuously on A.")
@for_all(point=only(DirectedMatrix(ExactRank(2, 2))))
def pseudoinverse_is_continuous(subject: Subject, point: Directed) -> Iterator[Check]:
    """diag(1, e) has the pseudoinverse diag(1, 1/e), and diag(1, 0) has diag(1, 0)."""
    near_by = np.broadcast_to(np.diag([1.0, 2.0**-10]), point.A.shape)
    limit = np.broadcast_to(np.diag([1.0, 0.0]), point.A.shape)
    apart = values(subject.pinv(subject.tensor(near_by))) - values(subject.pinv(subject.tensor(limit)))
    yield at_most(np.abs(apart).max((-2, -1)), np.ones(len(apart)))
