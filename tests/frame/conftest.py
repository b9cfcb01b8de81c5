"""Fixtures for tests of the machinery: a registry and a table of operations that a test may change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from claims.frame.claim import CLAIMS, Claim
from claims.frame.operations import OPERATIONS
from tests.frame.toys import inputs


@pytest.fixture
def registry() -> Iterator[dict[str, Claim]]:
    """No claims but those that the test defines; afterwards all are back."""
    kept = dict(CLAIMS)
    CLAIMS.clear()
    yield CLAIMS
    CLAIMS.clear()
    CLAIMS.update(kept)


@pytest.fixture(autouse=True)
def _toy_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, operation in inputs.ROWS.items():
        monkeypatch.setitem(OPERATIONS, name, operation)
