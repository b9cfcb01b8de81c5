"""Signals, images and volumes, with the windows that pooling takes of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.convolution import pooling
from reference.convolution.pooling import Sweep, Windows
from reference.formats import Format

KINDS = ("normal", "integers", "negative", "ties", "constant", "NaN", "-inf", "inf", "large", "subnormal")


@dataclasses.dataclass(frozen=True)
class Axis:
    """One axis of `size` places, and how windows move over it; see `reference.convolution.pooling.Sweep`."""

    size: int = 4
    kernel: int = 2
    stride: int = 2
    padding: int = 0
    dilation: int = 1


class Pooling(NamedTuple):
    """Images x (batch, channels, n), places row by row, their windows, and the regime that knows torch's options."""

    x: Tensor
    windows: Windows
    given: Images


@dataclasses.dataclass(frozen=True)
class Images(Regime):
    """Images of `channels`; subclasses say which sizes, and which windows.

    `kind`: normal, integers from -4 to 4, negative, ties (0 and 1), constant (all of an image alike), NaN, -inf and inf
    (one of five, beside normal numbers), large (sums of a dozen overflow the format), subnormal.
    """

    channels: int = 1
    kind: str = "normal"
    most: ClassVar[int] = 16

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many places each axis has."""
        raise NotImplementedError

    def windows(self) -> Windows:
        """The windows."""
        raise NotImplementedError

    def options(self, pool: str) -> dict[str, Any]:
        """What torch is told of them for `pool`: "max", "avg" or "lp"."""
        raise NotImplementedError

    def divisors(self) -> NDArray[np.float64]:
        """What the sum of each window is divided by for a mean."""
        return pooling.divisors(self.windows(), padded=False, override=None)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.channels < 1 or not 1 <= len(self.sizes) <= 3 or min(self.sizes) < 1:
            raise ValueError(f"no {self.kind} images of sizes {self.sizes}")

    def size(self) -> int:
        return self.channels * max(int(np.prod(self.sizes)), self.windows().places.size)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.channels, int(np.prod(self.sizes)))
        x = rng.standard_normal(shape)
        special = rng.random(shape) < 0.2
        match self.kind:
            case "integers":
                x = rng.integers(-4, 5, shape).astype(np.float64)
            case "negative":
                x = -1 - np.abs(x)
            case "ties":
                x = rng.integers(0, 2, shape).astype(np.float64)
            case "constant":
                x = np.broadcast_to(x[..., :1], shape).copy()
            case "NaN" | "-inf" | "inf":
                x = np.where(special, float(self.kind), x)
            case "large":
                x = rng.uniform(-1, 1, shape) * (fmt.largest / 8)
            case "subnormal":
                x = x * fmt.lam / 8
        return [x]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(arrays[0]).all((1, 2)) | (self.kind in ("NaN", "-inf", "inf")))

    def present(self, tensors: Sequence[Any], seed: int) -> Pooling:
        return Pooling(tensors[0], self.windows(), self)


def _each(axes: Sequence[Axis], name: str) -> tuple[int, ...] | int:
    """The field of every axis; of a single one alone, as some of torch's functions for signals want it."""
    every = tuple(getattr(a, name) for a in axes)
    return every if len(every) > 1 else every[0]


@dataclasses.dataclass(frozen=True)
class Swept(Images):
    """Windows that sweep over the axes; `ceil` lets the last ones hang over.

    For means `counted` counts the padding, `divisor` replaces the count (none for 0, and for signals, where torch has
    none), and windows are not dilated.
    """

    axes: tuple[Axis, ...] = (Axis(),)
    ceil: bool = False
    counted: bool = True
    divisor: int = 0

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(a.size for a in self.axes)

    def windows(self) -> Windows:
        return pooling.windows([Sweep(**dataclasses.asdict(a), ceil=self.ceil) for a in self.axes])

    def options(self, pool: str) -> dict[str, Any]:
        made: dict[str, Any] = {"kernel_size": _each(self.axes, "kernel"), "ceil_mode": self.ceil} | {
            name: _each(self.axes, name) for name in ("stride", "padding", "dilation")
        }
        if pool == "avg":
            made["count_include_pad"] = self.counted
            if len(self.axes) > 1:
                made["divisor_override"] = self.divisor or None
        forgotten = {"max": (), "avg": ("dilation",), "lp": ("padding", "dilation")}[pool]
        return {"pool": f"{pool}_pool", "spatial": self.sizes} | {k: v for k, v in made.items() if k not in forgotten}

    def divisors(self) -> NDArray[np.float64]:
        return pooling.divisors(self.windows(), padded=self.counted, override=self.divisor or None)

    def __post_init__(self) -> None:
        super().__post_init__()
        for a in self.axes:
            if min(a.kernel, a.stride, a.dilation) < 1 or not 0 <= a.padding <= a.kernel // 2:
                raise ValueError(f"no windows over {a}")
        w = self.windows()
        if min(w.shape) < 1 or not w.inside.any(-1).all():
            raise ValueError(f"windows without places: {self.axes}")


@dataclasses.dataclass(frozen=True)
class Adaptive(Images):
    """As many windows along each axis as wanted, of sizes that differ by one at most; (1, ..., 1) is global pooling."""

    places: tuple[int, ...] = (5,)
    counts: tuple[int, ...] = (2,)

    @property
    def sizes(self) -> tuple[int, ...]:
        return self.places

    def windows(self) -> Windows:
        return pooling.adaptive_windows(self.places, self.counts)

    def options(self, pool: str) -> dict[str, Any]:
        return {"pool": f"adaptive_{pool}_pool", "spatial": self.places, "output_size": self.counts}

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.counts) != len(self.places) or min(self.counts) < 1:
            raise ValueError(f"no {self.counts} windows of {self.places}")


@dataclasses.dataclass(frozen=True)
class Fractional(Images):
    """Windows of one kernel at distances that vary, from `quarters`, a random number for each axis in quarters.

    The mean distance is a number of few bits, so that every one is exact in every format.
    """

    places: tuple[int, ...] = (5, 7)
    kernel: tuple[int, ...] = (2, 2)
    counts: tuple[int, ...] = (2, 3)
    quarters: tuple[int, ...] = (1, 2)

    @property
    def sizes(self) -> tuple[int, ...]:
        return self.places

    def windows(self) -> Windows:
        return pooling.fractional_windows(self.places, self.kernel, self.counts, [q / 4 for q in self.quarters])

    def options(self, pool: str) -> dict[str, Any]:
        about = {"kernel_size": self.kernel, "output_size": self.counts, "quarters": self.quarters}
        return {"pool": f"fractional_{pool}_pool", "spatial": self.places} | about

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 2 <= len(self.places) == len(self.kernel) == len(self.counts) == len(self.quarters):
            raise ValueError(f"no fractional windows of {self.places}")
        for n, k, m, q in zip(self.places, self.kernel, self.counts, self.quarters, strict=True):
            exact = m == 1 or float((n - k) / (m - 1) * 64).is_integer()
            most = n - k + (len(self.places) == 2)  # torch refuses windows one place apart in volumes
            if not (1 <= k <= n and 1 <= m <= max(most, 1) and 0 <= q < 4 and exact):
                raise ValueError(f"no {m} fractional windows of {k} in {n}")


@dataclasses.dataclass(frozen=True)
class Normed(Swept):
    """Windows to take norms of, without padding. Odd and fractional orders see magnitudes, as torch's powers do not."""

    order: str = "2"

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        (x,) = super().arrays(rng, batch, fmt)
        return [x if self.order in SIGNED else np.abs(x)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        numbers = np.isnan(arrays[0]) | (arrays[0] >= 0)
        return super().admits(arrays) & np.asarray(numbers.all((1, 2)) | (self.order in SIGNED))

    @property
    def partial(self) -> bool:
        """Whether a window hangs over the end."""
        return not self.windows().inside.all()

    def options(self, pool: str) -> dict[str, Any]:
        return super().options(pool) | {"norm_type": float(self.order)}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.order not in ORDERS or any(a.padding or a.dilation > 1 for a in self.axes):
            raise ValueError(f"no norms of order {self.order} over {self.axes}")


ORDERS = ("2", "1", "3", "4", "0.5", "inf")
SIGNED = ("2", "4", "inf")

CHANNELS = st.sampled_from((1, 2, 3, 4, 8, 17, 33))
"""Beside and beyond the widths of vectors: in channels_last they are the innermost axis."""
SIZES = {1: (4, 1, 2, 3, 5, 7, 13, 16, 17, 33, 70), 2: (4, 1, 2, 3, 5, 7, 13, 17), 3: (3, 1, 2, 4, 5, 6)}
KERNELS = {1: (2, 1, 3, 4, 5, 7, 17), 2: (2, 1, 3, 4, 5, 7), 3: (2, 1, 3)}


@st.composite
def _axis(draw: st.DrawFn, axes: int, *, dilated: bool, padded: bool, ceil: bool) -> Axis:
    """One axis, whose kernel is cut to the size where windows would be without places."""
    size, kernel = draw(st.sampled_from(SIZES[axes])), draw(st.sampled_from(KERNELS[axes]))
    stride, dilation = draw(st.integers(1, 5)), draw(st.sampled_from((1, 1, 2, 3))) if dilated else 1
    if axes == 3 and not dilated:
        kernel = min(kernel, size)  # torch refuses means over more than a volume
    padding = draw(st.integers(0, kernel // 2)) if padded else 0
    made = Axis(size, kernel, stride, padding, dilation)
    try:
        Swept(axes=(made,), ceil=ceil)
    except ValueError:
        kernel = min(kernel, size)
        made = Axis(size, kernel, stride, min(padding, kernel // 2))
    return made


@st.composite
def _swept(
    draw: st.DrawFn, most: int, kinds: Sequence[str], *, dilated: bool = False, least: int = 1, cls: type[Swept] = Swept
) -> Swept:
    """Windows over `least` to `most` axes."""
    axes, ceil = draw(st.integers(least, most)), draw(st.booleans())
    every = st.tuples(*[_axis(axes, dilated=dilated, padded=cls is Swept, ceil=ceil)] * axes)
    made = draw(CHANNELS), draw(st.sampled_from(kinds)), draw(every), ceil
    if dilated:
        return Swept(*made)
    if cls is Normed:
        return Normed(*made, order=draw(st.sampled_from(ORDERS)))
    return Swept(*made, draw(st.booleans()), draw(st.sampled_from((0, 0, 1, 3, -2))) if axes > 1 else 0)


def _adaptive(most: int, kinds: Sequence[str], least: int = 1) -> st.SearchStrategy[Adaptive]:
    """Fewer windows than places, as many, or more."""

    def over(axes: int) -> st.SearchStrategy[Adaptive]:
        sizes, counts = (st.tuples(*[s] * axes) for s in (st.sampled_from(SIZES[axes]), st.integers(1, 8)))
        return st.builds(Adaptive, CHANNELS, st.sampled_from(kinds), sizes, counts)

    return st.integers(least, most).flatmap(over)


FRACTIONAL = (
    Fractional(),
    Fractional(3, "ties", (9, 6), (1, 3), (5, 2), (3, 0)),
    Fractional(17, "NaN", (5, 4, 6), (2, 1, 3), (3, 2, 1), (0, 1, 3)),
    Fractional(2, "-inf", (7, 12), (3, 2), (5, 6), (2, 3)),
    Fractional(1, "integers", (4, 5, 4), (2, 2, 2), (2, 3, 2), (1, 2, 3)),
)
VOLUME = (Axis(4, 2, 1), Axis(3, 3, 1, 1), Axis(5, 2, 2))


def max_windows() -> Regimes:
    """Windows of every kind over one to three axes; corners: dilation, padding, tails of channels, special values."""
    corners = (
        Swept(),
        Swept(1, "negative", (Axis(5, 3, 2, 1),)),
        Swept(2, "negative", (Axis(7, 2, 3, 1, 3),), ceil=True),
        Swept(3, "ties", (Axis(33, 4, 1, 2, 2),)),
        Swept(1, "normal", (Axis(70, 7, 5, 3),), ceil=True),
        Swept(1, "NaN", (Axis(17, 3, 1),)),
        Swept(1, "-inf", (Axis(16, 2, 1, 1),)),
        Swept(2, "normal", (Axis(1, 2, 1, 1), Axis(1, 3, 2, 1))),
        Swept(17, "negative", (Axis(5, 3, 2, 1), Axis(6, 2, 2, 1)), ceil=True),
        Swept(33, "NaN", (Axis(4, 2, 1), Axis(5, 3, 1, 1, 2))),
        Swept(8, "-inf", (Axis(4, 2, 2), Axis(4, 1, 3))),
        Swept(3, "ties", (Axis(13, 5, 1, 2), Axis(7, 3, 1, 1))),
        Swept(3, "inf", VOLUME),
        Swept(17, "negative", (Axis(3, 2, 2, 1), Axis(4, 3, 1, 0), Axis(5, 2, 1, 1, 2)), ceil=True),
        Swept(5, "NaN", VOLUME),
        Swept(17, "ties", VOLUME),
        Swept(3, "-inf", (Axis(4, 1, 1), Axis(4, 1, 1), Axis(2, 1, 1))),
        Adaptive(3, "negative"),
        Adaptive(2, "normal", (5, 6), (2, 3)),
        Adaptive(17, "NaN", (7, 5), (3, 7)),
        Adaptive(1, "-inf", (17, 13), (1, 1)),
        Adaptive(33, "ties", (3, 4, 5), (2, 2, 7)),
        *FRACTIONAL,
    )
    kinds = tuple(k for k in KINDS if k not in ("large", "constant"))
    draw = st.one_of(
        _swept(3, kinds, dilated=True),
        _adaptive(3, kinds),
        st.sampled_from(FRACTIONAL),
    )
    return Regimes(draw, corners)


def mean_windows() -> Regimes:
    """Windows over signals and images, and adaptive ones of volumes; corners: borders, divisors, large windows."""
    corners = (
        Swept(),
        Swept(1, "normal", (Axis(5, 3, 2, 1),), ceil=True),
        Swept(1, "normal", (Axis(5, 3, 2, 1),), ceil=True, counted=False),
        Swept(3, "negative", (Axis(70, 17, 1, 8),)),
        Swept(2, "inf", (Axis(16, 3, 1, 1),)),
        Swept(1, "NaN", (Axis(17, 4, 3),), ceil=True),
        Swept(17, "normal", (Axis(6, 3, 2, 1), Axis(5, 2, 3, 1)), ceil=True),
        Swept(17, "normal", (Axis(6, 3, 2, 1), Axis(5, 2, 3, 1)), ceil=True, counted=False),
        Swept(33, "integers", (Axis(4, 2, 1), Axis(5, 3, 1, 1)), divisor=3),
        Swept(2, "integers", (Axis(1, 3, 1, 1), Axis(2, 3, 1, 1)), counted=False),
        Swept(3, "negative", (Axis(13, 7, 1, 3), Axis(17, 7, 2, 3)), counted=False),
        Swept(8, "subnormal", (Axis(4, 2, 2), Axis(4, 3, 1, 1))),
        Swept(1, "-inf", (Axis(7, 3, 2), Axis(5, 2, 2)), divisor=-2),
        Swept(2, "large", (Axis(4, 2, 2), Axis(6, 3, 3))),
        Swept(1, "large", (Axis(6, 5, 1), Axis(6, 5, 1))),
        Swept(1, "negative", (Axis(64, 64, 1), Axis(33, 33, 1))),
        Adaptive(2, "normal"),
        Adaptive(17, "normal", (7, 5), (3, 7)),
        Adaptive(1, "negative", (100, 64), (1, 1)),
        Adaptive(33, "normal", (13, 17), (2, 5)),
        Adaptive(3, "inf", (5, 4), (2, 3)),
        Adaptive(3, "integers", (3, 4, 5), (2, 2, 7)),
        Adaptive(2, "negative", (8, 8, 16), (1, 1, 2)),
    )
    kinds = tuple(k for k in KINDS if k != "large")
    draw = st.one_of(_swept(2, kinds), _swept(2, kinds), _adaptive(3, kinds))
    return Regimes(draw, corners)


def volume_windows() -> Regimes:
    """Windows that sweep over volumes, of no more places than the volume has."""
    corners = (
        Swept(2, "integers", (Axis(3), Axis(2), Axis(4))),
        Swept(1, "normal", VOLUME),
        Swept(17, "negative", VOLUME, ceil=True, counted=False),
        Swept(3, "normal", (Axis(3, 2, 2, 1), Axis(4, 3, 3, 1), Axis(5, 2, 2)), ceil=True),
        Swept(3, "NaN", (Axis(3, 2, 1), Axis(4, 3, 2, 1), Axis(2, 1, 1)), divisor=5),
        Swept(1, "subnormal", (Axis(4, 2, 2, 1), Axis(3, 3, 1), Axis(6, 4, 1, 2)), counted=False),
        Swept(1, "negative", (Axis(6, 6, 1), Axis(8, 8, 1), Axis(9, 9, 1))),
    )
    return Regimes(_swept(3, tuple(k for k in KINDS if k != "large"), least=3), corners)


def norm_windows() -> Regimes:
    """Windows of signals and images in every order; corners: large and partial ones, zeros, subnormal squares."""
    image = (Axis(5, 2, 2), Axis(7, 3, 1))
    corners = (
        Normed(),
        *(Normed(2, "normal", (Axis(9, 3, 2),), order=p) for p in ORDERS),
        *(Normed(17, "normal", image, order=p) for p in ("2", "inf", "3")),
        Normed(1, "ties", (Axis(33, 2, 2),)),
        Normed(3, "integers", image),
        Normed(1, "NaN", image),
        Normed(1, "inf", (Axis(16, 3, 3),)),
        Normed(1, "subnormal", (Axis(8, 2, 2),)),
        Normed(3, "normal", (Axis(17, 17, 1), Axis(18, 17, 1))),
        Normed(8, "negative", (Axis(70, 17, 5),)),
        Normed(1, "normal", (Axis(5, 2, 2),), ceil=True),
        Normed(2, "integers", (Axis(4, 2, 2), Axis(6, 3, 2)), ceil=True),
    )
    return Regimes(_swept(2, ("normal", "integers", "negative", "ties", "NaN", "inf"), cls=Normed), corners)
