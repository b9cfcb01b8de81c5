"""Gradients of programs against known ones, in extended precision, and against emulated reverse sweeps."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp

from reference.autodiff import any_program as reference
from reference.autodiff.modes import model
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
KNOWN = {
    "exp": mp.exp,
    "sin": mp.sin,
    "cos": mp.cos,
    "tanh": mp.tanh,
    "sigmoid": lambda t: 1 / (1 + mp.exp(-t)),
    "sqrt": mp.sqrt,
    "log1p": lambda t: mp.log(1 + t),
    "neg": lambda t: -t,
}
PAIRS = {
    "add": lambda s, t: s + t,
    "sub": lambda s, t: s - t,
    "mul": lambda s, t: s * t,
    "div": lambda s, t: s / t,
    "pow": lambda s, t: s**t,
}


@pytest.mark.parametrize("name", KNOWN)
def test_primitives_of_one_number(name: str) -> None:
    x = np.array([[0.5], [1.25], [1.75]])
    truth = reference.gradient([(name, 0)], x, FORMATS["float64"], 4).truth
    with mp.workdps(40):
        for i in range(3):
            assert abs(mp.diff(KNOWN[name], mp.mpf(x[i, 0])) - truth.value[i, 0]) <= truth.bound[i, 0]


@pytest.mark.parametrize("name", PAIRS)
def test_primitives_of_two_numbers(name: str) -> None:
    x = np.array([[1.5, 0.75], [1.25, -1.5]])
    truth = reference.gradient([(name, 0, 1)], x, FORMATS["float64"], 4).truth
    with mp.workdps(40):
        for i, j in np.ndindex(2, 2):
            exact = mp.diff(PAIRS[name], tuple(map(mp.mpf, x[i])), (1 - j, j))
            assert abs(exact - truth.value[i, j]) <= truth.bound[i, j]
    assert (truth.bound < 1e-14).all()


@pytest.mark.parametrize(
    ("name", "constant", "slope"), [("plus", 2.0, 1.0), ("times", -0.75, -0.75), ("power", 1.5, 1.5)]
)
def test_primitives_with_a_constant(name: str, constant: float, slope: float) -> None:
    assert reference.operands((name, 0, constant)) == (0,)
    found = reference.gradient([(name, 0, constant)], np.ones((1, 1)), FORMATS["float32"], 4)
    assert found.truth.value.tolist() == [[slope]]


def test_unused_inputs_have_exactly_no_gradient() -> None:
    truth = reference.gradient([("sin", 1)], np.ones((1, 3)), FORMATS["float16"], 4).truth
    assert (truth.value != 0).tolist() == (truth.bound != 0).tolist() == [[False, True, False]]


def test_the_empty_program_returns_the_last_input() -> None:
    assert reference.gradient([], np.ones((1, 2)), FORMATS["float32"], 4).truth.value.tolist() == [[0.0, 1.0]]


def test_branches_near_their_threshold_are_not_determined() -> None:
    program = [("times", 0, 0.5), ("neg", 0), ("branch", 1, 0, 2)]
    x = np.array([[0.5], [0.5 + 2.0**-9], [1.0], [-1.0]])
    found = reference.gradient(program, x, FORMATS["bfloat16"], 4)
    assert found.determined.tolist() == [False, False, True, True]
    assert found.truth.value[2:].tolist() == [[1.0], [-1.0]]


def test_halving_stops_below_its_limit() -> None:
    assert reference.halvings(np.array([0.0, 0.5, 0.51, 1.0, 1.01, 2.0])).tolist() == [0, 0, 1, 1, 2, 2]
    program = [("times", 0, 1.0), ("plus", 1, 0.0), ("halved", 2)]
    found = reference.gradient(program, np.array([[0.25], [-0.75], [1.5], [0.5]]), FORMATS["float32"], 4)
    assert found.truth.value.tolist() == [[1.0], [0.5], [0.25], [1.0]]
    assert found.determined.tolist() == [True, True, True, False]


@EVERY
def test_emulated_sweeps_stay_within_the_bound(fmt: Format) -> None:
    """x y + x sin(x): the adjoint of x has three contributions, added up in any order."""
    if fmt.name == "float64":
        return
    r, x = fmt.round, fmt.round(np.random.default_rng(0).uniform(-2, 2, (300, 2)))
    program = [("mul", 0, 1), ("sin", 0), ("mul", 0, 3), ("add", 2, 4)]
    truth = reference.gradient(program, x, fmt, 4).truth
    a, b = x.T
    s, c = r(np.sin(a)), r(np.cos(a))
    for found in (r(r(b + s) + r(a * c)), r(b + r(s + r(a * c)))):
        margin = np.abs(found - truth.value[:, 0]) / truth.bound[:, 0]
        assert 0.05 < margin.max() <= 1


@EVERY
def test_more_uses_cost_more_roundings(fmt: Format) -> None:
    x = np.ones((1, 1))
    few, many = [("mul", 0, 0)], [("mul", 0, 0), ("neg", 0), ("neg", 0), ("neg", 0)]
    each = [reference.gradient([*p, ("plus", 1, 1.0)], x, fmt, 4).truth.bound.item() for p in (few, many)]
    assert each[1] - each[0] == pytest.approx(3 * model(fmt, 4)["u"] * 2, rel=0.1)
