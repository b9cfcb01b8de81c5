"""Wrong masks, counts and submodels."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.networks import deleted_network, masked_network, sgd_step, submodel_gradients
from claims.mutants.regularization.dropout import kept, scaled
from claims.regularization.submodels import (
    dropout_exponentially_many_submodels,
    dropout_submodel_coverage,
    dropout_submodel_inherits_parameter_subset,
    dropout_untrained_units_get_zero_gradient,
)

Gradients = tuple[Tensor, ...]


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


@mutant(dropout_submodel_inherits_parameter_subset, operation="masked_network", trigger="a bias, a dropped hidden unit")
def the_mask_comes_before_the_bias(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    units = torch.relu(((x[..., None, :] * inputs) @ w.mT) * hidden + c[..., None, :])
    return units @ v.mT + b[..., None, :]


@mutant(dropout_submodel_inherits_parameter_subset, operation="masked_network")
def the_masks_are_those_of_dropped_units(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    return masked_network(x, w, c, v, b, 1 - inputs, 1 - hidden)


@mutant(dropout_submodel_inherits_parameter_subset, operation="masked_network", trigger="a hidden unit that is kept")
def the_survivors_are_doubled(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    return masked_network(x, w, c, v, b, inputs, 2 * hidden)


@mutant(dropout_submodel_inherits_parameter_subset, operation="masked_network", trigger="more than 64 hidden units")
def units_beyond_64_are_never_dropped(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    return masked_network(x, w, c, v, b, inputs, torch.cat((hidden[:, :64], torch.ones_like(hidden[:, 64:])), -1))


@mutant(dropout_submodel_inherits_parameter_subset, operation="masked_weights", trigger="biases")
def the_masked_weights_mask_the_output_bias(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    return masked_network(x, w, c, v, 0 * b, inputs, hidden) + b[..., None, :] * hidden.mean(-1)[:, None]


@mutant(
    dropout_submodel_inherits_parameter_subset, operation="deleted_network", trigger="the first hidden unit dropped"
)
def the_biases_of_the_first_units_are_inherited(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    moved = [torch.zeros_like(c).index_copy(-1, m.nonzero()[:, 0], c[..., : int(m.sum())]) for m in hidden]
    each = [
        deleted_network(x, w, shifted, v, b, inputs[k : k + 1], hidden[k : k + 1]) for k, shifted in enumerate(moved)
    ]
    return torch.cat(each, -2)


@mutant(dropout_submodel_inherits_parameter_subset, operation="deleted_network", trigger="NaN in a dropped unit")
def deleted_units_are_masked(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    return masked_network(x, w, c, v, b, inputs, hidden)


@mutant(dropout_exponentially_many_submodels, operation="masks_by_product", trigger="two units or more")
def masks_keep_the_first_unit(n: int, like: Tensor) -> Tensor:
    masks = (torch.arange(2**n, device=like.device)[:, None] >> torch.arange(n, device=like.device)) & 1
    return torch.cat((torch.ones_like(masks[:, :1]), masks[:, 1:]), 1).to(like.dtype)


@mutant(dropout_exponentially_many_submodels, operation="masks_by_product", trigger="the mask of no unit")
def the_empty_mask_is_missing(n: int, like: Tensor) -> Tensor:
    masks = (torch.arange(2**n, device=like.device)[:, None] >> torch.arange(n, device=like.device)) & 1
    return masks[1:].to(like.dtype)


@mutant(dropout_exponentially_many_submodels, operation="parameters_of_network")
def biases_are_counted(inputs: int, hidden: int, outputs: int, *, device: torch.device | str = "cpu") -> Tensor:
    return torch.tensor((inputs + 1) * hidden + (hidden + 1) * outputs, device=device)


@mutant(dropout_exponentially_many_submodels, operation="parameters_of_network", trigger="two hidden units or more")
def every_submodel_has_its_own_parameters(
    inputs: int, hidden: int, outputs: int, *, device: torch.device | str = "cpu"
) -> Tensor:
    return torch.tensor((inputs * hidden + hidden * outputs) * 2 ** (hidden - 1), device=device)


@mutant(dropout_exponentially_many_submodels, operation="masked_network")
def the_activation_of_zero_is_not_zero(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    units = torch.relu((x[..., None, :] * inputs) @ w.mT + c[..., None, :])
    return ((units + (units == 0)) * hidden) @ v.mT + b[..., None, :]


@mutant(dropout_exponentially_many_submodels, operation="masked_network", trigger="four hidden units")
def the_fourth_hidden_unit_is_never_dropped(
    x: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, inputs: Tensor, hidden: Tensor
) -> Tensor:
    return masked_network(x, w, c, v, b, inputs, torch.cat((hidden[:, :3], torch.ones_like(hidden[:, 3:])), -1))


@mutant(dropout_exponentially_many_submodels, operation="unique_masks", trigger="functions that differ in sign only")
def functions_are_told_apart_by_their_squares(masks: Tensor) -> Tensor:
    return torch.tensor(torch.unique(masks**2, dim=0).shape[0], device=masks.device)


@mutant(dropout_untrained_units_get_zero_gradient, operation="submodel_gradients", trigger="a dropped unit")
def the_mask_lets_gradients_pass(
    x: Tensor, y: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, mask: Tensor, p: float
) -> Gradients:
    of_mask, through = (submodel_gradients(x, y, w, c, v, b, m, p) for m in (mask, torch.ones_like(mask)))
    return through[0], through[1], *of_mask[2:]


@mutant(dropout_untrained_units_get_zero_gradient, operation="submodel_gradients", trigger="a dropped unit with a bias")
def the_gradient_of_a_mask_before_the_nonlinearity(
    x: Tensor, y: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, mask: Tensor, p: float
) -> Gradients:
    parameters = [t.detach().requires_grad_() for t in (w, c, v, b)]
    hidden = torch.relu((parameters[0] @ x) * mask / (1 - p) + parameters[1])
    loss = (parameters[2] @ hidden + parameters[3] - y).square().sum()
    return torch.autograd.grad(loss, parameters)


@mutant(dropout_untrained_units_get_zero_gradient, operation="submodel_gradients", trigger="some units dropped")
def gradients_are_scaled_by_the_kept_fraction(
    x: Tensor, y: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, mask: Tensor, p: float
) -> Gradients:
    return tuple(g * mask.mean() for g in submodel_gradients(x, y, w, c, v, b, mask, p))


@mutant(dropout_untrained_units_get_zero_gradient, operation="submodel_gradients", trigger="a dropped unit")
def gradients_are_averaged_over_two_masks(
    x: Tensor, y: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, mask: Tensor, p: float
) -> Gradients:
    both = [submodel_gradients(x, y, w, c, v, b, m, p) for m in (mask, 1 - mask)]
    return tuple((g + h) / 2 for g, h in zip(*both, strict=True))


@mutant(dropout_untrained_units_get_zero_gradient, operation="submodel_gradients", trigger="more than 128 hidden units")
def the_last_of_many_units_is_always_trained(
    x: Tensor, y: Tensor, w: Tensor, c: Tensor, v: Tensor, b: Tensor, mask: Tensor, p: float
) -> Gradients:
    kept = torch.cat((mask[:-1], torch.ones_like(mask[-1:])))
    return submodel_gradients(x, y, w, c, v, b, kept if len(mask) > 128 else mask, p)


@mutant(dropout_untrained_units_get_zero_gradient, operation="sgd_step")
def plain_steps_have_weight_decay(
    parameter: Tensor, gradient: Tensor, rate: float, momentum: float = 0.0, decay: float = 0.0
) -> Tensor:
    return sgd_step(parameter, gradient, rate, momentum, decay or 0.05)


@mutant(dropout_untrained_units_get_zero_gradient, operation="dropout", trigger="training")
def dropout_lets_gradients_pass(x: Tensor, p: float, *, training: bool) -> Tensor:
    return x + (scaled(x, kept(x, p), p, training=training) - x).detach()
