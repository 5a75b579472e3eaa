"""Functions are found from braces, whatever the preprocessor does to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.cparse.facts import functions


def found(text: str) -> list[tuple[str, int, int]]:
    return [(f.name, f.line, f.end_line) for f in functions(text.encode(), "a.c")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("int foo(void)\n{\n}\n", [("foo", 1, 3)], id="plain"),
        pytest.param("static int\nfoo(int a,\n    int b)\n{\n}\n", [("foo", 2, 5)], id="type on its own line"),
        pytest.param("static inline void foo(void) { }\n", [("foo", 1, 1)], id="one line"),
        pytest.param("struct a *foo(struct b *b)\n{\n}\n", [("foo", 1, 3)], id="returns a struct pointer"),
        pytest.param("int (*foo(int a))(int b)\n{\n}\n", [("foo", 1, 3)], id="returns a function pointer"),
        pytest.param("__printf(1, 2)\nint foo(char *f, ...)\n{\n}\n", [("foo", 2, 4)], id="attribute before"),
        pytest.param("static __printf(1, 2) int foo(int a)\n{\n}\n", [("foo", 1, 3)], id="attribute within"),
        pytest.param("void foo(void)\n\t__acquires(x)\n{\n}\n", [("foo", 1, 4)], id="attribute behind"),
        pytest.param("void foo(void) __init __aligned(4)\n{\n}\n", [("foo", 1, 3)], id="two attributes behind"),
        pytest.param(
            "EXPORT_SYMBOL(bar)\n\nint foo(void)\n{\n}\n", [("foo", 3, 5)], id="behind a macro without semicolon"
        ),
        pytest.param(
            "SYSCALL_DEFINE2(foo, int, a, int, b)\n{\n}\n", [("SYSCALL_DEFINE2(foo)", 1, 3)], id="system call"
        ),
        pytest.param(
            "DEFINE_IDTENTRY(exc_foo)\n{\n}\n", [("DEFINE_IDTENTRY(exc_foo)", 1, 3)], id="macro-generated head"
        ),
        pytest.param("void FOO(void)\n{\n}\n", [("FOO", 1, 3)], id="a function in capitals"),
        pytest.param("typeof(x) foo(int a)\n{\n}\n", [("foo", 1, 3)], id="typeof"),
        pytest.param("struct s {\n\tint (*f)(int);\n};\n", [], id="struct"),
        pytest.param("struct __aligned(8) s {\n\tint a;\n};\n", [], id="struct with an attribute"),
        pytest.param("static struct s s = {\n\t.a = F(1),\n};\n", [], id="initialiser"),
        pytest.param("DEFINE_X(a) = {\n\t1,\n};\n", [], id="macro with an initialiser"),
        pytest.param("LAST(a)\n\nenum e {\n\tA = F(1),\n};\n", [], id="enum behind a macro without semicolon"),
        pytest.param("int foo(void);\nextern int b(int);\n", [], id="prototypes"),
        pytest.param(
            "#define F(x) { \\\n\tif (x) { \\\n}\nint foo(void)\n{\n}\n", [("foo", 4, 6)], id="braces in a macro"
        ),
        pytest.param(
            "int foo(void)\n{\n\tputs(\"}\");\n\tc = '}'; /* } */\n}\n", [("foo", 1, 5)], id="braces in literals"
        ),
        pytest.param(
            "E(foo, T(int a),\n\tA( { b; } c; )\n);\nint f(void)\n{\n}\n", [("f", 4, 6)], id="braces in arguments"
        ),
        pytest.param(
            '#ifdef C\nextern "C" {\n#endif\nint f(void)\n{\n}\n#ifdef C\n}\n#endif\n', [("f", 4, 6)], id="extern C"
        ),
        pytest.param(
            "int f(void)\n{\n\tif (a) {\n}\n\nint g(void)\n{\n}\n", [("f", 1, 4), ("g", 6, 8)], id="a brace is missing"
        ),
    ],
)
def test_functions(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert found(text) == expected


def test_a_brace_opened_in_both_branches() -> None:
    text = "int f(int a)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (!a) {\n#endif\n\t}\n}\nint g(void)\n{\n}\n"
    assert found(text) == [("f", 1, 9), ("g", 10, 12)]


def test_a_brace_opened_and_closed_under_two_conditions() -> None:
    text = "int f(int a)\n{\n#ifdef A\n\tif (a) {\n#endif\n\tb();\n#ifdef A\n\t}\n#endif\n}\nint g(void)\n{\n}\n"
    assert found(text) == [("f", 1, 10), ("g", 11, 13)]


def test_two_heads_of_one_body() -> None:
    text = "#ifdef A\nint f(int a)\n{\n#else\nint g(void)\n{\n#endif\n\tb();\n}\nint h(void)\n{\n}\n"
    assert found(text) == [("f", 2, 9), ("g", 5, 9), ("h", 10, 12)]


def test_a_head_in_two_branches_without_its_brace() -> None:
    text = "#ifdef A\nint f(int a)\n#else\nint f(void)\n#endif\n{\n}\nint h(void)\n{\n}\n"
    assert [name for name, _, _ in found(text)] == ["f", "h"]


def test_functions_in_both_branches_and_behind() -> None:
    text = "#ifdef A\nint f(void)\n{\n}\n#else\nint f(void) { return 0; }\n#endif\n\nint g(void)\n{\n}\n"
    assert found(text) == [("f", 2, 4), ("f", 6, 6), ("g", 9, 11)]


def test_offsets_and_parameters() -> None:
    text = b"/* a */ int foo(struct a *a, /* why */\n\tint b) { }\n"
    (f,) = functions(text)
    assert text[f.start :].startswith(b"foo(")
    assert text[f.body_start : f.body_end] == b"{ }"
    assert (f.parameters, f.macro) == ("struct a *a, int b", False)


def test_none_in_assembly() -> None:
    assert functions(b"x(foo) {\n}\n", "a.S") == ()


@given(
    st.lists(
        st.sampled_from(["{", "}", "(", ")", ";", "\n", "#if A\n", "\n#else\n", "\n#endif\n", "f", "int ", "="]),
        max_size=50,
    )
)
def test_any_braces_are_read(pieces: list[str]) -> None:
    text = "".join(pieces)
    for f in functions(text.encode()):
        assert f.start < f.body_start < f.body_end <= len(text)
        assert 1 <= f.line <= f.end_line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "unit", ["{", "}", "(", "f(", "int f(a) {", "#if A\n{\n", "f(a)\n", "#if A\nf(\n#else\nf(\n#endif\n", "{}\n", "\n}"]
)
def test_hostile_repetitions_are_read_once(unit: str) -> None:
    assert len(functions((unit * 10_000).encode())) <= 10_000
