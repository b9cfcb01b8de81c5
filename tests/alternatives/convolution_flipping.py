"""Kernels composed and learned otherwise: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.chapters.convolution import learned_kernels


def composed_tap_by_tap(a: Tensor, b: Tensor) -> Tensor:
    """Products of matrices of channels, added where they belong."""
    sizes = [i + k - 1 for i, k in zip(a.shape[2:], b.shape[2:], strict=True)]
    made = a.new_zeros(b.shape[0], a.shape[1], *sizes)
    for k in torch.cartesian_prod(*[torch.arange(n) for n in b.shape[2:]]).reshape(-1, b.ndim - 2).tolist():
        places = tuple(slice(i, i + n) for i, n in zip(k, a.shape[2:], strict=True))
        made[(..., *places)] += torch.einsum("po,oc...->pc...", b[(..., *k)], a)
    return made


def flipped_images(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: object) -> Tensor:
    """Flips images, targets and kernels, in place of the kernels at each step; without an activation that is exact."""
    if not flips or options["activation"] != "none" or options["optimiser"] != "SGD":
        return learned_kernels(x, w, t, flips=flips, **options)  # type: ignore[arg-type]
    return learned_kernels(x.flip(list(flips)), w, t.flip(list(flips)), flips=(), **options)  # type: ignore[arg-type]


def descent_by_hand(x: Tensor, w: Tensor, t: Tensor, *, flips: Sequence[int], **options: object) -> Tensor:
    """Steps of gradient descent without an optimiser."""
    if options["optimiser"] != "SGD":
        return learned_kernels(x, w, t, flips=flips, **options)  # type: ignore[arg-type]
    f = (F.conv1d, F.conv2d, F.conv3d)[w.ndim - 3]
    kernel, learned = w.detach().clone(), []
    for _ in range(int(str(options["steps"]))):
        leaf = kernel.requires_grad_()
        y = f(x, leaf.flip(list(flips)) if flips else leaf)
        error = (y.tanh() if options["activation"] == "tanh" else y) - t
        (slope,) = torch.autograd.grad(error.square().sum() / 2, leaf)
        kernel = kernel.detach() - 0.125 * slope
        learned.append(kernel)
    return torch.stack(learned)


ALTERNATIVES = [
    (
        ("kernel-flip-only-for-commutativity",),
        {f"composed_kernels{d}d": composed_tap_by_tap for d in (1, 2, 3)},
        "tap by tap",
    ),
    (("learned-kernel-is-flipped",), {f"learned_kernels{d}d": flipped_images for d in (1, 2)}, "flipped images"),
    (("learned-kernel-is-flipped",), {f"learned_kernels{d}d": descent_by_hand for d in (1, 2, 3)}, "by hand"),
]
