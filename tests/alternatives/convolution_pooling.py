"""Correct pooling, computed otherwise: no claim may fail on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Options = dict[str, Any]


def _each(value: int | Sequence[int], axes: int) -> list[int]:
    return [value] * axes if isinstance(value, int) else list(value)


def _sides(spatial: Sequence[int], options: Options) -> list[list[tuple[list[int], int]]]:
    """For every axis and window its places in the image, and how many it has up to the padding."""
    axes, sides = len(spatial), []
    for a, n in enumerate(spatial):
        if "quarters" in options:
            k, m, u = options["kernel_size"][a], options["output_size"][a], options["quarters"][a] / 4
            step = (n - k) / max(m - 1, 1)
            starts = [math.floor((i + u) * step) - math.floor(u * step) for i in range(m - 1)] + [n - k]
            sides.append([([s + j for j in range(k)], k) for s in starts])
        elif "output_size" in options:
            m = _each(options["output_size"], axes)[a]
            spans = [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
            sides.append([(list(range(s, e)), e - s) for s, e in spans])
        else:
            k, step, p, d = (
                _each(options.get(name, default), axes)[a]
                for name, default in (("kernel_size", 1), ("stride", 1), ("padding", 0), ("dilation", 1))
            )
            starts, s = [], -p
            while s + d * (k - 1) < n + p or (
                options.get("ceil_mode") and starts and s - step + d * (k - 1) < n + p - 1
            ):
                if s >= n and starts:
                    break
                starts.append(s)
                s += step
            sides.append([([s + j * d for j in range(k) if 0 <= s + j * d < n], min(s + k, n + p) - s) for s in starts])
    return sides


def _windows(spatial: Sequence[int], options: Options) -> list[tuple[list[int], int]]:
    """The places, row by row, of every window, and how many it has up to the padding."""
    found: list[tuple[list[int], int]] = [([0], 1)]
    for n, sides in zip(spatial, _sides(spatial, options), strict=True):
        found = [([i * n + j for i in w for j in side], many * size) for w, many in found for side, size in sides]
    return found


def window_by_window(x: Tensor, *, pool: str, spatial: Sequence[int], layer: bool = False, **options: Any) -> Any:  # noqa: ANN401, ARG001
    """Every window by itself: the last of the largest numbers, sums in float64 over their divisor, norms."""
    every = _windows(spatial, options)
    parts = [x[..., torch.tensor(w, device=x.device)] for w, _ in every]
    if "max" in pool:
        places = [p.flip(-1).argmax(-1) for p in parts]
        index = [torch.tensor(w[::-1], device=x.device)[i] for (w, _), i in zip(every, places, strict=True)]
        largest = [p.flip(-1).gather(-1, i[..., None])[..., 0] for p, i in zip(parts, places, strict=True)]
        values, indices = torch.stack(largest, -1), torch.stack(index, -1)
        return (values, indices) if options.get("return_indices") else values
    if pool == "lp_pool":
        p = options["norm_type"]
        return torch.stack([torch.linalg.vector_norm(w.double(), p, -1) for w in parts], -1).to(x.dtype)
    divisors = [
        options.get("divisor_override") or (many if options.get("count_include_pad") else len(w)) for w, many in every
    ]
    return torch.stack([w.double().sum(-1) / d for w, d in zip(parts, divisors, strict=True)], -1).to(x.dtype)


def by_padding(x: Tensor, *, pool: str, spatial: Sequence[int], layer: bool = False, **options: Any) -> Any:  # noqa: ANN401, ARG001
    """Maxima and means of signals and images by unfolding padded ones; others window by window."""
    swept = pool in ("max_pool", "avg_pool") and not options.get("ceil_mode") and not options.get("return_indices")
    if not swept or max(_each(options.get("dilation", 1), 1)) > 1 or x.requires_grad:
        return window_by_window(x, pool=pool, spatial=spatial, **options)
    axes = len(spatial)
    kernel = _each(options["kernel_size"], axes)
    stride, padding = _each(options.get("stride", kernel), axes), _each(options.get("padding", 0), axes)
    around = [p for p in reversed(padding) for _ in (0, 1)]
    wide = x.float() if x.dtype.itemsize == 2 and pool == "avg_pool" else x
    images = F.pad(wide.unflatten(-1, tuple(spatial)), around, value=-math.inf if pool == "max_pool" else 0.0)
    for a in range(axes):
        images = images.unfold(a - axes - a, kernel[a], stride[a])
    flat = images.flatten(-axes).flatten(-axes - 1, -2)
    if pool == "max_pool":
        return flat.amax(-1)
    many = [len(w) if not options.get("count_include_pad", True) else n for w, n in _windows(spatial, options)]
    divisor = options.get("divisor_override") or torch.tensor(many, dtype=wide.dtype, device=x.device)
    return (flat.sum(-1) * (1 / divisor)).to(x.dtype)


def scattered(y: Tensor, index: Tensor, *, spatial: Sequence[int], **_: Any) -> Tensor:
    """Unpooling by scattering into zeros."""
    return y.new_zeros((*y.shape[:-1], math.prod(spatial))).scatter(-1, index, y)


def by_products(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:  # noqa: ARG001
    """Products with every turned filter in the accumulator, the largest of their sums."""
    turns = {
        "rotations": [w.rot90(k, (-2, -1)) for k in range(4)],
        "symmetries": [t.rot90(k, (-2, -1)) for t in (w, w.mT) for k in range(4)],
        "shifts": [w.roll(k, -1) for k in range(w.shape[-1])],
    }[group]
    wide = torch.float32 if x.dtype.itemsize == 2 else x.dtype
    responses = [(x.to(wide) * t.to(wide)).sum((-2, -1)) for t in turns]
    return torch.stack(responses).amax(0).to(x.dtype)


def by_unfolding(x: Tensor, w: Tensor, *, spatial: Sequence[int], window: Sequence[int], stride: int) -> Tensor:
    """Windows times weights, summed in the accumulator."""
    axes, images = len(spatial), x.unflatten(-1, tuple(spatial))
    for a, k in enumerate(window):
        images = images.unfold(a - axes - a, k, stride)
    wide = torch.float32 if x.dtype.itemsize == 2 else x.dtype
    flat = images.flatten(-axes).flatten(-axes - 1, -2).to(wide)
    return (flat * w.to(wide)).sum(-1).to(x.dtype)


def by_normal_equations(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    """Pooled features are orthogonal, so that a fit is a sum of projections."""
    pooled = x.unflatten(-1, (-1, block)).mean(-1)
    return pooled @ ((pooled.mT @ y) / pooled.square().sum(0)[:, None])


MAXIMA, MEANS = ("max-pooling-definition",), ("average-pooling-definition", "pooling-of-volumes")
SHIFTS = ("pooling-translation-invariance", "global-pooling-translation-invariance")

ALTERNATIVES = [
    ((*MAXIMA, *MEANS, "l2-norm-pooling", *SHIFTS), {"pooled": window_by_window}, "window by window"),
    ((*MAXIMA, *MEANS[:1], *SHIFTS), {"pooled": by_padding}, "padded and unfolded"),
    (MAXIMA, {"unpooled": scattered}, "scattered"),
    (SHIFTS[1:], {"amax": lambda x, dim: x.sort(dim).values[..., -1]}, "sorted"),
    (SHIFTS[1:], {"mean": lambda x, dim: (x.double().sum(dim) / x.shape[dim]).to(x.dtype)}, "mean in float64"),
    (("cross-channel-pooling-learned-invariance",), {"orbit_pooled": by_products}, "products"),
    (("distance-weighted-average-pooling",), {"weighted_average": by_unfolding}, "windows times weights"),
    (("invariance-prior-statistical-efficiency",), {"fitted": by_normal_equations}, "projections"),
]
