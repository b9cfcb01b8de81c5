"""Networks with masked units, their functions and gradients, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.submodels import GenericNetwork
from reference.formats import FORMATS, Arithmetic, float64
from reference.regularization import submodels

Float64 = np.ndarray


def network(x: Float64, w: Float64, c: Float64, v: Float64, b: Float64, kept: Float64, units: Float64) -> Float64:
    """The output of the parameters that are left."""
    s, h = kept == 1, units == 1
    return v[:, h] @ np.maximum(w[h][:, s] @ x[s] + c[h], 0) + b


def parameters(rng: np.random.Generator, d: int, h: int, m: int) -> list[Float64]:
    """x, W, c, V and b of two networks, in small integers."""
    return [rng.integers(-3, 4, (2, *s)).astype(np.float64) for s in ((d,), (h, d), (h,), (m, h), (m,))]


@pytest.mark.parametrize("name", list(FORMATS))
def test_masked_networks_of_integers_are_exact(name: str) -> None:
    rng = np.random.default_rng(0)
    given = parameters(rng, 3, 2, 2)
    inputs, hidden = np.repeat(submodels.all_masks(3), 4, 0), np.tile(submodels.all_masks(2), (8, 1))
    truth = submodels.masked_network(given, inputs, hidden, Arithmetic.of(FORMATS[name])).truth
    for i in range(2):
        for k in range(32):
            exact = network(*(t[i] for t in given), inputs[k], hidden[k])
            assert np.array_equal(truth.value[i, k], exact)
            assert not truth.bound[i, k].any() or FORMATS[name].precision < 9


def test_other_numbers_keep_the_bound() -> None:
    rng = np.random.default_rng(1)
    given = [rng.standard_normal(t.shape) for t in parameters(rng, 30, 40, 2)]
    inputs, hidden = submodels.some_masks(30, 0), submodels.some_masks(40, 1)
    truth = submodels.masked_network(given, inputs, hidden, Arithmetic.of(float64)).truth
    for i in range(2):
        computed = np.stack([network(*(t[i] for t in given), a, u) for a, u in zip(inputs, hidden, strict=True)])
        assert np.all(np.abs(computed - truth.value[i]) <= truth.bound[i])
        assert np.all(truth.bound[i] < 1e-10)


def test_masks_of_many_units_are_chosen_and_distinct() -> None:
    assert len(submodels.some_masks(6, 0)) == 64
    many = submodels.some_masks(65, 0)
    assert len(np.unique(many, axis=0)) == len(many) == 12
    assert set(many.sum(-1)[:5]) == {0, 65, 32, 1, 64}


@pytest.mark.parametrize(("sizes", "count"), [((1, 1), 2), ((2, 2), 10), ((2, 3), 22), ((3, 2), 22), ((3, 4), 106)])
def test_the_number_of_functions_is_that_of_the_notes(sizes: tuple[int, int], count: int) -> None:
    assert submodels.distinct_functions(*sizes, biased=False) == count


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize(("d", "h"), [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 4)])
def test_most_small_integers_are_generic(d: int, h: int, *, biased: bool) -> None:
    regime, generic = GenericNetwork(d, h, biased), 0
    x, w, c, v = regime.make(np.random.default_rng(0), 20, FORMATS["bfloat16"])
    masks = submodels.all_masks(d + h)
    for i in range(20):
        outputs = [
            [network(point, w[i], c[i], v[i], np.zeros(1), mask[:d], mask[d:])[0] for point in x[i]] for mask in masks
        ]
        assert np.abs(outputs).max() <= 256
        count, formula = len(np.unique(outputs, axis=0)), submodels.distinct_functions(d, h, biased=biased)
        assert count <= formula
        generic += count == formula
    assert generic >= 5


def test_gradients_are_central_differences_of_integers() -> None:
    rng, step = np.random.default_rng(3), 2.0**-8
    x, w, c, v, b = parameters(rng, 2, 3, 2)
    c += 0.5  # away from the kink of relu
    y, mask = rng.integers(-2, 3, (2, 2)).astype(np.float64), np.array([1.0, 0.0, 1.0])

    def loss(*p: Float64) -> Float64:
        z = np.maximum((p[0] @ x[..., None])[..., 0] + p[1], 0) * mask * 2
        return (((p[2] @ z[..., None])[..., 0] + p[3] - y) ** 2).sum(-1)

    exact, whole, size = submodels.network_gradients([x, y, w, c, v, b], mask, 0.5)
    assert not whole.any()
    for place, gradient in enumerate(exact):
        for index in np.ndindex(*gradient.shape[1:]):
            up, down = ([t.copy() for t in (w, c, v, b)] for _ in range(2))
            up[place][:, *index] += step
            down[place][:, *index] -= step
            assert np.allclose((loss(*up) - loss(*down)) / (2 * step), gradient[:, *index])
            assert np.all(np.abs(gradient[:, *index]) <= size)
    assert submodels.network_gradients([x, y, w, c - 0.5, v, b], mask, 0.5)[1].all()
