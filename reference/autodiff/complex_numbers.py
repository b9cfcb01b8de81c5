"""Functions of complex numbers as functions of their parts, in hyper-dual arithmetic.

Each takes x of shape (batch, 2 n), real and imaginary parts in turn, and returns (batch, m) likewise; those with real
values return these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import elementary as e
from reference.autodiff.dual import Dual, stacked
from reference.autodiff.matrix_programs import by_lapack
from reference.autodiff.programs import Program


class Complex(NamedTuple):
    """Real and imaginary parts of one shape."""

    re: Dual
    im: Dual

    def at(self, *key: object) -> Complex:
        """Some of the numbers, by the axes behind the batch."""
        return Complex(self.re[:, *key], self.im[:, *key])

    def plus(self, other: Complex, sign: float = 1.0) -> Complex:
        """The sum, or the difference."""
        return Complex(self.re + other.re.scaled(sign), self.im + other.im.scaled(sign))

    def times(self, other: Complex) -> Complex:
        """The product."""
        return Complex(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)

    def conjugate(self) -> Complex:
        """re - i im."""
        return Complex(self.re, -self.im)

    def scaled(self, factor: Dual) -> Complex:
        """Times real numbers."""
        return Complex(self.re * factor, self.im * factor)

    def squares(self) -> Dual:
        """|z|^2."""
        return self.re * self.re + self.im * self.im

    def reciprocal(self) -> Complex:
        """1 / z = conj(z) / |z|^2."""
        return self.conjugate().scaled(1.0 / self.squares())

    def sum(self) -> Complex:
        """The sum along the last axis, which it keeps."""
        return Complex(self.re.sum(keepdims=True), self.im.sum(keepdims=True))


def pairing(g: NDArray[np.complex128], u: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Re <g, u>, (batch,), of vectors (batch, n): the inner product of their parts."""
    return np.asarray((np.conj(g) * u).real.sum(-1))


def paired(x: Dual) -> Complex:
    """The complex numbers (batch, n) of their parts (batch, 2 n)."""
    return Complex(x[..., ::2], x[..., 1::2])


def parts(z: Complex) -> Dual:
    """Their parts in turn, (batch, 2 n)."""
    return stacked([z.re, z.im]).reshape(len(z.re.value), -1)


def square(z: Complex, n: int = 2) -> Complex:
    """The first n^2 numbers as matrices (batch, n, n)."""
    return Complex(*(p[..., : n * n].reshape(len(p.value), n, n) for p in z))


def exp(z: Complex) -> Complex:
    """e^a (cos b + i sin b)."""
    size = e.exp(z.re)
    return Complex(size * e.cos(z.im), size * e.sin(z.im))


def log(z: Complex) -> Complex:
    """log |z| + i arg z, of numbers with a positive real part."""
    return Complex(e.log(z.squares()).scaled(0.5), e.atan(z.im / z.re))


def sqrt(z: Complex) -> Complex:
    """The root with a positive real part, of numbers with a positive imaginary part."""
    size = e.sqrt(z.squares())
    real = e.sqrt((size + z.re).scaled(0.5))
    return Complex(real, z.im.scaled(0.5) / real)


def tanh(z: Complex) -> Complex:
    """(e^2z - 1) / (e^2z + 1)."""
    w = exp(Complex(z.re.scaled(2.0), z.im.scaled(2.0)))
    return Complex(w.re - 1.0, w.im).times(Complex(w.re + 1.0, w.im).reciprocal())


def circular(z: Complex) -> tuple[Complex, Complex]:
    """The cosine and the sine, by e^b and e^-b for z = a + i b."""
    up, down = e.exp(z.im), e.exp(-z.im)
    cosh, sinh = (up + down).scaled(0.5), (up - down).scaled(0.5)
    c, s = e.cos(z.re), e.sin(z.re)
    return Complex(c * cosh, -(s * sinh)), Complex(s * cosh, c * sinh)


def matmul(a: Complex, b: Complex) -> Complex:
    """Products of matrices (batch, m, k) and (batch, k, n)."""
    left = Complex(*(p[..., :, :, None] for p in a))
    right = Complex(*(p[..., None, :, :] for p in b))
    return Complex(*(p.sum(-2) for p in left.times(right)))


def determinant(a: Complex) -> Complex:
    """Of matrices of order 2, (batch,): the product of the pivots."""
    below = a.at(1, 0).times(a.at(0, 0).reciprocal())
    return a.at(0, 0).times(a.at(1, 1).plus(below.times(a.at(0, 1)), -1.0))


def _joined(numbers: Sequence[Complex]) -> Complex:
    return Complex(stacked([z.re for z in numbers]), stacked([z.im for z in numbers]))


def inverse(a: Complex) -> Complex:
    """Of matrices of order 2."""
    d = determinant(a).reciprocal()
    entries = [a.at(1, 1), a.at(0, 1), a.at(1, 0), a.at(0, 0)]
    signed = [z.scaled(z.re.of(np.full(z.re.shape, s))) for z, s in zip(entries, (1.0, -1.0, -1.0, 1.0), strict=True)]
    return square(_joined([z.times(d) for z in signed]))


def _flat(a: Complex) -> Complex:
    return Complex(*(p.reshape(len(p.value), -1) for p in a))


def _column(z: Complex) -> Complex:
    return Complex(z.re[..., None], z.im[..., None])


def _solution(z: Complex) -> Complex:
    return _flat(matmul(inverse(square(z)), _column(z.at(slice(4, None)))))


def _total_square(z: Complex) -> Dual:
    return z.squares().sum(keepdims=True)


def _hermitian_eigenvalues(z: Complex) -> Dual:
    """Of (A + A^H) / 2 for a matrix of order 2, the smaller one first."""
    p, r = z.re[..., 0], z.re[..., 3]
    q = Complex((z.re[..., 1] + z.re[..., 2]).scaled(0.5), (z.im[..., 1] - z.im[..., 2]).scaled(0.5))
    middle, half = (p + r).scaled(0.5), (p - r).scaled(0.5)
    radius = e.sqrt(half * half + q.squares())
    return stacked([middle - radius, middle + radius])


def _singular_values(z: Complex) -> Dual:
    """s1 + s2 and s1 - s2 are the roots of ||A||_F^2 + 2 |det A| and ||A||_F^2 - 2 |det A|."""
    squares, twice = _total_square(z)[..., 0], e.sqrt(determinant(square(z)).squares()).scaled(2.0)
    both, apart = e.sqrt(squares + twice), e.sqrt(squares - twice)
    return stacked([(both + apart).scaled(0.5), (both - apart).scaled(0.5)])


def holomorphic(function: Callable[[Complex], Complex]) -> Program:
    """A function with complex values as one of parts."""
    return lambda x: parts(function(paired(x)))


def valued(function: Callable[[Complex], Dual]) -> Program:
    """A function with real values as one of parts."""
    return lambda x: function(paired(x))


def _of_two(function: Callable[[Complex, Complex], Complex]) -> Program:
    def of_both(z: Complex) -> Complex:
        n = z.re.shape[-1] // 2
        return function(z.at(slice(None, n)), z.at(slice(n, None)))

    return holomorphic(of_both)


COMPLEX_PROGRAMS: dict[str, Program] = {
    "complex multiply": _of_two(lambda a, b: a.times(b)),
    "complex divide": _of_two(lambda a, b: a.times(b.reciprocal())),
    "complex reciprocal": holomorphic(lambda z: z.reciprocal()),
    "complex square": holomorphic(lambda z: z.times(z)),
    "complex exp": holomorphic(exp),
    "complex log": holomorphic(log),
    "complex sqrt": holomorphic(sqrt),
    "complex sin": holomorphic(lambda z: circular(z)[1]),
    "complex cos": holomorphic(lambda z: circular(z)[0]),
    "complex tanh": holomorphic(tanh),
    "complex product": holomorphic(lambda z: z.at(slice(0, 1)).times(z.at(slice(1, 2))).times(z.at(slice(2, 3)))),
    "absolute value": valued(lambda z: e.sqrt(z.squares())),
    "norm of a complex vector": valued(lambda z: e.sqrt(_total_square(z))),
    "complex inner product": _of_two(lambda a, b: a.conjugate().times(b).sum()),
    "complex matmul": _of_two(lambda a, b: _flat(matmul(square(a), square(b)))),
    "complex determinant": by_lapack(holomorphic(lambda z: _column(determinant(square(z))))),
    "complex inverse": by_lapack(holomorphic(lambda z: _flat(inverse(square(z))))),
    "complex solution": by_lapack(holomorphic(_solution)),
    "log of a complex determinant": by_lapack(
        valued(lambda z: e.log(determinant(square(z)).squares()).scaled(0.5).reshape(-1, 1))
    ),
    "eigenvalues of a Hermitian matrix": by_lapack(valued(_hermitian_eigenvalues)),
    "singular values of a complex matrix": by_lapack(valued(_singular_values)),
}
"""By the name of the row of the table of functions."""
