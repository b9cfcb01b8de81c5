"""Separable kernels against SciPy's convolution and fractions; costs against loops."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.signal

from reference.convolution import separable as reference
from reference.convolution.geometry import geometry
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
NARROW = pytest.mark.parametrize("fmt", [float16, bfloat16, float32], ids=lambda f: f.name)


def made(
    fmt: Format, kind: str, sizes: tuple[int, ...], widths: tuple[int, ...]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Images of two channels and their vectors, for two instances."""
    rng = np.random.default_rng(3)

    def numbers(shape: tuple[int, ...]) -> np.ndarray:
        return rng.integers(-2, 3, shape).astype(np.float64) if kind == "integers" else rng.standard_normal(shape)

    return fmt.round(numbers((2, 1, 2, *sizes))), [fmt.round(numbers((2, 2, w))) for w in widths]


@EVERY
@pytest.mark.parametrize("kind", ["integers", "normal"])
@pytest.mark.parametrize(("sizes", "widths"), [((6,), (3,)), ((5, 6), (2, 3)), ((3, 4, 4), (2, 3, 2))])
def test_the_convolution_with_the_outer_product(fmt: Format, kind: str, sizes: tuple, widths: tuple) -> None:
    x, vectors = made(fmt, kind, sizes, widths)
    how = geometry(widths, groups=2)
    at_once = reference.by_outer_product(x, vectors, how, Arithmetic.of(fmt))
    in_passes = reference.by_passes(x, vectors, how, range(len(widths)), Arithmetic.of(fmt))
    for i, c in itertools.product(range(2), range(2)):
        kernel = vectors[0][i, c]
        for v in vectors[1:]:
            kernel = np.multiply.outer(kernel, v[i, c])
        wanted = scipy.signal.correlate(x[i, 0, c], kernel, "valid", "direct")
        np.testing.assert_allclose(at_once.value[i, 0, c], wanted, rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(at_once.value, in_passes.value)
    for truth in (at_once, in_passes):
        assert (truth.bound == 0).all() == (kind == "integers")


def test_float64_values_are_those_of_fractions() -> None:
    x, vectors = made(float64, "normal", (3, 3), (2, 2))
    truth = reference.by_outer_product(x, vectors, geometry((2, 2), groups=2), Arithmetic.of(float64))
    for i, c, p, q in itertools.product(range(2), range(2), range(2), range(2)):
        exact = sum(
            Fraction(x[i, 0, c, p + a, q + b]) * Fraction(vectors[0][i, c, a]) * Fraction(vectors[1][i, c, b])
            for a, b in itertools.product(range(2), range(2))
        )
        assert abs(exact - Fraction(truth.value[i, 0, c, p, q])) <= Fraction(truth.bound[i, 0, c, p, q]) / 2


@NARROW
def test_roundings_stay_within_the_bounds_and_use_them_up(fmt: Format) -> None:
    rng, how = np.random.default_rng(4), geometry((2, 2))
    x = fmt.round(rng.uniform(0.5, 1, (4000, 1, 1, 2, 2)))
    u, v = (fmt.round(rng.uniform(0.5, 1, (4000, 1, 2))) for _ in range(2))
    k = fmt.round(u[:, 0, :, None] * v[:, 0, None])
    at_once = fmt.round((x[:, 0, 0] * k).sum((-2, -1)))
    first = fmt.round((x[:, 0, 0] * u[:, 0, :, None]).sum(-2))
    in_passes = fmt.round((first * v[:, 0]).sum(-1))
    bounds = (
        reference.by_outer_product(x, [u, v], how, Arithmetic.of(fmt)),
        reference.by_passes(x, [u, v], how, (0, 1), Arithmetic.of(fmt)),
    )
    for found, truth in zip((at_once, in_passes), bounds, strict=True):
        margins = np.abs(found - truth.value[:, 0, 0, 0, 0]) / truth.bound[:, 0, 0, 0, 0]
        assert 0.2 < margins.max() <= 1


@pytest.mark.parametrize(("n", "w", "d", "q"), [(5, 3, 2, 0), (3, 3, 2, 0), (4, 2, 3, 1), (6, 1, 1, 0), (4, 3, 1, 2)])
def test_costs_are_those_of_loops(n: int, w: int, d: int, q: int) -> None:
    m, sizes, passes = n + 2 * q - w + 1, [n] * d, 0
    for axis in range(d):
        sizes[axis] = m
        passes += w * int(np.prod(sizes))
    assert reference.cost_of_passes(n, w, d, q, 3) == (3 * passes, 3 * w * d)
    assert reference.cost_at_once(n, w, d, q, 3) == (3 * w**d * m**d, 3 * w**d)


def test_known_costs() -> None:
    pairs = [(3, 3, 2), (5, 5, 2), (16, 2, 2), (4, 4, 3), (16, 3, 2)]
    found = [
        (2 * reference.cost_of_passes(n, w, d, 0, 1)[0], 2 * reference.cost_at_once(n, w, d, 0, 1)[0])
        for n, w, d in pairs
    ]
    assert found == [(24, 18), (60, 50), (1860, 1800), (168, 128), (2520, 3528)]


def test_minors_and_ranks() -> None:
    k = np.array([[[1, 0], [0, 1]], [[1, 2], [2, 4]], [[0, 0], [0, 0]], [[0, 3], [0, 1]]], np.float64)
    assert reference.is_separable(k).tolist() == [False, True, True, True]
    assert reference.ranks(k).tolist() == [2, 1, 0, 1]
    assert reference.minors(np.ones((1, 1, 5))).size == 0
    rng = np.random.default_rng(5)
    some = rng.integers(-2, 3, (200, 3, 4)).astype(np.float64)
    np.testing.assert_array_equal(reference.is_separable(some), np.linalg.matrix_rank(some) <= 1)


def test_the_distance_of_the_identity_is_one() -> None:
    s = reference.spectrum(np.eye(2)[None], Arithmetic.of(float64))
    assert s.distance.tolist() == [1.0]
    k = np.random.default_rng(6).integers(-4, 5, (20, 3, 4)).astype(np.float64)
    np.testing.assert_allclose(
        reference.spectrum(k, Arithmetic.of(float64)).values, np.linalg.svd(k, compute_uv=False), atol=1e-13
    )


def test_float32_terms_stay_within_their_error() -> None:
    rng, how = np.random.default_rng(7), geometry((3, 3))
    x, k = float32.round(rng.standard_normal((50, 5, 5))), rng.integers(-4, 5, (50, 3, 3)).astype(np.float64)
    s = reference.spectrum(k, Arithmetic.of(float32))
    u, values, vt = np.linalg.svd(k.astype(np.float32))
    for terms in (1, 2, 3):
        near = ((u[:, :, :terms] * values[:, None, :terms]) @ vt[:, :terms]).astype(np.float64)
        bound = reference.terms_error(x, k, terms, s, how, Arithmetic.of(float32))
        for i in range(50):
            wanted, found = (scipy.signal.correlate(x[i], a[i], "valid", "direct") for a in (k, near))
            assert (np.abs(found - wanted) <= bound[i]).all()
