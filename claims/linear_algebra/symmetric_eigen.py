"""Real symmetric matrices: A = Q L Q^T with real L and orthogonal Q, what is unique in it, and the extremes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

from claims import (
    FALSE_AS_STATED,
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
from claims.frame.inputs.spectra import only
from claims.frame.inputs.symmetric import (
    Symmetric,
    matrices_and_vectors,
    symmetric_matrices,
)
from claims.frame.subject import Subject
from reference.bounds import eigh_orthogonality_error
from reference.linear_algebra import symmetric_eigen as reference
from reference.truth import Truth

_SWAP = np.array([[0.0, 1.0], [1.0, 0.0]])
SIMPLE = 0.5
"""Eigenvectors whose computed versions may be further apart than this are not told from others here."""


@claim(
    title="Every real symmetric matrix is Q L Q^T with real eigenvalues and orthogonal Q",
    statement=r"A=A^\top\Rightarrow\exists Q^\top Q=I,\ \Lambda\text{ real diagonal}:\ A=Q\Lambda Q^\top,\ "
    r"AQ_{:,i}=\Lambda_{ii}Q_{:,i}",
    hypotheses="A = A^T exactly; for repeated eigenvalues Q must be chosen orthonormal",
    notes="Linear algebra: eigendecomposition",
    book="2.7, eq. 2.41",
    formal="Matrix.IsHermitian.spectral_theorem",
    truth=TRUE,
    bound="BND-EIGH: 30 sqrt(n) u ||A||_F, 16 n u, (8 n + 8) u ||A||_2 (LAPACK Users' Guide 4.7; Weyl; calibrated)",
)
@for_all(A=symmetric_matrices())
def spectral_theorem(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Torch's L and Q, from either triangle, are multiplied almost exactly and compared with A; Q^T Q with I.

    A q_i - l_i q_i is evaluated almost exactly, too. Eigenvalues, with vectors and without, against ones certified by
    Weyl's and Ostrowski's theorems. The other triangle holds zeros: it must not be read. Order 1 is exact.
    """
    a, arithmetic = values(A), subject.arithmetic("eigh")
    exact = reference.eigenvalues(a, arithmetic)
    for uplo, triangle in (("L", A.tril()), ("U", A.triu())):
        values_, vectors = subject.eigh(triangle, UPLO=uplo)
        fitting = (values_.shape, vectors.shape) == (A.shape[:-1], A.shape)
        yield holds(fitting, label=f"{uplo}: shapes")
        if fitting:
            w, q = values(values_), values(vectors)
            yield within_norm(*reference.reconstruction(a, w, q, arithmetic), axes=2, label=f"{uplo}: A = Q L Q^T")
            yield within_norm(*reference.orthogonality(q, arithmetic), axes=2, label=f"{uplo}: Q^T Q = I")
            yield within_norm(*reference.vector_defects(a, w, q, arithmetic), label=f"{uplo}: A q = l q")
            yield within(w, exact, label=f"{uplo}: eigenvalues")
            if a.shape[-1] == 1:
                yield equal(w, a[:, 0], label=f"{uplo}: order 1")
                yield holds(np.abs(q) == 1, label=f"{uplo}: q = 1 or -1")
        yield within(subject.eigvalsh(triangle, UPLO=uplo), exact, label=f"{uplo}: eigvalsh")


@refutation(spectral_theorem, "torch.linalg.eig of a symmetric matrix returns orthogonal eigenvectors.")
@for_all(A=only(Symmetric(5, "reflection")))
def vectors_of_the_general_solver_are_orthogonal(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Nothing makes the eigenvectors of a repeated eigenvalue orthogonal there."""
    yield within_norm(
        *reference.orthogonality(values(subject.real_eigenvectors(A)), subject.arithmetic("eigh")), axes=2
    )


@refutation(spectral_theorem, "eigh needs both triangles: the eigenvalues change with the upper one.")
@for_all(A=only(Symmetric(3, "normal")))
def both_triangles_are_read(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The default reads the lower triangle, whatever stands in the other: a matrix that is not symmetric passes."""
    yield holds(values(subject.eigvalsh(A) - subject.eigvalsh(A.tril())).any(-1))


@refutation(spectral_theorem, "The theorem holds for complex matrices with A = A^T.")
def complex_symmetric_matrices_are_diagonalisable(subject: Subject, A: Tensor) -> Iterator[Check]:
    """((1, i), (i, -1)) has the eigenvalue 0 only, and would be zero."""
    real, imaginary = (subject.tensor(np.broadcast_to(m, (len(A), 2, 2))) for m in (np.diag([1.0, -1.0]), _SWAP))
    w = values(subject.eigvals(torch.complex(real, imaginary)))
    yield holds(np.abs(w).max(-1) > 0.5)


@refutation(spectral_theorem, r"\det Q=1")
@for_all(A=only(Symmetric(2, "normal"), Symmetric(3, "normal")))
def vectors_form_a_rotation(subject: Subject, A: Tensor) -> Iterator[Check]:
    """It is 1 or -1: signs of eigenvectors are free."""
    yield holds(values(subject.determinant(subject.eigh(A)[1])) > 0)


@refutation(spectral_theorem, "Q is symmetric: A = Q L Q.")
def vectors_form_a_symmetric_matrix(subject: Subject, A: Tensor) -> Iterator[Check]:
    w, q = values(subject.eigh(A))
    rest, truth = reference.reconstruction(values(A), w, q, subject.arithmetic("eigh"))
    observed = rest + (q * w[:, None, :]) @ (q.mT - q)
    yield within_norm(observed, truth, axes=2)


@claim(
    title="By convention eigenvalues are sorted in descending order",
    statement=r"\Lambda_{11}\ge\Lambda_{22}\ge\dots\ge\Lambda_{nn}",
    hypotheses="real eigenvalues; a convention, with the columns of Q in the same order",
    correction="torch.linalg.eigh and eigvalsh sort in ascending order, svd in descending, eig not at all; both parts, "
    "L and Q, must be flipped",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Matrix.IsHermitian.eigenvalues₀ (antitone)",
    truth=UNDER_HYPOTHESES,
    bound="exact for the order; BND-EIGH for the decomposition in the other order",
)
@for_all(A=symmetric_matrices())
def eigenvalue_ordering(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Torch's eigenvalues ascend; with L and Q flipped together they descend, and still A = Q L Q^T.

    Its singular values descend as they are.
    """
    a, arithmetic = values(A), subject.arithmetic("eigh")
    for name, ascending in (("eigh", values(subject.eigh(A)[0])), ("eigvalsh", values(subject.eigvalsh(A)))):
        yield at_most(ascending[:, :-1], ascending[:, 1:], label=f"{name} ascends")
    w, q = values(subject.descending_eigh(A))
    yield at_most(w[:, 1:], w[:, :-1], label="flipped: descends")
    yield within_norm(*reference.reconstruction(a, w, q, arithmetic), axes=2, label="flipped: A = Q L Q^T")
    yield within_norm(*reference.vector_defects(a, w, q, arithmetic), label="flipped: A q = l q")
    s = values(subject.svdvals(A))
    yield at_most(s[:, 1:], s[:, :-1], label="svdvals descends")


@refutation(eigenvalue_ordering, "torch.linalg.eigh sorts in descending order.")
def eigh_descends(subject: Subject, A: Tensor) -> Iterator[Check]:
    w = values(subject.eigh(A)[0])
    yield at_most(w[:, 1:], w[:, :-1])


@refutation(eigenvalue_ordering, "Eigenvalues are sorted by magnitude.")
def sorted_by_magnitude(subject: Subject, A: Tensor) -> Iterator[Check]:
    w = np.abs(values(subject.eigh(A)[0]))
    yield at_most(w[:, :-1], w[:, 1:])


@refutation(eigenvalue_ordering, "Flipping L alone keeps A = Q L Q^T.")
def values_alone_are_flipped(subject: Subject, A: Tensor) -> Iterator[Check]:
    w, q = values(subject.eigh(A))
    yield within_norm(*reference.reconstruction(values(A), w[:, ::-1], q, subject.arithmetic("eigh")), axes=2)


def signed_permutations(n: int) -> Sequence[np.ndarray]:
    """A few orthogonal matrices under which similarity is exact: order reversed, signs alternating, and both."""
    signs = np.diag(np.resize([1.0, -1.0], n))
    return np.eye(n)[::-1], signs, signs[::-1]


@claim(
    title="The sorted eigendecomposition is unique up to signs iff all eigenvalues are distinct",
    statement=r"Q\Lambda Q^\top=Q'\Lambda'Q'^\top,\ \Lambda,\Lambda'\text{ sorted}\Rightarrow\Lambda=\Lambda';\quad "
    r"\lambda_i\text{ distinct}\iff\text{always }Q'=Q\operatorname{diag}(\pm1)",
    hypotheses="A real symmetric",
    correction="unique up to the sign of each column: 2^n decompositions if the eigenvalues are distinct, else more",
    notes="Linear algebra: eigendecomposition",
    book="2.7 (the book has the same imprecision)",
    truth=FALSE_AS_STATED,
    bound="Davis and Kahan: sqrt(2) 4 ||E|| / gap + 32 n u, ||E|| by BND-EIGH",
)
@for_all(A=symmetric_matrices(), simple=only(*(Symmetric(n, "hadamard-simple") for n in (2, 1, 4, 8))))
def spectral_decomposition_uniqueness(subject: Subject, A: Tensor, simple: Tensor) -> Iterator[Check]:
    """Decompositions of A and of P A P^T, P a signed permutation: the same L, and Q up to signs where l_i is simple.

    All sign changes of a decomposition that is exact in every format are distinct and give A again, exactly; a turn in
    the plane of two equal eigenvalues gives one that no change of signs does.
    """
    a, arithmetic = values(A), subject.arithmetic("eigh")
    n = a.shape[-1]
    exact, (w, q) = reference.eigenvalues(a, arithmetic), values(subject.eigh(A))
    apart = reference.apart_at_most(a, arithmetic)
    told_apart = apart < SIMPLE
    for P in signed_permutations(n):
        moved_values, moved = subject.eigh(subject.tensor(P @ a @ P.T))
        yield within(moved_values, exact, label="L is unique")
        distance = np.where(told_apart, reference.apart(q, P.T @ values(moved)), 0.0)
        yield at_most(distance, 0.0, np.where(told_apart, apart, 0.0), label="Q is unique up to signs")
    yield from every_choice_of_signs(subject, values(simple))
    if n >= 2:
        turned = q @ _turn_of_the_first_plane(n)
        defect = reference.reconstruction(np.broadcast_to(np.eye(n), a.shape), np.ones_like(w), turned, arithmetic)
        yield within_norm(*defect, axes=2, label="repeated eigenvalues: Q turned is as good")
        yield holds(reference.apart(q, turned)[:, :2] > SIMPLE, label="and is no change of signs")


def every_choice_of_signs(subject: Subject, a: np.ndarray) -> Iterator[Check]:
    """The exact decomposition of H L H^T / n has 2^n variants; every one gives A, bit by bit."""
    n = a.shape[-1]
    h = scipy.linalg.hadamard(n)
    eigenvalues = (h.T @ a @ h)[:, range(n), range(n)] / n
    variants = [h * np.array(signs) for signs in itertools.product((1.0, -1.0), repeat=n)]
    yield holds(len({v.tobytes() for v in variants}) == 2**n, label="2^n decompositions")
    for q in variants[:: max(1, 2**n // 16)]:
        left, right = subject.tensor(q * eigenvalues[:, None, :] / n), subject.tensor(np.broadcast_to(q.T, a.shape))
        yield equal(subject.matmul(left, right), a, label="signs changed: A = Q L Q^T")


def _turn_of_the_first_plane(n: int) -> np.ndarray:
    turn = np.eye(n)
    turn[:2, :2] = [[0.6, -0.8], [0.8, 0.6]]
    return turn


@refutation(spectral_decomposition_uniqueness, "Distinct eigenvalues make the decomposition unique (as the notes say).")
def distinct_eigenvalues_make_vectors_unique(subject: Subject, A: Tensor, simple: Tensor) -> Iterator[Check]:
    """-q is as good as q: P A P^T with alternating signs has the vectors P q, or -P q."""
    a, q = values(simple), values(subject.eigh(simple)[1])
    P = signed_permutations(a.shape[-1])[2]
    moved = P.T @ values(subject.eigh(subject.tensor(P @ a @ P.T))[1])
    yield within(moved, Truth(q, np.full(q.shape, SIMPLE)))


@refutation(spectral_decomposition_uniqueness, "Unit length makes the decomposition unique.")
@for_all(A=only(Symmetric(2)), simple=only(Symmetric(2, "hadamard-simple"), Symmetric(4, "hadamard-simple")))
def unit_length_makes_vectors_unique(subject: Subject, A: Tensor, simple: Tensor) -> Iterator[Check]:
    """Columns with their signs changed are as long, and give A = Q L Q^T as well, but are others."""
    a, (w, q) = values(simple), values(subject.eigh(simple))
    n, arithmetic = a.shape[-1], subject.arithmetic("eigh")
    signs = np.resize([-1.0, 1.0], n)
    rest, truth = reference.reconstruction(a, w, q * signs, arithmetic)
    as_good = np.linalg.norm(rest, axis=(-2, -1)) <= truth.bound
    as_long = np.abs(np.linalg.norm(q * signs, axis=-2) - 1).max(-1) <= eigh_orthogonality_error(n, arithmetic)
    yield within(q * signs, Truth(q, np.full(q.shape, SIMPLE)), where=as_good & as_long)


@refutation(spectral_decomposition_uniqueness, "A unit eigenvector can be made unique by a positive first component.")
@for_all(A=only(Symmetric(3, "diagonal")), simple=only(Symmetric(2, "hadamard-simple")))
def first_components_do_not_vanish(subject: Subject, A: Tensor, simple: Tensor) -> Iterator[Check]:
    """The first component may be zero."""
    yield holds(values(subject.eigh(A)[1])[:, 0] != 0)


@claim(
    title="Over the unit sphere the quadratic form has max = largest and min = smallest eigenvalue",
    statement=r"A=A^\top:\quad\max_{\|x\|=1}x^\top Ax=\lambda_{\max},\quad\min_{\|x\|=1}x^\top Ax=\lambda_{\min}",
    hypotheses="A real symmetric; otherwise the extremes are eigenvalues of (A + A^T)/2",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="IsSelfAdjoint.hasEigenvector_of_isMaxOn; LinearMap.IsSymmetric.hasEigenvalue_iSup_of_finiteDimensional",
    truth=UNDER_HYPOTHESES,
    bound="BND-CHAIN for x^T A x, BND-EIGH for the eigenvalues, BND-SVD for the norm",
)
@for_all(pair=matrices_and_vectors())
def rayleigh_extremes(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """Torch's x^T A x lies between torch's extreme eigenvalues times ||x||^2, and reaches them at torch's eigenvectors.

    ||x||^2 is exact up to float64's rounding; each side has its own bound, and both are checked on their own as well.
    The spectral norm is the larger one of |l_max| and |l_min|.
    """
    A, x = pair
    a, how = values(A), (subject.arithmetic("quadratic_form"), subject.arithmetic("eigh"))
    form = subject.quadratic_form(x, A)
    yield within(form, reference.quadratic_forms(a, values(x), how[0]), label="x^T A x")
    if a.shape[-1]:
        w, q = values(subject.eigh(A))
        lowest, highest, slack = reference.form_between(w, a, values(x), *how)
        yield at_most(form, highest, slack, label="at most the largest")
        yield at_most(lowest, form, slack, label="at least the smallest")
        spectral = reference.spectral_norm(a, subject.arithmetic("matrix_norm"))
        yield within(subject.matrix_norm(A, 2), spectral, where=np.isfinite(spectral.bound), label="norm 2 = max |l|")
        for i, name in ((-1, "largest"), (0, "smallest")):
            reached = reference.form_at_eigenvector(a, q[:, :, i], i, *how)
            yield within(subject.quadratic_form(subject.tensor(q[:, :, i]), A), reached, label=f"the {name} is reached")


@refutation(rayleigh_extremes, "Without symmetry, too: x^T A x is at most the largest eigenvalue of A.")
def extremes_without_symmetry(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """The lower triangle T of A has its eigenvalues on its diagonal, but the form of (T + T^T)/2."""
    A, x = pair
    if A.shape[-1]:
        largest, squared = values(A).diagonal(0, -2, -1).max(-1), (values(x) ** 2).sum(-1)
        form = subject.quadratic_form(x, A.tril())
        slack = reference.quadratic_forms(values(A.tril()), values(x), subject.arithmetic("quadratic_form")).bound
        yield at_most(form, largest * squared, slack + 8 * subject.format.u * np.abs(largest) * squared)


@refutation(rayleigh_extremes, r"\max_{\|x\|=1}x^\top Ax=\max_i|\lambda_i|")
def largest_magnitude_is_the_maximum(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """The form of -diag(1, ..., n) has the maximum -1, at the first vector of the basis."""
    x = pair[1]
    n = x.shape[-1]
    if n:
        negative = subject.tensor(np.broadcast_to(-np.diag(np.arange(1.0, n + 1)), (len(x), n, n)))
        first = subject.tensor(np.broadcast_to(np.eye(n)[0], x.shape))
        yield at_most(np.full(len(x), n), subject.quadratic_form(first, negative), 0.5)


@refutation(rayleigh_extremes, r"\max_{\|x\|_1=1}x^\top Ax=\lambda_{\max}")
def any_unit_sphere_will_do(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """On the L1 sphere a semidefinite form is largest at a vector of the basis: 1 for the matrix of ones, not n."""
    x = pair[1]
    n = x.shape[-1]
    if n:
        ones = subject.tensor(np.ones((len(x), n, n)))
        at_vertices = [subject.quadratic_form(subject.tensor(np.broadcast_to(e, x.shape)), ones) for e in np.eye(n)]
        yield at_most(np.full(len(x), n), np.max(values(at_vertices), axis=0), 0.5)


@refutation(rayleigh_extremes, "Only one unit vector, up to its sign, attains the maximum.")
def the_maximiser_is_unique(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """The form of the identity is 1 at every unit vector."""
    x = pair[1]
    n = x.shape[-1]
    if n > 1:
        identity = subject.tensor(np.broadcast_to(np.eye(n), (len(x), n, n)))
        e, f = (subject.tensor(np.broadcast_to(np.eye(n)[i], x.shape)) for i in (0, 1))
        yield holds(values(subject.quadratic_form(e, identity)) != values(subject.quadratic_form(f, identity)))
