"""Symmetric matrices that are definite, or not, by a hair: singular Gram matrices plus a small multiple of I."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regimes
from claims.frame.inputs.spectra import CONDITIONS, SCALES, SPECTRA, Batch, scale_factor
from claims.frame.inputs.symmetric import SIGNS, SYMMETRIC, Symmetric
from reference.formats import Format


@dataclasses.dataclass(frozen=True)
class ShiftedGram(Symmetric):
    """s D (B B^T + delta I) D of order `n`, where B (n, n - 1) is the matrix `kind` of `SYMMETRIC` less a column.

    delta = +-2^(|shift| - 4) u times the largest diagonal entry (times 1 for B = 0), of the sign of `shift`; 0 for 0.
    `signs` is that of s, positive or negative; `graded`: D holds random powers of two from 2^-10 to 2^10, else D = I.
    """

    signs: str = "positive"
    shift: int = 0
    graded: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.signs not in {"positive", "negative"} or self.kind not in SYMMETRIC:
            raise ValueError(f"no shifted Gram matrix of {self.kind!r} and sign {self.signs!r}")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n, self.n)
        if not self.n:
            return [np.zeros(shape)]
        b = np.broadcast_to(SYMMETRIC[self.kind](Batch(rng, shape, fmt)), shape)[:, :, :-1]
        a = b @ b.swapaxes(-1, -2)
        size = a.diagonal(0, -2, -1).max(-1)[:, None, None]
        delta = np.sign(self.shift) * fmt.u * 2.0 ** (abs(self.shift) - 4)
        a = a + delta * np.where(size > 0, size, 1.0) * np.eye(self.n)
        if self.graded:
            d = 2.0 ** rng.integers(-10, 11, shape[:2])
            a = a * d[:, :, None] * d[:, None, :]
        if self.repeated:
            a = np.repeat(a[:1], batch, 0)
        if self.scale != "one":  # of which the largest entry is then about that
            a = np.ldexp(a, -np.frexp(a.max((-2, -1), keepdims=True))[1])
        lower = np.tril(a) * scale_factor(self.scale, fmt) * (1 if self.signs == "positive" else -1)
        return [lower + np.tril(lower, -1).swapaxes(-1, -2)]


CORNERS: tuple[Symmetric, ...] = (
    Symmetric(2),
    Symmetric(0),
    Symmetric(1, "zero"),
    ShiftedGram(1, shift=3),
    ShiftedGram(1, shift=3, signs="negative"),
    Symmetric(4, "zero"),
    Symmetric(4, "identity"),
    ShiftedGram(5, "zero", shift=4, signs="negative"),
    ShiftedGram(2, "ones"),
    # either side of what can be decided
    ShiftedGram(2, shift=10),
    ShiftedGram(2, shift=-10),
    ShiftedGram(3),
    ShiftedGram(3, shift=12, signs="negative"),
    ShiftedGram(4, "normal", shift=-12, graded=True),
    ShiftedGram(8, "normal", shift=13, graded=True),
    ShiftedGram(8, "ones", shift=11),
    ShiftedGram(33, "normal", shift=16),
    ShiftedGram(33, "normal", shift=-16),
    # beyond the blocks of a factorisation
    ShiftedGram(130, "normal", shift=20),
    ShiftedGram(130, "normal", shift=-20),
    ShiftedGram(130, "ones", shift=20),
    # spectra and gallery
    Symmetric(5, "geometric", "positive", "large"),
    Symmetric(5, "geometric", "negative"),
    Symmetric(6, "arithmetic", "opposite"),
    Symmetric(7, "one-small", "positive", "extreme"),
    Symmetric(17, "second-difference"),
    Symmetric(8, "moler"),
    Symmetric(8, "hilbert"),
    Symmetric(21, "wilkinson"),
    Symmetric(6, "diagonal", repeated=True),
    Symmetric(3, "normal"),
    # scales
    ShiftedGram(3, "normal", shift=12, scale="tiny"),
    ShiftedGram(3, "normal", shift=12, scale="huge"),
    ShiftedGram(3, "normal", shift=20, scale="subnormal"),
)


def nearly_singular_matrices() -> Regimes:
    """Gram matrices with every small shift, and symmetric matrices by their spectrum; corners up to order 130."""
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 0, 16, 17, 33])
    scale, repeated = st.sampled_from(SCALES), st.sampled_from([False, False, False, True])
    names = st.sampled_from(["integers", "normal", "ones", "rank-one", "hilbert", "diagonal", "zero"])
    signs, shift = st.sampled_from(["positive", "negative"]), st.integers(-16, 16)
    gram = st.builds(
        ShiftedGram,
        order,
        names,
        signs,
        scale=scale,
        repeated=repeated,
        shift=shift,
        graded=st.booleans(),
    )
    spectra = st.builds(
        Symmetric,
        order,
        st.sampled_from(SPECTRA),
        st.sampled_from(SIGNS),
        st.sampled_from(CONDITIONS),
        scale,
        repeated,
    )
    return Regimes(st.one_of(gram, gram, spectra), CORNERS)
