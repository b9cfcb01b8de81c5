"""Wrong means and norms of windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.convolution.pooling import average_pooling_definition, l2_norm_pooling, pooling_of_volumes
from claims.frame.operations.chapters.pooling import pool_derivatives, pooled
from claims.mutants.autodiff.rules import deriving
from claims.mutants.convolution.pooling import Result, each

MEANS = (average_pooling_definition, pooling_of_volumes)


@mutant(*MEANS, operation="pooled", trigger="windows of more than one place: their sum")
def sum_of_the_window(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    return y * math.prod(each(options["kernel_size"], 1)) if options["pool"] == "avg_pool" else y


@mutant(*MEANS, operation="pooled", trigger="the largest number in place of the mean")
def maximum_of_the_window(x: Tensor, **options: Any) -> Result:
    if "avg" not in options["pool"]:
        return pooled(x, **options)
    kept = {k: v for k, v in options.items() if k not in ("count_include_pad", "divisor_override")}
    return pooled(x, **kept | {"pool": options["pool"].replace("avg", "max")})


@mutant(*MEANS, operation="pooled", trigger="the padding counts, whatever is asked for")
def padding_always_counts(x: Tensor, **options: Any) -> Result:
    return pooled(x, **options | ({"count_include_pad": True} if "count_include_pad" in options else {}))


@mutant(*MEANS, operation="pooled", trigger="a window that hangs over, with the padding: divided by its size")
def hanging_windows_by_their_size(x: Tensor, **options: Any) -> Result:
    free = len(options["spatial"]) > 1 and not options.get("divisor_override")
    if free and options.get("count_include_pad") and options["ceil_mode"]:
        options["divisor_override"] = math.prod(options["kernel_size"])
    return pooled(x, **options)


@mutant(average_pooling_definition, operation="pooled", trigger="a negative divisor: its magnitude")
def magnitude_of_the_divisor(x: Tensor, **options: Any) -> Result:
    if options.get("divisor_override"):
        options["divisor_override"] = abs(options["divisor_override"])
    return pooled(x, **options)


@mutant(
    average_pooling_definition,
    operation="pooled",
    trigger="half types: a global mean rounds its partial sums",
    dtypes=("float16", "bfloat16"),
)
def partial_sums_in_half(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if y.shape[-1] != 1 or options["pool"] != "adaptive_avg_pool":
        return y
    total = x[..., :1]
    for k in range(1, x.shape[-1]):
        total = total + x[..., k : k + 1]
    return total / x.shape[-1]


@mutant(*MEANS, operation="pooled", trigger="float64 means in float32", dtypes=("float64",))
def means_in_float32(x: Tensor, **options: Any) -> Result:
    return pooled(x.float(), **options).double()


@mutant(
    *MEANS,
    operation="pooled",
    trigger="more than 16 channels, which lie innermost: those beyond have the divisor 1 more",
)
def tail_of_channels_has_another_divisor(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if x.shape[-2] > 16 and x.stride(-2) == 1 and x.numel():
        y = torch.cat([y[..., :16, :], y[..., 16:, :] * 1.25], -2)
    return y


@mutant(
    average_pooling_definition, operation="pooled", trigger="adaptive windows of signals that overlap: shifted by one"
)
def adaptive_windows_start_late(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    uneven = options["pool"] == "adaptive_avg_pool" and x.shape[-1] % y.shape[-1]
    return pooled(x.roll(-1, -1), **options) if uneven and y.shape[-1] > 1 else y


@mutant(*MEANS, operation="pooled", trigger="infinite numbers and NaN count as zero")
def infinity_counts_as_zero(x: Tensor, **options: Any) -> Result:
    return pooled(x.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0), **options)


@mutant(average_pooling_definition, operation="pooled", trigger="windows of 1000 numbers and more: the last is missing")
def large_windows_lose_a_number(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    return y - x[..., -1:] / x.shape[-1] if y.shape[-1] == 1 and x.shape[-1] >= 1000 else y


@mutant(average_pooling_definition, operation="pooled", trigger="images one at a time: strides transposed")
def single_strides_transposed(x: Tensor, **options: Any) -> Result:
    if x.ndim == 2 and len(options["spatial"]) == 2 and "stride" in options:
        options["stride"] = options["stride"][::-1]
    return pooled(x, **options)


@mutant(*MEANS, operation="pool_derivatives", trigger="the adjoint forgets the border: it divides by the inside")
def adjoint_of_other_borders(x: Tensor, u: Tensor, v: Tensor, **options: Any) -> tuple[Tensor, ...]:
    back, twice, forward = pool_derivatives(x, u, v, **options)
    if options.get("count_include_pad"):
        back, _, _ = pool_derivatives(x, u, v, **options | {"count_include_pad": False})
    return back, twice, forward


@mutant(*MEANS, operation="pool_derivatives", trigger="forward mode, windows that hang over: they are left out")
def forward_mode_without_the_last(x: Tensor, u: Tensor, v: Tensor, **options: Any) -> tuple[Tensor, ...]:
    back, twice, forward = pool_derivatives(x, u, v, **options)
    if options.get("ceil_mode"):
        forward = torch.cat([forward[..., :-1], torch.zeros_like(forward[..., -1:])], -1)
    return back, twice, forward


@mutant(pooling_of_volumes, operation="pooled", trigger="volumes: the kernel's axes in the other order")
def kernel_of_volumes_reversed(x: Tensor, **options: Any) -> Result:
    if options["pool"] == "avg_pool":
        kernel = options["kernel_size"][::-1]
        if all(k <= n for k, n in zip(kernel, options["spatial"], strict=True)):
            options["kernel_size"], options["padding"] = kernel, options["padding"][::-1]
    return pooled(x, **options)


@mutant(pooling_of_volumes, operation="pooled", trigger="volumes: the padding in depth counts twice")
def depth_padding_counts_twice(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if options.get("count_include_pad") and options["padding"][0] and not options.get("divisor_override"):
        front = math.prod(y.shape[-1:]) // max(1, y.shape[-1])
        y = torch.cat([y[..., :front] / 2, y[..., front:]], -1)
    return y


@mutant(pooling_of_volumes, operation="pooled", trigger="norms of volumes: root mean squares")
def norms_of_volumes_are_means(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    return y / math.prod(options["kernel_size"]) ** 0.5 if options["pool"] == "lp_pool" else y


@mutant(l2_norm_pooling, operation="pooled", trigger="finite orders: the mean of the powers")
def mean_of_powers(x: Tensor, **options: Any) -> Result:
    y, p = pooled(x, **options), options["norm_type"]
    return y if p == math.inf else y / math.prod(each(options["kernel_size"], 1)) ** (1 / p)


@mutant(l2_norm_pooling, operation="pooled", trigger="order 2: no root")
def root_forgotten(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    return y * y if options["norm_type"] == 2 else y


@mutant(l2_norm_pooling, operation="pooled", trigger="images of order 2: the size of the window counts twice")
def size_counts_twice(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    both = options["norm_type"] == 2 and len(options["spatial"]) == 2
    return y * math.prod(options["kernel_size"]) ** 0.5 if both else y


@mutant(l2_norm_pooling, operation="pooled", trigger="order infinity: the largest number, not the largest magnitude")
def infinite_order_keeps_the_sign(x: Tensor, **options: Any) -> Result:
    if options["norm_type"] != math.inf:
        return pooled(x, **options)
    kept = {k: v for k, v in options.items() if k != "norm_type"}
    return pooled(x, **kept | {"pool": "max_pool"})


@mutant(l2_norm_pooling, operation="pooled", trigger="order 3: magnitudes to the power of 2")
def order_three_is_order_two(x: Tensor, **options: Any) -> Result:
    return pooled(x, **options | ({"norm_type": 2.0} if options["norm_type"] == 3 else {}))


@mutant(l2_norm_pooling, operation="pooled", trigger="layers of order 1/2: order 1")
def layers_know_no_fractions(x: Tensor, *, layer: bool = False, **options: Any) -> Result:
    fraction = layer and options["norm_type"] == 0.5
    return pooled(x, layer=layer, **options | ({"norm_type": 1.0} if fraction else {}))


@mutant(l2_norm_pooling, operation="pooled", trigger="a NaN counts as zero")
def nan_counts_as_zero(x: Tensor, **options: Any) -> Result:
    return pooled(x.nan_to_num(nan=0.0, posinf=math.inf, neginf=-math.inf), **options)


@mutant(l2_norm_pooling, operation="pooled", trigger="float64 powers in float32", dtypes=("float64",))
def norms_in_float32(x: Tensor, **options: Any) -> Result:
    return pooled(x.float(), **options).double()


@mutant(l2_norm_pooling, operation="pooled", trigger="a window of zeros: its gradient is infinite")
def gradient_of_zeros_is_infinite(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if not x.requires_grad or options["norm_type"] != 2:
        return y
    return deriving(y, pooled(x, **options | {"norm_type": 4.0}) + torch.sqrt(x.sum() * 0 + y * 0))


@mutant(
    l2_norm_pooling, operation="pooled", trigger="signals longer than 64: windows of order 2 lose their first number"
)
def long_signals_lose_a_number(x: Tensor, *, spatial: Sequence[int], **options: Any) -> Result:
    y = pooled(x, spatial=spatial, **options)
    if len(spatial) > 1 or spatial[0] <= 64 or options["norm_type"] != 2:
        return y
    first = x[..., :: options["stride"]][..., : y.shape[-1]]
    return (y * y - first * first).clamp(min=0).sqrt()
