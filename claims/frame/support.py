"""Which operations a claim uses, and which dtypes a device supports for them: both observed, never typed by hand."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import torch

from claims.frame.claim import Claim, Proposition, Refutation
from claims.frame.operations import OPERATIONS
from claims.frame.plan import map_tensors
from claims.frame.subject import Recorded, Subject
from claims.frame.trial import Trial, checks_of
from reference.formats import FORMATS

DTYPES = tuple(FORMATS)
LARGEST_DRY_RUN = 1 << 12

_dry_runs: dict[str, Mapping[str, Recorded]] = {}
_probes: dict[tuple[str, str, str], str | None] = {}


def dry_run(proposition: Proposition) -> Mapping[str, Recorded]:
    """The operations that the property calls, each with its first call, from one run over small corners (cached)."""
    if proposition.id not in _dry_runs:
        tape: list[Recorded] = []
        subject = Subject("eager", "float32", tape=tape)
        for corners in corner_regimes(proposition):
            if max(r.size() for r in corners.values()) <= LARGEST_DRY_RUN or not tape:
                trial = Trial(corners, 0)
                arrays = trial.arrays(proposition, 0, 1, subject)
                for _ in checks_of(proposition, subject, trial, arrays, trial.seed(proposition, 0)):
                    pass
        _dry_runs[proposition.id] = {r.operation: r for r in reversed(tape) if r.calls}
    return _dry_runs[proposition.id]


def corner_regimes(proposition: Proposition) -> list[dict[str, Any]]:
    """The corners of every parameter, with the other parameters at their plainest corner."""
    plainest = {name: regimes.corners[0] for name, regimes in proposition.regimes.items()}
    varied = [
        {**plainest, name: corner} for name, regimes in proposition.regimes.items() for corner in regimes.corners[1:]
    ]
    return [plainest, *varied]


def probe(recorded: Recorded, device: str, dtype: str) -> str | None:
    """None if eager torch supports the operation in `dtype` on `device`, else why not, from one tiny call (cached)."""
    key = recorded.operation, device, dtype
    if key not in _probes:

        def cast(t: torch.Tensor) -> torch.Tensor:
            return t.to(device, getattr(torch, dtype)) if t.is_floating_point() else t.to(device)

        call = recorded.calls[0]
        kwargs = {k: v for k, v in call.kwargs.items() if not isinstance(v, torch.Generator)}
        try:
            OPERATIONS[recorded.operation].function(*[map_tensors(cast, a) for a in call.args], **kwargs)
            _probes[key] = None
        except (RuntimeError, NotImplementedError, TypeError) as error:
            _probes[key] = f"{recorded.operation}: {str(error).splitlines()[0]}"
    return _probes[key]


def unsupported(proposition: Proposition, device: str, dtype: str) -> str | None:
    """None if torch supports every operation of the proposition in this dtype on this device, else the reason."""
    return next(filter(None, (probe(call, device, dtype) for call in dry_run(proposition).values())), None)


def first_supported(proposition: Refutation, device: str) -> str | None:
    """The first dtype of a refutation that the device supports."""
    return next((d for d in proposition.dtypes if unsupported(proposition, device, d) is None), None)


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


def operations_of(claim: Claim) -> list[str]:
    """The names of the operations that a claim uses."""
    return sorted(dry_run(claim))
