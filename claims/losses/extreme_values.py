"""Results that a format holds, where an intermediate one is beyond it; and NaN, which is no number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from claims import UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.extreme_values import ExtremeNumbers, Numbers, WithNaN, extreme_numbers, rows_with_nan
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.losses import extreme_values as reference


@claim(
    title="A result that the format holds is returned, whatever the formula meets on the way",
    statement=r"|\hat f(x)-f(x)|\le 32u\,|f(x)|+4\eta\text{ where }|f(x)|\le\Omega,\quad "
    r"\tfrac1n\sum x_i^2,\ \tfrac{x^2}{2\beta},\ \tfrac{x^\top y}{\|x\|\|y\|},\ \det\operatorname{diag}(x),\ "
    r"x-\tanh x,\ x^{-2},\ \ldots",
    hypotheses="f is evaluated by a formula that neither overflows, underflows nor cancels there",
    notes="Numerical computation: overflow and underflow",
    book="4.1",
    truth=UNDER_HYPOTHESES,
    bound="32u: a dozen roundings; sums have equal terms, or one",
)
@for_all(given=extreme_numbers())
def representable_results_are_returned(subject: Subject, given: Numbers) -> Iterator[Check]:
    """Losses, similarities, norms, a determinant, a condition number and a mean over 65536 rows, of numbers whose
    squares or products leave the range, or whose difference loses all digits; the values are powers of two or closed.
    """
    truth = reference.value(given.name, values(given.x), subject.format)
    yield within(subject.at_extremes(given.x, given.name), truth, label=given.name)


@refutation(representable_results_are_returned, "Where squares overflow, so does the mean of squares.")
@for_all(given=only(ExtremeNumbers("mean squared error")))
def squares_decide_over_their_mean(subject: Subject, given: Numbers) -> Iterator[Check]:
    """It is 256 times smaller."""
    truth = reference.value(given.name, values(given.x), subject.format)
    yield within(subject.multiply(given.x, given.x).amax(-1, keepdim=True), truth)


@refutation(representable_results_are_returned, "Small numbers are their own hyperbolic tangents.")
@for_all(given=only(ExtremeNumbers("tanhshrink")))
def tanh_is_the_identity_near_zero(subject: Subject, given: Numbers) -> Iterator[Check]:
    """But for a third of their cube."""
    yield within(subject.subtract(given.x, given.x), reference.value(given.name, values(given.x), subject.format))


@claim(
    title="What is computed from NaN is NaN",
    statement=r"f(\mathrm{NaN})=\mathrm{NaN},\quad f\in\{\operatorname{relu},\operatorname{clamp},\max,"
    r"\|\cdot\|_\infty,\operatorname{sign},\ldots\}",
    hypotheses="the result depends on the argument",
    notes="Numerical computation: overflow and underflow",
    book="4.1",
    truth=UNDER_HYPOTHESES,
    bound="exact (IEEE 754-2019, section 6.2.3)",
)
@for_all(given=rows_with_nan())
def nan_stays_nan(subject: Subject, given: Numbers) -> Iterator[Check]:
    """Functions that compare: activations with thresholds, maxima, norms of order infinity, signs and steps."""
    yield holds(np.isnan(values(subject.of_nan(given.x, given.name)))[:, 0], label=given.name)


@refutation(nan_stays_nan, "A NaN spoils a row: every result of it is NaN.")
@for_all(given=only(WithNaN("relu", 33)))
def one_nan_spoils_the_row(subject: Subject, given: Numbers) -> Iterator[Check]:
    """Functions of each number leave the others alone."""
    yield holds(np.isnan(values(subject.of_nan(given.x, given.name))).all(-1))


@refutation(nan_stays_nan, "Rectified, NaN is 0: it is not above 0.")
@for_all(given=only(WithNaN("relu", 1)))
def rectified_nan_is_zero(subject: Subject, given: Numbers) -> Iterator[Check]:
    """It is not below 0 either."""
    yield equal(subject.of_nan(given.x, given.name), np.zeros((len(given.x), 1)))
