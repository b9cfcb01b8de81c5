"""Wrong masks, counts and submodels."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.mutants.regularization.dropout import kept, scaled
from claims.regularization.submodels import dropout_submodel_coverage


@mutant(dropout_submodel_coverage, operation="dropout")
def one_mask_for_all_examples_of_a_batch(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x[:, :1], p).expand_as(x), p, training=training)


@mutant(dropout_submodel_coverage, operation="dropout", trigger="ten examples or more")
def the_masks_of_a_batch_repeat(x: Tensor, p: float, *, training: bool) -> Tensor:
    period = max(1, 2 * x.shape[1] // 5)
    masks = kept(x[:, :period], p)
    return scaled(x, masks[:, torch.arange(x.shape[1], device=x.device) % period], p, training=training)


@mutant(dropout_submodel_coverage, operation="dropout")
def dropout_has_another_rate(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x, 0.1), p, training=training)


@mutant(dropout_submodel_coverage, operation="dropout", trigger="more draws than a few, of 3 to 16 units")
def masks_are_drawn_without_replacement(x: Tensor, p: float, *, training: bool) -> Tensor:
    runs, examples, units = x.shape
    if not 3 <= units <= 16 or examples > 2**units:
        return scaled(x, kept(x, p), p, training=training)
    numbers = torch.rand(runs, 2**units, device=x.device).argsort(-1)[:, :examples, None]
    masks = (numbers >> torch.arange(units, device=x.device)) & 1
    return scaled(x, masks.to(x.dtype), p, training=training)


@mutant(dropout_submodel_coverage, operation="dropout", trigger="two units or more")
def neighbouring_units_are_dropped_together(x: Tensor, p: float, *, training: bool) -> Tensor:
    masks = kept(x, p)
    return scaled(x, masks[..., torch.arange(x.shape[-1], device=x.device) // 2 * 2], p, training=training)


@mutant(dropout_submodel_coverage, operation="dropout", trigger="a thousand examples or more")
def long_runs_start_again(x: Tensor, p: float, *, training: bool) -> Tensor:
    masks = kept(x, p)
    if x.shape[1] >= 1000:
        masks[:, x.shape[1] // 2 :] = masks[:, : -(x.shape[1] // 2)]
    return scaled(x, masks, p, training=training)


@mutant(dropout_submodel_coverage, operation="distinct_masks", trigger="masks that are permutations of each other")
def masks_count_up_to_permutation(masks: Tensor) -> Tensor:
    ordered = masks.sum(-1).sort(-1).values
    return 1 + (ordered[..., 1:] != ordered[..., :-1]).sum(-1)


@mutant(dropout_submodel_coverage, operation="distinct_masks", trigger="more than 16 units")
def masks_are_told_apart_by_16_units(masks: Tensor) -> Tensor:
    places = 2 ** torch.arange(masks.shape[-1], device=masks.device).clamp(max=16) % 2**16
    ordered = (masks.to(torch.int64) * places).sum(-1).sort(-1).values
    return 1 + (ordered[..., 1:] != ordered[..., :-1]).sum(-1)
