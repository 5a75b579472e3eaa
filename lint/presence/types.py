"""Which structure a member access means, as far as declarations nearby and in headers tell without a type checker."""

from __future__ import annotations

import re

from lint.cparse.facts import FileFacts
from lint.cparse.model import Reference
from lint.state import State

_OWNER = re.compile(rb"([A-Za-z_]\w*)\s*(?:\[[^\[\]]*\]\s*)?(->|\.)\s*\Z")
_MOST_LINES = 400


def owner_of(state: State, file: FileFacts, reference: Reference) -> str:
    """The tag of the structure whose member a use names; empty when that is not clear."""
    offset = file.source.lines.start(reference.line) + reference.column - 1
    found = _OWNER.search(file.stripped, max(0, offset - 200), offset)
    if found is None:
        return ""
    name = found[1]
    before = file.stripped[max(0, found.start() - 2) : found.start()].rstrip()
    if before.endswith((b".", b"->")):
        return _of_member(state, name)
    return _of_variable(file, offset, name)


def _of_variable(file: FileFacts, offset: int, name: bytes) -> str:
    function = file.source.function_at(offset)
    if function is None:
        return ""
    declared = re.compile(rb"\bstruct\s+(\w+)\s*[\s*]\s*(?:const\s+)?%b\b" % re.escape(name))
    text = file.stripped[max(0, function.start - 20) : offset]
    tags = {tag.decode() for tag in declared.findall(text)}
    return tags.pop() if len(tags) == 1 else ""


def _of_member(state: State, name: bytes) -> str:
    declared = re.compile(rb"^\s+(?:const\s+)?struct\s+(\w+)\s*[\s*]\s*(?:__\w+\s+)?%b\s*[;:\[]" % re.escape(name))
    places = state.headers([name.decode()])[name.decode()]
    if places is None or len(places) > _MOST_LINES:
        return ""
    tags = {found[1].decode() for one in places if (found := declared.match(one.text)) is not None}
    return tags.pop() if len(tags) == 1 else ""
