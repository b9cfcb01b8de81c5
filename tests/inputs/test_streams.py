"""Streams: which sampler draws how many numbers."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.streams import Drawn, Stream, streams
from claims.frame.operations.chapters.streams import SAMPLERS
from reference.formats import float32


def test_a_stream_is_a_sampler_a_shape_and_a_seed() -> None:
    assert Drawn("randn", 3, 5).present([], 7) == Stream("randn", 3, 5, 7)
    assert Drawn().make(np.random.default_rng(0), 1, float32) == []
    assert Drawn("rand", 3, 5).size() == 15


@pytest.mark.parametrize("fields", [("triangular", 1, 1), ("rand", 0, 1), ("rand", 1, 0)])
def test_impossible_streams_are_refused(fields: tuple[str, int, int]) -> None:
    with pytest.raises(ValueError, match="sampler"):
        Drawn(*fields)


def test_every_sampler_is_drawn_long_and_short_and_normal_numbers_about_sixteen() -> None:
    corners = streams().corners
    assert {c.sampler for c in corners if c.size() == 1 << 15} == set(SAMPLERS)
    assert {c.cols for c in corners if (c.sampler, c.rows) == ("randn", 1)} == {1, 15, 16, 17}
