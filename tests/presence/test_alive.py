"""What the compiler keeps of a function."""

from __future__ import annotations

import pytest

from lint.logic import Formula, show
from lint.presence.alive import may_pass, passed_before


def kept(body: str, stubs: frozenset[str] = frozenset()) -> str:
    """The condition under which ``TARGET`` in a body is kept; names in ``stubs`` are constant false."""
    code = b"int f(int a)\n{\n" + body.encode() + b"\n}\n"
    found = passed_before(code, code.index(b"{"), len(code), code.index(b"TARGET"))

    def constants(name: str) -> tuple[Formula, Formula]:
        return name in stubs, False

    return show(may_pass(found, constants))


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        ("TARGET();", "1"),
        ("if (IS_ENABLED(CONFIG_X)) TARGET();", "CONFIG_X"),
        ("if (!IS_ENABLED(CONFIG_X)) return 0; TARGET();", "CONFIG_X"),
        ("if (!IS_ENABLED(CONFIG_X)) { a++; goto out; } TARGET();", "CONFIG_X"),
        ("if (!IS_ENABLED(CONFIG_X)) a++; TARGET();", "1"),
        ("if (a && IS_BUILTIN(CONFIG_X)) TARGET();", "CONFIG_X"),
        ("if (a || IS_BUILTIN(CONFIG_X)) TARGET();", "1"),
        ("if (IS_ENABLED(CONFIG_X)) a++; else TARGET();", "!CONFIG_X"),
        ("a = IS_ENABLED(CONFIG_X) ? TARGET : 0;", "CONFIG_X"),
        ("a = IS_ENABLED(CONFIG_X) ? 0 : TARGET;", "!CONFIG_X"),
        ("return IS_ENABLED(CONFIG_X) && TARGET();", "CONFIG_X"),
        ("while (a) { if (IS_ENABLED(CONFIG_X)) break; TARGET(); }", "!CONFIG_X"),
        ("switch (a) { case 1: if (IS_ENABLED(CONFIG_X)) TARGET(); break; }", "CONFIG_X"),
        ("list_for_each(a, b) { if (likely(IS_ENABLED(CONFIG_X))) TARGET(); }", "CONFIG_X"),
        ("if (0) TARGET();", "0"),
        ("if (x->y > 3) TARGET();", "1"),
    ],
)
def test_tests_on_the_way(body: str, condition: str) -> None:
    assert kept(body) == condition


def test_a_stub_that_is_constant_false_makes_code_dead() -> None:
    assert kept("if (!foo_on()) return; TARGET();", frozenset({"foo_on"})) == "0"
    assert kept("if (foo_on(a)) TARGET();", frozenset({"foo_on"})) == "0"
    assert kept("if (bar_on(a)) TARGET();", frozenset({"foo_on"})) == "1"


@pytest.mark.parametrize("body", ["if (a TARGET", "{{{{ TARGET", "if (a) ) TARGET;", "{" * 500 + "TARGET"])
def test_broken_code_is_kept(body: str) -> None:
    assert kept(body) == "1"
