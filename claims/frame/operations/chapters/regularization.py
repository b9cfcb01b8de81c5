"""Dropout in all its spellings, the ensemble that it samples, and the draws of bagging.

Every spelling of dropout is called as `dropout(x, p, training=...)` on x of shape (batch, ...).
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, RandomSampler

from claims.frame.operations.operation import Operation


def dropout_in_place(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`F.dropout(inplace=True)` on a copy, which keeps the argument."""
    return F.dropout(x.clone(), p, training, inplace=True)


def dropout_module(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`nn.Dropout` in training or evaluation mode."""
    dropped: Tensor = nn.Dropout(p).train(training)(x)
    return dropped


def dropout1d_module(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`nn.Dropout1d` in place, on a copy."""
    dropped: Tensor = nn.Dropout1d(p, inplace=True).train(training)(x.clone())
    return dropped


def dropout2d_module(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`nn.Dropout2d` in place, on a copy."""
    dropped: Tensor = nn.Dropout2d(p, inplace=True).train(training)(x.clone())
    return dropped


def dropout3d_module(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`nn.Dropout3d` in place, on a copy."""
    dropped: Tensor = nn.Dropout3d(p, inplace=True).train(training)(x.clone())
    return dropped


def alpha_dropout_module(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`nn.AlphaDropout` in place, on a copy."""
    dropped: Tensor = nn.AlphaDropout(p, inplace=True).train(training)(x.clone())
    return dropped


def feature_alpha_dropout_module(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`nn.FeatureAlphaDropout` in place, on a copy."""
    dropped: Tensor = nn.FeatureAlphaDropout(p, inplace=True).train(training)(x.clone())
    return dropped


def native_dropout(x: Tensor, p: float, *, training: bool) -> tuple[Tensor, Tensor]:
    """`torch.native_dropout`, which also returns its mask."""
    return torch.native_dropout(x, p, training)


def dropout_channels_last(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`F.dropout` on images (batch, channels, height, width) whose channels lie next to each other."""
    return F.dropout(x.contiguous(memory_format=torch.channels_last), p, training)


def dropout2d_channels_last(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`F.dropout2d` on images (batch, channels, height, width) whose channels lie next to each other."""
    return F.dropout2d(x.contiguous(memory_format=torch.channels_last), p, training)


def dropout_by_vmap(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`F.dropout` of one example, mapped over the batch with different random numbers for each."""
    return torch.vmap(lambda row: F.dropout(row, p, training), randomness="different")(x)


def dropout_by_vmap_same(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`F.dropout` of one example, mapped over the batch with the same random numbers for all."""
    return torch.vmap(lambda row: F.dropout(row, p, training), randomness="same")(x)


def _two_relu_layers(x: Tensor, weights: list[Tensor], p: float, *, training: bool) -> Tensor:
    n = x.shape[-1]
    how: dict[str, Any] = {"nonlinearity": "relu", "bias": False, "batch_first": True}
    network = nn.RNN(n, n, 2, dropout=p, dtype=x.dtype, device=x.device, **how).train(training)
    network.load_state_dict(dict(zip(network.state_dict(), weights, strict=True)))
    states: Tensor = network(x)[0]
    return states


def dropout_between_layers(x: Tensor, p: float, *, training: bool) -> Tensor:
    """The dropout between two layers of a ReLU network over sequences x >= 0, (batch, time, n).

    Both layers have the identity for input weights and no recurrence, so that the output is what dropout makes of x.
    """
    n = x.shape[-1]
    weights = [torch.eye(n, dtype=x.dtype, device=x.device), x.new_zeros(n, n)] * 2
    return _two_relu_layers(x, weights, p, training=training)


def recurrent_dropout(x: Tensor, p: float, *, training: bool) -> Tensor:
    """As `dropout_between_layers`, but the second layer hands on its whole state to the next step of time."""
    n = x.shape[-1]
    identity = torch.eye(n, dtype=x.dtype, device=x.device)
    weights = [identity, x.new_zeros(n, n), identity, identity]
    return _two_relu_layers(x, weights, p, training=training)


def masked_dropout(x: Tensor, masks: Tensor, p: float) -> Tensor:
    """What dropout makes of inputs under given masks."""
    return x * masks / (1 - p)


def mask_probabilities(masks: Tensor, p: float) -> Tensor:
    """The probability of each mask (..., n): a factor p for every dropped unit, 1 - p for every kept one."""
    return (masks * (1 - p) + (1 - masks) * p).prod(-1)


def geometric_mean(log_probabilities: Tensor) -> Tensor:
    """The normalised geometric mean of distributions given by their logarithms: (..., k, C) -> (..., C)."""
    return torch.softmax(log_probabilities.mean(-2), -1)


def weight_scaled_softmax(x: Tensor, weight: Tensor, bias: Tensor, keep: float) -> Tensor:
    """Softmax regression (..., d) -> (..., C), its weights (..., C, d) scaled by the probability to keep an input."""
    return torch.softmax((keep * weight @ x[..., None])[..., 0] + bias, -1)


def bootstrap(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    """Indices of resamples of n examples, each of n draws with replacement: (*shape, n)."""
    return torch.randint(n, (*shape, n), device=device)


def ensemble_variance(variance: Tensor, covariance: Tensor, k: int) -> Tensor:
    """Expected squared error of the mean of k models whose errors have this variance and covariance."""
    return variance / k + (k - 1) * covariance / k


def sampler(n: int, draws: int, *, replacement: bool) -> Tensor:
    """The examples that a `RandomSampler` over n examples hands out, (draws,)."""
    return torch.tensor(list(RandomSampler(range(n), replacement=replacement, num_samples=draws)))


def loader(n: int, epochs: int, seed: int) -> Tensor:
    """The examples that a shuffling `DataLoader` over n examples hands out, a batch for each epoch: (n epochs,)."""
    generator = torch.Generator().manual_seed(seed)
    examples: Any = range(n)
    batches: DataLoader[Tensor] = DataLoader(examples, batch_size=n, shuffle=True, generator=generator)
    return torch.cat([batch for _ in range(epochs) for batch in batches])


def visits(order: Tensor, seen: Tensor, n: int) -> Tensor:
    """How often a submodel meets each of n examples: order of examples (..., steps), steps that it takes part in."""
    return torch.zeros(*order.shape[:-1], n, dtype=seen.dtype, device=seen.device).scatter_add(-1, order, seen)


def repeated_given_two(counts: Tensor, weights: Tensor) -> Tensor:
    """P(both visits are to one example | two visits), for visits (k, n) with probabilities (k,)."""
    of_two = weights * (counts.sum(-1) == 2)
    return (of_two * (counts == 2).any(-1)).sum() / of_two.sum()


_IMAGES = "x.contiguous(memory_format=torch.channels_last)"
_ROW = "(lambda row: torch.nn.functional.dropout(row, p, training))"
_RNN = (
    "r := torch.nn.RNN(x.shape[-1], x.shape[-1], 2, dropout=p, dtype=x.dtype, device=x.device, nonlinearity='relu',"
    " bias=False, batch_first=True).train(training), r.load_state_dict(dict(zip(r.state_dict(), w))), r(x)[0]"
)
_EYE, _NIL = "torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)", "x.new_zeros(x.shape[-1], x.shape[-1])"

ROWS = {
    "dropout": Operation(F.dropout, "torch.nn.functional.dropout"),
    "dropout_in_place": Operation(
        dropout_in_place, "(lambda x, p, training: torch.nn.functional.dropout(x.clone(), p, training, inplace=True))"
    ),
    "dropout_module": Operation(dropout_module, "(lambda x, p, training: torch.nn.Dropout(p).train(training)(x))"),
    "dropout1d_module": Operation(
        dropout1d_module,
        "(lambda x, p, training: torch.nn.Dropout1d(p, inplace=True).train(training)(x.clone()))",
    ),
    "dropout2d_module": Operation(
        dropout2d_module,
        "(lambda x, p, training: torch.nn.Dropout2d(p, inplace=True).train(training)(x.clone()))",
    ),
    "dropout3d_module": Operation(
        dropout3d_module,
        "(lambda x, p, training: torch.nn.Dropout3d(p, inplace=True).train(training)(x.clone()))",
    ),
    "alpha_dropout_module": Operation(
        alpha_dropout_module,
        "(lambda x, p, training: torch.nn.AlphaDropout(p, inplace=True).train(training)(x.clone()))",
    ),
    "feature_alpha_dropout_module": Operation(
        feature_alpha_dropout_module,
        "(lambda x, p, training: torch.nn.FeatureAlphaDropout(p, inplace=True).train(training)(x.clone()))",
    ),
    "native_dropout": Operation(native_dropout, "(lambda x, p, training: torch.native_dropout(x, p, training))"),
    "dropout1d": Operation(F.dropout1d, "torch.nn.functional.dropout1d"),
    "dropout2d": Operation(F.dropout2d, "torch.nn.functional.dropout2d"),
    "dropout3d": Operation(F.dropout3d, "torch.nn.functional.dropout3d"),
    "alpha_dropout": Operation(F.alpha_dropout, "torch.nn.functional.alpha_dropout"),
    "feature_alpha_dropout": Operation(F.feature_alpha_dropout, "torch.nn.functional.feature_alpha_dropout"),
    "dropout_channels_last": Operation(
        dropout_channels_last, f"(lambda x, p, training: torch.nn.functional.dropout({_IMAGES}, p, training))"
    ),
    "dropout2d_channels_last": Operation(
        dropout2d_channels_last, f"(lambda x, p, training: torch.nn.functional.dropout2d({_IMAGES}, p, training))"
    ),
    "dropout_by_vmap": Operation(
        dropout_by_vmap, f"(lambda x, p, training: torch.vmap({_ROW}, randomness='different')(x))"
    ),
    "dropout_by_vmap_same": Operation(
        dropout_by_vmap_same, f"(lambda x, p, training: torch.vmap({_ROW}, randomness='same')(x))"
    ),
    "dropout_between_layers": Operation(
        dropout_between_layers, f"(lambda x, p, training, w=None, r=None: [w := [{_EYE}, {_NIL}] * 2, {_RNN}][-1])"
    ),
    "recurrent_dropout": Operation(
        recurrent_dropout,
        f"(lambda x, p, training, w=None, r=None: [w := [{_EYE}, {_NIL}, {_EYE}, {_EYE}], {_RNN}][-1])",
    ),
    "masked_dropout": Operation(masked_dropout, "(lambda x, masks, p: x * masks / (1 - p))"),
    "mask_probabilities": Operation(
        mask_probabilities, "(lambda masks, p: (masks * (1 - p) + (1 - masks) * p).prod(-1))"
    ),
    "geometric_mean": Operation(geometric_mean, "(lambda logs: torch.softmax(logs.mean(-2), -1))", axes=(2,)),
    "weight_scaled_softmax": Operation(
        weight_scaled_softmax,
        "(lambda x, w, b, keep: torch.softmax((keep * w @ x[..., None])[..., 0] + b, -1))",
        axes=(1, 2, 1),
        product=True,
    ),
    "bootstrap": Operation(bootstrap, "(lambda n, *shape, device='cpu': torch.randint(n, (*shape, n), device=device))"),
    "ensemble_variance": Operation(ensemble_variance, "(lambda v, c, k: v / k + (k - 1) * c / k)"),
    "sampler": Operation(
        sampler,
        "(lambda n, draws, replacement: torch.tensor(list(torch.utils.data.RandomSampler("
        "range(n), replacement=replacement, num_samples=draws))))",
    ),
    "loader": Operation(
        loader,
        "(lambda n, epochs, seed, load=None: [load := torch.utils.data.DataLoader(range(n), batch_size=n, shuffle=True,"
        " generator=torch.Generator().manual_seed(seed)), torch.cat([b for _ in range(epochs) for b in load])][-1])",
    ),
    "visits": Operation(
        visits,
        "(lambda order, seen, n: torch.zeros(*order.shape[:-1], n, dtype=seen.dtype, device=seen.device)"
        ".scatter_add(-1, order, seen))",
    ),
    "repeated_given_two": Operation(
        repeated_given_two,
        "(lambda c, w: (w * (c.sum(-1) == 2) * (c == 2).any(-1)).sum() / (w * (c.sum(-1) == 2)).sum())",
    ),
}
