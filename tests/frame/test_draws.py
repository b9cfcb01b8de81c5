"""Trials: what is drawn, from which seed, in which batches and under which call plans."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import strategies as st
from torch import Tensor

from claims import equal, values
from claims.frame.checks import Check
from claims.frame.claim import Proposition
from claims.frame.inputs.regime import Regimes
from claims.frame.plan import CallPlan
from claims.frame.profiles import PROFILES, Profile
from claims.frame.runner import call_plans, corner_trials, examine
from claims.frame.subject import Subject
from claims.frame.trial import Trial, digest
from reference.formats import FORMATS
from tests.frame.toys.inputs import Draws, Row, only, rows
from tests.frame.toys.properties import (
    TINY,
    proposition,
    sums,
)

EAGER = Subject("eager", "float32")


class Spy:
    """A property that keeps what it is given."""

    __name__ = "spy"

    def __init__(self) -> None:
        self.seen: list[tuple[tuple[str, str, str], list[list[float]]]] = []

    def __call__(self, subject: Subject, x: Tensor) -> Iterator[Check]:
        self.seen.append((tuple(subject.plan), values(x).tolist()))
        yield equal(subject.softmax(x, dim=-1).sum() * 0, 0)


def test_the_digest_is_the_same_in_every_process() -> None:
    assert digest("a", (1, Row(3))) == 17254076573118462347
    assert digest("a", 1) != digest("a", 2)


def test_the_seed_depends_on_claim_regimes_number_and_base() -> None:
    one, other = (Proposition(name, sums, {"x": rows()}) for name in ("one", "other"))
    trial = Trial({"x": Row(3)}, 1)
    seeds = [
        trial.seed(one, 0),
        trial.seed(other, 0),
        trial.seed(one, 1),
        trial._replace(number=2).seed(one, 0),
        Trial({"x": Row(4)}, 1).seed(one, 0),
    ]
    assert len(set(seeds)) == 5
    assert trial._replace(plan=CallPlan("single")).seed(one, 0) == seeds[0]


def test_single_calls_get_an_eighth_of_the_batch_and_at_most_eight() -> None:
    profile = PROFILES["standard"]
    assert Trial({"x": Row(2)}, 0).batch(profile) == 256
    assert Trial({"x": Row(2)}, 0, CallPlan("single")).batch(profile) == 8
    assert Trial({"x": Row(2)}, 0, CallPlan("single")).batch(dataclasses.replace(profile, batch=32)) == 4
    assert Trial({"x": Row(2), "y": Row(1 << 11)}, 0).batch(profile) == 8
    assert Trial({"x": Row(2), "y": Draws()}, 0).batch(profile) == 1


def test_another_seed_gives_other_numbers() -> None:
    spies = [Spy(), Spy(), Spy()]
    for spy, seed in zip(spies, (0, 0, 1), strict=True):
        examine(proposition(spy, x=only(Row(2, "normal"))), EAGER, TINY, seed=seed)
    first, again, other = ([numbers for _, numbers in spy.seen][1:] for spy in spies)  # the first is a dry run
    assert first == again
    assert not any(numbers in again for numbers in other)


def test_another_seed_draws_other_regimes() -> None:
    def drawn(seed: int) -> list[int]:
        spy = Spy()
        regimes = Regimes(st.builds(Row, st.integers(1, 1000)), (Row(1),))
        examine(proposition(spy, x=regimes), EAGER, dataclasses.replace(TINY, corner_plans=1, elements=1), seed=seed)
        return [len(numbers[0]) for _, numbers in spy.seen]

    assert drawn(0) == drawn(0)
    assert drawn(0) != drawn(1)


def test_propositions_draw_different_numbers_from_one_seed() -> None:
    spies = [Spy(), Spy()]
    for spy, name in zip(spies, ("one", "other"), strict=True):
        examine(Proposition(name, spy, {"x": only(Row(2, "normal"))}), EAGER, TINY)
    numbers = [{str(n) for _, n in spy.seen} for spy in spies]
    assert not numbers[0] & numbers[1]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_profile_runs_every_corner_and_deals_every_call_plan(profile: Profile) -> None:
    corners = tuple(Row(n) for n in range(1, 16))
    made = proposition(Spy(), x=only(*corners))
    trials = list(corner_trials(made, profile, "float32"))
    assert {t.regimes["x"] for t in trials} == set(corners)
    assert {t.plan for t in trials} == set(call_plans(made))
    assert trials[0].plan == CallPlan()
    assert all(t.number != u.number for t, u in itertools.pairwise(trials) if t.regimes == u.regimes)


def test_a_corner_gets_other_call_plans_in_every_dtype() -> None:
    made, quick = proposition(Spy(), x=only(*(Row(n) for n in range(1, 16)))), PROFILES["quick"]
    dealt = [{t.plan for t in corner_trials(made, quick, dtype) if t.regimes["x"] == Row(3)} for dtype in FORMATS]
    assert [len(plans) for plans in dealt] == [quick.corner_plans] * len(FORMATS)
    assert len(set().union(*dealt)) == quick.corner_plans * len(FORMATS)


def test_corners_run_even_where_they_are_never_drawn() -> None:
    spy = Spy()
    examine(proposition(spy, x=Regimes(st.just(Row(1)), (Row(2), Row(7)))), EAGER, TINY)
    assert {len(numbers[0]) for _, numbers in spy.seen} == {1, 2, 7}


def test_drawn_trials_see_every_call_plan_most_of_them_in_batches() -> None:
    spy = Spy()
    profile = dataclasses.replace(TINY, examples=200, corner_plans=1)
    examine(proposition(spy, x=only(Row(2))), EAGER, profile)
    drawn = [plan for plan, _ in spy.seen]
    assert set(drawn) == set(call_plans(proposition(spy, x=only(Row(2)))))
    assert 0.1 < sum(plan[0] == "single" for plan in drawn) / len(drawn) < 0.4


def test_no_drawn_trial_runs_twice_and_few_are_lost_to_that() -> None:
    spy = Spy()
    profile = dataclasses.replace(TINY, examples=200, corner_plans=1)
    examine(proposition(spy, x=Regimes(st.just(Row(3, "normal")), (Row(1),))), EAGER, profile)
    drawn = [(plan, str(numbers)) for plan, numbers in spy.seen if len(numbers[0]) == 3]
    assert 180 < len(drawn) == len(set(drawn)) < 220
