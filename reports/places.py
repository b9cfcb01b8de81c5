"""Which subject and device of one set of runs is held against which of another."""

from __future__ import annotations

from collections.abc import Mapping

from reports import model
from reports.evidence import Place


def measured(report: model.Report) -> list[Place]:
    """Return the places where something was measured."""
    found = {cell.place for claim in report.claims for cell in claim.measured}
    return sorted(found, key=lambda place: place.order)


def aligned(before: model.Report, after: model.Report) -> Mapping[Place, Place]:
    """Return the places of the first that are compared, each with that of the second.

    Places of the same name are compared. Where no name is common, the one device of each is held against the other
    (CPU against CUDA), or the one subject of each (plain torch against kernels); nothing else is comparable.
    """
    ours, theirs = measured(before), measured(after)
    if common := [place for place in ours if place in theirs]:
        return {place: place for place in common}
    devices, subjects = ([{place[field] for place in side} for side in (ours, theirs)] for field in (1, 0))
    if all(len(side) == 1 for side in subjects):
        by_device = {place.device: place for place in theirs}
        pairs = {place: by_device[place.device] for place in ours if place.device in by_device}
        if pairs:
            return pairs
    if all(len(side) == 1 for side in devices):
        by_subject = {place.subject: place for place in theirs}
        pairs = {place: by_subject[place.subject] for place in ours if place.subject in by_subject}
        if pairs:
            return pairs
    return {ours[0]: theirs[0]} if len(ours) == len(theirs) == 1 else {}
