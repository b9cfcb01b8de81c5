"""Wrong derivatives of functions of one number."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.autodiff.univariate import adjoint_identity_of_univariate_functions as first
from claims.autodiff.univariate import derivatives_of_univariate_functions_in_every_nesting as nested
from claims.mutants.autodiff.rules import alike_in_a_batch, deriving, frozen, ruled


def _sinc_slope(x: Tensor) -> Tensor:
    a = math.pi * x
    return (a * a.cos() - a.sin()) / (a * x)


@mutant(first, operation="tan", trigger="forward mode: 1 + y for 1 + y^2")
def tangent_forward_without_the_square(x: Tensor) -> Tensor:
    return ruled(torch.tan, forward=lambda t, z: t * (1 + z.tan()))(x)


@mutant(first, operation="acosh", trigger="the slope of asinh")
def acosh_with_the_slope_of_asinh(x: Tensor) -> Tensor:
    return deriving(torch.acosh(x), torch.asinh(x))


@mutant(first, operation="log10", trigger="reverse mode: the slope of the natural logarithm")
def log10_without_its_factor(x: Tensor) -> Tensor:
    return ruled(torch.log10, backward=lambda g, z: g / z)(x)


@mutant(first, operation="erfinv", trigger="beyond 3/4: the slope at 3/4")
def erfinv_is_linear_far_out(x: Tensor) -> Tensor:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        return g * math.sqrt(math.pi) / 2 * torch.erfinv(z.clamp(-0.75, 0.75)).square().exp()

    return ruled(torch.erfinv, backward=slope)(x)


@mutant(first, operation="i0", trigger="negative numbers: the sign of the slope")
def bessel_slope_is_even(x: Tensor) -> Tensor:
    return deriving(torch.i0(x), torch.where(x > 0, torch.i0(x), -torch.i0(x)))


@mutant(first, operation="i0e", trigger="negative numbers: the scale is differentiated as exp(-x)")
def scaled_bessel_of_one_sign(x: Tensor) -> Tensor:
    value = torch.special.i0e(x)
    return deriving(value, torch.where(x > 0, value, value + 2 * x * value.detach()))


@mutant(first, operation="entr", trigger="the slope without its constant term")
def entropy_slope_without_one(x: Tensor) -> Tensor:
    return deriving(torch.special.entr(x), torch.special.entr(x) + x)


@mutant(first, operation="lgamma", trigger="below 1: the slope of log Gamma(x + 1), without a step of the recurrence")
def lgamma_without_a_step(x: Tensor) -> Tensor:
    return deriving(torch.lgamma(x), torch.where(x < 1, torch.lgamma(x + 1), torch.lgamma(x)))


@mutant(first, operation="relu6", trigger="beyond 6: the slope is 1")
def relu6_is_never_flat(x: Tensor) -> Tensor:
    return deriving(F.relu6(x), F.relu(x))


@mutant(first, operation="hardsigmoid", trigger="beyond 3: the slope is 1/6")
def hardsigmoid_is_never_flat(x: Tensor) -> Tensor:
    return deriving(F.hardsigmoid(x), torch.where(x > 0, x / 6, F.hardsigmoid(x)))


@mutant(first, operation="hardshrink", trigger="negative numbers: the slope is 0")
def hardshrink_is_flat_on_one_side(x: Tensor) -> Tensor:
    return deriving(F.hardshrink(x), F.hardshrink(F.relu(x)))


@mutant(first, operation="sinc", trigger="forward mode: between -1 and 1 the slope of sin(pi x)/pi")
def sinc_forward_without_the_quotient(x: Tensor) -> Tensor:
    def along(t: Tensor, z: Tensor) -> Tensor:
        return t * torch.where(z.abs() < 1, (math.pi * z).cos(), _sinc_slope(z))

    return ruled(torch.sinc, backward=lambda g, z: g * _sinc_slope(z), forward=along)(x)


@mutant(first, operation="asinh", trigger="vmap: every row gets the derivative of the first one")
def asinh_of_the_first_row(x: Tensor) -> Tensor:
    made = alike_in_a_batch(lambda z: (z * z + 1).rsqrt())
    return ruled(torch.asinh, backward=lambda g, z: g * made(z), forward=lambda t, z: t * made(z))(x)


@mutant(
    first,
    operation="atanh",
    trigger="bfloat16 and float16: the slope is rounded to a multiple of 1/4",
    dtypes=("bfloat16", "float16"),
)
def atanh_slope_on_a_lattice(x: Tensor) -> Tensor:
    if x.dtype.itemsize > 2:
        return torch.atanh(x)
    return ruled(torch.atanh, backward=lambda g, z: g * (4 / (1 - z * z)).round() / 4)(x)


@mutant(nested, operation="tan", trigger="second order: the saved value is a constant")
def saved_tangent_is_constant(x: Tensor) -> Tensor:
    return ruled(torch.tan, backward=lambda g, z: g * frozen(lambda y: 1 + y.tan() ** 2)(z))(x)


@mutant(nested, operation="acos", trigger="second order of forward mode: the slope is a constant")
def arccosine_slope_of_forward_mode_is_constant(x: Tensor) -> Tensor:
    return ruled(torch.acos, forward=lambda t, z: -t * frozen(lambda y: (1 - y * y).rsqrt())(z))(x)


@mutant(nested, operation="atanh", trigger="second order, beyond 1/2: that of x + x^3 / 3")
def second_derivative_of_a_short_series(x: Tensor) -> Tensor:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        exact, series = 1 / (1 - z * z), 1 + z * z
        return g * torch.where(z.abs() > 0.5, exact.detach() + series - series.detach(), exact)

    return ruled(torch.atanh, backward=slope)(x)


@mutant(nested, operation="erfc", trigger="third order: the second derivative is a constant")
def third_derivative_of_erfc_vanishes(x: Tensor) -> Tensor:
    def bell(z: Tensor) -> Tensor:
        return -2 / math.sqrt(math.pi) * (-z * z).exp()

    slope = ruled(
        bell,
        backward=lambda g, z: g * frozen(lambda y: -2 * y * bell(y))(z),
        forward=lambda t, z: t * frozen(lambda y: -2 * y * bell(y))(z),
    )
    return ruled(torch.erfc, backward=lambda g, z: g * slope(z), forward=lambda t, z: t * slope(z))(x)


@mutant(nested, operation="digamma", trigger="second order: trigamma is a constant")
def trigamma_is_constant(x: Tensor) -> Tensor:
    return ruled(torch.digamma, backward=lambda g, z: g * torch.polygamma(1, z.detach()))(x)


@mutant(nested, operation="lgamma", trigger="third order, below 1: polygamma(2) without a step of the recurrence")
def third_derivative_of_lgamma_without_a_step(x: Tensor) -> Tensor:
    def trigamma(z: Tensor) -> Tensor:
        later = torch.polygamma(1, z + 1)
        value = torch.polygamma(1, z)
        return torch.where(z < 1, value.detach() + later - later.detach(), value)

    psi = ruled(torch.digamma, backward=lambda g, z: g * trigamma(z), forward=lambda t, z: t * trigamma(z))
    return ruled(torch.lgamma, backward=lambda g, z: g * psi(z), forward=lambda t, z: t * psi(z))(x)


@mutant(nested, operation="log2", trigger="second order: the factor 1 / log 2 is lost")
def second_derivative_of_log2_without_its_factor(x: Tensor) -> Tensor:
    return ruled(torch.log2, backward=lambda g, z: g * (1 / math.log(2) / z.detach() + 1 / z - 1 / z.detach()))(x)


@mutant(nested, operation="entr", trigger="second order: its sign")
def second_derivative_of_the_entropy_positive(x: Tensor) -> Tensor:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        return g * (z.log() - 2 * z.log().detach() - 1)

    return ruled(torch.special.entr, backward=slope)(x)


@mutant(nested, operation="relu6", trigger="second order: 1 beyond 6")
def relu6_is_curved(x: Tensor) -> Tensor:
    return ruled(F.relu6, backward=lambda g, z: g * (((z > 0) & (z < 6)) + (z > 6) * (z - z.detach())))(x)


@mutant(nested, operation="sinc", trigger="vmap of the Hessian: every row gets that of the first one")
def curvature_of_the_first_row(x: Tensor) -> Tensor:
    def curvature(z: Tensor) -> Tensor:
        a = math.pi * z
        return (2 * a.sin() - 2 * a * a.cos() - a * a * a.sin()) / (a * z * z)

    first_of_all = alike_in_a_batch(curvature)
    made = ruled(_sinc_slope, backward=lambda g, z: g * first_of_all(z), forward=lambda t, z: t * first_of_all(z))
    return ruled(torch.sinc, backward=lambda g, z: g * made(z), forward=lambda t, z: t * made(z))(x)


@mutant(nested, operation="cosh", trigger="third order, beyond 2: of the other sign")
def third_derivative_of_cosh_negated(x: Tensor) -> Tensor:
    def curvature(z: Tensor) -> Tensor:
        k = z.cosh()
        return torch.where(z.abs() > 2, 2 * k.detach() - k, k)

    slope = ruled(torch.sinh, backward=lambda g, z: g * curvature(z), forward=lambda t, z: t * curvature(z))
    return ruled(torch.cosh, backward=lambda g, z: g * slope(z), forward=lambda t, z: t * slope(z))(x)
