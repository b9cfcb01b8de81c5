"""The pseudoinverse of invertible, full-rank, orthogonal and diagonal matrices, and the choice of an algorithm."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.pseudoinverse_kinds import (
    DiagonalMatrix,
    Isometry,
    SingularFamily,
    diagonal_matrices,
    exact_or_orthogonal,
    isometries,
    singular_families,
)
from claims.frame.inputs.spectra import only
from claims.frame.inputs.systems import ExactRank, NearThreshold
from claims.frame.operations.chapters.decompositions import least_squares_drivers
from claims.frame.subject import Subject
from reference.linear_algebra import pseudoinverse_kinds as reference
from reference.linear_algebra.pseudoinverse import (
    Inverses,
    accuracy,
    inverse_truth,
    pseudoinverse_truth,
    pseudoinverses,
    solutions,
)
from reference.linear_algebra.residuals import frobenius
from reference.truth import Truth


def formulas(subject: Subject, A: Tensor, exact: Inverses) -> Iterator[tuple[str, Tensor, Truth]]:
    """The inverse and the one-sided inverses that A has, with the exact pseudoinverse and what each may miss.

    Formulas whose bound is infinite are left out: A^T A or A A^T may be singular in floating point.
    """
    m, n = A.shape[-2:]
    if m == n and exact.full_rank:
        yield "inverse", subject.inv(A), inverse_truth(exact, subject.arithmetic("inv"))
    if m >= n and exact.full_rank:
        truth = reference.by_left_formula(exact, subject.arithmetic("left_inverse_by_normal_equations"))
        if np.isfinite(truth.bound).all():
            yield "(A^T A)^-1 A^T", subject.left_inverse_by_normal_equations(A), truth
    if m <= n and exact.full_rank:
        truth = reference.by_right_formula(exact, subject.arithmetic("right_inverse_by_normal_equations"))
        if np.isfinite(truth.bound).all():
            yield "A^T (A A^T)^-1", subject.right_inverse_by_normal_equations(A), truth


def near(X: Tensor, truth: Truth, label: str) -> Iterator[Check]:
    """The shape and, if it is right, the distance in norm where it is bounded."""
    yield holds(X.shape == truth.value.shape, label=f"{label}: shape")
    if X.shape == truth.value.shape:
        yield within_norm(X, truth, axes=2, where=np.isfinite(truth.bound), label=label)


SCALE = -4.0


@claim(
    title="The pseudoinverse extends the inverse to all matrices",
    statement=r"A\text{ invertible}\Rightarrow A^+=A^{-1};\ \operatorname{rank}A=n\Rightarrow A^+=(A^\top A)^{-1}A^\top"
    r";\ \operatorname{rank}A=m\Rightarrow A^+=A^\top(AA^\top)^{-1};\ (A^+)^+=A,\ (A^\top)^+=(A^+)^\top,\ "
    r"(cA)^+=A^+/c,\ Q^\top Q=cI\Rightarrow Q^+=Q^\top/c",
    hypotheses="in floating point kappa (10 + 24 sqrt M) u < 1/4: beyond it a singular value may count as zero",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    book="2.9",
    truth=TRUE,
    bound="BND-SVD and Wedin (1973), theorem 4.1, twice for pinv of pinv; LU (ASNA 9.4; calibrated) for the formulas",
)
@for_all(A=exact_or_orthogonal(), Q=isometries())
def pseudoinverse_extends_inverse(subject: Subject, A: Tensor, Q: Tensor) -> Iterator[Check]:
    """Exact rational pseudoinverses are compared with pinv and with the formulas for the rank that A has.

    Those are inv of an invertible matrix, and the left and the right inverse by the normal equations. pinv of A^T is
    compared with the transpose, that of -4 A with a quarter of the negative. pinv of the computed pseudoinverse must
    lead back to A; if A has not full rank, it gets a relative tolerance of sqrt(u), for rounding fills up the rank.
    Matrices with orthogonal columns of one length have Q^T / c for their pseudoinverse.
    """
    (m, n), a, arithmetic = A.shape[-2:], values(A), subject.arithmetic("pinv")
    exact = pseudoinverses(a)
    truth = pseudoinverse_truth(exact, m, n, arithmetic)
    for name, X, allowed in formulas(subject, A, exact):
        yield from near(X, allowed, name)
    X = subject.pinv(A)
    yield from near(X, truth, "pinv")
    yield from near(subject.pinv(A.mT), Truth(truth.value.swapaxes(-1, -2), truth.bound), "pinv of A^T")
    if np.isfinite(subject.format.round(a * SCALE)).all():
        scaled = pseudoinverse_truth(reference.scaled(exact, SCALE), m, n, arithmetic)
        yield from near(subject.pinv(A * SCALE), scaled, "pinv of -4 A")
    if X.shape == truth.value.shape and np.isfinite(truth.bound).all():
        how = {} if exact.full_rank else {"rtol": reference.cutoff(arithmetic)}
        yield from near(subject.pinv(X, **how), reference.twice(a, exact, arithmetic), "pinv of pinv")
    q = values(Q)
    inverses = pseudoinverses(q)
    transpose = q.swapaxes(-1, -2) / (q**2).sum(-2)[..., :1, None]
    bound = pseudoinverse_truth(inverses, q.shape[-2], q.shape[-1], arithmetic).bound
    yield from near(subject.pinv(Q), Truth(transpose, bound), "pinv of orthogonal columns")


NO_ISOMETRY = only(Isometry(copies=1))


@refutation(pseudoinverse_extends_inverse, "pinv equals inv for every matrix that is invertible in floating point.")
@for_all(A=only(NearThreshold(2, 2, "below")), Q=NO_ISOMETRY)
def pinv_is_inv_if_there_is_one(subject: Subject, A: Tensor, Q: Tensor) -> Iterator[Check]:
    """diag(1, t) with t below the threshold has an inverse, but for pinv its rank is one."""
    inverse = values(subject.inv(A))
    yield within_norm(subject.pinv(A), Truth(inverse, frobenius(inverse) / 2), axes=2)


@refutation(pseudoinverse_extends_inverse, r"(A^\top A)^{-1}A^\top\text{ exists for wide }A")
@for_all(A=only(ExactRank(2, 3)), Q=NO_ISOMETRY)
def left_formula_for_wide_matrices(subject: Subject, A: Tensor, Q: Tensor) -> Iterator[Check]:
    """A^T A has order n and rank m < n: solving with it fails, or gives rounding errors divided by rounding errors."""
    m, n = A.shape[-2:]
    exact = pseudoinverses(values(A))
    try:
        X = subject.left_inverse_by_normal_equations(A)
        truth = Truth(exact.value, pseudoinverse_truth(exact, m, n, subject.arithmetic("pinv")).bound)
        yield within_norm(X, truth, axes=2, where=m < n)
    except RuntimeError:
        yield holds(np.zeros(len(exact.value)), where=m < n)


@refutation(pseudoinverse_extends_inverse, r"(A+B)^+=A^++B^+")
def pseudoinverses_add(subject: Subject, A: Tensor, Q: Tensor) -> Iterator[Check]:
    """(Q + Q)^+ is half of Q^+, not twice."""
    X = values(subject.pinv(Q))
    yield within_norm(subject.pinv(Q + Q), Truth(X + X, frobenius(X) / 2), axes=2)


@claim(
    title="The pseudoinverse of a diagonal matrix: reciprocals of the nonzero entries, transposed",
    statement=r"D\in\mathbb{R}^{m\times n}\text{ diagonal}\Rightarrow D^+\in\mathbb{R}^{n\times m}\text{ diagonal},\ "
    r"(D^+)_{ii}=1/D_{ii}\ (D_{ii}\ne0),\ 0\text{ otherwise}",
    hypotheses="in floating point entries of at most max(m, n) eps max |D_ii| count as zero, unless rtol = 0; 1/D_ii"
    " must not overflow",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    book="2.9",
    truth=TRUE,
    bound="10u relative: a quotient, a product with 1 or -1, and LAPACK's scalings; zeros exactly; u for 1/d",
)
@for_all(D=diagonal_matrices())
def diagonal_pseudoinverse(subject: Subject, D: Tensor) -> Iterator[Check]:
    """pinv, by singular values and of square D by eigenvalues, and the formula, entry by entry against reciprocals.

    The singular vectors of a diagonal matrix are unit vectors without rounding, so that zeros must stay exact. With
    rtol = 0 every entry but zero is inverted; without it those up to a threshold are not.
    """
    d, fmt = values(D), subject.format
    truth = reference.diagonal(d, fmt)
    ways = {"": {}, ", by eigenvalues": {"hermitian": True}} if D.shape[-1] == D.shape[-2] else {"": {}}
    tolerances = {"": {}, ", rtol = 0": {"rtol": 0.0}} if min(D.shape[-2:]) <= reference.SPLIT else {"": {}}
    for tolerance, rtol in tolerances.items():
        truth = reference.diagonal(d, fmt, **rtol)
        for way, hermitian in ways.items():
            X = subject.pinv(D, **rtol, **hermitian)
            yield holds(X.shape == D.mT.shape, label=f"pinv{tolerance}{way}: shape")
            if X.shape == D.mT.shape:
                fits = np.isfinite(truth.bound).any((-2, -1))
                yield within(X, truth, where=fits, label=f"pinv{tolerance}{way}")
    X = subject.diagonal_reciprocals(D)
    yield holds(X.shape == D.mT.shape, label="1/d: shape")
    if X.shape == D.mT.shape:
        yield within(X, reference.reciprocals(d, subject.arithmetic("diagonal_reciprocals")), label="1/d")


@refutation(diagonal_pseudoinverse, r"D^+\text{ has the shape of }D")
def pseudoinverse_keeps_the_shape(subject: Subject, D: Tensor) -> Iterator[Check]:
    """It has that of the transpose."""
    yield holds(subject.pinv(D).shape == D.shape)


@refutation(diagonal_pseudoinverse, r"(D^+)_{ii}=\infty\text{ where }D_{ii}=0")
@for_all(D=only(DiagonalMatrix(2, 2, zeros="some")))
def zeros_are_inverted(subject: Subject, D: Tensor) -> Iterator[Check]:
    """They stay zero, even with rtol = 0; that is what makes it a pseudoinverse."""
    with np.errstate(divide="ignore"):
        inverse = np.where(np.eye(*D.shape[-2:]) > 0, 1 / values(D), 0.0).swapaxes(-1, -2)
    yield within(subject.pinv(D, rtol=0.0), Truth(inverse, np.full(inverse.shape, 2.0**-10)))


@refutation(diagonal_pseudoinverse, "Every nonzero entry is inverted, however small.")
@for_all(D=only(NearThreshold(2, 2, "below")))
def small_entries_are_inverted(subject: Subject, D: Tensor) -> Iterator[Check]:
    """By default the entries up to max(m, n) eps times the largest are taken for zeros."""
    yield within(subject.pinv(D), reference.diagonal(values(D), subject.format, rtol=0.0))


def by_limit(subject: Subject, A: Tensor) -> Iterator[NDArray[np.float64]]:
    """(A^T A + alpha I)^-1 A^T for alphas from about ||A||^2 down to 2^9 u ||A||^2."""
    for alpha in reference.penalties(values(A), subject.arithmetic("tikhonov_inverse")):
        yield values(subject.tikhonov_inverse(A, subject.tensor(alpha)))


def by_decomposition(subject: Subject, A: Tensor, exact: Inverses) -> Iterator[tuple[str, NDArray[np.float64], Truth]]:
    """A^+ by the SVD, by the eigenvectors of (0, A; A^T, 0), and by least squares: what is found, and the truth."""
    m, n = A.shape[-2:]
    arithmetic = subject.arithmetic("pinv")
    yield "pinv", values(subject.pinv(A)), pseudoinverse_truth(exact, m, n, arithmetic)
    symmetric, inverses = reference.doubled(values(A), exact)
    truth = pseudoinverse_truth(inverses, m + n, m + n, arithmetic, symmetric=True)
    yield "pinv by eigenvectors", values(subject.pinv(subject.tensor(symmetric), hermitian=True)), truth
    if "gelsd" in least_squares_drivers(subject.device):
        identity = np.broadcast_to(np.eye(m), (len(A), m, m)).copy()
        X = values(subject.least_squares(A, subject.tensor(identity), driver="gelsd"))
        columns = accuracy(solutions(values(A), identity), X, "gelsd", subject.arithmetic("least_squares")).solution
        yield "least squares", X, Truth(exact.value, np.sqrt((columns**2).sum(-1)) * (1 + 2.0**-40))


@claim(
    title="Practical algorithms use a decomposition, not the limit",
    statement=r"\min_\alpha\|\hat A_\alpha-A^+\|\sim\min_\alpha\left(\frac{\alpha}{\sigma_r^2}"
    r"+\frac{u\,\sigma_1^2}{\alpha}\right)\|A^+\|\sim\sqrt u\,\kappa\,\|A^+\|;\quad "
    r"\text{by the SVD}\sim u\,\kappa\,\|A^+\|",
    hypotheses="rank A < min(m, n), and A^T A is not exact in the format",
    notes="Linear algebra: Moore-Penrose pseudoinverse",
    truth=TRUE,
    bound="medians of 15 matrices differ by a factor of at least 10; upper bounds: BND-SVD, 8 sqrt(u) kappa^2 ||A+||_F"
    " (calibrated)",
)
@for_all(A=singular_families())
def pseudoinverse_algorithm_choice(subject: Subject, A: Tensor) -> Iterator[Check]:
    """A family of singular matrices: errors by decompositions, and by the best alpha of a sweep for each matrix.

    Errors are distances from exact rational pseudoinverses. A^T A is rounded, which alpha must outweigh, and alpha
    itself moves the limit: half of the digits are lost. In the median over a family the best alpha errs at least ten
    times as much as pinv by singular values, by eigenvectors, and torch.linalg.lstsq, and no more than expected.
    """
    batch, members = A.shape[:2]
    each = A.flatten(0, 1)
    exact = pseudoinverses(values(each))
    best = np.min([frobenius(X - exact.value) for X in by_limit(subject, each)], axis=0)
    expected = reference.best_of_penalties(exact, subject.arithmetic("tikhonov_inverse"))
    yield at_most(
        best.reshape(batch, members), np.zeros((batch, members)), expected.reshape(batch, members), label="best alpha"
    )
    typical = np.median(best.reshape(batch, members), -1)
    for name, X, truth in by_decomposition(subject, each, exact):
        error = frobenius(X - truth.value)
        yield at_most(error.reshape(batch, members), np.zeros((batch, members)), _per(truth.bound, A), label=name)
        yield at_most(10 * np.median(_per(error, A), -1), typical, label=f"{name}: ten times as accurate")


def _per(x: NDArray[np.float64], A: Tensor) -> NDArray[np.float64]:
    """Numbers of all matrices, by family."""
    return np.broadcast_to(x, len(A) * A.shape[1]).reshape(A.shape[:2])


@refutation(pseudoinverse_algorithm_choice, "With a tiny alpha the limit is as accurate as the SVD.")
@for_all(A=only(SingularFamily()))
def a_tiny_penalty_is_as_accurate(subject: Subject, A: Tensor) -> Iterator[Check]:
    """What is gained by a smaller alpha is lost by rounding."""
    each = A.flatten(0, 1)
    exact = pseudoinverses(values(each))
    *_, X = by_limit(subject, each)
    truth = pseudoinverse_truth(exact, A.shape[-2], A.shape[-1], subject.arithmetic("pinv"))
    yield at_most(_per(frobenius(X - exact.value), A), np.zeros(A.shape[:2]), _per(truth.bound, A))


@refutation(pseudoinverse_algorithm_choice, "The normal equations are always ten times less accurate than the SVD.")
@for_all(A=only(Isometry("rotation", dropped=1)))
def normal_equations_are_always_worse(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Not for kappa = 1."""
    exact = pseudoinverses(values(A))
    found = (subject.pinv(A), subject.left_inverse_by_normal_equations(A))
    svd, normal = (frobenius(values(X) - exact.value) for X in found)
    yield at_most(10 * svd, normal)
