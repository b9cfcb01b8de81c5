"""Numbers at which rounding turns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.every_number import PARTS, SHORT, EveryNumber
from claims.frame.inputs.roundings import KINDS, Roundings, edges, roundings
from reference.formats import FORMATS, Format, bfloat16, float16, float32, float64

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


def test_edges_turn_the_rounding() -> None:
    for target in (float16, bfloat16, float32):
        at = set(edges(target).tolist())
        assert {65520.0, 65519.0} & at or target is not float16
        overflow = target.largest + float(target.ulp(target.largest)) / 2
        assert {overflow, target.largest, target.eta / 2, 1.5 * target.eta, target.lam - target.eta / 2} <= at
        assert target.round(overflow) == np.inf
        assert target.round(np.nextafter(overflow, 0)) == target.largest
        assert target.round(target.eta / 2) == 0 < target.round(np.nextafter(target.eta / 2, 1))
    assert np.isfinite(edges(float64)).all()
    assert (edges(float64) > 0).all()


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_of_the_format_and_of_their_kind(fmt: Format, kind: str) -> None:
    (x,) = Roundings(300, "float16", kind).make(np.random.default_rng(0), 4, fmt)
    assert x.shape == (4, 300)
    np.testing.assert_array_equal(fmt.round(x), x)
    assert np.isfinite(x).all() == (kind != "special")
    if kind == "edges" and fmt.precision >= 24:
        for number in (65520.0, 65504.0, 2.0**-25, 65520 + fmt.ulp(65520.0), 65520 - fmt.ulp(65519.0)):
            assert np.isin(number, np.abs(x))
    if kind == "exponents":
        with np.errstate(over="ignore"):
            e = np.exp(x)
        assert np.isinf(fmt.round(e)).any()
        assert (fmt.round(e) == 0).any()


def test_doubled_numbers_are_rounded_twice_by_way_of_float32() -> None:
    (x,) = Roundings(300, "float16", "doubled").make(np.random.default_rng(0), 4, float64)
    assert (float16.round(x) != float16.round(float32.round(x))).any()


def test_no_such_regime() -> None:
    for fields in ({"n": 0}, {"target": "float8"}, {"kind": "odd"}):
        with pytest.raises(ValueError, match="no "):
            Roundings(**fields)  # type: ignore[arg-type]


def test_corners_hold_every_number_of_the_short_formats_and_all_kinds() -> None:
    regimes = roundings()
    assert regimes.exhaustive_in == SHORT
    assert [c.part for c in regimes.corners if isinstance(c, EveryNumber)] == list(range(PARTS))
    assert {c.kind for c in regimes.corners if isinstance(c, Roundings)} == set(KINDS)
    assert regimes.corners[0] == Roundings()
    assert isinstance(find(regimes.draw, lambda r: isinstance(r, Roundings) and r.kind == "wide"), Roundings)
