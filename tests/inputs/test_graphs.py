"""Graphs ascend, and their weights are as small as exact sums over paths need."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.graphs import NEITHER, WAYS, Graph, Weighted, graph_of, graphs
from reference.autodiff import accumulation as reference
from reference.formats import FORMATS


@pytest.mark.parametrize("name", list(FORMATS))
def test_sums_over_paths_are_exact(name: str) -> None:
    fmt = FORMATS[name]
    for corner in graphs().corners:
        assert isinstance(corner, Graph)
        raw = corner.arrays(np.random.default_rng(0), 4, fmt)
        made = corner.make(np.random.default_rng(0), 4, fmt)
        assert all(np.array_equal(a, b) for a, b in zip(raw, made, strict=True))
        assert np.all(corner.admits(made))
        assert isinstance(corner.present(made, 0), Weighted)
        sizes = corner.inputs, corner.outputs, corner.vertices()
        assert reference.jacobian(np.abs(made[0]), corner.edges(), *sizes).max(initial=0) <= 2**fmt.precision


def test_edges_ascend_from_inputs_to_outputs() -> None:
    assert Graph(2, 1, 1).edges() == ((0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    assert Graph(2, 1, 1, 0b10010).edges() == ((0, 3), (2, 3))
    assert NEITHER.edges() == ((0, 1), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4))
    assert graph_of([(0, 1)], 1, 0, 1) == Graph(1, 0, 1, 1)


def test_corners_have_every_way_and_repeated_weights() -> None:
    corners = [c for c in graphs().corners if isinstance(c, Graph)]
    assert {c.way for c in corners} == set(WAYS)
    repeated = next(c for c in corners if c.repeated)
    weights, _ = repeated.make(np.random.default_rng(0), 3, FORMATS["float64"])
    assert np.array_equal(weights, np.broadcast_to(weights[:, :1], weights.shape))


def test_what_makes_no_sense_is_refused() -> None:
    weights, x = Graph().make(np.random.default_rng(0), 1, FORMATS["float32"])
    assert not Graph().admits([weights + 0.5, x]).any()
    assert not Graph().admits([weights, x + 0.5]).any()
    assert not Graph().admits([weights * 4, x]).any()
    for make in (lambda: Graph(0), lambda: Graph(inner=6), lambda: Graph(code=0), lambda: Graph(way="other")):
        with pytest.raises(ValueError, match=r"a graph has|no way"):
            make()
