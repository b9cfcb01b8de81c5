"""Samples and their canvases."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import find

from claims.frame.inputs.samples import LAWS, Draw, Sample, canvas, samples
from claims.frame.plan import LAYOUTS, place
from claims.frame.subject import Subject
from reference.formats import float32


def test_a_sample_is_a_size_a_law_and_a_seed() -> None:
    assert Sample(7, "normal").present([], 5) == Draw(7, "normal", 5)
    assert Sample().make(np.random.default_rng(0), 1, float32) == []
    assert Sample().batch(256, 1 << 16) == 1


@pytest.mark.parametrize("fields", [(0, "uniform"), (10, "triangular")])
def test_impossible_samples_are_refused(fields: tuple[int, str]) -> None:
    with pytest.raises(ValueError, match="no sample"):
        Sample(*fields)


def test_every_law_and_every_size_is_drawn() -> None:
    regimes = samples(*LAWS, most=1 << 20)
    assert {c.law for c in regimes.corners} == set(LAWS)
    assert max(c.n for c in regimes.corners) == 1 << 20
    for law in LAWS:
        assert find(regimes.draw, lambda s, law=law: s.law == law).law == law
    for n in (1, 15, 16, 1 << 15):
        assert find(regimes.draw, lambda s, n=n: s.n == n).n == n


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_a_canvas_can_be_filled_in_every_layout(layout: str, dtype: str) -> None:
    empty = canvas(Subject("eager", dtype), 20, 30)
    assert empty.isnan().all()
    filled = place(layout, empty).uniform_(-1, 1, generator=torch.Generator().manual_seed(0))
    assert filled.dtype == getattr(torch, dtype)
    assert len(filled.unique()) > 300
