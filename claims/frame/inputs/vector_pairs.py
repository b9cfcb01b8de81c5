"""Pairs of vectors: how long they are, and at which angle."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import KINDS
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.vectors import LONG, Vector, drawn
from reference.formats import Format

Float64 = NDArray[np.float64]
Pair = list[Tensor]
"""Two vectors, as a property gets them."""
Spelled = tuple[Tensor, Tensor, str]
"""Two vectors, and which spellings of their inner product are meant."""

RELATIONS = ("independent", "same", "opposite", "scaled", "orthogonal", "near-orthogonal", "near-parallel", "zero")
SPELLINGS = ("product", "contraction")
LENGTHS = ("any", "at eps", "below eps")
EPS = 1e-8
"""The default eps of torch's cosine similarity."""


@dataclasses.dataclass(frozen=True)
class VectorPair(Regime):
    """A vector x and a second one, y, in a relation to it.

    `relation`: independent; same; opposite (-x); scaled (by a power of two, either sign); orthogonal, exactly (entries
    exchanged in pairs, every other sign changed); near-orthogonal (what is left without the component along x, rounded:
    the products cancel almost); near-parallel (x moved by a few roundings); zero.
    """

    vector: Vector = Vector()
    relation: str = "independent"
    names: ClassVar[tuple[str, ...]] = ("x", "y")

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise ValueError(f"vectors are {', '.join(RELATIONS)}, not {self.relation!r}")

    def size(self) -> int:
        return 2 * self.vector.n

    def batch(self, limit: int, elements: int) -> int:
        return self.vector.batch(limit, elements // 2)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x, y = (self.vector.fill(rng, batch, fmt) for _ in range(2))
        match self.relation:
            case "same":
                y = x
            case "opposite":
                y = -x
            case "zero":
                y = np.zeros_like(x)
            case "scaled":
                y = fmt.round(x) * rng.choice([-2.0, -0.5, 0.5, 2.0], (batch, 1))
            case "orthogonal":
                y = np.zeros_like(x)
                half = x.shape[-1] // 2
                y[:, 0 : 2 * half : 2], y[:, 1 : 2 * half : 2] = -x[:, 1 : 2 * half : 2], x[:, 0 : 2 * half : 2]
            case "near-orthogonal":
                y = _without(y, fmt.round(x))
            case "near-parallel":
                y = x * (1 + 2 * fmt.u * rng.integers(-3, 4, x.shape))
        return [x, y]


def _without(y: Float64, x: Float64) -> Float64:
    """y less its component along x, both (batch, n)."""
    size = np.abs(x).max(-1, keepdims=True, initial=0.0)
    direction = x / np.where((size > 0) & np.isfinite(size), size, 1.0)
    squared = (direction**2).sum(-1, keepdims=True)
    along = (y * direction).sum(-1, keepdims=True) / np.where(squared > 0, squared, 1.0)
    return np.asarray(y - along * direction)


@dataclasses.dataclass(frozen=True)
class InnerProduct(VectorPair):
    """A pair with the spellings of its inner product: as a product, or as a contraction of axes (inner, tensordot)."""

    spelling: str = "product"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.spelling not in SPELLINGS:
            raise ValueError(f"inner products are spelled as {' or '.join(SPELLINGS)}, not {self.spelling!r}")

    def present(self, tensors: Sequence[Any], seed: int) -> Any:
        return (*tensors, self.spelling)


@dataclasses.dataclass(frozen=True)
class Angle(VectorPair):
    """A pair whose norms may be next to `EPS` (within two binary orders, each for itself) or two orders below."""

    length: str = "any"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length not in LENGTHS:
            raise ValueError(f"norms are {', '.join(LENGTHS)}, not {self.length!r}")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        made = super().arrays(rng, batch, fmt)
        if self.length == "any":
            return made
        wanted = EPS * 2.0 ** (rng.uniform(-2, 2, (2, batch, 1)) if self.length == "at eps" else np.full((2, 1, 1), -7))
        norms = [np.linalg.norm(v, axis=-1, keepdims=True) for v in made]
        return [v / np.where(n > 0, n, 1.0) * w for v, n, w in zip(made, norms, wanted, strict=True)]


def inner_products() -> Regimes:
    """Every relation; lengths beyond blocks and threads, integers, and squares at either end of the range."""
    corners = (
        InnerProduct(),
        InnerProduct(Vector(0)),
        *(InnerProduct(Vector(1, kind=kind), "same") for kind in ("normal", "integers")),
        *(InnerProduct(Vector(3, kind="normal"), relation) for relation in RELATIONS),
        *(InnerProduct(Vector(n, kind="normal"), "near-orthogonal") for n in (2, 17, 33, 257, 1025)),
        *(InnerProduct(Vector(n, kind="normal"), "near-orthogonal", "contraction") for n in (2, 3, 33, 1025)),
        *(InnerProduct(Vector(n, kind="integers"), relation) for n, relation in ((8, "same"), (33, "independent"))),
        InnerProduct(Vector(257, kind="integers")),
        InnerProduct(Vector(257, kind="integers"), spelling="contraction"),
        *(InnerProduct(Vector(n, kind="normal"), "same") for n in (100, 1023, *LONG)),
        InnerProduct(Vector(4097, kind="normal"), "independent", "contraction"),
        InnerProduct(Vector(100, kind="absorb"), "same"),
        InnerProduct(Vector(33, kind="cancel"), "scaled"),
        InnerProduct(Vector(8, kind="wide"), "orthogonal"),
        InnerProduct(Vector(5, kind="ties"), "same", "contraction"),
        InnerProduct(Vector(33, kind="constant"), "same"),
        InnerProduct(Vector(32769, kind="normal")),
        InnerProduct(Vector(70001, kind="positive"), "same"),
        *(
            InnerProduct(Vector(3, kind="normal", scale=scale), "same")
            for scale in ("vanishing", "tiny", "subnormal", "near overflow", "overflow", "threshold")
        ),
        InnerProduct(Vector(4, kind="negative zeros"), "same"),
        InnerProduct(Vector(1025, kind="wide", many=True), "same"),
    )
    vector = drawn(("2",), (*KINDS, "single", "negative zeros"), ("one", "one", "small", "large", "tiny", "subnormal"))
    draw = st.builds(InnerProduct, vector, st.sampled_from(RELATIONS), st.sampled_from(SPELLINGS))
    return Regimes(draw, corners)


def angles() -> Regimes:
    """Every relation; vectors of the plane, norms around eps, zero vectors, and norms that leave the range."""
    corners = (
        Angle(Vector(2, kind="normal")),
        Angle(Vector(0)),
        *(Angle(Vector(2, kind="normal"), relation) for relation in RELATIONS[1:]),
        *(Angle(Vector(3, kind="normal"), relation) for relation in RELATIONS),
        *(Angle(Vector(2), relation) for relation in ("independent", "opposite", "orthogonal")),
        *(Angle(Vector(1, kind="normal"), relation) for relation in ("same", "opposite", "independent")),
        *(Angle(Vector(n, kind="normal")) for n in (8, 17, 128, 1025)),
        *(Angle(Vector(n, kind="normal"), "near-parallel") for n in (33, 257)),
        Angle(Vector(4097, kind="normal"), "near-orthogonal"),
        Angle(Vector(100, kind="absorb"), "near-parallel"),
        *(Angle(Vector(n, kind="normal"), relation, "at eps") for n, relation in ((2, "same"), (3, "independent"))),
        *(Angle(Vector(2, kind=kind), "same", "below eps") for kind in ("constant", "normal")),
        *(Angle(Vector(3, kind="normal", scale=scale)) for scale in ("vanishing", "tiny", "subnormal")),
        *(Angle(Vector(3, kind="normal", scale=scale), "scaled") for scale in ("near overflow", "large", "small")),
        Angle(Vector(4, kind="normal", scale="overflow"), "scaled"),
        Angle(Vector(5, kind="single")),
        Angle(Vector(4, kind="negative zeros"), "same"),
        Angle(Vector(33, kind="wide", many=True)),
    )
    vector = drawn(("2",), (*KINDS, "single", "negative zeros"), ("one", "one", "small", "large", "tiny"))
    draw = st.builds(Angle, vector, st.sampled_from(RELATIONS), st.sampled_from(("any", *LENGTHS)))
    return Regimes(draw, corners)
