"""A function's definition and its declaration disagree in the width or kind of a parameter or of the result.

Why: where the definition includes the header the build breaks; where it does not, callers pass and read another width
than the function does, which on some architectures goes unnoticed until the upper half matters.
Bad: a definition changes a parameter from int to u64, the prototype in the header stays.
Good: definition and prototype change together.
Source: Documentation/process/coding-style.rst, "Function prototypes"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.cparse.facts_source import source
from lint.cparse.model import Definition, Kind
from lint.cparse.signatures import signatures
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.resolve import arch_of, is_host
from lint.rule import rule
from lint.rules._signatures import C, headed
from lint.rules._types import Type, may_agree, types_of
from lint.snapshot.apply import FileChange
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import base_of
from lint.state import State

BAD = """\
== include/linux/clock.h
 int clock_set(int id, unsigned int rate);
== kernel/clock.c
 #include <linux/clock.h>

-int clock_set(int id, unsigned int rate)
!int clock_set(int id, unsigned long long rate)
 {
 	return 0;
 }
"""

GOOD = """\
== include/linux/clock.h
-int clock_set(int id, unsigned int rate);
+int clock_set(int id, unsigned long long rate);
== kernel/clock.c
 #include <linux/clock.h>

-int clock_set(int id, unsigned int rate)
+int clock_set(int id, unsigned long long rate)
 {
 	return 0;
 }
"""

MOST_FILES = 60


def _words(change: Change) -> Iterable[str]:
    return {name for _, name in _changed(change)}


@rule("width-mismatch", Severity.WARNING, Confidence.MEDIUM, since="0.2", bad=BAD, good=GOOD, words=_words)
def width_mismatch(change: Change) -> Iterator[Hit]:
    """Report the heads that a change makes disagree."""
    if isinstance(base_of(change.after.tree), EmptyTree):
        return
    told: set[str] = set()
    for file, name in _changed(change):
        if name in told:
            continue
        for definition, declaration in _pairs(change.after, name):
            if not _touches(file, definition, declaration):
                continue
            difference = _difference(change.after, definition, declaration)
            if difference and not _differed(change, name, definition.path, declaration.path):
                told.add(name)
                yield _hit(file, definition, declaration, difference)
                break


def _changed(change: Change) -> Iterator[tuple[FileChange, str]]:
    """Functions whose head in a touched file reads differently than before."""
    for file in change.files:
        if file.before is None or file.after is None or file.fragment or not file.new_path.endswith(C):
            continue
        if is_host(file.new_path):
            continue
        for name in sorted(headed(file)):
            was = _heads(change.before, file.old_path, name)
            now = _heads(change.after, file.new_path, name)
            if was and now and was != now:
                yield file, name


def _heads(state: State, path: str, name: str) -> set[tuple[Type | None, ...] | None]:
    facts = state.facts(path)
    return set() if facts is None else {types_of(one) for one in facts.definitions_of(name) if _is_head(one)}


def _is_head(one: Definition) -> bool:
    return one.kind in (Kind.FUNCTION, Kind.DECLARATION)


def _pairs(state: State, name: str) -> Iterator[tuple[Definition, Definition]]:
    """Definitions of a function with declarations that their file sees, none of which agrees."""
    paths = dict.fromkeys(one.path for one in state.search((name,))[name] if one.path.endswith(C))
    heads: list[Definition] = []
    for path in paths if len(paths) <= 10 * MOST_FILES else ():
        text = state.tree.read(path)
        if text is None or is_host(path) or not signatures(source(path, text), name).heads:
            continue
        facts = state.facts(path)
        heads += facts.definitions_of(name) if facts is not None else ()
        if len(heads) > MOST_FILES:
            return
    for definition in heads:
        if definition.kind is not Kind.FUNCTION:
            continue
        reached = state.includes.reached(
            definition.path, arch_of(definition.path) or next(iter(state.architectures), "")
        )
        seen = [
            one
            for one in heads
            if one.kind is Kind.DECLARATION
            and (one.path == definition.path or (one.path in reached and not definition.static))
        ]
        if not any(one.kind is Kind.MACRO and one.path in reached for one in heads) and all(
            _difference(state, definition, one) for one in seen
        ):
            yield from ((definition, one) for one in seen)


def _touches(file: FileChange, definition: Definition, declaration: Definition) -> bool:
    return file.new_path in (definition.path, declaration.path)


def _difference(state: State, definition: Definition, declaration: Definition) -> str:
    """What two heads with as many parameters disagree in, in words; empty when they may agree."""
    here, there = types_of(definition), types_of(declaration)
    if here is None or there is None or len(here) != len(there):
        return ""
    for index, (one, other) in enumerate(zip(here, there, strict=True)):
        if not may_agree(state, one, other):
            if not index:
                return f"returns {_shown(definition.type)}, its declaration says {_shown(declaration.type)}"
            mine, theirs = (definition.params or ())[index - 1], (declaration.params or ())[index - 1]
            return f"takes {_shown(mine)} as parameter {index}, its declaration says {_shown(theirs)}"
    return ""


def _differed(change: Change, name: str, one: str, other: str) -> bool:
    """Whether the two files disagreed in this function before."""
    before = [
        head
        for path in dict.fromkeys((one, other))
        if (facts := change.before.facts(_old(change, path))) is not None
        for head in facts.definitions_of(name)
    ]
    declarations = [head for head in before if head.kind is Kind.DECLARATION]
    return any(
        _difference(change.before, head, declaration)
        for head in before
        if head.kind is Kind.FUNCTION
        for declaration in declarations
    )


def _old(change: Change, path: str) -> str:
    return next((file.old_path for file in change.files if file.new_path == path and file.old_path), path)


def _shown(text: str) -> str:
    return " ".join(text.split())[:60]


def _hit(file: FileChange, definition: Definition, declaration: Definition, difference: str) -> Hit:
    first, other = definition, declaration
    if file.new_path == declaration.path != definition.path:
        first, other = declaration, definition
    return Hit(
        Span(first.path, first.line, first.column, first.column + len(first.name)),
        f"{definition.name}() {difference}",
        symbols=(definition.name,),
        related=(
            Related(Span(other.path, other.line), f"its {'declaration' if first is definition else 'definition'}"),
        ),
    )
