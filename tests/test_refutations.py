"""The smallest counterexample of a refutation is the same whenever it is looked for."""

from __future__ import annotations

import pytest

from claims.frame.cases import Case, Selection, refutation_cases
from claims.frame.profiles import active

EVERY = 8
SOME = list(refutation_cases(Selection()))[::EVERY]


@pytest.mark.parametrize("case", SOME, ids=[c.id for c in SOME])
def test_the_smallest_counterexample_is_the_same_in_two_runs(case: Case) -> None:
    first, second = (case.run(active(), 0) for _ in range(2))
    assert first.outcome == "refuted"
    assert first.failure == second.failure
