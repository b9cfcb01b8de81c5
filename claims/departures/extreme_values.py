"""Departures where an intermediate result leaves the range, or a comparison loses a NaN."""

from __future__ import annotations

from claims import departure
from claims.frame.claim import Claim
from claims.frame.inputs.extreme_values import ExtremeNumbers, WithNaN
from claims.frame.plan import CallPlan
from claims.losses.extreme_values import nan_stays_nan, representable_results_are_returned

EVERY = ("float16", "bfloat16", "float32", "float64")
BUT_FLOAT16 = EVERY[1:]


def goes_wrong(
    script: str, summary: str, *problems: str, dtypes: tuple[str, ...] = EVERY, claim: Claim | None = None
) -> None:
    """Registers the departure of a script for these problems, or functions of NaN."""

    def excludes(plan: CallPlan, given: ExtremeNumbers | WithNaN) -> bool:
        return given.name in problems

    excludes.__name__ = script
    departure(
        claim or representable_results_are_returned,
        summary=summary,
        operations=("at_extremes",) if claim is None else ("of_nan",),
        devices=("cpu",),
        dtypes=dtypes,
        script=script,
    )(excludes)


goes_wrong("mse_overflow", "mse_loss is infinite where a square overflows", "mean squared error")
goes_wrong("smooth_l1_overflow", "smooth_l1_loss is infinite where the square of an error overflows", "smooth L1")
goes_wrong("gaussian_nll_overflow", "gaussian_nll_loss is infinite where a square overflows", "normal likelihood")
goes_wrong("norm_overflow", "norms are infinite where squares overflow", "norm", dtypes=BUT_FLOAT16)
goes_wrong(
    "cosine_similarity_overflow", "the cosine is 0 where norms overflow", "cosine similarity", dtypes=BUT_FLOAT16
)
goes_wrong("normalize_overflow", "vectors whose norms overflow become zeros", "normalize", "renorm", dtypes=BUT_FLOAT16)
goes_wrong("renorm_epsilon", "renorm adds 1e-7 to the norm", "renorm, small", dtypes=BUT_FLOAT16)
goes_wrong("trapezoid_overflow", "the trapezoidal rule is NaN where the sum overflows", "trapezoid")
goes_wrong("prod_overflow", "products are infinite where the first factors overflow", "product")
goes_wrong(
    "det_overflow", "determinants are infinite where the first pivots overflow", "determinant", dtypes=BUT_FLOAT16
)
goes_wrong("cond_of_zero", "the condition number of 0 is NaN", "inverse condition")
goes_wrong("cross_entropy_many_rows", "the mean over 65520 rows or more is 0", "many rows", dtypes=("float16",))
goes_wrong("tanhshrink_cancels", "tanhshrink of small numbers cancels", "tanhshrink", dtypes=BUT_FLOAT16)
goes_wrong("power_of_minus_two", "x^-2 is 0 where x^2 overflows", "power", dtypes=BUT_FLOAT16)
goes_wrong("sign_of_nan", "the sign of NaN is 0", "sign", "sgn", "heaviside", claim=nan_stays_nan)
goes_wrong("cdist_hides_nan", "the largest distance ignores NaN", "cdist inf", claim=nan_stays_nan)
