"""Networks of linear units have the scales and kinds that their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.symmetry_sizes import KINDS, SCALES, ScaledNetwork, ScaledUnits, scaled_units
from reference.formats import FORMATS


@pytest.mark.parametrize("name", list(FORMATS))
def test_corners_are_numbers_of_the_format(name: str) -> None:
    fmt = FORMATS[name]
    for corner in scaled_units().corners:
        raw = corner.arrays(np.random.default_rng(0), 3, fmt)
        made = corner.make(np.random.default_rng(0), 3, fmt)
        assert all(np.array_equal(a, b) for a, b in zip(raw, made, strict=True))
        assert np.all(corner.admits(made))
        assert isinstance(corner.present(made, 0), ScaledNetwork)
        assert np.array_equal(fmt.round(made[1][:, None, None] * made[0]), made[1][:, None, None] * made[0])


def test_corners_have_every_scale_and_kind() -> None:
    corners = [c for c in scaled_units().corners if isinstance(c, ScaledUnits)]
    assert {c.scale for c in corners} == set(SCALES)
    assert {c.kind for c in corners} == set(KINDS)


def test_what_makes_no_sense_is_refused() -> None:
    g, scale, v, x, t = ScaledUnits().make(np.random.default_rng(0), 1, FORMATS["float32"])
    assert not ScaledUnits().admits([g, 3 * scale, v, x, t]).any()
    assert not ScaledUnits().admits([g, scale, v, x + 0.5, t]).any()
    for make in (lambda: ScaledUnits(0), lambda: ScaledUnits(kind="other"), lambda: ScaledUnits(scale="other")):
        with pytest.raises(ValueError, match=r"a network|no weights"):
            make()
