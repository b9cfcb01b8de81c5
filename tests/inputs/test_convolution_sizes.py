"""Convolutions with wider kernels, those to be counted, and images that layers use up."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.convolution_sizes import (
    Unpadded,
    Widened,
    Widths,
    padded_convolutions,
    unpadded,
    widened,
    widths,
)
from claims.frame.inputs.convolutions import Convolved
from reference.formats import float32


def test_corners_widen_even_and_odd_kernels_to_even_and_odd_ones() -> None:
    made = [c for c in widened().corners if isinstance(c, Widened)]
    pairs = {(k % 2, w % 2) for c in made for k, w in zip(c.kernel, c.wide, strict=True) if w > k}
    assert pairs == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert {len(c.kernel) for c in made} == {1, 2, 3}
    assert any(c.wide == c.extent and c.more != (0,) for c in made)
    assert any(c.groups > 1 for c in made)
    assert {c.form for c in made} == {"", "unbatched", "channels_last", "channels_last_3d"}


@pytest.mark.parametrize(
    "wrong", [{"more": (3,)}, {"more": (1, 1)}, {"more": (-1,)}, {"padding": "valid"}, {"dilation": 2}, {"stride": 2}]
)
def test_kernels_that_do_not_widen_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no convolution|wider than images|no result|no padding"):
        Widened(**wrong)  # type: ignore[arg-type]


def test_counted_convolutions_have_at_most_256_products() -> None:
    made = [c for c in widths().corners if isinstance(c, Widths)]
    assert {c.axes for c in made} == {1, 2, 3}
    assert {c.backward for c in made} == {False, True}
    assert {c.groups > 1 for c in made} == {False, True}
    assert Widths(16, 2).n == 16
    with pytest.raises(ValueError, match="256"):
        Widths(17, 2)
    with pytest.raises(ValueError, match="no images"):
        Widths(0)


def test_padded_convolutions_reach_strides_that_leave_a_rest_and_padding_beyond_the_kernel() -> None:
    made = [c for c in padded_convolutions().corners if isinstance(c, Convolved)]
    rests, beyond = set(), False
    for c in made:
        how = c.geometry
        for n, k, s, q, d in zip(c.extent, how.kernel, how.stride, how.padding, how.dilation, strict=True):
            rests.add((n + sum(q) - d * (k - 1) - 1) % s > 0)
            beyond |= q[0] >= k
    assert rests == {False, True}
    assert beyond
    assert {c.padding for c in made if isinstance(c.padding, str)} == {"same", "valid"}


def test_unpadded_images_and_their_kernels() -> None:
    x, w = Unpadded(9, 3, 2).make(np.random.default_rng(0), 1, float32)
    assert (x.shape, w.shape) == ((2, 1, 9, 9), (1, 1, 3, 3))
    assert {(c.n - 1) % (c.k - 1) > 0 for c in unpadded().corners if isinstance(c, Unpadded)} == {False, True}
    for wrong in ((9, 1), (0, 2), (100, 2)):
        with pytest.raises(ValueError, match="no layers"):
            Unpadded(*wrong)
