"""The order in which corner regimes run: those that catch most mutants in the least time come first.

To find each of a set of errors as soon as possible on average is the min-sum set cover problem, for which the greedy
order, most errors a second first, takes at most four times as long as the best (Feige, Lovasz and Tetali, Algorithmica
40 (2004)). What is known of a mutant is the first corner that caught it, in the order of that run.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from claims.frame.claim import Proposition
from claims.frame.inputs.regime import Regime
from claims.frame.support import corner_regimes

LEARNT = Path(__file__).with_name("corners.json")
PLAINEST = "plainest"
LEAST_SECONDS = 1e-4
"""Below the resolution of a clock that counts in thousandths there is nothing to tell corners apart."""


def name_of(corner: Mapping[str, Regime], plainest: Mapping[str, Regime]) -> str:
    """What tells a corner from the plainest one: the parameters that differ, each with the fields that it sets."""
    told = [f"{p}={_set(r)}" for p, r in corner.items() if r != plainest[p]]
    return "; ".join(told) or PLAINEST


def _set(value: Any) -> str:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [(f, getattr(value, f.name)) for f in dataclasses.fields(value)]
        told = ", ".join(f"{f.name}={_set(v)}" for f, v in fields if v != f.default)
        return f"{type(value).__name__}({told})"
    return repr(value)


@functools.cache
def learnt() -> Mapping[str, Sequence[str]]:
    """The names of the corners of each claim that caught a mutant, in the order in which they run."""
    read: dict[str, list[str]] = json.loads(LEARNT.read_text(encoding="utf-8"))
    return read


def order(claim: str, corners: Sequence[Mapping[str, Regime]]) -> list[int]:
    """The places of the corners in the order in which they run: what is learnt, then the others as they are declared.

    A name that no corner has any more is passed over.
    """
    place = {name: k for k, name in enumerate(learnt().get(claim, ()))}
    return sorted(range(len(corners)), key=lambda i: place.get(name_of(corners[i], corners[0]), len(place)))


def learn(evidence: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The order of each claim's corners from the mutants of run records: kills a second, the largest first."""
    kills: dict[str, dict[str, list[float]]] = collections.defaultdict(lambda: collections.defaultdict(list))
    for e in evidence:
        if e["role"] == "mutant" and e["outcome"] == "caught" and "corner" in e:
            kills[e["claim"]][e["corner"]["name"]].append(e["corner"]["seconds"])

    def worth(seconds: Sequence[float]) -> float:
        return len(seconds) / max(sum(seconds) / len(seconds), LEAST_SECONDS)

    return {c: sorted(found, key=lambda name: -worth(found[name])) for c, found in sorted(kills.items())}


def keep(found: Mapping[str, Sequence[str]], claims: Mapping[str, Proposition]) -> None:
    """Writes the order of these claims; what is known of others stays, and names that no corner has any more go."""
    merged = {**learnt(), **found}
    known = {c: [n for n in merged[c] if n in _names(claims[c])] for c in sorted(merged) if c in claims}
    text = json.dumps({c: names for c, names in known.items() if names}, indent=1, ensure_ascii=False)
    LEARNT.write_text(f"{text}\n", encoding="utf-8")
    learnt.cache_clear()


def stale(claims: Mapping[str, Proposition]) -> list[str]:
    """What the file names and no claim has any more."""
    return [
        f"{claim}: {name}"
        for claim, names in learnt().items()
        for name in names
        if claim not in claims or name not in _names(claims[claim])
    ]


def _names(proposition: Proposition) -> set[str]:
    regimes = corner_regimes(proposition)
    return {name_of(corner, regimes[0]) for corner in regimes}
