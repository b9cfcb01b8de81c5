"""The regimes of vectors reach the magnitudes, relations and lengths that their names promise."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.vectors import (
    FORMULAS,
    MANY,
    NORMS,
    RELATIONS,
    SCALARS,
    ScaledVector,
    Vector,
    VectorTriple,
    quasinormed_vectors,
    scaled_vectors,
    special_vectors,
    vector_triples,
    vectors,
    vectors_near_zero,
)
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64

STRATEGIES = {
    f.__name__: f()
    for f in (vectors, special_vectors, vectors_near_zero, vector_triples, scaled_vectors, quasinormed_vectors)
}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def made(regime: Vector, rng: np.random.Generator, fmt: Format, batch: int = 200) -> np.ndarray:
    (x,) = regime.make(rng, batch, fmt)
    return x


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_corner_fills_its_format(name: str, rng: np.random.Generator, fmt: Format) -> None:
    for corner in STRATEGIES[name].corners:
        arrays = corner.make(rng, 2, fmt)
        assert all(len(a) == 2 for a in arrays)
        for a in arrays:
            assert np.array_equal(fmt.round(a), a, equal_nan=True)
            assert np.isfinite(a).all() or "nan" in repr(corner) or "infinity" in repr(corner)
        json.dumps(corner.describe(), allow_nan=False)


def test_lengths_straddle_blocks_and_threads() -> None:
    lengths = {corner.n for corner in vectors().corners if isinstance(corner, Vector)}
    assert {0, 1, 2, 3, 8, 33, 100, 257, 1023, 1025, 4111, 65567, 70001} <= lengths


def test_every_order_is_a_corner_of_long_vectors() -> None:
    assert {c.order for c in vectors().corners if c.n > 1000} == set(NORMS)
    assert {c.order for c in quasinormed_vectors().corners if c.n > 1000} == set(FORMULAS)
    assert {c.n for c in vectors().corners if c.many} == {1025, 4111}


def test_many_vectors_are_many_however_long() -> None:
    long = Vector(4097, "2", many=True)
    assert long.batch(128, 1 << 14) == MANY
    assert ScaledVector(long).batch(128, 1 << 14) == MANY
    assert VectorTriple(long).batch(128, 1 << 14) == MANY
    assert long.batch(16, 1 << 14) == 16
    assert Vector(4097, "2").batch(128, 1 << 14) == 3
    assert Vector(2, "2", many=True).batch(128, 1 << 14) == 128


def test_every_order_is_a_corner_and_is_drawn() -> None:
    assert {c.order for c in vectors().corners} == set(NORMS)
    assert {"1", "1.25", "1.5", "2", "2.5", "3", "4", "7", "10", "inf", "1.1"} == set(NORMS)
    assert {c.order for c in quasinormed_vectors().corners} == set(FORMULAS)
    for order in NORMS:
        assert find(vectors().draw, lambda v, order=order: v.order == order).p == float(order)


def test_the_plainest_vector_is_drawn_first() -> None:
    assert find(vectors().draw, lambda _: True) == Vector()
    assert find(vector_triples().draw, lambda _: True) == VectorTriple()
    assert find(scaled_vectors().draw, lambda _: True) == ScaledVector()


@pytest.mark.parametrize("p", ["2", "1.5", "3", "10"])
def test_vanishing_powers_lie_on_both_sides_of_half_the_smallest_number(p: str, rng: np.random.Generator) -> None:
    for fmt in (float32, float64, bfloat16):
        f = Arithmetic.of(fmt).accumulator
        largest = np.abs(made(Vector(2, p, "normal", "vanishing"), rng, fmt)).max(-1)
        powers = float(p) * np.log2(np.maximum(largest, fmt.eta))
        assert 0.02 < (powers < f.emin - f.precision).mean() < 0.98
        assert (powers < f.emin + 30).all()


@pytest.mark.parametrize(
    ("fmt", "last_lost"),
    [(float32, 2.0**-75), (bfloat16, 2.0**-75), (float64, float.fromhex("0x1.6a09e667f3bccp-538"))],
    ids=lambda f: getattr(f, "name", ""),
)
def test_the_threshold_of_squares_and_its_neighbours_are_drawn(
    fmt: Format, last_lost: float, rng: np.random.Generator
) -> None:
    x = made(Vector(2, "2", "normal", "threshold"), rng, fmt)
    assert last_lost in np.abs(x)
    assert last_lost + fmt.ulp(last_lost) in np.abs(x)
    assert (np.abs(x[:, 0]) == np.abs(x[:, 1])).all()
    assert len(np.unique(np.sign(x))) == 2


def test_the_threshold_of_stored_squares_is_drawn(rng: np.random.Generator) -> None:
    """Half of float16's smallest number is 2^-25, whose root lies between two numbers of the format."""
    x = np.abs(made(Vector(2, "2", "normal", "threshold"), rng, float16))
    squares = float16.round(x * x)
    assert (squares == 0).any()
    assert (squares == float16.eta).any()


def test_thresholds_keep_their_zeros_and_infinities(rng: np.random.Generator) -> None:
    assert ((made(Vector(7, "2", "single", "threshold"), rng, float32) != 0).sum(-1) == 1).all()
    assert (np.isinf(made(Vector(7, "2", "infinity", "threshold"), rng, float32)).sum(-1) == 1).all()


def test_nothing_vanishes_before_it_is_a_number(rng: np.random.Generator) -> None:
    """In float16 the square of the smallest number is normal in the accumulator: the scale stops at the former."""
    x = made(Vector(3, "2", "normal", "vanishing"), rng, float16)
    assert (x != 0).any(-1).mean() > 0.95
    assert np.abs(x).max() < 16 * float16.eta


def test_tiny_squares_are_next_to_the_smallest_normal_number(rng: np.random.Generator) -> None:
    x = made(Vector(4, "2", "normal", "tiny"), rng, float32)
    assert -130 < np.median(2 * np.log2(np.abs(x[x != 0]))) < -120


@pytest.mark.parametrize("p", ["1", "2", "3"])
def test_sums_of_powers_end_on_either_side_of_the_range(p: str, rng: np.random.Generator, fmt: Format) -> None:
    f, order, logs = Arithmetic.of(fmt).accumulator, float(p), []
    for scale in ("near overflow", "overflow"):
        x = made(Vector(4, p, "positive", scale), rng, fmt)
        top = x.max(-1, keepdims=True)
        logs.append(np.log2(top[:, 0]) + np.log2(((x / top) ** order).sum(-1)) / order)
    limit = min(math.log2(f.largest) / order, math.log2(fmt.largest))
    assert (logs[0] < limit).mean() > 0.95
    assert np.median(logs[0]) > limit - 4
    assert (logs[1] > limit).mean() > 0.2


def test_subnormal_vectors_are_subnormal(rng: np.random.Generator, fmt: Format) -> None:
    x = made(Vector(5, "1", "normal", "subnormal"), rng, fmt)
    assert (np.abs(x) < fmt.lam).mean() > 0.9
    assert (x != 0).mean() > 0.5


def test_single_entries_special_entries_and_negative_zeros(rng: np.random.Generator) -> None:
    assert ((made(Vector(7, "2", "single"), rng, float32) != 0).sum(-1) == 1).all()
    assert (np.isnan(made(Vector(7, "2", "nan"), rng, float32)).sum(-1) == 1).all()
    infinite = made(Vector(7, "2", "infinity"), rng, float32)
    assert (np.isinf(infinite).sum(-1) == 1).all()
    assert {-np.inf, np.inf} <= set(infinite.ravel().tolist())
    zeros = made(Vector(7, "2", "negative zeros"), rng, float32)
    assert (zeros == 0).all()
    assert np.signbit(zeros).all()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "no such kind"},
        {"scale": "no such scale"},
        {"n": 0, "kind": "nan"},
        {"n": 0, "order": "inf"},
        {"order": "-1", "scale": "vanishing"},
    ],
    ids=str,
)
def test_vectors_that_make_no_sense_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"vector|orders"):
        Vector(**fields)  # type: ignore[arg-type]


def test_a_property_gets_the_order_last() -> None:
    assert Vector(2, "inf").present(["x"], 0) == ("x", math.inf)
    assert VectorTriple(Vector(2, "1.1")).present(["x", "y", "z"], 0) == ("x", "y", "z", 1.1)
    assert ScaledVector().present(["a", "x"], 0) == ("a", "x", 2.0)


@pytest.mark.parametrize("relation", RELATIONS)
def test_relations_hold(relation: str, rng: np.random.Generator) -> None:
    x, y, z = VectorTriple(Vector(4, "2", "integers"), relation).make(rng, 50, float32)
    match relation:
        case "collinear":
            assert (np.abs(x * np.abs(y).sum(-1, keepdims=True) - y * np.abs(x).sum(-1, keepdims=True)) < 1e-12).all()
            assert (np.abs(x) <= np.abs(y)).all()
            assert (np.abs(y) <= np.abs(z)).all()
        case "equal":
            assert (x == y).all()
            assert (y == z).all()
        case "opposite":
            assert (x == -y).all()
            assert (x == z).all()
        case "disjoint":
            assert (x * y == 0).all()
            assert not z.any()
            assert x.any()
            assert y.any()
        case _:
            assert not (x == y).all()


@pytest.mark.parametrize("scalar", SCALARS)
def test_scalars_are_what_they_are_called(scalar: str, rng: np.random.Generator, fmt: Format) -> None:
    a, _ = ScaledVector(Vector(), scalar).make(rng, 100, fmt)
    holds = {
        "power": (np.frexp(np.abs(a))[0] == 0.5) & (np.abs(a) <= 8),
        "random": np.abs(a) < 8,
        "zero": a == 0,
        "negative zero": (a == 0) & np.signbit(a),
        "one": a == 1,
        "minus one": a == -1,
        "subnormal": (np.abs(a) < fmt.lam) & (a != 0),
        "largest": np.abs(a) == fmt.largest,
        "tiny": np.abs(np.log2(np.maximum(np.abs(a), fmt.eta)) - fmt.emin / 2) < 1,
        "huge": np.abs(np.log2(np.maximum(np.abs(a), fmt.eta)) - fmt.emax / 2) < 1,
    }
    assert holds[scalar].all()
    if scalar not in ("zero", "negative zero", "one", "minus one"):
        assert len(set(np.sign(a).tolist())) == 2


def test_every_relation_and_scalar_is_a_corner() -> None:
    assert {c.relation for c in vector_triples().corners if isinstance(c, VectorTriple)} == set(RELATIONS)
    assert {c.scalar for c in scaled_vectors().corners if isinstance(c, ScaledVector)} == set(SCALARS)
    pairs = {(c.relation, c.vector.order) for c in vector_triples().corners if isinstance(c, VectorTriple)}
    assert len(pairs) == len(RELATIONS) * len(NORMS)
