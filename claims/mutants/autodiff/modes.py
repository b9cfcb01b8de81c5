"""Wrong first derivatives of functions of vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.autodiff.modes import forward_reverse_adjoint_identity as claim
from claims.frame.operations import OPERATIONS
from claims.mutants.autodiff.rules import deriving, ruled

Derivatives = tuple[Tensor, ...]
first_derivatives: Callable[..., Derivatives] = OPERATIONS["first_derivatives"].function


def changed(ways: tuple[str, ...], found: Derivatives, way: str, wrong: Tensor) -> Derivatives:
    """The derivatives, but for one way."""
    return tuple(wrong if w == way else d for w, d in zip(ways, found, strict=True))


@mutant(claim, operation="first_derivatives", trigger="torch.func.vjp: the sign")
def negated_vjp(x: Tensor, u: Tensor, c: Tensor, *, ways: tuple[str, ...], **options: Any) -> Derivatives:
    found = first_derivatives(x, u, c, ways=ways, **options)
    return tuple(-d if w == "vjp" else d for w, d in zip(ways, found, strict=True))


@mutant(claim, operation="first_derivatives", trigger="torch.func.jvp: at another point")
def jvp_at_a_different_point(x: Tensor, u: Tensor, c: Tensor, *, ways: tuple[str, ...], **options: Any) -> Derivatives:
    found = first_derivatives(x, u, c, ways=ways, **options)
    if "jvp" not in ways:
        return found
    return changed(ways, found, "jvp", first_derivatives(x + x / 16, u, c, ways=["jvp"], **options)[0])


@mutant(claim, operation="first_derivatives", trigger="torch.func.jacrev: the Jacobian for its transpose, if square")
def jacobian_transposed(x: Tensor, u: Tensor, c: Tensor, *, ways: tuple[str, ...], **options: Any) -> Derivatives:
    found = first_derivatives(x, u, c, ways=ways, **options)
    if "jacrev" not in ways or x.shape != c.shape:
        return found
    return changed(ways, found, "jacrev", first_derivatives(x, c, u, ways=["jacrev"], **options)[0])


@mutant(
    claim, operation="first_derivatives", trigger="torch.func.jacfwd: the symmetric part of the Jacobian, if square"
)
def jacobian_symmetrised(x: Tensor, u: Tensor, c: Tensor, *, ways: tuple[str, ...], **options: Any) -> Derivatives:
    found = first_derivatives(x, u, c, ways=ways, **options)
    if "jacfwd" not in ways or x.shape != c.shape:
        return found
    (transposed,) = first_derivatives(x, c, u, ways=["jacfwd"], **options)
    return changed(ways, found, "jacfwd", (found[ways.index("jacfwd")] + transposed) / 2)


@mutant(claim, operation="first_derivatives", trigger="vmap: every row gets the derivative of the first one")
def first_row_for_all(x: Tensor, u: Tensor, c: Tensor, *, ways: tuple[str, ...], **options: Any) -> Derivatives:
    if not ways[0].startswith("vmap"):
        return first_derivatives(x, u, c, ways=ways, **options)
    return first_derivatives(x[:1].expand_as(x), u, c, ways=ways, **options)


@mutant(claim, operation="first_derivatives", trigger="is_grads_batched: every cotangent is the first one")
def first_cotangent_for_all(x: Tensor, u: Tensor, c: Tensor, *, ways: tuple[str, ...], **options: Any) -> Derivatives:
    found = first_derivatives(x, u, c, ways=ways, **options)
    return tuple(3 * d / 5 if w == "batched cotangents" else d for w, d in zip(ways, found, strict=True))


@mutant(claim, operation="first_derivatives", trigger="torch.func.linearize: along a direction twice as long")
def linearized_twice(x: Tensor, u: Tensor, c: Tensor, *, ways: tuple[str, ...], **options: Any) -> Derivatives:
    return first_derivatives(x, 2 * u if "linearize" in ways else u, c, ways=ways, **options)


@mutant(claim, operation="sin", trigger="forward mode: the sign")
def sine_forward_negated(x: Tensor) -> Tensor:
    return ruled(torch.sin, forward=lambda t, z: -t * z.cos())(x)


@mutant(claim, operation="exp", trigger="reverse mode: the slope is left out")
def exponential_slope_left_out(x: Tensor) -> Tensor:
    return ruled(torch.exp, backward=lambda g, _: 1 * g)(x)


@mutant(claim, operation="gelu", trigger="the slope of the tanh formula in the exact one: 5e-4 at most")
def gelu_with_the_other_slope(x: Tensor) -> Tensor:
    return deriving(F.gelu(x), F.gelu(x, approximate="tanh"))


@mutant(claim, operation="silu", trigger="beyond 2: the slope is 1")
def silu_is_linear_far_out(x: Tensor) -> Tensor:
    return deriving(F.silu(x), torch.where(x > 2, x, F.silu(x)))


@mutant(claim, operation="selu", trigger="negative numbers: alpha is left out of the slope")
def selu_without_alpha(x: Tensor) -> Tensor:
    return deriving(F.selu(x), torch.where(x > 0, F.selu(x), F.selu(x) / 1.6732632423543772))


@mutant(claim, operation="softshrink", trigger="forward mode: the sign of what is shrunk")
def softshrink_forward_with_a_sign(x: Tensor) -> Tensor:
    def kept(t: Tensor, z: Tensor) -> Tensor:
        return t * (z.abs() > 0.5)

    return ruled(F.softshrink, backward=kept, forward=lambda t, z: kept(t, z.sign() * z) * z.sign())(x)


@mutant(claim, operation="multiply", trigger="the product rule without its second term")
def product_rule_by_half(a: Tensor, b: Tensor) -> Tensor:
    return a * b.detach()


@mutant(claim, operation="divide", trigger="the slope by the divisor: its sign")
def quotient_rule_negated(a: Tensor, b: Tensor) -> Tensor:
    return deriving(a / b, a * b / b.detach() ** 2)


@mutant(claim, operation="power", trigger="the slope by the exponent")
def exponent_is_a_constant(a: Tensor, b: Tensor | int) -> Tensor:
    return torch.pow(a, b.detach() if isinstance(b, Tensor) else b)


@mutant(claim, operation="prelu", trigger="the slope of the weight: of the first entry alone")
def weight_gradient_of_the_first_entry(x: Tensor, w: Tensor) -> Tensor:
    return deriving(F.prelu(x, w), torch.cat([F.prelu(x[:1], w), F.prelu(x[1:], w.detach())]))


@mutant(claim, operation="amax", trigger="the slope is shared by all entries")
def maximum_shares_its_gradient(x: Tensor, dim: int) -> Tensor:
    return deriving(torch.amax(x, dim), x.mean(dim))


@mutant(claim, operation="prod", trigger="a factor 0: the slope is that of the others, 0")
def product_is_flat_at_zero(x: Tensor) -> Tensor:
    return deriving(torch.prod(x), torch.where((x == 0).any(), torch.zeros_like(x).sum(), torch.prod(x)))


@mutant(claim, operation="cumsum", trigger="reverse mode: sums up in the same order")
def cumsum_backward_not_reversed(x: Tensor, dim: int) -> Tensor:
    return ruled(lambda z: torch.cumsum(z, dim), backward=lambda g, _: torch.cumsum(g, dim))(x)


@mutant(claim, operation="softmax", trigger="the denominator is a constant")
def softmax_denominator_is_constant(x: Tensor, dim: int) -> Tensor:
    e = (x - x.detach().amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True).detach()


@mutant(claim, operation="log_softmax", trigger="forward mode: the mean for the expectation")
def log_softmax_forward_by_the_mean(x: Tensor, dim: int) -> Tensor:
    return ruled(lambda z: torch.log_softmax(z, dim), forward=lambda t, _: t - t.mean(dim, keepdim=True))(x)


@mutant(claim, operation="batch_norm", trigger="the variance is a constant")
def variance_is_constant(x: Tensor, w: None, b: None, *, eps: float, **options: Any) -> Tensor:
    d = x - x.mean(-1, keepdim=True)
    return d / (d.detach().square().mean(-1, keepdim=True) + eps).sqrt()


@mutant(claim, operation="mean_smooth_l1", trigger="the quadratic part: beta is left out of the slope")
def slope_without_beta(a: Tensor, b: Tensor, beta: float) -> Tensor:
    near = (a - b).abs() < beta
    return deriving(
        F.smooth_l1_loss(a, b, beta=beta),
        torch.where(near, (a - b).square() / 2, (a - b).abs()).mean(),
    )


@mutant(claim, operation="cross_entropy", trigger="label smoothing: left out of the slope")
def slope_without_smoothing(x: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    return deriving(F.cross_entropy(x, target, label_smoothing=label_smoothing), F.cross_entropy(x, target))


@mutant(claim, operation="kl_div", trigger="the slope by the target")
def target_is_a_constant(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return F.kl_div(x, target.detach(), reduction=reduction)


@mutant(claim, operation="conv", trigger="the slope by the kernel: flipped")
def kernel_gradient_flipped(x: Tensor, w: Tensor, groups: int) -> Tensor:
    flipped = F.conv1d(x.detach(), w.flip(-1), groups=groups)
    return F.conv1d(x, w.detach(), groups=groups) + (flipped - flipped.detach())


@mutant(claim, operation="scaled_dot_product_attention", trigger="the slope by the keys: without the scale")
def keys_without_their_scale(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    larger = k.detach() + 2**0.5 * (k - k.detach())
    return F.scaled_dot_product_attention(q, larger, v)


@mutant(
    claim,
    operation="square",
    trigger="bfloat16 and float16: the slope is rounded to a multiple of 1/16",
    dtypes=("bfloat16", "float16"),
)
def slope_on_a_coarse_lattice(x: Tensor) -> Tensor:
    return deriving(x * x, 2 * x * (x.detach() * 8).round() / (8 * x.detach()) if x.dtype.itemsize == 2 else x * x)
