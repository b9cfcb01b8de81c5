"""No false alarms elsewhere: every alternative against the claims that use its operation and that it does not list.

The quick profile takes a sample of these pairs, the standard one all of them in one dtype each, others in every dtype.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from claims.frame.profiles import active
from claims.frame.runner import examine
from claims.frame.subject import Subject
from claims.frame.support import DTYPES, operations_of, unsupported
from tests.alternatives_elsewhere import REASONS, reason
from tests.test_alternatives import CLAIMS, EVERY, FEW, GOOD, SEED, Alternative, dealt_corners, said

SAMPLE = 25
"""Of so many pairs the quick profile takes one."""


def pairs() -> Iterator[tuple[Alternative, str]]:
    """Every alternative with every claim that uses one of its operations and is not listed."""
    for alternative in EVERY:
        for claim in CLAIMS.values():
            if claim.id not in alternative.claims and set(alternative.functions) & set(operations_of(claim)):
                yield alternative, claim.id


PAIRS = list(pairs())
HELD = [(a, claim) for a, claim in PAIRS if reason(a.file, a.name, claim) is None]


def items() -> Iterator[tuple[Alternative, str, str]]:
    """The pairs of this profile, each with the dtypes that it is examined in, which rotate."""
    for i, (alternative, claim) in enumerate(HELD):
        able = [d for d in DTYPES if unsupported(CLAIMS[claim], "cpu", d) is None]
        match active().name:
            case "quick" if i % SAMPLE:
                continue
            case "quick" | "standard":
                yield alternative, claim, able[(i + i // 7) % len(able)]
            case _:
                yield from ((alternative, claim, d) for d in able)


ITEMS = [pytest.param(a, c, d, id=f"{a.file}-{a.name}-{c}-{d}") for a, c, d in items()]


@pytest.mark.parametrize(("alternative", "claim", "dtype"), ITEMS)
def test_a_claim_holds_for_an_alternative_that_does_not_list_it(
    alternative: Alternative, claim: str, dtype: str
) -> None:
    """An alternative that raises does not take what the claim passes, which is for another test to judge."""
    able = [d for d in DTYPES if unsupported(CLAIMS[claim], "cpu", d) is None]
    dealt = dealt_corners(CLAIMS[claim], able.index(dtype), len(able))
    subject = Subject("eager", dtype).overriding(alternative.name, **alternative.functions)
    try:
        evidence = examine(dealt, subject, FEW, seed=SEED)
    except Exception as error:  # noqa: BLE001  whatever an alternative raises where torch does not
        pytest.skip(f"the alternative does not take what {claim} passes: {type(error).__name__}")
    assert evidence.outcome in GOOD | {"vacuous"}, said(evidence)


@pytest.mark.parametrize(("why", "alternatives", "claims"), REASONS)
def test_a_reason_is_needed(why: str, alternatives: tuple[str, ...], claims: tuple[str, ...]) -> None:
    """Every pattern meets a pair of its own."""
    assert why.endswith(".")
    for pattern in alternatives:
        assert any(meets(a, c, pattern, claims) for a, c in PAIRS), pattern
    for pattern in claims:
        assert any(meets(a, c, name, (pattern,)) for a, c in PAIRS for name in alternatives), pattern


def meets(alternative: Alternative, claim: str, pattern: str, claims: tuple[str, ...]) -> bool:
    """Whether one pattern of alternatives and one of these claims meet this pair."""
    return fnmatchcase(f"{alternative.file}: {alternative.name}", pattern) and any(
        fnmatchcase(claim, c) for c in claims
    )


@pytest.mark.skipif(active().name == "quick", reason="the standard profile looks whether reasons are stale")
@pytest.mark.parametrize(("why", "alternatives", "claims"), REASONS)
def test_a_reason_is_still_true(why: str, alternatives: tuple[str, ...], claims: tuple[str, ...]) -> None:
    """Of the pairs that every pattern of alternatives excuses at least one fails."""
    for pattern in alternatives:
        excused = [(a, c) for a, c in PAIRS if meets(a, c, pattern, claims)]
        assert any(fails(a, c) for a, c in excused), f"{pattern}: {why}"


def fails(alternative: Alternative, claim: str) -> bool:
    """Whether the claim does not hold for the alternative in some dtype, or the alternative raises."""
    for dtype in (d for d in DTYPES if unsupported(CLAIMS[claim], "cpu", d) is None):
        subject = Subject("eager", dtype).overriding(alternative.name, **alternative.functions)
        try:
            if examine(CLAIMS[claim], subject, FEW, seed=SEED, shrink=False).outcome not in GOOD | {"vacuous"}:
                return True
        except Exception:  # noqa: BLE001  whatever an alternative raises where torch does not
            return True
    return False
