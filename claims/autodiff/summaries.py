"""Derivatives of statistics, selections and steps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from claims import UNDER_HYPOTHESES, claim, for_all, refutation, values, within
from claims.autodiff.modes import BOUND, by, derivative, first, higher, one_way
from claims.frame.checks import Check
from claims.frame.inputs.differentiated import Differentiated, Point, differentiated
from claims.frame.inputs.spectra import only
from claims.frame.inputs.summary_functions import SUMMARIES
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.autodiff import modes as reference
from reference.truth import Truth


@claim(
    title="The adjoint identity for statistics, selections and steps",
    statement=r"D\operatorname{cov}(x,y)[u,v]=\operatorname{cov}(u,y)+\operatorname{cov}(x,v),\quad "
    r"D\min(x)[u]=u_{\arg\min x},\quad D\lfloor x\rfloor[u]=0",
    hypotheses="numbers that are compared differ, and none is at a step or an end of a piece",
    notes="Probability: covariance; Regularisation: automatic differentiation",
    book="3.8; 6.5.9",
    truth=UNDER_HYPOTHESES,
    bound=BOUND,
)
@for_all(point=differentiated(SUMMARIES, [1]))
def adjoint_identity_of_summaries(subject: Subject, point: Point) -> Iterator[Check]:
    """Covariances and correlations, means with deviations, extremes and medians, clipping, and functions that are
    constant between steps: by every way to the derivative.
    """
    yield from first(subject, point)


@refutation(adjoint_identity_of_summaries, "The derivative of the median is the median of the direction.")
@for_all(point=only(Differentiated("median", 1, ("vjp",))))
def medians_are_linear(subject: Subject, point: Point) -> Iterator[Check]:
    """It is the direction at the place of the median."""
    along, c = values(point.directions[0]), values(point.cotangent)[:, 0]
    middle = reference.value("median", along, subject.format, units(subject), whole=False).value[:, 0]
    yield within(one_way(subject, point, "vjp"), Truth(c * middle, derivative(subject, point).bound))


@refutation(adjoint_identity_of_summaries, "A correlation does not depend on its variables.")
@for_all(point=only(Differentiated("correlation matrix", 1, ("vjp",))))
def correlations_do_not_move(subject: Subject, point: Point) -> Iterator[Check]:
    """That of a variable with itself does not."""
    truth = derivative(subject, point)
    yield within(one_way(subject, point, "vjp"), Truth(np.zeros(truth.value.shape), truth.bound))


@claim(
    title="Modes nest for statistics, selections and steps",
    statement=r"D^2\operatorname{cov}(x,y)[(u,v),(s,t)]=\operatorname{cov}(u,t)+\operatorname{cov}(s,v),\quad "
    r"D^2\min(x)=0",
    hypotheses="numbers that are compared differ, and none is at a step or an end of a piece",
    notes="Probability: covariance; Hessian matrices",
    book="3.8; 4.3.1; 6.5.10",
    truth=UNDER_HYPOTHESES,
    bound=BOUND,
)
@for_all(point=differentiated(SUMMARIES, [2]))
def derivatives_of_summaries_in_every_nesting(subject: Subject, point: Point) -> Iterator[Check]:
    """Ten ways to the second derivative of each."""
    yield from higher(subject, point)


@refutation(derivatives_of_summaries_in_every_nesting, r"D^2\operatorname{cov}=0:\text{ a covariance is linear}")
@for_all(point=only(Differentiated("covariance matrix", 2, ("rr",))))
def covariances_are_linear(subject: Subject, point: Point) -> Iterator[Check]:
    """It is bilinear, and a variance is quadratic."""
    truth = derivative(subject, point)
    yield within(by(subject, point, ("rr",))[0], Truth(np.zeros(truth.value.shape), truth.bound))
