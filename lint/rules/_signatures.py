"""Calls against the heads that they can mean: in their own file, in the headers that it reaches, in the tree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.cparse.facts_source import source
from lint.cparse.model import Call, Reference, Use
from lint.cparse.signatures import Signature, signatures
from lint.resolve import MANY_FILES, arch_of, is_host
from lint.snapshot.apply import FileChange
from lint.snapshot.words import scan
from lint.state import State

C = (".c", ".h")
# Lines above an added one on which the call that it belongs to may begin.
_ABOVE = 8
_PLAIN = re.compile(r"[A-Z_][A-Z0-9_]*(?:\s*\(.*\))?\Z", re.DOTALL)
_MOST_NAMES = 400
_TEXT = 2_000


class Heads:
    """The heads of a name that a file can mean; ``opaque`` when it may be something else that takes anything."""

    def __init__(self) -> None:
        self.found: list[Signature] = []
        self.opaque = False

    def add(self, state: State, path: str, name: str) -> None:
        """Take in what one file says of the name."""
        text = state.tree.read(path)
        if text is None:
            return
        own = signatures(source(path, text), name)
        self.found += own.heads
        self.opaque = self.opaque or own.opaque

    def refuse(self, call: Call) -> bool:
        """Whether there are heads and none takes as many arguments as the call has."""
        if not self.found or self.opaque:
            return False
        count = len(call.arguments)
        if any(head.takes(count) for head in self.found):
            return False
        if all(head.macro for head in self.found) and any("{" in one or "[" in one for one in call.arguments):
            return False  # commas in brackets and braces part the arguments of a macro
        least = min(head.least for head in self.found)
        return count > least or not any(_PLAIN.match(one) or "..." in one for one in call.arguments)


def new_calls(change: Change, file: FileChange) -> list[Call]:
    """Calls in functions of a file that it had not before with as many arguments, on or around its added lines."""
    after = _readable(change.after, file.new_path)
    if after is None or not file.added:
        return []
    found: dict[tuple[int, int], Call] = {}
    for first, last in _runs(sorted(file.added)):
        for call in after.calls(None, (max(1, first - _ABOVE), last)):
            if _is_judged(after, call):
                found[call.line, call.column] = call
    before = _readable(change.before, file.old_path) if file.before is not None else None
    if before is None:
        return list(found.values())
    names = {call.name for call in found.values()} & before.identifiers
    known = Counter((one.name, len(one.arguments), one.function) for one in before.calls(names)) if names else Counter()
    # A call of the same shape anywhere in the file shows that the shape is right.
    shapes = {(name, count) for name, count, _ in known}
    return [call for call in found.values() if (call.name, len(call.arguments)) not in shapes]


def changed_heads(change: Change) -> dict[str, list[Signature]]:
    """Names whose heads in a changed file take another number of arguments than before, with the new heads."""
    found: dict[str, list[Signature]] = {}
    for file in change.files:
        if file.before is None or file.after is None or not _is_ours(file.new_path) or file.fragment:
            continue
        old, new = source(file.old_path, file.before), source(file.new_path, file.after)
        for name in sorted(headed(file)):
            was, now = signatures(old, name), signatures(new, name)
            if was.opaque or now.opaque or not was.heads or not now.heads:
                continue
            lost = {(one.least, one.most) for one in was.heads} - {(one.least, one.most) for one in now.heads}
            if lost:
                found.setdefault(name, []).extend(now.heads)
    return found


def near_heads(change: Change, path: str, names: Iterable[str]) -> dict[str, Heads]:
    """The heads of names that a file can mean: its own and those of all headers that it reaches."""
    state, wanted = change.after, sorted(set(names))[:_MOST_NAMES]
    found = {name: Heads() for name in wanted}
    for name in wanted:
        found[name].add(state, path, name)
    arch = arch_of(path) or next(iter(change.archs), "")
    graph = state.includes
    headers = [header for header in graph.reached(path, arch) if header != path]
    texts = ((header, text) for header in headers if (text := state.tree.read(header)) is not None)
    for name, places in scan(wanted, texts).items():
        heading = re.compile(rb"\b%b[\s\\]*+\(|define[ \t]++%b\b" % (name.encode(), name.encode()))
        for header in dict.fromkeys(place.path for place in places):
            if any(place.path == header and heading.search(place.text) for place in places):
                found[name].add(state, header, name)
    return found


def tree_heads(change: Change, name: str) -> tuple[Heads, list[str]] | None:
    """Every head of a name in the tree, and the C files that call it; None for what stands in too many files."""
    state = change.after
    places = [one for one in state.search((name,))[name] if one.path.endswith(C) and not is_host(one.path)]
    files = dict.fromkeys(place.path for place in places)
    if len(files) > MANY_FILES:
        return None
    heads = Heads()
    word = name.encode()
    heading = re.compile(
        rb"(?:^|[\w*][ \t]*+)\b%b[\s\\]*+(?:\(|\Z)|define[ \t]++%b\b|\*\s*+%b\s*+\)" % (word, word, word)
    )
    for path in dict.fromkeys(place.path for place in places if heading.search(place.text)):
        heads.add(state, path, name)
    called = re.compile(rb"\b%b[\s\\]*+(?:\(|\Z)" % word)
    asking = (one for one in places if (at := called.search(one.text)) and not _fits_on_line(one.text, at.end(), heads))
    return heads, list(dict.fromkeys(place.path for place in asking))


_MARK = re.compile(rb"\"(?:[^\"\\]|\\.)*+\"|[()\[\]{},'\"]|\b\w")


def _fits_on_line(text: bytes, opened: int, heads: Heads) -> bool:
    """Whether the only call on a line ends there with as many arguments as some head takes: nothing is left to ask."""
    depth, commas, filled = 1, 0, False
    for found in _MARK.finditer(text, opened):
        mark = found[0]
        if mark in (b"'", b'"', b"{", b"}"):
            return False
        if mark in (b"(", b"["):
            depth += 1
        elif mark in (b")", b"]"):
            depth -= 1
            if depth == 0:
                count = commas + 1 if filled or commas else 0
                return any(head.takes(count) for head in heads.found) and b"(" not in text[found.end() :]
        elif mark == b",":
            commas += depth == 1
        else:
            filled = True
    return False


def calls_in(state: State, path: str, name: str) -> Iterator[Call]:
    """The calls of a name in the functions of a file that can be judged."""
    facts = _readable(state, path)
    if facts is not None:
        yield from (call for call in facts.calls({name}) if _is_judged(facts, call))


def _is_judged(facts: FileFacts, call: Call) -> bool:
    """Whether a call is code of a function, of a name that no variable hides, without ``#if`` among its arguments."""
    if not call.function or call.condition is False:
        return False
    src = facts.source
    start = src.lines.start(call.line) + call.column - 1
    function = src.function_at(start)
    if src.directive_at(start) is not None or function is None:
        return False
    pointer = rb"\(\s*+\*[\s*]*+%b\s*+[\[)]" % call.name.encode()
    if re.search(pointer, src.code[function.start : start]):
        return False
    if facts.is_local(Reference(call.name, call.line, call.column, Use.CALL, call.function, call.condition)):
        return False
    length = sum(map(len, call.arguments)) + 2 * len(call.arguments) + len(call.name)
    rows = src.code.count(b"\n", start, start + min(_TEXT, 2 * length + 40))
    inside = (d for d in src.directives if call.line < d.line <= call.line + rows)
    return not any(d.line <= _last_line(src.code, start, call.line) for d in inside)


def _last_line(code: bytes, start: int, line: int) -> int:
    depth = 0
    for found in re.compile(rb"[()\n]").finditer(code, start, start + 20_000):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        line += found[0] == b"\n"
        if depth == 0 and found[0] == b")":
            break
    return line


def headed(file: FileChange) -> set[str]:
    """Names in front of a parenthesis on or just above the changed lines, outside of bodies."""
    src = source(file.new_path, file.after or b"")
    found: set[str] = set()
    for first, last in _runs(sorted(file.added)):
        start = src.lines.start(max(1, first - _ABOVE))
        stop = src.code.find(b"\n", src.lines.start(last))
        for match in re.finditer(rb"\b([A-Za-z_]\w*+)[ \t]*+\(", src.stripped[start : stop if stop >= 0 else None]):
            function = src.function_at(start + match.start())
            if function is None or function.start >= start + match.start():
                found.add(match[1].decode())
    return found


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of the runs of adjacent numbers."""
    at = 0
    while at < len(numbers):
        end = at
        while end + 1 < len(numbers) and numbers[end + 1] <= numbers[end] + 2:
            end += 1
        yield numbers[at], numbers[end]
        at = end + 1


def _readable(state: State, path: str) -> FileFacts | None:
    return state.facts(path) if path and _is_ours(path) else None


def _is_ours(path: str) -> bool:
    return path.endswith(C) and not is_host(path)
