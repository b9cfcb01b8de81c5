"""Matrices have exactly the rank that they promise, systems the right-hand sides, and every named corner is reached."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.regime import Regimes
from claims.frame.inputs.systems import (
    COLUMNS,
    DRIVERS,
    RIGHT_SIDES,
    ExactRank,
    LinearSystem,
    NearThreshold,
    OneSystem,
    diagonals_near_threshold,
    exact_matrices,
    tall_systems,
    wide_systems,
)
from reference import exact
from reference.formats import Format, float32, float64

FORMATS = [float32, float64]
SYSTEMS = [wide_systems(), tall_systems()]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def systems(regimes: Regimes) -> list[LinearSystem]:
    return [c for c in regimes.corners if isinstance(c, LinearSystem)]


def matrices() -> list[ExactRank]:
    return [c for c in exact_matrices().corners if isinstance(c, ExactRank)]


def rank(a: np.ndarray) -> int:
    return exact.rank(exact.rational_matrix(a))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", matrices())
def test_matrices_are_exact_and_of_exactly_the_promised_rank(regime: ExactRank, fmt: Format) -> None:
    (raw,) = regime.arrays(np.random.default_rng(1), 16, fmt)
    (a,) = regime.make(np.random.default_rng(1), 16, fmt)
    assert np.array_equal(raw, a)
    assert a.shape == (16, regime.rows, regime.cols)
    assert all(rank(x) == regime.rank for x in a)
    assert regime.admits([a]).all()


@settings(max_examples=60, deadline=None, database=None)
@given(exact_matrices().draw)
def test_drawn_matrices_are_exact_too(regime: ExactRank) -> None:
    for fmt in FORMATS:
        (raw,) = regime.arrays(np.random.default_rng(1), 4, fmt)
        assert np.array_equal(raw, fmt.round(raw))
        assert all(rank(x) == regime.rank for x in raw)


@pytest.mark.parametrize(("fmt", "least"), [(float32, 2e2), (float64, 1e10)])
def test_ill_conditioned_matrices_are_so(rng: np.random.Generator, fmt: Format, least: float) -> None:
    (a,) = ExactRank(4, 4, condition="ill").make(rng, 32, fmt)
    assert np.median(np.linalg.cond(a)) > least
    (b,) = ExactRank(4, 4).make(rng, 32, fmt)
    assert np.median(np.linalg.cond(b)) < 1e2


def test_patterns_of_columns(rng: np.random.Generator) -> None:
    (zero,) = ExactRank(2, 3, columns="zero-first").make(rng, 8, float32)
    (twin,) = ExactRank(3, 5, columns="twin-first").make(rng, 8, float32)
    assert not zero[..., 0].any()
    assert np.array_equal(twin[..., 0], twin[..., 1])
    assert zero.any()
    assert twin[..., 0].any()


@pytest.mark.parametrize(
    ("scale", "holds"), [("tiny", lambda x: 0 < x * x < float32.lam), ("huge", lambda x: x * x > float32.largest)]
)
def test_squares_underflow_or_overflow(rng: np.random.Generator, scale: str, holds: Callable[[float], bool]) -> None:
    assert holds(float(np.abs(ExactRank(3, 3, scale=scale).make(rng, 4, float32)[0]).max()))


def test_matrices_that_cannot_be_are_refused() -> None:
    for arguments in ((2, 2, 3), (2, 2, 0, "zero-first"), (2, 2, 0, "odd"), (2, 2, 0, "plain", "so-so")):
        with pytest.raises(ValueError, match="no "):
            ExactRank(*arguments)


def test_rank_is_what_shrinking_keeps(rng: np.random.Generator) -> None:
    regime = ExactRank(3, 3, deficiency=1)
    (a,) = regime.make(rng, 3, float32)
    a[1] = 0.0
    assert regime.admits([a]).tolist() == [True, False, True]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("side", ["below", "at", "above", "far-above"])
def test_diagonals_lie_where_they_say(rng: np.random.Generator, fmt: Format, side: str) -> None:
    (d,) = NearThreshold(3, 2, side, "small").make(rng, 8, fmt)
    ratio = np.abs(d[:, 1, 1] / d[:, 0, 0]) / (3 * 2 * fmt.u)
    kept = {"below": ratio < 1, "at": ratio == 1, "above": (ratio > 1) & (ratio < 1.1), "far-above": ratio > 10}
    assert kept[side].all()
    assert NearThreshold(3, 2, side, "small").admits([d]).all()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regimes", SYSTEMS)
def test_right_hand_sides_are_exact_and_as_promised(regimes: Regimes, fmt: Format) -> None:
    for regime in systems(regimes):
        raw = regime.arrays(np.random.default_rng(2), 8, fmt)
        a, y, step = made = regime.make(np.random.default_rng(2), 8, fmt)
        for exactly, stored in zip(raw, made, strict=True):
            assert np.array_equal(exactly, stored)
        columns = regime.matrix.rows if regime.right == "identity" else regime.columns
        assert y.shape == (8, regime.matrix.rows, columns)
        assert step.shape == (8, regime.matrix.cols, columns)
        assert step.any()
        assert regime.admits(made).all()
        joined = np.concatenate((a, y), -1)
        solvable = [rank(x) == regime.matrix.rank for x in joined]
        if regime.right in ("consistent", "zero"):
            assert all(solvable)
        if regime.right == "inconsistent":
            assert not all(solvable)
        if regime.right == "orthogonal":
            assert not (a.swapaxes(-1, -2) @ y).any()
            assert y.any()
        assert regime.right != "zero" or not y.any()
        assert regime.right != "identity" or np.array_equal(y, np.broadcast_to(np.eye(y.shape[1]), y.shape))


def test_steps_are_of_the_size_of_solutions(rng: np.random.Generator) -> None:
    for right in ("consistent", "inconsistent"):
        a, y, step = LinearSystem(ExactRank(4, 2, scale="large"), right).make(rng, 32, float32)
        x = np.linalg.pinv(a) @ y
        assert 1 / 8 < np.abs(step).max() / np.abs(x).max() < 8


@settings(max_examples=60, deadline=None, database=None)
@given(wide_systems().draw, tall_systems().draw)
def test_drawn_systems_have_the_shape_of_their_claim(wide: LinearSystem, tall: LinearSystem) -> None:
    assert wide.matrix.rows <= wide.matrix.cols
    assert tall.matrix.rows >= tall.matrix.cols
    assert wide.right in ("consistent", "zero", "identity")
    assert wide.right != "identity" or wide.matrix.rank == wide.matrix.rows
    for system in (wide, tall):
        assert system.admits(system.make(np.random.default_rng(3), 3, float64)).all()


def test_corners_reach_every_driver_pattern_and_right_hand_side() -> None:
    wide, tall = (systems(r) for r in SYSTEMS)
    for corners in (wide, tall):
        assert {c.driver for c in corners} == set(DRIVERS)
        assert any(c.columns > 1 for c in corners)
        assert any(c.matrix.rows == c.matrix.cols for c in corners)
        assert any(c.matrix.condition == "ill" for c in corners)
        assert any(c.matrix.rank == 0 for c in corners)
    assert {c.matrix.columns for c in wide} == set(COLUMNS)
    assert {c.right for c in tall} == set(RIGHT_SIDES)
    assert {"consistent", "zero", "identity"} == {c.right for c in wide}
    assert any(c.matrix.rows == 1 and c.matrix.cols > 1 for c in wide)
    for name in ("zero-first", "twin-first"):
        assert {c.driver for c in wide if c.matrix.columns == name} == set(DRIVERS)


def test_matrix_corners_reach_empty_thin_deficient_and_scaled_ones() -> None:
    shapes = {(c.rows, c.cols) for c in matrices()}
    assert {(0, 3), (3, 0), (1, 1), (1, 5), (5, 1)} <= shapes
    assert any(c.rank == 0 and c.rows for c in matrices())
    assert {"tiny", "huge"} <= {c.scale for c in matrices()}
    assert any(c.deficiency and c.condition == "ill" for c in matrices())
    sides = {
        (c.side, c.rows > c.cols, c.rows < c.cols)
        for c in diagonals_near_threshold().corners
        if isinstance(c, NearThreshold)
    }
    assert len(sides) == 12


def test_systems_that_cannot_be_are_refused() -> None:
    onto = ExactRank(2, 3)
    for make in (
        lambda: LinearSystem(onto, "inconsistent"),
        lambda: LinearSystem(onto, "orthogonal"),
        lambda: LinearSystem(ExactRank(3, 3, deficiency=1)),
        lambda: LinearSystem(onto, driver="gesv"),
        lambda: LinearSystem(onto, columns=0),
    ):
        with pytest.raises(ValueError, match=r"no |full r"):
            make()


def test_one_system_makes_a_batch_of_one() -> None:
    assert OneSystem(ExactRank(2, 2)).batch(256, 1 << 16) == 1
    assert LinearSystem(ExactRank(2, 2)).batch(256, 1 << 16) > 1
