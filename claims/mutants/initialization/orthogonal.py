"""Wrong orthogonal initializers."""

from __future__ import annotations

import torch
from torch import Generator, Tensor
from torch.nn import init

from claims import mutant
from claims.initialization.orthogonal import orthogonal_initialisation


def orthogonal_(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    """torch's initializer, for weights of every memory layout."""
    return w.copy_(init.orthogonal_(torch.empty(w.shape, dtype=w.dtype, device=w.device), gain, generator))


def flat_normal(w: Tensor, generator: Generator | None) -> Tensor:
    """Normal numbers of the same shape, the axes after the first as one."""
    if w.ndim < 2:
        raise ValueError("fewer than two axes")
    return torch.randn(w.shape, dtype=w.dtype, device=w.device, generator=generator).flatten(1)


@mutant(orthogonal_initialisation, operation="orthogonal_", trigger="fewer rows than columns")
def wide_weights_not_transposed(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    orthogonal_(w, gain, generator=generator)
    flat = w.flatten(1)
    if len(flat) < flat.shape[1]:
        flat = torch.randn(flat.shape, dtype=w.dtype, device=w.device, generator=generator)
        return w.copy_((flat / flat.norm(dim=0) * gain).reshape(w.shape))
    return w


@mutant(orthogonal_initialisation, operation="orthogonal_", trigger="gain other than 1")
def gain_of_orthogonal_weights_squared(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    return orthogonal_(w, gain**2, generator=generator)


@mutant(orthogonal_initialisation, operation="orthogonal_", trigger="more than one row")
def rows_only_normalised(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    flat = flat_normal(w, generator)
    return w.copy_((flat / flat.norm(dim=1, keepdim=True) * gain).reshape(w.shape))


@mutant(orthogonal_initialisation, operation="orthogonal_", trigger="signs of the first row")
def signs_of_the_factor_kept(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    flat = flat_normal(w, generator)
    tall = len(flat) >= flat.shape[1]
    q = torch.linalg.qr(flat if tall else flat.mT).Q
    q = q * torch.where(q[0] < 0, -1.0, 1.0).to(q.dtype)
    return w.copy_((q if tall else q.mT).reshape(w.shape) * gain)


@mutant(orthogonal_initialisation, operation="orthogonal_", trigger="a kernel")
def kernel_positions_apart(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    if w.ndim <= 2:
        return orthogonal_(w, gain, generator=generator)
    moved = torch.empty(*w.shape[2:], *w.shape[:2], dtype=w.dtype, device=w.device)
    for part in moved.view(-1, *w.shape[:2]):
        orthogonal_(part, gain, generator=generator)
    return w.copy_(moved.permute(-2, -1, *range(w.ndim - 2)))


@mutant(orthogonal_initialisation, operation="orthogonal_", trigger="more than 64 rows or columns")
def blocks_of_64(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    orthogonal_(w, gain, generator=generator)
    if w.ndim == 2 and max(w.shape) > 64:
        w[:, -1] = w[:, 0]
    return w


@mutant(orthogonal_initialisation, operation="orthogonal_", trigger="square")
def rotations_only(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    orthogonal_(w, gain, generator=generator)
    if w.ndim == 2 and w.shape[0] == w.shape[1]:
        w[0] *= torch.linalg.det(w / gain).sign()
    return w


@mutant(orthogonal_initialisation, operation="orthogonal_")
def orthogonal_from_the_global_stream(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    return orthogonal_(w, gain)


@mutant(orthogonal_initialisation, operation="orthogonal_", dtypes=("float64",))
def orthogonal_in_float32(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    return w.copy_(orthogonal_(w.float(), gain, generator=generator))


@mutant(orthogonal_initialisation, operation="svdvals", trigger="more than one singular value")
def squared_singular_values(a: Tensor) -> Tensor:
    values: Tensor = torch.linalg.svdvals(a)
    return values**2 if a.shape[-1] > 1 else values * 1.01
