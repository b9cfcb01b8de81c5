"""Every operation that is timed, with its row; the rows stand in one file a chapter, as the operations do."""

from __future__ import annotations

from tests.benchmarks.chapters import (
    decompositions,
    elementwise,
    initialization,
    linear_algebra,
    losses,
    norms,
    probability,
    regularization,
)
from tests.benchmarks.row import table

ROWS = table(
    elementwise.ROWS,
    linear_algebra.ROWS,
    decompositions.ROWS,
    norms.ROWS,
    probability.ROWS,
    initialization.ROWS,
    losses.ROWS,
    regularization.ROWS,
)
