"""Windows of images, filters of a group, weighted averages and pooled features."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from reference.convolution import direct, pooling
from reference.convolution import pooling_invariance as reference
from reference.convolution.geometry import geometry
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

IMAGES, SIDES = ((4, 3, 8), (8, 16, 32)), "images x channels x side"
KERNEL = np.outer((1, 2, 1), (1, 2, 1)) / 16


def _options(side: int) -> dict[str, object]:
    """Means of 3 x 3 places, at every place."""
    about = {"kernel_size": (3, 3), "stride": (1, 1), "padding": (1, 1)}
    return {"pool": "avg_pool", "spatial": (side, side)} | about


def _windows(n: int) -> pooling.Windows:
    side = round(n**0.5)
    return pooling.windows([pooling.Sweep(side, 3, 1, 1)] * 2)


def images(rng: np.random.Generator, size: Size) -> Inputs:
    """Images to take means of."""
    x = rng.standard_normal((*size[:2], size[2] ** 2))
    return Inputs((x,), _options(size[2]), (x,))


def means(x: Float64, how: Arithmetic) -> Truth:
    """Means with the padding."""
    w = _windows(x.shape[-1])
    return pooling.means(x, w, pooling.divisors(w, padded=True, override=None), how)


def lines(rng: np.random.Generator, size: Size) -> Inputs:
    """Images, a direction and weights of their means."""
    x, u, v = (rng.standard_normal((*size[:2], size[2] ** 2)) for _ in range(3))
    return Inputs((x, u, v), _options(size[2]), (u, v))


def derivatives(u: Float64, v: Float64, how: Arithmetic) -> Truth:
    """The adjoint, and the derivative along u twice."""
    w = _windows(u.shape[-1])
    divisor, stored = pooling.divisors(w, padded=True, override=None), dataclasses.replace(how, accumulator=how.result)
    along = pooling.means(u, w, divisor, how)
    every = pooling.spread(v, w, divisor, u.shape[-1], stored), along, along
    return Truth(*(np.stack(parts) for parts in zip(*every, strict=True)))


def maxima(rng: np.random.Generator, size: Size) -> Inputs:
    """Largest numbers of windows side by side, and their places."""
    half = size[2] // 2
    y = rng.standard_normal((*size[:2], half**2))
    rows, columns = np.divmod(np.arange(half**2), half)
    index = np.broadcast_to(2 * rows * size[2] + 2 * columns, y.shape).copy()
    options = {"shape": (half, half), "spatial": (size[2],) * 2, "kernel_size": 2, "stride": 2, "padding": 0}
    return Inputs((y, index), options, (y, index))


def unpooled(y: Float64, index: NDArray[np.int64], _: Arithmetic) -> Truth:
    """Zeros but there."""
    n = 4 * y.shape[-1]
    return Truth(pooling.scattered(y, index, n), np.zeros((*y.shape[:-1], n)))


def patches(rng: np.random.Generator, size: Size) -> Inputs:
    """Patches and filters."""
    x, w = (rng.standard_normal((size[0], size[1], size[1])) for _ in range(2))
    return Inputs((x, w), {"group": "rotations", "by": "amax"}, (x, w))


def largest_response(x: Float64, w: Float64, how: Arithmetic) -> Truth:
    """That to a filter in its four turns."""
    return reference.orbit_maximum(x, w, "rotations", how)


def weighted(rng: np.random.Generator, size: Size) -> Inputs:
    """Images and binomial weights."""
    x = rng.standard_normal((1, *size[:2], size[2] ** 2))
    options = {"spatial": (size[2],) * 2, "window": (3, 3), "stride": 1}
    return Inputs((x, KERNEL.reshape(1, -1)), options, (x,))


def averages(x: Float64, how: Arithmetic) -> Truth:
    """Weighted averages."""
    channels, side = x.shape[-2], round(x.shape[-1] ** 0.5)
    kernels = np.broadcast_to(KERNEL, (1, channels, 1, 3, 3))
    truth = direct.convolution(
        x.reshape(*x.shape[:-1], side, side), kernels, None, geometry((3, 3), groups=channels), how
    )
    return Truth(*(t.reshape(*x.shape[:-1], -1) for t in truth))


def features(rng: np.random.Generator, size: Size) -> Inputs:
    """A Hadamard design of eight observations, all columns, and targets."""
    two = np.array([[1.0, 1.0], [1.0, -1.0]])
    return Inputs((np.kron(np.kron(two, two), two), rng.standard_normal((8, size[0]))), {"block": 2})


def fits(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """Projections on the means of neighbours, which are orthogonal."""
    z = reference.pooled_design(x, 2)
    size = np.sqrt((y**2).sum(0))
    return Truth(z @ (z.T @ y) / (z**2).sum(0)[0], np.broadcast_to(reference.fit_error(8 * 4, size, how), y.shape))


ROWS = (
    Row("pooled", IMAGES, SIDES, images, means),
    Row("pool_derivatives", IMAGES, SIDES, lines, derivatives),
    Row("unpooled", IMAGES, SIDES, maxima, unpooled),
    Row("orbit_pooled", ((4, 3), (16, 9)), "patches x side", patches, largest_response),
    Row("weighted_average", IMAGES, SIDES, weighted, averages),
    Row("fitted", ((16,), (1024,)), "targets", features, fits),
)
