"""Which operations a claim uses, and which dtypes a device supports for them: both observed, never typed by hand."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import itertools
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch

from claims.frame.claim import Property, Proposition
from claims.frame.operations import OPERATIONS
from claims.frame.plan import map_tensors
from claims.frame.subject import Call, Recorded, Subject
from claims.frame.trial import Trial, checks_of
from reference.formats import FORMATS

DTYPES = tuple(FORMATS)
LARGEST_DRY_RUN = 1 << 14
COMPLEX = {"float32": torch.complex64, "float64": torch.complex128}
"""The complex numbers with parts of a dtype; torch's complex32 is experimental."""


class Support(NamedTuple):
    """The operations of a proposition, and for each device and dtype why torch cannot compute them, or None."""

    operations: tuple[str, ...]
    reasons: Mapping[str, Mapping[str, str | None]]


known: dict[Property, Support] = {}
"""What `claims.frame.support_memory` remembers, so that no dry run is needed."""
_dry_runs: dict[Property, Sequence[Recorded]] = {}
_probes: dict[tuple[str, ...], str | None] = {}


def dry_run(proposition: Proposition) -> Sequence[Recorded]:
    """The first call of every operation of the property with each of its options, from small corners (cached).

    A property that raises is examined as far as it went; its items will tell what it raised.
    """
    if proposition.property not in _dry_runs:
        tape: list[Recorded] = []
        subject = Subject("eager", "float32", tape=tape)
        for corners in corner_regimes(proposition):
            if max(r.size() for r in corners.values()) <= LARGEST_DRY_RUN or not tape:
                trial = Trial(corners, 0)
                with contextlib.suppress(Exception):
                    arrays = trial.arrays(proposition, 0, 1, subject)
                    for _ in checks_of(proposition, subject, trial, arrays, trial.seed(proposition, 0)):
                        pass
        first = {(r.operation, _options(r.calls[0])): r for r in reversed(tape) if r.calls}
        _dry_runs[proposition.property] = tuple(first.values())
    return _dry_runs[proposition.property]


def corner_regimes(proposition: Proposition) -> list[dict[str, Any]]:
    """The corners of every parameter, with the other parameters at their plainest corner.

    Where the corners are the whole domain of every parameter: all their combinations.
    """
    regimes = proposition.regimes
    if all(r.exhaustive for r in regimes.values()):
        every = itertools.product(*(r.corners for r in regimes.values()))
        return [dict(zip(regimes, corners, strict=True)) for corners in every]
    plainest = {name: r.corners[0] for name, r in regimes.items()}
    return [plainest, *({**plainest, name: corner} for name, r in regimes.items() for corner in r.corners[1:])]


def probe(recorded: Recorded, device: str, dtype: str) -> str | None:
    """None if eager torch supports the operation in `dtype` on `device`, else why not, from one tiny call (cached)."""
    call = recorded.calls[0]
    key = recorded.operation, _options(call), device, dtype
    if key not in _probes:

        def cast(t: torch.Tensor) -> torch.Tensor:
            if t.is_complex():
                if dtype not in COMPLEX:
                    raise TypeError(f"no complex numbers with {dtype} parts")
                return t.to(device, COMPLEX[dtype])
            return t.to(device, getattr(torch, dtype)) if t.is_floating_point() else t.to(device)

        kwargs = {k: map_tensors(cast, v) for k, v in call.kwargs.items() if not isinstance(v, torch.Generator)}
        try:
            with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of half types that torch calls experimental
                OPERATIONS[recorded.operation].function(*[map_tensors(cast, a) for a in call.args], **kwargs)
            _probes[key] = None
        except torch.linalg.LinAlgError:  # type: ignore[attr-defined]  # it does compute in this dtype, but not with these numbers
            _probes[key] = None
        except (RuntimeError, NotImplementedError, TypeError) as error:
            _probes[key] = f"{recorded.operation}: {str(error).splitlines()[0]}"
    return _probes[key]


def _options(call: Call) -> str:
    """What a call was given besides tensors, which may decide whether torch has a kernel for a dtype."""

    def shown(value: Any) -> Any:
        if callable(value) and not isinstance(value, type) and not inspect.isroutine(value):
            # what it calls is probed by itself, but a row of a table of functions decides what is differentiated
            return repr(value) if dataclasses.is_dataclass(value) else type(value).__name__
        return map_tensors(lambda t: (t.ndim, t.is_complex()), value)

    plain = [shown(a) for a in call.args if not isinstance(a, torch.Generator)]
    return repr((plain, {k: shown(v) for k, v in call.kwargs.items() if not isinstance(v, torch.Generator)}))


def unsupported(proposition: Proposition, device: str, dtype: str) -> str | None:
    """None if torch supports every operation of the proposition in this dtype on this device, else the reason."""
    remembered = known.get(proposition.property)
    if remembered and dtype in remembered.reasons.get(device, {}):
        return remembered.reasons[device][dtype]
    return next(filter(None, (probe(call, device, dtype) for call in dry_run(proposition))), None)


@functools.cache
def devices() -> tuple[str, ...]:
    """The devices present on this machine."""
    return ("cpu", *(d for d in ("cuda", "mps", "xpu") if is_present(d)))


def is_present(device: str) -> bool:
    """Whether torch can use the device here."""
    kind, _, index = device.partition(":")
    if kind == "cpu":
        return True
    module = getattr(torch, kind, None)
    if module is None or not module.is_available():
        return False
    return not index or int(index) < module.device_count()


def operations_of(proposition: Proposition) -> list[str]:
    """The names of the operations that a proposition uses."""
    remembered = known.get(proposition.property)
    return list(remembered.operations) if remembered else sorted({r.operation for r in dry_run(proposition)})


def support_of(proposition: Proposition) -> Support:
    """What the proposition needs and where torch has it."""
    reasons = {d: {t: unsupported(proposition, d, t) for t in DTYPES} for d in devices()}
    return Support(tuple(operations_of(proposition)), reasons)
