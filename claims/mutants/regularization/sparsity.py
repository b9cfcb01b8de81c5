"""Wrong thresholds, wrong slopes, and wrong steps towards the minimiser with an L1 penalty."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.sparsity import proximal_path, soft_threshold, subgradient_path
from claims.regularization.sparsity import l1_soft_threshold, soft_threshold_slope


@mutant(l1_soft_threshold, operation="softshrink", trigger="beyond the threshold: hard thresholding")
def threshold_without_shrinking(x: Tensor, t: float) -> Tensor:
    return F.hardshrink(x, t)


@mutant(l1_soft_threshold, operation="softshrink", trigger="below the threshold: passes through 0")
def shrinking_without_a_threshold(x: Tensor, t: float) -> Tensor:
    return x - t * x.sign()


@mutant(l1_soft_threshold, operation="softshrink", trigger="a threshold other than 0")
def half_the_threshold(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x, t / 2)


@mutant(l1_soft_threshold, operation="softshrink", trigger="negative numbers: the sign is lost")
def sign_lost(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x, t).abs()


@mutant(l1_soft_threshold, operation="softshrink", trigger="negative numbers: only the positive part")
def positive_part_only(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x, t).clamp(min=0)


@mutant(
    l1_soft_threshold,
    operation="softshrink",
    trigger="a threshold between two numbers of a half type",
    dtypes=("float16",),
)
def threshold_stored_in_half(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x, float(torch.tensor(t, dtype=x.dtype)))


@mutant(l1_soft_threshold, operation="softshrink", trigger="float64 computed in float32", dtypes=("float64",))
def shrunk_in_float32(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x.float(), min(t, torch.finfo(torch.float32).max)).double()


@mutant(l1_soft_threshold, operation="softshrink", trigger="the last of an odd number of entries")
def last_odd_entry_not_shrunk(x: Tensor, t: float) -> Tensor:
    y = F.softshrink(x, t)
    return torch.cat((y[..., :-1], x[..., -1:]), -1) if x.ndim and x.shape[-1] % 2 else y


@mutant(l1_soft_threshold, operation="softshrink", trigger="more than 16 entries at the threshold")
def threshold_itself_kept_in_the_vector_loop(x: Tensor, t: float) -> Tensor:
    return torch.where(x.abs() >= t, x - t * x.sign() * (x.abs() > t), 0) if x.shape[-1] > 16 else F.softshrink(x, t)


@mutant(l1_soft_threshold, operation="softshrink", trigger="NaN, taken for a number below the threshold")
def nan_becomes_zero(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x.nan_to_num(0.0, float("inf"), float("-inf")), t)


@mutant(l1_soft_threshold, operation="softshrink", trigger="infinities: x - clip(x, -t, t) by x / (1 + |x|)")
def infinities_become_nan(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x, t) + 0 * x


@mutant(l1_soft_threshold, operation="softshrink", trigger="subnormal thresholds", dtypes=("float32", "float64"))
def subnormal_threshold_flushed(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x, t if t >= torch.finfo(x.dtype).tiny else 0.0)


@mutant(
    soft_threshold_slope,
    operation="softshrink",
    trigger="below the threshold, in reverse mode: a straight-through slope",
)
def straight_through(x: Tensor, t: float) -> Tensor:
    y = F.softshrink(x, t)
    return torch.where(y.detach().isfinite(), y.detach() + (x - x.detach()).nan_to_num(0.0), y)


@mutant(
    soft_threshold_slope,
    operation="softshrink",
    trigger="beyond the threshold, in reverse mode: the slope is the value",
)
def slope_shrunk_too(x: Tensor, t: float) -> Tensor:
    y = F.softshrink(x, t)
    if y.requires_grad:
        y.register_hook(lambda g: g * y.detach().abs().clamp(max=1))
    return y


@mutant(l1_soft_threshold, operation="softshrink_module", trigger="the default, 1/2, whatever was asked for")
def module_forgets_its_threshold(x: Tensor, t: float) -> Tensor:
    y: Tensor = torch.nn.Softshrink()(x)
    return y


@mutant(l1_soft_threshold, operation="softshrink_", trigger="entries beyond 8: left as they were")
def only_the_first_eight_overwritten(x: Tensor, t: float) -> Tensor:
    x[..., :8] = F.softshrink(x[..., :8], t)
    return x


@mutant(soft_threshold_slope, operation="softshrink_along", trigger="below the threshold")
def direction_passed_on(x: Tensor, d: Tensor, t: float) -> Tensor:
    return d.clone()


@mutant(l1_soft_threshold, operation="soft_threshold", trigger="a curvature other than 1")
def threshold_times_the_curvature(w: Tensor, h: Tensor, penalty: float) -> Tensor:
    return soft_threshold(w, 1 / h, penalty)


@mutant(l1_soft_threshold, operation="soft_threshold", trigger="curvatures that differ")
def one_threshold_for_all(w: Tensor, h: Tensor, penalty: float) -> Tensor:
    return soft_threshold(w, h.mean(-1, keepdim=True), penalty)


@mutant(l1_soft_threshold, operation="proximal_path", trigger="a rate other than 1")
def threshold_without_the_rate(w: Tensor, h: Tensor, penalty: float, lr: float, steps: int) -> Tensor:
    return proximal_path(w, h, penalty / lr, lr, steps)


@mutant(l1_soft_threshold, operation="proximal_path", trigger="always: the gradient step comes last")
def threshold_before_the_gradient(w: Tensor, h: Tensor, penalty: float, lr: float, steps: int) -> Tensor:
    path = [w]
    for _ in range(steps):
        v = F.softshrink(path[-1], lr * penalty)
        path.append(v - lr * (h * (v - w)))
    return torch.stack(path, -2)


@mutant(l1_soft_threshold, operation="subgradient_path", trigger="weights other than 0: the penalty twice")
def twice_the_penalty(w: Tensor, h: Tensor, penalty: float, lr: float, steps: int) -> Tensor:
    return subgradient_path(w, h, 2 * penalty, lr, steps)


@mutant(l1_soft_threshold, operation="subgradient_path", trigger="a weight of 0, whose sign is taken for 1")
def sign_of_zero_is_one(w: Tensor, h: Tensor, penalty: float, lr: float, steps: int) -> Tensor:
    path = [w]
    for _ in range(steps):
        v = path[-1]
        path.append(v - lr * (h * (v - w) + penalty * torch.where(v >= 0, 1.0, -1.0).to(v.dtype)))
    return torch.stack(path, -2)


@mutant(soft_threshold_slope, operation="softshrink", trigger="numbers from half the threshold on")
def half_the_threshold_in_the_slope(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x, t / 2)


@mutant(soft_threshold_slope, operation="softshrink", trigger="negative numbers beyond the threshold")
def no_slope_for_negative_numbers(x: Tensor, t: float) -> Tensor:
    return F.softshrink(x, t).clamp(min=0)


@mutant(soft_threshold_slope, operation="softshrink", trigger="the last of an odd number of entries")
def slope_of_the_last_odd_entry_is_one(x: Tensor, t: float) -> Tensor:
    y: Tensor = last_odd_entry_not_shrunk(x, t)
    return y


@mutant(soft_threshold_slope, operation="softshrink_module", trigger="a threshold other than the default")
def slope_by_the_default_threshold(x: Tensor, t: float) -> Tensor:
    y: Tensor = torch.nn.Softshrink()(x)
    return y


@mutant(soft_threshold_slope, operation="softshrink_along", trigger="negative numbers: the magnitude is differentiated")
def slope_of_the_magnitude(x: Tensor, d: Tensor, t: float) -> Tensor:
    return torch.where(x.abs() > t, d * x.sign(), 0)


@mutant(
    soft_threshold_slope, operation="softshrink", trigger="more than 16 entries: smoothed over a tenth beyond the kink"
)
def smoothed_kink(x: Tensor, t: float) -> Tensor:
    y = F.softshrink(x, t)
    return torch.where(x.abs() < 1.1 * t, y.detach(), y) if x.shape[-1] > 16 else y
