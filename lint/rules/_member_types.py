"""Accesses to a member of one structure: the variable before the arrow is declared with that type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind, Reference, Use
from lint.resolve import MANY_FILES, SOURCES, Site, arch_of, is_host
from lint.state import State

_ACCESS = re.compile(rb"([A-Za-z_]\w*+)[ \t]*+(?:->|\.)[\s\\]*+\Z")
_HIDDEN = re.compile(
    rb"^[ \t]*+[A-Za-z_]\w*+[ \t]*+(?:\((?![ \t]*+\*)|$)|#[ \t]*+include|\b(?:struct|union)[ \t]++\w++[ \t]*+;",
    re.MULTILINE,
)


def accesses(state: State, member: Definition) -> Iterator[Site]:
    """Uses of a removed member on variables that are declared as its structure, in files that name the structure.

    None when more than one structure has that name, when it is gone itself, or when it still has the member.
    """
    tag = member.scope
    places = state.search([tag])[tag] if tag else ()
    files = dict.fromkeys(place.path for place in places if place.path.endswith(SOURCES))
    files = {path: None for path in files if is_host(path) == is_host(member.path)}
    if not files or len(files) > MANY_FILES or not _lacks(state, member, files):
        return
    name = member.name.encode()
    own = arch_of(member.path)
    for path in files:
        if own not in (None, arch_of(path) or own) or name not in (state.tree.read(path) or b""):
            continue
        file = state.facts(path)
        for reference in file.references([member.name]) if file is not None else ():
            if file is not None and reference.use is Use.MEMBER and _is_of(file, reference, tag):
                yield Site(path, reference)


def _lacks(state: State, member: Definition, files: dict[str, None]) -> bool:
    """Whether exactly one file defines the structure, and what it holds there leaves no room for the member."""
    opening = re.compile(rb"(?:struct|union)[ \t]++%b[ \t\n]*+\{" % re.escape(member.scope.encode()))
    found: list[bytes] = []
    for path in files:
        text = state.tree.read(path) or b""
        file = state.facts(path) if opening.search(text) else None
        for match in opening.finditer(file.stripped) if file is not None else ():
            found.append(_body(file.stripped, match.end() - 1) if file is not None else b"")
    if len(found) != 1:
        return False
    body = found[0]
    word = re.compile(rb"\b%b\b" % re.escape(member.name.encode()))
    # What a macro, an included file or an embedded structure brings along cannot be seen.
    return not word.search(body) and not _HIDDEN.search(body)


def _body(text: bytes, opening: int) -> bytes:
    depth = 0
    for found in re.finditer(rb"[{}]", text[opening : opening + 200_000]):
        depth += 1 if found[0] == b"{" else -1
        if not depth:
            return text[opening : opening + found.end()]
    return text[opening:]


def _is_of(file: FileFacts, reference: Reference, tag: str) -> bool:
    """Whether the variable before the arrow is declared as that structure: in its function, or wherever it is named."""
    offset = file.source.lines.start(reference.line) + reference.column - 1
    before = _ACCESS.search(file.stripped, max(0, offset - 200), offset)
    if before is None or _preceded(file.stripped, before.start()):
        return False
    variable = before[1]
    span = file.source.function_at(offset)
    declared = re.compile(
        rb"\b(struct|union)[ \t\n]++(\w++)[ \t\n]*+(?:const[ \t\n]++)?[ \t\n*]*+(?:const[ \t\n]++)?\b%b\b"
        % re.escape(variable)
    )
    if span is not None and not file.source.macro_at(offset):
        text = file.stripped[span.start : span.body_end]
    else:
        text = file.stripped
    types = {found[2].decode() for found in declared.finditer(text)}
    return types == {tag}


def _preceded(text: bytes, start: int) -> bool:
    """Whether the word is itself a member: its own name says nothing of its type."""
    return text[max(0, start - 40) : start].rstrip(b" \t\n\\").endswith((b"->", b"."))


def is_member(definition: Definition) -> bool:
    """Whether a definition is a member of a structure that has a name."""
    return definition.kind is Kind.MEMBER and bool(definition.scope)
