"""Derivatives of functions of one number: inverse, hyperbolic, gamma and Bessel functions, quantiles, pieces."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from claims import TRUE, UNDER_HYPOTHESES, claim, for_all, refutation, values, within
from claims.autodiff.modes import BOUND, WIDE, by, derivative, first, higher, one_way
from claims.frame.checks import Check
from claims.frame.inputs.differentiated import Differentiated, Point, differentiated
from claims.frame.inputs.spectra import only
from claims.frame.inputs.univariate_slopes import ONCE_IN_HALF, UNIVARIATE, WIDE_UNIVARIATE
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.autodiff import modes as reference
from reference.truth import Truth

VALUES = BOUND + "; the values err by what is documented of them (univariate-functions-in-ulps)"


@claim(
    title="The adjoint identity for functions of one number: slopes of inverse, hyperbolic, gamma and other functions",
    statement=r"\tan'=1+\tan^2,\quad \operatorname{asin}'(x)=(1-x^2)^{-1/2},\quad "
    r"\operatorname{erf}^{-1\prime}(x)=\tfrac{\sqrt\pi}2e^{(\operatorname{erf}^{-1}x)^2},\quad "
    r"(\log\Gamma)'=\psi,\quad I_0'=I_1,\quad (x\log x)'=\log x+1",
    hypotheses="x is inside of the domain, and no end of a piece",
    notes="Regularisation: automatic differentiation; Jacobian matrices",
    book="6.5.9; 4.3.1",
    truth=TRUE,
    bound=VALUES,
)
@for_all(point=differentiated({**UNIVARIATE, **ONCE_IN_HALF}, [1]))
def adjoint_identity_of_univariate_functions(subject: Subject, point: Point) -> Iterator[Check]:
    """Twenty-four functions by every way to the derivative, four numbers at a time."""
    yield from first(subject, point)


@refutation(adjoint_identity_of_univariate_functions, r"\operatorname{acosh}'(x)=(x^2+1)^{-1/2}")
@for_all(point=only(Differentiated("acosh", 1, ("vjp",))))
def inverse_hyperbolic_functions_have_one_slope(subject: Subject, point: Point) -> Iterator[Check]:
    """That is the slope of asinh."""
    exact = derivative(subject, point)
    x, u, c = values(point.x), values(point.directions[0]), values(point.cotangent)[:, :4]
    yield within(one_way(subject, point, "vjp"), Truth((c * u / np.sqrt(x * x + 1)).sum(-1), exact.bound))


@refutation(adjoint_identity_of_univariate_functions, r"(f^{-1})'=1/f'\text{ at the same number}")
@for_all(point=only(Differentiated("erfinv", 1, ("vjp",))))
def the_slope_of_an_inverse_is_the_inverse_slope(subject: Subject, point: Point) -> Iterator[Check]:
    """It is that at the value of the inverse."""
    exact = derivative(subject, point)
    x, u, c = values(point.x), values(point.directions[0]), values(point.cotangent)[:, :4]
    slope = np.sqrt(np.pi) / 2 * np.exp(x * x)
    yield within(one_way(subject, point, "vjp"), Truth((c * u * slope).sum(-1), exact.bound))


@claim(
    title="Modes nest for functions of one number",
    statement=r"\tan''=2\tan\,(1+\tan^2),\quad (-x\log x)''=-\tfrac1x,\quad "
    r"(\log\Gamma)^{(k+1)}=\psi^{(k)}\text{, and the like, by every nesting}",
    hypotheses="x is inside of the domain, and no end of a piece",
    notes="Hessian matrices; Regularisation: automatic differentiation",
    book="4.3.1; 6.5.10",
    truth=UNDER_HYPOTHESES,
    bound=VALUES,
)
@for_all(point=differentiated(UNIVARIATE, [2, 3]))
def derivatives_of_univariate_functions_in_every_nesting(subject: Subject, point: Point) -> Iterator[Check]:
    """Ten ways to the second derivative of each function and nine to the third of smooth ones."""
    yield from higher(subject, point)


@refutation(
    derivatives_of_univariate_functions_in_every_nesting,
    "A second derivative of an even function is even: it is 1 / 2.",
)
@for_all(point=only(Differentiated("cosh", 2, ("rr",))))
def curvature_is_that_at_zero(subject: Subject, point: Point) -> Iterator[Check]:
    """It is cosh(x)."""
    (u, v), c = (values(d) for d in point.directions), values(point.cotangent)[:, :4]
    yield within(by(subject, point, ("rr",))[0], Truth((c * u * v).sum(-1), derivative(subject, point).bound))


@refutation(derivatives_of_univariate_functions_in_every_nesting, r"f''=(f')^2", dtypes=WIDE)
@for_all(point=only(Differentiated("tan", 2, ("rr",))))
def second_derivatives_are_squares(subject: Subject, point: Point) -> Iterator[Check]:
    """That of the tangent is 2 f f'."""
    (u, v), c = (values(d) for d in point.directions), values(point.cotangent)[:, :4]
    squared = (1 + np.tan(values(point.x)) ** 2) ** 2
    yield within(by(subject, point, ("rr",))[0], Truth((c * u * v * squared).sum(-1), derivative(subject, point).bound))


@claim(
    title="The adjoint identity for functions of one number that torch differentiates in float32 and float64 only",
    statement=r"I_1'(x)=I_0(x)-\frac{I_1(x)}x,\quad (e^{x^2}\operatorname{erfc}x)'=2xe^{x^2}\operatorname{erfc}x"
    r"-\tfrac2{\sqrt\pi},\quad (\log\Phi)'=\frac\varphi\Phi,\quad (\Phi^{-1})'=\frac1{\varphi(\Phi^{-1})}",
    hypotheses="x is inside of the domain",
    notes="Regularisation: automatic differentiation; Jacobian matrices",
    book="6.5.9; 4.3.1",
    truth=TRUE,
    bound=VALUES,
)
@for_all(point=differentiated(WIDE_UNIVARIATE, [1]))
def adjoint_identity_of_special_functions(subject: Subject, point: Point) -> Iterator[Check]:
    """Bessel functions of order 1, the scaled complementary error function, log ndtr and the normal quantile."""
    yield from first(subject, point)


@refutation(adjoint_identity_of_special_functions, r"I_1'=I_0", dtypes=WIDE)
@for_all(point=only(Differentiated("i1", 1, ("vjp",))))
def bessel_functions_are_their_slopes(subject: Subject, point: Point) -> Iterator[Check]:
    """I_0' is I_1, as the derivatives of sinh and cosh; but I_1' is not I_0."""
    exact = derivative(subject, point)
    u, c = values(point.directions[0]), values(point.cotangent)[:, :4]
    of_order_0 = reference.value("i0", values(point.x), subject.format, units(subject), whole=False)
    yield within(one_way(subject, point, "vjp"), Truth((c * u * of_order_0.value).sum(-1), exact.bound))


@claim(
    title="Modes nest for functions of one number that torch differentiates twice in float32 and float64 only",
    statement=r"I_0''=I_0-\frac{I_1}x,\quad h=(\log\Phi)':\ h'=-h\,(x+h)\text{, and the like, by every nesting}",
    hypotheses="x is inside of the domain",
    notes="Hessian matrices; Regularisation: automatic differentiation",
    book="4.3.1; 6.5.10",
    truth=UNDER_HYPOTHESES,
    bound=VALUES,
)
@for_all(point=differentiated({**ONCE_IN_HALF, **WIDE_UNIVARIATE}, [2, 3]))
def derivatives_of_special_functions_in_every_nesting(subject: Subject, point: Point) -> Iterator[Check]:
    """As for the functions of which half types have the second derivative."""
    yield from higher(subject, point)


@refutation(derivatives_of_special_functions_in_every_nesting, r"I_0''=I_0", dtypes=WIDE)
@for_all(point=only(Differentiated("i0", 2, ("rr",))))
def bessel_functions_are_exponential(subject: Subject, point: Point) -> Iterator[Check]:
    """It is I_0 - I_1 / x."""
    (u, v), c = (values(d) for d in point.directions), values(point.cotangent)[:, :4]
    of_order_0 = reference.value("i0", values(point.x), subject.format, units(subject), whole=False)
    bound = derivative(subject, point).bound
    yield within(by(subject, point, ("rr",))[0], Truth((c * u * v * of_order_0.value).sum(-1), bound))
