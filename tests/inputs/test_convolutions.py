"""Convolutions with their options, what is computed of them, and several of them together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from claims.frame.inputs.composed_convolutions import (
    OPTIMISERS,
    Combined,
    Composed,
    Learners,
    combinations,
    compositions,
    learners,
    whole_numbers,
)
from claims.frame.inputs.computed_convolutions import COMPUTATIONS, PARTS, Computed, computed
from claims.frame.inputs.convolutions import (
    CORNERS,
    FORMS,
    KINDS,
    TRANSPOSED_CORNERS,
    Convolved,
    convolutions,
    transposed_convolutions,
)
from reference.convolution.geometry import MODES
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
QUIETLY = settings(max_examples=40, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@EVERY
@pytest.mark.parametrize("corner", [*CORNERS, *TRANSPOSED_CORNERS], ids=str)
def test_arrays_have_the_shapes_of_the_convolution(corner: Convolved, fmt: Format) -> None:
    arrays = corner.make(np.random.default_rng(0), 2, fmt)
    assert [a.shape[1:] for a in arrays] == corner.shapes()
    assert all(np.isfinite(a).all() for a in arrays)


def test_corners_show_every_kind_form_and_mode() -> None:
    assert {c.kind for c in CORNERS} == set(KINDS)
    assert {c.form for c in CORNERS} == set(FORMS) - {"native"}
    assert {c.mode for c in CORNERS} == set(MODES)
    assert {c.n for c in CORNERS} >= {0, 1, 2, 16, 17}
    assert {c.channels * c.groups for c in CORNERS} >= {0, 1, 7, 8, 9, 15, 16, 17, 33}
    assert {len(c.kernel) for c in TRANSPOSED_CORNERS} == {1, 2, 3}


@QUIETLY
@given(convolutions().draw, transposed_convolutions().draw)
def test_drawn_convolutions_have_results(plain: Convolved, transposed: Convolved) -> None:
    for drawn in (plain, transposed):
        assert min(drawn.results) > 0
        assert [type(n) for n in drawn.shapes()[0]] == [int] * len(drawn.shapes()[0])
    assert transposed.output_padding is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kernel": (5,)},
        {"kernel": (0,)},
        {"extent": (4, 4)},
        {"kind": "odd"},
        {"form": "channels_last"},
        {"form": "unbatched", "n": 0},
        {"output_padding": 1},
        {"mode": "reflect", "padding": 4},
        {"stride": 0},
        {"padding": -1},
        {"groups": 0},
    ],
)
def test_convolutions_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no |more padding|no result"):
        Convolved(**wrong)  # type: ignore[arg-type]


def test_parts_that_torch_adds_up_are_stored() -> None:
    circular = Convolved(padding=1, mode="circular")
    assert computed(circular, "images", stored=False) == Computed(circular, "images", stored=True)
    assert computed(Convolved(form="native"), "kernels", stored=True).part == "results"
    with pytest.raises(ValueError, match="adds up several"):
        Computed(circular, "images")
    with pytest.raises(ValueError, match="no part"):
        Computed(Convolved(1, 64, kernel=(3,)), stored=True)


def test_every_part_is_computed() -> None:
    corners = [c for c in COMPUTATIONS.corners if isinstance(c, Computed)]
    assert {(c.part, c.stored) for c in corners} == {(p, s) for p in PARTS for s in (False, True)}
    assert {c.of.form for c in corners} == set(FORMS)
    assert {c.of.scale for c in corners} >= {"one", "small", "large", "tiny", "subnormal", "huge"}


@QUIETLY
@given(whole_numbers().draw)
def test_sums_of_whole_numbers_are_small(drawn: Convolved) -> None:
    x, w, *_ = drawn.make(np.random.default_rng(1), 1, FORMATS["bfloat16"])
    assert (np.abs(x) <= 2).all()
    assert 4 * np.prod(w.shape[2:]) <= 256


@QUIETLY
@given(compositions().draw, combinations().draw, learners().draw)
def test_several_convolutions(composed: Composed, combined: Combined, learner: Learners) -> None:
    for drawn in (composed, combined, learner):
        assert drawn.batch(128, 1 << 14) <= drawn.most
        assert all(len(a) == 2 for a in drawn.make(np.random.default_rng(2), 2, FORMATS["float16"]))


def test_learners_and_compositions_that_make_no_sense_are_refused() -> None:
    assert {c.optimiser for c in learners().corners if isinstance(c, Learners)} == set(OPTIMISERS)
    for wrong in ({"optimiser": "Newton"}, {"steps": 0}, {"kernel": (9,)}):
        with pytest.raises(ValueError, match="no learner"):
            Learners(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no composition"):
        Composed(first=(0,))
    with pytest.raises(ValueError, match="more products"):
        Composed(channels=40, first=(2,))
