"""All operations by name; the rows stand in one file a chapter."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from claims.frame.operations.operation import Operation

OPERATIONS: dict[str, Operation] = {}

for _module in pkgutil.iter_modules([str(Path(__file__).parent / "chapters")]):
    _rows = importlib.import_module(f"claims.frame.operations.chapters.{_module.name}").ROWS
    if _twice := OPERATIONS.keys() & _rows.keys():
        raise ValueError(f"operations defined twice: {', '.join(sorted(_twice))}")
    OPERATIONS |= _rows
