"""Correct products, traces, norms and powers in other orders than torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

PRODUCTS = ("product-spellings-agree",)
CHAINS = ("chain-product-spellings-agree",)
KRONECKER = ("kronecker-spellings-agree",)
MATRICES = ("matrix-spellings-agree",)


def _accumulator(a: Tensor) -> torch.dtype:
    """What half types accumulate in."""
    return torch.promote_types(a.dtype, torch.float32)


def _summed_backwards(a: Tensor, b: Tensor) -> Tensor:
    """A B, for stacks too, one outer product after another, the last first."""
    total = torch.zeros((*a.shape[:-1], b.shape[-1]), dtype=_accumulator(a))
    for i in reversed(range(a.shape[-1])):
        total = total + a[..., :, i, None].to(total.dtype) * b[..., i, None, :].to(total.dtype)
    return total.to(a.dtype)


def products_summed_backwards(a: Tensor, b: Tensor, _spelling: str) -> Tensor:
    """One outer product after another, the last first."""
    return _summed_backwards(a, b)


def products_in_float64(a: Tensor, b: Tensor, _spelling: str) -> Tensor:
    """In float64, then rounded."""
    return (a.double() @ b.double()).to(a.dtype)


def products_in_two_halves(a: Tensor, b: Tensor, _spelling: str) -> Tensor:
    """The inner dimension in two halves that are added in the accumulator."""
    half = a.shape[-1] // 2
    wide = _accumulator(a)
    left = a[..., :half].to(wide) @ b[..., :half, :].to(wide)
    return (left + a[..., half:].to(wide) @ b[..., half:, :].to(wide)).to(a.dtype)


def sums_stored_after_each_product(a: Tensor, b: Tensor, _spelling: str) -> Tensor:
    """Each product is added to a result of the dtype."""
    total = torch.zeros((a.shape[1], b.shape[2]), dtype=a.dtype)
    for left, right in zip(a, b, strict=True):
        total = (total.to(_accumulator(a)) + left.to(_accumulator(a)) @ right.to(_accumulator(a))).to(a.dtype)
    return total


def sums_in_float64(a: Tensor, b: Tensor, _spelling: str) -> Tensor:
    """In float64, then rounded."""
    return (a.double() @ b.double()).sum(0).to(a.dtype)


def applied_by_columns(a: Tensor, x: Tensor, _spelling: str) -> Tensor:
    """A sum of columns, the last first."""
    return _summed_backwards(a, x[:, None])[:, 0]


def dot_summed_backwards(x: Tensor, y: Tensor, _spelling: str) -> Tensor:
    """One product after another, the last first."""
    return _summed_backwards(x[None], y[:, None])[0, 0]


def outer_by_rows(x: Tensor, y: Tensor, _spelling: str) -> Tensor:
    """One row after another."""
    return torch.stack([factor * y for factor in x]) if len(x) else x[:, None] * y


def kronecker_by_blocks(a: Tensor, b: Tensor, _spelling: str) -> Tensor:
    """One block after another."""
    (m, k), (p, q) = a.shape, b.shape
    product = a.new_empty((m * p, k * q))
    for i in range(m):
        for j in range(k):
            product[i * p : (i + 1) * p, j * q : (j + 1) * q] = a[i, j] * b
    return product


def kronecker_in_float64(a: Tensor, b: Tensor, _spelling: str) -> Tensor:
    """In float64, then rounded."""
    return torch.kron(a.double().contiguous(), b.double().contiguous()).to(a.dtype)


def trace_summed_backwards(a: Tensor, _spelling: str) -> Tensor:
    """The last entry first."""
    total = torch.zeros((), dtype=_accumulator(a))
    for entry in a.diagonal().flip(0):
        total = total + entry.to(total.dtype)
    return total.to(a.dtype)


def scaled_norm(a: Tensor, _spelling: str) -> Tensor:
    """Entries are divided by a power of two next to the largest."""
    wide = a.double()
    largest = wide.abs().max() if a.numel() else wide.new_zeros(())
    if not largest > 0:
        return largest.to(a.dtype)
    scale = 2.0 ** torch.frexp(largest).exponent.double()
    return ((wide / scale).square().sum().sqrt() * scale).to(a.dtype)


def power_from_the_right(a: Tensor, t: int, _spelling: str) -> Tensor:
    """W (W (... W))."""
    power = torch.eye(len(a), dtype=a.dtype) if t == 0 else a.clone()
    for _ in range(t - 1):
        power = _summed_backwards(a, power)
    return power


def chain_from_the_right(factors: list[Tensor], _spelling: str) -> Tensor:
    """A (B C)."""
    a, b, c = factors
    return a @ (b @ c)


def chain_in_float64(factors: list[Tensor], _spelling: str) -> Tensor:
    """In float64, then rounded."""
    a, b, c = factors
    return (a.double() @ b.double() @ c.double()).to(a.dtype)


ALTERNATIVES = [
    *((CHAINS, {"chained_product": f}, f.__name__) for f in (chain_from_the_right, chain_in_float64)),
    *(
        (PRODUCTS, {"matrix_product": f, "stacked_product": f}, f.__name__)
        for f in (products_summed_backwards, products_in_float64, products_in_two_halves)
    ),
    *((PRODUCTS, {"summed_product": f}, f.__name__) for f in (sums_stored_after_each_product, sums_in_float64)),
    (PRODUCTS, {"matrix_vector_product": applied_by_columns}, "applied_by_columns"),
    (PRODUCTS, {"inner_product": dot_summed_backwards}, "dot_summed_backwards"),
    (PRODUCTS, {"outer_product": outer_by_rows}, "outer_by_rows"),
    *((KRONECKER, {"kronecker_product": f}, f.__name__) for f in (kronecker_by_blocks, kronecker_in_float64)),
    (MATRICES, {"matrix_trace": trace_summed_backwards}, "trace_summed_backwards"),
    (MATRICES, {"frobenius_norm": scaled_norm}, "scaled_norm"),
    (MATRICES, {"natural_power": power_from_the_right}, "power_from_the_right"),
]
