"""Pooling: the windows of an image, and what is the largest number, the mean and the norm of each.

Images x are float64 arrays (..., n) whose last axis holds the places of a signal, an image or a volume, row by row.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.double_double import double_double, to_float64
from reference.formats import Arithmetic
from reference.rounding import OWN, U64, gamma, overflows, silent, stored, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Places = NDArray[np.int64]


class Sweep(NamedTuple):
    """How a window of `kernel` numbers, `dilation` apart, sweeps over an axis of `size` numbers, by `stride`.

    `padding` places are added at either end. With `ceil` one more window may hang over the end, if it starts in the
    axis or in the padding before it.
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def windows(self) -> int:
        """How many windows there are; not positive if there are none."""
        room = self.size + 2 * self.padding - self.dilation * (self.kernel - 1) - 1
        if not self.ceil or room < 0:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        return count - 1 if (count - 1) * self.stride >= self.size + self.padding else count


class Windows(NamedTuple):
    """Windows over all axes: results of `shape`, m in all, each of k places of an image of n.

    `places` and `inside`, both (m, k), are the places and which of them the image has; `counted` (m,) is how many the
    window has without those beyond the padding.
    """

    shape: tuple[int, ...]
    places: Places
    inside: NDArray[np.bool_]
    counted: Places


def _joined(axes: Sequence[tuple[int, Places, NDArray[np.bool_], Places]]) -> Windows:
    """The windows whose sides along each axis of a size are those of its places, inside and counted."""
    shape: tuple[int, ...] = ()
    places, inside, counted = np.zeros((1, 1), np.int64), np.ones((1, 1), bool), np.ones(1, np.int64)
    for size, at, here, many in axes:
        rows, columns = len(places) * len(at), places.shape[1] * at.shape[1]
        places = (places[:, None, :, None] * size + at[None, :, None, :]).reshape(rows, columns)
        inside = (inside[:, None, :, None] & here[None, :, None, :]).reshape(rows, columns)
        counted = (counted[:, None] * many).ravel()
        shape = (*shape, len(at))
    return Windows(shape, np.where(inside, places, 0), inside, counted)


def windows(sweeps: Sequence[Sweep]) -> Windows:
    """Those of a sweep along each axis."""
    axes = []
    for s in sweeps:
        start = np.arange(max(s.windows, 0)) * s.stride - s.padding
        at = start[:, None] + s.dilation * np.arange(s.kernel)
        axes.append((s.size, at, (at >= 0) & (at < s.size), np.minimum(start + s.kernel, s.size + s.padding) - start))
    return _joined(axes)


def adaptive_windows(sizes: Sequence[int], counts: Sequence[int]) -> Windows:
    """As many along each axis as wanted: window i of m covers the places floor(i n / m) to ceil((i + 1) n / m)."""
    axes = []
    for n, m in zip(sizes, counts, strict=True):
        i = np.arange(m)
        start, end = i * n // m, -(-(i + 1) * n // m)
        at = start[:, None] + np.arange((end - start).max(initial=0))
        axes.append((n, at, at < end[:, None], end - start))
    return _joined(axes)


def fractional_windows(
    sizes: Sequence[int], kernel: Sequence[int], counts: Sequence[int], shifts: Sequence[float]
) -> Windows:
    """m along each axis: window i < m - 1 starts at floor((i + u) a) - floor(u a) (Graham 2014).

    a = (n - k) / (m - 1) is the mean distance and 0 <= u < 1 the shift; the last window ends with the axis.
    """
    axes = []
    for n, k, m, u in zip(sizes, kernel, counts, shifts, strict=True):
        a = (n - k) / max(m - 1, 1)
        start = np.array([math.floor((i + u) * a) - math.floor(u * a) for i in range(m - 1)] + [n - k])
        at = start[:, None] + np.arange(k)
        axes.append((n, at, np.ones(at.shape, bool), np.full(m, k)))
    return _joined(axes)


def gathered(x: Float64, w: Windows, outside: float = 0.0) -> Float64:
    """The numbers (..., m, k) of every window."""
    return np.where(w.inside, x[..., w.places] if x.shape[-1] else outside, outside)


def largest(x: Float64, w: Windows) -> Float64:
    """The largest number of every window (..., m), NaN where it has a NaN; padding does not count."""
    found: Float64 = gathered(x, w, -np.inf).max(-1)  # NumPy's maximum propagates NaN
    return found


def where_largest(x: Float64, w: Windows, index: Places) -> NDArray[np.bool_]:
    """Whether `index` (..., m) is a place of the window with its largest number, or with a NaN."""
    among = (w.inside & (w.places == index[..., None])).any(-1)
    there = np.take_along_axis(x, np.clip(index, 0, max(x.shape[-1] - 1, 0)), -1) if x.shape[-1] else among
    top = largest(x, w)
    return np.asarray(among & ((there == top) | (np.isnan(there) & np.isnan(top))))


def scattered(g: Float64, index: Places, n: int) -> Float64:
    """Sums over a plane of n places of g (..., m) at `index` (..., m)."""
    rows = math.prod(g.shape[:-1])
    flat = (np.arange(rows)[:, None] * n + index.reshape(rows, -1)).ravel()
    sums: Float64 = np.bincount(flat, g.ravel(), minlength=rows * n).astype(np.float64)
    return sums.reshape(*g.shape[:-1], n)


def divisors(w: Windows, *, padded: bool, override: int | None) -> Float64:
    """What the sum of each window is divided by (m,): all of its places but those beyond the padding, or those inside.

    `override` takes the place of both.
    """
    if override is not None:
        return np.full(len(w.counted), float(override))
    return (w.counted if padded else w.inside.sum(-1)).astype(np.float64)


@silent
def means(x: Float64, w: Windows, divisor: Float64, arithmetic: Arithmetic) -> Truth:
    """The sum of every window over its divisor: gamma_{k+1}(ua) sum|x| / |D| + eta_a, k numbers in any order.

    k - 1 additions and a division (ASNA (4.4)), or the product with a reciprocal, which may underflow; k is the number
    of places, as zeros may be added for those outside. A mixed arithmetic stores the result. Infinite where the sum may
    overflow. Without a window of k > 0 the bound is 0.
    """
    numbers, count = gathered(x, w), w.places.shape[-1]
    size, divided = np.abs(numbers).sum(-1), np.abs(divisor)
    a = arithmetic.accumulator
    error = upward(gamma(count + 1, a.u) * size / divided + a.eta, count)
    scale = np.where(size > 2.0**900, 128, 0)  # products with the quotient would overflow
    exact = double_double(np.ldexp(numbers, -scale[..., None])).sum() / np.broadcast_to(divisor, size.shape)
    value, rest = to_float64(exact, scale)
    bound = stored(error, value, arithmetic, reached=upward(size * (1 + gamma(count, a.u)), count))
    bound = np.where(overflows(size, a), np.inf, bound)
    return Truth(value, upward(bound * OWN + rest))


def spread(v: Float64, w: Windows, divisor: Float64, n: int, arithmetic: Arithmetic) -> Truth:
    """What the adjoint of the means makes of v (..., m): at each of n places the sum of v / D over its windows.

    r windows meet there: gamma_{r+1}(ua) sum|v / D| + r eta_a, one division and r - 1 additions each (ASNA (4.4)).
    """
    rows, columns = np.nonzero(w.inside)
    places = w.places[rows, columns]
    shares = (v / divisor)[..., rows].reshape(-1, len(rows))
    flat = (np.arange(len(shares))[:, None] * n + places).ravel()
    total, size = (
        np.bincount(flat, t.ravel(), minlength=len(shares) * n).astype(np.float64).reshape(*v.shape[:-1], n)
        for t in (shares, np.abs(shares))
    )
    meeting = np.bincount(places, minlength=n)
    a, result = arithmetic.accumulator, arithmetic.result
    error = gamma(meeting + 1, a.u) * size + meeting * a.eta
    own = 4 * U64 * (meeting + 2) * size
    return Truth(total, upward(error + own + (result.u * (size + error) + result.eta if arithmetic.mixed else 0.0)))
