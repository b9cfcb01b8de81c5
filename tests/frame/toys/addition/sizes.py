"""Sizes of numbers: claims that fail, each in its own way, and one that torch departs from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import FALSE_AS_STATED, TRUE, UNDER_HYPOTHESES, claim, equal, for_all, mutant, refutation, values, within
from claims.frame.checks import Check
from claims.frame.subject import Subject
from reference.truth import Truth
from tests.frame.toys.inputs import Row, only, rows


@claim(
    title="Every number is small",
    statement=r"|x|\le\tfrac52",
    notes="Toys: size",
    truth=FALSE_AS_STATED,
    correction="some are not",
    bound="exact",
)
@for_all(x=rows(Row(2), Row(5)))
def smallness(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The size is compared with 5/2."""
    yield within(subject.abs(x), Truth(np.zeros(()), np.full((), 2.5)), label="small")


@refutation(smallness, r"|x|\ge0")
def sizes_are_nonnegative(subject: Subject, x: Tensor) -> Iterator[Check]:
    yield equal(subject.abs(x), np.abs(values(x)), label="not refuted, because it is true")


@mutant(smallness, operation="abs", trigger="never")
def size_as_it_should_be(x: Tensor) -> Tensor:
    return x.abs() / 1e3


@claim(
    title="Every number is finite",
    statement=r"x<\infty",
    notes="Toys: size",
    truth=TRUE,
    bound="none",
    weakness="no mutants",
)
@for_all(x=only(Row(3)))
def finiteness(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The bound is infinite, so nothing is said."""
    yield within(subject.abs(x), Truth(values(x), np.full((), np.inf)))


@claim(
    title="Rows of five can be multiplied by rows of three",
    statement=r"x\,y",
    notes="Toys: size",
    truth=UNDER_HYPOTHESES,
    bound="none",
    weakness="a toy without mutants",
)
@for_all(x=only(Row(5)))
def conformity(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The product raises."""
    yield equal(subject.matmul(x[:, None], x[:, :3, None]), 0.0)
