"""Matrices for the shapes of their factors: every number of rows and columns up to six, and beyond a block."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from hypothesis import strategies as st

from claims.frame.inputs.regime import Regimes
from claims.frame.inputs.spectra import Gallery, ManyMatrices, matrices_by_spectrum

LARGEST = 6


@dataclasses.dataclass(frozen=True)
class FewMatrices(Gallery):
    """Some matrices of a shape; more would show nothing."""

    most: ClassVar[int] = 4


def matrices_beyond_a_block() -> Regimes:
    """Matrices by their spectrum, and two of which both sides exceed 64, one wide and one tall."""
    plain = matrices_by_spectrum()
    return Regimes(plain.draw, (*plain.corners, FewMatrices(66, 70, name="normal"), FewMatrices(70, 66, name="normal")))


def every_shape() -> Regimes:
    """Normal matrices of all shapes from 0 x 0 to 6 x 6, and of a few larger ones; a batch of more than 32."""
    corners = (
        FewMatrices(2, 2, name="normal"),
        *(FewMatrices(m, n, name="normal") for m in range(LARGEST + 1) for n in range(LARGEST + 1) if (m, n) != (2, 2)),
        *(
            FewMatrices(m, n, name="normal")
            for m, n in ((16, 17), (33, 5), (5, 33), (64, 64), (130, 2), (2, 130), (65, 66))
        ),
        FewMatrices(4, 3, name="zero"),
        FewMatrices(3, 5, name="rank-one"),
        ManyMatrices(3, 2, name="normal"),
    )
    side = st.sampled_from([2, 1, 3, 0, 4, 5, 6, 7, 8, 9, 16, 17, 33])
    draw = st.builds(FewMatrices, side, side, name=st.sampled_from(["integers", "normal", "zero", "rank-one"]))
    return Regimes(draw, corners)
