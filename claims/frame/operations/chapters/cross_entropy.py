"""Cross entropy of classes and of laws, in every spelling.

Logits x (rows, classes) with class indices (rows,), or laws (rows, classes), and weights (classes,) or None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from claims.frame.operations.operation import Operation


def class_loss_module(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    """nn.CrossEntropyLoss."""
    loss: Tensor = nn.CrossEntropyLoss(weight, **options)(x, target)
    return loss


def nll_of_log_softmax(
    x: Tensor, target: Tensor, weight: Tensor | None, *, label_smoothing: float, **options: Any
) -> Tensor:
    """F.nll_loss of F.log_softmax; there is no smoothing."""
    return F.nll_loss(F.log_softmax(x, -1), target, weight, **options)


def nll_module(x: Tensor, target: Tensor, weight: Tensor | None, *, label_smoothing: float, **options: Any) -> Tensor:
    """nn.NLLLoss of nn.LogSoftmax; there is no smoothing."""
    loss: Tensor = nn.NLLLoss(weight, **options)(nn.LogSoftmax(-1)(x), target)
    return loss


def nll_of_columns(
    x: Tensor, target: Tensor, weight: Tensor | None, *, label_smoothing: float, **options: Any
) -> Tensor:
    """F.nll_loss of F.log_softmax along the first axis."""
    return F.nll_loss(F.log_softmax(x.mT.contiguous(), 0).mT, target, weight, **options)


def logsumexp_minus_logit(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    """logsumexp(x) - x_t of every row, without options."""
    return torch.logsumexp(x, -1) - x.gather(-1, target[..., None])[..., 0]


def nested_loss_derivative(
    x: Tensor, d: Tensor, weight: Tensor, law: Tensor, target: Tensor, *, form: str, modes: str, smoothing: float
) -> Tensor:
    """The derivative of every row's loss along d, of order len(modes): r reverse, f forward, inside out.

    The classes of rows are (..., 1); the weights are those of the first row.
    """
    rows, along, laws, w = (t.clone() if t.ndim > 1 else t[None].clone() for t in (x, d, law, weight))
    chosen, w = target.reshape(-1).clone(), w[0]
    losses: dict[str, Callable[[Tensor], Tensor]] = {
        "classes": lambda z: F.cross_entropy(z, chosen, reduction="none"),
        "weights": lambda z: F.cross_entropy(z, chosen, w, reduction="none"),
        "smoothing": lambda z: F.cross_entropy(z, chosen, reduction="none", label_smoothing=smoothing),
        "law": lambda z: F.cross_entropy(z, laws, w, reduction="none", label_smoothing=smoothing),
        "nll": lambda z: F.nll_loss(F.log_softmax(z, -1), chosen, reduction="none"),
        "logsumexp": lambda z: torch.logsumexp(z, -1) - z.gather(-1, chosen[:, None])[:, 0],
        "spatial": lambda z: F.cross_entropy(z.mT[None], chosen[None], reduction="none")[0],
    }

    def reverse(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda z: (torch.func.grad(lambda t: f(t).sum())(z) * along).sum(-1)

    def forward(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda z: torch.func.jvp(f, (z,), (along,))[1]

    derivative = losses[form]
    for mode in modes:
        derivative = (reverse if mode == "r" else forward)(derivative)
    return derivative(rows).reshape(x.shape[:-1])


_CE, _AXES = "torch.nn.functional.cross_entropy", (2, 1, 1)

ROWS = {
    "class_loss": Operation(F.cross_entropy, _CE, axes=_AXES, batches=False),
    "law_loss": Operation(F.cross_entropy, _CE, axes=(2, 2, 1), batches=False),
    "law_loss_module": Operation(class_loss_module, "class_loss_module", axes=(2, 2, 1), batches=False),
    "spatial_loss": Operation(F.cross_entropy, _CE, axes=(3, 2, 1), batches=False),
    "spatial_law_loss": Operation(F.cross_entropy, _CE, axes=(3, 3, 1), batches=False),
    "image_loss": Operation(F.cross_entropy, _CE, axes=(4, 3, 1), batches=False),
    "unbatched_loss": Operation(F.cross_entropy, _CE, axes=(1, 0, 1), batches=False),
    "nested_loss_derivative": Operation(nested_loss_derivative, "nested_loss_derivative"),
} | {
    f.__name__: Operation(f, f.__name__, axes=_AXES, batches=False)
    for f in (class_loss_module, nll_of_log_softmax, nll_module, nll_of_columns, logsumexp_minus_logit)
}
