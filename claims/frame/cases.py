"""What a run consists of: one case a claim x subject x device x dtype, and one a refutation, mutant and departure.

The kill matrix adds a case for every mutant on every claim that uses its operation without listing it.
"""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from claims.frame import kernels, support
from claims.frame.claim import Claim, Departure, Mutant, Refutation, load_all
from claims.frame.demonstration import demonstrate
from claims.frame.evidence import Evidence
from claims.frame.failure import repeat
from claims.frame.figures import DTYPE as FIGURES_IN
from claims.frame.kernels import EAGER, UsageProblem, subject
from claims.frame.names import nearest
from claims.frame.profiles import DEFAULT, PROFILES, Profile
from claims.frame.regime_summary import summary
from claims.frame.runner import catch, examine, refute
from claims.frame.subject import Subject

ROOT = Path(__file__).parents[2]
FRAME = Path(__file__).parent
DEVICES = ("cpu", "cuda", "mps", "xpu")


@dataclasses.dataclass(frozen=True)
class Selection:
    """The options of a run; empty means everything (every device present, every dtype supported)."""

    claims: Sequence[str] = ()
    chapters: Sequence[str] = ()
    subjects: Sequence[str] = ()
    devices: Sequence[str] = ()
    dtypes: Sequence[str] = ()

    def validate(self) -> None:
        """Raises UsageProblem, one line with the nearest valid names, for a name that does not exist."""
        claims = load_all()
        chapters = {c.chapter for c in claims.values()}
        for option, names, known in (
            ("claim", self.claims, claims),
            ("chapter", self.chapters, chapters),
            ("dtype", self.dtypes, support.DTYPES),
            ("device", [d.partition(":")[0] for d in self.devices], DEVICES),
        ):
            for name in names:
                if name not in known:
                    raise UsageProblem(f"no {option} {name!r}; nearest: {nearest(name, known)}")
        if not self.selected():
            raise UsageProblem(f"no claim {', '.join(self.claims)} in chapter {', '.join(self.chapters)}")
        for index in (d.partition(":")[2] for d in self.devices):
            if index and not index.isdigit():
                raise UsageProblem(f"--device: {index!r} is no device index; write for example cuda:0")
        named: dict[str, str] = {}
        for origin in self.subjects:
            if origin != EAGER:
                kernels.load(origin)
            stem = Path(origin).stem
            if named.setdefault(stem, origin) != origin:
                raise UsageProblem(f"two subjects are named {stem}: {named[stem]} and {origin}")

    def selected(self) -> list[Claim]:
        """The claims asked for."""
        return [
            c
            for c in load_all().values()
            if (not self.claims or c.id in self.claims) and (not self.chapters or c.chapter in self.chapters)
        ]


def evidence_key(evidence: Mapping[str, Any]) -> str:
    """What tells the evidence of one case from that of others; of the dtypes tried for a neighbour any may have it."""
    dtype = evidence["dtype"] if evidence["role"] == "claim" else "any"
    parts = (evidence["role"], evidence["claim"], str(evidence["name"]), evidence["subject"], evidence["device"], dtype)
    return " ".join(parts)


@dataclasses.dataclass(frozen=True)
class Case:
    """One item of a run. `skip` says why it cannot run here; `absent` that the device is the reason.

    `of` names the claim that lists a mutant, where another one meets it.
    """

    role: str
    claim: str
    subject: str
    device: str
    dtypes: tuple[str, ...]
    name: str | None = None
    skip: str | None = None
    absent: bool = False
    of: str | None = None

    @property
    def id(self) -> str:
        """A readable id, unique among the cases of its role."""
        tested = Path(self.subject).stem
        if self.role == "claim":
            return f"{self.claim}-{tested}-{self.device}-{self.dtypes[0]}"
        if self.of:
            return f"{self.claim}-{self.of}-{self.name}-{self.device}"
        return f"{self.claim}-{self.name}-{self.device}"

    @property
    def title(self) -> str | None:
        """The name of the neighbour as the evidence has it, with the claim that lists it if that is another one."""
        return f"{self.of}/{self.name}" if self.of else self.name

    @property
    def key(self) -> str:
        """What the evidence of this case is known by (`evidence_key`)."""
        about = {"role": self.role, "claim": self.claim, "name": self.title, "device": self.device}
        return evidence_key(about | {"subject": Path(self.subject).stem, "dtype": self.dtypes[0]})

    def run(self, profile: Profile, seed: int) -> Evidence:
        """Runs the case; an exception of an operation becomes the outcome "error", with its traceback in the reason."""
        claim = load_all()[self.claim]
        evidence = Evidence(claim.id, Path(self.subject).stem, self.device, self.dtypes[0], self.role, self.title)
        if self.skip:
            evidence.reason = self.skip
            return evidence
        try:
            return getattr(self, f"_run_{self.role}")(claim, profile, seed)  # type: ignore[no-any-return]
        except Exception as error:  # noqa: BLE001  whatever an operation raises is a failure of the item, not of the run
            where = Subject(evidence.subject, evidence.dtype, self.device, origin=self.subject)
            evidence.outcome = "error"
            again = f"{_traceback(error)}\nrepeat: {repeat(claim.id, self.name, where, profile, seed)}"
            evidence.reason = f"raises {type(error).__name__}" if self.of else again
            return evidence

    def _run_claim(self, claim: Claim, profile: Profile, seed: int) -> Evidence:
        tested = subject(self.subject, self.dtypes[0], self.device)
        evidence = examine(claim, tested, profile, seed=seed)
        for figure in claim.figures if tested.dtype == FIGURES_IN else ():
            try:
                evidence.figures.append(figure.record(tested))
            except Exception as error:  # noqa: BLE001  a picture that a subject cannot draw takes no evidence with it
                told = f"the figure {figure.title!r} could not be drawn: {type(error).__name__}: {error}"
                evidence.reason = "\n".join(filter(None, (evidence.reason, told)))
        return evidence

    def _run_refutation(self, claim: Claim, profile: Profile, seed: int) -> Evidence:
        false = next(r for r in claim.refutations if r.id == self.name)
        return refute(false, subject(EAGER, self.dtypes[0], self.device), claim, profile, seed=seed)

    def _run_mutant(self, claim: Claim, profile: Profile, seed: int) -> Evidence:
        mutant = next(m for m in load_all()[self.of or self.claim].mutants if m.name == self.name)
        quickest = min(profile, PROFILES[DEFAULT], key=lambda p: p.examples)  # where it must be caught, at the latest
        for dtype in self.dtypes:
            evidence = catch(claim, mutant, subject(EAGER, dtype, self.device), quickest, seed=seed)
            if evidence.outcome == "caught":
                break
        return evidence

    def _run_cross(self, claim: Claim, profile: Profile, seed: int) -> Evidence:
        evidence = self._run_mutant(claim, profile, seed)
        evidence.role, evidence.name = self.role, self.title
        return evidence

    def _run_departure(self, claim: Claim, profile: Profile, seed: int) -> Evidence:
        departs = next(d for d in claim.departures if d.name == self.name)
        evidence = Evidence(claim.id, EAGER, self.device, self.dtypes[0], self.role, self.name, instances=1)
        evidence.demonstration = shown = demonstrate(departs.script)
        mended = departs.facts.mended_in(torch.__version__)
        if shown["departs"]:
            evidence.outcome = "departs"
            if mended:
                evidence.outcome = "error"
                evidence.reason = f"torch {torch.__version__} departs, though it is mended since {departs.facts.mended}"
        elif mended:
            evidence.outcome, evidence.reason = "elsewhere", f"Mended since torch {departs.facts.mended}"
        elif departs.hardware:
            evidence.outcome, evidence.reason = "elsewhere", f"It is seen on {departs.hardware}"
        else:
            evidence.outcome = "mended"
        return evidence


def _traceback(error: Exception) -> str:
    """The traceback without the frame's own lines, unless it is the frame that failed."""
    told = traceback.TracebackException.from_exception(error)
    own = [line for line in told.stack if not Path(line.filename).is_relative_to(FRAME)]
    if told.stack[-1] in own or told.stack[-1].filename == kernels.__file__:
        told.stack = traceback.StackSummary.from_list(own)
    return "".join(told.format()).replace(f"{ROOT}/", "").rstrip()


def claim_cases(selection: Selection) -> Iterator[Case]:
    """One case a claim x subject x device x dtype; what was asked for by name and cannot run has a `skip`."""
    for claim in selection.selected():
        for origin in dict.fromkeys(selection.subjects or [EAGER]):
            if origin != EAGER and not set(kernels.load(origin)) & set(support.operations_of(claim)):
                continue
            for device in dict.fromkeys(selection.devices or support.devices()):
                for dtype in dict.fromkeys(selection.dtypes or support.DTYPES):
                    case = Case("claim", claim.id, origin, device, (dtype,))
                    if not support.is_present(device):
                        yield dataclasses.replace(case, skip=f"no device {device!r} here", absent=True)
                    elif reason := support.unsupported(claim, device, dtype):
                        if selection.dtypes:
                            yield dataclasses.replace(case, skip=reason)
                    else:
                        yield case


def _side_cases(selection: Selection, role: str, neighbours: str) -> Iterator[Case]:
    """Refutations or mutants, on eager torch and the first device that is present."""
    for device in _first_present(selection):
        for claim in selection.selected():
            for neighbour in getattr(claim, neighbours):
                if dtypes := _tried(neighbour, claim, device, selection):
                    yield Case(role, claim.id, EAGER, device, dtypes, _name(neighbour))


def _first_present(selection: Selection) -> list[str]:
    """The device on which eager torch meets the neighbours of claims, if it is among the subjects."""
    if selection.subjects and EAGER not in selection.subjects:
        return []
    return [d for d in selection.devices or support.devices() if support.is_present(d)][:1]


def _tried(neighbour: Refutation | Mutant, claim: Claim, device: str, selection: Selection) -> tuple[str, ...]:
    dtypes = (d for d in neighbour.dtypes if not selection.dtypes or d in selection.dtypes)
    return tuple(d for d in dtypes if support.unsupported(claim, device, d) is None)


def refutation_cases(selection: Selection) -> Iterator[Case]:
    """One case a refutation."""
    return _side_cases(selection, "refutation", "refutations")


def mutant_cases(selection: Selection) -> Iterator[Case]:
    """One case a claim x mutant that it must catch."""
    return _side_cases(selection, "mutant", "mutants")


def cross_cases(selection: Selection) -> Iterator[Case]:
    """One case a mutant x claim that uses its operation and does not list it: these may survive."""
    listed: dict[tuple[Any, ...], list[tuple[str, Mutant]]] = {}
    for claim in load_all().values():
        for mutant in claim.mutants:
            listed.setdefault((mutant.name, *mutant.functions.values()), []).append((claim.id, mutant))
    for device in _first_present(selection):
        for claim in selection.selected():
            used = set(support.operations_of(claim))
            for owners in listed.values():
                of, mutant = owners[0]
                elsewhere = claim.id not in (owner for owner, _ in owners) and used & mutant.functions.keys()
                if elsewhere and (dtypes := _tried(mutant, claim, device, selection)):
                    yield Case("cross", claim.id, EAGER, device, dtypes, mutant.name, of=of)


def departure_cases(selection: Selection) -> Iterator[Case]:
    """One case a departure of eager torch, on the first of its devices that is present."""
    if selection.subjects and EAGER not in selection.subjects:
        return
    present = [d for d in selection.devices or support.devices() if support.is_present(d)]
    seen = set()
    for claim in selection.selected():
        for departs in claim.departures:
            device = next((d for d in present if d.partition(":")[0] in departs.devices), None)
            asked = not selection.dtypes or set(selection.dtypes) & set(departs.dtypes)
            if device and asked and departs.name not in seen:
                seen.add(departs.name)
                yield Case("departure", claim.id, EAGER, device, departs.dtypes, departs.name)


CASES = {
    "claim": claim_cases,
    "refutation": refutation_cases,
    "mutant": mutant_cases,
    "cross": cross_cases,
    "departure": departure_cases,
}


def _name(neighbour: Refutation | Mutant | Departure) -> str:
    return neighbour.id if isinstance(neighbour, Refutation) else neighbour.name


def metadata(claim: Claim) -> Mapping[str, Any]:
    """What a reader wants to know of a claim, as the record file has it."""
    truth = claim.property.__globals__.get("reference")  # what a topic calls the module with its truth
    reference = f"{truth.__name__.replace('.', '/')}.py" if truth else ""
    return {
        "id": claim.id,
        "title": claim.title,
        "statement": claim.statement,
        "hypotheses": claim.hypotheses,
        "regimes": summary(claim.regimes),
        "chapter": claim.chapter,
        "topic": claim.topic,
        "truth": claim.truth,
        "correction": claim.correction,
        "notes": claim.notes,
        "book": claim.book,
        "formal": claim.formal,
        "method": claim.method,
        "bound": claim.bound,
        "weakness": claim.weakness,
        "operations": support.operations_of(claim),
        "dtypes": {d: {t: support.unsupported(claim, d, t) for t in support.DTYPES} for d in support.devices()},
        "source": {"claim": claim.source, "reference": reference},
        "refutations": [{"name": r.id, "statement": r.statement} for r in claim.refutations],
        "mutants": [
            {"name": m.name, "operation": ", ".join(m.functions), "trigger": m.trigger, "provenance": m.provenance}
            for m in claim.mutants
        ],
        "departures": [
            {
                "name": d.name,
                "summary": d.summary,
                "operations": list(d.operations),
                "devices": list(d.devices),
                "dtypes": list(d.dtypes),
                "hardware": d.hardware,
                "script": f"claims/departures/scripts/{d.script}.py",
                "title": d.facts.title,
                "text": d.facts.text,
                "kind": d.facts.kind,
                "why": d.facts.why,
                "versions": d.facts.seen,
                "mended": d.facts.mended or None,
                "upstream": d.facts.upstream,
                "code": d.facts.code,
            }
            for d in claim.departures
        ],
    }
