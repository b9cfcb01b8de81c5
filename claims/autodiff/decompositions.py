"""Derivatives of decompositions: of factors, eigenvalues and projectors, and of what is made of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from claims import UNDER_HYPOTHESES, claim, for_all, refutation, values, within
from claims.autodiff.modes import BOUND, WIDE, by, derivative, first, higher, one_way
from claims.frame.checks import Check
from claims.frame.inputs.decomposition_functions import DECOMPOSITIONS
from claims.frame.inputs.differentiated import Differentiated, Point, differentiated
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import decompositions as reference
from reference.truth import Truth

SMOOTH = (
    "full rank; eigenvalues, or singular values, are distinct; rows of LU are not exchanged; the function does not "
    "depend on the signs of columns"
)
ELIMINATED = (
    "; of Gram-Schmidt and perturbation series on matrices off by "
    f"{reference.BACKWARD} sqrt(n) u ||A||_F (LAPACK Users' Guide, 4.7; calibrated), "
    "of elimination in place of LU, four times (calibrated)"
)


@claim(
    title="Decompositions are differentiable where they are unique: the adjoint identity for their factors",
    statement=r"A=QR:\ dQ=Q\Omega,\ dR=(Q^\top dA\,R^{-1}-\Omega)R,\ \Omega^\top=-\Omega;\qquad "
    r"A=\sum_i\lambda_iP_i:\ d\lambda_i=\operatorname{tr}(P_i\,dA),\ "
    r"dP_i=\sum_{j\ne i}\frac{P_i\,dA\,P_j+P_j\,dA\,P_i}{\lambda_i-\lambda_j}",
    hypotheses=SMOOTH,
    notes="Linear algebra: eigendecomposition, singular value decomposition; Jacobian matrices",
    book="2.7, 2.8; 4.3.1",
    truth=UNDER_HYPOTHESES,
    bound=BOUND + ELIMINATED,
)
@for_all(point=differentiated(DECOMPOSITIONS, [1]))
def adjoint_identity_of_decompositions(subject: Subject, point: Point) -> Iterator[Check]:
    """QR, LU, Cholesky, eigenvalues and projectors, polar factors, functions of a matrix by its eigenvectors, least
    squares, products: every way to the first derivative against hyper-dual numbers.
    """
    yield from first(subject, point)


def matrices(point: Point) -> list[NDArray[np.float64]]:
    """The matrix, the direction, and the cotangent as matrices of order 3."""
    given = (point.x, point.directions[0], point.cotangent)
    return [np.asarray(values(t)[:, :9]).reshape(-1, 3, 3) for t in given]


@refutation(adjoint_identity_of_decompositions, r"A=QR:\ dR=Q^\top dA", dtypes=WIDE)
@for_all(point=only(Differentiated("triangular factor", 1, ("vjp",))))
def the_orthogonal_factor_stays(subject: Subject, point: Point) -> Iterator[Check]:
    """Q turns with A, or R would not stay triangular."""
    a, u, c = matrices(point)
    q, r = np.linalg.qr(a)
    moved = (c * (np.sign(np.diagonal(r, 0, -2, -1))[..., None] * (q.mT @ u))).sum((-2, -1))
    yield within(one_way(subject, point, "vjp"), Truth(moved, derivative(subject, point).bound))


@refutation(adjoint_identity_of_decompositions, r"D(A^{1/2})[U]=\tfrac12A^{-1/2}U", dtypes=WIDE)
@for_all(point=only(Differentiated("square root of a symmetric matrix", 1, ("vjp",))))
def the_root_has_the_slope_of_numbers(subject: Subject, point: Point) -> Iterator[Check]:
    """A and U need not commute."""
    a, u, c = matrices(point)
    symmetric, along = (a + a.mT) / 2, (u + u.mT) / 2
    w, v = np.linalg.eigh(symmetric)
    moved = (c * ((v / np.sqrt(w)[..., None, :]) @ v.mT @ along / 2)).sum((-2, -1))
    yield within(one_way(subject, point, "vjp"), Truth(moved, derivative(subject, point).bound))


@claim(
    title="Modes nest for decompositions",
    statement=r"d^2\lambda_i=2\sum_{j\ne i}\frac{\operatorname{tr}(P_i\,dA\,P_j\,dA)}{\lambda_i-\lambda_j}"
    r"\text{, and the like, by every nesting}",
    hypotheses=SMOOTH,
    notes="Linear algebra: eigendecomposition, singular value decomposition; Hessian matrices",
    book="2.7, 2.8; 4.3.1",
    truth=UNDER_HYPOTHESES,
    bound=BOUND + ELIMINATED,
)
@for_all(point=differentiated(DECOMPOSITIONS, [2, 3]))
def derivatives_of_decompositions_in_every_nesting(subject: Subject, point: Point) -> Iterator[Check]:
    """Ten ways to the second derivative of each function, and nine to the third of some."""
    yield from higher(subject, point)


@refutation(
    derivatives_of_decompositions_in_every_nesting,
    "Torch's second derivatives of eigenvectors are the same in all nestings.",
    dtypes=WIDE,
)
@for_all(point=only(Differentiated("projector on an eigenvector", 2, ("fr",))))
def nestings_agree_for_eigenvectors(subject: Subject, point: Point) -> Iterator[Check]:
    """Reverse mode of forward mode is NaN: what it saved is 1 / 0."""
    yield within(by(subject, point, ("fr",))[0], derivative(subject, point))


@refutation(
    derivatives_of_decompositions_in_every_nesting, r"D^2\lambda_i=0:\text{ eigenvalues are linear in }A", dtypes=WIDE
)
@for_all(point=only(Differentiated("eigenvalues of order 3", 2, ("rr",))))
def eigenvalues_are_linear(subject: Subject, point: Point) -> Iterator[Check]:
    """Only along directions that commute with A."""
    truth = derivative(subject, point)
    yield within(by(subject, point, ("rr",))[0], Truth(np.zeros(truth.value.shape), truth.bound))
