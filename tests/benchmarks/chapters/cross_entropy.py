"""Cross entropy of classes and laws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.losses import cross_entropy_gradient as reference
from reference.losses.softmax import Kernel, Rows
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]
Classes = NDArray[np.int64]

SIZES, AXES = ((4, 16, 10), (4, 64, 100)), "problems x rows x classes"
OPTIONS = {"label_smoothing": 0.0, "reduction": "none"}
LAST, OTHER = Kernel(stores_sum=True), Kernel()


def classes(rng: np.random.Generator, size: Size) -> Inputs:
    """Logits, the class of each row, and no weights."""
    x, t = 3 * rng.standard_normal(size), rng.integers(0, size[-1], size[:2])
    return Inputs((x, t, None), OPTIONS, given=(x, t))


def columns(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with the classes before the rows."""
    (x, t, _), options, given = classes(rng, size)
    return Inputs((np.swapaxes(x, 1, 2)[:, None], t[:, None], None), options, given)


def images(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with one more axis."""
    (x, t, _), options, given = columns(rng, size)
    return Inputs((x[..., None], t[..., None], None), options, given)


def single(rng: np.random.Generator, size: Size) -> Inputs:
    """One row a problem."""
    (x, t, _), options, _ = classes(rng, size)
    return Inputs((x[:, 0], t[:, 0], None), options, (x[:, :1], t[:, :1]))


def laws(rng: np.random.Generator, size: Size) -> Inputs:
    """Logits, and a law for each row."""
    x, q = 3 * rng.standard_normal(size), rng.dirichlet(np.ones(size[-1]), size[:2])
    return Inputs((x, q, None), OPTIONS, given=(x, q))


def columns_of_laws(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with the classes before the rows."""
    (x, q, _), options, given = laws(rng, size)
    return Inputs((*(np.swapaxes(a, 1, 2)[:, None] for a in (x, q)), None), options, given)


def nested(rng: np.random.Generator, size: Size) -> Inputs:
    """Rows, a direction and classes: the gradient of a derivative along the direction."""
    rows, n = size
    x, d, w = rng.standard_normal(size), rng.integers(-2, 4, size) * 1.0, np.ones(size)
    t = rng.integers(0, n, (rows, 1))
    options = {"form": "classes", "modes": "fr", "smoothing": 0.125}
    return Inputs((x, d, w, w, t), options, given=(x[:, None], d[:, None], t))


def of_classes(x: Float64, t: Classes, how: Arithmetic, kernel: Kernel = LAST) -> Truth:
    """The loss of every row."""
    found = reference.of_classes(t, t >= 0, x.shape[-1], None, 0.0)
    return reference.losses(Rows.of(x, how), found, kernel).truth


def along_other_axes(x: Float64, t: Classes, how: Arithmetic) -> Truth:
    """The same where the classes are not the last axis."""
    return of_classes(x, t, how, OTHER)


def of_columns(x: Float64, t: Classes, how: Arithmetic) -> Truth:
    """With one more axis in front of the rows."""
    return with_axes(along_other_axes(x, t, how), 1)


def of_images(x: Float64, t: Classes, how: Arithmetic) -> Truth:
    """With one more axis on each side of the rows."""
    return with_axes(along_other_axes(x, t, how), 1, 3)


def of_columns_of_laws(x: Float64, q: Float64, how: Arithmetic) -> Truth:
    """With one more axis in front of the rows."""
    return with_axes(of_laws(x, q, how), 1)


def of_one_row(x: Float64, t: Classes, how: Arithmetic) -> Truth:
    """Without the axis of the rows."""
    value, bound = of_classes(x, t, how)
    return Truth(value[:, 0], bound[:, 0])


def with_axes(truth: Truth, *axes: int) -> Truth:
    """With axes of length 1."""
    value, bound = (np.expand_dims(part, axes) for part in truth)
    return Truth(value, bound)


def of_laws(x: Float64, q: Float64, how: Arithmetic) -> Truth:
    """The loss of every row."""
    return reference.losses(Rows.of(x, how), reference.of_laws(q, None, 0.0), LAST).truth


def by_logsumexp(x: Float64, t: Classes, how: Arithmetic) -> Truth:
    """The loss of every row."""
    return reference.by_logsumexp(Rows.of(x, how), t, LAST)


def second(x: Float64, d: Float64, t: Classes, how: Arithmetic) -> Truth:
    """The second derivative of every row."""
    found = reference.of_classes(t, t >= 0, x.shape[-1], None, 0.0)
    value, bound = reference.along(Rows.of(x, how), found, d, 2, LAST)
    return Truth(value[:, 0], bound[:, 0])


ROWS = (
    Row("class_loss class_loss_module nll_of_log_softmax nll_module", SIZES, AXES, classes, of_classes),
    Row("nll_of_columns", SIZES, AXES, classes, along_other_axes),
    Row("spatial_loss", SIZES, AXES, columns, of_columns),
    Row("image_loss", SIZES, AXES, images, of_images),
    Row("unbatched_loss", SIZES, AXES, single, of_one_row),
    Row("law_loss law_loss_module", SIZES, AXES, laws, of_laws),
    Row("spatial_law_loss", SIZES, AXES, columns_of_laws, of_columns_of_laws),
    Row("logsumexp_minus_logit", SIZES, AXES, classes, by_logsumexp),
    Row("nested_loss_derivative", ((4, 3), (64, 16)), "rows x classes", nested, second),
)
