"""What breaks for p < 1: the formula of the L^p norms is no norm there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.computed_norms import agrees, exact_norms, norms, slack
from claims.frame.inputs import vectors as inputs
from claims.frame.subject import Subject
from reference.linear_algebra import norms as reference


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
    how, pow_error = subject.arithmetic("vector_norm"), reference.pow_ulps(subject.device)
    exact = reference.norm(values(x), p, how, pow_error=pow_error)
    yield from agrees(subject, subject.vector_norm(x, p, dim=-1), x, p, exact)
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
def reversed_inequality_is_strict(subject: Subject, vector: inputs.Normed, triple: inputs.Triple) -> Iterator[Check]:
    x, y, _, p = triple
    x, y = subject.abs(x), subject.abs(y)
    if x.shape[-1]:
        nx, ny, total = values(norms(subject, p, x, y, subject.add(x, y)))
        yield holds(total > nx + ny, where=((values(x) > 0) & (values(y) > 0)).all(-1))
