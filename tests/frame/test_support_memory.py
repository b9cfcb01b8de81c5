"""What torch supports is remembered between runs and shared by workers, and forgotten when the sources change."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.frame import pytest_plugin, support, support_memory
from claims.frame.claim import Claim
from claims.frame.support_memory import announce, learn, prepare
from tests.frame.toys.registry import load_toys


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> dict[object, support.Support]:
    """Nothing is remembered before a test, nor after it."""
    known: dict[object, support.Support] = {}
    monkeypatch.setattr(support, "known", known)
    monkeypatch.setattr(support_memory, "known", known)
    monkeypatch.setattr(support, "_dry_runs", {})
    return known


@pytest.fixture
def toys() -> list[Claim]:
    return list(load_toys().values())


def remembered(cache: Path) -> Iterator[Path]:
    return cache.glob("*/*.json")


def test_the_second_run_needs_no_dry_run(toys: list[Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {c.id: (support.operations_of(c), support.unsupported(c, "cpu", "float16")) for c in toys}
    prepare(toys, tmp_path)
    support.known.clear()
    monkeypatch.setattr(support, "dry_run", lambda _: pytest.fail("a dry run"))
    prepare(toys, tmp_path)
    assert {c.id: (support.operations_of(c), support.unsupported(c, "cpu", "float16")) for c in toys} == told
    for refutation in (r for c in toys for r in c.refutations):
        assert support.unsupported(refutation, "cpu", "float32") is None


def test_other_sources_are_another_matter(toys: list[Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(toys, tmp_path)
    (before,) = tmp_path.iterdir()
    monkeypatch.setattr(support_memory, "digest", lambda: "other")
    prepare(toys, tmp_path)
    assert [folder.name for folder in tmp_path.iterdir()] == ["other"]
    assert before.name != "other"


def test_the_digest_is_that_of_the_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert support_memory.digest() == support_memory.digest()
    (tmp_path / "claims").mkdir()
    monkeypatch.setattr(support_memory, "ROOT", tmp_path)
    seen = {support_memory.digest()}
    for text in ("x = 1", "x = 2"):
        (tmp_path / "claims" / "made.py").write_text(text)
        seen.add(support_memory.digest())
    assert len(seen) == 3


@pytest.mark.parametrize("torn", ["", "[", "{}", "[]", '[{"operations": []}]', "[1]"])
def test_a_torn_file_is_written_again(toys: list[Claim], tmp_path: Path, torn: str) -> None:
    prepare(toys, tmp_path)
    path = next(remembered(tmp_path))
    whole = path.read_text()
    path.write_text(torn)
    support.known.clear()
    prepare(toys, tmp_path)
    assert json.loads(path.read_text()) == json.loads(whole)


def test_where_nothing_can_be_written_nothing_is_remembered(toys: list[Claim], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no directory")
    prepare(toys, file / "cache")
    assert support.known[toys[0].property].operations
    assert file.read_text() == "no directory"


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_every_worker_knows_every_claim_and_neighbours_meet(toys: list[Claim], workers: int) -> None:
    orders = [[c.id for c in support_memory.order(toys, worker, workers)] for worker in range(workers)]
    for order in orders:
        assert sorted(order) == sorted(c.id for c in toys)
    assert len({order[0] for order in orders}) == min(workers, len(toys))
    if workers == 2:
        assert orders[0] == orders[1][::-1]


def test_learning_is_done_when_first_asked_for_and_once() -> None:
    done = []
    announce(lambda: done.append(1))
    assert not done
    learn()
    learn()
    assert done == [1]


def test_a_device_that_was_not_asked_about_is_asked_now(toys: list[Claim], tmp_path: Path) -> None:
    prepare(toys, tmp_path)
    assert support.unsupported(toys[0], "meta", "float32") is None


def test_without_a_place_to_remember_in_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(support_memory, "prepare", lambda *_: pytest.fail("prepared"))
    pytest_plugin.learn_support(types.SimpleNamespace())  # type: ignore[arg-type]  # -p no:cacheprovider
    unwritable = types.SimpleNamespace(cache=types.SimpleNamespace(mkdir=refuse))
    pytest_plugin.learn_support(unwritable)  # type: ignore[arg-type]
