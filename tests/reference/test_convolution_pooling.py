"""Windows by brute force, values against fractions, and bounds that roundings keep and use up."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from reference.convolution import pooling as reference
from reference.convolution.pooling import Sweep
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
ROUNDED = pytest.mark.parametrize("fmt", [float16, bfloat16, float32], ids=lambda f: f.name)


def starts(s: Sweep) -> list[int]:
    """Where windows start: one after the other, as long as they fit, or with `ceil` start before the padding's end."""
    found, at, reach = [], -s.padding, s.dilation * (s.kernel - 1)
    while at + reach < s.size + s.padding:
        found.append(at)
        at += s.stride
    fits = s.size + 2 * s.padding - reach - 1
    if s.ceil and fits >= 0 and fits % s.stride and at < s.size:
        found.append(at)
    return found


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_windows_are_those_of_a_loop(dilation: int, ceil: bool) -> None:  # noqa: FBT001
    for size, kernel, stride in itertools.product(range(1, 9), range(1, 5), range(1, 4)):
        for padding in range(kernel // 2 + 1):
            s = Sweep(size, kernel, stride, padding, dilation, ceil)
            w = reference.windows([s])
            assert w.shape == (len(starts(s)),)
            for at, places, inside in zip(starts(s), w.places, w.inside, strict=True):
                wanted = [at + dilation * j for j in range(kernel) if 0 <= at + dilation * j < size]
                assert places[inside].tolist() == wanted


def test_places_of_images_lie_row_by_row() -> None:
    w = reference.windows([Sweep(3, 2), Sweep(4, 2, 2)])
    assert w.shape == (2, 2)
    assert w.places.tolist() == [[0, 1, 4, 5], [2, 3, 6, 7], [4, 5, 8, 9], [6, 7, 10, 11]]


@pytest.mark.parametrize(("n", "m"), [(5, 2), (7, 3), (4, 4), (3, 7), (1, 1), (10, 1)])
def test_adaptive_windows_cover_everything_evenly(n: int, m: int) -> None:
    w = reference.adaptive_windows([n], [m])
    sides = [p[i] for p, i in zip(w.places, w.inside, strict=True)]
    assert set(np.concatenate(sides)) == set(range(n))
    assert {len(s) for s in sides} <= {n // m, -(-n // m), n // m + 1, n // m + 2}
    assert [len(s) for s in sides] == w.counted.tolist()


def test_fractional_windows_end_with_the_axis() -> None:
    w = reference.fractional_windows([7], [2], [3], [0.5])
    assert w.places.tolist() == [[0, 1], [2, 3], [5, 6]]
    assert reference.fractional_windows([4], [4], [1], [0.25]).places.tolist() == [[0, 1, 2, 3]]


def test_padding_is_no_number_and_nan_is_the_maximum() -> None:
    x = np.array([[-3.0, -1.0, -2.0], [np.nan, -1.0, -np.inf]])
    w = reference.windows([Sweep(3, 2, 2, 1)])
    np.testing.assert_array_equal(reference.largest(x, w), [[-3.0, -1.0], [np.nan, -1.0]])
    assert reference.where_largest(x, w, np.array([[0, 1], [0, 1]])).all()
    assert not reference.where_largest(x, w, np.array([[1, 2], [1, 2]])).any()


def test_what_is_scattered_is_added() -> None:
    g, index = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]), np.array([[1, 1, 0], [2, 2, 2]])
    assert reference.scattered(g, index, 3).tolist() == [[4.0, 3.0, 0.0], [0.0, 0.0, 56.0]]


def test_divisors_of_a_window_that_hangs_over() -> None:
    w = reference.windows([Sweep(5, 3, 2, 1, 1, ceil=True)])
    assert reference.divisors(w, padded=False, override=None).tolist() == [2.0, 3.0, 2.0]
    assert reference.divisors(w, padded=True, override=None).tolist() == [3.0, 3.0, 3.0]
    two = reference.windows([Sweep(4, 3, 2, 0, 1, ceil=True)])
    assert reference.divisors(two, padded=True, override=None).tolist() == [3.0, 2.0]
    assert reference.divisors(two, padded=True, override=-2).tolist() == [-2.0, -2.0]


@EVERY
def test_means_are_those_of_fractions(fmt: Format) -> None:
    x = fmt.round(np.random.default_rng(0).standard_normal((4, 11)) * fmt.largest**0.25)
    w = reference.windows([Sweep(11, 5, 2, 2, 1, ceil=True)])
    truth = reference.means(x, w, reference.divisors(w, padded=False, override=None), Arithmetic.of(fmt))
    for i, m in np.ndindex(truth.value.shape):
        numbers = [Fraction(v) for v in x[i, w.places[m][w.inside[m]]]]
        assert abs(Fraction(truth.value[i, m]) - sum(numbers) / len(numbers)) <= Fraction(truth.bound[i, m]) / 2


@ROUNDED
def test_rounding_of_means_stays_within_the_bound(fmt: Format) -> None:
    x = fmt.round(np.random.default_rng(1).uniform(0, 1, (3000, 4)))
    w, how = reference.windows([Sweep(4, 4)]), Arithmetic.of(fmt)
    truth = reference.means(x, w, np.full(1, 3.0), how)
    a = how.accumulator
    total = x[:, 0]
    for k in range(1, 4):
        total = a.round(total + x[:, k])
    margin = np.abs(fmt.round(a.round(total / 3)) - truth.value[:, 0]) / truth.bound[:, 0]
    assert 0.3 < margin.max() <= 1


def test_large_sums_are_undetermined_and_large_means_are_not() -> None:
    w = reference.windows([Sweep(2, 2)])
    x = np.full((1, 2), float64.largest)
    assert reference.means(x, w, np.full(1, 2.0), Arithmetic.of(float64)).bound[0, 0] == np.inf
    truth = reference.means(x / 4, w, np.full(1, 2.0), Arithmetic.of(float64))
    assert truth.value[0, 0] == float64.largest / 4
    assert truth.bound[0, 0] < 1e-14 * truth.value[0, 0]


@EVERY
def test_the_adjoint_is_the_adjoint(fmt: Format) -> None:
    rng = np.random.default_rng(2)
    w = reference.windows([Sweep(4, 3, 2, 1), Sweep(5, 2, 1, 1)])
    u, v = rng.integers(-4, 5, (3, 20)).astype(float), rng.integers(-4, 5, (3, len(w.counted))).astype(float)
    divisor, how = reference.divisors(w, padded=True, override=None), Arithmetic.of(fmt)
    along, back = reference.means(u, w, divisor, how), reference.spread(v, w, divisor, 20, how)
    np.testing.assert_allclose((back.value * u).sum(-1), (along.value * v).sum(-1), rtol=1e-12, atol=1e-12)
    assert (back.bound <= 20 * fmt.u * np.abs(v).sum(-1, keepdims=True) + 20 * fmt.eta).all()


@ROUNDED
def test_rounding_of_the_adjoint_stays_within_the_bound(fmt: Format) -> None:
    w, how = reference.windows([Sweep(3, 3, 1, 1)]), Arithmetic(fmt, fmt, fmt)
    v = fmt.round(np.random.default_rng(3).uniform(0, 1, (2000, 3)))
    truth = reference.spread(v, w, np.full(3, 3.0), 3, how)
    shares = fmt.round(v / 3)
    middle = fmt.round(fmt.round(shares[:, 0] + shares[:, 1]) + shares[:, 2])
    margin = np.abs(middle - truth.value[:, 1]) / truth.bound[:, 1]
    assert 0.3 < margin.max() <= 1
