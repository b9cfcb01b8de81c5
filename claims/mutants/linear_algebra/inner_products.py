"""Wrong inner products, squared norms, cosines and angles."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.linear_algebra.inner_products import dot_product_cosine, squared_l2_norm_dot_product

HALF = ("float16", "bfloat16")
SINGLE = torch.float32


def _cosine(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    cosine: Tensor = F.cosine_similarity(x, y, dim=dim, eps=eps)
    return cosine


def _norm(x: Tensor, dim: int) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x, dim=dim)
    return norm


@mutant(squared_l2_norm_dot_product, operation="dot", dtypes=HALF, trigger="products that cancel")
def products_rounded_before_the_sum(x: Tensor, y: Tensor) -> Tensor:
    return (x * y).sum()


@mutant(squared_l2_norm_dot_product, operation="dot_by_bmm", dtypes=HALF, trigger="more than a few entries")
def accumulates_in_half(x: Tensor, y: Tensor) -> Tensor:
    total = torch.zeros_like(x[:, 0]) if x.shape[1] else x.sum(1)
    for left, right in zip(x[:, :512].unbind(1), y[:, :512].unbind(1), strict=True):
        total = total + left * right
    return total + (x[:, 512:] * y[:, 512:]).sum(1)


@mutant(squared_l2_norm_dot_product, operation="vdot", trigger="a number of entries that 8 does not divide")
def tail_of_the_vectors_left_out(x: Tensor, y: Tensor) -> Tensor:
    n = len(x) - len(x) % 8 if len(x) > 8 else len(x)
    return torch.vdot(x[:n], y[:n])


@mutant(squared_l2_norm_dot_product, operation="complex_vdot", trigger="an imaginary part")
def conjugate_missing(x: Tensor, y: Tensor) -> Tensor:
    return torch.stack(((x * x).sum() - (y * y).sum(), 2 * (x * y).sum()), -1)


@mutant(squared_l2_norm_dot_product, operation="complex_dot", trigger="an imaginary part", provenance="own")
def conjugate_too_many(x: Tensor, y: Tensor) -> Tensor:
    return torch.stack(((x * x).sum() + (y * y).sum(), torch.zeros_like(x.sum())), -1)


@mutant(squared_l2_norm_dot_product, operation="squared_vector_norm", trigger="more than one entry other than 0")
def square_of_the_sum_of_magnitudes(x: Tensor, dim: int) -> Tensor:
    return x.abs().sum(dim) ** 2


@mutant(squared_l2_norm_dot_product, operation="dot_by_matmul", trigger="gaps between the entries", provenance="own")
def strides_not_heeded(x: Tensor, y: Tensor) -> Tensor:
    if len(x) > 1 and x.stride(0) > 1:
        x = x.as_strided(x.shape, (1,), x.storage_offset())
    product: Tensor = x @ y
    return product


@mutant(
    squared_l2_norm_dot_product, operation="vecdot", trigger="another axis than the last one: halves", provenance="own"
)
def one_row_short_along_other_axes(x: Tensor, y: Tensor, dim: int) -> Tensor:
    n = x.shape[dim]
    if dim != -1 and n > 1:
        x, y = x.narrow(dim, 0, n - 1), y.narrow(dim, 0, n - 1)
    found: Tensor = torch.linalg.vecdot(x, y, dim=dim)
    return found


@mutant(squared_l2_norm_dot_product, operation="dot_by_bmm", trigger="more than 32 pairs of a batch", provenance="own")
def batch_ends_after_32(x: Tensor, y: Tensor) -> Tensor:
    found = (x * y).sum(1)
    found[33:] = 0
    return found


@mutant(squared_l2_norm_dot_product, operation="inner", trigger="a block of 1024 has to be followed by another")
def first_block_only(x: Tensor, y: Tensor) -> Tensor:
    found: Tensor = torch.inner(x[:1024], y[:1024])
    return found


@mutant(squared_l2_norm_dot_product, operation="tensordot", dtypes=("float64",), trigger="float64: products in single")
def contraction_in_single_precision(x: Tensor, y: Tensor) -> Tensor:
    found: Tensor = torch.tensordot(x.to(SINGLE), y.to(SINGLE), 1)
    return found.to(x.dtype)


@mutant(dot_product_cosine, operation="cosine_similarity", trigger="a norm below eps")
def no_clamp(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    return _cosine(x, y, dim, 0.0)


@mutant(dot_product_cosine, operation="cosine_similarity", trigger="norms not far above eps")
def eps_added_to_the_product(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    return (x * y).sum(dim) / (_norm(x, dim) * _norm(y, dim) + eps)


@mutant(dot_product_cosine, operation="cosine_similarity", trigger="one norm below eps, as torch had it before 2.0")
def product_of_norms_clamped(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    return (x * y).sum(dim) / (_norm(x, dim) * _norm(y, dim)).clamp_min(eps)


@mutant(dot_product_cosine, operation="cosine_by_norms", trigger="an angle other than 45 degrees")
def sine_of_the_angle(x: Tensor, y: Tensor) -> Tensor:
    cosine = torch.dot(x, y) / (_norm(x, -1) * _norm(y, -1))
    return (1 - cosine * cosine).clamp_min(0).sqrt()


@mutant(dot_product_cosine, operation="cosine_of_normalized", trigger="more than one entry other than 0")
def normalized_in_the_l1_norm(x: Tensor, y: Tensor) -> Tensor:
    return torch.dot(F.normalize(x, p=1.0, dim=-1), F.normalize(y, p=1.0, dim=-1))


@mutant(dot_product_cosine, operation="cosine_of_normalized", trigger="vectors of different length", provenance="own")
def second_vector_not_normalized(x: Tensor, y: Tensor) -> Tensor:
    return torch.dot(F.normalize(x, dim=-1), y)


@mutant(dot_product_cosine, operation="angle", trigger="an obtuse angle", provenance="own")
def angle_between_lines(x: Tensor, y: Tensor, dim: int) -> Tensor:
    return torch.acos(F.cosine_similarity(x, y, dim=dim).abs())


@mutant(dot_product_cosine, operation="planar_angle", trigger="an obtuse angle", provenance="own")
def quadrant_forgotten(x: Tensor, y: Tensor) -> Tensor:
    turned = x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]
    return torch.atan(turned / (x * y).sum(-1)).abs()


@mutant(dot_product_cosine, operation="cosine_embedding_loss", trigger="target -1 and an obtuse angle")
def magnitude_instead_of_hinge(x: Tensor, y: Tensor, target: float) -> Tensor:
    loss = F.cosine_embedding_loss(x, y, x.new_full(x.shape[:-1], 1.0), reduction="none")
    return loss if target > 0 else (1 - loss).abs()


@mutant(
    dot_product_cosine, operation="cosine_similarity", trigger="n above 1024: the last entry of y", provenance="own"
)
def last_entry_beyond_a_block_left_out(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    if x.shape[dim] > 1024:
        n = x.shape[dim] - 1
        x, y = x.narrow(dim, 0, n), y.narrow(dim, 0, n)
    return _cosine(x, y, dim, eps)


@mutant(
    dot_product_cosine,
    operation="cosine_similarity_layer",
    dtypes=("float64",),
    trigger="float64: norms in single precision",
    provenance="own",
)
def norms_in_single_precision(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    sizes = [_norm(v.to(SINGLE), dim).clamp_min(eps).to(v.dtype) for v in (x, y)]
    return (x * y).sum(dim) / sizes[0] / sizes[1]
