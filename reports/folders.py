"""The records below a folder: every command takes files and folders alike."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path


def expanded(paths: Iterable[Path], complain: Callable[[str], None]) -> Iterator[Path]:
    """Yield every file once, and for a folder the records at any depth below it.

    In a folder a record is what ends in `.jsonl`, and a `.json` that pytest-benchmark wrote. `complain` gets one line
    for a folder without records, and for one that cannot be entered.
    """
    seen = set()
    for given in paths:
        found = list(_below(given, complain)) if given.is_dir() else [given]
        if not found:
            complain(f"{given}: no record in this folder (a run writes one with --report DIR)")
        for path in found:
            if (real := path.resolve()) not in seen:
                seen.add(real)
                yield path


def _below(folder: Path, complain: Callable[[str], None]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, onerror=lambda error: complain(f"{error.filename}: {error.strerror}")):
        folders.sort()
        for path in (Path(place) / name for name in sorted(files)):
            if path.suffix == ".jsonl" or (path.suffix == ".json" and _is_benchmark(path)):
                yield path


def _is_benchmark(path: Path) -> bool:
    """Whether pytest-benchmark wrote this: its file says so before the times, which are the most of it."""
    try:
        with path.open("rb") as file:
            return b'"machine_info"' in file.read(4096)
    except OSError:
        return False
