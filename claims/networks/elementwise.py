"""An elementwise activation is a function of the number alone: not of its place, nor of what stands beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.equal_entries import Copies, Equal, equal_entries
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.networks import elementwise as reference


def value_and_slope(subject: Subject, x: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """The activation, and its derivative by reverse mode."""
    leaf = x.detach().clone().requires_grad_()
    y = subject.activate(leaf, name)
    return y.detach(), subject.gradient(y, leaf, torch.ones_like(y))


@claim(
    title="Equal entries, equal values: an elementwise activation depends on the number alone",
    statement=r"x_i=x_j\ \Rightarrow\ \operatorname{act}(x)_i=\operatorname{act}(x)_j,\ "
    r"\operatorname{act}'(x)_i=\operatorname{act}'(x)_j",
    notes="Activation functions: they act entry by entry",
    book="6.3",
    truth=TRUE,
    bound="exact: whatever the rounding errors are, they are those of the number",
)
@for_all(given=equal_entries())
def equal_entries_equal_values(subject: Subject, given: Equal) -> Iterator[Check]:
    """Values and derivatives by reverse mode of copies of a number, in rows around the widths of vectors; of all
    numbers of a 16-bit format, next to each other and with gaps between them in memory; and of a number on its own.
    """
    apart = dataclasses.replace(subject, plan=subject.plan._replace(layout="strided"))
    together = value_and_slope(subject, given.x, given.name)
    scattered = value_and_slope(apart, given.x, given.name)
    alone = value_and_slope(subject, given.x[:1, :1], given.name)
    for found, other, single, label in zip(together, scattered, alone, ("value", "slope"), strict=True):
        y = values(found)
        if given.copied:
            yield equal(y, reference.of_the_first_equal(values(given.x), y), label=f"{given.name}: {label} of copies")
        yield equal(y, other, label=f"{given.name}: {label} with gaps")
        yield equal(y[:1, :1], single, label=f"{given.name}: {label} alone")


ROWS = only(Copies("sigmoid", 7), Copies("elu", 33))


@refutation(equal_entries_equal_values, r"\operatorname{act}(x)_i=\operatorname{act}(x)_j\ \Rightarrow\ x_i=x_j")
@for_all(given=only(Copies("relu", 7), Copies("hardtanh", 33)))
def equal_values_come_from_equal_entries(subject: Subject, given: Equal) -> Iterator[Check]:
    """Not where the activation is constant: above and below its bends."""
    y = values(subject.activate(given.x, given.name))
    yield equal(values(given.x), reference.of_the_first_equal(y, values(given.x)))


@refutation(equal_entries_equal_values, "Softmax, too, gives equal numbers equal values, whatever stands beside them.")
@for_all(given=ROWS)
def softmax_acts_entry_by_entry(subject: Subject, given: Equal) -> Iterator[Check]:
    """It divides by the sum over the row."""
    x = subject.tensor(np.concatenate((values(given.x), np.zeros((len(given.x), 1))), -1))
    yield equal(subject.softmax(x, dim=-1)[:, :-1], subject.softmax(given.x, dim=-1))


@refutation(equal_entries_equal_values, r"\operatorname{act}(-x)=-\operatorname{act}(x)")
@for_all(given=ROWS)
def every_activation_is_odd(subject: Subject, given: Equal) -> Iterator[Check]:
    """tanh is; sigmoid and ELU are not."""
    yield equal(subject.activate(-given.x, given.name), -values(subject.activate(given.x, given.name)))


@refutation(equal_entries_equal_values, "Different activations differ at every number.")
@for_all(given=ROWS)
def activations_differ_everywhere(subject: Subject, given: Equal) -> Iterator[Check]:
    """ELU and ReLU are the same above 0."""
    yield holds(values(subject.activate(given.x, "elu")) != values(subject.activate(given.x, "relu")))
