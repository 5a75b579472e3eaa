"""Every ``#define`` of a file, read straight off the preprocessor lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lint.cparse.definitions_out import Collector
from lint.cparse.lexer import Directive
from lint.cparse.model import Kind

_NAME = re.compile(rb"(?:[ \t]|\\\r?\n)*+([A-Za-z_$][\w$]*+)(\([^()]*+\))?")
_TRIVIA = re.compile(
    rb"(\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+')|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|//[^\n]*+|\\\r?\n", re.DOTALL
)


def macro_body(text: bytes) -> str:
    """A macro's body with comments, continuations and white space folded to one space."""
    if b"/" in text or b"\\" in text:
        text = _TRIVIA.sub(lambda found: found[1] or b" ", text)
    return b" ".join(text.split()).decode("utf-8", "replace")


def macros(out: Collector, lines: Iterable[Directive]) -> None:
    """Collect all macro definitions."""
    for line in lines:
        if line.keyword != "define":
            continue
        found = _NAME.match(out.stripped, line.rest, line.end)
        if found is None:
            continue
        params: tuple[str, ...] | None = None
        if found[2] is not None:
            names = found[2][1:-1].replace(b"\\", b" ").split(b",")
            params = tuple(text for name in names if (text := name.strip().decode("utf-8", "replace")))
        value = macro_body(out.text[found.end() : line.end])
        out.add(Kind.MACRO, found.span(1), (line.start, line.end), params=params, value=value)
