"""Properties of toy claims, and how to examine them quickly."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from claims import consistent, values, within
from claims.frame.checks import Check
from claims.frame.claim import Claim, Proposition
from claims.frame.evidence import Evidence
from claims.frame.inputs.regime import Regimes
from claims.frame.profiles import PROFILES, Profile
from claims.frame.runner import examine
from claims.frame.subject import Subject
from reference.truth import Truth
from tests.frame.toys.inputs import Sample

TINY: Profile = dataclasses.replace(PROFILES["quick"], examples=6, batch=8, corner_plans=2)
"""The quick profile with less of everything."""

Property = Callable[..., Iterator[Check]]


def proposition(check: Property, **regimes: Regimes) -> Proposition:
    """The property as a proposition of its own name."""
    return Proposition(check.__name__.replace("_", "-"), check, regimes)


def toy_claim(check: Property, **regimes: Regimes) -> Claim:
    """The property as a claim that is not registered."""
    made = proposition(check, **regimes)
    texts = dict.fromkeys(("title", "statement", "hypotheses", "notes", "book", "formal", "correction", "bound"), "toy")
    return Claim(**vars(made), **texts, truth="true", chapter="toys", topic="toys/toy.py")


def examined(
    check: Property, *, dtype: str = "float32", profile: Profile = TINY, seed: int = 0, **regimes: Regimes
) -> Evidence:
    """The evidence for a property on eager torch."""
    return examine(proposition(check, **regimes), Subject("eager", dtype), profile, seed=seed)


def exact(value: object) -> Truth:
    """A value to be met without error."""
    return Truth(np.asarray(value, np.float64), np.zeros(()))


def doubles(subject: Subject, x: Tensor) -> Iterator[Check]:
    """x + x = 2 x, which holds exactly."""
    yield within(subject.add(x, x), exact(2 * values(x)), label="doubled")


def sums(subject: Subject, x: Tensor) -> Iterator[Check]:
    """The sum of n numbers, within n u times the sum of their sizes."""
    v = values(x)
    bound = max(1, v.shape[-1]) * subject.format.u * np.abs(v).sum(-1)
    yield within(subject.toy_total(x, dim=-1), Truth(v.sum(-1), bound), label="sum")


def is_small(subject: Subject, x: Tensor) -> Iterator[Check]:
    """|x| <= 2.5, which fails for larger numbers."""
    yield within(subject.abs(x), Truth(np.zeros(()), np.full((), 2.5)), label="small")


def mean_is_half(subject: Subject, sample: Sample) -> Iterator[Check]:
    """The mean of n uniform numbers, by Hoeffding's inequality."""
    alpha = 1e-9
    with subject.random(sample.seed) as generator:
        drawn = values(subject.toy_noise(sample.count, generator=generator, device=subject.device))
    yield consistent(abs(drawn.mean() - 0.5), math.sqrt(math.log(2 / alpha) / 2 / sample.count), alpha=alpha)


def raises(subject: Subject, x: Tensor) -> Iterator[Check]:
    """An operation that fails."""
    yield within(subject.matmul(x[..., None], torch.ones(5, 5)), exact(0))
