"""Wrong derivatives of functions of complex numbers: conjugates that are missing."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.complex_numbers import adjoint_identity_of_complex_functions as first
from claims.autodiff.complex_numbers import derivatives_of_complex_functions_in_every_nesting as nested
from claims.frame.operations.chapters.transforms import nested_derivatives
from claims.mutants.autodiff.rules import deriving, frozen, ruled

WIDE = ("float64", "float32")


@mutant(first, operation="exp", trigger="reverse mode: the conjugate is missing", dtypes=WIDE)
def exponential_without_a_conjugate(z: Tensor) -> Tensor:
    return ruled(torch.exp, backward=lambda g, w: g * w.exp())(z)


@mutant(first, operation="log", trigger="forward mode: a conjugate too many", dtypes=WIDE)
def tangent_over_the_conjugate(z: Tensor) -> Tensor:
    return ruled(torch.log, forward=lambda t, w: t / w.conj())(z)


@mutant(first, operation="multiply", trigger="the slope by the first factor: conjugated", dtypes=WIDE)
def factor_conjugated(a: Tensor, b: Tensor) -> Tensor:
    return deriving(a * b, a * b.detach().conj() + a.detach() * b)


@mutant(first, operation="vdot", trigger="the slope by the first vector: of the product without conjugate", dtypes=WIDE)
def bilinear_slope(a: Tensor, b: Tensor) -> Tensor:
    return deriving(torch.vdot(a, b), torch.vdot(a.detach(), b) + (a * b.detach()).sum())


@mutant(first, operation="abs", trigger="reverse mode: the conjugate of the sign", dtypes=WIDE)
def sign_conjugated(z: Tensor) -> Tensor:
    return ruled(torch.abs, backward=lambda g, w: g * w.sgn().conj())(z)


@mutant(first, operation="vector_norm", trigger="the imaginary parts are constants", dtypes=WIDE)
def imaginary_parts_are_constants(z: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(torch.complex(z.real, z.imag.detach()))
    return norm


@mutant(first, operation="inv", trigger="reverse mode: transposed, not conjugate", dtypes=WIDE)
def inverse_transposed_without_a_conjugate(a: Tensor) -> Tensor:
    def backward(g: Tensor, w: Tensor) -> Tensor:
        inverse: Tensor = torch.linalg.inv(w)
        return -inverse.mT @ g @ inverse.mT

    return ruled(torch.linalg.inv, backward=backward)(a)


@mutant(first, operation="eigvalsh", trigger="the projectors are transposed", dtypes=WIDE)
def projectors_transposed(a: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(a.detach())
    moved = vectors.mT @ a @ vectors.conj()
    return deriving(values, moved.diagonal().real)


@mutant(nested, operation="exp", trigger="second order: the conjugate is missing", dtypes=WIDE)
def curvature_without_a_conjugate(z: Tensor) -> Tensor:
    slope = ruled(lambda w: w.exp().conj(), backward=lambda g, w: g * w.exp().conj())
    return ruled(torch.exp, backward=lambda g, w: g * slope(w))(z)


@mutant(nested, operation="sqrt", trigger="second order: the slope is a constant", dtypes=WIDE)
def slope_of_the_root_is_constant(z: Tensor) -> Tensor:
    return ruled(torch.sqrt, backward=lambda g, w: g * frozen(lambda t: 0.5 / t.sqrt().conj())(w))(z)


@mutant(nested, operation="nested_derivatives", trigger="vmap of the Hessian: that of the first row", dtypes=WIDE)
def hessian_of_the_first_numbers(x: Tensor, *args: Any, ways: tuple[str, ...], **options: Any) -> tuple[Tensor, ...]:
    at = x[:1].expand_as(x) if "vmap" in ways[0] else x
    found: tuple[Tensor, ...] = nested_derivatives(at, *args, ways=ways, **options)
    return found
