"""Every rule and mode is a corner, and decay times a parameter is exact."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from claims.frame.inputs.decayed_steps import FUSED, DecayedSteps, coupled_steps, decoupled_steps, modes
from reference.formats import FORMATS, float32
from reference.regularization.decayed_steps import COUPLED, DECOUPLED, MATRICES


@settings(max_examples=60, deadline=None, database=None)
@given(coupled_steps().draw)
def test_drawn_decays_times_parameters_are_exact(regime: DecayedSteps) -> None:
    for fmt in FORMATS.values():
        w, gradients = regime.make(np.random.default_rng(1), 4, fmt)
        assert w.shape == (4, regime.rows, regime.cols)
        assert gradients.shape == (4, regime.steps, regime.rows, regime.cols)
        product = regime.decay * w
        assert np.array_equal(fmt.round(product), product) or np.abs(w[w != 0]).min() < 4 * fmt.lam


@pytest.mark.parametrize(("regimes", "rules"), [(coupled_steps(), COUPLED), (decoupled_steps(), DECOUPLED)])
def test_corners_reach_every_rule_and_mode(regimes: object, rules: tuple[str, ...]) -> None:
    corners = [c for c in regimes.corners if isinstance(c, DecayedSteps)]  # type: ignore[attr-defined]
    assert {(c.rule, c.mode) for c in corners} == {(rule, mode) for rule in rules for mode in modes(rule)}
    assert {c.rule for c in corners if c.steps > 1} == set(rules)
    assert {0.0, 0.25, 0.5, 1.0, 2.0} == {c.decay for c in corners}
    assert max(c.cols for c in corners) > 64 < max(c.rows for c in corners)


def test_every_rule_of_torch_with_weight_decay_is_there() -> None:
    known = {r.replace("decoupled ", "").split()[0] for r in (*COUPLED, *DECOUPLED)}
    for name in dir(torch.optim):
        rule = getattr(torch.optim, name)
        if isinstance(rule, type) and "weight_decay" in getattr(rule.__init__, "__annotations__", {}):
            assert name.lower() in known


def test_options_name_the_mode() -> None:
    for rule, mode in (("adam", "fused"), ("adam", "loop"), ("asgd", "foreach"), ("muon", "loop")):
        regime = DecayedSteps(rule, mode)
        made = regime.present([torch.zeros(1)] * 2, 0)
        assert made.options.get("foreach") == (None if rule == "muon" else mode == "foreach")
        assert made.options.get("fused") == (mode == "fused" if rule in FUSED else None)


def test_shrinking_keeps_halves() -> None:
    regime = DecayedSteps()
    w, gradients = regime.make(np.random.default_rng(2), 2, float32)
    assert regime.admits([w, gradients])
    assert not regime.admits([w + 0.1, gradients])


@pytest.mark.parametrize("arguments", [("lion",), ("muon", "foreach"), ("asgd", "fused"), ("sgd", "loop", 2, 2, 0)])
def test_steps_that_cannot_be_are_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="no "):
        DecayedSteps(*arguments)  # type: ignore[arg-type]
    for rule in MATRICES:
        with pytest.raises(ValueError, match="matrix"):
            DecayedSteps(rule, rows=0)
    for numbers in ((0.3, 0.125), (0.5, 0.1)):
        with pytest.raises(ValueError, match="no decay"):
            DecayedSteps("sgd", "loop", 2, 2, 1, *numbers)
