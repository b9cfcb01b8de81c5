"""Call plans: what a memory layout promises, and that axes are moved away and back."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from claims.frame.plan import (
    AXES,
    LAYOUTS,
    Axis,
    Layout,
    dim_of,
    instances,
    map_tensors,
    move_axis,
    place,
    plans,
    restore_axis,
    restore_batch,
    stack,
)

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64, torch.bool]
SHAPES = [(), (1,), (5,), (0,), (2, 3), (3, 1), (0, 3), (3, 0), (4, 2, 3), (2, 0, 3)]


def numbered(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Distinct numbers."""
    return torch.arange(torch.Size(shape).numel()).reshape(shape).to(dtype)


def storage(t: Tensor) -> Tensor:
    """All numbers of the memory that `t` lies in."""
    length = t.untyped_storage().nbytes() // t.element_size()
    return t.as_strided((length,), (1,), 0)


def test_the_plainest_plan_comes_first_and_none_comes_twice() -> None:
    for with_axis in (False, True):
        every = plans(with_axis=with_axis)
        assert every[0] == ("batched", "contiguous", "last")
        assert len(set(every)) == len(every)


def test_axes_are_tried_in_batches_only_and_only_where_they_matter() -> None:
    assert {p.axis for p in plans(with_axis=False)} == {"last"}
    tried = {(p.calls, p.layout, p.axis) for p in plans(with_axis=True)}
    assert tried == {*itertools.product(["batched"], LAYOUTS, AXES), *itertools.product(["single"], LAYOUTS, ["last"])}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_layout_has_the_same_numbers(layout: Layout, shape: tuple[int, ...], dtype: torch.dtype) -> None:
    t = numbered(*shape, dtype=dtype)
    placed = place(layout, t)
    assert placed.shape == t.shape
    assert placed.dtype == t.dtype
    assert torch.equal(placed, t)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_keeps_nan_infinities_and_the_sign_of_zero(layout: Layout) -> None:
    for numbers in ([0.0, -0.0], [-0.0, 0.0], [float("nan")] * 2, [float("inf"), float("-inf")], [-0.0, -0.0]):
        placed = place(layout, torch.tensor([numbers]))
        assert placed.view(torch.int32).tolist() == torch.tensor([numbers]).view(torch.int32).tolist()


@pytest.mark.parametrize(
    ("layout", "strides", "offset"),
    [
        ("contiguous", (6, 3, 1), 0),
        ("transposed", (6, 1, 2), 0),
        ("strided", (12, 6, 2), 0),
        ("offset", (6, 3, 1), 1),
    ],
)
def test_a_layout_has_its_strides_and_offset(layout: Layout, strides: tuple[int, ...], offset: int) -> None:
    placed = place(layout, numbered(2, 2, 3))
    assert placed.stride() == strides
    assert placed.storage_offset() == offset


@pytest.mark.parametrize("layout", ["strided", "offset"])
def test_gaps_hold_nan(layout: Layout) -> None:
    placed = place(layout, numbered(2, 3))
    whole = storage(placed)
    assert int(whole.isnan().sum()) == len(whole) - placed.numel() > 0


def test_contiguous_undoes_other_layouts() -> None:
    t = numbered(3, 4)
    for layout in LAYOUTS:
        assert place("contiguous", place(layout, t)).is_contiguous()


@pytest.mark.parametrize(
    ("t", "strides"),
    [
        (torch.ones(3, 4), (0, 0)),
        (numbered(3, 1).expand(3, 4).contiguous(), (4, 0)),  # the numbers repeat along the last axis
        (numbered(4).repeat(3, 1), (0, 1)),
        (numbered(3, 4), (4, 1)),
    ],
)
def test_expanded_has_stride_zero_where_the_numbers_repeat(t: Tensor, strides: tuple[int, ...]) -> None:
    assert place("expanded", t).stride() == strides


def test_conjugates_that_torch_has_not_yet_computed_are_compared_by_their_numbers() -> None:
    z = torch.tensor([[1 + 2j, 3 - 1j]] * 2)
    assert place("expanded", z.conj()).stride()[0] == 0
    assert place("expanded", torch.stack((z[0], z[0].conj()))).stride()[0] == 2


@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients_pass_through_every_layout_entry_by_entry(layout: Layout) -> None:
    for x in (numbered(2, 3), torch.ones(2, 3)):
        leaf = x.requires_grad_()
        (gradient,) = torch.autograd.grad(place(layout, leaf), leaf, numbered(2, 3))
        assert torch.equal(gradient, numbered(2, 3))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_exist_without_numbers(layout: Layout) -> None:
    placed = place(layout, torch.empty(2, 3, device="meta"))
    assert placed.device.type == "meta"
    assert placed.shape == (2, 3)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("shape", [(4, 3), (1, 3), (7, 3), (11, 3), (4, 0), (4, 2, 3)], ids=str)
def test_a_moved_axis_comes_back(axis: Axis, shape: tuple[int, ...]) -> None:
    t = numbered(*shape)
    moved = move_axis(axis, t)
    assert moved.shape[dim_of(axis)] == shape[-1]
    assert torch.equal(restore_axis(axis, moved), t)
    assert torch.equal(restore_axis(axis, moved.sum(dim_of(axis), keepdim=True)), t.sum(-1, keepdim=True))
    assert torch.equal(restore_batch(axis, moved.sum(dim_of(axis))), t.sum(-1))


def test_the_middle_axis_has_batch_axes_on_both_sides() -> None:
    assert move_axis("middle", numbered(6, 5)).shape == (2, 5, 3)
    assert move_axis("middle", numbered(9, 5)).shape == (3, 5, 3)
    assert move_axis("middle", numbered(11, 5)).shape == (1, 5, 11)


def test_map_tensors_reaches_into_lists_and_leaves_the_rest() -> None:
    mapped = map_tensors(lambda t: t + 1, [numbered(1), [numbered(1)], 3, "text", None])
    assert [mapped[0].item(), mapped[1][0].item(), *mapped[2:]] == [1.0, 1.0, 3, "text", None]


def test_instances_are_taken_from_what_carries_a_batch() -> None:
    batch = numbered(4, 3)
    assert all(torch.equal(row, batch[i]) for i, row in enumerate(instances(batch, 1, 4)))
    assert all(t is batch for t in instances(batch, 2, 4))
    assert instances(5, 0, 2) == [5, 5]
    assert instances([], 0, 2) == [[], []]
    first, shared = instances([batch, numbered(3)], 1, 4)[1]
    assert torch.equal(first, batch[1])
    assert torch.equal(shared, numbered(3))


def test_an_instance_of_what_needs_a_gradient_may_be_written_in_place() -> None:
    batch = numbered(4, 3).requires_grad_()
    row = instances(batch * 1, 1, 4)[1]
    row.mul_(2.0).sum().backward()
    assert batch.grad is not None
    assert batch.grad.sum() == 6


def test_single_results_are_stacked_component_by_component() -> None:
    pair = stack([(torch.tensor(1.0), numbered(2)), (torch.tensor(2.0), numbered(2))])
    assert isinstance(pair, tuple)
    assert [tuple(t.shape) for t in pair] == [(2,), (2, 2)]
    assert torch.equal(stack([numbered(3), numbered(3)]), numbered(3).expand(2, 3))
