"""The regimes of layers, masks and models reach the corners that their names promise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import find

from claims.frame.inputs.masks import (
    BETWEEN_LAYERS,
    BY_CHANNEL,
    NEXT_TO_HALF,
    RATES,
    SPELLINGS,
    Layer,
    MaskedModel,
    MaskSample,
    layers,
    linear_models,
    mask_samples,
    nonfinite_layers,
    repeated_masks,
    softmax_models,
)
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Regime, Regimes
from reference.formats import FORMATS, Format
from reference.regularization.submodels import quantum


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


@pytest.mark.parametrize("regimes", [layers(), linear_models(), softmax_models(), mask_samples()])
def test_every_corner_is_admitted_and_fits_the_format(rng: np.random.Generator, fmt: Format, regimes: Regimes) -> None:
    for corner in regimes.corners:
        arrays = corner.make(rng, 2, fmt)
        assert all(np.array_equal(fmt.round(a), a) for a in arrays)
        assert all(len(a) == 2 for a in arrays)
        assert np.all(corner.admits(arrays))


def test_the_plainest_regimes_come_first() -> None:
    assert layers().corners[0] == Layer()
    assert linear_models().corners[0] == MaskedModel()
    assert softmax_models().corners[0] == MaskedModel(1, 2)
    assert mask_samples().corners[0] == MaskSample()
    assert find(layers().draw, lambda _: True).p == 0.5


def test_corners_have_every_rate_size_and_spelling() -> None:
    corners = layers().corners
    assert {c.p for c in corners} >= {*RATES, NEXT_TO_HALF, 0.99999}
    assert {c.size() for c in corners} >= {0, 1, 7, 16, 17, 33, 4000, 1 << 18, 10**6}
    assert {c.spelling for c in corners} == set(SPELLINGS)
    assert {c.spelling for c in mask_samples().corners} == {s for s in SPELLINGS if "alpha" not in s}


def test_zeros_of_either_sign_survive_for_certain_and_within_channels() -> None:
    zeros = [c for c in layers().corners if c.special == "zeros"]
    assert any(c.p == 0 for c in zeros)
    assert any(c.spelling == "dropout2d" and 0 < c.p < 1 for c in zeros)


def test_masks_range_up_to_a_million_bits() -> None:
    corners = mask_samples().corners
    assert {(c.examples, c.units) for c in corners} >= {(1, 500), (2000, 1), (2000, 500)}


def test_survivors_do_not_overflow(rng: np.random.Generator, fmt: Format) -> None:
    for p in (0.0, 0.3, 0.9, 0.999):
        (x,) = Layer((40,), p, Numbers("wide", "huge"), "extremes").make(rng, 50, fmt)
        with np.errstate(over="ignore"):
            assert np.abs(x).max() / (1 - p) <= fmt.largest
        assert np.abs(x).max() / (1 - p) > fmt.largest / 2
        assert fmt.eta in np.abs(x)


def test_special_activations_are_what_they_are_called(rng: np.random.Generator, fmt: Format) -> None:
    (signs,), (zeros,), (nonfinite,) = (
        Layer((33,), 0.3, special=special).make(rng, 20, fmt) for special in ("signs", "zeros", "nonfinite")
    )
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert np.all(zeros[:, ::2] == 0)
    assert {True, False} == set(np.signbit(zeros[:, ::2]).ravel().tolist())
    assert np.isnan(nonfinite).any()
    assert np.isposinf(nonfinite).any()
    assert np.isneginf(nonfinite).any()
    assert np.isfinite(nonfinite[:, 1::2]).all()


def test_subnormal_activations_are_subnormal(rng: np.random.Generator, fmt: Format) -> None:
    corner = next(c for c in layers().corners if c.numbers.scale == "subnormal")
    (x,) = corner.make(rng, 100, fmt)
    assert np.mean((x != 0) & (np.abs(x) < fmt.lam)) > 0.9


def test_only_finite_activations_are_admitted() -> None:
    x = np.array([[1.0, 2.0], [np.nan, 1.0], [np.inf, 0.0]])
    assert Layer().admits([x]).tolist() == [True, False, False]
    assert nonfinite_layers(0.5).corners[0].admits([x]) is True


def test_channels_have_the_shape_that_their_spelling_wants() -> None:
    for spelling, axes in BY_CHANNEL.items():
        corner = next(c for c in layers().corners if c.spelling == spelling)
        assert len(corner.shape) == 1 + axes
        if "alpha" not in spelling:
            assert MaskSample(4, 3, spelling=spelling).shape[:2] == (4, 3)
    assert MaskSample(4, 3, spelling=BETWEEN_LAYERS).shape == (4, 3, 3)


def test_images_have_their_channels_next_to_each_other() -> None:
    draw = MaskSample(4, 3, spelling="dropout_channels_last").present([], 0)
    assert (draw.shape, draw.units) == ((4, 3, 2, 2), 12)
    assert not torch.ones(draw.shape).to(memory_format=torch.channels_last).is_contiguous()


@pytest.mark.parametrize(
    ("regime", "fields"),
    [
        (Layer, {"shape": (3,), "spelling": "dropout2d"}),
        (Layer, {"special": "unknown"}),
        (Layer, {"spelling": "unknown"}),
        (Layer, {"shape": (2, 0), "spelling": BETWEEN_LAYERS}),
        (MaskSample, {"examples": 0}),
        (MaskSample, {"p": 1.0}),
        (MaskSample, {"spelling": "alpha_dropout"}),
    ],
)
def test_regimes_without_sense_are_refused(regime: type[Regime], fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"layer|mask|recurrent"):
        regime(**fields)


def test_sequences_between_layers_are_not_negative(rng: np.random.Generator, fmt: Format) -> None:
    (x,) = Layer((5, 6), 0.3, Numbers("normal"), spelling=BETWEEN_LAYERS).make(rng, 10, fmt)
    assert np.all(x >= 0)


def test_models_present_their_arrays_with_the_rate_and_the_seed(rng: np.random.Generator, fmt: Format) -> None:
    regime = MaskedModel(3, 2, 0.25, Numbers("normal"))
    arrays = regime.make(rng, 5, fmt)
    assert [a.shape for a in arrays] == [(5, 3), (5, 2, 3), (5, 2)]
    model = regime.present([torch.from_numpy(a) for a in arrays], 7)
    assert (model.p, model.seed) == (0.25, 7)


def test_some_models_are_dyadic_and_some_are_not(rng: np.random.Generator) -> None:
    for corners in (linear_models().corners, softmax_models().corners):
        kinds = {c.numbers.kind for c in corners}
        assert kinds & {"integers", "ties"}
        assert "normal" in kinds
    (x, *_) = MaskedModel(4, 1, 0.5, Numbers("ties")).make(rng, 50, FORMATS["float32"])
    assert np.all(quantum(x, -1) >= 0.5)


def test_submodels_number_up_to_4096() -> None:
    assert {c.inputs for c in linear_models().corners} >= {0, 1, 2, 3, 4, 8, 10, 12}
    assert {c.inputs for c in softmax_models().corners} >= {1, 2, 3, 4, 8}
    assert {c.outputs for c in softmax_models().corners} == {1, 2, 3, 4}


def test_repeated_masks_are_small_and_have_every_spelling() -> None:
    corners = repeated_masks().corners
    assert {c.spelling for c in corners} == {s for s in SPELLINGS if "alpha" not in s}
    assert corners[0] == mask_samples().corners[0]
