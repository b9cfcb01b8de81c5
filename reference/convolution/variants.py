"""Convolution without shared kernels: a kernel for every place (locally connected), or t of them in turn (tiled).

Images are (..., n, c, *sizes), kernels of places (..., *results, o, c, *kernel), those of tiles (..., *tiles, o, c,
*kernel); no padding. Bounds as in `reference.convolution.direct`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.convolution.direct import patches, products
from reference.convolution.geometry import OUTSIDE, Geometry, adjoint_places
from reference.formats import Arithmetic
from reference.truth import Truth

Float64 = NDArray[np.float64]


def locally_connected(x: Float64, w: Float64, how: Geometry, arithmetic: Arithmetic) -> Truth:
    """z_o(p) = sum_{c,k} w_{p,o,c}(k) x_c(p s + k): (..., n, o, *results); Goodfellow et al. 2016, eq. 9.9."""
    axes = len(how.kernel)
    results = how.sizes(x.shape[-axes:])
    met = np.einsum("...ncpk->...pnck", patches(x, how))
    met = _joined(met, 2)
    terms = np.full((1, 1), met.shape[-1])
    truth = products(met, _joined(_by_place(w, axes), 2).swapaxes(-1, -2), None, terms, arithmetic)
    return Truth(*(np.einsum("...pno->...nop", t).reshape(*t.shape[:-3], *_ends(t), *results) for t in truth))


def _ends(t: Float64) -> tuple[int, int]:
    return t.shape[-2], t.shape[-1]


def _joined(t: Float64, axes: int) -> Float64:
    """The last `axes` axes as one."""
    return t.reshape(*t.shape[: t.ndim - axes], math.prod(t.shape[t.ndim - axes :]))


def _by_place(w: Float64, axes: int) -> Float64:
    """Kernels (..., *results, o, c, *kernel) as (..., places, o, c, taps)."""
    front = w.shape[: w.ndim - 2 * axes - 2]
    places = math.prod(w.shape[len(front) : len(front) + axes])
    return _joined(w.reshape(*front, places, *w.shape[len(front) + axes :]), axes)


def kernel_gradient(x: Float64, cotangent: Float64, how: Geometry, arithmetic: Arithmetic) -> Truth:
    """The gradient of <c, z> by the kernels: sum over examples of c_o(p) x_c(p s + k), shaped as they are."""
    axes = len(how.kernel)
    met = np.einsum("...ncpk->...pnck", patches(x, how))
    channels = met.shape[-2]
    slopes = np.einsum("...nop->...pon", _joined(cotangent, axes))
    terms = np.full((1, 1), x.shape[-axes - 2])
    truth = products(slopes, _joined(met, 2), None, terms, arithmetic)
    shape = (*cotangent.shape[-axes:], cotangent.shape[-axes - 1], channels, *how.kernel)
    return Truth(*(t.reshape(*t.shape[:-3], *shape) for t in truth))


def image_gradient(
    w: Float64, cotangent: Float64, how: Geometry, sizes: tuple[int, ...], arithmetic: Arithmetic
) -> Truth:
    """The gradient of <c, z> by the images: sum over the results p and taps k that meet a place of w_{p,o,c}(k) c_o(p).

    Sums over results may be stored one after another, in the type of the result: with `arithmetic` of one format.
    """
    axes = len(how.kernel)
    results, taps = adjoint_places(how, sizes, cotangent.shape[-axes:])
    kernels = _by_place(w, axes)
    there = results != OUTSIDE
    met = np.where(there[..., None, None], np.moveaxis(kernels, -1, -3)[..., results, taps, :, :], 0.0)
    slopes = np.where(there, _joined(cotangent, axes)[..., results], 0.0)
    left = np.einsum("...noim->...inmo", slopes)
    left = _joined(left, 2)
    right = met.reshape(*met.shape[:-3], met.shape[-3] * met.shape[-2], met.shape[-1])
    terms = (cotangent.shape[-axes - 1] * there.sum(-1) + 1)[:, None, None]
    truth = products(left, right, None, terms, arithmetic)
    return Truth(*(np.einsum("...inc->...nci", t).reshape(*t.shape[:-3], *_ends(t), *sizes) for t in truth))


def repeated_tiles(w: Float64, results: Sequence[int]) -> Float64:
    """The kernels of all places: that of place (i, j) is tile (i mod t_1, j mod t_2); Goodfellow et al., eq. 9.10."""
    axes = len(results)
    front = w.ndim - 2 * axes - 2
    for axis, n in enumerate(results):
        w = w.take(np.arange(n) % w.shape[front + axis], front + axis)
    return w


def shared(w: Float64, results: Sequence[int]) -> Float64:
    """Kernels (..., o, c, *kernel) of a convolution at every place."""
    axes = len(results)
    front = w.shape[: w.ndim - axes - 2]
    ones = w.reshape(*front, *(1,) * axes, *w.shape[len(front) :])
    return np.broadcast_to(ones, (*front, *results, *w.shape[len(front) :])).copy()


def one_format(arithmetic: Arithmetic) -> Arithmetic:
    """The arithmetic of kernels that store partial sums in the type of the result."""
    return dataclasses.replace(arithmetic, accumulator=arithmetic.result)
