"""Charts: axes, paths that leave the panel, colours; no text of a record becomes markup."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reports.charts import BOTTOM, LEFT, RIGHT, TOP, Chart
from tests.reports import synthetic
from tests.reports.conftest import HOSTILE


def figure(*curves: list[float | str], logarithmic: bool = False) -> dict[str, Any]:
    named = [{"name": f"curve {k}", "y": list(y)} for k, y in enumerate(curves)]
    panels = [{"title": "panel", "curves": named}]
    return {"title": "T", "x": "x", "y": "y", "logarithmic": logarithmic, "panels": panels}


def drawing(*curves: dict[str, Any]) -> dict[str, Any]:
    named = [{"name": f"curve {k}", **curve} for k, curve in enumerate(curves)]
    return {**figure(), "panels": [{"title": "panel", "curves": named}]}


def paths(chart: Chart) -> list[str]:
    return re.findall(r'<path class="c\d" d="([^"]*)"', chart.drawn(chart.figure["panels"][0]))


def edges(chart: Chart) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of what curves may fill."""
    width, height = chart.size
    return LEFT, width - RIGHT, TOP, height - BOTTOM


def test_a_curve_goes_from_edge_to_edge() -> None:
    chart = Chart(figure([0.0, 0.5, 1.0]))
    left, right, top, bottom = edges(chart)
    (path,) = paths(chart)
    assert path == f"M{left:g} {bottom:g}L{(left + right) / 2:g} {(top + bottom) / 2:g}L{right:g} {top:g}"


def test_a_curve_has_its_own_x_and_a_level_fills_the_width() -> None:
    chart = Chart(drawing({"y": [0.0, 1.0], "x": [4.0, 2.0]}, {"y": [0.5], "kind": "bound"}))
    left, right, top, bottom = edges(chart)
    drawn = chart.drawn(chart.figure["panels"][0])
    assert f'class="c0" d="M{right:g} {bottom:g}L{left:g} {top:g}"' in drawn
    assert f'class="bound" d="M{left:g} {(top + bottom) / 2:g}H{right:g}"' in drawn


def test_points_are_dots_and_closed_curves_close() -> None:
    chart = Chart(drawing({"y": [0.0, 1.0], "kind": "points"}, {"y": [0.0, 1.0, 0.0], "kind": "closed"}))
    drawn = chart.drawn(chart.figure["panels"][0])
    dots, area = re.findall(r'<path class="c\d (?:points|closed)" d="([^"]*)"', drawn)
    assert re.sub(r"[\d. ]", "", dots) == "MhMh"
    assert area.endswith("Z")


def test_units_of_the_plane_are_equal() -> None:
    chart = Chart({**drawing({"y": [-1.0, 1.0], "x": [-2.0, 2.0], "kind": "closed"}), "equal": True})
    left, right, top, bottom = edges(chart)
    up, across = (bottom - top) / (chart.y.high - chart.y.low), (right - left) / (chart.x.high - chart.x.low)
    assert up == pytest.approx(across, rel=0.02)


def test_a_note_stays_within_its_panel() -> None:
    panel = {"title": "", "curves": [{"name": "a", "y": [0.0, 1.0]}]}
    panel["notes"] = [{"x": x, "y": 0.5, "text": "a few words"} for x in (0.0, 1.0)] + [
        {"x": "nan", "y": 0, "text": "-"}
    ]
    chart = Chart({**figure(), "panels": [panel]})
    notes = re.findall(r'<text class="(note|note end)" x="([\d.]+)"', chart.drawn(panel))
    assert [side for side, _ in notes] == ["note", "note end"]


def test_a_panel_is_told_in_words() -> None:
    chart = Chart({**drawing({"y": [1.0, 3.25]}, {"y": [2, 9], "kind": "points"}, {"y": [5.0], "kind": "bound"},
                             {"y": ["nan"]}), "told": "It grows."})  # fmt: skip
    panel = {**chart.figure["panels"][0], "notes": [{"x": 0, "y": 1, "text": "here"}]}
    assert chart.described(panel) == (
        "T: panel. It grows. curve 0: from 1 to 3.25. curve 1: 2 points between 2 and 9. curve 2: 5. "
        "curve 3: no number. Marked: here."
    )


def test_a_curve_leaves_the_panel_and_has_gaps_at_nan() -> None:
    chart = Chart(figure([1.0, 1e20, 1e30, "nan", 1.0, 0.0], logarithmic=True))
    _, _, top, bottom = edges(chart)
    (path,) = paths(chart)
    assert re.sub("[^ML]", "", path) == "MLLML"
    heights = [float(v) for v in re.findall(r" (-?[\d.]+)", path)]
    assert heights[1] < top < heights[0] <= bottom < heights[-1]


def test_infinities_are_out_of_the_panel_at_a_finite_place() -> None:
    (path,) = paths(Chart(figure([0.0, 1.0, "inf"])))
    assert float(path.rpartition(" ")[2]) < TOP


def test_a_name_keeps_its_colour_in_every_panel() -> None:
    chart = Chart(synthetic.growth())
    assert [chart.colour(name) for name in chart.names] == ["c0", "c1", "c2"]
    first, second = (re.findall(r'class="c(\d)"', chart.drawn(panel)) for panel in chart.figure["panels"])
    assert (first, second) == (["0", "1"], ["0", "2"])


def test_a_figure_without_curves_is_an_empty_frame() -> None:
    chart = Chart({**figure(), "panels": [{"title": "", "curves": []}]})
    assert chart.drawn(chart.figure["panels"][0]).startswith("<svg")


def test_text_of_a_record_is_no_markup() -> None:
    chart = Chart(
        {
            **figure([1.0]),
            "title": HOSTILE,
            "told": HOSTILE,
            "panels": [
                {
                    "title": HOSTILE,
                    "curves": [{"name": HOSTILE, "y": [1.0]}],
                    "notes": [{"x": 0, "y": 1, "text": HOSTILE}],
                }
            ],
        }
    )
    drawn = chart.drawn(chart.figure["panels"][0])
    assert "<script" not in drawn
    assert "<img" not in drawn
