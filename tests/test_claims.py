"""Every claim on every subject, device and dtype; its false neighbours, its mutants, and torch's departures."""

from __future__ import annotations

from collections.abc import Callable

from claims.frame.cases import Case
from claims.frame.evidence import GOOD

Judge = Callable[..., None]


def test_claim_holds(claim_case: Case, judge: Judge) -> None:
    judge(claim_case, *GOOD)


def test_false_neighbour_is_refuted(refutation_case: Case, judge: Judge) -> None:
    judge(refutation_case, "refuted")


def test_mutant_is_caught(mutant_case: Case, judge: Judge) -> None:
    judge(mutant_case, "caught")


def test_mutant_meets_another_claim(cross_case: Case, judge: Judge) -> None:
    judge(cross_case, "caught", "survived", "error")


def test_torch_still_departs(departure_case: Case, judge: Judge) -> None:
    judge(departure_case, "departs", "elsewhere")
