"""A failing instance as plain torch and NumPy, to paste into an upstream issue: the calls that the subject recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from claims.frame.checks import Check
from claims.frame.operations import OPERATIONS
from claims.frame.subject import Call, Recorded, Subject, values

MOST_LITERAL = 4096


class _Script:
    """Lines of code, and the expression for every tensor that they define."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.lines: list[str] = []
        self.known: list[tuple[Tensor, str]] = []
        self.counts = {"x": 0, "y": 0}

    def define(self, stem: str, t: Tensor, expression: str) -> str:
        name = f"{stem}{self.counts[stem]}"
        self.counts[stem] += 1
        self.lines.append(f"{name} = {expression}")
        self.known.append((t, name))
        return name

    def find(self, t: Any) -> str | None:
        """The expression for exactly this tensor, not for one that has the same numbers by chance."""
        return next((text for known, text in self.known if known is t), None)

    def argument(self, seen: Any, original: Any, row: int) -> str:
        """An expression for an argument as torch's callable saw it, from the one that the property passed."""
        if isinstance(seen, torch.Generator):
            return f"torch.Generator({str(seen.device)!r})"
        if isinstance(seen, (list, tuple)) and any(isinstance(v, Tensor) for v in seen):
            return f"[{', '.join(self.argument(v, o, row) for v, o in zip(seen, original, strict=True))}]"
        if not isinstance(seen, Tensor):
            return repr(seen)
        if self.find(original) is None and isinstance(original, Tensor):
            self.define("x", original, _literal(original) + (".requires_grad_()" if original.requires_grad else ""))
        source = self.find(original)
        if source is not None and seen.shape == original.shape[1:] and seen.shape != original.shape:
            source = f"{source}[{row}]"
        elif source is None or seen.shape != original.shape:  # an axis was moved: write it out as it was seen
            source = _literal(seen)
        return _laid_out(seen, source)

    def call(self, recorded: Recorded, call: Call, row: int) -> list[str]:
        """One call on a line of its own; returns the names of its results."""
        arguments = [self.argument(a, o, row) for a, o in zip(call.args, recorded.args, strict=True)]
        arguments += [f"{k}={self.argument(v, recorded.kwargs.get(k), row)}" for k, v in call.kwargs.items()]
        overridden = recorded.operation in self.subject.overrides
        torchs = OPERATIONS[recorded.operation].spelling
        spelling = f"{self.subject.name}.{recorded.operation}" if overridden else torchs
        results = call.result if isinstance(call.result, (tuple, list)) else [call.result]
        names = [f"y{self.counts['y'] + i}" for i in range(len(results))]
        self.counts["y"] += len(results)
        self.lines.append(f"{', '.join(names)} = {spelling}({', '.join(arguments)})")
        return names

    def operation(self, recorded: Recorded) -> None:
        """All calls of an operation, and the expressions for the results that the property saw."""
        names = [self.call(recorded, call, row) for row, call in enumerate(recorded.calls)]
        results = recorded.result if isinstance(recorded.result, (tuple, list)) else [recorded.result]
        for i, result in enumerate(results):
            first = recorded.calls[0].result
            single = first[i] if isinstance(first, (tuple, list)) else first
            if not isinstance(result, Tensor) or not isinstance(single, Tensor):
                continue
            parts = [n[i] for n in names]
            if result.shape == single.shape:
                self.known.append((result, parts[0]))
            elif result.shape[1:] == single.shape and len(result) == len(parts):
                self.known.append((result, f"torch.stack([{', '.join(parts)}])"))


def plain_torch(tape: Sequence[Recorded], check: Check, subject: Subject) -> str:
    """A script that repeats the recorded calls, layouts included, and prints observed and exact values.

    An operation that a kernel file overrides appears as a function of that module.
    """
    script = _Script(subject)
    for recorded in tape:
        script.operation(recorded)
    known = script.find(check.observed)
    observed = f"({known}).detach().to('cpu', torch.float64).numpy()" if known else _array(values(check.observed))
    difference = "observed - expected" if check.kind == "at most" else "np.abs(observed - expected)"
    imports = ["import numpy as np", "import torch"]
    if subject.overrides:
        imports.append(f"import {subject.name}")
    return "\n".join(
        [
            *imports,
            "",
            *script.lines,
            f"observed = {observed}",
            f"expected = {_array(values(check.expected))}",
            f"bound = {_array(values(check.bound))}",
            'print("observed", observed, "expected", expected)',
            f'print("error", {difference}, "must not exceed", bound)',
        ]
    )


def _literal(t: Tensor) -> str:
    """The numbers of a tensor; a long one that is mostly one number by its exceptions."""
    device = "" if t.device.type == "cpu" else f", device={str(t.device)!r}"
    kind = f"dtype={t.dtype}{device}"
    t = t.detach()
    if t.numel() <= 64:
        return f"torch.tensor({_numbers(t.tolist())}, {kind})"
    flat = t.flatten()
    numbers, counts = torch.unique(flat, return_counts=True)
    fill, others = numbers[counts.argmax()], t.numel() - int(counts.max())
    if others > MOST_LITERAL:
        return f"torch.empty({tuple(t.shape)}, {kind})  # {t.numel()} numbers: repeat the failure to see them"
    if others > t.numel() // 4:
        return f"torch.tensor({_numbers(flat.tolist())}, {kind}).reshape({tuple(t.shape)})"
    full = f"torch.full(({t.numel()},), {_numbers(fill.item())}, {kind})"
    if others:
        at = torch.nonzero(flat != fill).flatten()
        put = f"torch.tensor({_numbers(flat[at].tolist())}, {kind})"
        full = f"{full}.index_put((torch.tensor({at.tolist()}{device}),), {put})"
    return f"{full}.reshape({tuple(t.shape)})"


def _laid_out(t: Tensor, source: str) -> str:
    """`source`, which holds the numbers, in the memory layout of `t`."""
    kind = f"dtype={t.dtype}" + ("" if t.device.type == "cpu" else f", device={str(t.device)!r}")
    if t.numel() > 1 and 0 in t.stride():
        first = ", ".join(":1" if s == 0 else ":" for s in t.stride())
        return f"{source}[{first}].expand({tuple(t.shape)})"
    if t.numel() > 1 and not t.is_contiguous():
        return f"torch.empty_strided({tuple(t.shape)}, {t.stride()}, {kind}).copy_({source})"
    if t.storage_offset():
        return f"torch.empty({t.numel() + 1}, {kind})[1:].view({tuple(t.shape)}).copy_({source})"
    return source


def _array(x: Any) -> str:
    x = np.asarray(x)
    return f"np.array({_numbers(x.tolist())})" if x.size <= MOST_LITERAL else f"np.empty({x.shape})  # too long to show"


def _numbers(nested: Any) -> str:
    """Nested lists of numbers, with infinities and NaN as code."""
    return repr(nested).replace("inf", "float('inf')").replace("nan", "float('nan')")
