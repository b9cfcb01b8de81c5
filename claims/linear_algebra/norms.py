"""The L^p norms: the definition, and the axioms that make a norm."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import torch

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame import computed_norms as computed
from claims.frame.checks import Check
from claims.frame.computed_norms import FEW, agrees, as_matrices, exact_norm, exact_norms, norms, slack
from claims.frame.inputs import vectors as inputs
from claims.frame.subject import Subject
from reference.bounds import dot_truth
from reference.formats import Arithmetic, float32, float64
from reference.linear_algebra import norms as reference
from reference.truth import Truth


@claim(
    title="The L^p norm is the p-th root of the sum of p-th powers of magnitudes",
    statement=r"\|x\|_p=\Big(\sum_i|x_i|^p\Big)^{1/p},\quad p\in\mathbb{R},\ p\ge1",
    hypotheses="p >= 1; the sum of the p-th powers does not overflow, else the norm may be infinite",
    notes="Linear algebra: norms",
    book="2.5, eq. 2.30",
    formal="PiLp.norm_eq_sum",
    truth=TRUE,
    bound="BND-LP; BND-L2 (p = 2), BND-SUM (p = 1); exact for p = inf and n = 1 (ASNA (2.8), (3.5), (4.4))",
)
@for_all(vector=inputs.vectors())
def lp_norm(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    """torch.linalg.vector_norm and its other spellings are compared with the exact norm, p from 1 to 10 and infinity.

    The same numbers are also reduced as a block, over two axes that are or are not adjacent, and in a wider format.
    Where the sum of powers overflows the result must be infinite or as accurate as if it had been scaled; underflow is
    part of the bound, and so is the rounding of p, and of 1/p, to the format, where it does not hold them (p = 1.1).
    """
    x, p = vector
    truth = exact_norm(subject, x, p)
    yield from agrees(subject, subject.vector_norm(x, p, dim=-1), x, p, truth)
    if not x.is_meta:  # where torch mistakes a batch of no vectors for vectors of no entries
        yield holds(subject.vector_norm(x[None, :0], p, dim=-1).shape == (1, 0), label="no vectors")
    block = as_matrices(x)
    if p == 2:
        yield from agrees(subject, subject.matrix_norm(block), x, p, truth)
    yield from agrees(subject, subject.vector_norm_of_block(block, p, dim=(1, 2)), x, p, truth)
    apart = subject.vector_norm_of_block(block.movedim(0, 1), p, dim=(0, 2), keepdim=True)
    yield from agrees(subject, apart[0, :, 0], x, p, truth)
    for spelling in ("norm", "linalg_norm", "tensor_norm"):
        yield from agrees(subject, getattr(subject, spelling)(x, p, dim=-1), x, p, truth)
    if x.shape[-1] > inputs.LENGTHS[-1]:
        return  # the others share the kernels
    wider = float32 if subject.format.precision < float32.precision else float64
    in_wider = subject.vector_norm(x, p, dim=-1, dtype=getattr(torch, wider.name))
    of_wider = reference.norm(values(x), p, Arithmetic.of(wider), pow_error=reference.pow_ulps(subject.device))
    yield within(in_wider, of_wider, where=np.isfinite(of_wider.bound), label=f"in {wider.name}")
    origin = torch.zeros_like(x)
    yield from agrees(subject, subject.pairwise_distance(x, origin, p, 0.0), x, p, truth)
    yield from agrees(subject, subject.dist(x[:FEW], origin[:FEW], p), x[:FEW], p, Truth(*(t[:FEW] for t in truth)))
    if p < math.inf:
        steps = exact_norm(subject, x, p, stored_steps=True)
        yield within(subject.lp_formula(x, p, dim=-1), steps, where=np.isfinite(steps.bound), label="formula")


@refutation(lp_norm, r"\|x\|_p=\sum_i|x_i|^p")
def root_may_be_omitted(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    x, p = vector
    if p < math.inf:
        yield within(subject.power_sum(x, p, dim=-1), exact_norm(subject, x, p))


@refutation(lp_norm, r"\|x\|_p=\big(\sum_ix_i^p\big)^{1/p}")
def magnitudes_may_be_omitted(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    x, p = vector
    if p == 3:
        total = subject.sum(subject.multiply(x, subject.multiply(x, x)), dim=-1)
        yield within(subject.power(total, 1 / p), exact_norm(subject, x, p, stored_steps=True))


@refutation(lp_norm, r"$1/p$ is an integer division: $\|x\|_p=\big(\sum_i|x_i|^p\big)^{\lfloor1/p\rfloor}$")
def root_of_integer_order(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    x, p = vector
    if p < math.inf and x.shape[-1]:
        total = subject.power_sum(x, p, dim=-1)
        yield within(subject.power(total, 1 // p), exact_norm(subject, x, p, stored_steps=True))


@refutation(lp_norm, r"computed $\|x\|_p$ tend to $\|x\|_\infty$: $\|x\|_{64}\le1.01\,n^{1/64}\|x\|_\infty$")
def maximum_is_the_limit_of_computed_norms(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    x, _ = vector
    if n := x.shape[-1]:
        high, largest = norms(subject, 64.0, x), norms(subject, math.inf, x)
        yield at_most(high[0], 1.01 * n ** (1 / 64) * values(largest[0]))


@claim(
    title="A norm is non-negative, and 0 at the zero vector",
    statement=r"f(x)\ge0,\quad f(0)=0",
    hypotheses="follows from the axioms: 0 = f(0) = f(x - x) <= 2 f(x); no entry is NaN",
    notes="Linear algebra: norms",
    book="2.5",
    formal="norm_nonneg",
    truth=TRUE,
    bound="exact: sums and roots of non-negative numbers are non-negative in IEEE 754 arithmetic",
)
@for_all(vector=inputs.special_vectors())
def norm_nonnegativity(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    """No computed norm or distance is negative; the norm of +-0 is +0, that of an empty vector 0, refused for p = inf.

    NaN among the entries gives NaN, infinities give infinity; the count of p = 0 takes both for non-zero entries.
    Distances between rows are computed by the expansion |x|^2 + |y|^2 - 2 x.y, which may round below zero; the spectral
    and nuclear norms and direct distances are held to the sign where their other axioms are.
    """
    x, p = vector
    exact = values(x)
    nan, finite = np.isnan(exact).any(-1), np.isfinite(exact).all(-1)
    norm = subject.vector_norm(x, p, dim=-1)
    if p == 0:
        yield within(norm, exact_norm(subject, x, p), label="count")
    else:
        yield equal(norm, np.nan, where=nan, label="NaN")
        yield equal(norm, np.inf, where=~nan & ~finite, label="infinity")
    yield at_most(0.0, norm, where=~nan | (p == 0), label="norm")
    yield holds((values(norm) == 0) & ~np.signbit(values(norm)), where=(exact == 0).all(-1), label="norm of zero")
    if x.shape[-1] == 0:
        yield holds(computed.is_refused(subject, x, math.inf), label="the maximum of no numbers")
        return
    a, y = as_matrices(x), x.roll(1, -1)
    for order in ("fro", 1, math.inf):
        yield at_most(0.0, subject.matrix_norm(a, order), where=~nan, label=f"matrix norm {order}")
    expanded = subject.cdist(a, a, 2.0, "use_mm_for_euclid_dist")
    yield at_most(0.0, expanded, where=8 * np.square(exact).sum(-1) < subject.format.largest, label="expanded cdist")
    yield at_most(0.0, subject.pairwise_distance(x, y, p), where=finite, label="pairwise_distance")
    yield at_most(0.0, subject.dist(x[:FEW], y[:FEW], p), where=finite[:FEW], label="dist")


@refutation(norm_nonnegativity, r"$f(x)\ge0$ makes a norm: $f(x)=x_1^2$ would satisfy $f(2x)=2f(x)$")
def nonnegativity_makes_a_norm(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    first = vector[0][:, :1]
    twice = subject.multiply(first, 2.0)
    f, f_of_twice = subject.multiply(first, first), subject.multiply(twice, twice)
    yield equal(f_of_twice, 2 * values(f), where=np.isfinite(values(f_of_twice)).all(-1))


@refutation(norm_nonnegativity, r"computed $\|x\|^2+\|y\|^2-2x\cdot y$ is never negative")
def expanded_squared_distance_is_nonnegative(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    x, _ = vector
    y = subject.multiply(x, 1 + 4 * subject.format.u)  # a neighbour
    xx, yy, xy = (subject.sum(subject.multiply(a, b), dim=-1) for a, b in ((x, x), (y, y), (x, y)))
    squared = subject.subtract(subject.add(xx, yy), subject.multiply(xy, 2.0))
    yield at_most(0.0, squared, where=np.isfinite(values(squared)))


@claim(
    title="A norm vanishes only at the zero vector",
    statement=r"f(x)=0\Rightarrow x=0",
    hypotheses="computed, 1 < p < inf, n > 1: some |x_i|^p is above half the smallest subnormal number; for p = 2 "
    "|x_i| above 2^-75 (float32, bfloat16) or 2^-537.5 (float64)",
    notes="Linear algebra: norms",
    book="2.5, first axiom",
    formal="norm_eq_zero",
    truth=TRUE,
    bound="exact, with the set where all p-th powers round to 0 (IEEE 754 underflow); values: BND-L2, BND-LP",
)
@for_all(vector=inputs.vectors_near_zero())
def norm_definiteness(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    """A computed norm is 0 at 0, and may be 0 elsewhere only where every p-th power rounds to 0 in the accumulator.

    A scaled norm that stays positive there is as good. Values are held against their bounds too: merely to be positive
    would not do. Also computed in float64, with subnormal numbers flushed to zero (where the smallest normal number
    takes the place of the smallest subnormal one), and as a distance: dist(x, y) = 0 iff x = y. The formula, whose
    powers are rounded to the stored format, and x . x have zeros of their own.
    """
    x, p = vector
    exact, arithmetic = values(x), subject.arithmetic("vector_norm")
    norm = subject.vector_norm(x, p, dim=-1)
    yield equal(norm, 0.0, where=(exact == 0).all(-1), label="norm of zero")
    yield computed.positive(subject, norm, exact, p, arithmetic, "norm")
    yield from agrees(subject, norm, x, p, exact_norm(subject, exact, p))
    if subject.format.precision < float64.precision:
        wide = subject.vector_norm(x, p, dim=-1, dtype=torch.float64)
        yield computed.positive(subject, wide, exact, p, Arithmetic.of(float64), "norm in float64")
    flushed = subject.vector_norm_flushing_subnormals(x, p, dim=-1)
    yield computed.positive(subject, flushed, exact, p, arithmetic, "subnormal numbers flushed", flushed=True)
    y = x.roll(1, -1)
    apart = subject.format.round(exact - values(y))
    distance, stored = subject.dist(x[:FEW], y[:FEW], p), subject.arithmetic("root_of_squares")
    yield equal(distance, 0.0, where=(apart[:FEW] == 0).all(-1), label="distance of equal vectors")
    yield computed.positive(subject, distance, apart[:FEW], p, arithmetic, "distance")
    if p < math.inf:
        error = 2 * reference.pow_ulps(subject.device)  # of vector kernels, down to where the last place is eta
        vanishing = reference.may_vanish(exact, p, stored, pow_error=error, exact_alone=False)
        yield holds((values(subject.lp_formula(x, p, dim=-1)) > 0) | vanishing, label="formula")
    if p == 2:
        if x.shape[-1] > 1:
            yield computed.positive(subject, subject.matrix_norm(as_matrices(x)), exact, p, arithmetic, "Frobenius")
        root = subject.root_of_squares(x, dim=-1)
        yield computed.positive(subject, root, exact, p, stored, "root of the sum of squares", exact_alone=False)
        square = dot_truth(exact[:FEW], exact[:FEW], subject.arithmetic("dot"))
        yield holds(values(subject.dot(x[:FEW], x[:FEW])) > 0, where=square.value > square.bound, label="x . x")


@refutation(norm_definiteness, r"the computed $\|x\|_2$ of $x\ne0$ is not 0", dtypes=("float32", "float64"))
def computed_norm_is_definite(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    x, p = vector
    if p == 2:
        yield holds(values(norms(subject, p, x)[0]) > 0, where=(values(x) != 0).any(-1))


@refutation(norm_definiteness, r"`x.square().sum()` is 0 only for $x=0$", dtypes=("float16",))
def computed_square_is_definite(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    x, _ = vector
    yield holds(values(subject.sum(subject.multiply(x, x), dim=-1)) > 0, where=(values(x) != 0).any(-1))


@refutation(norm_definiteness, r"computed $\|x\|_2$ and $\|x\|_1$ vanish together", dtypes=("float32", "float64"))
def computed_norms_vanish_together(subject: Subject, vector: inputs.Normed) -> Iterator[Check]:
    x, _ = vector
    two, one = (values(norms(subject, p, x)[0]) for p in (2.0, 1.0))
    yield equal(two == 0, one == 0)


@claim(
    title="Triangle inequality",
    statement=r"\|x+y\|_p\le\|x\|_p+\|y\|_p\quad(p\ge1)",
    hypotheses="p >= 1, or p = inf",
    notes="Linear algebra: norms",
    book="2.5, second axiom",
    formal="norm_add_le",
    truth=TRUE,
    bound="BND-L2, BND-LP or BND-SUM of each norm and one rounding of each sum; p = inf: none, rounding is monotone",
)
@for_all(triple=inputs.vector_triples())
def minkowski_inequality(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    """Also in its reverse form, | ||x|| - ||y|| | <= ||x - y||, and for distances, d(x, z) <= d(x, y) + d(y, z).

    The distances themselves come first. Equality cases (collinear, equal, opposite vectors) are where rounding shows.
    For p = inf both forms are held to without any slack: the maximum is exact, and fl(|x_i + y_i|) <= fl(max |x_i| +
    max |y_i|).
    """
    x, y, z, p = triple
    sum_, difference = subject.add(x, y), subject.subtract(x, y)
    nx, ny, total, apart = norms(subject, p, x, y, sum_, difference)
    pairs = list(itertools.combinations([v[:FEW] for v in (x, y, z)], 2))
    xy, xz, yz = (subject.dist(a, b, p) for a, b in pairs)
    sides = [subject.format.round(values(a) - values(b)) for a, b in pairs]
    of_x, of_y, of_sum, of_difference, *of_sides = exact_norms(subject, p, x, y, sum_, difference, *sides)
    how, error = subject.arithmetic("vector_norm"), reference.pow_ulps(subject.device)
    apart_by = reference.distance(values(x[:FEW]), values(y[:FEW]), p, how, pow_error=error)
    finite = np.isfinite(apart_by.bound)
    for spelling, d in (("dist", xy), ("pairwise_distance", subject.pairwise_distance(*pairs[0], p, 0.0))):
        yield within(d, apart_by, where=finite, label=spelling)
    allowed = 0.0 if p == math.inf else slack(subject, [of_sum, of_x, of_y], [of_sum])
    yield at_most(total, subject.add(nx, ny), allowed, label="sum")
    allowed = 0.0 if p == math.inf else slack(subject, [of_x, of_y, of_difference], [of_difference])
    yield at_most(subject.abs(subject.subtract(nx, ny)), apart, allowed, label="difference")
    yield at_most(xz, subject.add(xy, yz), slack(subject, of_sides, of_sides), label="distance")


@refutation(minkowski_inequality, r"\|x+y\|_{1/2}\le\|x\|_{1/2}+\|y\|_{1/2}")
def triangle_inequality_at_one_half(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    x, y, *_ = triple
    nx, ny, total = norms(subject, 0.5, x, y, subject.add(x, y))
    yield at_most(total, subject.add(nx, ny))


@refutation(minkowski_inequality, r"\|x+y\|_2^2\le\|x\|_2^2+\|y\|_2^2")
def triangle_inequality_of_squares(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    x, y, *_ = triple
    xx, yy, total = (subject.sum(subject.multiply(v, v), dim=-1) for v in (x, y, subject.add(x, y)))
    yield at_most(total, subject.add(xx, yy))


@refutation(minkowski_inequality, r"$\|x+y\|_p=\|x\|_p+\|y\|_p$ only if $y$ is a multiple of $x$, for $p=1$ too")
def equality_only_for_multiples(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    x, y, _, p = triple
    if p == 1 and x.shape[-1] == 2:
        nx, ny, total = values(norms(subject, p, x, y, subject.add(x, y)))
        multiple = values(x)[:, 0] * values(y)[:, 1] == values(x)[:, 1] * values(y)[:, 0]
        yield holds(multiple, where=total == nx + ny)


@refutation(minkowski_inequality, "the computed numbers satisfy the inequality without any slack")
def computed_norms_need_no_slack(subject: Subject, triple: inputs.Triple) -> Iterator[Check]:
    x, y, _, p = triple
    nx, ny, total = norms(subject, p, x, y, subject.add(x, y))
    yield at_most(total, subject.add(nx, ny))


@claim(
    title="Absolute homogeneity",
    statement=r"f(ax)=|a|\,f(x)\quad\forall a\in\mathbb{R}",
    hypotheses="computed: no overflow of the powers, else an infinite norm; underflow is part of the bound",
    notes="Linear algebra: norms",
    book="2.5, third axiom",
    formal="norm_smul",
    truth=TRUE,
    bound="both norms' and the rounding of products; exact for a = +-1, for p = inf, and for a = +-2^k if p = 1 or 2",
)
@for_all(scaled=inputs.scaled_vectors())
def norm_absolute_homogeneity(subject: Subject, scaled: inputs.Scaled) -> Iterator[Check]:
    """Both sides are computed; their difference is held against the roundings, and must be 0 where rounding commutes.

    That is so for a = +-1 and every order, for every a if p = inf, and for powers of two if p is 1 or 2 and no number
    on the way is subnormal. For p = 3 and other powers a power of two is no exception. ||0 x|| is +0. Where the
    powers of a x overflow, its norm is infinite or as accurate as a scaled one. With a = 1/||x||: x normalised has the
    norm 1.
    """
    a, x, p = scaled
    arithmetic, factor = subject.arithmetic("vector_norm"), values(a)
    ax = subject.multiply(a[:, None], x)
    unit = subject.normalize(x, p, dim=-1, eps=0.0)
    size, (norm, left, one) = subject.abs(a), norms(subject, p, x, ax, unit)
    right = subject.multiply(size, norm)
    truth, truth_of_ax, truth_of_unit = exact_norms(subject, p, x, ax, unit)
    if p == math.inf:
        yield equal(left, right, label="p = inf")
    else:
        error = reference.homogeneity_error(truth, truth_of_ax, factor, x.shape[-1], p, arithmetic)
        yield within(left, Truth(values(right), error), where=np.isfinite(error), label=f"order {p:g}")
        yield from computed.overflowed(subject, left, ax, p, truth_of_ax)
        yield equal(left, right, where=np.abs(factor) == 1, label="a = 1, a = -1")
        if p in (1, 2):
            commutes = (np.frexp(np.abs(factor))[0] == 0.5) & reference.scales_exactly(values(x), factor, p, arithmetic)
            yield equal(left, right, where=commutes, label="power of two")
    least = np.where(truth.value > truth.bound, truth.value - truth.bound, np.nan)  # what x may be divided by
    error_of_one = reference.homogeneity_error(truth, truth_of_unit, 1 / least, x.shape[-1], p, arithmetic)
    normal = np.isfinite(error_of_one)
    yield within(one, Truth(np.ones_like(error_of_one), error_of_one), where=normal, label="a = 1/||x||")
    along = np.sign(values(unit)) * np.sign(values(x)) >= 0
    yield holds(along.all(-1), where=normal, label="x/||x|| points along x")
    vanishes = (factor == 0) & np.isfinite(values(norm))
    yield holds((values(left) == 0) & ~np.signbit(values(left)), where=vanishes, label="a = 0")
    if p == 2:
        frobenius = subject.matrix_norm(as_matrices(ax)), subject.multiply(size, subject.matrix_norm(as_matrices(x)))
        yield within(frobenius[0], Truth(values(frobenius[1]), error), where=np.isfinite(error), label="Frobenius norm")


@refutation(norm_absolute_homogeneity, r"f(ax)=a\,f(x)")
def homogeneity_without_magnitude(subject: Subject, scaled: inputs.Scaled) -> Iterator[Check]:
    a, x, p = scaled
    norm, left = norms(subject, p, x, subject.multiply(a[:, None], x))
    yield equal(left, subject.multiply(a, norm), where=values(a) == -1)


@refutation(norm_absolute_homogeneity, r"f=\|\cdot\|_2^2\Rightarrow f(2x)=2f(x)")
def squared_norm_is_homogeneous(subject: Subject, scaled: inputs.Scaled) -> Iterator[Check]:
    x = scaled[1]
    xx, yy = (subject.sum(subject.multiply(v, v), dim=-1) for v in (x, subject.multiply(x, 2.0)))
    yield equal(yy, subject.multiply(xx, 2.0))


@refutation(norm_absolute_homogeneity, r"$\|ax\|_0=|a|\,\|x\|_0$, the number of non-zero entries")
def count_is_homogeneous(subject: Subject, scaled: inputs.Scaled) -> Iterator[Check]:
    a, x, _ = scaled
    count, left = norms(subject, 0.0, x, subject.multiply(a[:, None], x))
    yield equal(left, subject.multiply(subject.abs(a), count), where=np.abs(values(a)) == 2)


@refutation(norm_absolute_homogeneity, r"computed $\|2^kx\|_3=2^k\|x\|_3$ exactly", dtypes=("float32", "float64"))
def cubes_commute_with_powers_of_two(subject: Subject, scaled: inputs.Scaled) -> Iterator[Check]:
    a, x, p = scaled
    if p == 3:
        norm, left = norms(subject, p, x, subject.multiply(a[:, None], x))
        yield equal(left, subject.multiply(subject.abs(a), norm), where=np.frexp(np.abs(values(a)))[0] == 0.5)
