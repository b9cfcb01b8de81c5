"""Wrong losses of normal laws with a variance."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.losses.gaussian_nll import gaussian_nll_with_learned_variance as claim


def _parts(m: Tensor, t: Tensor, v: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    clamped = v + (v.clamp(min=eps) - v).detach()
    return clamped.log() / 2, (m - t) ** 2 / clamped / 2


@mutant(claim, operation="gaussian_nll", trigger="full=True: the constant is subtracted")
def constant_subtracted(m: Tensor, t: Tensor, v: Tensor, **options: Any) -> Tensor:
    loss = F.gaussian_nll_loss(m, t, v, **{**options, "full": False})
    return loss - (math.log(2 * math.pi) / 2 if options.get("full") else 0)


@mutant(claim, operation="gaussian_nll", trigger="always: the logarithm is not halved")
def whole_logarithm(m: Tensor, t: Tensor, v: Tensor, *, full: bool, eps: float, reduction: str) -> Tensor:
    log, q = _parts(m, t, v, eps)
    return 2 * log + q + full * math.log(2 * math.pi) / 2


@mutant(claim, operation="gaussian_nll", trigger="variances other than 1: taken for deviations")
def variance_squared(m: Tensor, t: Tensor, v: Tensor, *, full: bool, eps: float, reduction: str) -> Tensor:
    log, q = _parts(m, t, v * v, eps)
    return log + q + full * math.log(2 * math.pi) / 2


@mutant(claim, operation="gaussian_nll", trigger="always: eps is added")
def eps_added_to_the_variance(m: Tensor, t: Tensor, v: Tensor, *, full: bool, eps: float, reduction: str) -> Tensor:
    return F.gaussian_nll_loss(m, t, v + eps, full=full, eps=0.0, reduction=reduction)


@mutant(claim, operation="gaussian_nll", trigger="variances below eps")
def default_eps_only(m: Tensor, t: Tensor, v: Tensor, *, full: bool, eps: float, reduction: str) -> Tensor:
    return F.gaussian_nll_loss(m, t, v, full=full, reduction=reduction)


@mutant(claim, operation="gaussian_nll", trigger="variances below eps: their slope is 0")
def clamp_differentiated(m: Tensor, t: Tensor, v: Tensor, *, full: bool, eps: float, reduction: str) -> Tensor:
    return F.gaussian_nll_loss(m, t, v.clamp(min=eps), full=full, eps=0.0, reduction=reduction)


@mutant(claim, operation="gaussian_nll", trigger="the slope of the variance: none")
def variance_detached(m: Tensor, t: Tensor, v: Tensor, **options: Any) -> Tensor:
    return F.gaussian_nll_loss(m, t, v.detach() + 0 * v, **options)


@mutant(claim, operation="gaussian_nll", trigger="more than 16 predictions: the variance of the first for the tail")
def variance_of_the_first_in_the_tail(m: Tensor, t: Tensor, v: Tensor, **options: Any) -> Tensor:
    head = torch.arange(v.shape[-1], device=v.device) < 16
    return F.gaussian_nll_loss(m, t, torch.where(head, v, v[..., :1]) if v.numel() else v, **options)


@mutant(claim, operation="gaussian_nll", trigger="float64 computed in float32", dtypes=("float64",))
def loss_in_float32(m: Tensor, t: Tensor, v: Tensor, **options: Any) -> Tensor:
    return F.gaussian_nll_loss(m.float(), t.float(), v.float(), **options).double()


@mutant(claim, operation="gaussian_nll_module", trigger="full=True: the constant is forgotten")
def module_without_the_constant(m: Tensor, t: Tensor, v: Tensor, *, full: bool, eps: float) -> Tensor:
    return F.gaussian_nll_loss(m, t, v, eps=eps, reduction="none")


@mutant(claim, operation="gaussian_nll_reduced", trigger="more than one prediction: the mean is the sum")
def mean_not_divided(m: Tensor, t: Tensor, v: Tensor, *, eps: float, reduction: str) -> Tensor:
    return F.gaussian_nll_loss(m, t, v, eps=eps, reduction="sum")


@mutant(claim, operation="gaussian_nll_shared", trigger="the square of the shared variance")
def shared_variance_squared(m: Tensor, t: Tensor, v: Tensor, *, eps: float, reduction: str) -> Tensor:
    return F.gaussian_nll_loss(m, t, v * v, eps=eps, reduction=reduction)
