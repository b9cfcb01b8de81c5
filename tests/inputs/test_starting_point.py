"""Starting points: corners are admitted, like units are alike, and what makes no sense is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.starting_point import (
    ACTIVATIONS,
    FIXED,
    OPTIMISERS,
    RANDOM,
    LikeUnits,
    Network,
    RankDraw,
    RankedWeight,
    TrainedUnits,
    Training,
    like_units,
    ranked_weights,
    trained_units,
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


def test_networks_to_be_trained_have_like_units_and_every_optimiser(fmt: Format) -> None:
    corners = [c for c in trained_units().corners if isinstance(c, TrainedUnits)]
    assert {(c.activation, c.optimiser) for c in corners} >= {(f, o) for f in ACTIVATIONS for o in OPTIMISERS}
    for corner in corners:
        arrays = corner.make(np.random.default_rng(0), 1, fmt)
        assert np.all(corner.admits(arrays))
        made = corner.present([torch.from_numpy(a) for a in arrays], 0)
        assert isinstance(made, Training)
        assert torch.equal(made.net.w[:, 0], made.net.w[:, -1])
    w, v, x, t = TrainedUnits(outgoing=False).make(np.random.default_rng(0), 1, fmt)
    assert TrainedUnits(outgoing=False).admits([w, v, x, t]).all()
    assert not TrainedUnits().admits([w, v, x, t]).any()


def test_what_makes_no_sense_is_refused() -> None:
    for make in (
        lambda: RankedWeight("other"),
        lambda: RankedWeight("dirac", (3, 3)),
        lambda: RankedWeight("eye", (2, 2)),
        lambda: LikeUnits(1),
        lambda: TrainedUnits(1),
        lambda: TrainedUnits(activation="other"),
    ):
        with pytest.raises(ValueError, match=r"no weight|a network|no training"):
            make()
