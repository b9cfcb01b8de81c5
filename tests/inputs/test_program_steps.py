"""Random programs: steps stay bounded, operands exist, and programs shrink."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.program_steps import MOST, STEPS, Steps, programs
from reference.autodiff import any_program as reference
from reference.autodiff.any_program import operands
from reference.formats import FORMATS


@pytest.mark.parametrize("name", STEPS)
def test_steps_keep_numbers_below_two_and_derivatives_too(name: str) -> None:
    at = np.linspace(-2, 2, 41)
    x = np.stack(np.meshgrid(at, at), -1).reshape(-1, 2)
    program = Steps(2, ((name, 0, 1),)).program()
    found = reference.gradient(program, x, FORMATS["float64"], 4).truth
    assert (np.abs(found.value).sum(-1) <= 2 + 1e-9).all()
    assert (np.abs(reference.run(program, x, FORMATS["float64"], 4).result.value) <= 2 + 1e-9).all()


def test_operands_are_computed_before_they_are_used() -> None:
    for corner in programs().corners:
        assert isinstance(corner, Steps)
        for k, instruction in enumerate(corner.program()):
            assert all(0 <= i < corner.inputs + k for i in operands(instruction))
    assert {name for c in programs().corners if isinstance(c, Steps) for name, *_ in c.steps} == set(STEPS)


def test_operands_further_back_wrap_around() -> None:
    assert Steps(2, (("difference", 0, 3),)).program()[0] == ("sub", 1, 0)
    assert Steps(1, (("sin", 0, 0), ("product", 0, 1))).program() == (("sin", 0), ("mul", 1, 0), ("times", 2, 0.5))
    assert Steps(3).program() == ()


def test_points_are_in_the_domain() -> None:
    for fmt in FORMATS.values():
        arrays = Steps(3).make(np.random.default_rng(0), 50, fmt)
        assert arrays[0].shape == (50, 3)
        assert Steps(3).admits(arrays).all()
    assert not Steps(3).admits([arrays[0] * 0 + 3]).any()


def test_programs_shrink_by_steps_first() -> None:
    program = Steps(2, (("sin", 0, 0), ("product", 1, 2)))
    shorter = list(program.simpler())
    assert shorter[:2] == [Steps(2, (("product", 1, 2),)), Steps(2, (("sin", 0, 0),))]
    assert Steps(1, program.steps) in shorter
    assert program not in shorter


def test_programs_that_are_none() -> None:
    with pytest.raises(ValueError, match="no program"):
        Steps(0)
    with pytest.raises(ValueError, match="no program"):
        Steps(1, (("odd", 0, 0),))
    with pytest.raises(ValueError, match="no program"):
        Steps(1, (("sin", 0, 0),) * (MOST + 1))


def test_some_points_are_at_the_ends_and_at_zero() -> None:
    (x,) = Steps(2).make(np.random.default_rng(0), 400, FORMATS["float32"])
    for value in (-2, 0, 2):
        assert 0.05 < (x == value).mean() < 0.12
