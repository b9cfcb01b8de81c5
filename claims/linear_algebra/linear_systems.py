"""Linear systems A x = y: solved by a left inverse, and which matrices have an inverse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, claim, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.linear_systems import (
    LeftInvertible,
    LeftSystem,
    Rectangular,
    left_invertible_systems,
    nonsingular_matrices,
    rectangular_matrices,
)
from claims.frame.inputs.spectra import only
from claims.frame.inputs.systems import FULL_RANK_DRIVERS, ExactRank, LinearSystem, System
from claims.frame.operations.chapters.decompositions import least_squares_drivers
from claims.frame.subject import Subject
from reference.linear_algebra import linear_systems as reference
from reference.linear_algebra import singularity
from reference.linear_algebra.pseudoinverse import accuracy, inverse_truth, pseudoinverses, solutions, unreached
from reference.truth import Truth


def left_inverses(
    subject: Subject, system: LeftSystem, exact: reference.Consistent
) -> Iterator[tuple[str, Tensor, np.ndarray]]:
    """Left inverses by name, each with a bound on ||X A - I||_F; for square A also the inverse.

    The normal equations only where A^T A is safely nonsingular in floating point.
    """
    yield "exact B", system.B, np.where(reference.is_left_inverse(values(system.B), exact.a), 0.0, np.inf)
    yield "pinv", subject.pinv(system.A), reference.by_svd(exact, subject.arithmetic("pinv"))
    first_rows = reference.by_first_rows(exact, subject.arithmetic("left_inverse_of_first_rows"))
    if np.isfinite(first_rows).all():
        yield "first rows", subject.left_inverse_of_first_rows(system.A), first_rows
        if system.A.shape[-1] == system.A.shape[-2]:
            yield "inv", subject.inv(system.A), first_rows
    normal = reference.by_normal_equations(exact, subject.arithmetic("left_inverse_by_normal_equations"))
    if np.isfinite(normal).all():
        yield "normal equations", subject.left_inverse_by_normal_equations(system.A), normal


@claim(
    title="Multiplying A x = y by a left inverse gives x = B y",
    statement=r"BA=I_n,\ Ax=y\Rightarrow x=By",
    hypotheses=r"A has full column rank (only then B exists) and y is in the range of A",
    correction="If B A = I and A x = y has a solution, it is unique and equals B y. Otherwise B y solves nothing and "
    "depends on B.",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    book="2.9, eq. 2.44-2.45",
    formal="Matrix.mul_eq_one_comm (square), Matrix.mulVec_mulVec",
    truth=UNDER_HYPOTHESES,
    bound="||XA - I|| ||x|| + gamma_m ||X|| ||y||; BND-SVD for pinv; LU for A^T A (ASNA 8.5, 9.3; calibrated)",
)
@for_all(system=left_invertible_systems())
def left_inverse_solution(subject: Subject, system: LeftSystem) -> Iterator[Check]:
    """B y is compared with the exact solution for a B that is a left inverse exactly, and for computed ones.

    These are pinv(A), (A^T A)^-1 A^T, the inverse of the first n rows beside zeros and, of square A, inv. Each is
    multiplied by A almost exactly and compared with I. torch.linalg.lstsq must give the same x.
    """
    a, y = values(system.A), values(system.y)
    least_squares = solutions(a, y)
    x = least_squares.x
    exact = reference.Consistent(a, y, x, least_squares.inverses)
    for name, X, missed in left_inverses(subject, system, exact):
        yield holds(X.shape == system.A.mT.shape, label=f"{name}: shape")
        if X.shape == system.A.mT.shape:
            found = reference.left_inverse(exact, values(X), missed, subject.arithmetic("matmul"))
            yield within_norm(*found.defect, axes=2, label=f"{name}: B A = I")
            computed = values(subject.matmul(X, system.y))
            yield within_norm(computed.mT, Truth(x.mT, found.solution), label=f"{name}: x = B y")
    if a.shape[-1] == a.shape[-2]:
        lu = inverse_truth(least_squares.inverses, subject.arithmetic("solve")).bound[:, None]
        with np.errstate(invalid="ignore", over="ignore"):
            bound = lu * np.linalg.norm(y, axis=-2)
        solved = values(subject.solve(system.A, system.y))
        yield within_norm(solved.mT, Truth(x.mT, bound), where=np.isfinite(bound).all(-1), label="solve: x")
    solvable = least_squares.inverses.full_rank or system.driver not in FULL_RANK_DRIVERS
    if solvable and system.driver in least_squares_drivers(subject.device) and a.shape[-1]:
        computed = values(subject.least_squares(system.A, system.y, driver=system.driver))
        bound = accuracy(least_squares, computed, system.driver, subject.arithmetic("least_squares"))
        yield within_norm(computed.mT, Truth(x.mT, bound.solution), label=f"{system.driver}: x")


@refutation(left_inverse_solution, r"x=By\text{ solves }Ax=y\text{ for every }y")
@for_all(system=only(LeftInvertible(LinearSystem(ExactRank(2, 1), "inconsistent"))))
def left_inverses_solve_every_system(subject: Subject, system: LeftSystem) -> Iterator[Check]:
    """A = (1, 1)^T, y = (1, 3): B = (1, 0) gives 1, (0, 1) gives 3 and A^+ gives 2, none of which solves it."""
    y = values(system.y)
    for B in (system.B, subject.pinv(system.A)):
        rest = unreached(values(system.A), values(subject.matmul(B, system.y)), y)
        yield within_norm(rest, Truth(np.zeros_like(rest), 0.5 * np.ones(rest.shape[:-1])))


@refutation(left_inverse_solution, "A wide matrix has a left inverse.")
@for_all(system=only(LinearSystem(ExactRank(2, 3))))
def wide_matrices_have_a_left_inverse(subject: Subject, system: System) -> Iterator[Check]:
    """rank BA <= m < n; the pseudoinverse comes closest."""
    m, n = system.A.shape[-2:]
    if m < n:
        rest = reference.from_identity(values(subject.pinv(system.A)), values(system.A))
        yield within_norm(rest.value, Truth(np.zeros_like(rest.value), 0.5 + rest.error), axes=2)


@refutation(left_inverse_solution, r"BA=I\Rightarrow AB=I\text{ for }m>n")
def left_inverses_are_right_inverses(subject: Subject, system: LeftSystem) -> Iterator[Check]:
    """AB is a projection of rank n."""
    m, n = system.A.shape[-2:]
    if m > n:
        AB = subject.matmul(system.A, system.B)
        yield within_norm(AB, Truth(np.broadcast_to(np.eye(m), AB.shape), np.full(len(AB), 0.5)), axes=2)


INVERSES = ("inv", "inverse", "tensorinv", "matrix_power", "solve")


def inverted(subject: Subject, name: str, A: Tensor) -> Tensor:
    """What torch takes for the inverse of A. Raises RuntimeError if it has none."""
    n = A.shape[-2]
    found: Tensor
    match name:
        case "solve":
            found = subject.solve(A, subject.tensor(np.broadcast_to(np.eye(n), (len(A), n, n))))
        case "tensorinv":
            found = subject.tensorinv(A, ind=1)
        case "matrix_power":
            found = subject.matrix_power(A, -1)
        case _:
            found = getattr(subject, name)(A)
    return found


@claim(
    title="Matrix inversion is not defined for non-square matrices",
    statement=r"A\in\mathbb{R}^{m\times n},\ m\ne n\Rightarrow\nexists B:\ AB=I_m\wedge BA=I_n;\quad "
    r"\min_B\|AB-I_m\|_F=\sqrt{m-r},\ \min_B\|BA-I_n\|_F=\sqrt{n-r}\text{, both at }A^+",
    hypotheses="the inverse is two-sided; r is the rank of A",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    book="2.9",
    formal="Matrix.square_of_invertible",
    truth=TRUE,
    bound="exact; BND-SVD for the distances (1 + sqrt 2) ||A+|| ||E||_F + ||A|| ||F||_F (Wedin 1973), LU (ASNA 9.4)",
)
@for_all(A=rectangular_matrices(), S=nonsingular_matrices())
def nonsquare_inverse_undefined(subject: Subject, A: Tensor, S: Tensor) -> Iterator[Check]:
    """Every inversion of torch refuses a rectangular A, with a RuntimeError, and inverts a square S of full rank.

    A pivot of S may come out as 0 where S is singular to working accuracy, and only there is an error right.

    The pseudoinverse of A is as close to a two-sided inverse as any matrix: r = rank A keeps AB away from I by
    sqrt(m - r) and BA by sqrt(n - r), of which one at least is not zero.
    """
    truth = inverse_truth(pseudoinverses(values(S)), subject.arithmetic("inv"))
    for name in INVERSES:
        try:
            X = inverted(subject, name, S)
        except torch.linalg.LinAlgError:  # type: ignore[attr-defined]
            yield holds(bool(np.isinf(truth.bound).any()), label=f"{name}: raises for a regular matrix")
            continue
        yield holds(X.shape == S.shape, label=f"{name}: shape")
        if X.shape == S.shape:
            yield within_norm(X, truth, axes=2, label=f"{name}: inverse of a square matrix")
    for name in INVERSES:
        yield holds(refused(subject, name, A), label=f"{name}: refuses a rectangular matrix")
    if A.numel():
        rank = singularity.ranks(values(A))
        clear = singularity.clear_rank(values(A), rank, subject.arithmetic("matrix_rank"))
        yield holds(values(subject.matrix_rank(A)) == rank, where=clear, label="rank")
        yield holds(values(subject.matrix_rank(A, rtol=2.0)) == 0, label="rank, rtol 2")
        yield holds(
            values(subject.matrix_rank(A, atol=4 * subject.format.u, rtol=2.0)) == 0, label="rank, atol and rtol"
        )
    X = subject.pinv(A)
    yield holds(X.shape == A.mT.shape, label="pinv: shape")
    if X.shape == A.mT.shape:
        d = reference.distances(values(A), values(X), pseudoinverses(values(A)), subject.arithmetic("pinv"))
        yield within(d.left, d.left_truth, label="pinv: ||BA - I|| = sqrt(n - r)")
        yield within(d.right, d.right_truth, label="pinv: ||AB - I|| = sqrt(m - r)")


def refused(subject: Subject, name: str, A: Tensor) -> bool:
    """Whether torch finds no inverse of A."""
    try:
        inverted(subject, name, A)
    except RuntimeError:
        return True
    return False


def closest(subject: Subject, A: Tensor) -> reference.Distances:
    """How far the products of A and its computed pseudoinverse are from the identity."""
    a = values(A)
    return reference.distances(a, values(subject.pinv(A)), pseudoinverses(a), subject.arithmetic("pinv"))


@refutation(nonsquare_inverse_undefined, "A wide matrix has a left inverse.")
@for_all(A=only(Rectangular(2, 3)), S=only(ExactRank(2, 2)))
def left_inverse_of_a_wide_matrix(subject: Subject, A: Tensor, S: Tensor) -> Iterator[Check]:
    """No matrix is as close to one as the pseudoinverse, and that is sqrt(n - m) away."""
    d = closest(subject, A)
    yield within(d.left, Truth(np.zeros_like(d.left), d.left_truth.bound), where=A.shape[-2] < A.shape[-1])


@refutation(nonsquare_inverse_undefined, r"A^+A=I\text{ for every }A")
def pseudoinverse_is_a_left_inverse(subject: Subject, A: Tensor, S: Tensor) -> Iterator[Check]:
    """It is if and only if A has full column rank; otherwise A^+ A projects onto the row space."""
    d = closest(subject, A)
    yield within(d.left, Truth(np.zeros_like(d.left), d.left_truth.bound))


@refutation(nonsquare_inverse_undefined, "Where there is no two-sided inverse there is no one-sided one.")
def one_sided_inverses_do_not_exist(subject: Subject, A: Tensor, S: Tensor) -> Iterator[Check]:
    """Matrices of full rank have one: the pseudoinverse."""
    d = closest(subject, A)
    yield holds(np.minimum(d.left - d.left_truth.bound, d.right - d.right_truth.bound) > 0)
