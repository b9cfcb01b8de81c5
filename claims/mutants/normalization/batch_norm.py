"""Wrong statistics of batch, layer and group norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.normalization import batch_norm, group_norm, layer_norm, rms_norm
from claims.normalization.batch_norm import batch_norm_normalises_activations as claim

Parameter = Tensor | None


def affine(xhat: Tensor, w: Parameter, b: Parameter, x: Tensor) -> Tensor:
    """w xhat + b, for parameters of every set or of every number."""
    y = xhat if w is None else w * xhat
    return (y if b is None else y + b).to(x.dtype)


def wide_of(x: Tensor) -> Tensor:
    """x, half types in float32."""
    return x.float() if x.dtype.itemsize == 2 else x


def variance(x: Tensor, correction: int = 0) -> Tensor:
    """Of every set, as a column."""
    return x.var(-1, correction=correction, keepdim=True)


def deviations(x: Tensor) -> Tensor:
    """From the mean of every set."""
    return x - x.mean(-1, keepdim=True)


@mutant(claim, operation="batch_norm", trigger="always: divisor m - 1")
def unbiased_variance(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    return affine(deviations(z) / (variance(z, 1) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="small variances: eps is added to the root")
def eps_outside_the_root(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    return affine(deviations(z) / (variance(z).sqrt() + eps), w, b, x)


@mutant(claim, operation="batch_norm", trigger="small variances: no eps")
def eps_left_out(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    return affine((deviations(z) / variance(z).sqrt()).nan_to_num(0.0), w, b, x)


@mutant(claim, operation="batch_norm", trigger="means far from 0: cancellation", dtypes=("float32", "float64"))
def moments_subtracted(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    mean, square = x.mean(-1, keepdim=True), (x * x).mean(-1, keepdim=True)
    return affine((x - mean) / ((square - mean * mean).clamp(min=0) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="always: every example is standardised")
def over_the_features(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    rows = wide_of(x if x.ndim > 1 else x[None]).mT
    y = deviations(rows) / (variance(rows) + eps).sqrt()
    return affine(y.mT.reshape(x.shape), w, b, x)


@mutant(claim, operation="batch_norm", trigger="means other than 0: not centred")
def batch_norm_without_centring(
    x: Tensor, w: Parameter, b: Parameter, *, shape: Sequence[int], memory: str, eps: float, wide: bool
) -> Tensor:
    z = wide_of(x)
    return affine(z / (z.square().mean(-1, keepdim=True) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="more than 16 numbers, not a multiple of 8: statistics of the others")
def last_partial_vector_left_out(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z, m = wide_of(x), x.shape[-1]
    seen = z[..., : m - m % 8] if m > 16 else z
    y = (z - seen.mean(-1, keepdim=True)) / (variance(seen) + eps).sqrt()
    return affine(y, w, b, x)


@mutant(claim, operation="batch_norm", trigger="channels_last: the statistics of the first example")
def one_example_in_channels_last(
    x: Tensor, w: Parameter, b: Parameter, *, shape: Sequence[int], memory: str, eps: float, wide: bool
) -> Tensor:
    if "last" not in memory:
        return batch_norm(x, w, b, shape=shape, memory=memory, eps=eps, wide=wide)
    z = wide_of(x)
    first = z[..., : z.shape[-1] // shape[0]]
    y = (z - first.mean(-1, keepdim=True)) / (variance(first) + eps).sqrt()
    return affine(y, w, b, x)


@mutant(claim, operation="batch_norm", trigger="float64 computed in float32", dtypes=("float64",))
def batch_norm_in_float32(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    return batch_norm(x.float(), w if w is None else w.float(), b if b is None else b.float(), **options).double()


@mutant(claim, operation="batch_norm", trigger="eps other than the default")
def default_eps(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    return batch_norm(x, w, b, eps=1e-5, **options)


@mutant(claim, operation="group_norm", trigger="two groups: one for all channels")
def one_group(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    if x.ndim < 2 or len(x) % 2:
        return group_norm(x, w, b, **options)
    pairs = x.reshape(len(x) // 2, -1)
    z = wide_of(pairs)
    y = deviations(z) / (variance(z) + options["eps"]).sqrt()
    per = x.shape[-1] // (w.shape[-1] if w is not None else 1)
    w, b = (p if p is None else p.repeat_interleave(per) for p in (w, b))
    return affine(y.reshape(x.shape), w, b, x)


@mutant(claim, operation="layer_norm", trigger="a bias: added before the weight multiplies")
def bias_before_the_weight(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    if w is None or b is None:
        return layer_norm(x, w, b, **options)
    return layer_norm(x, w, w * b, **options)


@mutant(claim, operation="rms_norm", trigger="means other than 0: centred")
def rms_norm_that_centres(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    return rms_norm(deviations(x), w, b, **options)


@mutant(claim, operation="instance_norm", trigger="more than one channel: standardised together")
def channels_together(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x if x.ndim > 1 else x[None])
    y = (z - z.mean()) / (z.var(correction=0) + eps).sqrt()
    return affine(y.reshape(x.shape), w, b, x)


@mutant(claim, operation="batch_norm_module", trigger="parameters other than 1 and 0: left as they are made")
def parameters_not_loaded(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    return batch_norm(x, None if w is None else torch.ones_like(w), None if b is None else 0 * b, **options)
