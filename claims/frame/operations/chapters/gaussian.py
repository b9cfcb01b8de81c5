"""Laws with a density: entropies and variances by torch.distributions."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation

LOG_TWO_PI_E = math.log(2 * math.pi * math.e)


def of_density(a: Tensor, b: Tensor, family: str, what: str) -> Tensor:
    """Entropy or variance of a law with shape a and scale b (a rate for the exponential and the gamma law)."""
    zero, laws = torch.zeros_like(b), torch.distributions
    made: dict[str, Callable[[], torch.distributions.Distribution]] = {
        "normal": lambda: laws.Normal(zero, b, validate_args=False),
        "uniform": lambda: laws.Uniform(-b, b, validate_args=False),
        "laplace": lambda: laws.Laplace(zero, b, validate_args=False),
        "gumbel": lambda: laws.Gumbel(zero, b, validate_args=False),
        "exponential": lambda: laws.Exponential(b, validate_args=False),
        "gamma": lambda: laws.Gamma(a, b, validate_args=False),
        "chi2": lambda: laws.Chi2(a, validate_args=False),
        "inverse gamma": lambda: laws.InverseGamma(a, b, validate_args=False),
        "student": lambda: laws.StudentT(a, zero, b, validate_args=False),
        "half normal": lambda: laws.HalfNormal(b, validate_args=False),
        "log-normal": lambda: laws.LogNormal(zero, b, validate_args=False),
        "weibull": lambda: laws.Weibull(b, a, validate_args=False),
        "pareto": lambda: laws.Pareto(b, a, validate_args=False),
    }
    law = made[family]()
    return law.entropy() if what == "entropy" else law.variance


def _largest_entropy(variance: Tensor) -> Tensor:
    return 0.5 * (LOG_TWO_PI_E + variance.log())


def _normal_log_density(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    found: Tensor = torch.distributions.Normal(mean, deviation, validate_args=False).log_prob(x)
    return found


ROWS = {
    "normal_log_density": Operation(
        _normal_log_density, "(lambda x, m, s: torch.distributions.Normal(m, s).log_prob(x))", axes=(1, 1, 1)
    ),
    "of_density": Operation(of_density, "of_density", axes=(0, 0)),
    "largest_entropy": Operation(_largest_entropy, f"(lambda v: 0.5 * ({LOG_TWO_PI_E!r} + v.log()))", axes=(0,)),
}
