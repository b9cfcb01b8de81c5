"""Logits with classes or laws."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.class_problems import (
    FORMS,
    IGNORE_INDEX,
    KINDS,
    MODES,
    NESTED_FORMS,
    OPTIONS,
    REDUCTIONS,
    ClassProblem,
    NestedLoss,
    class_problems,
    nested_losses,
    problems_and_nestings,
)
from reference.formats import FORMATS, bfloat16, float16, float32


def arrays(regime: ClassProblem, batch: int = 4) -> list[np.ndarray]:
    return regime.make(np.random.default_rng(0), batch, float16)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
def test_corners_are_admitted_and_cover_everything(fmt: object) -> None:
    corners = [r for r in class_problems().corners if isinstance(r, ClassProblem)]
    for field, every in (("form", FORMS), ("kind", KINDS), ("options", OPTIONS), ("reduction", REDUCTIONS)):
        assert {getattr(r, field) for r in corners} == set(every)
    for regime in corners:
        made = regime.make(np.random.default_rng(1), 3, fmt)  # type: ignore[arg-type]
        assert regime.admits(made).all(), regime


def test_classes_are_whole_in_every_format() -> None:
    regime = ClassProblem(3000, 2)
    made = regime.make(np.random.default_rng(0), 4, bfloat16)
    given = regime.present([torch.from_numpy(a) for a in made], 0)
    assert given.target.dtype == torch.int64
    assert given.target.max() == 2999
    assert given.target.min() == 0
    assert given.law is None
    assert given.weight is None


def test_targets_that_are_ignored() -> None:
    for kind, share in (("all", 1.0), ("no", 0.0)):
        regime = ClassProblem(4, 5, ignored=kind)
        target = regime.present([torch.from_numpy(a) for a in arrays(regime)], 0).target
        assert (target == IGNORE_INDEX).double().mean() == share
    assert ClassProblem(4, 5, ignored="a class").ignore_index == 3


def test_kinds_of_logits() -> None:
    assert np.ptp(arrays(ClassProblem(5, 2, "equal"))[0], -1).max() == 0
    assert np.isneginf(arrays(ClassProblem(5, 2, "masked target"))[0]).sum() == 8
    assert np.isneginf(arrays(ClassProblem(5, 2, "nothing"))[0]).all()
    assert np.abs(arrays(ClassProblem(5, 2, "huge"))[0]).min() > 8000
    x = ClassProblem(5, 2, "huge").make(np.random.default_rng(0), 2, float32)[0]
    assert np.abs(x).min() > 1e37
    for kind, sign in (("confident", 1.0), ("wrong", -1.0)):
        x, high, low, *_ = arrays(ClassProblem(4, 1, kind))
        own = np.take_along_axis(x, (64 * high + low).astype(int)[..., None], -1)[..., 0]
        assert (sign * own > 0).all()


def test_regimes_that_make_no_sense_are_refused() -> None:
    for wrong in (
        {"kind": "none"}, {"classes": 0}, {"form": "unbatched", "rows": 2}, {"form": "nll", "options": "both"},
        {"form": "logsumexp", "reduction": "mean"}, {"options": "law", "ignored": "some"},
        {"kind": "masked", "options": "smoothing"}, {"kind": "huge", "reduction": "sum"},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"no|has|row|law|sum"):
            ClassProblem(**wrong)  # type: ignore[arg-type]


def test_masks_and_instances_are_judged_one_by_one() -> None:
    regime = ClassProblem(3, 2)
    x, high, low, w, q = arrays(regime)
    x[1, 0, 0] = np.inf
    low[2, 1] = 3
    w[3, 0] = 0.3
    assert regime.admits([x, high, low, w, q]).tolist() == [True, False, False, False]


def test_ignored_rows_may_be_masked_anywhere() -> None:
    for kind in ("masked", "masked target"):
        regime = ClassProblem(100, 3, kind, ignored="some")
        assert regime.admits(arrays(regime)).all()


def test_nestings() -> None:
    assert len(MODES) == 12
    corners = [r for r in nested_losses().corners if isinstance(r, NestedLoss)]
    assert {r.modes for r in corners} == set(MODES)
    assert {r.form for r in corners} == set(NESTED_FORMS)
    for regime in corners:
        assert regime.admits(regime.make(np.random.default_rng(0), 4, bfloat16)).all()
    with pytest.raises(ValueError, match="no derivatives"):
        NestedLoss(1)
    assert len(problems_and_nestings().corners) == len(corners) + len(class_problems().corners)
