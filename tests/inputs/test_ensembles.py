"""The regimes of bagged ensembles and training runs reach the corners that their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.ensembles import (
    AROUND,
    LEVELS,
    BaggedMeans,
    Predictions,
    Resamples,
    TrainingRuns,
    bagged_means,
    bootstrap_samples,
    predictions,
    training_runs,
)
from claims.frame.inputs.regime import Regime
from reference.formats import FORMATS, Format
from reference.regularization.bagging import data_sets, ensembles


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_every_corner_fits_the_format(rng: np.random.Generator, fmt: Format) -> None:
    for corner in bagged_means().corners:
        (levels,) = corner.make(rng, 3, fmt)
        assert levels.shape == (3, 2)
        assert np.array_equal(fmt.round(levels), levels)


def test_corners_have_every_pair_of_sizes_and_every_kind_of_level() -> None:
    corners = bagged_means().corners
    assert {(c.examples, c.members) for c in corners} == {(n, k) for n in (1, 2, 3) for k in (1, 2, 3, 4)}
    assert {c.levels for c in corners} == set(LEVELS)
    assert max(c.runs for c in corners) >= 4000  # what a bias of two in a hundred needs to show


def test_bits_come_first_and_are_bits(rng: np.random.Generator, fmt: Format) -> None:
    assert bagged_means().corners[0] == BaggedMeans()
    (levels,) = BaggedMeans().make(rng, 2, fmt)
    assert levels.tolist() == [[0.0, 1.0], [0.0, 1.0]]


def test_close_levels_differ_by_less_than_a_hundredth(rng: np.random.Generator, fmt: Format) -> None:
    (levels,) = BaggedMeans(levels="close").make(rng, 100, fmt)
    assert np.all(np.abs(levels[:, 1] - levels[:, 0]) <= 0.01 + fmt.u)


def test_squares_of_small_levels_are_normal(rng: np.random.Generator, fmt: Format) -> None:
    (levels,) = BaggedMeans(levels="small").make(rng, 200, fmt)
    assert np.median(levels**2) > fmt.lam
    assert np.abs(levels).max() < 1


@pytest.mark.parametrize(("n", "k"), [(1, 4), (2, 3), (3, 2)])
def test_the_size_is_that_of_the_enumeration(n: int, k: int) -> None:
    assert BaggedMeans(n, k).size() == len(data_sets(n)) * len(ensembles(n, k)[0])


def test_training_runs_have_every_size_and_a_rarer_submodel() -> None:
    corners = training_runs().corners
    assert {(c.examples, c.epochs) for c in corners} == {(n, e) for n in (2, 3) for e in (1, 2, 3)}
    assert {c.present([], 0).q for c in corners} == {0.5, 0.25}


@pytest.mark.parametrize(
    ("regime", "fields"),
    [
        (BaggedMeans, {"examples": 4}),
        (BaggedMeans, {"members": 5}),
        (BaggedMeans, {"levels": "unknown"}),
        (TrainingRuns, {"examples": 4}),
        (TrainingRuns, {"epochs": 4}),
        (TrainingRuns, {"runs": 0}),
    ],
)
def test_what_cannot_be_enumerated_is_refused(regime: type[Regime], fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="enumer"):
        regime(**fields)


def test_bootstrap_samples_are_enumerated_up_to_six_examples() -> None:
    corners = bootstrap_samples().corners
    assert {c.examples for c in corners if c.enumerable} == {1, 2, 3, 4, 5, 6}
    assert max(c.examples for c in corners) == 1000


def test_a_bootstrap_sample_has_examples() -> None:
    with pytest.raises(ValueError, match="examples"):
        Resamples(0)


def test_predictions_are_where_their_names_say(rng: np.random.Generator, fmt: Format) -> None:
    assert {c.around for c in predictions().corners} == set(AROUND)
    f, y = Predictions(5, around="perfect").make(rng, 4, fmt)
    assert np.array_equal(f, np.repeat(y[:, None], 5, 1))
    f, _ = Predictions(5, around="equal").make(rng, 4, fmt)
    assert np.array_equal(f, np.repeat(f[:, :1], 5, 1))
    f, y = Predictions(5, around="thousand").make(rng, 4, fmt)
    assert f.min() > 900
    assert y.min() > 900
