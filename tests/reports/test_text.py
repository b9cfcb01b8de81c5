from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import text


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1.0, "1"), (0.934, "0.93"), (0.07, "0.070"), (3.16, "3.2"), (12.0, "12"), (0.9999, "0.9999"),
     (1.0004, "1.0004"), (1 - 1e-12, "0.999…"), (1 + 1e-12, "just above 1"), (4.24e-5, "4.2·10⁻⁵"),
     (1e-7, "10⁻⁷"), (math.inf, "∞"), (math.nan, "NaN"), (2.5e9, "2.5·10⁹")],
)  # fmt: skip
def test_margins(value: float, shown: str) -> None:
    assert text.margin(value) == shown


@given(st.floats(0.01, 9000))
def test_a_margin_stays_on_its_side_of_the_bound(value: float) -> None:
    shown = text.margin(value)
    if shown not in {"0.999…", "just above 1"}:
        assert (float(shown) < 1, float(shown) > 1) == (value < 1, value > 1)
        assert float(shown) == pytest.approx(value, rel=0.051)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (99_999, "99 999"),
        (104_000, "104 k"),
        (1_234_567, "1.23 M"),
        (782_000_000, "782 M"),
        (10**10, "10.0 G"),
    ],
)
def test_counts(value: int, shown: str) -> None:
    assert text.count(value).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0 s"), (3e-9, "3 ns"), (2.5e-5, "25 µs"), (0.0123, "12.3 ms"), (61.4, "1 min 1 s")]
)
def test_seconds(value: float, shown: str) -> None:
    assert text.seconds(value).replace("\N{NO-BREAK SPACE}", " ") == shown


@given(st.integers(1, 10**9), st.data())
def test_a_share_is_nothing_or_everything_only_exactly(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    shown = text.share(part, whole).replace("\N{NO-BREAK SPACE}", "")
    assert (shown == "0%") == (part == 0)
    assert (shown == "100%") == (part == whole)


@given(st.floats(width=64, allow_nan=False))
def test_an_entry_identifies_a_float64(value: float) -> None:
    assert float(text.entry(value.hex(), "float64")) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_an_entry_identifies_a_float32(value: float) -> None:
    assert struct.unpack("f", struct.pack("f", float(text.entry(value.hex(), "float32"))))[0] == value


@given(st.floats(width=16, allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_an_entry_identifies_a_float16(value: float) -> None:
    assert struct.unpack("e", struct.pack("e", float(text.entry(value.hex(), "float16"))))[0] == value


def test_an_entry_hides_no_digit_that_its_dtype_lacks() -> None:
    assert float(text.entry((0.1).hex(), "float16")) == 0.1


@pytest.mark.parametrize(
    ("values", "shape", "shown"),
    [
        (["0x1p+0", "0x1p+1"], [2], ["[1, 2]"]),
        (["0x1p+0", "0x1p+1", "0x1p+2", "0x1p+3"], [2, 2], ["[[1, 2], [4, 8]]"]),
        (["0x1p+0"] * 4, [2, 1, 2], ["[[[1, 1]], [[1, 1]]]"]),
        ([["0x1p+0"], ["inf", "nan"]], [[1], [1, 2]], ["[1]", "[[inf, nan]]"]),
        (["-0x0p+0"], [], ["-0"]),
        ([], [0, 3], ["[]"]),
        (["0x1p+0", "0x1p+1"], None, ["[1, 2]"]),
        (["0x1p+0", "0x1p+1"], [7], ["[1, 2]"]),
    ],
)
def test_arrays_are_nested_by_their_shape(values: list[object], shape: object, shown: list[str]) -> None:
    assert text.arrays(values, shape, "float64") == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"kind": "Numbers", "scale": "tiny", "dims": [2, 3]}, "Numbers(scale=tiny, dims=[2, 3])"),
        ({"a": True, "b": {"c": None}}, "a=on, b=c=none"),
        (1e4, "10000.0"),
    ],
)
def test_values_as_a_reader_writes_them(value: object, shown: str) -> None:
    assert text.plain(value) == shown


def test_lists() -> None:
    assert [text.listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@pytest.mark.parametrize(
    ("reason", "short"),
    [
        ("too many\n instances", "too many instances"),
        ('Traceback (most recent call last):\n  File "x"\n    f()\nE: of  what\nin Trial()', "E: of what"),
        ("Traceback (most recent call last):\n  cut short", "Traceback (most recent call last): cut short"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_gist_of_a_reason_is_one_line(reason: str, short: str) -> None:
    assert text.gist(reason) == short


def test_one_line_has_nothing_that_a_terminal_obeys() -> None:
    assert text.one_line("a\n b\x1b[1m\u202e") == "a b\N{REPLACEMENT CHARACTER}[1m\N{REPLACEMENT CHARACTER}"
