"""Derivatives of eigenvalues and singular values, simple and repeated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
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
)
from claims.frame.checks import Check
from claims.frame.inputs import directions as inputs
from claims.frame.inputs.directions import Directed, DirectedMatrix
from claims.frame.inputs.spectra import Gallery, only
from claims.frame.inputs.symmetric import Symmetric
from claims.frame.subject import Subject
from claims.linear_algebra.derivatives import near, pullback
from reference.linear_algebra import spectral_derivatives as reference
from reference.truth import Truth


def one_of(values_: Tensor, i: int) -> Tensor:
    """The cotangent that picks the i-th value of each instance."""
    picked: Tensor = values_.detach() * 0
    picked[..., i] = 1.0
    return picked


def gradients(subject: Subject, operation: str, A: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Pullbacks through eigenvalues or singular values: of all, of the values themselves, of the first and the last."""
    leaf = A.clone().requires_grad_()
    found = getattr(subject, operation)(leaf)
    yield "sum", subject.gradient(found, leaf, found.detach() * 0 + 1)
    yield "half the sum of squares", subject.gradient(found, leaf, found.detach())
    for i in (0, -1):
        yield ("first", "last")[i], subject.gradient(found, leaf, one_of(found, i))


@claim(
    title="The derivative of a simple eigenvalue of a symmetric matrix is q q^T",
    statement=r"d\lambda_i=q_i^\top dA\,q_i,\ \nabla\lambda_i=q_iq_i^\top;\quad\nabla\sum_i\lambda_i=I,\ "
    r"\nabla\tfrac12\sum_i\lambda_i^2=A",
    hypotheses="A symmetric; the eigenvalue simple, for symmetric functions of all of them any",
    notes="Linear algebra: eigendecomposition; Automatic differentiation",
    book="2.7",
    truth=UNDER_HYPOTHESES,
    bound="sqrt(2) 4 ||E|| / gap + 64 n u (Davis and Kahan), ||E|| by BND-EIGH; BND-EIGH itself for the sum of squares",
)
@for_all(point=inputs.symmetric_points())
def eigenvalue_derivatives(subject: Subject, point: Directed) -> Iterator[Check]:
    """Gradients of the smallest and the largest eigenvalue through torch.linalg.eigvalsh against q q^T, where simple.

    The gradient of their sum must be I and of half the sum of squares A, for repeated eigenvalues as well. In forward
    mode the derivative along T against q^T T q, and the sum of all against the trace of T.
    """
    A, T, _ = point
    a, t, how = values(A), values(T), subject.arithmetic("eigvalsh")
    n = a.shape[-1]
    if not n:
        return
    whole = reference.identity(n, how)
    truths = {
        "sum": Truth(np.broadcast_to(whole.value, a.shape), np.broadcast_to(whole.bound, len(a))),
        "half the sum of squares": reference.gradient_of_half_squares(a, how),
        "first": reference.eigenvalue_gradient(a, 0, how),
        "last": reference.eigenvalue_gradient(a, -1, how),
    }
    for name, gradient in gradients(subject, "eigvalsh", A):
        yield near(gradient, truths[name], f"gradient: {name}")
    derivatives = values(subject.eigenvalues_along(A, T))
    for name, derivative in (("sum", derivatives.sum(-1)), ("first", derivatives[:, 0]), ("last", derivatives[:, -1])):
        along = reference.along(truths[name], t, how)
        yield within(derivative, along, where=np.isfinite(along.bound), label=f"forward mode: {name}")


@refutation(eigenvalue_derivatives, r"d\lambda_i=dA_{ii}")
def diagonal_entries_are_the_derivatives(subject: Subject, point: Directed) -> Iterator[Check]:
    """Only of diagonal matrices."""
    A, T, _ = point
    diagonal = np.sort(values(T).diagonal(0, -2, -1), -1)
    yield within(np.sort(values(subject.eigenvalues_along(A, T)), -1), Truth(diagonal, np.full(diagonal.shape, 0.1)))


@refutation(eigenvalue_derivatives, r"\lambda_i(A+T)=\lambda_i(A)+\lambda_i(T)")
@for_all(point=only(DirectedMatrix(Symmetric(2, "normal"), symmetric=True)))
def eigenvalues_are_linear(subject: Subject, point: Directed) -> Iterator[Check]:
    A, T, _ = point
    apart = values(subject.eigenvalues_along(A, T)) - values(subject.eigvalsh(T))
    yield at_most(np.abs(apart), np.full(apart.shape, 0.1))


@claim(
    title="The derivative of a simple singular value is u v^T",
    statement=r"d\sigma_i=u_i^\top dA\,v_i,\ \nabla\sigma_i=u_iv_i^\top;\quad\nabla\|A\|_*=UV^\top,\ "
    r"\nabla\tfrac12\sum_i\sigma_i^2=A",
    hypotheses="the singular value simple and not zero; A of full rank for the nuclear norm; any A for the squares",
    notes="Linear algebra: singular value decomposition; Automatic differentiation",
    book="2.8",
    truth=UNDER_HYPOTHESES,
    bound="4 sqrt(2) ||E|| / (gap - ||E||) (Wedin 1972) and 16 M u; 4 ||E|| / s_min for U V^T (Li 1995), E by BND-SVD",
)
@for_all(point=inputs.rectangular_points())
def singular_value_derivatives(subject: Subject, point: Directed) -> Iterator[Check]:
    """Gradients of the largest and the least singular value through torch.linalg.svdvals against u v^T, where simple.

    The gradient of half the sum of squares must be A whatever the singular values are, and that of their sum and of
    torch's nuclear norm U V^T at full rank. In forward mode the derivatives along T against u^T T v.
    """
    A, T, _ = point
    a, t, how = values(A), values(T), subject.arithmetic("svdvals")
    if not min(a.shape[-2:]):
        return
    truths = {
        "sum": reference.polar_factor(a, how),
        "half the sum of squares": reference.gradient_of_half_squared_values(a, how),
        "first": reference.singular_value_gradient(a, 0, how),
        "last": reference.singular_value_gradient(a, min(a.shape[-2:]) - 1, how),
    }
    for name, gradient in gradients(subject, "svdvals", A):
        yield near(gradient, truths[name], f"gradient: {name}")
    yield near(pullback(subject, "norm_nuclear", A), truths["sum"], "gradient of the nuclear norm")
    yield near(pullback(subject, "norm_spectral", A), truths["first"], "gradient of the spectral norm")
    derivatives = values(subject.singular_values_along(A, T))
    for name, derivative in (("sum", derivatives.sum(-1)), ("first", derivatives[:, 0]), ("last", derivatives[:, -1])):
        along = reference.along(truths[name], t, how)
        yield within(derivative, along, where=np.isfinite(along.bound), label=f"forward mode: {name}")


@refutation(singular_value_derivatives, r"\nabla\|A\|_*=A/\|A\|_F")
def nuclear_norm_has_the_gradient_of_frobeniuss(subject: Subject, point: Directed) -> Iterator[Check]:
    """Only at rank one."""
    a = values(point.A)
    if min(a.shape[-2:]) > 1 and (size := np.sqrt((a**2).sum((-2, -1), keepdims=True))).all():
        yield near(pullback(subject, "norm_nuclear", point.A), Truth(a / size, np.full(len(a), 0.01)), "")


@refutation(singular_value_derivatives, r"\nabla\sigma_1=v_1u_1^\top")
def singular_vectors_are_exchanged(subject: Subject, point: Directed) -> Iterator[Check]:
    a = values(point.A)
    if a.shape[-1] == a.shape[-2]:
        truth = reference.singular_value_gradient(a, 0, subject.arithmetic("svdvals"))
        turned = truth._replace(value=truth.value.swapaxes(-1, -2))
        yield near(pullback(subject, "norm_spectral", point.A), turned, "")


@claim(
    title="Where eigenvalues or singular values repeat, their gradients are generalised ones",
    statement=r"G\in\partial\lambda_i(A):\ AG=\lambda_iG,\ \operatorname{tr}G=1,\ G^2=G;\quad "
    r"G\in\partial\|A\|:\ \langle G,A\rangle=\|A\|,\ \|G\|^*\le1\text{ for the nuclear and the spectral norm}",
    hypotheses="none; the derivative is a generalised gradient (Clarke) or a subgradient where there is no derivative",
    notes="Automatic differentiation: points without a derivative",
    book="6.3, 2.8",
    truth=TRUE,
    bound="BND-EIGH and BND-SVD for the products, 64 n u for lengths (calibrated)",
)
@for_all(point=inputs.symmetric_points(), matrix=inputs.rectangular_points())
def derivatives_where_values_repeat(subject: Subject, point: Directed, matrix: Directed) -> Iterator[Check]:
    """What torch returns for the first and the last eigenvalue is q q^T with a unit eigenvector, simple or not.

    What it returns for the nuclear and the spectral norm is a subgradient, at zero, at deficient rank and at ties too.
    """
    a, how = values(point.A), subject.arithmetic("eigvalsh")
    if a.shape[-1]:
        for name, gradient in list(gradients(subject, "eigvalsh", point.A))[2:]:
            c = reference.clarke(a, {"first": 0, "last": -1}[name], values(gradient), how)
            zero = np.zeros(len(a))
            yield at_most(c.eigen, zero, c.eigen_allowed, label=f"{name}: A G = l G")
            yield at_most(c.trace, zero, c.allowed, label=f"{name}: tr G = 1")
            yield at_most(c.projector, zero, c.allowed, label=f"{name}: G^2 = G")
    b, how = values(matrix.A), subject.arithmetic("svdvals")
    if min(b.shape[-2:]):
        for norm in ("nuclear", "spectral"):
            g = values(pullback(subject, f"norm_{norm}", matrix.A))
            s = reference.subgradient(b, g, norm, how)
            yield within(s.product, Truth(s.norm, s.off), label=f"{norm} norm: <G, A>")
            yield at_most(s.dual, np.ones(len(b)), s.dual_off, label=f"{norm} norm: dual norm of G")


@refutation(derivatives_where_values_repeat, "Every eigenvalue is a differentiable function of the matrix.")
@for_all(point=only(DirectedMatrix(Symmetric(3, "zero"), symmetric=True)), matrix=inputs.rectangular_points())
def eigenvalues_are_differentiable(subject: Subject, point: Directed, matrix: Directed) -> Iterator[Check]:
    """At 0 the largest eigenvalue grows by l_max(T) along T and by -l_min(T) along -T."""
    A, T, _ = point
    forward = values(subject.eigvalsh(A + T))[:, -1]
    backward = values(subject.eigvalsh(A - T))[:, -1]
    yield equal(forward, -backward)


@refutation(derivatives_where_values_repeat, "The gradient of a norm has the dual norm 1 everywhere.")
@for_all(
    point=only(DirectedMatrix(Symmetric(2), symmetric=True)), matrix=only(DirectedMatrix(Gallery(3, 2, name="zero")))
)
def frobenius_norm_has_a_unit_gradient(subject: Subject, point: Directed, matrix: Directed) -> Iterator[Check]:
    """At zero torch returns the subgradient 0 for the Frobenius norm."""
    yield holds(values(pullback(subject, "matrix_norm", matrix.A)).any((-2, -1)))


@refutation(derivatives_where_values_repeat, r"\text{The derivative along }T\text{ is linear in }T\text{: }q^\top Tq.")
@for_all(point=only(DirectedMatrix(Symmetric(3, "reflection"), symmetric=True)), matrix=inputs.rectangular_points())
def largest_eigenvalue_grows_linearly(subject: Subject, point: Directed, matrix: Directed) -> Iterator[Check]:
    """It grows by the largest eigenvalue of T on the eigenspace, which forward mode does not give."""
    A, T, _ = point
    step = 2.0**-8
    moved = values(subject.eigvalsh(subject.tensor(values(A) + step * values(T))))[:, -1]
    grown = (moved - values(subject.eigvalsh(A))[:, -1]) / step
    yield within(subject.eigenvalues_along(A, T)[:, -1], Truth(grown, np.full(len(grown), 0.5)))
