"""Figures: computed by the subject under test in one dtype, recorded as the schema has them."""

from __future__ import annotations

import math

import pytest

from claims.frame.cases import Case
from claims.frame.claim import load_all
from claims.frame.figures import DTYPE, Figure, figure
from claims.frame.profiles import PROFILES
from claims.frame.subject import Subject
from reports import schema


def norms(subject: Subject) -> dict[str, dict[str, list[float]]]:
    ones = [subject.tensor([[1.0] * n]) for n in (1, 4, 9)]
    return {"ones": {"norm": [float(subject.vector_norm(x)) for x in ones], "edge": [1 / 3, math.inf, math.nan]}}


FIGURE = Figure("Norms", "order", "norm", logarithmic=False, draw=norms)


def test_a_figure_is_recorded_as_plain_data() -> None:
    made = FIGURE.record(Subject("eager", "float32"))
    assert made == {
        "title": "Norms",
        "x": "order",
        "y": "norm",
        "logarithmic": False,
        "panels": [
            {
                "title": "ones",
                "curves": [{"name": "norm", "y": [1.0, 2.0, 3.0]}, {"name": "edge", "y": [0.3333, "inf", "nan"]}],
            }
        ],
    }


def test_a_figure_of_nothing_is_an_error() -> None:
    for nothing in ({}, {"panel": {}}):
        empty = Figure("Nothing", "x", "y", logarithmic=False, draw=lambda _, nothing=nothing: nothing)
        with pytest.raises(ValueError, match="'Nothing' shows nothing"):
            empty.record(Subject("eager", "float32"))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_item_has_the_figures_of_its_claim_in_one_dtype(dtype: str) -> None:
    claim = load_all()["trace-definition"]
    before = list(claim.figures)
    try:
        figure(claim, title="Norms", x="order", y="norm")(norms)
        measured = Case("claim", claim.id, "eager", "cpu", (dtype,)).run(PROFILES["quick"], 0).record()
    finally:
        claim.figures[:] = before
    assert [f["title"] for f in measured["figures"]] == (["Norms"] if dtype == DTYPE else [])
    line = {"schema": 1, "kind": "evidence", "run": "r", **measured}
    assert schema.violation(line) is None
