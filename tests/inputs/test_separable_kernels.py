"""Images with vectors, widths, and kernels of any rank."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.separable_kernels import (
    KINDS,
    NAMED,
    RANKS,
    Factors,
    Ranked,
    Widths,
    factors,
    ranked,
    widths,
)
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_images_and_vectors(fmt: Format, kind: str) -> None:
    regime = Factors((4, 5), (2, 3), 2, 3, kind=kind)
    x, u, v = regime.make(np.random.default_rng(0), 2, fmt)
    assert [a.shape for a in (x, u, v)] == [(2, 2, 3, 4, 5), (2, 3, 2), (2, 3, 3)]
    assert (u == np.rint(u)).all() == (kind == "integers")
    assert (u >= 0).all() == (kind == "positive")
    assert (v == v[:, :1]).all() == (kind == "repeated")
    given = regime.present([torch.from_numpy(a) for a in (x, u, v)], 0)
    assert given.options == {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    assert given.how.groups == 3


def test_corners_have_every_kind_and_option() -> None:
    corners = [c for c in factors().corners if isinstance(c, Factors)]
    assert {c.kind for c in corners} == set(KINDS)
    assert {len(c.extent) for c in corners} == {1, 2, 3}
    assert {17, 8} <= {c.channels for c in corners}
    assert {0, 17} <= {c.n for c in corners}
    for name in ("stride", "dilation", "padding"):
        assert any(len(set(getattr(c, name))) > 1 for c in corners)


def test_kernels_are_outer_products_of_the_vectors() -> None:
    arrays = Widths(3, 2, 4, 0, 2).make(np.random.default_rng(1), 1, FORMATS["float64"])
    given = Widths(3, 2, 4, 0, 2).present([torch.from_numpy(a) for a in arrays], 0)
    u, v, w = (a[0] for a in arrays[1:])
    np.testing.assert_array_equal(given.kernel[:, 0].numpy(), np.einsum("ci,cj,ck->cijk", u, v, w))
    assert [tuple(k.shape) for k in given.vectors] == [(2, 1, 2, 1, 1), (2, 1, 1, 2, 1), (2, 1, 1, 1, 2)]


def test_widths_reach_the_exceptions() -> None:
    corners = [c for c in widths().corners if isinstance(c, Widths)]
    assert {(c.axes, c.width, c.extent) for c in corners} >= {(2, 3, 3), (2, 5, 5), (2, 2, 16), (3, 4, 4), (2, 1, 4)}
    assert {(c.trained, c.channels > 1) for c in corners} == {
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    }


def test_kernels_have_the_ranks_of_their_names() -> None:
    rank = {"identity": 2, "sobel": 1, "laplacian": 2, "gauss": 1, "prewitt": 1, "emboss": 3}
    assert rank.keys() == NAMED.keys()
    for name, k in NAMED.items():
        _, made = Ranked(*np.shape(k), name).make(np.random.default_rng(2), 1, FORMATS["float32"])
        assert np.linalg.matrix_rank(made[0]) == rank[name]
    for kind, most in (("zero", 0), ("one", 1), ("two", 2)):
        _, made = Ranked(4, 5, kind).make(np.random.default_rng(3), 50, FORMATS["float32"])
        assert np.linalg.matrix_rank(made).max() == most
    assert {c.kind for c in ranked().corners if isinstance(c, Ranked)} == set(RANKS)


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (
        lambda: Factors((4,), (2, 2)),
        lambda: Factors((1, 1), (2, 2)),
        lambda: Factors(kind="odd"),
        lambda: Factors(channels=0),
        lambda: Widths(2, 6, 5),
        lambda: Ranked(0, 1),
        lambda: Ranked(2, 2, "sobel"),
    ):
        with pytest.raises(ValueError, match=r"no |another size"):
            wrong()
    assert not Ranked().admits([np.zeros((1, 4, 4)), np.full((1, 2, 2), 0.5)]).any()
