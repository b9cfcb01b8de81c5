"""The covariance of a linear layer's outputs: the steps of the derivation of Xavier's variance, true ones and false."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import FALSE_AS_STATED, TRUE, UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.layer_data import LayerData, exact_data, layer_data, only_kind, products
from claims.frame.subject import Subject
from claims.initialization.laws import raises
from reference.initialization import xavier_covariance as reference
from reference.initialization.laws import fans
from reference.initialization.xavier_covariance import ExactLayer
from reference.linear_algebra.broadcasting import affine
from reference.truth import Truth


def exact_layer(data: LayerData) -> ExactLayer:
    """The exact moments of W X."""
    return ExactLayer(values(data.w), values(data.x))


def covariance(subject: Subject, x: Tensor) -> Tensor:
    """Covariance matrices (batch, n, n) of (batch, n, e): torch.cov drops the axes of a single variable."""
    matrix: Tensor = subject.cov(x, correction=0)
    return matrix.reshape(len(x), x.shape[-2], x.shape[-2])


def covariance_truth(subject: Subject, layer: ExactLayer, z: Tensor, operation: str = "cov") -> Truth:
    """Cov(W X) for computed outputs z."""
    return reference.covariance_of_outputs(
        layer, values(z), subject.arithmetic("matmul"), subject.arithmetic(operation)
    )


@claim(
    title="The weights of a layer are N x M: Z = W X is N x E for X of M features by E samples",
    statement=r"X\in\mathbb{R}^{M\times E},\ W\in\mathbb{R}^{N\times M}\Rightarrow Z=WX\in\mathbb{R}^{N\times E},"
    r"\quad Z^\top=X^\top W^\top",
    notes="Numerical stability and initialization: Xavier",
    formal="Matrix.transpose_mul",
    truth=TRUE,
    bound="BND-DOT (Higham, Accuracy and Stability, (3.5)); with a bias one term more or one rounding more",
)
@for_all(data=products())
def dense_layer_shapes(subject: Subject, data: LayerData) -> Iterator[Check]:
    """Shape and entries of W X by a product, an einsum, and torch's linear layer, which takes samples as rows: with a
    bias for each of the N outputs. torch stores the weight as N x M, with fan-in M and fan-out N. Another M is refused.
    """
    layer = exact_layer(data)
    n, m, e = *data.w.shape[-2:], data.x.shape[-1]
    linear = subject.linear(data.x.mT, data.w)
    ways = {
        "matmul": subject.matmul(data.w, data.x),
        "einsum": subject.einsum("...nm,...me->...ne", data.w, data.x),
        "linear": linear.mT,
    }
    for operation, z in ways.items():
        yield holds(tuple(z.shape[1:]) == (n, e), label=f"{operation}: N x E")
        yield within(z, reference.outputs(layer, subject.arithmetic(operation)), label=operation)
    rows = values(data.x).swapaxes(-1, -2)
    for operation in ("linear_of_columns", "addmm_of_columns"):
        z = getattr(subject, operation)(data.w, data.x, data.b)
        value, bound = affine(rows, layer.w, values(data.b), subject.arithmetic(operation))
        yield within(z, Truth(value.swapaxes(-1, -2), bound.swapaxes(-1, -2)), label=f"{operation}: W X + b 1^T")
    if n and m:
        yield equal([list(subject.weight_shape(m, n))], [[n, m]], label="weight of a layer from M to N")
    if n + m:
        yield equal([list(subject.calculate_fans(data.w[0]))], [list(fans((n, m)))], label="fan-in M, fan-out N")
    if m:
        for operation in ("matmul", "linear"):
            refused = raises(lambda op=operation: mismatched(subject, op, data), RuntimeError)  # type: ignore[misc]
            yield holds(refused, label=f"{operation} refuses M - 1 features")


def mismatched(subject: Subject, operation: str, data: LayerData) -> Tensor:
    """A product with one feature less than the weight has columns."""
    x = data.x[:, 1:]
    z: Tensor = subject.matmul(data.w, x) if operation == "matmul" else subject.linear(x.mT, data.w)
    return z


@refutation(dense_layer_shapes, "the weight of a layer from M inputs to N outputs is M x N")
def weight_is_inputs_by_outputs(subject: Subject, data: LayerData) -> Iterator[Check]:
    n, m = data.w.shape[-2:]
    if n and m:
        yield equal([list(subject.weight_shape(m, n))], [[m, n]])


@refutation(dense_layer_shapes, r"WX=XW\text{ for square matrices}")
def order_of_factors_does_not_matter(subject: Subject, data: LayerData) -> Iterator[Check]:
    if data.w.shape == data.x.shape and data.w.shape[-1] == data.w.shape[-2]:
        truth = reference.outputs(exact_layer(data), subject.arithmetic("matmul"))
        yield within(subject.matmul(data.x, data.w), truth)


@refutation(dense_layer_shapes, "the fan-in is the first dimension of the weight")
def fan_in_is_the_first_dimension(subject: Subject, data: LayerData) -> Iterator[Check]:
    n, m = data.w.shape[-2:]
    if n + m:
        yield equal([subject.calculate_fans(data.w[0])[0]], [n])


@claim(
    title="The covariance of the outputs of a linear layer",
    statement=r"\operatorname{Cov}(WX)=\tfrac1E(WX-W\bar X\mathbf1^\top)(WX-W\bar X\mathbf1^\top)^\top"
    r"=W\operatorname{Cov}(X)W^\top,\quad\bar X=\tfrac1EX\mathbf1",
    hypotheses="W is fixed, the samples are the E columns of X, and covariances have the divisor E",
    notes="Numerical stability and initialization: Xavier",
    book="Glorot and Bengio 2010, eq. 5",
    truth=FALSE_AS_STATED,
    correction="The notes centre by the mean of W times that of X; the sample mean of W X is W times that of X, the "
    "mean of W over its entries or over its law (0, hence no centring at all) has no part in it.",
    bound="BND-COV for data in error by BND-DOT (Cauchy and Schwarz), BND-COV through BND-CHAIN",
)
@for_all(data=layer_data())
def linear_layer_covariance(subject: Subject, data: LayerData) -> Iterator[Check]:
    """The covariance of the outputs, by torch.cov and as a product of deviations, and W Cov(X) W^T against the exact
    one; the mean of the outputs against W times that of the inputs. A single sample has covariance 0.
    """
    layer = exact_layer(data)
    z = subject.matmul(data.w, data.x)
    yield within(z, reference.outputs(layer, subject.arithmetic("matmul")), label="W X")
    yield within(covariance(subject, z), covariance_truth(subject, layer, z), label="Cov(W X)")
    truth = covariance_truth(subject, layer, z, "centred_product")
    yield within(subject.centred_product(z), truth, label="product of deviations")
    of_inputs = covariance(subject, data.x)
    yield within(of_inputs, reference.input_covariance(layer, subject.arithmetic("cov")), label="Cov(X)")
    truth = reference.image_covariance(layer, subject.arithmetic("cov"), subject.arithmetic("image_covariance"))
    yield within(subject.image_covariance(data.w, of_inputs), truth, label="W Cov(X) W^T")
    arithmetics = subject.arithmetic("matmul"), subject.arithmetic("mean")
    mean = subject.mean(z, dim=-1)
    yield within(mean, reference.mean_of_outputs(layer, *arithmetics), label="mean of W X")
    image = subject.matmul(data.w, subject.mean(data.x, dim=-1)[..., None])[..., 0]
    yield within(image, reference.image_of_mean(layer, *arithmetics), label="W times the mean of X")


@refutation(linear_layer_covariance, r"\operatorname{Cov}(WX)=\tfrac1EWXX^\top W^\top\text{ since }\mathbb{E}W=0")
def nothing_is_subtracted(subject: Subject, data: LayerData) -> Iterator[Check]:
    """A single sample: W = 1, X = 1 gives 1 in place of 0."""
    truth = covariance_truth(subject, exact_layer(data), subject.matmul(data.w, data.x))
    yield within(subject.second_moment(data.w, data.x), truth)


@refutation(linear_layer_covariance, r"\overline{WX}=\bar W\bar X,\ \bar W\text{ the mean of the entries of }W")
def mean_of_the_entries_of_w_is_subtracted(subject: Subject, data: LayerData) -> Iterator[Check]:
    """W = (1 3) and means 1 and 5: 16, not 12."""
    layer = exact_layer(data)
    truth = reference.image_of_mean(layer, subject.arithmetic("matmul"), subject.arithmetic("mean"))
    entries = data.w.flatten(1)
    mean = subject.mean(entries, dim=-1)[:, None, None].expand(data.w.shape)
    yield within(subject.matmul(mean, subject.mean(data.x, dim=-1)[..., None])[..., 0], truth)


@refutation(linear_layer_covariance, r"\operatorname{Cov}(WX)=W\operatorname{Cov}(X)")
def covariance_is_linear(subject: Subject, data: LayerData) -> Iterator[Check]:
    """It is quadratic in W."""
    if data.w.shape[-1] == data.w.shape[-2]:
        truth = covariance_truth(subject, exact_layer(data), subject.matmul(data.w, data.x))
        yield within(subject.matmul(data.w, covariance(subject, data.x)), truth)


@claim(
    title="With centred samples the covariance of the outputs is their second moment",
    statement=r"\bar X=0\Rightarrow\operatorname{Cov}(WX)=\tfrac1EWXX^\top W^\top,\qquad\text{in general }"
    r"\tfrac1EWXX^\top W^\top=\operatorname{Cov}(WX)+W\bar X\bar X^\top W^\top",
    hypotheses="the sample mean of X is 0; nothing is asked of W",
    notes="Numerical stability and initialization: Xavier",
    truth=UNDER_HYPOTHESES,
    correction="A population mean of 0 is not enough: the sample mean is then of order E^(-1/2) and contributes a "
    "term of order 1/E. The mean of W has no part in it.",
    bound="BND-CHAIN for all orders of multiplication; BND-COV for data in error by BND-DOT; a rounding for the sum",
)
@for_all(data=layer_data())
def zero_mean_second_moment_covariance(subject: Subject, data: LayerData) -> Iterator[Check]:
    """The second moment of the outputs from the left and by multi_dot, and for centred samples their covariance,
    against the exact one; for other samples the covariance and the outer product of the mean, added.
    """
    layer = exact_layer(data)
    truth = reference.second_moment(layer, subject.arithmetic("second_moment"))
    yield within(subject.second_moment(data.w, data.x), truth, label="second moment, from the left")
    product = subject.multi_dot([data.w, data.x, data.x.mT, data.w.mT])
    yield within(subject.divide(product, float(layer.samples)), truth, label="second moment, multi_dot")
    z = subject.matmul(data.w, data.x)
    yield within(z, reference.outputs(layer, subject.arithmetic("matmul")), label="W X")
    matrix, of_outputs = covariance(subject, z), covariance_truth(subject, layer, z)
    yield within(matrix, of_outputs._replace(value=truth.value), where=centred(layer), label="covariance, centred")
    image = subject.matmul(data.w, subject.mean(data.x, dim=-1)[..., None])
    total = subject.add(matrix, subject.matmul(image, image.mT))
    arithmetics = subject.arithmetic("matmul"), subject.arithmetic("mean")
    both = reference.covariance_and_mean(layer, of_outputs, *arithmetics)
    yield within(total, both, label="covariance and mean")


def centred(layer: ExactLayer) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which instances have samples whose mean is exactly 0: opposite pairs."""
    ascending = np.sort(layer.x, -1)
    return np.asarray((ascending == -ascending[..., ::-1]).all((-2, -1)))


@refutation(zero_mean_second_moment_covariance, "a population mean of 0 is enough")
@for_all(data=only_kind("normal"))
def population_mean_is_enough(subject: Subject, data: LayerData) -> Iterator[Check]:
    """A single sample x: x^2 in place of 0."""
    layer = exact_layer(data)
    truth = covariance_truth(subject, layer, subject.matmul(data.w, data.x))
    yield within(subject.second_moment(data.w, data.x), truth)


@refutation(zero_mean_second_moment_covariance, r"\text{it needs }\bar W=0\text{ as well}")
def mean_of_the_weights_must_vanish(subject: Subject, data: LayerData) -> Iterator[Check]:
    """Centred samples are enough."""
    layer = exact_layer(data)
    z = subject.matmul(data.w, data.x)
    differs = np.abs(values(covariance(subject, z)) - values(subject.second_moment(data.w, data.x)))
    beyond = differs > covariance_truth(subject, layer, z).bound
    yield holds(beyond.any((-2, -1)), where=centred(layer) & (layer.w.mean((-2, -1)) != 0))


@refutation(zero_mean_second_moment_covariance, "it still holds with a bias added to W X")
def bias_changes_nothing(subject: Subject, data: LayerData) -> Iterator[Check]:
    """The covariance ignores a bias, the second moment does not."""
    layer = exact_layer(data)
    z = subject.linear_of_columns(data.w, data.x, data.b)
    biased = reference.shifted_second_moment(layer, values(data.b), subject.format)
    truth = covariance_truth(subject, layer, z)
    yield within(covariance(subject, z), truth._replace(value=biased), where=centred(layer))


@claim(
    title="The covariance of the outputs is W Cov(X) W^T, without another factor 1/E",
    statement=r"\operatorname{Cov}(X)=\tfrac1EXX^\top\Rightarrow\tfrac1EWXX^\top W^\top=W\operatorname{Cov}(X)W^\top"
    r"\ne\tfrac1EW\operatorname{Cov}(X)W^\top",
    hypotheses="centred samples; Cov has the divisor E, as the notes define it for Z; E > 1 and W Cov(X) W^T is not 0",
    notes="Numerical stability and initialization: Xavier",
    truth=FALSE_AS_STATED,
    correction="The third line of the derivation loses a factor E, which the next line restores by writing E sigma^2 I "
    "for Cov(X): Cov(Z) = W Cov(X) W^T.",
    bound="BND-COV for covariances, through BND-CHAIN for their image. None for products: for whole numbers and E a "
    "power of two they are exact, in every format.",
)
@for_all(data=exact_data())
def covariance_propagation_normalisation(subject: Subject, data: LayerData) -> Iterator[Check]:
    """For centred samples of whole numbers the second moment of the outputs is the exact number, the covariance of the
    outputs and the image of that of the inputs are it within their bounds, and divided once more by E they are not.
    """
    w, x = values(data.w), values(data.x)
    exact, how = reference.exact_covariance(w, x), subject.arithmetic("cov")
    z = subject.matmul(data.w, data.x)
    yield equal(z, w @ x, label="W X")
    of_inputs = covariance(subject, data.x)
    known = reference.known_covariance(reference.exact_covariance(np.eye(x.shape[-2]), x), x, how)
    yield within(of_inputs, known, label="Cov(X)")
    image = subject.image_covariance(data.w, of_inputs)
    truth = reference.image_covariance(exact_layer(data), how, subject.arithmetic("image_covariance"))
    yield within(image, truth._replace(value=exact), label="W Cov(X) W^T")
    yield within(covariance(subject, z), reference.known_covariance(exact, w @ x, how), label="Cov(W X)")
    known = reference.known_covariance(exact, w @ x, subject.arithmetic("centred_product"))
    yield within(subject.centred_product(z), known, label="product of deviations")
    yield equal(subject.second_moment(data.w, data.x), exact, label="second moment")
    samples = x.shape[-1]
    literal = subject.divide(image, float(samples))
    divided = reference.divided(truth._replace(value=exact), float(samples), subject.format)
    yield within(literal, divided, label="W Cov(X) W^T / E")
    near = np.abs(exact - divided.value) <= truth.bound + divided.bound
    yield holds(near | (values(literal) != values(image)), label="W Cov(X) W^T / E is another matrix")


@refutation(covariance_propagation_normalisation, r"\operatorname{Cov}(Z)=\tfrac1EW\operatorname{Cov}(X)W^\top")
def third_line_is_literally_true(subject: Subject, data: LayerData) -> Iterator[Check]:
    """X = (1, -1), W = 1: 1/2 in place of 1."""
    literal = subject.divide(subject.image_covariance(data.w, covariance(subject, data.x)), float(data.x.shape[-1]))
    yield equal(covariance(subject, subject.matmul(data.w, data.x)), literal)


@refutation(covariance_propagation_normalisation, r"\operatorname{Cov}(Z)=E\,W\operatorname{Cov}(X)W^\top")
def factor_is_restored_once_too_often(subject: Subject, data: LayerData) -> Iterator[Check]:
    """E^2 in place of E in the third line."""
    scaled = subject.multiply(subject.image_covariance(data.w, covariance(subject, data.x)), float(data.x.shape[-1]))
    yield equal(covariance(subject, subject.matmul(data.w, data.x)), scaled)


@refutation(covariance_propagation_normalisation, r"\operatorname{Cov}(X)=XX^\top")
def covariance_is_not_a_mean(subject: Subject, data: LayerData) -> Iterator[Check]:
    """Then the third line would be right, but not the definition of Cov(Z)."""
    yield equal(covariance(subject, data.x), subject.matmul(data.x, data.x.mT))
