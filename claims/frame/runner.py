"""Turns a proposition into a Hypothesis test, and its outcome into evidence."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import numpy as np
from hypothesis import Phase, given, settings, target
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from claims.frame import corners
from claims.frame.checks import Check
from claims.frame.claim import Claim, Departure, Mutant, Proposition, Refutation
from claims.frame.classes import CLASSES, Tried
from claims.frame.evidence import Evidence, Where, worst_of
from claims.frame.inputs.regime import Arrays
from claims.frame.operations import OPERATIONS
from claims.frame.plan import CallPlan, plans
from claims.frame.profiles import Profile
from claims.frame.shrink import Budget, Found, smallest
from claims.frame.subject import Subject
from claims.frame.support import corner_regimes, operations_of
from claims.frame.trial import Timer, Trial, checks_of, digest
from reference.formats import FORMATS, Arithmetic
from reference.rounding import NoBound

MOST_UNDETERMINED = 0.1
TOGETHER = 4
"""Trials that Hypothesis draws as one example: an example costs it as much as a small batch costs the claim."""
LONGEST = 36
"""Trials that one run of Hypothesis draws: nine examples besides the simplest; after ten it starts to repeat parts."""


class Falsified(AssertionError):
    """A check's margin is above 1."""


def call_plans(proposition: Proposition) -> tuple[CallPlan, ...]:
    """The call plans that make a difference to the operations of a proposition."""
    return plans(with_axis=any(OPERATIONS[name].dim for name in operations_of(proposition)))


def exhausts(proposition: Proposition, dtype: str) -> bool:
    """Whether the corners are the whole domain of the property in this dtype."""
    regimes = proposition.regimes.values()
    alone = len(regimes) == 1  # of two such parameters the corners would not be combined
    return all(r.exhaustive for r in regimes) or (alone and all(dtype in r.exhaustive_in for r in regimes))


def _mostly_batched(available: Sequence[CallPlan]) -> list[CallPlan]:
    """Call plans to draw from: single calls a fifth of the time, since they examine fewer instances a second."""
    batched = [p for p in available if p.calls == "batched"]
    single = [p for p in available if p.calls == "single"]
    return [*batched, *single, *batched * (max(1, 4 * len(single) // len(batched)) - 1)]


def corner_trials(proposition: Proposition, profile: Profile, dtype: str) -> Iterator[Trial]:
    """Every corner under `profile.corner_plans` call plans, dealt so that few corners see all plans.

    A corner gets other plans in every dtype: most of what is wrong for one plan is so in all dtypes. All corners under
    their first plan come first: most of what is wrong shows at one corner, whatever the plan. Among them those come
    first that catch most mutants (`claims.frame.corners`); what a trial is does not depend on its turn.
    """
    available = call_plans(proposition)
    shuffled = [available[i] for i in np.random.default_rng(digest("plans")).permutation(len(available))]
    regimes = corner_regimes(proposition)
    hands: list[tuple[CallPlan, ...]] = []
    wanted = min(profile.corner_plans, len(available))
    turn = list(FORMATS).index(dtype)
    for i in range(len(regimes)):
        hand = [shuffled[((i + turn) * wanted + j) % len(shuffled)] for j in range(wanted)]
        hands.append(tuple(dict.fromkeys([available[0], *hand] if i == 0 else hand)))
    order = corners.order(proposition.id, regimes)
    for number in range(wanted + 1):
        for i in order:
            if number < len(hands[i]):
                yield Trial(regimes[i], number, hands[i][number])


class Examination:
    """One proposition on one subject: runs trials, keeps the evidence, remembers the first failure."""

    def __init__(
        self,
        proposition: Proposition,
        subject: Subject,
        evidence: Evidence,
        profile: Profile,
        seed: int,
        departures: Sequence[Departure] = (),
    ) -> None:
        self.proposition, self.subject, self.evidence = proposition, subject, evidence
        self.profile, self.seed, self.departures = profile, seed, departures
        self.found: Found | None = None
        self.enough = Budget()

    def run(self, trial: Trial) -> float:
        """Examines one trial and returns its worst margin; raises Falsified if a check fails.

        Nothing is counted after the first failure.
        """
        batch = trial.batch(self.profile)
        if any(d.excludes(trial.plan, **trial.regimes) for d in self.departures):
            self.evidence.excluded += batch
            return 0.0
        if self.found is not None:
            self.enough.spend()
        timer = Timer()
        start = time.perf_counter()
        arrays = trial.arrays(self.proposition, self.seed, batch, self.subject)
        timer.inputs = time.perf_counter() - start
        held: list[Check] = []
        worst: Where | None = None
        try:
            seed = trial.seed(self.proposition, self.seed)
            for check in checks_of(self.proposition, self.subject, trial, arrays, seed, timer):
                held.append(check)
                if not check.margins.size:
                    continue
                here = worst_of(check, trial, batch)
                if here.margin > 1:
                    self._falsify(here, arrays)
                if worst is None or here.margin > worst.margin:
                    worst = here
        except Exception as error:
            if isinstance(error, NoBound) and self.subject.weakening is not None:
                self.evidence.leave_undetermined(batch)
                return 0.0
            error.add_note(f"in {trial}")
            raise
        if self.found is None:
            self.evidence.add(trial, batch, held, worst)
            self.evidence.timer.add(timer)
        return worst.margin if worst is not None else 0.0

    def _falsify(self, here: Where, arrays: dict[str, Arrays]) -> NoReturn:
        if self.found is None:
            self.enough = Budget()
            self.evidence.instances += here.batch  # it took these to find the failure
            self.evidence.batches += 1
        self.found = Found(here, arrays)
        raise Falsified(f"{self.proposition.id}: the error is {here.margin:.4g} times the bound")

    def corners(self) -> None:
        """Runs every corner regime; the evidence tells which one ended it, and how long that took."""
        plainest = {name: r.corners[0] for name, r in self.proposition.regimes.items()}
        for trial in corner_trials(self.proposition, self.profile, self.subject.dtype):
            start = time.process_time()
            try:
                self.run(trial)
            except Exception:
                seconds = round(time.process_time() - start, 6)
                self.evidence.corner = {"name": corners.name_of(trial.regimes, plainest), "seconds": seconds}
                raise

    def drawn(self, *, shrink: bool) -> None:
        """Lets Hypothesis draw regimes, numbers and call plans."""
        regimes = self.proposition.regimes
        if exhausts(self.proposition, self.subject.dtype):
            return

        passed: set[tuple[Any, ...]] = set()

        def body(drawn: tuple[tuple[Any, ...], ...]) -> None:
            if self.found is not None and not self.enough:  # nothing fails any more: Hypothesis stops shrinking
                return
            for choice in drawn:
                if choice in passed:
                    continue
                plan, number, *described = choice
                margin = self.run(Trial(dict(zip(regimes, described, strict=True)), number, plan))
                passed.add(choice)
                if self.profile.climb:
                    target(margin)

        phases = [Phase.generate, *([Phase.target] if self.profile.climb else []), *([Phase.shrink] if shrink else [])]
        plan, number = st.sampled_from(_mostly_batched(call_plans(self.proposition))), st.integers(0, 2**32 - 1)
        trial = st.tuples(plan, number, *(r.draw for r in regimes.values()))
        how = settings.get_profile(self.profile.name)
        if self.profile.climb:
            rounds, together, examples = 1, 1, self.profile.examples
        else:
            rounds, together = math.ceil(self.profile.examples / LONGEST), TOGETHER
            examples = 1 + math.ceil(self.profile.examples / rounds / together)
        test = given(st.tuples(*[trial] * together))(settings(how, max_examples=examples, phases=phases)(body))
        for k in range(rounds):
            with_seed(digest(self.proposition.id, self.seed, k))(test)()

    def everything(self, *, shrink: bool) -> None:
        """Corners first, then drawn trials, until the first failure."""
        try:
            self.corners()
            self.drawn(shrink=shrink)
        except Falsified:
            pass
        except Flaky:
            if self.found is None:  # an exception that came once is no evidence either way
                raise


def examine(
    proposition: Proposition,
    subject: Subject,
    profile: Profile,
    *,
    seed: int = 0,
    shrink: bool = True,
    evidence: Evidence | None = None,
) -> Evidence:
    """Checks a proposition on a subject: corners first, then drawn trials, until the first failure.

    The evidence's outcome is "held", "consistent" (statistical), "exhausted" (the whole domain), "departs" (torch's
    known departures were left out), "failed" (with the smallest failing instance), or "vacuous" (more than a tenth of
    the instances undetermined). An exception of an operation is not caught.
    """
    evidence = evidence or Evidence(proposition.id, subject.name, subject.device, subject.dtype)
    departures = [d for d in (proposition.departures if isinstance(proposition, Claim) else []) if d.concerns(subject)]
    examination = Examination(proposition, subject, evidence, profile, seed, departures)
    start = time.perf_counter()
    examination.everything(shrink=shrink)
    evidence.seconds = time.perf_counter() - start
    if evidence.worst is not None:
        trial = evidence.worst.trial
        arrays = trial.arrays(proposition, seed, evidence.worst.batch, subject)
        evidence.worst_input = evidence.worst.describe(arrays, seed)
    if examination.found is not None:
        evidence.outcome = "failed"
        if shrink:
            evidence.failure = smallest(proposition, subject, examination.found, profile, seed, departures)
            if isinstance(proposition, Claim):
                evidence.failure["classes"] = [t.record() for t in weaker(examination, examination.found)]
        return evidence
    evidence.outcome, evidence.reason = _conclusion(proposition, evidence)
    return evidence


def weaker(failed: Examination, found: Found) -> Iterator[Tried]:
    """The weaker classes of bounds that concern the check which failed, up to the first that the subject meets.

    Each is held against the whole examination. A class concerns the check if the failing trial has other margins with
    its bounds than with those before.
    """
    proposition = failed.proposition
    stored = Arithmetic.of(failed.subject.format)
    conventional, failing = _margins(proposition, failed.subject, found, failed.seed)
    if failing is None:  # it does not fail twice, so no bound explains it
        return
    arithmetics, seen = {stored}, {conventional}
    for bounds in CLASSES:
        if bounds.weaken(stored) in arithmetics:
            continue
        arithmetics.add(bounds.weaken(stored))
        subject = dataclasses.replace(failed.subject, weakening=bounds.weaken)
        evidence = Evidence(proposition.id, subject.name, subject.device, subject.dtype)
        try:
            margins, refuted = _margins(proposition, subject, found, failed.seed)
            if margins in seen:
                continue
            seen.add(margins)
            if refuted is None:
                again = Examination(proposition, subject, evidence, failed.profile, failed.seed, failed.departures)
                again.everything(shrink=False)
                refuted = again.found.where if again.found is not None else None
            tried = Tried(bounds, evidence, refuted)
        except Exception as error:  # noqa: BLE001  what the subject raises where the claim had failed already
            tried = Tried(bounds, evidence, None, f"{type(error).__name__}: {error}")
        yield tried
        if tried.met:
            return


def _margins(proposition: Proposition, subject: Subject, found: Found, seed: int) -> tuple[bytes, Where | None]:
    """All margins of the trial that failed up to the first above 1 with the bounds of `subject`, and its place."""
    trial, margins = found.where.trial, b""
    with contextlib.suppress(NoBound):
        for check in checks_of(proposition, subject, trial, found.arrays, trial.seed(proposition, seed)):
            margins += check.margins.tobytes()
            if check.margins.size and (here := worst_of(check, trial, found.where.batch)).margin > 1:
                return margins, here
    return margins, None


def _conclusion(proposition: Proposition, evidence: Evidence) -> tuple[str, str | None]:
    """The outcome of what did not fail, and why it is vacuous if it is."""
    if evidence.undetermined > MOST_UNDETERMINED * evidence.instances:
        return "vacuous", f"{evidence.undetermined} of {evidence.instances} instances are undetermined"
    if not evidence.margins and (evidence.instances or not evidence.excluded):
        return "vacuous", "no check applied to any instance"
    if evidence.excluded:
        return "departs", None
    if evidence.alpha:
        return "consistent", None
    return "exhausted" if exhausts(proposition, evidence.dtype) else "held", None


def refute(refutation: Refutation, subject: Subject, claim: Claim, profile: Profile, *, seed: int = 0) -> Evidence:
    """Looks for a counterexample; the outcome is "refuted", with the smallest one, or "not-refuted"."""
    evidence = Evidence(claim.id, subject.name, subject.device, subject.dtype, "refutation", refutation.id)
    examine(refutation, subject, profile, seed=seed, evidence=evidence)
    evidence.outcome = "refuted" if evidence.outcome == "failed" else "not-refuted"
    return evidence


def catch(claim: Claim, mutant: Mutant, subject: Subject, profile: Profile, *, seed: int = 0) -> Evidence:
    """Runs a claim on a mutant until it fails; the outcome is "caught" or "survived".

    Of exceptions only those that the mutant announces (`raises`) count as caught: others are errors of the mutant.
    """
    evidence = Evidence(claim.id, subject.name, subject.device, subject.dtype, "mutant", mutant.name)
    wrong = subject.overriding(mutant.name, **mutant.functions)
    try:
        examine(claim, wrong, profile, seed=seed, shrink=False, evidence=evidence)
    except mutant.raises as error:
        evidence.outcome, evidence.reason = "failed", f"raises {type(error).__name__}"
    evidence.outcome = "caught" if evidence.outcome == "failed" else "survived"
    return evidence
