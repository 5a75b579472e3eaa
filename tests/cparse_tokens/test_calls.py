"""Calls with their arguments, and the names that macros paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.cparse.calls import calls
from lint.cparse.calls_pastes import MAX_PASTES, Paste, pasted_names, pastes
from lint.logic import show


def arguments(text: str, name: str = "foo") -> list[tuple[str, ...]]:
    return [call.arguments for call in calls("a.c", text.encode(), {name})]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("foo()", ()),
        ("foo( )", ()),
        ("foo(a)", ("a",)),
        ("foo(a, b)", ("a", "b")),
        ("foo(,)", ("", "")),
        ("foo(a(1, 2), b[1, 2], { 3, 4 })", ("a(1, 2)", "b[1, 2]", "{ 3, 4 }")),
        ("foo(\"a,b\", ',', c)", ('"a,b"', "','", "c")),
        ('foo("a)b")', ('"a)b"',)),
        ("foo(a, /* b, */ c)", ("a", "c")),
        ("foo(a,\n\t\t  b +\n\t\t  c)", ("a", "b + c")),
        ("foo (a)", ("a",)),
        ("foo(a,\n#ifdef X\n\tb,\n#endif\n\tc)", ("a", "b", "c")),
        ("foo(({ int x = 1; x; }), b)", ("({ int x = 1; x; })", "b")),
    ],
)
def test_arguments(call: str, expected: tuple[str, ...]) -> None:
    assert arguments(f"int f(void)\n{{\n\t{call};\n}}\n") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("int foo(int a);\n", id="prototype"),
        pytest.param("int foo(int a)\n{\n}\n", id="head"),
        pytest.param("#define foo(a) a\n", id="macro definition"),
        pytest.param("#define bar(foo) foo(1)\n", id="macro parameter"),
        pytest.param("int f(void)\n{\n\tx->foo(1);\n}\n", id="through a member"),
        pytest.param("int f(void)\n{\n\tfoo(1;\n}\n", id="never closed"),
        pytest.param("int f(void)\n{\n\tfoo(1];\n}\n", id="closed wrongly"),
        pytest.param("/* foo(1) */\n#error foo(1)\n", id="text"),
    ],
)
def test_no_calls(text: str) -> None:
    assert arguments(text) == []


def test_nested_calls_are_calls() -> None:
    text = b"int f(void)\n{\n\tif (a(b(1), sizeof(c)))\n\t\treturn d();\n}\n"
    assert [(c.name, c.arguments) for c in calls("a.c", text)] == [
        ("a", ("b(1)", "sizeof(c)")),
        ("b", ("1",)),
        ("d", ()),
    ]


def test_where_a_call_stands() -> None:
    text = b"#ifdef CONFIG_A\nint f(void)\n{\n\tfoo(1);\n}\n#endif\n#define bar(x) foo(x, \\\n\t2)\nMACRO(g, 1);\n"
    a, b = calls("a.c", text, {"foo"})
    assert (a.line, a.column, a.function, show(a.condition)) == (4, 2, "f", "CONFIG_A")
    assert (b.line, b.column, b.function, b.arguments, b.condition) == (7, 16, "bar", ("x", "2"), True)
    assert [(c.name, c.arguments, c.function) for c in calls("a.c", text, {"MACRO"})] == [("MACRO", ("g", "1"), "")]


def test_within_lines() -> None:
    text = b"f(1);\nf(2);\nf(3);\nf(4);"
    assert [c.arguments[0] for c in calls("a.c", text, {"f"}, (2, 3))] == ["2", "3"]
    assert [c.arguments[0] for c in calls("a.c", text, None, (4, 9))] == ["4"]


def test_calls_in_conditions() -> None:
    (call,) = calls("a.c", b"#if IS_ENABLED(CONFIG_X)\n#endif\n", {"IS_ENABLED"})
    assert call.arguments == ("CONFIG_X",)


SET = b"""\
#define set_syscall_work(fl) \\
	set_bit(SYSCALL_WORK_BIT_##fl, &current_thread_info()->syscall_work)
#define set_task_syscall_work(t, fl) set_bit(SYSCALL_WORK_BIT_ ## fl, &(t)->work)
#define outer(x) set_syscall_work(x)
#define exits(x) outer(EXIT_##x)
#define both(a, b) a##_to_##b
#define pr(fmt, ...) printk(fmt, ##__VA_ARGS__)
"""


def names(call: bytes) -> tuple[str, ...]:
    (one,) = calls("a.c", b"int f(void)\n{\n\t" + call + b";\n}\n", {call.split(b"(")[0].decode()})
    return pasted_names(one, pastes(SET))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (b"set_syscall_work(EXIT_TRAP)", ("SYSCALL_WORK_BIT_EXIT_TRAP",)),
        (b"set_task_syscall_work(current, SECCOMP)", ("SYSCALL_WORK_BIT_SECCOMP",)),
        (b"outer(AUDIT)", ("SYSCALL_WORK_BIT_AUDIT",)),
        (b"exits(TRAP)", ("EXIT_TRAP", "SYSCALL_WORK_BIT_EXIT_TRAP")),
        (b"both(x, y)", ("x_to_y",)),
        (b"set_syscall_work(a + b)", ()),
        (b"set_syscall_work()", ()),
        (b'pr("x", y)', ()),
        (b"other(x)", ()),
    ],
)
def test_pasted_names(call: bytes, expected: tuple[str, ...]) -> None:
    assert names(call) == expected


def test_pastes_have_prefix_and_suffix() -> None:
    first = pastes(SET)[0]
    assert first == Paste("set_syscall_work", "fl", "SYSCALL_WORK_BIT_", "", 1, ("SYSCALL_WORK_BIT_", "fl"), ("fl",))
    parts = {(p.parameter, p.prefix, p.suffix) for p in pastes(SET) if p.macro == "both"}
    assert parts == {("a", "", "_to_"), ("b", "_to_", "")}


def test_pastes_have_the_condition_of_their_macro() -> None:
    text = (
        b"#ifdef CONFIG_A\n#define s(f) X_##f\n#else\n#define s(f) Y_##f\n#endif\n#ifdef B\n#define t(f) s(f)\n#endif\n"
    )
    found = {(p.macro, p.prefix): show(p.condition) for p in pastes(text)}
    assert found == {
        ("s", "X_"): "CONFIG_A",
        ("s", "Y_"): "!CONFIG_A",
        ("t", "X_"): "CONFIG_A && defined(B)",
        ("t", "Y_"): "!CONFIG_A && defined(B)",
    }


def test_pastes_of_another_file_are_passed_on() -> None:
    known = pastes(SET)
    (passed,) = pastes(b"#define mine(z) set_syscall_work(z)\n", known=known)
    assert (passed.macro, passed.parameter, passed.prefix) == ("mine", "z", "SYSCALL_WORK_BIT_")


PIECES = st.sampled_from(
    ["f", "(", ")", ",", ";", "{", "}", "[", "]", "\n", " ", '"', "#define m(a) ", "##", "#if X\n", "\n#endif\n", "a"]
)


@given(st.lists(PIECES, max_size=50).map("".join))
def test_positions_are_true(text: str) -> None:
    rows = text.encode().split(b"\n")
    for call in calls("a.c", text.encode()):
        assert rows[call.line - 1][call.column - 1 :].startswith(call.name.encode())
    assert isinstance(pastes(text.encode()), tuple)


@pytest.mark.parametrize(
    "unit", ["f(", "f(a,", "f()", "f(f(),", "((", "f({", "#define f(a) f(a##b)\n", "#define f(a) a##f(a)\n", "f(;"]
)
def test_hostile_repetitions_are_bounded(unit: str) -> None:
    text = (unit * 3_000).encode()
    assert len(calls("a.c", text)) <= 6_000
    assert len(pastes(text)) <= MAX_PASTES
