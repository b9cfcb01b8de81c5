"""Stacks fit together, have the scale of their name, and reach every kind of size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.spellings import Stack, stacks
from reference.formats import FORMATS, Format, float32


def corners() -> list[Stack]:
    return [c for c in stacks().corners if isinstance(c, Stack)]


def check(regime: Stack, fmt: Format) -> None:
    a, b = regime.make(np.random.default_rng(1), 2, fmt)
    assert a.shape == (2, regime.count, regime.m, regime.k)
    assert b.shape == (2, regime.count, regime.k, regime.n)
    assert np.isfinite(a).all()
    assert np.isfinite(b).all()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("regime", corners())
def test_matrices_of_corners_can_be_multiplied(regime: Stack, fmt: Format) -> None:
    check(regime, fmt)


@settings(max_examples=60, deadline=None, database=None)
@given(stacks().draw)
def test_drawn_matrices_can_be_multiplied(regime: Stack) -> None:
    for fmt in FORMATS.values():
        check(regime, fmt)


def test_opposite_scales_cancel() -> None:
    for regime in corners():
        if regime.opposite:
            a, b = regime.make(np.random.default_rng(2), 2, float32)
            assert np.abs(a).max() > 2.0**8
            assert np.abs(b).max() < 2.0**-8
            assert 2.0**-4 < np.abs(a @ b).max() < 2.0**6


def test_corners_reach_every_kind_of_size() -> None:
    sizes = {(c.m, c.k, c.n) for c in corners()}
    for axis in range(3):
        assert {0, 1} <= {size[axis] for size in sizes}
        assert any(size[axis] > 32 for size in sizes)
    assert any(m == k for m, k, _ in sizes if m > 16)
    assert any(c.count > 32 for c in corners())
    assert {c.numbers.scale for c in corners()} == {"one", "small", "large", "tiny", "huge", "subnormal"}


def test_stacks_that_cannot_be_are_refused() -> None:
    for sizes in ((-1, 2, 2, 1), (2, 2, 2, 0)):
        with pytest.raises(ValueError, match="no stack"):
            Stack(*sizes)
