"""Replaced neighbours, padding, and single examples."""

from __future__ import annotations

import numpy as np

from reference.normalization import batch_dependence as reference


def test_every_other_entry_is_replaced() -> None:
    x = np.arange(12.0).reshape(3, 4)
    rows, columns = (reference.replaced(x, axis, undefined=False) for axis in (0, -1))
    np.testing.assert_array_equal(rows[::2], x[::2])
    np.testing.assert_array_equal(rows[1], 3 * x[1] - 2)
    np.testing.assert_array_equal(columns[:, ::2], x[:, ::2])
    np.testing.assert_array_equal(columns[:, 1::2], 3 * x[:, 1::2] - 2)
    assert np.isnan(reference.replaced(x, 0, undefined=True)[1]).all()
    np.testing.assert_array_equal(x, np.arange(12.0).reshape(3, 4))


def test_padding_doubles_a_set_by_zeros() -> None:
    np.testing.assert_array_equal(reference.padded(np.array([[1.0, 2.0]])), [[1.0, 2.0, 0.0, 0.0]])


def test_one_example_is_1_at_its_place() -> None:
    np.testing.assert_array_equal(reference.one_example(np.ones((2, 3)), 2), [[0, 0, 1], [0, 0, 1]])
