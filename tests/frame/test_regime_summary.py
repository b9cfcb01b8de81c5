"""What a claim is quantified over, in words."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from claims.frame.claim import load_all
from claims.frame.inputs.regime import Regime, Regimes
from claims.frame.regime_summary import MOST_VALUES, summary


@dataclasses.dataclass(frozen=True)
class Inner(Regime):
    """An inner one."""

    scale: str = "one"


@dataclasses.dataclass(frozen=True)
class Outer(Regime):
    """Rows of numbers, of which there are
    many.

    Details.
    """  # noqa: D205

    n: int
    of: Inner = Inner()
    dims: tuple[int, ...] = (1, 2)
    large: bool = False


def given(*corners: Regime, exhaustive: bool = False) -> dict[str, Regimes]:
    return {"x": Regimes(st.nothing(), corners, exhaustive=exhaustive)}


def test_fields_are_told_by_their_values_over_the_corners() -> None:
    (told,) = summary(given(Outer(7), Outer(3, Inner("tiny")), Outer(3, dims=(4, 0), large=True)))
    assert (told["name"], told["corners"], told["exhaustive"]) == ("x", 3, False)
    (kind,) = told["kinds"]
    assert (kind["kind"], kind["about"]) == ("Outer", "Rows of numbers, of which there are many.")
    assert kind["fields"] == {
        "n": "3, 7", "of": "Inner", "of.scale": "one, tiny", "dims": "(1, 2), (4, 0)", "large": "False, True",
    }  # fmt: skip


def test_of_many_values_the_first_and_the_last_are_told() -> None:
    (told,) = summary(given(*(Outer(n) for n in range(20, 0, -1)), exhaustive=True))
    assert told["exhaustive"]
    assert told["kinds"][0]["fields"]["n"] == "1, 2, 3, 4, 5, 6, 7, …, 20"
    assert told["kinds"][0]["fields"]["n"].count(",") == MOST_VALUES


def test_every_kind_of_corner_is_told() -> None:
    (told,) = summary(given(Outer(1), Inner(), Outer(2)))
    assert [(k["kind"], list(k["fields"])) for k in told["kinds"]] == [
        ("Outer", ["n", "of", "of.scale", "dims", "large"]),
        ("Inner", ["scale"]),
    ]


def test_every_regime_of_every_claim_says_what_it_is() -> None:
    for claim in load_all().values():
        for told in summary(claim.regimes):
            assert told["kinds"], claim.id
            assert all(kind["about"] for kind in told["kinds"]), claim.id
