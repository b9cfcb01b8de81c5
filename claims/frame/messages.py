"""What the terminal says of an item that failed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import torch

from claims.frame.cases import Case
from claims.frame.claim import load_all
from claims.frame.evidence import Evidence


def failure_text(case: Case, evidence: Evidence) -> str:
    """The claim, the margin, the smallest instance, the line that repeats it, and a reproduction in plain torch."""
    claim = load_all()[case.claim]
    where = f"{evidence.subject}, {evidence.device}, {evidence.dtype}"
    headline = {
        "failed": f"{claim.id} is refuted on {where}",
        "vacuous": f"{claim.id} says too little on {where}: {evidence.reason}",
        "error": f"{claim.id} could not be examined on {where}: an operation raised\n{evidence.reason}",
        "not-refuted": f"{claim.id}: no counterexample was found to its false neighbour {case.name} ({where})",
        "survived": f"{claim.id} does not catch the mutant {case.name} ({where}, {evidence.instances} instances)",
        "mended": f"{claim.id}: torch no longer departs as {case.name} describes: "
        f"say since when in its script, for example 'Mended: {torch.__version__.partition('+')[0]}'",
    }[evidence.outcome]
    lines = [headline, f"  {claim.title}", f"  {claim.statement}"]
    failure = evidence.failure
    if failure is None:
        return "\n".join(lines)
    plan = failure["input"]["plan"]
    lines += [
        f"margin: {_short(failure['margin'])} times the bound, in the check {failure['label']!r}",
        f"called: {plan['calls']}, {plan['layout']}, {plan['axis']} axis",
        "smallest instance:",
        textwrap.indent(failure["instance"], "  "),
        f"observed {failure['observed']}, expected {failure['expected']}, bound {failure['bound']}",
        *map(class_text, failure.get("classes", [])),
        f"repeat: {failure['repeat']}",
    ]
    if failure["reproduction"]:
        lines += ["in plain torch:", textwrap.indent(failure["reproduction"], "  ")]
    return "\n".join(lines)


def class_text(tried: Mapping[str, Any]) -> str:
    """What was found of a weaker class of bounds: its formula and algorithms if it is met, what fails it if not."""
    if tried["met"]:
        unsure = f", {tried['undetermined']} of them undetermined" if tried["undetermined"] else ""
        return (
            f"meets the weaker class '{tried['name']}': {tried['bound']}; it is that of {tried['algorithms']};"
            f" worst margin {_short(tried['margin'])} over {tried['instances']} instances{unsure}"
        )
    why = "most instances are undetermined"
    if tried["reason"]:
        why = tried["reason"]
    elif tried["refuted"]:
        why = f"margin {_short(tried['margin'])} in the check {tried['label']!r}"
    return f"does not meet the weaker class '{tried['name']}' of {tried['algorithms']}: {why}"


def _short(margin: float | str) -> str:
    return margin if isinstance(margin, str) else f"{margin:.4g}"
