"""Fans against explicit counts, and gains of the compromise against fractions."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Format, float32
from reference.initialization import fans as reference


@pytest.mark.parametrize(("inputs", "outputs", "kernel", "groups"), [(4, 6, (3,), 2), (6, 6, (3,), 6), (3, 5, (2,), 1)])
def test_fans_by_the_matrix_of_a_convolution(inputs: int, outputs: int, kernel: tuple[int], groups: int) -> None:
    (k,), extent = kernel, 12
    steps = extent - k + 1
    matrix = np.zeros((outputs * steps, inputs * extent))
    for o, i, at, tap in itertools.product(range(outputs), range(inputs), range(steps), range(k)):
        if o // (outputs // groups) == i // (inputs // groups):
            matrix[o * steps + at, i * extent + at + tap] = 1
    inner = matrix[:, extent // 2]
    assert reference.counted_fans(inputs, outputs, kernel, groups) == (matrix[0].sum(), inner.sum())
    assert reference.fans_of_shape("conv", inputs, outputs, kernel, groups) == (matrix[0].sum(), groups * inner.sum())


def test_fans_of_dense_layers_are_the_true_ones() -> None:
    assert reference.fans_of_shape("linear", 3, 5, (), 1) == reference.counted_fans(3, 5, (), 1) == (3, 5)
    assert reference.fans_of_shape("transposed", 3, 5, (2, 2), 1) == (20, 12)


def test_the_fans_of_torch_layers() -> None:
    for layer, sizes, fan in (
        ("Linear", (7, 9), 7),
        ("Bilinear", (7, 8, 9), 7),
        ("LSTM", (7, 9), 9),
        ("Conv1d", (7, 9, 5), 35),
        ("Conv2d", (8, 4, 3, 1, 0, 1, 2), 36),
        ("ConvTranspose2d", (8, 4, 3, 1, 0, 0, 2), 18),
    ):
        assert reference.default_fan(layer, sizes) == fan
        (law,) = reference.default_laws(layer, sizes, float32)
        assert law.variance == pytest.approx(1 / (3 * fan))
    assert reference.default_laws("Embedding", (3, 4), float32)[0].variance == pytest.approx(1)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_gains_of_the_compromise(fmt: Format) -> None:
    m, n = (np.random.default_rng(s).integers(1, 1000, 50).astype(np.float64) for s in (0, 1))
    m, n = fmt.round(m), fmt.round(n)
    v = fmt.round(2 / fmt.round(m + n))
    forward, backward = fmt.round(m * v), fmt.round(n * v)
    total, product = reference.gains_sum(m, n, fmt), reference.gains_product(m, n, fmt)
    assert (np.abs(fmt.round(forward + backward) - total.value) <= total.bound).all()
    assert (np.abs(fmt.round(forward * backward) - product.value) <= product.bound).all()
    exact = [
        Fraction(4) * Fraction(a) * Fraction(b) / (Fraction(a) + Fraction(b)) ** 2 for a, b in zip(m, n, strict=True)
    ]
    assert all(math.isclose(v, float(e), rel_tol=1e-14) for v, e in zip(product.value, exact, strict=True))
