"""Charts: axes, paths that leave the panel, colours; no text of a record becomes markup."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reports.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Chart
from tests.reports import synthetic
from tests.reports.conftest import HOSTILE


def figure(*curves: list[float | str], logarithmic: bool = False) -> dict[str, Any]:
    named = [{"name": f"curve {k}", "y": list(y)} for k, y in enumerate(curves)]
    panels = [{"title": "panel", "curves": named}]
    return {"title": "T", "x": "x", "y": "y", "logarithmic": logarithmic, "panels": panels}


def paths(chart: Chart) -> list[str]:
    return re.findall(r'<path class="c\d" d="([^"]*)"', chart.drawn(chart.figure["panels"][0]))


def test_a_linear_axis_has_round_ends_around_the_values() -> None:
    assert Chart(figure([0.13, 0.91])).span == pytest.approx((0.0, 1.0))
    assert Chart(figure([-3.0, 41.0])).span == (-10.0, 50.0)
    assert Chart(figure([2.0, 2.0])).span[0] <= 2.0 < Chart(figure([2.0, 2.0])).span[1]
    assert [label for _, label in Chart(figure([0.13, 0.91])).ticks] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


def test_a_logarithmic_axis_ends_at_decades_eight_from_one_at_most() -> None:
    assert Chart(figure([0.02, 30.0], logarithmic=True)).span == (-2, 2)
    assert Chart(figure([1e-40, 1.0, 1e40], logarithmic=True)).span == (-8, 8)
    assert Chart(figure([1.0], logarithmic=True)).span == (0, 1)
    assert "10⁻²" in {label for _, label in Chart(figure([0.02, 0.5], logarithmic=True)).ticks}


def test_a_curve_goes_from_edge_to_edge() -> None:
    (path,) = paths(Chart(figure([0.0, 0.5, 1.0])))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    ends = f"M{LEFT} {HEIGHT - BOTTOM}", f"L{WIDTH - RIGHT} {TOP}"
    assert path == f"{ends[0]}L{(LEFT + WIDTH - RIGHT) / 2:g} {middle:g}{ends[1]}"


def test_a_curve_leaves_the_panel_and_has_gaps_at_nan() -> None:
    (path,) = paths(Chart(figure([1.0, 1e20, 1e30, "nan", 1.0, 0.0], logarithmic=True)))
    assert re.sub("[^ML]", "", path) == "MLLML"
    heights = [float(v) for v in re.findall(r" (-?[\d.]+)", path)]
    assert heights[1] < TOP < heights[0] <= HEIGHT - BOTTOM < heights[-1]


def test_infinities_are_out_of_the_panel_at_a_finite_place() -> None:
    (path,) = paths(Chart(figure([0.0, 1.0, "inf"])))
    assert float(path.rpartition(" ")[2]) < TOP


def test_a_name_keeps_its_colour_in_every_panel() -> None:
    chart = Chart(synthetic.growth())
    assert [chart.colour(name) for name in chart.names] == [0, 1, 2]
    first, second = (re.findall(r'class="c(\d)"', chart.drawn(panel)) for panel in chart.figure["panels"])
    assert (first, second) == (["0", "1"], ["0", "2"])


def test_a_figure_without_curves_is_an_empty_frame() -> None:
    chart = Chart({**figure(), "panels": [{"title": "", "curves": []}]})
    assert chart.drawn(chart.figure["panels"][0]).startswith("<svg")


def test_text_of_a_record_is_no_markup() -> None:
    chart = Chart(
        {**figure([1.0]), "title": HOSTILE, "panels": [{"title": HOSTILE, "curves": [{"name": HOSTILE, "y": [1.0]}]}]}
    )
    drawn = chart.drawn(chart.figure["panels"][0])
    assert "<script" not in drawn
    assert "<img" not in drawn
