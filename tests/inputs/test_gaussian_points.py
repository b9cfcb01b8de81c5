"""Multivariate normal laws and points about their means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.gaussian_points import CONDITIONS, KINDS, SCALES, GaussianLaw, gaussian_laws
from reference.formats import Format, float32, float64


@pytest.mark.parametrize("fmt", [float32, float64])
@pytest.mark.parametrize("kind", KINDS)
def test_matrices_stand_for_one_law(kind: str, fmt: Format) -> None:
    for condition in CONDITIONS:
        for scale in SCALES:
            regime = GaussianLaw(4, 3, kind, condition, scale)
            arrays = regime.make(np.random.default_rng(0), 6, fmt)
            x, mean, covariance, precision, factor = arrays
            assert np.all(regime.admits(arrays))
            assert (x.shape, mean.shape) == ((6, 3, 4), (6, 4))
            size = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
            scales = size[:, :, None] * size[:, None, :]
            assert (np.abs(factor @ factor.swapaxes(-1, -2) - covariance) / scales).max() < 20 * fmt.u
            assert np.allclose((covariance / scales) @ (precision * scales), np.eye(4), atol=100 * fmt.u**0.5)
            first = x[:, 0] - mean
            distance = (first * np.linalg.solve(covariance, first[..., None])[..., 0]).sum(-1)
            assert np.all(distance < 1.1)


def test_what_is_no_law_is_not_admitted() -> None:
    regime = GaussianLaw(3)
    x, mean, covariance, precision, factor = regime.make(np.random.default_rng(0), 2, float64)
    lopsided = covariance.copy()
    lopsided[:, 0, 1] += 1
    assert not regime.admits([x, mean, lopsided, precision, factor]).any()
    assert not regime.admits([x, mean, -covariance, precision, factor]).any()
    assert not regime.admits([x, mean, covariance, precision, factor.swapaxes(-1, -2)]).any()
    assert not regime.admits([x, mean, np.ones_like(covariance), precision, factor]).any()


def test_impossible_laws_are_refused() -> None:
    with pytest.raises(ValueError, match="points"):
        GaussianLaw(0)
    with pytest.raises(ValueError, match="law"):
        GaussianLaw(2, kind="cauchy")


@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_is_drawn(scale: str) -> None:
    assert find(gaussian_laws().draw, lambda law: law.scale == scale).scale == scale
