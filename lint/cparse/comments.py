"""The comments of a file."""

from __future__ import annotations

from lint.cparse.facts_source import Source, source
from lint.cparse.lexer import raw_comments
from lint.cparse.model import Comment


def comments(text: bytes, path: str = "") -> tuple[Comment, ...]:
    """Every ``/* */`` and ``//`` comment, in order; one that is not closed reaches to the end."""
    return find_comments(source(path, text))


def find_comments(src: Source) -> tuple[Comment, ...]:
    """:func:`comments` on shared facts."""
    found = []
    for start, end in raw_comments(src.text, src.path):
        text = src.text[start:end].decode("utf-8", "replace")
        found.append(Comment(src.lines.line(start), src.lines.line(end - 1), start, text))
    return tuple(found)
