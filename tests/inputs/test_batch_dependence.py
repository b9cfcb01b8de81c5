"""Sets whose neighbours are replaced."""

from __future__ import annotations

from claims.frame.inputs.batch_dependence import FINITE, neighbouring_sets
from claims.frame.inputs.normalised_sets import LAYERS, StandardisedSets


def test_every_layer_and_kind_has_a_corner_and_no_squares_overflow() -> None:
    corners = [c for c in neighbouring_sets().corners if isinstance(c, StandardisedSets)]
    assert corners[0] == StandardisedSets()
    assert {c.layer for c in corners if c.kind == "normal"} == set(LAYERS)
    assert {c.kind for c in corners} == set(FINITE)
    assert "huge" not in FINITE
