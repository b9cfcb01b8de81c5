"""A pytest plugin (`-p tests.frame.toys.only`): the toy claims in place of all others, and the operations they use."""

from __future__ import annotations

from claims.frame import claim
from claims.frame.operations import OPERATIONS
from tests.frame.toys import inputs, registry

OPERATIONS.update(inputs.ROWS)
claim.load_all = registry.load_toys  # before the frame imports it
