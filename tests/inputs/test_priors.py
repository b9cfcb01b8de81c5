"""Weights and scales of priors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.priors import SPREADS, Priors, priors
from reference.formats import FORMATS, Format
from reference.regularization.priors import PRIORS

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("prior", PRIORS)
def test_weights_are_within_six_scales_and_in_range(fmt: Format, spread: str, prior: str) -> None:
    if prior == "normal" and spread in ("tiny", "huge"):
        with pytest.raises(ValueError, match="squares"):
            Priors(3, prior, spread)
        return
    regime = Priors(33, prior, spread)
    arrays = regime.make(np.random.default_rng(0), 64, fmt)
    assert regime.admits(arrays).all()
    w, g, losses, s = arrays
    assert ((w == 0).any(), (w < 0).any(), (w > 5 * s[:, None]).any() or fmt.emax < 16) == (True, True, True)
    assert np.abs(w).max() < fmt.largest
    assert np.abs(g).max() + (7 if prior == "normal" else 1) / s.min() < fmt.largest
    assert losses.min() >= 0
    assert losses.max() <= 4
    assert np.ptp(losses) > 3.8
    with np.errstate(over="ignore", under="ignore"):
        inside = (s**2 > fmt.lam) & (s**2 < fmt.largest)
    assert inside.all() == (spread not in ("tiny", "huge"))


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ({"n": -1}, {"prior": "cauchy"}, {"spread": "odd"}):
        with pytest.raises(ValueError, match="no "):
            Priors(**wrong)  # type: ignore[arg-type]
    w, one = np.ones((1, 1)), np.ones(1)
    assert Priors(1).admits([w, w, w, one]).all()
    for arrays in ([w, w, w, 0 * one], [9 * w, w, w, one], [w, 2 * w, w, one], [w, w, -w, one], [w / 200, w, w, one]):
        assert not Priors(1).admits(arrays).any()


def test_both_priors_and_all_spreads_are_drawn() -> None:
    for spread in SPREADS:
        assert find(priors().draw, lambda r, spread=spread: r.spread == spread and r.prior == "laplace")
    assert find(priors().draw, lambda r: r.prior == "normal" and r.spread == "wide")
