"""Arguments of programs with kinks that cancel."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.cancelling import SCALES, Cancelling, WithoutBiases, cancelling
from reference.autodiff.differentiable_points import PROGRAMS
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
def test_zeros_of_both_signs_and_numbers_of_the_scale(fmt: Format) -> None:
    for scale in SCALES:
        (x,) = Cancelling(n=16, scale=scale).make(np.random.default_rng(0), 16, fmt)
        assert set(np.signbit(x[x == 0]).tolist()) == {True, False}
        assert (x > 0).any()
        assert np.isfinite(2 * fmt.round(x)).all()
    (x,) = Cancelling(scale="subnormal").make(np.random.default_rng(0), 16, fmt)
    assert np.abs(x).max() < fmt.lam


def test_every_program_is_a_corner_at_every_scale() -> None:
    corners = [c for c in cancelling().corners if isinstance(c, Cancelling)]
    assert {(c.name, c.scale) for c in corners} == {(name, scale) for name in PROGRAMS for scale in SCALES}
    with pytest.raises(ValueError, match="no 7 huge arguments"):
        Cancelling(scale="huge")


def test_networks_have_two_layers() -> None:
    arrays = WithoutBiases(5).make(np.random.default_rng(0), 3, FORMATS["float32"])
    assert [a.shape for a in arrays] == [(3, 4, 5), (3, 1, 4), (3, 5, 1)]
    assert WithoutBiases(5).admits(arrays).all()
    arrays[0][1, 0, 0] = 0.0
    assert WithoutBiases(5).admits(arrays).tolist() == [True, False, True]
