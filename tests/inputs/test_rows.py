"""The regimes of logits reach the corners that their names promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import find

from claims.frame.claim import Claim
from claims.frame.inputs.regime import Regimes
from claims.frame.inputs.rows import (
    KINDS,
    OFFSETS,
    SHIFTS,
    WIDTHS,
    BeyondRange,
    Logits,
    ShiftedRow,
    absorbing_shifts,
    logits,
    logits_far_from_zero,
    rows_beyond_range,
    shifted_rows,
)
from claims.frame.profiles import PROFILES
from claims.frame.runner import corner_trials
from claims.losses.softmax import log_softmax_accuracy, softmax_definition_accuracy
from reference.formats import FORMATS, Format, float16, float32
from reference.losses.softmax import naive_is_finite, shift_is_exact


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


@pytest.mark.parametrize("regimes", [logits(), shifted_rows(), rows_beyond_range(), absorbing_shifts()])
def test_every_corner_is_admitted_and_fits_the_format(rng: np.random.Generator, fmt: Format, regimes: Regimes) -> None:
    for corner in regimes.corners:
        arrays = corner.make(rng, 4, fmt)
        assert all(a.shape == (4, n) for a, n in zip(arrays, (corner.width, 1), strict=False))
        assert np.all(corner.admits(arrays))
        assert all(np.array_equal(fmt.round(a), a) for a in arrays)


def test_the_plainest_logits_come_first() -> None:
    assert logits().corners[0] == Logits() == find(logits().draw, lambda _: True)


def test_corners_have_every_width_kind_and_offset() -> None:
    corners = logits().corners
    assert {c.width for c in corners} >= {0, 32769, 65519, 65520, 70000, 100000, *WIDTHS}
    assert {c.kind for c in corners} == set(KINDS)
    assert {c.offset for c in corners} == set(OFFSETS)
    assert {c.scale for c in corners} >= {1e-3, 1.0, 10.0, 40.0, 100.0, 1e3}


def test_wide_rows_come_one_at_a_time_and_narrow_ones_in_batches() -> None:
    assert Logits(100000).batch(256, 1 << 16) == 1
    assert Logits(17).batch(256, 1 << 16) > 128


def test_blocks_of_wide_rows_come_together() -> None:
    assert Logits(1025, "normal", block=64).batch(128, 1 << 14) == 64
    assert Logits(1025, "normal", block=64).batch(16, 1 << 14) == 64
    assert Logits(5, "normal", block=64).batch(128, 1 << 14) == Logits(5, "normal").batch(128, 1 << 14) == 128


@pytest.mark.parametrize("claim", [softmax_definition_accuracy, log_softmax_accuracy], ids=lambda c: c.id)
def test_blocks_of_wide_rows_are_reduced_along_the_first_and_the_middle_axis(claim: Claim) -> None:
    quick = PROFILES["quick"]
    trials = [t for d in FORMATS for t in corner_trials(claim, quick, d) if t.batch(quick) >= 64]
    seen = {(t.regimes["x"].size(), t.plan.axis) for t in trials}
    assert seen >= {(width, axis) for width in (257, 513, 1025) for axis in ("first", "middle")}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(rng: np.random.Generator, kind: str) -> None:
    (x,) = Logits(40, kind).make(rng, 32, float32)
    facts = {
        "integers": lambda: np.array_equal(x, np.round(x)) and np.abs(x).max() == 4,
        "normal": lambda: len(np.unique(x)) == x.size,
        "ties": lambda: len(np.unique(x)) == 4,
        "equal": lambda: np.all(x == x[:, :1]) and len(np.unique(x)) == 32,
        "ascending": lambda: np.all(np.diff(x) > 0),
        "descending": lambda: np.all(np.diff(x) < 0),
        "negative": lambda: np.all(x <= -1),
        "peak": lambda: np.all(np.sort(x)[:, -1] - np.sort(x)[:, -2] > 70),
        "padded": lambda: np.isneginf(x[0, :-1]).all() and np.all(np.diff(np.isneginf(x).astype(int)) <= 0),
        "masked": lambda: np.all(np.isneginf(x).any(-1) & np.isfinite(x).any(-1)),
    }
    assert facts[kind]()


def test_masks_cover_the_first_and_the_last_entry(rng: np.random.Generator) -> None:
    (x,) = Logits(17, "masked").make(rng, 8, float32)
    assert np.isneginf(x[:4, 0]).all()
    assert np.isneginf(x[4:, -1]).all()
    (x,) = Logits(1, "masked").make(rng, 8, float32)
    assert np.isfinite(x).all()


def test_offsets_reach_as_far_as_the_format(rng: np.random.Generator) -> None:
    for fmt, least in ((float16, 3e4), (float32, 9e9)):
        (x,) = Logits(5, "normal", offset=1e10).make(rng, 8, fmt)
        assert x.min() > least


@pytest.mark.parametrize("kind", ["peak", "masked"])
def test_an_empty_row_has_no_special_entry(kind: str) -> None:
    with pytest.raises(ValueError, match="empty row"):
        Logits(0, kind)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no logits of kind"):
        Logits(2, "cauchy")


def test_a_row_without_a_finite_entry_is_not_admitted() -> None:
    x = np.array([[-np.inf, -np.inf], [-np.inf, 0.0], [np.inf, 0.0], [np.nan, 0.0]])
    assert Logits(2).admits([x]).tolist() == [False, True, False, False]


@pytest.mark.parametrize("shift", SHIFTS)
def test_shifts_round_as_their_names_say(rng: np.random.Generator, fmt: Format, shift: str) -> None:
    x, c = ShiftedRow(8, shift, 3).make(rng, 64, fmt)
    exact, shifted = shift_is_exact(x, c, fmt), fmt.round(x + c)
    if shift.startswith("grid"):
        assert exact.all()
        assert len(np.unique(c)) > 32
    else:
        assert exact.mean() < 0.25
    if shift == "grid far":
        assert np.abs(c).max() >= 2.0 ** (fmt.precision - 1)
    if shift in ("absorbing", "huge"):
        assert max(len(np.unique(row)) for row in shifted) <= 5
        assert np.isfinite(shifted).all()


def test_drawn_shifts_reach_every_kind() -> None:
    for shift in SHIFTS:
        assert find(shifted_rows().draw, lambda row, s=shift: row.shift == s).shift == shift


def test_rows_beyond_range_overflow_or_vanish(rng: np.random.Generator, fmt: Format) -> None:
    for depth in (0, 40):
        (x,) = BeyondRange(3, "overflow", depth).make(rng, 1, fmt)
        assert x[0, 0] > math.log(fmt.largest)
        assert np.array_equal(np.diff(x[0]), [-1.0, -1.0])
        (x,) = BeyondRange(3, "underflow", depth).make(rng, 1, fmt)
        assert x.max() < math.log(fmt.eta) - math.log(2) - 3
        assert BeyondRange(3).admits([x]).all()
    assert not BeyondRange(2).admits([np.array([[90.0, 0.0]])]).any()


def test_the_least_rows_beyond_range_are_those_of_the_notes() -> None:
    first = {name: BeyondRange().first(fmt) for name, fmt in FORMATS.items()}
    assert first == {"float16": 12.0, "bfloat16": 89.0, "float32": 89.0, "float64": 710.0}


def test_logits_far_from_zero_have_an_offset() -> None:
    assert all(abs(c.offset) >= 3e3 for c in logits_far_from_zero().corners)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("width", [1, 2, 17, 129])
def test_rows_just_below_the_threshold_have_a_finite_sum_and_no_room(fmt: Format, width: int) -> None:
    (x,) = BeyondRange(width, "finite").make(np.random.default_rng(0), 1, fmt)
    assert x.shape == (1, width)
    room = math.log(fmt.largest) - math.log(width) - x[0, 0]
    assert 0 < room <= 4 * width * fmt.u + float(fmt.ulp(x[0, 0])) + 1e-12
    assert naive_is_finite(x, fmt).all()
