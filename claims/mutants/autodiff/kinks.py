"""Wrong derivatives at kinks, and right ones at the wrong place."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.kinks import nondifferentiable_points_conventions
from claims.frame.operations.chapters.kinks import curve, of_vectors
from claims.mutants.networks.slopes import sloped

HERE = nondifferentiable_points_conventions
Slope = Callable[[Tensor], Tensor]


def bent(x: Tensor, d: Tensor | None, name: str, only: str, slope: Slope) -> Tensor:
    """A curve that has another slope in reverse mode if it is that one."""
    y = curve(x, d, name)
    return sloped(y, x, slope(x.detach()).to(x.dtype)) if d is None and name == only else y


def spread(x: Tensor, d: Tensor | None, name: str, only: str, weights: Slope) -> Tensor:
    """A function of vectors that has another gradient in reverse mode if it is that one."""
    if d is not None or name != only:
        return of_vectors(x, d, name)
    y = of_vectors(x.detach(), None, name)
    total = sloped(torch.zeros_like(x), x, weights(x.detach()).to(x.dtype)).sum(-1)
    return total + y


def tied(x: Tensor) -> Tensor:
    """Ones where x is the largest of its vector."""
    return x == x.amax(-1, keepdim=True)


@mutant(HERE, operation="curve", trigger="abs at 0: slope 2")
def slope_two_of_the_magnitude(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return bent(x, d, name, "abs", lambda t: torch.where(t == 0, 2.0, t.sign()))


@mutant(HERE, operation="curve", trigger="hardtanh just inside its upper end: slope 0")
def the_end_of_hardtanh_comes_early(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    def slope(t: Tensor) -> Tensor:
        return (t >= -1) & (t < 1 - torch.finfo(t.dtype).eps)

    return bent(x, d, name, "hardtanh", slope)


@mutant(HERE, operation="curve", trigger="infinities of abs: x / |x|, NaN")
def sign_by_division(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return bent(x, d, name, "abs", lambda t: torch.where(t == 0, 0.0, t / t.abs()))


@mutant(HERE, operation="curve", trigger="-0 of a leaky rectifier: the sign bit decides, and the slope of it is lost")
def the_sign_bit_of_zero(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    def slope(t: Tensor) -> Tensor:
        usual = torch.where(t > 0, 1.0, 0.25)
        return torch.where((t == 0) & t.signbit(), 0.0, usual)

    return bent(x, d, name, "leaky_relu", slope)


@mutant(HERE, operation="curve", trigger="elu with alpha = 2 at 0: the slope of alpha = 1, halved")
def alpha_is_forgotten(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return bent(x, d, name, "elu, alpha=2", lambda t: torch.full_like(t, 0.5))


@mutant(HERE, operation="curve", trigger="in forward mode: clamp has slope 1 everywhere")
def clamp_passes_tangents(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return d.clone() if d is not None and name == "clamp" else curve(x, d, name)


@mutant(HERE, operation="of_vectors", trigger="amax: every entry that ties gets all of the gradient")
def every_tie_wins(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return spread(x, d, name, "amax", tied)


@mutant(HERE, operation="of_vectors", trigger="amax of more than 16 numbers: entries that tie get a half each")
def ties_get_a_half(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    def weights(t: Tensor) -> Tensor:
        k = tied(t).sum(-1, keepdim=True)
        return tied(t) / (k.clamp(max=2) if t.shape[-1] > 16 else k)

    return spread(x, d, name, "amax", weights)


@mutant(HERE, operation="of_vectors", trigger="the norm of order 2 at 0: ones, whose norm is more than 1")
def ones_are_the_gradient_of_a_norm(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return spread(x, d, name, "vector_norm 2", torch.ones_like)


@mutant(HERE, operation="of_vectors", trigger="the norm of order infinity: signs are forgotten")
def magnitude_without_a_sign(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    def weights(t: Tensor) -> Tensor:
        at = tied(t.abs())
        return at / at.sum(-1, keepdim=True)

    return spread(x, d, name, "vector_norm inf", weights)


@mutant(HERE, operation="of_vectors", trigger="pooling: the gradient goes to the first entry, equal or not")
def pooling_scatters_to_the_first(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return spread(x, d, name, "max_pool2d", lambda t: torch.arange(t.shape[-1], device=t.device).expand(t.shape) == 0)


@mutant(HERE, operation="of_vectors", trigger="in forward mode: the maximum of tangents that tie is summed")
def tangents_of_ties_add(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return of_vectors(x, d, name) if d is None or name != "max of dim" else (d * tied(x)).sum(-1)


@mutant(HERE, operation="of_vectors", trigger="ties at infinity: NaN from inf - inf")
def softmax_of_an_infinite_scale(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    def weights(t: Tensor) -> Tensor:
        at = (t - t.amax(-1, keepdim=True)) == 0
        return at / at.sum(-1, keepdim=True)

    return spread(x, d, name, "amin", lambda t: weights(-t))


def rebuilt(x: Tensor, weights: Slope) -> Tensor:
    """Matrices with other singular values."""
    u, s, v = torch.linalg.svd(x.double().reshape(-1, 2, 2))
    made: Tensor = (u * weights(s)[..., None, :]) @ v
    return made.reshape(x.shape)


@mutant(HERE, operation="of_vectors", trigger="the nuclear norm: a multiple by 3/2 of U V^T")
def nuclear_gradient_too_large(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return spread(x, d, name, "nuclear norm", lambda t: rebuilt(t, lambda s: torch.full_like(s, 1.5)))


@mutant(HERE, operation="of_vectors", trigger="the spectral norm at equal singular values: each gets all of it")
def both_singular_values_win(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    def largest(s: Tensor) -> Tensor:
        return (s >= s[..., :1] * (1 - 2.0**-40)).double()

    return spread(x, d, name, "spectral norm", lambda t: rebuilt(t, largest))


@mutant(HERE, operation="of_vectors", trigger="cdist of order 2 at distance 0: the gradient is 0 / 0")
def distance_divides_by_zero(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return spread(x, d, name, "cdist 2", lambda t: t / t.norm(dim=-1, keepdim=True))


@mutant(HERE, operation="of_vectors", trigger="quantiles: every entry that ties gets all of the gradient")
def every_median_wins(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    return spread(x, d, name, "quantile, lower", lambda t: t == t.median(-1, keepdim=True).values)
