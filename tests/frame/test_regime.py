"""Regimes: simpler ones, batches, clipping into the format, plain descriptions; the numbers they are filled with."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.numbers import KINDS, SCALES, Numbers
from claims.frame.inputs.regime import Arrays, Regime, finite, simpler_values
from reference.formats import FORMATS, Format, float16, float32
from tests.frame.toys.inputs import KINDS as ROW_KINDS
from tests.frame.toys.inputs import Draws, Row


@dataclasses.dataclass(frozen=True)
class Nested(Regime):
    """A regime with every kind of field."""

    sizes: tuple[int, ...] = (1, 1)
    numbers: Numbers = Numbers()
    symmetric: bool = False
    shift: float = 0.0
    name: str = "plain"


def size(regime: object) -> float:
    """A measure that every simplification makes smaller."""
    total = 0.0
    for field in dataclasses.fields(regime):  # type: ignore[arg-type]
        value = getattr(regime, field.name)
        if dataclasses.is_dataclass(value):
            total += size(value)
        elif isinstance(value, tuple):
            total += sum(map(abs, value))
        elif isinstance(value, int) and not isinstance(value, bool):
            total += abs(value)
        else:
            total += value != field.default
    return total


NESTED = st.builds(
    Nested,
    st.lists(st.integers(-99, 99), max_size=3).map(tuple),
    st.builds(Numbers, st.sampled_from(KINDS), st.sampled_from(SCALES)),
    st.booleans(),
    st.sampled_from([0.0, 0.5, 1e9]),
    st.sampled_from(["plain", "fancy"]),
)
ROWS = st.builds(Row, st.integers(1, 300), st.sampled_from(ROW_KINDS), st.sampled_from([1.0, 4.0]))


@given(st.one_of(NESTED, ROWS))
def test_simpler_regimes_are_simpler_so_that_shrinking_ends(regime: Regime) -> None:
    assert all(size(simpler) < size(regime) for simpler in regime.simpler())


@given(st.one_of(NESTED, ROWS))
def test_simpler_regimes_change_one_field(regime: Regime) -> None:
    for simpler in regime.simpler():
        changed = [f.name for f in dataclasses.fields(regime) if getattr(regime, f.name) != getattr(simpler, f.name)]
        assert len(changed) == 1


def test_the_simplest_regime_has_no_simpler_one() -> None:
    assert list(Row(0).simpler()) == []
    assert list(Nested((0, 0)).simpler()) == []


def test_whole_numbers_shrink_to_the_smallest_first() -> None:
    assert [r.n for r in Row(100).simpler()] == [0, 1, 2, 3, 25, 50, 99]
    assert list(simpler_values(1, 0)) == [0]
    assert list(simpler_values(-3, 0)) == [0, -1, -2]


def test_names_and_flags_shrink_to_their_defaults_and_tuples_entry_by_entry() -> None:
    found = list(Nested((2, 0), Numbers("normal", "tiny"), symmetric=True, shift=0.5, name="fancy").simpler())
    assert found == [
        Nested((0, 0), Numbers("normal", "tiny"), symmetric=True, shift=0.5, name="fancy"),
        Nested((1, 0), Numbers("normal", "tiny"), symmetric=True, shift=0.5, name="fancy"),
        Nested((2, 0), Numbers("integers", "tiny"), symmetric=True, shift=0.5, name="fancy"),
        Nested((2, 0), Numbers("normal", "one"), symmetric=True, shift=0.5, name="fancy"),
        Nested((2, 0), Numbers("normal", "tiny"), symmetric=False, shift=0.5, name="fancy"),
        Nested((2, 0), Numbers("normal", "tiny"), symmetric=True, shift=0.0, name="fancy"),
        Nested((2, 0), Numbers("normal", "tiny"), symmetric=True, shift=0.5, name="plain"),
    ]


def test_combinations_that_make_no_sense_are_skipped() -> None:
    assert 0 not in [r.n for r in Row(3, "near overflow").simpler() if r.kind == "near overflow"]
    assert [r.n for r in Row(3, "normal").simpler() if r.kind == "normal"] == [0, 1, 2]


@pytest.mark.parametrize(
    ("regime", "limit", "elements", "batch"),
    [
        (Row(2), 128, 1 << 14, 128),
        (Row(1000), 128, 1 << 14, 16),
        (Row(100_000), 128, 1 << 14, 1),
        (Row(0), 128, 1 << 14, 128),
        (Row(2), 1000, 1 << 14, 256),
        (Row(2), 16, 1 << 14, 16),
        (Draws(5), 128, 1 << 14, 1),
    ],
)
def test_a_batch_is_limited_by_instances_numbers_and_the_regime(
    regime: Regime, limit: int, elements: int, batch: int
) -> None:
    assert regime.batch(limit, elements) == batch


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@given(seed=st.integers(0, 2**32))
def test_inputs_are_numbers_of_the_format(fmt: Format, seed: int) -> None:
    for regime in (Row(5, "normal"), Row(5, "normal", 1e-3), Row(5, "near overflow")):
        (x,) = regime.make(np.random.default_rng(seed), 3, fmt)
        np.testing.assert_array_equal(fmt.round(x), x)


def test_what_would_overflow_becomes_the_largest_number_and_infinities_stay() -> None:
    class Extreme(Regime):
        def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
            return [np.array([[1e300, -1e300, np.inf, -np.inf, np.nan, 65519.0, 65520.0]])]

    (x,) = Extreme().make(np.random.default_rng(0), 1, float16)
    np.testing.assert_array_equal(x, [[65504.0, -65504.0, np.inf, -np.inf, np.nan, 65504.0, 65504.0]])


def test_a_description_is_plain_data() -> None:
    about = Nested((2, 3), Numbers("normal", "tiny"), shift=math.inf).describe()
    assert about == {
        "kind": "Nested",
        "sizes": [2, 3],
        "numbers": {"kind": "Numbers", "of kind": "normal", "scale": "tiny"},
        "symmetric": False,
        "shift": "inf",
        "name": "plain",
    }
    assert json.loads(json.dumps(about, allow_nan=False)) == about


@pytest.mark.parametrize(("x", "text"), [(1.5, 1.5), (math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan")])
def test_numbers_that_json_lacks_are_text(x: float, text: float | str) -> None:
    assert finite(x) == text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("shape", [(4, 0), (4, 1), (4, 7), (4, 2, 3)], ids=str)
def test_every_kind_of_numbers_at_every_scale_fills_every_shape(kind: str, scale: str, shape: tuple[int, ...]) -> None:
    for fmt in FORMATS.values():
        x = Numbers(kind, scale).fill(np.random.default_rng(0), shape, fmt)
        assert x.shape == shape
        assert not np.isnan(x).any()


def test_each_kind_of_numbers_is_what_it_says() -> None:
    def fill(kind: str) -> NDArray[np.float64]:
        return Numbers(kind).fill(np.random.default_rng(0), (50, 16), float32)

    assert set(np.unique(fill("integers"))) == set(range(-4, 5))
    assert (np.abs(fill("wide")) > 0).all()
    assert np.ptp(np.log2(np.abs(fill("wide")))) > 10
    assert ((fill("positive") >= 0) & (fill("positive") < 1)).all()
    assert (np.ptp(fill("constant"), axis=-1) == 0).all()
    assert len(np.unique(fill("constant"))) == 50
    assert (fill("absorb")[:, 0] == 1).all()
    assert (float32.round(1 + fill("absorb")[:, 1:] / 2) == 1).all()
    assert (fill("cancel").sum(-1) == 0).all()
    assert len(np.unique(fill("ties"))) == 3


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_each_scale_is_what_it_says(fmt: Format) -> None:
    factors = {scale: Numbers("normal", scale).factor(fmt) for scale in SCALES}
    assert factors["one"] == 1
    assert factors["small"] ** 4 > fmt.lam
    assert factors["large"] ** 4 < fmt.largest
    assert 0 < factors["tiny"] ** 2 < fmt.lam
    assert factors["huge"] > math.sqrt(fmt.largest)
    assert fmt.eta < factors["subnormal"] < fmt.lam


def test_an_unknown_kind_or_scale_raises() -> None:
    with pytest.raises(ValueError, match="no numbers of kind 'odd'"):
        Numbers("odd")
    with pytest.raises(ValueError, match="at scale 'odd'"):
        Numbers("normal", "odd")
