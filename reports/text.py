"""Numbers and sentences as a reader wants them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SIGNIFICANT_BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}


def number(value: float | str) -> float:
    """Return a number of a record, where NaN and the infinities are strings."""
    return float(value)


def margin(value: float, digits: int = 2) -> str:
    """Return a margin to two digits, and to more where two would hide on which side of the bound it lies."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞"
    if value in {0, 1}:
        return f"{value:.0f}"
    if value < 0.0095 or value >= 9950:
        return power(value, digits)
    for precision in range(digits, 7):
        text = f"{value:.{precision}g}"
        if float(text) != 1:
            return f"{float(text):.{max(0, precision - 1 - math.floor(math.log10(float(text))))}f}"
    return "0.999…" if value < 1 else "just above 1"


def error(value: float) -> str:
    """Return an error in units in the last place: two decimals below 10, then whole, then in scientific notation."""
    if not math.isfinite(value):
        return margin(value)
    if value >= 9999.5:
        return power(value)
    return f"{value:.2f}" if 0 < value < 9.995 else f"{value:.0f}"


def power(value: float, digits: int = 2) -> str:
    """Return a number in scientific notation: 4.2·10⁻⁵."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    tens = "10" + raised(int(exponent))
    return tens if float(mantissa) == 1 else f"{mantissa}·{tens}"


def raised(exponent: int) -> str:
    """Return an integer in superscript."""
    return str(exponent).translate(_SUPERSCRIPTS)


def count(value: int) -> str:
    """Return a count: all digits up to a hundred thousand, then three figures and the unit."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**5, "k")):
        if value >= size:
            scaled = value / (1000 if unit == "k" else size)
            return f"{scaled:.{max(0, 2 - math.floor(math.log10(scaled)))}f}\N{NO-BREAK SPACE}{unit}"
    return digits(value)


def digits(value: int) -> str:
    """Return all digits of an integer, grouped by threes."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def seconds(value: float) -> str:
    """Return a duration in the unit that keeps it readable."""
    if value >= 60:
        return f"{value // 60:.0f}\N{NO-BREAK SPACE}min {value % 60:.0f}\N{NO-BREAK SPACE}s"
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale:
            return f"{value / scale:.3g}\N{NO-BREAK SPACE}{unit}"
    return f"{value * 1e9:.3g}\N{NO-BREAK SPACE}ns" if value else "0\N{NO-BREAK SPACE}s"


def share(part: int, whole: int) -> str:
    """Return a percentage that is 0 % or 100 % only where it is exactly that."""
    if part == 0 or whole == 0:
        return "0\N{NO-BREAK SPACE}%"
    percent = 100 * part / whole
    if percent < 0.1:
        return "<\N{NO-BREAK SPACE}0.1\N{NO-BREAK SPACE}%"
    if 99.9 < percent < 100:
        return ">\N{NO-BREAK SPACE}99.9\N{NO-BREAK SPACE}%"
    return f"{percent:.{2 if percent < 10 else 3}g}\N{NO-BREAK SPACE}%"


def day(moment: datetime) -> str:
    """Return a date as 20 November 2026."""
    return f"{moment.day} {moment:%B %Y}"


def listed(items: Iterable[str]) -> str:
    """Return the items as a sentence lists them: a, b and c."""
    names = list(items)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def entry(text: str, dtype: str) -> str:
    """Return a hexadecimal float as the decimal that identifies it among the values of `dtype`.

    A value with p significant bits is identified by 1 + ceil(p log10 2) decimal digits (Matula 1968); one that has
    more bits than its dtype gets all the digits that it needs in float64.
    """
    value = float.fromhex(text)
    bits = _SIGNIFICANT_BITS.get(dtype, 53)
    if not math.isfinite(value) or not (math.frexp(value)[0] * 2**bits).is_integer() or bits == 53:
        return repr(value).removesuffix(".0")
    return f"{value:.{1 + math.ceil(bits * math.log10(2))}g}"


def arrays(values: Any, shape: Any, dtype: str) -> list[str]:  # noqa: ANN401 (nested lists of JSON)
    """Return each array of an argument as a nested list, ready to paste into a tensor.

    Parameters
    ----------
    values
        Hexadecimal floats in row-major order; a list of such lists where the argument is a list of arrays.
    shape
        The array's shape, or the list of their shapes.
    dtype
        The dtype whose values they are.
    """
    if not isinstance(values, list):
        return [entry(values, dtype)]
    if any(isinstance(item, list) for item in values):
        shapes = shape if isinstance(shape, list) and len(shape) == len(values) else [None] * len(values)
        return [line for item, one in zip(values, shapes, strict=True) for line in arrays(item, one, dtype)]
    nested = [entry(item, dtype) for item in values]
    sides = shape if isinstance(shape, list) and all(isinstance(side, int) for side in shape) else []
    if math.prod(sides) == len(nested):
        for side in reversed(sides[1:]):
            nested = [f"[{', '.join(nested[start : start + side])}]" for start in range(0, len(nested), max(side, 1))]
    return [nested[0] if not sides and len(nested) == 1 else f"[{', '.join(nested)}]"]


def plain(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    """Return a JSON value as a reader would write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        fields = ", ".join(f"{key}={plain(item)}" for key, item in value.items() if key != "kind")
        return f"{value['kind']}({fields})" if "kind" in value else fields
    if isinstance(value, list):
        return "[" + ", ".join(map(plain, value)) + "]"
    return "none" if value is None else str(value)


def paragraphs(value: str) -> list[str]:
    """Return the paragraphs of a text, which blank lines part."""
    return [" ".join(part.split()) for part in value.split("\n\n") if part.strip()]


def plural(number: int, word: str) -> str:
    """Return a number of things: 1 cell, 2,310 cells."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def gist(reason: str) -> str:
    """Return a reason in one line: of a traceback, the line that says what was raised."""
    lines = reason.splitlines()
    if lines and lines[0].startswith("Traceback"):
        lines = [line for line in lines[1:] if line[:1].strip()][:1] or lines
    return " ".join(" ".join(lines).split())


def one_line(words: str) -> str:
    """Return words as one line without the control characters that a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(words.split()))
