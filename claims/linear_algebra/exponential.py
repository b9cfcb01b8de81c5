"""The exponential of a matrix: its power series, which eigenvectors turn into exponentials of eigenvalues."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.exponential import Exponent, exponents
from claims.frame.inputs.general import integer_eigenvectors
from claims.frame.inputs.powers import Diagonalised, JordanBlock, JordanPower
from claims.frame.inputs.spectra import only
from claims.frame.operations.chapters.exponential import EXPONENTIALS
from claims.frame.subject import Subject
from claims.linear_algebra.decomposition_spellings import agree
from reference.linear_algebra import exponential as reference
from reference.truth import Truth

BLOCKS = only(*(JordanBlock(n, eigenvalue=e, similar=s) for n, e, s in ((2, 1, False), (3, -1, False), (4, 1, True))))
PLAIN = EXPONENTIALS[0][0]


@claim(
    title="The exponential of a matrix is its power series: V diag(e^lambda) V^-1, and for Jordan blocks a finite sum",
    statement=r"e^A=\sum_k\frac{A^k}{k!};\quad A=V\Lambda V^{-1}\Rightarrow e^A=Ve^\Lambda V^{-1};\quad "
    r"e^{\lambda I+N}=e^\lambda\sum_{k<n}\frac{N^k}{k!}",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Matrix.exp_conj, Matrix.exp_diagonal",
    truth=TRUE,
    bound="scaling and squaring: e_0 calibrated, e_(k+1) = 2 ||T_k|| e_k + e_k^2 + gamma_n (||T_k||_F + e_k)^2 for the "
    "stages T_k = e^(A / 2^(s-k)) (Higham, Functions of Matrices, 10.3)",
)
@for_all(A=exponents(), known=integer_eigenvectors(), block=BLOCKS)
def matrix_exponential_series(subject: Subject, A: Tensor, known: Diagonalised, block: JordanPower) -> Iterator[Check]:
    """Every spelling against the exponential in balls, matrices of all norms in one batch; names agree bit by bit.

    Where integer eigenvectors or the Jordan form are known the value is what they say, not a sum of powers.
    """
    how = subject.arithmetic("matrix_exponential")
    truth = reference.exponential(values(A), how)
    yield from agree(lambda s: subject.matrix_exponential(A, s), EXPONENTIALS, truth, "e^A")
    v, w, inverse = values([known.V, known.w, known.inverse])
    by_vectors = Truth(reference.of_diagonalised(v, w, inverse), reference.exponential(values(known.W), how).bound)
    yield near(subject.matrix_exponential(known.W, PLAIN), by_vectors, "V e^L V^-1")
    by_form = reference.of_jordan_block(values(block.S), block.eigenvalue, values(block.inverse))
    truth = Truth(by_form, reference.exponential(values(block.W), how).bound)
    yield near(subject.matrix_exponential(block.W, PLAIN), truth, "S e^J S^-1")


def near(found: Tensor, truth: Truth, label: str) -> Check:
    """Within a bound on the Frobenius norm."""
    return within_norm(found, truth, axes=2, label=label)


@refutation(matrix_exponential_series, r"(e^A)_{ij}=e^{a_{ij}}")
@for_all(A=only(Exponent(2)), known=integer_eigenvectors(), block=BLOCKS)
def exponential_is_taken_entry_by_entry(
    subject: Subject, A: Tensor, known: Diagonalised, block: JordanPower
) -> Iterator[Check]:
    entries = Truth(np.exp(values(A)), np.full(len(A), 0.01))
    yield near(subject.matrix_exponential(A, PLAIN), entries, "")


@refutation(matrix_exponential_series, r"e^{A+B}=e^Ae^B")
@for_all(A=only(Exponent(2)), known=integer_eigenvectors(), block=BLOCKS)
def exponential_of_a_sum_is_the_product(
    subject: Subject, A: Tensor, known: Diagonalised, block: JordanPower
) -> Iterator[Check]:
    """Only of matrices that commute."""
    one, other, both = (subject.matrix_exponential(m, PLAIN) for m in (A, A.mT, A + A.mT))
    yield near(subject.matmul(one, other), Truth(values(both), np.full(len(A), 0.01)), "")


@refutation(matrix_exponential_series, "The exponential of a matrix of non-positive entries has entries up to 1.")
@for_all(A=only(Exponent(2)), known=integer_eigenvectors(), block=BLOCKS)
def exponential_of_negative_entries_is_small(
    subject: Subject, A: Tensor, known: Diagonalised, block: JordanPower
) -> Iterator[Check]:
    """-((0, 1), (1, 0)) has the eigenvalue 1."""
    negative = subject.tensor(-np.abs(values(A)))
    yield holds(values(subject.matrix_exponential(negative, PLAIN)) < 1.01)


@refutation(matrix_exponential_series, "The eigenvectors of a Jordan block give its exponential, the identity times e.")
@for_all(A=only(Exponent(2)), known=integer_eigenvectors(), block=only(JordanBlock(2)))
def jordan_blocks_have_diagonal_exponentials(
    subject: Subject, A: Tensor, known: Diagonalised, block: JordanPower
) -> Iterator[Check]:
    found = values(subject.matrix_exponential(block.W, PLAIN))
    yield equal(np.tril(found), found)
