"""Searches for false alarms: how many seeds of each profile ran, and what did not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports import text
from reports.read import Record


@dataclass(frozen=True)
class Alarms:
    """All searches together; a seed that several of them had counts once for its profile."""

    seeds: dict[str, int]
    items: int
    instances: int
    raised: list[Record]

    @property
    def told(self) -> str:
        """The searches in words: 30 seeds of quick and 3 seeds of standard."""
        return text.listed(f"{text.plural(number, 'seed')} of {profile}" for profile, number in self.seeds.items())


def merge(records: Iterable[Record]) -> Alarms:
    """What all searches found."""
    found = list(records)
    seeds: dict[str, set[int]] = {}
    for record in found:
        seeds.setdefault(record["profile"], set()).update(record["seeds"])
    return Alarms(
        {profile: len(known) for profile, known in sorted(seeds.items())},
        sum(record["items"] for record in found),
        sum(record["instances"] for record in found),
        [alarm for record in found for alarm in record["alarms"]],
    )
