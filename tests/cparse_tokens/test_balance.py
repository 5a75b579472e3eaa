"""Brackets that have no partner, for some ways through the conditionals."""

from __future__ import annotations

import pytest

from lint.cparse.balance import brackets, ways
from lint.cparse.facts_source import source


def left(text: str) -> list[str]:
    found = brackets(source("a.c", text.encode()))
    return [b"".join(one.mark for one in found.unpaired(truth)).decode() for truth in ways([found])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int f(void)\n{\n}\n", {""}),
        ("s = \"({[\"; /* ( */ c = '{';\n", {""}),
        ("#define BEGIN {\n", {""}),
        ("void f(void)\n{\n", {"{"}),
        ("f(a));\n", {")"}),
        ("#ifdef A\nif (a) {\n#else\nif (b) {\n#endif\n}\n", {""}),
        ("#ifdef A\n{\n#endif\n#ifdef A\n}\n#endif\n", {""}),
        ("#ifdef A\n{\n#endif\n#ifndef A\n}\n#endif\n", {"{", "}"}),
        ("#if 0\n({[\n#endif\n", {""}),
        ("#ifdef A\n#ifdef B\n(\n#endif\n#endif\n", {"", "("}),
    ],
)
def test_what_is_left(text: str, expected: set[str]) -> None:
    assert set(left(text)) == expected


def test_the_ways_are_always_the_same() -> None:
    files = [brackets(source("a.c", b"".join(b"#ifdef A%d\n(\n#endif\n" % n for n in range(50))))]
    assert ways(files) == ways(files)
    assert len({tuple(way.values()) for way in ways(files)}) > 10


@pytest.mark.parametrize("text", ["(" * 100_000, "#if A\n" * 5_000, "#else\n#endif\n" * 5_000, ")}]" * 30_000])
def test_hostile_texts_end(text: str) -> None:
    assert len(left(text)) >= 1
