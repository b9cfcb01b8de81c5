"""Departures in derivatives of elementary functions, each on some of the pieces where they are examined."""

from __future__ import annotations

from claims import departure
from claims.autodiff.extreme_derivatives import derivatives_hold_at_extremes
from claims.frame.inputs.extreme_derivatives import Extreme
from claims.frame.plan import CallPlan

EVERY = ("float16", "bfloat16", "float32", "float64")
BUT_BFLOAT16 = ("float16", "float32", "float64")


def goes_wrong(script: str, summary: str, pieces: dict[str, tuple[str, ...]], dtypes: tuple[str, ...] = EVERY) -> None:
    """Registers the departure of a script on these pieces of functions."""

    def excludes(plan: CallPlan, at: Extreme) -> bool:
        return at.piece in pieces.get(at.name, ())

    excludes.__name__ = "_".join((script, *pieces)).replace(" ", "_").replace(",", "")
    departure(
        derivatives_hold_at_extremes,
        summary=summary,
        operations=("repeated_slope",),
        devices=("cpu", "cuda"),
        dtypes=dtypes,
        script=script,
    )(excludes)


goes_wrong(
    "asinh_slope_overflow",
    "the derivatives of asinh and acosh are 0 where the square of the argument overflows",
    {"asinh": ("huge",), "acosh": ("huge",)},
)
goes_wrong(
    "asinh_slope_overflow",
    "the derivative of atan is 0 where the square of the argument overflows, though it is a subnormal number",
    {"atan": ("huge",)},
    BUT_BFLOAT16,
)
goes_wrong(
    "atan2_slope_range",
    "the derivative of atan2 is 0, or no number, where the squares of its arguments underflow or overflow",
    {"atan2": ("tiny", "huge")},
)
goes_wrong("expm1_slope_cancels", "the derivative of expm1 is expm1 + 1, which cancels", {"expm1": ("left",)})
goes_wrong(
    "sigmoid_gradient_vanishes",
    "the derivatives of sigmoid and tanh are computed from their rounded values, next to 1",
    {"sigmoid": ("right",), "tanh": ("right",)},
)
goes_wrong(
    "logsigmoid_second_derivative",
    "the second derivatives of logsigmoid and softplus are computed from the rounded sigmoid, next to 1",
    {"logsigmoid": ("right",), "softplus": ("right",)},
)
goes_wrong(
    "softplus_second_derivative",
    "the second derivative of softplus is 0 beyond its threshold",
    {"softplus": ("beyond 20",)},
    ("bfloat16", "float32", "float64"),
)
goes_wrong("sinc_slope_cancels", "the derivative of sinc cancels next to 0", {"sinc": ("near 0",)})
goes_wrong("sinc_second_derivative", "the second derivative of sinc at 0 is NaN", {"sinc, twice": ("at 0",)})
goes_wrong("bessel_third_derivative", "the third derivative of i1 at 0 is 0, not 3/8", {"i1": ("at 0",)})
goes_wrong("power_of_zero_second_derivative", "the second derivative of 0^t is NaN", {"power of 0": ("beyond 1",)})
