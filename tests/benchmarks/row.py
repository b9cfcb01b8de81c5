"""What is timed: operations that share their inputs and their reference."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch

from claims.frame.operations import OPERATIONS
from claims.frame.subject import Recorded, Subject
from claims.frame.support import probe
from reference.formats import FORMATS, Format

Size = tuple[int, ...]


class Inputs(NamedTuple):
    """The arguments of an operation, and those of its reference (`given`) where they are not the same.

    Arrays of float64 are rounded to the format and become tensors of the subject's dtype, other arrays tensors of their
    own type, and functions are called with the subject; everything else is passed on.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = {}
    given: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Row:
    """Spellings of one operation: the same inputs and the same reference serve them all.

    `operations` are names of the table of operations with spaces between them. A size is a tuple of integers, which
    `axes` names; the smallest comes first. `reference(*arguments, arithmetic)` is the function of `reference` that the
    claims use; `compares` says what it computes, where that is not the value and its error bound.
    """

    operations: str
    sizes: tuple[Size, ...]
    axes: str
    inputs: Callable[[np.random.Generator, Size], Inputs]
    reference: Callable[..., Any] = field(repr=False)
    compares: str = "value and error bound"

    def made(self, size: Size, fmt: Format) -> Inputs:
        """The inputs of a size, with all their numbers in the format; the same random numbers for every format."""
        args, kwargs, given = self.inputs(np.random.default_rng(size), size)
        return Inputs(_rounded(args, fmt), kwargs, None if given is None else _rounded(given, fmt))

    def torch_call(self, operation: str, subject: Subject, size: Size) -> Callable[[], Any]:
        """The operation on these inputs; on a CUDA device it is waited for, before and after."""
        args, kwargs, _ = self.made(size, subject.format)
        args = [_of(subject, a) for a in args]
        kwargs = {name: _of(subject, v) for name, v in kwargs.items()}
        call = functools.partial(getattr(subject, operation), *args, **kwargs)
        return functools.partial(awaited, call) if torch.device(subject.device).type == "cuda" else call

    def reference_call(self, operation: str, subject: Subject, size: Size) -> Callable[[], Any]:
        """The reference on the same numbers."""
        made, arithmetic = self.made(size, subject.format), subject.arithmetic(operation)
        given = made.args if made.given is None else made.given

        def call() -> Any:  # noqa: ANN401  whatever the reference returns
            with np.errstate(all="ignore"):  # as the runner has it
                return self.reference(*given, arithmetic)

        return call

    def dtypes(self, operation: str, device: str) -> list[str]:
        """The dtypes that torch supports for the operation on a device, by the probe that the claims go by."""
        tape: list[Recorded] = []
        subject = Subject("eager", "float32", tape=tape)
        self.torch_call(operation, subject, self.sizes[0])()
        return [dtype for dtype in FORMATS if probe(tape[0], device, dtype) is None]


def table(*chapters: tuple[Row, ...]) -> dict[str, Row]:
    """The row of every operation. Raises ValueError for an operation in two rows, or one that does not exist."""
    rows: dict[str, Row] = {}
    for row in (row for chapter in chapters for row in chapter):
        for operation in row.operations.split():
            if operation in rows or operation not in OPERATIONS:
                raise ValueError(f"{operation} " + ("has two rows" if operation in rows else "is no operation"))
            rows[operation] = row
    return rows


def awaited(call: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the operation returns
    """A call from an idle CUDA device to its result, since a call returns when its kernels are queued."""
    torch.cuda.synchronize()
    result = call()
    torch.cuda.synchronize()
    return result


def seeded(subject: Subject) -> torch.Generator:
    """A generator on the subject's device, for operations that draw."""
    return torch.Generator("cpu" if subject.device == "meta" else subject.device).manual_seed(0)


def label(size: Size) -> str:
    """A size as the report shows it."""
    return " x ".join(map(str, size))


def _rounded(value: Any, fmt: Format) -> Any:  # noqa: ANN401
    if isinstance(value, (list, tuple)):
        return type(value)(_rounded(v, fmt) for v in value)
    return fmt.round(value) if isinstance(value, np.ndarray) and value.dtype == np.float64 else value


def _of(subject: Subject, value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [_of(subject, v) for v in value]
    if isinstance(value, np.ndarray):
        floating = value.dtype == np.float64
        return subject.tensor(value) if floating else torch.from_numpy(value).to(subject.device)
    return value(subject) if callable(value) else value
