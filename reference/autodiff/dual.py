"""Hyper-dual numbers: every mixed derivative along given directions, with the rounding errors of any way to it.

A function is evaluated on c_0 + sum_S c_S e_S, where e_1, e_2, e_3 commute, e_i^2 = 0 and S runs over the subsets of
the generators: seeded with x + u e_1 + v e_2 + w e_3, the coefficient of e_1 e_2 e_3 is D^3 f(x)[u, v, w] (Fike and
Alonso, The development of hyper-dual numbers for exact second-derivative calculations, AIAA 2011-886). Reverse
and forward mode, however nested, add up the same products of local derivatives over all paths from input to output
(Griewank and Walther, Evaluating Derivatives, 2nd ed., 2008, ch. 3): they differ in the order of multiplications and
additions only. Hence the errors: a product of K factors and partial sums errs by at most gamma_K of its magnitude,
whatever the order, and the sum of magnitudes over the paths, `size`, is carried along.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.truth import Truth

Float64 = NDArray[np.float64]


class Derivatives(NamedTuple):
    """phi, phi', phi'', phi''' and the fourth derivative at some numbers, and the magnitudes of their terms."""

    values: Sequence[Float64]
    sizes: Sequence[Float64]


class _Pairs(NamedTuple):
    """All pairs of disjoint subsets, ordered by their union: the products that make up a product."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]


@functools.cache
def _pairs(coefficients: int) -> _Pairs:
    split = [(s, t, s & ~t) for s in range(coefficients) for t in range(s + 1) if t & ~s == 0]
    whole, left, right = np.array(split).T
    starts = np.flatnonzero(np.diff(whole, prepend=-1))
    return _Pairs(left, right, starts, np.diff(starts, append=len(whole)))


@dataclasses.dataclass(frozen=True)
class Dual:
    """Coefficients `mid`, their `size` by paths and their error `rad`, each (2^generators, batch, ...).

    `u` is the unit roundoff of the arithmetic, `eta` what underflow may add to any result, `tiny` what an elementary
    function may lose besides its `units` of `u` (vector kernels flush, or overflow on the way: 1 / (1 + exp 100)). The
    error of the float64 evaluated here is in `u`.
    """

    mid: Float64
    size: Float64
    rad: Float64
    u: float
    eta: float
    tiny: float
    units: float
    __array_ufunc__ = None  # so that NumPy leaves array * Dual to Dual

    @classmethod
    def seeded(cls, x: Float64, directions: Sequence[Float64], **model: float) -> Dual:
        """x + sum_i directions[i] e_i, exactly; `model` is u, eta, tiny and units."""
        mid = np.zeros((1 << len(directions), *x.shape))
        mid[0] = x
        for i, direction in enumerate(directions):
            mid[1 << i] = direction
        return cls(mid, np.abs(mid), np.zeros(mid.shape), **model)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one coefficient."""
        return self.mid.shape[1:]

    @property
    def value(self) -> Float64:
        """The coefficient c_0."""
        return np.asarray(self.mid[0])

    def coefficient(self, subset: int) -> Truth:
        """The derivative along the directions in `subset`, a set of bits."""
        return Truth(self.mid[subset], self.rad[subset])

    def _with(self, mid: Float64, size: Float64, rad: Float64) -> Dual:
        return dataclasses.replace(self, mid=mid, size=size, rad=rad)

    def _each(self, function: str, *args: object, **kwargs: object) -> Dual:
        return self._with(*(getattr(a, function)(*args, **kwargs) for a in (self.mid, self.size, self.rad)))

    def of(self, constant: ArrayLike) -> Dual:
        """A constant, exactly."""
        mid = np.zeros((len(self.mid), *np.shape(constant)))
        mid[0] = constant
        return self._with(mid, np.abs(mid), np.zeros(mid.shape))

    def _other(self, other: Dual | ArrayLike) -> Dual:
        return other if isinstance(other, Dual) else self.of(other)

    def _rounded(self, mid: Float64, size: Float64, rad: Float64, roundings: ArrayLike) -> Dual:
        """With so many roundings of sums of magnitude `size`; exact zeros stay exact. A value has its own size then."""
        count = np.reshape(roundings, (-1, *[1] * (mid.ndim - 1)))
        rad = rad + np.where(size + rad > 0, count * (self.u * (size + rad) + self.eta), 0.0)
        size[0] = np.abs(mid[0])
        return self._with(mid, size, rad)

    def __getitem__(self, key: object) -> Dual:
        keys = key if isinstance(key, tuple) else (key,)
        return self._with(*(a[(slice(None), *keys)] for a in (self.mid, self.size, self.rad)))

    def reshape(self, *shape: int) -> Dual:
        """Each coefficient in another shape."""
        return self._each("reshape", len(self.mid), *shape)

    @property
    def mT(self) -> Dual:  # noqa: N802  the name in torch and NumPy
        """The last two axes exchanged."""
        return self._each("swapaxes", -1, -2)

    def __neg__(self) -> Dual:
        return self._with(-self.mid, self.size, self.rad)

    def __add__(self, other: Dual | ArrayLike) -> Dual:
        b = self._other(other)
        (mid, left), (size, right), (rad, error) = (
            _aligned(*pair) for pair in ((self.mid, b.mid), (self.size, b.size), (self.rad, b.rad))
        )
        return self._rounded(mid + left, size + right, rad + error, 1)

    __radd__ = __add__

    def __sub__(self, other: Dual | ArrayLike) -> Dual:
        return self + (-self._other(other))

    def __rsub__(self, other: ArrayLike) -> Dual:
        return -self + other

    def scaled(self, factor: ArrayLike) -> Dual:
        """Times numbers without derivatives: one rounding, and another one for a factor that is no power of two."""
        f = np.asarray(factor, np.float64)
        roundings = 1 if np.all(np.abs(np.frexp(f)[0]) % 0.5 == 0) else 2
        return self._rounded(self.mid * f, self.size * np.abs(f), self.rad * np.abs(f), roundings)

    def chosen(self, mask: NDArray[np.bool_], other: Dual | ArrayLike) -> Dual:
        """`self` where the mask says so, else `other`; without rounding."""
        b = self._other(other)
        pairs = ((self.mid, b.mid), (self.size, b.size), (self.rad, b.rad))
        return self._with(*(np.where(mask, *_aligned(*pair)) for pair in pairs))

    def __mul__(self, other: Dual | ArrayLike) -> Dual:
        if not isinstance(other, Dual):
            return self.scaled(other)
        p = _pairs(len(self.mid))
        mid, size, rad = (
            _aligned(a[p.left], b[p.right])
            for a, b in ((self.mid, other.mid), (self.size, other.size), (self.rad, other.rad))
        )
        errors = size[0] * rad[1] + rad[0] * (size[1] + rad[1])
        value, magnitude, error = (
            np.add.reduceat(a, p.starts, axis=0) for a in (mid[0] * mid[1], size[0] * size[1], errors)
        )
        return self._rounded(value, magnitude, error, p.counts)

    __rmul__ = __mul__

    def __truediv__(self, other: Dual | ArrayLike) -> Dual:
        return self * self._other(other).power(-1.0)

    def __rtruediv__(self, other: ArrayLike) -> Dual:
        return self.power(-1.0) * other

    def sum(self, axis: int | tuple[int, ...] = -1, *, keepdims: bool = False) -> Dual:
        """The sum over axes counted from the last one, in any order of additions."""
        axes = axis if isinstance(axis, tuple) else (axis,)
        count = int(np.prod([self.mid.shape[a] for a in axes]))
        mid, size, rad = (a.sum(axes, keepdims=keepdims) for a in (self.mid, self.size, self.rad))
        return self._rounded(mid, size, rad, max(count - 1, 0))

    def mean(self, axis: int = -1, *, keepdims: bool = False) -> Dual:
        """The sum divided by the count."""
        return self.sum(axis, keepdims=keepdims).scaled(1 / self.mid.shape[axis])

    def apply(self, phi: Derivatives) -> Dual:
        """phi(c): phi_0 + phi_1 h + phi_2 h^2 / 2 + phi_3 h^3 / 6 for the nilpotent part h of c.

        The k-th local derivative errs by its own evaluation, `units` and 2 k + 2 roundings of the magnitude of its
        terms, and by its slope times the error of the argument.
        """
        at = self.rad[0]
        h = self._nilpotent()
        total, power, factorial = self.of(phi.values[0]), h, 1.0
        total.rad[0] = self._local(phi, 0, at)
        for k in range(1, len(self.mid).bit_length()):
            factorial *= k
            local = self.of(phi.values[k] / factorial)
            local.size[0] = phi.sizes[k] / factorial
            local.rad[0] = self._local(phi, k, at) / factorial
            term = power * local
            total = self._with(total.mid + term.mid, total.size + term.size, total.rad + term.rad)
            power = power * h
        return total

    def _local(self, phi: Derivatives, k: int, at: Float64) -> Float64:
        roundings = self.units + 2 * k + 2
        own = np.where(phi.sizes[k] > 0, roundings * self.u * phi.sizes[k] + self.tiny, 0.0)
        return np.asarray(own + phi.sizes[k + 1] * at)

    def _nilpotent(self) -> Dual:
        parts = [a.copy() for a in (self.mid, self.size, self.rad)]
        for a in parts:
            a[0] = 0
        return self._with(*parts)

    def through_its_exponential(self) -> Dual:
        """For log-sum-exp, whose derivatives torch takes from exp(x - y).

        The relative error of that is the error of y, once for each direction.
        """
        counts = np.array([s.bit_count() for s in range(len(self.mid))]).reshape(-1, *[1] * len(self.shape))
        return self._with(self.mid, self.size, self.rad + counts * self.rad[0] * self.size)

    def as_accurate_as(self, other: Dual) -> Dual:
        """For another way to the same numbers: the larger error of both."""
        return self._with(self.mid, self.size, np.maximum(self.rad, other.rad))

    def erring(self, error: Float64) -> Dual:
        """With an error besides, of each coefficient."""
        return self._with(self.mid, self.size, self.rad + error)

    def power(self, p: float) -> Dual:
        """c^p for a real p, of positive numbers; of any others for whole p."""
        x, factor, values = self.value, 1.0, []
        for k in range(5):
            values.append(factor * x ** (p - k) if factor else np.zeros(x.shape))
            factor *= p - k
        return self.apply(Derivatives(values, [np.abs(v) for v in values]))


def stacked(parts: Sequence[Dual], axis: int = -1) -> Dual:
    """Numbers of one shape, along a new axis counted from the last one."""
    first = parts[0]
    return first._with(*(np.stack([getattr(p, a) for p in parts], axis) for a in ("mid", "size", "rad")))  # noqa: SLF001


def joined(parts: Sequence[Dual], axis: int = -1) -> Dual:
    """Numbers behind one another, along an axis counted from the last one."""
    first = parts[0]
    return first._with(*(np.concatenate([getattr(p, a) for p in parts], axis) for a in ("mid", "size", "rad")))  # noqa: SLF001


def _aligned(a: Float64, b: Float64) -> tuple[Float64, Float64]:
    """Coefficients first, then broadcast from the last axis."""
    axes = max(a.ndim, b.ndim)
    left, right = (x.reshape(len(x), *[1] * (axes - x.ndim), *x.shape[1:]) for x in (a, b))
    return left, right
