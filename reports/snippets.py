"""What a reader copies from a claim: its worst input as plain torch, and where its lines are."""

from __future__ import annotations

import re

from reports import text
from reports.evidence import Cell
from reports.read import Record

LONGEST = 20_000
"""Characters of a script that the page shows in full: longer ones hold samples, which nobody reads."""

_GITHUB = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")
_PLACE = re.compile(r"(?P<path>[\w./-]+\.py)(?::(?P<line>\d+))?")
_WORDS = re.compile(r"-?\b(?:inf|nan)\b")


def worst_input(cell: Cell) -> str:
    """The worst input of a cell as tensors; the command that makes it again where its numbers are not recorded."""
    record = cell.record
    if record is None or record["worst"] is None:
        raise ValueError(f"{cell.description}: no worst input")
    given = record["worst"]["input"]
    if not given["values"]:
        where = f"--device {cell.place.device} --dtype {cell.dtype}"
        return f"python -m claims rebuild {record['run']}.jsonl {record['claim']} {where}"
    lines = ["import torch", ""]
    for name, values in given["values"].items():
        made = [_tensor(array, cell) for array in text.arrays(values, given["shapes"].get(name), cell.dtype)]
        name = re.sub(r"\W", "_", name)  # noqa: PLW2901 (a name of Python's)
        lines += [f"{name} = {made[0]}"] if len(made) == 1 else [f"{name} = [", *(f"    {one}," for one in made), "]"]
    return "\n".join(lines)


def shortened(script: str, repeat: str) -> str:
    """A script, cut where it is very long; what makes the whole again stands below."""
    if len(script) <= LONGEST:
        return script
    start, line = script[:LONGEST].rsplit("\n", 1)[0][: LONGEST // 4], "\n# "
    left = text.digits(len(script) - len(start))
    return f"{start}…{line}{left} more characters stand in the run's record; to make them again:{line}{repeat}"


def source_link(place: str, run: Record) -> str | None:
    """The address of a place like `claims/x.py:31` in the commit of a run; None unless its repository is on GitHub."""
    repository, commit = run.get("repository"), run.get("commit")
    found = _PLACE.fullmatch(place)
    if not (found and repository and commit and _GITHUB.fullmatch(repository) and re.fullmatch(r"[0-9a-f]+", commit)):
        return None
    line = f"#L{found['line']}" if found["line"] else ""
    return f"{repository}/blob/{commit}/{found['path']}{line}"


def _tensor(array: str, cell: Cell) -> str:
    numbers = _WORDS.sub(lambda word: f'float("{word[0]}")', array)
    device = "" if cell.place.device == "cpu" else f', device="{cell.place.device}"'
    return f"torch.tensor({numbers}, dtype=torch.{cell.dtype}{device})"
