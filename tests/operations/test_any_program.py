"""Gradients of programs in torch: every way, unused inputs, control flow, primitives of another make."""

from __future__ import annotations

import pytest
import torch

from claims.autodiff.programs import WAYS
from claims.frame.operations.chapters.any_program import program_gradient

every_way = pytest.mark.parametrize("way", WAYS)


@every_way
def test_fan_out_is_added_up_and_unused_inputs_are_zero(way: str) -> None:
    found = program_gradient(torch.tensor([5.0, 3.0]), program=(("mul", 1, 1), ("mul", 2, 1)), way=way)
    assert found.tolist() == [0.0, 27.0]


@every_way
def test_the_empty_program_returns_the_last_input(way: str) -> None:
    assert program_gradient(torch.tensor([5.0, 3.0]), program=(), way=way).tolist() == [0.0, 1.0]


@every_way
def test_the_course_depends_on_the_numbers(way: str) -> None:
    branch = (("times", 0, 3.0), ("neg", 0), ("branch", 0, 1, 2), ("halved", 3))
    slopes = [program_gradient(torch.tensor([x]), program=branch, way=way).item() for x in (0.5, 0.25, -1.0)]
    assert slopes == [0.75, -1.0, -0.5]


@every_way
def test_tensors_without_numbers_take_the_first_course(way: str) -> None:
    x = torch.empty(2, device="meta")
    assert program_gradient(x, program=(("sin", 0), ("branch", 1, 2, 0), ("halved", 3)), way=way).is_meta


def test_primitives_are_replaced() -> None:
    x = torch.tensor([2.0])
    found = program_gradient(x, program=(("sin", 0),), way="grad", replaced={"sin": lambda a: a * a})
    assert found.tolist() == [4.0]


def test_forward_differences_are_near_the_gradient() -> None:
    x = torch.tensor([0.5, 1.5], dtype=torch.float64)
    program = (("mul", 0, 1), ("exp", 2))
    near, exact = (program_gradient(x, program=program, way=way) for way in ("forward differences", "grad"))
    assert 0 < (near - exact).abs().max() < 1e-6
