"""The top-level pieces of a C file, found by counting brackets; one broken piece does not reach into the next.

A text without comments, strings, directives and annotations goes in. What is not balanced ends at the next brace in
the first column, which is where the kernel closes functions and types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

_EVENT = re.compile(rb"[(){};=]")
_BRACE = re.compile(rb"[{}]")
_BRACKET = re.compile(rb"[(){}]")
_BLANKS = re.compile(rb"[\s;]*+")
_CALL = re.compile(rb"(?:(?:static|extern|const|inline|volatile|__weak)\s++)*+([A-Za-z_]\w*+)[ \t]*+(?=\()")
_TAG_HEAD = re.compile(rb"\b(?:struct|union|enum)\b")
_NOT_A_CALL = frozenset(
    b"typeof __typeof__ __typeof typeof_unqual __attribute__ struct union enum if while for".split()
)


class Shape(Enum):
    """What a piece looks like from its brackets."""

    FUNCTION = auto()  # header ) { ... }
    CALL = auto()  # NAME(arguments), perhaps with a body, an initialiser or a semicolon
    DECLARATION = auto()  # everything else, up to its semicolon


@dataclass(frozen=True, slots=True)
class Piece:
    """One top-level construct.

    ``head_end`` is where the header ends: before a function's or tag's brace, or before ``=``; ``body`` and
    ``body_end`` are the first brace of the piece and the end of its partner (both 0 without one).
    """

    shape: Shape
    start: int
    end: int
    head_end: int
    body: int = 0
    body_end: int = 0


class Brackets:
    """Finds the partners of brackets, within a budget that is linear in the text: what is hostile stays unmatched."""

    def __init__(self, size: int) -> None:
        self._budget = 16 * size + 100_000

    def end(self, text: bytes | bytearray, start: int, limit: int = 0) -> int:
        """The end of the bracket that opens at ``start`` (after its partner), or 0 when it is never closed."""
        if self._budget <= 0:
            return 0
        brace = text[start] == 0x7B
        limit = limit or len(text)
        depth = 0
        for event in (_BRACE if brace else _BRACKET).finditer(text, start, limit):
            mark = event[0]
            if mark == b"{" or mark == b"(":
                depth += 1
                continue
            depth -= 1
            if depth <= 0:
                self._budget -= event.end() - start
                return event.end() if depth == 0 and (brace or mark == b")") else 0
        self._budget -= limit - start
        return 0

    def close(self, text: bytes, start: int) -> int:
        """Like ``end``; what is never closed ends at the next brace in the first column, or with the text."""
        end = self.end(text, start)
        if end:
            return end
        found = text.find(b"\n}", start)
        return found + 2 if found >= 0 else len(text)


def pieces(text: bytes, brackets: Brackets) -> Iterator[Piece]:
    """All top-level pieces, in order."""
    position = 0
    while True:
        blanks = _BLANKS.match(text, position)
        start = blanks.end() if blanks else position
        if start >= len(text):
            return
        piece = _piece(text, brackets, start)
        yield piece
        position = max(piece.end, start + 1)


def _piece(text: bytes, brackets: Brackets, start: int) -> Piece:
    if text[start] in b"})":
        return Piece(Shape.DECLARATION, start, start + 1, start + 1)
    call = _CALL.match(text, start)
    if call and call[1] not in _NOT_A_CALL:
        after = brackets.end(text, call.end())
        if after and (piece := _call(text, brackets, start, after)) is not None:
            return piece
    return _declaration(text, brackets, start)


def _call(text: bytes, brackets: Brackets, start: int, after: int) -> Piece | None:
    """A top-level macro call, when what follows its arguments does not belong to a longer declarator."""
    following = _BLANKS_ONLY.match(text, after)
    position = following.end() if following else after
    character = text[position : position + 1]
    if character == b"{":
        end = brackets.close(text, position)
        return Piece(Shape.CALL, start, end, after, position, end)
    if character == b"=":
        end, body, body_end = _to_semicolon(text, brackets, position)
        return Piece(Shape.CALL, start, end, after, body, body_end)
    if character == b";":
        return Piece(Shape.CALL, start, position + 1, after)
    if character == b"" or b"\n" in text[after:position]:
        return Piece(Shape.CALL, start, after, after)
    return None


_BLANKS_ONLY = re.compile(rb"\s*+")


def _declaration(text: bytes, brackets: Brackets, start: int) -> Piece:
    position = start
    while True:
        event = _EVENT.search(text, position)
        if event is None:
            return Piece(Shape.DECLARATION, start, len(text), len(text))
        mark = event[0]
        if mark == b"(":
            position = brackets.end(text, event.start())
            if not position:
                position = event.end()
        elif mark == b"{":
            return _with_body(text, brackets, start, event.start())
        elif mark == b"=":
            end, body, body_end = _to_semicolon(text, brackets, event.end())
            return Piece(Shape.DECLARATION, start, end, event.start(), body, body_end)
        elif mark == b"}":
            return Piece(Shape.DECLARATION, start, event.start(), event.start())
        elif mark == b";":
            end = event.end()
            if (old := _old_style(text, start, end)) is not None:
                return _with_body(text, brackets, start, old, function=True)
            return Piece(Shape.DECLARATION, start, end, event.start())
        else:
            position = event.end()


def _with_body(text: bytes, brackets: Brackets, start: int, brace: int, *, function: bool = False) -> Piece:
    end = brackets.close(text, brace)
    head = text[start:brace].rstrip()
    if function or (b")" in head and (head[-1:] == b")" or not _TAG_HEAD.search(head[head.rfind(b")") :]))):
        return Piece(Shape.FUNCTION, start, end, brace, brace, end)
    stop, _, _ = _to_semicolon(text, brackets, end)
    return Piece(Shape.DECLARATION, start, stop, brace, brace, end)


_DECLARED = re.compile(rb"(?:[^;{}()=]*+;){0,20}+\s*+\{")


def _old_style(text: bytes, start: int, end: int) -> int | None:
    """The brace of a function whose parameters are declared between ``)`` and ``{``."""
    closed = text.rfind(b")", start, end)
    if closed < 0 or b"\n" not in (between := text[closed + 1 : end - 1]) or not between.strip():
        return None
    found = _DECLARED.match(text, end, end + 4000)
    return found.end() - 1 if found else None


def _to_semicolon(text: bytes, brackets: Brackets, position: int) -> tuple[int, int, int]:
    """The end of a declaration after ``;`` at its own level, and the first brace on the way there with its end."""
    body = body_end = 0
    while True:
        event = _EVENT.search(text, position)
        if event is None:
            return len(text), body, body_end
        mark = event[0]
        if mark == b";":
            return event.end(), body, body_end
        if mark == b"}":
            return event.start(), body, body_end
        if mark == b"{":
            position = brackets.close(text, event.start())
            if not body:
                body, body_end = event.start(), position
        elif mark == b"(":
            position = brackets.end(text, event.start()) or event.end()
        else:
            position = event.end()
