"""Wrong derivatives of functions of one number that half types lack."""

from __future__ import annotations

import math

import torch
from torch import Tensor, special

from claims import mutant
from claims.autodiff.univariate import adjoint_identity_of_special_functions as first
from claims.autodiff.univariate import derivatives_of_special_functions_in_every_nesting as nested
from claims.mutants.autodiff.rules import deriving, frozen, ruled

ROOT_PI, ROOT_TAU = math.sqrt(math.pi), math.sqrt(2 * math.pi)


def _i1_slope(x: Tensor) -> Tensor:
    found: Tensor = torch.i0(x) - special.i1(x) / x
    return found


def _sharp(x: Tensor) -> Tensor:
    found: Tensor = 2 * x * special.erfcx(x) - 2 / ROOT_PI
    return found


def _hazard(x: Tensor) -> Tensor:
    found: Tensor = (-special.log_ndtr(x) - x * x / 2).exp() / ROOT_TAU
    return found


def _quantile_slope(x: Tensor) -> Tensor:
    found: Tensor = ROOT_TAU * (special.ndtri(x).square() / 2).exp()
    return found


@mutant(first, operation="i1", trigger="the slope is I_0, as if it were cosh")
def second_term_left_out(x: Tensor) -> Tensor:
    return ruled(special.i1, backward=lambda g, z: g * torch.i0(z))(x)


@mutant(first, operation="i1e", trigger="forward mode, negative numbers: the scale is differentiated as exp(-x)")
def scale_of_one_sign(x: Tensor) -> Tensor:
    def along(t: Tensor, z: Tensor) -> Tensor:
        found: Tensor = t * (special.i0e(z) - special.i1e(z) * (1 + 1 / z))
        return found

    return ruled(special.i1e, forward=along)(x)


@mutant(first, operation="erfcx", trigger="negative numbers: the constant term is left out")
def constant_left_out(x: Tensor) -> Tensor:
    return ruled(special.erfcx, backward=lambda g, z: g * torch.where(z < 0, _sharp(z) + 2 / ROOT_PI, _sharp(z)))(x)


@mutant(
    first, operation="log_ndtr", trigger="positive numbers: the density is not divided by the distribution function"
)
def density_for_the_hazard(x: Tensor) -> Tensor:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        return g * torch.where(z > 0, (-z * z / 2).exp() / ROOT_TAU, _hazard(z))

    return ruled(special.log_ndtr, backward=slope)(x)


@mutant(first, operation="log_ndtr", trigger="below -2: the slope is -x, its asymptote")
def slope_of_the_tail(x: Tensor) -> Tensor:
    return deriving(special.log_ndtr(x), torch.where(x < -2, -x * x / 2, special.log_ndtr(x)))


@mutant(first, operation="ndtri", trigger="the upper half: the slope of 2 x - 1's erfinv, without sqrt(2)")
def quantile_without_its_scale(x: Tensor) -> Tensor:
    return deriving(special.ndtri(x), torch.where(x > 0.5, torch.erfinv(2 * x - 1), special.ndtri(x)))


@mutant(nested, operation="i0", trigger="second order: I_0, as if it were cosh")
def bessel_functions_as_hyperbolic_ones(x: Tensor) -> Tensor:
    order_1 = ruled(special.i1, backward=lambda g, z: g * torch.i0(z))
    return ruled(torch.i0, backward=lambda g, z: g * order_1(z))(x)


@mutant(nested, operation="i0e", trigger="second order of forward mode: the slope is a constant")
def scaled_slope_is_constant(x: Tensor) -> Tensor:
    def along(t: Tensor, z: Tensor) -> Tensor:
        return t * frozen(lambda y: special.i1e(y) - y.sgn() * special.i0e(y))(z)

    return ruled(special.i0e, forward=along)(x)


@mutant(nested, operation="i1", trigger="second order: 1 / x in the slope is a constant")
def divisor_is_constant(x: Tensor) -> Tensor:
    return ruled(special.i1, backward=lambda g, z: g * (torch.i0(z) - special.i1(z) / z.detach()))(x)


@mutant(nested, operation="i1e", trigger="third order: the second derivative is a constant")
def third_derivative_vanishes(x: Tensor) -> Tensor:
    def slope(z: Tensor) -> Tensor:
        found: Tensor = special.i0e(z) - special.i1e(z) * (z.sgn() + 1 / z)
        return found

    def curvature(z: Tensor) -> Tensor:
        fixed = z.detach()
        found: Tensor = torch.func.vjp(slope, fixed)[1](torch.ones_like(fixed))[0].detach()
        return found

    made = ruled(slope, backward=lambda g, z: g * curvature(z), forward=lambda t, z: t * curvature(z))
    return ruled(special.i1e, backward=lambda g, z: g * made(z), forward=lambda t, z: t * made(z))(x)


@mutant(nested, operation="erfcx", trigger="second order: the saved value is a constant")
def saved_value_of_erfcx_is_constant(x: Tensor) -> Tensor:
    return ruled(special.erfcx, backward=lambda g, z: g * (2 * z * special.erfcx(z).detach() - 2 / ROOT_PI))(x)


@mutant(nested, operation="log_ndtr", trigger="second order, below -1: -1, that of its asymptote")
def curvature_of_the_tail(x: Tensor) -> Tensor:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        h = _hazard(z)
        return g * torch.where(z < -1, h.detach() + z.detach() - z, h)

    return ruled(special.log_ndtr, backward=slope)(x)


@mutant(nested, operation="ndtri", trigger="second order, the lower half: its sign")
def curvature_of_the_quantile_negated(x: Tensor) -> Tensor:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        s = _quantile_slope(z)
        return g * torch.where(z < 0.5, 2 * s.detach() - s, s)

    return ruled(special.ndtri, backward=slope)(x)
