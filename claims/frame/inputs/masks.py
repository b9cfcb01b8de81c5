"""Layers to drop units from, samples of masks, and models whose every submodel can be enumerated."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

BY_UNIT = (
    "dropout",
    "dropout_in_place",
    "dropout_module",
    "native_dropout",
    "dropout_by_vmap",
    "alpha_dropout",
    "alpha_dropout_module",
)
"""Spellings of dropout that draw for every number."""
BY_CHANNEL = {
    "dropout1d": 1,
    "dropout2d": 2,
    "dropout2d_channels_last": 2,
    "dropout3d": 3,
    "feature_alpha_dropout": 2,
    "dropout1d_module": 1,
    "dropout2d_module": 2,
    "dropout3d_module": 3,
    "feature_alpha_dropout_module": 2,
}
"""Spellings that draw for every channel, with the number of axes that a channel has."""
OF_IMAGES = ("dropout_channels_last",)
BETWEEN_LAYERS = "dropout_between_layers"
SPELLINGS = (*BY_UNIT, *BY_CHANNEL, *OF_IMAGES, BETWEEN_LAYERS)
RATES = (0.5, 0.0, 0.05, 0.1, 0.25, 0.3, 1 / 3, 0.7, 0.75, 0.9, 0.999, 1.0)
NEXT_TO_HALF = 0.49683867351480565  # 1 - p, its reciprocal and the product all round: 2.47 unit roundoffs in float64
SPECIALS = ("", "signs", "zeros", "extremes", "nonfinite")


class Dropped(NamedTuple):
    """What a property of dropout gets: activations (batch, ...), drop probability, seed, and how to spell dropout."""

    x: Tensor
    p: float
    seed: int
    spelling: str


def _axes(spelling: str) -> int | None:
    """How many axes an example has, where the spelling prescribes it."""
    if spelling in BY_CHANNEL:
        return 1 + BY_CHANNEL[spelling]
    return {"dropout_channels_last": 3, BETWEEN_LAYERS: 2}.get(spelling)


@dataclasses.dataclass(frozen=True)
class Layer(Regime):
    """Activations of a layer, examples of `shape`, of which `spelling` drops units with probability `p`.

    Activations are kept below (1 - p) times the largest number, so that the survivors do not overflow. `special`
    replaces entries: signs (all are 1 or -1), zeros (every other one is 0 or -0), extremes (every other one is the
    smallest or the largest number admitted), nonfinite (every other one is an infinity or NaN).
    """

    shape: tuple[int, ...] = (2,)
    p: float = 0.5
    numbers: Numbers = Numbers()
    special: str = ""
    spelling: str = "dropout"

    def __post_init__(self) -> None:
        axes = _axes(self.spelling)
        if self.special not in SPECIALS or self.spelling not in SPELLINGS or axes not in (None, len(self.shape)):
            raise ValueError(f"no layer of shape {self.shape} for {self.spelling!r} with special {self.special!r}")
        if self.spelling == BETWEEN_LAYERS and (self.special or 0 in self.shape):
            raise ValueError("recurrent layers need sequences, and their activations are not negative")

    def size(self) -> int:
        return int(np.prod(self.shape))

    def batch(self, limit: int, elements: int) -> int:
        most = super().batch(limit, elements)
        return most - (most > 2 and most % 2 == 0)  # an odd number of examples leaves a tail behind whole vectors

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, *self.shape)
        limit = fmt.largest * min(1.0, (1 - self.p) * 0.98) if self.p < 1 else fmt.largest
        x = np.clip(self.numbers.fill(rng, shape, fmt), -limit, limit)
        every_other = (np.arange(self.size()) % 2 == 0).reshape(self.shape)
        match self.special:
            case "signs":
                x = rng.choice([-1.0, 1.0], shape)
            case "zeros":
                x = np.where(every_other, rng.choice([-0.0, 0.0], shape), x)
            case "extremes":
                x = np.where(every_other, rng.choice([fmt.eta, -fmt.eta, limit, -limit], shape), x)
            case "nonfinite":
                x = np.where(every_other, rng.choice([np.inf, -np.inf, np.nan], shape), x)
        return [np.abs(x) if self.spelling == BETWEEN_LAYERS else x]

    def admits(self, arrays: Arrays) -> Any:
        (x,) = arrays
        finite = np.isfinite(x).reshape(len(x), -1).all(-1)
        return finite if self.special != "nonfinite" else True

    def present(self, tensors: Any, seed: int) -> Dropped:
        return Dropped(tensors[0], self.p, seed, self.spelling)


def layers() -> Regimes:
    """Layers; corners: every rate, sizes around vector widths and up to 10^6, special numbers, every spelling."""
    rates = st.one_of(st.sampled_from(RATES), st.floats(0.0, 0.999))
    kinds = numbers(("integers", "normal", "wide", "constant"), ("one", "small", "subnormal"))
    special = st.sampled_from(("", "signs", "zeros", "extremes"))
    flat = st.tuples(st.sampled_from((16, 1, 2, 7, 17, 33, 100, 257)))
    drawn = st.one_of(
        st.builds(Layer, flat, rates, kinds, special, st.sampled_from(BY_UNIT)),
        st.builds(_images, rates, st.sampled_from((*BY_CHANNEL, *OF_IMAGES))),
    )
    return Regimes(drawn, _layer_corners())


def _images(p: float, spelling: str) -> Layer:
    axes = _axes(spelling) or 1
    return Layer((5, 3, 2, 2)[:axes], p, Numbers("normal"), "", spelling)


def _layer_corners() -> tuple[Layer, ...]:
    normal, wide = Numbers("normal"), Numbers("wide")
    small_rates = (Layer((16,), p, normal) for p in RATES if p not in (0.5, 0.25))
    return (
        Layer((2,)),
        *small_rates,
        Layer((0,)),
        Layer((1,), 0.3, wide),
        Layer((7,), 0.25, Numbers("normal", "subnormal")),
        Layer((17,), 1 / 3, Numbers("constant")),
        Layer((33,), 0.9, special="signs"),
        Layer((33,), 0.3, special="zeros"),
        Layer((33,), 0.0, special="zeros"),
        dataclasses.replace(_images(0.3, "dropout2d"), special="zeros"),
        Layer((33,), 0.1, special="extremes"),
        Layer((4000,), NEXT_TO_HALF, wide),
        Layer((1 << 16,), 0.25, normal),
        Layer((1 << 18,), 0.3, Numbers("constant")),
        Layer((1 << 16,), 0.99999, Numbers("constant"), special="zeros"),
        *(Layer((41,), 0.3, normal, spelling=s) for s in BY_UNIT[1:]),
        Layer((5, 6), 0.3, normal, spelling=BETWEEN_LAYERS),
        *(_images(0.3, s) for s in (*BY_CHANNEL, *OF_IMAGES)),
        *(Layer((41,), p, normal, spelling=s) for s in BY_UNIT[1:] for p in (0.1, 0.9)),
        *(_images(p, s) for s, p in zip((*BY_CHANNEL, *OF_IMAGES), itertools.cycle((0.05, 0.1, 0.9)), strict=False)),
        *(_images(p, s) for s in BY_CHANNEL for p in (0.0, 1.0)),
        *(Layer((41,), p, normal, spelling=s) for s in BY_UNIT[1:] for p in (0.0, 1.0)),
        Layer((10**6,), 1e-3, Numbers("constant")),
    )


def nonfinite_layers(p: float) -> Regimes:
    """Layers with infinities and NaN among the activations."""
    corners = tuple(Layer((n,), p, special="nonfinite") for n in (2, 33))
    return Regimes(st.sampled_from(corners), corners)


def ordinary_layers() -> Regimes:
    """Layers of which `F.dropout` drops units with probability 1/4 or 0.3: what its false neighbours are tried on."""
    corners = (Layer((33,), 0.25, special="signs"), Layer((257,), 0.3, Numbers("normal")))
    return Regimes(st.sampled_from(corners), corners)


class MaskDraw(NamedTuple):
    """What a property of masks gets: the shape to drop from, (examples, units) without channels' and time axes."""

    shape: tuple[int, ...]
    units: int
    p: float
    seed: int
    spelling: str


@dataclasses.dataclass(frozen=True)
class MaskSample(Regime):
    """One draw of masks for a batch of `examples` with `units` each (channels, for channels' spellings and images)."""

    examples: int = 2
    units: int = 2
    p: float = 0.5
    spelling: str = "dropout"
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.spelling not in SPELLINGS or "alpha" in self.spelling:
            raise ValueError(f"the masks of {self.spelling!r} cannot be read off its output")
        if self.examples == 0 or self.units == 0 or not 0 < self.p < 1:
            raise ValueError("a mask has units, and each may be dropped or kept")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the layer that is dropped from: channels of 3, 2 x 3 or 2 x 1 x 3 numbers, sequences of 3.

        Images are 2 x 2, so that their layout in memory differs from that of other arrays.
        """
        if self.spelling in BY_CHANNEL:
            return (self.examples, self.units, *((3,), (2, 3), (2, 1, 3))[BY_CHANNEL[self.spelling] - 1])
        if self.spelling == BETWEEN_LAYERS:
            return self.examples, 3, self.units
        return (self.examples, self.units, 2, 2) if self.spelling in OF_IMAGES else (self.examples, self.units)

    def size(self) -> int:
        return int(np.prod(self.shape))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Any, seed: int) -> MaskDraw:
        drawn = self.shape[1:] if self.spelling in OF_IMAGES else (self.units,)
        return MaskDraw(self.shape, int(np.prod(drawn)), self.p, seed, self.spelling)


def mask_samples() -> Regimes:
    """Masks of a batch; corners: up to 2000 examples and 500 units, one of either, and every spelling."""
    spellings = tuple(s for s in SPELLINGS if "alpha" not in s)
    drawn = st.builds(
        MaskSample,
        st.sampled_from((64, 2, 3, 7, 100, 300)),
        st.sampled_from((40, 1, 2, 5, 17, 100)),
        st.sampled_from((0.5, 0.1, 0.25, 0.3, 0.75, 0.9)),
        st.sampled_from(spellings),
    )
    corners = (
        MaskSample(2, 2),
        MaskSample(1, 500),
        MaskSample(2000, 1, 0.3),
        MaskSample(61, 37),
        MaskSample(2000, 500),
        MaskSample(500, 100, 0.1),
        *(MaskSample(61, 37, 0.25, s) for s in spellings[1:]),
        *(MaskSample(3, 25, 0.5, s) for s in BY_UNIT[:4]),
    )
    return Regimes(drawn, corners)


def repeated_masks() -> Regimes:
    """As `mask_samples`, but none so large that drawing it ten times takes long."""
    samples = mask_samples()
    return Regimes(samples.draw, tuple(c for c in samples.corners if c.size() <= 1 << 14))


class Model(NamedTuple):
    """What a property of submodels gets: x (batch, d), weights (batch, m, d), biases (batch, m), drop probability."""

    x: Tensor
    weight: Tensor
    bias: Tensor
    p: float
    seed: int


@dataclasses.dataclass(frozen=True)
class MaskedModel(Regime):
    """An affine map of `inputs` units, each of which may be dropped, to `outputs` numbers."""

    inputs: int = 1
    outputs: int = 1
    p: float = 0.5
    numbers: Numbers = Numbers()
    names: ClassVar[tuple[str, ...]] = ("x", "W", "b")

    def size(self) -> int:
        return (1 << self.inputs) * (self.inputs + self.outputs)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = ((self.inputs,), (self.outputs, self.inputs), (self.outputs,))
        return [self.numbers.fill(rng, (batch, *s), fmt) for s in shapes]

    def present(self, tensors: Any, seed: int) -> Model:
        x, weight, bias = tensors
        return Model(x, weight, bias, self.p, seed)


def linear_models() -> Regimes:
    """Affine maps whose submodels are enumerated, p = k/8; corners: 0 to 12 inputs, every p, every scale."""
    eighths = tuple(k / 8 for k in (4, 1, 2, 3, 5, 6, 7))
    kinds = numbers(("integers", "normal", "wide", "ties"))
    drawn = st.builds(
        MaskedModel, st.sampled_from((2, 0, 1, 3, 4, 5, 8)), st.sampled_from((1, 2, 3)), st.sampled_from(eighths), kinds
    )
    corners = (
        MaskedModel(1),
        MaskedModel(0, 2),
        MaskedModel(3, 2, numbers=Numbers("normal")),
        *(MaskedModel(4, 2, p, Numbers("normal")) for p in eighths[1:]),
        *(MaskedModel(d, 1, 0.5, Numbers("ties")) for d in (2, 8, 12)),
        *(MaskedModel(5, 1, 0.25, Numbers("normal", scale)) for scale in ("small", "large")),
        MaskedModel(10, 1, 0.25, Numbers("wide")),
    )
    return Regimes(drawn, corners)


def softmax_models() -> Regimes:
    """Softmax regressions with p = 1/2; corners: 1 to 8 inputs and 1 to 4 classes, integers (exact logits) or not."""
    kinds = numbers(("integers", "ties", "normal"), ("one",))
    sizes = st.sampled_from((1, 2, 3, 4, 5, 8)), st.sampled_from((2, 1, 3, 4))
    drawn = st.builds(MaskedModel, *sizes, st.just(0.5), kinds)
    corners = (
        MaskedModel(1, 2),
        MaskedModel(1, 1),
        *(MaskedModel(d, c) for d, c in ((2, 2), (3, 4), (8, 3))),
        *(MaskedModel(d, c, 0.5, Numbers("ties")) for d, c in ((1, 4), (4, 2), (8, 2))),
        *(MaskedModel(d, c, 0.5, Numbers("normal")) for d, c in ((1, 2), (6, 4))),
    )
    return Regimes(drawn, corners)
