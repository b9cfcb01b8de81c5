"""What the start of gradient descent decides: the minimum, where there are several, and else only how long it takes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TENDENCY, at_most, claim, equal, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.initial_values import (
    Convex,
    StronglyConvex,
    Wells,
    WellStarts,
    strongly_convex,
    well_starts,
)
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.initialization import initial_values as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]


def both_ends(subject: Subject, convex: Convex) -> tuple[Tensor, Tensor]:
    """All iterates from either start on a quadratic."""
    one, other = (
        subject.quadratic_descent(convex.h, convex.minimum, start, convex.lr, convex.steps)
        for start in (convex.start, convex.other)
    )
    return one, other


@claim(
    title="The start decides which minimum gradient descent finds, but only if there is more than one",
    statement=r"f(x)=\tfrac14\sum_i(x_i^2-1)^2,\ 0<\epsilon\le\tfrac12,\ x_0\in[-1,1]^n:\quad"
    r"|x_k-\operatorname{sign}x_0|\le\left(1-\epsilon|x_0|(1+|x_0|)\right)^k(1-|x_0|);\qquad "
    r"\mu I\preceq\nabla^2f\preceq\tfrac1\epsilon I:\quad\|x_k-x^*\|\le(1-\epsilon\mu)^k\|x_0-x^*\|",
    hypotheses="gradient descent with a constant step; for one limit from every start a strongly convex function",
    notes="Deep networks: parameter initialisation: the initial value has an enormous influence on the result",
    book="8.4",
    formal="ContractingWith.tendsto_iterate_fixedPoint",
    truth=TENDENCY,
    correction="True as an existence statement. On a strongly convex function the start only decides how far k steps "
    "have come; where minima are many, it decides between them, and a stationary start is never left.",
    bound="a gradient in three roundings and an update in one, carried on by the largest slope of the step as far as "
    "the error reaches; zero while the format holds every intermediate result",
)
@for_all(wells=well_starts(), convex=strongly_convex())
def initial_value_sensitivity(subject: Subject, wells: Wells, convex: Convex) -> Iterator[Check]:
    """SGD with gradients by automatic differentiation, every iterate, from starts in all wells and at all stationary
    points of the double well, against the exact trajectory and the rate of the theorem; the opposite start must end in
    the opposite minimum, bit for bit. On quadratics of known spectrum two starts must contract towards one minimum.
    """
    yield from in_wells(subject, wells)
    yield from on_a_quadratic(subject, convex)


def in_wells(subject: Subject, wells: Wells) -> Iterator[Check]:
    """Every coordinate has its own double well."""
    start = values(wells.start)
    both = torch.cat((wells.start, -wells.start), -1)
    x, opposite = subject.double_well_descent(both, wells.lr, wells.steps).split(wells.start.shape[-1], -1)
    exact = reference.double_well(start, wells.lr, wells.steps, subject.arithmetic("double_well_descent"))
    yield within(x, exact, label="iterates on the double well")
    yield equal(opposite, -values(x), label="the opposite start")
    inside, sign = (np.abs(start) <= 1).all(-1), np.sign(start)[:, None, :]
    left = np.where(inside[:, None, None], reference.distance_left(start, wells.lr, wells.steps), np.inf)
    distance = np.abs(values(x) - sign)
    yield at_most(distance, left, exact.bound, where=inside, label="the well of the start")
    yield holds(np.sign(values(x)) == sign, where=inside, label="no iterate changes sides")


def on_a_quadratic(subject: Subject, convex: Convex) -> Iterator[Check]:
    """From two starts to one minimum."""
    h, c = values(convex.h), values(convex.minimum)
    arithmetic, ends, reach = subject.arithmetic("quadratic_descent"), [], []
    for start, x in zip((convex.start, convex.other), both_ends(subject, convex), strict=True):
        x0 = values(start)
        exact = reference.quadratic(h, c, x0, convex.lr, convex.steps, convex.least, arithmetic)
        yield within_norm(x, exact, label="iterates on the quadratic")
        left = (1 - convex.lr * convex.least) ** np.arange(convex.steps + 1) * reference.norm(x0 - c)[:, None]
        yield at_most(reference.norm(values(x) - c[:, None]), left, exact.bound, label="the rate of contraction")
        ends.append(values(x)[:, -1])
        reach.append(left[:, -1] + exact.bound[:, -1])
    yield at_most(reference.norm(ends[0] - ends[1]), reach[0] + reach[1], label="both starts, one minimum")


@refutation(initial_value_sensitivity, "Every objective has limits that depend on the start.")
@for_all(convex=only(StronglyConvex(3, "even"), StronglyConvex(4, "even", rotated=True)))
def the_limit_depends_on_the_start(subject: Subject, convex: Convex) -> Iterator[Check]:
    """Not a strongly convex one."""
    one, other = both_ends(subject, convex)
    apart = (values(convex.start) != values(convex.other)).any(-1)
    yield holds((values(one)[:, -1] != values(other)[:, -1]).any(-1), where=apart)


@refutation(initial_value_sensitivity, "Gradient descent ends in one minimum from every start.")
@for_all(wells=only(WellStarts()))
def one_minimum_for_every_start(subject: Subject, wells: Wells) -> Iterator[Check]:
    """There are two."""
    x = subject.double_well_descent(wells.start, wells.lr, wells.steps)
    yield within(values(x)[:, -1], Truth(np.ones(wells.start.shape), np.full(wells.start.shape, 0.5)))


@refutation(initial_value_sensitivity, "Gradient descent leaves a stationary point that is no minimum.")
@for_all(wells=only(WellStarts(3, "stationary")))
def saddles_are_left(subject: Subject, wells: Wells) -> Iterator[Check]:
    """Its gradient is exactly 0 there."""
    x = subject.double_well_descent(wells.start, wells.lr, wells.steps)
    yield holds((values(x)[:, -1] != 0).all(-1))


@refutation(initial_value_sensitivity, "Gradient descent ends in the minimum nearest to the start.")
@for_all(wells=only(WellStarts(1, "at 2", 0.5, 2)))
def the_nearest_minimum_is_found(subject: Subject, wells: Wells) -> Iterator[Check]:
    """A step from 2 with rate 1/2 goes to -1."""
    x = subject.double_well_descent(wells.start, wells.lr, wells.steps)
    yield equal(values(x)[:, -1], np.sign(values(wells.start)))


@refutation(initial_value_sensitivity, "Every start is left with the same distance from the minimum after k steps.")
@for_all(convex=only(StronglyConvex(2, "two", 8, one_there=True, steps=4)))
def the_start_does_not_matter_after_k_steps(subject: Subject, convex: Convex) -> Iterator[Check]:
    """A start at the minimum has nothing left."""
    one, other = (values(x)[:, -1] for x in both_ends(subject, convex))
    c = values(convex.minimum)
    yield within(reference.norm(one - c), Truth(reference.norm(other - c), np.full(len(c), 0.25)))
