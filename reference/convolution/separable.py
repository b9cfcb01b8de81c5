"""Kernels that are outer products: convolved at once and one axis after the other, what it costs, and which they are.

Images are (batch, n, c, *sizes), and every channel has its own vectors: (batch, c, w_i) for each axis i.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.bounds.svd import svd_orthogonality_error, svd_residual_error, svdvals_error
from reference.convolution.direct import convolution, magnitude
from reference.convolution.geometry import Geometry
from reference.double_double import DoubleDouble, double_double
from reference.formats import Arithmetic
from reference.rounding import U64, gamma, operand_error, silent, stored, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def outer(vectors: Sequence[Float64]) -> DoubleDouble:
    """The kernels (batch, c, 1, *kernel) whose entries are products of one number of each vector."""
    k = double_double(vectors[0])
    for v in vectors[1:]:
        k = k[..., None] * v.reshape(*v.shape[:-1], *[1] * (len(k.shape) - 2), -1)
    return k[:, :, None]


def along(how: Geometry, axis: int) -> Geometry:
    """The part of a geometry that belongs to one axis."""

    def part(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(v if i == axis else 1 for i, v in enumerate(numbers))

    ends = tuple(q if i == axis else (0, 0) for i, q in enumerate(how.padding))
    kernel, stride, dilation = part(how.kernel), part(how.stride), part(how.dilation)
    return dataclasses.replace(how, kernel=kernel, stride=stride, padding=ends, dilation=dilation)


def _whole(*arrays: Float64) -> NDArray[np.bool_]:
    """Which instances hold integers only: (batch,)."""
    numbers = np.concatenate([a.reshape(len(a), -1) for a in arrays], -1)
    return np.asarray((numbers == np.rint(numbers)).all(-1))


def _wider(per_instance: NDArray[np.bool_], axes: int) -> NDArray[np.bool_]:
    return per_instance.reshape(-1, *[1] * (axes - 1))


@silent
def by_outer_product(x: Float64, vectors: Sequence[Float64], how: Geometry, arithmetic: Arithmetic) -> Truth:
    """x convolved with the outer product, which is rounded first, each entry by d - 1 products.

    With |fl(K) - K| <= D = ((1 + u)^(d-1) - 1) |K|, and an underflow of eta before the last d - 2 factors, the error of
    the convolution with K (BND-DOT) grows by (1 + gamma_P + 2u) D * |x|, P the size of K. D is 0 for integers of K
    that have p bits.
    """
    k, u, d = outer(vectors), arithmetic.result.u, len(vectors)
    near = convolution(x, k.hi, None, how, arithmetic)
    value = near.value + convolution(x, k.tail, None, how, arithmetic).value if k.lo.any() else near.value
    whole = _whole(x, *vectors)
    largest = 1 + np.max([np.abs(v).reshape(len(v), -1).max(-1, initial=0.0) for v in vectors], axis=0)
    off = ((1 + u) ** (d - 1) - 1) * np.abs(k.hi) + (d - 1) * arithmetic.result.eta * _wider(largest, k.hi.ndim) ** (
        d - 1
    )
    off = np.where(_wider(whole, k.hi.ndim) & (np.abs(k.hi) <= 1 / u), 0.0, off)
    more = (1 + gamma(math.prod(how.kernel), arithmetic.accumulator.u) + 2 * u) * magnitude(x, off, None, how)
    own = np.where(_wider(whole, value.ndim), 0.0, 4 * d * U64 * magnitude(x, k.hi, None, how))
    return Truth(value, upward(near.bound * (1 + d * u) + more + own))


@silent
def by_passes(
    x: Float64, vectors: Sequence[Float64], how: Geometry, order: Sequence[int], arithmetic: Arithmetic
) -> Truth:
    """x convolved with one vector after the other, each along its axis, in this order.

    A running bound: images within E of exact ones of magnitude at most M, convolved with v of w numbers, are within
    E * |v| + gamma_w (M + E) * |v| + w eta of the exact result, and half types are stored after each pass. 0 for
    integers whose magnitudes sum up to 2^p at most.
    """
    value = by_outer_product(x, vectors, how, arithmetic).value
    size, error = np.abs(x), np.zeros(x.shape)
    for i in order:
        v, step = np.abs(vectors[i])[:, :, None], along(how, i)
        v = v.reshape(*v.shape[:3], *step.kernel)
        e_x, e_v = (operand_error(a, e, arithmetic) for a, e in ((size, error), (v, np.zeros(v.shape))))
        e_x, e_v = np.broadcast_to(e_x, x.shape if i == order[0] else size.shape), np.broadcast_to(e_v, v.shape)
        moved = magnitude(e_x, v + e_v, None, step) + magnitude(size, e_v, None, step)
        size = magnitude(size, v, None, step)
        w = how.kernel[i]
        error = moved + gamma(w, arithmetic.accumulator.u) * (size + moved) + w * arithmetic.underflow
        error = stored(upward(error, w), size, arithmetic, reached=upward(size + moved + error, w))
    exactly = _wider(_whole(x, *vectors), size.ndim) & (size <= 1 / arithmetic.result.u)
    own = 4 * len(vectors) * U64 * size
    return Truth(value, np.where(exactly, 0.0, upward(error + own)))


class Cost(NamedTuple):
    """Products of numbers, and parameters."""

    multiplications: int
    parameters: int


def cost_at_once(n: int, w: int, d: int, padding: int, channels: int) -> Cost:
    """w^d products for each of m^d results, m = n + 2 padding - w + 1, of each channel; w^d parameters."""
    m = n + 2 * padding - w + 1
    return Cost(channels * w**d * m**d, channels * w**d)


def cost_of_passes(n: int, w: int, d: int, padding: int, channels: int) -> Cost:
    """sum_i w m^i n^(d-i) products in d passes, after i of which i axes have m numbers; w d parameters."""
    m = n + 2 * padding - w + 1
    return Cost(channels * sum(w * m**i * n ** (d - i) for i in range(1, d + 1)), channels * w * d)


def minors(k: Float64) -> Float64:
    """All 2 x 2 minors of matrices k (batch, m, n) of small integers, exactly: (batch, minors)."""
    m, n = k.shape[-2:]
    a, b = np.triu_indices(m, 1)
    c, e = np.triu_indices(n, 1)
    rows, columns = (a[:, None], b[:, None]), (c, e)
    found = (
        k[:, rows[0], columns[0]] * k[:, rows[1], columns[1]] - k[:, rows[0], columns[1]] * k[:, rows[1], columns[0]]
    )
    return found.reshape(len(k), -1)


def is_separable(k: Float64) -> NDArray[np.bool_]:
    """Whether kernels k (batch, m, n) of small integers are outer products: all 2 x 2 minors vanish."""
    return np.asarray((minors(k) == 0).all(-1))


def ranks(k: Float64) -> Float64:
    """Exact ranks of k (batch, m, n)."""
    return np.array([exact.rank(exact.rational_matrix(a)) for a in k], np.float64)


class Spectrum(NamedTuple):
    """Singular values (batch, r), correctly rounded but for the last bit, and how far computed ones may be."""

    values: Float64
    error: Float64

    @property
    def distance(self) -> Float64:
        """sqrt(sum_{i>=2} s_i^2), the distance of a matrix from those of rank 1 (Eckart and Young, 1936)."""
        return np.asarray(np.sqrt((self.values[:, 1:] ** 2).sum(-1)))


def spectrum(k: Float64, arithmetic: Arithmetic) -> Spectrum:
    """Singular values of k (batch, m, n), certified, with BND-SVD for values alone: (batch, 1)."""
    s = np.array([exact.singular_values(a).upper for a in k]).reshape(len(k), min(k.shape[-2:]))
    m, n = k.shape[-2:]
    return Spectrum(s, svdvals_error(s[:, :1], m, n, arithmetic))


def nearest_error(k: Float64, kept: int, arithmetic: Arithmetic) -> Float64:
    """How much farther than the nearest matrix of that rank the `kept` first terms of a computed SVD may be: (batch,).

    With K = U S V^T + E (BND-SVD), the other terms have norm (1 + 16 M u) sqrt(sum s_i^2) at most, and products with
    three factors round by gamma_3; sums of `kept` terms by gamma_kept.
    """
    m, n = k.shape[-2:]
    norm = np.sqrt((k**2).sum((-2, -1)))
    relative = svd_orthogonality_error(m, n, arithmetic) * 2 + 2 * gamma(3 + kept, arithmetic.result.u)
    return upward(svd_residual_error(norm, m, n, arithmetic) * 2 + relative * norm + m * n * arithmetic.result.eta)


def window_norms(x: Float64, how: Geometry) -> Float64:
    """The 2-norm of what the kernel meets in images x (batch, h, w), for each result."""
    one = np.ones((len(x), 1, 1, *how.kernel))
    return np.asarray(np.sqrt(magnitude((x**2)[:, None, None], one, None, how))[:, 0, 0])


@silent
def terms_error(x: Float64, k: Float64, terms: int, s: Spectrum, how: Geometry, arithmetic: Arithmetic) -> Float64:
    """How far a sum of `terms` separable convolutions by a computed SVD may be from that with k: (batch, *results).

    What the terms leave out, at most sqrt(sum_{i>terms} s_i^2) and `nearest_error`, times the norm of the window; and
    the roundings, gamma_{m+n+terms+1} of sums of at most s_i |window|_2 in magnitude for each term (Cauchy-Schwarz,
    since |u_i| and |v_i| have length 1).
    """
    m, n = k.shape[-2:]
    left = np.sqrt((s.values[:, terms:] ** 2).sum(-1)) + nearest_error(k, terms, arithmetic)
    size = s.values[:, :terms].sum(-1) * (1 + 16 * max(m, n) * arithmetic.result.u) + s.error[:, 0]
    rounding = gamma(m + n + terms + 1, arithmetic.accumulator.u) * size + m * n * arithmetic.accumulator.eta
    return upward(
        (left + rounding)[:, None, None] * window_norms(x, how) + terms * (m + n) * arithmetic.accumulator.eta
    )
