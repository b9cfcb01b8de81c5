"""Images with their windows, and what is pooled elsewhere: kinds, options, corners, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs import pooling, pooling_invariance
from claims.frame.inputs.pooling import Adaptive, Axis, Fractional, Normed, Swept
from claims.frame.inputs.pooling_invariance import (
    EveryOrder,
    PooledFeatures,
    ShiftedImages,
    TurnedFilters,
    WeightedWindows,
)
from claims.frame.inputs.regime import Regime, Regimes
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
MAKERS = [
    *(getattr(pooling, name) for name in ("max_windows", "mean_windows", "volume_windows", "norm_windows")),
    *(
        getattr(pooling_invariance, name)
        for name in ("translations", "circular_shifts", "turned_filters", "pooled_features", "weighted_windows")
    ),
]


@EVERY
@pytest.mark.parametrize("make", MAKERS, ids=lambda m: m.__name__)
def test_corners_are_admitted_in_every_format(make: object, fmt: Format) -> None:
    regimes: Regimes = make()  # type: ignore[operator]
    assert len(set(regimes.corners)) == len(regimes.corners)
    for corner in regimes.corners:
        arrays = corner.make(np.random.default_rng(0), 3, fmt)
        assert np.all(corner.admits(arrays)), corner


@pytest.mark.parametrize("kind", pooling.KINDS)
def test_numbers_are_of_their_kind(kind: str) -> None:
    fmt = FORMATS["float32"]
    (x,) = Swept(2, kind, (Axis(64),)).make(np.random.default_rng(1), 4, fmt)
    assert x.shape == (4, 2, 64)
    assert np.isnan(x).any() == (kind == "NaN")
    assert np.isneginf(x).any() == (kind == "-inf")
    assert np.isposinf(x).any() == (kind == "inf")
    assert (x < 0).all() == (kind == "negative")
    assert (x == x[..., :1]).all() == (kind == "constant")
    assert np.isin(x, (0, 1)).all() == (kind == "ties")
    assert (np.abs(x) < fmt.lam).all() == (kind == "subnormal")
    assert (np.nanmax(np.abs(np.where(np.isinf(x), 0, x))) > 1e30) == (kind == "large")


def test_options_are_those_that_each_function_takes() -> None:
    one = Swept(1, "normal", (Axis(5, 3, 2, 1),), counted=False)
    assert one.options("avg") == {
        "pool": "avg_pool",
        "spatial": (5,),
        "kernel_size": 3,
        "stride": 2,
        "padding": 1,
        "ceil_mode": False,
        "count_include_pad": False,
    }
    two = Swept(1, "normal", (Axis(5, 3), Axis(4, 2)), divisor=3)
    assert two.options("avg")["divisor_override"] == 3
    assert two.options("max")["dilation"] == (1, 1)
    assert Normed(order="3").options("lp")["norm_type"] == 3.0
    assert Adaptive().options("max") == {"pool": "adaptive_max_pool", "spatial": (5,), "output_size": (2,)}
    assert Fractional().options("max")["quarters"] == (1, 2)


def test_odd_orders_see_magnitudes() -> None:
    for order in pooling.ORDERS:
        regime = Normed(1, "normal", (Axis(32),), order=order)
        arrays = regime.make(np.random.default_rng(2), 2, FORMATS["float32"])
        assert (arrays[0] >= 0).all() == (order not in pooling.SIGNED)
        assert regime.admits([-np.abs(arrays[0])]).all() == (order in pooling.SIGNED)


@EVERY
def test_weights_sum_up_to_one_and_depend_on_the_distance(fmt: Format) -> None:
    for weights in pooling_invariance.WEIGHTS:
        regime = WeightedWindows((5, 5), (3, 3), weights=weights)
        _, w = regime.make(np.random.default_rng(3), 4, fmt)
        assert np.abs(w.sum(-1) - 1).max() <= 9 * fmt.u
        square = w.reshape(-1, 3, 3)
        np.testing.assert_array_equal(square, np.rot90(square, 1, (1, 2)))
        assert (w.sum(-1) == 1).all() or weights != "binomial"


REFUSED = [
    lambda: Swept(0),
    lambda: Swept(kind="odd"),
    lambda: Swept(axes=(Axis(4, 2, 2, 2),)),
    lambda: Swept(axes=(Axis(2, 3),)),
    lambda: Swept(axes=(Axis(1, 2, 1, 1, 2),)),
    lambda: Adaptive(counts=(0,)),
    lambda: Adaptive(counts=(1, 1)),
    lambda: Fractional(counts=(9, 3)),
    lambda: Fractional(quarters=(4, 0)),
    lambda: Fractional(places=(6, 7), counts=(4, 3)),
    lambda: Normed(order="5"),
    lambda: Normed(axes=(Axis(4, 2, 2, 1),)),
    lambda: EveryOrder(0),
    lambda: ShiftedImages(window=(7,)),
    lambda: ShiftedImages(kind="odd"),
    lambda: TurnedFilters(0),
    lambda: TurnedFilters(group="all"),
    lambda: PooledFeatures(6),
    lambda: PooledFeatures(target="odd"),
    lambda: WeightedWindows(window=(2,)),
    lambda: WeightedWindows((9,), (7,)),
    lambda: WeightedWindows(weights="odd"),
]


@pytest.mark.parametrize("make", REFUSED, ids=range(len(REFUSED)))
def test_what_makes_no_sense_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"no |windows without|binomial"):
        make()  # type: ignore[operator]


def test_simpler_regimes_stay_regimes() -> None:
    for make in MAKERS:
        for corner in make().corners:
            assert all(isinstance(r, Regime) for r in corner.simpler())
