"""How a batch of instances is passed to an operation: at once or one by one, laid out, along another axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from claims.frame.operations.operation import Operation
from claims.frame.plan import AXES, LAYOUTS, Axis, CallPlan, Calls, Layout

BATCHED, SINGLE = CallPlan("batched"), CallPlan("single")


class Listener:
    """Calls the function and remembers the arguments."""

    def __init__(self) -> None:
        self.calls: list[tuple[Sequence[Any], Mapping[str, Any]]] = []

    def __call__(self, function: Callable[..., object], args: Sequence[Any], kwargs: Mapping[str, Any]) -> object:
        self.calls.append((args, kwargs))
        return function(*args, **kwargs)

    @property
    def shapes(self) -> list[Any]:
        return [[tuple(a.shape) if isinstance(a, Tensor) else a for a in args] for args, _ in self.calls]


def apply(operation: Operation, *args: Any, plan: CallPlan = BATCHED, **kwargs: Any) -> tuple[Any, Listener]:
    listener = Listener()
    return operation.apply(operation.function, args, kwargs, plan, listener), listener


def random(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(1))


MATMUL = Operation(torch.matmul, "torch.matmul", axes=(2, 2))
TRACE = Operation(torch.trace, "torch.trace", axes=(2,), batches=False)
MULTI_DOT = Operation(torch.linalg.multi_dot, "torch.linalg.multi_dot", axes=(2,), batches=False)
EIGEN = Operation(torch.linalg.eigh, "torch.linalg.eigh", axes=(2,))
NORM = Operation(torch.linalg.vector_norm, "torch.linalg.vector_norm", axes=(1,), dim="reduced")
SOFTMAX = Operation(torch.softmax, "torch.softmax", axes=(1,), dim="kept")
EXTREMES = Operation(torch.max, "torch.max", axes=(1,), dim="reduced")
SIMILARITY = Operation(torch.cosine_similarity, "torch.cosine_similarity", axes=(1, 1), dim="reduced")
NEGATE = Operation(torch.neg, "torch.neg")


def test_a_batched_call_is_one_call() -> None:
    a, b = random(5, 2, 3), random(5, 3, 4)
    result, listener = apply(MATMUL, a, b)
    assert torch.equal(result, a @ b)
    assert listener.shapes == [[(5, 2, 3), (5, 3, 4)]]


def test_single_calls_see_one_instance_each() -> None:
    a, b = random(5, 2, 3), random(5, 3, 4)
    result, listener = apply(MATMUL, a, b, plan=SINGLE)
    assert torch.allclose(result, a @ b)
    assert listener.shapes == [[(2, 3), (3, 4)]] * 5


def test_torch_without_batches_is_called_one_by_one_under_either_plan() -> None:
    a = random(5, 3, 3)
    for plan in (BATCHED, SINGLE):
        result, listener = apply(TRACE, a, plan=plan)
        assert result.tolist() == [m.trace() for m in a]
        assert listener.shapes == [[(3, 3)]] * 5


def test_one_instance_alone_is_passed_as_it_is() -> None:
    for plan in (BATCHED, SINGLE):
        result, listener = apply(TRACE, torch.eye(3), plan=plan)
        assert result.item() == 3
        assert listener.shapes == [[(3, 3)]]


def test_lists_of_tensors_are_taken_apart() -> None:
    factors = [random(5, 2, 3), random(5, 3, 4), random(5, 4, 2)]
    result, listener = apply(MULTI_DOT, factors)
    assert torch.allclose(result, factors[0] @ factors[1] @ factors[2])
    assert [[tuple(t.shape) for t in args[0]] for args, _ in listener.calls] == [[(2, 3), (3, 4), (4, 2)]] * 5


@pytest.mark.parametrize("plan", [BATCHED, SINGLE])
def test_several_results_come_back_as_a_tuple(plan: CallPlan) -> None:
    a = random(4, 3, 3)
    eigenvalues, eigenvectors = apply(EIGEN, a + a.mT, plan=plan)[0]
    assert eigenvalues.shape == (4, 3)
    assert eigenvectors.shape == (4, 3, 3)


@pytest.mark.parametrize("plan", [BATCHED, SINGLE])
def test_what_carries_no_batch_is_shared_by_all_instances(plan: CallPlan) -> None:
    a, shared = random(5, 2, 3), random(3, 4)
    assert torch.allclose(apply(MATMUL, a, shared, plan=plan)[0], a @ shared)
    assert torch.allclose(apply(MATMUL, shared.mT, a.mT, plan=plan)[0], shared.mT @ a.mT)


def test_arguments_beyond_the_named_axes_are_passed_on() -> None:
    result, listener = apply(NORM, random(3, 4), 1.0, plan=SINGLE, dim=-1)
    assert result.shape == (3,)
    assert listener.shapes == [[(4,), 1.0]] * 3
    assert all(kwargs == {"dim": -1} for _, kwargs in listener.calls)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("calls", ["batched", "single"])
def test_every_argument_is_laid_out(calls: Calls, layout: Layout) -> None:
    a, b = random(5, 2, 3), random(5, 3, 4)
    result, listener = apply(MATMUL, a, b, plan=CallPlan(calls, layout))
    assert torch.allclose(result, a @ b)
    for args, _ in listener.calls:
        for seen in args:
            assert seen.is_contiguous() == (layout not in {"transposed", "strided"})


def test_an_operation_without_axes_is_called_once_and_laid_out() -> None:
    x = random(3, 4)
    result, listener = apply(NEGATE, x, plan=CallPlan("single", "strided"))
    assert torch.equal(result, -x)
    assert [args[0].stride() for args, _ in listener.calls] == [(8, 2)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("batch", [1, 2, 6, 7])
@pytest.mark.parametrize("rows", [(), (3,)], ids=str)
def test_reductions_run_along_every_axis(layout: Layout, axis: Axis, batch: int, rows: tuple[int, ...]) -> None:
    x = random(batch, *rows, 4)
    plan = CallPlan("batched", layout, axis)
    result, listener = apply(NORM, x, plan=plan, dim=-1)
    assert torch.allclose(result, torch.linalg.vector_norm(x, dim=-1))
    assert [kwargs["dim"] for _, kwargs in listener.calls] == [{"last": -1, "first": 0, "middle": 1}[axis]]
    kept = apply(NORM, x, plan=plan, dim=-1, keepdim=True)[0]
    assert torch.allclose(kept, torch.linalg.vector_norm(x, dim=-1, keepdim=True))
    assert torch.allclose(apply(SOFTMAX, x, plan=plan, dim=-1)[0], torch.softmax(x, -1))
    largest, position = apply(EXTREMES, x, plan=plan, dim=-1)[0]
    assert torch.equal(largest, x.amax(-1))
    assert torch.equal(position, x.argmax(-1))


@pytest.mark.parametrize("axis", AXES)
def test_a_shared_argument_is_moved_with_the_batch(axis: Axis) -> None:
    x, shared = random(6, 4), random(4)
    expected = torch.cosine_similarity(x, shared, dim=-1)
    for args, wanted in (((x, shared), expected), ((shared, x), expected)):
        result = apply(SIMILARITY, *args, plan=CallPlan(axis=axis), dim=-1)[0]
        assert torch.allclose(result, wanted)


@pytest.mark.parametrize("dim", [{}, {"dim": 0}, {"dim": (0, 1)}])
def test_only_the_last_dim_is_moved(dim: dict[str, Any]) -> None:
    x = random(6, 4)
    result = apply(NORM, x, plan=CallPlan(axis="first"), **dim)[0]
    assert torch.allclose(result, torch.linalg.vector_norm(x, **dim))
