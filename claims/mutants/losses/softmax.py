"""Wrong softmax and log-softmax."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims import mutant
from claims.losses.softmax import (
    log_softmax_accuracy,
    softmax_definition_accuracy,
    softmax_naive_failure,
    softmax_shift_invariance,
)


def _quotient(exponentials: Tensor, dim: int) -> Tensor:
    return exponentials / exponentials.sum(dim, keepdim=True)


def _maximum(x: Tensor, dim: int) -> Tensor:
    return x.amax(dim, keepdim=True) if x.ndim == 0 or x.shape[dim] else x.sum(dim, keepdim=True)


def _head(x: Tensor, length: int, dim: int) -> Tensor:
    return x.narrow(dim, 0, min(length, x.shape[dim])) if x.ndim else x


def _columns(x: Tensor, dim: int) -> int:
    """How many rows lie side by side: 1 along the last axis."""
    return math.prod(x.shape[dim % x.ndim + 1 :]) if x.ndim else 1


@mutant(softmax_definition_accuracy, operation="softmax", trigger="entries far from their mean: overflow")
def softmax_shifts_by_the_mean(x: Tensor, dim: int) -> Tensor:
    return _quotient((x - x.mean(dim, keepdim=True)).exp(), dim)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="rows of large negative numbers: 0 / 0")
def softmax_shifts_by_the_largest_magnitude(x: Tensor, dim: int) -> Tensor:
    return _quotient((x - _maximum(x.abs(), dim)).exp(), dim)


@mutant(softmax_definition_accuracy, operation="softmax")
def softmax_to_base_2(x: Tensor, dim: int) -> Tensor:
    return _quotient((x - _maximum(x, dim)).exp2(), dim)


@mutant(softmax_definition_accuracy, operation="softmax", dtypes=("float32", "float64"))
def softmax_accumulates_in_bfloat16(x: Tensor, dim: int) -> Tensor:
    e = (x - _maximum(x, dim)).exp()
    return e / e.sum(dim, keepdim=True, dtype=torch.bfloat16).to(x.dtype)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="a much larger entry after the first 1024")
def softmax_takes_the_maximum_of_the_first_1024(x: Tensor, dim: int) -> Tensor:
    return _quotient((x - _maximum(_head(x, 1024, dim), dim)).exp(), dim)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="a width above 16 that is no multiple of 16")
def softmax_leaves_the_last_partial_vector_out_of_the_sum(x: Tensor, dim: int) -> Tensor:
    e = (x - _maximum(x, dim)).exp()
    width = x.shape[dim] if x.ndim else 1
    summed = _head(e, width // 16 * 16, dim) if width > 16 else e
    return e / summed.sum(dim, keepdim=True)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="float64: 1.7 u in float32", dtypes=("float64",))
def softmax_adds_1e_7_to_the_denominator(x: Tensor, dim: int) -> Tensor:
    e = (x - _maximum(x, dim)).exp()
    return e / (e.sum(dim, keepdim=True) + 1e-7)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="width above 256, not the last axis, 16 columns")
def softmax_of_many_columns_sums_256_entries(x: Tensor, dim: int) -> Tensor:
    e = (x - _maximum(x, dim)).exp()
    return e / _head(e, 256 if _columns(x, dim) >= 16 else e.numel(), dim).sum(dim, keepdim=True)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="a block of 64 entries of -inf before all others")
def softmax_rescales_empty_blocks_to_nan(x: Tensor, dim: int) -> Tensor:
    blocks = list(x.split(64, dim)) if x.ndim else []
    if len(blocks) < 2:
        return _quotient((x - _maximum(x, dim)).exp(), dim)
    largest = blocks[0].amax(dim, keepdim=True)
    total = torch.zeros_like(largest)
    for block in blocks:
        now = torch.maximum(largest, block.amax(dim, keepdim=True))
        largest, total = now, total * (largest - now).exp() + (block - now).exp().sum(dim, keepdim=True)
    return torch.divide((x - largest).exp(), total)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="wide rows, no multiple of 4", dtypes=("float32",))
def softmax_of_wide_rows_leaves_a_tail_out_of_the_sum(x: Tensor, dim: int) -> Tensor:
    e = (x - _maximum(x, dim)).exp()
    width = x.shape[dim] if x.ndim else 1
    return e / _head(e, width - width % 4 if width > 4096 else width, dim).sum(dim, keepdim=True)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="a half type", dtypes=("float16", "bfloat16"))
def softmax_returns_the_type_of_its_sum(x: Tensor, dim: int) -> Tensor:
    return x.softmax(dim, dtype=torch.float32)


@mutant(softmax_definition_accuracy, operation="softmax", trigger="more than 1024 rows")
def softmax_stops_after_1024_rows(x: Tensor, dim: int) -> Tensor:
    p = x.softmax(dim)
    return torch.where(torch.arange(len(p), device=p.device)[:, None] < 1024, p, 0.0) if _columns(x, dim) == 1 else p


@mutant(softmax_definition_accuracy, operation="softmax_2d", trigger="pixels that differ")
def softmax_2d_normalises_all_pixels_by_one_sum(x: Tensor) -> Tensor:
    e = (x - x.amax(-3, keepdim=True)).exp()
    return e / e.sum(-3, keepdim=True).mean((-1, -2), keepdim=True)


@mutant(softmax_shift_invariance, operation="add", trigger="a number broadcast against more than one column")
def add_shifts_the_first_column_only(x: Tensor, c: Tensor) -> Tensor:
    shifted = x.clone()
    shifted[..., :1] += c
    return shifted


@mutant(softmax_shift_invariance, operation="softmax")
def softmax_shifts_after_the_exponential(x: Tensor, dim: int) -> Tensor:
    return _quotient(x.exp() / _maximum(x, dim).exp(), dim)


@mutant(softmax_shift_invariance, operation="softmax", trigger="more than one row")
def softmax_shifts_by_the_maximum_of_another_row(x: Tensor, dim: int) -> Tensor:
    m = _maximum(x, dim)
    return _quotient((x - m.roll(1, -1 if dim == 0 else 0)).exp(), dim)


@mutant(softmax_naive_failure, operation="exp")
def exp_shifts_by_the_maximum(x: Tensor) -> Tensor:
    return (x - x.amax()).exp()


@mutant(softmax_naive_failure, operation="exp")
def exp_clamps_to_the_finite_range(x: Tensor) -> Tensor:
    info = torch.finfo(x.dtype)
    return x.exp().clamp(info.tiny, info.max)


@mutant(softmax_naive_failure, operation="exp", dtypes=("float32", "float16", "bfloat16"))
def exp_computes_and_returns_float64(x: Tensor) -> Tensor:
    return x.double().exp()


@mutant(softmax_naive_failure, operation="exp", trigger="from 88 to 88.72 in float32", dtypes=("float32",))
def exp_overflows_too_early(x: Tensor) -> Tensor:
    return torch.where(x > 88.0, torch.inf, x.exp())


@mutant(softmax_naive_failure, operation="sum", trigger="a width of 17, 33, 129")
def sum_leaves_out_a_tail_of_one(x: Tensor, dim: int, *, keepdim: bool = False) -> Tensor:
    n = x.shape[dim]
    return x.narrow(dim, 0, n - (n > 16 and n % 4 == 1)).sum(dim, keepdim=keepdim)


@mutant(log_softmax_accuracy, operation="log_softmax", trigger="a probability below the smallest number")
def log_softmax_is_the_logarithm_of_softmax(x: Tensor, dim: int) -> Tensor:
    return x.softmax(dim).log()


@mutant(log_softmax_accuracy, operation="log_softmax", trigger="a small probability")
def log_softmax_adds_epsilon_inside_the_logarithm(x: Tensor, dim: int) -> Tensor:
    return (x.softmax(dim) + 1e-8).log()


@mutant(log_softmax_accuracy, operation="log_softmax", trigger="entries beyond the range of exp")
def log_softmax_without_the_shift(x: Tensor, dim: int) -> Tensor:
    return x - x.exp().sum(dim, keepdim=True).log()


@mutant(log_softmax_accuracy, operation="log_softmax", trigger="a large maximum")
def log_softmax_subtracts_the_maximum_and_the_logarithm_at_once(x: Tensor, dim: int) -> Tensor:
    m = _maximum(x, dim)
    return x - (m + (x - m).exp().sum(dim, keepdim=True).log())


@mutant(log_softmax_accuracy, operation="log_softmax", trigger="width above 512, not the last axis, 8 columns")
def log_softmax_of_many_columns_sums_512_entries(x: Tensor, dim: int) -> Tensor:
    shifted = x - _maximum(x, dim)
    return shifted - _head(shifted.exp(), 512 if _columns(x, dim) >= 8 else x.numel(), dim).sum(dim, keepdim=True).log()


@mutant(log_softmax_accuracy, operation="log_softmax", trigger="a logarithm below -10000")
def log_softmax_ends_at_minus_10000(x: Tensor, dim: int) -> Tensor:
    y = x.log_softmax(dim)
    return torch.where(y.isfinite(), y.clamp(min=-1e4), y)


@mutant(log_softmax_accuracy, operation="cross_entropy", trigger="a class beyond 255")
def cross_entropy_reads_the_class_as_a_byte(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return torch.nn.functional.cross_entropy(x, target % 256, reduction=reduction)


@mutant(log_softmax_accuracy, operation="cross_entropy", trigger="the last of more than 64 classes")
def cross_entropy_never_reads_the_last_of_many_classes(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return torch.nn.functional.cross_entropy(x, target.clamp(max=max(x.shape[-1] - 2, 63)), reduction=reduction)
