"""A call whose result was used before is a bare statement now.

Why: an error that was handled is dropped on the floor; where the function is marked __must_check the compiler warns,
and with CONFIG_WERROR the build breaks.
Bad: ``ret = prepare(dev);`` becomes ``prepare(dev);`` while prepare() still returns an error.
Good: the result is still looked at, the function returns nothing any more, or ``(void)`` says that it is meant.
Source: Documentation/process/coding-style.rst, "Function return values and names"
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.cparse.model import Call, Definition, Kind
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.rule import rule
from lint.snapshot.apply import FileChange

BAD = """\
== drivers/a.c
 static int __must_check prepare(struct device *dev)
 {
 	return dev->ready ? 0 : -1;
 }

 int a(struct device *dev)
 {
-	return prepare(dev);
!	prepare(dev);
+	return 0;
 }
"""

GOOD = """\
== drivers/a.c
 static int __must_check prepare(struct device *dev)
 {
 	return dev->ready ? 0 : -1;
 }

 int a(struct device *dev)
 {
-	return prepare(dev);
+	int ret = prepare(dev);
+
+	return ret;
 }
"""

_MUST = re.compile(rb"\b(?:__must_check|__wur|warn_unused_result)\b")
_FUNCTIONS = (Kind.FUNCTION, Kind.DECLARATION)


@rule("ignored-result", Severity.WARNING, Confidence.LOW, since="0.2", bad=BAD, good=GOOD)
def ignored_result(change: Change) -> Iterator[Hit]:
    """Report added bare calls of functions whose results the same function used in all its calls before."""
    for file in change.files:
        if not file.new_path.endswith((".c", ".h")) or file.before is None or file.fragment or not file.added:
            continue
        before, after = change.before.facts(file.old_path), change.after.facts(file.new_path)
        if before is None or after is None:
            continue
        for call in _added_bare(file, after):
            old = _used_before(file, before, call)
            if old is not None:
                yield from _judged(change, file, after, call, old)


def _added_bare(file: FileChange, after: FileFacts) -> Iterator[Call]:
    for line in sorted(file.added):
        for call in after.calls(None, (line, line)):
            if call.function and call.condition is not False and _is_bare(after, call):
                yield call


def _used_before(file: FileChange, before: FileFacts, call: Call) -> Call | None:
    """A removed call in the same function whose result was used; None when another one was bare already."""
    used: Call | None = None
    for old in before.calls([call.name]):
        if old.function == call.function:
            if _is_bare(before, old) or _is_voided(before, old):
                return None
            if old.line in file.removed and old.arguments == call.arguments:
                used = old
    return used


def _judged(change: Change, file: FileChange, after: FileFacts, call: Call, old: Call) -> Iterator[Hit]:
    found = list(_declared(change, file.new_path, after, call.name))
    functions = [(owner, item) for owner, item in found if item.kind in _FUNCTIONS]
    if not functions or len(functions) < len(found) or any(_is_void(item) for _, item in functions):
        return
    must = any(_MUST.search(owner.stripped, item.start, item.end) for owner, item in functions)
    owner, item = functions[0]
    end = call.column + len(call.name)
    yield Hit(
        Span(file.new_path, call.line, call.column, end),
        f"the result of {call.name}() is ignored now" + (", and it is marked to be checked" if must else ""),
        symbols=(call.name,),
        related=(
            Related(Span(file.old_path, old.line, old.column, old.column + len(old.name), Side.BEFORE), "used before"),
            Related(Span(owner.path, item.line, item.column, item.column + len(item.name)), f"returns {item.type}"),
        ),
        function=call.function,
        severity=None if must else Severity.NOTE,
    )


def _declared(change: Change, path: str, after: FileFacts, name: str) -> Iterator[tuple[FileFacts, Definition]]:
    """What the file and the headers that it includes itself say of a name."""
    graph = change.after.includes
    yield from ((after, item) for item in after.definitions_of(name))
    for include in graph.includes(path)[:60]:
        target = graph.resolve(include, path, next(iter(change.archs), "")).path
        if target and name.encode() in (change.after.tree.read(target) or b""):
            header = change.after.facts(target)
            yield from ((header, item) for item in header.definitions_of(name)) if header is not None else ()


def _is_void(item: Definition) -> bool:
    return not item.type or (re.search(r"\bvoid\b", item.type) is not None and "*" not in item.type)


def _is_bare(file: FileFacts, call: Call) -> bool:
    """Whether a call is a statement of its own."""
    start = file.source.lines.start(call.line) + call.column - 1
    code = file.source.code
    before = code[max(0, start - 400) : start].rstrip()
    if not before or not (before[-1:] in b";{}" or before.endswith(b"else") or _is_branch(before)):
        return False
    depth = 0
    for found in re.finditer(rb"[()]", code[start : start + 4000]):
        depth += 1 if found[0] == b"(" else -1
        if not depth:
            return code[start + found.end() :].lstrip()[:1] == b";"
    return False


def _is_branch(before: bytes) -> bool:
    """Whether the text ends in the condition of an ``if``, ``for`` or ``while``, or in a label."""
    if before.endswith(b":"):
        return re.search(rb"(?:\bcase\b[^;?]*+|[;{}]\s*+\w++\s*+):\Z", before) is not None
    if not before.endswith(b")"):
        return False
    depth = 0
    for found in reversed(list(re.finditer(rb"[()]", before))):
        depth += 1 if found[0] == b")" else -1
        if not depth:
            return re.search(rb"\b(?:if|for|while)\s*+\Z", before[: found.start()]) is not None
    return False


def _is_voided(file: FileFacts, call: Call) -> bool:
    start = file.source.lines.start(call.line) + call.column - 1
    return re.search(rb"\(\s*void\s*\)\s*\Z", file.source.code[max(0, start - 40) : start]) is not None
