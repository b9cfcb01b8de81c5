"""What the norms of vectors carry over to: distances between points, and matrices."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import torch

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import as_matrices, positive, slack
from claims.frame.inputs import vectors as inputs
from claims.frame.subject import Subject
from reference.linear_algebra import norms as reference
from reference.truth import Truth

DIRECT = "donot_use_mm_for_euclid_dist"


@claim(
    title="The norm of a difference is a metric",
    statement=r"d(x,y)=\|x-y\|_p:\ d(x,y)=0\Leftrightarrow x=y,\ d(x,y)=d(y,x),\ d(x,z)\le d(x,y)+d(y,z)",
    hypotheses="p >= 1; computed: d(x, y) may be 0 where every |x_i - y_i|^p rounds to 0",
    notes="Linear algebra: norms",
    book="2.5",
    formal="NormedAddCommGroup.toMetricSpace",
    truth=TRUE,
    bound="the bound of each norm and one rounding of each difference; symmetry and d(x, x) = 0 are exact",
)
@for_all(triple=inputs.vector_triples())
def norm_of_difference_is_a_metric(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    """torch.cdist gives all distances between three points at once, each of them held against the norm of a difference.

    For n = 1 it does not return |x - y| exactly, as a norm would.
    """
    x, y, z, p = triple
    points = torch.stack([x, y, z], 1)
    d = subject.cdist(points, points, p, DIRECT)
    how, error = subject.arithmetic("vector_norm"), reference.pow_ulps(subject.device)
    pairs = itertools.combinations([values(v) for v in (x, y, z)], 2)
    sides = [reference.distance(a, b, p, how, pow_error=error, exact_alone=False) for a, b in pairs]
    xy, xz, yz = d[:, 0, 1], d[:, 0, 2], d[:, 1, 2]
    for computed, side in zip((xy, xz, yz), sides, strict=True):
        yield within(computed, side, label="distance")
    yield at_most(0.0, d, label="non-negativity")
    yield equal(d, d.mT, label="symmetry")
    yield equal(d.diagonal(dim1=1, dim2=2), 0.0, label="d(x, x)")
    yield at_most(xz, subject.add(xy, yz), slack(subject, sides, []), label="triangle inequality")
    apart = subject.format.round(values(x) - values(y))
    yield positive(subject, xy, apart, p, how, "definiteness", exact_alone=False)


@refutation(norm_of_difference_is_a_metric, r"d(x,y)=\|x-y\|_2^2\Rightarrow d(x,z)\le d(x,y)+d(y,z)")
def squared_distance_is_a_metric(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    x, y, z, _ = triple
    pairs = [subject.subtract(a, b) for a, b in ((x, y), (y, z), (x, z))]
    xy, yz, xz = (subject.sum(subject.multiply(v, v), dim=-1) for v in pairs)
    yield at_most(xz, subject.add(xy, yz))


@refutation(norm_of_difference_is_a_metric, "`F.pairwise_distance(x, x)` is 0.")
def pairwise_distance_of_equal_points_is_zero(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    """Its default eps = 1e-6 joins every difference."""
    x, *_, p = triple
    yield equal(subject.pairwise_distance(x, x, p), 0.0)


@claim(
    title="The Frobenius, nuclear, spectral, 1- and infinity-norms of matrices are norms",
    statement=r"\|A+B\|\le\|A\|+\|B\|,\quad\|aA\|=|a|\,\|A\|,\quad\|A\|=0\Rightarrow A=0",
    hypotheses="computed: a norm may be 0 where it is below its own error bound",
    notes="Linear algebra: norms",
    book="2.5, eq. 2.32",
    formal="Matrix.frobeniusSeminormedAddCommGroup, Matrix.instL2OpNormedAddCommGroup",
    truth=TRUE,
    bound="BND-L2, BND-SUM, BND-SVD (values only; calibrated); the rounding of A + B, in the Frobenius norm",
)
@for_all(triple=inputs.vector_triples(("2",)))
def matrix_norms_are_norms(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    """Every norm of A, B, A + B and -2 A is computed. The axioms hold up to the errors of the norms involved,
    and the norm of A is compared with the exact one.
    """
    a, b = (as_matrices(v) for v in triple[:2])
    if a.numel() == 0:
        return
    matrices = [a, b, subject.add(a, b), subject.multiply(a, -2.0)]
    how = subject.arithmetic("matrix_norm")
    truths = [reference.matrix_norm_truths(values(m), how) for m in matrices]
    # the rounding of A + B is smaller than u |A + B| in every entry, and the nuclear norm at most sqrt(k) ||.||_F
    rank = np.sqrt(min(a.shape[-2:]))
    for order in truths[0]:
        na, nb, total, twice = (subject.matrix_norm(m, order) for m in matrices)
        of_a, of_b, of_sum, of_twice = (t[order] for t in truths)
        moved = Truth(rank * truths[2]["fro"].value if order in ("nuc", 2) else of_sum.value, of_sum.bound)
        allowed = slack(subject, [of_sum, of_a, of_b], [moved])
        yield within(na, of_a, label=f"value, {order}")
        yield at_most(0.0, na, label=f"non-negativity, {order}")
        yield at_most(total, subject.add(na, nb), allowed, label=f"triangle, {order}")
        yield within(twice, Truth(2 * values(na), of_twice.bound + 2 * of_a.bound), label=f"homogeneity, {order}")
        yield holds(values(na) > 0, where=of_a.value > of_a.bound, label=f"definiteness, {order}")
        yield equal(na, 0.0, where=(values(a) == 0).all((1, 2)), label=f"zero, {order}")


@refutation(matrix_norms_are_norms, "the smallest singular value is a norm")
def smallest_singular_value_is_a_norm(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    a, b = (as_matrices(v) for v in triple[:2])
    if a.numel():
        matrices = [a, b, subject.add(a, b)]
        errors = [reference.matrix_norm_truths(values(m), subject.arithmetic("matrix_norm"))[2] for m in matrices]
        na, nb, total = (subject.matrix_norm(m, -2) for m in matrices)
        yield at_most(total, subject.add(na, nb), slack(subject, errors, errors[2:]))
