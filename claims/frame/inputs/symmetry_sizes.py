"""Networks of linear units whose first weights are a fixed matrix times a scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

PARTS = 16
KINDS = ("uniform", "fine", "even", "alike", "zero")
SCALES = ("one", "eighth", "eight", "root of u")


class ScaledNetwork(NamedTuple):
    """G (batch, h, m), a scale (batch,), V (batch, p, h), examples x (batch, k, m), targets t (batch, k, p), a rate."""

    g: Tensor
    scale: Tensor
    v: Tensor
    x: Tensor
    t: Tensor
    lr: float


@dataclasses.dataclass(frozen=True)
class ScaledUnits(Regime):
    """`hidden` linear units with weights `scale` times a matrix G; everything else is a small whole number.

    `kind` of G: uniform (sixteenths in [-2, 2]); fine (the same with as many digits as leave room in float64); even
    (the identity: one singular value); alike (equal rows); zero. `scale` "root of u" is 2^-k for half the bits of the
    format.
    """

    hidden: int = 3
    inputs: int = 3
    examples: int = 2
    scale: str = "one"
    kind: str = "uniform"
    outputs: int = 1
    names: ClassVar[tuple[str, ...]] = ("G", "scale", "V", "x", "t")
    most: ClassVar[int] = 16
    lr: ClassVar[float] = 0.125

    def __post_init__(self) -> None:
        if min(self.hidden, self.inputs, self.examples, self.outputs) < 1:
            raise ValueError("a network has hidden units, inputs, outputs and examples")
        if self.kind not in KINDS or self.scale not in SCALES:
            raise ValueError(f"no weights of kind {self.kind!r} and scale {self.scale!r}")

    def size(self) -> int:
        return self.hidden * self.inputs

    def factor(self, fmt: Format) -> float:
        """The scale, a power of two."""
        return {"one": 1.0, "eighth": 0.125, "eight": 8.0}.get(self.scale, 2.0 ** -(fmt.precision // 2))

    def parts(self, fmt: Format) -> int:
        """Fine weights are multiples of one over this."""
        return 1 << (min(fmt.precision - 2, 22) if fmt.precision < 53 else 12)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        h, m, p, k = self.hidden, self.inputs, self.outputs, self.examples
        match self.kind:
            case "uniform":
                g = rng.integers(-2 * PARTS, 2 * PARTS + 1, (batch, h, m)) / PARTS
            case "fine":
                parts = self.parts(fmt)
                g = rng.integers(-2 * parts, 2 * parts, (batch, h, m), endpoint=True) / parts
            case "even":
                g = np.broadcast_to(np.eye(h, m), (batch, h, m))
            case "alike":
                g = np.broadcast_to(rng.integers(-2 * PARTS, 2 * PARTS + 1, (batch, 1, m)) / PARTS, (batch, h, m))
            case _:
                g = np.zeros((batch, h, m))
        v, x = (rng.integers(-1, 2, (batch, *shape)).astype(np.float64) for shape in ((p, h), (k, m)))
        t = rng.integers(-4, 5, (batch, k, p)).astype(np.float64)
        return [g, np.full(batch, self.factor(fmt)), v, x, t]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        g, scale, v, x, t = arrays
        admitted = (scale > 0) & (np.frexp(scale)[0] == 0.5) & (scale <= 8)
        for a, most, parts in ((g, 2, 1 << 22), (v, 1, 1), (x, 1, 1), (t, 4, 1)):
            admitted &= ((np.abs(a) <= most) & (parts * a == np.rint(parts * a))).all((-2, -1))
        return np.asarray(admitted & (np.log2(np.where(admitted, scale, 1.0)) >= -26))

    def present(self, tensors: Sequence[Any], seed: int) -> ScaledNetwork:
        g, scale, v, x, t = tensors
        return ScaledNetwork(g, scale, v, x, t, self.lr)


def scaled_units() -> Regimes:
    """3 to 9 units, inputs and examples; corners: every scale and kind, one and two units, sizes beyond 16 and 32."""
    sizes = st.sampled_from((3, 4, 5, 7, 9))
    drawn = st.builds(
        ScaledUnits, sizes, sizes, st.sampled_from((2, 1, 3, 5)), st.sampled_from(SCALES), st.sampled_from(KINDS)
    )
    corners = (
        ScaledUnits(),
        *(ScaledUnits(4, 3, scale=scale) for scale in SCALES),
        *(ScaledUnits(5, 4, 3, scale, "fine") for scale in SCALES),
        *(ScaledUnits(3, 5, scale=scale, kind=kind) for kind in KINDS[2:] for scale in ("one", "root of u")),
        ScaledUnits(1, 3),
        ScaledUnits(2, 1, 1),
        ScaledUnits(17, 4, scale="eighth", kind="fine"),
        ScaledUnits(5, 33, 1),
        ScaledUnits(9, 9, 17, "eight"),
    )
    return Regimes(drawn, corners)
