"""Collects definitions: turns byte positions into lines, looks up conditions, drops what was seen before."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from lint.cparse.model import Definition, Kind
from lint.logic import Formula

_FLAG = re.compile(
    rb"\b(?:(static)|(\w*inline\w*)|(__weak|weak_import|__attribute(?:__)?\s*\(\([^)]*\bweak\b|"
    rb"__attribute(?:__)?\s*\(\([^)]*__weak__))\b"
)
_COMMENT = re.compile(
    rb"(\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+')|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|//[^\n]*+", re.DOTALL
)
# An initialiser longer than this is a table; its start says what it is.
MAX_VALUE = 1000
_NOT_INLINE = re.compile(rb"no_?n?_?inline")


def folded(text: bytes) -> str:
    """The text on one line, every run of white space one space."""
    return b" ".join(text.split()).decode("utf-8", "replace")


def flags(head: bytes) -> tuple[bool, bool, bool]:
    """Whether static, inline and weak stand in the header of a declaration (annotations not yet masked)."""
    static = inline = weak = False
    for found in _FLAG.finditer(head):
        static = static or found[1] is not None
        inline = inline or (found[2] is not None and not _NOT_INLINE.search(found[2]))
        weak = weak or found[3] is not None
    return static, inline, weak


class Collector:
    """Definitions of one file; ``stripped`` is the text without comments and string contents."""

    def __init__(self, path: str, text: bytes, stripped: bytes, condition: Callable[[int], Formula]) -> None:
        self.path = path
        self.text = text
        self.stripped = stripped
        self._condition = condition
        self.code, self.code_start = stripped, 0
        self._lines = [0]
        self._lines += [found.end() for found in re.finditer(rb"\n", text)]
        self._found: dict[tuple[Kind, int, str], Definition] = {}
        self._conditions: dict[int, Formula] = {}

    def flags(self, start: int, end: int) -> tuple[bool, bool, bool]:
        """The flags in a header, in the branches that ``code`` holds (a text that starts at ``code_start``)."""
        return flags(self.code[start - self.code_start : end - self.code_start])

    def line(self, offset: int) -> int:
        """The line of a byte, counted from 1."""
        return bisect_right(self._lines, offset)

    def value(self, start: int, end: int) -> str:
        """A value as written, on one line and without comments; shortened when it is very long."""
        text = self.text[start : min(end, start + MAX_VALUE)]
        if b"/" in text:
            text = _COMMENT.sub(lambda found: found[1] or b" ", text)
        return folded(text)

    def add(
        self,
        kind: Kind,
        name: tuple[int, int],
        span: tuple[int, int],
        *,
        label: str = "",
        scope: str = "",
        params: tuple[str, ...] | None = None,
        value: str = "",
        type: str = "",
        marks: tuple[bool, bool, bool] = (False, False, False),
    ) -> None:
        """Add a definition whose name stands at ``name`` in the text; ``label`` when it is called otherwise."""
        start, end = name
        text = label or self.text[start:end].decode("utf-8", "replace")
        key = (kind, start, label)
        if key in self._found:
            return
        line = bisect_right(self._lines, start)
        condition = self._conditions.get(line)
        if condition is None:
            condition = self._conditions[line] = self._condition(line)
        self._found[key] = Definition(
            kind,
            text,
            self.path,
            line,
            start - self._lines[line - 1] + 1,
            bisect_right(self._lines, max(span[1] - 1, start)),
            span[0],
            span[1],
            scope,
            params,
            value,
            type,
            *marks,
            condition,
        )

    def result(self) -> tuple[Definition, ...]:
        """Everything, sorted by position."""
        return tuple(sorted(self._found.values(), key=lambda one: (one.line, one.column, one.kind, one.name)))
