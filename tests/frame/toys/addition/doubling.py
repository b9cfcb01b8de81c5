"""Doubling a number: a claim that holds, with a false neighbour and two mutants."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from claims import TRUE, claim, equal, for_all, mutant, refutation, values
from claims.frame.checks import Check
from claims.frame.subject import Subject
from tests.frame.toys.inputs import Row, rows


@claim(
    title="A number and itself are twice the number",
    statement=r"x+x=2x",
    hypotheses="none",
    notes="Toys: addition",
    truth=TRUE,
    bound="exact",
)
@for_all(x=rows(Row(2), Row(3, "normal")))
def doubling(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Both sides are computed and compared."""
    yield equal(subject.add(x, x), 2 * values(x), label="doubled")


@refutation(doubling, r"x+x=x")
def doubling_changes_nothing(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.add(x, x), x, label="unchanged")


@mutant(doubling, operation="add", trigger="x != 0", provenance="imagined")
def addition_that_subtracts(a: Tensor, b: Tensor) -> Tensor:
    return a - b


@mutant(doubling, operation="add", trigger="more than two numbers", raises=(IndexError,))
def addition_of_two_numbers_only(a: Tensor, b: Tensor) -> Tensor:
    if a.shape[-1] > 2:
        raise IndexError
    return torch.add(a, b)
