"""Arguments of functions of one number: all of 16 bits, samples by rank, critical points."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.every_number import SHORT
from claims.frame.inputs.univariate import ROWS, Numbers, arguments, everything, of_rank, points, rank, sample
from reference.formats import FORMATS, bfloat16, float16, float32, float64
from reference.networks.univariate_functions import FUNCTIONS

WIDE = pytest.mark.parametrize("fmt", [float32, float64], ids=lambda f: f.name)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("fmt", [float16, bfloat16], ids=lambda f: f.name)
def test_everything_is_every_number_but_nan(fmt: object) -> None:
    name = fmt.name  # type: ignore[attr-defined]
    patterns = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(getattr(torch, name)).double().numpy()
    np.testing.assert_array_equal(np.sort(everything(FORMATS[name])), np.sort(patterns[~np.isnan(patterns)]))
    assert not everything(FORMATS[name]).flags.writeable


@pytest.mark.parametrize("name", sorted(SHORT))
@pytest.mark.parametrize("function", ["gelu", "i1", "exp"])
def test_the_pieces_of_a_function_have_every_number_once(name: str, function: str) -> None:
    parts = range(len(FUNCTIONS[function].cuts) + 1)
    made = np.concatenate([Numbers(function, part).make(RNG, ROWS, FORMATS[name])[0] for part in parts], None)
    taken = made[~np.isnan(made)]
    np.testing.assert_array_equal(np.sort(taken), np.sort(everything(FORMATS[name])))
    assert np.isnan(made).any()


@WIDE
def test_neighbours_are_one_rank_apart(fmt: object) -> None:
    dtype = np.dtype(fmt.name).type  # type: ignore[attr-defined]
    form = FORMATS[fmt.name]  # type: ignore[attr-defined]
    x = np.array([0.0, 1.0, -1.5, form.lam, form.eta, 3 * form.lam, -form.largest])
    up = np.nextafter(x.astype(dtype), dtype(np.inf)).astype(np.float64)
    np.testing.assert_array_equal(rank(up, form), rank(x, form) + 1)
    np.testing.assert_array_equal(of_rank(rank(x, form) + 1, form), up)
    assert of_rank(rank(np.array([form.largest]), form) + 1, form).tolist() == [np.inf]
    assert of_rank(rank(np.array([np.inf, -np.inf]), form), form).tolist() == [np.inf, -np.inf]


@WIDE
def test_a_sample_has_every_exponent_of_both_signs(fmt: object) -> None:
    form = FORMATS[fmt.name]  # type: ignore[attr-defined]
    count = 8 * (form.emax - form.emin + 2)
    x = sample(FUNCTIONS["exp"], -np.inf, np.inf, count, RNG, form)
    np.testing.assert_array_equal(form.round(x), x)
    for sign in (-1, 1):
        taken = sign * x[np.isfinite(x) & (sign * x >= form.lam)]
        assert set(np.frexp(taken)[1]) == set(range(form.emin + 1, form.emax + 2))
        assert ((sign * x > 0) & (sign * x < form.lam)).any()
    assert {np.inf, -np.inf} <= set(x)
    assert np.signbit(x[x == 0]).tolist() == [False, True]
    assert np.mean((np.abs(x) > 2.0**-12) & (np.abs(x) < 2.0**12)) > 0.4


def test_critical_points_and_their_neighbours_are_there() -> None:
    x = set(points(FUNCTIONS["softplus"], float32).tolist())
    twenty = np.float32(20)
    assert {20.0, float(np.nextafter(twenty, np.float32(0))), float(np.nextafter(twenty, np.float32(99)))} <= x
    assert {0.0, -1.0, 2.0**-149, float32.largest} <= x
    assert any(88.5 < v < 89 for v in x)  # the logarithm of the largest number


def test_rows_are_as_many_as_a_batch_has_and_stay_in_their_piece() -> None:
    regime = Numbers("gelu", 1)
    assert regime.batch(8, 1) == ROWS
    (x,) = regime.make(RNG, ROWS, float32)
    assert len(x) == ROWS
    assert regime.admits([x]).all()
    assert not regime.admits([np.where(np.isnan(x), 0.0, x)]).all()
    assert (regime.low, regime.high) == FUNCTIONS["gelu"].piece(1)
    assert list(regime.simpler()) == []
    assert regime.present([torch.ones(2)], 0).name == "gelu"


@pytest.mark.parametrize(("name", "part"), [("exp", 1), ("exp", -1), ("no function", 0)])
def test_there_is_no_other_piece(name: str, part: int) -> None:
    with pytest.raises(ValueError, match="no piece"):
        Numbers(name, part)


def test_the_corners_exhaust_the_short_formats() -> None:
    regimes, special = arguments(), arguments(wide=True)
    assert (regimes.exhaustive_in, special.exhaustive_in) == (SHORT, frozenset())
    names = [{c.name for c in r.corners} for r in (regimes, special)]
    assert names == [{n for n, f in FUNCTIONS.items() if f.wide == wide} for wide in (False, True)]
    assert all(names)
