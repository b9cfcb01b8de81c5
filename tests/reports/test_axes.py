"""Axes: round ends, decades, marks, and what lies beyond."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.axes import MOST_DECADES, Axis


def around(*values: float, logarithmic: bool = False) -> tuple[float, float]:
    axis = Axis.around(values, logarithmic=logarithmic)
    return axis.low, axis.high


def test_a_linear_axis_has_round_ends_around_the_values() -> None:
    assert around(0.13, 0.91) == pytest.approx((0.0, 1.0))
    assert around(-3.0, 41.0) == (-10.0, 50.0)
    low, high = around(2.0, 2.0)
    assert low <= 2.0 < high
    assert around(math.nan, math.inf) == around() == (0.0, 1.0)
    assert [label for _, label in Axis.around([0.13, 0.91], logarithmic=False).ticks] == [
        "0",
        "0.2",
        "0.4",
        "0.6",
        "0.8",
        "1",
    ]


def test_a_logarithmic_axis_ends_at_decades_eight_from_one_at_most() -> None:
    assert around(0.02, 30.0, logarithmic=True) == (-2, 2)
    assert around(1e-12, 1e-9, logarithmic=True) == (-12, -9)
    assert around(1e-40, 1.0, 1e40, logarithmic=True) == (-MOST_DECADES / 2, MOST_DECADES / 2)
    assert around(1.0, logarithmic=True) == (0, 1)
    assert around(0.0, -1.0, logarithmic=True) == (0, 1)
    labels = [label for _, label in Axis.around([1e-5, 2e3], logarithmic=True).ticks]
    assert labels == ["10⁻⁴", "0.01", "1", "100", "10⁴"]


def test_an_axis_between_its_values_has_marks_inside() -> None:
    axis = Axis.between([2.0, 16384.0], logarithmic=True)
    assert (axis.place(2.0), axis.place(16384.0)) == (0, 1)
    assert [label for _, label in axis.ticks] == ["10", "100", "1000", "10⁴"]
    assert Axis.between([-1.0, 1.0], logarithmic=False, room=0.1) == Axis(-1.2, 1.2)
    assert Axis.between([3.0], logarithmic=False) == Axis(3.0, 4.0)


@pytest.mark.parametrize("logarithmic", [False, True])
@given(values=st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_values_and_marks_lie_on_their_axis(values: list[float], *, logarithmic: bool) -> None:
    axis = Axis.around(values, logarithmic=logarithmic)
    assert all(-1e-6 <= place <= 1 + 1e-6 for place, _ in axis.ticks)
    assert 1 <= len(axis.ticks) <= 11
    if not logarithmic:
        assert all(-1e-9 <= axis.place(v) <= 1 + 1e-9 for v in values)


def test_what_leaves_the_axis_has_a_finite_place() -> None:
    axis = Axis(0.0, 1.0)
    assert (axis.place(math.inf), axis.place(-math.inf)) == (10.0, -9.0)
    assert math.isnan(axis.place(math.nan))
    assert math.isnan(Axis(0.0, 1.0, logarithmic=True).place(-1.0))
    assert Axis(0.0, 1.0, logarithmic=True).place(0.0) == -9.0
