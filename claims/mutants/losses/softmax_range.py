"""Wrong softmax, of which the shift, the denominator or the range is not right."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.losses.softmax_range import softmax_shifted_denominator_range


def _quotient(exponentials: Tensor, dim: int) -> Tensor:
    return exponentials / exponentials.sum(dim, keepdim=True)


def _or_softmax(p: Tensor, x: Tensor, dim: int) -> Tensor:
    """`p` where softmax is a number."""
    right = x.softmax(dim)
    return torch.where(right.isnan(), right, p)


@mutant(softmax_shifted_denominator_range, operation="softmax", trigger="a spread beyond the range of exp")
def softmax_shifts_by_the_minimum(x: Tensor, dim: int) -> Tensor:
    return _quotient((x - x.amin(dim, keepdim=True)).exp(), dim) if x.numel() else x.clone()


@mutant(softmax_shifted_denominator_range, operation="softmax", trigger="an entry far above the mean of its row")
def softmax_shifts_by_the_mean(x: Tensor, dim: int) -> Tensor:
    mean = torch.where(x.isinf(), 0.0, x).mean(dim, keepdim=True)
    return _or_softmax(_quotient((x - mean).exp(), dim), x, dim) if x.numel() else x.clone()


@mutant(softmax_shifted_denominator_range, operation="softmax", trigger="a row far below the maximum of all")
def softmax_takes_the_maximum_of_the_batch(x: Tensor, dim: int) -> Tensor:
    return _or_softmax(_quotient((x - x.amax()).exp(), dim), x, dim) if x.numel() else x.clone()


@mutant(softmax_shifted_denominator_range, operation="softmax", trigger="a much larger entry after the first 512")
def softmax_takes_the_maximum_of_the_first_512(x: Tensor, dim: int) -> Tensor:
    if not x.numel() or not x.ndim:
        return x.softmax(dim)
    return _or_softmax(
        _quotient((x - x.narrow(dim, 0, min(512, x.shape[dim])).amax(dim, keepdim=True)).exp(), dim), x, dim
    )


@mutant(softmax_shifted_denominator_range, operation="softmax", trigger="a row of -inf")
def softmax_of_nothing_is_zero(x: Tensor, dim: int) -> Tensor:
    return torch.where(x.isneginf(), 0.0, x.softmax(dim))


@mutant(softmax_shifted_denominator_range, operation="softmax", trigger="one +inf")
def softmax_of_one_infinite_entry_is_a_choice(x: Tensor, dim: int) -> Tensor:
    p = x.softmax(dim)
    infinite = x.isposinf()
    once = infinite.sum(dim, keepdim=True) == 1
    return torch.where(once & p.isnan(), infinite.to(p.dtype), p)


@mutant(softmax_shifted_denominator_range, operation="softmax", trigger="a row without a value")
def softmax_of_other_rows_is_spoiled_by_nan(x: Tensor, dim: int) -> Tensor:
    p = x.softmax(dim)
    return p + 0 * p.sum() if p.isnan().any() else p


@mutant(softmax_shifted_denominator_range, operation="softmax", trigger="float64", dtypes=("float64",))
def softmax_adds_1e_8_to_the_denominator(x: Tensor, dim: int) -> Tensor:
    return x.softmax(dim) / (1 + 1e-8)


@mutant(softmax_shifted_denominator_range, operation="log_softmax", trigger="a row of one entry, or a clear maximum")
def log_softmax_is_rounded_up(x: Tensor, dim: int) -> Tensor:
    y = x.log_softmax(dim)
    return torch.where(y == 0, torch.finfo(x.dtype).tiny, y)


@mutant(softmax_shifted_denominator_range, operation="exp", trigger="exp(0)")
def exp_is_rounded_up(x: Tensor) -> Tensor:
    e = x.exp()
    return torch.nextafter(e, torch.full_like(e, torch.inf))


@mutant(softmax_shifted_denominator_range, operation="exp", trigger="exp(0)")
def exp_is_rounded_down(x: Tensor) -> Tensor:
    e = x.exp()
    return torch.nextafter(e, torch.zeros_like(e))


@mutant(softmax_shifted_denominator_range, operation="logsumexp", trigger="one maximal entry far above the others")
def logsumexp_is_rounded_down(x: Tensor, dim: int) -> Tensor:
    y = x.logsumexp(dim)
    return torch.where(y.isfinite(), torch.nextafter(y, torch.full_like(y, -torch.inf)), y)


@mutant(softmax_shifted_denominator_range, operation="logcumsumexp", trigger="more than 16 entries")
def logcumsumexp_starts_anew_after_16_entries(x: Tensor, dim: int) -> Tensor:
    return torch.cat([part.logcumsumexp(dim) for part in x.split(16, dim)], dim)


@mutant(softmax_shifted_denominator_range, operation="masked_softmax", trigger="a mask")
def masked_softmax_does_not_normalise_again(x: Tensor, mask: Tensor, dim: int) -> Tensor:
    return x.softmax(dim) * mask


@mutant(softmax_shifted_denominator_range, operation="masked_softmax", trigger="a mask without a true entry")
def masked_softmax_fills_with_minus_10000(x: Tensor, mask: Tensor, dim: int) -> Tensor:
    return torch.where(mask, x, -1e4).softmax(dim)
