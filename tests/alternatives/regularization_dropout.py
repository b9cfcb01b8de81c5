"""Correct dropout with other random streams, orders of operations and precisions: no claim may fail on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

MASKED = ("dropout-inverted-scaling", "dropout-independent-mask-per-example", "dropout-expectation-linear")
BY_UNIT = ("dropout", "dropout_in_place", "dropout_module", "native_dropout", "dropout_channels_last")
ALPHA = 1.7580993408473766

Draw = Callable[[tuple[int, ...], float], Tensor]
Scale = Callable[[Tensor, Tensor, float], Tensor]


def philox(shape: tuple[int, ...], p: float) -> Tensor:
    """NumPy's Philox stream, seeded from torch's."""
    rng = np.random.Generator(np.random.Philox(int(torch.randint(2**62, ()))))
    return torch.from_numpy(rng.random(shape) >= p)


def uniform(shape: tuple[int, ...], p: float) -> Tensor:
    """float64 uniforms against p, from the last unit to the first."""
    return (torch.rand(shape, dtype=torch.float64) >= p).flip(-1)


def counts(shape: tuple[int, ...], p: float) -> Tensor:
    """Integers below 2^40 against p 2^40."""
    return torch.randint(2**40, shape) >= p * 2**40


def scale_first(x: Tensor, mask: Tensor, p: float) -> Tensor:
    """The survivors' values for all units, then zeros."""
    return x * (1 / (1 - p)) * mask.to(x.dtype)


def scale_last(x: Tensor, mask: Tensor, p: float) -> Tensor:
    """Zeros first."""
    return x * mask.to(x.dtype) * (1 / (1 - p))


def divide(x: Tensor, mask: Tensor, p: float) -> Tensor:
    """No reciprocal."""
    return torch.where(mask, x / (1 - p), 0.0)


def in_float64(x: Tensor, mask: Tensor, p: float) -> Tensor:
    """One rounding at the end."""
    return (x.double() * mask / (1 - p)).to(x.dtype)


def dropout(draw: Draw, scale: Scale, *, inner: int = 0) -> Callable[..., Tensor]:
    """Dropout of units, or of channels with `inner` axes."""

    def apply(x: Tensor, p: float, *, training: bool) -> Tensor:
        if not training or p == 0:
            return x
        if p == 1:
            return x * 0
        drawn = x.shape[: x.ndim - inner]
        return scale(x, draw(tuple(drawn), p).reshape(*drawn, *(1,) * inner), p)

    return apply


def affine(x: Tensor, mask: Tensor, p: float) -> Tensor:
    """Alpha dropout in float64, rounded once."""
    a = ((1 - p) * (1 + p * ALPHA**2)) ** -0.5
    return (torch.where(mask, x.double(), -ALPHA) * a + a * ALPHA * p).to(x.dtype)


def everywhere(draw: Draw, scale: Scale) -> dict[str, Callable[..., Tensor]]:
    """Every spelling, with one way to draw and one to scale."""
    channels = {"dropout1d": 1, "dropout2d": 2, "dropout2d_channels_last": 2, "dropout3d": 3}
    return {
        **dict.fromkeys(BY_UNIT, dropout(draw, scale)),
        **{name: dropout(draw, scale, inner=inner) for name, inner in channels.items()},
        "dropout_between_layers": dropout(draw, scale),
        "dropout_by_vmap": dropout(draw, scale),
        "alpha_dropout": dropout(draw, affine),
        "feature_alpha_dropout": dropout(draw, affine, inner=2),
    }


def backwards(masks: Tensor, p: float) -> Tensor:
    """The product over the units from the last to the first."""
    return torch.where(masks == 1, 1 - p, p).to(masks.dtype).flip(-1).prod(-1)


def widened(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function evaluated in float64 and rounded once."""

    def apply(*args: Tensor | float, **kwargs: int) -> Tensor:
        wide = [a.double() if isinstance(a, Tensor) else a for a in args]
        first = next(a for a in args if isinstance(a, Tensor))
        return function(*wide, **kwargs).to(first.dtype)

    return apply


def columns_from_the_last(a: Tensor, b: Tensor) -> Tensor:
    """The inner products in reversed order."""
    return a.flip(-1) @ b.flip(-2)


def inputs_scaled(x: Tensor, weight: Tensor, bias: Tensor, keep: float) -> Tensor:
    """Half of the inputs instead of half of the weights."""
    return torch.softmax((weight @ (keep * x)[..., None])[..., 0] + bias, -1)


def products_scaled(x: Tensor, weight: Tensor, bias: Tensor, keep: float) -> Tensor:
    """Half of the products instead of half of the weights."""
    return torch.softmax(keep * (weight @ x[..., None])[..., 0] + bias, -1)


def from_the_last_mask(log_probabilities: Tensor) -> Tensor:
    """The sum of logarithms in reversed order, shifted by their maximum."""
    mean = log_probabilities.flip(-2).mean(-2)
    return torch.softmax(mean - mean.amax(-1, keepdim=True), -1)


GEOMETRIC = ("dropout-weight-scaling-is-geometric-mean-for-softmax",)

ALTERNATIVES = [
    *(
        (MASKED, everywhere(draw, scale), f"{draw.__name__}, {scale.__name__}")
        for draw in (philox, uniform, counts)
        for scale in (scale_first, scale_last, divide, in_float64)
    ),
    (MASKED[2:], {"masked_dropout": scale_first}, "scaled before it is masked"),
    (MASKED[2:], {"masked_dropout": in_float64, "mask_probabilities": backwards}, "the last unit first"),
    (MASKED[2:] + GEOMETRIC, {"matmul": columns_from_the_last}, "products in reversed order"),
    (MASKED[2:] + GEOMETRIC, {"matmul": widened(torch.matmul), "add": widened(torch.add)}, "products in float64"),
    (GEOMETRIC, {"weight_scaled_softmax": inputs_scaled}, "scaled inputs"),
    (GEOMETRIC, {"weight_scaled_softmax": products_scaled}, "scaled products"),
    (GEOMETRIC, {"geometric_mean": from_the_last_mask}, "the last mask first"),
    (GEOMETRIC, {"log_softmax": widened(torch.log_softmax)}, "logarithms in float64"),
]
