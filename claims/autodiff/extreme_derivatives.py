"""Derivatives of elementary functions where formulas for them cancel, overflow or divide 0 by 0."""

from __future__ import annotations

from collections.abc import Iterator

from claims import UNDER_HYPOTHESES, claim, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.extreme_derivatives import At, Extreme, extremes
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import extreme_derivatives as reference
from reference.truth import Truth


def exact(subject: Subject, at: At) -> Truth:
    """The derivative, and how far a stable formula may be from it."""
    return reference.derivative(at.name, values(at.x), subject.format)


@claim(
    title="A derivative exists where its formula fails: in tails, at removable singularities, near a format's ends",
    statement=r"|\hat g-f^{(k)}(x)|\le 32u\,|f^{(k)}(x)|+4\eta,\quad "
    r"\operatorname{sinc}''(0)=-\tfrac{\pi^2}{3},\ \operatorname{asinh}'(x)=(1+x^2)^{-1/2},\ "
    r"(e^x-1)'=e^x,\ \partial_y\operatorname{atan2}(y,x)=\frac{x}{x^2+y^2}",
    hypotheses="f is evaluated by a formula that is stable there",
    notes="Deep feedforward networks: back-propagation",
    book="6.5; 4.1",
    truth=UNDER_HYPOTHESES,
    bound="32u: at most eight operations, 4u for elementary functions, operands of one sign or cancelling by half",
)
@for_all(at=extremes())
def derivatives_hold_at_extremes(subject: Subject, at: At) -> Iterator[Check]:
    """First to third derivatives of fifteen functions by reverse mode, against closed formulas in balls: in the tails
    where they vanish, next to 0 and at 0, and where the square of the argument overflows or underflows.
    """
    yield within(subject.repeated_slope(at.x, at.name, at.order), exact(subject, at), label=at.name)


@refutation(derivatives_hold_at_extremes, r"(e^x-1)'=(e^x-1)+1\text{ to a few roundings, by the value that is there}")
@for_all(at=only(Extreme("expm1", "left")))
def the_value_gives_the_slope_of_expm1(subject: Subject, at: At) -> Iterator[Check]:
    """The sum cancels in the tail."""
    yield within(subject.add(subject.expm1(at.x), subject.tensor(1.0)), exact(subject, at))


@refutation(derivatives_hold_at_extremes, r"\tanh'=1-\tanh^2\text{ to a few roundings}")
@for_all(at=only(Extreme("tanh", "right")))
def the_value_gives_the_slope_of_tanh(subject: Subject, at: At) -> Iterator[Check]:
    """The difference cancels in the tail."""
    yield within(subject.subtract(subject.tensor(1.0), subject.square(subject.tanh(at.x))), exact(subject, at))


@refutation(derivatives_hold_at_extremes, "An even function has the derivative 0 at 0, and so has its derivative.")
@for_all(at=only(Extreme("sinc, twice", "at 0")))
def even_derivatives_vanish_at_zero(subject: Subject, at: At) -> Iterator[Check]:
    """Those of odd order do."""
    yield within(subject.multiply(at.x, subject.tensor(0.0)), exact(subject, at))
