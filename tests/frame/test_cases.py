"""Cases: which items a selection gives, their ids, and what is wrong with a name that does not exist."""
# ruff: noqa: ARG001, ARG005  stand-ins keep the signature of what they stand for

from __future__ import annotations

import dataclasses
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.frame import cases, messages, support
from claims.frame import claim as registry
from claims.frame.cases import (
    Case,
    Selection,
    claim_cases,
    departure_cases,
    metadata,
    mutant_cases,
    refutation_cases,
)
from claims.frame.claim import Claim, Departure
from claims.frame.facts import Facts
from claims.frame.kernels import UsageProblem
from claims.frame.messages import failure_text
from claims.frame.subject import Subject
from tests.frame.toys.properties import TINY
from tests.frame.toys.registry import load_toys

DTYPES = ("float16", "bfloat16", "float32", "float64")


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cases, messages):
        monkeypatch.setattr(module, "load_all", load_toys)


@pytest.fixture
def departing() -> Iterator[Claim]:
    """The doubling claim with a departure whose script says that torch departs."""
    claim = load_toys()["doubling"]
    single = lambda plan, x: plan.calls == "single" and x.n  # noqa: E731
    departs = Departure("toy", "toy", ("add",), ("cpu",), ("float16",), "toy", single)
    claim.departures.append(departs)
    yield claim
    claim.departures.clear()


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"claims": ["dubling"]}, "no claim 'dubling'; nearest: doubling"),
        ({"chapters": ["chanse"]}, "no chapter 'chanse'; nearest: chance"),
        ({"dtypes": ["float23"]}, "no dtype 'float23'; nearest: float32"),
        ({"devices": ["cudda"]}, "no device 'cudda'; nearest: cuda"),
        ({"devices": ["cuda:first"]}, "--device: 'first' is no device index; write for example cuda:0"),
        ({"subjects": ["eagr"]}, "no subject 'eagr': give 'eager'"),
        ({"claims": ["xyzzy"]}, "no claim 'xyzzy'; nearest: conformity, doubling"),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_the_nearest(selection: dict[str, list[str]], message: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        Selection(**selection).validate()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_two_subjects_of_one_name_are_refused(tmp_path: Path) -> None:
    files = []
    for folder in ("a", "b"):
        files.append(tmp_path / folder / "mine.py")
        files[-1].parent.mkdir()
        files[-1].write_text("def add(a, b):\n    return a + b\n", encoding="utf-8")
    with pytest.raises(UsageProblem, match="two subjects are named mine"):
        Selection(subjects=[str(f) for f in files]).validate()


def test_everything_is_selected_where_nothing_is_named() -> None:
    Selection().validate()
    assert [c.id for c in Selection().selected()] == list(load_toys())
    made = list(claim_cases(Selection()))
    assert len({c.id for c in made}) == len(made) == 4 * len(load_toys())
    assert not any(c.skip for c in made)


def test_claims_and_chapters_narrow_the_selection_together() -> None:
    assert [c.id for c in Selection(chapters=["chance"]).selected()] == ["uniform-mean", "square-of-a-sign"]
    both = Selection(claims=["uniform-mean", "doubling"], chapters=["chance"])
    assert [c.id for c in both.selected()] == ["uniform-mean"]


def test_ids_can_be_read() -> None:
    one = Selection(claims=["doubling"], dtypes=["float16"])
    assert [c.id for c in claim_cases(one)] == ["doubling-eager-cpu-float16"]
    assert [c.id for c in refutation_cases(one)] == ["doubling-doubling-changes-nothing-cpu"]
    assert [c.id for c in mutant_cases(one)] == [
        "doubling-addition-that-subtracts-cpu",
        "doubling-addition-of-two-numbers-only-cpu",
    ]


def test_names_given_twice_count_once() -> None:
    twice = Selection(["doubling"] * 2, [], ["eager"] * 2, ["cpu"] * 2, ["float32"] * 2)
    assert len(list(claim_cases(twice))) == 1


def test_an_absent_device_is_skipped_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Selection(claims=["doubling"], devices=["cpu", "cuda:7"], dtypes=["float32"])
    here, absent = claim_cases(asked)
    assert (here.skip, here.absent) == (None, False)
    assert (absent.skip, absent.absent) == ("no device 'cuda:7' here", True)
    evidence = absent.run(TINY, 0)
    assert (evidence.outcome, evidence.reason, evidence.device) == ("not-run", "no device 'cuda:7' here", "cuda:7")
    monkeypatch.setattr(support, "devices", lambda: ("cpu",))
    assert {c.device for c in claim_cases(Selection())} == {"cpu"}


def test_an_unsupported_dtype_is_skipped_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support, "unsupported", lambda c, device, dtype: "no" if dtype == "float16" else None)
    assert [c.dtypes for c in claim_cases(Selection(["doubling"]))] == [(d,) for d in DTYPES[1:]]
    (case,) = claim_cases(Selection(["doubling"], dtypes=["float16"]))
    assert (case.skip, case.absent) == ("no", False)
    mutants = list(mutant_cases(Selection(["doubling"])))
    assert [c.dtypes for c in mutants] == [("float32", "float64", "bfloat16")] * 2
    assert list(mutant_cases(Selection(["doubling"], dtypes=["float16"]))) == []


def test_kernels_get_items_of_their_own_where_they_matter(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def add(a, b):\n    return b + a\n", encoding="utf-8")
    chosen = Selection(subjects=[str(file)], dtypes=["float32"])
    assert [c.id for c in claim_cases(chosen)] == ["doubling-mine-cpu-float32"]
    assert [list(side(chosen)) for side in (refutation_cases, mutant_cases, departure_cases)] == [[], [], []]
    both = Selection(subjects=["eager", str(file)], dtypes=["float32"])
    assert {c.id for c in claim_cases(both)} >= {"doubling-mine-cpu-float32", "doubling-eager-cpu-float32"}
    evidence = next(claim_cases(chosen)).run(TINY, 0)
    assert (evidence.subject, evidence.outcome) == ("mine", "held")


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        ("doubling", "held"),
        ("uniform-mean", "consistent"),
        ("square-of-a-sign", "exhausted"),
        ("smallness", "failed"),
        ("finiteness", "vacuous"),
        ("conformity", "error"),
    ],
)
def test_every_outcome_of_a_claim(claim: str, outcome: str) -> None:
    evidence = Case("claim", claim, "eager", "cpu", ("float32",)).run(TINY, 0)
    assert evidence.outcome == outcome
    assert (evidence.claim, evidence.subject, evidence.device, evidence.dtype) == (claim, "eager", "cpu", "float32")


@pytest.mark.parametrize(
    ("role", "claim", "name", "outcome"),
    [
        ("refutation", "doubling", "doubling-changes-nothing", "refuted"),
        ("refutation", "smallness", "sizes-are-nonnegative", "not-refuted"),
        ("mutant", "doubling", "addition-that-subtracts", "caught"),
        ("mutant", "doubling", "addition-of-two-numbers-only", "caught"),
        ("mutant", "finiteness", "size-as-it-should-be", "error"),
    ],
)
def test_every_outcome_of_a_neighbour(role: str, claim: str, name: str, outcome: str) -> None:
    evidence = Case(role, claim, "eager", "cpu", ("float32",), name).run(TINY, 0)
    assert (evidence.role, evidence.name, evidence.outcome) == (role, name, outcome)


def test_a_mutant_is_tried_in_one_dtype_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def catch(claim: object, mutant: object, subject: object, *_: object, **__: object) -> object:
        tried.append(subject.dtype)  # type: ignore[attr-defined]
        return dataclasses.make_dataclass("Made", ["outcome"])("caught" if len(tried) == 2 else "survived")

    monkeypatch.setattr(cases, "catch", catch)
    made = Case("mutant", "doubling", "eager", "cpu", ("float32", "float64", "float16"), "addition-that-subtracts")
    assert made.run(TINY, 0).outcome == "caught"
    assert tried == ["float32", "float64"]


def test_a_departure_has_one_item_on_the_first_of_its_devices(departing: Claim) -> None:
    (case,) = departure_cases(Selection())
    assert case.id == "doubling-toy-cpu"
    assert list(departure_cases(Selection(devices=["cuda"]))) == []
    assert list(departure_cases(Selection(dtypes=["float32"]))) == []
    assert case.run(TINY, 0).outcome == "error"  # it has no script
    assert Case("claim", departing.id, "eager", "cpu", ("float16",)).run(TINY, 0).outcome == "departs"


@pytest.mark.parametrize(
    ("departs", "hardware", "mended", "outcome", "reason"),
    [
        (True, "", "", "departs", None),
        (True, "CPUs with AVX2", "", "departs", None),
        (True, "", "99.0", "departs", None),
        (True, "", "2.13", "error", "departs, though it is mended since 2.13"),
        (False, "", "", "mended", None),
        (False, "", "99.0", "mended", None),
        (False, "", "2.13", "elsewhere", "Mended since torch 2.13"),
        (False, "CPUs with AVX2", "", "elsewhere", "It is seen on CPUs with AVX2"),
    ],
)
def test_a_departure_of_other_processors_or_versions_is_not_mended(
    departing: Claim,
    monkeypatch: pytest.MonkeyPatch,
    *,
    departs: bool,
    hardware: str,
    mended: str,
    outcome: str,
    reason: str | None,
) -> None:
    facts = Facts(seen="2.11", mended=mended)
    departing.departures[:] = [dataclasses.replace(departing.departures[0], hardware=hardware, facts=facts)]
    shown = {"departs": departs, "observed": "2", "exact": "1", "printed": ""}
    monkeypatch.setattr(cases, "demonstrate", lambda script: shown)
    monkeypatch.setitem(sys.modules, "claims.departures.scripts.toy", types.SimpleNamespace(departs=lambda: departs))
    evidence = Case("departure", departing.id, "eager", "cpu", ("float16",), "toy").run(TINY, 0)
    assert evidence.outcome == outcome
    assert evidence.record()["demonstration"] == shown
    assert evidence.reason is None if reason is None else str(evidence.reason).endswith(reason)
    registry.departs.cache_clear()
    excludes = departing.departures[0].concerns(Subject("eager", "float16"))
    assert excludes == (mended != "2.13" and (departs or not hardware))
    registry.departs.cache_clear()


def test_an_error_is_described_without_the_paths_of_the_machine() -> None:
    case = Case("claim", "conformity", "eager", "cpu", ("float32",))
    evidence = case.run(TINY, 0)
    assert evidence.reason is not None
    assert evidence.reason.startswith("Traceback")
    assert str(cases.ROOT) not in evidence.reason
    assert "Row(n=5" in evidence.reason
    repeat = "repeat: pytest --claim conformity --device cpu --dtype float32 --hypothesis-profile quick"
    assert repeat in evidence.reason
    assert "could not be examined on eager, cpu, float32: an operation raised" in failure_text(case, evidence)


@pytest.mark.parametrize(("body", "complaint"), [("a.no_such()", "no_such"), ("None", "returned a NoneType")])
def test_a_kernel_that_raises_is_shown_where_it_raised(tmp_path: Path, body: str, complaint: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f"def add(a, b):\n    return {body}\n", encoding="utf-8")
    reason = Case("claim", "doubling", str(file), "cpu", ("float32",)).run(TINY, 0).reason
    assert reason is not None
    assert complaint in reason
    assert "claims/frame/" not in reason  # the lines of the frame say nothing to the author of a kernel
    assert f"repeat: pytest --claim doubling --subject={file} --device cpu --dtype float32" in reason


def test_a_failure_says_everything_that_is_needed_to_mend_it() -> None:
    case = Case("claim", "smallness", "eager", "cpu", ("float32",))
    text = failure_text(case, case.run(TINY, 3))
    for part in (
        "smallness is refuted on eager, cpu, float32",
        "Every number is small",
        r"|x|\le\tfrac52",
        "margin: 1.2 times the bound, in the check 'small'",
        "called: batched, contiguous, last axis",
        "smallest instance:\n  x = [0., 0., 3.]",
        "observed 3.0, expected 0.0, bound 2.5",
        "repeat: pytest --claim smallness --device cpu --dtype float32 --hypothesis-profile quick --hypothesis-seed 3",
        "in plain torch:\n  import numpy as np\n  import torch",
    ):
        assert part in text


def test_other_outcomes_are_described_too() -> None:
    def text(role: str, claim: str, name: str | None = None) -> str:
        case = Case(role, claim, "eager", "cpu", ("float32",), name)
        return failure_text(case, case.run(TINY, 0))

    assert "finiteness says too little on eager, cpu, float32: " in text("claim", "finiteness")
    assert "no counterexample was found to its false neighbour" in text(
        "refutation", "smallness", "sizes-are-nonnegative"
    )
    survived = Case("mutant", "smallness", "eager", "cpu", ("float32",), "size-as-it-should-be")
    assert "smallness does not catch the mutant size-as-it-should-be" in failure_text(survived, survived.run(TINY, 0))


def test_the_metadata_of_a_claim_is_plain_and_complete(departing: Claim) -> None:
    facts = Facts("It adds twice", kind="documented", why="The manual says so", seen="2.11 to 2.13", code="code")
    departing.departures[:] = [dataclasses.replace(departing.departures[0], facts=facts)]
    about = metadata(departing)
    assert about["source"] == {"claim": departing.source, "reference": ""}
    assert about["method"] == "Both sides are computed and compared."
    assert about["mutants"][0] == {
        "name": "addition-that-subtracts",
        "operation": "add",
        "trigger": "x != 0",
        "provenance": "imagined",
    }
    assert about["refutations"] == [{"name": "doubling-changes-nothing", "statement": "x+x=x"}]
    (departs,) = about["departures"]
    assert departs["script"] == "claims/departures/scripts/toy.py"
    assert {key: departs[key] for key in ("title", "kind", "why", "versions", "mended", "upstream", "code")} == {
        "title": "It adds twice",
        "kind": "documented",
        "why": "The manual says so",
        "versions": "2.11 to 2.13",
        "mended": None,
        "upstream": None,
        "code": "code",
    }
