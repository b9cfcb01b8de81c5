"""What must be known of torch's elementary functions to judge what is computed with them."""

from __future__ import annotations

import torch

from claims.frame.subject import Subject
from reference.bounds import UNITS_CPU, UNITS_CUDA


def units(subject: Subject) -> float:
    """The error of an elementary function of the subject, in units roundoff."""
    return UNITS_CUDA if torch.device(subject.device).type == "cuda" else UNITS_CPU
