"""A pytest plugin (`-p tests.frame.toys.only`): the toy claims in place of all others, in the toy operations' table."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping

from claims.frame import claim
from claims.frame.operations import OPERATIONS
from tests.frame.toys import inputs

TOPICS = ("addition.doubling", "addition.sizes", "chance.coins")


@functools.cache
def load_toys() -> Mapping[str, claim.Claim]:
    """The claims of every toy topic."""
    for topic in TOPICS:
        importlib.import_module(f"tests.frame.toys.{topic}")
    return claim.CLAIMS


OPERATIONS.update(inputs.ROWS)
claim.load_all = load_toys  # before the frame imports it
