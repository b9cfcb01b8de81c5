"""Batches of one, two and more numbers, one of them far from the others."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from claims.frame.inputs.normalised_sets import StandardisedSets
from claims.frame.inputs.regime import Regimes

BY_BATCH = (
    "batch norm",
    "batch norm of sequences",
    "batch norm of images",
    "batch norm, channels_last",
    "BatchNorm1d",
    "BatchNorm2d",
)


@dataclasses.dataclass(frozen=True)
class SmallBatches(StandardisedSets):
    """Sets of batch norm without parameters, or with 1 and 0 in float32."""

    m: int = 2
    parameters: str = "float32"


def small_batches() -> Regimes:
    """One outlier among 2 to 65 numbers, and other numbers."""
    corners = (
        *(SmallBatches(m, layer, "outlier") for layer in BY_BATCH for m in (2, 5, 16)),
        *(SmallBatches(m, "batch norm", "outlier", 0.0, "float32", 1e-3) for m in (3, 4, 9, 33, 65)),
        *(
            SmallBatches(m, "batch norm", kind)
            for kind in ("normal", "integers", "constant", "two values")
            for m in (2, 7)
        ),
        SmallBatches(2, "batch norm", "normal", 30.0),
        SmallBatches(2, "batch norm", "tiny"),
    )
    drawn = st.builds(
        SmallBatches,
        st.integers(2, 65),
        st.sampled_from(BY_BATCH),
        st.sampled_from(["outlier", "outlier", "normal", "integers", "two values"]),
        st.sampled_from([0.0, 1.0, 30.0]),
        eps=st.sampled_from([1e-5, 1e-3, 1.0]),
    )
    return Regimes(drawn, corners)
