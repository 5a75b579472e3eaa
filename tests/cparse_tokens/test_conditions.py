"""The condition of a line is the #if stack around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.cparse.conditions import MAX_NESTING, Conditions
from lint.cparse.conditions_expression import MAX_TOKENS, condition
from lint.errors import Stage
from lint.logic import Atom, Not, Or, atoms, negate, show


def at(text: str, line: int) -> str:
    return show(Conditions.of(text.encode()).at(line))


@pytest.mark.parametrize(
    ("expression", "formula"),
    [
        ("defined(CONFIG_X)", "CONFIG_X"),
        ("defined CONFIG_X_MODULE", "CONFIG_X_MODULE"),
        ("CONFIG_X", "CONFIG_X"),
        ("defined(__ASSEMBLY__)", "defined(__ASSEMBLY__)"),
        ("!defined(MODULE)", "!defined(MODULE)"),
        ("IS_BUILTIN(CONFIG_X)", "CONFIG_X"),
        ("IS_MODULE(CONFIG_X)", "CONFIG_X_MODULE"),
        ("IS_REACHABLE(CONFIG_X)", "CONFIG_X || (CONFIG_X_MODULE && defined(MODULE))"),
        ("IS_ENABLED(FOO)", "IS_ENABLED(FOO)"),
        ("A && !B || C", "(A && !B) || C"),
        ("A && (!B || C)", "A && (!B || C)"),
        ("!!A", "A"),
        ("!(A)", "!A"),
        ("0", "0"),
        ("1", "1"),
        ("0x10UL > 3", "1"),
        ("010 == 8", "1"),
        ("-1 < 0", "1"),
        ("CONFIG_X && 0", "0"),
        ("CONFIG_HZ > 100", "(CONFIG_HZ > 100)"),
        ("CONFIG_HZ <= 100", "!(CONFIG_HZ > 100)"),
        ("A < 2", "(A < 2)"),
        ("A >= 2", "!(A < 2)"),
        ("A != B", "!(A == B)"),
        ("(A + 1)*2 == 4", "((A + 1) * 2 == 4)"),
        ("f( a,b )", "f(a, b)"),
        ("f(a) && f( a )", "f(a)"),
        ("a ? b : c", "(a ? b: c)"),
        ("A == 1 && \\\n B", "(A == 1) && B"),
    ],
)
def test_expressions(expression: str, formula: str) -> None:
    assert (show(condition(expression)[0]), condition(expression)[1]) == (formula, "")


def test_is_enabled_is_built_in_or_a_module() -> None:
    enabled = Or((Atom("CONFIG_X"), Atom("CONFIG_X_MODULE")))
    assert condition("IS_ENABLED(CONFIG_X)") == (enabled, "")
    assert condition("!IS_ENABLED(CONFIG_X)") == (Not(enabled), "")


@pytest.mark.parametrize(
    "pair", [("A != B", "A == B"), ("A >= 2", "A  <  2"), ("A <= 2", "A > 2"), ("!(A + B)", "A + B")]
)
def test_a_test_and_its_opposite_share_an_atom(pair: tuple[str, str]) -> None:
    one, other = (condition(text)[0] for text in pair)
    assert one == negate(other)


@pytest.mark.parametrize(
    "text", ["", "(A", "A)", "A &&", "&& A", "defined()", "defined(A", "A B", "(" * 500, "f(a", "@"]
)
def test_what_is_not_understood_is_one_atom_and_a_reason(text: str) -> None:
    formula, reason = condition(text)
    assert isinstance(formula, Atom)
    assert formula.name.startswith("?")
    assert reason


@given(st.text("AB()&|!<=>?: ,0-defin\"'", max_size=40))
def test_any_expression_is_read(text: str) -> None:
    formula, _ = condition(text)
    assert isinstance(list(atoms(formula)), list)


def test_long_chains_are_read_and_longer_ones_are_a_problem() -> None:
    assert condition(" && ".join(f"A{n}" for n in range(MAX_TOKENS // 2 - 1)))[1] == ""
    assert "tokens" in condition(" && ".join(f"A{n}" for n in range(MAX_TOKENS)))[1]


BRANCHES = """\
a
#ifdef CONFIG_A
b
#elif defined(CONFIG_B)
c
#else
d
#endif
e
"""


@pytest.mark.parametrize(
    ("line", "formula"),
    [
        (1, "1"),
        (2, "1"),
        (3, "CONFIG_A"),
        (4, "1"),
        (5, "!CONFIG_A && CONFIG_B"),
        (7, "!CONFIG_A && !CONFIG_B"),
        (9, "1"),
    ],
)
def test_branches_exclude_each_other(line: int, formula: str) -> None:
    assert at(BRANCHES, line) == formula


def test_nesting_and_all_spellings() -> None:
    text = "#ifndef A\n#if B\nx\n#elifdef C\ny\n#elifndef D\nz\n#endif\n#endif\n"
    assert at(text, 3) == "!defined(A) && B"
    assert at(text, 5) == "!defined(A) && !B && defined(C)"
    assert at(text, 7) == "!defined(A) && !B && !defined(C) && !defined(D)"


def test_a_continued_condition_starts_behind_its_last_line() -> None:
    text = "#if defined(A) && \\\n    /* why */ defined(B)\nx\n#endif\n"
    assert (at(text, 2), at(text, 3)) == ("1", "defined(A) && defined(B)")


def test_comments_and_literals_hold_no_directives() -> None:
    assert at("/*\n#if A\n*/\nx\n", 4) == "1"


def test_if_0_is_never_built() -> None:
    assert Conditions.of(b"#if 0\nx\n#else\ny\n#endif\n").at(2) is False
    assert Conditions.of(b"#if 0\nx\n#else\ny\n#endif\n").at(4) is True


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("/* c */\n#ifndef X\n#define X\nx\n#endif /* X */\n", id="plain"),
        pytest.param("#if !defined(X)\n#define X 1\nx\n\n#endif\n", id="defined"),
        pytest.param("#pragma once\n#ifndef X\n#define X\nx\n#endif\n", id="behind a pragma"),
        pytest.param("#ifndef A\n#error\n#endif\n#ifndef X\n#define X\nx\n#endif\n", id="behind a check"),
        pytest.param(
            "#undef S\n#define S t\n#if !defined(X) || defined(R)\n#define X\nx\n#endif\n#include <t.h>\n",
            id="trace header",
        ),
    ],
)
def test_include_guards_are_no_condition(text: str) -> None:
    conditions = Conditions.of(text.encode())
    assert conditions.at(text.split("\n").index("x") + 1) is True
    assert any(branch.guard for branch in conditions.branches)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("#ifndef X\n#define X\nx\n#endif\nint y;\n", id="a fallback, as code follows"),
        pytest.param("int y;\n#ifndef X\n#define X\nx\n#endif\n", id="a fallback, as code precedes"),
        pytest.param("#ifndef X\n#define X\nx\n#else\ny\n#endif\n", id="with #else"),
        pytest.param("#ifndef X\n#define Y\nx\n#endif\n", id="another name"),
        pytest.param("#ifndef X\nint z;\n#define X\nx\n#endif\n", id="not at once"),
    ],
)
def test_other_groups_are_no_guard(text: str) -> None:
    assert at(text, text.split("\n").index("x") + 1) == "!defined(X)"


def test_the_structure_has_its_lines() -> None:
    outer, inner, other = Conditions.of(b"#if A\n#ifdef B\nx\n#endif\n#else\ny\n#endif\n").branches
    assert (outer.keyword, outer.text, outer.line, outer.first, outer.end_line) == ("if", "A", 1, 2, 5)
    assert (outer.opening, outer.closing, outer.parent, outer.depth) == (1, 7, -1, 0)
    assert (inner.text, inner.opening, inner.closing, inner.parent, inner.depth) == ("B", 2, 4, 0, 1)
    assert (other.keyword, other.line, other.end_line, other.opening, other.closing) == ("else", 5, 7, 1, 7)


def test_included_strings_tell_headers_apart() -> None:
    a, b = (Conditions.of(b'#if __has_include("%s.h")\nx\n#endif\n' % name).at(2) for name in (b"a", b"b"))
    assert a != b


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (b"x\n#if A\ny\n", "#if without #endif", 2),
        (b"#endif\n", "#endif without #if", 1),
        (b"#else\n", "#else without #if", 1),
        (b"#if A\n#else\n#else\n#endif\n", "#else after #else", 3),
        (b"#ifdef\n#endif\n", "#ifdef without a name", 1),
        (b"#if (A\n#endif\n", "#if (A: ')' is missing", 1),
    ],
)
def test_problems(text: bytes, message: str, line: int) -> None:
    (problem,) = Conditions.of(text, "a.c").problems
    assert (problem.stage, problem.path, problem.message, problem.line) == (Stage.CPARSE, "a.c", message, line)


def test_an_open_group_still_conditions_the_rest() -> None:
    assert at("#if A\nx\n", 2) == "A"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"#if A\n" * 100_000, id="nested"),
        pytest.param(b"#if A\n" + b"".join(b"#elif B%d\n" % n for n in range(20_000)) + b"#endif\n", id="branches"),
        pytest.param(b"#if " + b"(" * 100_000 + b"\n#endif\n", id="parentheses"),
        pytest.param(b"#if " + b"!" * 1_900 + b"A\n#endif\n", id="negations"),
    ],
)
def test_hostile_structures_are_bounded(text: bytes) -> None:
    conditions = Conditions.of(text)
    assert len(conditions.problems) <= 100
    for line in (2, MAX_NESTING, 50_000, 100_000):
        assert len(list(atoms(conditions.at(line)))) <= 1_000


def test_too_deep_nesting_is_a_problem() -> None:
    text = b"#if A\n" * 150 + b"x\n" + b"#endif\n" * 150 + b"y\n"
    conditions = Conditions.of(text)
    assert [p.message for p in conditions.problems] == [
        f"#if nested more than {MAX_NESTING} deep: conditions not analysed"
    ]
    assert conditions.at(302) is True


@given(
    st.lists(
        st.sampled_from(["#if A", "#ifdef B", "#ifndef C", "#elif D", "#else", "#endif", "x", "#define C"]), max_size=30
    )
)
def test_any_structure_is_read(rows: list[str]) -> None:
    conditions = Conditions.of("\n".join(rows).encode())
    depth = 0
    for line, row in enumerate(rows, 1):
        formula = conditions.at(line)
        if not depth and not row.startswith(("#el", "#endif")):
            assert formula is True
        depth = max(depth + row.startswith("#if") - (row == "#endif"), 0)
    assert all(b.line < b.end_line and b.opening <= b.line and b.end_line <= b.closing for b in conditions.branches)
