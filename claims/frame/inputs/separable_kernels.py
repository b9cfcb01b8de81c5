"""Images with vectors whose outer product is their kernel, sizes to count products for, and kernels of any rank."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.convolution.geometry import Geometry, geometry
from reference.formats import Format

KINDS = ("integers", "normal", "scales", "positive", "repeated", "small")
Sizes = tuple[int, ...]


class Separable(NamedTuple):
    """Images x (batch, n, c, *sizes), vectors (batch, c, w_i) one for each axis, and how the kernel moves."""

    x: Tensor
    vectors: list[Tensor]
    how: Geometry

    @property
    def options(self) -> dict[str, Sizes]:
        """The options of the call."""
        how = self.how
        return {"stride": how.stride, "padding": tuple(q for q, _ in how.padding), "dilation": how.dilation}


@dataclasses.dataclass(frozen=True)
class Factors(Regime):
    """`n` images of `channels` channels, each with its own vectors of `kernel` numbers.

    Integers in -2..2, normal numbers, of five decades (scales), positive, equal vectors for all channels (repeated), or
    small: an eighth of the exponents below 1.
    """

    extent: Sizes = (4, 4)
    kernel: Sizes = (2, 2)
    n: int = 1
    channels: int = 1
    stride: Sizes = (1, 1)
    padding: Sizes = (0, 0)
    dilation: Sizes = (1, 1)
    kind: str = "integers"
    most: ClassVar[int] = 6

    def __post_init__(self) -> None:
        lengths = {len(s) for s in (self.extent, self.kernel, self.stride, self.padding, self.dilation)}
        if len(lengths) > 1 or not 1 <= len(self.extent) <= 3 or self.kind not in KINDS:
            raise ValueError(f"no images of {self.extent} for {self.kind!r} kernels of {self.kernel}")
        if min(*self.extent, *self.kernel, *self.stride, *self.dilation, self.channels) < 1 or self.n < 0:
            raise ValueError("no such options")
        if min(*self.padding, *(r - 1 for r in self.how.sizes(self.extent))) < 0:
            raise ValueError("no result")

    @property
    def how(self) -> Geometry:
        """How the kernel moves."""
        options = {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}
        return geometry(self.kernel, groups=self.channels, **options)  # type: ignore[arg-type]

    @property
    def names(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("x", *(f"v{i}" for i in range(1, 1 + len(self.kernel))))

    def size(self) -> int:
        return max(1, self.n) * self.channels * math.prod(self.extent) * max(1, math.prod(self.kernel) // 4)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = [(batch, self.n, self.channels, *self.extent), *((batch, self.channels, w) for w in self.kernel)]
        return [self._fill(rng, shape, fmt) for shape in shapes]

    def _fill(self, rng: np.random.Generator, shape: Sizes, fmt: Format) -> NDArray[np.float64]:
        match self.kind:
            case "integers":
                return rng.integers(-2, 3, shape).astype(np.float64)
            case "scales":
                return rng.standard_normal(shape) * 10.0 ** rng.uniform(-3, 2, shape)
            case "positive":
                return rng.random(shape)
            case "repeated":
                return np.broadcast_to(
                    rng.standard_normal((shape[0], *[1] * (len(shape) - 2), shape[-1])), shape
                ).copy()
            case "small":
                return rng.standard_normal(shape) * 2.0 ** (fmt.emin // 8)
        return rng.standard_normal(shape)

    def present(self, tensors: Sequence[Any], seed: int) -> Separable:
        return Separable(tensors[0], list(tensors[1:]), self.how)


def _plain(extent: Sizes, kernel: Sizes, **fields: Any) -> Factors:
    d = len(extent)
    return Factors(extent, kernel, **{"stride": (1,) * d, "padding": (0,) * d, "dilation": (1,) * d, **fields})


@st.composite
def _factors(draw: st.DrawFn) -> Factors:
    d = draw(st.sampled_from((2, 2, 3, 1)))

    def some(values: Sequence[int]) -> Sizes:
        return draw(st.tuples(*[st.sampled_from(values)] * d))

    kernel, dilation, padding = some((2, 1, 3, 4)), some((1, 1, 2)), some((0, 0, 1, 2))
    axes = zip(kernel, dilation, padding, some((0, 1, 2, 5) if d < 3 else (0, 1, 2)), strict=True)
    extent = tuple(max(1, e * (w - 1) + 1 - 2 * q) + more for w, e, q, more in axes)
    stride, kind = some((1, 1, 2)), draw(st.sampled_from(KINDS))
    few = draw(st.sampled_from((1, 2, 1, 3, 17))), draw(st.sampled_from((1, 2, 3, 8, 17) if d < 3 else (1, 2)))
    return Factors(extent, kernel, *few, stride, padding, dilation, kind)


def factors() -> Regimes:
    """One to three axes, one channel or many, with every option."""
    corners = (
        Factors(),
        _plain((7,), (3,), kind="normal"),
        _plain((5, 5), (3, 3), kind="normal"),
        _plain((6, 5), (2, 4), padding=(1, 2), channels=3, kind="integers"),
        _plain((9, 7), (4, 1), stride=(2, 1), kind="scales"),
        _plain((8, 9), (3, 2), dilation=(2, 3), channels=2, n=2, kind="positive"),
        _plain((6, 6), (3, 3), padding=(2, 2), channels=8, kind="normal"),
        _plain((5, 4), (2, 3), channels=17, n=3, kind="repeated"),
        _plain((8, 8), (3, 3), n=17, kind="normal"),
        _plain((5, 6), (3, 2), kind="small"),
        _plain((4, 5, 6), (2, 3, 4), kind="normal"),
        _plain((4, 4, 5), (3, 1, 2), padding=(1, 0, 1), stride=(1, 2, 1), channels=2, n=2, kind="integers"),
        _plain((3, 4, 3), (2, 2, 2), kind="scales"),
        _plain((3, 3), (2, 2), n=0),
        _plain((1, 1), (1, 1)),
    )
    return Regimes(_factors(), corners)


class Sized(NamedTuple):
    """Images x (n, c, *sizes), the kernel (c, 1, *kernel), its vectors as kernels, and the regime."""

    x: Tensor
    kernel: Tensor
    vectors: list[Tensor]
    given: Widths


@dataclasses.dataclass(frozen=True)
class Widths(Regime):
    """Images of `extent`^`axes` numbers in -1..1 and kernels of `width`^`axes`; `trained` with gradients."""

    axes: int = 2
    width: int = 3
    extent: int = 5
    padding: int = 0
    channels: int = 1
    trained: bool = False
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        most = self.extent + 2 * self.padding
        if not (1 <= self.axes <= 3 and 1 <= self.width <= most and self.padding >= 0 and self.channels >= 1):
            raise ValueError(f"no kernel of width {self.width} for images of {self.extent}")

    @property
    def names(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("x", *(f"v{i}" for i in range(1, self.axes + 1)))

    def size(self) -> int:
        return int(self.channels * self.extent**self.axes)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = [(self.channels, *[self.extent] * self.axes), *[(self.channels, self.width)] * self.axes]
        return [rng.integers(-1, 2, (batch, *shape)).astype(np.float64) for shape in shapes]

    def present(self, tensors: Sequence[Any], seed: int) -> Sized:
        x, first, *others = (t[0] for t in tensors)
        kernel = first
        for v in others:
            kernel = kernel[..., None] * v.reshape(len(v), *[1] * (kernel.ndim - 1), -1)
        sizes = [[-1 if i == j else 1 for j in range(self.axes)] for i in range(self.axes)]
        vectors = [v.reshape(len(v), 1, *s) for v, s in zip((first, *others), sizes, strict=True)]
        return Sized(x[None], kernel[:, None], vectors, self)


def widths() -> Regimes:
    """One to three axes, widths up to that of the image, with and without padding, channels and gradients."""
    corners = (
        Widths(),
        Widths(2, 3, 16),
        Widths(2, 5, 16),
        Widths(3, 3, 8),
        Widths(1, 5, 16),
        Widths(2, 3, 3),
        Widths(2, 5, 5),
        Widths(2, 2, 16),
        Widths(3, 4, 4),
        Widths(2, 1, 4),
        Widths(2, 3, 7, 1),
        Widths(3, 3, 4, 1, 2),
        Widths(2, 4, 6, 2, 3),
        Widths(2, 3, 6, 0, 1, trained=True),
        Widths(2, 3, 6, 1, 3, trained=True),
    )
    width = st.integers(1, 5)
    drawn = st.tuples(width, st.integers(0, 6), st.integers(0, 2)).flatmap(
        lambda t: st.builds(
            Widths,
            st.sampled_from((2, 1, 3)),
            st.just(t[0]),
            st.just(t[0] + t[1]),
            st.just(t[2]),
            st.sampled_from((1, 2, 3)),
        )
    )
    return Regimes(drawn, corners)


NAMED = {
    "identity": [[1, 0], [0, 1]],
    "sobel": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "gauss": [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
    "prewitt": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
}
RANKS = ("any", "zero", "one", "two", "diagonal", *NAMED)


class Kernels(NamedTuple):
    """Images x (batch, h, w), kernels k (batch, m, n) of integers, and how they move."""

    x: Tensor
    k: Tensor
    how: Geometry


@dataclasses.dataclass(frozen=True)
class Ranked(Regime):
    """Kernels (`rows`, `columns`) of integers: any, zero, outer products, sums of two, diagonal, or one with a name."""

    rows: int = 2
    columns: int = 2
    kind: str = "any"
    more: int = 2
    names: ClassVar[tuple[str, ...]] = ("x", "K")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.kind not in RANKS or min(self.rows, self.columns, self.more + 1) < 1:
            raise ValueError(f"no {self.kind!r} kernel of {self.rows} x {self.columns}")
        if self.kind in NAMED and (self.rows, self.columns) != np.shape(NAMED[self.kind]):
            raise ValueError(f"{self.kind} has another size")

    def size(self) -> int:
        return (self.rows + self.more) * (self.columns + self.more)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.rows, self.columns)
        x = rng.standard_normal((batch, self.rows + self.more, self.columns + self.more))
        terms = {"one": 1, "two": 2, "zero": 0}.get(self.kind, 0)
        k = np.zeros(shape)
        for _ in range(terms):
            k += rng.integers(-3, 4, (batch, self.rows, 1)) * rng.integers(-3, 4, (batch, 1, self.columns))
        if self.kind == "any":
            k = rng.integers(-4, 5, shape).astype(np.float64)
        elif self.kind == "diagonal":
            k = np.eye(self.rows, self.columns) * rng.integers(1, 5, (batch, 1, self.columns))
        elif self.kind in NAMED:
            k = np.broadcast_to(np.array(NAMED[self.kind], np.float64), shape).copy()
        return [x, k]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        _, k = arrays
        return np.asarray(((k == np.rint(k)) & (np.abs(k) <= 32)).all((-2, -1)))

    def present(self, tensors: Sequence[Any], seed: int) -> Kernels:
        x, k = tensors
        return Kernels(x, k, geometry((self.rows, self.columns)))


def ranked() -> Regimes:
    """Kernels from 1 x 1 to 5 x 4 of every rank."""
    corners = (
        Ranked(),
        *(Ranked(*np.shape(k), name) for name, k in NAMED.items()),
        *(Ranked(m, n, kind) for kind, m, n in (("zero", 3, 2), ("one", 4, 3), ("two", 3, 4), ("diagonal", 4, 4))),
        Ranked(1, 1),
        Ranked(1, 5),
        Ranked(5, 4, "any", 5),
        Ranked(5, 5, "one"),
        Ranked(4, 4, "two"),
        Ranked(3, 3, "any", 0),
    )
    side = st.integers(1, 5)
    draw = st.builds(Ranked, side, side, st.sampled_from(("any", "one", "two", "zero", "diagonal")), st.integers(0, 6))
    return Regimes(draw, corners)
