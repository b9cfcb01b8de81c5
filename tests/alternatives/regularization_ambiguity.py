"""Correct errors of ensembles that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from torch import Tensor

CLAIM = ("ensemble-ambiguity-decomposition",)


def ensemble_error_in_float64(predictions: Tensor, y: Tensor) -> Tensor:
    """One rounding at the end."""
    return ((predictions.double().mean(-1) - y.double()) ** 2).to(y.dtype)


def ensemble_error_of_the_mean_error(predictions: Tensor, y: Tensor) -> Tensor:
    """The mean, accumulated from the last member, less the target, times itself."""
    error = predictions.flip(-1).mean(-1) - y
    return error * error


def member_error_from_the_last(predictions: Tensor, y: Tensor) -> Tensor:
    """Squares of the stored differences, added from the last."""
    error = predictions - y[..., None]
    return (error * error).flip(-1).mean(-1)


def disagreement_in_two_passes(predictions: Tensor) -> Tensor:
    """The mean square of the distances from the mean, all in the accumulator."""
    wide = predictions if predictions.dtype.itemsize == 8 else predictions.float()
    return ((wide - wide.mean(-1, keepdim=True)) ** 2).mean(-1).to(predictions.dtype)


ALTERNATIVES = [
    (CLAIM, {"ensemble_error": ensemble_error_in_float64}, "one rounding"),
    (CLAIM, {"ensemble_error": ensemble_error_of_the_mean_error}, "from the last member"),
    (CLAIM, {"member_error": member_error_from_the_last}, "stored differences"),
    (CLAIM, {"disagreement": disagreement_in_two_passes}, "two passes"),
]
