"""One readable text out of all ``#if`` branches, and the branches that could not be part of it.

Directive lines become spaces. The branches of a conditional normally stay side by side, because definitions, members
and enumerators of all of them count. Where that can't be read (a branch opens a brace that another one opens too, or
ends in the middle of a statement) the first branch stays and the others are kept as alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lint.cparse.lexer import Directive
from lint.cparse.masking import blank

_REST = re.compile(rb"(?:[^\\\n]++|\\\r?\n|\\)*+")
_OPENING = frozenset(("if", "ifdef", "ifndef"))
_MIDDLE = frozenset(("elif", "else", "elifdef", "elifndef"))
_ASSEMBLER = rb"(?:ifdef|ifndef|if[ \t]+!?[ \t]*defined)[ \t]*\(?[ \t]*__ASSEMBL(?:Y|ER)__[ \t]*\)?\s*\Z"
_ASM_ON = re.compile(_ASSEMBLER.replace(b"|ifndef", b"").replace(b"!?", b""))
_ASM_OFF = re.compile(_ASSEMBLER.replace(b"ifdef|", b"").replace(b"!?", b"!"))
_NEVER = re.compile(rb"(?:if[ \t]+0|ifdef[ \t]+__cplusplus|if[ \t]+defined[ \t]*\(?[ \t]*__cplusplus[ \t]*\)?)\s*\Z")
_ENDS_WELL = b";},{:)"
# Deeper conditionals are always read side by side: real files nest less than ten deep.
MAX_NESTING = 32
# More alternatives than this are not read: real files have a handful.
MAX_ALTERNATIVES = 200


@dataclass(frozen=True, slots=True)
class Alternative:
    """A branch that was left out: ``text`` stands at ``start`` when ``first:first_end`` is blank."""

    first: int
    first_end: int
    start: int
    text: bytes


@dataclass(slots=True)
class Branches:
    """The text to read, the alternatives to it, and the regions that are assembly or never compiled."""

    text: bytearray
    alternatives: list[Alternative] = field(default_factory=list)
    assembly: list[tuple[int, int]] = field(default_factory=list)
    never: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    marks: list[Directive]


def whole_lines(lines: Iterable[Directive], stripped: bytes, text: bytes) -> list[Directive]:
    """Directives with the rest of their logical line where a block comment hides a line end."""
    found = []
    floor = 0
    for line in lines:
        if line.start < floor:
            continue
        floor = line.end
        if b"/*" in text[line.start : line.end]:
            floor = _through_comments(stripped, text, line.end)
        found.append(line if floor == line.end else replace(line, end=floor))
    return found


def _through_comments(stripped: bytes, text: bytes, end: int) -> int:
    """Where a logical line ends whose last line end lies inside a block comment."""
    while True:
        opened = text.rfind(b"/*", text.rfind(b"\n", 0, end) + 1, end)
        if opened < 0 or stripped[opened : opened + 1] != b" " or text.find(b"*/", opened + 2, end) >= 0:
            return end
        closed = text.find(b"*/", end)
        rest = _REST.match(stripped, closed + 2) if closed >= 0 else None
        if rest is None or not rest[0].strip():
            return end
        end = rest.end()


def branches(stripped: bytes, lines: list[Directive], *, assembly: bool = False) -> Branches:
    """Read all branches side by side where that can be done; ``assembly``: keep the assembler's side instead of C's."""
    result = Branches(bytearray(stripped))
    for line in lines:
        blank(result.text, line.start, line.end)
    stack: list[_Group] = []
    for line in lines:
        if line.keyword in _OPENING:
            stack.append(_Group([line]))
        elif not stack:
            continue
        elif line.keyword in _MIDDLE:
            stack[-1].marks.append(line)
        elif line.keyword == "endif":
            group = stack.pop()
            group.marks.append(line)
            _close(result, stripped, group, len(stack), assembly)
    return result


def _close(result: Branches, stripped: bytes, group: _Group, depth: int, assembly: bool) -> None:
    marks = group.marks
    spans = [(mark.end, following.start) for mark, following in pairwise(marks)]
    head = stripped[marks[0].start : marks[0].end].replace(b"#", b"", 1).strip()
    if _NEVER.match(head):
        result.never.append(spans[0])
        blank(result.text, *spans.pop(0))
    elif _ASM_ON.match(head) or _ASM_OFF.match(head):
        other = spans[1:] if _ASM_OFF.match(head) else spans[:1]
        spans = [span for span in spans if span not in other]
        result.assembly.extend(other)
        for span in spans if assembly else other:
            blank(result.text, *span)
        return
    if assembly or len(spans) < 2 or not _clash(result.text, spans, depth):
        return
    first, rest = spans[0], spans[1:]
    for start, end in rest:
        content = bytes(result.text[start:end])
        if content.strip():
            if len(result.alternatives) < MAX_ALTERNATIVES:
                result.alternatives.append(Alternative(first[0], first[1], start, content))
            blank(result.text, start, end)


def _clash(text: bytearray, spans: list[tuple[int, int]], depth: int) -> bool:
    """Whether branches can't be read one after the other."""
    if depth > MAX_NESTING:
        return False
    filled = 0
    clash = False
    for start, end in spans:
        if text.count(b"{", start, end) != text.count(b"}", start, end) or text.count(b"(", start, end) != text.count(
            b")", start, end
        ):
            clash = True
        content = bytes(text[start:end]).strip()
        filled += bool(content)
        if (content and content[-1:] not in _ENDS_WELL_SET) or (content[-1:] == b")" and not _calls_only(content)):
            clash = True
    return clash and filled > 1


_ENDS_WELL_SET = frozenset(bytes((code,)) for code in _ENDS_WELL)
_CALL_LINE = re.compile(rb"[ \t]*+\w++[ \t]*+\(")


def _calls_only(content: bytes) -> bool:
    """Whether a branch that ends in ``)`` is a macro call (``EXPORT_SYMBOL(x)``), not the header of a function."""
    last = content[content.rfind(b"\n") + 1 :]
    return _CALL_LINE.match(last) is not None and content[: -len(last)].rstrip()[-1:] in (b"", b";", b"}", b")")
