"""Wrong products with the Hessian, and wrong curvatures."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.hessian import hessian_vector_product
from claims.frame.operations.chapters.hessians import curvature, hessian_product

HERE = hessian_vector_product


@mutant(HERE, operation="hessian_product", trigger="v is multiplied twice: H^2 v")
def squared_hessian(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    return hessian_product(h, b, x, hessian_product(h, b, x, v, way), way)


@mutant(HERE, operation="hessian_product", trigger="only the lower triangle of H")
def lower_triangle(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    return (h.tril() @ v[..., None])[..., 0]


@mutant(HERE, operation="hessian_product", trigger="without create_graph: the gradient is a constant")
def gradient_is_a_constant(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    found = hessian_product(h, b, x, v, way)
    return torch.zeros_like(found) if way == "gradient of the inner product" else found


@mutant(HERE, operation="hessian_product", trigger="forward over reverse: the tangent meets one of both factors")
def half_of_the_product_rule(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    found = hessian_product(h, b, x, v, way)
    return found / 2 if way == "forward over reverse" else found


@mutant(
    HERE, operation="hessian_product", trigger="more than 16 variables: the last one is left out", dtypes=("float32",)
)
def the_last_variable_is_left_out(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    found = hessian_product(h, b, x, v, way).clone()
    if v.shape[-1] > 16:
        found[..., -1] = 0
    return found


@mutant(HERE, operation="hessian_product", trigger="vhp: finite differences of the gradient", dtypes=("float64",))
def finite_differences(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    if way != "vhp":
        return hessian_product(h, b, x, v, way)
    step = 2.0**-20 * (1 + x.abs())
    above, below = ((h @ (x + s * step * v)[..., None])[..., 0] - b for s in (1, -1))
    return (above - below) / (2 * step)


@mutant(HERE, operation="hessian_product", trigger="hvp: the gradient is added")
def the_gradient_is_added(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    found = hessian_product(h, b, x, v, way)
    return found + (h @ x[..., None])[..., 0] - b if way == "hvp" else found


@mutant(HERE, operation="hessian_product", trigger="float64 in float32", dtypes=("float64",))
def product_in_float32(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:
    return hessian_product(h.float(), b.float(), x.float(), v.float(), way).double()


@mutant(HERE, operation="curvature", trigger="not divided by v^T v")
def curvature_of_a_long_direction(h: Tensor, b: Tensor, x: Tensor, v: Tensor) -> Tensor:
    return curvature(h, b, x, v) * (v * v).sum(-1)


@mutant(HERE, operation="curvature", trigger="negative curvature: its magnitude")
def magnitude_of_the_curvature(h: Tensor, b: Tensor, x: Tensor, v: Tensor) -> Tensor:
    return curvature(h, b, x, v).abs()
