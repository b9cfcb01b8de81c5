"""How norms grow: the square slowly near the origin, L1 everywhere alike; and what a function needs to be a norm."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TENDENCY, TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import FEW, exact_norm, spoiled
from claims.frame.inputs import norm_growth as inputs
from claims.frame.inputs.spectra import only
from claims.frame.inputs.vectors import Normed, Vector
from claims.frame.subject import Subject
from claims.linear_algebra.norm_gradients import LARGEST_HESSIAN, SQUARES, gradient_of
from reference.bounds import dot_truth
from reference.formats import Arithmetic, float64
from reference.linear_algebra import norm_growth as reference
from reference.linear_algebra.norm_family import derivative_of_square
from reference.linear_algebra.norms import matrix_norm_truths, scales_exactly
from reference.truth import Truth

Pair = list[Tensor]
"""A factor and a vector."""

A_FEW = 4
"""Vectors for derivatives by torch.func, which takes a millisecond each."""

NORM: frozenset[reference.Axiom] = frozenset()
"""The axioms that a norm violates."""


@claim(
    title="The squared L2 norm grows very slowly near the origin",
    statement=r"f(x)=\|x\|_2^2:\quad\lim_{t\to0}\frac{f(tx)}{\|tx\|_2}=0,\quad\frac{d}{dt}f(tx)\Big|_{t=0}=0,\quad "
    r"f(x)<\|x\|_2\iff0<\|x\|_2<1",
    hypotheses="x is not 0",
    correction="f(tx) = t^2 f(x): its slope 2 t f(x) tends to 0, those of L2 and L1 are constant; underflow makes f 0",
    notes="Linear algebra: norms",
    book="2.5",
    formal="isLittleO_norm_pow_id",
    truth=TENDENCY,
    bound="exact for powers of two while squares are normal; else BND-DOT with eta for each square (ASNA (3.5), (2.8))",
)
@for_all(pair=inputs.shrinking_vectors())
def squared_l2_growth_near_origin(subject: Subject, pair: Pair) -> Iterator[Check]:
    """At t x the square must be t^2 times, L2 and L1 norm t times what they are at x, bit by bit, for t = 2^-k.

    Beyond, where squares underflow, they come within their bounds. The square is at most max |t x_i| times the L1 norm,
    and below the norm where that is below 1, above it where that is above. Slopes at t x are exactly 2 t x, down to 0
    at 0; along x, 2 t x.x by forward mode. Huber and smooth L1 loss are half the square near the origin.
    """
    t, x = pair
    tx, factor = subject.multiply(t[:, None], x), values(t)
    arithmetic = subject.arithmetic("sum_of_squares")
    square, far_square = (reference.squared_norm(values(v), arithmetic) for v in (tx, x))
    commutes = reference.squares_scale_exactly(values(x), factor, arithmetic)
    for spelling in SQUARES[:-1]:
        far, near = (getattr(subject, spelling)(v, dim=-1) for v in (x, tx))
        yield within(near, square, where=np.isfinite(square.bound), label=f"{spelling} at t x")
        yield within(far, far_square, where=np.isfinite(far_square.bound), label=f"{spelling} at x")
        yield equal(near, factor**2 * values(far), where=commutes, label=f"{spelling}: t^2 times")
    yield from norms_are_linear(subject, x, tx, factor)
    yield from square_is_small(subject, tx, square)
    yield from losses_near_the_origin(subject, tx[: FEW - 4])
    yield equal(gradient_of(subject, "sum_of_squares", tx, dim=-1), twice(subject, tx), label="slope at t x")
    along = derivative_of_square(values(tx[:A_FEW]), values(x[:A_FEW]), arithmetic)
    found = subject.derivative_of_square(tx[:A_FEW], x[:A_FEW])
    yield within(found, along, where=np.isfinite(along.bound), label="slope along x")


def twice(subject: Subject, x: Tensor) -> np.ndarray:
    """2 x, which is exact unless it overflows."""
    return subject.format.round(2 * values(x))


def norms_are_linear(subject: Subject, x: Tensor, tx: Tensor, t: np.ndarray) -> Iterator[Check]:
    """L2 and L1 norm of t x are t times those of x, bit by bit, while no number on the way is subnormal."""
    arithmetic = subject.arithmetic("vector_norm")
    for p, name in ((2.0, "L2"), (1.0, "L1")):
        far, near = (subject.vector_norm(v, p, dim=-1) for v in (x, tx))
        commutes = (t > 0) & scales_exactly(values(x), t, p, arithmetic)
        yield equal(near, t * values(far), where=commutes, label=f"{name}: t times")


def square_is_small(subject: Subject, x: Tensor, square: Truth) -> Iterator[Check]:
    """The square against the L1 norm, by the largest entry, and against the L2 norm, on either side of 1."""
    found = subject.sum_of_squares(x, dim=-1)
    total, norm = (subject.vector_norm(x, p, dim=-1) for p in (1.0, 2.0))
    exact_total, exact = (exact_norm(subject, x, p) for p in (1.0, 2.0))
    largest, slack = reference.small_times_sum(values(x), exact_total.bound, subject.arithmetic("sum_of_squares"))
    finite = np.isfinite(slack) & np.isfinite(exact.bound)
    yield at_most(found, largest * values(total), slack, where=finite, label="at most max |x_i| times L1")
    slack = square.bound + exact.bound + 4 * 2.0**-53 * exact.value
    yield at_most(found, norm, slack, where=finite & (exact.value <= 1), label="norm below 1: the square is below")
    yield at_most(norm, found, slack, where=finite & (exact.value >= 1), label="norm above 1: the square is above")
    few, dot = values(x[:FEW]), subject.arithmetic("dot")
    truth = dot_truth(few, few, dot)
    yield within(subject.dot(x[:FEW], x[:FEW]), truth, where=np.isfinite(truth.bound), label="x . x")
    part = Truth(*(v[:FEW] for v in square))
    yield within(subject.mse_loss(x[:FEW]), part, where=np.isfinite(part.bound), label="mse_loss")


def losses_near_the_origin(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Huber and smooth L1 loss: half the square where all |x_i| <= 1; slopes x there, the sign beyond, exactly.

    An infinite entry makes both infinite, a NaN makes both NaN.
    """
    losses = np.full(len(x), np.nan)
    if x.numel():
        vectors, norms = spoiled(x)
        x, losses = subject.tensor(np.concatenate((values(x), vectors))), np.append(losses, norms)
    leaf, special = x.clone().requires_grad_(), ~np.isfinite(values(x)).all(-1)
    near = (np.abs(values(x)) <= 1).all(-1)
    half = reference.half_square(np.where(near[:, None], values(x), 0.0), subject.arithmetic("huber_loss"))
    for spelling in ("huber_loss", "smooth_l1_loss"):
        found = getattr(subject, spelling)(leaf)
        yield within(found, half, where=near, label=spelling)
        yield equal(found, losses, where=special, label=f"{spelling}: infinity and NaN")
        slope = subject.gradient(found, leaf, torch.ones_like(found))
        yield equal(slope, np.clip(values(x), -1, 1), where=~special, label=f"{spelling}: slope")


@refutation(squared_l2_growth_near_origin, r"\|x\|_2^2\le\|x\|_2")
def square_is_at_most_the_norm(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Beyond norm 1 it is larger."""
    x = pair[1]
    square, norm = subject.sum_of_squares(x, dim=-1), values(subject.vector_norm(x, 2.0, dim=-1))
    yield at_most(square, norm, 0.1 * norm, where=np.isfinite(values(square)))


@refutation(squared_l2_growth_near_origin, r"$\|x\|_2^2$ grows more slowly than $\|x\|_1$ everywhere.")
def square_grows_more_slowly_everywhere(subject: Subject, pair: Pair) -> Iterator[Check]:
    """From x on to 2 x, the square grows by 3 f(x), the sum by itself."""
    x = pair[1]
    squares, sums = (
        values(getattr(subject, spelling)(2 * x, dim=-1)) - values(getattr(subject, spelling)(x, dim=-1))
        for spelling in ("sum_of_squares", "sum_of_magnitudes")
    )
    yield at_most(squares, sums, 0.1 * np.abs(sums), where=np.isfinite(squares) & np.isfinite(sums))


@refutation(squared_l2_growth_near_origin, r"$\|\nabla\|x\|_2^2\|_\infty\ge10^{-2}$ for x other than 0.")
def slope_is_bounded_away_from_zero(subject: Subject, pair: Pair) -> Iterator[Check]:
    t, x = pair
    tx = subject.multiply(t[:, None], x)
    slope = np.abs(values(gradient_of(subject, "sum_of_squares", tx, dim=-1))).max(-1, initial=0.0)
    yield at_most(0.01, slope, where=values(tx).any(-1))


@claim(
    title="The L1 norm has the same slope everywhere",
    statement=r"\partial\|x\|_1/\partial x_i=\operatorname{sign}(x_i)\ (x_i\neq0),\quad\partial\|\cdot\|_1(0)=[-1,1]^n",
    hypotheses="x_i is not 0: the magnitude of the slope is 1, its sign that of x_i",
    correction="at 0 there is no derivative, any number in [-1, 1] is a subgradient; torch returns 0",
    notes="Linear algebra: norms",
    book="2.5",
    formal="hasDerivAt_abs",
    truth=UNDER_HYPOTHESES,
    bound="exact, down to the smallest subnormal number",
)
@for_all(vector=inputs.sloping_vectors())
def l1_constant_slope(subject: Subject, vector: Normed) -> Iterator[Check]:
    """Gradients of every spelling are the signs, 0 at zeros of either sign, exactly; and so are sign and sgn.

    Also times a cotangent, another one for each vector. The Hessian is 0, at kinks too. Entries that are NaN have no
    slope; those beside them keep theirs.
    """
    x, p = vector
    known = ~np.isnan(values(x))
    signs = np.sign(np.where(known, values(x), 0.0))
    cotangent = subject.tensor(2.0 ** (np.arange(len(x)) % 3) * np.where(np.arange(len(x)) % 2, -1.0, 1.0))

    def at_known(gradient: Tensor) -> np.ndarray:
        return np.where(known, values(gradient), 0.0)

    for spelling in ("vector_norm", "norm", "linalg_norm"):
        yield equal(at_known(gradient_of(subject, spelling, x, p, dim=-1)), signs, label=spelling)
    yield equal(at_known(gradient_of(subject, "sum_of_magnitudes", x, dim=-1)), signs, label="sum of magnitudes")
    leaf = x.clone().requires_grad_()
    pulled = subject.gradient(subject.vector_norm(leaf, p, dim=-1), leaf, cotangent)
    yield equal(at_known(pulled), values(cotangent)[:, None] * signs, label="times a cotangent")
    for name, found in (("sign", subject.sign(x)), ("sgn", subject.sgn(x))):
        yield equal(at_known(found), signs, label=name)
    known, signs = known[:FEW], signs[:FEW]
    yield equal(at_known(gradient_of(subject, "l1_loss", x[:FEW])), signs, label="l1_loss")
    if 0 < x.shape[-1] <= LARGEST_HESSIAN:
        few = x[:A_FEW]
        finite = np.isfinite(values(few)).all(-1)
        hessian = values(subject.hessian_of_l1(few))
        yield equal(hessian, np.zeros_like(hessian), where=finite, label="Hessian")


@refutation(l1_constant_slope, "L1 is differentiable everywhere: difference quotients from both sides agree.")
@for_all(vector=only(Vector(2, "1", "negative zeros")))
def l1_is_differentiable_at_zero(subject: Subject, vector: Normed) -> Iterator[Check]:
    """At 0 the slope is 1 from the right and -1 from the left."""
    x, p = vector
    step = subject.tensor(np.eye(2)[:1])
    here, right, left = (values(subject.vector_norm(v, p, dim=-1)) for v in (x, x + step, x - step))
    yield equal(right - here, here - left)


@refutation(l1_constant_slope, "The computed slope at 0 is 1.")
@for_all(vector=only(Vector(3, "1", "negative zeros"), Vector(3, "1", "integers")))
def slope_at_zero_is_one(subject: Subject, vector: Normed) -> Iterator[Check]:
    """It is 0."""
    x, p = vector
    slope = values(gradient_of(subject, "vector_norm", x, p, dim=-1))
    yield holds(((values(x) != 0) | (slope == 1)).all(-1))


@refutation(l1_constant_slope, "The slope of L2 is 1 in every coordinate, too.")
@for_all(vector=only(Vector(3, "1", "normal")))
def l2_has_the_same_slope(subject: Subject, vector: Normed) -> Iterator[Check]:
    x, _ = vector
    yield equal(np.abs(values(gradient_of(subject, "vector_norm", x, 2.0, dim=-1))), np.ones(x.shape))


@claim(
    title="A norm is exactly a function with the three properties, none of which is redundant",
    statement=r"\text{definite}\wedge\text{subadditive}\wedge\text{homogeneous}\iff\text{norm};\ "
    r"\text{no two imply the third}",
    hypotheses="real space of finite dimension n >= 2",
    notes="Linear algebra: norms",
    book="2.5",
    formal="NormedSpace.Core (the axioms as a structure)",
    truth=TRUE,
    bound="exact on dyadic points for piecewise linear functions and squares; else BND-L2, BND-LP, BND-SUM, BND-SVD",
)
@for_all(points=inputs.grids())
def norm_axioms_independence(subject: Subject, points: Tensor) -> Iterator[Check]:
    """Torch's functions are tried at points, sums of two and multiples by +-2, +-1, +-1/2 and 0 of them.

    Norms of order 1, 2 and infinity, and for 2 x 2 matrices Frobenius, spectral, nuclear, column and row sum norm, must
    violate nothing beyond their errors. |x_1| must fail only to be definite, order 1/2 only to be subadditive, order 0
    (the count), max(x, -2x) and min(1, ||x||_1) only to be homogeneous: so no two axioms imply the third. Squares are
    neither subadditive nor homogeneous, logsumexp is not homogeneous. Spectral and nuclear norm are taken in float64.
    """
    at = reference.arguments(values(points)[0])
    x, exact = subject.tensor(at), np.zeros(len(at))

    def verdict(f: Tensor, error: np.ndarray) -> frozenset[reference.Axiom]:
        return reference.violated_axioms(values(points)[0], values(f), error)

    orders = {1.0: NORM, 2.0: NORM, math.inf: NORM, 0.5: {"subadditive"}, 0.0: {"homogeneous"}}
    for p, expected in orders.items():
        found = verdict(subject.vector_norm(x, p, dim=-1), exact_norm(subject, x, p).bound)
        yield holds(found == expected, label=f"order {p:g} violates {', '.join(sorted(expected)) or 'nothing'}")
    others = {
        "first_magnitude": {"definite"},
        "asymmetric_gauge": {"homogeneous"},
        "capped_norm": {"homogeneous"},
        "sum_of_squares": {"subadditive", "homogeneous"},
        "product_with_itself": {"subadditive", "homogeneous"},
    }
    for name, violated in others.items():
        found = verdict(getattr(subject, name)(x, dim=-1), exact)
        yield holds(found == violated, label=f"{name} violates {', '.join(sorted(violated))}")
    rounded = reference.logsumexp(at, subject.arithmetic("logsumexp")).bound
    yield holds("homogeneous" in verdict(subject.logsumexp(x, dim=-1), rounded), label="logsumexp is not homogeneous")
    if at.shape[-1] == 4:
        for order, norm, error in matrix_norms(subject, x.reshape(-1, 2, 2)):
            yield holds(verdict(norm, error) == NORM, label=f"matrix norm {order} violates nothing")


def matrix_norms(subject: Subject, a: Tensor) -> Iterator[tuple[str | float, Tensor, np.ndarray]]:
    """(order, norms, their errors) of 2 x 2 matrices."""
    truths = matrix_norm_truths(values(a), subject.arithmetic("matrix_norm"))
    for order in ("fro", 1, math.inf):
        yield order, subject.matrix_norm(a, order), truths[order].bound
    in_float64 = matrix_norm_truths(values(a), Arithmetic.of(float64))
    for order in ("nuc", 2):
        yield order, subject.matrix_norm_in(a, order, dtype=torch.float64), in_float64[order].bound


def violates_nothing(subject: Subject, points: Tensor, operation: str, *order: float) -> Check:
    """Whether a function is a norm, for all that the points tell."""
    at = reference.arguments(values(points)[0])
    f = values(getattr(subject, operation)(subject.tensor(at), *order, dim=-1))
    return holds(reference.violated_axioms(values(points)[0], f, 0.01 * np.abs(f)) == NORM)


@refutation(norm_axioms_independence, r"Convex even functions that vanish only at 0 are norms: $\sum_i|x_i|^3$.")
def convex_even_functions_are_norms(subject: Subject, points: Tensor) -> Iterator[Check]:
    yield violates_nothing(subject, points, "power_sum", 3.0)


@refutation(norm_axioms_independence, "The squared L2 norm is a norm.")
def square_is_a_norm(subject: Subject, points: Tensor) -> Iterator[Check]:
    yield violates_nothing(subject, points, "sum_of_squares")


@refutation(norm_axioms_independence, "The number of non-zero entries, the L0 norm, is a norm.")
def count_is_a_norm(subject: Subject, points: Tensor) -> Iterator[Check]:
    yield violates_nothing(subject, points, "vector_norm", 0.0)


@refutation(norm_axioms_independence, r"Homogeneity for $a\ge0$ suffices: $\sum_i\max(x_i,-2x_i)$ is a norm.")
def positive_homogeneity_suffices(subject: Subject, points: Tensor) -> Iterator[Check]:
    """It is subadditive, definite, and homogeneous for a >= 0, but f(-x) is not f(x)."""
    yield violates_nothing(subject, points, "asymmetric_gauge")


@refutation(norm_axioms_independence, r"A seminorm is a norm: $|x_1|$.")
def seminorm_is_a_norm(subject: Subject, points: Tensor) -> Iterator[Check]:
    yield violates_nothing(subject, points, "first_magnitude")
