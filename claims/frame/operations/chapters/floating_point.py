"""Conversions between formats, their limits, and products while subnormal numbers are flushed."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def converted(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    """x in another dtype: by to, by the method of the dtype's name, by copy_, by copy_ into every other place."""
    named = {
        torch.float16: Tensor.half,
        torch.bfloat16: Tensor.bfloat16,
        torch.float32: Tensor.float,
        torch.float64: Tensor.double,
    }
    match spelling:
        case "named":
            return named[dtype](x)
        case "copy_":
            return torch.empty(x.shape, dtype=dtype, device=x.device).copy_(x)
        case "strided copy_":
            return torch.empty((*x.shape, 2), dtype=dtype, device=x.device)[..., 0].copy_(x)
        case _:
            return x.to(dtype)


def limits(x: Tensor) -> Tensor:
    """The largest number, the least, the spacing at 1 and the smallest positive normal number of the dtype of x."""
    about = torch.finfo(x.dtype)
    return torch.tensor([about.max, about.min, about.eps, about.tiny], dtype=x.dtype, device=x.device)


def flushed_product(x: Tensor, factor: float) -> tuple[Tensor, Tensor]:
    """x times a factor while torch.set_flush_denormal is on, and 1 where the processor can flush x, else 0."""
    can = torch.set_flush_denormal(True) and x.device.type == "cpu"
    try:
        y = torch.mul(x, factor)
    finally:
        torch.set_flush_denormal(False)
    return y, torch.full_like(y, float(can))


ROWS = {
    "converted": Operation(converted, "converted", axes=(1,)),
    "limits": Operation(limits, "limits"),
    "flushed_product": Operation(flushed_product, "flushed_product", axes=(1,)),
}
