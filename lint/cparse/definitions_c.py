"""C text to definitions: mask, cut into pieces, ask tree-sitter, and read by tokens what it could not."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from lint.cparse.annotations import BUILTIN
from lint.cparse.definitions_calls import arguments, call, name_argument
from lint.cparse.definitions_out import Collector, folded
from lint.cparse.definitions_scan import scan
from lint.cparse.definitions_tree import TreeReader
from lint.cparse.masking import blank, mask_declarations, mask_everywhere
from lint.cparse.model import Kind
from lint.cparse.parse import error_spans, parse, readable
from lint.cparse.pieces import Brackets, Piece, Shape, pieces
from lint.cparse.pieces_branches import Branches

if TYPE_CHECKING:
    from tree_sitter import Node

_TAG_BODY = re.compile(rb"\b(struct|union|enum)\b[^;{}()=]*\{")
_STATEMENT_CALL = re.compile(rb"(?<=[;{}])[ \t\n]*+([A-Za-z_]\w*+)[ \t]*+(?=\()")
_ENUMERATOR_CALL = re.compile(rb"[ \t\n]*+([A-Za-z_]\w*+)[ \t]*+(?=\()")
_COMMA = re.compile(rb"\s*+,?")
_CODE = re.compile(rb"[^\s;\\]")
_DECLARES = re.compile(rb"DECLARE|DEFINE|_HEAD\Z")
_LONE = re.compile(rb"\s*+([A-Za-z_]\w*+)\s*+\Z")
_NOT_MEMBERS = frozenset(b"typeof __typeof__ __typeof sizeof static_assert _Static_assert _Alignas".split()) | BUILTIN
_TYPE_MACRO = re.compile(rb"(?m)^(?:typedef[ \t]++)?(\w+_(struct|union))\([ \t]*+(\w++)[^(){};]*+\)(?=\s*+\{)")
# tree-sitter takes a type for an argument of sizeof, but not for one of container_of.
_TYPE_ARGUMENT = re.compile(rb"([,(]\s*+)(struct|union|enum)(?=\s++\w++\s*+[,)])")


def read_c(out: Collector, text: Branches, bodies: bool = False) -> int:
    """Collect all definitions of a C text; returns the bytes that stay inside ERROR nodes.

    ``bodies``: count those in the bodies of functions and in initialisers too, which takes three times as long.
    """
    whole = bytes(text.text)
    found, error_bytes = _read(out, whole, 0, bodies)
    starts = [piece.start for piece in found]
    budget = 2 * len(whole) + 100_000
    for alternative in text.alternatives:
        index = bisect_right(starts, alternative.first) - 1
        piece = found[index] if index >= 0 else None
        stop = alternative.start + len(alternative.text)
        if piece is not None and piece.body and piece.body < alternative.first and stop < piece.body_end:
            tag = _TAG_BODY.search(whole, piece.start, piece.body + 1)
            if piece.shape is not Shape.DECLARATION or tag is None:
                continue
        low = piece.start if piece is not None and piece.end > alternative.first else alternative.first
        last = bisect_right(starts, stop) - 1
        high = max(stop, found[last].end if last >= 0 else stop)
        budget -= high - low
        if budget < 0:
            break
        other = bytearray(whole[low:high])
        blank(other, max(0, alternative.first - low), alternative.first_end - low)
        other[alternative.start - low : stop - low] = alternative.text
        _read(out, bytes(other), low, False)
    return error_bytes


def _read(out: Collector, text: bytes, shift: int, bodies: bool) -> tuple[list[Piece], int]:
    out.code, out.code_start = text, shift
    brackets = Brackets(len(text))
    masked = mask_everywhere(text)
    for named in _TYPE_MACRO.finditer(bytes(masked)):
        _plain_type(masked, named)
    found = _with_annotations(text, pieces(bytes(masked), brackets))
    for piece in found:
        if piece.shape is Shape.CALL:
            call(out, masked, piece, shift)
            _hide_call(masked, piece)
        else:
            _prepare(out, masked, brackets, piece, shift)
    ready = bytes(masked)
    errors = 0
    for piece in found:
        if piece.shape is Shape.CALL:
            errors += sum(b - a for a, b in error_spans(parse(ready[piece.start : piece.end]))) if bodies else 0
        else:
            errors += _extract(out, ready, piece, shift, bodies)
    return found, errors


def _with_annotations(text: bytes, found: Iterable[Piece]) -> list[Piece]:
    """Pieces that start with their first annotation, which is blank already."""
    result = []
    end = 0
    for piece in found:
        first = _CODE.search(text, end, piece.start) if piece.shape is not Shape.CALL else None
        result.append(replace(piece, start=first.start()) if first else piece)
        end = piece.end
    return result


def _plain_type(masked: bytearray, named: re.Match[bytes]) -> None:
    """``context_lock_struct(name) {`` becomes ``struct name {``, the name at its place."""
    start, name = named.start(1), named.start(3)
    blank(masked, start, name)
    masked[start : start + len(named[2])] = named[2]
    blank(masked, named.end(3), named.end())


def _hide_call(masked: bytearray, piece: Piece) -> None:
    """Leave a macro call's body or initialiser to the parser, under a header that it understands."""
    head = b"int d" if piece.body else b""
    tail = b"[]" if piece.body and masked[piece.head_end : piece.body].lstrip()[:1] == b"=" else b"()"
    size = piece.head_end - piece.start
    stop = piece.head_end if piece.body else piece.end
    blank(masked, piece.start, stop)
    if piece.body and size >= len(head) + 2:
        masked[piece.start : piece.start + len(head)] = head
        masked[piece.start + len(head) : piece.start + len(head) + 2] = tail
    elif piece.body:
        blank(masked, piece.start, piece.end)


def _prepare(out: Collector, masked: bytearray, brackets: Brackets, piece: Piece, shift: int) -> None:
    """Blank annotations and macro calls in a declaration."""
    if piece.shape is Shape.FUNCTION or not piece.body:
        mask_declarations(masked, [(piece.start, piece.head_end)])
        if piece.body:
            _type_arguments(masked, piece)
        return
    tag = _TAG_BODY.search(masked, piece.start, piece.body + 1)
    if tag is None or tag.end() != piece.body + 1:
        mask_declarations(masked, [(piece.start, piece.head_end)])
        _type_arguments(masked, piece)
        return
    mask_declarations(masked, [(piece.start, piece.body), (piece.body_end - 1, piece.end)])
    if tag[1] == b"enum":
        _enumerator_calls(masked, brackets, piece)
        return
    name = re.search(rb"([A-Za-z_]\w*)[ \t\n]*+\{", masked[tag.start() : piece.body + 1])
    scope = name[1].decode() if name and name[1] not in (b"struct", b"union") else ""
    _member_calls(out, masked, brackets, piece, scope, shift)
    mask_declarations(masked, [(piece.body, piece.body_end)])


def _type_arguments(masked: bytearray, piece: Piece) -> None:
    """Blank ``struct`` in ``container_of(p, struct page, lru)`` in a function's body or an initialiser."""
    for found in _TYPE_ARGUMENT.finditer(masked, piece.body, piece.body_end):
        masked[found.start(2) : found.end(2)] = b" " * len(found[2])


def _member_calls(out: Collector, masked: bytearray, brackets: Brackets, piece: Piece, scope: str, shift: int) -> None:
    position = piece.body
    while (found := _STATEMENT_CALL.search(masked, position, piece.body_end)) is not None:
        position = found.end()
        opened = found.end()
        if found[1] in _NOT_MEMBERS:
            continue
        end = brackets.end(masked, opened, piece.body_end)
        following = bytes(masked[end : end + 200]).lstrip()[:1]
        if not end or following in (b"(", b"[") or masked[opened + 1 : opened + 2] == b"*":
            continue
        spans = arguments(masked, opened, end)
        group = next((n for n, (a, b) in enumerate(spans) if masked.find(b";", a, b) >= 0), -1)
        if group >= 0:
            inside = [span for span in spans[:group] if _LONE.match(masked, *span)]
            if inside:
                _member(out, masked, inside[-1], (found.start(1), end), scope, shift, found[1])
            blank(masked, found.start(1), spans[group][0])
            following_end = end + len(masked[end : end + 200]) - len(masked[end : end + 200].lstrip())
            blank(masked, end - 1, following_end + (following == b";"))
            continue
        if following not in (b";", b"}") and b"\n" not in masked[end : end + 200].split(b";")[0]:
            continue
        if _DECLARES.search(found[1]):
            texts = [bytes(masked[a:b]) for a, b in spans]
            words = [lone[1] if (lone := _LONE.match(one)) else None for one in texts]
            index = name_argument(found[1], words, texts)
            if index >= 0 and b"FLEX" in found[1] and len(words) > 1 and words[1]:
                index = 1
            if index >= 0:
                _member(out, masked, spans[index], (found.start(1), end), scope, shift, found[1])
        blank(masked, found.start(1), end + 1 if masked[end : end + 1] == b";" else end)
        position = end


def _member(
    out: Collector,
    masked: bytearray,
    argument: tuple[int, int],
    span: tuple[int, int],
    scope: str,
    shift: int,
    macro: bytes,
) -> None:
    lone = _LONE.match(masked, *argument)
    if lone is not None:
        name = (lone.start(1) + shift, lone.end(1) + shift)
        out.add(Kind.MEMBER, name, (span[0] + shift, span[1] + shift), scope=scope, type=folded(macro))


def _enumerator_calls(masked: bytearray, brackets: Brackets, piece: Piece) -> None:
    """Blank macro calls that stand for enumerators, with the comma behind them."""
    position = piece.body + 1
    while True:
        found = _ENUMERATOR_CALL.match(masked, position, piece.body_end)
        end = brackets.end(masked, found.end(), piece.body_end) if found else 0
        if found and end:
            comma = _COMMA.match(masked, end, piece.body_end)
            position = comma.end() if comma else end
            blank(masked, found.start(1), position)
            continue
        following = masked.find(b",", position, piece.body_end)
        opened = masked.find(b"(", position, following if following >= 0 else piece.body_end)
        if opened >= 0 and (closed := brackets.end(masked, opened, piece.body_end)):
            following = masked.find(b",", closed, piece.body_end)
        if following < 0:
            return
        position = following + 1


def _extract(out: Collector, text: bytes, piece: Piece, shift: int, bodies: bool) -> int:
    """Ask tree-sitter for one piece, and read it by tokens when it fails; returns the bytes inside ERROR nodes.

    A function's body and an initialiser in braces define nothing at file scope: they are cut out before.
    """
    start, end = piece.start, piece.end
    cut = end
    if piece.body and (piece.shape is Shape.FUNCTION or piece.head_end < piece.body):
        cut = piece.body + 1
        end = piece.body_end - (text[piece.body_end - 1 : piece.body_end] == b"}")
    part = text[start:cut] + text[end : piece.end] if cut < piece.end else text[start:end]
    if not readable(part):
        scan(out, text, piece, shift)
        return piece.end - piece.start
    root = parse(part)
    spans = error_spans(root)
    reader = TreeReader(out, part, shift + start, cut - start, end - cut if cut < piece.end else 0)
    if spans or not _all_read(reader, root):
        scan(out, text, piece, shift)
    if bodies and cut < piece.end and readable(text[start : piece.end]):
        spans = error_spans(parse(text[start : piece.end]))
    return sum(stop - begin for begin, stop in spans)


def _all_read(reader: TreeReader, root: Node) -> bool:
    understood = root.type != "ERROR"
    for node in root.named_children if understood else ():
        understood = reader.read(node) and understood
    return understood
