"""Separable kernels: at once, in passes, what they cost, and the nearest ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reference.convolution import separable as reference
from reference.convolution.direct import convolution
from reference.convolution.geometry import Geometry, geometry
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIDES = {1: ((32, 3), (1024, 5)), 2: ((8, 3), (64, 5)), 3: ((4, 2), (16, 3))}
KERNELS = ((8, 3), (64, 5))


def factors(axes: int, *, passes: bool) -> Callable[[np.random.Generator, Size], Inputs]:
    """Images of one channel and a vector for each axis."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        n, w = size
        x, vectors = rng.standard_normal((1, 1, *[n] * axes)), [rng.standard_normal((1, w)) for _ in range(axes)]
        plain = {"stride": (1,) * axes, "padding": (0,) * axes, "dilation": (1,) * axes}
        order = {"order": tuple(range(axes)), "spelling": "long kernels"} if passes else {}
        return Inputs((x, vectors), {**plain, **order})

    return made


def at_once(x: Float64, vectors: list[Float64], how: Arithmetic) -> Truth:
    """With the outer product."""
    truth = reference.by_outer_product(x[None], [v[None] for v in vectors], _moving(vectors), how)
    return Truth(truth.value[0], truth.bound[0])


def in_passes(x: Float64, vectors: list[Float64], how: Arithmetic) -> Truth:
    """One axis after the other."""
    given = [v[None] for v in vectors]
    truth = reference.by_passes(x[None], given, _moving(vectors), range(len(vectors)), how)
    return Truth(truth.value[0], truth.bound[0])


def _moving(vectors: list[Float64]) -> Geometry:
    return geometry(tuple(v.shape[-1] for v in vectors))


def counted(rng: np.random.Generator, size: Size) -> Inputs:
    """An image and a square kernel."""
    n, w = size
    x, k = rng.standard_normal((1, 1, n, n)), rng.standard_normal((1, 1, w, w))
    return Inputs((x, [k], [(0, 0)]), {"trained": False}, given=size)


def cost(n: int, w: int, _how: Arithmetic) -> NDArray[np.int64]:
    """Products and parameters."""
    return np.array(reference.cost_at_once(n, w, 2, 0, 1))


def image(rng: np.random.Generator, size: Size) -> Inputs:
    """An image and a kernel of integers."""
    n, w = size
    return Inputs((rng.standard_normal((n, n)), rng.integers(-4, 5, (w, w)).astype(np.float64)))


def image_and_terms(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, and all terms."""
    return Inputs((*image(rng, size).args, size[1]))


def kernel(rng: np.random.Generator, size: Size) -> Inputs:
    """A kernel of integers."""
    return Inputs((rng.integers(-4, 5, size).astype(np.float64),))


def plain(x: Float64, k: Float64, how: Arithmetic) -> Truth:
    """The convolution."""
    truth = convolution(x[None, None, None], k[None, None, None], None, geometry(k.shape), how)
    return Truth(truth.value[0, 0, 0], truth.bound[0, 0, 0])


def by_terms(x: Float64, k: Float64, terms: int, how: Arithmetic) -> Truth:
    """The convolution, with the error of all terms."""
    s = reference.spectrum(k[None], how)
    return Truth(plain(x, k, how).value, reference.terms_error(x[None], k[None], terms, s, geometry(k.shape), how)[0])


def distance(k: Float64, how: Arithmetic) -> Float64:
    """How far the nearest outer product is."""
    return reference.spectrum(k[None], how).distance


ROWS = (
    *(
        Row(f"outer_product_convolution{d}d", SIDES[d], "side x taps", factors(d, passes=False), at_once)
        for d in (1, 2, 3)
    ),
    *(
        Row(f"separable_convolution{d}d", SIDES[d], "side x taps", factors(d, passes=True), in_passes)
        for d in (1, 2, 3)
    ),
    Row("convolution_cost", KERNELS, "side x taps", counted, cost, "products and parameters"),
    Row("plain_convolution", KERNELS, "side x taps", image, plain),
    Row("sum_of_separable_convolutions", KERNELS, "side x taps", image_and_terms, by_terms),
    Row("best_separable_kernel", ((3, 3), (5, 5)), "rows x columns", kernel, distance, "the distance, certified"),
)
