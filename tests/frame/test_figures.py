"""Figures: computed by the subject under test in one dtype, recorded as the schema has them, and small."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from claims.frame.cases import Case
from claims.frame.claim import load_all
from claims.frame.figures import BOUND, CLOSED, DTYPE, Curve, Figure, Note, Panel, figure
from claims.frame.profiles import PROFILES
from claims.frame.subject import Subject
from reports import schema

EAGER = Subject("eager", DTYPE)
FIGURES = {f.title: f for claim in load_all().values() for f in claim.figures}


def norms(subject: Subject) -> dict[str, Any]:
    """Ones have the root of their number."""
    ones = [subject.tensor([[1.0] * n]) for n in (1, 4, 9)]
    return {"ones": {"norm": [float(subject.vector_norm(x)) for x in ones], "edge": [1 / 3, math.inf, math.nan]}}


FIGURE = Figure("Norms", "order", "norm", "", equal=False, draw=norms)


def of(*panels: Any, **changes: Any) -> Figure:
    drawn = {f"panel {k}": panel for k, panel in enumerate(panels)}
    return Figure("Norms", "order", "norm", changes.pop("logarithmic", ""), equal=False, draw=lambda _: drawn)


def test_a_figure_is_recorded_as_plain_data() -> None:
    assert FIGURE.record(EAGER) == {
        "title": "Norms",
        "told": "Ones have the root of their number.",
        "x": "order",
        "y": "norm",
        "logarithmic": False,
        "logarithmic_x": False,
        "equal": False,
        "panels": [
            {
                "title": "ones",
                "curves": [{"name": "norm", "y": [1.0, 2.0, 3.0]}, {"name": "edge", "y": [0.3333, "inf", "nan"]}],
            }
        ],
    }


def test_curves_have_x_and_kinds_and_panels_notes() -> None:
    panel = Panel({"ball": Curve([0.0, 1.0], [1.0, 0.0], CLOSED), "level": Curve([2.0], kind=BOUND)}, [Note(1, 2, "a")])
    (made,) = of(panel, logarithmic="xy").record(EAGER)["panels"]
    assert made["curves"] == [
        {"name": "ball", "y": [0.0, 1.0], "x": [1.0, 0.0], "kind": "closed"},
        {"name": "level", "y": [2.0], "kind": "bound"},
    ]
    assert made["notes"] == [{"x": 1.0, "y": 2.0, "text": "a"}]


def test_a_figure_of_nothing_is_an_error() -> None:
    for nothing in (of(), of({})):
        with pytest.raises(ValueError, match="'Norms' shows nothing"):
            nothing.record(EAGER)


def test_curves_of_unequal_length_and_large_figures_are_errors() -> None:
    with pytest.raises(ValueError, match="the curve 'a' has 1 x and 2 y"):
        of(Panel({"a": Curve([1.0, 2.0], [1.0])})).record(EAGER)
    with pytest.raises(ValueError, match=r"'Norms' has .* bytes; at most 15000"):
        of({"a": [1.0] * 5000}).record(EAGER)


def test_a_figure_says_what_is_seen_and_on_which_axes() -> None:
    claim = load_all()["trace-definition"]
    with pytest.raises(ValueError, match="needs a docstring"):
        figure(claim, title="T", x="x", y="y")(lambda _: {})
    with pytest.raises(ValueError, match="'x', 'y' or 'xy', not 'yx'"):
        figure(claim, title="T", x="x", y="y", logarithmic="yx")
    with pytest.raises(ValueError, match="not equal"):
        figure(claim, title="T", x="x", y="y", logarithmic="y", equal=True)


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


def test_a_figure_that_fails_costs_no_evidence() -> None:
    def broken(_: Subject) -> dict[str, Any]:
        """Nothing."""
        raise RuntimeError("no such kernel")

    claim = load_all()["trace-definition"]
    before = list(claim.figures)
    try:
        figure(claim, title="Broken", x="", y="")(broken)
        evidence = Case("claim", claim.id, "eager", "cpu", (DTYPE,)).run(PROFILES["quick"], 0)
    finally:
        claim.figures[:] = before
    assert evidence.outcome == "held"
    assert evidence.reason == "the figure 'Broken' could not be drawn: RuntimeError: no such kernel"
    assert evidence.figures == []


@pytest.fixture(scope="module")
def drawn() -> dict[str, dict[str, Any]]:
    return {title: f.record(EAGER) for title, f in FIGURES.items()}


def test_every_figure_keeps_the_schema(drawn: dict[str, dict[str, Any]]) -> None:
    claim = load_all()["trace-definition"]
    measured = Case("claim", claim.id, "eager", "cpu", (DTYPE,), skip="not run").run(PROFILES["quick"], 0).record()
    line = {"schema": 1, "kind": "evidence", "run": "r", **measured, "figures": list(drawn.values())}
    assert schema.violation(line) is None


def curves(figure: dict[str, Any], panel: int = 0) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """x and y of every curve of a panel."""
    found = figure["panels"][panel]["curves"]
    return {c["name"]: tuple(np.array(c.get(axis, []), float) for axis in "xy") for c in found}  # type: ignore[misc]


def test_balls_grow_with_the_order(drawn: dict[str, dict[str, Any]]) -> None:
    balls = [np.hypot(*points) for points in curves(drawn["Unit balls of the L^p norms in the plane"]).values()]
    assert all((small <= large + 1e-3).all() for small, large in itertools.pairwise(balls))
    assert balls[2] == pytest.approx(1.0, abs=1e-3)
    assert balls[0].min() < 0.5


def test_submodels_average_to_the_scaled_network_only_in_softmax_regression(drawn: dict[str, dict[str, Any]]) -> None:
    ensemble = next(f for title, f in drawn.items() if "submodels" in title)
    for panel, exact in ((0, True), (1, False)):
        found = {name: y[0] for name, (_, y) in curves(ensemble, panel).items()}
        assert (abs(found["geometric mean"] - found["network with halved weights"]) < 1e-3) == exact
        assert abs(found["arithmetic mean"] - found["network with halved weights"]) > 0.02


def test_errors_stay_below_their_bounds(drawn: dict[str, dict[str, Any]]) -> None:
    growth = next(f for title, f in drawn.items() if "number of terms" in title)
    for panel in range(3):
        found = curves(growth, panel)
        assert (found["worst error"][1] <= found["bound"][1]).all()
    kappa = curves(next(f for title, f in drawn.items() if "condition number" in title))
    assert len(kappa["error"][1]) == 8 * len(kappa["bound"][1])
    assert (kappa["error"][1].reshape(-1, 8).max(1) <= kappa["bound"][1]).all()


def test_the_cross_is_uncorrelated_and_the_slope_survives_saturation(drawn: dict[str, dict[str, Any]]) -> None:
    x, y = curves(drawn["Uncorrelated is not independent"])["points (x, y)"]
    assert (abs(x) == abs(y)).all()
    assert 0.3 < (x == y).mean() < 0.7
    slopes = curves(drawn["Slope of the loss behind a sigmoid, for the label 0"])
    assert slopes["cross-entropy of the logit"][1][-1] == 1
    assert slopes["squared error"][1][-1] == slopes["cross-entropy of the rounded probability"][1][-1] == 0


def test_softmax_does_not_depend_on_the_shift(drawn: dict[str, dict[str, Any]]) -> None:
    for panel in range(4):
        found = curves(drawn["Softmax of (c, c − 1), whatever c"], panel)
        shifted, naive = found["softmax, the maximum subtracted"][1], found["the formula as it stands"][1]
        first = shifted[: len(shifted) // 2]
        assert len(first) > len(naive) // 2 > 10
        assert first == pytest.approx(1 / (1 + math.exp(-1)), abs=5e-3)
