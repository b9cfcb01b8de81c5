"""A failure as plain data: what a reader sees in the terminal, in the record and in the report."""

from __future__ import annotations

import dataclasses
import shlex
from typing import Any

import numpy as np

from claims.frame.checks import Check, ratio
from claims.frame.claim import Proposition, Refutation
from claims.frame.evidence import Where
from claims.frame.inputs.regime import KIND, Arrays, finite
from claims.frame.profiles import Profile
from claims.frame.reproduction import plain_torch
from claims.frame.subject import Recorded, Subject, values
from claims.frame.trial import checks_of

NUMBERS_SHOWN = 64


def describe(
    proposition: Proposition,
    subject: Subject,
    where: Where,
    arrays: dict[str, Arrays],
    check: Check | None,
    profile: Profile,
    seed: int,
) -> dict[str, Any]:
    """The failure for the record; without a `check` it did not fail a second time on the same inputs."""
    claim, refutation = proposition.id, None
    if isinstance(proposition, Refutation):
        claim, refutation = proposition.claim, proposition.id
    about: dict[str, Any] = {
        "margin": finite(where.margin),
        "label": where.label,
        "input": where.describe(arrays, seed),
        "instance": _instance(where, arrays),
        "observed": "",
        "expected": "",
        "bound": "",
        "reproduction": "",
        "repeat": repeat(claim, refutation, subject, profile, seed),
    }
    if check is None:
        return about | {"label": f"{where.label} (not repeatable: it passed when run again on the same inputs)"}
    return about | _entry(check) | {"reproduction": _reproduction(proposition, subject, where, arrays, seed)}


def repeat(claim: str, refutation: str | None, subject: Subject, profile: Profile, seed: int) -> str:
    """The command line that runs into the same failure."""
    only = f" -k {refutation}" if refutation else ""
    # with a blank instead of "=", pytest takes a path for one of its own and looks for its configuration there
    tested = "" if subject.origin == "eager" else f" --subject={shlex.quote(subject.origin)}"
    return (
        f"pytest --claim {claim}{only}{tested} --device {subject.device} --dtype {subject.dtype}"
        f" --hypothesis-profile {profile.name} --hypothesis-seed {seed}"
    )


def _instance(where: Where, arrays: dict[str, Arrays]) -> str:
    lines = []
    for name, made in arrays.items():
        regime = where.trial.regimes[name]
        if not made:
            fields = ", ".join(f"{k}={v}" for k, v in regime.describe().items() if k != KIND)
            lines.append(f"{name}: {fields}")
        names = regime.names if len(regime.names) == len(made) else [f"{name}[{j}]" for j in range(len(made))]
        for label, a in zip(names, made, strict=True):
            one = a[where.index] if regime.batched else a
            shown = np.array2string(one, 110, threshold=NUMBERS_SHOWN, separator=", ", floatmode="unique")
            lines.append(f"{label} = {shown}" + (f"  shape {one.shape}" if one.size > NUMBERS_SHOWN else ""))
    if where.batch > 1:
        lines.append(f"(instance {where.index} of a batch of {where.batch}: it passes alone)")
    return "\n".join(lines)


def _entry(check: Check) -> dict[str, str]:
    """Observed and expected value and the bound, at the worst entry of the worst instance."""

    def shown(x: Any) -> str:
        return np.array2string(np.asarray(x), threshold=16, floatmode="unique") if np.ndim(x) else repr(float(x))

    seen, wanted, bound = (np.asarray(values(x)) for x in (check.observed, check.expected, check.bound))
    i = int(check.margins.argmax())
    if check.kind in ("within", "equal", "at most") and np.ndim(seen) and len(seen) == len(check.margins):
        with np.errstate(all="ignore"):
            wanted, bound = np.broadcast_to(wanted, seen.shape)[i], np.broadcast_to(bound, seen.shape)[i]
            excess = seen[i] - wanted if check.kind == "at most" else np.abs(seen[i] - wanted)
            margins = ratio(np.where(seen[i] == wanted, 0.0, np.maximum(excess, 0.0)), bound)
        worst = np.unravel_index(int(np.argmax(margins)), margins.shape)
        seen, wanted, bound = seen[i][worst], wanted[worst], bound[worst]
    return {"observed": shown(seen), "expected": shown(wanted), "bound": shown(bound)}


def _reproduction(
    proposition: Proposition, subject: Subject, where: Where, arrays: dict[str, Arrays], seed: int
) -> str:
    tape: list[Recorded] = []  # shared with the copies of the subject that checks_of makes
    recorder = dataclasses.replace(subject, tape=tape, plan=where.trial.plan)
    for check in checks_of(proposition, recorder, where.trial, arrays, where.trial.seed(proposition, seed)):
        if check.margins.size and check.margins.max() > 1:
            return plain_torch(tape, check, recorder)
    return ""
