"""The covariance of a linear layer's outputs: exact values, and how far each way to compute it may go.

Columns of X (..., m, e) are samples, W is (..., n, m), covariances have divisor e.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference import running
from reference.bounds import Chain, covariance_error
from reference.double_double import DoubleDouble, double_double
from reference.formats import Arithmetic, Format
from reference.rounding import OWN, rounded, silent, upward
from reference.running import Running
from reference.scaled import Scaled
from reference.truth import Truth

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ExactLayer:
    """Exact moments of the outputs Z = W X, to about 100 bits."""

    w: Float64
    x: Float64

    @property
    def samples(self) -> int:
        """e, the number of samples."""
        return int(self.x.shape[-1])

    @functools.cached_property
    def outputs(self) -> Scaled:
        """W X."""
        return Scaled.of(self.w) @ Scaled.of(self.x)

    @functools.cached_property
    def input_covariance(self) -> Scaled:
        """Cov(X) = D D^T / e^3 with D = e X - X 1 1^T."""
        return self._product(self._deviations)

    @functools.cached_property
    def covariance(self) -> Scaled:
        """Cov(W X) = W D D^T W^T / e^3."""
        return self._product(Scaled.of(self.w) @ self._deviations)

    @functools.cached_property
    def second_moment(self) -> Scaled:
        """W X X^T W^T / e."""
        z = self.outputs
        return _divided(z @ z.swapaxes(-1, -2), float(self.samples))

    @functools.cached_property
    def _deviations(self) -> Scaled:
        e = float(self.samples)
        total = double_double(self.x).sum()
        return _plain(double_double(self.x) * e - _column(total))

    def _product(self, d: Scaled) -> Scaled:
        return _divided(d @ d.swapaxes(-1, -2), float(self.samples) ** 3)

    @functools.cached_property
    def spread(self) -> Float64:
        """sum_k (z_ik - mean z_i)^2 (..., n)."""
        return self.samples * np.diagonal(self.covariance.to_float64()[0], axis1=-2, axis2=-1)


def _plain(x: DoubleDouble) -> Scaled:
    return Scaled(x, np.zeros((), np.int64))


def _column(x: DoubleDouble) -> DoubleDouble:
    return DoubleDouble(x.hi[..., None], x.lo[..., None])


def _divided(x: Scaled, divisor: float) -> Scaled:
    return Scaled(x.mantissa / divisor, x.exponent)


@silent
def truth(exact: Scaled, error: Float64) -> Truth:
    """An exact number and the error of a computed one."""
    value, rest = exact.to_float64()
    return Truth(value, error * OWN + rest)


def outputs(layer: ExactLayer, arithmetic: Arithmetic) -> Truth:
    """W X by BND-DOT."""
    return truth(layer.outputs, _output_error(layer, arithmetic))


def _output_error(layer: ExactLayer, arithmetic: Arithmetic) -> Float64:
    return Chain.of(layer.w, arithmetic, exactly=False).matmul(layer.x).error


def input_covariance(layer: ExactLayer, arithmetic: Arithmetic) -> Truth:
    """Cov(X) by BND-COV."""
    return truth(layer.input_covariance, covariance_error(layer.x, arithmetic, correction=0))


@silent
def covariance_of_outputs(layer: ExactLayer, z: Float64, product: Arithmetic, covariance: Arithmetic) -> Truth:
    """Cov(Z) from computed outputs z: BND-COV for z, and what the covariance moves with its data.

    With |z - Z| <= E row by row, D_i = ||E_i||^2 and S_i the spread of Z_i: (1/e) sum (z - mean z)_i (z - mean z)_j is
    within (sqrt(S_i D_j) + sqrt(D_i S_j) + sqrt(D_i D_j)) / e of Cov(Z)_ij by Cauchy and Schwarz, centring being a
    projection.
    """
    moved = np.sqrt((_output_error(layer, product) ** 2).sum(-1))
    spread = np.sqrt(layer.spread)
    mixed = spread[..., :, None] * moved[..., None, :]
    both = mixed + mixed.swapaxes(-1, -2) + moved[..., :, None] * moved[..., None, :]
    error = upward(both / layer.samples, layer.samples) + covariance_error(z, covariance, correction=0)
    return truth(layer.covariance, error)


@silent
def image_covariance(layer: ExactLayer, covariance: Arithmetic, product: Arithmetic) -> Truth:
    """W C W^T for a computed C = Cov(X): BND-COV for C, carried through BND-CHAIN, in either order."""
    c = layer.input_covariance
    size = np.abs(c.to_float64()[0])
    middle = Chain(c, size, covariance_error(layer.x, covariance, correction=0), product, exactly=False)
    w = Chain.of(layer.w, product, exactly=False)
    left, right = w.matmul(middle), middle.matmul(w.transpose())
    return truth(layer.covariance, left.matmul(w.transpose(), (w, right)).error)


@silent
def second_moment(layer: ExactLayer, product: Arithmetic) -> Truth:
    """W X X^T W^T / e: BND-CHAIN, the largest over the five orders of multiplication, and one rounding for e."""
    w, x = (Chain.of(v, product, exactly=False) for v in (layer.w, layer.x))
    output, gram = w.matmul(x), x.matmul(x.transpose())
    image = output.transpose()
    left = output.matmul(x.transpose(), (w, gram))
    error = left.matmul(w.transpose(), (output, image), (w, left.transpose())).error / layer.samples
    value = np.abs(layer.second_moment.to_float64()[0])
    return truth(layer.second_moment, upward(rounded(error, value, product.result) + product.result.eta))


def mean_of_outputs(layer: ExactLayer, product: Arithmetic, mean: Arithmetic) -> Truth:
    """The mean of computed outputs: W mean(X)."""
    exact, rest = layer.outputs.to_float64()
    return running.mean(Running(double_double(exact), _output_error(layer, product) + rest), mean).truth


def _image_of_mean(layer: ExactLayer, product: Arithmetic, mean: Arithmetic) -> Chain:
    of_x = running.mean(running.stored_exactly(layer.x), mean)
    value = _plain(_column(of_x.exact))
    column = Chain(value, np.abs(value.mantissa.hi), of_x.error[..., None], product)
    return Chain.of(layer.w, product).matmul(column)


def image_of_mean(layer: ExactLayer, product: Arithmetic, mean: Arithmetic) -> Truth:
    """W m for the computed mean m of X."""
    value, bound = _image_of_mean(layer, product, mean).truth()
    return Truth(value[..., 0], bound[..., 0])


@silent
def covariance_and_mean(layer: ExactLayer, covariance: Truth, product: Arithmetic, mean: Arithmetic) -> Truth:
    """Cov(Z) + (W m)(W m)^T = W X X^T W^T / e: the error of the covariance, of the outer product, and of their sum."""
    image = _image_of_mean(layer, product, mean)
    outer = image.matmul(image.transpose())
    error = covariance.bound + outer.truth().bound
    value = np.abs(layer.second_moment.to_float64()[0])
    return truth(layer.second_moment, upward(rounded(error, value, product.result, underflow=False)))


def known_covariance(value: Float64, x: Float64, arithmetic: Arithmetic) -> Truth:
    """A covariance known in float64, of data x (..., n, e) that are not rounded: by BND-COV."""
    return Truth(value, covariance_error(x, arithmetic, correction=0))


@silent
def divided(covariance: Truth, divisor: float, format: Format) -> Truth:
    """A computed covariance divided by a number: its error divided, and a rounding into the format."""
    value = covariance.value / divisor
    return Truth(value, upward(rounded(covariance.bound / divisor, np.abs(value), format)))


def exact_covariance(w: Float64, x: Float64) -> Float64:
    """W X X^T W^T / e for centred X where nothing is rounded: whole numbers, and e a power of two."""
    z = w @ x
    return np.asarray(z @ z.swapaxes(-1, -2) / x.shape[-1])


def shifted_second_moment(layer: ExactLayer, b: Float64, format: Format) -> Float64:
    """(Z + b 1^T)(Z + b 1^T)^T / e, rounded into the format."""
    z = layer.outputs.to_float64()[0] + b[..., None]
    return format.round(z @ z.swapaxes(-1, -2) / layer.samples)
