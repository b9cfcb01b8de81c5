"""The members of the family of norms: the sum of magnitudes, the largest magnitude, and the norm of all entries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from claims import TRUE, UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import FEW, agrees, as_matrices, exact_norm, is_refused
from claims.frame.inputs import vectors_of_order as inputs
from claims.frame.inputs.spectra import only
from claims.frame.inputs.vectors import Normed, Vector
from claims.frame.subject import Subject
from reference.linear_algebra import norm_family as reference


@claim(
    title="The L1 norm is the sum of absolute values",
    statement=r"\|x\|_1=\sum_i|x_i|",
    notes="Linear algebra: norms",
    book="2.5, eq. 2.31",
    formal="PiLp.norm_eq_of_L1",
    truth=TRUE,
    bound="BND-SUM: gamma_{n-1} sum |x_i| (ASNA (4.4)); exact for integers whose sum the accumulator holds",
)
@for_all(vector=inputs.summed_vectors())
def l1_norm(subject: Subject, vector: Normed) -> Iterator[Check]:
    """torch's norm of order 1, sums of magnitudes and the L1 loss against zero are compared with the exact sum.

    Sums of integers must be exact up to the rounding with which they are stored.
    """
    x, p = vector
    truth = exact_norm(subject, x, p)
    sums, exactly = reference.exact_sums(values(x), subject.arithmetic("vector_norm"))
    for spelling in ("vector_norm", "norm", "linalg_norm"):
        found = getattr(subject, spelling)(x, p, dim=-1)
        yield from agrees(subject, found, x, p, truth)
        yield equal(found, sums, where=exactly, label=f"{spelling} of integers")
    found = subject.sum_of_magnitudes(x, dim=-1)
    yield from agrees(subject, found, x, p, truth)
    yield equal(found, sums, where=exactly, label="sum of magnitudes of integers")
    few = type(truth)(*(part[:FEW] for part in truth))
    yield from agrees(subject, subject.l1_loss(x[:FEW]), x[:FEW], p, few)


@refutation(l1_norm, r"\|x\|_1=\sum_ix_i")
def signs_may_cancel(subject: Subject, vector: Normed) -> Iterator[Check]:
    x, p = vector
    truth = exact_norm(subject, x, p)
    yield within(values(x).sum(-1), truth)


@refutation(l1_norm, r"For a matrix, torch.linalg.norm of order 1 is $\sum_{ij}|A_{ij}|$, too.")
@for_all(vector=only(Vector(8, "1", "normal")))
def matrices_have_the_same_norm(subject: Subject, vector: Normed) -> Iterator[Check]:
    """It is the largest column sum."""
    x, p = vector
    yield within(subject.linalg_norm_of_matrix(as_matrices(x), 1), exact_norm(subject, x, p))


@refutation(
    l1_norm, r"The error is at most $\lceil\log_2n\rceil u\|x\|_1$: sums are pairwise.", dtypes=("float32", "float64")
)
@for_all(vector=only(Vector(100, "1", "absorb")))
def sums_are_pairwise(subject: Subject, vector: Normed) -> Iterator[Check]:
    """vector_norm adds one entry after the other in each lane: 1 absorbs all that follow."""
    x, p = vector
    truth = exact_norm(subject, x, p)
    yield within(subject.vector_norm(x, p, dim=-1), truth._replace(bound=7 * subject.format.u * truth.value))


@claim(
    title="The L-infinity norm is the largest magnitude",
    statement=r"\|x\|_\infty=\max_i|x_i|",
    hypotheses="n >= 1",
    notes="Linear algebra: norms",
    book="2.5, eq. 2.32",
    formal="PiLp.norm_eq_ciSup; pi_norm_def",
    truth=TRUE,
    bound="exact, NaN included; its gradient at a tie of k entries is 1/k each, up to one rounding",
)
@for_all(vector=inputs.largest_entries())
def max_norm(subject: Subject, vector: Normed) -> Iterator[Check]:
    """torch's norm of order infinity and maxima of magnitudes are the largest magnitude, or NaN if there is one.

    It is the larger one of the largest entry and minus the smallest, by torch.aminmax and by amin and amax.

    The gradient is the subgradient of least norm: shared among ties. Torch's norm of an empty vector must raise.
    """
    x, p = vector
    expected = np.abs(values(x)).max(-1)
    for spelling in ("vector_norm", "norm", "linalg_norm", "tensor_norm"):
        yield equal(getattr(subject, spelling)(x, p, dim=-1), expected, label=spelling)
    yield equal(subject.largest_magnitude(x, dim=-1), expected, label="amax")
    yield equal(subject.maximum_of_magnitudes(x, dim=-1), expected, label="max")
    for name in ("smallest_and_largest", "smallest_and_largest_apart"):
        low, high = getattr(subject, name)(x, dim=-1)
        yield equal(low, values(x).min(-1), label=f"{name}: smallest")
        yield equal(high, values(x).max(-1), label=f"{name}: largest")
        yield equal(np.maximum(-values(low), values(high)), expected, label=f"{name}: largest magnitude")
    yield holds(x.is_meta or is_refused(subject, x[:, :0], p), label="empty vectors are refused")
    leaf = x.clone().requires_grad_()
    found = subject.vector_norm(leaf, p, dim=-1)
    finite = np.isfinite(values(x)).all(-1) & (expected > 0)
    truth = reference.gradient_of_maximum(np.where(finite[:, None], values(x), 1.0), subject.arithmetic("vector_norm"))
    gradient = subject.gradient(found, leaf, torch.ones_like(found))
    yield within(gradient, truth, where=finite, label="gradient")


@refutation(max_norm, r"\|x\|_\infty\text{ is the value at the largest entry.}")
@for_all(vector=only(Vector(3, "inf", "normal")))
def value_of_the_largest_entry(subject: Subject, vector: Normed) -> Iterator[Check]:
    """The entry of the largest magnitude may be negative."""
    x, p = vector
    yield equal(subject.vector_norm(x, p, dim=-1), values(x).max(-1))


@refutation(max_norm, r"\|x\|_\infty=\max_ix_i")
def largest_signed_entry(subject: Subject, vector: Normed) -> Iterator[Check]:
    x, _ = vector
    yield equal(values(x).max(-1), np.abs(values(x)).max(-1))


@refutation(max_norm, "At a tie the gradient is 1 on one entry.")
@for_all(vector=only(Vector(5, "inf", "ties")))
def one_entry_takes_the_gradient(subject: Subject, vector: Normed) -> Iterator[Check]:
    """torch shares it among all entries of the largest magnitude."""
    x, p = vector
    leaf = x.clone().requires_grad_()
    found = subject.vector_norm(leaf, p, dim=-1)
    gradient = values(subject.gradient(found, leaf, torch.ones_like(found)))
    yield equal(np.count_nonzero(gradient, axis=-1), np.ones(len(gradient)))


@claim(
    title="The Frobenius norm is the root of the sum of squared entries",
    statement=r"\|A\|_F=\sqrt{\sum_{i,j}A_{ij}^2}",
    notes="Linear algebra: norms",
    book="2.5, eq. 2.33",
    formal="Matrix.frobenius_norm_def",
    truth=TRUE,
    bound="BND-L2 with n the number of entries (ASNA (3.5), (2.8)); the formula with stored steps by BND-LP",
)
@for_all(vector=inputs.squared_vectors())
def frobenius_norm(subject: Subject, vector: Normed) -> Iterator[Check]:
    """torch's matrix norms and its norm over two axes, of A and of A^T, against the exact root of all squares."""
    x, p = vector
    A, truth = as_matrices(x), exact_norm(subject, x, p)
    for name, block in (("A", A), ("A^T", A.mT)):
        for found in (
            subject.matrix_norm(block),
            subject.matrix_norm(block, "fro"),
            subject.vector_norm_of_block(block, p, dim=(-2, -1)),
            subject.linalg_norm_of_matrix(block[:FEW]),
        ):
            seen = len(found)
            yield within(
                found, type(truth)(*(t[:seen] for t in truth)), where=np.isfinite(truth.bound[:seen]), label=name
            )
    if A.shape[-1]:
        steps = exact_norm(subject, x[:FEW], p, stored_steps=True)
        formula = subject.frobenius_by_einsum(A[:FEW])
        yield within(formula, steps, where=np.isfinite(steps.bound), label="root of einsum")


@refutation(frobenius_norm, r"\|A\|_F=\max_{\|x\|=1}\|Ax\|", dtypes=("float32", "float64"))
def equals_the_spectral_norm(subject: Subject, vector: Normed) -> Iterator[Check]:
    """Only for matrices of rank 1 or 0."""
    x, p = vector
    truth = exact_norm(subject, x, p)
    if x.shape[-1]:
        yield within(subject.matrix_norm(as_matrices(x), 2), truth, where=np.isfinite(truth.bound))


@refutation(frobenius_norm, r"\|A\|_F=\max_i\sum_j|A_{ij}|")
@for_all(vector=only(Vector(8, "2", "normal")))
def equals_the_largest_row_sum(subject: Subject, vector: Normed) -> Iterator[Check]:
    """That is the norm of order infinity."""
    x, p = vector
    rows = subject.linalg_norm_of_matrix(as_matrices(x), float("inf"))
    truth = exact_norm(subject, x, p)
    yield within(rows, truth._replace(bound=truth.bound + 0.01 * truth.value))


@refutation(frobenius_norm, r"\|A\|_F=\sum_j\|A_{:,j}\|_2")
def sum_of_column_norms(subject: Subject, vector: Normed) -> Iterator[Check]:
    x, p = vector
    truth = exact_norm(subject, x, p)
    columns = np.linalg.norm(values(as_matrices(x)), axis=-2).sum(-1)
    yield within(columns, truth._replace(bound=truth.bound + 0.1 * truth.value), where=np.isfinite(truth.bound))


@claim(
    title="L1 distinguishes exactly zero from small non-zero entries",
    statement=r"\|x+\varepsilon e_i\|_1-\|x\|_1=\varepsilon\ (x_i,\varepsilon\ge0),\qquad "
    r"\|x+\varepsilon e_i\|_2^2-\|x\|_2^2=2x_i\varepsilon+\varepsilon^2",
    hypotheses="x_i and epsilon not negative, and in floating point no other entry so large that it absorbs epsilon",
    correction="next to an entry 1 a change up to the unit roundoff is absorbed: 1 + u = 1",
    notes="Linear algebra: norms",
    book="2.5",
    truth=UNDER_HYPOTHESES,
    bound="exact beside zeros, down to the smallest subnormal number; exact absorption beside 1",
)
@for_all(vector=inputs.single_entries())
def l1_zero_vs_small(subject: Subject, vector: Normed) -> Iterator[Check]:
    """One entry beside zeros: the norm is its magnitude, exactly, and the gradient its sign, exactly, and 0 elsewhere.

    The same by sums of magnitudes and by the L1 loss. Beside an entry 1, magnitudes up to the unit roundoff vanish.
    """
    x, _ = vector
    size = np.abs(values(x))
    for name in ("vector_norm", "sum_of_magnitudes", "l1_loss"):
        leaf = x.clone().requires_grad_()
        how = {"vector_norm": ((1.0,), {"dim": -1}), "sum_of_magnitudes": ((), {"dim": -1})}.get(name, ((), {}))
        found = getattr(subject, name)(leaf, *how[0], **how[1])
        yield equal(found, size.sum(-1), label=f"{name}: value")
        gradient = subject.gradient(found, leaf, torch.ones_like(found))
        yield equal(gradient, np.sign(values(x)), label=f"{name}: gradient")
    beside_one = np.stack((np.ones(len(size)), np.minimum(size.max(-1), subject.format.u)), -1)
    yield equal(subject.vector_norm(subject.tensor(beside_one), 1.0, dim=-1), np.ones(len(size)), label="absorbed by 1")


@refutation(l1_zero_vs_small, r"The computed $\|x\|_1$ changes whenever a zero entry becomes non-zero.")
def every_change_shows(subject: Subject, vector: Normed) -> Iterator[Check]:
    x, _ = vector
    beside_one = np.stack((np.ones(len(x)), np.minimum(np.abs(values(x)).max(-1), subject.format.u)), -1)
    yield holds(values(subject.vector_norm(subject.tensor(beside_one), 1.0, dim=-1)) > 1)


@refutation(l1_zero_vs_small, r"The computed $\|x\|_2^2$ tells zero from every other number, too.")
def squares_distinguish_zero(subject: Subject, vector: Normed) -> Iterator[Check]:
    x, _ = vector
    yield holds(values(subject.sum_of_squares(x, dim=-1)) > 0)
