"""Wrong entropies, variances, bounds on entropies and log densities."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.gaussian import of_density
from claims.probability.gaussian import gaussian_maximum_entropy, normal_log_density, normal_moments


@mutant(gaussian_maximum_entropy, operation="largest_entropy", trigger="variance not 1")
def deviation_for_the_variance(variance: Tensor) -> Tensor:
    return 0.5 * (math.log(2 * math.pi * math.e) + variance.sqrt().log())


@mutant(gaussian_maximum_entropy, operation="largest_entropy")
def entropy_in_bits(variance: Tensor) -> Tensor:
    return 0.5 * (math.log2(2 * math.pi * math.e) + variance.log2())


@mutant(gaussian_maximum_entropy, operation="largest_entropy")
def entropy_without_the_half(variance: Tensor) -> Tensor:
    return math.log(2 * math.pi * math.e) + variance.log()


@mutant(gaussian_maximum_entropy, operation="largest_entropy")
def entropy_without_e(variance: Tensor) -> Tensor:
    return 0.5 * (math.log(2 * math.pi) + variance.log())


@mutant(gaussian_maximum_entropy, operation="of_density", trigger="Laplace, Gumbel and Student laws")
def square_of_the_scale_for_the_variance(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    if what == "variance" and family in ("laplace", "gumbel", "student"):
        return b**2
    return of_density(a, b, family, what)


@mutant(gaussian_maximum_entropy, operation="of_density", trigger="normal laws")
def normal_entropy_of_the_variance(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    found = of_density(a, b, family, what)
    return found + b.log() if (family, what) == ("normal", "entropy") else found


@mutant(gaussian_maximum_entropy, operation="of_density", trigger="gamma laws with a rate other than 1")
def rate_for_the_scale(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    return of_density(a, 1 / b if family == "gamma" else b, family, what)


@mutant(gaussian_maximum_entropy, operation="of_density", trigger="log-normal laws")
def log_normal_without_the_mean_of_its_logarithm(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    found = of_density(a, b, family, what)
    return found - b**2 / 2 if (family, what) == ("log-normal", "entropy") else found


@mutant(gaussian_maximum_entropy, operation="of_density", trigger="Student's law with more than 30 degrees")
def student_taken_for_normal_above_30_degrees(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    found = of_density(a, b, family, what)
    if family != "student":
        return found
    return torch.where(a > 30, of_density(a, b, "normal", what), found)


@mutant(
    gaussian_maximum_entropy, operation="of_density", trigger="gamma laws with shapes above 10", dtypes=("float64",)
)
def gamma_entropy_by_stirling(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    found = of_density(a, b, family, what)
    if (family, what) != ("gamma", "entropy"):
        return found
    return torch.where(a > 10, 0.5 * (math.log(2 * math.pi * math.e) + a.log()) - 1 / (3 * a) - b.log(), found)


@mutant(gaussian_maximum_entropy, operation="of_density", trigger="Weibull laws with shape not 1")
def weibull_with_the_shape_inverted(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    return of_density(1 / a if family == "weibull" else a, b, family, what)


@mutant(gaussian_maximum_entropy, operation="of_density", trigger="Pareto laws")
def pareto_from_zero(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    if (family, what) == ("pareto", "variance"):
        return b**2 * a / (a - 2)
    return of_density(a, b, family, what)


@mutant(gaussian_maximum_entropy, operation="of_density", trigger="scales below 1/100", dtypes=("float32", "float64"))
def scales_kept_away_from_zero(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    return of_density(a, b.clamp(min=0.01), family, what)


def _density(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    z = (x - mean) / deviation
    return -z * z / 2 - deviation.log() - math.log(2 * math.pi) / 2


@mutant(normal_log_density, normal_moments, operation="normal_log_density", trigger="away from the mean")
def exponent_without_the_half(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x, mean, deviation) - ((x - mean) / deviation) ** 2 / 2


@mutant(normal_log_density, normal_moments, operation="normal_log_density", trigger="deviation not 1")
def exponent_divided_by_the_deviation(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return -((x - mean) ** 2) / (2 * deviation) - deviation.log() - math.log(2 * math.pi) / 2


@mutant(normal_log_density, operation="normal_log_density", trigger="deviation not 1")
def logarithm_of_the_variance(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x, mean, deviation) - deviation.log()


@mutant(normal_log_density, operation="normal_log_density", trigger="deviation not 1")
def logarithm_to_base_ten(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x, mean, deviation) + deviation.log() - deviation.log10()


@mutant(normal_log_density, normal_moments, operation="normal_log_density")
def normaliser_without_pi(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x, mean, deviation) + math.log(math.pi) / 2


@mutant(normal_log_density, operation="normal_log_density", trigger="mean not 0")
def density_about_zero(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x, torch.zeros_like(mean), deviation)


@mutant(normal_log_density, operation="normal_log_density", trigger="deviation below 1/1000", dtypes=("float32",))
def deviation_of_a_thousandth_at_least(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x, mean, deviation.clamp(min=1e-3))


@mutant(normal_log_density, operation="normal_log_density", trigger="beyond five deviations")
def density_cut_off_at_five_deviations(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(mean + ((x - mean) / deviation).clamp(-5, 5) * deviation, mean, deviation)


@mutant(normal_log_density, operation="normal_log_density", trigger="float64", dtypes=("float64",))
def density_in_float32(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x.float(), mean.float(), deviation.float()).to(x.dtype)


@mutant(normal_moments, operation="normal_log_density", trigger="deviation not 1")
def variance_for_the_scale(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x, mean, deviation * deviation)


@mutant(normal_moments, operation="normal_log_density")
def mean_half_a_deviation_off(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return _density(x, mean + deviation / 2, deviation)


@mutant(normal_moments, operation="normal_log_density", trigger="beyond three deviations: the tails of Laplace's law")
def heavy_tails(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    z = ((x - mean) / deviation).abs()
    return torch.where(z > 3, 4.5 - 3 * z, -z * z / 2) - deviation.log() - math.log(2 * math.pi) / 2


@mutant(normal_moments, operation="exp")
def power_of_two(x: Tensor) -> Tensor:
    return x.exp2()


@mutant(normal_moments, operation="exp", trigger="arguments below -50", dtypes=("float32", "float64", "bfloat16"))
def exponential_of_small_arguments_flushed(x: Tensor) -> Tensor:
    return torch.where(x < -50, torch.zeros_like(x), x.exp())


@mutant(normal_moments, operation="trapezoid", trigger="a step other than 1")
def trapezoids_of_width_one(y: Tensor, x: Tensor) -> Tensor:
    return torch.trapezoid(y)


@mutant(normal_moments, operation="trapezoid")
def trapezoids_not_halved(y: Tensor, x: Tensor) -> Tensor:
    return 2 * torch.trapezoid(y, x)


@mutant(normal_moments, operation="trapezoid", trigger="a mean within 13 deviations of 0")
def areas_without_sign(y: Tensor, x: Tensor) -> Tensor:
    return torch.trapezoid(y.abs(), x)


@mutant(normal_moments, operation="trapezoid", trigger="more than 64 points")
def points_beyond_sixty_four_left_out(y: Tensor, x: Tensor) -> Tensor:
    return torch.trapezoid(y[..., :64], x[..., :64])


@mutant(normal_moments, operation="of_density", trigger="deviation not 1")
def deviation_of_the_law_for_its_variance(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    return b if (family, what) == ("normal", "variance") else of_density(a, b, family, what)
