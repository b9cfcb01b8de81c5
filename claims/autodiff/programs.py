"""Reverse mode on programs that are no networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims import UNDER_HYPOTHESES, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.program_steps import Programmed, Steps, programs
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.autodiff import any_program as reference
from reference.truth import Truth

WAYS = (
    "backward",
    "autograd.grad",
    "materialised",
    "grad",
    "vjp",
    "jacrev",
    "functional.vjp",
    "functional.jacobian",
)


def gradient(subject: Subject, at: Programmed) -> reference.Gradient:
    """The exact gradient, and where the course of the program is determined."""
    return reference.gradient(at.program, values(at.x), subject.format, units(subject))


@claim(
    title="Back-propagation differentiates any program made of differentiable primitives",
    statement=r"\bar v_i=\sum_{j:\,i\to j}\bar v_j\,\frac{\partial v_j}{\partial v_i},\quad \bar y=1"
    r"\quad\Rightarrow\quad \bar x=\nabla f(x)",
    hypotheses="every primitive is differentiable at its argument, and arguments of branches are away from their "
    "thresholds by more than they may err",
    notes="Deep feedforward networks: back-propagation",
    book="6.5",
    formal="HasFDerivAt.comp",
    truth=UNDER_HYPOTHESES,
    correction="Of a primitive that is not differentiable at its argument, reverse mode still returns a number.",
    bound="running errors of the sum over all paths of the products of local derivatives (ASNA 3.3): a rounding for "
    "every product, for every sum and for every further use of a number, 4u for an elementary function, 4 more for its "
    "derivative, whose slope is bounded on the ball about the argument; 0 for unused inputs",
)
@for_all(at=programs())
def backprop_differentiates_any_program(subject: Subject, at: Programmed) -> Iterator[Check]:
    """Random programs of up to 12 steps (arithmetic, elementary functions, powers, loops and branches that depend on
    numbers) with shared results and unused inputs, by eight ways of reverse mode.
    """
    truth, determined = gradient(subject, at)
    for way in WAYS:
        yield within(subject.program_gradient(at.x, program=at.program, way=way), truth, where=determined, label=way)


def found(subject: Subject, at: Programmed, program: Sequence[tuple[Any, ...]], way: str) -> NDArray[np.float64]:
    """The gradient of a program by one way."""
    return np.asarray(values(subject.program_gradient(at.x, program=tuple(program), way=way)))


@refutation(backprop_differentiates_any_program, "Forward differences with step sqrt(eps) are as accurate.")
@for_all(at=only(Steps(1, (("exp", 0, 0), ("product", 0, 1)))))
def forward_differences_are_as_accurate(subject: Subject, at: Programmed) -> Iterator[Check]:
    """They lose half of the digits."""
    yield within(found(subject, at, at.program, "forward differences"), gradient(subject, at).truth)


SQUARE = only(Steps(1, (("product", 0, 0),)))


@refutation(backprop_differentiates_any_program, "The adjoint of a number that is used twice is that of its last use.")
@for_all(at=SQUARE)
def the_last_use_counts(subject: Subject, at: Programmed) -> Iterator[Check]:
    """Those of all uses are added up: the derivative of x x / 2 is x, not x / 2."""
    yield within(found(subject, at, at.program, "backward"), Truth(values(at.x) / 2, gradient(subject, at).truth.bound))


@refutation(backprop_differentiates_any_program, "To detach a number changes no derivative.")
@for_all(at=SQUARE)
def detaching_changes_nothing(subject: Subject, at: Programmed) -> Iterator[Check]:
    """A detached number is a constant."""
    detached = (("detach", 0), ("mul", 0, 1), ("times", 2, 0.5))
    yield within(found(subject, at, detached, "grad"), gradient(subject, at).truth)


@refutation(backprop_differentiates_any_program, "Every input has a gradient other than 0.")
@for_all(at=only(Steps(2, (("sin", 0, 0),))))
def every_input_matters(subject: Subject, at: Programmed) -> Iterator[Check]:
    """An input that the program does not use has gradient 0."""
    yield holds((found(subject, at, at.program, "autograd.grad") != 0).all(-1))
