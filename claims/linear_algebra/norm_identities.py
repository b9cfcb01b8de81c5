"""Norms against each other: what is meant without an order, Frobenius and L2 norm, and all orders up to infinity."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import FEW, agrees, exact_norm, spoiled
from claims.frame.inputs import norm_identities as inputs
from claims.frame.inputs.spectra import Gallery, only
from claims.frame.subject import Subject
from reference.linear_algebra import norm_identities as reference
from reference.linear_algebra.norms import matrix_norm_truths
from reference.truth import Truth

ALONG_AN_AXIS = ("vector_norm", "linalg_norm", "norm", "tensor_norm")
WHOLE = ("whole_vector_norm", "whole_linalg_norm", "whole_norm", "whole_tensor_norm")
A_FEW = 8
"""Tensors for functions that take one at a time, each by several functions and orders."""
LADDER = (*(2.0**k for k in range(11)), math.inf)
LONGEST_LADDER = 33


def of_each(norm: Callable[..., Tensor], x: Tensor, *order: float) -> Tensor:
    """The norm of each of a few tensors, all entries of it."""
    return torch.stack([norm(v, *order) for v in x])


def first(truth: Truth, count: int = FEW) -> Truth:
    """The truth of the first instances."""
    return Truth(*(part[:count] for part in truth))


@claim(
    title="A norm without an order is the L2 norm",
    statement=r"\|x\|:=\|x\|_2",
    hypotheses="x is a vector; for a matrix order 2 is the spectral norm in torch.linalg.norm, not in torch.norm",
    notes="Linear algebra: norms",
    book="2.5",
    formal="EuclideanSpace.norm_eq",
    truth=TRUE,
    bound="exact between the default and order 2 of one function; BND-L2 for the values, BND-SUM, BND-SVD for matrices",
)
@for_all(x=inputs.tensors())
def euclidean_norm_default_order(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Every function of torch without an order, and with order 2, along an axis and of whole tensors of 1 to 3 axes.

    Also normalize, and clip_grad_norm_ by what it returns. For a matrix, torch.norm of order 1, 2 or infinity takes all
    entries; torch.linalg.norm takes the largest column sum, the largest singular value (in float64), the largest row
    sum; without an order both take the Frobenius norm. An infinite entry makes a norm infinite, a NaN makes it NaN.
    """
    flat = x.reshape(len(x), -1)
    truth = exact_norm(subject, flat, 2.0)
    finite = np.isfinite(truth.bound)
    for spelling in ALONG_AN_AXIS:
        found = getattr(subject, spelling)(flat, dim=-1)
        yield within(found, truth, where=finite, label=spelling)
        yield equal(found, getattr(subject, spelling)(flat, 2.0, dim=-1), label=f"{spelling}: order 2")
    yield equal(subject.normalize(flat, dim=-1), subject.normalize(flat, 2.0, dim=-1), label="normalize: order 2")
    few = x[:A_FEW]
    for spelling in (*WHOLE, "clipped_norm"):
        found = of_each(getattr(subject, spelling), few)
        yield within(found, first(truth, A_FEW), where=finite[:A_FEW], label=spelling)
        if spelling != "whole_linalg_norm" or x.ndim == 2:
            yield equal(found, of_each(getattr(subject, spelling), few, 2.0), label=f"{spelling}: order 2")
    if x.numel():
        yield from propagates(subject, x)
    if x.ndim == 3 and x.numel():
        yield from orders_of_a_matrix(subject, few)


def propagates(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The norm of what has an infinite entry is infinite, and that of what has a NaN is NaN."""
    tensors, norms = spoiled(x)
    vectors, whole = subject.tensor(tensors.reshape(len(tensors), -1)), subject.tensor(tensors)
    for spelling in ALONG_AN_AXIS:
        yield equal(getattr(subject, spelling)(vectors, dim=-1), norms, label=f"{spelling}: infinity and NaN")
    for spelling in (*WHOLE, "clipped_norm"):
        yield equal(of_each(getattr(subject, spelling), whole), norms, label=f"{spelling}: infinity and NaN")


def orders_of_a_matrix(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Norms of all entries by torch.norm, operator norms by torch.linalg.norm."""
    flat = A.reshape(len(A), -1)
    for p in (1.0, math.inf):
        yield from agrees(subject, of_each(subject.whole_norm, A, p), flat, p, exact_norm(subject, flat, p))
    found = subject.matrix_norm(A)
    truths = matrix_norm_truths(values(A), subject.arithmetic("matrix_norm"))
    yield within(found, truths["fro"], where=np.isfinite(truths["fro"].bound), label="matrix_norm")
    yield equal(found, subject.matrix_norm(A, "fro"), label="matrix_norm: Frobenius")
    for p, name in ((1.0, "column"), (math.inf, "row")):
        truth = truths[p]
        found = subject.linalg_norm_of_matrix(A, p)
        yield within(found, truth, where=np.isfinite(truth.bound), label=f"linalg.norm: largest {name} sum")
    spectral = subject.linalg_norm_in(A, 2.0, dtype=torch.float64)
    yield within(spectral, reference.spectral_norm(values(A)), label="linalg.norm: largest singular value")


@refutation(
    euclidean_norm_default_order,
    "torch.norm(A, 2) and torch.linalg.norm(A, 2) are the same, up to a percent.",
    dtypes=("float32", "float64"),
)
@for_all(x=only(inputs.Shaped((3, 4), "normal")))
def order_two_of_a_matrix_is_unambiguous(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The one takes all entries, the other the largest singular value."""
    all_entries = values(of_each(subject.whole_norm, x, 2.0))
    yield within(of_each(subject.whole_linalg_norm, x, 2.0), Truth(all_entries, 0.01 * all_entries))


@refutation(euclidean_norm_default_order, r"torch.linalg.norm(A, 1) is $\sum_{ij}|A_{ij}|$, up to a percent.")
@for_all(x=only(inputs.Shaped((3, 4), "normal")))
def order_one_of_a_matrix_is_the_sum(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It is the largest sum of a column."""
    total = np.abs(values(x)).sum((-2, -1))
    yield within(of_each(subject.whole_linalg_norm, x, 1.0), Truth(total, 0.01 * total))


@claim(
    title="The Frobenius norm is the L2 norm of the entries, and no rotation changes it",
    statement=r"\|A\|_F=\|\operatorname{vec}A\|_2=\|A^\top\|_F=\|QA\|_F\ (Q^\top Q=I),\quad"
    r"\|A\|_2\le\|A\|_F\le\sqrt{r}\,\|A\|_2",
    hypotheses="r = rank A; the analogy is an isometry: the operator norm that L2 induces is the spectral norm",
    notes="Linear algebra: norms",
    book="2.5",
    formal="Matrix.frobenius_norm_transpose",
    truth=TRUE,
    bound="BND-L2 in any order of summation (ASNA (3.5), (2.8)); BND-SVD in float64 for the spectral norm",
)
@for_all(turned=inputs.turned_matrices())
def frobenius_vec_isometry(subject: Subject, turned: inputs.Turned) -> Iterator[Check]:
    """Norms of A, of its entries by rows and by columns, of A^T and of QA, against one exact root of all squares.

    Q permutes rows and changes signs, which rounds nothing. Spectral norms are taken in float64, from torch, and both
    inequalities hold up to the errors of both norms. For rank 1 they are one equality.
    """
    A, Q, rank = turned
    a, flat = values(A), A.flatten(-2)
    truth = exact_norm(subject, flat, 2.0)
    finite = np.isfinite(truth.bound)
    QA = subject.tensor(values(Q) @ a)
    for name, block in (("A", A), ("A^T", A.mT), ("QA", QA)):
        yield within(subject.matrix_norm(block), truth, where=finite, label=f"matrix_norm: {name}")
        few = subject.linalg_norm_of_matrix(block[:FEW])
        yield within(few, first(truth), where=finite[:FEW], label=f"linalg.norm: {name}")
    for name, entries in (("rows", flat), ("columns", A.mT.flatten(-2))):
        yield within(subject.vector_norm(entries, dim=-1), truth, where=finite, label=f"entries by {name}")
    if A.numel():
        exact = reference.spectral_norm(a)
        spectral, frobenius = values(subject.matrix_norm_in(A, 2.0, dtype=torch.float64)), subject.matrix_norm(A)
        yield within(spectral, exact, label="spectral norm")
        below, above = (
            reference.at_most_times(exact, truth, 1.0),
            reference.frobenius_by_spectral(truth, exact, rank),
        )
        yield at_most(spectral, frobenius, below.slack, label="spectral at most Frobenius")
        yield at_most(frobenius, above.value * spectral, above.slack, label="Frobenius at most sqrt(r) spectral")


@refutation(
    frobenius_vec_isometry, "torch.linalg.norm(A, 2) is the L2 norm of the entries.", dtypes=("float32", "float64")
)
@for_all(turned=only(inputs.TurnedMatrix(Gallery(4, 4, name="identity"))))
def order_two_is_the_norm_of_the_entries(subject: Subject, turned: inputs.Turned) -> Iterator[Check]:
    """The identity of order n has the spectral norm 1 and the Frobenius norm sqrt(n)."""
    A, *_ = turned
    yield within(subject.linalg_norm_of_matrix(A, 2), exact_norm(subject, A.flatten(-2), 2.0))


@refutation(frobenius_vec_isometry, r"\|A\|_F\le\|A\|_2")
@for_all(turned=only(inputs.TurnedMatrix(Gallery(4, 4, name="identity"))))
def frobenius_is_at_most_spectral(subject: Subject, turned: inputs.Turned) -> Iterator[Check]:
    A, *_ = turned
    spectral = values(subject.matrix_norm_in(A, 2.0, dtype=torch.float64))
    yield at_most(subject.matrix_norm(A), spectral, 0.01 * spectral)


@refutation(frobenius_vec_isometry, r"\|AB\|_F=\|A\|_F\|B\|_F")
def frobenius_is_multiplicative(subject: Subject, turned: inputs.Turned) -> Iterator[Check]:
    """Here B = A^T."""
    A, *_ = turned
    product = values(subject.matrix_norm(subject.tensor(values(A) @ values(A.mT))))
    squared = np.square(values(subject.matrix_norm(A)))
    regular = np.isfinite(squared) & (squared < subject.format.largest / 4) & (squared > subject.format.lam * 4)
    yield within(product, Truth(squared, 0.05 * squared), where=regular)


@claim(
    title="The L-infinity norm is the limit of the L^p norms, which decrease in p",
    statement=r"\|x\|_\infty\le\|x\|_q\le\|x\|_p\le n^{1/p-1/q}\|x\|_q\ (1\le p\le q\le\infty),\quad"
    r"\lim_{p\to\infty}\|x\|_p=\|x\|_\infty",
    hypotheses="exact arithmetic; computed, the largest magnitude must be near 1, or powers leave the range",
    notes="Linear algebra: norms",
    book="2.5",
    formal="PiLp.lipschitzWith_equiv (the constants)",
    truth=TRUE,
    bound="BND-LP of both norms, BND-L2 (p = 2), BND-SUM (p = 1); p = inf exact",
)
@for_all(ordered=inputs.vectors_of_two_orders())
def max_norm_limit(subject: Subject, ordered: inputs.Ordered) -> Iterator[Check]:
    """Norms of orders p <= q up to 1024 and infinity, of vectors whose largest magnitude is 1, between each other.

    Both come within their own bounds first. Then orders 1, 2, 4, ..., 1024 and infinity descend, each at most
    n^(1/p) above the maximum. Powers of small entries underflow, which the norm hardly feels beside 1.
    """
    x, p, q = ordered
    n, largest = x.shape[-1], np.abs(values(x)).max(-1)
    lower, higher = exact_norm(subject, x, p), exact_norm(subject, x, q)
    of_p, of_q = (subject.vector_norm(x, order, dim=-1) for order in (p, q))
    yield from agrees(subject, of_p, x, p, lower)
    yield from agrees(subject, of_q, x, q, higher)
    for spelling in ("norm", "linalg_norm"):
        yield from agrees(subject, getattr(subject, spelling)(x, q, dim=-1), x, q, higher)
    if p < math.inf:
        steps = exact_norm(subject, x, p, stored_steps=True)
        yield within(subject.lp_formula(x, p, dim=-1), steps, where=np.isfinite(steps.bound), label="formula")
    yield at_most(largest, of_q, higher.bound, label="the maximum is the least")
    yield at_most(of_q, of_p, reference.at_most_times(higher, lower, 1.0).slack, label="norms decrease in p")
    above = reference.lower_by_higher_order(lower, higher, n, p, q)
    yield at_most(of_p, above.value * values(of_q), above.slack, label="at most n^(1/p - 1/q) apart")
    if n <= LONGEST_LADDER:
        yield from ladder(subject, x[:FEW])


def ladder(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Norms of the orders 1, 2, 4, ..., 1024, infinity: each at most the one before, and they approach the maximum."""
    n, largest = x.shape[-1], Truth(np.abs(values(x)).max(-1), np.zeros(len(x)))
    steps = [(p, values(subject.vector_norm(x, p, dim=-1)), exact_norm(subject, x, p)) for p in LADDER]
    for (p, norm, truth), (_, following, following_truth) in itertools.pairwise(steps):
        slack = reference.at_most_times(following_truth, truth, 1.0).slack
        yield at_most(following, norm, slack, label=f"order {2 * p:g} is at most order {p:g}")
        near = reference.lower_by_higher_order(truth, largest, n, p, math.inf)
        yield at_most(norm, near.value * largest.value, near.slack, label=f"order {p:g} is near the maximum")


@refutation(max_norm_limit, r"The computed $\|x\|_p$ tends to $\|x\|_\infty$ for every x.")
@for_all(ordered=only(inputs.TwoOrders(2, "1024", "inf", exponent=2), inputs.TwoOrders(2, "1024", "inf", exponent=-2)))
def computed_norms_tend_to_the_maximum(subject: Subject, ordered: inputs.Ordered) -> Iterator[Check]:
    """Powers overflow if the largest magnitude is 4, and vanish if it is 1/4."""
    x, p, q = ordered
    largest = values(subject.vector_norm(x, q, dim=-1))
    yield within(subject.vector_norm(x, p, dim=-1), Truth(largest, 0.01 * largest))


@refutation(max_norm_limit, r"$\|x\|_p$ increases in $p$.")
def norms_increase_in_the_order(subject: Subject, ordered: inputs.Ordered) -> Iterator[Check]:
    x, p, q = ordered
    of_p, of_q = (values(subject.vector_norm(x, order, dim=-1)) for order in (p, q))
    yield at_most(of_p, of_q, 0.05 * of_p)


@refutation(max_norm_limit, r"\|x\|_1\le\|x\|_2")
def sum_is_at_most_the_euclidean_norm(subject: Subject, ordered: inputs.Ordered) -> Iterator[Check]:
    x, *_ = ordered
    one, two = (values(subject.vector_norm(x, order, dim=-1)) for order in (1.0, 2.0))
    yield at_most(one, two, 0.05 * one)
