"""What the report says of mutants on other claims, of weak claims, and of false alarms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import alarms, model
from reports.build import build
from reports.read import read
from tests.reports import synthetic
from tests.reports.conftest import in_full

ALARMS = {
    "schema": 1, "kind": "alarms", "run": "a", "ended": "2026-11-30T00:00:00+00:00", "machine": {}, "versions": {},
    "blas": "", "threads": 1, "devices": [], "switches": {}, "commit": None, "dirty": False, "profile": "quick",
    "seeds": [0, 1, 2], "items": 30, "instances": 900, "seconds": 1.5,
    "worst": {"item": "i", "seed": 2, "margin": 0.9, "check": "c"}, "alarms": [],
}  # fmt: skip
RAISED = {"item": "i", "seed": 3, "outcome": "failed", "text": "it failed"}


def records() -> list[dict[str, Any]]:
    return list(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(2)))


def crossed(claim: str, of: str, name: str, outcome: str) -> dict[str, Any]:
    """The evidence of a mutant on a claim that does not list it."""
    like = next(r for r in records() if r["kind"] == "evidence" and r["role"] == "mutant")
    return like | {"role": "cross", "claim": claim, "name": f"{of}/{name}", "outcome": outcome}


def test_seeds_count_once_for_each_profile(write: Callable[..., Path]) -> None:
    more = ALARMS | {"seeds": [2, 3], "alarms": [RAISED], "items": 20}
    standard = ALARMS | {"profile": "standard", "seeds": [0]}
    found = alarms.merge(read([write([ALARMS, more, standard])]).alarms)
    assert (found.seeds, found.items, found.raised) == ({"quick": 4, "standard": 1}, 80, [RAISED])
    assert found.told == "4 seeds of quick and 1 seed of standard"


@pytest.mark.parametrize(("raised", "said"), [([], "; no alarm in 3 seeds of quick"), ([RAISED], ">1</b> alarms in 3")])
def test_the_first_screen_says_how_many_false_alarms_there_were(
    write: Callable[..., Path], tmp_path: Path, raised: list[Any], said: str
) -> None:
    page = build([write([*records(), ALARMS | {"alarms": raised}])], tmp_path / "out").read_text("utf-8")
    assert said in page


def test_a_mutant_says_which_other_claims_catch_it(write: Callable[..., Path], tmp_path: Path) -> None:
    lines = records()
    claims = [r for r in lines if r["kind"] == "claim"]
    owner = next(c for c in claims if c["mutants"])
    other = next(c["id"] for c in claims if c is not owner)
    name = owner["mutants"][0]["name"]
    lines += [crossed(other, owner["id"], name, "caught"), crossed(owner["id"], owner["id"], name, "survived")]
    lines += [crossed(other, "unknown", name, "caught")]  # nobody's mutant
    path = write(lines)
    made = next(c for c in model.report(read([path])).claims if c.id == owner["id"])
    assert next(m for m in made.mutants if m.name == name).caught_elsewhere == [other]
    page = in_full(build([path], tmp_path / "out"))
    assert f'caught by 1 of 2 other claims of the operation: <a href="#{other}">{other}</a>' in page


def test_claims_that_would_not_notice_much_are_listed_with_their_reason(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    lines = records()
    mutants = [r for r in lines if r["kind"] == "evidence" and r["role"] == "mutant"]
    claim = mutants[0]["claim"]
    for record in mutants:
        if record["claim"] == claim:
            record["outcome"] = "survived"
    next(r for r in lines if r["kind"] == "claim" and r["id"] == claim)["weakness"] = "it is so"
    path = write(lines)
    assert "catches no mutant" in next(c for c in model.report(read([path])).claims if c.id == claim).weak
    assert "catches no mutant. The reason: it is so" in build([path], tmp_path / "out").read_text("utf-8")
