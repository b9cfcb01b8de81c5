"""Wrong cross entropies of classes and laws, and wrong gradients of right ones."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from claims import mutant
from claims.frame.operations.chapters.cross_entropy import nested_loss_derivative
from claims.losses.cross_entropy_gradient import cross_entropy_softmax_gradient as gradient


def sloped(loss: Tensor, x: Tensor, slope: Tensor) -> Tensor:
    """The loss (...) with the gradient `slope` with respect to its own row of x (..., n)."""
    linear = (x * slope.detach()).sum(-1)
    return loss.detach() + (linear - linear.detach())


def plain(options: dict[str, Any]) -> bool:
    """Whether there is a loss of every row."""
    return bool(options["reduction"] == "none")


@mutant(gradient, operation="class_loss")
def gradient_is_the_softmax(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    loss = F.cross_entropy(x, target, weight, **options)
    return sloped(loss, x, x.softmax(-1)) if plain(options) else loss


@mutant(gradient, operation="class_loss")
def gradient_is_divided_by_the_classes(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    loss = F.cross_entropy(x, target, weight, **options)
    return loss.detach() + (loss - loss.detach()) / x.shape[-1]


@mutant(gradient, operation="class_loss", trigger="one class of each row")
def gradient_is_the_logarithm_minus_the_target(
    x: Tensor, target: Tensor, weight: Tensor | None, **options: Any
) -> Tensor:
    loss = F.cross_entropy(x, target, weight, **options)
    if not plain(options) or int(target.numel()) == 0 or (target < 0).any():
        return loss
    return sloped(loss, x, x.log_softmax(-1) - F.one_hot(target, x.shape[-1]))


@mutant(gradient, operation="class_loss_module")
def gradient_is_the_target_minus_softmax(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    loss = F.cross_entropy(x, target, weight, **options)
    return loss.detach() - (loss - loss.detach())


@mutant(gradient, operation="nll_of_log_softmax", trigger="more than one row")
def softmax_is_taken_over_the_rows(
    x: Tensor, target: Tensor, weight: Tensor | None, *, label_smoothing: float, **options: Any
) -> Tensor:
    return F.nll_loss(F.log_softmax(x, 0), target, weight, **options)


@mutant(gradient, operation="logsumexp_minus_logit", trigger="logits beyond the range of exp")
def exponentials_are_not_shifted(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return x.exp().sum(-1).log() - x.gather(-1, target[..., None])[..., 0]


@mutant(gradient, operation="class_loss", trigger="the mean")
def mean_divides_by_the_classes_too(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    loss = F.cross_entropy(x, target, weight, **options)
    return loss / x.shape[-1] if options["reduction"] == "mean" else loss


@mutant(gradient, operation="nll_module", trigger="more than one class")
def the_next_class_counts(
    x: Tensor, target: Tensor, weight: Tensor | None, *, label_smoothing: float, **options: Any
) -> Tensor:
    return F.nll_loss(F.log_softmax(x, -1), (target + 1) % x.shape[-1], weight, **options)


@mutant(gradient, operation="class_loss_module", trigger="the mean, with weights")
def the_weighted_mean_divides_by_the_rows(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    if options["reduction"] != "mean" or weight is None or options["label_smoothing"]:
        return F.cross_entropy(x, target, weight, **options)
    kept = (target != options["ignore_index"]).sum()
    loss = F.cross_entropy(x, target, weight, **{**options, "reduction": "sum"})
    return loss.div(kept)


@mutant(gradient, operation="class_loss", trigger="the mean, rows to ignore", provenance="a mean over the padding too")
def ignored_rows_count_in_the_mean(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    if options["reduction"] != "mean" or weight is not None or options["label_smoothing"]:
        return F.cross_entropy(x, target, weight, **options)
    return F.cross_entropy(x, target, weight, **{**options, "reduction": "sum"}) / len(x)


@mutant(gradient, operation="class_loss", trigger="smoothing")
def smoothing_leaves_out_the_class_itself(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    loss, n, eps = F.cross_entropy(x, target, weight, **options), x.shape[-1], options["label_smoothing"]
    hard = F.cross_entropy(x, target, weight, **{**options, "label_smoothing": 0.0})
    return hard + (loss - hard) * n / (n - 1) if eps and n > 1 else loss


@mutant(gradient, operation="class_loss", trigger="smoothing with weights")
def smoothing_forgets_the_weights(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    eps = options["label_smoothing"]
    if not eps or weight is None or not plain(options):
        return F.cross_entropy(x, target, weight, **options)
    hard = F.cross_entropy(x, target, weight, **{**options, "label_smoothing": 0.0})
    kept = target != options["ignore_index"]
    return hard.mul(1 - eps) - torch.where(kept, x.log_softmax(-1).mean(-1), 0.0).mul(eps)


@mutant(gradient, operation="class_loss", trigger="smoothing, rows to ignore")
def smoothing_counts_ignored_rows(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    eps = options["label_smoothing"]
    loss = F.cross_entropy(x, target, weight, **options)
    ignored = target == options["ignore_index"]
    if not eps or not plain(options):
        return loss
    return loss - torch.where(ignored, x.log_softmax(-1).mean(-1), 0.0).mul(eps)


@mutant(gradient, operation="class_loss", trigger="classes from 256 on", provenance="a target kept in one byte")
def classes_are_bytes(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(x, torch.where(target >= 256, target % 256, target), weight, **options)


@mutant(gradient, operation="class_loss", trigger="17 classes, 33 and so on", provenance="the tail of a vector loop")
def the_last_class_has_no_gradient(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    n = x.shape[-1]
    kept = x if n % 16 != 1 or n < 16 else torch.cat((x[..., :-1], x[..., -1:].detach()), -1)
    return F.cross_entropy(kept, target, weight, **options)


@mutant(gradient, operation="class_loss", trigger="a transposed layout", provenance="strides that are not read")
def the_layout_is_ignored(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    if x.stride(0) != 1 or x.stride(1) == 1 or len(x) < 2:
        return F.cross_entropy(x, target, weight, **options)
    return F.cross_entropy(x.mT.reshape(x.shape), target, weight, **options)


@mutant(gradient, operation="class_loss", trigger="a masked class", provenance="a one-hot product: 0 times -inf")
def masked_classes_are_multiplied_by_zero(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    if not x.isinf().any() or not plain(options) or (target < 0).any():
        return F.cross_entropy(x, target, weight, **options)
    return -(F.one_hot(target, x.shape[-1]) * x.log_softmax(-1)).sum(-1)


@mutant(gradient, operation="law_loss", trigger="a law with weights")
def laws_have_no_weights(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(x, target, **options)


@mutant(gradient, operation="spatial_law_loss", trigger="the mean of laws", provenance="the divisor of class indices")
def the_mean_of_laws_divides_by_their_weights(
    x: Tensor, target: Tensor, weight: Tensor | None, **options: Any
) -> Tensor:
    loss = F.cross_entropy(x, target, weight, **options)
    if options["reduction"] != "mean" or weight is None:
        return loss
    return loss * (target.numel() / x.shape[1]) / torch.einsum("bcr,c->", target, weight)


@mutant(gradient, operation="spatial_loss", trigger="a row from the second on", provenance="an index of another axis")
def positions_share_the_first_class(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    return F.cross_entropy(x, target[:, :1].expand(target.shape), weight, **options)


@mutant(
    gradient,
    operation="class_loss",
    trigger="bfloat16, more than 256 classes of about the same size",
    dtypes=("bfloat16",),
)
def exponentials_are_summed_in_bfloat16(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    if not plain(options) or not 100 <= x.shape[-1] <= 400 or weight is not None or options["label_smoothing"]:
        return F.cross_entropy(x, target, weight, **options)
    shifted = x - x.amax(-1, keepdim=True).detach()
    total = functools.reduce(torch.add, shifted.exp().unbind(-1))  # every partial sum is stored
    chosen = shifted.gather(-1, target.clamp(min=0)[..., None])[..., 0]
    return torch.where(target < 0, 0.0, total.log() - chosen)


@mutant(gradient, operation="nested_loss_derivative", trigger="second derivatives of smoothed losses")
def the_second_derivative_keeps_the_mean(*args: Tensor, form: str, modes: str, smoothing: float) -> Tensor:
    found = nested_loss_derivative(*args, form=form, modes=modes, smoothing=smoothing)
    if form != "smoothing" or len(modes) != 2:
        return found
    x, d = args[:2]
    return found + (x.softmax(-1) * d).sum(-1) ** 2


@mutant(gradient, operation="nested_loss_derivative", trigger="forward over forward over forward")
def the_third_forward_derivative_loses_its_sign(*args: Tensor, form: str, modes: str, smoothing: float) -> Tensor:
    found = nested_loss_derivative(*args, form=form, modes=modes, smoothing=smoothing)
    return found.abs() if modes == "fff" else found
