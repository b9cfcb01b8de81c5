"""Samples of several variables reach the corners that their names promise; small joint laws are all there."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.observations import (
    NORMAL,
    RELATIONS,
    JointLaws,
    Observations,
    every_joint_law,
    hard_observations,
    joint_laws,
    observations,
    pairs,
    related_pairs,
)
from reference.formats import FORMATS, Format


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_every_corner_is_admitted_and_fits_the_format(rng: np.random.Generator, fmt: Format) -> None:
    for regimes in (observations(), hard_observations(), pairs(), related_pairs(), every_joint_law()):
        for corner in regimes.corners:
            arrays = corner.make(rng, corner.batch(4, 1 << 14), fmt)
            assert np.all(corner.admits(arrays))
            assert all(np.array_equal(fmt.round(a), a, equal_nan=True) for a in arrays)


def test_relations_are_what_they_say(rng: np.random.Generator, fmt: Format) -> None:
    X, *_ = Observations(3, 9, NORMAL, "affine").make(rng, 16, fmt)
    assert np.abs(np.corrcoef(X[0])).min() > 0.999
    X, *_ = Observations(3, 9, NORMAL, "constant").make(rng, 16, fmt)
    assert np.all(X[:, -1] == X[:, -1, :1])
    X, *_ = Observations(3, 9, NORMAL, "nan").make(rng, 16, fmt)
    assert np.all(np.isnan(X).sum((-2, -1)) == 1)
    assert np.all(np.isnan(X[:, -1]).any(-1))
    X, *_ = Observations(2, 64, NORMAL, edge="squares").make(rng, 4, fmt)
    assert np.all(((X / np.sqrt(fmt.largest)) ** 2).sum(-1).max(-1) > 1)
    X, *_ = Observations(2, 9, NORMAL, offset="near").make(rng, 16, fmt)
    assert np.all(np.abs(X.mean(-1)) > 4 * X.std(-1))


def test_weights_repeat_some_observations_and_leave_others_out(rng: np.random.Generator, fmt: Format) -> None:
    _, repeats, weights = Observations(2, 17, NORMAL).make(rng, 16, fmt)
    assert set(np.unique(repeats)) >= {0, 1, 2, 3, 4}
    assert np.all(repeats[:, :2] >= 1)
    assert np.all((weights >= 1) & (weights <= 2))
    sample = Observations(2, 3).make(rng, 1, fmt)
    sample[1][0] = [0.5, 1.0, 1.0]
    assert not Observations(2, 3).admits(sample)[0]


def test_no_such_observations() -> None:
    for broken in ({"relation": "x"}, {"offset": "x"}, {"edge": "x"}, {"d": 0}, {"n": 0}):
        with pytest.raises(ValueError, match=r"no observations|a sample has"):
            Observations(**broken)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no part"):
        JointLaws(1, 1)


def test_every_joint_law_comes_once() -> None:
    parts = every_joint_law()
    assert parts.exhaustive
    seen: set[tuple[float, ...]] = set()
    for part in parts.corners:
        (X,) = part.arrays(np.random.default_rng(0), part.batch(1, 1), FORMATS["float16"])
        seen |= {tuple(sorted(zip(*x.tolist(), strict=True))) for x in X}
    assert len(seen) == sum(len(joint_laws(n)) for n in range(1, 5)) == 714
    assert set(RELATIONS) > {"affine", "nan"}
