"""Every number of a 16-bit format, once; random ones of wider formats, of every magnitude."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.every_number import PARTS, SHORT, AnyNumbers, EveryNumber, every_number, from_bits
from reference.formats import FORMATS


@pytest.mark.parametrize("name", sorted(SHORT))
def test_the_parts_are_every_number_of_the_format(name: str) -> None:
    rng = np.random.default_rng(0)
    parts = [EveryNumber(part).make(rng, 16, FORMATS[name])[0] for part in range(PARTS)]
    patterns = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(getattr(torch, name)).double()
    finite = patterns[patterns.isfinite()].numpy()
    made = np.concatenate(parts, None)
    assert made.size == 2**16
    np.testing.assert_array_equal(np.unique(made), np.unique(finite))
    assert len(np.unique(made)) == 2**16 - 2 * 2 ** (FORMATS[name].precision - 1) - 1  # infinity, NaN, and two zeros
    assert np.signbit(made[made == 0]).any()


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_patterns_of_wider_formats_are_read_as_numpy_reads_them(name: str) -> None:
    integers, floats = {"float32": (np.int32, np.float32), "float64": (np.int64, np.float64)}[name]
    numbers = np.array([0.0, 1.0, 1.5, 2.0**-126, 3 * 2.0**-149, 2.0**100, 1 / 3], floats)
    bits = numbers.view(integers).astype(np.int64)
    np.testing.assert_array_equal(from_bits(bits, FORMATS[name]), numbers)


@pytest.mark.parametrize("name", FORMATS)
def test_random_numbers_are_finite_numbers_of_the_format(name: str) -> None:
    fmt = FORMATS[name]
    (x,) = AnyNumbers(n=300).arrays(np.random.default_rng(1), 64, fmt)
    assert np.isfinite(x).all()
    np.testing.assert_array_equal(fmt.round(x), x)
    assert np.ptp(np.frexp(x[x != 0])[1]) > (fmt.emax - fmt.emin) // 2
    assert (x < 0).any()
    assert (x > 0).any()


def test_a_part_has_its_rows_whatever_the_limit() -> None:
    assert EveryNumber(3).batch(8, 1) == 16
    assert AnyNumbers(n=3).batch(8, 100) == 8


@pytest.mark.parametrize("part", [-1, PARTS])
def test_there_is_no_other_part(part: int) -> None:
    with pytest.raises(ValueError, match="no part"):
        EveryNumber(part)


def test_the_corners_exhaust_the_short_formats_only() -> None:
    regimes = every_number()
    assert regimes.exhaustive_in == SHORT
    assert not regimes.exhaustive
    assert {c.part for c in regimes.corners if isinstance(c, EveryNumber)} == set(range(PARTS))
