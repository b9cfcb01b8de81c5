"""Wrong fans, wrong default parameters, wrong gains of layers."""

from __future__ import annotations

import math
from typing import Any

import torch.nn.functional as F
from torch import Generator, Tensor, nn
from torch.nn import init

from claims import mutant
from claims.frame.operations.chapters.initializers import default_parameters
from claims.initialization.fans import fan_in_fan_out_convention, fan_in_uniform_default, glorot_fan_compromise


def fans_of(w: Tensor) -> tuple[int, int]:
    """As torch has them."""
    return w.shape[1] * w[0, 0].numel(), w.shape[0] * w[0, 0].numel()


@mutant(fan_in_fan_out_convention, operation="calculate_fans", trigger="unequal fans")
def fans_exchanged(w: Tensor) -> tuple[int, int]:
    return fans_of(w)[::-1]


@mutant(fan_in_fan_out_convention, operation="calculate_fans", trigger="a kernel")
def kernel_left_out(w: Tensor) -> tuple[int, int]:
    return w.shape[1], w.shape[0]


@mutant(fan_in_fan_out_convention, operation="calculate_fans", trigger="a kernel of two axes of unequal lengths")
def first_axis_of_the_kernel_squared(w: Tensor) -> tuple[int, int]:
    field = w.shape[2] ** (w.ndim - 2) if w.ndim > 2 else 1
    return w.shape[1] * field, w.shape[0] * field


@mutant(fan_in_fan_out_convention, operation="calculate_fans", trigger="an even number of channels")
def fan_in_divided_by_two_groups(w: Tensor) -> tuple[int, int]:
    fan_in, fan_out = fans_of(w)
    return (fan_in // 2 if w.shape[1] > 1 else fan_in), fan_out


@mutant(fan_in_fan_out_convention, operation="kaiming_uniform_", trigger="mode fan_out")
def entries_in_place_of_the_fan_out(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    bound = math.sqrt(3 / (w.numel() if options["mode"] == "fan_out" else fans_of(w)[0]))
    return w.uniform_(-bound, bound, generator=generator)


@mutant(fan_in_fan_out_convention, operation="kaiming_uniform_", trigger="a kernel")
def fans_without_the_kernel(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    bound = math.sqrt(3 / w.shape[1 if options["mode"] == "fan_in" else 0])
    return w.uniform_(-bound, bound, generator=generator)


@mutant(fan_in_fan_out_convention, operation="conv", trigger="several groups")
def groups_ignored_by_summing(x: Tensor, w: Tensor, groups: int) -> Tensor:
    dense = w.repeat(1, groups, *[1] * (w.ndim - 2))
    return (F.conv1d if w.ndim == 3 else F.conv2d)(x, dense)


@mutant(fan_in_fan_out_convention, operation="conv_transpose", trigger="a kernel of more than one entry")
def adjoint_that_drops_the_last_tap(x: Tensor, w: Tensor, groups: int) -> Tensor:
    shorter = w[..., : max(w.shape[-1] - 1, 1)]
    return (F.conv_transpose1d if w.ndim == 3 else F.conv_transpose2d)(x, shorter, groups=groups)


def _redrawn(layer: str, sizes: tuple[int, ...], bound: float, **where: Any) -> list[Tensor]:
    made = default_parameters(layer, sizes, **where)
    return made if layer == "Embedding" else [p.uniform_(-bound, bound) for p in made]


@mutant(fan_in_uniform_default, operation="default_parameters", trigger="a linear layer")
def slope_five_in_place_of_its_root(layer: str, sizes: tuple[int, ...], **where: Any) -> list[Tensor]:
    made = default_parameters(layer, sizes, **where)
    return [init.kaiming_uniform_(made[0], a=5), *made[1:]] if layer == "Linear" else made


@mutant(fan_in_uniform_default, operation="default_parameters", trigger="a linear layer of unequal fans")
def fan_out_by_default(layer: str, sizes: tuple[int, ...], **where: Any) -> list[Tensor]:
    return (
        _redrawn(layer, sizes, 1 / math.sqrt(sizes[1]), **where)
        if layer == "Linear"
        else default_parameters(layer, sizes, **where)
    )


@mutant(fan_in_uniform_default, operation="default_parameters", trigger="a transposed convolution")
def inputs_of_a_transposed_layer(layer: str, sizes: tuple[int, ...], **where: Any) -> list[Tensor]:
    if not layer.startswith("ConvTranspose"):
        return default_parameters(layer, sizes, **where)
    return _redrawn(layer, sizes, 1 / math.sqrt(sizes[0] * sizes[2] ** 2), **where)


@mutant(fan_in_uniform_default, operation="default_parameters", trigger="a linear layer")
def normal_by_default(layer: str, sizes: tuple[int, ...], **where: Any) -> list[Tensor]:
    made = default_parameters(layer, sizes, **where)
    return [made[0].normal_(0, 1 / math.sqrt(3 * sizes[0])), *made[1:]] if layer == "Linear" else made


@mutant(fan_in_uniform_default, operation="default_parameters", trigger="a bias")
def biases_of_zero(layer: str, sizes: tuple[int, ...], **where: Any) -> list[Tensor]:
    return [p.zero_() if p.ndim == 1 else p for p in default_parameters(layer, sizes, **where)]


@mutant(fan_in_uniform_default, operation="default_parameters", trigger="a linear layer with N other than 5M")
def xavier_by_default(layer: str, sizes: tuple[int, ...], **where: Any) -> list[Tensor]:
    made = default_parameters(layer, sizes, **where)
    return [init.xavier_uniform_(made[0]), *made[1:]] if layer == "Linear" else made


@mutant(fan_in_uniform_default, operation="default_parameters", trigger="a grouped convolution")
def groups_of_a_layer_ignored(layer: str, sizes: tuple[int, ...], **where: Any) -> list[Tensor]:
    if layer != "Conv2d" or len(sizes) < 7:
        return default_parameters(layer, sizes, **where)
    return _redrawn(layer, sizes, 1 / math.sqrt(sizes[0] * sizes[2] ** 2), **where)


@mutant(fan_in_uniform_default, operation="default_parameters", trigger="a recurrent layer")
def inputs_of_a_recurrent_layer(layer: str, sizes: tuple[int, ...], **where: Any) -> list[Tensor]:
    if not issubclass(getattr(nn, layer), nn.RNNBase):
        return default_parameters(layer, sizes, **where)
    return _redrawn(layer, sizes, 1 / math.sqrt(sizes[0]), **where)


@mutant(fan_in_uniform_default, operation="kaiming_uniform_")
def slope_ignored_in_the_spelling(w: Tensor, a: float, *, generator: Generator | None = None) -> Tensor:
    return init.kaiming_uniform_(w, generator=generator)


@mutant(glorot_fan_compromise, operation="xavier_variance", trigger="M other than N")
def variance_of_the_inputs(m: Tensor, n: Tensor) -> Tensor:
    return 1 / m


@mutant(glorot_fan_compromise, operation="xavier_variance", trigger="M other than N")
def variance_of_the_outputs(m: Tensor, n: Tensor) -> Tensor:
    return 1 / n


@mutant(glorot_fan_compromise, operation="xavier_variance")
def half_of_the_compromise(m: Tensor, n: Tensor) -> Tensor:
    return 1 / (m + n)


@mutant(glorot_fan_compromise, operation="xavier_variance", trigger="M other than N")
def geometric_compromise(m: Tensor, n: Tensor) -> Tensor:
    return 1 / (m * n).sqrt()


@mutant(glorot_fan_compromise, operation="xavier_uniform_")
def bound_of_half_the_compromise(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    bound = gain * math.sqrt(3 / sum(fans_of(w)))
    return w.uniform_(-bound, bound, generator=generator)


@mutant(glorot_fan_compromise, operation="xavier_normal_", trigger="M other than N")
def product_of_the_fans(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    return w.normal_(0, gain * math.sqrt(2 / math.prod(fans_of(w))), generator=generator)


@mutant(glorot_fan_compromise, operation="linear", trigger="the gradient")
def gradient_halved(x: Tensor, w: Tensor) -> Tensor:
    return F.linear(x / 2 + x.detach() / 2, w)
