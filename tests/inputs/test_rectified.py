"""Layers for rectifiers with random slopes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import find

from claims.frame.inputs.rectified import ENDS, KINDS, RectifiedLayer, rectified_layers
from reference.formats import FORMATS, Format


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_layers_are_finite_and_of_their_kind(fmt: Format, kind: str) -> None:
    regime = RectifiedLayer(16, 67, kind)
    (x,) = regime.make(np.random.default_rng(10), 1, fmt)
    assert x.shape == (1, 16, 67)
    assert regime.admits([x]).all()
    assert ((x == -1).all(), (x > 0).any()) == (kind == "minus one", kind != "minus one")
    assert (np.signbit(x) & (x == 0)).any() == (kind == "zeros") or kind == "small"
    assert (np.abs(x).max() < 2.0**-5) == (kind == "small")
    assert (np.abs(x).max() > 100) == (kind == "large")


def test_ends_and_seed_are_presented() -> None:
    given = RectifiedLayer(1, 2, ends=2).present([torch.ones(1, 1, 2)], 7)
    assert (given.lower, given.upper, given.seed) == (0.25, 0.25, 7)
    assert given.x.shape == (1, 2)
    assert RectifiedLayer(1, 0).size() == 1


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ({"rows": 0}, {"n": -1}, {"kind": "odd"}, {"ends": len(ENDS)}):
        with pytest.raises(ValueError, match="rows of"):
            RectifiedLayer(**wrong)  # type: ignore[arg-type]
    assert not RectifiedLayer(1, 1).admits([np.full((1, 1, 1), np.inf)]).any()


def test_all_ends_and_kinds_are_drawn() -> None:
    for ends in range(len(ENDS)):
        assert find(rectified_layers().draw, lambda r, ends=ends: r.ends == ends).ends == ends
    for kind in KINDS:
        assert find(rectified_layers().draw, lambda r, kind=kind: r.kind == kind).kind == kind
