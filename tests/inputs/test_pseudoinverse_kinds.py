"""Isometries are exact, diagonals have their zeros, and families have their rank and round when multiplied."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.numbers import SCALES
from claims.frame.inputs.pseudoinverse_kinds import (
    BLOCKS,
    ENTRIES,
    ZEROS,
    DiagonalMatrix,
    Isometry,
    ManyIsometries,
    SingularFamily,
    diagonal_matrices,
    isometries,
    singular_families,
)
from claims.frame.inputs.systems import RATIOS, NearThreshold
from reference import exact
from reference.formats import Format, float32, float64

FORMATS = [float32, float64]


def check_isometries(regime: Isometry, fmt: Format) -> None:
    (raw,) = regime.arrays(np.random.default_rng(1), 8, fmt)
    (q,) = made = regime.make(np.random.default_rng(1), 8, fmt)
    assert np.array_equal(raw, q)
    assert q.shape == (8, regime.order, regime.order - regime.dropped)
    assert regime.admits(made).all()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", [c for c in isometries().corners if isinstance(c, Isometry)])
def test_isometries_of_corners_are_exact(regime: Isometry, fmt: Format) -> None:
    check_isometries(regime, fmt)


@settings(max_examples=60, deadline=None, database=None)
@given(isometries().draw)
def test_drawn_isometries_are_exact(regime: Isometry) -> None:
    for fmt in FORMATS:
        check_isometries(regime, fmt)


def test_isometries_of_a_batch_differ_in_order_and_sign() -> None:
    for block in ("permutation", "rotation"):
        (q,) = Isometry(block, copies=2).make(np.random.default_rng(2), 64, float32)
        assert len({x.tobytes() for x in q}) > 4
        assert len({x.tobytes() for x in q != 0}) > 1


def test_shrinking_keeps_columns_orthogonal_and_of_one_length() -> None:
    regime = Isometry("rotation", copies=1)
    (q,) = regime.make(np.random.default_rng(3), 4, float32)
    q[0, 0, 0] += 1
    q[1, :, 0] *= 2
    q[2] = 0
    assert regime.admits([q]).tolist() == [False, False, False, True]


def test_corners_reach_every_block_and_more_than_32_of_a_batch() -> None:
    corners = [c for c in isometries().corners if isinstance(c, Isometry)]
    assert {c.block for c in corners} == set(BLOCKS)
    assert any(c.dropped for c in corners)
    assert any(c.order > 32 for c in corners)
    assert any(isinstance(c, ManyIsometries) and c.batch(256, 1 << 16) > 32 for c in corners)


def check_diagonals(regime: DiagonalMatrix, fmt: Format) -> None:
    (d,) = made = regime.make(np.random.default_rng(4), 64, fmt)
    assert d.shape == (64, regime.rows, regime.cols)
    assert regime.admits(made).all()
    k = min(regime.rows, regime.cols)
    zeros = (d[:, range(k), range(k)] == 0).sum()
    assert zeros == {"none": 0, "all": 64 * k}.get(regime.zeros, zeros)
    if regime.zeros == "some" and k > 1:
        assert 0 < zeros < 64 * k
    if regime.entries != "numbers" and regime.scale != "subnormal":
        assert set(np.frexp(np.abs(d[d != 0]))[0]) <= {0.5}


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", [c for c in diagonal_matrices().corners if isinstance(c, DiagonalMatrix)])
def test_corners_are_diagonal_with_the_zeros_of_their_name(regime: DiagonalMatrix, fmt: Format) -> None:
    check_diagonals(regime, fmt)


@settings(max_examples=60, deadline=None, database=None)
@given(diagonal_matrices().draw)
def test_drawn_matrices_are_diagonal(regime: DiagonalMatrix) -> None:
    for fmt in FORMATS:
        check_diagonals(regime, fmt)


def test_corners_reach_every_kind_of_diagonal() -> None:
    corners = [c for c in diagonal_matrices().corners if isinstance(c, DiagonalMatrix)]
    assert {c.entries for c in corners} == set(ENTRIES)
    assert {c.zeros for c in corners} == set(ZEROS)
    assert {c.scale for c in corners} == set(SCALES)
    assert {(0, 0), (0, 3), (3, 0), (1, 1)} <= {(c.rows, c.cols) for c in corners}
    assert {c.side for c in diagonal_matrices().corners if isinstance(c, NearThreshold)} == set(RATIOS)


def test_an_entry_off_the_diagonal_is_not_admitted() -> None:
    regime = DiagonalMatrix(2, 3)
    (d,) = regime.make(np.random.default_rng(5), 2, float32)
    d[0, 0, 2] = 1
    assert regime.admits([d]).tolist() == [False, True]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", [c for c in singular_families().corners if isinstance(c, SingularFamily)])
def test_families_are_exact_and_their_gram_matrices_are_not(regime: SingularFamily, fmt: Format) -> None:
    (raw,) = regime.arrays(np.random.default_rng(6), 1, fmt)
    (a,) = regime.make(np.random.default_rng(6), 1, fmt)
    assert np.array_equal(raw, a)
    assert a.shape == (1, regime.MEMBERS, regime.rows, regime.cols)
    for matrix in a[0]:
        q = exact.rational_matrix(matrix)
        assert exact.rank(q) == regime.rank
        gram = q.transpose() * q
        assert exact.rational_matrix(fmt.round(exact.nearest_array(gram))) != gram


def test_what_cannot_be_is_refused() -> None:
    for wrong in (lambda: Isometry("helix"), lambda: Isometry(scale="vast")):
        with pytest.raises(ValueError, match="no blocks"):
            wrong()
    for copies, dropped in ((0, 0), (1, 1), (2, -1)):
        with pytest.raises(ValueError, match="columns without"):
            Isometry(copies=copies, dropped=dropped)
    for arguments in (("none",), ("powers", "few"), ("powers", "some", "vast")):
        with pytest.raises(ValueError, match="no diagonal"):
            DiagonalMatrix(2, 2, *arguments)
    for sizes in ((2, 2, 2), (3, 3, 0)):
        with pytest.raises(ValueError, match="no singular"):
            SingularFamily(*sizes)
