"""Every shape up to six by six occurs, empty ones among them, and shapes beyond a block."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.singular_vectors import LARGEST, every_shape
from reference.formats import FORMATS


def test_every_shape_is_a_corner() -> None:
    corners = every_shape().corners
    found = {(c.rows, c.cols) for c in corners}
    assert found >= {(m, n) for m in range(LARGEST + 1) for n in range(LARGEST + 1)}
    assert {m > 64 > n for m, n in found} == {True, False}
    assert any(n > 64 > m for m, n in found)
    assert (corners[0].rows, corners[0].cols) == (2, 2)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_corners_are_finite_matrices_of_their_shapes(fmt) -> None:  # noqa: ANN001
    rng = np.random.default_rng(0)
    for corner in every_shape().corners:
        (a,) = corner.make(rng, 2, fmt)
        assert a.shape == (2, corner.rows, corner.cols)
        assert np.isfinite(a).all()


def test_batches_are_small_but_for_one() -> None:
    sizes = [c.batch(128, 1 << 14) for c in every_shape().corners]
    assert max(sizes) > 32
    assert sum(s > 4 for s in sizes) == 1
