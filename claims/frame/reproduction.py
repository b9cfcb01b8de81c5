"""A failing instance as plain torch and NumPy, to paste into an upstream issue: the calls that the subject recorded."""

from __future__ import annotations

import base64
import textwrap
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from claims.frame.checks import Check
from claims.frame.operations import OPERATIONS
from claims.frame.plan import move_axis, restore_axis, restore_batch
from claims.frame.subject import Call, Recorded, Subject, values

FEW, MOST_READ, MOST_LITERAL = 64, 128, 4096
"""Up to how many numbers are shown as they are, are written as numbers, and are written at all."""


class _Known(NamedTuple):
    """An object that the property has seen, its expression in the script, and the tensor that the script has there."""

    seen: Any
    text: str
    made: Any


class _Script:
    """Lines of code, and the expression for every tensor and generator that they define."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.lines: list[str] = []
        self.known: list[_Known] = []
        self.counts = {"g": 0, "x": 0, "y": 0}

    def name(self, stem: str) -> str:
        self.counts[stem] += 1
        return f"{stem}{self.counts[stem] - 1}"

    def find(self, seen: Any) -> _Known | None:
        """What is known of exactly this object, not of one that has the same numbers by chance."""
        return next((k for k in self.known if k.seen is seen), None)

    def literal(self, t: Tensor) -> _Known:
        """Defines a tensor by its numbers, in contiguous memory."""
        if (missing := _too_long(t)) is not None:
            self.lines.append(missing)
        name = self.name("x")
        self.lines.append(f"{name} = {_literal(t)}" + (".requires_grad_()" if t.requires_grad else ""))
        self.known.append(_Known(t, name, t.detach().clone(memory_format=torch.contiguous_format)))
        return self.known[-1]

    def argument(self, seen: Any, original: Any, row: int) -> str:
        """An expression for an argument as torch's callable saw it, from the one that the property passed."""
        if isinstance(seen, torch.Generator):
            known = self.find(original)
            return known.text if known else f"torch.Generator({str(seen.device)!r}).manual_seed({seen.initial_seed()})"
        if isinstance(seen, (list, tuple)) and any(isinstance(v, Tensor) for v in seen):
            return f"[{', '.join(self.argument(v, o, row) for v, o in zip(seen, original, strict=True))}]"
        if not isinstance(seen, Tensor):
            return _plain(seen)
        source = self.find(original) or self.literal(original)
        for text, made in self._views(source, row):
            if _same(made, seen):
                return _laid_out(seen, text, made)
        source = self.literal(seen)
        return _laid_out(seen, source.text, source.made)

    def _views(self, source: _Known, row: int) -> Iterator[tuple[str, Tensor]]:
        """A tensor as it is, one row of it, and with the axis moved as the call plan says."""
        yield source.text, source.made
        if source.made.ndim and row < len(source.made):
            yield f"{source.text}[{row}]", source.made[row]
        axis = self.subject.plan.axis
        if axis == "first" and source.made.ndim > 1:
            yield f"{source.text}.movedim(-1, 0)", move_axis(axis, source.made)
        if axis == "middle" and source.made.ndim > 1 and len(source.made):
            moved = move_axis(axis, source.made)
            yield f"{source.text}.unflatten(0, ({len(moved)}, -1)).movedim(-1, 1)", moved

    def call(self, recorded: Recorded, call: Call, row: int) -> list[str]:
        """One call on a line of its own; returns the names of its results."""
        arguments = [self.argument(a, o, row) for a, o in zip(call.args, recorded.args, strict=True)]
        arguments += [f"{k}={self.argument(v, recorded.kwargs.get(k), row)}" for k, v in call.kwargs.items()]
        overridden = recorded.operation in self.subject.overrides
        torchs = OPERATIONS[recorded.operation].spelling
        spelling = f"kernels.{recorded.operation}" if overridden else torchs
        several = isinstance(call.result, (tuple, list))
        names = [self.name("y") for _ in (call.result if several else [call.result])]
        targets = ", ".join(names) + ("," if several and len(names) == 1 else "")
        self.lines.append(f"{targets} = {spelling}({', '.join(arguments)})")
        return names

    def operation(self, recorded: Recorded) -> None:
        """All calls of an operation, and the expressions for the results that the property saw."""
        names = [self.call(recorded, call, row) for row, call in enumerate(recorded.calls)]
        for i, result in enumerate(_several(recorded.result)):
            if isinstance(result, Tensor):
                parts = [_several(call.result)[i] for call in recorded.calls]
                for text, made in _joined([n[i] for n in names], parts):
                    if _same(made, result):
                        self.known.append(_Known(result, text, made))
                        break

    def random(self, recorded: Recorded) -> None:
        """The seeding of torch's generators."""
        generator, (seed,) = recorded.result, recorded.args
        self.lines.append(f"torch.manual_seed({seed})")
        name = self.name("g")
        self.lines.append(f"{name} = torch.Generator({str(generator.device)!r}).manual_seed({seed})")
        self.known.append(_Known(generator, name, None))

    def gradient(self, recorded: Recorded) -> None:
        """A vector-Jacobian product, where the script knows what it differentiates."""
        output, inputs = (self.find(t) for t in recorded.args[:2])
        if output and inputs:
            cotangent = self.argument(recorded.args[2], recorded.args[2], 0)
            name = self.name("y")
            self.lines.append(
                f"{name} = torch.autograd.grad({output.text}, {inputs.text}, {cotangent}, retain_graph=True)[0]"
            )
            self.known.append(_Known(recorded.result, name, recorded.result))


def plain_torch(tape: Sequence[Recorded], check: Check, subject: Subject) -> str:
    """A script that repeats the recorded calls, layouts included, and prints observed and exact values.

    An operation that a kernel file overrides appears as a function of that module. The script leaves the arrays
    `observed`, `expected`, `error` and `bound` behind.
    """
    script = _Script(subject)
    touched = (i for i, r in enumerate(tape, 1) if any(v is check.observed for v in (*r.args, *_several(r.result))))
    tape = tape[: max(touched, default=len(tape))]  # what the property called besides shows nothing
    for recorded in tape:
        {"random": script.random, "gradient": script.gradient}.get(recorded.operation, script.operation)(recorded)
    known = script.find(check.observed)
    if known:
        observed = f"({known.text}).detach().to('cpu', torch.float64).numpy()"
    else:
        observed = f"{_array(check.observed)}  # what the claim made of the results above"
    lines = [*script.lines, f"observed = {observed}"]
    lines += [f"expected = {_array(check.expected)}", f"bound = {_array(check.bound)}", *_error(check)]
    lines += ['print("observed", observed, "expected", expected)', 'print("error", error, "must not exceed", bound)']
    packed = any("zlib." in line for line in lines)
    imports = [*["import base64", "import zlib", ""][: 3 * packed], "import numpy as np", "import torch"]
    called = dict.fromkeys(r.operation for r in tape if r.calls and r.operation not in subject.overrides)
    if definitions := [d for name in called if (d := OPERATIONS[name].definition)]:
        imports = ["from __future__ import annotations", "", *imports, "import torch.nn.functional as F"]
        imports += ["from torch import Tensor, nn", *(f"\n\n{d}" for d in definitions)]
    if subject.overrides:
        folder = str(Path(subject.origin).parent)
        imports += ["import importlib", "import sys", "", f"sys.path.insert(0, {folder!r})"]
        imports += [f"kernels = importlib.import_module({subject.name!r})"]
    return "\n".join([*imports, "", *lines])


def _error(check: Check) -> Iterator[str]:
    if check.kind == "at most":
        yield "error = observed - expected"
        return
    yield "agree = observed == expected"
    if check.kind == "equal":
        yield "agree |= (observed != observed) & (expected != expected)"
    yield "error = np.where(agree, 0.0, np.abs(observed - expected))"
    if check.axes:
        yield f"error = np.sqrt((error**2).sum({tuple(range(-check.axes, 0))}))"


def _several(result: Any) -> Sequence[Any]:
    return result if isinstance(result, (tuple, list)) else [result]


def _joined(names: Sequence[str], parts: Sequence[Tensor]) -> Iterator[tuple[str, Tensor]]:
    """How the results of single calls, or of one along another axis, may have become what the property saw."""
    if len(parts) == 1:
        (name,), (part,) = names, parts
        yield name, part
        if part.ndim:
            yield f"{name}.movedim(0, -1)", restore_axis("first", part)
        if part.ndim > 1:
            yield f"{name}.movedim(1, -1).flatten(0, 1)", restore_axis("middle", part)
            yield f"{name}.flatten(0, 1)", restore_batch("middle", part)
    if parts and len({p.shape for p in parts}) == 1:
        yield f"torch.stack([{', '.join(names)}])", torch.stack(list(parts))


def _same(made: Tensor, seen: Tensor) -> bool:
    """Whether two tensors have the same shape, dtype and numbers."""
    if made.shape != seen.shape or made.dtype != seen.dtype:
        return False
    return made.is_meta or bool(((made == seen) | ((made != made) & (seen != seen))).all())  # noqa: PLR0124  NaN


def _kind(t: Tensor) -> str:
    return f"dtype={t.dtype}" + ("" if t.device.type == "cpu" else f", device={str(t.device)!r}")


def _mostly(flat: Tensor) -> tuple[Tensor, Tensor]:
    """The number that occurs most often, and which entries are others; NaN counts as a number."""
    nan = flat != flat  # noqa: PLR0124
    if 2 * int(nan.sum()) > flat.numel():
        return flat[nan][0], ~nan
    if flat.is_complex():  # torch sorts no complex numbers, but it does pairs
        pairs, counts = torch.unique(torch.view_as_real(flat), dim=0, return_counts=True)
        numbers = torch.view_as_complex(pairs)
    else:
        numbers, counts = torch.unique(flat, return_counts=True)
    fill = numbers[counts.argmax()]
    return fill, flat != fill


def _too_long(t: Tensor) -> str | None:
    if t.numel() <= FEW or int(_mostly(t.detach().flatten())[1].sum()) <= MOST_LITERAL:
        return None
    return f"# {t.numel()} numbers are too many to show: repeat the failure to see them"


def _literal(t: Tensor) -> str:
    """The numbers of a tensor; a long one that is mostly one number by its exceptions."""
    kind, t = _kind(t), t.detach()
    shape, flat = tuple(t.shape), t.flatten()
    if t.numel() <= FEW:
        return f"torch.tensor({_plain(t.tolist())}, {kind})" + ("" if t.numel() else f".reshape({shape})")
    if _too_long(t):
        return f"torch.zeros({shape}, {kind})"
    fill, other = _mostly(flat)
    others = int(other.sum())
    if others > MOST_READ:
        return _packed(t)
    if others > t.numel() // 4:
        return f"torch.tensor({_plain(flat.tolist())}, {kind}).reshape({shape})"
    full = f"torch.full(({t.numel()},), {_plain(fill.item())}, {kind})"
    if others:
        at = torch.nonzero(other).flatten()
        device = "" if t.device.type == "cpu" else f", device={str(t.device)!r}"
        put = f"torch.tensor({_plain(flat[at].tolist())}, {kind})"
        full = f"{full}.index_put((torch.tensor({at.tolist()}{device}),), {put})"
    return f"{full}.reshape({shape})"


def _packed(t: Tensor) -> str:
    """The bytes of a tensor with more numbers than anyone reads: as exact, and a fifth as long."""
    text = base64.b64encode(zlib.compress(t.cpu().contiguous().view(torch.uint8).numpy().tobytes(), 9)).decode()
    lines = "\n".join(f"    {part!r}" for part in textwrap.wrap(text, 100))
    device = "" if t.device.type == "cpu" else f".to({str(t.device)!r})"
    unpacked = f"bytearray(zlib.decompress(base64.b64decode(\n{lines}\n)))"
    return f"torch.frombuffer({unpacked}, dtype={t.dtype}).reshape({tuple(t.shape)}){device}"


def _laid_out(seen: Tensor, text: str, made: Tensor) -> str:
    """`text`, which makes the tensor `made`, in the memory layout of `seen`; gaps hold NaN."""
    if seen.numel() <= 1 and not seen.storage_offset():
        return text
    if 0 in seen.stride() and seen.numel():
        if seen.requires_grad:  # in the script every entry would share the gradient of the first
            return text
        first = ", ".join(":1" if s == 0 else ":" for s in seen.stride())
        return f"{text}[{first}].expand({tuple(seen.shape)})"
    if (seen.stride(), seen.storage_offset()) == (made.stride(), made.storage_offset()):
        return text
    if seen.is_contiguous() and not seen.storage_offset():
        return f"{text}.contiguous()"
    length = seen.untyped_storage().nbytes() // seen.element_size()
    gap = "float('nan')" if seen.is_floating_point() else "0"
    view = f"as_strided({tuple(seen.shape)}, {tuple(seen.stride())}, {seen.storage_offset()})"
    return f"torch.full(({length},), {gap}, {_kind(seen)}).{view}.copy_({text})"


def _array(x: Any) -> str:
    """A NumPy array of these numbers."""
    numbers = np.asarray(values(x), np.float64)
    if numbers.size <= FEW:
        return f"np.array({_plain(numbers.tolist())})" + ("" if numbers.size else f".reshape({numbers.shape})")
    return f"{_literal(torch.from_numpy(numbers))}.numpy()"


def _plain(x: Any) -> str:
    """Code for numbers in nested lists, names and other arguments that are no tensors."""
    if isinstance(x, (list, tuple)):
        inner = ", ".join(map(_plain, x))
        return f"[{inner}]" if isinstance(x, list) else f"({inner},)" if x else "()"
    if isinstance(x, np.generic):
        x = x.item()
    if isinstance(x, float) and not np.isfinite(x):
        return f"float('{x}')"
    if isinstance(x, torch.device):
        return repr(str(x))
    if isinstance(x, np.ndarray):
        return _array(x)
    if callable(x) and hasattr(x, "__module__") and hasattr(x, "__qualname__"):
        return f"{x.__module__}.{x.__qualname__}"
    return repr(x)
