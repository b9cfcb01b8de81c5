"""What a claim is quantified over, in words: the kinds of its regimes and the values that their corners take."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from claims.frame.inputs.regime import KIND, Regime, Regimes

MOST_VALUES = 8
"""Of a field: a reader wants the span of a regime, not its list of corners."""


def summary(regimes: Mapping[str, Regimes]) -> list[dict[str, Any]]:
    """One entry a parameter of the property, as plain data: its corners, counted, and what each kind of them is."""
    return [
        {
            "name": name,
            "corners": len(given.corners),
            "exhaustive": given.exhaustive,
            "kinds": [
                {
                    "kind": kind.__name__,
                    "about": _about(kind),
                    "fields": _fields([c for c in given.corners if type(c) is kind]),
                }
                for kind in dict.fromkeys(map(type, given.corners))
            ],
        }
        for name, given in regimes.items()
    ]


def _about(kind: type[Regime]) -> str:
    """The first sentence or paragraph of the docstring, on one line."""
    return " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())


def _fields(corners: Sequence[Regime]) -> dict[str, str]:
    """The values of every field over the corners; numbers ascend, and of many only the first and last are told."""
    told: dict[str, list[Any]] = {}
    for corner in corners:
        for name, value in _leaves(corner.describe()):
            if value not in told.setdefault(name, []):
                told[name].append(value)
    return {name: _listed(values) for name, values in told.items()}


def _leaves(described: Mapping[str, Any], of: str = "") -> Iterator[tuple[str, Any]]:
    """The fields, those of a regime within a regime by its name and theirs."""
    for name, value in described.items():
        if isinstance(value, dict):
            yield f"{of}{name}", value[KIND]
            yield from _leaves(value, f"{of}{name}.")
        elif name != KIND:
            yield f"{of}{name}", value


def _listed(values: list[Any]) -> str:
    if all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values):
        values = sorted(values)
    words = list(map(_word, values))
    if len(words) > MOST_VALUES:
        words = [*words[: MOST_VALUES - 1], "…", words[-1]]
    return ", ".join(words)


def _word(value: Any) -> str:
    if isinstance(value, list):
        return f"({', '.join(map(_word, value))})"
    return f"{value:g}" if isinstance(value, float) else str(value)
