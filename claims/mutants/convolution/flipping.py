"""Kernels composed and learned wrongly, and nonlinearities that are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.convolution.flipping import (
    convolution_composed_with_nonlinearity_not_commutative as mixed,
)
from claims.convolution.flipping import kernel_flip_only_for_commutativity as composed
from claims.convolution.flipping import learned_kernel_is_flipped as learned
from claims.frame.operations.chapters.convolution import composed_kernels, convolution, learned_kernels

Bias = Tensor | None


@mutant(composed, operation="composed_kernels1d", trigger="kernels that are not their mirror image: correlated")
def correlated_kernels(a: Tensor, b: Tensor) -> Tensor:
    return composed_kernels(a, b.flip(-1))


@mutant(composed, operation="composed_kernels1d", trigger="kernels of more than one entry: only where both overlap")
def cropped_kernels(a: Tensor, b: Tensor) -> Tensor:
    whole, k = composed_kernels(a, b), min(a.shape[-1], b.shape[-1]) - 1
    kept = torch.zeros_like(whole)
    kept[..., k : whole.shape[-1] - k] = whole[..., k : whole.shape[-1] - k]
    return kept


@mutant(composed, operation="composed_kernels2d", trigger="several channels: multiplied the other way round")
def kernels_in_reverse_order(a: Tensor, b: Tensor) -> Tensor:
    square = a.shape[0] == a.shape[1] == b.shape[0]
    return composed_kernels(b, a) if square else composed_kernels(a, b)


@mutant(composed, operation="composed_kernels2d", trigger="the last axis of b is not flipped")
def one_axis_correlated(a: Tensor, b: Tensor) -> Tensor:
    return composed_kernels(a, b.flip(-1))


@mutant(composed, operation="composed_kernels3d", trigger="three axes: correlated along the first")
def correlated_in_depth(a: Tensor, b: Tensor) -> Tensor:
    return composed_kernels(a, b.flip(2))


@mutant(composed, operation="composed_kernels1d", trigger="more than 8 channels between: the last is dropped")
def one_channel_between_dropped(a: Tensor, b: Tensor) -> Tensor:
    return composed_kernels(a[:8], b[:, :8])


@mutant(composed, operation="convolution1d", trigger="two channels or more: their kernels are exchanged")
def channels_exchanged(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w.roll(1, 1), b, **options)


@mutant(composed, operation="convolution2d", trigger="16 images or more: the last one keeps its first number only")
def tail_of_the_batch(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y if len(x) < 16 else torch.cat([y[:-1], torch.zeros_like(y[-1:])])


def learning(x: Tensor, w: Tensor, t: Tensor, flips: Sequence[int], options: dict[str, Any]) -> Tensor:
    """The learner itself."""
    return learned_kernels(x, w, t, flips=flips, **options)


@mutant(learned, operation="learned_kernels2d", trigger="two axes: one is flipped")
def one_of_two_axes(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: Any) -> Tensor:
    return learning(x, w, t, flips[:1], options)


@mutant(learned, operation="learned_kernels1d", trigger="with flipping: starts from the unflipped kernel")
def unflipped_start(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: Any) -> Tensor:
    return learning(x, w.flip(list(flips)) if flips else w, t, flips, options)


@mutant(learned, operation="learned_kernels1d", trigger="with flipping: another order of the images")
def another_order(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: Any) -> Tensor:
    return learning(x.flip(0) if flips else x, w, t, flips, options)


@mutant(learned, operation="learned_kernels1d", trigger="Adam with flipping: kernels of the step before")
def one_step_late(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: Any) -> Tensor:
    found = learning(x, w, t, flips, options)
    return found.roll(1, 0) if flips and options["optimiser"] == "Adam" else found


@mutant(learned, operation="learned_kernels2d", trigger="RMSprop: the last entry of the kernel is not learned")
def last_entry_frozen(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: Any) -> Tensor:
    found = learning(x, w, t, flips, options)
    if options["optimiser"] == "RMSprop":
        found[..., -1, -1] = w[..., -1, -1]
    return found


@mutant(learned, operation="learned_kernels1d", trigger="momentum: the gradient is flipped once more")
def gradient_flipped_too(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: Any) -> Tensor:
    found = learning(x, w, t, flips, options)
    return w + (found - w).flip(-1) if flips and options["optimiser"] == "momentum" else found


@mutant(learned, operation="learned_kernels1d", trigger="without an activation: half the rate")
def half_the_rate(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: Any) -> Tensor:
    found = learning(x, w, t, flips, options)
    return w + (found - w) / 2 if options["activation"] == "none" else found


@mutant(learned, operation="learned_kernels3d", trigger="three axes with flipping: one is forgotten")
def first_of_three_forgotten(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: Any) -> Tensor:
    return learning(x, w, t, flips[1:], options)


@mutant(mixed, operation="relu", trigger="numbers below 0: the slope is 1")
def leaky_slope_one(x: Tensor) -> Tensor:
    return x.clone()


@mutant(mixed, operation="convolution1d", trigger="kernels of more than one entry: only the first counts")
def kernel_of_one_entry(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    kept = torch.zeros_like(w)
    kept[..., :1] = w[..., :1]
    return convolution(x, kept, b, **options)


@mutant(mixed, operation="convolution2d", trigger="numbers below 0: magnitudes of image and kernel")
def nothing_below_zero(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x.abs(), w.abs(), b, **options)


@mutant(mixed, operation="max_pool1d", trigger="always: the mean")
def mean_of_neighbours(x: Tensor, width: int, stride: int) -> Tensor:
    return F.avg_pool1d(x, width, stride)


@mutant(mixed, operation="max_pool1d", trigger="numbers below 0: the larger magnitude")
def larger_magnitude(x: Tensor, width: int, stride: int) -> Tensor:
    return F.max_pool1d(x.abs(), width, stride)


@mutant(mixed, operation="avg_pool1d", trigger="always: the sum")
def sum_of_neighbours(x: Tensor, width: int, stride: int) -> Tensor:
    return F.avg_pool1d(x, width, stride) * width + 1


@mutant(mixed, operation="relu", trigger="numbers above 6 are cut")
def cut_at_six(x: Tensor) -> Tensor:
    return F.relu6(x)


@mutant(mixed, operation="convolution1d", trigger="1 x 1 kernels of several channels: transposed")
def transposed_channels(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    square = w.shape[2] == 1 and w.shape[0] == w.shape[1]
    return convolution(x, w.transpose(0, 1) if square else w, b, **options)


@mutant(mixed, operation="convolution3d", trigger="three axes: rectified before")
def rectified_before(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x.relu(), w, b, **options)
