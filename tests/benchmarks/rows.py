"""Every operation that is timed, with its row; the rows stand in one file a chapter or topic, as the operations do."""

from __future__ import annotations

import importlib
import pkgutil

from tests.benchmarks import chapters
from tests.benchmarks.row import table

ROWS = table(
    *(
        importlib.import_module(f"{chapters.__name__}.{found.name}").ROWS
        for found in pkgutil.iter_modules(chapters.__path__)
    )
)
