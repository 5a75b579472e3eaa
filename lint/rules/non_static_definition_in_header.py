"""A header defines a function or a variable that is neither static nor inline, and two objects include it.

Why: every file that includes the header defines the name once more, and the linker refuses the second one. Most often
it is the stub in the #else branch, which the author's own configuration never takes.
Bad: ``int port_open(int nr) { return -ENODEV; }`` in the #else of a header.
Good: ``static inline int port_open(int nr) { return -ENODEV; }``
Source: Documentation/process/coding-style.rst, "Conditional Compilation"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.cparse.model import Definition, Kind
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.logic import Atom, Formula, Not, Or, atoms, both, either
from lint.resolve import Built, built
from lint.rule import rule
from lint.rules._includes import has_tree, likely_archs, possible, units_of

BAD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"
== arch/one/Kconfig
 config PORT
 	bool "The port"
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += a.o b.o
== include/linux/port.h
 #ifndef _LINUX_PORT_H
 #define _LINUX_PORT_H
 #ifdef CONFIG_PORT
 int port_open(int nr);
+int port_close(int nr);
 #else
 static inline int port_open(int nr) { return -1; }
!int port_close(int nr)
+{
+	return -1;
+}
 #endif
 #endif
== kernel/a.c
 #include <linux/port.h>
== kernel/b.c
 #include <linux/port.h>
"""

GOOD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"
== arch/one/Kconfig
 config PORT
 	bool "The port"
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += a.o b.o
== include/linux/port.h
 #ifndef _LINUX_PORT_H
 #define _LINUX_PORT_H
 #ifdef CONFIG_PORT
 int port_open(int nr);
+int port_close(int nr);
 #else
 static inline int port_open(int nr) { return -1; }
+static inline int port_close(int nr)
+{
+	return -1;
+}
 #endif
 #endif
== kernel/a.c
 #include <linux/port.h>
== kernel/b.c
 #include <linux/port.h>
"""

# Sources that are asked whether they are linked together, and for how many architectures.
_MOST_UNITS = 24
_MOST_ALONE = 3
_MOST_ARCHS = 3
_WORD = re.compile(r"[A-Za-z_]\w*")
_MACRO = re.compile(r"[A-Z][A-Z0-9_]{2,}\Z|\w*inline\w*\Z|\w*weak\w*\Z|static\Z|extern\Z|typedef\Z")
_VARIABLE = re.compile(r"(?:\w+[\s*]+)+\w+\s*(?:\[[^\]]*\]\s*)*=")


def _words(change: Change) -> Iterable[str]:
    return (definition.path.rpartition("/")[2] for definition in _candidates(change))


@rule(
    "non-static-definition-in-header",
    Severity.ERROR,
    Confidence.HIGH,
    since="0.2",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def non_static_definition_in_header(change: Change) -> Iterator[Hit]:
    """Report definitions added to a header that two objects of one configuration would both bring."""
    if not has_tree(change):
        return
    for definition in _candidates(change):
        both_built = _linked_twice(change, definition)
        if both_built is not None:
            yield _hit(definition, *both_built)


def _candidates(change: Change) -> Iterator[Definition]:
    for definition in change.added_definitions:
        if not definition.path.endswith(".h") or definition.static or definition.inline or definition.weak:
            continue
        if definition.kind not in (Kind.FUNCTION, Kind.VARIABLE) or definition.name.isupper():
            continue
        if _is_plain(change, definition) and not _asks_for_itself(definition.condition):
            yield definition


def _is_plain(change: Change, definition: Definition) -> bool:
    """Whether nothing in front of the name can make it static or inline, in a header that is read once."""
    file = change.after.facts(definition.path)
    if file is None or not _is_guarded(file.source.directives):
        return False
    start = file.source.lines.start(definition.line) + definition.column - 1
    before = file.stripped[min(definition.start, start) : start].decode("utf-8", "replace")
    words = _WORD.findall(before)
    if not words or any(_MACRO.match(word) for word in words):
        return False
    if definition.kind is Kind.VARIABLE:
        text = file.stripped[definition.start : definition.start + 400].decode("utf-8", "replace")
        return _VARIABLE.match(text) is not None
    # A header that defined functions before the history is a part of one source.
    earlier = _first(change).before.facts(definition.path)
    return earlier is None or not any(
        _is_bare(item) for item in earlier.definitions.items if item.name != definition.name
    )


def _first(change: Change) -> Change:
    while change.previous is not None:
        change = change.previous
    return change


def _is_bare(item: Definition) -> bool:
    return item.kind is Kind.FUNCTION and not (item.static or item.inline or item.weak or item.name.isupper())


def _is_guarded(directives: tuple[object, ...]) -> bool:
    keywords = [str(getattr(directive, "keyword", "")) for directive in directives[:2]]
    return keywords == ["ifndef", "define"] or keywords[:1] == ["pragma"]


def _asks_for_itself(condition: Formula) -> bool:
    """Whether an including source has to define a macro for the definition to be there."""
    if isinstance(condition, Atom):
        return condition.name.startswith("defined(")
    if isinstance(condition, (bool, Not)):
        return False
    parts = (_asks_for_itself(part) for part in condition.operands)
    return all(parts) if isinstance(condition, Or) else any(parts)


def _linked_twice(change: Change, definition: Definition) -> tuple[str, str, Built] | None:
    """Two sources that one configuration links into the kernel, each with this definition."""
    state = change.after
    for arch in likely_archs(change, definition.path)[:_MOST_ARCHS]:
        alone: list[tuple[str, Formula]] = []
        units = units_of(state, definition.path, arch, _MOST_UNITS)
        gates = {unit: state.gating.gate(unit).builtin for unit in units}
        for unit in sorted(units, key=lambda one: sum(1 for _ in atoms(gates[one]))):
            with_it = both((definition.condition, gates[unit], _reach(change, unit, definition.path, arch)))
            if with_it is False or not possible(state, with_it, arch, (arch,)):
                continue
            for other, condition in alone:
                found = built(state, unit, both((with_it, condition)), (arch,))
                if found is not None and found.proven:
                    return other, unit, found
            if len(alone) < _MOST_ALONE and built(state, unit, with_it, (arch,)) is not None:
                alone.append((unit, with_it))
    return None


def _reach(change: Change, unit: str, header: str, arch: str) -> Formula:
    """When a unit includes the header; cheap where it does so itself."""
    graph = change.after.includes
    own = [i.condition for i in graph.includes(unit) if graph.resolve(i, unit, arch).path == header]
    return either(own) if own else graph.reached(unit, arch).condition(header)


def _hit(definition: Definition, one: str, other: str, found: Built) -> Hit:
    name = f"{definition.name}()" if definition.kind is Kind.FUNCTION else definition.name
    static = "static inline" if definition.kind is Kind.FUNCTION else "static or only declared"
    return Hit(
        Span(definition.path, definition.line, definition.column, definition.column + len(definition.name)),
        f"{name} is defined in a header and not {static}: {one} and {other} both define it",
        symbols=(definition.name,),
        related=(Related(Span(one, 1), "includes this header"), Related(Span(other, 1), "includes it too")),
        arch=(found.arch,) if found.arch else (),
        witness=dict(found.witness),
    )
