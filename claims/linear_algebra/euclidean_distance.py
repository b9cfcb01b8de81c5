"""The L2 norm as the Euclidean distance from the origin, and what torch computes in its place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import FEW
from claims.frame.inputs.point_sets import PointSets, point_sets
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.linear_algebra import euclidean_distance as reference
from reference.linear_algebra.norms import norm
from reference.truth import Truth

DIRECT = "donot_use_mm_for_euclid_dist"
EXPANDED = "use_mm_for_euclid_dist"
DEFAULT = "use_mm_for_euclid_dist_if_necessary"
MOST_DIRECT = 25
"""With more points on either side the default expands the square."""
EPS = 1e-6
"""The default of torch's pairwise distance."""

Points = list[Tensor]


def paired(points: Points) -> Points:
    """As many points of either set, in pairs: (instances, pairs, n) both."""
    count = min(p.shape[1] for p in points)
    return [p[:, :count] for p in points]


def compared(observed: Tensor, truth: Truth, label: str) -> Check:
    """`within` for as many instances as there are, without those in which something may overflow."""
    part = Truth(*(np.broadcast_to(t, truth.value.shape)[: len(observed)] for t in truth))
    return within(observed, part, where=np.isfinite(part.bound).reshape(len(observed), -1).all(-1), label=label)


def first(truth: Truth) -> Truth:
    """That of the first pair of each instance."""
    return Truth(truth.value[:, 0], truth.bound[:, 0])


@claim(
    title="The L2 norm is the Euclidean distance from the origin",
    statement=r"d(x,y)=\|x-y\|_2=\sqrt{\sum_i(x_i-y_i)^2},\quad\|x\|_2=d(x,0)",
    hypotheses="computed: squares neither underflow nor overflow",
    notes="Linear algebra: norms",
    book="2.5",
    formal="EuclideanSpace.dist_eq, EuclideanSpace.norm_eq",
    truth=TRUE,
    bound="u ||x - y|| and BND-L2; expanded: |r^2 - d^2| <= gamma_{2n+2} (||x|| + ||y||)^2 + (3n+2) eta (ASNA (3.5)); "
    "the default eps of pairwise_distance: eps sqrt(n) more (reverse triangle inequality)",
)
@for_all(points=point_sets())
def euclidean_distance(subject: Subject, points: Points) -> Iterator[Check]:
    """Every spelling of the distance is compared with the exact one; symmetry and d(x, x) = 0 are exact.

    torch.cdist expands the square if there are more than 25 points on a side, unless told otherwise: that error is
    small against the norms, not always against the distance. F.pairwise_distance adds eps = 1e-6 to each difference.
    """
    X, Y = points
    x, y = paired(points)
    yield from distances_of_pairs(subject, x, y)
    yield from all_distances(subject, X, Y)
    shared = reference.direct(
        values(X)[:, :, None], values(Y)[:1, None], subject.arithmetic("euclidean_cdist"), widened=True
    )
    yield compared(subject.euclidean_cdist(X, Y[0], DIRECT), shared, "cdist, direct: one set for all")
    if X.shape[-1]:
        hole = X.clone()
        hole[..., -1] = float("nan")
        h, y0 = hole[:FEW, 0], Y[:FEW, 0]
        for name, found in (
            ("dist", subject.dist(h, y0)),
            ("norm of the difference", subject.norm_of_difference(h, y0, dim=-1)),
            ("pairwise_distance", subject.pairwise_distance(h, y0, 2.0, EPS)),
            ("pdist", subject.pdist(hole[:FEW])),
            *((f"cdist, {m}", subject.euclidean_cdist(hole, Y, m)) for m in (DIRECT, EXPANDED, DEFAULT)),
        ):
            yield holds(np.isnan(values(found)), label=f"{name}: NaN")
    origin = torch.zeros_like(x)
    length = norm(values(x), 2.0, subject.arithmetic("dist"), exact_alone=False)
    yield compared(subject.norm_of_difference(x, origin, dim=-1), length, "distance from the origin")
    yield compared(subject.dist(x[:FEW, 0], origin[:FEW, 0]), first(length), "dist from the origin")


def distances_of_pairs(subject: Subject, x: Tensor, y: Tensor) -> Iterator[Check]:
    """Distances of single pairs of points."""
    a, b, how = values(x), values(y), subject.arithmetic("dist")
    truth, offset = reference.direct(a, b, how), reference.shifted(a, b, EPS, how)
    one, other = x[:FEW, 0], y[:FEW, 0]
    found = subject.dist(one, other)
    yield compared(found, first(truth), "dist")
    yield equal(found, subject.dist(other, one), label="dist: symmetry")
    yield equal(subject.dist(one, one), 0.0, label="dist: a point from itself")
    yield compared(subject.norm_of_difference(x, y, dim=-1), truth, "norm of the difference")
    near = truth._replace(bound=truth.bound + offset.bound + EPS * np.sqrt(a.shape[-1]))
    for name in ("pairwise_distance", "pairwise_distance_layer"):
        order = (2.0,) if name == "pairwise_distance" else ()
        yield compared(getattr(subject, name)(x, y, *order, 0.0), truth, f"{name}, eps 0")
        found = getattr(subject, name)(x, y, *order, EPS)
        yield compared(found, offset, f"{name}, default eps")
        yield compared(found, near, f"{name}, default eps: eps sqrt(n) off")


def all_distances(subject: Subject, X: Tensor, Y: Tensor) -> Iterator[Check]:
    """Distances of every point of one set from every point of another, and of one set among themselves."""
    a, b, how = values(X), values(Y), subject.arithmetic("euclidean_cdist")
    direct = reference.direct(a[:, :, None], b[:, None], how, widened=True)
    expanded = reference.expanded(a[:, :, None], b[:, None], how)
    found = subject.euclidean_cdist(X, Y, DIRECT)
    yield compared(found, direct, "cdist, direct")
    yield equal(found, subject.euclidean_cdist(Y, X, DIRECT).mT, label="cdist, direct: symmetry")
    yield compared(subject.euclidean_cdist(X, Y, EXPANDED), expanded, "cdist, expanded")
    switched = max(X.shape[1], Y.shape[1]) > MOST_DIRECT
    yield compared(subject.euclidean_cdist(X, Y, DEFAULT), expanded if switched else direct, "cdist, default")
    own = subject.euclidean_cdist(X, X, DIRECT)
    yield equal(own.diagonal(dim1=1, dim2=2), 0.0, label="cdist, direct: a point from itself")
    i, j = np.triu_indices(X.shape[1], 1)
    among = reference.direct(a[:FEW, i], a[:FEW, j], how, widened=True)
    yield compared(subject.pdist(X[:FEW]), among, "pdist")


@refutation(
    euclidean_distance,
    "The computed distance of each point from itself is 0 in `torch.cdist(x, x)`.",
    dtypes=("float32", "float64"),
)
@for_all(points=only(PointSets(30, 30, 40, "normal", "same"), PointSets(26, 26, 3, "cluster", "same")))
def default_distances_of_points_from_themselves_are_zero(subject: Subject, points: Points) -> Iterator[Check]:
    """With more than 25 points the square is expanded, and what is left of it is the rounding of the norms."""
    X, _ = points
    yield equal(subject.euclidean_cdist(X, X, DEFAULT).diagonal(dim1=1, dim2=2), 0.0)


@refutation(euclidean_distance, "`F.pairwise_distance` is symmetric: $d(x,y)=d(y,x)$.", dtypes=("float32", "float64"))
def pairwise_distance_is_symmetric(subject: Subject, points: Points) -> Iterator[Check]:
    """eps is added to the difference, whatever its sign: d(1e-6, 0) = 2e-6 and d(0, 1e-6) = 0."""
    x, y = paired(points)
    yield equal(subject.pairwise_distance(x, y, 2.0, EPS), subject.pairwise_distance(y, x, 2.0, EPS))


@refutation(
    euclidean_distance,
    "Different points have a computed distance above 0 in every mode.",
    dtypes=("float32", "float64"),
)
@for_all(points=only(PointSets(26, 26, 3, "cluster")))
def expanded_distances_of_different_points_are_positive(subject: Subject, points: Points) -> Iterator[Check]:
    """1.4e-3 apart at a distance of 1000 from the origin, expanding the square in float32 gives 0."""
    X, Y = points
    apart = values(subject.euclidean_cdist(X, Y, DIRECT)) > 0
    yield holds((values(subject.euclidean_cdist(X, Y, EXPANDED)) > 0) | ~apart)


@refutation(
    euclidean_distance, "Expanding the square is as accurate as the direct formula.", dtypes=("float32", "float64")
)
def expanding_is_as_accurate(subject: Subject, points: Points) -> Iterator[Check]:
    X, Y = points
    how = subject.arithmetic("euclidean_cdist")
    truth = reference.direct(values(X)[:, :, None], values(Y)[:, None], how)
    yield compared(subject.euclidean_cdist(X, Y, EXPANDED), truth, "")
