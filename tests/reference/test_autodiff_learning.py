"""The gradient of a linear layer, its accumulation, and running means, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from reference.autodiff import learning as reference
from reference.formats import FORMATS


def test_gradient_is_that_of_differences() -> None:
    """The loss is quadratic along each parameter: central differences with a power of two are exact."""
    rng = np.random.default_rng(0)
    w, b, f, x, t = (
        rng.integers(-2, 3, shape).astype(np.float64) for shape in ((1, 3, 4), (1, 3), (1, 3), (1, 2, 4), (1, 2, 3))
    )

    def loss(w: np.ndarray, b: np.ndarray) -> float:
        return float(((f[:, None] * (x @ w.swapaxes(-1, -2) + b[:, None]) - t) ** 2).sum() / 2)

    of_w, of_b = reference.gradient(w, b, f, x, t)
    for found, n in ((of_w, 0), (of_b, 1)):
        for index in np.ndindex(found.shape):
            step = np.zeros(found.shape)
            step[index] = 1.0
            ends = [loss(*(p + s * step if i == n else p for i, p in enumerate((w, b)))) for s in (1, -1)]
            assert found[index] == (ends[0] - ends[1]) / 2


@pytest.mark.parametrize(("name", "expected"), [("float64", 257.0), ("bfloat16", 256.0)])
def test_accumulation_rounds_each_addition(name: str, expected: float) -> None:
    fmt = FORMATS[name]
    assert reference.accumulated(np.array([255.0]), np.array([1.0]), 2, fmt) == expected
    assert reference.accumulated(np.array([3.0]), np.array([1.0]), 0, fmt) == 3.0


def test_running_mean_halves_the_distance() -> None:
    w, b, x = np.array([[[1.0, 2.0]]]), np.array([[1.0]]), np.array([[[1.0, 1.0], [0.0, 2.0]]])
    assert reference.running_mean(w, b, x, 0) == 0.0
    assert reference.running_mean(w, b, x, 1) == 2.25
    assert reference.running_mean(w, b, x, 2) == 2.25 * 1.5
