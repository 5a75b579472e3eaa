"""How many arguments a name takes, from the heads of functions, prototypes and macros in one file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lint.cparse.facts_source import Macro, Source
from lint.cparse.references import is_head, previous, words
from lint.logic import Formula

_PUNCTUATION = re.compile(rb"[(),\[\]{};]")
_FOLLOWING = re.compile(rb"[\s\\]*+(.?)", re.DOTALL)
_POINTER = re.compile(rb"\(\s*+\*[\s*]*+(?:const\b\s*+)?\Z")
MAX_PLACES = 60
MAX_HEAD = 20_000


@dataclass(frozen=True, slots=True)
class Signature:
    """One head: it takes ``least`` to ``most`` arguments (None: any number more). ``line`` is that of the name."""

    name: str
    path: str
    line: int
    least: int
    most: int | None
    macro: bool
    body: bool
    static: bool
    condition: Formula

    def takes(self, count: int) -> bool:
        """Whether a call with so many arguments fits; an empty list is one empty argument of a macro, too."""
        if self.macro and count == 0 and self.least <= 1:
            return True
        return count >= self.least and (self.most is None or count <= self.most)


@dataclass(frozen=True, slots=True)
class Signatures:
    """All heads of a name in a file. ``opaque`` when it is something else there, too: a variable, a macro's work."""

    heads: tuple[Signature, ...]
    opaque: bool


def signatures(src: Source, name: str) -> Signatures:
    """What one file says of a name; nothing is raised, and what is not understood makes it opaque."""
    heads: list[Signature] = []
    opaque = False
    places = words(src.stripped, [name])
    for start, end in places[:MAX_PLACES]:
        directive = src.directive_at(start)
        if directive is not None:
            macro = src.macro_at(start)
            if directive.keyword == "define" and macro is not None and macro.start == start:
                heads.append(_of_macro(src, macro, end))
            continue
        function = src.function_at(start)
        if function is not None and function.start < start:
            continue
        found = _FOLLOWING.match(src.code, end)
        if found is not None and found[1] == b"(" and (function is not None or is_head(src, start)):
            parts = _parameters(src.code, found.end() - 1)
            heads.append(_of_head(src, name, start, parts, body=function is not None))
        elif not _is_inside_braces(src.code, start):
            opaque = opaque or _declares(src.code, start, found[1] if found else b"")
    return Signatures(tuple(heads), opaque or len(places) > MAX_PLACES)


def _of_macro(src: Source, macro: Macro, end: int) -> Signature:
    count: int | None = None
    least = 0
    if macro.params is not None:
        raw = src.stripped[end : macro.body]
        count = least = len(macro.params)
        if b"..." in raw:
            count, least = None, max(0, least - 1)
    where = src.conditions.at(macro.line)
    return Signature(macro.name, src.path, macro.line, least, count, True, True, False, where)


def _of_head(src: Source, name: str, start: int, parts: list[bytes] | None, *, body: bool) -> Signature:
    line = src.lines.line(start)
    least, most = 0, None
    if parts is not None and parts != [b""]:
        texts = [b" ".join(part.split()) for part in parts]
        if texts == [b"void"]:
            most = 0
        elif texts[-1] == b"...":
            least = len(texts) - 1
        elif not any(text.isupper() and text.replace(b"_", b"a").isalnum() for text in texts):
            # A word in capitals alone is a macro, for as many parameters as it likes.
            least = most = len(texts)
    before = src.code[max(0, start - 300) : start]
    static = b"static" in re.split(rb"[;}]", before)[-1].split()
    return Signature(name, src.path, line, least, most, False, body, static, src.conditions.at(line))


def _parameters(code: bytes, opening: int) -> list[bytes] | None:
    """The texts between the commas of a parameter list; None when it is not closed."""
    depth, at = 0, opening + 1
    parts: list[bytes] = []
    for found in _PUNCTUATION.finditer(code, opening, opening + MAX_HEAD):
        if found[0] in b"([{":
            depth += 1
        elif found[0] in b")]}":
            depth -= 1
            if depth == 0:
                return [*parts, code[at : found.start()].strip()]
        elif found[0] == b"," and depth == 1:
            parts.append(code[at : found.start()])
            at = found.end()
        elif found[0] == b";":
            return None
    return None


def _is_inside_braces(code: bytes, at: int) -> bool:
    return code.count(b"{", 0, at) > code.count(b"}", 0, at)


def _declares(code: bytes, start: int, following: bytes) -> bool:
    """Whether a place at file scope may make something else of the name: a variable, a pointer, a macro's argument."""
    before = previous(code, start)
    if _POINTER.search(before):
        return True
    if following in (b"=", b";", b"["):
        return before[-1:].isalnum() or before[-1:] in (b"_", b"*")
    # EXPORT(name); says nothing of it; a macro with more arguments may define it.
    return following == b"," or before[-1:] == b","
