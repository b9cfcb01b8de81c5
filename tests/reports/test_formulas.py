from __future__ import annotations

import re

import pytest

from reports.formulas import FormulaError, Typesetter, breakable
from tests.reports import synthetic

STATEMENTS = [sample.statement for _, sample in synthetic.samples(31)]


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statements_are_typeset(typesetter: Typesetter, statement: str) -> None:
    markup = typesetter.display(statement)
    assert "<svg" in markup
    assert "merror" not in markup
    defined = set(re.findall(r'<path id="(\w+)"', typesetter.glyphs()))
    assert set(re.findall(r'href="#(\w+)"', markup)) <= defined


def test_glyphs_are_shared() -> None:
    typesetter = Typesetter()
    assert typesetter.glyphs() == ""
    typesetter.display("a+a")
    assert typesetter.glyphs().count("<path") == 2
    typesetter.display("a+a=a")
    assert typesetter.glyphs().count("<path") == 3


@pytest.mark.parametrize(
    "formula",
    [r"\nosuchcommand", r"\frac{1", "x & y", r"\href{javascript:alert(1)}{x}", r"\require{html}", r"\def\a{b}",
     r"\newcommand{\a}{b}", r"\unicode{60}", r"\style{color:red}{x}", r"\class{a}{x}", r"\cssId{a}{x}"],
)  # fmt: skip
def test_what_is_no_mathematics_is_an_error(typesetter: Typesetter, formula: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(formula)):
        typesetter.display(formula)


def test_letters_of_data_stay_letters(typesetter: Typesetter) -> None:
    markup = typesetter.display(r"\text{<script>é</script>}<\text{\"'}")
    assert "<script" not in markup
    assert '"\'"' not in markup


@pytest.mark.parametrize(
    ("formula", "parts"),
    [
        ("a=b+c", ["a", "{}=b+c"]),
        (r"a\le b\le c", ["a", r"{}\le b", r"{}\le c"]),
        (r"f(x=y)=\left(a=b\right)", ["f(x=y)", r"{}=\left(a=b\right)"]),
        (r"\begin{cases}a=b\end{cases}", [r"\begin{cases}a=b\end{cases}"]),
        (r"x\not=y,\quad z", [r"x\not=y,\quad ", "z"]),
        (r"a,\ b;\ c", [r"a,\ ", r"b;\ ", "c"]),
        ("=b", ["=b"]),
        ("x_=", ["x_="]),
        (r"a=b\\c", [r"a=b\\c"]),
        ("[0,1)=(a]", ["[0,1)", "{}=(a]"]),
        ("a)=b", ["a)=b"]),
        (r"\text{words of a long sentence that goes on}",
         [r"\text{words of a long }", r"\text{sentence that goes }", r"\text{on}"]),
    ],
)  # fmt: skip
def test_where_a_formula_may_break(formula: str, parts: list[str]) -> None:
    assert breakable(formula) == parts


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_parts_make_up_the_formula(statement: str) -> None:
    whole = "".join(part.removeprefix("{}") for part in breakable(statement))
    assert re.sub(r"\}\\text\{|\s", "", whole) == re.sub(r"\s", "", statement)


def test_a_relation_within_a_command_keeps_the_formula_whole(typesetter: Typesetter) -> None:
    formula = r"\frac1n\sum_{i\le n}C_i\overset d=C_1\text{ for every n that is large enough}"
    assert typesetter.display(formula).count("<svg") == 1


def test_prose(typesetter: Typesetter) -> None:
    markup = typesetter.prose("a <b> & `x < y` with $u^2$ and $5")
    assert markup.startswith("a &lt;b&gt; &amp; <code>x &lt; y</code> with <span")
    assert markup.endswith(" and $5")
    assert markup.count("<svg") == 1
    assert typesetter.prose("one\n  line\n\nanother") == "one line\nanother"
    assert typesetter.prose(r"a path C:\temp") == r"a path C:\temp"
    assert "<svg" in typesetter.prose_or_formula(r"A\ne B")
    assert typesetter.prose_or_formula("A is not B") == "A is not B"
