"""tree-sitter-c behind three functions; the only module that knows how to start it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query

# Deeper bracket nesting than any real file has; beyond it the parser is not asked.
MAX_DEPTH = 200
# One declaration without function bodies and initialisers; the largest enum of the kernel has 100 KB.
MAX_BYTES = 1 << 20


@cache
def _parser() -> Parser:
    import tree_sitter_c
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_c.language()))


@cache
def _errors() -> Query:
    import tree_sitter_c
    from tree_sitter import Language, Query

    return Query(Language(tree_sitter_c.language()), "(ERROR) @error")


def parse(text: bytes) -> Node:
    """The root node of a text that was masked before."""
    return _parser().parse(text).root_node


def readable(text: bytes) -> bool:
    """Whether a text is small and flat enough for the parser: brackets up to ``MAX_DEPTH``, up to ``MAX_BYTES``."""
    if len(text) > MAX_BYTES:
        return False
    depth = 0
    for code in text.translate(None, _OTHER):
        depth += 1 if code in b"({[" else -1
        if depth > MAX_DEPTH:
            return False
    return True


_OTHER = bytes(code for code in range(256) if code not in b"(){}[]")


def error_spans(node: Node) -> list[tuple[int, int]]:
    """The outermost ERROR nodes at or below a node, in bytes, sorted and without overlap."""
    if not node.has_error:
        return []
    from tree_sitter import QueryCursor

    spans: list[tuple[int, int]] = []
    found = QueryCursor(_errors()).captures(node).get("error", [])
    for start, end in sorted((one.start_byte, one.end_byte) for one in found):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        elif end > start:
            spans.append((start, end))
    return spans
