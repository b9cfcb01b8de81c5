"""Other correct covariances, weighted or not, and deviations: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

DEFINITION = ("covariance-definition",)
COVARIANCES = ("covariance-definition", "covariance-magnitude", "covariance-sign-tendency")


def in_range(x: Tensor) -> tuple[Tensor, Tensor]:
    """Rows divided by powers of two near their largest numbers, in float64, and those powers (d, 1)."""
    wide = x.double()
    top = wide.abs().nan_to_num(0.0).amax(-1, keepdim=True).clamp_min(1e-300)
    scale = torch.exp2(top.log2().floor())
    return wide / scale, scale


def stored(found: Tensor, x: Tensor) -> Tensor:
    """Rounded by way of the accumulator; a single variable gives a number."""
    rounded = found.to(x.dtype) if x.dtype in (torch.float32, torch.float64) else found.float().to(x.dtype)
    return rounded.squeeze() if len(x) == 1 else rounded


def scaled_in_float64(x: Tensor, correction: int = 1) -> Tensor:
    """Two passes on scaled rows."""
    if not x.shape[-1]:
        return torch.cov(x, correction=correction)
    y, scale = in_range(x)
    centred = y - y.mean(-1, keepdim=True)
    return stored(centred @ centred.mT / (x.shape[-1] - correction) * scale * scale.mT, x)


def by_rank_one_updates(x: Tensor, correction: int = 1) -> Tensor:
    """The recurrence for a covariance, one observation after the other, in float64.

    In the dtype itself it errs by the ratio of mean and spread, which two passes, whose bound the claims have, do not.
    """
    n = x.shape[-1]
    if not 1 < n < 200 or x.dtype == torch.float64:
        return scaled_in_float64(x, correction)
    y, scale = in_range(x)
    mean, c = torch.zeros_like(y[:, 0]), torch.zeros_like(y @ y.mT)
    for k, v in enumerate(y.unbind(-1), start=1):
        deviation = v - mean
        mean = mean + deviation / k
        c = c + deviation[:, None] * (v - mean)
    return stored(c.double() / (n - correction) * scale * scale.mT, x)


def repeated(x: Tensor, repeats: Tensor, correction: int) -> Tensor:
    """Each observation as often as it occurs."""
    return scaled_in_float64(x.repeat_interleave(repeats, -1), correction)


def weighted_in_float64(x: Tensor, repeats: Tensor, weights: Tensor, correction: int) -> Tensor:
    """Weighted deviations on scaled rows."""
    y, scale = in_range(x)
    a = weights.double()
    w = repeats * a
    centred = y - ((y * w).sum(-1) / w.sum())[:, None]
    divisor = w.sum() - correction * (w * a).sum() / w.sum()
    return stored((centred * w) @ centred.mT / divisor * scale * scale.mT, x)


def difference_in_float64(x: Tensor, mean: Tensor) -> Tensor:
    """Rounded once."""
    return (x.double() - mean.double()).to(x.dtype)


ALTERNATIVES = [
    (DEFINITION, {"cov": scaled_in_float64, "cov_method": scaled_in_float64}, "scaled"),
    (DEFINITION, {"cov": by_rank_one_updates, "cov_method": by_rank_one_updates}, "rank-one updates"),
    (DEFINITION, {"covariance_with_repeats": repeated}, "repeated observations"),
    (DEFINITION, {"covariance_with_weights": weighted_in_float64}, "weights in float64"),
    (COVARIANCES[1:], {"cov": scaled_in_float64}, "magnitude and sign: scaled"),
    (COVARIANCES[1:], {"cov": by_rank_one_updates}, "magnitude and sign: rank-one updates"),
    (COVARIANCES[1:], {"subtract": difference_in_float64}, "differences in float64"),
]
