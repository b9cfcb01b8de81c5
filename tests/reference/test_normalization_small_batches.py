"""One outlier among equal numbers."""

from __future__ import annotations

import numpy as np
import pytest

from reference.normalization.small_batches import of_outlier


@pytest.mark.parametrize("m", [2, 5, 16])
def test_it_is_the_standardised_outlier(m: int) -> None:
    x = np.zeros(m)
    x[1] = 3.0
    expected = (3 - x.mean()) / np.sqrt(x.var() + 0.5)
    assert of_outlier(np.array([3.0]), m, 0.5) == pytest.approx(expected)
    assert of_outlier(np.array([3.0]), m, 1e-12) == pytest.approx(np.sqrt(m - 1))
