"""Differentiable functions that no other chapter calls."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from claims.frame.operations.operation import Operation

_TORCH = (
    "cumsum cumprod hypot atan2 where amax std maximum cholesky_inverse cholesky_solve logdet gather index_select "
    "scatter_add minimum fmax fmin amin clamp_max renorm quantile"
)
_LAYERS = (
    "tanhshrink prelu glu nll_loss poisson_nll_loss triplet_margin_loss avg_pool1d avg_pool2d max_pool1d max_pool2d "
    "adaptive_avg_pool1d interpolate pad"
)
_CONVOLUTIONS = ("conv1d", "conv2d", "conv_transpose1d")

ROWS = {
    **{name: Operation(getattr(torch, name), f"torch.{name}") for name in _TORCH.split()},
    **{name: Operation(getattr(F, name), f"torch.nn.functional.{name}") for name in _LAYERS.split()},
    **{name: Operation(getattr(F, name), f"torch.nn.functional.{name}", product=True) for name in _CONVOLUTIONS},
    "sorted": Operation(lambda x: torch.sort(x).values, "(lambda x: torch.sort(x).values)"),
    "largest": Operation(lambda x, k: torch.topk(x, k).values, "(lambda x, k: torch.topk(x, k).values)"),
    "kth_smallest": Operation(lambda x, k: torch.kthvalue(x, k).values, "(lambda x, k: torch.kthvalue(x, k).values)"),
    "running_maximum": Operation(lambda x: torch.cummax(x, -1).values, "(lambda x: torch.cummax(x, -1).values)"),
    "running_minimum": Operation(lambda x: torch.cummin(x, -1).values, "(lambda x: torch.cummin(x, -1).values)"),
    "largest_of_all": Operation(torch.max, "torch.max"),
    "smallest_of_all": Operation(torch.min, "torch.min"),
    "median": Operation(torch.median, "torch.median"),
    "cholesky": Operation(torch.linalg.cholesky, "torch.linalg.cholesky"),
    "solve_triangular": Operation(torch.linalg.solve_triangular, "torch.linalg.solve_triangular"),
    "lu_solution": Operation(
        lambda a, b: torch.linalg.lu_solve(*torch.linalg.lu_factor(a), b),
        "(lambda a, b: torch.linalg.lu_solve(*torch.linalg.lu_factor(a), b))",
    ),
    "mean_squared_error": Operation(F.mse_loss, "torch.nn.functional.mse_loss"),
    "mean_absolute_error": Operation(F.l1_loss, "torch.nn.functional.l1_loss"),
    "mean_smooth_l1": Operation(F.smooth_l1_loss, "torch.nn.functional.smooth_l1_loss"),
    "mean_huber": Operation(F.huber_loss, "torch.nn.functional.huber_loss"),
    "mean_soft_margin": Operation(F.soft_margin_loss, "torch.nn.functional.soft_margin_loss"),
}
