"""Regimes: small, shrinkable descriptions of inputs, from which NumPy fills a batch."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from reference.formats import Format

Arrays = list[NDArray[np.float64]]

KIND, OWN_KIND = "kind", "of kind"
"""In a description, the name of the class, and a field of that name."""


@dataclasses.dataclass(frozen=True)
class Regime:
    """A kind of input. Subclasses are frozen dataclasses of numbers, strings, tuples and further dataclasses.

    A regime knows no number format: magnitudes go by name ("near overflow"). `names` are those of its arrays in
    messages. `batched` is False for a regime that describes one sample, `most` limits the instances of a batch
    (for references that take long on one). A combination of fields that makes no sense raises ValueError.
    """

    names: ClassVar[tuple[str, ...]] = ("x",)
    batched: ClassVar[bool] = True
    most: ClassVar[int] = 256

    def size(self) -> int:
        """How many numbers one instance has."""
        return 1

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        """The arrays of `batch` instances, each of shape (batch, ...); the runner rounds them into the format."""
        raise NotImplementedError

    def admits(self, arrays: Arrays) -> Any:
        """Which instances satisfy the claim's hypotheses: a bool, or bools of shape (batch,). Shrinking honours it."""
        return True

    def present(self, tensors: Sequence[Any], seed: int) -> Any:
        """What the property gets: the tensors (or the one tensor); `seed` is for regimes that draw in torch."""
        return tensors[0] if len(tensors) == 1 else list(tensors)

    def batch(self, limit: int, elements: int) -> int:
        """Instances in a batch, when a batch may hold `limit` of them and about `elements` numbers."""
        return max(1, min(limit, self.most, elements // max(1, self.size()))) if self.batched else 1

    def make(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        """`arrays`, rounded into the format; what would overflow becomes the largest finite number."""
        made = []
        for a in self.arrays(rng, batch, fmt):
            rounded = fmt.round(a)
            with np.errstate(over="ignore", invalid="ignore"):  # finite numbers near the largest have an infinite sum
                finite = np.isfinite(rounded.sum())
            if not finite:  # one cheap pass tells whether a closer look is needed
                overflowed = np.isinf(rounded) & np.isfinite(a)
                rounded = np.where(overflowed, np.copysign(fmt.largest, a), rounded)
            made.append(rounded)
        return made

    def simpler(self) -> Iterator[Regime]:
        """Regimes that differ in one field and are simpler there: smaller numbers, defaults."""
        for field in dataclasses.fields(self):
            for value in simpler_values(getattr(self, field.name), field.default):
                try:
                    yield dataclasses.replace(self, **{field.name: value})
                except ValueError:  # no such regime
                    continue

    def describe(self) -> dict[str, Any]:
        """The regime as plain data: its class and its fields."""
        plain: dict[str, Any] = _plain(self)
        return plain


@dataclasses.dataclass(frozen=True)
class Regimes:
    """A strategy over regimes and the corner regimes that always run, the plainest first.

    `exhaustive` says that the corners are the whole domain: nothing is drawn, and the evidence is exhaustive.
    `exhaustive_in` names the formats in which they are, if not in all: there are 65536 numbers of 16 bits.
    """

    draw: SearchStrategy[Any]
    corners: tuple[Regime, ...]
    exhaustive: bool = False
    exhaustive_in: frozenset[str] = frozenset()


def simpler_values(value: Any, default: Any) -> Iterator[Any]:
    """Simpler values of one field, the simplest first."""
    if isinstance(value, bool) or (isinstance(value, (str, float)) and default is not dataclasses.MISSING):
        if value != default and default is not dataclasses.MISSING:
            yield default
    elif isinstance(value, int):
        sign, size = (-1 if value < 0 else 1), abs(value)
        yield from dict.fromkeys(sign * v for v in (0, 1, 2, 3, size // 4, size // 2, size - 1) if 0 <= v < size)
    elif isinstance(value, tuple):
        for i, entry in enumerate(value):
            for v in simpler_values(entry, dataclasses.MISSING):
                yield (*value[:i], v, *value[i + 1 :])
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            for v in simpler_values(getattr(value, field.name), field.default):
                try:
                    yield dataclasses.replace(value, **{field.name: v})
                except ValueError:
                    continue


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {KIND: type(value).__name__, **{OWN_KIND if name == KIND else name: v for name, v in fields.items()}}
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return finite(value) if isinstance(value, float) else value


def finite(x: float) -> float | str:
    """A number as JSON can hold it: NaN and infinities as text."""
    return float(x) if math.isfinite(x) else str(float(x))
