"""The Jacobian of softmax."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, at_most, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.rows import narrow_rows, sloped_rows, two_equal_logits
from claims.frame.operations.softmax import kernel, planned_kernel
from claims.frame.subject import Subject
from reference.losses import softmax_jacobian as reference
from reference.losses.softmax import Rows
from reference.truth import Truth

NARROW = 17
"""The whole Jacobian is computed for rows up to this width, and for so many of them."""


def jacobian_truth(subject: Subject, x: Tensor, mode: str = "reverse") -> Truth:
    """diag(p) - p p^T, with the bound along any axis: vmap puts the batch where it likes."""
    rows = Rows.of(values(x), subject.arithmetic("softmax_jacobian"))
    return reference.jacobian_truth(rows, kernel(subject, last_axis=False), forward=mode == "forward")


@claim(
    title="The Jacobian of softmax is diag(p) - p p^T: positive semidefinite, of rank n - 1, of norm at most 1/2",
    statement=r"J=\operatorname{diag}(p)-pp^\top,\quad J=J^\top\succeq0,\ J\mathbf 1=0,\ \lambda_2(J)\ge\min_ip_i,\ "
    r"\|J\|_2\le\tfrac12",
    hypotheses="finite entries, or -inf for masked ones, whose rows and columns are 0",
    notes="Deep feedforward networks: Jacobians of the output units",
    book="6.5, eq. 6.29",
    truth=TRUE,
    bound="p_i (v_i - p.v) with the bound of softmax-definition-accuracy for p, BND-DOT and 3 operations; eigenvalues "
    "within the Frobenius norm of these bounds (Weyl); the second one by interlacing",
)
@for_all(x=sloped_rows())
def softmax_jacobian(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Products with a vector by reverse mode, in every layout and along every axis; of narrow rows the whole matrix by
    reverse and by forward mode, entry by entry, and of what is computed symmetry, row sums and eigenvalues.
    """
    leaf = x.clone().requires_grad_()
    v = subject.tensor(reference.cotangents(*x.shape))
    slope = subject.gradient(subject.softmax(leaf, dim=-1), leaf, v)
    rows = Rows.of(values(x), subject.arithmetic("softmax"))
    yield within(slope, reference.product_truth(rows, values(v), planned_kernel(subject)), label="J v")
    if x.shape[-1] > NARROW:
        return
    few = x[:NARROW]
    full = np.isfinite(values(few)).all(-1)
    for mode in ("reverse", "forward"):
        truth, found = jacobian_truth(subject, few, mode), subject.softmax_jacobian(few, mode)
        yield within(found, truth, label=f"J, {mode}")
        j = values(found)
        yield within(j, Truth(j.swapaxes(-1, -2), truth.bound + truth.bound.swapaxes(-1, -2)), label=f"J = J^T, {mode}")
        yield within(j.sum(-1), reference.row_sums(j, truth.bound), label=f"J 1 = 0, {mode}")
        spectrum = reference.spectrum(j, truth.bound)
        yield at_most(0.0, spectrum.least, spectrum.room, label=f"semidefinite, {mode}")
        yield at_most(spectrum.largest, 0.5, spectrum.room, label=f"norm, {mode}")
        if x.shape[-1] > 1:
            least = np.diagonal(truth.value, axis1=-2, axis2=-1).min(-1)  # p_i (1 - p_i), which is at most p_i
            yield at_most(least, spectrum.second, spectrum.room, where=full, label=f"rank, {mode}")


@refutation(softmax_jacobian, r"\|J\|_2\le\tfrac14")
@for_all(x=two_equal_logits())
def its_norm_is_that_of_the_sigmoid(subject: Subject, x: Tensor) -> Iterator[Check]:
    """At p = (1/2, 1/2) it is 1/2: the slope of the sigmoid is 1/4, and a difference of two logits counts twice."""
    j = values(subject.softmax_jacobian(x, "reverse"))
    yield at_most(np.linalg.norm(j, 2, axis=(-2, -1)), 0.25, 0.01)


@refutation(softmax_jacobian, r"\det J\ne0")
@for_all(x=narrow_rows())
def it_is_invertible(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The vector of ones is mapped to 0."""
    j = values(subject.softmax_jacobian(x, "reverse"))
    yield holds(np.linalg.svd(j, compute_uv=False)[:, -1] > x.shape[-1] * 4 * subject.format.u)


@refutation(softmax_jacobian, r"J=\operatorname{diag}(p_i(1-p_i))")
@for_all(x=narrow_rows())
def probabilities_do_not_depend_on_other_logits(subject: Subject, x: Tensor) -> Iterator[Check]:
    """What one class gains others lose."""
    truth = jacobian_truth(subject, x)
    diagonal = truth.value * np.eye(x.shape[-1])
    yield within(subject.softmax_jacobian(x, "reverse"), truth._replace(value=diagonal))


@refutation(softmax_jacobian, r"J=\operatorname{diag}(p)+pp^\top")
@for_all(x=narrow_rows())
def the_outer_product_is_added(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It is subtracted, or the rows would not sum to 0."""
    truth = jacobian_truth(subject, x)
    p = values(subject.softmax(x, dim=-1))
    other = truth.value + 2 * p[:, :, None] * p[:, None]
    yield within(subject.softmax_jacobian(x, "forward"), truth._replace(value=other))
