"""Batches of a feature: samples and tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.batch_statistics import MOST, NUMBERS, NormalBatches, SmallTable, batches_of_a_feature
from reference.formats import FORMATS


def test_a_sample_has_as_many_batches_as_it_may() -> None:
    for m in (2, 64):
        (x,) = NormalBatches(m, 3.0, 0.125).make(np.random.default_rng(0), 1, FORMATS["float64"])
        assert x.shape == (min(MOST, NUMBERS // m), m)
        assert abs(x.mean() - 3) < 0.01
        assert abs(x.std() - 0.125) < 0.01
        assert NormalBatches(m).size() == x.size
    assert NormalBatches().batch(64, 1 << 20) == 1


def test_tables_hold_small_whole_numbers() -> None:
    regime = SmallTable(3, 4)
    (x,) = regime.make(np.random.default_rng(0), 8, FORMATS["bfloat16"])
    assert x.shape == (8, 3)
    assert regime.admits([x]).all()
    np.testing.assert_array_equal(regime.admits([np.array([[5.0, 0], [0.5, 0], [4, -4]])]), [False, False, True])
    assert regime.size() == 4 * 81


def test_no_such_regime() -> None:
    for make in (lambda: NormalBatches(1), lambda: NormalBatches(2, 0.0, 0.0), lambda: NormalBatches(2, memory="odd")):
        with pytest.raises(ValueError, match="no batches"):
            make()
    for d, m in ((0, 2), (2, 1), (2, 11)):
        with pytest.raises(ValueError, match="no table"):
            SmallTable(d, m)


def test_both_kinds_are_drawn() -> None:
    regimes = batches_of_a_feature()
    for kind in (NormalBatches, SmallTable):
        assert isinstance(find(regimes.draw, lambda r, kind=kind: isinstance(r, kind)), kind)
        assert any(isinstance(c, kind) for c in regimes.corners)
