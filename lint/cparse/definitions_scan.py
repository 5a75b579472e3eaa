"""Definitions by tokens, for a piece that tree-sitter could not read: a local error costs only itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint.cparse.definitions_out import Collector, folded
from lint.cparse.model import Kind
from lint.cparse.pieces import Brackets, Piece, Shape

_CALLED = re.compile(rb"\b([A-Za-z_]\w*+)[ \t\n]*+\(")
_TAG = re.compile(rb"\b(struct|union|enum)\b[ \t\n]*+([A-Za-z_]\w*+)?[ \t\n]*+\{")
_POINTER_NAME = re.compile(rb"\([ \t\n]*+[*^][ \t\n*]*+(?:const\b[ \t\n]*+)?([A-Za-z_]\w*+)")
_LAST_WORD = re.compile(rb"([A-Za-z_]\w*+)[ \t\n]*+(?:\[[^\]]*+\][ \t\n]*+)*+(?::.*)?\Z", re.DOTALL)
_ENUMERATOR = re.compile(rb"[ \t\n]*+([A-Za-z_]\w*+)[ \t\n]*+(=|\Z)")
_SEPARATOR = re.compile(rb"[(){}\[\],;]")
_STORAGE = re.compile(rb"\b(?:static|extern|typedef|register|inline|__inline(?:__)?)\b")
_KEYWORDS = frozenset(b"if for while switch return sizeof typeof __typeof__ defined do else case goto".split())
# Types nested deeper than this are not looked at.
_MAX_NESTING = 16


def scan(out: Collector, text: bytes, piece: Piece, shift: int) -> None:
    """Collect the definitions of one piece of ``text``, whose first byte stands at ``shift`` in the file."""
    if piece.shape is Shape.FUNCTION:
        _function(out, text, piece, shift)
        return
    head = text[piece.start : piece.head_end]
    typedef = re.match(rb"\s*typedef\b", head) is not None
    tail_start = piece.start
    tag = _TAG.search(text, piece.start, piece.body + 1) if piece.body else None
    if tag is not None and tag.end() == piece.body + 1:
        tail_start = piece.body_end
        first = (
            _declared(text, *next(split(text, tail_start, piece.end, b",", stop=b";="), (0, 0))) if typedef else None
        )
        scope = tag[2] or (text[slice(*first)] if first else b"")
        _types(out, text, (tag.start(), piece.body, piece.body_end, scope), shift)
    span = (piece.start + shift, piece.end + shift)
    marks = out.flags(piece.start + shift, piece.head_end + shift)
    external = re.match(rb"\s*extern\b", head) is not None
    shared = text[tag.start() : tag.end() - 1] if tag is not None and tail_start != piece.start else b""
    for start, end in split(text, tail_start, piece.end, b",", stop=b";="):
        name = _declared(text, start, end)
        if name is None:
            continue
        function = not typedef and re.match(rb"[ \t\n]*\(", text[name[1] : end]) is not None
        kind = Kind.TYPEDEF if typedef else Kind.DECLARATION if function else Kind.EXTERN if external else Kind.VARIABLE
        type_text, shared = _type(text, start, end, name, shared)
        out.add(kind, _moved(name, shift), span, type=type_text, marks=(False,) * 3 if typedef else marks)


def _function(out: Collector, text: bytes, piece: Piece, shift: int) -> None:
    for found in _CALLED.finditer(text, piece.start, piece.head_end):
        if found[1] in _KEYWORDS:
            continue
        end = Brackets(len(text)).end(text, found.end() - 1, piece.head_end) or piece.head_end
        params = tuple(folded(text[a:b]) for a, b in split(text, found.end(), end - 1, b","))
        before = folded(_STORAGE.sub(b" ", text[piece.start : found.start(1)]))
        marks = out.flags(piece.start + shift, piece.head_end + shift)
        span = (piece.start + shift, piece.end + shift)
        out.add(Kind.FUNCTION, _moved(found.span(1), shift), span, params=params, type=before, marks=marks)
        return


def _types(out: Collector, text: bytes, outer: tuple[int, int, int, bytes], shift: int) -> None:
    stack = [(*outer, 0)]
    brackets = Brackets(len(text))
    while stack:
        start, body, body_end, scope, depth = stack.pop()
        tag = _TAG.match(text, start, body + 1)
        if tag is None or depth > _MAX_NESTING:
            continue
        span = (start + shift, body_end + shift)
        if tag[2]:
            out.add(Kind.TAG, _moved(tag.span(2), shift), span, type=tag[1].decode())
        name = scope.decode("utf-8", "replace")
        if tag[1] == b"enum":
            for a, b in split(text, body + 1, body_end - 1, b","):
                _enumerator(out, text, (a, b), name, shift)
            continue
        for a, b in split(text, body + 1, body_end - 1, b";"):
            inner = _TAG.search(text, a, b)
            tail = a
            if inner is not None:
                tail = brackets.end(text, inner.end() - 1, b + 1) or b
                stack.append((inner.start(), inner.end() - 1, tail, inner[2] or scope, depth + 1))
            shared = text[inner.start() : inner.end() - 1] if inner is not None else b""
            for c, d in split(text, tail, b, b","):
                if (member := _declared(text, c, d)) is not None:
                    kind, shared = _type(text, c, d, member, shared)
                    out.add(Kind.MEMBER, _moved(member, shift), (a + shift, b + shift), scope=name, type=kind)


def _type(text: bytes, start: int, end: int, name: tuple[int, int], shared: bytes) -> tuple[str, bytes]:
    """The type of one declarator, and the specifiers that the next one shares with it."""
    before = _STORAGE.sub(b" ", text[start : name[0]])
    after = text[name[1] : end].partition(b":")[0]
    if shared:
        return folded(shared + b" " + before + after), shared
    specifiers = before.partition(b"*")[0].partition(b"(")[0]
    return folded(before + after), specifiers or before


def _enumerator(out: Collector, text: bytes, span: tuple[int, int], scope: str, shift: int) -> None:
    found = _ENUMERATOR.match(text, *span)
    if found is not None:
        value = out.value(found.end() + shift, span[1] + shift) if found[2] else ""
        out.add(Kind.ENUMERATOR, _moved(found.span(1), shift), _moved(span, shift), scope=scope, value=value)


def _declared(text: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the declared name stands in one declarator, with or without its type."""
    pointer = _POINTER_NAME.search(text, start, end)
    if pointer is not None:
        return pointer.span(1)
    for found in _CALLED.finditer(text, start, end):
        return found.span(1) if found[1] not in _KEYWORDS else None
    stop = text.find(b":", start, end)
    last = _LAST_WORD.search(text[start : stop if stop >= 0 else end].rstrip()[-400:])
    if last is None:
        return None
    piece = text[start : stop if stop >= 0 else end].rstrip()
    offset = start + max(0, len(piece) - 400)
    return offset + last.start(1), offset + last.end(1)


def split(text: bytes, start: int, end: int, mark: bytes, stop: bytes = b"") -> Iterator[tuple[int, int]]:
    """The parts between separators at this level; ends at the first character of ``stop`` at this level."""
    depth = 0
    begin = start
    for found in _SEPARATOR_STOP.finditer(text, start, end):
        event = found[0]
        if event in (b"(", b"{", b"["):
            depth += 1
        elif event in (b")", b"}", b"]"):
            depth -= 1
        elif depth <= 0 and event == mark:
            if text[begin : found.start()].strip():
                yield begin, found.start()
            begin = found.end()
        elif depth <= 0 and event == b"=" and event in stop:
            yield begin, found.start()
            return
        elif depth <= 0 and event in stop:
            end = found.start()
            break
    if text[begin:end].strip():
        yield begin, end


_SEPARATOR_STOP = re.compile(rb"[(){}\[\],;=]")


def _moved(span: tuple[int, int], shift: int) -> tuple[int, int]:
    return span[0] + shift, span[1] + shift
