"""Gram matrices and the law of the entries of orthogonal matrices, against NumPy and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group

from reference.formats import Arithmetic, Format, float32, float64
from reference.initialization import orthogonal as reference
from reference.probability.consistency import consistent


@pytest.mark.parametrize("fmt", [float32, float64], ids=str)
@pytest.mark.parametrize("shape", [(1, 7), (5, 9), (9, 5), (64, 64), (130, 65)])
def test_rounded_orthogonal_matrices_are_within_the_bound(shape: tuple[int, int], fmt: Format) -> None:
    m, n = shape
    q = fmt.round(1.5 * np.linalg.qr(np.random.default_rng(0).standard_normal((max(m, n), min(m, n))))[0])
    w = q if m >= n else q.T
    truth, gram = reference.gram_truth(w, 1.5, fmt), reference.gram(w, Arithmetic.of(fmt))
    assert gram.shape == truth.value.shape == (min(m, n),) * 2
    assert np.linalg.norm(gram - truth.value) <= truth.bound
    assert np.linalg.norm(reference.gram(1.01 * w, Arithmetic.of(fmt)) - truth.value) > truth.bound


@pytest.mark.parametrize("n", [3, 4, 6])
def test_entries_of_haar_matrices(n: int) -> None:
    matrices = ortho_group.rvs(n, size=3000, random_state=np.random.default_rng(1))
    law = reference.entry_law(n, float64)
    for i, j in ((0, 0), (-1, 0), (-1, -1)):
        assert all(fit.distance <= fit.radius for _, fit in consistent(matrices[:, i, j], law))
    assert any(fit.distance > fit.radius for _, fit in consistent(np.abs(matrices[:, 0, 0]), law))
