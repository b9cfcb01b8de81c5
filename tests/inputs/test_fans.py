"""Connections and default layers: shapes of weights, corners, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.fans import (
    DEFAULTS,
    Connected,
    Connections,
    DefaultLayer,
    LayerParameters,
    connections,
    default_layers,
)
from reference.formats import FORMATS


def test_shapes_are_those_of_torch() -> None:
    conv = torch.nn.Conv2d(28, 12, 3, groups=4).weight
    transposed = torch.nn.ConvTranspose2d(12, 28, (2, 3), groups=4).weight
    assert Connected("conv", 28, 12, (3, 3), 4).present([], 0).shape == tuple(conv.shape)
    assert Connected("transposed", 12, 28, (2, 3), 4).present([], 0).shape == tuple(transposed.shape)


def test_corners_have_every_kind_dense_and_grouped() -> None:
    corners = [c for c in connections().corners if isinstance(c, Connected)]
    assert {(c.kind, c.groups > 1) for c in corners} >= {("linear", False), ("conv", True), ("transposed", True)}
    assert all(isinstance(c.present([], 1), Connections) for c in corners)
    layers = [c for c in default_layers().corners if isinstance(c, DefaultLayer)]
    assert {c.layer for c in layers} == set(DEFAULTS)
    for layer in layers:
        (x,) = layer.make(np.random.default_rng(0), 1, FORMATS["float32"])
        assert isinstance(layer.present([torch.from_numpy(x)], 2), LayerParameters)


def test_what_is_no_layer_is_refused() -> None:
    for make in (
        lambda: Connected("conv", 3, 4, (3,), 2),
        lambda: Connected("linear", 4, 4, (), 2),
        lambda: Connected("conv", 300, 1, (1,)),
        lambda: Connected("other", 3, 3, (1,)),
        lambda: DefaultLayer("Dropout"),
        lambda: DefaultLayer(sizes=(0, 3)),
    ):
        with pytest.raises(ValueError, match=r"no|count"):
            make()
