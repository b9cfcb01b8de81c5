"""Rows of logits with classes, and starts."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.margins import AHEAD, KINDS, LARGEST_FACTOR, ScoredRows, Starts, scored_rows, separated_rows
from reference.formats import FORMATS, Format, float32


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
def test_corners_are_admitted_and_cover_every_kind(fmt: Format) -> None:
    for regimes, kinds in ((scored_rows(), KINDS), (separated_rows(), AHEAD)):
        assert {r.kind for r in regimes.corners if isinstance(r, ScoredRows)} == set(kinds)
        for regime in regimes.corners:
            assert regime.admits(regime.make(np.random.default_rng(0), 6, fmt)).all(), regime


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
@pytest.mark.parametrize("kind", AHEAD)
def test_classes_that_are_ahead_stay_finite_when_they_are_scaled(kind: str, fmt: Format) -> None:
    x, t = ScoredRows(5, 4, kind).make(np.random.default_rng(0), 6, fmt)
    assert (np.argmax(x, -1) == t).all()
    assert np.abs(x).max() * LARGEST_FACTOR <= fmt.largest
    if kind in ("above", "below"):
        assert ((x > 0) if kind == "above" else (x < 0)).mean() > 0.9


def test_other_kinds() -> None:
    def made(kind: str) -> tuple[np.ndarray, np.ndarray]:
        x, t = ScoredRows(9, 3, kind).make(np.random.default_rng(0), 6, float32)
        return x, np.take_along_axis(x, t.astype(int)[..., None], -1)[..., 0]

    x, own = made("behind")
    assert (own < x.max(-1)).all()
    x, own = made("tied")
    assert ((x == own[..., None]).sum(-1) >= 2).all()
    assert np.ptp(made("equal")[0], -1).max() == 0
    x, _ = made("zeros")
    assert not x.any()
    assert 0 < np.signbit(x).mean() < 1
    assert np.abs(made("extreme")[0]).min() == float32.largest / 2


def test_starts_and_what_is_refused() -> None:
    (w,) = Starts().make(np.random.default_rng(0), 50, float32)
    assert w.shape == (50, 2)
    assert Starts().admits([w]).all()
    assert not Starts().admits([w * 4]).any()
    for wrong in ({"classes": 1}, {"kind": "none"}, {"n": -1}):
        with pytest.raises(ValueError, match="rows of"):
            ScoredRows(**wrong)  # type: ignore[arg-type]
