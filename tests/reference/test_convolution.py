"""References of convolutions against other definitions, in exact arithmetic."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.signal

from reference.convolution import definition, direct
from reference.convolution.geometry import MODES, OUTSIDE, adjoint_places, each, geometry, joined_places
from reference.formats import FORMATS, Arithmetic, Method

RNG = np.random.default_rng(5)
FLOAT32 = Arithmetic.of(FORMATS["float32"])
FLOAT64 = Arithmetic.of(FORMATS["float64"])


def whole(*shape: int) -> np.ndarray:
    return RNG.integers(-3, 4, shape).astype(np.float64)


@pytest.mark.parametrize(("mode", "name"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
@pytest.mark.parametrize("padding", [(0, 0), (2, 1), (3, 4)])
def test_padding_is_that_of_numpy(mode: str, name: str, padding: tuple[int, int]) -> None:
    x = whole(2, 1, 5, 6)
    how = geometry((1, 1), padding=padding, mode=mode)
    wanted = np.pad(x, [(0, 0), (0, 0), *((q, q) for q in padding)], mode=name)  # type: ignore[call-overload]
    np.testing.assert_array_equal(direct.padded(x, how), wanted)


def test_same_padding_puts_the_odd_number_after_the_image() -> None:
    assert geometry((4, 3, 2), padding="same", dilation=(1, 2, 3)).padding == ((1, 2), (2, 2), (1, 2))
    assert geometry((4,), padding="same").sizes((7,)) == (7,)
    assert geometry((4,), padding="valid", stride=2).sizes((9,)) == (3,)
    assert geometry((3,)).sizes((2,)) == (0,)


def test_what_is_refused() -> None:
    for wrong in ({"padding": "same", "stride": 2}, {"mode": "mirror"}):
        with pytest.raises(ValueError, match="no padding"):
            geometry((3,), **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="are not 2 numbers"):
        each((1, 2, 3), 2)


@pytest.mark.parametrize("options", [{"stride": 2, "padding": 1}, {"dilation": 2, "padding": 2}, {"stride": (1, 2)}])
def test_results_are_the_sums_of_the_definition(options: dict[str, int]) -> None:
    how = geometry((2, 3), groups=2, **options)  # type: ignore[arg-type]
    x, w, b = whole(2, 4, 5, 6), whole(6, 2, 2, 3), whole(6)
    found = direct.convolution(x, w, b, how, FLOAT32)
    (rows, columns) = found.value.shape[2:]
    for n, o, i, j in itertools.product(range(2), range(6), range(rows), range(columns)):
        total = b[o]
        for c, k, m in itertools.product(range(2), range(2), range(3)):
            r, s = (
                p * st - q[0] + t * d
                for p, t, st, q, d in zip((i, j), (k, m), how.stride, how.padding, how.dilation, strict=True)
            )
            if 0 <= r < 5 and 0 <= s < 6:
                total += w[o, c, k, m] * x[n, 2 * (o // 3) + c, r, s]
        assert found.value[n, o, i, j] == total
    assert not found.bound.any()


@pytest.mark.parametrize("d", [1, 2, 3])
def test_products_of_polynomials_are_those_of_scipy(d: int) -> None:
    x, w = whole(1, 1, *(4, 3, 2)[:d]), whole(1, 1, *(2, 3, 2)[:d])
    np.testing.assert_array_equal(
        definition.product(x, w, d)[0, 0], scipy.signal.convolve(x[0, 0], w[0, 0], method="direct")
    )
    how = geometry(w.shape[2:], padding=tuple(k - 1 for k in w.shape[2:]))
    np.testing.assert_array_equal(
        direct.convolution(x, w, None, how, FLOAT32).value[0, 0],
        scipy.signal.correlate(x[0, 0], w[0, 0], method="direct"),
    )


def test_full_convolutions_wrap_around() -> None:
    x, w = whole(1, 1, 5), whole(1, 1, 5)
    wanted = [sum(x[0, 0, (i - j) % 5] * w[0, 0, j] for j in range(5)) for i in range(5)]
    np.testing.assert_array_equal(definition.wrapped(definition.product(x, w, 1), (5,))[0, 0], wanted)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stride", [1, 2])
def test_gradients_are_adjoints(mode: str, stride: int) -> None:
    how = geometry((3, 2), stride=stride, padding=(2, 1), groups=2, mode=mode)
    x, w = whole(3, 2, 4, 5, 4), whole(3, 6, 2, 3, 2)
    y = direct.convolution(x, w, None, how, FLOAT64).value
    c = whole(*y.shape)
    by_image = direct.transposed_convolution(c, w, None, how, (5, 4), FLOAT64)
    by_kernel = direct.weight_gradient(x, c, how, FLOAT64)
    inner = (c * y).reshape(3, -1).sum(-1)
    np.testing.assert_array_equal((by_image.value * x).reshape(3, -1).sum(-1), inner)
    np.testing.assert_array_equal((by_kernel.value * w).reshape(3, -1).sum(-1), inner)
    np.testing.assert_array_equal(
        direct.bias_gradient(c, 2, FLOAT64).value, np.moveaxis(c, 2, 1).reshape(3, 6, -1).sum(-1)
    )


def test_places_that_meet_are_counted_once() -> None:
    how = geometry((3,), stride=2, padding=1)
    places = joined_places(how, (5,))
    assert places.tolist() == [[OUTSIDE, 0, 1], [1, 2, 3], [3, 4, OUTSIDE]]
    results, taps = adjoint_places(how, (5,), (3,))
    assert [sorted(zip(r[r >= 0], t[t >= 0], strict=True)) for r, t in zip(results, taps, strict=True)] == [
        [(0, 1)],
        [(0, 2), (1, 0)],
        [(1, 1)],
        [(1, 2), (2, 0)],
        [(2, 1)],
    ]


def test_an_output_padding_adds_results_that_only_the_bias_reaches() -> None:
    how = geometry((2,), stride=3)
    y = direct.transposed_convolution(whole(1, 1, 2), np.ones((1, 1, 2)), np.array([7.0]), how, (7,), FLOAT32)
    assert how.transposed_sizes((2,), 2) == (7,)
    assert y.value[0, 0, 2] == 7.0
    assert (y.value[0, 0, 5:] == 7.0).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_are_exact_and_bounds_hold_in_any_order(dtype: str) -> None:
    fmt = FORMATS[dtype]
    how, kind = geometry((3,), padding=1), np.dtype(dtype).type
    x = fmt.round(RNG.standard_normal((1, 4, 9)) * 10.0 ** RNG.uniform(-3, 3, (1, 4, 9)))
    w, b = fmt.round(RNG.standard_normal((2, 4, 3))), fmt.round(RNG.standard_normal(2))
    found = direct.convolution(x, w, b, how, Arithmetic.of(fmt))
    met = direct.patches(x, how)
    for o, p in itertools.product(range(2), range(9)):
        pairs = [(met[0, c, p, k], w[o, c, k]) for c in range(4) for k in range(3)]
        exactly = sum((Fraction(a) * Fraction(v) for a, v in pairs), Fraction(b[o]))
        own = Fraction(found.bound[0, o, p]) / 2**20 + abs(exactly) / 2**53
        assert abs(Fraction(found.value[0, o, p]) - exactly) <= own
        total = kind(b[o])
        for a, v in RNG.permutation(pairs):
            total = kind(total + kind(a) * kind(v))
        assert abs(Fraction(float(total)) - exactly) <= Fraction(found.bound[0, o, p])
    size = direct.magnitude(x, w, b, how)
    terms = 13 - 4 * np.isin(np.arange(9), (0, 8))
    np.testing.assert_allclose(found.bound[0, 0], terms * fmt.u * size[0, 0], rtol=0.1)


def test_bounds_of_fourier_transforms_know_the_whole_image() -> None:
    x, w = np.zeros((1, 1, 32)), np.ones((1, 1, 2))
    x[..., 0], x[..., -1] = 1e8, 0.1
    how = geometry((2,))
    fast = Arithmetic(FORMATS["float32"], FORMATS["float32"], FORMATS["float32"], method=Method.FOURIER)
    direct_bound, far = (direct.convolution(x, w, None, how, a).bound[0, 0, -1] for a in (FLOAT32, fast))
    assert direct_bound < 1e-7
    assert 1 < far < 1e4


def test_what_is_not_finite_spoils_what_meets_it() -> None:
    x = np.zeros((1, 1, 5))
    x[..., 2] = np.nan
    y = direct.spoiled(x, np.ones((1, 1, 2)), geometry((2,)))
    assert np.isnan(y[0, 0]).tolist() == [False, True, True, False]


def test_composed_kernels_do_what_both_do() -> None:
    x, a, b = whole(2, 2, 6), whole(3, 2, 3), whole(2, 3, 2)
    both = definition.product(definition.product(x, a, 1), b, 1)
    np.testing.assert_array_equal(definition.product(x, definition.composed(a, b, 1), 1), both)


def test_one_step_descends() -> None:
    x, w, t = np.array([[[1.0, 2.0]]]), np.array([[[1.0]]]), np.array([[[0.0, 1.0]]])
    assert definition.one_step(x, w, t, 0.5, geometry((1,)), FLOAT64).item() == 1 - 0.5 * (1 * 1 + 2 * 1)


def test_combinations_keep_their_bounds() -> None:
    p, a = np.array(2.0), definition.certain(np.array(3.0))
    off = a._replace(bound=np.array(0.5))
    assert definition.combination(p, a, p, off).value == 12.0
    assert 1.0 <= definition.combination(p, a, p, off).bound <= 1.0 + 1e-13
    assert definition.combination(p, a, p, off, FORMATS["bfloat16"]).bound > 1.0 + 12 / 256
