"""Parameters and storage of convolutional layers, wider kernels, explicit padding, counts of operations, and depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def layer_storage(layer: str, sizes: tuple[int, ...], *, dtype: torch.dtype, device: str) -> list[tuple[int, int]]:
    """Numbers and bytes of each parameter of a layer; sizes are the arguments of its constructor."""
    made = getattr(nn, layer)(*sizes, dtype=dtype, device=device)
    return [(p.numel(), p.untyped_storage().nbytes()) for p in made.parameters()]


def parameter_count(parameters: list[Tensor]) -> int:
    """How many numbers they have."""
    return sum(p.numel() for p in parameters)


def widened(w: Tensor, ends: Sequence[int]) -> Tensor:
    """A kernel with zeros around it; `ends` as of F.pad, the last axis first."""
    return F.pad(w, ends)


def with_zeros(x: Tensor, ends: Sequence[int], name: str) -> Tensor:
    """Images (n, c, *sizes) with zeros around them, by F.pad or a layer."""
    if name == "pad":
        return F.pad(x, ends)
    layers: dict[str, Callable[..., nn.Module]] = {
        "layer": (nn.ZeroPad1d, nn.ZeroPad2d, nn.ZeroPad3d)[len(ends) // 2 - 1],
        "constant layer": (nn.ConstantPad1d, nn.ConstantPad2d, nn.ConstantPad3d)[len(ends) // 2 - 1],
    }
    y: Tensor = layers[name](ends, *[0.0] * (name == "constant layer"))(x)
    return y


def convolution_operations(x: Tensor, kernels: list[Tensor], padding: str, groups: int, *, backward: bool) -> list[int]:
    """What torch counts for each kernel, two for a multiplication and an addition: forward, or backward through it."""
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415  plain torch needs the import, too

    convolve: Callable[..., Tensor] = (F.conv1d, F.conv2d, F.conv3d)[x.ndim - 3]
    counts: list[int] = []
    with FlopCounterMode(display=False) as counter:
        for w in kernels:
            images, kernel = (t.detach().requires_grad_(backward) for t in (x, w))
            y = convolve(images, kernel, None, 1, padding, 1, groups)
            before = counter.get_total_flops() if backward else sum(counts)
            if backward:
                y.sum().backward()
            counts.append(counter.get_total_flops() - before)
    return counts


def unpadded_layers(x: Tensor, w: Tensor) -> int:
    """How many convolutions without padding images go through before they are smaller than the kernel."""
    convolve, depth = (F.conv1d, F.conv2d, F.conv3d)[x.ndim - 3], 0
    while min(x.shape[2:]) >= w.shape[-1]:
        x, depth = convolve(x, w), depth + 1
    return depth


ROWS = {
    "layer_storage": Operation(layer_storage, "layer_storage"),
    "parameter_count": Operation(parameter_count, "parameter_count"),
    "widened": Operation(widened, "widened"),
    "with_zeros": Operation(with_zeros, "with_zeros"),
    "convolution_operations": Operation(convolution_operations, "convolution_operations", product=True),
    "unpadded_layers": Operation(unpadded_layers, "unpadded_layers", product=True),
}
