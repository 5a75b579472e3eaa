"""Uses of names, their roles, and what is no use at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.cparse.model import Use
from lint.cparse.references import identifiers, identifiers_on, is_local, references
from lint.logic import show


def roles(text: str, name: str = "foo", path: str = "a.c") -> list[tuple[str, str]]:
    return [(r.use.value, r.function) for r in references(path, text.encode(), {name})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/* foo */ int x; // foo\n", [], id="comments"),
        pytest.param('char *s = "foo";\n', [], id="string"),
        pytest.param("#error foo\n#warning foo\n#pragma foo\n", [], id="messages"),
        pytest.param("#include <linux/foo.h>\n", [], id="include path"),
        pytest.param("int foobar, _foo, foo1;\n", [], id="longer names"),
        pytest.param("#define foo 1\n", [], id="the macro's own name"),
        pytest.param("#define bar(foo) (foo + 1)\n", [], id="a macro parameter"),
        pytest.param("#define bar(a, foo...) f(a, ##foo)\n", [], id="a named variadic parameter"),
        pytest.param("#define bar(a) (foo + a)\n", [("macro-body", "bar")], id="macro body"),
        pytest.param("#define bar foo(1)\n", [("macro-body", "bar")], id="macro body, called"),
        pytest.param("#define bar \\\n\tx \\\n\tfoo\n", [("macro-body", "bar")], id="macro body continued"),
        pytest.param("#define bar(x) foo##x\n", [("paste", "bar")], id="paste before"),
        pytest.param("#define bar(x) x ## foo\n", [("paste", "bar")], id="paste behind"),
        pytest.param("#define bar(x) (x)->foo\n", [("member", "bar")], id="member in a macro"),
        pytest.param("#undef foo\n#ifdef foo\n#endif\n", [("defined", ""), ("defined", "")], id="ifdef"),
        pytest.param("#if defined(foo) || !defined foo\n#endif\n", [("defined", "")] * 2, id="defined"),
        pytest.param("#if foo > 3\n#endif\n", [("condition", "")], id="condition"),
        pytest.param("#include foo\n", [("plain", "")], id="include of a macro"),
        pytest.param("int foo(int a);\n", [("plain", "")], id="prototype"),
        pytest.param("int foo(int a)\n{\n}\n", [("plain", "")], id="function head"),
        pytest.param("int *foo (int a)\n{\n}\n", [("plain", "")], id="function head, pointer"),
        pytest.param("static foo(a);\n", [("call", "")], id="macro invocation behind static"),
        pytest.param("foo(a);\n", [("call", "")], id="macro invocation at file scope"),
        pytest.param("int x = foo;\n", [("plain", "")], id="initialiser"),
        pytest.param("struct foo x;\n", [("tag", "")], id="tag"),
        pytest.param("struct s s = { .foo = 1, [foo] = 2 };\n", [("member", ""), ("plain", "")], id="designators"),
        pytest.param("int f(void)\n{\n\treturn foo(1);\n}\n", [("call", "f")], id="call"),
        pytest.param("int f(void)\n{\n\treturn foo\n\t\t(1);\n}\n", [("call", "f")], id="call, parenthesis below"),
        pytest.param("int f(void)\n{\n\tx->foo = y. foo;\n}\n", [("member", "f")] * 2, id="member"),
        pytest.param("int f(void)\n{\n\tx->foo();\n}\n", [("member", "f")], id="call through a member"),
        pytest.param(
            "SYSCALL_DEFINE1(bar, int, a)\n{\n\tfoo();\n}\n", [("call", "SYSCALL_DEFINE1(bar)")], id="system call"
        ),
    ],
)
def test_roles(text: str, expected: list[tuple[str, str]]) -> None:
    assert roles(text) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "arch/arm64/a.S", "SYM_CODE_START(bar)\n\ttbnz x0, #foo, 1f\n", [("plain", "bar")], id="immediate"
        ),
        pytest.param(
            "arch/arm64/a.S",
            "bar:\n\tbl foo\nSYM_FUNC_END(bar)\n\t.long foo\n",
            [("plain", "bar"), ("plain", "")],
            id="label",
        ),
        pytest.param(
            "arch/arm64/a.S", ".macro bar, foo\n\tmov x0, \\foo\n.endm\n", [("plain", "bar")], id="macro argument"
        ),
        pytest.param("arch/arm/a.S", "bar:\n\tmov r0, r1 @ foo\n", [], id="arm comment"),
        pytest.param("arch/arm64/a.S", "bar:\n\tmov x0, x1 // foo\n", [], id="comment"),
        pytest.param("arch/arm64/a.S", "\t.foo x\n", [("plain", "")], id="no member"),
        pytest.param(
            "kernel/vmlinux.lds.S", "#ifdef CONFIG_A\n\t. = foo(8);\n#endif\n", [("call", "")], id="linker script"
        ),
    ],
)
def test_assembly_roles(path: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert roles(text, path=path) == expected


def test_place_and_condition() -> None:
    text = b"#ifdef CONFIG_A\nint f(void)\n{\n#if !defined(B)\n\tfoo();\n#endif\n}\n#endif\n"
    (use,) = references("a.c", text, ["foo"])
    assert (use.line, use.column, use.use, use.function) == (5, 2, Use.CALL, "f")
    assert show(use.condition) == "CONFIG_A && !defined(B)"


def test_many_names_find_what_single_names_find() -> None:
    text = "int f(void)\n{\n\ta1(b2, c3->d4);\n}\n#define e5(a) a6##a\n"
    many = [f"{c}{n}" for c in "abcde" for n in range(20)]
    one_by_one = [use for name in many for use in references("a.c", text.encode(), {name})]
    assert sorted(references("a.c", text.encode(), many), key=str) == sorted(one_by_one, key=str)
    assert len(one_by_one) == 5


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("\tint foo;\n\tfoo = 1;", id="variable"),
        pytest.param("\tint a, *foo = &a;\n", id="second declarator"),
        pytest.param("\tint a = b(1, 2), foo;\n", id="behind an initialiser"),
        pytest.param("\tconst struct s *foo = x;\n", id="pointer to struct"),
        pytest.param("\tstruct s *const foo = x;\n", id="const pointer"),
        pytest.param("\tchar foo[10];\n", id="array"),
        pytest.param("\tint foo __maybe_unused;\n", id="attribute behind"),
        pytest.param("\tchar *foo __free(kfree) = a;\n", id="cleanup behind"),
        pytest.param("\tfor (int foo = 0; foo < 3; foo++)\n\t\t;\n", id="for"),
        pytest.param("\tDECLARE_BITMAP(foo, 10);\n", id="declaring macro"),
        pytest.param("\tgoto foo;\nfoo:\n\treturn;\n", id="label"),
        pytest.param("\tif (a) {\n\t\tu64 foo = 1;\n\t}\n", id="inner block"),
        pytest.param("\ttypeof(a) foo = a;\n", id="typeof"),
    ],
)
def test_locals(body: str) -> None:
    text = f"int f(int a, int b)\n{{\n{body}\n}}\n".encode()
    uses = references("a.c", text, {"foo"})
    assert uses
    assert all(is_local(text, use) for use in uses)


@pytest.mark.parametrize(
    "head",
    [
        "int f(int foo)",
        "int f(struct s *foo, int b)",
        "int f(int a, char foo[3])",
        "int f(int (*foo)(int a), int b)",
        "SYSCALL_DEFINE2(f, int, a, char __user *, foo)",
    ],
)
def test_parameters_are_local(head: str) -> None:
    text = f"{head}\n{{\n\tuse(foo);\n}}\n".encode()
    uses = [use for use in references("a.c", text, {"foo"}) if use.line == 3]
    assert [is_local(text, use) for use in uses] == [True]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("\treturn foo;", id="return"),
        pytest.param("\tx = y * foo;", id="product"),
        pytest.param("\tx = foo;", id="assigned from"),
        pytest.param("\tfoo = 1;", id="assigned to"),
        pytest.param("\tg(a, foo);", id="argument"),
        pytest.param("\tint a = foo;", id="initialiser of another"),
        pytest.param("\tint a = foo, b;", id="initialiser of another, more follow"),
        pytest.param("\tswitch (a) {\n\tcase foo:\n\t\tbreak;\n\t}", id="case"),
        pytest.param("\tx = a ? foo : b;", id="conditional expression"),
        pytest.param("\tg(sizeof(struct s), foo[1]);", id="indexed"),
        pytest.param("\tx->foo = 1;", id="member"),
        pytest.param("\tstruct foo foo2;", id="tag"),
        pytest.param("\tset_bit(foo, &x);", id="macro argument"),
        pytest.param("\telse foo = 1;", id="else"),
    ],
)
def test_no_locals(body: str) -> None:
    text = f"int f(int a, int b)\n{{\n{body}\n}}\nint h(int foo)\n{{\n\tint foo;\n}}\n".encode()
    uses = [use for use in references("a.c", text, {"foo"}) if use.function == "f"]
    assert uses
    assert not any(is_local(text, use) for use in uses)


def test_identifiers() -> None:
    text = b'#include <linux/bar.h>\nint foo = 0x1F; /* no */ char *s = "no";\n#define A(x) x##_y\n'
    assert identifiers(text) >= {"foo", "s", "A", "x", "_y"}
    assert not identifiers(text) & {"no", "linux", "bar", "h", "x1F"}


def test_identifiers_on_lines() -> None:
    text = b"int a;\n/* b\n b */ int c, c;\n#include <d.h>\nint e;"
    assert identifiers_on(text, [1, 3, 4, 5, 9]) == {
        1: ("int", "a"),
        3: ("int", "c", "c"),
        4: (),
        5: ("int", "e"),
        9: (),
    }


PIECES = st.sampled_from(
    [
        "foo",
        "bar",
        " ",
        "\n",
        "(",
        ")",
        "{",
        "}",
        ";",
        "#define x(foo) ",
        "##",
        "->",
        "#if ",
        "\n#endif\n",
        '"',
        "/*",
        "*/",
        ",",
    ]
)


@given(st.lists(PIECES, max_size=50).map("".join))
def test_positions_are_true(text: str) -> None:
    rows = text.encode().split(b"\n")
    for use in references("a.c", text.encode(), {"foo", "bar"}):
        start = use.column - 1
        assert rows[use.line - 1][start : start + len(use.name)] == use.name.encode()
        assert is_local(text.encode(), use) in (True, False)


@pytest.mark.parametrize(
    "unit", ["foo ", "foo(", "foo\\\n", "#define foo foo\n", "#if foo\n", "->foo", "{foo", "foo,", "int foo;"]
)
def test_hostile_repetitions_are_read_once(unit: str) -> None:
    assert len(references("a.c", (unit * 5_000).encode(), {"foo"})) <= 5_000
