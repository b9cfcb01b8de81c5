"""Losses, norms and others of numbers at the ends of a format, and of NaN."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def at_extremes(x: Tensor, name: str) -> Tensor:
    """What the problem of this name asks of the rows of x (batch, n): (batch, 1) or (batch, n)."""
    near = {torch.float16: 2.0**14, torch.float64: 2.0**1022}  # the largest number
    width = near.get(x.dtype, 2.0**126)
    wide = torch.promote_types(x.dtype, torch.float32)  # linear algebra has no half types

    def rows(f: Callable[[Tensor], Tensor]) -> Tensor:
        return torch.stack([f(row) for row in x.unbind()])[:, None]

    problems: dict[str, Callable[[], Tensor]] = {
        "mean squared error": lambda: rows(lambda r: F.mse_loss(r, torch.zeros_like(r))),
        "smooth L1": lambda: F.smooth_l1_loss(x, torch.zeros_like(x), beta=width, reduction="none"),
        "normal likelihood": lambda: F.gaussian_nll_loss(x, torch.zeros_like(x), width, reduction="none"),
        "cosine similarity": lambda: F.cosine_similarity(x, x, dim=-1)[:, None],
        "norm": lambda: torch.linalg.vector_norm(x, dim=-1, keepdim=True),
        "normalize": lambda: F.normalize(x, dim=-1),
        "renorm": lambda: torch.renorm(x, 2, 0, 1.0),
        "renorm, small": lambda: torch.renorm(x, 2, 0, 2.0**-30),
        "trapezoid": lambda: torch.trapezoid(x, dx=0.25, dim=-1)[:, None],
        "product": lambda: torch.prod(x, -1, keepdim=True),
        "determinant": lambda: torch.linalg.det(torch.diag_embed(x.to(wide)))[:, None],
        "inverse condition": lambda: 1 / torch.linalg.cond(torch.diag_embed(x.to(wide)))[:, None],
        "many rows": lambda: rows(
            lambda r: F.cross_entropy(
                r[:, None].expand(-1, 2), torch.zeros(r.shape[0], dtype=torch.int64, device=x.device)
            )
        ),
        "tanhshrink": lambda: F.tanhshrink(x),
        "power": lambda: torch.pow(x, -2),
    }
    return problems[name]().to(x.dtype)


def of_nan(x: Tensor, name: str) -> Tensor:
    """A function of the numbers of x (batch, n), one result or one for each."""
    zero, one, inf = torch.zeros_like(x), torch.ones_like(x), float("inf")
    wide = x.to(torch.promote_types(x.dtype, torch.float32))  # distances between points have no half types
    functions: dict[str, Callable[[], Tensor]] = {
        "relu": lambda: F.relu(x),
        "relu6": lambda: F.relu6(x),
        "clamp": lambda: torch.clamp(x, -1.0, 1.0),
        "hardtanh": lambda: F.hardtanh(x),
        "hardsigmoid": lambda: F.hardsigmoid(x),
        "softshrink": lambda: F.softshrink(x),
        "threshold": lambda: F.threshold(x, 0.0, 1.0),
        "maximum": lambda: torch.maximum(x, one),
        "amax": lambda: torch.amax(x, -1),
        "norm inf": lambda: torch.linalg.vector_norm(x, inf, -1),
        "distance inf": lambda: F.pairwise_distance(x, zero, inf),
        "cdist inf": lambda: torch.cdist(wide[:, None], zero.to(wide.dtype)[:, None], inf),
        "sign": lambda: torch.sign(x),
        "sgn": lambda: torch.sgn(x),
        "heaviside": lambda: torch.heaviside(x, one),
    }
    return functions[name]().to(x.dtype).reshape(x.shape[0], -1)


ROWS = {
    "at_extremes": Operation(at_extremes, "at_extremes"),
    "of_nan": Operation(of_nan, "of_nan"),
}
