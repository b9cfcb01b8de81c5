"""Correct matrices, patches, ties and priors by other means: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.chapters.convolution_matrices import prior_solution, unfolded_convolution
from tests.alternatives.probability_independence import rounded

MATRIX, PATCHES, TIED, PRIOR = (
    ("convolution-toeplitz-matrix",),
    ("convolution-as-matrix-multiplication-im2col",),
    ("conv-is-constrained-dense-layer",),
    ("infinitely-strong-prior-limit",),
)


def jacobian_by_columns(x: Tensor, w: Tensor, *, rule: str, mode: str, **options: Any) -> Tensor:  # noqa: ARG001
    """The results of unit images, one after the other."""
    f = (F.conv1d, F.conv2d, F.conv3d)[w.ndim - 3]
    one = torch.eye(x[0].numel(), dtype=x.dtype).reshape(-1, *x.shape[1:])
    if mode != "zeros":
        one = F.pad(one, [q for p in reversed(options["padding"]) for q in (p, p)], mode=mode)
        options = {**options, "padding": 0}
    y = torch.cat([f(e[None], w, **options) for e in one])
    return y.flatten(1).mT.reshape(*y.shape[1:], *x.shape[1:])


def transposed_by_gradients(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:  # noqa: ARG001
    """The gradient of a convolution by its images, in float64, rounded once."""
    d = w.ndim - 2
    axes = zip(
        x.shape[2:],
        w.shape[2:],
        *(options[n] for n in ("stride", "padding", "dilation", "output_padding")),
        strict=True,
    )
    sizes = [(n - 1) * s - 2 * q + e * (k - 1) + 1 + r for n, k, s, q, e, r in axes]
    images = torch.zeros(len(x), w.shape[1] * options["groups"], *sizes, dtype=torch.float64, requires_grad=True)
    f = (F.conv1d, F.conv2d, F.conv3d)[d - 1]
    y = f(images, w.double(), None, options["stride"], options["padding"], options["dilation"], options["groups"])
    return rounded(torch.autograd.grad(y, images, x.double())[0].numpy(), x.dtype)


def unfolded_in_float64(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    """The product of matrices in float64, rounded once."""
    return rounded(unfolded_convolution(x.double(), w.double(), **options).numpy(), x.dtype)


def one_tap_after_the_other(
    x: Tensor,
    w: Tensor,
    *,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    spelling: str,  # noqa: ARG001
) -> Tensor:
    """1x1 convolutions of shifted images added up in float64, rounded once."""
    x64, w64, d = x.double(), w.double(), w.ndim - 2
    wide = F.pad(x64, [q for p in reversed(padding) for q in (p, p)])
    axes = zip(wide.shape[2:], w.shape[2:], stride, dilation, strict=True)
    sizes = [(n - e * (k - 1) - 1) // s + 1 for n, k, s, e in axes]
    total = x64.new_zeros(len(x), len(w), *sizes)
    for place in torch.cartesian_prod(*[torch.arange(k) for k in w.shape[2:]]).reshape(-1, d).tolist():
        starts = zip(place, sizes, stride, dilation, strict=True)
        part = wide[(..., *(slice(p * e, p * e + s * (n - 1) + 1, s) for p, n, s, e in starts))]
        mixed = w64[(..., *place)].unflatten(0, (groups, -1))
        pixels = part.flatten(2).unflatten(1, (groups, -1))
        total += torch.einsum("goc,ngcp->ngop", mixed, pixels).reshape(total.shape)
    return rounded(total.numpy(), x.dtype)


def patches_by_windows(x: Tensor, *, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Tensor:  # noqa: ANN401
    """By Tensor.unfold."""
    (q, r), (k, m), (s, t), (d, e) = padding, kernel, stride, dilation
    wide = F.pad(x, (r, r, q, q)).unfold(2, d * (k - 1) + 1, s)[..., ::d].unfold(3, e * (m - 1) + 1, t)[..., ::e]
    return wide.permute(0, 1, 4, 5, 2, 3).flatten(4).flatten(1, 3)


def folded_by_gradients(x: Tensor, *, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Tensor:  # noqa: ANN401
    """The gradient of half the squared norm of the patches."""
    leaf = x.detach().clone().requires_grad_()
    patches = F.unfold(leaf, kernel, dilation, padding, stride)
    return torch.autograd.grad(patches, leaf, patches.detach())[0]


def matrix_by_one_hot(w: Tensor, places: Tensor, size: int, groups: int) -> Tensor:
    """The kernels times indicators of places, group by group."""
    where = F.one_hot(places % (size + 1), size + 1)[..., :-1].to(w.dtype)  # (results, taps, size)
    parts = [torch.einsum("oct,pti->opci", part, where).flatten(0, 1) for part in w.flatten(2).chunk(groups)]
    rows = torch.zeros(w.shape[0] * len(places), groups, w.shape[1] * size, dtype=w.dtype)
    step = len(parts[0])
    blocks = [
        F.pad(p.flatten(1), (g * w.shape[1] * size, (groups - 1 - g) * w.shape[1] * size)) for g, p in enumerate(parts)
    ]
    return torch.cat(blocks) if step else rows.flatten(1)


def sums_by_loops(gradient: Tensor, places: Tensor, filters: int, channels: int, groups: int) -> Tensor:
    """One number of a kernel after the other, in float64."""
    size = gradient.shape[-1] // (channels * groups)
    a = gradient.double().reshape(filters, len(places), channels * groups, size)
    total = a.new_zeros(filters, channels, places.shape[1])
    for o in range(filters):
        for c in range(channels):
            for p, row in enumerate(places.tolist()):
                for t, i in enumerate(row):
                    if i >= 0:
                        total[o, c, t] += a[o, p, o // (filters // groups) * channels + c, i]
    return rounded(total.numpy(), gradient.dtype)


def prior_in_float64(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    """In float64, rounded once."""
    wider = prior_solution(x.double(), y.double(), strength.double())
    return rounded(wider.numpy(), x.dtype)


def prior_by_stacked_rows(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    """The same system with its unknowns in reverse order."""
    return prior_solution(x.flip(-1), y.flip(-1), strength).flip(0, 1)


def each_axis(name: str, function: Any, axes: Sequence[int] = (1, 2, 3)) -> dict[str, Any]:  # noqa: ANN401
    """The same function for these numbers of axes."""
    return {f"{name}{d}d": function for d in axes}


ALTERNATIVES = [
    (MATRIX, each_axis("convolution_jacobian", jacobian_by_columns), "columns of the matrix"),
    (MATRIX, each_axis("transposed_convolution", transposed_by_gradients), "transposed by gradients"),
    (PATCHES, each_axis("unfolded_convolution", unfolded_in_float64), "patches in float64"),
    (PATCHES, each_axis("unfolded_convolution", one_tap_after_the_other), "one tap after the other"),
    (PATCHES, {"patches_of": patches_by_windows}, "patches by windows"),
    (PATCHES, {"folded_patches": folded_by_gradients}, "folded by gradients"),
    (TIED, each_axis("tied_matrix", matrix_by_one_hot, (1, 2)), "dense matrix by indicators"),
    (TIED, {"summed_over_ties": sums_by_loops}, "sums by loops"),
    (PRIOR, {"prior_solution": prior_in_float64}, "prior in float64"),
    (PRIOR, {"prior_solution": prior_by_stacked_rows}, "prior in reverse order"),
]
