"""Wrong logarithms of sums of exponentials."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims import mutant
from claims.losses.logsumexp import logsumexp_accuracy


def _shifted(x: Tensor, m: Tensor, dim: int | tuple[int, ...], *, keepdim: bool) -> Tensor:
    """m + log sum exp(x - m), an infinite m taken for 0."""
    m = torch.where(m.isinf(), 0.0, m)
    total = (x - m).exp().sum(dim, keepdim=keepdim).log()
    return total + (m if keepdim else m.reshape(total.shape))


def _largest(x: Tensor, dim: int | tuple[int, ...]) -> Tensor:
    return x.amax(dim, keepdim=True) if x.numel() else x.sum(dim, keepdim=True)


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="entries beyond the range of exp")
def logsumexp_without_the_shift(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    return x.exp().sum(dim, keepdim=keepdim).log()


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="a maximum that is not 0")
def logsumexp_adds_the_shift_once_per_term(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    m = _largest(x, dim)
    y = _shifted(x, m, dim, keepdim=keepdim)
    return y + (m if keepdim else m.reshape(y.shape)) * (x.numel() // max(y.numel(), 1) - 1)


@mutant(logsumexp_accuracy, operation="logsumexp")
def logsumexp_to_base_10(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    m = x.logsumexp(dim, keepdim=keepdim)
    return m / math.log(10.0)


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="rows of large negative numbers: log 0")
def logsumexp_shifts_by_the_largest_magnitude(
    x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False
) -> Tensor:
    return _shifted(x, _largest(x.abs(), dim), dim, keepdim=keepdim)


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="two axes at once")
def logsumexp_takes_the_maximum_along_the_second_of_two_axes(
    x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False
) -> Tensor:
    if isinstance(dim, int):
        return x.logsumexp(dim, keepdim=keepdim)
    return x.logsumexp(dim[0], keepdim=True).amax(dim, keepdim=keepdim)


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="rows of -inf: -inf - (-inf)")
def logsumexp_of_nothing_is_nan(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    y = x.logsumexp(dim, keepdim=keepdim)
    return torch.where(y == -torch.inf, torch.nan, y)


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="+inf: inf - inf")
def logsumexp_of_an_infinite_entry_is_nan(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    y = x.logsumexp(dim, keepdim=keepdim)
    return torch.where(y == torch.inf, torch.nan, y)


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="NaN besides numbers")
def logsumexp_skips_nan(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    return torch.where(x.isnan(), -torch.inf, x).logsumexp(dim, keepdim=keepdim)


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="not the last axis, width above 512")
def logsumexp_of_many_columns_sums_512_entries(
    x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False
) -> Tensor:
    if isinstance(dim, int) and dim >= 0 and x.shape[dim] > 512:
        return _shifted(x.narrow(dim, 0, 512), _largest(x, dim), dim, keepdim=keepdim)
    return x.logsumexp(dim, keepdim=keepdim)


@mutant(logsumexp_accuracy, operation="logsumexp", trigger="float64", dtypes=("float64",))
def logsumexp_adds_1e_12_inside_the_logarithm(
    x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False
) -> Tensor:
    y = x.logsumexp(dim, keepdim=keepdim)
    return torch.where(y.isfinite(), y + 1e-12, y)


@mutant(logsumexp_accuracy, operation="logcumsumexp", trigger="entries far below their predecessors")
def logcumsumexp_without_the_shift(x: Tensor, dim: int) -> Tensor:
    return x.exp().cumsum(dim).log()


@mutant(logsumexp_accuracy, operation="logcumsumexp", trigger="more than 16 entries")
def logcumsumexp_starts_anew_every_16_entries(x: Tensor, dim: int) -> Tensor:
    return torch.cat([part.logcumsumexp(dim) for part in x.split(16, dim)], dim) if x.ndim else x.clone()


@mutant(logsumexp_accuracy, operation="logaddexp", trigger="two entries of -inf")
def logaddexp_of_nothing_is_nan(a: Tensor, b: Tensor) -> Tensor:
    return torch.maximum(a, b) + (-(a - b).abs()).exp().log1p()


@mutant(logsumexp_accuracy, operation="logaddexp")
def logaddexp_to_base_2(a: Tensor, b: Tensor) -> Tensor:
    return torch.logaddexp2(a, b)


@mutant(logsumexp_accuracy, operation="logaddexp", trigger="a first number that is much larger")
def logaddexp_shifts_by_the_second(a: Tensor, b: Tensor) -> Tensor:
    y = b + (a - b).exp().log1p()
    return torch.where(a.isfinite() & b.isfinite(), y, torch.logaddexp(a, b))
