"""A function is defined for others to call, and no header that its file includes declares it.

Why: the compiler warns (and with CONFIG_WERROR stops), and nothing checks the definition against its callers'
declaration; a function that nobody else calls is meant to be static.
Bad: a patch drops ``static`` and adds an extern declaration to another C file.
Good: the declaration is in a header that the callers and the definition include, or the function is static.
Source: Documentation/process/4.Coding.rst, "Compiler warnings"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.generated import is_pasted
from lint.resolve import SOURCES, Built, arch_of, is_host
from lint.rule import rule
from lint.rules._includes import archs_of, builders, has_tree, includers

BAD = """\
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += a.o b.o
== kernel/a.c
-static int helper(int nr)
!int helper(int nr)
 {
 	return nr;
 }
== kernel/b.c
+extern int helper(int nr);
+
 int user(int nr)
 {
-	return nr;
+	return helper(nr);
 }
"""

GOOD = """\
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += a.o b.o
== kernel/a.h
+int helper(int nr);
== kernel/a.c
+#include "a.h"
-static int helper(int nr)
+int helper(int nr)
 {
 	return nr;
 }
== kernel/b.c
+#include "a.h"
+
 int user(int nr)
 {
-	return nr;
+	return helper(nr);
 }
"""

_MOST_ARCHS = 2
_MOST_PLACES = 400
_WORD = re.compile(r"[A-Za-z_]\w*")
# What says that others than C code call a function, or that its warning is switched off around it.
_EXEMPT = frozenset({"asmlinkage", "__visible", "__bpf_kfunc", "__weak", "static", "inline", "extern"})
_SWITCHED_OFF = b"missing-prototypes"
_INCLUDED = (".h", ".inc", ".def")


def _words(change: Change) -> Iterable[str]:
    return (definition.name for definition, _ in _candidates(change))


@rule("missing-prototype", Severity.WARNING, Confidence.MEDIUM, since="0.2", bad=BAD, good=GOOD, words=_words)
def missing_prototype(change: Change) -> Iterator[Hit]:
    """Report functions that are defined or become global here, or lose their prototype, undeclared."""
    if not has_tree(change):
        return
    for definition, lost in _candidates(change):
        if lost is None:
            hit = _undeclared(change, definition, definition.path, None)
            if hit is not None:
                yield hit
        else:
            yield from _bereft(change, definition, lost)


def _candidates(change: Change) -> Iterator[tuple[Definition, Definition | None]]:
    """New global functions of C files, and prototypes that headers lose."""
    declared = {
        item.name
        for item in change.added_definitions
        if item.kind is Kind.DECLARATION and item.path.endswith(_INCLUDED)
    }
    for item in change.added_definitions:
        if item.kind is Kind.FUNCTION and item.path.endswith(".c") and item.name not in declared and _is_global(item):
            facts = change.after.facts(item.path)
            if facts is not None and not _is_exempt(facts, item):
                yield item, None
    for item in change.removed_definitions:
        is_lost = item.kind is Kind.DECLARATION and item.path.endswith(".h") and item.name not in declared
        if is_lost and not is_host(item.path):
            yield item, item


def _is_global(item: Definition) -> bool:
    if item.static or item.inline or item.weak or is_host(item.path):
        return False
    return bool(item.type) and not item.name.isupper() and item.name != "main"


def _is_exempt(facts: FileFacts, item: Definition) -> bool:
    """Whether the text in front of the name, or around the function, takes it out; a macro may make it static."""
    at = facts.source.lines.start(item.line) + item.column - 1
    words = set(_WORD.findall(facts.stripped[min(item.start, at) : at].decode("utf-8", "replace")))
    if words & _EXEMPT or any(word.isupper() and len(word) > 2 for word in words):
        return True
    if any(other.kind is Kind.DECLARATION and other.start < item.start for other in facts.definitions_of(item.name)):
        return True
    return _SWITCHED_OFF in facts.text[:at]


def _undeclared(change: Change, item: Definition, path: str, lost: Definition | None) -> Hit | None:
    """What to say of a global function of ``path``; None when some header in reach names it."""
    state, name = change.after, item.name
    places = state.search([name])[name]
    if len(places) > _MOST_PLACES:
        return None
    headers = [one for one in places if one.path.endswith(_INCLUDED)]
    paths = {one.path for one in headers}
    if _is_near(change, path, paths):
        return None
    facts = state.facts(path)
    if facts is None or is_pasted(state, [path], name) or _disables(change, facts, item):
        return None
    found: Built | None = None
    for found in builders(change, path, item.condition):
        reached = state.includes.reached(path, found.arch)
        if not paths.isdisjoint(iter(reached)) or not reached.complete:
            return None
    if found is None or any(True for _ in includers(state, path, found.arch)):
        return None  # nobody builds it, or it is part of another source, whose headers count
    declaring = [(path, line) for path, line in _declarations(change, name, paths, path)]
    others = {one.path for one in places if one.path != path and one.path.endswith(SOURCES)}
    assembly = bool(others) and all(one.endswith((".S", ".s", ".lds")) for one in others)
    return Hit(
        Span(path, item.line, item.column, item.column + len(name)),
        _message(name, declaring, others, lost),
        symbols=(name,),
        related=tuple(Related(Span(path, line), "declared here") for path, line in declaring[:2]),
        arch=(found.arch,) if found.arch and arch_of(path) else (),
        severity=Severity.NOTE if assembly else None,
    )


def _is_near(change: Change, path: str, headers: set[str]) -> bool:
    """Whether the file includes one of these headers itself, whatever the architecture: a cheap first look."""
    graph = change.after.includes
    arch = next(iter(archs_of(change.after, path)))
    return any(graph.resolve(include, path, arch).path in headers for include in graph.includes(path))


def _message(name: str, declaring: list[tuple[str, int]], others: set[str], lost: Definition | None) -> str:
    if lost is not None:
        return f"{name}() is still defined here, but its prototype in {lost.path} goes and no included header has one"
    if declaring:
        return f"{name}() is defined here, and this file does not include {declaring[0][0]}, which declares it"
    if others:
        return f"{name}() is defined for other files, and no header declares it"
    return f"{name}() is defined without a prototype, and nothing outside this file uses it: it is not static"


def _declarations(change: Change, name: str, headers: set[str], own: str) -> Iterator[tuple[str, int]]:
    for path in sorted(headers):
        facts = change.after.facts(path)
        if is_host(path) or arch_of(path) not in (None, arch_of(own)):
            continue
        for item in facts.definitions_of(name) if facts is not None else ():
            if item.kind is Kind.DECLARATION:
                yield path, item.line


def _disables(change: Change, facts: FileFacts, item: Definition) -> bool:
    """Whether a macro invoked at file scope above the function switches the warning off."""
    names = {call.name for call in facts.calls(None, (1, item.line)) if not call.function}
    for name in sorted(names):
        if name.endswith("_defs") or "diag" in name:
            found = change.after.search([name], ("include/",))[name]
            for path in {one.path for one in found if b"define" in one.text}:
                file = change.after.facts(path)
                if file is not None and any(_SWITCHED_OFF.decode() in d.value for d in file.definitions_of(name)):
                    return True
    return False


def _bereft(change: Change, lost: Definition, prototype: Definition) -> Iterator[Hit]:
    """Functions that are still global and had this prototype before."""
    name = lost.name
    paths = dict.fromkeys(one.path for one in change.after.search([name])[name] if one.path.endswith(".c"))
    if len(paths) > _MOST_ARCHS * 10:
        return
    for path in paths:
        facts = change.after.facts(path)
        for item in facts.definitions_of(name) if facts is not None else ():
            if item.kind is Kind.FUNCTION and _is_global(item) and facts is not None and not _is_exempt(facts, item):
                arch = next(iter(archs_of(change.before, path)))
                if prototype.path in change.before.includes.reached(path, arch):
                    hit = _undeclared(change, item, path, prototype)
                    if hit is not None:
                        yield hit
