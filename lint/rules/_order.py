"""What a header's code comes to through macros, and whether that is declared by the time it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.model import Definition, Kind, Reference, Use
from lint.logic import Formula, both
from lint.resolve import Built, arch_of, built, is_host
from lint.rules._includes import archs_of, likely_archs, own_arch, units_of
from lint.rules._new_uses import LANGUAGE
from lint.snapshot.tree import Occurrence
from lint.state import State

_DEPTH = 3
_MOST_NAMES = 60
_MOST_MACROS = 8
_MOST_UNITS = 40
_MOST_TRIED = 3
_WORD = re.compile(r"[A-Za-z_]\w*+")
_DECLARING = (Kind.FUNCTION, Kind.VARIABLE, Kind.DECLARATION, Kind.EXTERN)


@dataclass(frozen=True, slots=True)
class Body:
    """A function of a header that is new, or newly built for one architecture (``arch``, empty for all)."""

    definition: Definition
    arch: str


@dataclass(frozen=True, slots=True)
class Early:
    """A name that a header's function comes to before anything declares it."""

    name: str
    reference: Reference
    macros: tuple[Definition, ...]
    declaration: Definition
    unit: str
    found: Built


@dataclass(frozen=True, slots=True)
class _Way:
    """How a use comes to a name: through which macros."""

    name: str
    reference: Reference
    macros: tuple[Definition, ...]


def new_bodies(change: Change) -> Iterator[Body]:
    """Functions of kernel headers with added lines, and those that a removed ``#define`` switches on."""
    seen: set[str] = set()
    for file in change.files:
        path = file.new_path
        if not path.endswith(".h") or is_host(path) or not file.added or file.after is None:
            continue
        facts = change.after.facts(path)
        for item in facts.definitions.items if facts is not None else ():
            if item.kind is Kind.FUNCTION and not file.added.isdisjoint(range(item.line, item.end_line + 1)):
                seen.add(item.name)
                yield Body(item, "")
    for name, arch in switches(change):
        if name in seen:
            continue
        for path in _headers(change.after, name, b"ifndef"):
            facts = change.after.facts(path)
            for item in facts.definitions_of(name) if facts is not None else ():
                if item.kind is Kind.FUNCTION and arch_of(path) is None:
                    yield Body(item, arch)


def switches(change: Change) -> Iterator[tuple[str, str]]:
    """Macros that an architecture's header loses: what stood under ``#ifndef`` of them is built from now on."""
    for item in change.removed_definitions:
        arch = arch_of(item.path)
        if item.kind is Kind.MACRO and arch is not None and item.path.endswith(".h") and not is_host(item.path):
            yield item.name, arch


def names_of(state: State, body: Body, lines: Iterable[int] | None = None) -> list[Reference]:
    """The uses in a function's body that have to come from elsewhere."""
    facts = state.facts(body.definition.path)
    if facts is None:
        return []
    within = range(body.definition.line, body.definition.end_line + 1)
    chosen = [line for line in within if lines is None or line in lines]
    names = {name for found in facts.identifiers_on(chosen).values() for name in found}
    names -= LANGUAGE | {body.definition.name}
    return [
        reference
        for reference in facts.references(sorted(names))
        if reference.line in chosen and reference.use in (Use.CALL, Use.PLAIN) and not facts.is_local(reference)
    ]


def early_uses(change: Change, body: Body) -> Iterator[Early]:
    """The names that a function comes to, in some unit of some architecture, before anything declares them."""
    state = change.after
    file = change.by_path.get(body.definition.path)
    lines = file.added if file is not None and not body.arch else None
    ways = [_Way(reference.name, reference, ()) for reference in names_of(state, body, lines)]
    asked = (body.arch,) if body.arch else archs_of(state, body.definition.path)
    near = _near(state, body.definition.path, asked[0]) if ways else frozenset()
    done: set[str] = set()
    for _ in range(_DEPTH):
        ways = list({way.name: way for way in ways if way.name not in done}.values())[:_MOST_NAMES]
        done.update(way.name for way in ways)
        state.headers(sorted(way.name for way in ways))
        further: list[_Way] = []
        for way in ways:
            macros, declarations = _meanings(state, way.name, near)
            if macros:
                further += (
                    _Way(word, way.reference, (*way.macros, macro))
                    for macro in macros
                    for word in dict.fromkeys(_WORD.findall(macro.value))
                    if word not in (macro.params or ()) and word not in LANGUAGE
                )
            elif declarations and (early := _early(change, body, way, declarations, asked)) is not None:
                yield early
        ways = further


def _headers(state: State, name: str, directive: bytes) -> list[str]:
    """The headers in which a name stands on a line with a directive or anywhere (empty)."""
    found = state.headers([name])[name] or ()
    return list(dict.fromkeys(o.path for o in found if directive in o.text))


def _near(state: State, header: str, arch: str) -> frozenset[str]:
    """The headers that a header reaches for every architecture: through those of include/ alone."""
    reached = state.includes.reached(header, arch)
    near = {header}
    for one in reached:
        edges = reached.edges_to(one)
        if not edges or any(e.parent in near and e.parent.startswith("include/") for e in edges):
            near.add(one)
    return frozenset(near)


def _meanings(state: State, name: str, near: frozenset[str]) -> tuple[list[Definition], list[Definition]]:
    """The macros of a name in kernel headers, or else its declarations; nothing when a near header may have one."""
    define = re.compile(rb"[ \t]*+#[ \t]*+define[ \t]++%b\b" % re.escape(name.encode()))
    places = state.headers([name])[name] or ()
    defining = list(dict.fromkeys(one.path for one in places if define.match(one.text) and not is_host(one.path)))
    if defining:
        found = [item for path in defining[:_MOST_MACROS] for item in _items(state, path, name)]
        macros = [item for item in found if item.kind is Kind.MACRO]
        if macros:
            return macros, []
    paths = _headers(state, name, b"")
    if len(paths) > _MOST_NAMES or any(_may_declare(one, near) for one in places):
        return [], []
    return [], [item for path in paths for item in _items(state, path, name) if item.kind in _DECLARING]


def _may_declare(place: Occurrence, near: frozenset[str]) -> bool:
    """Whether a line of a near header is code: no directive, no line of a macro, no comment."""
    text = place.text.strip()
    return place.path in near and not text.startswith((b"#", b"*", b"/*", b"//")) and not text.endswith(b"\\")


def _items(state: State, path: str, name: str) -> tuple[Definition, ...]:
    facts = state.facts(path)
    return facts.definitions_of(name) if facts is not None and not is_host(path) else ()


def _early(
    change: Change, body: Body, way: _Way, declarations: list[Definition], asked: tuple[str, ...]
) -> Early | None:
    state, header = change.after, body.definition.path
    archs = [arch for arch in likely_archs(change, header) if arch in asked] or list(asked)
    tried = 0
    for arch in archs:
        visible = [one for one in declarations if own_arch(state, one.path) in (None, arch)]
        macros = [one for one in way.macros if own_arch(state, one.path) in (None, arch)]
        if not visible or len(macros) < len(way.macros):
            continue
        reached = state.includes.reached(header, arch)
        if tried >= _MOST_TRIED or any(one.path in reached for one in visible):
            continue
        found = _unit(state, body, way, visible, arch)
        tried += found is not None
        if found is not None and found[1] is not None:
            return Early(way.name, way.reference, way.macros, visible[0], found[0], found[1])
    return None


def _unit(
    state: State, body: Body, way: _Way, declarations: list[Definition], arch: str
) -> tuple[str, Built | None] | None:
    """A unit that reads the function before any of the declarations, and a configuration; None when there is none."""
    header = body.definition.path
    answer: tuple[str, Built | None] | None = None
    units = units_of(state, header, arch, _MOST_UNITS)
    for unit in sorted(units, key=lambda one: own_arch(state, one) != arch):
        if not _reads_early(state, unit, arch, header, body.definition.line, declarations):
            continue
        conditions: list[Formula] = [body.definition.condition, way.reference.condition]
        conditions += (macro.condition for macro in way.macros)
        conditions.append(state.includes.reached(unit, arch).condition(header))
        found = built(state, unit, both(conditions), (arch,))
        answer = unit, found if found is not None and found.proven else None
        if answer[1] is not None:
            break
    return answer


def _reads_early(state: State, unit: str, arch: str, header: str, line: int, declarations: list[Definition]) -> bool:
    places = {(one.path, one.line) for one in declarations}
    files = {path for path, _ in places}
    for segment in state.includes.segments(unit, arch):
        if segment.path == header and segment.first <= line <= segment.last:
            return not any(path == header and segment.first <= at < line for path, at in places)
        if segment.path in files and any(
            path == segment.path and segment.first <= at <= segment.last for path, at in places
        ):
            return False
    return False
