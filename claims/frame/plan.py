"""How an operation is called: in a batch or one instance at a time, in which memory layout, along which axis."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

Calls = Literal["batched", "single"]
Layout = Literal["contiguous", "transposed", "strided", "offset", "expanded"]
Axis = Literal["last", "first", "middle"]

LAYOUTS: tuple[Layout, ...] = ("contiguous", "transposed", "strided", "offset", "expanded")
AXES: tuple[Axis, ...] = ("last", "first", "middle")


class CallPlan(NamedTuple):
    """A choice of kernel: batching, memory layout and reduced axis each select other code in torch."""

    calls: Calls = "batched"
    layout: Layout = "contiguous"
    axis: Axis = "last"

    def __str__(self) -> str:
        return f"{self.calls}, {self.layout}, {self.axis} axis"


def plans(*, with_axis: bool) -> tuple[CallPlan, ...]:
    """Every call plan, the plainest first; plans that differ only in the axis are left out unless `with_axis`.

    An instance on its own has no batch axes to put its axis in front of, so single calls reduce the last axis only.
    """
    batched = itertools.product(["batched"], LAYOUTS, AXES if with_axis else AXES[:1])
    single = itertools.product(["single"], LAYOUTS, AXES[:1])
    return tuple(CallPlan(*p) for p in (*batched, *single))  # type: ignore[arg-type]


def place(layout: Layout, t: Tensor) -> Tensor:
    """The values of `t` in another memory layout; gaps between the elements hold NaN.

    `transposed` swaps the strides of the last two axes, `strided` leaves a gap after every element, `offset` starts
    one element into its storage, and `expanded` gives stride 0 to every axis along which the values repeat.
    """
    if layout == "contiguous":
        return t.contiguous()
    if layout == "transposed":
        return t.transpose(-1, -2).contiguous().transpose(-1, -2) if t.ndim > 1 else t
    if layout == "expanded":
        return _Expansion.apply(t) if t.requires_grad else _expanded(t)  # type: ignore[no-untyped-call]
    gap = float("nan") if t.is_floating_point() else 0
    if layout == "strided":
        placed: Tensor = t.new_full((*t.shape, 2), gap)[..., 0].copy_(t) if t.ndim else t
    else:
        placed = t.new_full((t.numel() + 1,), gap)[1:].view(t.shape).copy_(t)
    return placed


def _expanded(t: Tensor) -> Tensor:
    if t.is_meta:
        return t
    for axis in range(t.ndim):
        if t.shape[axis] > 1:
            first, second, rest = t.tensor_split((1, 2), axis)
            if _same(first, second) and _same(first, rest):  # the second one spares most inputs the rest
                t = first.expand(t.shape)
    return t


def _same(t: Tensor, others: Tensor) -> bool:
    if t.is_complex():
        t, others = (torch.view_as_real(x.resolve_conj()) for x in (t, others))
    return torch.equal(t.expand_as(others), others) and bool((t.signbit() == others.signbit()).all())


class _Expansion(torch.autograd.Function):
    """The expanded layout; every entry keeps a gradient of its own, which `expand` would sum into the first."""

    @staticmethod
    def forward(ctx: Any, t: Tensor) -> Tensor:  # noqa: ARG004  torch's signature
        return _expanded(t)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # noqa: ARG004
        return gradient


def move_axis(axis: Axis, t: Tensor) -> Tensor:
    """`t` of shape (batch, ..., n) with the last axis moved first, or between two halves of the batch axis."""
    if axis == "first":
        return t.movedim(-1, 0)
    if axis == "middle":
        halves: Tensor = t.unflatten(0, (_divisor(len(t)), -1))
        return halves.movedim(-1, 1)
    return t


def restore_axis(axis: Axis, t: Tensor) -> Tensor:
    """Undoes `move_axis` on a result that kept the axis."""
    if axis == "first":
        return t.movedim(0, -1)
    if axis == "middle":
        return t.movedim(1, -1).flatten(0, 1)
    return t


def restore_batch(axis: Axis, t: Tensor) -> Tensor:
    """Undoes the splitting of the batch axis by `move_axis` on a result from which the axis was reduced away."""
    return t.flatten(0, 1) if axis == "middle" else t


def dim_of(axis: Axis) -> int:
    """The index of the instance's axis after `move_axis`."""
    return {"last": -1, "first": 0, "middle": 1}[axis]


def _divisor(n: int) -> int:
    return next((d for d in (2, 3, 5, 7) if n % d == 0), 1)


def map_tensors(function: Any, value: Any) -> Any:
    """`function` applied to every tensor in nested lists and tuples; other values unchanged."""
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, (list, tuple)):
        return [map_tensors(function, v) for v in value]
    return value


def instances(value: Any, axes: int, count: int) -> Sequence[Any]:
    """The `count` instances of every tensor that has more axes than one instance; other values repeated."""
    if isinstance(value, Tensor) and value.ndim > axes:
        # as slices, but in one call; views of one call share a gradient function that forbids writing in place
        return value.unbind() if not value.requires_grad else [value[i] for i in range(count)]
    if isinstance(value, (list, tuple)) and value:
        return [list(row) for row in zip(*(instances(v, axes, count) for v in value), strict=True)]
    return [value] * count


def stack(results: list[Any]) -> Any:
    """The results of single calls as one batch, componentwise for operations that return several tensors."""
    if isinstance(results[0], Tensor):
        return torch.stack(results)
    return tuple(stack(list(component)) for component in zip(*results, strict=True))
