"""Penalties have exact roots and the size of their name, and every named corner is reached."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.pseudoinverse_limit import PENALTIES, ManyPenalties, Penalty, penalties
from claims.frame.inputs.systems import DRIVERS, ExactRank
from reference import exact
from reference.formats import Format, float32, float64

FORMATS = [float32, float64]


def corners() -> list[Penalty]:
    return [c for c in penalties().corners if isinstance(c, Penalty)]


def check_penalties(regime: Penalty, fmt: Format) -> None:
    raw = regime.arrays(np.random.default_rng(1), 8, fmt)
    a, alpha = made = regime.make(np.random.default_rng(1), 8, fmt)
    for exactly, stored in zip(raw, made, strict=True):
        assert np.array_equal(exactly, stored)
    assert (a.shape, alpha.shape) == ((8, regime.matrix.rows, regime.matrix.cols), (8,))
    root = np.sqrt(alpha)
    assert np.array_equal(fmt.round(root), root)
    assert np.array_equal(root**2, alpha)
    assert regime.admits(made).all()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", corners())
def test_penalties_of_corners_have_exact_roots(regime: Penalty, fmt: Format) -> None:
    check_penalties(regime, fmt)


@settings(max_examples=60, deadline=None, database=None)
@given(penalties().draw)
def test_penalties_of_drawn_regimes_have_exact_roots(regime: Penalty) -> None:
    for fmt in FORMATS:
        check_penalties(regime, fmt)


@pytest.mark.parametrize("fmt", FORMATS)
def test_penalties_have_the_size_of_their_name(fmt: Format) -> None:
    for penalty, largest in (("large", 64.0), ("one", 1.0), ("small", 2.0**-6)):
        _, alpha = Penalty(ExactRank(2, 2), penalty).make(np.random.default_rng(2), 64, fmt)
        assert set(alpha) == {largest, largest / 4, largest / 16}
    for penalty, order in (("root", fmt.u**0.5), ("vanishing", fmt.u)):
        _, alpha = Penalty(ExactRank(2, 2), penalty).make(np.random.default_rng(2), 64, fmt)
        assert np.all((order / 64 < alpha) & (alpha < 16 * order))


def test_penalties_have_the_scale_of_the_squared_matrix() -> None:
    for scale in ("small", "large"):
        a, alpha = Penalty(ExactRank(3, 2, scale=scale)).make(np.random.default_rng(3), 8, float32)
        squared = np.linalg.norm(a, axis=(-2, -1)) ** 2
        assert np.all((squared / 1e4 < alpha) & (alpha <= squared))


@pytest.mark.parametrize("fmt", FORMATS)
def test_gram_matrices_are_exact_or_rounded(fmt: Format) -> None:
    for rounded in (False, True):
        a, _ = Penalty(ExactRank(3, 2), rounded=rounded).make(np.random.default_rng(5), 16, fmt)
        for matrix in a:
            q = exact.rational_matrix(matrix)
            gram = q.transpose() * q
            assert (exact.rational_matrix(fmt.round(exact.nearest_array(gram))) == gram) is not rounded


def test_shrinking_keeps_rank_and_exact_roots() -> None:
    regime = Penalty(ExactRank(2, 2))
    a, alpha = regime.make(np.random.default_rng(4), 4, float32)
    a[0] = 0
    alpha[1], alpha[2] = 0.5, -1.0
    assert regime.admits([a, alpha]).tolist() == [False, False, False, True]


def test_corners_reach_every_penalty_driver_and_rank() -> None:
    found = corners()
    assert {c.penalty for c in found} == set(PENALTIES)
    assert {c.driver for c in found} == set(DRIVERS)
    for penalty in PENALTIES:
        matrices = [c.matrix for c in found if c.penalty == penalty]
        assert any(m.deficiency for m in matrices)
        assert any(m.rows > m.cols for m in matrices)
        assert any(m.rows < m.cols for m in matrices)
    assert {(0, 3), (3, 0), (1, 1), (33, 3), (3, 33)} <= {(c.matrix.rows, c.matrix.cols) for c in found}
    assert any(c.matrix.rank == 0 and c.matrix.rows and c.matrix.cols for c in found)
    assert {c.penalty for c in found if c.rounded} >= {"one", "root", "vanishing"}
    assert any(c.matrix.condition == "ill" for c in found)
    assert {c.matrix.scale for c in found} == {"one", "small", "large"}
    assert any(isinstance(c, ManyPenalties) and c.batch(256, 1 << 16) > 32 for c in found)


def test_penalties_that_cannot_be_are_refused() -> None:
    for arguments in (("none",), ("one", "gesv")):
        with pytest.raises(ValueError, match="no penalty"):
            Penalty(ExactRank(2, 2), *arguments)
    with pytest.raises(ValueError, match="no more digits"):
        Penalty(ExactRank(2, 2, condition="ill"), rounded=True)
