"""Convolutions from their definition, as sums of products over places, with componentwise error bounds.

All arrays are float64 and hold numbers of the stored format. Images are (..., n, c, *sizes) for n examples of c
channels, kernels (..., o, c / groups, *kernel), those of transposed convolutions (..., c, o / groups, *kernel), biases
(..., o); leading axes broadcast. Sums of products are BND-DOT, in any order: gamma_K(ua) |w|*|x| + K eta_a for the K
products that a result really sums (padding with zeros counts none), one more for a bias, and one more rounding where
half types are stored (ASNA (3.5); N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reference.bounds.sums import evaluated, sum_truth
from reference.bounds.weaker import fast_product_error, fourier_factor, lengths
from reference.convolution.geometry import OUTSIDE, Geometry, Places, adjoint_places, joined_places
from reference.formats import Arithmetic, Method
from reference.memory import remembered
from reference.rounding import OWN, U64, flushed, gamma, operand_error, overflows, silent, stored, upward, wide
from reference.scaled import Scaled
from reference.truth import Truth

Float64 = NDArray[np.float64]


@remembered
@silent
def convolution(x: Float64, w: Float64, b: Float64 | None, how: Geometry, arithmetic: Arithmetic) -> Truth:
    """y_o(p) = b_o + sum_{c,k} w_{o,c}(k) x_c(p s - q + k d) over the channels c of o's group: (..., n, o, *results).

    Goodfellow et al. 2016, eq. 9.7; nothing is flipped.
    """
    axes, g, sizes = len(how.kernel), how.groups, x.shape[-len(how.kernel) :]
    met = _flat(np.einsum("...gcpk->...gpck", grouped(patches(x, how), g, -3)), 2)
    kernels = grouped(_flat(_flat(w, axes), 2), g, -2).swapaxes(-1, -2)[..., None, :, :, :]
    bias = None if b is None else grouped(b, g, -1)[..., None, :, None, :]
    terms = w.shape[-axes - 1] * (joined_places(how, sizes) != OUTSIDE).sum(-1)[:, None]
    far = None
    if arithmetic.method is Method.FOURIER:
        images = grouped(_norms(padded(x, how), axes), g, -1)[..., None, :]
        far = images, grouped(_norms(w, axes), g, -2).swapaxes(-1, -2)[..., None, :, :, :]
    truth = products(met, kernels, bias, terms, arithmetic, far=far, reach=reach(how, sizes))
    return _each(truth, lambda t: _shaped(_merged(t.swapaxes(-1, -2), -3), how.sizes(sizes)))


@remembered
@silent
def transposed_convolution(
    x: Float64, w: Float64, b: Float64 | None, how: Geometry, sizes: tuple[int, ...], arithmetic: Arithmetic
) -> Truth:
    """y_o(i) = b_o + sum x_c(p) w_{c,o}(k) over all p s - q + k d = i, that is the adjoint of a convolution of images.

    `sizes` are those of the result. Every p of x (..., n, c, *) counts whose convolution would have that many results,
    or more of them (with an output padding beyond the stride).
    """
    axes, g = len(how.kernel), how.groups
    results, taps = adjoint_places(how, sizes, x.shape[-axes:])
    met = _flat(np.einsum("...ngcim->...gincm", grouped(_taken(_flat(x, axes), results), g, -3)), 2)
    kernels = _flat(np.einsum("...gcoim->...giocm", grouped(_taken(_flat(w, axes), taps), g, -4)), 2).swapaxes(-1, -2)
    bias = None if b is None else grouped(b, g, -1)[..., :, None, None, :]
    terms = w.shape[-axes - 2] // g * (results != OUTSIDE).sum(-1)[:, None, None]
    far = None
    if arithmetic.method is Method.FOURIER:
        images = np.einsum("...ngc->...gnc", grouped(_norms(x, axes), g, -1))[..., None, :, :]
        far = images, grouped(_norms(w, axes), g, -2)[..., None, :, :]
    truth = products(met, kernels, bias, terms, arithmetic, far=far, reach=reach(how, sizes))
    return _each(truth, lambda t: _shaped(_merged(np.einsum("...gino->...ngoi", t), -3), sizes))


@remembered
@silent
def weight_gradient(x: Float64, c: Float64, how: Geometry, arithmetic: Arithmetic) -> Truth:
    """The gradient of <c, w * x> by the kernels: sum over examples and results of c_o(p) x_c(p s - q + k d).

    That of a transposed convolution of images x with cotangents c of its results is this one of c and x.
    """
    axes, g, sizes = len(how.kernel), how.groups, x.shape[-len(how.kernel) :]
    channels, results = x.shape[-axes - 1] // g, c.shape[-axes:]
    met = np.einsum("...ngcpk->...gnpck", grouped(patches(x, how, results), g, -3))
    met = _flat(_merged(met, -4), 2)
    slopes = _merged(np.einsum("...ngop->...gonp", grouped(_flat(c, axes), g, -2)), -2)
    terms = np.tile(x.shape[-axes - 2] * (joined_places(how, sizes, results) != OUTSIDE).sum(0), channels)
    far = None
    if arithmetic.method is Method.FOURIER:
        images = np.einsum("...ngc->...gnc", grouped(_norms(padded(x, how), axes), g, -1))
        far = np.einsum("...ngo->...gon", grouped(_norms(c, axes), g, -1)), np.repeat(images, math.prod(how.kernel), -1)
    truth = products(slopes, met, None, terms, arithmetic, far=far, reach=reach(how, sizes))
    return _each(truth, lambda t: t.reshape(*t.shape[:-3], c.shape[-axes - 1], channels, *how.kernel))


def bias_gradient(c: Float64, axes: int, arithmetic: Arithmetic) -> Truth:
    """The gradient of the bias: BND-SUM over examples and results of c (..., n, o, *results) of `axes` spatial axes."""
    return sum_truth(_flat(np.moveaxis(c, -axes - 1, -axes - 2), axes + 1), arithmetic)


def patches(x: Float64, how: Geometry, results: tuple[int, ...] | None = None) -> Float64:
    """What each tap of each result meets: images (..., *sizes) become (..., results, taps), both flattened."""
    axes = len(how.kernel)
    return _taken(_flat(x, axes), joined_places(how, x.shape[-axes:], results))


def padded(x: Float64, how: Geometry) -> Float64:
    """Images (..., *sizes) with their padding."""
    one = (1,) * len(how.kernel)
    alone = dataclasses.replace(how, kernel=one, stride=one, dilation=one)
    return _shaped(patches(x, alone)[..., 0], alone.sizes(x.shape[-len(one) :]))


def magnitude(x: Float64, w: Float64, b: Float64 | None, how: Geometry) -> Float64:
    """|w| * |x| + |b|, evaluated in float64."""
    axes, g = len(how.kernel), how.groups
    met = _flat(np.einsum("...gcpk->...gpck", grouped(patches(np.abs(x), how), g, -3)), 2)
    kernels = grouped(_flat(_flat(np.abs(w), axes), 2), g, -2)[..., None, :, :, :]
    total = _merged(np.einsum("...pk,...ok->...op", met, kernels), -3)
    total = total if b is None else total + np.abs(b)[..., None, :, None]
    return _shaped(total, how.sizes(x.shape[-axes:]))


def spoiled(x: Float64, w: Float64, how: Geometry) -> Float64:
    """w * x for images with numbers that are not finite, evaluated in float64: NaN and infinities where they belong."""
    axes, g = len(how.kernel), how.groups
    met = _flat(np.einsum("...gcpk->...gpck", grouped(patches(x, how), g, -3)), 2)
    kernels = grouped(_flat(_flat(w, axes), 2), g, -2)
    total = (met[..., None, :] * kernels[..., None, :, None, :, :]).sum(-1)
    return _shaped(_merged(total.swapaxes(-1, -2), -3), how.sizes(x.shape[-axes:]))


def reach(how: Geometry, sizes: tuple[int, ...]) -> int:
    """Half the length of Fourier transforms that hold the convolution of padded images: powers of two on every axis."""
    ends = (n + sum(q) for n, q in zip(sizes, how.padding, strict=True))
    return math.prod(1 << math.ceil(math.log2(2 * max(1, n))) for n in ends) // 2


def products(
    x: Float64,
    y: Float64,
    b: Float64 | None,
    terms: NDArray[np.int64],
    arithmetic: Arithmetic,
    *,
    far: tuple[Float64, Float64] | None = None,
    reach: int = 1,
) -> Truth:
    """x y + b for matrices (..., m, n), (..., n, p) and (..., m, p), of whose n products only `terms` are computed.

    Integers are added exactly in every order as long as their magnitudes sum up to 2^p at most. By Fourier transforms
    of 2 `reach` numbers an image and a kernel of 2-norms X and Y are convolved within K X Y (`weaker`): `far` are
    matrices of these norms, whose product sums over what is added after that, with gamma of their count.
    """
    if b is not None:  # one product more, with 1
        x = np.concatenate((x, np.ones((*x.shape[:-1], 1))), -1)
        wanted = (*np.broadcast_shapes(y.shape[:-2], b.shape[:-2]), 1, y.shape[-1])
        y = np.concatenate((np.broadcast_to(y, (*wanted[:-2], *y.shape[-2:])), np.broadcast_to(b, wanted)), -2)
    n, size, u = x.shape[-1], np.abs(x) @ np.abs(y), arithmetic.accumulator.u
    exactly = np.zeros(size.shape, bool)
    if wide(arithmetic):
        exact = Scaled.of(x) @ Scaled.of(y)
        value = exact.to_float64()[0]
        size = size + n * 2.0**-1074  # evaluated in float64, it may underflow there
    else:
        value = x @ y
    e_x, e_y = (np.broadcast_to(operand_error(v, np.zeros(()), arithmetic), v.shape) for v in (x, y))
    moved = e_x @ (np.abs(y) + e_y) + np.abs(x) @ e_y if e_x.any() or e_y.any() else np.zeros(size.shape)
    touched = size + moved
    lost = terms * arithmetic.underflow
    if arithmetic.gradual and not wide(arithmetic):
        lost = np.minimum(lost, 2 * touched)
    error = moved + gamma(terms + (b is not None), u) * touched + lost
    if arithmetic.method is Method.FOURIER and far is not None:
        error = moved + _by_fourier(*far, reach, arithmetic) + u * touched
    elif arithmetic.method is Method.STRASSEN:
        error = moved + fast_product_error(np.abs(x) + e_x, np.abs(y) + e_y, arithmetic)
    elif not moved.any() and all((np.rint(v) == v).all() for v in (x, y)):
        exactly = touched <= 2.0**arithmetic.accumulator.precision
        error = np.where(exactly, 0.0, error)
    error = stored(upward(error, n), value, arithmetic, reached=upward(touched + error, n))
    error = np.where(exactly, np.abs(arithmetic.result.round(value) - value), error)
    if not arithmetic.gradual:
        error = error + flushed(value, error, arithmetic)
    if not wide(arithmetic):
        return Truth(value, error * OWN + np.where(exactly, 0.0, upward(gamma(n, U64) * size, n)))
    return evaluated(exact, error * OWN)


def _by_fourier(x: Float64, y: Float64, reach: int, arithmetic: Arithmetic) -> Float64:
    """The error of sums of convolutions by Fourier transforms of 2 `reach` numbers, see `weaker.fast_product_error`."""
    u, n = arithmetic.accumulator.u, x.shape[-1]
    factor = fourier_factor(reach, u)
    size, root = x @ y, math.sqrt(4 * reach)
    both = x.sum(-1, keepdims=True) + y.sum(-2, keepdims=True) + 2 * n
    error = (factor * (1 + gamma(n, u)) + gamma(n, u)) * size + 4 * root * arithmetic.underflow * both
    error = upward(np.where(size == 0, 0.0, error))
    reached = upward(4 * root**2 * size + root * both + error)
    return np.where(overflows(reached, arithmetic.accumulator), np.inf, error)


def grouped(t: NDArray[np.float64], groups: int, axis: int) -> Float64:
    """The axis of channels (negative) split into groups and the channels of each."""
    return t.reshape(*t.shape[:axis], groups, t.shape[axis] // groups, *t.shape[t.ndim + axis + 1 :])


def _flat(t: Float64, axes: int) -> Float64:
    """The last `axes` axes as one."""
    return t.reshape(*t.shape[: t.ndim - axes], math.prod(t.shape[t.ndim - axes :]))


def _merged(t: Float64, axis: int) -> Float64:
    """An axis (negative) and the next as one."""
    count = t.shape[axis] * t.shape[axis + 1]
    return t.reshape(*t.shape[:axis], count, *t.shape[t.ndim + axis + 2 :])


def _shaped(t: Float64, sizes: tuple[int, ...]) -> Float64:
    """The last axis as several."""
    return t.reshape(*t.shape[:-1], *sizes)


def _taken(t: Float64, places: Places) -> Float64:
    """The numbers of the last axis at places, 0 outside."""
    return np.concatenate((t, np.zeros((*t.shape[:-1], 1))), -1)[..., places]


def _norms(t: Float64, axes: int) -> Float64:
    """2-norms over the last axes."""
    return lengths(np.abs(_flat(t, axes)))[..., 0]


def _each(truth: Truth, function: Callable[[Float64], Float64]) -> Truth:
    return Truth(*map(function, truth))
