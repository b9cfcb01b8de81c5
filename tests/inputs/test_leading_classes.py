"""Rows with a leading class."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.leading_classes import MARGINS, WIDTHS, LeadingClass, leading_classes
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("margin", MARGINS)
def test_one_class_leads(fmt: Format, margin: str) -> None:
    regime = LeadingClass(17, margin)
    (x,) = regime.make(np.random.default_rng(0), 64, fmt)
    assert x.shape == (64, 17)
    assert regime.admits([x]).mean() > 0.9  # few margins round to 0
    assert (x.max(-1) == 0).all()
    assert len(np.unique(x.argmax(-1))) > 8
    least = -np.sort(x, -1)[:, -2]
    if margin == "resolution":
        assert (least < -np.log(fmt.u)).any()
        assert (least > -np.log(fmt.u)).any()
    if margin == "single":
        others = np.sort(x, -1)[:, :-1]
        assert (others == others[:, :1]).all()


def test_admitted_rows_have_one_leader_at_the_offset() -> None:
    rows = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [0.0, 0.5], [1.0, -np.inf]])
    np.testing.assert_array_equal(LeadingClass(offset=1.0).admits([rows]), [True, False, False, False, False])


def test_no_such_regime() -> None:
    for fields in ({"n": 1}, {"margin": "wide"}):
        with pytest.raises(ValueError, match="no "):
            LeadingClass(**fields)  # type: ignore[arg-type]


def test_corners_have_every_margin_and_width() -> None:
    corners = leading_classes().corners
    assert {c.margin for c in corners if isinstance(c, LeadingClass)} == set(MARGINS)
    assert {c.n for c in corners if isinstance(c, LeadingClass)} >= set(WIDTHS)
    assert corners[0] == LeadingClass()
