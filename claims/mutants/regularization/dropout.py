"""Wrong dropout, and wrong averages over its submodels."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.regularization.dropout import (
    dropout_expectation_linear,
    dropout_independent_mask_per_example,
    dropout_inverted_scaling,
    dropout_weight_scaling_is_geometric_mean_for_softmax,
)


def kept(like: Tensor, p: float) -> Tensor:
    """A mask of the same shape, in which a unit is kept with probability 1 - p."""
    return torch.empty_like(like).bernoulli_(1 - p)


def scaled(x: Tensor, mask: Tensor, p: float, *, training: bool) -> Tensor:
    """Correct dropout under a given mask."""
    return x * mask / (1 - p) if training and p < 1 else x * mask if training else x


@mutant(dropout_inverted_scaling, operation="dropout")
def survivors_are_not_scaled(x: Tensor, p: float, *, training: bool) -> Tensor:
    return x * kept(x, p) if training else x


@mutant(dropout_inverted_scaling, operation="dropout", trigger="p other than 1/2")
def survivors_are_divided_by_p(x: Tensor, p: float, *, training: bool) -> Tensor:
    return x * kept(x, p) / p if training and p > 0 else x


@mutant(dropout_inverted_scaling, operation="dropout", trigger="p > 0")
def survivors_are_multiplied_by_p(x: Tensor, p: float, *, training: bool) -> Tensor:
    return x * kept(x, p) * p if training and p > 0 else x


@mutant(dropout_inverted_scaling, operation="dropout", trigger="p other than 1/2")
def units_are_dropped_with_probability_1_minus_p(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x, 1 - p), p, training=training)


@mutant(dropout_inverted_scaling, operation="dropout", trigger="evaluation")
def dropout_stays_active_in_evaluation(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x, p), p, training=True)


@mutant(dropout_inverted_scaling, operation="dropout", trigger="evaluation")
def evaluation_scales_too(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x, p), p, training=True) if training else x * (1 - p)


@mutant(dropout_inverted_scaling, operation="dropout", trigger="-0 in evaluation")
def evaluation_loses_the_sign_of_zero(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x, p), p, training=True) if training else x + 0


@mutant(dropout_inverted_scaling, operation="dropout", trigger="-0 in training, p = 0")
def survivors_lose_the_sign_of_zero(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x, p), p, training=True) + 0 if training else x


@mutant(dropout_inverted_scaling, operation="dropout2d", trigger="-0 in a surviving channel")
def surviving_channels_lose_the_sign_of_zero(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x[:, :, :1, :1], p), p, training=True) + 0 if training else x


@mutant(dropout_inverted_scaling, operation="native_dropout", trigger="the mask returned")
def the_mask_returned_marks_what_is_dropped(x: Tensor, p: float, *, training: bool) -> tuple[Tensor, Tensor]:
    y, mask = torch.native_dropout(x, p, training)
    return y, ~mask


@mutant(dropout_inverted_scaling, operation="dropout", trigger="the backward pass")
def the_backward_pass_draws_its_own_mask(x: Tensor, p: float, *, training: bool) -> Tensor:
    if not training:
        return x
    tangent = scaled(x, kept(x, p), p, training=True)
    return tangent + (scaled(x, kept(x, p), p, training=True) - tangent).detach()


@mutant(dropout_inverted_scaling, operation="dropout", trigger="1/(1-p) with more than 11 bits")
def the_scale_is_rounded_to_float16(x: Tensor, p: float, *, training: bool) -> Tensor:
    if not training or p == 1:
        return scaled(x, kept(x, p), p, training=training)
    scale = torch.tensor(1 / (1 - p), dtype=torch.float16).to(x.dtype)
    return x * kept(x, p) * scale


@mutant(dropout_inverted_scaling, operation="dropout", trigger="evaluation, no multiple of 16 numbers")
def evaluation_loses_the_last_number_of_a_tail(x: Tensor, p: float, *, training: bool) -> Tensor:
    if training or x.numel() % 16 == 0:
        return scaled(x, kept(x, p), p, training=training)
    return x.flatten().index_fill(0, torch.tensor([x.numel() - 1], device=x.device), 0.0).view(x.shape)


@mutant(dropout_inverted_scaling, operation="dropout", trigger="p of one in a thousand")
def the_random_numbers_are_of_half_precision(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, (torch.rand(x.shape, dtype=torch.float16, device=x.device) >= p).to(x.dtype), p, training=training)


@mutant(dropout_inverted_scaling, operation="dropout", trigger="a half type", dtypes=("float16", "bfloat16"))
def the_output_is_of_single_precision(x: Tensor, p: float, *, training: bool) -> Tensor:
    return torch.nn.functional.dropout(x.float(), p, training)


@mutant(
    dropout_inverted_scaling, dropout_independent_mask_per_example, operation="dropout", trigger="more than one example"
)
def the_mask_is_shared_across_the_batch(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x[:1], p), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout2d", trigger="more than one example")
def channels_are_dropped_in_all_examples_at_once(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x[:1, :, :1, :1], p), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout_channels_last", trigger="channels next to each other")
def channels_last_images_share_one_mask(x: Tensor, p: float, *, training: bool) -> Tensor:
    images = x.contiguous(memory_format=torch.channels_last)
    return scaled(x, kept(x if images.is_contiguous() else x[:1], p), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="more than one unit")
def units_of_an_example_are_dropped_together(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x[:, :1], p), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="every other example")
def neighbouring_examples_are_correlated(x: Tensor, p: float, *, training: bool) -> Tensor:
    mask = kept(x, p)
    copied = torch.rand(mask[1::2].shape, device=x.device) < 0.1
    mask[1::2] = torch.where(copied, mask[: 2 * len(copied) : 2], mask[1::2])
    return scaled(x, mask, p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="every other example")
def neighbouring_examples_are_complementary(x: Tensor, p: float, *, training: bool) -> Tensor:
    uniform = torch.rand(x.shape, device=x.device)
    uniform[1::2] = 1 - uniform[: 2 * (len(x) // 2) : 2]
    return scaled(x, (uniform >= p).to(x.dtype), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="the next pass")
def every_pass_has_the_same_mask(x: Tensor, p: float, *, training: bool) -> Tensor:
    uniform = torch.rand(x.shape, generator=torch.Generator().manual_seed(0)).to(x.device)
    return scaled(x, (uniform >= p).to(x.dtype), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout1d", trigger="more than eight channels")
def channels_eight_apart_share_their_mask(x: Tensor, p: float, *, training: bool) -> Tensor:
    mask = kept(x[:, :8, :1], p).repeat(1, -(-x.shape[1] // 8), 1)[:, : x.shape[1]]
    return scaled(x, mask, p, training=training)


@mutant(dropout_independent_mask_per_example, operation="native_dropout", trigger="more than 1000 units")
def the_mask_repeats_every_1000_units(x: Tensor, p: float, *, training: bool) -> tuple[Tensor, Tensor]:
    mask = kept(x.reshape(-1)[:1000], p).repeat(-(-x.numel() // 1000))[: x.numel()].reshape(x.shape)
    return scaled(x, mask, p, training=training), mask.bool()


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="tails of 16 numbers")
def the_last_numbers_behind_whole_vectors_are_kept(x: Tensor, p: float, *, training: bool) -> Tensor:
    mask = kept(x, p).flatten()
    mask[mask.numel() // 16 * 16 or mask.numel() :] = 1.0
    return scaled(x, mask.view(x.shape), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="the next pass")
def the_next_pass_begins_four_numbers_later(x: Tensor, p: float, *, training: bool) -> Tensor:
    state = torch.get_rng_state()
    uniform = torch.rand(x.shape)
    torch.set_rng_state(state)
    torch.rand(4)
    return scaled(x, (uniform >= p).to(x), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="more than 131072 units")
def the_mask_repeats_every_131072_units(x: Tensor, p: float, *, training: bool) -> Tensor:
    mask = kept(x.reshape(-1)[: 1 << 17], p).repeat(-(-x.numel() >> 17) or 1)[: x.numel()]
    return scaled(x, mask.view(x.shape), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout")
def as_many_units_are_dropped_in_every_pass(x: Tensor, p: float, *, training: bool) -> Tensor:
    order = torch.rand(x.numel(), device=x.device).argsort().view(x.shape)
    return scaled(x, (order >= round(p * x.numel())).to(x.dtype), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="two units or more")
def units_mirror_each_other(x: Tensor, p: float, *, training: bool) -> Tensor:
    uniform = torch.rand(x.shape, device=x.device)
    half = x.shape[-1] // 2
    uniform[..., :half] = 1 - uniform.flip(-1)[..., :half]
    return scaled(x, (uniform >= p).to(x.dtype), p, training=training)


@mutant(dropout_independent_mask_per_example, operation="dropout", trigger="more than eight numbers")
def every_second_vector_reuses_a_lane(x: Tensor, p: float, *, training: bool) -> Tensor:
    uniform = torch.rand(x.numel(), device=x.device)
    lane = uniform[3::16]
    uniform[11::16] = lane[: len(uniform[11::16])]
    return scaled(x, (uniform.view(x.shape) >= p).to(x.dtype), p, training=training)


@mutant(dropout_inverted_scaling, operation="dropout2d_module", trigger="in place")
def in_place_channels_are_not_scaled(x: Tensor, p: float, *, training: bool) -> Tensor:
    return x * kept(x[:, :, :1, :1], p) if training else x


@mutant(dropout_inverted_scaling, operation="alpha_dropout_module", trigger="p = 1")
def dropping_everything_saturates(x: Tensor, p: float, *, training: bool) -> Tensor:
    if training and p == 1:
        return torch.full_like(x, -1.7580993408473766)
    return torch.nn.functional.alpha_dropout(x, p, training)


@mutant(dropout_inverted_scaling, operation="feature_alpha_dropout_module", trigger="evaluation")
def alpha_dropout_of_channels_is_active_in_evaluation(x: Tensor, p: float, *, training: bool) -> Tensor:
    return torch.nn.functional.feature_alpha_dropout(x, p, training=True)


@mutant(dropout_expectation_linear, operation="mask_probabilities", trigger="many units", dtypes=("float16",))
def rare_masks_never_occur(masks: Tensor, p: float) -> Tensor:
    product = (masks * (1 - p) + (1 - masks) * p).prod(-1)
    return torch.where(product < torch.finfo(product.dtype).tiny, 0.0, product)


@mutant(dropout_expectation_linear, operation="masked_dropout")
def masking_does_not_scale(x: Tensor, masks: Tensor, p: float) -> Tensor:
    return x * masks


@mutant(dropout_expectation_linear, operation="mask_probabilities", trigger="p other than 1/2")
def dropping_and_keeping_are_swapped(masks: Tensor, p: float) -> Tensor:
    return (masks * p + (1 - masks) * (1 - p)).prod(-1)


@mutant(dropout_expectation_linear, operation="mask_probabilities", trigger="p other than 1/2")
def all_masks_are_equally_likely(masks: Tensor, p: float) -> Tensor:
    return masks.new_full(masks.shape[:-1], 2.0 ** -masks.shape[-1])


@mutant(dropout_weight_scaling_is_geometric_mean_for_softmax, operation="geometric_mean")
def submodels_are_averaged_arithmetically(log_probabilities: Tensor) -> Tensor:
    return log_probabilities.exp().mean(-2)


@mutant(dropout_weight_scaling_is_geometric_mean_for_softmax, operation="geometric_mean")
def the_geometric_mean_is_not_normalised(log_probabilities: Tensor) -> Tensor:
    return log_probabilities.mean(-2).exp()


@mutant(dropout_weight_scaling_is_geometric_mean_for_softmax, operation="weight_scaled_softmax")
def the_bias_is_scaled_too(x: Tensor, weight: Tensor, bias: Tensor, keep: float) -> Tensor:
    return torch.softmax(keep * ((weight @ x[..., None])[..., 0] + bias), -1)


@mutant(dropout_weight_scaling_is_geometric_mean_for_softmax, operation="weight_scaled_softmax")
def the_weights_are_not_scaled(x: Tensor, weight: Tensor, bias: Tensor, keep: float) -> Tensor:
    return torch.softmax((weight @ x[..., None])[..., 0] + bias, -1)
