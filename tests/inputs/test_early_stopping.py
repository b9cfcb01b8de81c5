"""Training and validation targets are what their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.early_stopping import RATES, SHARES, TwoTargets, two_targets
from reference.formats import FORMATS


def test_corners_have_every_rate_and_share() -> None:
    corners = two_targets().corners
    assert {c.lr for c in corners} == set(RATES)
    assert {c.share for c in corners} == set(SHARES)


@pytest.mark.parametrize("name", list(FORMATS))
def test_validation_targets_are_a_share_of_the_training_targets(name: str) -> None:
    for corner in two_targets().corners:
        c, v = corner.make(np.random.default_rng(0), 4, FORMATS[name])
        assert corner.admits([c, v]).all()
        assert np.array_equal(v, corner.share * c)
        assert not corner.admits([c, v + 1]).any()


def test_impossible_descents_are_refused() -> None:
    for wrong in ({"n": 0}, {"steps": 0}, {"share": 1.0}, {"lr": 3.0}):
        with pytest.raises(ValueError, match="no descent"):
            TwoTargets(**wrong)
