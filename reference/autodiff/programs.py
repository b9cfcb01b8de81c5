"""Differentiable functions of a vector, written out in hyper-dual arithmetic: elementwise ones, reductions, losses.

Each takes x of shape (batch, n) and returns (batch, m). Where a function has several arguments they are parts of x.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.autodiff import elementary as e
from reference.autodiff.dual import Dual, joined, stacked

Program = Callable[[Dual], Dual]

SELU_SCALE, SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
"""G. Klambauer et al., Self-normalizing neural networks, NeurIPS 2017, eq. 2."""
TANH_GELU = np.sqrt(2 / np.pi), 0.044715
"""D. Hendrycks and K. Gimpel, Gaussian error linear units, arXiv:1606.08415."""
HALF = np.log(2 * np.pi) / 2


def halves(x: Dual) -> tuple[Dual, Dual]:
    """The two halves of the last axis."""
    n = x.shape[-1] // 2
    return x[..., :n], x[..., n:]


def of_halves(function: Callable[[Dual, Dual], Dual]) -> Program:
    """A function of two vectors of one length as one of both together."""
    return lambda x: function(*halves(x))


def _elu(x: Dual, alpha: float = 1.0, steepness: float = 1.0) -> Dual:
    return x.chosen(x.value > 0, (e.exp(x.scaled(steepness)) - 1.0).scaled(alpha))


def _gelu(x: Dual) -> Dual:
    """Of float32 oneDNN evaluates erf with an absolute error: 16 u, as in `univariate_formulas.gelu_error`."""
    erf = e.erf(x.scaled(1 / e.ROOT_TWO))
    error = np.zeros(erf.mid.shape)
    if 2.0**-30 < x.u < 2.0**-20:
        error[0] = 16 * x.u
    return x.scaled(0.5) * (erf.erring(error) + 1.0)


def _tanh_gelu(x: Dual) -> Dual:
    inner = (x + (x * x * x).scaled(TANH_GELU[1])).scaled(TANH_GELU[0])
    return x.scaled(0.5) * (e.tanh(inner) + 1.0)


def _cumulated(x: Dual, step: Callable[[Dual, Dual], Dual]) -> Dual:
    parts = [x[..., 0]]
    for i in range(1, x.shape[-1]):
        parts.append(step(parts[-1], x[..., i]))
    return stacked(parts)


def product(x: Dual) -> Dual:
    """The product of all entries (batch,)."""
    return _cumulated(x, lambda a, b: a * b)[..., -1]


def divided_out(x: Dual, products: Dual) -> Dual:
    """Products of numbers without zeros, as backward passes have them: the product divided by each factor.

    The derivative of P / x by x is P / x^2 - P / x^2: it vanishes by cancellation, as that of exp(sum(log x)) does.
    """
    logarithms = _cumulated(e.log(e.absolute(x)), lambda a, b: a + b)
    return products.as_accurate_as(e.exp(logarithms)[..., -products.shape[-1] :])


def total(x: Dual) -> Dual:
    """The sum of all entries (batch, 1)."""
    return x.sum(keepdims=True)


def dot(a: Dual, b: Dual) -> Dual:
    """<a, b>, with the axis kept."""
    return total(a * b)


def centred(x: Dual) -> Dual:
    """x minus its mean."""
    return x - x.mean(keepdims=True)


def variance(x: Dual) -> Dual:
    """The variance with divisor n - 1 (batch, 1)."""
    d = centred(x)
    return total(d * d).scaled(1 / (x.shape[-1] - 1))


def norm(x: Dual, p: float = 2.0) -> Dual:
    """The p-norm of a vector without zeros (batch, 1)."""
    if p == 1:
        return total(e.absolute(x))
    return total(e.absolute(x).power(p)).power(1 / p)


def _normalised(x: Dual, p: float = 2.0) -> Dual:
    return x / norm(x, p)


def _cosine(a: Dual, b: Dual) -> Dual:
    return dot(a, b) / (norm(a) * norm(b))


def standardised(x: Dual, eps: float, *, mean: bool = True) -> Dual:
    """x without its mean, or with it, over the root of the mean square plus eps."""
    d = centred(x) if mean else x
    return d * ((d * d).mean(keepdims=True) + eps).power(-0.5)


def _batch_norm(x: Dual) -> Dual:
    """Two features of a batch of x.shape[-1] / 2."""
    y = standardised(x.reshape(len(x.value), -1, 2).mT, 0.5)
    return y.mT.reshape(len(x.value), -1)


def _mean_of(loss: Callable[[Dual, Dual], Dual]) -> Program:
    return of_halves(lambda a, b: loss(a, b).mean(keepdims=True))


def _smooth(d: Dual, beta: float) -> Dual:
    size = e.absolute(d)
    return (d * d).scaled(0.5 / beta).chosen(size.value < beta, size - beta / 2)


def _cross_entropy(x: Dual, smoothing: float = 0.0) -> Dual:
    """Two examples of three classes, of classes 2 and 0."""
    z = x.reshape(len(x.value), 2, 3)
    log_p = z - e.log_sum_exp(z)
    target = np.eye(3)[[2, 0]] * (1 - smoothing) + smoothing / 3
    return -(log_p * target).sum((-2, -1)).scaled(0.5).reshape(-1, 1)


def _kl(x: Dual) -> Dual:
    """Sum of t (log t - x) for t = softmax of the second half."""
    log_q, z = halves(x)
    t = e.softmax(z)
    return total(t * (e.log(t) - log_q))


def _gaussian_nll(x: Dual) -> Dual:
    """Means, targets and variances, 2 of each."""
    m, t, v = (x[..., 2 * i : 2 * i + 2] for i in range(3))
    return ((e.log(v) + (m - t) * (m - t) / v).scaled(0.5)).mean(keepdims=True)


def _triplet(x: Dual) -> Dual:
    a, p, n = (x[..., 3 * i : 3 * i + 3] for i in range(3))
    distance = [norm(a - b + 1e-6) for b in (p, n)]  # the offset is torch's
    return distance[0] - distance[1] + 20.0


def _attention(x: Dual) -> Dual:
    """Queries, keys and values, two of length two each."""
    q, k, v = (x[..., 4 * i : 4 * i + 4].reshape(len(x.value), 2, 2) for i in range(3))
    scores = (q[..., :, None, :] * k[..., None, :, :]).sum().scaled(1 / np.sqrt(2))
    weights = e.softmax(scores)
    return (weights[..., None] * v[..., None, :, :]).sum(-2).reshape(len(x.value), -1)


def _correlated(x: Dual, *, transposed: bool = False) -> Dual:
    """A signal of 5 and a kernel of 3 numbers."""
    signal, kernel = x[..., :5], x[..., 5:]
    if not transposed:
        return stacked([(signal[..., i : i + 3] * kernel).sum() for i in range(3)])
    reach = [range(max(0, i - 2), min(5, i + 1)) for i in range(7)]
    return stacked([stacked([signal[..., j] * kernel[..., i - j] for j in r]).sum() for i, r in enumerate(reach)])


PROGRAMS: dict[str, Program] = {
    "exp": e.exp,
    "log": e.log,
    "sqrt": e.sqrt,
    "rsqrt": lambda x: x.power(-0.5),
    "reciprocal": lambda x: x.power(-1.0),
    "sin": e.sin,
    "cos": e.cos,
    **dict.fromkeys(("tanh", "tanh far out"), e.tanh),
    **dict.fromkeys(("sigmoid", "sigmoid far out"), e.sigmoid),
    "erf": e.erf,
    "atan": e.atan,
    "log1p": lambda x: e.log(x + 1.0),
    "expm1": lambda x: e.exp(x) - 1.0,
    "logit": lambda x: e.log(x / (1.0 - x)),
    "square": lambda x: x * x,
    "abs": e.absolute,
    "relu": lambda x: e.larger(x, 0.0),
    "leaky relu": lambda x: x.chosen(x.value > 0, x.scaled(0.125)),
    "elu": _elu,
    "celu": lambda x: _elu(x, 2.0, 0.5),
    "selu": lambda x: _elu(x, SELU_ALPHA).scaled(SELU_SCALE),
    "gelu": _gelu,
    "gelu tanh": _tanh_gelu,
    "silu": lambda x: x * e.sigmoid(x),
    "mish": lambda x: x * e.tanh(e.softplus(x)),
    **dict.fromkeys(("softplus", "softplus far out"), e.softplus),
    "logsigmoid": lambda x: -e.softplus(-x),
    "softsign": lambda x: x / (e.absolute(x) + 1.0),
    "tanhshrink": lambda x: x - e.tanh(x),
    "hardtanh": lambda x: e.larger(e.smaller(x, 1.0), -1.0),
    "hardswish": lambda x: x * e.larger(e.smaller(x + 3.0, 6.0), 0.0).scaled(1 / 6),
    "softshrink": lambda x: e.larger(x, 0.5) - 0.5 - (e.larger(-x, 0.5) - 0.5),
    "prelu": lambda x: x[..., 1:].chosen(x.value[..., 1:] > 0, x[..., :1] * x[..., 1:]),
    **dict.fromkeys(("glu", "glu in forward mode"), of_halves(lambda a, b: a * e.sigmoid(b))),
    "add": of_halves(lambda a, b: a + b),
    "subtract": of_halves(lambda a, b: a - b),
    "multiply": of_halves(lambda a, b: a * b),
    "divide": of_halves(lambda a, b: a / b),
    "power": of_halves(lambda a, b: e.exp(b * e.log(a))),
    "cube": lambda x: x * x * x,
    "atan2": of_halves(lambda a, b: e.atan(a / b)),
    "hypot": of_halves(lambda a, b: (a * a + b * b).power(0.5)),
    **dict.fromkeys(
        ("logaddexp", "logaddexp far apart"), of_halves(lambda a, b: e.log_sum_exp(stacked([a, b]))[..., 0])
    ),
    "xlogy": of_halves(lambda a, b: a * e.log(b)),
    "maximum": of_halves(e.larger),
    "where": lambda x: x.chosen(np.arange(x.shape[-1]) % 2 == 0, x * x),
    "sum": total,
    "mean": lambda x: x.mean(keepdims=True),
    "prod": lambda x: divided_out(x, product(x).reshape(-1, 1)),
    **dict.fromkeys(("prod with a zero", "prod with two zeros"), lambda x: product(x).reshape(-1, 1)),
    "var": variance,
    "std": lambda x: e.sqrt(variance(x)),
    "cumsum": lambda x: stacked([x[..., : i + 1].sum() for i in range(x.shape[-1])]),  # in any order of additions
    "cumprod": lambda x: divided_out(x, _cumulated(x, lambda a, b: a * b)),
    "cumprod with a zero": lambda x: _cumulated(x, lambda a, b: a * b),
    "logcumsumexp": lambda x: joined([e.log_sum_exp(x[..., : i + 1]) for i in range(x.shape[-1])]),
    "amax": lambda x: x[np.arange(len(x.value)), x.value.argmax(-1)].reshape(-1, 1),
    **dict.fromkeys(("logsumexp", "logsumexp far apart"), e.log_sum_exp),
    "softmax": e.softmax,
    "log_softmax": lambda x: x - e.log_sum_exp(x),
    "norm of order 1": lambda x: norm(x, 1.0),
    "norm of order 2": norm,
    "norm of order 3": lambda x: norm(x, 3.0),
    "normalize": _normalised,
    "dot": of_halves(dot),
    "cosine similarity": of_halves(_cosine),
    "pairwise distance": of_halves(lambda a, b: norm(a - b + 1e-6)),
    "batch norm": _batch_norm,
    "instance norm": lambda x: standardised(x, 0.5),
    "layer norm": lambda x: standardised(x, 0.5),
    "group norm": lambda x: joined([standardised(h, 0.5) for h in halves(x)]),
    "RMS norm": lambda x: standardised(x, 0.5, mean=False),
    "mse loss": _mean_of(lambda a, b: (a - b) * (a - b)),
    "l1 loss": _mean_of(lambda a, b: e.absolute(a - b)),
    "smooth l1 loss": _mean_of(lambda a, b: _smooth(a - b, 0.5)),
    "huber loss": _mean_of(lambda a, b: _smooth(a - b, 0.5).scaled(0.5)),
    "cross entropy": _cross_entropy,
    "smoothed cross entropy": lambda x: _cross_entropy(x, 0.25),
    "nll loss": lambda x: -(x[..., 2:3] + x[..., 3:4]).scaled(0.5),
    "KL divergence": _kl,
    "binary cross entropy": _mean_of(lambda z, y: e.softplus(z) - e.sigmoid(y) * z),
    "binary cross entropy with logits": _mean_of(lambda z, y: e.softplus(z) - y * z),
    "soft margin loss": lambda x: e.softplus(-x * (1.0 - 2.0 * (np.arange(x.shape[-1]) % 2))).mean(keepdims=True),
    "gaussian nll loss": _gaussian_nll,
    "poisson nll loss": _mean_of(lambda z, y: e.exp(z) - y * z),
    "triplet margin loss": _triplet,
    "attention": _attention,
    "convolution": _correlated,
    "transposed convolution": lambda x: _correlated(x, transposed=True),
    "average pooling": lambda x: stacked([x[..., i : i + 2].mean() for i in range(0, x.shape[-1] - 1, 2)]),
}
"""By the name of the row of the table of functions."""
