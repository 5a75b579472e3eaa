"""Functions that an architecture may define in the place of generic code's own, as the tree has them.

A fallback is a function, or a macro with parameters, under ``#ifndef`` of its own name, or a ``__weak`` function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lint.change import Change
from lint.contract_supply import GENERIC, directories_of
from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind, Use
from lint.effects.truth import substituted
from lint.logic import Formula, atoms, both, either
from lint.resolve import SOURCES, arch_of, is_host
from lint.snapshot.tree import Occurrence
from lint.state import State

_MOST_FILES = 30
_EVERYDAY = 4
_TESTED = re.compile(rb"#[ \t]*+ifndef[ \t]++(\w++)|!\s*+defined\s*+\(?\s*+(\w++)")
_DEFINED = re.compile(rb"[ \t]*+#[ \t]*+define[ \t]++(\w++)|[A-Za-z_][^(=;]*?\b(\w++)[ \t]*+\(")
_Find: TypeAlias = Callable[[FileFacts, Collection[str]], Iterator[Definition]]
_CONSULTED = (Use.CALL, Use.PLAIN, Use.MACRO_BODY)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a definition or a use, and when it is compiled, as far as its own file says."""

    path: str
    line: int
    condition: Formula


@dataclass(frozen=True, slots=True)
class Hook:
    """One such function in one state, for one architecture. ``uses`` are those in code that the architecture builds."""

    name: str
    fallbacks: tuple[Place, ...]
    own: tuple[Place, ...]
    uses: tuple[Place, ...]


def fallbacks(file: FileFacts, names: Collection[str] | None = None) -> Iterator[Definition]:
    """The fallbacks that a file of generic code defines, of these names or of all."""
    text = file.stripped
    tested = {(match[1] or match[2]).decode() for match in _TESTED.finditer(text)} if b"#" in text else set()
    likely = {name for name in tested if re.search(rb"\b%b\(" % name.encode(), text)}
    if b"weak" not in text and not (likely if names is None else likely & set(names)):
        return
    for item in file.definitions.items:
        if (names is None or item.name in names) and _is_fallback(item):
            yield item


def overrides(file: FileFacts, names: Collection[str] | None = None) -> Iterator[Definition]:
    """What a file of an architecture defines that may be such a function."""
    for item in file.definitions.items:
        if (names is None or item.name in names) and is_override(item):
            yield item


def is_override(item: Definition) -> bool:
    """Whether a definition can take the place of a fallback: a macro, or a function that others can see."""
    if item.kind is Kind.FUNCTION:
        return not item.weak and (item.path.endswith(".h") or not item.static)
    return item.kind is Kind.LABEL or (item.kind is Kind.MACRO and item.path.endswith(".h"))


def mined(state: State, arch: str, names: Collection[str]) -> dict[str, Hook]:
    """Those of the names that generic code has a fallback for, with all that decides whose definition is used."""
    wanted = sorted(names)
    core = state.search(wanted, GENERIC)
    back = {name: paths for name in wanted if (paths := _falling_back(core[name], name))}
    near = state.search(wanted, directories_of(state, (arch,)))
    found: dict[str, Hook] = {}
    for name, paths in back.items():
        generic = tuple(_places(state, paths, fallbacks, name))
        if not generic:
            continue
        ours = [path for path in _paths(near[name]) if not is_host(path)]
        defining = [path for path in ours if any(one.path == path and _may_define(one, name) for one in near[name])]
        own = tuple(_places(state, defining, overrides, name))
        found[name] = Hook(name, generic, own, tuple(_uses(state, (*_paths(core[name]), *ours), name)))
    return found


def supplied(state: State, arch: str, names: Collection[str]) -> set[str]:
    """Those of the names that the architecture's own files seem to define, and hardly use.

    What many of them name is used whatever generic code does: an everyday word.
    """
    near = state.search(sorted(names), directories_of(state, (arch,)))
    rare = (name for name in names if len({one.path for one in near[name]}) <= _EVERYDAY)
    return {name for name in rare if any(_may_define(one, name) for one in near[name])}


def joined(places: Iterable[Place], gates: Mapping[str, Formula], state: State) -> Formula:
    """When at least one of the places is compiled; ``gates`` knows more of some files than their makefiles say."""
    formulas = []
    for one in places:
        gate = gates.get(one.path)
        formulas.append(both([state.gating.condition(one.path) if gate is None else gate, one.condition]))
    return either(formulas)


def _is_fallback(item: Definition) -> bool:
    if item.kind is Kind.FUNCTION and item.weak:
        return True
    if item.kind is not Kind.FUNCTION and (item.kind is not Kind.MACRO or item.params is None):
        return False
    return f"defined({item.name})" in set(atoms(item.condition))


def _falling_back(occurrences: Iterable[Occurrence], name: str) -> list[str]:
    """The files with a line that can be one of a fallback, so that they are worth parsing."""
    found = (one.path for one in occurrences if one.path.endswith(SOURCES) and _tells_fallback(one, name))
    return list(dict.fromkeys(found))


def _may_define(one: Occurrence, name: str) -> bool:
    if not one.path.endswith(SOURCES):
        return False
    word = re.escape(name.encode())
    text = one.text
    if text.lstrip().startswith(b"#"):
        return re.match(rb"[ \t]*+#[ \t]*+define[ \t]++%b\b" % word, text) is not None
    return text[:1] not in (b" ", b"\t", b"*", b"/") and re.search(rb"\b%b[ \t]*+(?:[(:]|$)" % word, text) is not None


def _places(state: State, paths: Iterable[str], find: _Find, name: str) -> Iterator[Place]:
    for path in list(paths)[:_MOST_FILES]:
        file = state.facts(path)
        for item in find(file, (name,)) if file is not None else ():
            yield Place(path, item.line, _without(item.condition, name))


def _without(condition: Formula, name: str) -> Formula:
    """A condition without the test of the name itself: that is what is asked about."""
    return substituted(condition, {f"defined({name})": False})


def _uses(state: State, paths: Iterable[str], name: str) -> Iterator[Place]:
    """Where functions and macros name it; outside of them a name is declared or defined."""
    for path in list(dict.fromkeys(paths))[:_MOST_FILES]:
        file = state.facts(path)
        for one in file.references((name,)) if file is not None else ():
            if one.use in _CONSULTED and one.function not in ("", name):
                yield Place(path, one.line, _without(one.condition, name))


def _paths(occurrences: Iterable[Occurrence]) -> tuple[str, ...]:
    found = (one.path for one in occurrences if one.path.endswith(SOURCES))
    return tuple(dict.fromkeys(path for path in found if arch_of(path) is not None or not is_host(path)))


def changed_names(change: Change) -> dict[str, set[str]]:
    """By architecture, the names that its files begin or cease to define and that generic code seems to fall back on.

    What it falls back on in one of the states only is the patch's own doing.
    """
    written = written_names(change)
    names = sorted({name for one in written.values() for name in one})
    seen = set(names)
    for state in (change.before, change.after) if names else ():
        places = state.search(names, GENERIC)
        seen = {name for name in seen if any(_tells_fallback(one, name) for one in places[name])}
    return {arch: one & seen for arch, one in written.items() if one & seen}


def written_names(change: Change) -> dict[str, set[str]]:
    """By architecture, the names that only the added or only the removed lines of its files seem to define."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for file in change.files:
        arch = arch_of(file.path)
        if arch is None or file.binary or file.fragment or is_host(file.path) or not file.path.endswith(SOURCES):
            continue
        sides = found.setdefault(arch, (set(), set()))
        for names, lines in zip(sides, (change.added_lines(file), change.removed_lines(file)), strict=True):
            matches = (_DEFINED.match(text) for _, text in lines)
            names.update((match[1] or match[2]).decode("ascii", "replace") for match in matches if match is not None)
    return {arch: added ^ removed for arch, (added, removed) in found.items() if added ^ removed}


def _tells_fallback(one: Occurrence, name: str) -> bool:
    """Whether a line is ``#ifndef name``, or like it, or the head of a weak function."""
    if arch_of(one.path) is not None or is_host(one.path):
        return False
    text = one.text.lstrip()
    if text.startswith(b"#"):
        return b"ifndef" in text[:12] or b"defined" in text
    return b"weak" in text and name.encode() in text
