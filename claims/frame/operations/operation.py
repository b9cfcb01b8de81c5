"""One operation under test, and how a batch of instances is passed to it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

from claims.frame.plan import (
    CallPlan,
    dim_of,
    instances,
    map_tensors,
    move_axis,
    place,
    restore_axis,
    restore_batch,
    stack,
)

Call = Callable[[Callable[..., Any], Sequence[Any], Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Operation:
    """A torch callable with what the call plan must know of it.

    `axes` gives the number of axes of one instance for each leading positional argument (for a list of tensors, of
    each of them); arguments with more axes carry a batch in front. Without `axes` the operation is always called
    once, as it is. `batches` says whether torch takes leading batch axes. `dim` says what becomes of the axis that
    the keyword `dim=-1` names: "reduced" or "kept"; such operations are also called along other axes.
    `spelling` is the plain torch expression of the callable, for reproductions; the name of a function of ours stands
    for its source. `accumulator` is "wide" where half
    types accumulate in float32, "stored" where every product is rounded to the stored type; `product` marks matrix
    products and convolutions, whose operands TF32 rounds. `in_place`: it fills its first argument, which is its result.
    """

    function: Callable[..., Any]
    spelling: str
    axes: tuple[int, ...] = ()
    batches: bool = True
    dim: Literal["", "reduced", "kept"] = ""
    accumulator: Literal["wide", "stored"] = "wide"
    product: bool = False
    in_place: bool = False

    @property
    def definition(self) -> str:
        """The source of our own function, where its name is the spelling; it uses torch, nn, F and Tensor only."""
        return inspect.getsource(self.function) if self.spelling == getattr(self.function, "__name__", "") else ""

    def apply(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], plan: CallPlan, call: Call
    ) -> Any:
        """Calls `function` (torch's own or an override) on `args` as `plan` says; every single call goes by `call`."""
        batch = self._batch(args)
        if not batch or (self.batches and (plan.calls == "batched" or 0 in batch)):
            if self.dim and batch and plan.axis != "last" and kwargs.get("dim") == -1:
                return self._along(plan, batch, function, args, kwargs, call)
            placed = self._placed(plan, args)
            result = call(function, placed, kwargs)
            return placed[0] if self.in_place else result
        placed = self._placed(plan, args)
        rows = zip(*(instances(a, n, batch[0]) for a, n in zip(placed, self.axes, strict=False)), strict=True)
        shared = placed[len(self.axes) :]
        return stack([call(function, [*row, *shared], kwargs) for row in rows])

    def _along(
        self,
        plan: CallPlan,
        batch: Sequence[int],
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        call: Call,
    ) -> Any:
        def moved(t: Tensor, axes: int) -> Tensor:
            return move_axis(plan.axis, t if t.ndim > axes else t.expand(*batch, *t.shape))

        seen = [map_tensors(lambda t, n=n: moved(t, n), a) for a, n in zip(args, self.axes, strict=False)]
        seen += args[len(seen) :]
        result = call(function, self._placed(plan, seen), {**kwargs, "dim": dim_of(plan.axis)})
        restore = restore_axis if self.dim == "kept" or kwargs.get("keepdim") else restore_batch
        return map_tensors(lambda t: restore(plan.axis, t), result)

    def _batch(self, args: Sequence[Any]) -> Sequence[int]:
        """The sizes of the axes in front of an instance, empty for a call on one instance."""
        for argument, axes in zip(args, self.axes, strict=False):
            for t in argument if isinstance(argument, (list, tuple)) else [argument]:
                if isinstance(t, Tensor) and t.ndim > axes:
                    return t.shape[: t.ndim - axes]
        return ()

    @staticmethod
    def _placed(plan: CallPlan, args: Sequence[Any]) -> list[Any]:
        return [map_tensors(lambda t: place(plan.layout, t), a) for a in args]
