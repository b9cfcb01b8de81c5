"""Sets of numbers that a layer standardises, and the layers that do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


class Layer(NamedTuple):
    """An operation, into how many axes it splits a set, and its memory format."""

    operation: str
    axes: int
    memory: str = ""


LAYERS = {
    "batch norm": Layer("batch_norm", 1),
    "batch norm of sequences": Layer("batch_norm", 2, "contiguous_format"),
    "batch norm of images": Layer("batch_norm", 3, "contiguous_format"),
    "batch norm of volumes": Layer("batch_norm", 4, "contiguous_format"),
    "batch norm, channels_last": Layer("batch_norm", 3, "channels_last"),
    "batch norm, channels_last_3d": Layer("batch_norm", 4, "channels_last_3d"),
    "BatchNorm1d": Layer("batch_norm_module", 1),
    "BatchNorm2d": Layer("batch_norm_module", 3, "contiguous_format"),
    "BatchNorm3d": Layer("batch_norm_module", 4, "channels_last_3d"),
    "instance norm": Layer("instance_norm", 1),
    "instance norm of volumes": Layer("instance_norm", 3),
    "instance norm, channels_last": Layer("instance_norm", 2, "channels_last"),
    "group norm": Layer("group_norm", 2),
    "group norm of vectors": Layer("group_norm", 1),
    "group norm of volumes": Layer("group_norm", 4),
    "group norm, channels_last": Layer("group_norm", 3, "channels_last"),
    "group norm, channels_last_3d": Layer("group_norm", 4, "channels_last_3d"),
    "layer norm": Layer("layer_norm", 1),
    "layer norm over two axes": Layer("layer_norm", 2),
    "RMS norm": Layer("rms_norm", 1),
    "RMS norm over two axes": Layer("rms_norm", 2),
}
OF_BATCHES = ("batch_norm", "batch_norm_module")
"""Each set has parameters of its own; those of the others are shared."""
KINDS = ("integers", "normal", "constant", "two values", "outlier", "tiny", "huge")
PARAMETERS = ("none", "stored", "float32")
MEANS = (0.0, 1.0, 30.0, 1e3, 1e4)
SIZES = (4, 2, 3, 7, 8, 9, 16, 17, 33, 64)
EPS = 1e-5


class Sets(NamedTuple):
    """Sets (batch, m), affine parameters or None, and how the layer is called."""

    x: Tensor
    w: Tensor | None
    b: Tensor | None
    layer: str
    shape: tuple[int, ...]
    eps: float
    wide: bool

    @property
    def operation(self) -> str:
        """The operation that the layer is."""
        return LAYERS[self.layer].operation

    @property
    def options(self) -> dict[str, Any]:
        """The options of the call."""
        return {"shape": self.shape, "memory": LAYERS[self.layer].memory, "eps": self.eps, "wide": self.wide}


class WithCotangent(NamedTuple):
    """Sets, and a cotangent (batch, m) of what the layer returns."""

    sets: Sets
    cotangent: Tensor


def split(m: int, axes: int) -> tuple[int, ...]:
    """m as a product of `axes` factors, its smallest prime factors first."""
    factors = []
    for _ in range(axes - 1):
        factors.append(next((p for p in range(2, m + 1) if m % p == 0), 1))
        m //= factors[-1]
    return (*factors, m)


@dataclasses.dataclass(frozen=True)
class StandardisedSets(Regime):
    """Sets of m numbers about `mean`, and the parameters of the layer.

    Normal numbers have the deviation 1/10, 1 or 10. One number is an outlier, whose distance attains Samuelson's bound.
    Tiny numbers have variances far below eps, and squares of huge ones overflow unless they are float16.
    """

    m: int = 4
    layer: str = "batch norm"
    kind: str = "integers"
    mean: float = 0.0
    parameters: str = "none"
    eps: float = EPS
    names: ClassVar[tuple[str, ...]] = ("x", "w", "b")
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        known = self.layer in LAYERS and self.kind in KINDS and self.parameters in PARAMETERS
        if self.m < 2 or not known or not self.eps > 0:
            raise ValueError(f"no {self.kind!r} sets of {self.m} numbers for {self.layer!r}, {self.parameters!r}")

    def size(self) -> int:
        return self.m

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.m
        normal = rng.standard_normal(shape)
        made: dict[str, Callable[[], NDArray[np.float64]]] = {
            "integers": lambda: rng.integers(-4, 5, shape).astype(np.float64),
            "constant": lambda: np.repeat(rng.choice([0.1, 1.0, 3.0], (batch, 1)), self.m, 1),
            "two values": lambda: (rng.random(shape) < 0.3).astype(np.float64),
            "outlier": lambda: (
                (np.arange(self.m) == rng.integers(0, self.m, (batch, 1))) * rng.choice([-1.0, 1.0, 8.0])
            ),
            "tiny": lambda: normal * 2.0 ** (fmt.emin / 2),
            "huge": lambda: normal * 2.0 ** (0.6 * fmt.emax),
            "normal": lambda: normal * rng.choice([0.1, 1.0, 10.0], (batch, 1)),
        }
        return [made[self.kind]() + self.mean, *self.affine(rng, batch)]

    def affine(self, rng: np.random.Generator, batch: int) -> Arrays:
        """Weights and biases, a row for each set."""
        operation, axes, _ = LAYERS[self.layer]
        count = {"layer_norm": self.m, "rms_norm": self.m, "group_norm": split(self.m, axes)[0]}.get(operation, 1)
        w = rng.choice([-1.0, 1.0], (batch, count)) * rng.uniform(0.5, 2, (batch, count))
        return [w, rng.choice([0.0, 0.5, -3.0], (batch, count))]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        x, w, b = arrays
        huge = self.kind != "huge" or np.abs(x).max(-1) > 0
        return np.asarray(huge & (np.abs(w) <= 4).all(-1) & (np.abs(b) <= 4).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Sets:
        x, w, b = tensors
        if LAYERS[self.layer].operation not in OF_BATCHES:
            w, b = w[0], b[0]
        if self.parameters == "none":
            w = b = None
        wide = self.parameters == "float32" and x.dtype.itemsize == 2
        return Sets(x, w, b, self.layer, split(self.m, LAYERS[self.layer].axes), self.eps, wide)


def standardised_sets() -> Regimes:
    """Every layer and kind of data, with sizes around those of a kernel's vectors and means that cancel."""
    corners = (
        StandardisedSets(),
        *(StandardisedSets(m) for m in (2, 3, 17, 64)),
        *(StandardisedSets(16, layer, "normal", mean, "float32") for layer in LAYERS for mean in (1.0, 1e3)),
        *(StandardisedSets(12, layer, "normal", 0.0, "stored") for layer in LAYERS),
        *(StandardisedSets(9, "batch norm", kind, 0.0, "float32") for kind in KINDS),
        *(StandardisedSets(24, "batch norm, channels_last", kind, 0.0, "float32") for kind in ("tiny", "constant")),
        *(StandardisedSets(12, layer, "huge", 0.0, "float32") for layer in ("layer norm", "group norm", "RMS norm")),
        *(StandardisedSets(3200, layer, "normal", 30.0, "float32") for layer in tuple(LAYERS)[:6:2]),
        *(StandardisedSets(160, layer, "normal", 1e4, "float32") for layer in tuple(LAYERS)[::3]),
        StandardisedSets(33, "batch norm", "normal", 1e4, "float32", 1e-3),
    )
    drawn = st.builds(
        StandardisedSets,
        st.sampled_from(SIZES),
        st.sampled_from(tuple(LAYERS)),
        st.sampled_from(KINDS),
        st.sampled_from(MEANS),
        st.sampled_from(PARAMETERS),
        st.sampled_from([EPS, 1e-3, 1.0]),
    )
    return Regimes(drawn, corners)


@dataclasses.dataclass(frozen=True)
class DifferentiatedSets(StandardisedSets):
    """The same with a cotangent of normal numbers."""

    names: ClassVar[tuple[str, ...]] = ("x", "w", "b", "g")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [*super().arrays(rng, batch, fmt), rng.standard_normal((batch, self.m))]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray(super().admits(arrays[:3]) & (np.abs(arrays[3]) <= 8).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> WithCotangent:  # type: ignore[override]
        return WithCotangent(super().present(tensors[:3], seed), tensors[3])


def differentiated_sets() -> Regimes:
    """Every layer in two sizes, every kind of numbers whose squares do not overflow."""
    finite = KINDS[:-1]
    corners = (
        DifferentiatedSets(parameters="float32"),
        DifferentiatedSets(),
        *(DifferentiatedSets(m, layer, "normal", 1.0, "float32") for layer in LAYERS for m in (12, 33)),
        *(DifferentiatedSets(12, layer, "integers", 30.0, "float32") for layer in LAYERS),
        *(DifferentiatedSets(9, "batch norm", kind, 0.0, "float32", 1e-3) for kind in finite),
        DifferentiatedSets(160, "batch norm of images", "normal", 1.0, "float32"),
        DifferentiatedSets(3200, "batch norm", "normal", 1.0, "float32"),
        *(DifferentiatedSets(8, layer, "normal", 1.0, "stored") for layer in tuple(LAYERS)[::4]),
    )
    drawn = st.builds(
        DifferentiatedSets,
        st.sampled_from(SIZES),
        st.sampled_from(tuple(LAYERS)),
        st.sampled_from(finite),
        st.sampled_from(MEANS[:3]),
        st.sampled_from(PARAMETERS),
        st.sampled_from([EPS, 1e-3]),
    )
    return Regimes(drawn, corners)
