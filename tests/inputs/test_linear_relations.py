"""Pairs of variables on equally likely points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.linear_relations import CONSTANT_X, KINDS, MEANS, LinearRelation, linear_relations
from reference.formats import FORMATS, Format, float64


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_number_is_rounded_and_every_pair_is_admitted(kind: str, fmt: Format) -> None:
    for mean in MEANS:
        regime = LinearRelation(18, kind, mean)
        plain = regime.arrays(np.random.default_rng(0), 200, fmt)
        x, y = regime.make(np.random.default_rng(0), 200, fmt)
        assert np.array_equal(x, plain[0])
        assert np.array_equal(y, plain[1])
        assert np.all(regime.admits([x, y]))
        assert np.all((x != x[:, :1]).any(-1) == (kind not in CONSTANT_X))


def test_uncorrelated_pairs_are_not_symmetric() -> None:
    x, y = LinearRelation(3, mean="none").make(np.random.default_rng(0), 100, float64)
    ranks = [np.argsort(np.argsort(v, -1), -1) - 1 for v in (x, y)]
    assert np.array_equal((x * y).sum(-1), np.zeros(100))
    assert (np.abs((ranks[0] * ranks[1]).sum(-1)) == 1).any()


def test_pairs_of_another_kind_are_not_admitted() -> None:
    line = LinearRelation(6, "line").make(np.random.default_rng(0), 50, float64)
    for kind in KINDS:
        assert np.any(LinearRelation(6, kind).admits(line)) == (kind in ("line", "random"))
    assert not LinearRelation(6, "line").admits([line[0], line[1] + 1e-3]).any()


def test_impossible_pairs_are_refused() -> None:
    for n, kind in ((1, "line"), (4, "uncorrelated"), (3, "square"), (4, "circle")):
        with pytest.raises(ValueError, match="pairs"):
            LinearRelation(n, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn(kind: str) -> None:
    assert find(linear_relations().draw, lambda pair: pair.kind == kind).kind == kind
