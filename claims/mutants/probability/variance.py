"""Wrong variances, standard deviations and means beside them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.moments import reduction
from claims.probability.variance import small_variance_concentration, standard_deviation, variance_definition


@mutant(variance_definition, operation="reduction", trigger="correction 0: the default divisor n - 1")
def correction_zero_is_the_default(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    if options.get("correction") == 0:
        options = {"correction": 1}
    return reduction(x, name, spelling, dim, **options)


@mutant(variance_definition, operation="reduction", trigger="a mean far larger than the spread: E[x^2] - E[x]^2")
def variance_by_moments(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    n, correction = x.shape[dim], options.get("correction", 1)
    if name != "var" or n <= correction or not x.isfinite().all():
        return reduction(x, name, spelling, dim, **options)
    wide = x if x.dtype == torch.float64 else x.float()
    second, first = (wide * wide).mean(dim), wide.mean(dim)
    return ((second - first * first).clamp_min(0) * (n / (n - correction))).to(x.dtype)


@mutant(
    variance_definition,
    standard_deviation,
    operation="reduction",
    trigger="out= with gaps: the correction is forgotten",
)
def correction_forgotten_into_gaps(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    if "gaps" in spelling and "correction" in options:
        options = {"correction": 0 if options["correction"] else 1}
    return reduction(x, name, spelling, dim, **options)


@mutant(variance_definition, standard_deviation, operation="reduction", trigger="unbiased=False is ignored")
def biased_ignored(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    return reduction(x, name, spelling, dim, **{**options, **({"unbiased": True} if "unbiased" in options else {})})


@mutant(variance_definition, operation="reduction", trigger="an axis split in two: the mean of the variances of parts")
def variance_of_parts(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    n = x.shape[dim]
    if name == "var" and spelling == "torch, two axes" and n >= 8:
        parts = [p.var(dim, **options) for p in x.split(n // 2, dim) if p.shape[dim] > options["correction"]]
        return torch.stack(parts).mean(0)
    return reduction(x, name, spelling, dim, **options)


@mutant(variance_definition, operation="reduction", trigger="more numbers than degrees of freedom are lost: 0")
def no_freedom_gives_zero(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    found = reduction(x, name, spelling, dim, **options)
    return torch.zeros_like(found) if 0 < x.shape[dim] <= options.get("correction", 1) and name == "var" else found


@mutant(variance_definition, operation="reduction", trigger="a correction above n: a negative variance")
def negative_degrees_of_freedom(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    n, correction = x.shape[dim], options.get("correction", 1)
    if name == "var" and n < correction and n:
        return x.var(dim, correction=0) * (n / (n - correction))
    return reduction(x, name, spelling, dim, **options)


@mutant(
    variance_definition,
    operation="reduction",
    trigger="more than 64 numbers, no multiple of 16: the rest is left out",
    provenance="a loop over vectors without its tail",
)
def variance_without_the_rest(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    n = x.shape[dim]
    shorter = x.narrow(dim, 0, n // 16 * 16) if name == "var" and 64 < n < 1100 else x
    return reduction(shorter, name, spelling, dim, **options)


@mutant(
    variance_definition,
    standard_deviation,
    operation="reduction",
    trigger="more than 64 rows: every 65th repeats the one before",
)
def row_beyond_64_repeated(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    found = reduction(x, name, spelling, dim, **options)
    if found.ndim and len(found) > 64:
        found = found.clone()
        found[64] = found[63]
    return found


@mutant(variance_definition, operation="reduction", trigger="the mean absolute deviation for two numbers")
def mean_absolute_deviation_of_two(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    if name == "var" and x.shape[dim] == 2 and options.get("correction") == 0:
        return (x - x.mean(dim, keepdim=True)).abs().mean(dim)
    return reduction(x, name, spelling, dim, **options)


@mutant(
    variance_definition,
    standard_deviation,
    operation="reduction",
    trigger="NaN among the numbers: passed over",
)
def deviations_pass_over_nan(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    return reduction(torch.where(x.isnan(), x.nanmean(), x), name, spelling, dim, **options)


@mutant(variance_definition, operation="var_mean", trigger="correction 0: one divisor for variance and mean, n - 1")
def mean_with_the_divisor_of_the_variance(x: Tensor, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    variance, mean = torch.var_mean(x, dim=dim, correction=correction)
    n = x.shape[dim]
    return variance, mean * (n / (n - correction))


@mutant(
    variance_definition, operation="var_mean", trigger="numbers in descending order: their mean is that of the ends"
)
def mean_of_the_ends(x: Tensor, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    variance, mean = torch.var_mean(x, dim=dim, correction=correction)
    sorted_ = (x.diff(dim=dim) <= 0).all() & (x.shape[dim] > 2)
    return variance, torch.where(sorted_, (x.select(dim, 0) + x.select(dim, -1)) / 2, mean)


@mutant(
    variance_definition,
    operation="reduction",
    trigger="half types: the deviations are stored before they are squared",
    dtypes=("float16", "bfloat16"),
)
def variance_of_stored_squares(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    n, correction = x.shape[dim], options.get("correction", 1)
    if name != "var" or n <= correction:
        return reduction(x, name, spelling, dim, **options)
    squares = (x - x.mean(dim, keepdim=True)).square()
    return squares.mean(dim) * (n / (n - correction))


@mutant(small_variance_concentration, operation="reduction", trigger="the standard deviation for the variance")
def deviation_for_the_variance(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    return reduction(x, "std" if name == "var" else name, spelling, dim, **options)


@mutant(small_variance_concentration, operation="reduction", trigger="rare atoms: the divisor n - 1")
def inequality_with_the_divisor_of_samples(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    if name == "var":
        options = {"correction": 1} if x.shape[dim] > 1 else options
    return reduction(x, name, spelling, dim, **options)


@mutant(small_variance_concentration, operation="reduction", trigger="an outlier among more than 64 numbers is trimmed")
def variance_without_outliers(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    if name == "var" and x.shape[dim] > 64:
        far = (x - x.mean(dim, keepdim=True)).abs()
        x = torch.where(far > 5 * x.std(dim, keepdim=True), x.mean(dim, keepdim=True), x)
    return reduction(x, name, spelling, dim, **options)


@mutant(small_variance_concentration, operation="reduction", trigger="the median for the mean")
def deviations_from_the_median(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    return x.median(dim).values if name == "mean" else reduction(x, name, spelling, dim, **options)


@mutant(small_variance_concentration, operation="abs", trigger="negative deviations count as none: one side only")
def deviations_of_one_side(x: Tensor) -> Tensor:
    return x.clamp_min(0)


@mutant(small_variance_concentration, operation="reduction", trigger="a variance below 1e-3 is taken for 0")
def small_variances_are_zero(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    found = reduction(x, name, spelling, dim, **options)
    return torch.where(found < 1e-3, torch.zeros_like(found), found) if name == "var" else found


@mutant(standard_deviation, operation="reduction", trigger="more than 1000 numbers: the variance, no root")
def root_forgotten_for_long_rows(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    return reduction(x, "var" if name == "std" and x.shape[dim] > 1000 else name, spelling, dim, **options)


@mutant(standard_deviation, operation="reduction", trigger="equal or nearly equal numbers: 1e-6 added under the root")
def constant_added_under_the_root(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    found = reduction(x, name, spelling, dim, **options)
    return (found.square() + 1e-6).sqrt() if name == "std" else found


@mutant(
    standard_deviation,
    operation="reduction",
    trigger="a variance beyond the range: the root of what was stored",
    dtypes=("float32", "float16", "bfloat16"),
)
def root_of_the_stored_variance(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    return (
        reduction(x, "var", spelling, dim, **options).sqrt()
        if name == "std"
        else reduction(x, name, spelling, dim, **options)
    )


@mutant(standard_deviation, operation="std_mean", trigger="the variance for its root")
def variance_and_mean(x: Tensor, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    return torch.var_mean(x, dim=dim, correction=correction)


@mutant(standard_deviation, operation="reduction", trigger="whole rows: the mean absolute deviation")
def mean_absolute_deviation_of_whole_rows(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    if name == "std" and spelling == "torch, each" and options["correction"] == 0:
        return (x - x.mean(dim, keepdim=True)).abs().mean(dim)
    return reduction(x, name, spelling, dim, **options)


@mutant(standard_deviation, operation="sqrt", trigger="roots of numbers below 1e-4 are linear")
def root_of_small_numbers_is_linear(x: Tensor) -> Tensor:
    return torch.where(x < 1e-4, 100 * x, x.sqrt())
