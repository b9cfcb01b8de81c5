"""Points for the functions of the table, the ways to their derivatives, and what torch does not have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from claims.frame.inputs import ways
from claims.frame.inputs.differentiated import ALL, Differentiated, differentiated, point, real, with_matrix
from claims.frame.inputs.functions import FUNCTIONS, WIDE_FUNCTIONS, Function, called, function_of
from claims.frame.operations import OPERATIONS
from claims.frame.plan import CallPlan
from claims.frame.subject import Subject
from reference.formats import bfloat16, float16, float64


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_points_keep_away_from_kinks() -> None:
    x = real(rng(), (50, 20))
    assert np.abs(x * 2 - np.round(x * 2)).min() >= 0.25
    assert np.abs(x).max() < 2.9
    apart = np.sort(point(rng(), (50, 6), "apart"), -1)
    differences = np.abs(apart[:, :, None] - apart[:, None, :])[:, *np.triu_indices(6, 1)]
    assert differences.min() >= 0.25
    assert not ((differences > 0.45) & (differences < 0.6)).any()


def test_points_of_the_other_domains() -> None:
    assert (point(rng(), (9, 4), "positive") >= 0.5).all()
    assert ((point(rng(), (9, 4), "with a zero") == 0).sum(-1) == 1).all()
    assert ((point(rng(), (9, 5), "with two zeros") == 0).sum(-1) == 2).all()
    assert (np.abs(point(rng(), (9, 5), "far apart")) >= 100).all()
    inner, far = point(rng(), (99, 4), "inner"), point(rng(), (99, 9), "far")
    assert 0.1 <= np.abs(inner).min() <= np.abs(inner).max() <= 0.9
    assert 6 < np.abs(far).max() < 8
    assert np.abs(2 * far - np.round(2 * far)).min() >= 0.25
    assert (point(rng(), (9, 4), "beyond 1") > 1.1).all()
    square = with_matrix(rng(), (40, 12), 3)[:, :9].reshape(-1, 3, 3)
    assert np.abs(np.linalg.det(square)).min() > 1
    assert with_matrix(rng(), (2, 9), 2).shape == (2, 9)
    with pytest.raises(KeyError):
        point(rng(), (1, 1), "nowhere")


def test_a_regime_is_one_function_one_order_and_some_ways() -> None:
    regime = Differentiated("multiply", 2, ("rr",), whole=True)
    arrays = regime.make(rng(), regime.batch(256, 1 << 14), float16)
    assert [a.shape for a in arrays] == [(1, 4)] * 4 + [(1, 12)]
    assert all((a == np.round(a)).all() for a in arrays)
    presented = regime.present([torch.from_numpy(a) for a in arrays], 0)
    assert (len(presented.directions), presented.row, presented.whole) == (2, ALL["multiply"], True)
    assert Differentiated("multiply", 1, ("vmap of jvp",)).batch(256, 1 << 14) == 2
    for fields in ({"function": "nothing"}, {"ways": ()}, {"function": "exp", "whole": True}):
        with pytest.raises(ValueError, match="no derivatives"):
            Differentiated(**{"ways": ("vjp",), **fields})


def test_every_way_is_there_unless_torch_lacks_it() -> None:
    for order in (1, 2):
        for name in ALL:
            there = [way for group in ways.groups(name, order) for way in group if way != "linearize"]
            lacking = ways.UNAVAILABLE.get(name, {}).get(order, ())
            assert sorted([*there, *lacking]) == sorted({*ways.WAYS[order], *ways.BATCHED[order], *lacking})
    assert list(ways.groups("sin", 3)) == []
    assert next(ways.groups("exp", 3)) == ways.THIRD
    assert ("linearize",) in ways.groups("softmax", 1)


def test_corners_name_every_function_of_their_table() -> None:
    corners = differentiated(WIDE_FUNCTIONS, [1, 2]).corners
    assert {c.function for c in corners} == set(WIDE_FUNCTIONS)  # type: ignore[attr-defined]
    assert any(c.whole for c in corners)  # type: ignore[attr-defined]


def test_functions_show_themselves_as_plain_torch() -> None:
    subject = Subject("eager", "float64")
    f = function_of(subject, FUNCTIONS["softmax"])
    assert repr(f) == "(lambda x: torch.softmax(x, dim=-1).reshape(-1))"
    assert torch.equal(f(torch.zeros(4)), torch.full((4,), 0.25))
    mine = subject.overriding("mine", softmax=lambda x, dim: x + dim)
    assert repr(function_of(mine, FUNCTIONS["softmax"])) == "(lambda x: kernels.softmax(x, dim=-1).reshape(-1))"
    assert torch.equal(function_of(mine, FUNCTIONS["softmax"])(torch.ones(2)), torch.zeros(2))


def test_the_function_itself_is_called_as_an_operation_laid_out_and_in_one_piece() -> None:
    seen: list[tuple[int, ...]] = []

    def loss(x: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
        seen.append(x.stride())
        return x[:, 0].mean()

    subject = Subject("eager", "float64", plan=CallPlan("single", "strided", "last")).overriding("mine", nll_loss=loss)
    called(subject, FUNCTIONS["nll loss"])(torch.arange(6.0, dtype=torch.float64))
    assert seen == [(6, 2)]


def unavailable() -> Iterator[tuple[str, int, str]]:
    for name, orders in ways.UNAVAILABLE.items():
        yield from ((name, order, way) for order, each in orders.items() for way in each)


@pytest.mark.parametrize(("name", "order", "way"), list(unavailable()))
def test_torch_lacks_what_the_table_says(name: str, order: int, way: str) -> None:
    """Where it no longer does, the way is to be taken out of the list."""
    regime = Differentiated(name, order, (way,))
    dtype = "float16" if name == "glu" else "float64"
    subject = Subject("eager", dtype)
    x, u, v, w, c = (subject.tensor(a) for a in regime.make(rng(), 2, float64))
    f = function_of(subject, ALL[name])
    operation = OPERATIONS["first_derivatives" if order == 1 else "nested_derivatives"].function
    c = c[:, : f(x[0]).numel()]
    with pytest.raises((RuntimeError, NotImplementedError)):
        operation(x, u if order == 1 else (u, v, w)[:order], c, f=f, ways=(way,))


def test_a_function_is_compared_by_what_it_calls() -> None:
    assert Function("f(x)", torch.sin, "torch.sin") == Function("f(x)", torch.sin, "torch.sin")


@pytest.mark.parametrize("name", ALL)
def test_what_is_drawn_is_admitted_in_every_format_and_zeros_are_not(name: str) -> None:
    regime = Differentiated(name, 1, ("vmap of jvp",))
    for fmt in (float16, bfloat16, float64):
        assert regime.admits(regime.make(rng(), 2, fmt)).all()
    assert not regime.admits([np.zeros((1, ALL[name].n))]).any() or ALL[name].domain == "small"


def test_whole_numbers_are_admitted() -> None:
    regime = Differentiated("multiply", 1, ("vjp",), whole=True)
    assert regime.admits(regime.make(rng(), 1, float64)).tolist() == [True]
    assert regime.admits([np.array([[0.5, 0, 0, 0]])]).tolist() == [False]
