"""A log of finished work, a JSON line each, from which a long run goes on where it stopped."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from claims.frame.kernels import UsageProblem

if TYPE_CHECKING:
    from rich.console import Console

Line = dict[str, Any]
Key = TypeVar("Key", bound=Hashable)


def finished(log: Path, key: Callable[[Line], Key], console: Console, again: str) -> dict[Key, Line]:
    """What the log has, by key. A line that cannot be read, or has no key, is named with what is done `again`.

    Raises UsageProblem if the log is no text file.
    """
    found: dict[Key, Line] = {}
    try:
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    except (OSError, UnicodeError) as error:
        raise UsageProblem(f"{log} is no log: {error}") from error
    for number, text in enumerate(lines, 1):
        try:
            line = json.loads(text)
            found[key(line)] = line
        except (ValueError, KeyError, TypeError):
            console.print(f"{log}: line {number} cannot be read; {again} again", highlight=False)
    return found


@contextlib.contextmanager
def appending(log: Path, console: Console) -> Iterator[tuple[Callable[[Line], None], Progress]]:
    """A function that appends a line to the log, flushed at once, and a progress bar.

    A run that was killed may have left half a line; it is ended, so that it does not swallow the next one. Raises
    UsageProblem if the log cannot be written.
    """
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        opened = log.open("a+", encoding="utf-8", buffering=1)
    except OSError as error:
        raise UsageProblem(f"cannot write {log}: {error.strerror}") from error
    with opened as file, Progress(*columns, console=console) as progress:
        _end_torn_line(file, log)
        yield (lambda line: print(json.dumps(line, allow_nan=False), file=file)), progress


def _end_torn_line(file: TextIO, log: Path) -> None:
    if log.stat().st_size and not log.read_bytes().endswith(b"\n"):
        file.write("\n")
