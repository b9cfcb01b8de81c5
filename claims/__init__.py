"""Mathematical claims about deep learning, as properties; this module is all that a topic file needs of the frame."""

from claims.frame.checks import at_most, consistent, equal, holds, within, within_norm
from claims.frame.claim import (
    FALSE_AS_STATED,
    TENDENCY,
    TRUE,
    UNDER_HYPOTHESES,
    claim,
    departure,
    for_all,
    mutant,
    refutation,
)
from claims.frame.figures import Curve, Note, Panel, Panels, figure
from claims.frame.subject import values

__all__ = [
    "FALSE_AS_STATED",
    "TENDENCY",
    "TRUE",
    "UNDER_HYPOTHESES",
    "Curve",
    "Note",
    "Panel",
    "Panels",
    "at_most",
    "claim",
    "consistent",
    "departure",
    "equal",
    "figure",
    "for_all",
    "holds",
    "mutant",
    "refutation",
    "values",
    "within",
    "within_norm",
]
