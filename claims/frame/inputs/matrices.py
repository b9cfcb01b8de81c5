"""Matrices and chains of matrices."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


@dataclasses.dataclass(frozen=True)
class MatrixCycle(Regime):
    """Matrices F1 (d1 x d2), F2 (d2 x d3), ..., Fk (dk x d1), so that every rotation of their product exists."""

    dims: tuple[int, ...] = (2, 2, 2)
    numbers: Numbers = Numbers()
    names: ClassVar[tuple[str, ...]] = ()

    def size(self) -> int:
        return max(self.dims) ** 2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        turns = zip(self.dims, (*self.dims[1:], self.dims[0]), strict=True)
        return [self.numbers.fill(rng, (batch, *shape), fmt) for shape in turns]

    def present(self, tensors: Any, seed: int) -> Any:
        return list(tensors)


def matrix_cycles(length: int) -> Regimes:
    """Cycles of `length` matrices; corners: empty, one larger than a kernel's block, every number scale."""
    dims = st.tuples(*[st.sampled_from([2, 1, 3, 4, 5, 7, 0, 8, 17])] * length)
    rest = (3,) * (length - 2)
    corners = (
        MatrixCycle((2,) * length),
        MatrixCycle((33, 2, *(65,) * (length - 2)), Numbers("normal")),
        MatrixCycle((0, 2, *rest)),
        MatrixCycle((2, 0, *rest)),
        MatrixCycle((1,) * length, Numbers("wide", "large")),
        MatrixCycle((17,) * length, Numbers("constant")),
        MatrixCycle((5, 130, *rest), Numbers("cancel")),
        MatrixCycle((4,) * length, Numbers("normal", "tiny")),
    )
    return Regimes(st.builds(MatrixCycle, dims, numbers()), corners)
