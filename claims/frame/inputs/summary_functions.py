"""The table of statistics, selections and steps: how each is called, and on which numbers it is smooth."""

from __future__ import annotations

from claims.frame.inputs.functions import Row

SUMMARIES: dict[str, Row] = {
    "covariance matrix": Row("cov", "f(x.view(2, 3))", 6),
    "correlation matrix": Row("corrcoef", "f(x.view(2, 4))", 8),
    "variance and mean": Row("var_mean", "torch.stack(f(x))", 5),
    "deviation and mean": Row("std_mean", "torch.stack(f(x))", 5),
    "distance": Row("dist", "f(x[:3], x[3:])", 6, "apart"),
    "rows of a bounded norm": Row("renorm", "f(x.view(2, 3), 2, 0, 0.25)", 6),
    "trapezoid": Row("trapezoid", "f(x)", 5),
    "product along an axis": Row("prod", "f(x.view(2, 3), -1)", 6),
    "minimum": Row("minimum", "f(x[:2], x[2:])", domain="apart"),
    "fmax": Row("fmax", "f(x[:2], x[2:])", domain="apart"),
    "fmin": Row("fmin", "f(x[:2], x[2:])", domain="apart"),
    "amin": Row("amin", "f(x, 0)", domain="apart"),
    "largest of all": Row("largest_of_all", "f(x)", domain="apart"),
    "smallest of all": Row("smallest_of_all", "f(x)", domain="apart"),
    "median": Row("median", "f(x)", 5, "apart"),
    "running minimum": Row("running_minimum", "f(x)", 5, "apart"),
    "clamp": Row("clamp", "f(x, -1.0, 2.0)"),
    "clamp by a tensor": Row("clamp", "f(x[:2], x[2:])", domain="apart"),
    "clamp above": Row("clamp_max", "f(x, 0.5)"),
    "threshold": Row("threshold", "f(x, 0.5, 0.25)"),
    "rrelu": Row("rrelu", "f(x, 0.25, 0.25, training=False)"),
    **{name: Row(name, "f(x)") for name in ("floor", "ceil", "round", "trunc", "sign", "sgn")},
}
"""Functions whose derivatives torch has in every dtype."""
