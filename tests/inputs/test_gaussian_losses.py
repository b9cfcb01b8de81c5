"""Predictions of means and variances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.gaussian_losses import EPS, KINDS, GaussianLosses, gaussian_losses
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_predictions_are_what_their_kind_says(fmt: Format, kind: str) -> None:
    regime = GaussianLosses(33, kind)
    arrays = regime.make(np.random.default_rng(7), 64, fmt)
    assert regime.admits(arrays).all()
    mean, target, v = arrays
    r = mean - target
    assert (r**2 / np.maximum(v, EPS) < fmt.largest / 4).all()
    assert ((v <= EPS).all(), (v == 0).any()) == (kind == "clamped", kind == "clamped")
    assert (r == 0).all() == (kind == "exact")
    assert (r**2 == v).all() == (kind == "fitted")


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ({"n": -1}, {"kind": "odd"}):
        with pytest.raises(ValueError, match="no "):
            GaussianLosses(**wrong)  # type: ignore[arg-type]
    one = np.ones((1, 1))
    assert GaussianLosses(1).admits([one, one, one]).all()
    for arrays in ([9 * one, one, one], [one, one, -one], [one, one, EPS * one]):
        assert not GaussianLosses(1).admits(arrays).any()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn(kind: str) -> None:
    assert find(gaussian_losses().draw, lambda r: r.kind == kind).kind == kind
