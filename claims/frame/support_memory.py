"""What torch supports, remembered between runs and shared by the processes of one: dry runs take seconds a chapter."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from claims.frame.claim import Claim, Proposition
from claims.frame.support import DTYPES, Support, devices, known, support_of

ROOT = Path(__file__).parents[2]
SOURCES = ("claims", "reference")
_announced: list[Callable[[], None]] = []


def digest() -> str:
    """What the answers depend on: our sources, torch, NumPy, Python, the devices, the instructions torch uses."""
    names = [torch.__version__, np.__version__, platform.python_version(), torch.backends.cpu.get_cpu_capability()]
    told = hashlib.sha256(repr((names, devices(), DTYPES)).encode())
    for path in sorted(p for source in SOURCES for p in (ROOT / source).rglob("*.py")):
        told.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:16]


def announce(learning: Callable[[], None]) -> None:
    """Says what `learn` is to do if the run turns out to need it: not every test examines claims."""
    _announced[:] = [learning]


def learn() -> None:
    """Does what was announced, once."""
    while _announced:
        _announced.pop()()


def prepare(claims: Sequence[Claim], cache: Path, worker: int = 0, workers: int = 1) -> None:
    """Finds out what the claims and their refutations need, or reads what an earlier run or another worker found.

    There is one file a claim in `cache`/digest. Neighbouring workers begin at opposite ends and meet.
    """
    folder = cache / digest()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for old in cache.iterdir():
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)
    for claim in order(claims, worker, workers):
        path = folder / f"{claim.id}.json"
        found = _read(path, claim)
        if found is None:
            found = [support_of(p) for p in _propositions(claim)]
            _write(path, found)
        known.update((p.property, s) for p, s in zip(_propositions(claim), found, strict=True))


def _propositions(claim: Claim) -> list[Proposition]:
    return [claim, *claim.refutations]


def order(claims: Sequence[Claim], worker: int, workers: int) -> Iterator[Claim]:
    """Every claim, so that workers begin apart and neighbours go towards each other."""
    backwards = worker % 2
    start = (worker + backwards) * len(claims) // workers
    order = [*claims[start:], *claims[:start]]
    return reversed(order) if backwards else iter(order)


def _read(path: Path, claim: Claim) -> list[Support] | None:
    """What the file says; None if there is none, or none that can be read."""
    try:
        found = [Support(tuple(s["operations"]), s["reasons"]) for s in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if len(found) == len(_propositions(claim)) else None


def _write(path: Path, found: Sequence[Support]) -> None:
    """Writes aside and renames, so that no other worker reads half a file; what cannot be written is not remembered."""
    aside = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        aside.write_text(json.dumps([s._asdict() for s in found]), encoding="utf-8")
        aside.replace(path)
