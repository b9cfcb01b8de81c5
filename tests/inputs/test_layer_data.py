"""Weights and data of linear layers keep what their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.layer_data import KINDS, Data, ExactData, exact_data, layer_data, only_kind, products
from reference.formats import FORMATS, Format


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_corners_have_their_shapes_and_are_admitted(rng: np.random.Generator, fmt: Format) -> None:
    for corner in (*layer_data().corners, *products().corners, *exact_data().corners, *only_kind("normal").corners):
        assert isinstance(corner, (Data, ExactData))
        arrays = corner.make(rng, 3, fmt)
        w, x, b = arrays
        assert (w.shape, x.shape, b.shape) == (
            (3, corner.n, corner.m),
            (3, corner.m, corner.e),
            (3, corner.n),
        )
        assert np.all(corner.admits(arrays))
        assert all(np.isfinite(a).all() for a in arrays)


def test_every_kind_is_a_corner_and_dimensions_mostly_differ() -> None:
    corners = layer_data().corners
    assert {c.kind for c in corners if isinstance(c, Data)} == set(KINDS)
    differ = [isinstance(c, Data) and len({c.n, c.m, c.e}) == 3 for c in corners]
    assert sum(differ) > len(corners) / 2


@pytest.mark.parametrize("e", [2, 7, 8])
@pytest.mark.parametrize("kind", ["centred", "centred integers"])
def test_centred_samples_have_mean_zero(rng: np.random.Generator, fmt: Format, e: int, kind: str) -> None:
    corner = Data(2, 3, e, kind)
    arrays = corner.make(rng, 20, fmt)
    assert np.abs(arrays[1].sum(-1)).max() <= 1e-12
    arrays[1][0, 0, 0] += 1
    assert corner.admits(arrays).tolist() == [False] + [True] * 19


def test_exact_data_has_no_sum_beyond_the_precision(rng: np.random.Generator, fmt: Format) -> None:
    for corner in exact_data().corners:
        w, x, _ = corner.make(rng, 50, fmt)
        size = np.abs(w) @ np.abs(x)
        assert (size @ size.swapaxes(-1, -2)).max() <= 2.0**fmt.precision
        assert (x.sum(-1) == 0).all()
        assert np.any(w != 0)


def test_what_makes_no_sense_is_refused() -> None:
    for fields in ({"n": -1}, {"kind": "odd"}, {"scale": "vast"}):
        with pytest.raises(ValueError, match=r"no data|no numbers"):
            Data(**fields)  # type: ignore[arg-type]
    for samples in (0, 3, 512):
        with pytest.raises(ValueError, match="power of two"):
            ExactData(e=samples)
