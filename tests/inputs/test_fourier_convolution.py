"""Pairs to be convolved by transforms, and lengths to count products for."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.fourier_convolution import KINDS, LENGTHS, Counts, Pairs, counts, pairs
from reference.convolution.fft import crossover
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_finite_and_of_their_kind(fmt: Format, kind: str) -> None:
    regime = Pairs((9,), (4,), kind)
    x, k = regime.make(np.random.default_rng(0), 8, fmt)
    assert (x.shape, k.shape) == ((8, 9), (8, 4))
    assert regime.admits([x, k]).all()
    assert (np.abs(x) < fmt.largest).all()
    assert (x == np.rint(x)).all() == (kind == "integers") or kind == "apart"
    assert k.any() == (kind != "zeros")
    if kind == "tiny":
        assert np.abs(x).max() * np.abs(k).max() < fmt.lam
    if kind == "apart":
        assert 2.0**-8 < np.abs(x).max() * np.abs(k).max() < 2.0**8
    if kind == "impulses":
        assert (x == 0).mean() > 0.5


def test_lengths_are_enough_and_as_named() -> None:
    found = {name: Pairs((6, 7), (4, 4), "normal", name).lengths for name in LENGTHS}
    assert found == {"least": (9, 10), "power": (16, 16), "more": (12, 13), "odd": (9, 11)}


def test_corners_have_every_kind_and_number_of_axes() -> None:
    corners = [c for c in pairs().corners if isinstance(c, Pairs)]
    assert {(len(c.n), c.kind) for c in corners} >= {(d, kind) for d in (1, 2) for kind in KINDS}
    assert {len(c.n) for c in corners} == {1, 2, 3}
    assert {c.length for c in corners} == set(LENGTHS)
    assert any(c.lengths == (53,) for c in corners)
    assert any(m > n for c in corners for n, m in zip(c.n, c.m, strict=True))


def test_counts_lie_on_both_sides_of_the_crossover() -> None:
    corners = [c for c in counts().corners if isinstance(c, Counts)]
    for power in (7, 8, 10):
        assert {c.k - crossover(1 << power) for c in corners if c.power == power} >= {-1, 0}
    x, k = Counts(3, 5, 1).make(np.random.default_rng(0), 1, FORMATS["bfloat16"])
    assert (x.shape, k.shape) == ((1, 9), (1, 5))
    assert set(np.unique(x)) <= {-1.0, 0.0, 1.0}


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (lambda: Pairs((2,), (2, 2)), lambda: Pairs((0,), (1,)), lambda: Pairs(kind="odd")):
        with pytest.raises(ValueError, match=r"no (convolution|numbers)"):
            wrong()
    with pytest.raises(ValueError, match="no kernel"):
        Counts(2, 5)
    assert not Pairs().admits([np.array([[1.0, np.inf, 0.0, 0.0]]), np.ones((1, 2))]).any()
