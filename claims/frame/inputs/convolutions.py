"""Images, kernels, biases and cotangents of convolutions with their options."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.convolution.geometry import MODES, Geometry, each, geometry
from reference.formats import Format

KINDS = ("integers", "normal", "scales", "spike", "positive", "repeated")
SCALES = ("one", "small", "large", "tiny", "huge", "subnormal")
Option = tuple[int, ...] | int
"""A number for every axis, or one for all."""
FORMS = ("", "unbatched", "native", "channels_last", "channels_last_3d")


class Convolution(NamedTuple):
    """Images (batch, n, c, *sizes), kernels, biases (batch, o) or None, cotangents of the result, and how to convolve.

    Kernels are (batch, o, c / groups, *kernel), those of transposed convolutions (batch, c, o / groups, *kernel).
    """

    x: Tensor
    w: Tensor
    b: Tensor | None
    c: Tensor
    given: Convolved

    @property
    def how(self) -> Geometry:
        """How the kernels move."""
        return self.given.geometry

    def name(self, operation: str) -> str:
        """That operation over as many axes: convolution1d of "convolution"."""
        return f"{operation}{len(self.given.kernel)}d"


@dataclasses.dataclass(frozen=True)
class Convolved(Regime):
    """A convolution of `n` images of `channels` in each group with as many `filters` in each, over 1 to 3 axes.

    `padding` is one number for each axis, "same" or "valid"; an `output_padding` makes it a transposed convolution,
    whose images are of `extent` too. `form`: see `claims.frame.operations.chapters.convolution`.

    `kind`: integers in -2..2, normal numbers, numbers of five decades (scales), one number 1e8 times as large (spike;
    less in float16), positive ones, or equal images (repeated). `scale` of images and kernels, as of `Numbers`: small
    and large products are normal, tiny and huge ones leave the range.
    """

    n: int = 2
    channels: int = 1
    filters: int = 1
    groups: int = 1
    extent: tuple[int, ...] = (4,)
    kernel: tuple[int, ...] = (2,)
    stride: Option = 1
    padding: Option | str = 0
    dilation: Option = 1
    output_padding: Option | None = None
    mode: str = "zeros"
    bias: bool = False
    kind: str = "integers"
    scale: str = "one"
    form: str = ""
    names: ClassVar[tuple[str, ...]] = ("x", "w", "b", "c")
    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        axes = len(self.kernel)
        if self.kind not in KINDS or self.scale not in SCALES or self.form not in FORMS or not 1 <= axes <= 3:
            raise ValueError(f"no convolution of kind {self.kind!r}")
        if len(self.extent) != axes or min(self.n, self.channels, *self.extent, self.filters - 1, self.groups - 1) < 0:
            raise ValueError(f"no images of {self.extent} for kernels of {self.kernel}")
        how = self.geometry
        if min(*how.kernel, *how.stride, *how.dilation) < 1 or min(map(min, how.padding)) < 0:
            raise ValueError("no such options")
        if self.form.startswith("channels_last") and (axes == 1 or self.form.endswith("3d") != (axes == 3)):
            raise ValueError(f"no {self.form} for {axes} axes")
        if self.form == "unbatched" and not self.n:
            raise ValueError("no examples one at a time without examples")
        if self.output_padding is not None:
            most = (max(s, d) for s, d in zip(how.stride, how.dilation, strict=True))
            plain = self.mode == "zeros" and not isinstance(self.padding, str) and min(self.extent) > 0
            if not plain or any(not 0 <= r < m for r, m in zip(each(self.output_padding, axes), most, strict=True)):
                raise ValueError("no such transposed convolution")
        if self.mode in ("circular", "reflect"):
            room = (n - (self.mode == "reflect") for n in self.extent)
            if any(max(q) > r for q, r in zip(how.padding, room, strict=True)):
                raise ValueError(f"more padding than {self.mode} allows")
        if min(self.results) < 1:
            raise ValueError("no result")

    @property
    def geometry(self) -> Geometry:
        """How the kernels move."""
        return geometry(
            self.kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            mode=self.mode,
        )

    @property
    def results(self) -> tuple[int, ...]:
        """The sizes of the results."""
        if self.output_padding is not None:
            return self.geometry.transposed_sizes(self.extent, self.output_padding)
        return self.geometry.sizes(self.extent)

    @property
    def options(self) -> dict[str, Any]:
        """The options of the call."""
        how, axes = self.geometry, len(self.kernel)
        padding = self.padding if isinstance(self.padding, str) else each(self.padding, axes)
        shared = {"stride": how.stride, "padding": padding, "dilation": how.dilation, "groups": self.groups}
        if self.output_padding is not None:
            return {**shared, "output_padding": each(self.output_padding, axes), "form": self.form}
        return {**shared, "mode": self.mode, "form": self.form}

    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of images, kernels, bias and cotangent."""
        c, o = self.channels * self.groups, self.filters * self.groups
        between = (o, self.channels) if self.output_padding is None else (c, self.filters)
        return [(self.n, c, *self.extent), (*between, *self.kernel), (o,), (self.n, o, *self.results)]

    def size(self) -> int:
        x, w, _, c = (math.prod(s) for s in self.shapes())
        return max(1, x, w, c)

    def batch(self, limit: int, elements: int) -> int:
        # the reference takes a product for each result
        x, w, _, c = (math.prod(s) for s in self.shapes())
        work = max(x, c) * w // max(1, self.filters * self.groups)
        return max(1, min(super().batch(limit, elements), 8 * elements // max(1, work)))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        factor = Numbers("normal", self.scale).factor(fmt)
        made = [self._fill(rng, (batch, *shape), fmt) for shape in self.shapes()]
        return [a * f for a, f in zip(made, (factor, factor, factor * factor, 1.0), strict=True)]

    def _fill(self, rng: np.random.Generator, shape: tuple[int, ...], fmt: Format) -> NDArray[np.float64]:
        match self.kind:
            case "integers":
                return rng.integers(-2, 3, shape).astype(np.float64)
            case "scales":
                return rng.standard_normal(shape) * 10.0 ** rng.uniform(-3, 2, shape)
            case "positive":
                return rng.random(shape)
            case "repeated":
                return np.broadcast_to(rng.standard_normal((*shape[:1], 1, *shape[2:])), shape).copy()
            case "spike":
                a = rng.standard_normal(shape).reshape(batch := shape[0], -1)
                if a.size and len(shape) > 2:
                    a[np.arange(batch), rng.integers(0, a.shape[1], batch)] *= 1e8 if fmt.emax > 15 else 64.0
                return a.reshape(shape)
        return rng.standard_normal(shape)

    def simpler(self) -> Iterator[Regime]:
        """Images keep channels, if they have some: results without channels are a subject of their own."""
        return (r for r in super().simpler() if not isinstance(r, Convolved) or r.channels or not self.channels)

    def present(self, tensors: Sequence[Any], seed: int) -> Convolution:
        x, w, b, c = tensors
        return Convolution(x, w, b if self.bias else None, c, self)


CORNERS = (
    Convolved(),
    Convolved(1, 1, 1, extent=(1,), kernel=(1,), bias=True),
    Convolved(2, 3, 2, extent=(9,), kernel=(3,), stride=(2,), padding=(2,), bias=True, kind="normal"),
    Convolved(2, 2, 3, 2, (7,), (3,), dilation=(2,), padding="same", bias=True, kind="scales"),
    Convolved(3, 2, 2, extent=(6, 5), kernel=(4, 2), padding="same", bias=True),
    Convolved(1, 1, 2, 3, (5, 7), (3, 2), (2, 1), (1, 2), (1, 2), bias=True, form="channels_last"),
    Convolved(2, 1, 1, 8, (6, 6), (3, 3), dilation=(2, 2), padding=(2, 2), kind="normal"),
    Convolved(2, 2, 3, extent=(3, 4, 5), kernel=(2, 3, 2), stride=(1, 2, 1), padding=(1, 0, 1), bias=True),
    Convolved(1, 2, 2, 2, (3, 3, 4), (2, 2, 3), dilation=(1, 1, 2), padding="same", form="channels_last_3d"),
    Convolved(17, 2, 3, extent=(8, 8), kernel=(3, 3), padding=(1, 1), bias=True, kind="spike"),
    Convolved(16, 3, 2, extent=(9,), kernel=(5,), padding=(2,), kind="spike"),
    Convolved(0, 2, 3, extent=(5,), kernel=(3,), bias=True),
    Convolved(0, 1, 2, 2, (4, 4), (3, 3)),
    Convolved(2, 0, 3, extent=(5, 4), kernel=(3, 2), bias=True),
    *(
        Convolved(2, o, o, extent=(6, 5), kernel=(3, 3), padding=(1, 1), kind="normal", bias=True)
        for o in (7, 8, 9, 15)
    ),
    Convolved(1, 17, 33, extent=(5,), kernel=(3,), kind="normal", bias=True),
    Convolved(1, 33, 17, extent=(3, 3), kernel=(1, 1), kind="positive", form="channels_last"),
    Convolved(1, 64, 2, extent=(3, 3), kernel=(3, 3), kind="positive"),
    Convolved(2, 1, 1, 16, (70,), (3,), padding=(1,), kind="normal"),
    Convolved(1, 2, 1, extent=(2, 3), kernel=(5, 4), padding=(2, 3), kind="normal"),
    Convolved(2, 1, 2, extent=(5,), kernel=(4,), padding=(3,), mode="circular", bias=True),
    Convolved(2, 2, 1, extent=(4, 5), kernel=(3, 4), padding=(3, 2), mode="reflect"),
    Convolved(1, 1, 2, extent=(2, 3), kernel=(3, 2), padding=(3, 2), mode="replicate"),
    Convolved(1, 2, 2, 2, (4, 5), (2, 4), padding="same", mode="circular", bias=True, kind="normal"),
    Convolved(3, 2, 2, extent=(5, 4), kernel=(2, 3), kind="repeated", bias=True),
    Convolved(3, 2, 2, extent=(5, 4), kernel=(2, 3), bias=True, form="unbatched"),
    Convolved(2, 3, 2, extent=(6,), kernel=(3,), kind="normal", scale="small", bias=True),
    Convolved(2, 3, 2, extent=(6, 4), kernel=(3, 2), kind="normal", scale="large", bias=True),
)
TRANSPOSED_CORNERS = (
    Convolved(output_padding=(0,)),
    Convolved(1, 1, 1, extent=(1,), kernel=(1,), output_padding=(0,), bias=True),
    Convolved(2, 3, 2, 1, (5,), (3,), (2,), (1,), output_padding=(1,), bias=True, kind="normal"),
    Convolved(2, 2, 3, 2, (4,), (3,), (1,), (0,), (2,), (1,), bias=True, kind="scales"),
    Convolved(2, 2, 3, 1, (3, 4), (2, 3), (2, 1), (1, 0), (1, 2), (1, 1), bias=True),
    Convolved(1, 1, 2, 3, (3, 2), (3, 2), (2, 3), (1, 0), (1, 1), (0, 2), bias=True, form="channels_last"),
    Convolved(2, 1, 1, 8, (4, 4), (3, 3), (2, 2), (1, 1), (2, 2), (1, 0), kind="normal"),
    Convolved(2, 2, 2, 1, (2, 3, 2), (2, 3, 2), (1, 2, 1), (1, 0, 0), (1, 1, 2), (0, 1, 1), bias=True),
    Convolved(
        1,
        1,
        2,
        2,
        (2, 2, 3),
        (2, 2, 2),
        (2, 2, 2),
        output_padding=(1, 0, 1),
        padding=(0, 0, 0),
        dilation=(1, 1, 1),
        form="channels_last_3d",
    ),
    Convolved(17, 2, 3, 1, (4, 4), (3, 3), (1, 1), (1, 1), (1, 1), (0, 0), bias=True, kind="spike"),
    Convolved(0, 2, 3, extent=(5,), kernel=(3,), output_padding=(0,), bias=True),
    *(
        Convolved(2, o, o, 1, (4, 3), (3, 3), (2, 2), (1, 1), (1, 1), (1, 1), bias=True, kind="normal")
        for o in (7, 8, 9, 15)
    ),
    Convolved(1, 17, 33, extent=(5,), kernel=(3,), output_padding=(0,), kind="normal", bias=True),
    Convolved(1, 33, 17, 1, (3, 3), (1, 1), (1, 1), (0, 0), (1, 1), (0, 0), kind="positive", form="channels_last"),
    Convolved(3, 2, 2, 1, (5, 4), (2, 3), (1, 1), (0, 0), (1, 1), (0, 0), kind="repeated", bias=True),
    Convolved(2, 2, 2, 1, (5, 4), (2, 3), (1, 1), (0, 0), (1, 1), (0, 0), bias=True, form="unbatched"),
    Convolved(2, 3, 2, extent=(6,), kernel=(3,), output_padding=(0,), kind="normal", scale="small", bias=True),
)


CHANNELS = st.sampled_from((1, 2, 1, 3, 7, 8, 9, 15, 16, 17, 33))
FEW = st.sampled_from((1, 2, 1, 3))
EXAMPLES = st.sampled_from((2, 1, 3, 2, 1, 16, 17, 4, 0))


@st.composite
def _drawn(draw: st.DrawFn, *, transposed: bool, modes: Sequence[str], scales: Sequence[str]) -> Convolved:
    """Any options; images are a little larger than the smallest that has a result."""
    d = draw(st.sampled_from((1, 2, 1, 2, 3)))

    def some(values: Sequence[int]) -> tuple[int, ...]:
        return draw(st.tuples(*[st.sampled_from(values)] * d))

    kernel, dilation, stride = some((1, 2, 3, 4, 5) if d < 3 else (1, 2, 3)), some((1, 1, 2)), some((1, 1, 2, 3))
    padding: tuple[int, ...] | str = some((0, 1, 2, 3) if d < 3 else (0, 1))
    named = draw(st.sampled_from(("", "", "", "same", "valid")))
    mode = "zeros" if transposed else draw(st.sampled_from(modes))
    if named and not transposed:
        padding, stride = named, (1,) * d if named == "same" else stride
    more = some((0, 1, 3, 5))
    reach = [i * (k - 1) + 1 for i, k in zip(dilation, kernel, strict=True)]
    ends = geometry(kernel, padding=padding, dilation=dilation).padding
    if transposed:  # results of at least one number, cropped by the padding
        extent = tuple(
            max(1, (2 * q[0] - r) // s + 2) + m for q, r, s, m in zip(ends, reach, stride, more, strict=True)
        )
        output = tuple(min(m, max(s, i) - 1) for m, s, i in zip(some((0, 1, 2)), stride, dilation, strict=True))
    else:
        least = (
            max(1, r - sum(q), *((max(q) + 1,) if mode in ("circular", "reflect") else ()))
            for r, q in zip(reach, ends, strict=True)
        )
        extent, output = tuple(n + m for n, m in zip(least, more, strict=True)), None
    groups = draw(st.sampled_from((1, 1, 2, 3, 8)))
    few = d == 3 or groups == 8
    forms = ("", "", "unbatched", *({2: ("channels_last",), 3: ("channels_last_3d",)}.get(d, ())))
    examples, form = draw(EXAMPLES), draw(st.sampled_from(forms))
    return Convolved(
        max(examples, int(form == "unbatched")),
        draw(FEW if few else CHANNELS),
        draw(FEW if few else CHANNELS),
        groups,
        extent,
        kernel,
        stride,
        padding,
        dilation,
        output,
        mode,
        draw(st.booleans()),
        draw(st.sampled_from(KINDS)),
        draw(st.sampled_from(scales)),
        form,
    )


def convolutions(
    *corners: Convolved,
    modes: Sequence[str] = ("zeros", *MODES),
    scales: Sequence[str] = ("one", "one", "small", "large"),
) -> Regimes:
    """Convolutions with any options, after those named; without names corners of every kind and option."""
    return Regimes(_drawn(transposed=False, modes=modes, scales=scales), corners or CORNERS)


def transposed_convolutions(*corners: Convolved, scales: Sequence[str] = ("one", "one", "small", "large")) -> Regimes:
    """Transposed convolutions with any options, after those named; without names corners of every kind and option."""
    return Regimes(_drawn(transposed=True, modes=("zeros",), scales=scales), corners or TRANSPOSED_CORNERS)
