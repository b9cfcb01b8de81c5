"""A claim: a property with what a reader wants to know of it; its refutations, mutants and departures."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from claims.frame import facts
from claims.frame.checks import Check
from claims.frame.facts import Facts
from claims.frame.figures import Figure
from claims.frame.inputs.regime import Regimes
from claims.frame.names import nearest
from claims.frame.operations import OPERATIONS
from claims.frame.subject import Subject

TRUE = "true"
UNDER_HYPOTHESES = "true-under-hypotheses"
FALSE_AS_STATED = "false-as-stated"
TENDENCY = "tendency"
TRUTHS = (TRUE, UNDER_HYPOTHESES, FALSE_AS_STATED, TENDENCY)

Property = Callable[..., Iterator[Check]]


@dataclasses.dataclass(frozen=True)
class Proposition:
    """A property for all inputs of its regimes: what the runner examines."""

    id: str
    property: Property
    regimes: Mapping[str, Regimes]


@dataclasses.dataclass(frozen=True)
class Refutation(Proposition):
    """A false neighbour of a claim: the suite must find a counterexample, in the first of `dtypes` supported."""

    claim: str = ""
    statement: str = ""
    dtypes: tuple[str, ...] = ("float32", "float64", "float16", "bfloat16")


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A plausible wrong implementation of one operation (or of several) that a claim must catch."""

    name: str
    functions: Mapping[str, Callable[..., Any]]
    trigger: str
    provenance: str
    dtypes: tuple[str, ...]
    raises: tuple[type[Exception], ...] = ()


@functools.cache
def departs(script: str) -> bool:
    """Whether torch departs on this machine as the script says."""
    return bool(importlib.import_module(f"claims.departures.scripts.{script}").departs())


@dataclasses.dataclass(frozen=True)
class Departure:
    """A place where torch breaks the mathematics.

    `excludes(plan, regimes)` says which trials of the claim it spoils: the runner leaves out exactly those and
    counts them. `script` names a module of `claims.departures.scripts` that runs by itself in plain torch. `hardware`
    says on which processors it is seen, if not on all: on others it excludes nothing, nor in versions that mended it.
    """

    name: str
    summary: str
    operations: tuple[str, ...]
    devices: tuple[str, ...]
    dtypes: tuple[str, ...]
    script: str
    excludes: Callable[..., bool]
    hardware: str = ""
    facts: Facts = Facts()

    def concerns(self, subject: Subject) -> bool:
        """Whether torch departs for this subject: its device, its dtype, and an operation that is still torch's own."""
        here = subject.device.partition(":")[0] in self.devices and subject.dtype in self.dtypes
        own = not set(self.operations) <= subject.overrides.keys()
        mended = self.facts.mended_in(torch.__version__)
        return here and own and not mended and (not self.hardware or departs(self.script))


@dataclasses.dataclass(frozen=True)
class Claim(Proposition):
    """One mathematical statement of the notes and the property that checks it; see `claim` for the fields."""

    title: str
    statement: str
    hypotheses: str
    notes: str
    book: str
    formal: str
    truth: str
    correction: str
    bound: str
    chapter: str
    topic: str
    weakness: str = ""
    refutations: list[Refutation] = dataclasses.field(default_factory=list)
    mutants: list[Mutant] = dataclasses.field(default_factory=list)
    departures: list[Departure] = dataclasses.field(default_factory=list)
    figures: list[Figure] = dataclasses.field(default_factory=list)

    @property
    def method(self) -> str:
        """How the claim is checked: the docstring of its property."""
        return inspect.cleandoc(self.property.__doc__ or "")

    @property
    def source(self) -> str:
        """File and line of the property, from the root of the repository."""
        code = inspect.unwrap(self.property).__code__
        path = Path(code.co_filename)
        return f"{path.relative_to(Path(__file__).parents[2])}:{code.co_firstlineno}"


CLAIMS: dict[str, Claim] = {}
"""Every claim by id, in the order of definition; filled by `load_all`."""


def for_all(**regimes: Regimes) -> Callable[[Property], Property]:
    """Says over which inputs a property is quantified: a strategy of regimes for each of its parameters."""

    def attach(check: Property) -> Property:
        check.regimes = regimes  # type: ignore[attr-defined]
        return check

    return attach


def claim(
    *,
    title: str,
    statement: str,
    notes: str,
    truth: str,
    bound: str,
    hypotheses: str = "",
    book: str = "",
    formal: str = "",
    correction: str = "",
    weakness: str = "",
) -> Callable[[Property], Claim]:
    """Registers a property as the claim whose id is the function's name, with hyphens.

    `title` in words and `statement` in LaTeX say what must hold; `notes` and `book` where it is said; `truth` grades
    the sentence of the notes (a sentence that is false, or true only under hypotheses, has its `correction`);
    `bound` names the error bound and its source; `formal` is the name of a machine-checked proof in Lean's mathlib.
    The property's docstring says how it is checked. `weakness` says why a claim is loose, catches no mutant or never
    runs, where that cannot be mended: without it such a claim fails the run. Raises ValueError for an id that exists,
    an unknown truth, or a property without `for_all`.
    """
    if truth not in TRUTHS:
        raise ValueError(f"truth must be one of {', '.join(TRUTHS)}, not {truth!r}")
    if truth == FALSE_AS_STATED and not correction:
        raise ValueError(f"{title!r} is false as stated: say what does hold in `correction`")

    def register(check: Property) -> Claim:
        *_, chapter, topic = check.__module__.split(".")
        made = Claim(
            **_proposition(check, None),
            title=title,
            statement=statement,
            hypotheses=hypotheses,
            notes=notes,
            book=book,
            formal=formal,
            truth=truth,
            correction=correction,
            weakness=weakness,
            bound=bound,
            chapter=chapter,
            topic=f"{chapter}/{topic}.py",
        )
        if made.id in CLAIMS:
            raise ValueError(f"two claims are named {made.id}: {CLAIMS[made.id].source} and {made.source}")
        CLAIMS[made.id] = made
        return made

    return register


def refutation(of: Claim, statement: str, *, dtypes: tuple[str, ...] | None = None) -> Callable[[Property], Refutation]:
    """Registers a false neighbour of a claim; it is quantified over the claim's regimes unless it brings its own.

    `dtypes` names those in which it is false, where that depends on the format.
    """

    def register(check: Property) -> Refutation:
        tried = dtypes or Refutation.dtypes
        made = Refutation(**_proposition(check, of), claim=of.id, statement=statement, dtypes=tried)
        if any(r.id == made.id for r in of.refutations):
            raise ValueError(f"{of.id} has two refutations named {made.id}")
        of.refutations.append(made)
        return made

    return register


def mutant(
    *caught_by: Claim,
    operation: str,
    trigger: str = "always",
    provenance: str = "",
    dtypes: tuple[str, ...] = Refutation.dtypes,
    raises: tuple[type[Exception], ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers the decorated function as a wrong `operation` that each of the claims `caught_by` must catch.

    `trigger` says when it is wrong, `provenance` where such a bug was seen; `dtypes` are tried in turn. A mutant whose
    wrongness is to raise names the exceptions in `raises`; any other exception is an error of the mutant itself.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__.replace("_", "-")
        if operation not in OPERATIONS:
            raise ValueError(f"{name}: no operation {operation!r}; nearest: {nearest(operation, OPERATIONS)}")
        for c in caught_by:
            if any(m.name == name for m in c.mutants):
                raise ValueError(f"{c.id} has two mutants named {name}")
            c.mutants.append(Mutant(name, {operation: function}, trigger, provenance, dtypes, raises))
        return function

    return register


def departure(
    *spoils: Claim,
    summary: str,
    operations: tuple[str, ...],
    devices: tuple[str, ...],
    dtypes: tuple[str, ...],
    script: str,
    hardware: str = "",
) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
    """Registers a departure of torch; the decorated predicate says which trials of the claims it spoils.

    `operations` are those in which torch departs: a subject that overrides them all is not excused. The predicate gets
    the call plan first and then the regimes by the names that the claim gives them. `script` is a module of
    `claims.departures.scripts` in plain torch: `observed()`, `exact()` and `departs()`, and both values printed when it
    runs as a program. Its docstring ends in its facts, such as the versions of torch (`claims.frame.facts.read`).
    `hardware` says on which processors it is seen if torch or its BLAS has other code for others: there it is not taken
    for mended. Raises FileNotFoundError where there is no such script, ValueError where its facts are incomplete.
    """
    known = facts.of(script)

    def register(excludes: Callable[..., bool]) -> Callable[..., bool]:
        name = excludes.__name__.replace("_", "-")
        for c in spoils:
            if any(d.name == name for d in c.departures):
                raise ValueError(f"{c.id} has two departures named {name}")
            c.departures.append(
                Departure(name, summary, operations, devices, dtypes, script, excludes, hardware, known)
            )
        return excludes

    return register


@functools.cache
def load_all() -> Mapping[str, Claim]:
    """Imports every topic, its mutants and the departures; returns all claims by id, ordered by chapter and topic."""
    package = importlib.import_module("claims")
    found = [m.name for m in pkgutil.walk_packages(package.__path__, "claims.")]
    skipped = ("claims.frame", "claims.__main__")
    topics = [n for n in found if not n.startswith((*skipped, "claims.mutants", "claims.departures"))]
    for name in topics + [n for n in found if n.startswith(("claims.mutants", "claims.departures"))]:
        importlib.import_module(name)

    def place(c: Claim) -> tuple[str, int]:
        return c.topic, int(c.source.rpartition(":")[2])

    return {c.id: c for c in sorted(CLAIMS.values(), key=place)}


def _proposition(check: Property, of: Claim | None) -> dict[str, Any]:
    id_ = check.__name__.replace("_", "-")
    regimes = getattr(check, "regimes", of.regimes if of else None)
    if regimes is None:
        raise ValueError(f"{id_} needs @for_all(...) to say over which inputs it is quantified")
    return {"id": id_, "property": check, "regimes": regimes}
