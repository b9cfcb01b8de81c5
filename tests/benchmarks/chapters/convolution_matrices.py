"""Convolution as a matrix, on patches, as a tied layer, and from priors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reference.convolution import direct
from reference.convolution import matrix_form as reference
from reference.convolution.geometry import Geometry, geometry, joined_places
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIDES = {1: ((8, 3), (64, 5)), 2: ((4, 2), (12, 3)), 3: ((3, 2), (6, 3))}
IMAGES = ((8, 3), (64, 5))
CHANNELS = 2


def _plain(axes: int) -> dict[str, tuple[int, ...]]:
    return {"stride": (1,) * axes, "padding": (0,) * axes, "dilation": (1,) * axes}


def _moving(w: Float64) -> Geometry:
    return geometry(w.shape[2:])


def _each(truth: Truth) -> Truth:
    return Truth(truth.value[0], truth.bound[0])


def derivative(axes: int) -> Callable[[np.random.Generator, Size], Inputs]:
    """One image and its kernels."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        n, k = size
        x, w = rng.standard_normal((1, 1, *[n] * axes)), rng.standard_normal((2, 1, *[k] * axes))
        return Inputs((x, w), {**_plain(axes), "groups": 1, "mode": "zeros", "rule": "reverse"})

    return made


def matrix(x: Float64, w: Float64, _how: Arithmetic) -> Float64:
    """Its entries."""
    return reference.matrix(w[None], _moving(w), x.shape[2:])


def unfolded(axes: int) -> Callable[[np.random.Generator, Size], Inputs]:
    """Two images of two channels and two kernels."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        n, k = size
        x, w = rng.standard_normal((2, CHANNELS, *[n] * axes)), rng.standard_normal((2, CHANNELS, *[k] * axes))
        return Inputs((x, w), {**_plain(axes), "groups": 1, "spelling": "Tensor.unfold"})

    return made


def convolved(x: Float64, w: Float64, how: Arithmetic) -> Truth:
    """The convolution."""
    return _each(direct.convolution(x[None], w[None], None, _moving(w), how))


def images(rng: np.random.Generator, size: Size) -> Inputs:
    """Images and the size of a window."""
    n, k = size
    x = rng.standard_normal((2, CHANNELS, n, n))
    return Inputs((x,), {"kernel": (k, k), **_plain(2)}, given=(x, geometry((k, k))))


def patches(x: Float64, how: Geometry, _how: Arithmetic) -> Float64:
    """Copies of windows."""
    return direct.patches(x, how)


def folded(x: Float64, how: Geometry, arithmetic: Arithmetic) -> Truth:
    """Every number as often as windows have it."""
    return reference.folded(x, how, arithmetic)


def tied(axes: int) -> Callable[[np.random.Generator, Size], Inputs]:
    """Kernels and their places."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        n, k = size
        w, sizes = rng.standard_normal((2, 1, *[k] * axes)), (n,) * axes
        places = joined_places(geometry((k,) * axes), sizes).copy()
        return Inputs((w, places, n**axes, 1), given=(np.zeros((1, 1, *sizes)), w))

    return made


def tied_images(axes: int) -> Callable[[np.random.Generator, Size], Inputs]:
    """Two images, kernels and their places."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        w, places, _, groups = tied(axes)(rng, size).args
        x = rng.standard_normal((2, 1, *[size[0]] * axes))
        return Inputs((x, w, places, groups), given=(x, w))

    return made


def flattened(x: Float64, w: Float64, how: Arithmetic) -> Truth:
    """The convolution, all results of an image in a row."""
    truth = convolved(x, w, how)
    return Truth(*(t.reshape(len(x), -1) for t in truth))


def gradient(rng: np.random.Generator, size: Size) -> Inputs:
    """The gradient of a dense matrix, and the places of each tap."""
    n, k = size
    places = joined_places(geometry((k,)), (n,)).copy()
    a = rng.standard_normal((len(places), n))
    return Inputs((a, places, 1, 1, 1), given=(a, places))


def sums(a: Float64, places: NDArray[np.int64], _how: Arithmetic) -> Float64:
    """Sums over diagonals."""
    return np.asarray(a[np.arange(len(places))[:, None], places].sum(0))


def prior(rng: np.random.Generator, size: Size) -> Inputs:
    """Inputs, targets and the strength of a prior."""
    outputs, taps = size
    n = outputs + taps - 1
    x, y = rng.standard_normal((2 * n, n)) + 2 * np.eye(2 * n, n), rng.standard_normal((2 * n, outputs))
    return Inputs((x, y, 4.0))


def minimiser(x: Float64, y: Float64, strength: float, how: Arithmetic) -> Truth:
    """In fractions."""
    exact = reference.with_prior(x[None], y[None], np.array([strength]), how)
    return Truth(exact.minimiser[0], exact.computed[0])


ROWS = (
    *(
        Row(f"convolution_jacobian{d}d", SIDES[d], "side x taps", derivative(d), matrix, "the matrix")
        for d in (1, 2, 3)
    ),
    *(Row(f"unfolded_convolution{d}d", SIDES[d], "side x taps", unfolded(d), convolved) for d in (1, 2, 3)),
    Row("patches_of", IMAGES, "side x taps", images, patches, "copies"),
    Row("folded_patches", IMAGES, "side x taps", images, folded),
    *(Row(f"tied_matrix{d}d", SIDES[d], "side x taps", tied(d), matrix, "the matrix") for d in (1, 2)),
    *(Row(f"tied_layer{d}d", SIDES[d], "side x taps", tied_images(d), flattened) for d in (1, 2)),
    Row("summed_over_ties", SIDES[1], "numbers x taps", gradient, sums, "sums over diagonals"),
    Row("prior_solution", ((2, 2), (4, 3)), "outputs x taps", prior, minimiser),
)
