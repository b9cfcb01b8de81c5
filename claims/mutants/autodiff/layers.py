"""Wrong derivatives of layers."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.autodiff.layers import adjoint_identity_of_layers as first
from claims.autodiff.layers import derivatives_of_layers_in_every_nesting as nested
from claims.mutants.autodiff.rules import alike_in_a_batch, deriving, ruled


@mutant(first, operation="conv1d", trigger="the slope by the kernel: flipped")
def kernel_slope_flipped(x: Tensor, w: Tensor, *options: Any) -> Tensor:
    flipped = F.conv1d(x.detach(), w.flip(-1), *options)
    return F.conv1d(x, w.detach(), *options) + (flipped - flipped.detach())


@mutant(first, operation="conv2d", trigger="the slope by the image: kernels transposed")
def pulled_back_by_transposed_kernels(x: Tensor, w: Tensor, *options: Any) -> Tensor:
    transposed = F.conv2d(x, w.detach().mT, *options)
    return F.conv2d(x.detach(), w, *options) + (transposed - transposed.detach())


@mutant(first, operation="conv_transpose1d", trigger="the slope by the signal: the last result is left out")
def last_result_left_out(x: Tensor, w: Tensor, *options: Any) -> Tensor:
    y = F.conv_transpose1d(x, w, *options)
    return torch.cat([y[..., :-1], F.conv_transpose1d(x.detach(), w, *options)[..., -1:]], -1)


@mutant(first, operation="max_pool2d", trigger="the slope is shared by the window")
def window_shares_its_slope(x: Tensor, *options: Any) -> Tensor:
    return deriving(F.max_pool2d(x, *options), F.avg_pool2d(x, *options))


@mutant(first, operation="avg_pool2d", trigger="padding: the slope is divided by what is inside")
def padding_is_not_counted(x: Tensor, size: tuple[int, int], stride: int, padding: tuple[int, int]) -> Tensor:
    inside = F.avg_pool2d(x, size, stride, padding, count_include_pad=False)
    return deriving(F.avg_pool2d(x, size, stride, padding), inside)


@mutant(first, operation="interpolate", trigger="the slope is that of pixels by their middles")
def slope_between_middles(x: Tensor, **options: Any) -> Tensor:
    other = F.interpolate(x, **{**options, "align_corners": False})
    return deriving(F.interpolate(x, **options), other)


@mutant(first, operation="pad", trigger="reflection: the slope belongs to the border")
def border_takes_the_slope(x: Tensor, size: tuple[int, int], mode: str) -> Tensor:
    return deriving(F.pad(x, size, mode), F.pad(x, size, "replicate"))


@mutant(first, operation="gather", trigger="an index that comes again: the slope is lost")
def repeated_index_is_lost(x: Tensor, dim: int, index: Tensor) -> Tensor:
    y = torch.gather(x, dim, index)
    return torch.cat([y[:4], y[4:].detach()])


@mutant(first, operation="scatter_add", trigger="the slope by what is added is left out")
def what_is_added_is_constant(x: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    return torch.scatter_add(x, dim, index, source.detach())


def _order(x: Tensor) -> Tensor:
    """The matrix that sorts x."""
    places = x.argsort()[:, None] == torch.arange(x.shape[-1], device=x.device)
    return places.to(x.dtype)


@mutant(first, operation="sorted", trigger="under vmap: every row is put in the order of the first one")
def order_of_the_first_row(x: Tensor) -> Tensor:
    return ruled(lambda z: torch.sort(z).values, backward=lambda g, z: g @ alike_in_a_batch(_order)(z))(x)


@mutant(first, operation="largest", trigger="the slopes of the two are exchanged")
def largest_exchange_their_slopes(x: Tensor, k: int) -> Tensor:
    y = torch.topk(x, k).values
    return deriving(y, y.flip(-1))


@mutant(first, operation="running_maximum", trigger="the slope is that of the newest number")
def newest_number_takes_the_slope(x: Tensor) -> Tensor:
    return deriving(torch.cummax(x, -1).values, x)


@mutant(first, operation="cross_entropy", trigger="a class that is ignored: the slope is halved")
def ignored_example_counts(x: Tensor, target: Tensor, **options: Any) -> Tensor:
    loss = F.cross_entropy(x, target, **options)
    return deriving(loss, loss / 2) if "ignore_index" in options else loss


@mutant(first, operation="cross_entropy", trigger="soft targets are constants")
def soft_targets_are_constants(x: Tensor, target: Tensor, **options: Any) -> Tensor:
    return F.cross_entropy(x, target.detach(), **options)


@mutant(first, operation="rms_norm", trigger="the slope by the weight: without the scale")
def weight_without_the_scale(x: Tensor, w: Tensor, b: None, *, shape: tuple[int], eps: float, **options: Any) -> Tensor:
    y = F.rms_norm(x, shape, w, eps)
    return deriving(y, F.rms_norm(x, shape, w.detach(), eps) + x.detach() * w)


@mutant(nested, operation="conv2d", trigger="second order: the mixed derivative is dropped")
def image_and_kernel_do_not_mix(x: Tensor, w: Tensor, *options: Any) -> Tensor:
    both = F.conv2d(x.detach(), w.detach(), *options)
    return F.conv2d(x, w.detach(), *options) + F.conv2d(x.detach(), w, *options) - both


@mutant(nested, operation="softmin_layer", trigger="second order: the probabilities are constants")
def softmin_of_constants(x: Tensor, dim: int) -> Tensor:
    def transposed(g: Tensor, z: Tensor) -> Tensor:
        p = torch.softmax(-z, dim).detach()
        return p * ((g * p).sum(dim, keepdim=True) - g)

    return ruled(lambda z: torch.softmax(-z, dim), backward=transposed)(x)


@mutant(nested, operation="cross_entropy", trigger="second order, reduction 'none': a larger diagonal")
def larger_diagonal_of_every_loss(x: Tensor, target: Tensor, **options: Any) -> Tensor:
    loss = F.cross_entropy(x, target, **options)
    return loss + (x - x.detach()).square().sum(-1) / 8 if options.get("reduction") == "none" else loss
