"""The last user of a function, variable or macro goes, and what it used stays behind.

Why: a static function without a caller is a compiler warning, which breaks builds with CONFIG_WERROR; other leftovers
are dead code that the next reader has to understand, and that nobody dares to delete later.
Bad: a patch replaces the only call of a helper, and the helper stays.
Good: the helper goes with its last call, or a later patch of the series removes it.
Source: Documentation/process/4.Coding.rst, "Compiler warnings"
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from lint.change import Change, is_source
from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind, Use
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.generated import is_pasted
from lint.resolve import arch_of, is_declared, is_host
from lint.rule import rule
from lint.rules._name_evidence import is_in_text, may_be_pasted
from lint.snapshot.apply import FileChange

BAD = """\
== kernel/queue.c
?static int queue_length(struct queue *q)
 {
 	return q->length;
 }

 int queue_is_full(struct queue *q)
 {
-	return queue_length(q) > 8;
+	return q->full;
 }
"""

GOOD = """\
== kernel/queue.c
-static int queue_length(struct queue *q)
-{
-	return q->length;
-}
-
 int queue_is_full(struct queue *q)
 {
-	return queue_length(q) > 8;
+	return q->full;
 }
"""

# Code that more than the text of the tree may use: attributes and macros that keep or register what they stand at.
_KEPT = re.compile(
    rb"\b(?:__(?:maybe_)?unused|__used|__weak|__visible|__retain|asmlinkage|__bpf_kfunc|__(?:init|exit)call\w*)\b"
)
_BODIES = (Kind.FUNCTION, Kind.VARIABLE, Kind.MACRO)
_USES = (Use.PLAIN, Use.CALL, Use.MACRO_BODY)


def _words(change: Change) -> Iterable[str]:
    return {definition.name for definition, _ in _shared(change)} | {d.name for d in _gone(change)}


@rule(
    "orphaned-definition",
    Severity.WARNING,
    Confidence.MEDIUM,
    since="0.2",
    bad=BAD,
    good=GOOD,
    words=_words,
    at_end=True,
)
def orphaned_definition(change: Change) -> Iterator[Hit]:
    """Report definitions that a step leaves without any use, where it removes the last one."""
    for definition, use in _private(change):
        yield _hit(definition, use, "the last use of this static {kind} goes: the compiler warns", None)
    for definition, use in _shared(change):
        if _is_unused(change, definition.name):
            mild = definition.inline or definition.kind is not Kind.FUNCTION
            severity = Severity.NOTE if mild else None
            yield _hit(definition, use, "nothing uses the {kind} {name} any more", severity)
    for gone in _gone(change):
        left = _prototype(change, gone)
        if left is not None and not is_pasted(change.after, _paths(change), gone.name):
            yield _hit(left, _before(gone), "{name}() goes, and its prototype stays", Severity.NOTE)


def _private(change: Change) -> Iterator[tuple[Definition, Span]]:
    """Static functions and variables of source files that the change leaves without a use in their file."""
    for file in change.files:
        before, after = _both(change, file)
        if before is None or after is None or not file.new_path.endswith(".c") or is_host(file.new_path):
            continue
        gone = _names_on(before, file.removed)
        for definition in after.definitions.items:
            if (
                definition.name not in gone
                or not definition.static
                or definition.inline
                or definition.kind not in (Kind.FUNCTION, Kind.VARIABLE)
            ):
                continue
            if definition.kind is Kind.VARIABLE and "const" in definition.type:
                continue
            use = _removed_use(file, before, definition.name)
            if use is None or _kept(after, definition) or _stands(after, definition.name):
                continue
            if not is_pasted(change.after, [file.new_path], definition.name) and not _near(change, definition):
                yield definition, use


def _shared(change: Change) -> list[tuple[Definition, Span]]:
    """What other files can name too, with a use that the change removes from a file which names it no more.

    Only what a changed file defines: the whole tree's headers would be asked otherwise.
    """
    found: dict[str, tuple[Definition, Span]] = {}
    defined: dict[str, list[Definition]] = {}
    for file in change.files:
        _, after = _both(change, file)
        for definition in after.definitions.items if after is not None and not is_host(file.new_path) else ():
            private = definition.static and file.new_path.endswith(".c")
            if definition.kind in _BODIES and not private and not definition.weak:
                defined.setdefault(definition.name, []).append(definition)
    for file in change.files:
        before, after = _both(change, file)
        if before is None or is_host(file.path):
            continue
        for name in sorted(defined.keys() & _names_on(before, file.removed)):
            if name in found or (after is not None and name in after.identifiers and not _only_defined(after, name)):
                continue
            use = _removed_use(file, before, name)
            owner = change.after.facts(defined[name][0].path)
            if use is not None and owner is not None and not _kept(owner, defined[name][0]):
                found[name] = (defined[name][0], use)
    return list(found.values())


def _gone(change: Change) -> list[Definition]:
    """Functions that lost their body and that other files could call."""
    defined = {item.name for item in change.added_definitions if item.kind is Kind.FUNCTION}
    return [
        item
        for item in change.removed_definitions
        if item.kind is Kind.FUNCTION and not item.static and item.name not in defined and not is_host(item.path)
    ]


def _both(change: Change, file: FileChange) -> tuple[FileFacts | None, FileFacts | None]:
    if not is_source(file.path) or file.fragment:
        return None, None
    before = change.before.facts(file.old_path) if file.before is not None else None
    return before, change.after.facts(file.new_path) if file.after is not None else None


def _names_on(file: FileFacts, lines: Collection[int]) -> set[str]:
    return {name for names in file.identifiers_on(lines).values() for name in names}


def _removed_use(file: FileChange, before: FileFacts, name: str) -> Span | None:
    """A use of the name on a line that the change removes."""
    for reference in before.references([name]) if name in before.identifiers else ():
        if reference.line not in file.removed or reference.use not in _USES or before.is_local(reference):
            continue
        if any(item.line == reference.line for item in before.definitions_of(name)):
            continue
        if reference.function and reference.function != name and not is_declared(before, reference):
            end = reference.column + len(name)
            return Span(file.old_path, reference.line, reference.column, end, Side.BEFORE)
    return None


def _stands(file: FileFacts, name: str) -> bool:
    """Whether the name is anywhere else than in its definition: in code, in strings, in assembly."""
    word = re.compile(rb"\b%b\b" % re.escape(name.encode()))
    lines = {item.line for item in file.definitions_of(name)}
    places = (file.source.lines.line(found.start()) for found in word.finditer(file.source.uncommented))
    inside = {item.name: (item.line, item.end_line) for item in file.definitions_of(name) if item.kind is Kind.FUNCTION}
    first, last = inside.get(name, (0, 0))
    return any(line not in lines and not first < line <= last for line in places)


def _only_defined(file: FileFacts, name: str) -> bool:
    return not _stands(file, name)


def _kept(file: FileFacts, definition: Definition) -> bool:
    """Whether an attribute says that the definition is used in a way that text does not show."""
    start = max(0, file.text.rfind(b"\n\n", 0, definition.start))
    end = file.text.find(b"{", definition.start, definition.start + 500)
    return _KEPT.search(file.stripped, start, end if end > 0 else definition.end) is not None


def _near(change: Change, definition: Definition) -> bool:
    """Whether another file of the directory names it: sources may include each other."""
    directory = definition.path.rpartition("/")[0] + "/"
    places = change.after.search([definition.name], [directory])[definition.name]
    return any(place.path != definition.path and is_source(place.path) for place in places)


def _is_unused(change: Change, name: str) -> bool:
    """Whether no code of the tree names it any more, no table, no script and no tool either."""
    files: dict[str, None] = {}
    for place in change.after.search([name])[name]:
        if is_in_text(place):
            continue
        if is_host(place.path) or not is_source(place.path):
            return False
        files[place.path] = None
    for path in files:
        file = change.after.facts(path)
        if file is None or _stands(file, name):
            return False
    return not may_be_pasted(change.after, name, _paths(change))


def _prototype(change: Change, gone: Definition) -> Definition | None:
    """The declaration that is left of a function without a body, where nobody calls it either."""
    left: Definition | None = None
    for place in change.after.search([gone.name])[gone.name]:
        if is_in_text(place):
            continue
        file = change.after.facts(place.path) if is_source(place.path) else None
        if file is None or is_host(place.path) or _stands(file, gone.name):
            return None
        for item in file.definitions_of(gone.name):
            if item.kind is not Kind.DECLARATION:
                return None
            same = arch_of(item.path) in (None, arch_of(gone.path))
            left = item if left is None and same and _was_there(change, item) else left
    return left


def _was_there(change: Change, item: Definition) -> bool:
    file = change.by_path.get(item.path)
    return file is None or item.line not in file.added


def _paths(change: Change) -> list[str]:
    return [file.new_path for file in change.files if file.new_path.endswith((".c", ".h", ".S"))]


def _before(item: Definition) -> Span:
    return Span(item.path, item.line, item.column, item.column + len(item.name), Side.BEFORE)


def _hit(definition: Definition, use: Span, message: str, severity: Severity | None) -> Hit:
    name = definition.name
    return Hit(
        Span(definition.path, definition.line, definition.column, definition.column + len(name)),
        message.format(kind=definition.kind.value, name=name) + (f" ({name})" if "{name}" not in message else ""),
        symbols=(name,),
        related=(Related(use, "this went"),),
        function=name if definition.kind is Kind.FUNCTION else "",
        severity=severity,
    )
