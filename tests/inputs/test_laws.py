"""Weights, widths and two-point laws reach the corners that their names promise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import find

from claims.frame.inputs.laws import (
    ACTIVATIONS,
    WIDEST,
    Layer,
    LayerDraw,
    Matrix,
    PropagationDraw,
    SampledSums,
    Tables,
    TwoPointLaws,
    Weight,
    WeightDraw,
    WidthChain,
    Widths,
    compromises,
    enumerations,
    matrices,
    two_point_laws,
    weights,
    width_chains,
)
from reference.formats import FORMATS, Format, float32
from reference.initialization.laws import GAINS, fans
from reference.initialization.signal_propagation import all_sums


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_every_batched_corner_is_admitted_and_fits_the_format(rng: np.random.Generator, fmt: Format) -> None:
    for regimes in (compromises(), two_point_laws(), width_chains(), enumerations()):
        for corner in regimes.corners:
            arrays = corner.make(rng, 16, fmt)
            assert all(np.array_equal(fmt.round(a), a) for a in arrays)
            if corner.batched:
                assert np.all(corner.admits(arrays))


def test_weights_of_every_kind_are_corners() -> None:
    shapes = {c.shape for c in weights().corners}
    assert shapes >= {
        (256, 512),
        (512, 256),
        (64, 32, 3, 3),
        (1, 4096),
        (4096, 1),
        (128, 16, 3),
        (0, 3),
        (3, 0),
        (7,),
        (),
    }
    assert {len(s) for s in shapes} == {0, 1, 2, 3, 4, 5}
    assert max(c.size() for c in weights().corners) > 2e6
    assert set(ACTIVATIONS) == set(GAINS)


def test_most_corners_tell_fan_in_fan_out_and_gain_apart() -> None:
    filled = [c for c in weights().corners if len(c.shape) > 1 and 0 not in c.shape]
    assert sum(GAINS[c.activation] != 1 for c in filled) > len(filled) / 2
    for c in filled:
        fan_in, fan_out = fans(c.shape)
        assert fan_in != fan_out
        assert fan_out != 5 * fan_in  # there the common heuristic has Xavier's bound


@pytest.mark.parametrize("shape", [(0, 0), (0, 0, 3), (2, 3, 0)])
def test_weights_without_fans_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"no weight|at least one entry"):
        Weight(shape)


def test_matrices_of_layers_are_not_empty() -> None:
    assert matrices((2, 3)).corners == (Matrix((2, 3)),)
    for shape in ((0, 3), (7,), (2, 3, 4)):
        with pytest.raises(ValueError, match="inputs and outputs"):
            Matrix(shape)


def test_widths_are_whole_numbers_up_to_a_thousand(rng: np.random.Generator, fmt: Format) -> None:
    for kind in ("drawn", "equal", "alternating"):
        widths, factors = WidthChain(5, kind).make(rng, 200, fmt)
        assert widths.shape == (200, 6)
        assert factors.shape == (200, 5)
        assert np.all((widths == np.rint(widths)) & (widths >= 1) & (widths <= WIDEST))
        assert np.all(factors > 0)
        assert np.all(widths == widths[:, :1]) == (kind == "equal")
    drawn, _ = WidthChain(1).make(rng, 2000, float32)
    assert drawn.min() == 1
    assert drawn.max() > 900
    assert np.mean(drawn[:, 0] != drawn[:, 1]) > 0.9


def test_broken_chains_are_not_admitted() -> None:
    widths, factors = np.array([[2.0, 3.0], [0.0, 3.0], [2.5, 3.0], [2.0, 3.0]]), np.array([[1.0], [1.0], [1.0], [0.0]])
    assert WidthChain().admits([widths, factors]).tolist() == [True, False, False, False]


def test_fans_of_a_chain_are_neighbouring_widths() -> None:
    m, n = WidthChain(2).present([torch.tensor([[4.0, 5.0, 6.0]]), torch.ones(1, 2)], 0).fans
    assert m.tolist() == [[4, 5]]
    assert n.tolist() == [[5, 6]]


def test_tables_hold_at_most_two_values(rng: np.random.Generator, fmt: Format) -> None:
    for parts in (1, 2, 4, 8):
        w, x = TwoPointLaws(2 if parts == 8 else 1, parts, centred=parts > 1).make(rng, 100, fmt)
        assert w.shape == x.shape == (100, parts)
        assert max(len(np.unique(row)) for row in (*w, *x)) <= 2
        assert np.all(np.abs([w, x]) <= 4)
        assert np.all(x.sum(-1) == 0) or parts == 1


def test_laws_with_and_without_means_occur(rng: np.random.Generator) -> None:
    w, x = TwoPointLaws(1, 4).make(rng, 200, float32)
    assert np.mean((w.mean(-1) != 0) & (x.mean(-1) != 0)) > 0.7
    assert np.any(w.mean(-1) == 1)


@pytest.mark.parametrize(("width", "parts"), [(1, 4), (2, 2)])
def test_sums_far_from_0_are_numbers_of_the_format_but_not_their_squares(
    rng: np.random.Generator, fmt: Format, width: int, parts: int
) -> None:
    regime = TwoPointLaws(width, parts, far=True)
    w, x = regime.make(rng, 100, fmt)
    assert np.all(regime.admits([w, x]))
    z = all_sums(w, x, width)
    assert np.array_equal(fmt.round(z), z)
    squares = [int(v) ** 2 for v in np.unique(z) if v % 2]
    assert squares
    assert all(float(fmt.round(np.float64(v))) != v for v in squares)
    assert np.all(np.abs(z.mean(-1)) > 2 ** (fmt.precision / 2) * z.std(-1) / 4)
    assert regime.admits([np.array([[1.0, -1.0]]), np.array([[64.0, 66.0]])]).tolist() == [False]


@pytest.mark.parametrize("fields", [(3, 2, False, True), (1, 2, True, True)])
def test_impossible_laws_far_from_0_are_refused(fields: tuple[int, int, bool, bool]) -> None:
    with pytest.raises(ValueError, match="far from 0"):
        TwoPointLaws(*fields)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_width_is_enumerated(width: int) -> None:
    assert any(isinstance(c, TwoPointLaws) and c.width == width for c in two_point_laws().corners)
    assert find(enumerations().draw, lambda r: r.width == width).width == width


@pytest.mark.parametrize("fields", [(0, 2), (4, 3), (1, 0), (1, 3, True)])
def test_enumerations_that_are_too_large_or_impossible_are_refused(fields: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no enumeration"):
        TwoPointLaws(*fields)


def test_other_impossible_regimes_are_refused() -> None:
    for make in (
        lambda: Layer(0, 3),
        lambda: WidthChain(0),
        lambda: WidthChain(1, "odd"),
        lambda: SampledSums(0),
        lambda: SampledSums(w=(0, 1, 5)),
        lambda: Weight((2, 3), "step"),
    ):
        with pytest.raises(ValueError, match=r"."):
            make()


def test_properties_get_what_their_names_say() -> None:
    pair = [torch.zeros(1, 2), torch.zeros(1, 2)]
    assert Weight((2, 3), "tanh").present([], 9) == WeightDraw((2, 3), "tanh", 9)
    assert SampledSums(5, 2).present([], 9) == PropagationDraw(5, 2, (-1, 1, 2), (0, 1, 2), 9)
    assert isinstance(Layer(2, 2).present(pair, 9), LayerDraw)
    assert isinstance(WidthChain().present(pair, 9), Widths)
    assert isinstance(TwoPointLaws(3, 2).present(pair, 9), Tables)
