"""Names that were mistyped."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names closest to `name`, for messages; the first few of all where none is close."""
    known = sorted(known)
    return ", ".join(difflib.get_close_matches(name, known, 3, 0.4) or known[:8])
