"""Every entry gets what the first equal number has."""

from __future__ import annotations

import numpy as np

from reference.networks import elementwise as reference


def test_entries_at_equal_numbers_are_those_of_the_first() -> None:
    x = np.array([[2.0, 1.0, 2.0], [1.0, 3.0, -0.0], [0.0, 2.0, 3.0]])
    y = np.arange(9.0).reshape(3, 3)
    assert reference.of_the_first_equal(x, y).tolist() == [[0, 1, 0], [1, 4, 5], [5, 0, 4]]


def test_a_function_of_the_number_stays_as_it_is() -> None:
    x = np.random.default_rng(0).integers(-3, 3, (7, 33)).astype(float)
    np.testing.assert_array_equal(reference.of_the_first_equal(x, x**3), x**3)
