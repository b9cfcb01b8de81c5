"""Starting points: corners are admitted, like units are alike, and what makes no sense is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.starting_point import (
    FIXED,
    RANDOM,
    LikeUnits,
    Network,
    RankDraw,
    RankedWeight,
    like_units,
    ranked_weights,
)
from reference.formats import FORMATS, Format


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_corners_have_every_initializer(fmt: Format) -> None:
    corners = [c for c in ranked_weights().corners if isinstance(c, RankedWeight)]
    assert {c.name for c in corners} == {*RANDOM, *FIXED}
    assert all(isinstance(c.present(c.make(np.random.default_rng(0), 1, fmt), 1), RankDraw) for c in corners)


def test_first_and_last_units_are_alike(fmt: Format) -> None:
    for corner in like_units().corners:
        arrays = corner.make(np.random.default_rng(0), 5, fmt)
        assert np.all(corner.admits(arrays))
        net = corner.present([torch.from_numpy(a) for a in arrays], 0)
        assert isinstance(net, Network)
        assert torch.equal(net.w[:, 0], net.w[:, -1])
        assert torch.equal(net.v[..., 0], net.v[..., -1])


def test_unlike_units_are_not_admitted() -> None:
    w, v, x, t = (np.zeros((1, *s)) for s in ((3, 2), (1, 3), (2, 2), (2, 1)))
    assert LikeUnits().admits([w, v, x, t]).all()
    v[0, 0, -1] = 1
    assert not LikeUnits().admits([w, v, x, t]).any()
    assert LikeUnits(outgoing=False).admits([w, v, x, t]).all()
    w[0, -1] = 1
    assert not LikeUnits(outgoing=False).admits([w, v, x, t]).any()


def test_what_makes_no_sense_is_refused() -> None:
    for make in (
        lambda: RankedWeight("other"),
        lambda: RankedWeight("dirac", (3, 3)),
        lambda: RankedWeight("eye", (2, 2)),
        lambda: LikeUnits(1),
    ):
        with pytest.raises(ValueError, match=r"no weight|a network"):
            make()
