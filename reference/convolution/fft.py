"""Full convolution by Fourier transforms: how far the result may be in the 2-norm, and how many products it takes.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002. A transform of length N maps x
to X_j = sum_m x_m exp(-2 pi i j m / N), so that |X|_2 = sqrt(N) |x|_2 and |X|_inf <= |x|_1.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.convolution.direct import transposed_convolution
from reference.convolution.geometry import geometry
from reference.formats import Arithmetic
from reference.rounding import gamma, overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

SMALL = 13
"""Prime factors of a length up to which libraries have butterflies; above it they may go by a convolution."""


def full_sizes(n: Sequence[int], m: Sequence[int]) -> tuple[int, ...]:
    """n + m - 1 for every axis: the sizes of a full convolution."""
    return tuple(a + b - 1 for a, b in zip(n, m, strict=True))


def full_convolution(x: Float64, k: Float64, arithmetic: Arithmetic) -> Truth:
    """(x * k)_j = sum_i x_i k_{j-i} over all axes of x (batch, *n) and k (batch, *m); see `transposed_convolution`."""
    n, m = x.shape[1:], k.shape[1:]
    how = geometry(m)
    truth = transposed_convolution(x[:, None, None], k[:, None, None], None, how, full_sizes(n, m), arithmetic)
    return Truth(truth.value[:, 0, 0], truth.bound[:, 0, 0])


def circular(y: Float64, lengths: Sequence[int]) -> Float64:
    """A full convolution y (batch, *sizes) wrapped around lengths N, or filled up with zeros."""
    for axis, length in enumerate(lengths, 1):
        turns = max(1, -(-y.shape[axis] // length))
        y = np.pad(y, [(0, turns * length - y.shape[axis] if i == axis else 0) for i in range(y.ndim)])
        y = y.reshape(*y.shape[:axis], turns, length, *y.shape[axis + 1 :]).sum(axis)
    return y


def _prime_factors(n: int) -> list[int]:
    found, p = [], 2
    while n > 1:
        while n % p == 0:
            found.append(p)
            n //= p
        p += 1
    return found


def radix2_error(stages: int, u: float) -> float:
    """e with |fl(X) - X|_2 <= e |X|_2 for transforms of length 2^stages and weights that are correctly rounded.

    ASNA Theorem 24.2: t h / (1 - t h), h = u + gamma_4 (sqrt 2 + u).
    """
    h = u + gamma(4, u) * (math.sqrt(2) + u)
    return stages * h / (1 - stages * h) if stages * h < 1 else math.inf


def _direct_error(p: int, u: float) -> float:
    """The same for a stage of p-point butterflies by inner products of complex numbers.

    |F_p| |x| is at most p |x|_2, and X has sqrt(p) |x|_2: sqrt(p) (u + sqrt 2 gamma_{p+2} (1 + u)) (ASNA Lemma 3.5).
    """
    return math.sqrt(p) * (u + math.sqrt(2) * gamma(p + 2, u) * (1 + u))


def _chirp_error(p: int, u: float) -> float:
    """The same for p points by Bluestein's convolution with b_j = exp(pi i j^2 / p), of length L = 2^t >= 2 p - 1.

    Two products with weights, each off by c = u + sqrt 2 gamma_2 (1 + u); two transforms, off by e; the transform B of
    b, off by e sqrt(L (2p - 1)) anywhere, and at most max|B| itself. X has sqrt(p) |x|_2.
    """
    length = 1 << math.ceil(math.log2(2 * p - 1))
    e, c = radix2_error(length.bit_length() - 1, u), u + math.sqrt(2) * gamma(2, u) * (1 + u)
    j = np.arange(-(p - 1), p)
    b = np.zeros(length, np.complex128)
    b[j] = np.exp(1j * np.pi * (j**2 % (2 * p)) / p)
    largest = float(np.abs(np.fft.fft(b)).max()) * (1 + 1e-9)
    of_b = e * math.sqrt(length * (2 * p - 1))
    product = ((1 + c) * (1 + e) * (1 + c) - 1) * (largest + of_b) + of_b
    return ((product + e * (largest + product)) * (1 + c) + c * largest) / math.sqrt(p)


@functools.lru_cache(maxsize=1024)
def transform_error(length: int, u: float) -> float:
    """e with |fl(X) - X|_2 <= e |X|_2 for a transform of any length, forward or back, without its factor 1/N.

    The powers of 2 in it by ASNA Theorem 24.2; its odd prime factors p by butterflies, or by Bluestein's algorithm
    above `SMALL`: what is worse.
    """
    factors = _prime_factors(length)
    odd = (max(_direct_error(p, u), _chirp_error(p, u) if p > SMALL else 0.0) for p in factors if p > 2)
    return compounded(radix2_error(factors.count(2), u), *odd)


def compounded(*errors: float) -> float:
    """(1 + e_1) (1 + e_2) ... - 1."""
    return math.expm1(sum(map(math.log1p, errors)))


def _norm(x: Float64, p: int) -> Float64:
    """|x|_p of each instance of x (batch, ...), scaled so that no square leaves the range."""
    size = np.abs(x).reshape(len(x), -1)
    if p == 1:
        return np.asarray(size.sum(-1))
    exponent = np.frexp(size.max(-1, keepdims=True, initial=0.0))[1]
    return np.asarray(np.ldexp(np.sqrt((np.ldexp(size, -exponent) ** 2).sum(-1)), exponent[:, 0]))


@silent
def by_transforms(x: Float64, k: Float64, lengths: Sequence[int], arithmetic: Arithmetic) -> Truth:
    """The convolution of x (batch, *n) and k (batch, *m) around lengths N: (batch, *N), with a bound on the 2-norm.

    With e the error of a transform (`transform_error`, over all axes), dx = e sqrt(N) |x|_2 and dk alike,

        |fl(X) fl(K) - X K|_2 <= dx |k|_1 + |x|_1 dk + dx dk,

    a product of complex numbers errs by c = sqrt 2 gamma_2 (ASNA Lemma 3.5), the inverse transform by e of what it is
    given, the factor 1/N, or 1/sqrt N twice, by 4u, and the value here by u. Underflow takes sqrt 2 eta from a product
    of complex numbers; later stages double its square, so that a transform loses at most 8 N p eta, p its largest prime
    factor. Infinite where N |x|_1 |k|_1 may overflow: no number on the way is larger.
    """
    u, eta, total = arithmetic.accumulator.u, arithmetic.accumulator.eta, math.prod(lengths)
    e = compounded(*(transform_error(length, u) for length in lengths))
    c, root = math.sqrt(2) * gamma(2, u), math.sqrt(total)
    lost = 8 * total * max((p for length in lengths for p in _prime_factors(length)), default=1) * eta
    x1, k1, x2, k2 = _norm(x, 1), _norm(k, 1), _norm(x, 2), _norm(k, 2)
    value = circular(full_convolution(x, k, arithmetic).value, lengths)
    size = _norm(value, 2)
    dx, dk = e * root * x2 + lost, e * root * k2 + lost
    spectra = (dx * k1 + x1 * dk + dx * dk) / root
    spectra = spectra + c * (size + spectra) + 2 * eta
    error = spectra + e * (size + spectra) + lost
    error = upward(error + 6 * u * (size + error) + 2 * root * eta, total)
    zero = (x1 == 0) | (k1 == 0)
    reached = 2 * total * (x1 + lost) * (k1 + lost)
    return Truth(value, np.where(zero, 0.0, np.where(overflows(reached, arithmetic.accumulator), np.inf, error)))


def radix2_length(n: int, k: int) -> int:
    """The least power of 2 that holds the full convolution of n and k numbers, n, k > 0."""
    return 1 << (n + k - 2).bit_length()


def radix2_multiplications(n: int, k: int) -> int:
    """Real multiplications by radix-2 transforms, 3 * 2 N log2 N + 4 N: N/2 log2 N complex products of 4 in each."""
    length = radix2_length(n, k)
    return 6 * length * (length.bit_length() - 1) + 4 * length


def direct_multiplications(n: int, k: int) -> int:
    """n k: every number meets every tap."""
    return n * k


def crossover(n: int) -> int:
    """The least k at which transforms take fewer multiplications, for n = 2^m and 2 <= k <= n: 12 m + 21.

    There N = 2n, and 2n (6 (m + 1) + 4) < n k.
    """
    return 12 * (n.bit_length() - 1) + 21
