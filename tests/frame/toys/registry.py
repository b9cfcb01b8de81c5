"""The toy claims, apart from all others."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping

from claims.frame.claim import CLAIMS, Claim

TOPICS = ("addition.doubling", "addition.sizes", "chance.coins")


@functools.cache
def load_toys() -> Mapping[str, Claim]:
    """The claims of every toy topic by id; they leave the registry that they were made in."""
    kept = dict(CLAIMS)
    CLAIMS.clear()
    for topic in TOPICS:
        importlib.import_module(f"tests.frame.toys.{topic}")
    toys = dict(CLAIMS)
    CLAIMS.clear()
    CLAIMS.update(kept)
    return toys
