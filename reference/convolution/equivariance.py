"""Translation of images: where shifted convolutions agree, and which matrices commute with shifts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.convolution.geometry import OUTSIDE, Geometry
from reference.truth import Truth

Float64 = NDArray[np.float64]
Bools = NDArray[np.bool_]


def shifted(truth: Truth, shifts: Sequence[int]) -> Truth:
    """Value and bound with the last axes rolled: entry p goes to p + shift, modulo the size."""
    axes = tuple(range(-len(shifts), 0))
    return Truth(np.roll(truth.value, shifts, axes), np.roll(truth.bound, shifts, axes))


def inside(how: Geometry, sizes: Sequence[int], shifts: Sequence[int]) -> Bools:
    """Which results have windows that meet neither padding nor, in images rolled back by `shifts`, the seam."""
    found = np.ones((), bool)
    for places, n, shift in zip(how.places(sizes), sizes, shifts, strict=True):
        met = places != OUTSIDE
        whole = met & (places - shift >= 0) & (places - shift < n)
        found = found[..., None] & whole.all(-1)
    return found


def is_circulant(a: Float64) -> Bools:
    """Whether a_{i,j} depends on i - j modulo n only, for matrices (..., n, n)."""
    n = a.shape[-1]
    i = np.arange(n)
    found: Bools = (a == a[..., 0][..., (i[:, None] - i) % n]).all((-2, -1))
    return found


def kernel_of(a: Float64) -> Float64:
    """The kernel (..., n) whose circular convolution, padded as `same`, multiplies by a circulant a (..., n, n).

    Its tap m meets place p - floor((n - 1) / 2) + m: that is the entry of row 0 there.
    """
    n = a.shape[-1]
    return a[..., 0, :][..., (np.arange(n) - (n - 1) // 2) % n]


def averaged(a: Float64) -> Float64:
    """sum_s tau^-s a tau^s, which commutes with the shift whatever a is: (..., n, n)."""
    n = a.shape[-1]
    i = np.arange(n)
    diagonals = a[..., i[:, None], (i[:, None] + i) % n].sum(-2)
    found: Float64 = diagonals[..., (i - i[:, None]) % n]
    return found
