"""Receptive fields, sizes and costs, unshared kernels, and shifts of images."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.convolution import direct, equivariance, receptive_field, sizes, variants
from reference.convolution.geometry import geometry
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]
KERNEL = 3


def exact(value: Any) -> Truth:  # noqa: ANN401  numbers of any kind
    """A value without error."""
    value = np.asarray(value, np.float64)
    return Truth(value, np.zeros(value.shape))


def rows_of_numbers(rng: np.random.Generator, size: Size) -> Inputs:
    """Two convolutions of width 3, of numbers so small that nothing is cut off."""
    images, n = size
    x, w = rng.random((images, 1, n)) / 16, rng.random((2, 1, 1, KERNEL)) / 4
    layers = [("conv", (KERNEL,), (1,), (0,), (1,))] * 2
    return Inputs((x, [*w], layers, ""), given=(x, w[0], w[1]))


def two_layers(x: Float64, first: Float64, second: Float64, how: Arithmetic) -> Truth:
    """One convolution of another, whose error passes through."""
    step = geometry((KERNEL,))
    before = direct.convolution(x, first, None, step, how)
    after = direct.convolution(before.value, second, None, step, how)
    passed = direct.magnitude(before.bound, second, None, step)
    more = (1 + 2 * KERNEL * how.accumulator.u) * (1 + 2 * how.result.u) * passed
    return Truth(after.value, after.bound + more)


def numbers_of_layers(rng: np.random.Generator, size: Size) -> Inputs:
    """Kernels, strides and dilations, few and small enough for exact numbers in bfloat16."""
    k, s, d = rng.integers(1, 4, size), np.ones(size), rng.integers(1, 3, size)
    s[..., 0] = 2
    numbers = tuple(a.astype(np.float64) for a in (k, s, d))
    return Inputs(numbers)


def extents_of_layers(k: Float64, s: Float64, d: Float64, _how: Arithmetic) -> Truth:
    """By the formula, for every layer of every stack."""
    found = np.zeros(k.shape)
    for stack in np.ndindex(k.shape[:-1]):
        layers = [
            receptive_field.Layer("conv", (int(a),), (int(b),), (0,), (int(c),))
            for a, b, c in zip(k[stack], s[stack], d[stack], strict=True)
        ]
        found[stack] = [receptive_field.extent(layers[: i + 1], 0) for i in range(len(layers))]
    return exact(found)


def depths(rng: np.random.Generator, size: Size) -> Inputs:
    """Sizes and widths."""
    return Inputs((rng.integers(2, 64, size).astype(np.float64), rng.integers(2, 9, size).astype(np.float64)))


def depths_of(n: Float64, k: Float64, _how: Arithmetic) -> Truth:
    """ceil((n - 1) / (k - 1))."""
    return exact(np.vectorize(receptive_field.depth)(n, k))


def layer(_rng: np.random.Generator, size: Size) -> Inputs:
    """A convolution with a bias."""
    inputs, outputs = size
    options = {"dtype": lambda s: s.torch_dtype, "device": lambda s: s.device}
    return Inputs(("Conv2d", (inputs, outputs, (3, 3), 1, 0, 1, 1, True)), options, given=(inputs, outputs))


def storage(inputs: int, outputs: int, how: Arithmetic) -> Truth:
    """Numbers and bytes of weight and bias."""
    numbers = np.array([sizes.parameters(inputs, outputs, (3, 3), 1, bias=False), outputs])
    width = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}[how.result.name]
    return exact(np.stack((numbers, width * numbers), -1))


def parameters(rng: np.random.Generator, size: Size) -> Inputs:
    """A matrix."""
    return Inputs(([rng.standard_normal(size)],), given=(size,))


def padded(rng: np.random.Generator, size: Size) -> Inputs:
    """Images, and a zero more behind than before."""
    return Inputs((rng.standard_normal(size), [1, 2]))


def padded_numbers(x: Float64, ends: list[int], *_: Any) -> Truth:
    """With zeros around the last axis."""
    return exact(np.pad(x, [(0, 0)] * (x.ndim - 1) + [(ends[0], ends[1])]))


def spelled(rng: np.random.Generator, size: Size) -> Inputs:
    """The same for a layer."""
    x, ends = padded(rng, size).args
    return Inputs((x, ends, "pad"))


def kernels_to_count(_rng: np.random.Generator, size: Size) -> Inputs:
    """Images, and kernels of all widths."""
    x, kernels = np.ones((1, 1, *size)), [np.ones((1, 1, k)) for k in range(1, size[0] + 1)]
    return Inputs((x, kernels, "valid", 1), {"backward": False}, given=size)


def counts(n: int, _how: Arithmetic) -> Truth:
    """Two for each multiplication."""
    return exact([2 * sizes.multiplications(1, 1, 1, 1, (k,), (n - k + 1,)) for k in range(1, n + 1)])


def bare(rng: np.random.Generator, size: Size) -> Inputs:
    """A row of numbers and a kernel."""
    x, w = rng.standard_normal((1, 1, *size)) / 16, rng.standard_normal((1, 1, KERNEL)) / 16
    return Inputs((x, w), given=size)


def local(axes: int, tiles: int, rng: np.random.Generator, size: Size) -> Inputs:
    """Images with kernels of places, or of tiles, along `axes` axes."""
    channels, n = size
    how = geometry((KERNEL,) * axes)
    places = (tiles or n - KERNEL + 1,) * axes
    x = rng.standard_normal((2, channels, *(n,) * axes))
    w = rng.standard_normal((*places, channels, channels, *how.kernel))
    options = {"name": "gathered"} if tiles else {"stride": (1,) * axes, "name": "bmm"}
    return Inputs((x, w), options)


def local_truth(axes: int, tiles: int, x: Float64, w: Float64, how: Arithmetic) -> Truth:
    """Each place with its kernel."""
    step = geometry((KERNEL,) * axes)
    every = variants.repeated_tiles(w, step.sizes(x.shape[2:])) if tiles else w
    return variants.locally_connected(x, every, step, how)


def by_axes(name: str, tiles: int) -> tuple[Row, ...]:
    """Rows for one to three axes."""
    small = {1: ((2, 16), (8, 64)), 2: ((2, 6), (4, 12)), 3: ((1, 4), (2, 6))}
    return tuple(
        Row(
            f"{name}{axes}d",
            small[axes],
            "channels x extent",
            functools.partial(local, axes, tiles),
            functools.partial(local_truth, axes, tiles),
        )
        for axes in (1, 2, 3)
    )


def images(rng: np.random.Generator, size: Size) -> Inputs:
    """Images, shifts and axes."""
    return Inputs((rng.standard_normal(size), [3, -2], [-2, -1]))


def shifted(x: Float64, shifts: list[int], _axes: list[int], _how: Arithmetic) -> Truth:
    """Rolled."""
    return equivariance.shifted(exact(x), shifts)


def integers(rng: np.random.Generator, size: Size) -> Inputs:
    """Small integers, whose sums are exact."""
    return Inputs((rng.integers(-1, 2, (*size, size[-1])).astype(np.float64),))


IMAGES = ((4, 16), (16, 64))
ROWS = (
    Row("stack_of_layers", IMAGES, "images x extent", rows_of_numbers, two_layers),
    Row("receptive_extents", ((4, 3), (64, 8)), "stacks x layers", numbers_of_layers, extents_of_layers),
    Row("connecting_depth", ((4,), (256,)), "sizes", depths, depths_of),
    Row("layer_storage", ((4, 4), (32, 64)), "inputs x outputs", layer, storage),
    Row("parameter_count", ((4, 4), (64, 64)), "rows x columns", parameters, lambda s, _: exact(math.prod(s))),
    Row("widened", IMAGES, "kernels x width", padded, padded_numbers),
    Row("with_zeros", IMAGES, "images x extent", spelled, padded_numbers),
    Row("convolution_operations", ((4,), (16,)), "extent", kernels_to_count, counts, "counts"),
    Row("unpadded_layers", ((8,), (64,)), "extent", bare, lambda n, _: exact(sizes.unpadded_depth(n, KERNEL))),
    *by_axes("locally_connected", 0),
    *by_axes("tiled_convolution", 2),
    Row("rolled", ((2, 8, 8), (8, 32, 32)), "images x height x width", images, shifted),
    Row("shift_sum", ((2, 4), (8, 16)), "matrices x size", integers, lambda a, _: exact(equivariance.averaged(a))),
)
