"""Claims that would not notice much: loose bounds, no mutant caught, no item that ran."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from claims.frame import support
from claims.frame.claim import Claim, load_all
from claims.frame.evidence import GOOD
from claims.frame.kernels import EAGER

LOOSE = 1e-3
MEASURED = GOOD | {"failed", "vacuous", "error"}

Evidence = Mapping[str, Any]


def weaknesses(evidence: Sequence[Evidence]) -> list[tuple[str, str]]:
    """What is weak by claim, for claims of which the run has every cell of eager torch, or every mutant.

    *Loose*: the worst margin is below 0.001, and not zero: a claim without any error at all is exact. A claim that
    says why in `weakness` is left out.
    """
    cells: dict[str, list[Evidence]] = collections.defaultdict(list)
    mutants: dict[str, list[Evidence]] = collections.defaultdict(list)
    for e in evidence:
        if e["role"] == "claim" and e["subject"] == EAGER:
            cells[e["claim"]].append(e)
        elif e["role"] == "mutant":
            mutants[e["claim"]].append(e)
    found = []
    for claim in load_all().values():
        if not claim.weakness:
            found += [(claim.id, said) for said in _of(claim, cells[claim.id], mutants[claim.id])]
    return found


def _of(claim: Claim, cells: Sequence[Evidence], mutants: Sequence[Evidence]) -> Iterator[str]:
    if cells and not any(e["outcome"] in MEASURED for e in cells):
        yield f"never runs: {cells[0]['reason']}"
    elif _complete(claim, cells):
        worst = max(float(e["worst"]["margin"]) if e["worst"] else 0.0 for e in cells)
        if 0 < worst < LOOSE:
            yield f"loose: its worst margin is {worst:.2g}, so {1 / worst:.0f} times the error would not be noticed"
    if len(mutants) == len(claim.mutants) and not any(e["outcome"] == "caught" for e in mutants) and cells:
        yield "catches no mutant"


def _complete(claim: Claim, cells: Sequence[Evidence]) -> bool:
    """Whether the claim held in every dtype that a device of the run supports."""
    held = {(e["device"], e["dtype"]) for e in cells if e["outcome"] in GOOD}
    dtypes = (
        (d, t)
        for d in {device for device, _ in held}
        for t in support.DTYPES
        if support.unsupported(claim, d, t) is None
    )
    return bool(held) and held >= set(dtypes)
