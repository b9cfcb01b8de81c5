"""Weights to be initialised: corners cover every initializer, mode and nonlinearity; impossible ones are refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from claims.frame.inputs.initial_weights import (
    ACTIVATIONS,
    NAMES,
    InitialDraw,
    InitialWeight,
    SparseDraw,
    SparseWeight,
    Truncated,
    TruncatedDraw,
    fan_in_weights,
    initial_weights,
    sparse_weights,
    truncated_laws,
)
from reference.formats import FORMATS
from reference.initialization.initializers import acceptance


def test_corners_cover_every_initializer_mode_and_nonlinearity() -> None:
    drawn = [c for c in initial_weights().corners if isinstance(c, InitialWeight)]
    assert {c.name for c in drawn} == set(NAMES)
    kaiming = {(c.name, c.mode, c.activation) for c in drawn if c.name.startswith("kaiming")}
    assert kaiming >= {
        (f"kaiming_{k}_", m, a) for k in ("uniform", "normal") for m in ("fan_in", "fan_out") for a in ACTIVATIONS
    }


def test_draws_have_what_their_regimes_say() -> None:
    kinds = {InitialWeight: InitialDraw, Truncated: TruncatedDraw, SparseWeight: SparseDraw}
    for regimes in (initial_weights(), fan_in_weights(), truncated_laws(), sparse_weights()):
        for corner in regimes.corners:
            if type(corner) in kinds:
                arrays = corner.make(np.random.default_rng(0), 1, FORMATS["float32"])
                draw = corner.present([torch.from_numpy(a) for a in arrays], 5)
                assert type(draw) is kinds[type(corner)]
                assert draw.seed == 5


def test_truncated_laws_take_both_ways_of_rejection_and_have_ends_in_every_format() -> None:
    laws = [c for c in truncated_laws().corners if isinstance(c, Truncated)]
    shares = [acceptance(c.mean, c.deviation, c.lower, c.upper) for c in laws]
    assert min(shares) < 0.01
    assert max(shares) > 0.99
    ends = np.array([(c.lower, c.upper) for c in laws])
    assert all(np.array_equal(f.round(ends), ends) for f in FORMATS.values())


def test_what_cannot_be_drawn_is_refused() -> None:
    refused: tuple[Callable[[], object], ...] = (
        lambda: InitialWeight("other_"),
        lambda: InitialWeight(shape=(3,)),
        lambda: InitialWeight(mode="fan"),
        lambda: Truncated(0),
        lambda: Truncated(lower=3.0),
        lambda: SparseWeight(-1),
        lambda: SparseWeight(hundredths=101),
    )
    for make in refused:
        with pytest.raises(ValueError, match=r"no|truncated"):
            make()
