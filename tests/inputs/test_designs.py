"""Designs have the covariances, weights the Gram matrices and draws the sizes that their names promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.designs import (
    ORTHONORMAL,
    WEIGHTS,
    Design,
    Features,
    OrthogonalWeight,
    hadamard,
    isotropic_data,
    orthogonal_weights,
    row_conditions,
    sampled_features,
    samples_for,
    tall_weights,
)
from reference.formats import FORMATS, Format


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_walsh_functions_are_orthogonal_and_but_for_one_have_mean_zero() -> None:
    h = hadamard(16)
    assert np.array_equal(h @ h.T, 16 * np.eye(16))
    assert np.array_equal(h.sum(-1), [16] + [0] * 15)
    assert [samples_for(m) for m in (1, 2, 3, 4, 7, 8)] == [2, 4, 4, 8, 8, 16]


def test_designs_fit_the_format_and_are_admitted(rng: np.random.Generator, fmt: Format) -> None:
    for corner in (*isotropic_data().corners, *row_conditions().corners):
        if not isinstance(corner, Design):
            continue
        w, x, sigma = arrays = corner.make(rng, 8, fmt)
        assert all(np.array_equal(fmt.round(a), a) for a in arrays)
        assert np.all(corner.admits(arrays)), corner
        gram = w @ w.swapaxes(-1, -2)
        assert np.array_equal(fmt.round(w @ x), w @ x)
        largest = corner.samples * np.abs(gram).max() * (sigma**2).max()
        assert largest <= fmt.largest
        if corner.weight in ORTHONORMAL:
            assert np.array_equal(gram, np.broadcast_to(np.eye(corner.n), gram.shape))
        if corner.weight == "tall":
            columns = w.swapaxes(-1, -2) @ w
            assert np.array_equal(columns, np.broadcast_to(np.eye(corner.m), columns.shape))


def test_a_factorial_design_takes_every_combination_once(rng: np.random.Generator, fmt: Format) -> None:
    _, x, sigma = Design(1, 3, factorial=True).make(rng, 1, fmt)
    assert len({tuple(c) for c in (x[0] / sigma[0]).T.tolist()}) == 8


def test_other_data_is_not_admitted(rng: np.random.Generator, fmt: Format) -> None:
    corner = Design(2, 3, "permutation")
    w, x, sigma = corner.make(rng, 3, fmt)
    x[0, 0, 0] *= -1
    w[1, 0] = 1.0
    assert corner.admits([w, x, sigma]).tolist() == [False, False, True]


def test_every_kind_of_weight_is_a_corner_and_can_be_drawn() -> None:
    assert {c.weight for c in row_conditions().corners if isinstance(c, Design)} == set(WEIGHTS)
    for kind in WEIGHTS:
        assert find(row_conditions().draw, lambda d, kind=kind: d.weight == kind).weight == kind
    assert any(isinstance(c, Features) and c.e == 100_000 for c in isotropic_data().corners)
    assert all(c.m > 1 for c in sampled_features().corners if isinstance(c, Features))


def test_orthogonal_weights_are_wide_tall_and_deep() -> None:
    corners = [c for c in orthogonal_weights().corners if isinstance(c, OrthogonalWeight)]
    assert {np.sign(c.n - c.m) for c in corners} == {-1, 0, 1}
    assert max(c.depth for c in corners) >= 100
    assert {c.gain for c in corners} > {1.0}
    assert all(c.n > c.m for c in tall_weights().corners if isinstance(c, OrthogonalWeight))


def test_what_makes_no_sense_is_refused() -> None:
    for fields in ((0, 1), (3, 2, "permutation"), (2, 3, "tall"), (2, 8, "hadamard"), (2, 2, "odd"), (1, 300)):
        with pytest.raises(ValueError, match=r"no design|orthonormal|Hadamard"):
            Design(*fields)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two samples"):
        Features(2, 1)
    with pytest.raises(ValueError, match="square ones"):
        OrthogonalWeight(2, 3, depth=2)
