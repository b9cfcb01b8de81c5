"""Convolution by Fourier transforms, and what it takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.convolution import fft as reference
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

LINES, IMAGES, VOLUMES = ((64, 5), (4096, 64)), ((8, 3), (64, 7)), ((4, 2), (12, 3))
COUNTS = ((64, 8), (1024, 141))


def _pair(rng: np.random.Generator, size: Size, axes: int) -> Inputs:
    n, m = size
    x, k = rng.standard_normal((n,) * axes), rng.standard_normal((m,) * axes)
    return Inputs((x, k, (n + m - 1,) * axes, "real"))


def lines(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers and a kernel on one axis."""
    return _pair(rng, size, 1)


def images(rng: np.random.Generator, size: Size) -> Inputs:
    """Two axes."""
    return _pair(rng, size, 2)


def volumes(rng: np.random.Generator, size: Size) -> Inputs:
    """Three axes."""
    return _pair(rng, size, 3)


def convolved(x: Float64, k: Float64, lengths: tuple[int, ...], _: str, how: Arithmetic) -> Truth:
    """The exact convolution with its bound in the norm."""
    truth = reference.by_transforms(x[None], k[None], lengths, how)
    return Truth(truth.value[0], truth.bound[0])


def integers(rng: np.random.Generator, size: Size) -> Inputs:
    """Sequences of integers."""
    return Inputs(tuple(rng.integers(-1, 2, n).astype(np.float64) for n in size), given=size)


def by_radix2(n: int, k: int, _how: Arithmetic) -> NDArray[np.int64]:
    """How many products radix-2 transforms take."""
    return np.array([reference.radix2_multiplications(n, k)])


def directly(n: int, k: int, _how: Arithmetic) -> NDArray[np.int64]:
    """How many products are needed directly."""
    return np.array([reference.direct_multiplications(n, k)])


ROWS = (
    Row("fft_convolution", LINES, "numbers x taps", lines, convolved),
    Row("fft_convolution_2d", IMAGES, "side x taps", images, convolved),
    Row("fft_convolution_3d", VOLUMES, "side x taps", volumes, convolved),
    Row("radix2_convolution", COUNTS, "numbers x taps", integers, by_radix2, "how many products it takes"),
    Row("direct_convolution", COUNTS, "numbers x taps", integers, directly, "how many products it takes"),
)
