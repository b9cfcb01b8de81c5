"""Deep random networks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.deep_networks import ACTIVATIONS, DEEP, LARGE, WIDE, DeepNetwork, deep_networks
from reference.formats import FORMATS


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2.0), ("linear", 1.0), ("tanh", 1.0)])
def test_weights_have_the_variance_of_their_initialisation(activation: str, variance: float) -> None:
    regime = DeepNetwork(64, 16, 3, activation, scale=2.0)
    x, weights, g = regime.make(np.random.default_rng(0), 1, FORMATS["float32"])
    assert (x.shape, weights.shape, g.shape) == ((64, 16), (3, 64, 64), (64, 16))
    assert regime.size() == x.size + weights.size + g.size
    assert abs((weights**2).mean() * 64 / (4 * variance) - 1) < 0.05
    assert abs(x.std() - 1) < 0.1
    assert abs(8 * g.std() - 1) < 0.1
    assert regime.batch(64, 1 << 20) == 1


def test_only_networks_large_in_every_respect_are_large() -> None:
    for sizes in ((WIDE, LARGE, DEEP), (WIDE, LARGE, 2), (8, LARGE, DEEP), (WIDE, 8, DEEP)):
        n, m, depth = sizes
        tensors = [torch.zeros(n, m), torch.zeros(depth, n, n), torch.zeros(n, m)]
        assert DeepNetwork(n, m, depth).present(tensors, 0).large == (sizes == (WIDE, LARGE, DEEP))


def test_no_such_regime() -> None:
    for fields in ({"width": 0}, {"depth": 0}, {"batch_size": 1}, {"activation": "odd"}):
        with pytest.raises(ValueError, match="no network"):
            DeepNetwork(**fields)  # type: ignore[arg-type]


def test_every_activation_has_a_large_network_and_one_has_no_batch_norm() -> None:
    large = [c for c in deep_networks().corners if isinstance(c, DeepNetwork) and c.width == WIDE]
    assert {c.activation for c in large} == set(ACTIVATIONS)
    assert {c.normalised for c in large} == {True, False}
    assert {c.scale for c in large} > {1.0}
