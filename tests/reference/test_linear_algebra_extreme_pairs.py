"""Pairs by decomposition keep what an iteration owes, wrong ones do not."""

from __future__ import annotations

import numpy as np
import pytest

from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import extreme_pairs as reference
from reference.linear_algebra.residuals import frobenius


@pytest.mark.parametrize("fmt", [float32, float64])
@pytest.mark.parametrize("i", [0, -1])
def test_pairs(fmt: Format, i: int) -> None:
    rng = np.random.default_rng(0)
    a = fmt.round(rng.standard_normal((20, 5, 5)))
    a = np.tril(a) + np.tril(a, -1).swapaxes(-1, -2)
    w, q = (np.asarray(t, np.float64) for t in np.linalg.eigh(a.astype(fmt.name)))
    pair = reference.pair(a, w[:, i], q[:, :, i], 0.0, i, Arithmetic.of(fmt))
    assert np.all(frobenius(pair.residual.observed) <= pair.residual.truth.bound)
    assert np.all(np.abs(np.linalg.norm(q[:, :, i], axis=-1) - 1) <= pair.length.bound)
    for truth in (pair.quotient, pair.nearest, pair.extreme):
        assert np.all(np.abs(w[:, i] - truth.value) <= truth.bound)
    other = reference.pair(a, w[:, 2], q[:, :, 2], 1e-3, i, Arithmetic.of(fmt))
    assert np.all(np.abs(w[:, 2] - other.extreme.value) > other.extreme.bound)
    assert np.all(np.abs(w[:, 2] - other.nearest.value) <= other.nearest.bound)
