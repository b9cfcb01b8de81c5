"""Linear layers that learn have small whole numbers and every choice that their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.learners import PASSES, RETURNING, RULES, Learner, Learning, learners
from reference.autodiff import learning as reference
from reference.formats import FORMATS


@pytest.mark.parametrize("name", list(FORMATS))
def test_corners_are_small_whole_numbers(name: str) -> None:
    fmt = FORMATS[name]
    for corner in learners().corners:
        raw = corner.arrays(np.random.default_rng(0), 3, fmt)
        made = corner.make(np.random.default_rng(0), 3, fmt)
        assert all(np.array_equal(a, b) for a, b in zip(raw, made, strict=True))
        assert np.all(corner.admits(made))
        assert isinstance(corner.present(made, 0), Learning)


def test_gradients_have_eight_bits() -> None:
    for corner in learners().corners:
        w, b, f, x, t, g, _ = corner.make(np.random.default_rng(0), 16, FORMATS["bfloat16"])
        for exact in reference.gradient(w, b, f, x, t):
            assert np.abs(exact).max() <= 80  # 5 examples, f at most 2, f y - t at most 2 * 3 + 2
        assert 3 * 80 + np.abs(g).max() <= 256


def test_corners_have_every_choice() -> None:
    corners = [c for c in learners().corners if isinstance(c, Learner)]
    assert {c.way for c in corners} == set(PASSES)
    assert {c.returning for c in corners} == set(RETURNING)
    assert {(c.rule, c.foreach) for c in corners} >= {(rule, foreach) for rule in RULES for foreach in (False, True)}


def test_what_makes_no_sense_is_refused() -> None:
    made = Learner().make(np.random.default_rng(0), 2, FORMATS["float32"])
    for i in range(len(made)):
        assert not Learner().admits([a + 0.5 if i == j else a for j, a in enumerate(made)]).any()
    for make in (
        lambda: Learner(0),
        lambda: Learner(examples=1, norm=True),
        lambda: Learner(times=4),
        lambda: Learner(way="other"),
        lambda: Learner(returning="other"),
        lambda: Learner(rule="other"),
    ):
        with pytest.raises(ValueError, match=r"no such layer|no pass"):
            make()
