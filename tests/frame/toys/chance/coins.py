"""Chance: a claim about a sample, and one whose whole domain is enumerated."""

from __future__ import annotations

import math
from collections.abc import Iterator

from torch import Tensor

from claims import TENDENCY, TRUE, claim, consistent, equal, for_all, refutation, values
from claims.frame.checks import Check
from claims.frame.subject import Subject
from tests.frame.toys.inputs import Draws, Row, Sample, only

ALPHA = 1e-9


@claim(
    title="The mean of uniform numbers is near one half",
    statement=r"\mathbb{E}\,U=\tfrac12",
    notes="Toys: chance",
    truth=TENDENCY,
    bound="Hoeffding's inequality",
    weakness="a toy without mutants",
)
@for_all(sample=only(Draws(1000), Draws(100)))
def uniform_mean(subject: Subject, sample: Sample) -> Iterator[Check]:
    """The mean of one sample."""
    with subject.random(sample.seed) as generator:
        drawn = values(subject.toy_noise(sample.count, generator=generator, device=subject.device))
    radius = math.sqrt(math.log(2 / ALPHA) / 2 / sample.count)
    yield consistent(abs(drawn.mean() - 0.5), radius, alpha=ALPHA, label="mean")


@refutation(uniform_mean, r"\mathbb{E}\,U=1")
def uniform_mean_is_one(subject: Subject, sample: Sample) -> Iterator[Check]:
    with subject.random(sample.seed) as generator:
        drawn = values(subject.toy_noise(sample.count, generator=generator, device=subject.device))
    yield consistent(abs(drawn.mean() - 1), 1e-3, alpha=0.0, label="mean")


@claim(
    title="Signs square to one",
    statement=r"(\pm1)^2=1",
    notes="Toys: chance",
    truth=TRUE,
    bound="exact",
    weakness="no mutants",
)
@for_all(x=only(Row(1), Row(1, factor=-1.0), exhaustive=True))
def square_of_a_sign(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Both signs are tried."""
    yield equal(subject.multiply(x, x), 1.0, label="square")
