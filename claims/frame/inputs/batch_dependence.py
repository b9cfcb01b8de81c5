"""Sets of numbers whose neighbours, or other examples of the batch, are to be replaced."""

from __future__ import annotations

from hypothesis import strategies as st

from claims.frame.inputs.normalised_sets import EPS, KINDS, LAYERS, PARAMETERS, SIZES, StandardisedSets
from claims.frame.inputs.regime import Regimes

FINITE = KINDS[:-1]
"""Kinds of numbers whose squares do not overflow."""


def neighbouring_sets() -> Regimes:
    """Every layer in sizes around those of vectors; every kind of numbers whose squares do not overflow."""
    corners = (
        StandardisedSets(),
        *(StandardisedSets(33 if i % 2 else 12, layer, "normal", 1.0, "float32") for i, layer in enumerate(LAYERS)),
        *(StandardisedSets(16, layer, "integers", 0.0, "float32", 1e-3) for layer in tuple(LAYERS)[1::2]),
        *(StandardisedSets(9, "layer norm", kind) for kind in FINITE),
        *(StandardisedSets(9, "batch norm", kind, 0.0, "float32", 1e-3) for kind in FINITE),
        *(StandardisedSets(8, layer, "normal", 0.0, "stored") for layer in tuple(LAYERS)[::3]),
        StandardisedSets(160, "batch norm of images", "normal", 1.0, "float32"),
        StandardisedSets(300, "layer norm", "normal", 30.0, "float32"),
    )
    drawn = st.builds(
        StandardisedSets,
        st.sampled_from(SIZES),
        st.sampled_from(tuple(LAYERS)),
        st.sampled_from(FINITE),
        st.sampled_from([0.0, 1.0, 30.0]),
        st.sampled_from(PARAMETERS),
        st.sampled_from([EPS, 1e-3, 1.0]),
    )
    return Regimes(drawn, corners)
