"""Generalised directional derivatives of functions at their kinks: one-sided slopes, and the pieces that tie.

F. H. Clarke, Optimization and Nonsmooth Analysis (1983), section 2.1: g is in the subdifferential of f at x exactly if
<g, d> <= f°(x; d) for every direction d. For convex f, f° is the one-sided directional derivative.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.rounding import U64, gamma

Float64 = NDArray[np.float64]


class Curve(NamedTuple):
    """A function of one variable by its slopes to the left and to the right of `points`, which ascend.

    Between straight pieces the `slopes` hold everywhere: one more than points. `roundings` are those of a slope that is
    no number of the format. With `both_zeros` the point 0 stands for -0, too.
    """

    points: tuple[float, ...]
    left: tuple[float, ...]
    right: tuple[float, ...]
    slopes: tuple[float, ...] = ()
    roundings: int = 0
    both_zeros: bool = True


def straight(points: tuple[float, ...], *slopes: float, roundings: int = 0) -> Curve:
    """A function of straight pieces: the slopes before, between and after the points."""
    return Curve(points, slopes[:-1], slopes[1:], slopes, roundings)


def at_zero(left: float, right: float | None = None, roundings: int = 0) -> Curve:
    """A function with curved pieces that meet at 0; smooth there, or not defined on one side, with one slope."""
    return Curve((0.0,), (left,), (left if right is None else right,), (), roundings)


SELU_SCALE, SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
"""As Klambauer et al., Self-normalizing neural networks (2017), and torch have them."""

CURVES: dict[str, Curve] = {
    "abs": straight((0.0,), -1.0, 1.0),
    "relu6": straight((0.0, 6.0), 0.0, 1.0, 0.0),
    "hardtanh": straight((-1.0, 1.0), 0.0, 1.0, 0.0),
    "hardsigmoid": straight((-3.0, 3.0), 0.0, 1 / 6, 0.0, roundings=1),
    "hardswish": Curve((-3.0, 3.0), (0.0, 1.5), (-0.5, 1.0)),
    "leaky_relu": straight((0.0,), 0.25, 1.0),
    "leaky_relu, falling": straight((0.0,), -0.5, 1.0),
    "prelu": straight((0.0,), 0.25, 1.0),
    "rrelu": straight((0.0,), 0.25, 1.0),
    "elu, alpha=2": at_zero(2.0, 1.0),
    "elu": at_zero(1.0),
    "celu, alpha=2": at_zero(1.0),
    "selu": at_zero(SELU_SCALE * SELU_ALPHA, SELU_SCALE, roundings=3),
    "softshrink": straight((-0.5, 0.5), 1.0, 0.0, 1.0),
    "threshold": straight((0.5,), 0.0, 1.0),
    "clamp": straight((-1.0, 2.0), 0.0, 1.0, 0.0),
    "clamp, crossed": straight((-1.0, 2.0), 0.0, 0.0, 0.0),
    "clamp_max": straight((0.5,), 1.0, 0.0),
    "l1_loss": straight((0.0,), -1.0, 1.0),
    "smooth_l1_loss": Curve((-1.0, 0.0, 1.0), (-1.0, 0.0, 1.0), (-1.0, 0.0, 1.0)),
    "smooth_l1_loss, beta=0": straight((0.0,), -1.0, 1.0),
    "huber_loss": Curve((-0.5, 0.0, 0.5), (-0.5, 0.0, 0.5), (-0.5, 0.0, 0.5)),
    "hinge_embedding_loss": straight((1.0,), -1.0, 0.0),
    "x |x|": at_zero(0.0),
    "sinc": at_zero(0.0),
    "x^0": at_zero(0.0),
    "x^1": straight((0.0,), 1.0, 1.0),
    "x^1.5": at_zero(0.0),
    "x^2": at_zero(0.0),
    "x^0.5": Curve((0.0,), (np.inf,), (np.inf,), both_zeros=False),
    "x^0.5 at -0": Curve((-0.0,), (np.inf,), (np.inf,), both_zeros=False),
    "sqrt": Curve((0.0,), (np.inf,), (np.inf,), both_zeros=False),
    "sqrt at -0": Curve((-0.0,), (np.inf,), (np.inf,), both_zeros=False),
    "entr": at_zero(np.inf),
    "asin": Curve((-1.0, 1.0), (np.inf, np.inf), (np.inf, np.inf)),
    "acos": Curve((-1.0, 1.0), (-np.inf, -np.inf), (-np.inf, -np.inf)),
    "acosh": Curve((1.0,), (np.inf,), (np.inf,)),
    "maximum(x, -x)": straight((0.0,), -1.0, 1.0),
    "fmax(x, -x)": straight((0.0,), -1.0, 1.0),
    "minimum(x, -x)": straight((0.0,), 1.0, -1.0),
    "fmin(x, -x)": straight((0.0,), 1.0, -1.0),
    "where(x > 0, x, -x)": straight((0.0,), -1.0, 1.0),
}
"""Functions of one variable; rectifiers are in `networks.activations`."""


class Selection(NamedTuple):
    """A function of several variables that is one of them: the one at `place` in ascending order, "middle" for n // 2.

    `size` is the number of variables where that is fixed, `roundings` those of a gradient that averages.
    """

    place: int | str
    size: int = 0
    roundings: int = 0


SELECTIONS: dict[str, Selection] = {
    "max": Selection(-1, roundings=1),
    "min": Selection(0, roundings=1),
    "amax": Selection(-1, roundings=1),
    "amin": Selection(0, roundings=1),
    "max of dim": Selection(-1),
    "min of dim": Selection(0),
    "aminmax, largest": Selection(-1, roundings=1),
    "aminmax, smallest": Selection(0, roundings=1),
    "topk": Selection(-2),
    "sort": Selection(0),
    "msort": Selection(-1),
    "kthvalue": Selection(1),
    "median": Selection("middle", roundings=1),
    "median of dim": Selection("middle"),
    "nanmedian of dim": Selection("middle"),
    "quantile, lower": Selection("middle"),
    "nanquantile, lower": Selection("middle"),
    "cummax": Selection(-1),
    "cummin": Selection(0),
    "max_pool1d": Selection(-1),
    "max_pool2d": Selection(-1),
    "max_pool3d": Selection(-1),
    "adaptive_max_pool1d": Selection(-1),
    "adaptive_max_pool2d": Selection(-1),
    "scatter_reduce": Selection(-1, roundings=1),
    "scatter_reduce, an equal number excluded": Selection(-1, roundings=1),
    "segment_reduce": Selection(-1, roundings=1),
    "maximum": Selection(-1, 2),
    "minimum": Selection(0, 2),
    "fmax": Selection(-1, 2),
    "fmin": Selection(0, 2),
    "clamp by a tensor below": Selection(-1, 2),
    "clamp by a tensor above": Selection(0, 2),
}
NORMS: dict[str, float] = {
    "vector_norm 1": 1.0,
    "vector_norm 2": 2.0,
    "vector_norm 3": 3.0,
    "vector_norm inf": np.inf,
    "norm 1": 1.0,
    "norm 2": 2.0,
    "norm inf": np.inf,
    "pairwise_distance 1": 1.0,
    "pairwise_distance 2": 2.0,
    "pairwise_distance inf": np.inf,
    "cdist 1": 1.0,
    "cdist 2": 2.0,
    "cdist 3": 3.0,
    "cdist inf": np.inf,
    "pdist 1": 1.0,
    "pdist 2": 2.0,
    "pdist inf": np.inf,
    "hypot": 2.0,
}
"""Norms with their order; that of order 2 and 3 have their one kink at 0."""
SPECIAL: dict[str, int] = {"std": 0, "margin_ranking_loss": 2}
"""The standard deviation, a norm of the deviations, and max(0, x_2 - x_1), with the number of variables if fixed."""
MATRICES = ("nuclear norm", "spectral norm", "largest of svdvals")
"""Norms of matrices of order 2, given by their entries, with kinks where singular values are 0 or equal."""
OF_VECTORS = (*SELECTIONS, *NORMS, *SPECIAL)
PAIRS = (*(name for name, s in SELECTIONS.items() if s.size), "hypot", "margin_ranking_loss")
"""Functions of two variables."""


ORTHOGONAL = 64
"""||U^T U - I||_F <= 16 n u, and the same for V, of a singular value decomposition by LAPACK (calibrated); n = 2."""


def one_sided(name: str, x: Float64) -> tuple[Float64, Float64]:
    """Slopes of a curve to the left and to the right of its points, or of numbers x on a straight piece."""
    curve = CURVES[name]
    if curve.slopes:
        slopes = np.array(curve.slopes)
        return slopes[np.searchsorted(curve.points, x, "left")], slopes[np.searchsorted(curve.points, x, "right")]
    index = np.searchsorted(curve.points, x)
    return np.array(curve.left)[index], np.array(curve.right)[index]


def active(name: str, x: Float64) -> NDArray[np.bool_]:
    """Which entries of x (..., n) equal the one that is selected."""
    place = SELECTIONS[name].place
    k = (x.shape[-1] - 1) // 2 if place == "middle" else int(place)
    return np.asarray(x == np.sort(x, -1)[..., [k]])


def derivative(name: str, x: Float64, d: Float64) -> Float64:
    """f°(x; d): (..., n) for curves, entry by entry, else (...,), exactly but for the roots in norms of order 2 and 3.

    For a selection the maximum of d over the entries that tie: each of them is the selected one near x.
    """
    if name in CURVES:
        left, right = one_sided(name, x)
        return np.maximum(left * d, right * d)
    if name in SELECTIONS:
        return np.asarray(np.where(active(name, x), d, -np.inf).max(-1))
    if name == "margin_ranking_loss":
        rise, slope = x[..., 1] - x[..., 0], d[..., 1] - d[..., 0]
        return np.where(rise > 0, slope, np.where(rise < 0, 0.0, np.maximum(slope, 0.0)))
    if name == "std":
        return np.asarray(d.std(-1, ddof=1))
    if name in MATRICES:
        return _of_matrices(name, x, d)
    order = NORMS[name]
    if order == 1:
        return np.asarray(np.where(x == 0, np.abs(d), np.sign(x) * d).sum(-1))
    if order == np.inf:
        largest = np.abs(x).max(-1, keepdims=True)
        towards = np.where(x == 0, np.abs(d), np.sign(x) * d)
        return np.asarray(np.where(np.abs(x) == largest, towards, -np.inf).max(-1))
    return np.asarray((np.abs(d) ** order).sum(-1) ** (1 / order))


def _of_matrices(name: str, x: Float64, d: Float64) -> Float64:
    """The derivative of a norm of matrices along d; singular values that should be equal agree to 2^-40.

    Of the nuclear norm <U_1 V_1^T, D> + ||U_2^T D V_2||_*, where U_1 and V_1 belong to positive singular values; of the
    spectral norm the largest eigenvalue of the symmetric part of U_1^T D V_1, where they belong to the largest one, and
    ||D||_2 at 0 (G. A. Watson, Characterization of the subdifferential of some matrix norms, 1992).
    """
    shape = np.broadcast_shapes(x.shape, d.shape)
    a, along = (np.broadcast_to(t, shape).reshape(-1, 2, 2) for t in (x, d))
    found = np.empty(len(a))
    for i, (u, s, v) in enumerate(zip(*np.linalg.svd(a), strict=True)):
        inner, positive = u.T @ along[i] @ v.T, s > 2.0**-40 * max(1.0, s[0])
        if name == "nuclear norm":
            rest = inner[np.ix_(~positive, ~positive)]
            found[i] = np.trace(inner[np.ix_(positive, positive)]) + (np.linalg.norm(rest, "nuc") if rest.size else 0)
        elif not positive.any():
            found[i] = np.linalg.norm(along[i], 2)
        else:
            top = inner[np.ix_(s > s[0] * (1 - 2.0**-40), s > s[0] * (1 - 2.0**-40))]
            found[i] = np.linalg.eigvalsh((top + top.T) / 2)[-1]
    return found.reshape(shape[:-1])


def pairing(name: str, g: Float64, d: Float64) -> Float64:
    """<g, d>, entry by entry for curves."""
    return g * d if name in CURVES else np.asarray((g * d).sum(-1))


def slack(name: str, g: Float64, d: Float64, u: float) -> Float64:
    """What roundings add to <g, d>: those of the entries of g, and of the sum where they are not whole numbers."""
    if name in CURVES:
        roundings = CURVES[name].roundings
        return roundings * u * np.abs(g * d) if roundings else np.zeros(d.shape)
    if name in MATRICES:
        return np.asarray(ORTHOGONAL * u * np.sqrt((d * d).sum(-1)))
    inexact = SELECTIONS[name].roundings if name in SELECTIONS else name.endswith("inf")
    size = np.abs(g * d).sum(-1)
    return np.asarray(inexact * (u + g.shape[-1] * U64) * size * (1 + 2 * u))


def directions(name: str, x: Float64, g: Float64) -> Float64:
    """Directions (k, ..., n) that tell whether g is in the subdifferential.

    Its facets are normal to +-e_i, to the vector of ones or of the signs of x, and for balls to g or its signs.
    """
    one = np.ones(x.shape)
    if name in CURVES:
        return np.stack([one, -one])
    units = [row * one for row in np.eye(x.shape[-1])]
    towards = np.stack([*units, one, np.sign(x), g, np.sign(g)])
    if name in MATRICES:
        left, _, right = np.linalg.svd(np.stack([g, g - x]).reshape(-1, 2, 2))
        both = np.concatenate([left @ right, left[..., :1] @ right[..., :1, :]]).reshape(4, *x.shape)
        towards = np.concatenate([towards, both])
    return np.concatenate([towards, -towards])


def forward_slack(name: str, x: Float64, d: Float64, u: float) -> Float64:
    """What roundings add to a derivative along d: those of the slopes, and of the average of n directions."""
    if name in CURVES:
        left, right = one_sided(name, x)
        roundings = CURVES[name].roundings
        return roundings * u * np.maximum(np.abs(left * d), np.abs(right * d)) if roundings else np.zeros(d.shape)
    if name in MATRICES:
        return np.asarray(ORTHOGONAL * u * np.sqrt((d * d).sum(-1)))
    if name in MATRICES:
        return np.asarray(ORTHOGONAL * u * np.sqrt((d * d).sum(-1)))
    inexact = SELECTIONS[name].roundings if name in SELECTIONS else name.endswith("inf")
    k = float(inexact) * (d.shape[-1] + 2)
    return np.asarray(gamma(k, u) * np.abs(d).max(-1))
