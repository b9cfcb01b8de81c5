"""Convolutions small enough to be written as matrices, and data for dense layers with priors."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.convolutions import Convolved
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("integers", "normal", "scales", "positive")
LARGEST = 1 << 12
"""Entries of the matrix at most."""


def _entries(given: Convolved) -> int:
    (_, c, *sizes), _, _, (_, o, *results) = given.shapes()
    return int(np.prod([c, o, *sizes, *results]))


@st.composite
def _drawn(draw: st.DrawFn, *, axes: Sequence[int], modes: Sequence[str], many: bool) -> Convolved:
    """Any options; images a little larger than their smallest."""
    d = draw(st.sampled_from(axes))

    def some(values: Sequence[int]) -> tuple[int, ...]:
        return draw(st.tuples(*[st.sampled_from(values)] * d))

    kernel = some((2, 1, 3, 4) if d == 1 else (2, 1, 3) if d == 2 else (1, 2))
    stride, dilation, padding = some((1, 1, 2, 3)), some((1, 1, 2)), some((0, 0, 1, 2) if d < 3 else (0, 1))
    mode, groups = draw(st.sampled_from(modes)), draw(st.sampled_from((1, 1, 2, 3)))
    reach = [e * (k - 1) + 1 for e, k in zip(dilation, kernel, strict=True)]
    # circular images are no smaller than the kernel and its padding: no number meets two taps
    least = (max(1, r - 2 * q) if mode == "zeros" else max(r, q) for r, q in zip(reach, padding, strict=True))
    extent = tuple(n + m for n, m in zip(least, some((0, 1, 2, 4) if d < 3 else (0, 1)), strict=True))
    channels = draw(st.sampled_from((1, 2, 3))), draw(st.sampled_from((1, 2, 3)))
    examples = draw(st.sampled_from((1, 2, 3, 17) if many else (1, 2)))
    made = Convolved(examples, *channels, groups, extent, kernel, stride, padding, dilation, mode=mode)
    made = dataclasses.replace(made, kind=draw(st.sampled_from(KINDS)))
    return made if _entries(made) <= LARGEST else dataclasses.replace(made, channels=1, filters=1, groups=1)


def matrix_convolutions() -> Regimes:
    """One to three axes, zeros and circular images, every option: the matrix has a few thousand entries at most."""
    corners = (
        Convolved(),
        Convolved(1, 1, 1, 1, (8,), (3,), kind="normal"),
        Convolved(1, 1, 1, 1, (7,), (3,), 1, 1, mode="circular"),
        Convolved(2, 2, 3, 1, (6,), (3,), 2, 1, kind="normal"),
        Convolved(1, 2, 1, 3, (5,), (2,), dilation=2, kind="scales"),
        Convolved(3, 2, 2, 1, (6,), (4,), 3, 2, kind="normal"),
        Convolved(1, 1, 1, 1, (1,), (1,)),
        Convolved(1, 1, 1, 1, (4, 4), (2, 2)),
        Convolved(1, 1, 1, 1, (4, 3), (3, 3), padding=1, mode="circular"),
        Convolved(2, 2, 2, 1, (4, 3), (3, 2), (2, 1), (1, 0), kind="normal"),
        Convolved(1, 1, 2, 2, (5, 4), (2, 3), 1, 1, (1, 2), kind="positive"),
        Convolved(1, 2, 1, 1, (3, 3, 2), (2, 2, 2), (1, 2, 1), (1, 1, 0), kind="normal"),
        Convolved(1, 1, 1, 1, (5,), (5,), kind="scales"),
        Convolved(1, 1, 2, 1, (2,), (4,), 1, 2),
    )
    return Regimes(_drawn(axes=(1, 2, 1, 2, 3), modes=("zeros", "zeros", "circular"), many=False), corners)


def unfolded_convolutions() -> Regimes:
    """One to three axes with zeros, every option, several examples."""
    corners = (
        Convolved(extent=(4, 4), kernel=(2, 2)),
        Convolved(2, 2, 3, 1, (5, 6), (3, 2), kind="normal"),
        Convolved(1, 3, 2, 1, (6, 5), (2, 3), (2, 1), (1, 2), kind="scales"),
        Convolved(3, 2, 2, 2, (7, 6), (2, 2), (1, 3), (0, 1), (3, 2), kind="normal"),
        Convolved(2, 1, 2, 3, (4, 4), (3, 3), padding=2),
        Convolved(1, 8, 9, 1, (4, 5), (3, 3), padding=1, kind="positive"),
        Convolved(17, 2, 3, 1, (4, 4), (2, 3), kind="normal"),
        Convolved(1, 1, 1, 1, (1, 1), (1, 1)),
        Convolved(2, 2, 1, 1, (7,), (3,), 2, 1, kind="normal"),
        Convolved(1, 2, 2, 2, (6,), (2,), dilation=2),
        Convolved(1, 2, 1, 1, (3, 4, 3), (2, 2, 2), (1, 2, 1), (1, 0, 0), kind="normal"),
        Convolved(1, 2, 2, 1, (3, 3), (3, 3), kind="normal"),
        Convolved(2, 3, 2, extent=(6, 4), kernel=(3, 2), kind="normal", scale="small"),
        Convolved(2, 3, 2, extent=(6, 4), kernel=(3, 2), kind="normal", scale="large"),
    )
    return Regimes(_drawn(axes=(2, 2, 1, 3), modes=("zeros",), many=True), corners)


def tied_convolutions() -> Regimes:
    """One or two axes with zeros, every option, several examples."""
    corners = (
        Convolved(),
        Convolved(3, 1, 1, 1, (9,), (3,), kind="normal"),
        Convolved(2, 2, 3, 1, (6,), (3,), 2, 1, kind="normal"),
        Convolved(1, 2, 1, 2, (6,), (2,), dilation=2, kind="scales"),
        Convolved(17, 1, 2, 1, (5,), (2,), padding=1, kind="normal"),
        Convolved(1, 1, 1, 1, (5,), (5,), kind="normal"),
        Convolved(1, 1, 1, 1, (1,), (1,)),
        Convolved(2, 1, 1, 1, (4, 4), (2, 2)),
        Convolved(2, 2, 2, 1, (4, 3), (3, 2), (2, 1), (1, 0), kind="normal"),
        Convolved(3, 1, 2, 2, (5, 4), (2, 3), 1, 1, (1, 2), kind="positive"),
    )
    return Regimes(_drawn(axes=(1, 2), modes=("zeros",), many=True), corners)


STRENGTHS = ("none", "one", "weak", "strong", "strongest")


class Fitted(NamedTuple):
    """Inputs X (batch, e, n), targets Y (batch, e, m), and the strength (batch,) of a prior on W (m, n)."""

    x: Tensor
    y: Tensor
    strength: Tensor


@dataclasses.dataclass(frozen=True)
class Fits(Regime):
    """`examples` >= n inputs of n = `outputs` + `taps` - 1 numbers, for a number of outputs that is a power of 2.

    Prior strengths by name: 0, 1, and 2^j where j is a sixth, a third or half of the precision. Numbers are integers
    in -3..3, beside the identity, or normal, so that dense layers have one best fit.
    """

    outputs: int = 2
    taps: int = 2
    examples: int = 4
    strength: str = "one"
    kind: str = "integers"
    names: ClassVar[tuple[str, ...]] = ("X", "Y", "strength")
    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if self.outputs not in (1, 2, 4) or self.taps < 1 or self.strength not in STRENGTHS:
            raise ValueError(f"no layer with {self.outputs} outputs and a {self.strength} prior")
        if self.examples < self.n or self.kind not in KINDS[:2]:
            raise ValueError(f"no {self.examples} examples of {self.n} inputs")

    @property
    def n(self) -> int:
        """Inputs."""
        return self.outputs + self.taps - 1

    def size(self) -> int:
        return self.examples * (self.n + self.outputs)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x, y = (batch, self.examples, self.n), (batch, self.examples, self.outputs)
        power = {"one": 0, "weak": fmt.precision // 6, "strong": fmt.precision // 3, "strongest": fmt.precision // 2}
        strength = np.full(batch, 2.0 ** power[self.strength] if self.strength in power else 0.0)
        if self.kind == "normal":
            return [rng.standard_normal(x) + 2 * np.eye(*x[1:]), rng.standard_normal(y), strength]
        some = rng.integers(-1, 2, x) + 3 * np.eye(*x[1:])
        return [some, rng.integers(-3, 4, y).astype(np.float64), strength]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        x, _, strength = arrays
        power = (strength == 0) | (np.frexp(strength)[0] == 0.5)
        return np.asarray((np.linalg.svd(x, compute_uv=False)[..., -1] > 0.25) & (strength >= 0) & power)

    def present(self, tensors: Sequence[Any], seed: int) -> Fitted:
        return Fitted(*tensors)


def fits() -> Regimes:
    """Up to 4 outputs and 3 taps, every strength, integers and normal numbers."""
    corners = (
        Fits(),
        *(Fits(4, 3, 8, strength, kind) for strength, kind in zip(STRENGTHS, ("integers", "normal") * 3, strict=False)),
        *(Fits(2, 3, 5, strength, "normal") for strength in ("strong", "strongest")),
        Fits(2, 2, 6, "none", "normal"),
        Fits(1, 3, 4, "weak", "normal"),
        Fits(4, 1, 6, "strong", "normal"),
    )
    drawn = st.builds(
        lambda m, k, e, s, kind: Fits(m, k, m + k - 1 + e, s, kind),
        st.sampled_from((2, 4, 1)),
        st.integers(1, 3),
        st.integers(0, 4),
        st.sampled_from(STRENGTHS),
        st.sampled_from(KINDS[:2]),
    )
    return Regimes(drawn, corners)
