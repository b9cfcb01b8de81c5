"""Joint laws have the counts, and the covariances that vanish, that their kinds promise."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.dependence import Joint, JointCounts, joint_counts
from reference.formats import FORMATS, Format
from reference.probability.dependence import difference_from_product


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_every_corner_is_admitted_and_has_its_total(rng: np.random.Generator, fmt: Format) -> None:
    for corner in joint_counts().corners:
        arrays = corner.make(rng, 8, fmt)
        assert np.all(corner.admits(arrays))
        assert np.all(arrays[2].sum((-2, -1)) == corner.total)  # type: ignore[attr-defined]


def test_products_are_independent_and_others_mostly_not(rng: np.random.Generator, fmt: Format) -> None:
    assert np.all(difference_from_product(JointCounts(4, 3, "product").make(rng, 32, fmt)[2]) == 0)
    assert np.mean((difference_from_product(JointCounts(4, 3).make(rng, 32, fmt)[2]) != 0).any((-2, -1))) > 0.9


def test_uncorrelated_laws_are_dependent(rng: np.random.Generator, fmt: Format) -> None:
    for m in (2, 3, 5):
        x, y, counts, _ = JointCounts(m, 4, "uncorrelated").make(rng, 32, fmt)
        apart = difference_from_product(counts)
        assert np.all(np.einsum("bi,bij,bj->b", x, apart, y) == 0)
        assert m == 2 or np.mean((apart != 0).any((-2, -1))) > 0.8


def test_cubic_laws_hide_from_polynomials_of_degree_two(rng: np.random.Generator, fmt: Format) -> None:
    x, y, counts, _ = JointCounts(4, 2, "cubic", 32).make(rng, 8, fmt)
    apart = difference_from_product(counts)
    for a in (1, 2):
        assert np.all(np.einsum("bi,bij,bj->b", x**a, apart, y) == 0)
    assert np.all(np.einsum("bi,bij,bj->b", x**3, apart, y) != 0)


def test_broken_laws_are_not_admitted(rng: np.random.Generator) -> None:
    law, fmt = JointCounts(2, 3), FORMATS["float64"]
    for i in range(4):
        arrays = law.make(rng, 4, fmt)
        arrays[i] = np.full_like(arrays[i], 0.5)
        assert not law.admits(arrays).any()


def test_properties_get_named_tensors() -> None:
    assert isinstance(JointCounts().present([torch.zeros(1, 2)] * 4, 0), Joint)


@pytest.mark.parametrize(
    "fields",
    [(0, 2), (2, 2, "odd"), (2, 3, "diagonal"), (3, 2, "cubic", 32), (2, 2, "uncorrelated", 3), (2, 2, "random", 0)],
)
def test_impossible_laws_are_refused(fields: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="law"):
        JointCounts(*fields)
