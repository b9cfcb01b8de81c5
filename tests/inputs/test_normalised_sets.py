"""Sets for normalising layers: factors, kinds, parameters."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.normalised_sets import KINDS, LAYERS, OF_BATCHES, StandardisedSets, split, standardised_sets
from claims.frame.subject import Subject
from reference.formats import float16, float32


@pytest.mark.parametrize(("m", "axes", "factors"), [(12, 3, (2, 2, 3)), (7, 2, (7, 1)), (1, 2, (1, 1)), (5, 1, (5,))])
def test_sizes_are_split_by_their_smallest_primes(m: int, axes: int, factors: tuple[int, ...]) -> None:
    assert split(m, axes) == factors


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_admitted(kind: str) -> None:
    regime = StandardisedSets(9, kind=kind)
    assert regime.admits(regime.make(np.random.default_rng(0), 16, float16)).all()


@pytest.mark.parametrize("layer", LAYERS)
def test_parameters_belong_to_a_set_or_are_shared(layer: str) -> None:
    regime = StandardisedSets(12, layer, parameters="float32")
    subject = Subject("eager", "float32")
    given = regime.present([subject.tensor(a) for a in regime.make(np.random.default_rng(0), 4, float32)], 0)
    assert given.w is not None
    assert (given.w.shape == (4, 1)) == (given.operation in OF_BATCHES)
    assert not given.wide
    assert getattr(subject, given.operation)(given.x, given.w, given.b, **given.options).shape == given.x.shape


def test_corners_know_every_layer_and_kind() -> None:
    corners = standardised_sets().corners
    assert {r.layer for r in corners if isinstance(r, StandardisedSets)} == set(LAYERS)
    assert {r.kind for r in corners if isinstance(r, StandardisedSets)} == set(KINDS)
    with pytest.raises(ValueError, match="no 'integers' sets of 1"):
        StandardisedSets(1)
