"""Running statistics by hand, and in evaluation."""

from __future__ import annotations

import numpy as np
import pytest

from reference.formats import Arithmetic, float64
from reference.normalization import running_statistics as reference
from reference.truth import Truth

HOW = Arithmetic.of(float64)
X = np.array([[[1.0, 3.0], [2.0, 8.0]]])


@pytest.mark.parametrize(("momentum", "expected"), [(1.0, (5.0, 18.0)), (0.5, (3.0, 9.75)), (None, (3.5, 10.0))])
def test_two_batches_by_hand(momentum: float | None, expected: tuple[float, float]) -> None:
    truth = reference.buffers(X, momentum, HOW)
    assert truth.value[0] == pytest.approx(expected)
    assert (truth.bound < 1e-13).all()


def test_evaluation_uses_the_buffers_and_their_errors() -> None:
    exact = Truth(np.array([[2.0, 3.0]]), np.zeros((1, 2)))
    moved = Truth(exact.value, np.array([[0.5, 0.25]]))
    truth = reference.evaluated(X[:, 0], exact, 1.0, HOW)
    assert truth.value == pytest.approx(np.array([[-0.5, 0.5]]))
    wide = reference.evaluated(X[:, 0], moved, 1.0, HOW)
    furthest = (1.0 - 1.5) / np.sqrt(3.75), (1.0 - 2.5) / np.sqrt(3.75)
    assert all(abs(v + 0.5) <= wide.bound[0, 0] for v in furthest)


def test_evaluation_is_training_times_a_root() -> None:
    x, momentum = X[:, 0], 1.0
    buffers = reference.buffers(X[:, :1], momentum, HOW)
    by_training = reference.evaluated_by_training(x, buffers, 1.0, HOW)
    by_buffers = reference.evaluated(x, buffers, 1.0, HOW)
    assert by_training.value == pytest.approx(by_buffers.value)
    assert by_training.value == pytest.approx(np.array([[-1.0, 1.0]]) / np.sqrt(3.0))
