"""Means with their targets."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.residuals import KINDS, Residuals, predictions, residuals
from reference.formats import FORMATS, Format


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
def test_corners_are_admitted_and_cover_every_kind(fmt: Format) -> None:
    corners = [r for r in residuals().corners if isinstance(r, Residuals)]
    assert {r.kind for r in corners} == set(KINDS)
    for regime in corners:
        assert regime.admits(regime.make(np.random.default_rng(0), 4, fmt)).all(), regime


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
def test_kinds_are_what_they_say(fmt: Format) -> None:
    def difference(kind: str) -> np.ndarray:
        mean, target = Residuals(50, kind).make(np.random.default_rng(0), 4, fmt)
        return mean - target

    assert not difference("exact").any()
    assert (difference("above") > 0).all()
    assert (difference("below") < 0).all()
    assert np.abs(difference("near")).max() <= 512 * fmt.u
    assert (difference("tiny") ** 2).max() <= fmt.lam
    assert np.abs(difference("huge")).max() > 2.0 ** (fmt.emax / 2 - 3)


def test_there_are_no_other_kinds_and_all_predictions_are_joined() -> None:
    with pytest.raises(ValueError, match="no -1 residuals"):
        Residuals(-1)
    assert {type(r).__name__ for r in predictions().corners} == {"ClassProblem", "LabelledLogits", "Residuals"}
