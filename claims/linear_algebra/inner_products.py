"""The dot product: of a vector with itself the squared norm, of two vectors the cosine of their angle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.computed_norms import FEW
from claims.frame.inputs import vector_pairs as inputs
from claims.frame.inputs.spectra import only
from claims.frame.inputs.vector_pairs import EPS, Angle, Pair, Spelled
from claims.frame.inputs.vectors import Vector
from claims.frame.subject import Subject
from reference.bounds import dot_truth
from reference.linear_algebra import inner_products as reference
from reference.truth import Truth

PRODUCTS = ("dot", "vdot", "dot_by_matmul", "dot_by_mv", "dot_by_einsum")
"""Spellings that take one pair of vectors at a time."""
CONTRACTIONS = ("inner", "tensordot")
SQUARES = ("sum_of_squares", "sum_of_second_powers", "product_with_itself")
"""Spellings of the squared norm that round every square to the stored format."""
ONE_SUM = 32768
"""Longer sums of half types to a single number may be stored thread by thread."""


def few(truth: Truth) -> Truth:
    """That of the first instances."""
    return Truth(*(np.broadcast_to(part, truth.value.shape)[:FEW] for part in truth))


def determined(observed: Tensor, truth: Truth, label: str) -> Check:
    """`within` for the instances in which nothing may overflow or vanish that a divisor is made of."""
    return within(observed, truth, where=np.isfinite(truth.bound), label=label)


def inner_products(subject: Subject, x: Tensor, y: Tensor, spelling: str, name: str) -> Iterator[Check]:
    """Every spelling of x . y of this kind is within its bound, and exact for small integers."""
    how = subject.arithmetic("dot")
    truth = dot_truth(values(x), values(y), how)
    stored = dot_truth(values(x), values(y), how, rounded_products=True)
    exact, exactly = reference.exact_dots(values(x), values(y), how)
    spellings = CONTRACTIONS if spelling == "contraction" else PRODUCTS
    found = [(single, getattr(subject, single)(x[:FEW], y[:FEW]), few(truth)) for single in spellings]
    if spelling == "product":
        found.append(("bmm", subject.dot_by_bmm(x, y), truth))
        found.append(("matmul", subject.matmul(x[:, None, :], y[:, :, None])[:, 0, 0], truth))
        found.append(("einsum", subject.einsum("bi,bi->b", x, y), truth))
        found.append(("vecdot", subject.vecdot(x, y, dim=-1), stored))
        found.append(("sum of products", subject.sum(subject.multiply(x, y), dim=-1), stored))
    for label, observed, allowed in found:
        seen = len(observed)
        yield within(observed, allowed, label=f"{name}: {label}")
        yield equal(observed, exact[:seen], where=exactly[:seen], label=f"{name}: {label} of integers")


@claim(
    title="The squared L2 norm is the dot product of x with itself",
    statement=r"\|x\|_2^2=x^\top x",
    notes="Linear algebra: norms",
    book="2.5",
    formal="real_inner_self_eq_norm_sq, EuclideanSpace.norm_eq",
    truth=TRUE,
    bound="BND-DOT (ASNA (3.5)), with each product rounded where it is stored; exact for small integers; "
    "b (2 ||x|| + b) + rounding for the square of a norm within b (BND-L2)",
)
@for_all(pair=inputs.inner_products())
def squared_l2_norm_dot_product(subject: Subject, pair: Spelled) -> Iterator[Check]:
    """Every spelling of the inner product of x with itself is compared with the exact sum of squares, and so is that of
    x with a second vector, where products may cancel: that tells where a spelling rounds.

    The complex vector z = x + iy has the squared norm conj(z) . z; without conjugation z . z has the real part
    ||x||^2 - ||y||^2.
    """
    x, y, spelling = pair
    yield from inner_products(subject, x, x, spelling, "x.x")
    yield from inner_products(subject, x, y, spelling, "x.y")
    if x.shape[-1]:
        hole = x[:FEW].clone()
        hole[..., -1] = float("nan")
        for single in CONTRACTIONS if spelling == "contraction" else PRODUCTS:
            yield holds(np.isnan(values(getattr(subject, single)(hole, y[:FEW]))), label=f"{single}: NaN")
    if spelling == "contraction":
        return
    how = subject.arithmetic("sum_of_squares")
    squares = dot_truth(values(x), values(x), how, rounded_products=True)
    for name in SQUARES:
        yield within(getattr(subject, name)(x, dim=-1), squares, label=name)
    if x.shape[-1] <= ONE_SUM:
        yield within(subject.mse_loss(x[:FEW]), few(squares), label="mse_loss")
    norm = reference.square_of_norm(values(x), subject.arithmetic("squared_vector_norm"))
    yield within(subject.squared_vector_norm(x, dim=-1), norm, label="square of the norm")
    few_x, few_y = x[:FEW], y[:FEW]
    both = reference.complex_squares(values(few_x), values(few_y), subject.arithmetic("complex_vdot"))
    yield within(subject.complex_vdot(few_x, few_y), both.conjugated, label="complex vdot")
    yield within(subject.complex_vecdot(few_x, few_y), both.conjugated, label="complex vecdot")
    yield within(subject.complex_dot(few_x, few_y), both.plain, label="complex dot")


@refutation(
    squared_l2_norm_dot_product, "All spellings agree bit by bit in half precision.", dtypes=("float16", "bfloat16")
)
def spellings_of_the_dot_product_agree_bitwise(subject: Subject, pair: Spelled) -> Iterator[Check]:
    """Some round every product to the half type, some do not."""
    x, y, _ = pair
    yield equal(subject.dot_by_bmm(x, y), subject.sum(subject.multiply(x, y), dim=-1))


@refutation(squared_l2_norm_dot_product, r"The computed $x^\top x$ is positive for $x\ne0$.")
def square_of_a_nonzero_vector_is_positive(subject: Subject, pair: Spelled) -> Iterator[Check]:
    """Squares of small numbers vanish."""
    x, *_ = pair
    yield holds(values(subject.dot_by_bmm(x, x)) > 0, where=values(x).any(-1))


@refutation(squared_l2_norm_dot_product, r"The square of the computed norm is $x^\top x$, bit by bit.")
def square_of_the_norm_is_the_dot_product_bitwise(subject: Subject, pair: Spelled) -> Iterator[Check]:
    x, *_ = pair
    yield equal(subject.squared_vector_norm(x, dim=-1), subject.dot_by_bmm(x, x))


@claim(
    title="The dot product is the product of norms times the cosine of the angle",
    statement=r"x^\top y=\|x\|_2\|y\|_2\cos\theta,\quad\theta=\arccos\frac{x^\top y}{\|x\|\|y\|}\in[0,\pi]",
    hypotheses="x and y are not 0, or any angle will do; computed: norms and their product neither overflow nor vanish",
    correction="torch divides by max(||x||, eps) max(||y||, eps): the cosine only if no norm is below eps = 1e-8",
    notes="Linear algebra: matrix and vector products",
    book="2.5, eq. 2.34",
    formal="InnerProductGeometry.cos_angle_mul_norm_mul_norm",
    truth=UNDER_HYPOTHESES,
    bound="[(1+uo)^3 (1+gamma_n(ua)) / (1-e)^2 - 1] sum |x_i y_i| / (||x|| ||y||) + 2 n eta, e by BND-L2 (composition)",
)
@for_all(pair=inputs.angles())
def dot_product_cosine(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Every spelling of the cosine is compared with the exact one, whose norms are clamped at eps as torch's are.

    The angle is compared through its cosine, and directly where the computed cosine cannot reach 1; in the plane,
    where atan2 gives it, always. One vector is broadcast against many.
    """
    x, y = pair
    how = subject.arithmetic("cosine_similarity")
    if x.shape[-1]:
        hole = x.clone()
        hole[..., -1] = float("nan")
        yield holds(np.isnan(values(subject.cosine_similarity(hole, y, dim=-1, eps=EPS))), label="NaN")
    cosine = reference.cosine_of_quotients(values(x), values(y), EPS, how)
    clamped = reference.cosine_of_quotients(values(x), values(y), 0.5, how)
    for name, eps, truth in (("eps 1e-8", EPS, cosine), ("eps 1/2", 0.5, clamped)):
        yield determined(subject.cosine_similarity(x, y, dim=-1, eps=eps), truth, f"cosine_similarity, {name}")
        yield determined(subject.cosine_similarity_layer(x, y, dim=-1, eps=eps), truth, f"CosineSimilarity, {name}")
    broadcast = reference.cosine_of_quotients(values(x), np.broadcast_to(values(y)[:1], x.shape), EPS, how)
    yield determined(subject.cosine_similarity(x, y[0], dim=-1, eps=EPS), broadcast, "one y for all x")
    few_x, few_y = x[:FEW], y[:FEW]
    by_norms = reference.cosine_by_norms(values(few_x), values(few_y), subject.arithmetic("cosine_by_norms"))
    yield determined(subject.cosine_by_norms(few_x, few_y), by_norms, "x.y / (|x| |y|)")
    of_units = reference.cosine_of_quotients(
        values(few_x),
        values(few_y),
        reference.NORMALIZED,
        subject.arithmetic("cosine_of_normalized"),
        rounded_products=False,
    )
    yield determined(subject.cosine_of_normalized(few_x, few_y), of_units, "dot of normalized vectors")
    attract, repel = reference.embedding_losses(values(x), values(y), subject.arithmetic("cosine_embedding_loss"))
    yield determined(subject.cosine_embedding_loss(x, y, 1.0), attract, "cosine_embedding_loss, 1 - cos")
    yield determined(subject.cosine_embedding_loss(x, y, -1.0), repel, "cosine_embedding_loss, max(0, cos)")
    yield from angles(subject, x, y, cosine)


def angles(subject: Subject, x: Tensor, y: Tensor, cosine: Truth) -> Iterator[Check]:
    """The computed angles, through their cosine and directly."""
    theta, f = subject.angle(x, y, dim=-1), subject.format
    within_one = np.abs(cosine.value) + cosine.bound < 1
    seen = np.cos(np.where(within_one, values(theta), 0.0))
    through = Truth(cosine.value, cosine.bound + 16 * f.u + 2.0**-50)
    yield within(np.where(within_one, seen, cosine.value), through, where=within_one, label="cos(theta)")
    yield within(theta, reference.angle_of(cosine, f), where=within_one, label="theta")
    if x.shape[-1] == 2:
        truth = reference.planar_angle(values(x), values(y), subject.arithmetic("planar_angle"))
        yield determined(subject.planar_angle(x, y), truth, "theta in the plane")


@refutation(
    dot_product_cosine,
    "The computed cosine of every nonzero vector with itself is 1.",
    dtypes=("float32", "float64", "bfloat16"),
)
@for_all(pair=only(Angle(Vector(2, kind="constant"), "same", "below eps")))
def cosine_with_itself_is_one(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Below eps the norm is replaced by eps: 1e-10 (1, 1) gives 2e-4."""
    x, y = pair
    yield at_most(0.5, subject.cosine_similarity(x, y, dim=-1, eps=EPS), where=values(x).any(-1))


@refutation(dot_product_cosine, "The computed cosine never exceeds 1.")
def computed_cosine_is_at_most_one(subject: Subject, pair: Pair) -> Iterator[Check]:
    x, y = pair
    yield at_most(subject.cosine_similarity(x, y, dim=-1, eps=EPS), 1.0)


@refutation(dot_product_cosine, "The computed cosine with a zero vector is 0 in every dtype.", dtypes=("float16",))
@for_all(pair=only(Angle(Vector(3, kind="normal"), "zero")))
def cosine_with_zero_is_zero(subject: Subject, pair: Pair) -> Iterator[Check]:
    """In float16 eps = 1e-8 rounds to 0, and 0 / 0 is NaN."""
    x, y = pair
    yield equal(subject.cosine_similarity(x, y, dim=-1, eps=EPS), np.zeros(len(x)))


@refutation(dot_product_cosine, "The computed cosine of scaled copies is 1 or -1, however long they are.")
@for_all(pair=only(Angle(Vector(4, kind="normal", scale="overflow"), "scaled")))
def cosine_of_scaled_copies_is_one(subject: Subject, pair: Pair) -> Iterator[Check]:
    """A norm that overflows makes every quotient 0."""
    x, y = pair
    yield at_most(0.5, np.abs(values(subject.cosine_similarity(x, y, dim=-1, eps=EPS))))
