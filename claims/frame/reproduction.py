"""A failing instance as plain torch and NumPy, to paste into an upstream issue: the calls that the subject recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from claims.frame.checks import Check
from claims.frame.operations import OPERATIONS
from claims.frame.subject import Recorded, Subject, values

MOST_LITERAL = 4096


class _Script:
    """Lines of code, and a name for every tensor that they define."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.lines = ["import numpy as np", "import torch", ""]
        self.known: list[tuple[str, Tensor]] = []

    def name(self, t: Tensor, stem: str) -> str:
        name = f"{stem}{sum(n.startswith(stem) for n, _ in self.known)}"
        self.known.append((name, t))
        return name

    def argument(self, value: Any) -> str:
        """An expression for an argument; a tensor is defined on a line of its own unless it is known."""
        if isinstance(value, torch.Generator):
            return f"generator=torch.Generator({str(value.device)!r})"
        if isinstance(value, (list, tuple)) and any(isinstance(v, Tensor) for v in value):
            return f"[{', '.join(self.argument(v) for v in value)}]"
        if not isinstance(value, Tensor):
            return repr(value)
        for name, t in self.known:
            if _same(t, value) and t.stride() == value.stride() and t.storage_offset() == value.storage_offset():
                return name
        source = next((name for name, t in self.known if _same(t, value)), None) or _literal(value)
        expression = _laid_out(value, source)
        if value.requires_grad:
            expression += ".requires_grad_()"
        name = self.name(value.detach(), "x")
        self.lines.append(f"{name} = {expression}")
        return name

    def call(self, recorded: Recorded) -> None:
        arguments = [self.argument(a) for a in recorded.args]
        for key, value in recorded.kwargs.items():
            text = self.argument(value)
            arguments.append(text if isinstance(value, torch.Generator) else f"{key}={text}")
        spelling = OPERATIONS[recorded.operation].spelling
        if recorded.operation in self.subject.overrides:
            spelling = f"{self.subject.name.replace('-', '_')}.{recorded.operation}"
        results = recorded.result if isinstance(recorded.result, tuple) else [recorded.result]
        names = [self.name(r.detach(), "y") if isinstance(r, Tensor) else "_" for r in results]
        self.lines.append(f"{', '.join(names)} = {spelling}({', '.join(arguments)})")


def plain_torch(tape: Sequence[Recorded], check: Check, subject: Subject) -> str:
    """A script that repeats the recorded calls, layouts included, and prints observed and exact values.

    Calls made by way of torch alone appear as torch spells them; an operation that the subject overrides appears as a
    function of the module of that name.
    """
    script = _Script(subject)
    if subject.overrides and subject.origin != "eager":
        script.lines.insert(2, f"import {subject.name}")
    for recorded in tape:
        script.call(recorded)
    observed = values(check.observed)
    known = next((n for n, t in reversed(script.known) if isinstance(check.observed, Tensor) and _same(t, check.observed)), None)
    if known is None:
        script.lines.append(f"observed = {_array(observed)}")
    else:
        script.lines.append(f"observed = {known}.detach().to('cpu', torch.float64).numpy()")
    script.lines.append(f"expected = {_array(values(check.expected))}")
    script.lines.append(f"bound = {_array(values(check.bound))}")
    comparison = "observed - expected" if check.kind == "at most" else "np.abs(observed - expected)"
    script.lines.append(f"print(observed, expected, {comparison}, bound)  # the third must not exceed the fourth")
    return "\n".join(script.lines)


def _same(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and torch.equal(torch.nan_to_num(a), torch.nan_to_num(b.detach()))


def _literal(t: Tensor) -> str:
    """The numbers of a tensor; one that is long but mostly one number by its exceptions."""
    where = "" if t.device.type == "cpu" else f", device={str(t.device)!r}"
    kind = f"dtype={t.dtype}{where}"
    flat = t.detach().flatten()
    if t.numel() <= 16:
        return f"torch.tensor({_numbers(t.tolist())}, {kind})"
    fill, count = _most_common(flat)
    if t.numel() - count > t.numel() // 4:
        return f"torch.tensor({_numbers(flat.tolist())}, {kind}).reshape({tuple(t.shape)})" if t.numel() <= MOST_LITERAL else (
            f"torch.tensor(...)  # {t.numel()} numbers: rebuild them from the line that repeats the failure"
        )
    others = torch.nonzero(flat != fill).flatten()
    full = f"torch.full({tuple(t.shape)}, {_numbers(fill)}, {kind})"
    if not len(others):
        return full
    at, numbers = others.tolist(), _numbers(flat[others].tolist())
    return f"{full}.flatten().index_put((torch.tensor({at}{where}),), torch.tensor({numbers}, {kind})).reshape({tuple(t.shape)})"


def _most_common(flat: Tensor) -> tuple[float, int]:
    numbers, counts = torch.unique(flat, return_counts=True)
    i = int(counts.argmax())
    return float(numbers[i]), int(counts[i])


def _laid_out(t: Tensor, source: str) -> str:
    """`source`, which holds the numbers, in the memory layout of `t`."""
    if t.numel() > 1 and 0 in t.stride():
        first = ", ".join(":1" if s == 0 else ":" for s in t.stride())
        return f"{source}[{first}].expand{tuple(t.shape)}"
    if t.storage_offset():
        return f"torch.empty({t.numel()} + 1, dtype={t.dtype})[1:].view({tuple(t.shape)}).copy_({source})"
    if t.numel() > 1 and not t.is_contiguous():
        return f"torch.empty_strided({tuple(t.shape)}, {t.stride()}, dtype={t.dtype}).copy_({source})"
    return source


def _array(x: Any) -> str:
    x = np.asarray(x)
    if x.size > MOST_LITERAL:
        return f"np.array(...)  # {x.size} numbers"
    return f"np.array({_numbers(x.tolist())})"


def _numbers(nested: Any) -> str:
    """Nested lists of numbers, with infinities and NaN as code."""
    return repr(nested).replace("inf", "float('inf')").replace("nan", "float('nan')")
