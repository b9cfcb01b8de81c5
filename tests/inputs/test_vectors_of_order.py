"""Every corner of the vectors for one norm can be filled in every format, and has what it is there for."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs import vectors_of_order
from claims.frame.inputs.vectors import Vector
from reference.formats import FORMATS, Format

ORDERS = {"summed_vectors": "1", "largest_entries": "inf", "squared_vectors": "2", "single_entries": "2"}


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_corners(name: str, fmt: Format) -> None:
    for corner in getattr(vectors_of_order, name)().corners:
        assert isinstance(corner, Vector)
        assert corner.order == ORDERS[name]
        (x,) = corner.make(np.random.default_rng(0), 2, fmt)
        assert x.shape == (2, corner.n)
        if corner.kind not in ("nan", "infinity"):
            assert np.isfinite(x).all()
        if name == "single_entries":
            assert (np.count_nonzero(x, axis=-1) <= 1).all()


def test_the_maximum_comes_last_at_every_edge_of_a_vector_register() -> None:
    lengths = {c.n for c in vectors_of_order.largest_entries().corners if c.kind == "rising"}
    assert lengths >= {7, 8, 9, 15, 16, 17, 31, 33, 1025, 32769}
