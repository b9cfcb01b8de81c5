"""Uniform draws on half-open intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.half_open import ENDS, HalfOpen, half_open_draws
from reference.formats import FORMATS


def test_ends_are_numbers_of_every_format_but_those_of_weights() -> None:
    for name, ends in ENDS.items():
        held = [np.array_equal(fmt.round(np.array(ends)), ends) for fmt in FORMATS.values()]
        assert all(held[:2]) == (name != "weights")


def test_a_trial_has_no_numbers_but_a_seed() -> None:
    regime = HalfOpen("positive", 33)
    assert regime.arrays(np.random.default_rng(0), 1, FORMATS["float16"]) == []
    assert regime.present([], 7) == ("uniform_", (2.0, 3.0), 33, 7)
    assert regime.size() == 33


def test_impossible_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="draws"):
        HalfOpen("unit", 0)
    with pytest.raises(ValueError, match="rand"):
        HalfOpen("positive", 5, "rand")


@pytest.mark.parametrize("interval", ENDS)
def test_every_interval_is_drawn(interval: str) -> None:
    assert find(half_open_draws().draw, lambda d: d.interval == interval).interval == interval
