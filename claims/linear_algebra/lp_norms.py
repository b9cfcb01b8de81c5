"""The L^p norms: the definition, and what breaks for p < 1."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import FEW, agrees, as_matrices, exact_norm, exact_norms, norms, slack
from claims.frame.inputs import vectors as inputs
from claims.frame.subject import Subject
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
    part of the bound.
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
    title="The restriction p >= 1 is necessary",
    statement=r"0<p<1:\ \exists x,y:\|x+y\|_p>\|x\|_p+\|y\|_p;\quad x,y\ge0\Rightarrow\|x+y\|_p\ge\|x\|_p+\|y\|_p",
    hypotheses="0 < p < 1, n >= 2; for n = 1 every p > 0 gives |x|",
    notes="Linear algebra: norms",
    book="2.5, p >= 1",
    truth=TRUE,
    bound="BND-LP, also for p < 0; one rounding of each sum",
)
@for_all(vector=inputs.quasinormed_vectors(), triple=inputs.vector_triples(inputs.QUASINORMS))
def lp_quasinorm_below_one(subject: Subject, vector: inputs.Normed, triple: inputs.Triple) -> Iterator[Check]:
    """torch computes the formula for p < 1, p = 0 (the count) and p < 0 without complaint: its values come first.

    Then the reversed inequality for vectors of non-negative entries, its strictness at the unit vectors, where
    ||e1 + e2||_p = 2^(1/p) > 2, and that a single number has the norm |x| for every p.
    """
    x, p = vector
    yield from agrees(subject, subject.vector_norm(x, p, dim=-1), x, p, exact_norm(subject, x, p))
    x, y, _, p = triple
    x, y = subject.abs(x), subject.abs(y)
    sum_ = subject.add(x, y)
    nx, ny, total = norms(subject, p, x, y, sum_)
    truths = exact_norms(subject, p, sum_, x, y)
    yield at_most(subject.add(nx, ny), total, slack(subject, truths, truths[:1]), label="reversed inequality")
    if x.shape[-1] == 1:
        yield equal(nx, x[:, 0], label="n = 1")
    units = subject.tensor(np.eye(2))
    one, two, both = norms(subject, p, units[:1], units[1:], units.sum(0, keepdim=True))
    yield holds(values(both) > values(subject.add(one, two)), label="the triangle inequality fails")


@refutation(lp_quasinorm_below_one, r"p<1\Rightarrow\|x+y\|_p\le\|x\|_p+\|y\|_p")
def triangle_inequality_below_one(subject: Subject, vector: inputs.Normed, triple: inputs.Triple) -> Iterator[Check]:
    x, y, _, p = triple
    nx, ny, total = norms(subject, p, x, y, subject.add(x, y))
    yield at_most(total, subject.add(nx, ny))


@refutation(lp_quasinorm_below_one, r"$p=0$ is homogeneous: $\|2x\|_0=2\|x\|_0$")
def count_doubles(subject: Subject, vector: inputs.Normed, triple: inputs.Triple) -> Iterator[Check]:
    x, _ = vector
    count, doubled = norms(subject, 0.0, x, subject.multiply(x, 2.0))
    yield equal(doubled, subject.multiply(count, 2.0))


@refutation(lp_quasinorm_below_one, r"$p<1$: $\|x+y\|_p>\|x\|_p+\|y\|_p$ for all $x,y>0$, for $n=1$ too")
def reversed_inequality_is_strict_for_one_number(
    subject: Subject, vector: inputs.Normed, triple: inputs.Triple
) -> Iterator[Check]:
    x, y, _, p = triple
    x, y = subject.abs(x), subject.abs(y)
    if x.shape[-1]:
        nx, ny, total = values(norms(subject, p, x, y, subject.add(x, y)))
        yield holds(total > nx + ny, where=((values(x) > 0) & (values(y) > 0)).all(-1))
