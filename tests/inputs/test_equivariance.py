"""Convolutions to be shifted, and matrices that commute with shifts or do not."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.equivariance import MATRICES, Shifted, SquareMap, shifted, square_maps
from reference.convolution.equivariance import is_circulant
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("kind", MATRICES)
def test_matrices_are_of_their_kind(fmt: Format, kind: str) -> None:
    a, x = SquareMap(5, kind).make(np.random.default_rng(0), 40, fmt)
    assert (a == np.rint(a)).all()
    assert np.abs(a).sum(-1).max() * np.abs(x).max() <= 256
    circulant = is_circulant(a)
    if kind in {"circulant", "symmetric circulant", "scalar", "zero"}:
        assert circulant.all()
    elif kind == "one entry wrong":
        assert not circulant.any()
    else:
        assert circulant.mean() < 0.5


def test_results_are_places_over_strides() -> None:
    for c in shifted().corners:
        assert isinstance(c, Shifted)
        assert c.results == tuple(n // s for n, s in zip(c.extent, c.geometry.stride, strict=True))


def test_corners() -> None:
    made = [c for c in shifted().corners if isinstance(c, Shifted)]
    assert {c.mode for c in made} == {"circular", "zeros"}
    assert {len(c.kernel) for c in made} == {1, 2, 3}
    assert {max(c.geometry.stride) > 1 for c in made if c.mode == "circular"} == {False, True}
    shifts = [(s, n) for c in made for shift in c.shifts for s, n in zip(shift, c.extent, strict=True)]
    assert any(s < -n for s, n in shifts)
    assert any(s > n for s, n in shifts)
    assert any(s == 0 for s, _ in shifts)
    assert {c.kind for c in square_maps().corners if isinstance(c, SquareMap)} == set(MATRICES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "reflect"},
        {"padding": (0,)},
        {"shifts": ((1, 1),)},
        {"stride": (3,), "padding": (1,), "kernel": (3,), "extent": (4,)},
    ],
)
def test_convolutions_with_other_results_than_places_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no convolution to shift|are not|more padding"):
        Shifted(**wrong)  # type: ignore[arg-type]


def test_matrices_that_do_not_exist() -> None:
    for wrong in ({"n": 0}, {"kind": "odd"}):
        with pytest.raises(ValueError, match="no matrix"):
            SquareMap(**wrong)  # type: ignore[arg-type]
