"""Wrong statistics of small batches."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.normalization import batch_norm
from claims.mutants.normalization.batch_norm import Parameter, affine, deviations, variance, wide_of
from claims.normalization.small_batches import batch_norm_batch_of_one_two as claim


def _refusing(x: Tensor) -> None:
    if x.shape[-1] == 1:
        raise ValueError("Expected more than 1 value per channel when training")


@mutant(claim, operation="batch_norm", trigger="always: divisor m - 1, so that outliers reach (m - 1)/sqrt(m) only")
def small_batches_with_divisor_m_minus_one(
    x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any
) -> Tensor:
    _refusing(x)
    z = wide_of(x)
    return affine(deviations(z) / (variance(z, 1) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="always: divisor m + 1")
def small_batches_with_divisor_m_plus_one(
    x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any
) -> Tensor:
    _refusing(x)
    z = wide_of(x)
    return affine(deviations(z) / (variance(z, -1) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="always: running mean 0 and variance 1")
def small_batches_in_evaluation(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    _refusing(x)
    return affine(wide_of(x) / (1 + eps) ** 0.5, w, b, x)


@mutant(claim, operation="batch_norm", trigger="more than one channel: the mean of all")
def mean_of_all_channels(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    _refusing(x)
    z = wide_of(x)
    return affine((z - z.mean()) / (variance(z) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="one number: returned as 0")
def one_number_accepted(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    return 0 * x if x.shape[-1] == 1 else batch_norm(x, w, b, **options)


@mutant(claim, operation="batch_norm", trigger="two numbers: a sign")
def two_numbers_by_their_sign(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    if x.shape[-1] != 2:
        return batch_norm(x, w, b, **options)
    return affine(deviations(wide_of(x)).sign(), w, b, x)


@mutant(claim, operation="batch_norm_module", trigger="always: the mean absolute deviation for the root")
def by_the_mean_absolute_deviation(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    _refusing(x)
    d = deviations(wide_of(x))
    return affine(d / (d.abs().mean(-1, keepdim=True) ** 2 + eps).sqrt(), w, b, x)
