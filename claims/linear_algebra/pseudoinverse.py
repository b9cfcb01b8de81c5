"""The Moore-Penrose pseudoinverse A^+: from the SVD, as the least solution, as the best approximate solution."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.spectra import only
from claims.frame.inputs.systems import (
    FULL_RANK_DRIVERS,
    ExactRank,
    LinearSystem,
    NearThreshold,
    OneSystem,
    System,
    diagonals_near_threshold,
    exact_matrices,
    tall_systems,
    wide_systems,
)
from claims.frame.operations.chapters.decompositions import least_squares_drivers
from claims.frame.subject import Subject
from reference.linear_algebra import pseudoinverse as reference
from reference.truth import Truth


def by_formula(subject: Subject, A: Tensor) -> Tensor:
    """V D^+ U^T, where D^+ inverts the singular values above torch's threshold and transposes."""
    U, S, Vh = subject.svd(A, full_matrices=False)
    threshold = max(A.shape[-2:]) * 2 * subject.format.u * S[..., :1]
    inverted = torch.where(threshold < S, subject.divide(torch.ones_like(S), S), 0.0)
    product: Tensor = subject.matmul(subject.multiply(Vh.mT, inverted[..., None, :]), U.mT)
    return product


@claim(
    title="The pseudoinverse is V D+ U^T",
    statement=r"A^+=VD^+U^\top;\ \text{unique }X:\ AXA=A,\ XAX=X,\ (AX)^\top=AX,\ (XA)^\top=XA",
    hypotheses=r"exact zeros in D; in floating point the singular values above max(m, n) eps s_1 count as nonzero",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    book="2.9, eq. 2.47",
    truth=TRUE,
    bound="mu ||A+|| ||(A+E)+|| ||E||_F with E from BND-SVD (Wedin 1973, theorem 4.1), and the rounding of the product",
)
@for_all(A=exact_matrices(), D=diagonals_near_threshold())
def pseudoinverse_svd_formula(subject: Subject, A: Tensor, D: Tensor) -> Iterator[Check]:
    """pinv, pinverse and V D^+ U^T against the exact rational pseudoinverse of matrices of exactly known rank.

    Penrose's four identities for pinv, evaluated almost exactly. Of square matrices also inv, and pinv of A + A^T by
    eigenvectors. Diagonal matrices with one entry around the threshold, or with tolerances passed that straddle a
    singular value, show which values count as zero.
    """
    a, arithmetic = values(A), subject.arithmetic("pinv")
    (m, n), exact = A.shape[-2:], reference.pseudoinverses(values(A))
    truth = reference.pseudoinverse_truth(exact, m, n, arithmetic)
    X = subject.pinv(A)
    yield holds(X.shape == A.mT.shape, label="shape")
    if X.shape != A.mT.shape:
        return
    yield within_norm(X, truth, axes=2, label="pinv")
    yield within_norm(by_formula(subject, A), truth, axes=2, label="V D+ U^T")
    cutoff = max(m, n) * 2 * subject.format.u
    yield within_norm(subject.pinverse(A, rcond=cutoff), truth, axes=2, label="pinverse")
    for defect, identity in zip(
        reference.penrose(a, values(X), exact, arithmetic),
        ("AXA = A", "XAX = X", "AX symmetric", "XA symmetric"),
        strict=True,
    ):
        yield within_norm(*defect, axes=2, label=identity)
    if m == n:
        if exact.full_rank:
            truth = reference.inverse_truth(exact, subject.arithmetic("inv"))
            yield within_norm(subject.inv(A), truth, axes=2, label="inv")
        S = subject.tensor((a + a.mT)[:8])
        exact = reference.pseudoinverses(values(S))
        truth = reference.pseudoinverse_truth(exact, n, n, arithmetic, symmetric=True)
        yield within_norm(subject.pinv(S, hermitian=True), truth, axes=2, label="hermitian")
    yield from thresholds(subject, D)


def thresholds(subject: Subject, D: Tensor) -> Iterator[Check]:
    """Which entries of diagonals with the largest 1 and then 1/2, up to a scale, pinv inverts: those above a threshold.

    Tolerances lie at the entries and just below them; at zero nothing is dropped. Of two the larger counts, and a small
    absolute one alone takes the place of the default. Square matrices are inverted by eigenvectors.
    """
    few, d = D[:4], values(D[:4])
    symmetric = D.shape[-1] == D.shape[-2]
    truth = reference.diagonal_pseudoinverse(values(D), subject.format)
    yield within(subject.pinv(D), truth, label="threshold")
    if symmetric:
        yield within(subject.pinv(D, hermitian=True), truth, label="threshold on eigenvalues")
    largest = float(np.abs(d).max())
    relative = ({"rtol": rtol} for rtol in (0.0, 0.5 - 2.0**-7, 0.5, 1.0))
    absolute = ({"atol": factor * largest} for factor in (subject.format.u, 1 - 2.0**-6, 1.0))
    both = ({"rtol": rtol, "atol": factor * largest} for rtol, factor in ((0.375, 0.375), (0.25, 0.5)))
    for tolerances in (*relative, *absolute, *both):
        truth = reference.diagonal_pseudoinverse(d, subject.format, **tolerances)
        how = {**tolerances, "hermitian": True} if symmetric else tolerances
        label = ", ".join(f"{name} = {tolerance:.2g}" for name, tolerance in tolerances.items())
        yield within(subject.pinv(few, **how), truth, label=label)
    truth = reference.diagonal_pseudoinverse(d, subject.format, rtol=0.5)
    yield within(subject.pinverse(few, rcond=0.5), truth, label="rcond = 0.5")


@refutation(pseudoinverse_svd_formula, r"(AB)^+=B^+A^+")
@for_all(A=only(ExactRank(1, 2)), B=only(ExactRank(2, 1)))
def reverse_order_law(subject: Subject, A: Tensor, B: Tensor) -> Iterator[Check]:
    """A = (1, 0), B = (1, 1)^T: 1 against 1/2."""
    if A.shape[-1] == B.shape[-2]:
        exact = reference.pseudoinverses(values(A) @ values(B))
        truth = reference.pseudoinverse_truth(exact, A.shape[-2], B.shape[-1], subject.arithmetic("pinv"))
        yield within_norm(subject.matmul(subject.pinv(B), subject.pinv(A)), truth, axes=2)


@refutation(pseudoinverse_svd_formula, "pinv equals inv for every invertible floating-point matrix.")
@for_all(D=only(NearThreshold(2, 2, "below")))
def pinv_of_an_invertible_matrix_is_its_inverse(subject: Subject, D: Tensor) -> Iterator[Check]:
    """diag(1, t) with t below the threshold counts as singular."""
    exact = reference.pseudoinverses(values(D))
    yield within_norm(subject.pinv(D), Truth(exact.value, exact.norms.inverse / 2), axes=2)


@refutation(pseudoinverse_svd_formula, r"AA^+=I\text{ for tall }A")
def right_inverse_of_tall_matrices(subject: Subject, A: Tensor, D: Tensor) -> Iterator[Check]:
    """A A^+ projects onto the range, which has less than m dimensions."""
    m, n = A.shape[-2:]
    if m > n > 0:
        identity = np.broadcast_to(np.eye(m), (len(A), m, m))
        yield within_norm(subject.matmul(A, subject.pinv(A)), Truth(identity, np.full(len(A), 0.5)), axes=2)


@refutation(pseudoinverse_svd_formula, "A small change of A changes pinv(A) little.")
@for_all(D=only(NearThreshold(2, 2, "above")))
def pinv_is_continuous(subject: Subject, D: Tensor) -> Iterator[Check]:
    """diag(1, t) and diag(1, 0) are t apart, their pseudoinverses 1/t."""
    singular = D * subject.tensor([[1.0, 1.0], [1.0, 0.0]])
    yield within_norm(subject.pinv(D), Truth(values(subject.pinv(singular)), np.ones(len(D))), axes=2)


def solved(subject: Subject, system: System, exact: reference.Solutions) -> Iterator[tuple[str, Tensor]]:
    """A^+ y by every method that applies: pinv, and the system's LAPACK driver unless it needs a rank that A lacks.

    At full rank also QR, and the normal equations if A^T A is safely nonsingular in floating point.
    """
    A, y, _, driver = system
    full_rank = exact.inverses.full_rank
    yield "pinv", subject.matmul(subject.pinv(A), y)
    if driver in least_squares_drivers(subject.device) and (full_rank or driver not in FULL_RANK_DRIVERS):
        yield driver, subject.least_squares(A, y, driver=driver)
    if full_rank:
        yield "qr", subject.least_squares_by_qr(A, y)
    if full_rank and reference.normal_equations_apply(exact, subject.arithmetic("least_squares")):
        yield "normal equations", subject.least_squares_by_normal_equations(A, y)


def norms(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean norms along the last axis."""
    return np.asarray(np.linalg.norm(rows, axis=-1))


@claim(
    title="For wide A, x = A+ y is the feasible solution of least Euclidean norm",
    statement=r"Ax=y\text{ consistent}\Rightarrow A^+y=\arg\min\{\|x\|_2:Ax=y\},\ \text{unique};\ "
    r"\|x\|^2=\|A^+y\|^2+\|x-A^+y\|^2",
    hypotheses="the system is consistent (it is whenever A has full row rank)",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    book="2.9",
    formal="Submodule.norm_sq_eq_add_norm_sq_projection (orthogonal projection)",
    truth=UNDER_HYPOTHESES,
    correction="If A x = y has a solution. Otherwise A+ y is the shortest of the vectors that minimise ||A x - y||.",
    bound="2 c u kappa ||x||, c = 10 sqrt M, and T by SVD (ASNA theorem 21.4, Wedin 1973; c calibrated)",
)
@for_all(system=wide_systems())
def pseudoinverse_minimum_norm(subject: Subject, system: System) -> Iterator[Check]:
    """pinv(A) y, torch.linalg.lstsq, QR and the normal equations against the exact rational A^+ y.

    Each must solve A x = y, be orthogonal to an exact basis of the kernel (so that by Pythagoras any other solution is
    longer), and not be longer than an exact basic solution or than A^+ y with a drawn vector of the kernel added.

    That lstsq solves every consistent wide system of full rank is false only through a departure of torch, the driver
    gelsy: the departure's own item stands for a refutation, which would hold no more once torch is mended.
    """
    a, y = values(system.A), values(system.y)
    exact, arithmetic = reference.solutions(a, y), subject.arithmetic("least_squares")
    rival = exact.x + exact.kernel @ values(system.step)[:, : exact.kernel.shape[-1]]
    shortest = np.minimum(norms(exact.basic.mT), norms(rival.mT))
    for method, solution in solved(subject, system, exact):
        yield holds(solution.shape == exact.x.shape, label=f"{method}: shape")
        if solution.shape == exact.x.shape:
            x = values(solution)
            bound = reference.accuracy(exact, x, method, arithmetic)
            yield within_norm(x.mT, Truth(exact.x.mT, bound.solution), label=f"{method}: x = A+ y")
            rest = reference.unreached(a, x, y)
            yield within_norm(rest, Truth(np.zeros_like(rest), bound.excess), label=f"{method}: A x = y")
            if exact.kernel.shape[-1]:
                yield within(
                    *reference.along_kernel(exact, x, bound.kernel), label=f"{method}: orthogonal to the kernel"
                )
            yield at_most(norms(x.mT), shortest, bound.solution, label=f"{method}: no other solution is shorter")


@refutation(pseudoinverse_minimum_norm, "torch.linalg.lstsq with driver gels gives the shortest solution for any rank.")
@for_all(system=only(OneSystem(ExactRank(3, 3, deficiency=1), driver="gelsd")))
def gels_gives_the_shortest_solution(subject: Subject, system: System) -> Iterator[Check]:
    """gels assumes full rank, and divides by a pivot that is rounding error (or stops if it is exactly zero)."""
    exact = reference.solutions(values(system.A), values(system.y))
    with contextlib.suppress(RuntimeError):
        x = values(subject.least_squares(system.A, system.y, driver="gels"))
        bound = reference.accuracy(exact, x, "gelss", subject.arithmetic("least_squares"))
        yield within_norm(x.mT, Truth(exact.x.mT, bound.solution))


INCONSISTENT = LinearSystem(ExactRank(3, 4, deficiency=1), "inconsistent", driver="gelsd")


@refutation(pseudoinverse_minimum_norm, r"A(A^+y)=y\text{ for every wide }A")
@for_all(system=only(INCONSISTENT))
def every_wide_system_is_solved(subject: Subject, system: System) -> Iterator[Check]:
    """Only if y lies in the range of A."""
    a, y = values(system.A), values(system.y)
    x = values(subject.matmul(subject.pinv(system.A), system.y))
    bound = reference.accuracy(reference.solutions(a, y), x, "pinv", subject.arithmetic("pinv"))
    rest = reference.unreached(a, x, y)
    yield within_norm(rest, Truth(np.zeros_like(rest), bound.excess))


@refutation(pseudoinverse_minimum_norm, r"A^+y\text{ has the least }\|x\|_1\text{ of all solutions}")
def least_sum_of_magnitudes(subject: Subject, system: System) -> Iterator[Check]:
    """Basic solutions, with few nonzero entries, often have a smaller sum."""
    x = values(subject.matmul(subject.pinv(system.A), system.y))
    exact = reference.solutions(values(system.A), values(system.y))
    slack = reference.accuracy(exact, x, "pinv", subject.arithmetic("pinv")).solution * x.shape[-2]
    yield at_most(np.abs(x).sum(-2), np.abs(exact.basic).sum(-2), slack)


@claim(
    title="For tall A, x = A+ y minimises ||Ax - y||_2",
    statement=r"A^+y\in\arg\min_x\|Ax-y\|_2;\quad A^\top(AA^+y-y)=0;\ \text{unique iff }\operatorname{rank}A=n;\ "
    r"A^+y\text{ has least norm among the minimisers}",
    hypotheses="none: any shape; uniqueness needs full column rank",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    book="2.9",
    formal="Submodule.exists_norm_eq_iInf_of_complete_subspace, orthogonalProjection",
    truth=TRUE,
    bound="c u kappa (2||x|| + (kappa+1) ||r||/||A||), c = 10 sqrt M, and T by SVD (Wedin; ASNA theorems 20.1, 20.3)",
)
@for_all(system=tall_systems())
def pseudoinverse_least_squares(subject: Subject, system: System) -> Iterator[Check]:
    """pinv(A) y, torch.linalg.lstsq, QR and the normal equations against the exact rational A^+ y.

    The residual must be as short as the exact one and orthogonal to the columns of A. Zero, x rounded to integers and
    A^+ y plus a drawn step must not do better. Below full rank x must be orthogonal to the kernel, which makes it the
    shortest minimiser. With the identity for y the solution is A^+ itself.
    """
    a, y = values(system.A), values(system.y)
    exact, arithmetic = reference.solutions(a, y), subject.arithmetic("least_squares")
    least = norms(exact.residual.mT)
    rivals = np.minimum(norms(y.mT), norms(reference.unreached(a, exact.x + values(system.step), y)))
    for method, solution in solved(subject, system, exact):
        yield holds(solution.shape == exact.x.shape, label=f"{method}: shape")
        if solution.shape == exact.x.shape:
            x = values(solution)
            bound = reference.accuracy(exact, x, method, arithmetic)
            yield within_norm(x.mT, Truth(exact.x.mT, bound.solution), label=f"{method}: x = A+ y")
            rest = reference.unreached(a, x, y)
            reached, gradient = norms(rest), reference.gradients(a, rest)
            yield at_most(reached, least, bound.excess, label=f"{method}: least residual")
            yield within_norm(gradient, Truth(np.zeros_like(gradient), bound.gradient), label=f"{method}: A^T r = 0")
            rounded = norms(reference.unreached(a, np.rint(x), y))
            yield at_most(
                reached, np.minimum(rounded, rivals), bound.excess, label=f"{method}: no competitor is better"
            )
            if exact.kernel.shape[-1]:
                yield within(
                    *reference.along_kernel(exact, x, bound.kernel), label=f"{method}: orthogonal to the kernel"
                )


@refutation(pseudoinverse_least_squares, r"A^+y\text{ minimises }\|x\|_2\text{ instead}")
def shortest_vector_of_all(subject: Subject, system: System) -> Iterator[Check]:
    """Zero is shorter, but leaves all of y unreached. A^+ y is the shortest only among the minimisers."""
    a, y = values(system.A), values(system.y)
    x = values(subject.matmul(subject.pinv(system.A), system.y))
    bound = reference.accuracy(reference.solutions(a, y), x, "pinv", subject.arithmetic("pinv"))
    zero_is_worse = norms(y.mT) > norms(reference.unreached(a, x, y)) + bound.excess
    yield at_most(norms(x.mT), np.zeros_like(bound.solution), bound.solution, where=zero_is_worse.any(-1))


MEDIAN = only(LinearSystem(ExactRank(3, 1), "inconsistent"))


@refutation(pseudoinverse_least_squares, r"A^+y\text{ minimises }\|Ax-y\|_1")
@for_all(system=MEDIAN)
def least_sum_of_errors(subject: Subject, system: System) -> Iterator[Check]:
    """For A = (1, 1, 1)^T that is the median of y; A^+ y is the mean."""
    a, y = values(system.A), values(system.y)
    if a.shape[-1] == 1 <= a.shape[-2]:
        x, slack = _fitted(subject, system)
        median = np.median(y, -2, keepdims=True)
        sums = np.abs(a * x - y).sum((-2, -1)), np.abs(a * median - y).sum((-2, -1))
        yield at_most(*sums, a.shape[-2] * slack)


@refutation(pseudoinverse_least_squares, r"A^+y\text{ minimises }\|Ax-y\|_\infty")
@for_all(system=MEDIAN)
def least_largest_error(subject: Subject, system: System) -> Iterator[Check]:
    """For A = (1, 1, 1)^T that is the midrange of y."""
    a, y = values(system.A), values(system.y)
    if a.shape[-1] == 1 <= a.shape[-2]:
        x, slack = _fitted(subject, system)
        midrange = (y.max(-2, keepdims=True) + y.min(-2, keepdims=True)) / 2
        yield at_most(np.abs(a * x - y).max((-2, -1)), np.abs(a * midrange - y).max((-2, -1)), slack)


def _fitted(subject: Subject, system: System) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A^+ y and how far it may move A x: the excess of its residual."""
    x = values(subject.matmul(subject.pinv(system.A), system.y))
    exact = reference.solutions(values(system.A), values(system.y))
    return x, reference.accuracy(exact, x, "pinv", subject.arithmetic("pinv")).excess[:, 0]


@refutation(pseudoinverse_least_squares, "The minimiser is unique for every A.")
def the_minimiser_is_unique(subject: Subject, system: System) -> Iterator[Check]:
    """Adding a vector of the kernel leaves the residual as it is."""
    a, y = values(system.A), values(system.y)
    exact = reference.solutions(a, y)
    other = exact.x + exact.kernel.sum(-1, keepdims=True)
    slack = reference.accuracy(exact, other, "pinv", subject.arithmetic("pinv"))
    also_minimal = norms(reference.unreached(a, other, y)) <= norms(exact.residual.mT) + slack.excess
    unique = Truth(values(subject.matmul(subject.pinv(system.A), system.y)).mT, slack.solution)
    yield within_norm(other.mT, unique, where=also_minimal.all(-1))


@refutation(pseudoinverse_least_squares, "torch.linalg.lstsq with driver gels minimises the residual for any rank.")
@for_all(system=only(OneSystem(ExactRank(3, 3, deficiency=1), "inconsistent", driver="gelsd")))
def gels_minimises_at_any_rank(subject: Subject, system: System) -> Iterator[Check]:
    """gels divides by a pivot that is rounding error (or stops if it is exactly zero).

    Its solution is so long that the residual is not as short as a solution of the size of A^+ y makes it.
    """
    a, y = values(system.A), values(system.y)
    exact = reference.solutions(a, y)
    with contextlib.suppress(RuntimeError):
        x = values(subject.least_squares(system.A, system.y, driver="gels"))
        excess = reference.accuracy(exact, exact.x, "gelss", subject.arithmetic("least_squares")).excess
        yield at_most(norms(reference.unreached(a, x, y)), norms(exact.residual.mT), excess)
