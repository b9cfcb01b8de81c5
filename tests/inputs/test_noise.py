"""Regressions with noise are numbers of the format, and what makes no sense is refused."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.noise import (
    SIGMAS,
    DrawnNoise,
    NoisyDraws,
    NoisyInputs,
    NoisyRegression,
    drawn_noise,
    noisy_inputs,
)
from reference.formats import FORMATS


@pytest.mark.parametrize("name", list(FORMATS))
def test_corners_are_admitted(name: str) -> None:
    for corner in (*noisy_inputs().corners, *drawn_noise().corners):
        made = corner.make(np.random.default_rng(0), corner.batch(3, 1 << 14), FORMATS[name])
        assert np.all(corner.admits(made))
        assert isinstance(corner.present(made, 0), (NoisyRegression, NoisyDraws))
    assert all(FORMATS[name].round(s) == s for s in SIGMAS)


def test_drawn_noise_has_whole_numbers_and_a_weight() -> None:
    x, w, y = DrawnNoise(3, 2).make(np.random.default_rng(0), 1, FORMATS["float32"])
    assert w[0, 0] == 1
    assert not DrawnNoise(3, 2).admits([x, w + 0.5, y]).any()


def test_what_makes_no_sense_is_refused() -> None:
    for make in (
        lambda: NoisyInputs(-1),
        lambda: NoisyInputs(1, 0),
        lambda: NoisyInputs(sigma=0.3),
        lambda: DrawnNoise(6),
        lambda: DrawnNoise(draws=0),
    ):
        with pytest.raises(ValueError, match=r"no regression|no -?\d+ draws"):
            make()
