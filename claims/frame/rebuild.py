"""An input rebuilt from its record: regimes, number, seed, index and call plan say which numbers it was made of."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import numpy as np

from claims.frame.claim import Claim, Proposition
from claims.frame.inputs.regime import KIND, OWN_KIND, Arrays, Regime
from claims.frame.kernels import UsageProblem
from claims.frame.plan import CallPlan
from claims.frame.subject import Subject
from claims.frame.support import is_present
from claims.frame.trial import Trial, checks_of


@dataclasses.dataclass(frozen=True)
class Rebuilt:
    """A trial with its arrays and the place of the recorded instance in them; `seed` is the base seed."""

    trial: Trial
    arrays: dict[str, Arrays]
    index: int
    seed: int

    def instance(self, name: str) -> Arrays:
        """The arrays of one parameter, of the recorded instance alone."""
        return [a[self.index] if self.trial.regimes[name].batched else a for a in self.arrays[name]]

    def margins(self, proposition: Proposition, subject: Subject) -> dict[str, float]:
        """The margin of the recorded instance in each check, by label."""
        found: dict[str, float] = {}
        seed = self.trial.seed(proposition, self.seed)
        count = max(
            (len(a) for name, r in self.trial.regimes.items() if r.batched for a in self.arrays[name]), default=1
        )
        for check in checks_of(proposition, subject, self.trial, self.arrays, seed):
            # a check of the whole batch, or of a sample, counts for each instance
            alone = check.margins[self.index : self.index + 1] if len(check.margins) == count else check.margins
            label = check.label or check.kind
            found[label] = max(float(alone.max(initial=0.0)), found.get(label, 0.0))
        return found


def regime(about: Mapping[str, Any], proposition: Proposition) -> Regime:
    """The regime with this description; its class is looked for among those of the proposition's modules first.

    Raises ValueError for a class or a field that does not exist (any more).
    """
    named = [c for c in _subclasses(Regime) if c.__name__ == about[KIND]]
    if not named:
        raise ValueError(f"no regime is called {about[KIND]!r}")
    near = {type(corner).__module__ for r in proposition.regimes.values() for corner in r.corners}
    made: Regime = _made(min(named, key=lambda c: c.__module__ not in near), about)
    return made


def rebuild(about: Mapping[str, Any], proposition: Proposition, subject: Subject) -> Rebuilt:
    """The input that a record has for this proposition, in the format of the subject.

    The whole batch is filled again. Where recorded numbers differ from that (of an instance that was made simpler, or
    with another version of NumPy), they stand alone.
    """
    regimes = {name: regime(r, proposition) for name, r in about["regimes"].items()}
    trial = Trial(regimes, about["number"], CallPlan(**about["plan"]))
    arrays = trial.arrays(proposition, about["seed"], about["batch"], subject)
    filled = Rebuilt(trial, arrays, about["index"], about["seed"])
    if about["values"] is None:
        return filled
    recorded: dict[str, Arrays] = {name: [] for name in regimes} | {
        name: [
            np.array([float.fromhex(v) for v in numbers]).reshape(shape)
            for numbers, shape in zip(made, about["shapes"][name], strict=True)
        ]
        for name, made in about["values"].items()
    }
    if all(_equal(recorded[name], filled.instance(name)) for name in regimes):
        return filled
    alone = {name: [a[None] if regimes[name].batched else a for a in made] for name, made in recorded.items()}
    return Rebuilt(trial, alone, 0, about["seed"])


def report(path: Path, claim: Claim, device: str, dtype: str) -> Iterator[str]:
    """Lines that show the recorded inputs of a claim on eager torch, and the margins that they have here and now.

    Raises UsageProblem where the file holds none.
    """
    inputs = list(_inputs(path, claim.id, device, dtype))
    if not inputs:
        raise UsageProblem(f"{path} holds no input of {claim.id} on eager, {device}, {dtype}")
    if not is_present(device):
        raise UsageProblem(f"no device {device!r} here")
    subject = Subject("eager", dtype, device)
    for what, about in inputs:
        try:
            again = rebuild(about["input"], claim, subject)
        except ValueError as error:
            raise UsageProblem(f"{path} was written by another version: {error}") from error
        yield f"{what}: margin {about['margin']} in the check {about['label']!r}, called {again.trial.plan}"
        for name, chosen in again.trial.regimes.items():
            yield f"{name}: {chosen}"
            for a in again.instance(name):
                yield np.array2string(a, 110, separator=", ", threshold=sys.maxsize, floatmode="unique", prefix="  ")
        yield f"here: margin {again.margins(claim, subject).get(about['label'])}"


def _inputs(path: Path, claim: str, device: str, dtype: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The worst input that a record file has for a claim, and that of its failure."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageProblem(f"{path}: {error.strerror}") from error
    for text in lines:
        try:
            line = json.loads(text)
        except ValueError:  # a last line cut short
            continue
        keys = ("kind", "role", "claim", "subject", "device", "dtype")
        if isinstance(line, dict) and [line.get(k) for k in keys] == [
            "evidence",
            "claim",
            claim,
            "eager",
            device,
            dtype,
        ]:
            yield from ((what, line[what]) for what in ("worst", "failure") if line[what] is not None)


def _made(cls: type[Any], about: Mapping[str, Any]) -> Any:
    """A dataclass from its plain description."""
    hints, module = get_type_hints(cls), sys.modules[cls.__module__]
    given = {KIND if name == OWN_KIND else name: value for name, value in about.items() if name != KIND}
    if unknown := given.keys() - {field.name for field in dataclasses.fields(cls)}:
        raise ValueError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
    return cls(**{name: _value(value, str(hints[name]), module) for name, value in given.items()})


def _value(plain: Any, hint: str, module: ModuleType) -> Any:
    if isinstance(plain, Mapping):  # the module of a regime knows the classes of its fields
        return _made(getattr(module, plain[KIND]), plain)
    if isinstance(plain, list):
        return tuple(_value(v, hint, module) for v in plain)
    return float(plain) if plain in ("nan", "inf", "-inf") and "float" in hint else plain


def _equal(recorded: Arrays, filled: Arrays) -> bool:
    return len(recorded) == len(filled) and all(map(np.array_equal, recorded, filled, [True] * len(filled)))


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)
