"""No false alarms: claims hold for other correct implementations of the operations, and with another thread.

Every `tests/alternatives/*.py` lists (claims, functions by operation, name) in `ALTERNATIVES`.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from claims.frame.claim import load_all
from claims.frame.evidence import Evidence
from claims.frame.profiles import PROFILES, Profile, active
from claims.frame.runner import examine
from claims.frame.subject import Subject
from claims.frame.support import DTYPES, operations_of, unsupported

FEW = dataclasses.replace(PROFILES["quick"], examples=4, corner_plans=1)
"""Enough for a kernel that splits its work: the corners are the largest inputs."""
CLAIMS = load_all()
FILES = sorted((Path(__file__).parent / "alternatives").glob("*.py"))
GOOD = {"held", "consistent", "exhausted", "departs"}
SEED = 1


class Alternative(NamedTuple):
    """Other implementations of some operations."""

    file: str
    name: str
    claims: tuple[str, ...]
    functions: Mapping[str, Callable[..., Any]]


def alternatives() -> Iterator[Alternative]:
    """All that are listed."""
    for file in FILES:
        for claims, functions, name in importlib.import_module(f"tests.alternatives.{file.stem}").ALTERNATIVES:
            yield Alternative(file.stem, name, tuple(claims), functions)


EVERY = list(alternatives())
CASES = [
    pytest.param(a, claim, dtype, id=f"{a.file}-{a.name}-{claim}-{dtype}")
    for a in EVERY
    for claim in a.claims
    for dtype in DTYPES
    if unsupported(CLAIMS[claim], "cpu", dtype) is None
]


def said(evidence: Evidence) -> str:
    """What to read of a claim that does not hold."""
    failure = evidence.failure
    return (
        str(evidence.reason) if failure is None else f"{failure['label']}: {failure['margin']}\n{failure['instance']}"
    )


@pytest.mark.parametrize("alternative", EVERY, ids=[f"{a.file}-{a.name}" for a in EVERY])
def test_an_alternative_is_one_of_operations_that_its_claims_use(alternative: Alternative) -> None:
    assert alternative.claims
    for claim in alternative.claims:
        assert set(alternative.functions) & set(operations_of(CLAIMS[claim]))


@pytest.mark.parametrize(("alternative", "claim", "dtype"), CASES)
def test_a_claim_holds_for_another_correct_implementation(alternative: Alternative, claim: str, dtype: str) -> None:
    subject = Subject("eager", dtype).overriding(alternative.name, **alternative.functions)
    evidence = examine(CLAIMS[claim], subject, _profile(), seed=SEED)
    assert evidence.outcome in GOOD, said(evidence)


def _profile() -> Profile:
    """Every corner once, unless another profile than the quick one is asked for."""
    return FEW if active().name == "quick" else active()


@pytest.fixture
def _two_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("_two_threads")
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_holds_with_two_threads(claim: str) -> None:
    dtype = next(d for d in ("float32", "float64") if unsupported(CLAIMS[claim], "cpu", d) is None)
    evidence = examine(CLAIMS[claim], Subject("eager", dtype), FEW, seed=SEED)
    assert evidence.outcome in GOOD, said(evidence)
