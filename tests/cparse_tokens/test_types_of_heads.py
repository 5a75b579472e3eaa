"""What the types of parameters and results come to."""

from __future__ import annotations

import pytest

from lint.rules._types import Type, parse_type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", Type("int", 0)),
        ("unsigned a", Type("unsigned int", 0)),
        ("long unsigned int b", Type("unsigned long", 0)),
        ("unsigned long long", Type("unsigned long long", 0)),
        ("signed char c", Type("signed char", 0)),
        ("char c", Type("char", 0)),
        ("const struct x __user *p", Type("struct x", 1)),
        ("struct x **", Type("struct x", 2)),
        ("const char *const names[]", Type("char", 2)),
        ("size_t", Type("size_t", 0)),
        ("u64 value", Type("u64", 0)),
        ("__u64 value", Type("__u64", 0)),
        ("__maybe_unused int x", Type("int", 0)),
        ("void *", Type("void", 1)),
        ("int (*f)(int)", None),
        ("...", None),
        ("", None),
    ],
)
def test_types(text: str, expected: Type | None) -> None:
    assert parse_type(text) == expected
