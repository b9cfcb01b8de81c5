"""Wrong locally connected layers and tiled convolutions."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from claims import mutant
from claims.convolution.variants import locally_connected_layer
from claims.convolution.variants import tiled_convolution as claim
from claims.frame.operations.chapters.convolution_variants import locally_connected, tiled_convolution

LOCAL = locally_connected_layer


def first_kernel(w: Tensor, axes: int) -> Tensor:
    """The kernel of the first place at all of them."""
    return w[(slice(0, 1),) * axes].expand_as(w)


@mutant(LOCAL, operation="locally_connected1d", trigger="one kernel for all places")
def kernel_is_shared(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    return locally_connected(x, first_kernel(w, 1), stride=stride, name=name)


@mutant(LOCAL, operation="locally_connected2d", trigger="one kernel for each row, by windows only")
def kernels_shared_along_rows(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    return locally_connected(x, w[:, :1].expand_as(w) if name == "windows" else w, stride=stride, name=name)


@mutant(LOCAL, operation="locally_connected2d", trigger="the order of unfold is taken for taps x channels")
def taps_before_channels(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    if name != "unfold":
        return locally_connected(x, w, stride=stride, name=name)
    return locally_connected(x, w.flatten(4).mT.reshape(w.shape), stride=stride, name=name)


@mutant(LOCAL, operation="locally_connected2d", trigger="the grid of results is transposed where it is square")
def results_transposed(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    z = locally_connected(x, w, stride=stride, name=name)
    return z.mT if z.shape[-1] == z.shape[-2] else z


@mutant(LOCAL, operation="locally_connected1d", trigger="windows are off by one")
def windows_off_by_one(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    return locally_connected(x.roll(-1, -1), w, stride=stride, name=name)


@mutant(LOCAL, operation="locally_connected1d", trigger="a stride: windows are side by side as for stride 1")
def stride_ignored(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    return locally_connected(x, w, stride=[1], name=name) if stride[0] == 1 else _dense(x, w, name)


def _dense(x: Tensor, w: Tensor, name: str) -> Tensor:
    return locally_connected(x[..., : w.shape[0] + w.shape[-1] - 1], w, stride=[1], name=name)


@mutant(LOCAL, operation="locally_connected1d", trigger="kernels are flipped, in groups only")
def kernels_flipped_in_groups(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    return locally_connected(x, w.flip(-1) if name == "groups" else w, stride=stride, name=name)


@mutant(LOCAL, operation="locally_connected3d", trigger="three axes: the last result is the first one's kernel's")
def last_place_takes_the_first_kernel(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    kernels = w.flatten(0, 2)
    return locally_connected(x, torch.cat((kernels[:-1], kernels[:1])).view(w.shape), stride=stride, name=name)


@mutant(LOCAL, operation="locally_connected2d", trigger="channels after the first 16 are left out")
def sixteen_channels_only(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    return locally_connected(x[:, :16], w[(slice(None),) * (x.ndim - 1) + (slice(16),)], stride=stride, name=name)


@mutant(LOCAL, operation="locally_connected1d", trigger="the gradient by kernels: that of the first image only")
def gradient_of_the_first_image(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    z = locally_connected(x, w, stride=stride, name=name)
    rest = locally_connected(x[1:], w.detach(), stride=stride, name=name)
    return torch.cat((z[:1], rest))


@mutant(LOCAL, operation="locally_connected1d", trigger="the gradient by images: one window for each place")
def gradient_of_one_window(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    z = locally_connected(x.detach(), w, stride=stride, name=name)
    one = locally_connected(x, w.detach() * 0, stride=stride, name=name)
    return z + one


@mutant(
    LOCAL,
    operation="locally_connected2d",
    trigger="float32 products in bfloat16, by windows",
    dtypes=("float32", "float64"),
)
def windows_in_bfloat16(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    if name != "windows":
        return locally_connected(x, w, stride=stride, name=name)
    return locally_connected(x.bfloat16(), w.bfloat16(), stride=stride, name=name).to(x.dtype)


@mutant(LOCAL, operation="parameter_count", trigger="two axes of places: those of one row")
def parameters_of_one_row(parameters: list[Tensor]) -> int:
    return sum((p[0] if p.ndim > 4 else p).numel() for p in parameters)


@mutant(claim, operation="parameter_count", trigger="several tiles: those of one")
def parameters_of_one_tile(parameters: list[Tensor]) -> int:
    return sum((p[0] if p.ndim in {4, 6} else p).numel() for p in parameters)


@mutant(claim, operation="tiled_convolution1d", trigger="tiles side by side, p // t, in place of turns")
def tiles_side_by_side(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    n, t = x.shape[-1] - w.shape[-1] + 1, w.shape[0]
    places = [min(p * t // n, t - 1) for p in range(n)]
    return locally_connected(x, w[places], stride=[1], name="bmm")


@mutant(claim, operation="tiled_convolution1d", trigger="turns of channels in place of results")
def channels_in_turn(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    z = [tiled_convolution(x, w[i % w.shape[0]][None], name=name)[:, i : i + 1] for i in range(w.shape[1])]
    return torch.cat(z, 1)


@mutant(claim, operation="tiled_convolution1d", trigger="three tiles or more: the last has no turn")
def last_tile_has_no_turn(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    return tiled_convolution(x, w[:-1] if w.shape[0] > 2 else w, name=name)


@mutant(claim, operation="tiled_convolution1d", trigger="tiles in the reverse order")
def tiles_reversed(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    return tiled_convolution(x, w.flip(0), name=name)


@mutant(claim, operation="tiled_convolution2d", trigger="axes of unlike numbers of tiles: exchanged")
def axes_of_tiles_exchanged(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    return tiled_convolution(x, w.transpose(0, 1), name=name)


@mutant(claim, operation="tiled_convolution2d", trigger="one turn for both axes: i + j mod t")
def tiles_along_diagonals(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    results = [n - k + 1 for n, k in zip(x.shape[2:], w.shape[4:], strict=True)]
    i, j = (torch.arange(n, device=x.device) for n in results)
    every = w[(i[:, None] + j) % w.shape[0], j[None].expand(results) % w.shape[1]]
    return locally_connected(x, every, stride=[1, 1], name="bmm")


@mutant(claim, operation="tiled_convolution1d", trigger="interleaved: results after the last whole turn are 0")
def last_turn_forgotten(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    z = tiled_convolution(x, w, name=name)
    n, t = z.shape[-1], w.shape[0]
    rest = n % t if name == "interleaved" and n >= t else 0
    return torch.cat((z[..., : n - rest], torch.zeros_like(z[..., n - rest :])), -1)


@mutant(claim, operation="tiled_convolution1d", trigger="more tiles than places: one kernel for all")
def more_tiles_than_places(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    n = x.shape[-1] - w.shape[-1] + 1
    return tiled_convolution(x, w[:1] if w.shape[0] > n else w, name=name)


@mutant(claim, operation="tiled_convolution1d", trigger="the turn starts anew after 16 places")
def turn_starts_anew(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    n, t = x.shape[-1] - w.shape[-1] + 1, w.shape[0]
    return locally_connected(x, w[[p % 16 % t for p in range(n)]], stride=[1], name="bmm")


@mutant(claim, operation="tiled_convolution3d", trigger="three axes: the last is not tiled")
def last_axis_not_tiled(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    return tiled_convolution(x, w[:, :, :1], name=name)
