"""Thirty-one claims in seven topics, as a run would record them: what the synthetic records of the tests are about."""

from __future__ import annotations

from typing import NamedTuple

TRUE, HYPOTHESES, FALSE = "true", "true-under-hypotheses", "false-as-stated"
STATISTICAL = "statistical"


class Sample(NamedTuple):
    id: str
    title: str
    statement: str
    hypotheses: str
    truth: str
    operations: tuple[str, ...]
    kind: str = ""
    correction: str = ""


NORMS = (
    Sample(
        "lp-norm",
        "The L^p norm is the p-th root of the sum of p-th powers of magnitudes",
        r"\|x\|_p=\Big(\sum_i|x_i|^p\Big)^{1/p},\quad p\ge1",
        "$p\\ge1$, finite entries",
        TRUE,
        ("vector_norm",),
    ),
    Sample(
        "norm-nonnegativity",
        "A norm maps vectors to non-negative values",
        r"f(x)\ge0,\quad f(0)=0",
        "none",
        TRUE,
        ("vector_norm",),
        "exact",
    ),
    Sample(
        "norm-definiteness",
        "A norm vanishes only at the zero vector",
        r"f(x)=0\Rightarrow x=0",
        "exact arithmetic; in floats every $|x_i|$ above the squaring threshold",
        TRUE,
        ("vector_norm",),
        "exact",
    ),
    Sample(
        "minkowski-inequality",
        "Triangle inequality",
        r"\|x+y\|_p\le\|x\|_p+\|y\|_p\quad(p\ge1)",
        "$p\\ge1$",
        TRUE,
        ("vector_norm", "add"),
    ),
    Sample(
        "norm-absolute-homogeneity",
        "Absolute homogeneity",
        r"f(ax)=|a|\,f(x)\quad\forall a\in\mathbb{R}",
        "no overflow or underflow",
        TRUE,
        ("vector_norm", "mul"),
    ),
    Sample(
        "lp-quasinorm-below-one",
        "The restriction p >= 1 is necessary",
        r"0<p<1:\ \exists x,y:\ \|x+y\|_p>\|x\|_p+\|y\|_p",
        "$0<p<1$, $n\\ge2$",
        TRUE,
        ("vector_norm", "add"),
    ),
)
TRACE = (
    Sample(
        "trace-definition",
        "The trace is the sum of the diagonal entries",
        r"\operatorname{Tr}A=\sum_iA_{ii}",
        "A square",
        TRUE,
        ("trace", "einsum"),
    ),
    Sample(
        "trace-cyclic-three",
        "The trace of a product of three matrices is invariant under cyclic permutation",
        r"\operatorname{Tr}(ABC)=\operatorname{Tr}(CAB)=\operatorname{Tr}(BCA)",
        "A is a x b, B is b x c, C is c x a",
        TRUE,
        ("matmul", "trace"),
    ),
    Sample(
        "trace-cyclic-chain",
        "Moving the last factor of any product to the front keeps the trace",
        r"\operatorname{Tr}\Big(\prod_{i=1}^nF^{(i)}\Big)=\operatorname{Tr}\Big(F^{(n)}\prod_{i=1}^{n-1}F^{(i)}\Big)",
        "conforming shapes",
        TRUE,
        ("matmul", "trace"),
    ),
    Sample(
        "trace-cyclic-shape-change",
        "The trace is invariant even if the product changes shape",
        r"A\in\mathbb{R}^{m\times n},\ B\in\mathbb{R}^{n\times m}:\ \operatorname{Tr}(AB)=\operatorname{Tr}(BA)",
        "none",
        TRUE,
        ("matmul", "trace"),
    ),
)
SVD = (
    Sample(
        "svd-existence",
        "Every real matrix has a singular value decomposition",
        r"\forall A\in\mathbb{R}^{m\times n}\ \exists U,V\text{ orthogonal},\ D\ge0\text{ diagonal}:\ A=UDV^\top",
        "finite entries",
        TRUE,
        ("svd", "matmul"),
    ),
    Sample(
        "svd-orthogonal-factors",
        "U and V are orthogonal",
        r"U^\top U=UU^\top=I_m,\quad V^\top V=VV^\top=I_n",
        "full SVD",
        TRUE,
        ("svd", "matmul"),
    ),
    Sample(
        "svd-diagonal-singular-values",
        "The diagonal of D holds the singular values",
        r"D_{ii}=\sigma_i\ge0,\ \sigma_1\ge\sigma_2\ge\dots;\quad Av_i=\sigma_iu_i,\ A^\top u_i=\sigma_iv_i",
        "signs and order by convention",
        TRUE,
        ("svd",),
    ),
)
PSEUDOINVERSE = (
    Sample(
        "pseudoinverse-svd-formula",
        "The pseudoinverse is V D+ U^T",
        r"A^+=VD^+U^\top;\ \text{unique }X:\ AXA=A,\ XAX=X,\ (AX)^\top=AX,\ (XA)^\top=XA",
        "exact zeros in D; in floats nonzero means above the cutoff $\\rho\\,\\sigma_1$",
        TRUE,
        ("pinv",),
    ),
    Sample(
        "pseudoinverse-minimum-norm",
        "For wide A, x = A+ y is the feasible solution of least Euclidean norm",
        r"Ax=y\text{ consistent}\Rightarrow A^+y=\arg\min\{\|x\|_2:Ax=y\}",
        "consistent system",
        HYPOTHESES,
        ("pinv", "matmul", "lstsq"),
    ),
    Sample(
        "pseudoinverse-least-squares",
        "For tall A, x = A+ y minimises ||Ax-y||_2",
        r"A^+y\in\arg\min_x\|Ax-y\|_2;\quad A^\top(AA^+y-y)=0",
        "none",
        TRUE,
        ("pinv", "matmul"),
    ),
)
INDEPENDENCE = (
    Sample(
        "uniform-random-sign-example",
        "x uniform on [-1,1], y = s x with a fair sign: dependent but uncorrelated",
        r"x\sim U[-1,1],\ P(s=\pm1)=\tfrac12:\ \operatorname{Cov}(x,sx)=\mathbb{E}[s]\,\mathbb{E}[x^2]=0",
        "s independent of x",
        TRUE,
        ("rand", "cov"),
        STATISTICAL,
    ),
    Sample(
        "independence-implies-zero-covariance",
        "Independent variables have zero covariance",
        r"X\perp Y,\ \mathbb{E}|X|,\mathbb{E}|Y|<\infty\Rightarrow\operatorname{Cov}(X,Y)=0",
        "integrability",
        HYPOTHESES,
        ("cov",),
        STATISTICAL,
    ),
)
XAVIER = (
    Sample(
        "xavier-initializer-law",
        "torch's Xavier initialisers have the stated law",
        r"w\sim U(-a,a),\ a=g\sqrt{6/(M+N)}:\ \mathbb{E}w=0,\ \operatorname{Var}w=\tfrac{2g^2}{M+N}",
        "float32 and wider; half types add an atom at the lower end",
        HYPOTHESES,
        ("xavier_uniform_",),
        STATISTICAL,
    ),
    Sample(
        "xavier-average-compromise",
        "Using Var(W) = 2/(M+N) has no mathematical principle behind it",
        r"\tfrac2{M+N}=\arg\min_v\max(|Mv-1|,|Nv-1|)",
        "forward wants 1/M, backward wants 1/N",
        FALSE,
        ("variance",),
        "",
        "It is the unique minimax solution of the relative gain errors, $v^*=\\frac{2}{M+N}$, "
        "and the harmonic mean of both requirements.",
    ),
    Sample(
        "variance-gain-per-layer",
        "The spread of the distribution grows as well",
        r"\operatorname{Var}z=M\big(\operatorname{Var}w\operatorname{Var}x+\operatorname{Var}w\,\mathbb{E}[x]^2"
        r"+\mathbb{E}[w]^2\operatorname{Var}x\big)",
        "all $w_j$, $x_j$ independent",
        HYPOTHESES,
        ("matmul", "var"),
    ),
)
DROPOUT = (
    Sample(
        "dropout-inverted-scaling",
        "Inverted dropout scales survivors by exactly 1/(1-p) and is unbiased",
        r"y_i=\begin{cases}x_i/(1-p)&\text{w.p. }1-p\\0&\text{w.p. }p\end{cases},\quad\mathbb{E}\,y=x",
        "finite x, $p<1$",
        HYPOTHESES,
        ("dropout",),
        STATISTICAL,
    ),
    Sample(
        "dropout-independent-mask-per-example",
        "Within one step every example gets its own subnetwork",
        r"\mu^{(1)},\dots,\mu^{(B)}\ \text{i.i.d. Bernoulli}(1-p)^n",
        "a (B, n) tensor",
        TRUE,
        ("dropout",),
        STATISTICAL,
    ),
    Sample(
        "dropout-expectation-linear",
        "For a linear network the average over all submodels is the unmasked network",
        r"\sum_\mu p(\mu)\,W\tfrac{\mu\odot x}{1-p}+b=Wx+b",
        "linear after the mask",
        TRUE,
        ("dropout", "linear"),
        "exhausted",
    ),
    Sample(
        "dropout-weight-scaling-is-geometric-mean-for-softmax",
        "For softmax regression the renormalised geometric mean of all submodels is the weight-scaled model",
        r"\frac{\prod_\mu p(y|x,\mu)^{2^{-n}}}{\sum_{y'}\prod_\mu p(y'|x,\mu)^{2^{-n}}}"
        r"=\operatorname{softmax}(\tfrac12Wx+b)_y",
        "$p=\\frac12$, masks on the input",
        TRUE,
        ("softmax", "linear"),
    ),
    Sample(
        "bagging-ensemble-variance",
        "Bagged models make independent errors",
        r"\mathbb{E}\Big[\big(\tfrac1k\sum_i\epsilon_i\big)^2\Big]=\tfrac vk+\tfrac{k-1}kc",
        "equal v and c",
        FALSE,
        ("mean",),
        "",
        "They share the data: the error variance is $\\frac vk+\\frac{k-1}kc$ with $c>0$.",
    ),
    Sample(
        "dropout-versus-bagging-sampling",
        "Dropout is bagging: each submodel's data is a bootstrap sample",
        r"P(\text{both visits equal}\mid N_\mu=2)=\tfrac13\ne\tfrac12",
        "sampling with replacement",
        FALSE,
        ("dropout",),
        STATISTICAL,
        "Only for draws with replacement, and then of random size; in shuffled epochs "
        "an example meets a given mask at most once an epoch.",
    ),
)
SOFTMAX = (
    Sample("softmax-definition-accuracy", "Softmax evaluates exp(x_i) / sum exp(x_j) to a componentwise bound",
           r"p_i=e^{x_i}\Big/\sum_je^{x_j}", "finite x", TRUE, ("softmax",)),
    Sample("softmax-shift-invariance", "Softmax is invariant under adding a scalar",
           r"\operatorname{softmax}(x+c\mathbf{1})=\operatorname{softmax}(x)", "every entry shifted, each shift exact",
           HYPOTHESES, ("softmax", "add"), "loose"),
    Sample("softmax-naive-failure", "Without the shift softmax overflows to nan and underflows to 0/0",
           r"x=(c,c-1):\ e^c=\infty\Rightarrow\infty/\infty=\mathrm{nan}", "c beyond the threshold of exp", TRUE,
           ("exp", "div"), "exact"),
    Sample("log-softmax-accuracy", "log_softmax must be computed as x - m - log(sum), not as log(softmax)",
           r"\log p_i=x_i-m-\log\sum_je^{x_j-m}", "finite x", TRUE, ("log_softmax",)),
)  # fmt: skip

TOPICS = {
    "linear_algebra/norms.py": NORMS,
    "linear_algebra/trace.py": TRACE,
    "linear_algebra/svd.py": SVD,
    "linear_algebra/pseudoinverse.py": PSEUDOINVERSE,
    "probability/independence.py": INDEPENDENCE,
    "initialization/laws.py": XAVIER,
    "regularization/dropout.py": DROPOUT,
    "losses/softmax.py": SOFTMAX,
}
