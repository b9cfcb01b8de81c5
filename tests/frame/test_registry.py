"""Registering claims, refutations, mutants and departures: what is kept, and what is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from claims import (
    FALSE_AS_STATED,
    TENDENCY,
    TRUE,
    UNDER_HYPOTHESES,
    claim,
    departure,
    equal,
    for_all,
    mutant,
    refutation,
)
from claims.frame import claim as claim_module
from claims.frame.checks import Check
from claims.frame.claim import Claim, load_all
from claims.frame.facts import Facts
from claims.frame.inputs.regime import Regimes
from claims.frame.plan import CallPlan
from claims.frame.subject import Subject
from tests.frame.toys.inputs import Row, only

pytestmark = pytest.mark.usefixtures("registry")

ROWS = only(Row())


def register(
    name: str = "toy_claim",
    *,
    regimes: Regimes | None = ROWS,
    truth: str = TRUE,
    correction: str = "",
    module: str = __name__,
) -> Claim:
    """A claim of this name."""

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        """Adds x to itself.

        And compares with 2 x.
        """
        yield equal(subject.add(x, x), subject.multiply(x, 2.0))

    check.__name__, check.__module__ = name, module
    decorated = check if regimes is None else for_all(x=regimes)(check)
    made = claim(title=name, statement="x+x=2x", notes="toys", truth=truth, bound="exact", correction=correction)
    return made(decorated)


def test_a_claim_is_named_after_its_function_and_filed_under_its_module(registry: dict[str, Claim]) -> None:
    made = register("doubling_a_number")
    assert made.id == "doubling-a-number"
    assert registry == {"doubling-a-number": made}
    assert made.chapter == "frame"
    assert made.topic == "frame/test_registry.py"


def test_the_method_is_the_docstring_of_the_property() -> None:
    assert register().method == "Adds x to itself.\n\nAnd compares with 2 x."


def test_the_source_is_file_and_line_of_the_property() -> None:
    path, line = register().source.split(":")
    assert path == "tests/frame/test_registry.py"
    assert "def check(subject" in Path(__file__).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_two_claims_of_one_name_are_refused() -> None:
    register()
    with pytest.raises(ValueError, match=r"two claims are named toy-claim: tests/frame/test_registry.py:\d+ and "):
        register()


def test_an_unknown_truth_is_refused() -> None:
    with pytest.raises(ValueError, match=r"truth must be one of true, .* not 'mostly'"):
        register(truth="mostly")


def test_a_false_statement_needs_its_correction() -> None:
    with pytest.raises(ValueError, match="false as stated: say what does hold"):
        register(truth=FALSE_AS_STATED)
    assert register(truth=FALSE_AS_STATED, correction="only for x = 0").correction == "only for x = 0"


@pytest.mark.parametrize("truth", [TRUE, UNDER_HYPOTHESES, TENDENCY])
def test_other_truths_may_do_without_correction(truth: str) -> None:
    assert register(truth=truth).truth == truth


def test_a_claim_must_say_what_it_is_quantified_over() -> None:
    with pytest.raises(ValueError, match=r"toy-claim needs @for_all"):
        register(regimes=None)


def test_a_refutation_takes_the_regimes_of_its_claim_unless_it_brings_its_own() -> None:
    of = register()

    @refutation(of, "x+x=x")
    def doubling_changes_nothing(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.add(x, x), x)

    own = only(Row(3))

    @refutation(of, "x=0", dtypes=("float64",))
    @for_all(x=own)
    def every_number_is_zero(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.abs(x), 0.0)

    assert of.refutations == [doubling_changes_nothing, every_number_is_zero]
    assert doubling_changes_nothing.regimes == of.regimes
    assert doubling_changes_nothing.claim == of.id
    assert every_number_is_zero.regimes == {"x": own}
    assert every_number_is_zero.dtypes == ("float64",)


def test_two_refutations_of_one_name_are_refused() -> None:
    of = register()

    def wrong(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.add(x, x), x)

    refutation(of, "x+x=x")(wrong)
    with pytest.raises(ValueError, match="toy-claim has two refutations named wrong"):
        refutation(of, "x+x=x")(wrong)


def test_a_mutant_belongs_to_every_claim_that_must_catch_it() -> None:
    first, second = register("first"), register("second")

    @mutant(first, second, operation="add", trigger="x != 0", provenance="imagined", raises=(ZeroDivisionError,))
    def addition_that_subtracts(a: Tensor, b: Tensor) -> Tensor:
        return a - b

    assert first.mutants == second.mutants
    (made,) = first.mutants
    assert (made.name, made.trigger, made.provenance) == ("addition-that-subtracts", "x != 0", "imagined")
    assert made.functions == {"add": addition_that_subtracts}
    assert made.raises == (ZeroDivisionError,)
    assert made.dtypes == ("float32", "float64", "float16", "bfloat16")


def test_two_mutants_of_one_name_are_refused() -> None:
    of = register()
    mutant(of, operation="add")(torch.sub)
    with pytest.raises(ValueError, match="toy-claim has two mutants named sub"):
        mutant(of, operation="multiply")(torch.sub)


def test_a_mutant_of_an_unknown_operation_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sub: no operation 'ad'; nearest: .*add"):
        mutant(register(), operation="ad")(torch.sub)


def test_a_departure_concerns_eager_torch_on_its_devices_and_in_its_dtypes() -> None:
    of = register()
    about = {
        "operations": ("add",),
        "devices": ("cpu", "cuda"),
        "dtypes": ("float16",),
        "script": "mean_overflow",
    }

    @departure(of, summary="adds twice", **about)
    def addition_twice(plan: CallPlan, x: Row) -> bool:
        return plan.calls == "single" and x.n > 1

    (made,) = of.departures
    assert made.name == "addition-twice"
    assert made.concerns(Subject("eager", "float16", "cuda:1"))
    assert not made.concerns(Subject("eager", "float32", "cpu"))
    assert not made.concerns(Subject("eager", "float16", "mps"))
    assert made.concerns(Subject("eager", "float16").overriding("my_kernels", subtract=torch.sub))
    assert not made.concerns(Subject("eager", "float16").overriding("my_kernels", add=torch.add))
    assert made.excludes(CallPlan("single"), x=Row(2))
    assert (made.facts.kind, made.facts.seen.partition(" ")[0]) == ("documented", "2.11")
    mended = dataclasses.replace(made, facts=Facts(seen="1.0", mended="2.0"))
    assert not mended.concerns(Subject("eager", "float16"))
    with pytest.raises(FileNotFoundError, match="no_such_script"):
        departure(of, summary="adds twice", **about | {"script": "no_such_script"})
    with pytest.raises(ValueError, match="toy-claim has two departures named addition-twice"):
        departure(of, summary="adds twice", **about)(addition_twice)


def test_all_claims_come_in_the_order_of_chapter_topic_and_line() -> None:
    every = list(load_all().values())
    places = [(c.topic, int(c.source.rpartition(":")[2])) for c in every]
    assert places == sorted(places)
    assert [*load_all()] == [c.id for c in every]


def test_the_order_does_not_depend_on_what_was_imported_first(registry: dict[str, Claim]) -> None:
    if claim_module.load_all.__module__ != claim_module.__name__:
        pytest.skip("the toy claims stand in for all claims")
    claim_module.load_all()  # every topic is imported: only what follows is registered
    registry.clear()
    for name, topic in (("last", "b.b"), ("first", "a.z"), ("middle", "b.a")):
        register(name, module=f"claims.{topic}")
    assert [c.id for c in claim_module.load_all.__wrapped__().values()] == ["first", "middle", "last"]
