"""Departures of torch in two sets of runs: which are new, and which are seen no longer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from reports import model
from reports.changes import Change
from reports.evidence import Trial, where_of

_WORDS = {"departs": "departs", "mended": "no longer seen", "elsewhere": "not on this processor", "error": "error"}


class Group(NamedTuple):
    """A departure with all the claims that it spoils."""

    trials: Sequence[tuple[model.Claim, Trial]]

    @property
    def outcome(self) -> str:
        """The outcome of its script: "departs" if it was seen anywhere, "" if it was not run."""
        found = {trial.outcome for _, trial in self.trials}
        return next((word for word in _WORDS if word in found), "")

    @property
    def word(self) -> str:
        """The outcome in words."""
        return _WORDS.get(self.outcome, "not run")

    @property
    def where(self) -> str:
        """Where its script was run."""
        return where_of(result for _, trial in self.trials for result in trial.ran)


def departures(before: model.Report, after: model.Report) -> Iterator[Change]:
    """Yield what changed of the departures: those with one script are one."""
    old, new = grouped(before), grouped(after)
    measured = [{claim.id for claim in side.claims if claim.measured} for side in (before, after)]
    for key in dict.fromkeys([*new, *old]):
        one, other = old.get(key, Group(())), new.get(key, Group(()))
        if one.outcome == other.outcome:
            continue
        claims = [claim.id for claim, _ in [*other.trials, *one.trials]]
        # Only where a run checked a claim that the departure spoils could it have been seen.
        looked = [any(name in side for name in claims) for side in measured]
        kind = _kind(one, other, known=key in new, looked=looked)
        if kind is not None:
            claim, trial = (other.trials or one.trials)[0]
            title = str(trial.about.get("summary") or trial.name).replace("`", "")
            words = tuple(group.word if key in side else "not on record" for group, side in ((one, old), (other, new)))
            yield Change(kind, claim.id, title, other.where or one.where, words, trial.name)


def grouped(report: model.Report) -> Mapping[str, Group]:
    """Return the departures on record by script, those that were not run too."""
    groups: dict[str, list[tuple[model.Claim, Trial]]] = {}
    for claim in report.claims:
        for trial in claim.departures:
            groups.setdefault(str(trial.about.get("script") or trial.name), []).append((claim, trial))
    return {key: Group(trials) for key, trials in groups.items()}


def _kind(one: Group, other: Group, *, known: bool, looked: Sequence[bool]) -> str | None:
    """The kind of a change of outcome; None where there is nothing to tell."""
    if other.outcome == "departs":
        return "departed" if looked[0] and (one.outcome or not one.trials) else "appeared"
    if other.outcome == "error":
        return "broke"
    if one.outcome != "departs":
        return None
    if other.outcome == "mended" or (looked[1] and not known):
        return "healed"
    return "unseen" if looked[1] else None
