"""Numbers around thresholds: the corners of every kind are reached, in every format."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import find

from claims.frame.inputs.thresholds import HIGH, KINDS, THRESHOLDS, Thresholds, threshold, thresholds
from reference.formats import FORMATS, Format, float16, float32, float64

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("name", THRESHOLDS)
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_admitted_in_every_format(fmt: Format, name: str, kind: str) -> None:
    regime = Thresholds(33, kind, name)
    with np.errstate(all="raise", under="ignore"):
        x, h = regime.make(np.random.default_rng(1), 64, fmt)
    assert regime.admits([x, h]).all()
    assert (h / np.where(name in HIGH, 1, 0.25) >= 1).all()
    below, beyond = (np.abs(x) < threshold(name, fmt)).any(), (np.abs(x) > threshold(name, fmt)).any()
    assert below == (name != "zero")
    assert beyond == (name != "largest" or kind == "special") or name in HIGH


@EVERY
def test_kinks_are_at_the_threshold_and_next_to_it(fmt: Format) -> None:
    x, _ = Thresholds(67, "kink", "seven tenths").make(np.random.default_rng(2), 64, fmt)
    steps = np.unique((np.abs(x[x != 0]) - fmt.round(0.7)) / fmt.ulp(0.7))
    assert steps.tolist() == [-2, -1, 0, 1, 2]
    assert (x == 0).any()
    assert (x < 0).any()


def test_special_numbers_are_all_there() -> None:
    x, _ = Thresholds(67, "special").make(np.random.default_rng(3), 64, float32)
    assert set(np.unique(np.abs(x[~np.isnan(x)]))) == {0.0, float32.eta, 0.5, float32.largest, np.inf}
    assert np.isnan(x).any()
    assert np.signbit(x[x == 0]).any()


def test_thresholds_are_those_of_the_format() -> None:
    given = Thresholds(2, threshold="tiny").present([torch.ones(1, 2, dtype=torch.float16)] * 2, 0)
    assert given.threshold == 1.3 * float16.lam
    assert not given.plain
    assert Thresholds().present([torch.ones(1, 4)] * 2, 0).plain
    assert threshold("largest", float64) == float64.largest
    assert all(float16.largest >= threshold(c.threshold, float64) for c in thresholds().corners)  # type: ignore[attr-defined]


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ({"n": -1}, {"kind": "odd"}, {"threshold": "negative"}):
        with pytest.raises(ValueError, match="no "):
            Thresholds(**wrong)  # type: ignore[arg-type]
    assert not Thresholds(1).admits([np.zeros((1, 1)), np.ones((1, 1))]).any()
    assert not Thresholds(1, "kink").admits([np.full((1, 1), np.inf), np.ones((1, 1))]).any()
    assert not Thresholds(1).admits([np.ones((1, 1)), np.full((1, 1), 0.1)]).any()


@pytest.mark.parametrize("name", THRESHOLDS)
def test_every_threshold_is_drawn(name: str) -> None:
    assert find(thresholds().draw, lambda r: r.threshold == name).threshold == name
