"""Calls and macro invocations with the texts of their arguments."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise, takewhile

from lint.cparse.facts_source import Source, source
from lint.cparse.model import Call
from lint.cparse.references import is_head, previous, words

MAX_DEPTH = 64
MAX_LENGTH = 64 << 10

_CALL = re.compile(rb"\b([A-Za-z_]\w*+)[\s\\]*+\(")
_OPEN = re.compile(rb"[\s\\]*+\(")
_PUNCTUATION = re.compile(rb"[()\[\]{},;]")
_CONTINUED = re.compile(rb"\\\r?\n")
_NO_CALL = frozenset(
    b"if while for switch return sizeof typeof __typeof__ typeof_unqual defined _Alignof alignof __alignof__ asm"
    b" __asm__ __attribute__ else do case goto void int char long short unsigned signed bool const volatile".split()
)


def calls(
    path: str, text: bytes, names: Collection[str] | None = None, within: tuple[int, int] | None = None
) -> tuple[Call, ...]:
    """Calls of the given names (of all when None) that start on the lines ``within`` (first and last), in order.

    Declarations, function heads, calls through a member and calls that are never closed are none.
    """
    return find_calls(source(path, text), names, within)


def find_calls(
    src: Source, names: Collection[str] | None = None, within: tuple[int, int] | None = None
) -> tuple[Call, ...]:
    """:func:`calls` on shared facts."""
    start, stop = 0, len(src.stripped)
    if within:
        start = src.lines.start(within[0])
        stop = src.lines.start(within[1] + 1) if within[1] < len(src.lines.starts) else stop
    found = (_call(src, *place) for place in _candidates(src.stripped, names, start, stop))
    return tuple(call for call in found if call)


def arguments(src: Source, opening: int) -> tuple[str, ...] | None:
    """The argument texts behind the parenthesis at an offset, blanks folded; None when it is not closed.

    A preprocessor line keeps to itself, and inside of arguments it is left out.
    """
    directive = src.directive_at(opening)
    code, readable = (src.stripped, src.uncommented) if directive else (src.code, src.readable)
    end = min(directive.end if directive else len(code), opening + MAX_LENGTH)
    open_brackets, commas = [], [opening]
    for m in _PUNCTUATION.finditer(code, opening, end):
        mark = m[0]
        if mark in b"([{":
            open_brackets.append(mark)
            if len(open_brackets) > MAX_DEPTH:
                return None
        elif mark in b")]}":
            if (open_brackets.pop(), mark) not in _PAIRS:
                return None
            if not open_brackets:
                commas.append(m.start())
                break
        elif mark == b"," and len(open_brackets) == 1:
            commas.append(m.start())
        elif mark == b";" and len(open_brackets) == 1 and not directive and not _invokes_macro(code, opening):
            return None  # the parenthesis was lost in an #if
    else:
        return None
    texts = tuple(_folded(readable[a + 1 : b]) for a, b in pairwise(commas))
    return () if texts == ("",) else texts


_PAIRS = frozenset(((b"(", b")"), (b"[", b"]"), (b"{", b"}")))


def _candidates(
    stripped: bytes, names: Collection[str] | None, start: int, stop: int
) -> Iterator[tuple[int, int, int]]:
    """Start and end of a name, and the parenthesis behind it."""
    if names is None:
        inside = takewhile(lambda found: found.start() < stop, _CALL.finditer(stripped, start))
        yield from ((found.start(), found.end(1), found.end() - 1) for found in inside)
        return
    for begin, end in words(stripped, names, start, stop):
        if m := _OPEN.match(stripped, end):
            yield begin, end, m.end() - 1


def _call(src: Source, start: int, end: int, opening: int) -> Call | None:
    raw = src.stripped[start:end]
    if raw in _NO_CALL:
        return None
    name = raw.decode("ascii")
    directive = src.directive_at(start)
    if directive and directive.keyword == "define":
        macro = src.macro_at(start)
        if macro is None or start < macro.body or name in (macro.params or ()):
            return None
    elif directive and (directive.keyword not in ("if", "elif") or start < directive.rest):
        return None
    before = previous(src.stripped, start)
    if before.endswith((b"->", b".", b"##")) or is_head(src, start):
        return None
    texts = arguments(src, opening)
    if texts is None:
        return None
    line, column = src.lines.place(start)
    return Call(name, line, column, texts, src.enclosing(start), src.conditions.at(line))


def _invokes_macro(code: bytes, opening: int) -> bool:
    m = re.search(rb"\w+\s*\Z", code[max(opening - 80, 0) : opening])
    return m is not None and m[0].strip().isupper()


def _folded(text: bytes) -> str:
    return " ".join(_CONTINUED.sub(b" ", text).decode("utf-8", "replace").split())
