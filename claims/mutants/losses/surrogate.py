"""Wrong 0-1 losses, derivatives of steps that are not theirs, and surrogates that stop at the last error."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from claims import mutant
from claims.frame.operations.chapters.surrogate import separated_descent
from claims.losses.surrogate import surrogate_margin_growth as growth
from claims.losses.surrogate import zero_one_loss_no_gradient as steps


def passing(value: Tensor, x: Tensor, slope: Tensor | float = 1.0) -> Tensor:
    """The value, with a slope in x."""
    return value.detach() + slope * (x - x.detach())


@mutant(steps, operation="sign", provenance="the straight-through estimator")
def sign_passes_the_gradient(x: Tensor) -> Tensor:
    return passing(x.sign(), x)


@mutant(steps, operation="round", provenance="the straight-through estimator")
def round_passes_the_gradient(x: Tensor) -> Tensor:
    return passing(x.round(), x)


@mutant(steps, operation="sign", trigger="the slope at 0")
def sign_has_the_slope_of_its_jump(x: Tensor) -> Tensor:
    return passing(x.sign(), x, 2.0 * (x == 0))


@mutant(steps, operation="sign")
def sign_is_a_hyperbolic_tangent(x: Tensor) -> Tensor:
    return (8 * x).tanh()


@mutant(steps, operation="round", trigger="halves")
def round_takes_halves_up(x: Tensor) -> Tensor:
    return (x + 0.5).floor()


@mutant(steps, operation="trunc", trigger="negative numbers")
def trunc_is_floor(x: Tensor) -> Tensor:
    return x.floor()


@mutant(steps, operation="floor", trigger="whole numbers", provenance="a slope that is kept at the jumps")
def floor_passes_the_gradient_at_its_jumps(x: Tensor) -> Tensor:
    return passing(x.floor(), x, 1.0 * (x == x.floor()))


@mutant(steps, operation="heaviside", trigger="0")
def heaviside_forgets_its_value_at_zero(x: Tensor, value: Tensor) -> Tensor:
    return torch.heaviside(x, torch.zeros_like(value))


@mutant(steps, operation="heaviside", provenance="a derivative of 0 instead of an error")
def heaviside_has_a_derivative(x: Tensor, value: Tensor) -> Tensor:
    return passing(torch.heaviside(x.detach(), value), x, 0.0)


@mutant(steps, operation="zero_one_loss", provenance="a soft argmax")
def the_loss_is_one_minus_the_probability(x: Tensor, target: Tensor) -> Tensor:
    return 1 - x.softmax(-1).gather(-1, target[..., None])[..., 0]


@mutant(steps, operation="zero_one_loss", provenance="softplus of the margin")
def the_loss_is_softplus_of_the_margin(x: Tensor, target: Tensor) -> Tensor:
    own = x.gather(-1, target[..., None])
    return F.softplus(x - own).sum(-1)


@mutant(steps, operation="zero_one_loss", trigger="ties")
def ties_are_no_errors(x: Tensor, target: Tensor) -> Tensor:
    return (x.gather(-1, target[..., None])[..., 0] < x.amax(-1)).to(x.dtype)


@mutant(steps, operation="zero_one_loss", trigger="more than three classes", provenance="the last class left out")
def the_last_of_many_classes_is_left_out(x: Tensor, target: Tensor) -> Tensor:
    return (x[..., : max(3, x.shape[-1] - 1)].argmax(-1) != target).to(x.dtype)


@mutant(steps, operation="zero_one_loss", provenance="a value with a gradient of its own")
def the_loss_has_a_gradient(x: Tensor, target: Tensor) -> Tensor:
    return passing((x.argmax(-1) != target).to(x.dtype), x.sum(-1))


@mutant(steps, operation="argmax", trigger="ties")
def argmax_is_the_last_of_the_largest(x: Tensor, dim: int) -> Tensor:
    return x.shape[dim] - 1 - x.flip(dim).argmax(dim)


@mutant(steps, operation="argmax", trigger="negative logits", provenance="the largest modulus")
def argmax_takes_the_modulus(x: Tensor, dim: int) -> Tensor:
    return x.abs().argmax(dim)


@mutant(growth, operation="zero_one_loss")
def the_smallest_logit_wins(x: Tensor, target: Tensor) -> Tensor:
    return (x.argmin(-1) != target).to(x.dtype)


@mutant(growth, operation="class_loss", provenance="a misclassified sample")
def the_class_is_another(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(x, (target + 1) % x.shape[-1], weight, **options)


@mutant(growth, operation="class_loss", provenance="c < 0")
def logits_have_the_other_sign(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(-x, target, weight, **options)


@mutant(growth, operation="class_loss", trigger="a margin above 1", provenance="the hinge")
def the_hinge_stays_at_zero(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.multi_margin_loss(x, target, reduction="none") * x.shape[-1]


@mutant(growth, operation="class_loss", trigger="large margins", provenance="label smoothing")
def smoothed_labels_stop_the_margins(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(x, target, weight, label_smoothing=0.01, **options)


@mutant(growth, operation="class_loss", trigger="logits that are larger than 1", provenance="normalised logits")
def large_logits_are_normalised(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(x / x.norm(dim=-1, keepdim=True).clamp(min=1), target, weight, **options)


@mutant(growth, operation="class_loss", trigger="probabilities near 1", provenance="clamped probabilities")
def the_probability_is_clamped(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(x, target, weight, **options).clamp(min=2.0**-10)


@mutant(growth, operation="class_loss", trigger="rows of negative logits", provenance="a maximum that starts at 0")
def the_shift_is_never_negative(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    shifted = x - x.amax(-1, keepdim=True).clamp(min=0)
    return shifted.exp().sum(-1).log() - shifted.gather(-1, target[..., None])[..., 0]


@mutant(growth, operation="class_loss", trigger="float64", dtypes=("float64",), provenance="float32 inside")
def the_loss_is_taken_in_float32(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(x.float(), target, weight, **options).to(x.dtype)


@mutant(growth, operation="class_loss", trigger="exactly one row", provenance="squeezed rows")
def one_row_is_squeezed(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    found = F.cross_entropy(x, target, weight, **options)
    return found / 2 if len(x) == 1 else found


@mutant(growth, operation="softplus_loss", trigger="margins above 8", provenance="a threshold on the other side")
def softplus_ends_early(z: Tensor, y: Tensor) -> Tensor:
    loss = F.softplus(z * (1 - 2 * y))
    return torch.where(z.abs() > 8, loss * 0.5, loss)


@mutant(growth, operation="separated_descent", trigger="no error of training", provenance="the perceptron's rule")
def descent_ends_with_the_last_error(w: Tensor, points: Tensor, *, rate: float, steps: int) -> Tensor:
    return w[..., None, :].expand(*w.shape[:-1], steps + 1, 2).clone()


@mutant(growth, operation="separated_descent", provenance="another mean")
def descent_divides_by_the_points_twice(w: Tensor, points: Tensor, *, rate: float, steps: int) -> Tensor:
    return separated_descent(w, points, rate=rate / len(points), steps=steps)


@mutant(growth, operation="separated_descent", trigger="the other weight", provenance="weight decay of a weight")
def descent_decays_the_other_weight(w: Tensor, points: Tensor, *, rate: float, steps: int) -> Tensor:
    path = separated_descent(w, points, rate=rate, steps=steps)
    shrink = 0.99 ** torch.arange(steps + 1, dtype=torch.float64)
    return torch.stack((path[..., 0], path[..., 1] * shrink.to(path)), -1)
