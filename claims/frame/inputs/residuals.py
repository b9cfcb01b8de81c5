"""Means that were predicted, with their targets."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.class_problems import OPTIONS, ClassProblem, class_problems
from claims.frame.inputs.labelled_logits import labelled_logits
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("normal", "exact", "near", "above", "below", "tiny", "huge")
LENGTHS = (4, 1, 3, 7, 8, 9, 16, 17, 33)


class Residual(NamedTuple):
    """Means and targets, both (batch, n)."""

    mean: Tensor
    target: Tensor


@dataclasses.dataclass(frozen=True)
class Residuals(Regime):
    """`n` means and targets.

    Standard normal, both; equal (exact); a few units in the last place apart, around 100 (near); every mean above, or
    below, its target by 1 to 30; differences whose squares are subnormal or vanish (tiny), or come near the largest
    number, on one side or the other of it (huge).
    """

    n: int = 4
    kind: str = "normal"
    names: ClassVar[tuple[str, ...]] = ("mean", "target")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.n < 0 or self.kind not in KINDS:
            raise ValueError(f"no {self.n} residuals of kind {self.kind!r}")

    def size(self) -> int:
        return max(1, self.n)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        target, sign = rng.standard_normal(shape), rng.choice([-1.0, 1.0], shape)
        match self.kind:
            case "normal":
                return [rng.standard_normal(shape), target]
            case "exact":
                return [fmt.round(target), fmt.round(target)]
            case "near":
                target = fmt.round(100 + target)
                return [target + rng.integers(-4, 5, shape) * 128 * fmt.u, target]
            case "above" | "below":
                step = rng.uniform(1.0, 30.0, shape)
                return [target + (step if self.kind == "above" else -step), target]
            case "tiny":
                return [sign * 2.0 ** rng.uniform(fmt.emin / 2 - fmt.precision, fmt.emin / 2, shape), 0 * target]
        return [sign * 2.0 ** rng.uniform((fmt.emax - 8) / 2, (fmt.emax - 4) / 2, shape), target]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        mean, target = arrays
        side = {"exact": mean == target, "above": mean > target, "below": mean < target}
        finite = np.isfinite(mean) & np.isfinite(target)
        return np.asarray((finite & side.get(self.kind, finite)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Residual:
        return Residual(*tensors)


def residuals() -> Regimes:
    """Every kind; numbers of predictions around those of a kernel's vectors."""
    corners = (
        *(Residuals(n) for n in (4, 1, 0, 3, 8, 17, 130, 1025)),
        *(Residuals(n, kind) for n in (1, 5) for kind in KINDS[1:]),
    )
    return Regimes(st.builds(Residuals, st.sampled_from(LENGTHS), st.sampled_from(KINDS)), corners)


def predictions() -> Regimes:
    """Classes with their logits, labels with theirs, and targets with their means; few options of the classes."""
    problems, others = class_problems(), (labelled_logits(), residuals())
    plain = (c for c in problems.corners if isinstance(c, ClassProblem) and c.options == "plain" and c.ignored == "no")
    ways = (("none", "function"), ("sum", "function"), ("mean", "module"))
    options = (ClassProblem(5, 3, options=o, reduction=r, form=f) for o in OPTIONS[1:] for r, f in ways)
    ignored = (ClassProblem(6, 4, options="weights", ignored=i, reduction="mean") for i in ("some", "all"))
    sums = (ClassProblem(4, 3, "masked target", "weights"), ClassProblem(4, 3, "huge", "both"))
    many = ClassProblem(3000, 3, options="smoothing", reduction="sum")
    corners = (*plain, *options, *ignored, *sums, many, *(c for r in others for c in r.corners))
    return Regimes(st.one_of(problems.draw, *(r.draw for r in others)), corners)
