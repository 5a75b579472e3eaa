from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.cparse.definitions import definitions
from lint.cparse.masking import mask, mask_everywhere
from lint.cparse.model import Kind
from lint.logic import show


def names(text: str, path: str = "x.c", kind: Kind = Kind.FUNCTION) -> list[str]:
    return [item.name for item in definitions(path, text.encode()).items if item.kind is kind]


def test_two_headers_share_a_body() -> None:
    text = "#ifdef CONFIG_A\nint __init a(void)\n#else\nint b(int n)\n#endif\n{\n\treturn 0;\n}\nint c(void) {}\n"
    found = definitions("x.c", text.encode()).items
    assert [(item.name, item.line, show(item.condition)) for item in found] == [
        ("a", 2, "CONFIG_A"),
        ("b", 4, "!CONFIG_A"),
        ("c", 9, "1"),
    ]


def test_both_branches_open_the_body() -> None:
    text = "#ifdef A\nint a(void) {\n#elif B\nint b(void) {\n#else\nint c(void) {\n#endif\n}\nint d(void) {}\n"
    assert names(text) == ["a", "b", "c", "d"]


def test_a_conditional_in_an_if_chain() -> None:
    text = (
        "int a(int x)\n{\n\tif (x) {\n#ifdef A\n\t} else if (y) {\n#else\n\t} else {\n#endif\n\t}\n}\nint b(void) {}\n"
    )
    assert names(text) == ["a", "b"]


def test_a_conditional_in_an_initialiser() -> None:
    text = "struct ops o = {\n\t.a = f,\n#ifdef A\n\t.b = g,\n#else\n\t.b = h\n#endif\n};\nint b(void) {}\n"
    result = definitions("x.c", text.encode(), bodies=True)
    assert [item.name for item in result.items] == ["o", "b"]
    assert result.error_bytes == 0


def test_a_conditional_in_a_type() -> None:
    text = "struct s {\n#ifdef A\n\tstruct t {\n#else\n\tunion u {\n#endif\n\t\tint m;\n\t} x;\n};\nint f;\n"
    assert names(text, kind=Kind.TAG) == ["s", "t", "u"]


def test_an_error_costs_only_itself() -> None:
    text = (
        "int a(void) {}\nint @@ b(;\nstruct s { int m; @ int n, *o; };\nenum e { P = 3, @@ Q, R };\nint c(void)\n{\n}\n"
    )
    assert names(text) == ["a", "c"]
    assert names(text, kind=Kind.MEMBER) == ["m", "n", "o"]
    assert names(text, kind=Kind.ENUMERATOR) == ["P", "R"]
    assert definitions("x.c", text.encode()).error_bytes > 0


def test_a_brace_too_many_ends_at_the_first_column() -> None:
    assert names("int a(void)\n{\n\tif (x) {\n}\n\nint b(void)\n{\n}\n") == ["a", "b"]


def test_a_header_for_two_languages() -> None:
    text = (
        "#ifndef _H\n#define _H\n#ifdef __ASSEMBLER__\n\t.macro save, reg, tmp=x1\n\tmov \\reg, x0\n\t.endm\n#else\n"
        "static inline int f(void)\n{\nout:\n\treturn 1;\n}\n#endif\n#endif\n"
    )
    found = definitions("x.h", text.encode())
    assert [(item.kind, item.name, item.params) for item in found.items if item.kind is not Kind.MACRO] == [
        (Kind.LABEL, "save", ("reg", "tmp")),
        (Kind.FUNCTION, "f", ("void",)),
    ]
    assert found.error_bytes == 0


def test_assembly() -> None:
    text = """#define A 1
SYM_FUNC_START(one)
1:	b 1b
.Llocal:
SYM_FUNC_END(one)
SYM_FUNC_START_WEAK(two)
SYM_CODE_START_LOCAL(three)
ENTRY(four)
ENDPROC(four)
five:	nop
	.set six, 6
	.equ seven, 7
#ifdef CONFIG_A
SYM_DATA(eight, .long 0)
#endif
SYM_FUNC_ALIAS(nine, one)
EXPORT_SYMBOL(one)
"""
    found = {item.name: item for item in definitions("x.S", text.encode()).items}
    assert list(found) == ["A", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    assert found["two"].weak
    assert found["three"].static
    assert found["six"].value == "6"
    assert show(found["eight"].condition) == "CONFIG_A"


def test_linker_script() -> None:
    text = (
        'SECTIONS\n{\n\t. = ALIGN(8);\n\t_text = .;\n\tPROVIDE(_end = .);\n\tASSERT(a == b, "x")\n\tx = 0x10 + 4;\n}\n'
    )
    for path in ("vmlinux.lds.S", "x.lds"):
        found = definitions(path, text.encode()).items
        assert [(item.name, item.line) for item in found] == [("_text", 4), ("_end", 5), ("x", 7)]


@pytest.mark.parametrize(
    "text",
    [
        b"{" * 50_000,
        b"int x = " + b"(" * 50_000,
        b"struct s {" * 20_000,
        b"#if A\nint a(\n#else\n" * 5_000,
        b"#ifdef A\nint f(void) {\n#else\nint g(void) {\n#endif\n}\n" * 1_000,
        b"int a[] = {" + b"1," * 1_000_000,
        b'char *s = "' + b"x" * 100_000,
        b"int a; /*" + b"*" * 100_000,
        b"FOO(x\n" * 10_000,
        b"__aligned(" * 10_000,
        b"a" * 100_000,
        b"int " + b"a," * 10_000,
        b"enum e {" + b"A(" * 10_000,
        b"\0\xff\\" * 1_000,
        b"",
    ],
)
@pytest.mark.parametrize("path", ["x.h", "x.S", "x.lds"])
def test_hostile_texts_end(text: bytes, path: str) -> None:
    definitions(path, text)


def test_a_file_too_large_is_a_problem() -> None:
    result = definitions("x.c", b"int a[] = {" + b"1," * (5 << 20))
    assert not result.items
    assert "larger than" in result.problems[0].message


WORDS = [
    "__init",
    "int",
    "(",
    ")",
    "{",
    "}",
    ";",
    ",",
    "*",
    "=",
    "struct",
    "foo",
    "__aligned(8)",
    "MY_ATTR",
    "static",
    "enum",
    "DEFINE_X(a)",
    "[3]",
    "é",
]
LINES = ["\n", "\r\n", "\\\n", "#if A\n", "#else\n", "#endif\n", " "]
SNIPPETS = st.lists(st.sampled_from(WORDS + LINES), max_size=60).map(lambda parts: "".join(parts).encode())


@given(SNIPPETS)
def test_masking_keeps_length_and_line_ends(text: bytes) -> None:
    for masked in (mask(text), bytes(mask_everywhere(text))):
        assert len(masked) == len(text)
        assert [n for n, code in enumerate(masked) if code == 10] == [n for n, code in enumerate(text) if code == 10]
        assert all(new in (old, 0x20) for new, old in zip(masked, text, strict=True))


@given(SNIPPETS)
def test_any_text_gives_true_places(text: bytes) -> None:
    lines = text.split(b"\n")
    for item in definitions("x.c", text).items:
        if not item.name.startswith(("trace_", "sys_")):
            name = item.name.encode()
            assert lines[item.line - 1][item.column - 1 :].startswith(name)
            assert item.start <= item.end <= len(text)
