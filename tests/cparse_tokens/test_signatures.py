"""How many arguments the heads of a name take."""

from __future__ import annotations

import pytest

from lint.cparse.facts_source import source
from lint.cparse.signatures import signatures


@pytest.mark.parametrize(
    ("text", "takes", "refuses"),
    [
        ("int f(void);", [0], [1]),
        ("int f();", [0, 1, 5], []),
        ("int f(int a, struct x *b);", [2], [0, 1, 3]),
        ("int f(const char *s, ...) __printf(1, 2);", [1, 2, 9], [0]),
        ("static inline int f(int (*g)(int, int), char c[3])\n{\n\treturn 0;\n}", [2], [1, 3]),
        ("int f(a, b)\n\tint a, b;\n{\n\treturn a;\n}", [2], [1]),
        ("struct x *\nf(int a,\n  int b)\n{\n\treturn 0;\n}", [2], [1]),
        ("#define f() 1", [0], [1]),
        ("#define f(a) a", [0, 1], [2]),
        ("#define f(a, b) a \\\n\tb", [2], [0, 1, 3]),
        ("#define f(a, args...) a", [1, 2, 3], []),
        ("#define f(...) a", [0, 1, 3], []),
        ("#define f g", [0, 1, 3], []),
        ("int f(FUNCTION_ARGS);", [0, 1, 3], []),
        ("__attribute__((noinline)) int f(int a)\n{\n\treturn f(a);\n}\nEXPORT_SYMBOL(f);", [1], [0, 2]),
    ],
)
def test_heads(text: str, takes: list[int], refuses: list[int]) -> None:
    found = signatures(source("a.c", f"{text}\n".encode()), "f")
    assert not found.opaque
    (head,) = found.heads
    assert [count for count in takes if not head.takes(count)] == []
    assert [count for count in refuses if head.takes(count)] == []


@pytest.mark.parametrize(
    "text",
    ["int (*f)(int a);", "extern int f;", "int f[3];", "static int (*const f)(int) = g;", "DEFINE_CALL(f, int, a);"],
)
def test_what_makes_a_name_opaque(text: str) -> None:
    assert signatures(source("a.c", f"{text}\n".encode()), "f").opaque


@pytest.mark.parametrize(
    "text",
    ["struct x { int (*f)(int a); };", "static struct x x = { .f = f, };", "void g(void)\n{\n\tf(1);\n}", "#undef f"],
)
def test_what_says_nothing_of_it(text: str) -> None:
    found = signatures(source("a.c", f"{text}\n".encode()), "f")
    assert (found.heads, found.opaque) == ((), False)
