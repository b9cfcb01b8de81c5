"""Normal matrices commute with their transposes, others mostly do not, and nearly equal eigenvalues are that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.frame.inputs.general import General
from claims.frame.inputs.svd_and_eigen import (
    NORMAL,
    NearlyEqual,
    Normal,
    general_matrices,
    normal_matrices,
    symmetric_or_nearly_equal,
)
from reference.formats import FORMATS, float32, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
@pytest.mark.parametrize("regimes", [normal_matrices, symmetric_or_nearly_equal, general_matrices])
def test_corners_are_finite_and_admitted(rng: np.random.Generator, regimes, fmt) -> None:  # noqa: ANN001
    for corner in regimes().corners:
        (a,) = corner.make(rng, 3, fmt)
        assert a.shape == (3, corner.n, corner.n)
        assert np.isfinite(a).all()
        assert np.all(corner.admits([a]))


@pytest.mark.parametrize("kind", NORMAL)
def test_normal_matrices_have_moduli_for_singular_values(rng: np.random.Generator, kind: str) -> None:
    a = Normal(5, kind).make(rng, 4, float32)[0]
    moduli = -np.sort(-np.abs(np.linalg.eigvals(a)), -1)
    assert moduli == pytest.approx(np.linalg.svd(a, compute_uv=False), abs=1e-13)


def test_other_matrices_are_no_normal_ones(rng: np.random.Generator) -> None:
    a = np.stack([rng.standard_normal((3, 3)), np.eye(3, k=1), np.eye(3)])
    assert np.asarray(Normal(3).admits([a])).tolist() == [False, False, True]
    with pytest.raises(ValueError, match="no kind of normal"):
        Normal(3, "triangular")
    plain = general_matrices().corners[0].make(rng, 3, float64)[0]
    assert not Normal(2).admits([plain]).any()


def test_everything_is_a_corner() -> None:
    corners = normal_matrices().corners
    assert {c.kind for c in corners} == {*NORMAL}
    assert {c.scale for c in corners} == {"one", "tiny", "huge", "subnormal"}
    assert {c.scale for c in general_matrices().corners if isinstance(c, General)} == {
        "one",
        "tiny",
        "huge",
        "subnormal",
    }


@pytest.mark.parametrize("fmt", [float32, float64])
def test_nearly_equal_eigenvalues(rng: np.random.Generator, fmt) -> None:  # noqa: ANN001
    (a,) = NearlyEqual(8).make(rng, 5, fmt)
    w = np.linalg.eigvalsh(a)
    assert np.abs(w - 1).max() < 1000 * fmt.u
    assert np.ptp(w, -1).min() > 100 * fmt.u
    skew = a + np.eye(8, k=1)
    assert not np.any(NearlyEqual(8).admits([skew]))


@settings(max_examples=100, database=None)
@given(st.data())
def test_every_draw_is_finite_in_every_format(data: st.DataObject) -> None:
    for regimes in (normal_matrices(), symmetric_or_nearly_equal(), general_matrices()):
        regime = data.draw(regimes.draw)
        for fmt in FORMATS.values():
            assert np.isfinite(regime.make(np.random.default_rng(0), 2, fmt)[0]).all()
