"""What functions return, what is asked of results, and in which order a function does things."""

from __future__ import annotations

import pytest

from lint.cparse.facts_source import source
from lint.cparse.returns import aligned, constant_pairs, outcomes, passed_pairs, split
from lint.cparse.returns_flow import excludes, placed
from lint.cparse.returns_tree import Expr, Stmt, function_body, macro_body
from lint.cparse.returns_values import ERROR_POINTER, OTHER, Value, evaluate
from lint.cparse.tests_of_flags import events
from lint.cparse.tests_of_index import early_reads
from lint.cparse.tests_of_result import sites


def body(code: str) -> Stmt:
    src = source("a.c", f"int f(int nr)\n{{\n{code}\n}}\n".encode())
    found = function_body(src, src.functions[0])
    assert found is not None
    return found


def expression(code: str) -> Expr:
    expr = body(f"return {code};").body[0].expr
    assert expr is not None
    return expr


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("0", 0),
        ("-1L", -1),
        ("0x10", 16),
        ("(long)-1", -1),
        ("true", 1),
        ("NULL", 0),
        ("-EINVAL", "-EINVAL"),
        ("-EINVAL < 0", 1),
        ("-EINVAL == 0", 0),
        ("-EINVAL == -EPERM", 0),
        ("!0", 1),
        ("ERR_PTR(-ENOMEM)", ERROR_POINTER),
        ("ERR_PTR(0)", 0),
        ("IS_ERR(ERR_PTR(-1))", 1),
        ("IS_ERR_OR_NULL(NULL)", 1),
        ("unlikely(1 && 0)", 0),
        ("x && 0", 0),
        ("x || 1", 1),
        ("x && 1", None),
        ("1 ? -EIO : x", "-EIO"),
        ("0 ?: 3", 3),
        ("x", None),
        ("08", 8),
    ],
)
def test_constants_are_evaluated(code: str, value: Value | None) -> None:
    assert evaluate(expression(code), {}) == value


@pytest.mark.parametrize(
    ("code", "base", "values"),
    [
        ("!x", "x", (0, 1)),
        ("x == 0", "x", (0, 1)),
        ("0 != x", "x", (1, 0)),
        ("a >= b", "a < b", (0, 1)),
        ("a != b", "a == b", (0, 1)),
        ("x ? -1 : 0", "x", (-1, 0)),
        ("!x ? -1 : 0", "x", (0, -1)),
        ("likely(x)", "x", (OTHER, 0)),
    ],
)
def test_a_condition_is_told_from_its_sense(code: str, base: str, values: tuple[Value, Value]) -> None:
    assert split(expression(code)) == (base, values)


def test_outcomes_are_aligned_by_their_place() -> None:
    before = outcomes(body("if (nr)\n return -1;\nlog();\nreturn 0;"), ())
    after = outcomes(body("if (nr)\n return false;\nif (other)\n return false;\nreturn true;"), ())
    pairs = [pair for old, new in aligned(before, after) for pair in constant_pairs(old.expr, new.expr)]
    assert pairs == [(-1, 0), (0, 1)]


def test_nothing_is_aligned_when_a_condition_is_turned_round() -> None:
    before = outcomes(body("if (ready(nr))\n return 0;\nreturn -1;"), ())
    after = outcomes(body("if (!ready(nr))\n return -1;\nreturn 0;"), ())
    assert not aligned(before, after)


def test_values_of_a_returned_variable_are_outcomes() -> None:
    found = outcomes(body("int ret = -EPERM;\nif (nr)\n ret = 0;\nreturn ret;"), ())
    assert [one.expr.text for one in found.items] == ["-EPERM", "0"]


def test_a_result_that_is_given_back_is_translated() -> None:
    before, after = expression("g(nr)"), expression("g(nr) ? 0 : -1")
    assert passed_pairs(before, after, ("g", "g"), [(0, 1), (-1, 0)]) == ((0, 0), (-1, -1))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("if (g(nr)) return 1;", [(False, True)]),
        ("if (!g(nr)) return 1;", [(True, False)]),
        ("if (nr && g(nr) == -1) return 1;", [(False, False)]),
        ("int r = g(nr); if (r < 0 || nr) return 1;", [(False, False)]),
        ("bool skip; skip = !g(nr); if (skip) return 1;", [(True, False)]),
        ("int r; if ((r = g(nr))) return r;", [(False, True)]),
        ("x->err = g(nr); if (x->err) return 1;", [(False, True)]),
        ("int r = g(nr); r = h(nr); if (r) return 1;", []),
        ("WARN_ON(g(nr));", [(False, True)]),
        ("return g(nr) ? a() : b();", [(False, True)]),
        ("return g(nr) ? -1 : 0;", []),
        ("h(g(nr));", []),
        ("if (!(g(nr) && nr)) return 1;", [(True, False)]),
    ],
)
def test_what_a_result_is_asked(code: str, said: list[tuple[bool, bool]]) -> None:
    tests = [test for site in sites(body(code), "g") for test in site.tests]
    assert [(test.holds(0), test.holds(1)) for test in tests] == said


def test_a_macro_returns_its_expression() -> None:
    src = source("a.h", b"#define ok(nr) \\\n\t(!g(nr))\n#define paste(x) a##x\n")
    found = macro_body(src, src.macros[0])
    assert found is not None
    assert sites(found, "g")[0].passed
    assert macro_body(src, src.macros[1]) is None


def test_cases_that_end_exclude_each_other() -> None:
    places = list(placed(body("switch (nr) {\ncase 1:\n a();\n break;\ncase 2:\n b();\ncase 3:\n c();\n}")))
    a, b, c = (next(one for one in places if one.expr.text == f"{name}()") for name in "abc")
    assert excludes(a.branch, b.branch)
    assert not excludes(b.branch, c.branch)


def test_flags_are_tested_in_order() -> None:
    found = events(body("long w = read();\nif (w & _A)\n stop();\nw = read();\nif (w & (_B | _C))\n go();"))
    assert [(one.kind, one.name) for one in found] == [
        ("call", "read"),
        ("assign", "w"),
        ("test", "w"),
        ("call", "stop"),
        ("call", "read"),
        ("assign", "w"),
        ("test", "w"),
        ("call", "go"),
    ]


def test_a_read_above_its_check() -> None:
    (found,) = early_reads(body("e = table[nr];\nif (nr >= MAX_NR)\n return -1;\nreturn use(e);"))
    assert (found.table, found.index, found.check) == ("table", "nr", "nr >= MAX_NR")


@pytest.mark.parametrize(
    "code",
    [
        "return " + "(" * 190 + "1" + ")" * 190 + ";",
        "{" * 190 + "g();" + "}" * 190,
        "return " + "nr+" * 5000 + "1;",
        "return " + "!" * 5000 + "nr;",
        "".join(f"if (nr == {n}) g(); else " for n in range(2000)) + ";",
        "return " + "nr ? 1 : " * 2000 + "0;",
        "if (nr) " * 2000 + "g();",
        "".join(f"l{n}: " for n in range(2000)) + "return 0;",
    ],
)
def test_hostile_bodies_end(code: str) -> None:
    src = source("a.c", f"int f(int nr)\n{{\n{code}\n}}\n".encode())
    for span in src.functions:
        found = function_body(src, span)
        if found is not None:
            sides = outcomes(found, ("g",))
            aligned(sides, sides)
            assert len(sites(found, "g")) <= 100
            assert not list(early_reads(found))
            events(found)
