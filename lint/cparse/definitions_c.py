"""C text to definitions: mask, cut into pieces, ask tree-sitter, and read by tokens what it could not."""

from __future__ import annotations

import re
from bisect import bisect_right

from lint.cparse.annotations import BUILTIN
from lint.cparse.definitions_calls import arguments, call, name_argument
from lint.cparse.definitions_out import Collector, folded
from lint.cparse.definitions_scan import scan
from lint.cparse.definitions_tree import TreeReader
from lint.cparse.masking import blank, mask_declarations, mask_everywhere
from lint.cparse.model import Kind
from lint.cparse.parse import error_spans, parse, too_deep
from lint.cparse.pieces import Piece, Shape, matching, pieces
from lint.cparse.pieces_branches import Branches

_TAG_BODY = re.compile(rb"\b(struct|union|enum)\b[^;{}()=]*\{")
_STATEMENT_CALL = re.compile(rb"(?<=[;{}])[ \t\n]*+([A-Za-z_]\w*+)[ \t]*+(?=\()")
_ENUMERATOR_CALL = re.compile(rb"[ \t\n]*+([A-Za-z_]\w*+)[ \t]*+(?=\()")
_COMMA = re.compile(rb"\s*+,?")
_DECLARES = re.compile(rb"DECLARE|DEFINE|_HEAD\Z")
_LONE = re.compile(rb"\s*+([A-Za-z_]\w*+)\s*+\Z")
_NOT_MEMBERS = frozenset(b"typeof __typeof__ __typeof sizeof static_assert _Static_assert _Alignas".split()) | BUILTIN
# More alternatives than this are not read: real files have a handful.
MAX_ALTERNATIVES = 100


def read_c(out: Collector, text: Branches) -> int:
    """Collect all definitions of a C text; returns the bytes that stay inside ERROR nodes."""
    whole = bytes(text.text)
    found, error_bytes = _read(out, whole, 0)
    starts = [piece.start for piece in found]
    for alternative in text.alternatives[:MAX_ALTERNATIVES]:
        index = bisect_right(starts, alternative.first) - 1
        piece = found[index] if index >= 0 else None
        stop = alternative.start + len(alternative.text)
        if piece is not None and piece.body and piece.body < alternative.first and stop < piece.body_end:
            if piece.shape is not Shape.DECLARATION or not _TAG_BODY.search(whole, piece.start, piece.body + 1):
                continue
        low = piece.start if piece is not None and piece.end > alternative.first else alternative.first
        last = bisect_right(starts, stop) - 1
        high = max(stop, found[last].end if last >= 0 else stop)
        other = bytearray(whole[low:high])
        blank(other, max(0, alternative.first - low), alternative.first_end - low)
        other[alternative.start - low : stop - low] = alternative.text
        _read(out, bytes(other), low)
    return error_bytes


def _read(out: Collector, text: bytes, shift: int) -> tuple[list[Piece], int]:
    masked = mask_everywhere(text)
    found = list(pieces(bytes(masked)))
    for piece in found:
        if piece.shape is Shape.CALL:
            call(out, masked, piece, shift)
            _hide_call(masked, piece)
        else:
            _prepare(out, masked, piece, shift)
    ready = bytes(masked)
    if too_deep(ready):
        for piece in found:
            scan(out, ready, piece, shift)
        return found, len(ready)
    return found, _extract(out, ready, found, shift)


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


def _prepare(out: Collector, masked: bytearray, piece: Piece, shift: int) -> None:
    """Blank annotations and macro calls in a declaration."""
    if piece.shape is Shape.FUNCTION or not piece.body:
        mask_declarations(masked, [(piece.start, piece.head_end)])
        return
    tag = _TAG_BODY.search(masked, piece.start, piece.body + 1)
    if tag is None or tag.end() != piece.body + 1:
        mask_declarations(masked, [(piece.start, piece.head_end)])
        return
    mask_declarations(masked, [(piece.start, piece.body), (piece.body_end - 1, piece.end)])
    if tag[1] == b"enum":
        _enumerator_calls(masked, piece)
        return
    name = re.search(rb"([A-Za-z_]\w*)[ \t\n]*+\{", masked[tag.start() : piece.body + 1])
    scope = name[1].decode() if name and name[1] not in (b"struct", b"union") else ""
    _member_calls(out, masked, piece, scope, shift)
    mask_declarations(masked, [(piece.body, piece.body_end)])


def _member_calls(out: Collector, masked: bytearray, piece: Piece, scope: str, shift: int) -> None:
    position = piece.body
    while (found := _STATEMENT_CALL.search(masked, position, piece.body_end)) is not None:
        position = found.end()
        opened = found.end()
        if found[1] in _NOT_MEMBERS:
            continue
        end = matching(masked, opened, piece.body_end)
        if not end:
            continue
        spans = arguments(masked, opened, end)
        group = next((n for n, (a, b) in enumerate(spans) if masked.find(b";", a, b) >= 0), -1)
        if group >= 0:
            inside = [span for span in spans[:group] if _LONE.match(masked, *span)]
            if inside:
                _member(out, masked, inside[-1], (found.start(1), end), scope, shift, found[1])
            blank(masked, found.start(1), spans[group][0])
            blank(masked, end - 1, end)
            continue
        following = bytes(masked[end : end + 200]).lstrip()[:1]
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


def _enumerator_calls(masked: bytearray, piece: Piece) -> None:
    """Blank macro calls that stand for enumerators, with the comma behind them."""
    position = piece.body + 1
    while True:
        found = _ENUMERATOR_CALL.match(masked, position, piece.body_end)
        end = matching(masked, found.end(), piece.body_end) if found else 0
        if found and end:
            comma = _COMMA.match(masked, end, piece.body_end)
            position = comma.end() if comma else end
            blank(masked, found.start(1), position)
            continue
        following = masked.find(b",", position, piece.body_end)
        opened = masked.find(b"(", position, following if following >= 0 else piece.body_end)
        if opened >= 0 and (closed := matching(masked, opened, piece.body_end)):
            following = masked.find(b",", closed, piece.body_end)
        if following < 0:
            return
        position = following + 1


def _extract(out: Collector, text: bytes, found: list[Piece], shift: int) -> int:
    """Walk the tree; what holds an error is parsed again on its own, and read by tokens when that fails too."""
    root = parse(text)
    reader = TreeReader(out, text, shift)
    if not root.has_error:
        for node in root.named_children:
            reader.read(node)
        return 0
    starts = [piece.start for piece in found]
    broken: set[int] = set()
    errors = 0
    for node in root.children if root.type != "ERROR" else ():
        first = max(bisect_right(starts, node.start_byte) - 1, 0)
        last = max(bisect_right(starts, node.end_byte - 1) - 1, 0)
        if node.type == "ERROR" or (node.has_error and last > first):
            broken.update(range(first, last + 1))
        elif not node.has_error:
            reader.read(node)
        else:
            broken.add(first)
    if root.type == "ERROR":
        broken.update(range(len(found)))
    for index in sorted(broken):
        errors += _single(out, text, found[index], shift)
    return errors


def _single(out: Collector, text: bytes, piece: Piece, shift: int) -> int:
    """One piece on its own; returns the bytes inside its ERROR nodes."""
    part = text[piece.start : piece.end]
    root = parse(part)
    spans = error_spans(root)
    shifted = shift + piece.start
    inside = all(a >= piece.body - piece.start and b <= piece.body_end - piece.start for a, b in spans)
    reader = TreeReader(out, part, shifted)
    understood = (
        root.type != "ERROR"
        and (not spans or (piece.shape is Shape.FUNCTION and inside))
        and all([reader.read(node) for node in root.named_children])
    )
    if not understood:
        scan(out, text, piece, shift)
    return sum(end - start for start, end in spans)
