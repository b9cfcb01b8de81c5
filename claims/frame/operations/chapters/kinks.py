"""Functions with kinks, of one variable and of several, and their derivatives along directions by forward mode."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def curve(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    """A function of every entry of x, or with d its derivative along d by forward mode."""
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "abs": torch.abs,
        "relu6": F.relu6,
        "hardtanh": F.hardtanh,
        "hardsigmoid": F.hardsigmoid,
        "hardswish": F.hardswish,
        "leaky_relu": lambda t: F.leaky_relu(t, 0.25),
        "leaky_relu, falling": lambda t: F.leaky_relu(t, -0.5),
        "prelu": lambda t: F.prelu(t, t.new_full((1,), 0.25)),
        "rrelu": lambda t: F.rrelu(t, 0.25, 0.25),
        "elu, alpha=2": lambda t: F.elu(t, 2.0),
        "elu": F.elu,
        "celu, alpha=2": lambda t: F.celu(t, 2.0),
        "selu": F.selu,
        "softshrink": lambda t: F.softshrink(t, 0.5),
        "threshold": lambda t: F.threshold(t, 0.5, 0.5),
        "clamp": lambda t: torch.clamp(t, -1.0, 2.0),
        "clamp, crossed": lambda t: torch.clamp(t, 2.0, -1.0),
        "clamp_max": lambda t: torch.clamp_max(t, 0.5),
        "l1_loss": lambda t: F.l1_loss(t, torch.zeros_like(t), reduction="none"),
        "smooth_l1_loss": lambda t: F.smooth_l1_loss(t, torch.zeros_like(t), reduction="none"),
        "smooth_l1_loss, beta=0": lambda t: F.smooth_l1_loss(t, torch.zeros_like(t), reduction="none", beta=0.0),
        "huber_loss": lambda t: F.huber_loss(t, torch.zeros_like(t), reduction="none", delta=0.5),
        "hinge_embedding_loss": lambda t: F.hinge_embedding_loss(t, -torch.ones_like(t), reduction="none"),
        "x |x|": lambda t: t * t.abs(),
        "sinc": torch.sinc,
        "x^0": lambda t: t**0,
        "x^1": lambda t: t**1,
        "x^1.5": lambda t: t**1.5,
        "x^2": lambda t: t**2,
        "x^0.5": lambda t: t**0.5,
        "x^0.5 at -0": lambda t: t**0.5,
        "sqrt": torch.sqrt,
        "sqrt at -0": torch.sqrt,
        "entr": torch.special.entr,
        "asin": torch.asin,
        "acos": torch.acos,
        "acosh": torch.acosh,
        "maximum(x, -x)": lambda t: torch.maximum(t, -t),
        "fmax(x, -x)": lambda t: torch.fmax(t, -t),
        "minimum(x, -x)": lambda t: torch.minimum(t, -t),
        "fmin(x, -x)": lambda t: torch.fmin(t, -t),
        "where(x > 0, x, -x)": lambda t: torch.where(t > 0, t, -t),
    }
    f = functions[name]
    return f(x) if d is None else torch.func.jvp(f, (x.clone(),), (d.clone(),))[1]


def of_vectors(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    """A function of the vectors on the last axis of x, or with d its derivative along d by forward mode."""

    def each(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda t: f(t) if t.ndim == 1 else torch.stack([f(row) for row in t.unbind()])

    def pooled(pool: Callable[..., Tensor], axes: int, size: tuple[int, ...]) -> Callable[[Tensor], Tensor]:
        def f(t: Tensor) -> Tensor:
            return pool(t.reshape(-1, *[1] * axes, t.shape[-1]), size).reshape(t.shape[:-1])

        return f

    def scattered(t: Tensor, start: Tensor) -> Tensor:
        index = torch.zeros(t.shape, dtype=torch.int64, device=t.device)
        return start.scatter_reduce(-1, index, t, "amax", include_self=False)[..., 0]

    def segments(t: Tensor) -> Tensor:
        lengths = torch.full(t.shape[:-1], t.shape[-1], device=t.device)
        flat = t.reshape(-1)
        return torch.segment_reduce(flat, "max", lengths=lengths.reshape(-1), unsafe=True).reshape(t.shape[:-1])

    def margin(t: Tensor) -> Tensor:
        one = torch.ones_like(t[..., 0])
        return F.margin_ranking_loss(t[..., 0], t[..., 1], one, reduction="none")

    def widely(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda t: f(t.to(torch.promote_types(t.dtype, torch.float32))).to(t.dtype)

    def from_zero(p: float) -> Callable[[Tensor], Tensor]:
        return widely(lambda t: torch.cdist(t[..., None, :], torch.zeros_like(t[..., None, :]), p)[..., 0, 0])

    def matrices(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return widely(lambda t: f(t.reshape(*t.shape[:-1], 2, 2)))

    n, inf = x.shape[-1], float("inf")
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "max": each(lambda t: t.max()),
        "min": each(lambda t: t.min()),
        "amax": lambda t: t.amax(-1),
        "amin": lambda t: t.amin(-1),
        "max of dim": lambda t: t.max(-1).values,
        "min of dim": lambda t: t.min(-1).values,
        "aminmax, largest": lambda t: torch.aminmax(t, dim=-1).max,
        "aminmax, smallest": lambda t: torch.aminmax(t, dim=-1).min,
        "topk": lambda t: t.topk(2, -1).values[..., -1],
        "sort": lambda t: t.sort(-1).values[..., 0],
        "msort": each(lambda t: torch.msort(t)[-1]),
        "kthvalue": lambda t: t.kthvalue(2, -1).values,
        "median": each(lambda t: t.median()),
        "median of dim": lambda t: t.median(-1).values,
        "nanmedian of dim": lambda t: t.nanmedian(-1).values,
        "cummax": lambda t: t.cummax(-1).values[..., -1],
        "cummin": lambda t: t.cummin(-1).values[..., -1],
        "max_pool1d": pooled(F.max_pool1d, 1, (n,)),
        "max_pool2d": pooled(F.max_pool2d, 2, (1, n)),
        "max_pool3d": pooled(F.max_pool3d, 3, (1, 1, n)),
        "adaptive_max_pool1d": pooled(F.adaptive_max_pool1d, 1, (1,)),
        "adaptive_max_pool2d": pooled(F.adaptive_max_pool2d, 2, (1, 1)),
        "scatter_reduce": lambda t: scattered(t, t.new_full((*t.shape[:-1], 1), float("nan"))),
        "scatter_reduce, an equal number excluded": lambda t: scattered(t, t.detach().amax(-1, keepdim=True)),
        "segment_reduce": segments,
        "maximum": lambda t: torch.maximum(t[..., 0], t[..., 1]),
        "minimum": lambda t: torch.minimum(t[..., 0], t[..., 1]),
        "fmax": lambda t: torch.fmax(t[..., 0], t[..., 1]),
        "fmin": lambda t: torch.fmin(t[..., 0], t[..., 1]),
        "clamp by a tensor below": lambda t: torch.clamp(t[..., 0], min=t[..., 1]),
        "clamp by a tensor above": lambda t: torch.clamp(t[..., 0], max=t[..., 1]),
        "vector_norm 1": lambda t: torch.linalg.vector_norm(t, 1, -1),
        "vector_norm 2": lambda t: torch.linalg.vector_norm(t, 2, -1),
        "vector_norm 3": lambda t: torch.linalg.vector_norm(t, 3, -1),
        "vector_norm inf": lambda t: torch.linalg.vector_norm(t, inf, -1),
        "norm 1": lambda t: torch.norm(t, 1, -1),
        "norm 2": lambda t: torch.norm(t, 2, -1),
        "norm inf": lambda t: torch.norm(t, inf, -1),
        "pairwise_distance 1": lambda t: F.pairwise_distance(t, torch.zeros_like(t), 1.0, eps=0.0),
        "pairwise_distance 2": lambda t: F.pairwise_distance(t, torch.zeros_like(t), 2.0, eps=0.0),
        "pairwise_distance inf": lambda t: F.pairwise_distance(t, torch.zeros_like(t), inf, eps=0.0),
        "quantile, lower": widely(lambda t: torch.quantile(t, 0.5, -1, interpolation="lower")),
        "nanquantile, lower": widely(lambda t: torch.nanquantile(t, 0.5, -1, interpolation="lower")),
        "cdist 1": from_zero(1.0),
        "cdist 2": from_zero(2.0),
        "cdist 3": from_zero(3.0),
        "cdist inf": from_zero(inf),
        "pdist 1": each(widely(lambda t: F.pdist(torch.stack([t, torch.zeros_like(t)]), 1.0)[0])),
        "pdist 2": each(widely(lambda t: F.pdist(torch.stack([t, torch.zeros_like(t)]), 2.0)[0])),
        "pdist inf": each(widely(lambda t: F.pdist(torch.stack([t, torch.zeros_like(t)]), inf)[0])),
        "nuclear norm": matrices(lambda a: torch.linalg.matrix_norm(a, "nuc")),
        "spectral norm": matrices(lambda a: torch.linalg.matrix_norm(a, 2)),
        "largest of svdvals": matrices(lambda a: torch.linalg.svdvals(a)[..., 0]),
        "hypot": lambda t: torch.hypot(t[..., 0], t[..., 1]),
        "std": lambda t: t.std(-1),
        "margin_ranking_loss": margin,
    }
    f = functions[name]
    return f(x) if d is None else torch.func.jvp(f, (x.clone(),), (d.clone(),))[1]


ROWS = {
    "curve": Operation(curve, "curve", axes=(1, 1)),
    "of_vectors": Operation(of_vectors, "of_vectors", axes=(1, 1)),
}
