"""One outlier among equal numbers."""

from __future__ import annotations

import numpy as np
import pytest

from reference.normalization.small_batches import of_outlier, outliers


@pytest.mark.parametrize("m", [2, 5, 16])
def test_it_is_the_standardised_outlier(m: int) -> None:
    x = np.zeros(m)
    x[1] = 3.0
    expected = (3 - x.mean()) / np.sqrt(x.var() + 0.5)
    assert of_outlier(np.array([3.0]), m, 0.5) == pytest.approx(expected)
    assert of_outlier(np.array([3.0]), m, 1e-12) == pytest.approx(np.sqrt(m - 1))


def test_outliers_are_found_among_equal_numbers_only() -> None:
    x = np.array([[1.0, 1.0, 4.0], [2.0, 0.0, 2.0], [1.0, 2.0, 4.0], [3.0, 3.0, 3.0]])
    found = outliers(x, 0.5)
    assert found.known.tolist() == [True, True, False, False]
    assert found.at[:2].tolist() == [[False, False, True], [False, True, False]]
    expected = np.abs(x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 0.5)
    assert np.where(found.at, expected, 0.0)[:2] == pytest.approx(found.size[:2])


def test_of_two_numbers_each_is_an_outlier() -> None:
    found = outliers(np.array([[1.0, 3.0], [2.0, 2.0]]), 1.0)
    assert found.known.tolist() == [True, False]
    assert found.size[0] == pytest.approx([0.5**0.5] * 2)
