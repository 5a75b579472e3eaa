"""Where names are used, in which role, and under which condition."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lint.cparse.facts_source import Source, blank_directives, source
from lint.cparse.lexer import Directive, is_assembly
from lint.cparse.model import Reference, Use
from lint.cparse.references_local import declares

MAX_PLACES = 1_000  # uses of one name in one function that are looked at for a declaration
FEW = 40  # names that are searched for one by one; more are looked up word by word

_WORD = re.compile(rb"\w++")
_NEXT = re.compile(rb"[\s\\]*+(##|.?)", re.DOTALL)
_LAST_WORD = re.compile(rb"\w+\Z")
_TAGS = (b"struct", b"union", b"enum")
# words that do not make a declaration of the name behind them; storage alone has no type: static DEFINE_MUTEX(x)
_NO_TYPE = frozenset(b"return else do goto case sizeof typeof static extern inline register typedef".split())


def references(path: str, text: bytes, names: Collection[str]) -> tuple[Reference, ...]:
    """Every use of the given names in code, in order; what defines a macro and what names its parameter is none."""
    return find_references(source(path, text), names)


def find_references(src: Source, names: Collection[str]) -> tuple[Reference, ...]:
    """:func:`references` on shared facts."""
    found = []
    for start, end in words(src.stripped, names):
        use = _role(src, start, end)
        if use is None:
            continue
        line, column = src.lines.place(start)
        name = src.stripped[start:end].decode("ascii")
        found.append(Reference(name, line, column, use, src.enclosing(start), src.conditions.at(line)))
    return tuple(found)


def is_local(text: bytes, reference: Reference, path: str = "") -> bool:
    """Whether the function around a use declares its name: a parameter, a variable or a label."""
    return is_local_in(source(path, text), reference)


def is_local_in(src: Source, reference: Reference) -> bool:
    """:func:`is_local` on shared facts."""
    if reference.use in (Use.MEMBER, Use.TAG, Use.DEFINED, Use.CONDITION):
        return False
    offset = src.lines.start(reference.line) + reference.column - 1
    function = src.function_at(offset)
    if function is None or src.macro_at(offset):
        return False
    key = function.start, reference.name
    if key not in src.locals:
        places = words(src.code, (reference.name,), function.body_start, function.body_end)[:MAX_PLACES]
        src.locals[key] = declares(src.code, function, reference.name.encode(), [start for start, _ in places])
    return src.locals[key]


def identifiers(text: bytes, path: str = "") -> frozenset[str]:
    """All words of the code that can be names, keywords included; not those of ``#include`` paths."""
    return _names(_without_includes(source(path, text)))


def identifiers_on(text: bytes, lines: Collection[int], path: str = "") -> dict[int, tuple[str, ...]]:
    """The names in the code of some lines, in order, repeated as they stand; lines outside the text have none."""
    src = source(path, text)
    code, found = _without_includes(src), {}
    for line in sorted(set(lines)):
        inside = 1 <= line <= len(src.lines.starts)
        start = src.lines.start(line)
        end = code.find(b"\n", start)
        row = code[start : end if end >= 0 else len(code)] if inside else b""
        found[line] = tuple(w.decode("ascii") for w in _WORD.findall(row) if not w[:1].isdigit())
    return found


def words(stripped: bytes, names: Collection[str], start: int = 0, stop: int | None = None) -> list[tuple[int, int]]:
    """Start and end of every whole word among ``names`` between two offsets, in order."""
    stop = len(stripped) if stop is None else stop
    wanted = {name.encode("ascii", "replace") for name in names}
    if len(wanted) > FEW:
        return [m.span() for m in _WORD.finditer(stripped, start, stop) if m[0] in wanted]
    return sorted(place for name in wanted if _WORD.fullmatch(name) for place in _places(stripped, name, start, stop))


def previous(text: bytes, at: int) -> bytes:
    """What ends before ``at``, blanks and continuations skipped: up to 40 bytes."""
    for reach in (80, 8_000):
        before = text[max(at - reach, 0) : at].rstrip(b" \t\r\n\f\v\\")
        if before:
            return before[-40:]
    return b""


def is_head(src: Source, start: int) -> bool:
    """Whether a name before a parenthesis outside of all bodies is being declared or defined, not invoked."""
    if src.function_at(start) or src.directive_at(start):
        return False
    before = previous(src.code, start)
    word = _LAST_WORD.search(before)
    return before[-1:] == b"*" or (word is not None and word[0] not in _NO_TYPE)


def _places(text: bytes, name: bytes, start: int, stop: int) -> Iterator[tuple[int, int]]:
    at = text.find(name, start, stop)
    while at >= 0:
        end = at + len(name)
        if not _is_word(text[at - 1 : at] if at else b"") and not _is_word(text[end : end + 1]):
            yield at, end
        at = text.find(name, end, stop)


def _is_word(byte: bytes) -> bool:
    return byte.isalnum() or byte == b"_"


def _role(src: Source, start: int, end: int) -> Use | None:
    directive = src.directive_at(start)
    if directive and directive.keyword != "define":
        return _directive_role(src.stripped, directive, start)
    m = _NEXT.match(src.stripped, end)
    following = m[1] if m else b""
    before = previous(src.stripped, start)
    if directive:
        macro = src.macro_at(start)
        name = src.stripped[start:end].decode("ascii")
        if macro is None or start < macro.body or name in (macro.params or ()):
            return None
        if following == b"##" or before.endswith(b"##"):
            return Use.PASTE
    if is_assembly(src.path):
        if src.stripped[start - 1 : start] == b"\\" and start:
            return None  # the argument of an assembler macro
        return Use.MACRO_BODY if directive else Use.CALL if following == b"(" else Use.PLAIN
    if before.endswith(b"->") or (before.endswith(b".") and not before.endswith(b"...")):
        return Use.MEMBER
    if (word := _LAST_WORD.search(before)) and word[0] in _TAGS:
        return Use.TAG
    if directive:
        return Use.MACRO_BODY
    return Use.CALL if following == b"(" and not is_head(src, start) else Use.PLAIN


def _directive_role(stripped: bytes, directive: Directive, start: int) -> Use | None:
    if start < directive.rest:
        return None
    if directive.keyword in ("ifdef", "ifndef", "elifdef", "elifndef", "undef"):
        return Use.DEFINED
    if directive.keyword in ("if", "elif"):
        before = stripped[directive.rest : start].rstrip(b" \t\r\n\\(")
        word = _LAST_WORD.search(before[-40:])
        return Use.DEFINED if word and word[0] == b"defined" else Use.CONDITION
    if directive.keyword.startswith("include"):
        opening = stripped[directive.rest : start].strip()[:1]
        return None if opening in (b"<", b'"') else Use.PLAIN
    return None


def _without_includes(src: Source) -> bytes:
    return blank_directives(src.stripped, tuple(d for d in src.directives if d.keyword.startswith("include")))


def _names(code: bytes) -> frozenset[str]:
    return frozenset(w.decode("ascii") for w in set(_WORD.findall(code)) if not w[:1].isdigit())
