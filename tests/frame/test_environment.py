"""The environment: a repository's address, and nothing else that a remote's address may hold."""

from __future__ import annotations

import pytest

from claims.frame.environment import _repository


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/someone/dl-claims.git", "https://github.com/someone/dl-claims"),
        ("https://user:secret@github.com/someone/dl-claims", "https://github.com/someone/dl-claims"),
        ("git@github.com:someone/dl.claims.git", "https://github.com/someone/dl.claims"),
        ("ssh://git@github.com/someone/dl-claims.git/", "https://github.com/someone/dl-claims"),
        ("https://example.org/someone/dl-claims.git", None),
        ("https://example.org/github.com/a/b", None),
        ("", None),
    ],
)
def test_a_repository_on_github_is_recorded_by_its_web_address(remote: str, address: str | None) -> None:
    assert _repository(remote) == address
