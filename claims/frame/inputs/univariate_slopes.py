"""The table of further functions of one number, of which the derivatives are examined."""

from __future__ import annotations

from claims.frame.inputs.functions import Row


def _each(names: str, domain: str = "real") -> dict[str, Row]:
    return {name: Row(name, "f(x)", domain=domain) for name in names.split()}


UNIVARIATE: dict[str, Row] = {
    **_each("exp2 sinh cosh asinh erfc ndtr sinc"),
    **_each("tan asin acos atanh erfinv", "inner"),
    **_each("log2 log10 entr lgamma digamma trigamma", "positive"),
    **_each("acosh", "beyond 1"),
    **_each("relu6 hardsigmoid hardshrink", "far"),
}
"""Functions whose derivatives torch has in every dtype."""

ONCE_IN_HALF: dict[str, Row] = _each("i0 i0e")
"""Functions whose first derivative torch has in every dtype, the second one in float32 and float64 only."""

WIDE_UNIVARIATE: dict[str, Row] = {**_each("i1 i1e erfcx log_ndtr"), **_each("ndtri", "unit")}
"""Functions whose derivatives torch has in float32 and float64 only."""
