"""Equal numbers at several places."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.equal_entries import EVERY, Copies, Everywhere, equal_entries
from claims.frame.inputs.every_number import SHORT
from reference.formats import FORMATS, Format
from reference.initialization.xavier_activations import AT_ZERO


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_all_numbers_of_a_short_format_stand_in_a_row(fmt: Format) -> None:
    (x,) = Everywhere().make(np.random.default_rng(0), 1, fmt)
    assert x.shape == (1, EVERY)
    assert np.isfinite(x).all()
    assert (np.diff(x[0]) < 0).any()
    if fmt.name in SHORT:
        patterns = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(getattr(torch, fmt.name)).double()
        np.testing.assert_array_equal(np.unique(x), np.unique(patterns[patterns.isfinite()].numpy()))
    else:
        assert 0.3 < (np.abs(x) < 8).mean() < 0.8


def test_rows_hold_copies_and_admit_nothing_else() -> None:
    regime = Copies("elu", 7)
    arrays = regime.make(np.random.default_rng(0), 5, FORMATS["float32"])
    assert arrays[0].shape == (5, 7)
    assert regime.admits(arrays).all()
    assert len(np.unique(arrays[0])) == 5
    arrays[0][2, 3] += 1
    assert regime.admits(arrays).tolist() == [True, True, False, True, True]


def test_every_activation_has_corners_and_others_are_refused() -> None:
    corners = equal_entries().corners
    for kind in (Copies, Everywhere):
        assert {c.name for c in corners if isinstance(c, kind)} == set(AT_ZERO)  # type: ignore[attr-defined]
        with pytest.raises(ValueError, match="softmax"):
            kind("softmax")
    with pytest.raises(ValueError, match="no 1 equal"):
        Copies("tanh", 1)
    assert Everywhere().batch(64, 1) == 1
