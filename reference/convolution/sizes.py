"""Sizes and costs of convolutions: parameters, results, multiplications, and depth without padding; all integers.

A multiplication with a zero of the padding counts, as in torch's counter: it is what direct kernels do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.convolution.direct import patches
from reference.convolution.geometry import OUTSIDE, Geometry, geometry

Counts = NDArray[np.int64]


def result_size(n: int, k: int, s: int, q: int, d: int) -> int:
    """floor((n + 2 q - d (k - 1) - 1) / s) + 1 as the number of places 0, s, 2 s, ... where a kernel fits.

    The kernel reaches over d (k - 1) + 1 places of the n + 2 q (Goodfellow et al. 2016, 9.5).
    """
    return len(range(0, n + 2 * q - d * (k - 1), s))


def parameters(inputs: int, outputs: int, kernel: Sequence[int], groups: int, *, bias: bool) -> int:
    """C_o C_i / g prod k numbers, and one for each output with a bias."""
    return outputs * inputs // groups * math.prod(kernel) + outputs * bias


def multiplications(
    images: int, inputs: int, outputs: int, groups: int, kernel: Sequence[int], results: Sequence[int]
) -> int:
    """Products of kernels with images, zeros of the padding included."""
    return images * outputs * inputs // groups * math.prod(kernel) * math.prod(results)


def met(kernel: Sequence[int], padding: str, sizes: Sequence[int]) -> int:
    """Pairs of a tap and a result of stride 1 that meet a place of the input, not "same" or "valid" padding."""
    return math.prod(int((p != OUTSIDE).sum()) for p in geometry(kernel, padding=padding).places(sizes))


def unpadded_depth(n: int, k: int) -> int:
    """How many convolutions of width k > 1 without padding n places allow: floor((n - 1) / (k - 1))."""
    return (n - 1) // (k - 1)


def extension(narrow: int, wide: int) -> tuple[int, int]:
    """How many zeros before and after a kernel make it `wide` and leave its results as they are, padded as `same`.

    The padding before a kernel of k is floor((k - 1) / 2): zeros before are the difference of both.
    """
    before = (wide - 1) // 2 - (narrow - 1) // 2
    return before, wide - narrow - before


def sides(ends: tuple[int, int]) -> tuple[int, int]:
    """Zeros before an axis, and how many more there are behind it."""
    return ends[0], ends[1] - ends[0]


def ones_with_an_infinity(x: NDArray[np.float64], kernel: Sequence[int], how: Geometry) -> NDArray[np.float64]:
    """What kernels of ones (o, c / g, *kernel) make of images of ones and infinities: counts, and infinities.

    Images are (batch, n, c, *sizes).
    """
    axes, groups, outputs = len(how.kernel), how.groups, kernel[0]
    taken = patches(x, how).sum(-1)
    shared = taken.reshape(*taken.shape[:2], groups, -1, taken.shape[-1]).sum(-2)
    found = np.repeat(shared, outputs // groups, -2)
    return found.reshape(*found.shape[:-1], *how.sizes(x.shape[-axes:]))
