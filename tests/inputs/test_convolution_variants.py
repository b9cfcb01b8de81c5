"""Images with kernels for every place or tile."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from claims.frame.inputs.convolution_variants import KINDS, Local, locally_connected, tiled
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_kernels_of_places_and_of_tiles(fmt: Format, kind: str) -> None:
    for tiles, places in (((), (3, 2)), ((2, 4), (2, 4))):
        regime = Local(3, 2, 4, (4, 4), (2, 3), (1, 1), tiles, kind)
        x, w, c = regime.make(np.random.default_rng(0), 5, fmt)
        assert x.shape == (5, 3, 2, 4, 4)
        assert w.shape == (5, *places, 4, 2, 2, 3)
        assert c.shape == (5, 3, 4, 3, 2)
        assert regime.size() == max(math.prod(v.shape[1:]) for v in (x, w, c))
        assert (x == np.rint(x)).all() == (kind == "integers")
        given = regime.present([torch.from_numpy(v) for v in (x, w, c)], 0)
        assert given.name("convolution") == "convolution2d"


def test_corners() -> None:
    local = [c for c in locally_connected().corners if isinstance(c, Local)]
    turns = [c for c in tiled().corners if isinstance(c, Local)]
    for made in (local, turns):
        assert {len(c.extent) for c in made} == {1, 2, 3}
        assert {c.kind for c in made} == set(KINDS)
        assert {min(c.n, 2) for c in made} == {0, 1, 2}
    assert any(max(c.stride) > 1 for c in local)
    shares = [(t, n) for c in turns for t, n in zip(c.tiles, c.how.sizes(c.extent), strict=True)]
    assert any(t == 1 for t, _ in shares)
    assert any(t > n for t, n in shares)
    assert any(1 < t < n and n % t for t, n in shares)
    assert any(1 < t < n and not n % t for t, n in shares)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kernel": (6,)},
        {"kernel": (2, 2)},
        {"kind": "odd"},
        {"inputs": 0},
        {"tiles": (0,)},
        {"tiles": (2,), "stride": (2,)},
    ],
)
def test_refusals(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no kernels|no layer|no result"):
        Local(**wrong)  # type: ignore[arg-type]
