"""Departures in derivatives: forward mode of some functions, and derivatives of derivatives."""

from __future__ import annotations

from collections.abc import Callable

from claims import departure
from claims.autodiff.layers import derivatives_of_layers_in_every_nesting
from claims.autodiff.modes import (
    adjoint_identity_of_matrix_functions,
    derivatives_in_every_nesting,
    derivatives_of_matrix_functions_in_every_nesting,
    forward_reverse_adjoint_identity,
)
from claims.autodiff.summaries import derivatives_of_summaries_in_every_nesting
from claims.frame.claim import Claim
from claims.frame.inputs.differentiated import Differentiated
from claims.frame.inputs.ways import DEPARTING
from claims.frame.plan import CallPlan

EVERY = ("float16", "bfloat16", "float32", "float64")
WIDE = ("float32", "float64")


def goes_wrong(
    *claims: Claim,
    summary: str,
    functions: tuple[str, ...],
    operations: tuple[str, ...],
    script: str,
    where: Callable[[tuple[str, ...]], bool] = bool,
    dtypes: tuple[str, ...] = EVERY,
) -> None:
    """Registers the departure `script` for the departing ways of some functions, of those `where` says so."""

    def excludes(plan: CallPlan, point: Differentiated) -> bool:
        apart = DEPARTING.get(point.function, {}).get(point.order, [])
        return point.function in functions and any(set(point.ways) <= set(w) for w in apart) and where(point.ways)

    excludes.__name__ = script
    departure(
        *claims,
        summary=summary,
        operations=operations,
        devices=("cpu", "cuda"),
        dtypes=dtypes,
        script=script,
    )(excludes)


SOLVERS = ("determinant", "log of the determinant", "solution")
SOLVING = ("determinant", "log_abs_det", "solve")
FIRST, NESTED = forward_reverse_adjoint_identity, derivatives_in_every_nesting
FIRST_OF_MATRICES = adjoint_identity_of_matrix_functions
NESTED_OF_MATRICES = derivatives_of_matrix_functions_in_every_nesting
NESTED_OF_LAYERS = derivatives_of_layers_in_every_nesting


def innermost_reverse(ways: tuple[str, ...]) -> bool:
    """Third derivatives with reverse mode in reverse mode innermost."""
    return ways[0] in ("rrr", "autograd.grad")


goes_wrong(
    NESTED_OF_MATRICES,
    summary="det, slogdet and solve: a derivative by forward mode takes A^-1 for a constant when it is differentiated"
    " again: the second derivative of det([[1, 2], [3, 5]] + t) is -36, not 2",
    functions=SOLVERS,
    operations=SOLVING,
    where=lambda ways: "f" in ways[0] and "vmap" not in ways[0],
    dtypes=WIDE,
    script="solvers_nested_forward",
)
goes_wrong(
    FIRST_OF_MATRICES,
    NESTED_OF_MATRICES,
    summary="vmap(jacfwd) and vmap(hessian) of det, slogdet and solve are wrong for all matrices of the batch but the"
    " first",
    functions=SOLVERS,
    operations=SOLVING,
    where=lambda ways: "vmap" in ways[0],
    dtypes=WIDE,
    script="solvers_vmap_forward",
)
goes_wrong(
    FIRST_OF_MATRICES,
    NESTED_OF_MATRICES,
    summary="vmap of the Jacobian of lu_solve by either mode, and of its Hessian, is wrong for all systems of the batch"
    " but the first",
    functions=("solution by LU factors",),
    operations=("lu_solution",),
    where=lambda ways: "vmap" in ways[0],
    dtypes=WIDE,
    script="lu_solve_vmap",
)
goes_wrong(
    NESTED_OF_MATRICES,
    summary="third derivatives of det by torch.func.grad are NaN, or wrong, where singular values are equal, or close",
    functions=("determinant",),
    operations=("determinant",),
    where=innermost_reverse,
    dtypes=WIDE,
    script="det_third_derivative",
)
for claim, dtypes in ((FIRST, ("float64",)), (NESTED, ("float64", "float16"))):
    goes_wrong(
        claim,
        summary="logcumsumexp in forward mode adds 1e-13 to sums of exponentials scaled by the largest of all entries:"
        " of (-40, 0) the derivative of the first result is 4e-5, not 1",
        functions=("logcumsumexp",),
        operations=("logcumsumexp",),
        where=lambda ways: "functional" not in ways[0],
        dtypes=dtypes,
        script="logcumsumexp_forward",
    )
goes_wrong(
    FIRST,
    NESTED,
    summary="the backward pass of logcumsumexp differentiated by reverse mode is NaN at cotangents 0, such as those of"
    " torch.autograd.functional.jvp",
    functions=("logcumsumexp",),
    operations=("logcumsumexp",),
    where=lambda ways: "functional" in ways[0] or innermost_reverse(ways),
    script="logcumsumexp_twice",
)
goes_wrong(
    FIRST,
    NESTED,
    summary="second derivatives of binary_cross_entropy divide by x (1 - x) + 1e-12: 3.999999999968 for 4 at x = 1/2",
    functions=("binary cross entropy",),
    operations=("binary_cross_entropy",),
    dtypes=("float64",),
    script="bce_second_derivative",
)
goes_wrong(
    NESTED,
    summary="third derivatives of binary_cross_entropy in float16 are NaN within 0.06 of 0 and 1, where they are below"
    " 20000: powers of x (1 - x) overflow",
    functions=("binary cross entropy",),
    operations=("binary_cross_entropy",),
    where=lambda ways: ways[0] == "rrr",
    dtypes=("float16",),
    script="bce_third_derivative_half",
)
goes_wrong(
    NESTED,
    summary="second derivatives of logaddexp are NaN where one number exceeds the other by more than log of the largest"
    " number: 0 and 800 in float64",
    functions=("logaddexp far apart",),
    operations=("logaddexp",),
    script="logaddexp_second_derivative",
)
goes_wrong(
    NESTED,
    summary="prod and cumprod in forward mode are wrong, or NaN, at a factor 0 when they are differentiated again: the"
    " second derivative of t (2 + t) (3 + t) at 0 is 5, not 10",
    functions=("cumprod with a zero", "prod with a zero", "prod with two zeros"),
    operations=("cumprod", "prod"),
    script="products_at_zero",
)
goes_wrong(
    NESTED,
    summary="batch, instance and layer norm: derivatives by forward mode lose terms when they are differentiated again",
    functions=("batch norm", "instance norm", "layer norm"),
    operations=("batch_norm", "instance_norm", "layer_norm"),
    where=lambda ways: len(ways[0]) == 2,
    script="layer_norm_second_derivatives",
)
goes_wrong(
    NESTED,
    summary="batch, instance and layer norm: the second derivative by reverse mode in reverse mode takes the saved mean"
    " and 1/sqrt(v + eps) for constants, so that third derivatives through it are wrong",
    functions=("batch norm", "instance norm", "layer norm"),
    operations=("batch_norm", "instance_norm", "layer_norm"),
    where=lambda ways: len(ways[0]) == 3,
    script="layer_norm_third_derivatives",
)
goes_wrong(
    FIRST_OF_MATRICES,
    NESTED_OF_MATRICES,
    summary="cholesky_inverse in forward mode multiplies in the wrong order: -8, not -4, for a factor of order 2",
    functions=("inverse by a Cholesky factor",),
    operations=("cholesky_inverse",),
    dtypes=WIDE,
    script="cholesky_inverse_forward",
)
goes_wrong(
    NESTED_OF_MATRICES,
    summary="householder_product: derivatives by forward mode are wrong when they are differentiated again",
    functions=("product of reflections",),
    operations=("householder_product",),
    dtypes=WIDE,
    script="householder_nested_forward",
)
goes_wrong(
    NESTED_OF_MATRICES,
    summary="third derivatives of eigvalsh are NaN by grad of jvp of grad, of eigenvalues well apart",
    functions=("eigenvalues of a symmetric matrix",),
    operations=("eigvalsh",),
    dtypes=WIDE,
    script="eigvalsh_third_derivative",
)
goes_wrong(
    FIRST_OF_MATRICES,
    summary="jacrev of cdist is wrong: every row is that of the first result",
    functions=("distances of two sets", "distances of order 1", "distances of order 3"),
    operations=("cdist",),
    dtypes=WIDE,
    script="cdist_jacrev",
)
goes_wrong(
    NESTED_OF_LAYERS,
    summary="layer norm with a weight: derivatives by forward mode lose terms when they are differentiated again",
    functions=("layer norm with parameters",),
    operations=("layer_norm",),
    where=lambda ways: "hessian" not in ways[0],
    script="layer_norm_second_derivatives",
)
goes_wrong(
    NESTED_OF_LAYERS,
    summary="torch.func.hessian of layer norm by its input and its weight is not symmetric: derivatives of the slopes"
    " by the weight along the input are wrong",
    functions=("layer norm with parameters",),
    operations=("layer_norm",),
    where=lambda ways: "hessian" in ways[0],
    script="layer_norm_weight_hessian",
)
goes_wrong(
    derivatives_of_summaries_in_every_nesting,
    summary="renorm in half types: the derivative by forward mode is in float32",
    functions=("rows of a bounded norm",),
    operations=("renorm",),
    dtypes=("float16", "bfloat16"),
    script="renorm_forward_half",
)
