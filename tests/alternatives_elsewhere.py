"""Why an alternative is no correct implementation for the use that some claim makes of its operation.

Each entry: the reason, patterns of `file: name` of alternatives, and patterns of claims.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

STORED = "It rounds each step to the stored format: a weaker class of bounds, which half types meet only."
SINGLE = "It takes one instance with the axes of its own claims, and steps in the stored format."
REAL = "It is written for real matrices: of complex ones it loses the imaginary part, or the conjugate."
REFUSALS = "It computes for shapes that torch refuses, or does not keep the shape of an empty result."
SPELLINGS = "It replaces one of several spellings that the claim compares bit by bit."
DERIVATIVES = "It has the value only: its derivatives, or those at the singular point, are others."
LAW = "It draws for the fans, the gain and the law of its own claims only: no convolution kernels, no options."
RANGE = "It is exact to the bound within the range of its own claims only: beyond, it overflows or vanishes."
PIVOTS = (
    "The claim is about elimination with partial pivoting, whose zero pivots are exact: orthogonal factors have none."
)
OPTIONS = (
    "It ignores an option or a spelling that this claim passes, as an order other than 2, or a sum for a variance."
)
STREAM = "It draws from a stream of its own, and the claim is about what torch's generator makes of a seed."
ABSOLUTE = "It has a small absolute error, or another order, where the claim is about relative errors near 0."
INFINITE = (
    "It is written for finite numbers: of infinite ones, NaN, and those beyond the range of exp, nothing is said."
)
TRIANGLE = (
    "It reads the triangle of a symmetric matrix that torch leaves alone, and the claim fills it with other numbers."
)
SQUARED = "It squares the condition number, which its own claims bound."
INHERITS = "It calls a kernel of torch that departs here, and departures are left out for torch's own operations only."
ZERO = "It loses the sign of zero, which its own claims do not look at."

REASONS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (SINGLE, ("autodiff_modes: *",), ("*",)),
    (STORED, ("linear_algebra_linear_systems: products_summed_one_by_one",), ("*",)),
    (INFINITE, ("normalization_deep_networks: batch norm in float64",), ("relu-unit-derivative",)),
    (ZERO, ("normalization_deep_networks: products in float64",), ("univariate-functions-in-ulps",)),
    (REAL, ("linear_algebra_*: *",), ("complex-decompositions", "*-of-complex-functions*")),
    (
        REFUSALS,
        (
            "initialization_depth: layer from the end",
            "initialization_signal_propagation: sums from the end",
            "linear_algebra_complex_matrices: eigenvalues by OpenBLAS",
            "linear_algebra_complex_matrices: solution by QR",
            "linear_algebra_definiteness: eigenvalues_by_*",
            "linear_algebra_pseudoinverse*: inverse_by_qr",
        ),
        (
            "dense-layer-shapes",
            "eigenpair",
            "left-eigenvector",
            "defective-matrix",
            "complex-eigendecomposition",
            "nonsquare-inverse-undefined",
            "svd-vs-eigendecomposition-domain",
        ),
    ),
    (
        SPELLINGS,
        ("initialization_*: covariance *", "initialization_xavier_activations: tanh by exponentials"),
        ("covariance-matrix", "covariance-definition", "equal-entries-equal-values"),
    ),
    (
        DERIVATIVES,
        (
            "linear_algebra_derivatives: *",
            "linear_algebra_eigen: determinant_*",
            "linear_algebra_norm*: *",
            "linear_algebra_symmetric_eigen: values_with_vectors",
            "linear_algebra_euclidean_distance: eps_in_float64",
            "losses_*: * in float64",
            "losses_sigmoid_losses: BCE by the modulus",
            "losses_softmax_cancellation: cross-entropy by log1p",
            "initialization_starting_point: rectifier by selection",
        ),
        (
            "*-in-every-nesting",
            "*adjoint-identity*",
            "determinant-derivative-at-singular-matrices",
            "l1-zero-vs-small",
            "l1-constant-slope",
            "l2-gradient-coupling",
            "distance-gradient",
            "softmax-jacobian",
            "log-softmax-top-class-cancellation",
            "relu-unit-derivative",
        ),
    ),
    (
        LAW,
        (
            "initialization_fans: Xavier in float64",
            "initialization_xavier_derivation: *",
            "initialization_xavier_isotropy: singular vectors",
            "initialization_xavier_isotropy: Gram and Schmidt, twice",
        ),
        ("init-law-second-moment-equivalence", "xavier-initializer-law", "orthogonal-initialisation"),
    ),
    (
        RANGE,
        (
            "initialization_xavier_activations: tanh by exponentials",
            "linear_algebra_norm_identities: relative to the maximum",
            "linear_algebra_pseudoinverse_limit: stacked_by_qr",
            "losses_floating_point: no subnormal exponentials",
            "losses_softmax_cancellation: cross-entropy by log1p",
        ),
        (
            "saturated-unit-loses-gradient",
            "norm-absolute-homogeneity",
            "pseudoinverse-least-squares",
            "pseudoinverse-algorithm-choice",
            "univariate-functions-in-ulps",
            "log-softmax-accuracy",
        ),
    ),
    (
        OPTIONS,
        ("linear_algebra_euclidean_distance: eps_in_float64", "linear_algebra_powers: *"),
        ("lp-norm", "minkowski-inequality", "nonsquare-inverse-undefined", "defective-matrix"),
    ),
    (STORED, ("regularization_ridge: product_by_columns",), ("*",)),
    (
        STREAM,
        ("regularization_dropout: *", "regularization_submodels: *"),
        ("dropout-random-stream",),
    ),
    (
        ABSOLUTE,
        ("networks_elementwise: *", "networks_saturation: * by the magnitude"),
        ("activation-*", "saturated-unit-loses-gradient", "equal-entries-equal-values"),
    ),
    (SPELLINGS, ("probability_covariance*: *rank-one updates",), ("covariance-definition",)),
    (
        REFUSALS,
        ("probability_independence: covariance by hand",),
        ("covariance-definition", "covariance-matrix"),
    ),
    (
        SPELLINGS,
        ("probability_covariance*: *scaled", "probability_dependence: deviations in float64"),
        ("covariance-definition", "covariance-matrix"),
    ),
    (
        REFUSALS,
        ("normalization_*: *two passes*", "normalization_*: *in float64", "normalization_batch_norm: Welford*"),
        ("batch-norm-batch-of-one-two",),
    ),
    (
        RANGE,
        ("normalization_batch_statistics: two passes",),
        ("variance-definition",),
    ),
    (
        OPTIONS,
        (
            "probability_variance: *",
            "normalization_batch_statistics: two passes for the buffers",
            "regularization_early_stopping: descent_of_the_distance",
        ),
        ("expectation-linearity", "batch-norm-running-statistics-mismatch", "l2-penalty-shrinks-solution"),
    ),
    (
        INFINITE,
        (
            "losses_softmax_cancellation: log-softmax by log1p",
            "linear_algebra_norm_growth: norms in float64",
            "losses_surrogate: log1p of the others",
        ),
        (
            "softmax-shifted-denominator-range",
            "cross-entropy-is-negative-log-likelihood",
            "cross-entropy-softmax-gradient",
        ),
    ),
    (
        DERIVATIVES,
        (
            "losses_softmax_range: in float64",
            "losses_likelihood: one formula",
            "losses_surrogate: comparisons",
            "networks_activations: *",
            "networks_univariate: exponentials of -|x|",
            "normalization_deep_networks: products in float64",
        ),
        (
            "softmax-jacobian",
            "derivatives-in-every-nesting",
            "forward-reverse-adjoint-identity",
            "gaussian-nll-with-learned-variance",
            "l1-constant-slope",
            "cross-entropy-on-probabilities-saturates",
            "mse-sigmoid-gradient-vanishes",
            "symmetry-breaking-identical-units",
        ),
    ),
    (
        TRIANGLE,
        ("linear_algebra_derivatives: eigenvalues_of_the_reversed_matrix",),
        ("definiteness-by-eigenvalues",),
    ),
    (
        SQUARED,
        ("linear_algebra_derivatives: pseudoinverse_by_normal_equations",),
        ("left-inverse-solution", "pseudoinverse-*"),
    ),
    (DERIVATIVES, ("linear_algebra_complex_matrices: solution by QR",), ("derivatives-of-matrix-functions*",)),
    (DERIVATIVES, ("networks_univariate: exponentials of -|x|",), ("sigmoid-derivative",)),
    (
        OPTIONS,
        ("probability_gaussian: the sum of the heights", "regularization_weight_decay: subtracted_afterwards"),
        ("expectation-linearity", "weight-decay-l2-equivalence"),
    ),
    (
        RANGE,
        ("regularization_random_streams: integers",),
        ("dropout-inverted-scaling",),
    ),
    (INHERITS, ("networks_saturation: hard units by comparison",), ("equal-entries-equal-values",)),
    (INHERITS, ("initialization_xavier_activations: * in float64",), ("equal-entries-equal-values",)),
    (
        INFINITE,
        ("initialization_*: rectifier*",),
        ("relu-unit-derivative", "univariate-functions-in-ulps"),
    ),
    (LAW, ("initialization_depth: normal weights of NumPy",), ("init-law-second-moment-equivalence",)),
    (
        PIVOTS,
        ("linear_algebra_*: inverse_by_qr", "linear_algebra_linear_systems: inverse_in_float64"),
        ("inversion-reports-zero-pivots",),
    ),
)


def reason(file: str, name: str, claim: str) -> str | None:
    """Why the alternative does not hold for the claim, None if it should."""
    for why, alternatives, claims in REASONS:
        if any(fnmatchcase(f"{file}: {name}", a) for a in alternatives) and any(fnmatchcase(claim, c) for c in claims):
            return why
    return None
