"""Logits with labels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import find

from claims.frame.inputs.labelled_logits import KINDS, LABELS, LabelledLogits, admitted, labelled_logits
from reference.formats import FORMATS, Format

PAIRS = [(kind, label) for kind in KINDS for label in LABELS if admitted(kind, label)]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(("kind", "labels"), PAIRS)
def test_logits_are_of_their_kind(fmt: Format, kind: str, labels: str) -> None:
    regime = LabelledLogits(33, kind, labels)
    z, y = regime.make(np.random.default_rng(3), 64, fmt)
    assert z.shape == y.shape == (64, 33)
    assert regime.admits([z, y]).all()
    assert np.isinf(z).all() == (kind == "infinite")
    with np.errstate(over="ignore"):
        rounded = fmt.round(1 / (1 + np.exp(-np.abs(z))))
    expected = {"normal": 0.0, "tiny": 0.0, "vanishing": 1.0, "far": 1.0, "huge": 1.0, "infinite": 1.0}
    if kind in expected and fmt.u > 2.0**-30:  # 20 is not far in float64
        assert (rounded == 1).mean() == pytest.approx(expected[kind], abs=0.06)
    assert kind != "rounded to one" or 0 < (rounded == 1).mean() < 1


def test_labels_are_of_their_kind() -> None:
    fmt, rng = FORMATS["bfloat16"], np.random.default_rng(4)
    made = {label: LabelledLogits(33, "normal", label).make(rng, 64, fmt) for label in LABELS}
    assert set(np.unique(made["hard"][1])) == {0, 1}
    assert ((made["wrong"][1] == 1) == (made["wrong"][0] < 0)).all()
    assert ((made["right"][1] == 1) == (made["right"][0] >= 0)).all()
    assert len(np.unique(made["soft"][1])) > 50
    assert {2.0**-8, 1 - 2.0**-8} < set(np.unique(made["nearly hard"][1]))


def test_logits_and_labels_are_presented_by_name() -> None:
    given = LabelledLogits(1).present([torch.ones(1, 1), torch.zeros(1, 1)], 0)
    assert (given.z.item(), given.y.item()) == (1.0, 0.0)
    assert LabelledLogits(0).size() == 1


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ({"n": -1}, {"kind": "odd"}, {"labels": "odd"}):
        with pytest.raises(ValueError, match="logits of kind"):
            LabelledLogits(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="hard label"):
        LabelledLogits(1, "infinite", "soft")
    fitting = LabelledLogits(1, "normal", "wrong")
    assert not fitting.admits([np.ones((1, 1)), np.ones((1, 1))]).any()


def test_infinite_and_soft_ones_come_where_they_are_asked_for() -> None:
    assert not any(r.kind == "infinite" for r in labelled_logits().corners)  # type: ignore[attr-defined]
    hard = labelled_logits(infinite=True, soft=False)
    assert {r.labels for r in hard.corners} == {"hard", "wrong", "right"}  # type: ignore[attr-defined]
    assert find(hard.draw, lambda r: r.kind == "infinite").kind == "infinite"
