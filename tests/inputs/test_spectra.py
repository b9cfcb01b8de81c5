"""The matrices by spectrum have it, those by name deserve their name, and every named corner is reached."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.frame.inputs.spectra import (
    CONDITIONS,
    GALLERY,
    SCALES,
    SPECTRA,
    Gallery,
    MatrixRegime,
    PrescribedSpectrum,
    matrices_by_spectrum,
    only,
    orthonormal,
)
from reference import exact
from reference.formats import FORMATS, Format, float32, float64

Float64 = NDArray[np.float64]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def corners() -> list[MatrixRegime]:
    return [c for c in matrices_by_spectrum().corners if isinstance(c, MatrixRegime)]


def values(regime: MatrixRegime, rng: np.random.Generator, fmt: Format = float64, batch: int = 4) -> Float64:
    return np.linalg.svd(regime.make(rng, batch, fmt)[0], compute_uv=False)


def test_orthonormal_factors(rng: np.random.Generator) -> None:
    q = orthonormal(rng, (3, 7, 4))
    assert np.allclose(q.swapaxes(-1, -2) @ q, np.eye(4), atol=1e-14)


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("condition", CONDITIONS)
def test_spectra_run_from_one_down_to_the_condition(rng: np.random.Generator, spectrum: str, condition: str) -> None:
    regime = PrescribedSpectrum(6, 5, spectrum=spectrum, condition=condition)
    s = values(regime, rng)
    lowest = float64.u ** {"moderate": 0.25, "large": 0.5, "extreme": 1.0}[condition]
    prescribed = regime.singular_values(rng, 1, 5, float64)[0]
    assert np.all(np.diff(prescribed) <= 0)
    assert np.all(prescribed >= lowest * (1 - 1e-12))
    if spectrum != "logrand":
        assert np.allclose(s, prescribed, atol=1e-14)
        assert prescribed[0] == 1
        assert prescribed[-1] == pytest.approx(lowest, rel=1e-9, abs=1e-16)


def test_the_shapes_of_the_spectra(rng: np.random.Generator) -> None:
    s = {
        k: PrescribedSpectrum(5, 5, spectrum=k, condition="large").singular_values(rng, 1, 5, float64)[0]
        for k in SPECTRA
    }
    low = float64.u**0.5
    assert s["cluster0"].tolist() == [1, low, low, low, low]
    assert s["cluster1"].tolist() == [1, 1, 1, 1, low]
    assert np.allclose(s["geo"][1:] / s["geo"][:-1], low**0.25)
    assert np.allclose(np.diff(s["arith"]), (low - 1) / 4)
    assert len(set(s["clustered"].tolist())) == 3
    assert len(set(s["logrand"].tolist())) == 5


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("shape", [(1, 1), (4, 6), (6, 4), (5, 5)])
def test_the_gallery_fills_every_shape(rng: np.random.Generator, name: str, shape: tuple[int, int]) -> None:
    (a,) = Gallery(*shape, name=name).make(rng, 3, float32)
    assert a.shape == (3, *shape)
    assert np.isfinite(a).all()
    assert name == "zero" or a.any()


def test_ranks_of_the_gallery(rng: np.random.Generator) -> None:
    for name, rank in (("ones", 1), ("rank-one", 1), ("half-rank", 2), ("zero", 0), ("hilbert", 4), ("kahan", 4)):
        for a in Gallery(4, 5, name=name).make(rng, 8, float64)[0]:
            assert exact.rank(exact.rational_matrix(a)) == rank


def test_properties_that_names_promise(rng: np.random.Generator) -> None:
    assert np.allclose(values(Gallery(8, 8, name="hadamard"), rng), 8**0.5)
    assert np.allclose(values(Gallery(3, 3, name="identity"), rng), 1)
    s = values(Gallery(6, 6, name="kronecker"), rng)
    assert np.allclose(s[:, 0], s[:, 2])
    assert np.allclose(s[:, 3], s[:, 5])
    assert np.all(values(Gallery(8, 8, name="hilbert"), rng)[:, -1] < 1e-9)
    (a,) = Gallery(12, 12, name="kahan").make(rng, 1, float64)
    assert values(Gallery(12, 12, name="kahan"), rng)[0, -1] < 0.1 * abs(a[0, -1, -1])
    (a,) = Gallery(5, 3, name="nearly-ones").make(rng, 2, float32)
    assert 0 < np.abs(np.abs(a) - 1).max() < 100 * float32.u
    (a,) = Gallery(7, 5, name="graded-rows").make(rng, 64, float64)
    size = np.abs(a).mean((0, 2))
    assert size[-1] / size[0] < 1e3 * float64.u
    (a,) = Gallery(3, 3, name="hadamard").make(rng, 5, float64)
    assert a[0, 0].tolist() == [1, 1, 1]
    assert len({x.tobytes() for x in a}) > 1


@pytest.mark.parametrize("fmt", FORMATS.values())
def test_scales_reach_underflow_overflow_and_subnormal_numbers(rng: np.random.Generator, fmt: Format) -> None:
    def largest(scale: str) -> float:
        return float(np.abs(Gallery(3, 3, scale, name="ones").make(rng, 1, fmt)[0]).max())

    assert 0 < largest("tiny") ** 2 < fmt.lam
    assert largest("huge") > fmt.largest**0.5
    assert fmt.largest > 32 * largest("huge")
    assert 0 < largest("subnormal") < fmt.lam


def test_repeated_matrices_are_equal_and_others_are_not(rng: np.random.Generator) -> None:
    (same,) = Gallery(3, 3, repeated=True).make(rng, 5, float32)
    (different,) = Gallery(3, 3).make(rng, 5, float32)
    assert np.all(same == same[0])
    assert not np.all(different == different[0])


def test_corners_reach_every_shape_and_matrix_of_the_plan() -> None:
    shapes = {(c.rows, c.cols) for c in corners()}
    assert {(0, 0), (0, 3), (3, 0), (1, 1), (1, 5), (5, 1), (64, 64), (200, 50), (1030, 4), (4, 1030)} <= shapes
    names = {c.name for c in corners() if isinstance(c, Gallery)}
    assert names >= set(GALLERY) - {"integers", "diagonal"}
    assert {c.scale for c in corners()} == set(SCALES)
    assert any(c.repeated for c in corners())
    extreme = {
        (c.rows, c.cols, c.spectrum)
        for c in corners()
        if isinstance(c, PrescribedSpectrum) and c.condition == "extreme"
    }
    assert (3, 3, "geo") in extreme
    assert {"cluster0", "cluster1", "geo"} <= {spectrum for *_, spectrum in extreme}


@pytest.mark.parametrize("fmt", [float32, float64])
def test_every_corner_is_finite_and_its_norm_too(rng: np.random.Generator, fmt: Format) -> None:
    for corner in corners():
        (a,) = corner.make(rng, 2, fmt)
        assert np.isfinite(a).all()
        assert np.abs(a).max(initial=0.0) * (corner.rows * corner.cols) ** 0.5 < fmt.largest


def test_nonsense_is_refused() -> None:
    for make in (
        lambda: Gallery(name="magic"),
        lambda: Gallery(scale="enormous"),
        lambda: PrescribedSpectrum(spectrum="flat"),
        lambda: PrescribedSpectrum(condition="hopeless"),
    ):
        with pytest.raises(ValueError, match="no "):
            make()


def test_only_has_just_the_regimes_given() -> None:
    regimes = only(Gallery(2, 3), Gallery(3, 2))
    assert regimes.corners == (Gallery(2, 3), Gallery(3, 2))
