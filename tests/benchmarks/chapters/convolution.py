"""Convolutions over one to three axes, plain and transposed, kernels composed and learned."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.convolution import definition, direct
from reference.convolution.geometry import geometry
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]


def whole(rng: np.random.Generator, *shape: int) -> Float64:
    """Numbers -1, 0 and 1, whose sums half types hold."""
    return rng.integers(-1, 2, shape).astype(np.float64)


def convolved(rng: np.random.Generator, size: Size, *, d: int, transposed: bool) -> Inputs:
    """Images, kernels of three entries along each axis, and biases."""
    batch, n, c, o, side = size
    x = whole(rng, batch, n, c, *(side,) * d)
    w = whole(rng, batch, *((c, o) if transposed else (o, c)), *(3,) * d)
    options: dict[str, Any] = {"stride": (1,) * d, "padding": (1,) * d, "dilation": (1,) * d, "groups": 1, "form": ""}
    more = {"output_padding": (0,) * d} if transposed else {"mode": "zeros"}
    return Inputs((x, w, whole(rng, batch, o)), {**options, **more})


def truth(x: Float64, w: Float64, b: Float64, how: Arithmetic, *, transposed: bool) -> Truth:
    """The results."""
    options = geometry(w.shape[3:], padding=1)
    if transposed:
        return direct.transposed_convolution(x, w, b, options, x.shape[3:], how)
    return direct.convolution(x, w, b, options, how)


def composed(rng: np.random.Generator, size: Size, *, d: int) -> Inputs:
    """Kernels of two layers."""
    batch, c, k = size
    return Inputs((whole(rng, batch, c, c, *(k,) * d), whole(rng, batch, c, c, *(k,) * d)))


def together(a: Float64, b: Float64, _: Arithmetic) -> Truth:
    """The kernels of both layers."""
    return definition.certain(definition.composed(a, b, a.ndim - 3))


def learner(rng: np.random.Generator, size: Size, *, d: int) -> Inputs:
    """Images, first kernels and targets, for one step."""
    batch, n, side = size
    given = (
        whole(rng, batch, n, 1, *(side,) * d),
        whole(rng, batch, 1, 1, *(2,) * d),
        whole(rng, batch, n, 1, *(side - 1,) * d),
    )
    return Inputs(given, {"optimiser": "SGD", "activation": "none", "flips": (), "steps": 1}, given=given)


def learned(x: Float64, w: Float64, t: Float64, how: Arithmetic) -> Truth:
    """The kernels after one step."""
    return definition.certain(definition.one_step(x, w, t, 0.125, geometry(w.shape[3:]), how)[:, None])


def row(
    names: str, d: int, sizes: tuple[Size, ...], axes: str, inputs: Callable[..., Inputs], made: Callable[..., Truth]
) -> Row:
    """Operations over d axes."""
    return Row(" ".join(f"{n}{d}d" for n in names.split()), sizes, axes, functools.partial(inputs, d=d), made)


IMAGES = {
    1: ((2, 2, 3, 2, 8), (4, 8, 16, 16, 64)),
    2: ((2, 2, 2, 2, 4), (2, 4, 8, 8, 16)),
    3: ((2, 1, 2, 2, 3), (2, 2, 4, 4, 6)),
}
LAYERS = dict.fromkeys((1, 2, 3), ((2, 2, 2), (2, 8, 3)))
EXAMPLES = {1: ((2, 2, 4), (2, 2, 8)), 2: ((2, 1, 3), (2, 1, 4)), 3: ((2, 1, 2), (2, 1, 3))}
SHAPE = "batch x images x channels x filters x side"

ROWS = tuple(
    r
    for d in (1, 2, 3)
    for r in (
        row(
            "convolution convolution_layer",
            d,
            IMAGES[d],
            SHAPE,
            functools.partial(convolved, transposed=False),
            functools.partial(truth, transposed=False),
        ),
        row(
            "transposed_convolution transposed_layer",
            d,
            IMAGES[d],
            SHAPE,
            functools.partial(convolved, transposed=True),
            functools.partial(truth, transposed=True),
        ),
        row("composed_kernels", d, LAYERS[d], "batch x channels x side", composed, together),
        row("learned_kernels", d, EXAMPLES[d], "batch x images x side", learner, learned),
    )
)
