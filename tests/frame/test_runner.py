"""The runner: what is counted, and which outcome the evidence has."""
# ruff: noqa: ARG001, ARG005  toy properties, predicates and mutants keep the signature of their kind

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from torch import Tensor

from claims import consistent, holds, values, within
from claims.frame.checks import Check
from claims.frame.claim import Departure, Mutant, Refutation
from claims.frame.evidence import Evidence
from claims.frame.inputs.regime import Regimes
from claims.frame.runner import TOGETHER, catch, examine, refute
from claims.frame.subject import Subject
from reference.truth import Truth
from tests.frame.toys.inputs import Draws, Row, Sample, only, rows
from tests.frame.toys.properties import (
    TINY,
    Property,
    doubles,
    exact,
    examined,
    is_small,
    mean_is_half,
    proposition,
    raises,
    sums,
    toy_claim,
)

EAGER = Subject("eager", "float32")


def without_times(evidence: Evidence) -> str:
    """The record of the evidence, seconds left out."""
    record = evidence.record()
    return json.dumps({k: v for k, v in record.items() if k not in {"seconds", "split"}})


def test_the_same_seed_gives_the_same_evidence() -> None:
    for check, regimes in ((sums, {"x": rows()}), (is_small, {"x": rows(kinds=("normal", "counting"))})):
        assert without_times(examined(check, **regimes)) == without_times(examined(check, **regimes))


def test_a_claim_that_holds() -> None:
    evidence = examined(sums, x=rows())
    assert evidence.outcome == "held"
    assert evidence.reason is None
    assert evidence.failure is None
    assert evidence.batches == evidence.checks
    assert 0 <= evidence.batches - (TINY.corner_plans + 1 + TINY.examples) <= TOGETHER
    assert evidence.instances > 30
    assert evidence.worst is not None
    assert 0 < evidence.worst.margin <= 1
    assert evidence.worst.label == "sum"
    assert evidence.zeros + evidence.histogram.sum() == evidence.instances


def test_a_margin_of_one_still_holds() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield within(subject.abs(x), Truth(np.zeros(1), np.ones(1)))

    assert examined(check, x=only(Row(1))).outcome == "held"


def test_a_claim_that_fails_has_the_smallest_failure() -> None:
    evidence = examined(is_small, x=rows(Row(5)))
    assert evidence.outcome == "failed"
    assert evidence.failure is not None
    assert evidence.failure["label"] == "small"


def test_nothing_is_counted_after_the_first_failure() -> None:
    late = Regimes(st.builds(Row, st.integers(1, 9)), (Row(1), Row(2)))
    evidence = examined(is_small, x=late)
    assert evidence.outcome == "failed"
    assert evidence.worst is not None
    assert evidence.worst.margin <= 1
    assert all(int(k) <= 0 for k in evidence.record()["histogram"])


def test_what_shrinking_tries_is_not_counted() -> None:
    def is_short(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(values(subject.abs(x)).max(-1) < 5)

    of = proposition(is_short, x=Regimes(st.builds(Row, st.integers(1, 99)), (Row(1),)))
    shrunk, first = (examine(of, EAGER, TINY, shrink=shrink) for shrink in (True, False))
    assert shrunk.outcome == first.outcome == "failed"
    assert (shrunk.instances, shrunk.batches, shrunk.checks) == (first.instances, first.batches, first.checks)
    assert shrunk.zeros == first.zeros


def test_a_failure_counts_the_batch_in_which_it_was_found_and_no_margin_of_it() -> None:
    evidence = examined(is_small, x=only(Row(3)))
    assert (evidence.instances, evidence.batches) == (TINY.batch, 1)
    assert (evidence.checks, evidence.margins, evidence.worst) == (0, 0, None)


def test_the_checks_before_the_failing_one_of_a_trial_are_not_counted() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield from doubles(subject, x)
        yield from is_small(subject, x)

    assert examined(check, x=only(Row(3))).checks == 0


def sometimes_infinite(share: float) -> Property:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        bound = np.where(np.arange(len(x)) < share * len(x), np.inf, 1.0)
        yield within(subject.abs(x), Truth(values(x), bound[:, None]))
        yield within(subject.abs(x), Truth(values(x), bound[:, None]))

    return check


def test_undetermined_instances_are_counted_once() -> None:
    evidence = examined(sometimes_infinite(1 / 8), profile=dataclasses.replace(TINY, batch=64), x=only(Row(1)))
    assert 0 < evidence.undetermined < evidence.instances
    assert evidence.margins == 2 * (evidence.instances - evidence.undetermined)  # two checks
    assert evidence.outcome == "vacuous"
    assert evidence.reason == f"{evidence.undetermined} of {evidence.instances} instances are undetermined"


def test_a_tenth_of_the_instances_may_be_undetermined() -> None:
    evidence = examined(sometimes_infinite(1 / 16), profile=dataclasses.replace(TINY, batch=128), x=only(Row(1)))
    assert 0 < evidence.undetermined <= evidence.instances / 10
    assert evidence.outcome == "held"


def test_an_undetermined_check_of_the_whole_batch_leaves_every_instance_undetermined() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield within(subject.abs(x).sum(), exact(0)._replace(bound=np.full((), np.inf)))

    evidence = examined(check, x=rows())
    assert evidence.undetermined == evidence.instances > 0
    assert evidence.outcome == "vacuous"


def test_a_property_without_checks_says_nothing() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        subject.abs(x)
        yield from ()

    evidence = examined(check, x=rows())
    assert (evidence.outcome, evidence.reason) == ("vacuous", "no check applied to any instance")


@pytest.mark.parametrize("where", [False, None])
def test_a_property_whose_checks_never_apply_says_nothing(where: bool | None) -> None:  # noqa: FBT001
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(np.ones(len(x) if where is False else 0, bool), where=where)
        subject.abs(x)

    evidence = examined(check, x=rows())
    assert (evidence.outcome, evidence.reason) == ("vacuous", "no check applied to any instance")


def test_a_statistical_claim_is_consistent_and_its_false_alarms_add_up() -> None:
    evidence = examined(mean_is_half, sample=only(Draws(100), Draws(1000)))
    assert evidence.outcome == "consistent"
    assert evidence.alpha == pytest.approx(1e-9 * evidence.batches)
    assert evidence.instances == evidence.batches == evidence.checks
    assert evidence.worst_input is not None
    assert evidence.worst_input["regimes"]["sample"]["kind"] == "Draws"


def test_a_sample_has_as_many_margins_as_its_property_likes() -> None:
    def check(subject: Subject, sample: Sample) -> Iterator[Check]:
        yield consistent(np.full(sample.count, 0.5), 1.0, alpha=1e-9)

    evidence = examined(check, sample=only(Draws(7)))
    assert evidence.outcome == "consistent"
    assert evidence.worst is not None


def test_the_whole_domain_is_exhausted_without_drawing() -> None:
    evidence = examined(doubles, x=only(Row(1), Row(2), exhaustive=True))
    assert evidence.outcome == "exhausted"
    assert evidence.batches == 2 * TINY.corner_plans + 1


@pytest.mark.parametrize(("dtype", "outcome"), [("float16", "exhausted"), ("float32", "held")])
def test_the_whole_domain_of_a_short_format_is_exhausted(dtype: str, outcome: str) -> None:
    short = dataclasses.replace(only(Row(1), Row(2)), exhaustive_in=frozenset({"float16"}))
    assert examine(toy_claim(doubles, x=short), Subject("eager", dtype), TINY).outcome == outcome

    def of_two(subject: Subject, x: Tensor, y: Tensor) -> Iterator[Check]:
        yield from doubles(subject, x)

    assert examine(toy_claim(of_two, x=short, y=short), Subject("eager", dtype), TINY).outcome == "held"


def test_one_exhaustive_parameter_of_two_exhausts_nothing() -> None:
    def check(subject: Subject, x: Tensor, y: Tensor) -> Iterator[Check]:
        yield from doubles(subject, x)

    assert examined(check, x=only(Row(1), exhaustive=True), y=only(Row(1))).outcome == "held"


def departing(excludes: Callable[..., bool], check: Property = is_small, **regimes: Regimes) -> Evidence:
    departs = Departure("toy", "toy", ("add",), ("cpu",), ("float32",), "none", excludes)
    made = dataclasses.replace(toy_claim(check, **regimes), departures=[departs])
    return examine(made, EAGER, TINY)


def test_departing_trials_are_left_out_and_counted() -> None:
    evidence = departing(lambda plan, x: x.n > 2, x=rows(Row(1), Row(5)))
    assert evidence.outcome == "departs"
    assert evidence.excluded > 0
    assert evidence.instances > 0
    assert evidence.failure is None


def test_what_does_not_depart_is_judged_as_usual() -> None:
    assert departing(lambda plan, x: x.n > 5, x=rows(Row(9), Row(4))).outcome == "failed"
    assert departing(lambda plan, x: False, doubles, x=rows()).outcome == "held"


def test_what_does_not_depart_must_say_something() -> None:
    evidence = departing(lambda plan, x: x.n > 1, sometimes_infinite(1.0), x=rows(Row(1), Row(2)))
    assert evidence.excluded > 0
    assert evidence.outcome == "vacuous"


def test_the_smallest_failure_is_none_that_a_departure_spoils() -> None:
    evidence = departing(lambda plan, x: x.n < 4, x=rows(Row(9), Row(3)))
    assert evidence.failure is not None
    assert evidence.failure["input"]["regimes"]["x"]["n"] == 4


def test_a_departure_sees_the_call_plan() -> None:
    evidence = departing(lambda plan, x: plan.calls == "single", doubles, x=rows())
    assert evidence.outcome == "departs"


def test_a_departure_of_another_dtype_excuses_nothing() -> None:
    departs = Departure("toy", "toy", ("add",), ("cpu",), ("float64",), "none", lambda plan, x: True)
    made = dataclasses.replace(toy_claim(is_small, x=only(Row(3))), departures=[departs])
    assert examine(made, EAGER, TINY).outcome == "failed"


def test_a_failure_that_does_not_repeat_is_described_as_such() -> None:
    calls = []

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        calls.append(1)
        yield within(subject.abs(x) * (0 if len(calls) != 3 else 1), exact(0), label="once")

    evidence = examined(check, x=only(Row(1)))
    assert evidence.outcome == "failed"
    assert evidence.failure is not None
    assert evidence.failure["label"] == "once (not repeatable: it passed when run again on the same inputs)"
    assert evidence.failure["margin"] == "inf"
    assert evidence.failure["reproduction"] == ""


@pytest.mark.parametrize("corner_plans", [1, 9])
def test_a_failure_that_comes_and_goes_is_still_a_failure(corner_plans: int) -> None:
    calls = []

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        calls.append(1)
        yield within(subject.abs(x) * (len(calls) % 3 == 2), exact(0), label="one in three")

    evidence = examined(check, profile=dataclasses.replace(TINY, corner_plans=corner_plans), x=rows())
    assert evidence.outcome == "failed"
    assert evidence.failure is not None
    assert evidence.failure["label"].startswith("one in three")


def test_an_exception_that_does_not_repeat_is_no_evidence() -> None:
    calls = []

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        calls.append(1)
        if len(calls) == 8:  # among the drawn trials
            raise RuntimeError("once")
        yield from doubles(subject, x)

    with pytest.raises(BaseException, match=r"once|[Ff]laky"):
        examined(check, profile=dataclasses.replace(TINY, corner_plans=1), x=rows())


def test_an_exception_names_the_trial() -> None:
    with pytest.raises(RuntimeError) as caught:
        examined(raises, x=only(Row(3)))
    assert "Row(n=3" in "".join(caught.value.__notes__)


def test_a_false_neighbour_is_refuted_or_not() -> None:
    of = toy_claim(doubles, x=rows())
    false = Refutation("is-small", is_small, {"x": rows()}, claim=of.id, statement="false")
    evidence = refute(false, EAGER, of, TINY)
    assert (evidence.outcome, evidence.role, evidence.claim, evidence.name) == (
        "refuted",
        "refutation",
        "doubles",
        "is-small",
    )
    assert evidence.failure is not None
    true = Refutation("sums", sums, {"x": rows()}, claim=of.id, statement="true")
    assert refute(true, EAGER, of, TINY).outcome == "not-refuted"


def mutant(function: Callable[..., Tensor], *, raises: tuple[type[Exception], ...] = ()) -> Mutant:
    return Mutant("wrong", {"add": function}, "always", "toy", ("float32",), raises)


def _divide_by_zero(a: Tensor, b: Tensor) -> Tensor:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("function", "outcome"), [(torch.sub, "caught"), (lambda a, b: b + a, "survived")], ids=["wrong", "right"]
)
def test_a_mutant_is_caught_or_survives(function: Callable[..., Tensor], outcome: str) -> None:
    of = toy_claim(doubles, x=rows())
    evidence = catch(of, mutant(function), EAGER, TINY)
    assert (evidence.outcome, evidence.role, evidence.name) == (outcome, "mutant", "wrong")


def test_a_mutant_may_announce_what_it_raises() -> None:
    of = toy_claim(doubles, x=rows())
    evidence = catch(of, mutant(_divide_by_zero, raises=(ZeroDivisionError,)), EAGER, TINY)
    assert (evidence.outcome, evidence.reason) == ("caught", "raises ZeroDivisionError")


@pytest.mark.parametrize("announced", [(), (KeyError,)])
def test_any_other_exception_is_an_error_of_the_mutant(announced: tuple[type[Exception], ...]) -> None:
    with pytest.raises(ZeroDivisionError):
        catch(toy_claim(doubles, x=rows()), mutant(_divide_by_zero, raises=announced), EAGER, TINY)


def test_a_departure_does_not_excuse_a_mutant() -> None:
    departs = Departure("toy", "toy", ("add",), ("cpu",), ("float32",), "none", lambda plan, x: True)
    of = dataclasses.replace(toy_claim(doubles, x=rows()), departures=[departs])
    assert catch(of, mutant(torch.sub), Subject("eager", "float32"), TINY).outcome == "caught"


def test_the_time_is_split_without_remainder() -> None:
    record = examined(sums, x=rows()).record()
    assert sum(record["split"].values()) == pytest.approx(record["seconds"], abs=1e-5)
    assert all(seconds > 0 for seconds in record["split"].values())
