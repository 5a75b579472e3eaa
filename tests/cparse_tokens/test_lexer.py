"""Stripping keeps every position and hides every comment and literal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint.cparse.lexer import Lines, directives, strip, uncomment

PIECES = st.sampled_from(
    [
        b"/*",
        b"*/",
        b"//",
        b'"',
        b"'",
        b"\\",
        b"\n",
        b"\r\n",
        b"a",
        b" ",
        b"#error ",
        b"#if X",
        b"@",
        b"\t# x",
        b"*",
        b"#",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map(b"".join)
PATHS = st.sampled_from(["", "a.c", "arch/x86/a.S", "arch/arm/a.S", "arch/arm/a.h", "arch/sparc/a.S", "arch/m68k/b.S"])


@given(TEXTS, PATHS)
def test_length_and_newlines_stay(text: bytes, path: str) -> None:
    for blanked in (strip(text, path), uncomment(text, path)):
        assert [n for n, c in enumerate(blanked) if c == 0x0A] == [n for n, c in enumerate(text) if c == 0x0A]
        assert len(blanked) == len(text)


@given(TEXTS)
def test_stripping_twice_changes_nothing(text: bytes) -> None:
    assert strip(strip(text)) == strip(text)


@given(st.binary(max_size=200), PATHS)
def test_any_bytes_are_read(text: bytes, path: str) -> None:
    assert all(a in (0x20, b) for a, b in zip(strip(text, path), text, strict=True))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(b"a/*b*/c", b"a     c", id="block comment"),
        pytest.param(b"a/**/c/***/d", b"a    c     d", id="empty comments"),
        pytest.param(b"a/*/b*/c", b"a      c", id="a slash behind the opening does not close"),
        pytest.param(b"a /* b\n * c */ d", b"a     \n        d", id="newlines of a comment stay"),
        pytest.param(b"a /* b \\\n c */ d", b"a      \\\n      d", id="a macro goes on behind a comment"),
        pytest.param(b"a // b\nc", b"a     \nc", id="line comment"),
        pytest.param(b"a // b \\\n c\nd", b"a      \\\n  \nd", id="line comment continued"),
        pytest.param(b'f("a/*b", c)', b'f("    ", c)', id="comment mark in a string"),
        pytest.param(b'f("a\\"b", c)', b'f("    ", c)', id="escaped quote"),
        pytest.param(b'f("a\\\\", c)', b'f("   ", c)', id="escaped backslash at the end"),
        pytest.param(b'f("a \\\n b", c)', b'f("  \\\n  ", c)', id="string continued"),
        pytest.param(b"c = '\"'; d", b"c = ' '; d", id="quote in a char literal"),
        pytest.param(b"c = '\\''; d", b"c = '  '; d", id="escaped apostrophe"),
        pytest.param(b"#error don't\nint x;", b"#error      \nint x;", id="apostrophe in #error"),
        pytest.param(b"# warning a /* b\nc */ d\ne", b"# warning       \n      \ne", id="comment in #warning"),
        pytest.param(b"#pragma weak x\ny", b"#pragma       \ny", id="pragma"),
        pytest.param(b"#define X(error) #error y", b"#define X(error) #error y", id="stringified parameter"),
        pytest.param(b"x = 'a\nint y;", b"x = ' \nint y;", id="char literal ends with its line"),
        pytest.param(b'x = "a\nint y;', b'x = " \nint y;', id="string ends with its line"),
        pytest.param(b"a /* b\nc", b"a     \n ", id="comment without end"),
    ],
)
def test_c(text: bytes, code: bytes) -> None:
    assert strip(text) == code


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        pytest.param("arch/arm64/a.S", b"tbnz x1, #TIF_X, 1f // c", b"tbnz x1, #TIF_X, 1f     ", id="arm64 immediate"),
        pytest.param("arch/arm/a.S", b"mov r0, #1 @ don't\nb", b"mov r0, #1        \nb", id="arm comment"),
        pytest.param(
            "arch/arm/a.h", b"mov r0, r1 @ isn't \\\nb", b"mov r0, r1         \\\nb", id="arm macro in a header"
        ),
        pytest.param("arch/x86/a.S", b"mov $1, %eax # don't\nb", b"mov $1, %eax        \nb", id="x86 comment"),
        pytest.param("arch/x86/a.S", b"#define A(x) # x\n", b"#define A(x) # x\n", id="stringification"),
        pytest.param(
            "arch/x86/a.S", b"#define A \\\n f # x\n", b"#define A \\\n f # x\n", id="stringification continued"
        ),
        pytest.param(
            "arch/arm64/a.S", b"# this is prose\n#if X\n", b"               \n#if X\n", id="comment, not directive"
        ),
        pytest.param("arch/arm64/a.S", b".type x, @object\n", b".type x, @object\n", id="@ is no comment on arm64"),
        pytest.param("arch/sparc/a.S", b"#if !X\nadd %g1 ! x\n", b"#if !X\nadd %g1    \n", id="sparc comment"),
        pytest.param("arch/parisc/a.S", b"b x ; y\n", b"b x    \n", id="parisc comment"),
        pytest.param(
            "arch/arm64/a.S", b"mov x0, 'a\nmov x1, '\\''\n", b"mov x0, ' \nmov x1, '  '\n", id="gas char literals"
        ),
    ],
)
def test_assembly(path: str, text: bytes, code: bytes) -> None:
    assert strip(text, path) == code


def test_uncomment_keeps_literals() -> None:
    assert uncomment(b"f(\"/*a*/\", /*b*/ 'c') // d") == b"f(\"/*a*/\",       'c')     "


def test_directives_with_continuations() -> None:
    found = directives(b"#define A(x) \\\n  b\n  # if X\nx = #y;\n#endif\r\n")
    assert [(d.keyword, d.line, d.end_line) for d in found] == [("define", 1, 2), ("if", 3, 3), ("endif", 5, 5)]


def test_a_continued_line_is_no_directive() -> None:
    assert [d.keyword for d in directives(b"#define A \\\n#if\nx\n")] == ["define"]


@given(TEXTS)
def test_directive_offsets_are_true(text: bytes) -> None:
    stripped, lines = strip(text), Lines.of(text)
    for d in directives(stripped):
        assert stripped[d.start : d.rest].split(b"#")[1].strip() == d.keyword.encode()
        assert (lines.line(d.start), lines.line(d.end)) == (d.line, d.end_line)


@given(TEXTS)
def test_lines(text: bytes) -> None:
    lines = Lines.of(text)
    for offset in range(len(text)):
        line, column = lines.place(offset)
        assert line == text[:offset].count(b"\n") + 1
        assert lines.start(line) + column - 1 == offset


@pytest.mark.parametrize(
    "unit", [b"/*", b'"', b"'", b"/* *", b"//\\\n", b'"\\', b"#error /", b"*/", b" ", b"\\\n", b"#"]
)
@pytest.mark.parametrize("path", ["a.c", "arch/x86/a.S"])
def test_hostile_repetitions_are_read_once(unit: bytes, path: str) -> None:
    text = unit * 50_000
    stripped = strip(text, path)
    assert len(stripped) == len(text)
    assert len(directives(stripped)) <= 50_000
