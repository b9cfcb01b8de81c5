"""Broadcasting: a vector is added to every row of a matrix."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.row_additions import MatrixAndVector, RowAddition, row_additions
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.linear_algebra import broadcasting as reference
from reference.truth import Truth

SPELLINGS = (
    "add_to_rows",
    "add_matrix_to_vector",
    "add_to_rows_in_place",
    "add_to_rows_into",
    "add_expanded",
    "add_copies",
    "add_broadcast_tensors",
    "add_row_by_row",
    "add_with_an_axis",
)


def decided(truth: Truth) -> np.ndarray:
    """Where nothing may overflow on the way, per instance."""
    return np.asarray(np.isfinite(truth.bound).reshape(len(truth.bound), -1).all(-1))


def refuses(subject: Subject, operation: str, a: Tensor, b: Tensor) -> bool:
    """Whether the sum of a matrix and a vector raises torch's error for shapes that do not fit."""
    try:
        getattr(subject, operation)(a, b)
    except RuntimeError:
        return True
    return False


@claim(
    title="A matrix plus a vector adds the vector to every row",
    statement=r"C=A+b\iff C_{ij}=A_{ij}+b_j,\quad A\in\mathbb{R}^{m\times n},\ b\in\mathbb{R}^n",
    hypotheses="b has as many entries as A has columns (or one); rows, also where A is square",
    notes="Linear algebra: tensors",
    book="2.1",
    truth=TRUE,
    bound="exact: one rounding, |C - (A + b)| <= u / (1 + u) |A + b| (ASNA (2.4)); X W^T + b by BND-DOT and a rounding",
)
@for_all(addition=row_additions())
def matrix_vector_broadcast(subject: Subject, addition: RowAddition) -> Iterator[Check]:
    """Every spelling must give the exact sums, rounded once, infinities and NaN included; -0 stays -0.

    The gradient of b is the column sum of the cotangent. In X W^T + b the vector joins an inner product, exactly where
    all integers are held. A vector one entry longer than a row is refused (unless a row has one entry).
    """
    A, b = addition.A, addition.b
    a, v = values(A), values(b)
    expected = reference.row_sums(a, v, subject.format)
    for spelling in SPELLINGS:
        found = values(getattr(subject, spelling)(A, b))
        yield equal(found, expected, label=spelling)
        yield holds((np.signbit(found) == np.signbit(expected)) | (expected != 0), label=f"{spelling}: signs of zeros")
    whole = A.clone().requires_grad_()
    yield equal(subject.gradient(subject.add_to_rows(whole, b), whole, A), a, label="gradient of A")
    leaf = b.clone().requires_grad_()
    gradient = subject.gradient(subject.add_to_rows(A, leaf), leaf, A)
    finite = np.isfinite(a).all((-2, -1))
    columns = reference.column_sums(a, v.shape[-1], subject.arithmetic("add_to_rows"))
    yield within(gradient, columns, where=finite & decided(columns), label="gradient of b")
    if v.shape[-1] == a.shape[-1]:
        yield from affine(subject, addition)
    if a.shape[-1] >= 1 and a.shape[-2]:
        longer = subject.tensor(np.concatenate((v[..., :1], v[..., :1], np.ones((len(v), a.shape[-1] - 1))), -1))
        refused = a.shape[-1] == 1 or refuses(subject, "add_to_rows", A, longer)
        yield holds(np.full(len(v), refused), label="another length is refused")


def affine(subject: Subject, addition: RowAddition) -> Iterator[Check]:
    """The bias of an affine map, by torch.nn.functional.linear and torch.addmm."""
    x, w, b = values(addition.X), values(addition.W), values(addition.b)
    usable = np.isfinite(b).all(-1)
    for spelling in ("linear_with_bias", "addmm"):
        truth = reference.affine(x, w, b, subject.arithmetic(spelling))
        observed = getattr(subject, spelling)(addition.X, addition.W, addition.b)
        yield within(observed, truth, where=usable & decided(truth), label=spelling)
        held = usable & reference.exact_sums(x, w, b, subject.format)
        yield equal(observed, truth.value, where=held, label=f"{spelling} of integers")
        special = ~np.isfinite(b)[:, None, :] & np.ones(observed.shape, bool)
        plain = reference.affine(x, w, np.where(np.isfinite(b), b, 0.0), subject.arithmetic(spelling))
        passed = np.where(special, values(observed), 0.0), np.where(special, b[:, None, :], 0.0)
        yield equal(*passed, where=decided(plain), label=f"{spelling}: infinities and NaN of b")
        leaf = addition.b.clone().requires_grad_()
        gradient = subject.gradient(getattr(subject, spelling)(addition.X, addition.W, leaf), leaf, addition.A)
        columns = reference.column_sums(values(addition.A), b.shape[-1], subject.arithmetic(spelling))
        finite = np.isfinite(values(addition.A)).all((-2, -1))
        yield within(gradient, columns, where=finite & decided(columns), label=f"{spelling}: gradient of b")


@refutation(matrix_vector_broadcast, r"C_{ij}=A_{ij}+b_i:\text{ the vector is added to every column}")
def vector_is_added_to_columns(subject: Subject, addition: RowAddition) -> Iterator[Check]:
    a, b = values(addition.A), values(addition.b)
    if a.shape[-1] == a.shape[-2] == b.shape[-1]:
        columns = reference.row_sums(a.swapaxes(-1, -2), b, subject.format).swapaxes(-1, -2)
        yield equal(subject.add_to_rows(addition.A, addition.b), columns)


@refutation(matrix_vector_broadcast, "Any vector can be added whose length is one of the two dimensions of A.")
@for_all(addition=only(MatrixAndVector(2, 3)))
def either_dimension_will_do(subject: Subject, addition: RowAddition) -> Iterator[Check]:
    first_column = addition.A[..., 0]
    yield holds(np.full(len(first_column), not refuses(subject, "add_to_rows", addition.A, first_column)))


@refutation(matrix_vector_broadcast, "A + b has the shape of b.")
def sum_has_the_shape_of_the_vector(subject: Subject, addition: RowAddition) -> Iterator[Check]:
    total = subject.add_to_rows(addition.A, addition.b)
    yield holds(np.full(len(addition.b), total.shape == addition.b.shape))
