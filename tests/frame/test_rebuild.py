"""Inputs are rebuilt from their records: regimes, arrays, and the margin that they had."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from claims import holds, values, within
from claims.frame.checks import Check
from claims.frame.claim import Claim, load_all
from claims.frame.evidence import Where
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Regime
from claims.frame.plan import CallPlan
from claims.frame.rebuild import rebuild, regime
from claims.frame.runner import examine
from claims.frame.subject import Subject
from claims.frame.trial import Trial
from reference.truth import Truth
from tests.frame.toys.inputs import Draws, Nonzero, Pair, Row, only, rows
from tests.frame.toys.properties import TINY, doubles, is_small, mean_is_half, proposition, sums

EAGER = Subject("eager", "float32")


@dataclasses.dataclass(frozen=True)
class Everything(Regime):
    """Every kind of field."""

    kind: str = "plain"
    sizes: tuple[int, ...] = (1,)
    pairs: tuple[tuple[float, float], ...] = ()
    numbers: Numbers = Numbers()
    far: float = math.inf
    near: float = 0.0
    word: str = "inf"
    flag: bool = False
    absent: int | None = None
    names: ClassVar[tuple[str, ...]] = ()


def through_json(about: Any) -> Any:  # noqa: ANN401
    return json.loads(json.dumps(about, allow_nan=False))


@pytest.mark.parametrize(
    "made",
    [
        Row(3, "normal", 0.5),
        Nonzero(2),
        Pair((1, 2, 3)),
        Draws(7),
        Everything(),
        Everything("odd", (), ((1.0, -math.inf), (0.1, 2.0)), Numbers("normal", "tiny"), 0.5, math.inf, "nan", True, 3),  # noqa: FBT003
    ],
    ids=repr,
)
def test_a_regime_is_rebuilt_from_its_description(made: Regime) -> None:
    again = regime(through_json(made.describe()), proposition(sums, x=only(made)))
    assert again == made
    assert repr(again) == repr(made)  # the seed is hashed from it


def test_unknown_regimes_and_fields_are_named() -> None:
    any_ = proposition(sums, x=rows())
    with pytest.raises(ValueError, match="no regime is called 'Vanished'"):
        regime({"kind": "Vanished"}, any_)
    with pytest.raises(ValueError, match="Row has no field colour"):
        regime({"kind": "Row", "colour": "red"}, any_)


@pytest.mark.parametrize("claim", load_all().values(), ids=lambda c: c.id)
def test_every_regime_of_every_claim_is_rebuilt(claim: Claim) -> None:
    for regimes in claim.regimes.values():

        @given(regimes.draw)
        def every_one(made: Regime) -> None:
            again = regime(through_json(made.describe()), claim)
            assert repr(again) == repr(made)

        every_one()
        for corner in regimes.corners:
            assert repr(regime(through_json(corner.describe()), claim)) == repr(corner)


@given(
    st.sampled_from([Row(3), Row(40, "normal"), Row(300, "normal"), Row(2, "near overflow")]),
    st.integers(0, 5),
    st.integers(0, 2**32 - 1),
    st.integers(0, 9),
    st.sampled_from(["batched", "single"]),
)
def test_the_numbers_are_rebuilt(made: Regime, index: int, number: int, seed: int, calls: Any) -> None:  # noqa: ANN401
    of = proposition(sums, x=only(made))
    trial = Trial({"x": made}, number, CallPlan(calls))
    arrays = trial.arrays(of, seed, 6, EAGER)
    again = rebuild(through_json(Where(trial, index, 6, "", 0.0).describe(arrays, seed)), of, EAGER)
    assert again.trial == trial
    np.testing.assert_array_equal(again.arrays["x"][0], arrays["x"][0])
    np.testing.assert_array_equal(again.instance("x")[0], arrays["x"][0][index])


@pytest.mark.parametrize(
    ("check", "regimes"),
    [
        (sums, {"x": rows(Row(3, "normal"), Row(200, "normal"))}),
        (doubles, {"x": rows()}),
        (mean_is_half, {"sample": only(Draws(50), Draws(500))}),
    ],
)
def test_the_worst_input_has_its_margin_again(check: Any, regimes: Any) -> None:  # noqa: ANN401
    of = proposition(check, **regimes)
    evidence = examine(of, EAGER, TINY, seed=4)
    worst = through_json(evidence.record()["worst"])
    margins = rebuild(worst["input"], of, EAGER).margins(of, EAGER)
    assert margins[worst["label"]] == worst["margin"]


@pytest.mark.parametrize("claim", load_all().values(), ids=lambda c: c.id)
def test_the_worst_input_of_every_claim_has_its_margin_again(claim: Claim) -> None:
    """Of one corner in three: any worst input will do."""
    subject = Subject("eager", "float64")
    regimes = {name: dataclasses.replace(r, corners=r.corners[::3]) for name, r in claim.regimes.items()}
    few = dataclasses.replace(claim, regimes=regimes)
    record = examine(few, subject, dataclasses.replace(TINY, examples=2, corner_plans=1), seed=6).record()
    worst = through_json(record["worst"])
    assert rebuild(worst["input"], claim, subject).margins(claim, subject)[worst["label"]] == worst["margin"]


def test_a_failed_item_keeps_the_worst_input_before_the_failure() -> None:
    of = proposition(is_small, x=only(Row(1), Row(3)))
    record = through_json(examine(of, EAGER, TINY).record())
    assert record["outcome"] == "failed"
    assert rebuild(record["worst"]["input"], of, EAGER).margins(of, EAGER)["small"] == record["worst"]["margin"]


def fails_from(n: int, *, everywhere: bool) -> Any:  # noqa: ANN401
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        v = np.abs(values(subject.abs(x)))
        bad = (v > 0).all(-1) if everywhere else v.any(-1)
        yield within(
            np.where(bad & (v.shape[-1] >= n), v.max(-1, initial=0.0), 0.0), Truth(np.zeros(1), np.full(1, 1e-9))
        )

    return check


@pytest.mark.parametrize(("n", "everywhere"), [(3, False), (3, True), (100, False), (100, True)])
def test_the_input_of_a_failure_fails_again(n: int, everywhere: bool) -> None:  # noqa: FBT001
    of = proposition(fails_from(n, everywhere=everywhere), x=only(Row(120, "normal")))
    failure = through_json(examine(of, EAGER, TINY).failure)
    again = rebuild(failure["input"], of, EAGER)
    assert again.margins(of, EAGER)["within"] > 1
    assert (failure["input"]["values"] is None) == (n == 100)


def test_the_input_of_a_failure_of_the_batch_is_the_batch() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield holds(np.full(len(subject.abs(x)), len(x) < 3))

    of = proposition(check, x=only(Row(1)))
    failure = through_json(examine(of, EAGER, TINY).failure)
    assert rebuild(failure["input"], of, EAGER).margins(of, EAGER)["holds"] > 1


def test_a_drawn_failure_without_arrays_is_rebuilt() -> None:
    def check(subject: Subject, sample: Any) -> Iterator[Check]:  # noqa: ANN401
        with subject.random(sample.seed) as generator:
            drawn = values(subject.toy_noise(sample.count, generator=generator, device=subject.device))
        yield within(drawn.sum(), Truth(np.zeros(()), np.ones(())), label="sum")

    of = proposition(check, sample=only(Draws(30)))
    failure = through_json(examine(of, EAGER, TINY, seed=2).failure)
    assert rebuild(failure["input"], of, EAGER).margins(of, EAGER)["sum"] == failure["margin"]
