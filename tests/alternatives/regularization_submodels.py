"""Correct masks, counts and submodels that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.chapters.networks import deleted_network, masked_network
from tests.alternatives.regularization_bagging import numpy_stream

COVERAGE = ("dropout-submodel-coverage",)
INHERITS = ("dropout-submodel-inherits-parameter-subset",)
MANY = ("dropout-exponentially-many-submodels",)
TRAINED = ("dropout-untrained-units-get-zero-gradient",)


def dropout_by_numpy(x: Tensor, p: float, *, training: bool) -> Tensor:
    """NumPy's uniforms, compared in float64."""
    kept = torch.from_numpy(numpy_stream().random(tuple(x.shape)) >= p).to(x.device)
    return torch.where(kept, x / (1 - p), torch.zeros_like(x)) if training else x


def dropout_by_bits(x: Tensor, p: float, *, training: bool) -> Tensor:
    """Integers below 2^20, the last unit first."""
    if not training:
        return x
    drawn = torch.randint(1 << 20, x.shape, device=x.device).flip(-1)
    return x * (drawn >= p * (1 << 20)) / (1 - p)


def masks_in_a_set(masks: Tensor) -> Tensor:
    """Python's set of tuples."""
    rows = masks.reshape(-1, *masks.shape[-2:]).tolist()
    counts = torch.tensor([len({tuple(r) for r in run}) for run in rows], device=masks.device)
    return counts.reshape(masks.shape[:-2])


def network_in_float64(x: Tensor, *network: Tensor) -> Tensor:
    """One rounding at the end."""
    return masked_network(x.double(), *(t.double() for t in network)).to(x.dtype)


def network_by_products(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    """Products added without a matrix product, in the accumulator, and stored with the bias."""
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    x, w, c, v, b, dtype = *(t.to(wide) for t in (x, w, c, v, b)), x.dtype
    z = ((x[..., None, :] * inputs.to(wide))[..., None, :] * w[..., None, :, :]).sum(-1) + c[..., None, :]
    units = torch.relu(z.to(dtype).to(wide)) * hidden.to(wide)
    return ((units[..., None, :] * v[..., None, :, :]).sum(-1) + b[..., None, :]).to(dtype)


def networks_deleted_last_first(x: Tensor, *network: Tensor) -> Tensor:
    """Each submodel with its units in reversed order."""
    w, c, v, b, inputs, hidden = network
    turned = (w.flip(-1, -2), c.flip(-1), v.flip(-1), b, inputs.flip(-1), hidden.flip(-1))
    return deleted_network(x.flip(-1), *turned)


def rows_in_a_set(masks: Tensor) -> Tensor:
    """Python's set of tuples."""
    return torch.tensor(len({tuple(r) for r in masks.tolist()}), device=masks.device)


def gradients_by_hand(
    x: Tensor, y: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, mask: Tensor, p: float
) -> tuple[Tensor, ...]:
    """Backpropagation written out."""
    z = w @ x + c
    on = (z > 0) * mask / (1 - p)
    missed = 2 * (v @ (torch.relu(z) * mask / (1 - p)) + b - y)
    back = (v.mT @ missed) * on
    return torch.outer(back, x), back, torch.outer(missed, z * on), missed


def step_by_hand(parameter: Tensor, gradient: Tensor, rate: float) -> Tensor:
    """w - rate g, as the claim takes it."""
    return parameter - rate * gradient


ALTERNATIVES = [
    (INHERITS + MANY, {"masked_network": network_in_float64}, "one rounding of the network"),
    (INHERITS + MANY, {"masked_network": network_by_products}, "products added in the network"),
    (INHERITS, {"masked_weights": masked_network, "deleted_network": networks_deleted_last_first}, "other spellings"),
    (MANY, {"unique_masks": rows_in_a_set}, "a set of functions"),
    (TRAINED, {"submodel_gradients": gradients_by_hand, "sgd_step": step_by_hand}, "backpropagation by hand"),
    (TRAINED, {"dropout": dropout_by_bits}, "integers for dropout"),
    (COVERAGE, {"dropout": dropout_by_numpy}, "NumPy's uniforms"),
    (COVERAGE, {"dropout": dropout_by_bits}, "integers"),
    (COVERAGE, {"distinct_masks": masks_in_a_set}, "a set"),
]
