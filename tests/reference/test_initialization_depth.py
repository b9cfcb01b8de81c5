"""Growth of signals in depth against simulation, quadrature and enumeration in fractions."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2

from reference.formats import FORMATS, Arithmetic, Format
from reference.initialization import depth as reference
from reference.probability.sampling import ALPHA


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


@pytest.mark.parametrize(("widths", "gain"), [((2, 2), 1.0), ((3, 2, 1), 2.0), ((1, 3, 2), 0.5), ((1, 1, 1), 1.0)])
def test_every_choice_of_signs_comes_once_and_has_the_mean_square(widths: tuple[int, ...], gain: float) -> None:
    layers = reference.sign_layers(widths, gain)
    rows = {tuple(np.concatenate([w[i].ravel() for w in layers])) for i in range(len(layers[0]))}
    assert len(rows) == len(layers[0]) == 2 ** sum(m * n for m, n in pairwise(widths))
    x = np.arange(1, widths[0] + 1.0)
    total = Fraction(0)
    for weights in zip(*layers, strict=True):
        h = [Fraction(v) for v in x.tolist()]
        for w in weights:
            h = [sum((Fraction(a) * b for a, b in zip(row, h, strict=True)), Fraction(0)) for row in w.tolist()]
        total += sum((v * v for v in h), Fraction(0))
    assert total / len(layers[0]) == Fraction(float((x**2).sum())) * Fraction(
        reference.mean_square_growth(widths, gain)
    )


@pytest.mark.parametrize("n", [1, 2, 3, 8, 64])
def test_the_mean_logarithm_of_chi_square(n: int) -> None:
    value, _ = quad(lambda v: v * math.exp(chi2(n).logpdf(math.exp(v)) + v), -60, math.log(60 + 4 * n))
    assert reference.mean_log_growth(n) == pytest.approx(value - math.log(n), abs=1e-6)


def simulated(rng: np.random.Generator, degrees: tuple[int, ...], replicas: int) -> list[reference.Growth]:
    return [reference.Growth(np.sqrt(rng.chisquare(n, replicas)), np.zeros(replicas), n) for n in degrees]


def test_alarms_come_at_most_as_often_as_alpha_says() -> None:
    rng = np.random.default_rng(1)
    for degrees in ((1,), (2, 2), (3, 64, 8)):
        for fit in (reference.energy_fit, reference.log_growth_fit):
            alarms = sum(f.distance > f.radius for f in (fit(simulated(rng, degrees, 30), 0.1) for _ in range(400)))
            assert alarms <= 400 * 0.1 + 5 * math.sqrt(400 * 0.09)


def test_other_growth_is_refused() -> None:
    rng = np.random.default_rng(2)
    kept = simulated(rng, (2,) * 10, 200)
    for fit in (reference.energy_fit, reference.log_growth_fit):
        assert fit(kept).distance <= fit(kept).radius
        grown = [g._replace(size=1.3 * g.size) for g in kept]
        assert fit(grown).distance > fit(grown).radius
    narrow = reference.log_growth_fit(kept, 1e-3).radius
    assert narrow < reference.log_growth_fit(kept, ALPHA).radius


def test_errors_of_the_sizes_count_in_favour() -> None:
    (exact,) = simulated(np.random.default_rng(3), (8,), 50)
    vague = exact._replace(error=0.1 * exact.size)
    assert reference.log_growth_fit([vague]).radius > reference.log_growth_fit([exact]).radius
    assert reference.nowhere_cancelled([vague])
    assert not reference.nowhere_cancelled([exact._replace(error=exact.size)])


def test_growth_is_relative_to_signal_and_deviation(fmt: Format) -> None:
    rng = np.random.default_rng(4)
    w, x = rng.standard_normal((5, 3, 4)), rng.standard_normal((5, 4))
    y = np.einsum("rnm,rm->rn", w, x)
    found = reference.growth(w, x, y, np.zeros_like(y), 0.5, fmt)
    wanted = np.linalg.norm(y, axis=-1) / (0.5 * np.linalg.norm(x, axis=-1))
    assert np.allclose(found.size, wanted, rtol=1e-14)
    assert found.degrees == 3
    assert (found.error > 0).all()


@pytest.mark.parametrize(("width", "parts"), [(1, 1), (1, 2), (2, 2), (3, 2), (1, 5), (2, 3)])
def test_moments_of_a_sum_by_enumeration(width: int, parts: int) -> None:
    rng = np.random.default_rng(width + 10 * parts)
    w, x = rng.integers(-4, 5, (2, 6, parts)).astype(np.float64)
    for i in range(6):
        entries = [[Fraction(v) for v in t[i].tolist()] for t in (w, x)]
        sums = [
            sum((a * b for a, b in zip(ws, xs, strict=True)), Fraction(0))
            for ws in itertools.product(entries[0], repeat=width)
            for xs in itertools.product(entries[1], repeat=width)
        ]
        exact = [sum((v**k for v in sums), Fraction(0)) / len(sums) for k in (1, 2)]
        assert reference.mean_of_sum(w, x, width)[i] == float(exact[0])
        assert reference.second_moment_of_sum(w, x, width)[i] == float(exact[1])


def test_means_and_scaled_products_stay_within_their_bounds(fmt: Format) -> None:
    rng, how = np.random.default_rng(5), Arithmetic.of(fmt)
    z = rng.integers(-20, 21, (40, 64)).astype(np.float64)
    truth = reference.mean_truth(z, z.mean(-1), how)
    assert (np.abs(fmt.round(z.mean(-1)) - truth.value) <= truth.bound).all()
    w, x, factor = (fmt.round(rng.standard_normal(s)) for s in ((40, 3, 7), (40, 7), (40,)))
    scaled = fmt.round(w * factor[:, None, None])
    y, z = (fmt.round(np.einsum("bnm,bm->bn", v, x)) for v in (w, scaled))
    error = reference.scaled_product_error(w, scaled, x, factor, how)
    assert (np.abs(z - factor[:, None] * y) <= error).all()
    sizes = [fmt.round(np.linalg.norm(v, axis=-1)) for v in (y, z)]
    apart = reference.scaled_norm_error(y, z, error, factor, how)
    assert (np.abs(sizes[1] - np.abs(factor) * sizes[0]) <= apart).all()


def test_the_factor_times_a_float64_product_is_rounded_too() -> None:
    w, factor, x = np.array([[[-0.9586098528926359]]]), np.array([4.341471452296264]), np.array([[0.632327215453679]])
    error = reference.scaled_product_error(w, w * factor, x, factor, Arithmetic.of(FORMATS["float64"]))
    apart = np.abs((w[0] * factor) @ x[0] - factor * (w[0] @ x[0]))
    assert 3 * 2.0**-53 * 2.63 < apart[0] <= error[0, 0]


def test_small_numbers_are_not_scaled_exactly() -> None:
    fmt = FORMATS["float16"]
    y = np.array([[1.0, 0.0], [1.0, 2.0**-14]])
    assert reference.normal_range(y, fmt).tolist() == [True, False]
