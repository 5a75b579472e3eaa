"""A change closes a loop of dependencies between Kconfig symbols.

Why: Kconfig stops with "recursive dependency detected", and values in the loop hang on the order of evaluation. A
``select`` counts as a dependency of the selected symbol on the selector.
Bad: an entry selects a symbol and depends on it as well.
Good: the entry only depends on it.
Source: Documentation/kbuild/kconfig-language.rst, "Kconfig recursive dependency limitations"
"""

from __future__ import annotations

from collections.abc import Iterator

from lint.change import Change
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.kconfig.model import Select
from lint.resolve import arch_of
from lint.rule import rule
from lint.rules._dependencies import Written, touched_entries
from lint.rules._dependencies_graph import Graph, Step
from lint.rules._selects import architectures_for

BAD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config NET
 	bool "Networking"
== arch/one/Kconfig
 config ONE
 	bool "One"
 	depends on NET
!	select NET
"""

GOOD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config NET
 	bool "Networking"
== arch/one/Kconfig
 config ONE
 	bool "One"
+	depends on NET
"""

_TRIES = 2
_MOST_HITS = 5
_CLOSING = frozenset({"depends", "if", "select", "imply", "default", "def_bool", "def_tristate", "visible", "range"})


@rule("recursive-dependency", Severity.ERROR, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD, breaks_build=True)
def recursive_dependency(change: Change) -> Iterator[Hit]:
    """Look for a way back to each entry that the change touches, and to what that selects."""
    touched = {
        name: entries
        for name, entries in touched_entries(change).items()
        if any(one.word in _CLOSING for entry in entries for one in (*entry.own, *entry.around))
    }
    said: set[frozenset[str]] = set()
    owns = dict.fromkeys(arch_of(entry.path) for entries in touched.values() for entry in entries)
    for own in owns:
        names = [name for name, entries in touched.items() if any(arch_of(one.path) == own for one in entries)]
        for arch in architectures_for(change, "" if own is None else f"arch/{own}/Kconfig")[:_TRIES]:
            kconfig = change.after.kconfig(arch)
            known = [name for name in names if kconfig.defines(name)]
            for loop in _loops(change, arch, known):
                key = frozenset(step.source for step in loop)
                if all(map(key.isdisjoint, said)) and len(said) < _MOST_HITS:  # one of loops that share a symbol
                    said.add(key)
                    yield _hit(change, arch, own, loop, touched)
            if len(known) == len(names):
                break


def _loops(change: Change, arch: str, names: list[str]) -> Iterator[tuple[Step, ...]]:
    """The loops through the given entries, and what they select, that were not there before."""
    kconfig = change.after.kconfig(arch)
    graph = Graph(kconfig)
    starts = dict.fromkeys(names)
    for name in names:
        for entry in kconfig.symbols[name].definitions:
            both: tuple[Select, ...] = (*entry.selects, *entry.implies)
            starts.update(dict.fromkeys(select.target for select in both))
    old: Graph | None = None
    for name in starts:
        unit = graph.unit(name)
        loop = graph.loop(unit) if unit is not None else ()
        if loop:
            old = old or Graph(change.before.kconfig(arch))
            if not all(_was(old, step) for step in loop):
                yield loop


def _was(graph: Graph, step: Step) -> bool:
    unit = graph.unit(step.source)
    return unit is not None and any(
        one.source == step.source and one.target == step.target for one in graph.steps(unit)
    )


def _hit(change: Change, arch: str, own: str | None, loop: tuple[Step, ...], touched: dict[str, list[Written]]) -> Hit:
    added = {(file.path, line) for file in change.files for line in file.added}
    first = next((at for at, step in enumerate(loop) if (step.path, step.line) in added), 0)
    loop = (*loop[first:], *loop[:first])
    span = Span(loop[0].path, loop[0].line)
    if (span.path, span.line) not in added:
        for step in loop:
            entries = [entry for name in (step.source, step.target) for entry in touched.get(name, ())]
            lines = [(e.path, one.line) for e in entries for one in (*e.own, *e.around) if one.word in _CLOSING]
            closing = next((line for line in lines if line in added), None)
            if closing is not None:
                span = Span(*closing)
                break
    return Hit(
        span,
        f"recursive dependency: {', '.join(step.text for step in loop)}",
        symbols=tuple(dict.fromkeys(step.source for step in loop)),
        related=tuple(Related(Span(step.path, step.line), step.text) for step in loop),
        arch=(arch,) if own is not None else (),
    )
