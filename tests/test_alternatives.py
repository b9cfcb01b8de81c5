"""No false alarms: claims hold for other correct implementations of the operations, and with another thread.

Every `tests/alternatives/*.py` lists (claims, functions by operation, name) in `ALTERNATIVES`.
"""

from __future__ import annotations

import dataclasses
import importlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from claims.frame.claim import Claim, load_all
from claims.frame.evidence import GOOD, Evidence
from claims.frame.profiles import PROFILES, Profile, active
from claims.frame.runner import examine
from claims.frame.subject import Subject
from claims.frame.support import DTYPES, operations_of, unsupported
from claims.frame.support_memory import learn

FEW = dataclasses.replace(PROFILES["quick"], examples=1, batch=64, corner_plans=1)
"""Enough for a kernel that splits its work: the corners are the largest inputs."""
CLAIMS = load_all()
FILES = sorted((Path(__file__).parent / "alternatives").glob("*.py"))
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


learn()
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
    profile, good = _profile(), GOOD
    dealt = CLAIMS[claim]
    if profile is FEW:
        able = [d for d in DTYPES if unsupported(dealt, "cpu", d) is None]
        # every other alternative sees a corner, in one dtype; other profiles show all corners to all
        hand = 2 * able.index(dtype) + zlib.crc32(alternative.name.encode()) % 2
        dealt, good = dealt_corners(dealt, hand, 2 * len(able)), GOOD | {"vacuous"}  # all overflow, perhaps
    evidence = examine(dealt, subject, profile, seed=SEED)
    assert evidence.outcome in good, said(evidence)


def _profile() -> Profile:
    """Every corner once, unless another profile than the quick one is asked for."""
    return FEW if active().name == "quick" else active()


def dealt_corners(claim: Claim, hand: int, hands: int) -> Claim:
    """The claim with its plainest corner and one of `hands` shares of the others: all take a dtype 0.4 seconds."""
    regimes = {
        name: r if r.exhaustive else dataclasses.replace(r, corners=(r.corners[0], *r.corners[1 + hand :: hands]))
        for name, r in claim.regimes.items()
    }
    return dataclasses.replace(claim, regimes=regimes)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_every_corner_is_dealt_once(claim: Claim) -> None:
    hands = [dealt_corners(claim, hand, 4) for hand in range(4)]
    for name, regimes in claim.regimes.items():
        seen = [
            c for h in hands for c in (h.regimes[name].corners if regimes.exhaustive else h.regimes[name].corners[1:])
        ]
        assert sorted(map(repr, seen)) == sorted(
            map(repr, regimes.corners * 4 if regimes.exhaustive else regimes.corners[1:])
        )


@pytest.fixture
def _two_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("_two_threads")
@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_a_claim_holds_with_two_threads(claim: Claim) -> None:
    dtype = next(d for d in ("float32", "float64") if unsupported(claim, "cpu", d) is None)
    seen = largest_corners(claim) if _profile() is FEW else claim
    evidence = examine(seen, Subject("eager", dtype), FEW, seed=SEED)
    assert evidence.outcome in GOOD, said(evidence)


def largest_corners(claim: Claim) -> Claim:
    """The claim with the larger half of its corners, whose work is shared by threads if any is."""
    regimes = {
        name: r
        if r.exhaustive
        else dataclasses.replace(
            r, corners=(r.corners[0], *sorted(r.corners[1:], key=lambda c: c.size())[(len(r.corners) - 1) // 2 :])
        )
        for name, r in claim.regimes.items()
    }
    return dataclasses.replace(claim, regimes=regimes)
