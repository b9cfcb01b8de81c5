"""Convolutions by transforms against NumPy's, in float32 too; counts and the crossover against enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.fft
import scipy.signal

from reference.convolution import fft as reference
from reference.formats import Arithmetic, Format, float32, float64

EVERY = pytest.mark.parametrize("fmt", [float32, float64], ids=lambda f: f.name)
LENGTHS = [16, 15, 21, 17, 31, 53, 97, 128, 211]


@EVERY
@pytest.mark.parametrize("length", LENGTHS)
def test_a_transform_of_another_library_stays_within_its_error(fmt: Format, length: int) -> None:
    rng = np.random.default_rng(length)
    x = rng.standard_normal((200, length)).astype(fmt.name)
    exact = np.einsum("bn,nk->bk", x.astype(np.longdouble), _matrix(length))
    found = scipy.fft.fft(x)
    error = np.sqrt((np.abs(found - exact) ** 2).sum(-1)) / np.sqrt((np.abs(exact) ** 2).sum(-1))
    bound = reference.transform_error(length, fmt.u)
    assert error.max() <= bound
    assert error.max() > 1e-4 * bound


def _matrix(n: int) -> np.ndarray:
    """exp(-2 pi i j k / n) in extended precision, where there is one."""
    turns = (np.arange(n)[:, None] * np.arange(n) % n).astype(np.longdouble) / n
    two_pi = 2 * np.longdouble("3.14159265358979323846264338327950288")
    return np.asarray(np.cos(two_pi * turns) - 1j * np.sin(two_pi * turns))


def test_errors_grow_with_the_length_and_its_prime_factors() -> None:
    u = float32.u
    powers = [reference.transform_error(2**j, u) for j in range(12)]
    assert powers[0] == 0
    assert np.all(np.diff(powers) > 0)
    h = u + 4 * u / (1 - 4 * u) * (math.sqrt(2) + u)
    assert powers[5] == pytest.approx(5 * h / (1 - 5 * h), rel=1e-9)
    assert reference.transform_error(12, u) < reference.transform_error(13, u) < reference.transform_error(211, u)
    assert reference.transform_error(15, u) == pytest.approx(
        reference.transform_error(3, u) + reference.transform_error(5, u), rel=1e-4
    )


@EVERY
@pytest.mark.parametrize(
    ("n", "m", "lengths"),
    [((7,), (3,), (9,)), ((7,), (3,), (7,)), ((4, 5), (3, 2), (8, 6)), ((2, 3, 2), (2, 2, 3), (3, 4, 4))],
)
def test_the_value_is_the_convolution_around_the_lengths(fmt: Format, n: tuple, m: tuple, lengths: tuple) -> None:
    rng = np.random.default_rng(0)
    x, k = (rng.integers(-3, 4, (2, *s)).astype(np.float64) for s in (n, m))
    truth = reference.by_transforms(x, k, lengths, Arithmetic.of(fmt))
    for i in range(2):
        full = scipy.signal.convolve(x[i], k[i], method="direct")
        wrapped = np.zeros(lengths)
        for place in np.ndindex(full.shape):
            wrapped[tuple(p % s for p, s in zip(place, lengths, strict=True))] += full[place]
        np.testing.assert_array_equal(truth.value[i], wrapped)
    assert ((truth.bound > 0) & (truth.bound < 1e-2)).all()


@pytest.mark.parametrize("scale", [1.0, 2.0**-70, 2.0**40])
def test_float32_transforms_stay_within_the_bound(scale: float) -> None:
    rng = np.random.default_rng(1)
    x, k = (float32.round(rng.standard_normal((40, n)) * s) for n, s in ((60, scale), (21, 1.0)))
    spectra = scipy.fft.rfft(x.astype(np.float32), 80) * scipy.fft.rfft(k.astype(np.float32), 80)
    found = scipy.fft.irfft(spectra, 80).astype(np.float64)
    truth = reference.by_transforms(x, k, (80,), Arithmetic.of(float32))
    error = np.sqrt(((found - truth.value) ** 2).sum(-1))
    assert (error <= truth.bound).all()
    assert (error > 1e-3 * truth.bound).any()


def test_nothing_is_lost_of_zeros_and_overflow_is_undetermined() -> None:
    x = np.array([[1.0, 2.0], [1e38, 1e38]])
    truth = reference.by_transforms(x, np.array([[0.0], [10.0]]), (2,), Arithmetic.of(float32))
    assert truth.bound.tolist() == [0.0, math.inf]


def test_counts_of_products_and_the_crossover() -> None:
    assert reference.radix2_multiplications(1, 1) == 4
    assert reference.radix2_multiplications(1024, 141) == 3 * 2 * 2048 * 11 + 4 * 2048 == 143360
    assert [reference.crossover(n) for n in (64, 1024, 65536)] == [93, 141, 213]
    for n in (1 << m for m in range(1, 12)):
        cheaper = [
            k
            for k in range(1, n + 1)
            if reference.radix2_multiplications(n, k) < reference.direct_multiplications(n, k)
        ]
        assert cheaper == list(range(reference.crossover(n), n + 1))
    assert reference.crossover(64) > 64
