"""Which uses and which definitions a change may have moved apart, by cheap looks."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind, Reference
from lint.cparse.model import Use as WayOfUse
from lint.presence.exports import exports_of
from lint.presence.question import Need
from lint.presence.suspects import Suspect, is_worth_asking, names_on, suspects
from lint.presence.types import owner_of
from lint.resolve import Site, Space, arch_of, definitions_in, is_host, references_in
from lint.snapshot.apply import FileChange
from lint.snapshot.tree import Occurrence
from lint.state import State

_MOST_NAMES = 1200
_CODE = (".c", ".h", ".S")
_KEPT = 40
_MOST_EXPANDED = 60
_MOST_BODIES = 3
_MOST_WORDS = 40
_WORD = re.compile(rb"[A-Za-z_]\w*+")
Use: TypeAlias = tuple[Need, Suspect]


def kernel_files(change: Change) -> Iterator[FileChange]:
    """The changed sources and headers of the kernel itself, those that still exist."""
    for file in change.files:
        readable = file.after is not None and not file.binary and not file.fragment
        if readable and file.new_path.endswith(_CODE) and not is_host(file.new_path):
            yield file


def touched_lines(change: Change, file: FileChange) -> frozenset[int]:
    """The added lines, and those whose ``#if`` condition is another one than before."""
    before = change.before.facts(file.old_path) if file.before is not None and file.old_path else None
    after = change.after.facts(file.new_path)
    if before is None or after is None:
        return file.added
    if before.conditions.branches == () and after.conditions.branches == ():
        return file.added
    return file.added | frozenset(
        new for old, new in _pairs(file) if before.conditions.at(old) != after.conditions.at(new)
    )


def _pairs(file: FileChange) -> Iterator[tuple[int, int]]:
    """Numbers of the lines that stay, before and after."""
    old, new = 1, 1
    last = (file.after or b"").count(b"\n") + 1
    while new <= last:
        if old in file.removed:
            old += 1
        elif new in file.added:
            new += 1
        else:
            yield old, new
            old += 1
            new += 1


@dataclass(frozen=True, slots=True)
class Edited:
    """A file after the change, and where and what it was before; None when every use in it counts."""

    new_path: str
    old_path: str
    before: bytes | None


def edited(file: FileChange) -> Edited:
    """The part of a changed file that the search for new uses needs."""
    return Edited(file.new_path, file.old_path, file.before)


def all_uses(change: Change, path: str) -> list[Use]:
    """Every use in a source of names that not everyone may have."""
    facts = change.after.facts(path)
    if facts is None:
        return []
    lines = frozenset(range(1, len(facts.source.lines.starts) + 1))
    return list(new_uses(change, Edited(path, "", None), lines))


_uses: OrderedDict[int, tuple[Change, list[tuple[FileChange, list[Use]]]]] = OrderedDict()


def uses_of(change: Change) -> list[tuple[FileChange, list[Use]]]:
    """:func:`new_uses` of every file of the kernel that the change touches; remembered for the last changes."""
    known = _uses.get(id(change))
    if known is None:
        found = [
            (file, list(new_uses(change, edited(file), touched_lines(change, file)))) for file in kernel_files(change)
        ]
        known = _uses[id(change)] = (change, found)
        while len(_uses) > _KEPT:
            _uses.popitem(last=False)
    return known[1]


def new_uses(change: Change, file: Edited, lines: frozenset[int]) -> Iterator[Use]:
    """Uses on some lines of names that not everyone may have."""
    path = file.new_path
    names = list(names_on(change.after, path, lines))[:_MOST_NAMES]
    found = suspects(change.after, names, arch_of(path))
    for name, suspect in found.items():
        if suspect.promised and not _is_gated(change.after, name):
            continue
        for wanted in (Space.MEMBER,) if suspect.mixed else (Space.ORDINARY, Space.MEMBER):
            site = _first_use(change, file, lines, name, wanted)
            if site is None:
                continue
            owner = ""
            if wanted is Space.MEMBER:
                facts = change.after.facts(path)
                owner = owner_of(change.after, facts, site.reference) if facts is not None else ""
                if suspect.mixed and (not owner or not _is_guarded_member(change.after, name, owner)):
                    continue
            need = Need(name, wanted, site, "", lacking=suspect.lacking, owner=owner)
            yield need, suspect
    yield from _expanded(change, file, lines, names)


def _first_use(change: Change, file: Edited, lines: frozenset[int], name: str, wanted: Space) -> Site | None:
    """The first use on the lines that the file did not have before."""
    for reference in references_in(change.after, file.new_path, name, wanted):
        if reference.line in lines and not _was_there(change, file, name, wanted, reference):
            return Site(file.new_path, reference)
    return None


def _is_guarded_member(state: State, name: str, owner: str) -> bool:
    """Whether every definition of a member of one structure stands under a condition."""
    head = re.compile(rb"\bstruct\s+%b\s*\{" % owner.encode())
    found = []
    for path in dict.fromkeys(one.path for one in state.headers([name])[name] or ()):
        if head.search(state.tree.read(path) or b"") is not None:
            found += [one for one in definitions_in(state, path, name, Space.MEMBER) if one.scope == owner]
    return bool(found) and all(one.condition is not True for one in found)


def _expanded(change: Change, file: Edited, lines: frozenset[int], names: list[str]) -> Iterator[Use]:
    """What the macros among some names bring in, and inline functions that are not the same for everyone."""
    state, path = change.after, file.new_path
    if not path.endswith(".c") or not names:
        return
    before = change.before.facts(file.old_path) if file.before is not None and file.old_path else None
    known = before.identifiers if before is not None else frozenset()
    bodies: dict[str, list[tuple[str, str, bool]]] = {}
    free = {one.name for one in before.references(known.intersection(names)) if one.condition is True} if before else {}
    asked = [name for name in names if name not in free][:_MOST_EXPANDED]
    places = state.headers(asked)
    for name in asked:
        for header, inner, inline in _bodies(state, name, places[name] or (), arch_of(path)):
            bodies.setdefault(inner, []).append((name, header, inline))
    found = suspects(state, list(bodies), arch_of(path))
    for inner, suspect in found.items():
        if suspect.mixed or (suspect.promised and not _is_gated(state, inner)):
            continue
        for name, header, inline in bodies[inner][:_MOST_BODIES]:
            if inline and not suspect.promised:
                continue
            for space_of_outer in (Space.ORDINARY, Space.MEMBER):
                via = _first_use(change, file, lines, name, space_of_outer)
                inside = _inside(state, header, name, inner) if via is not None else None
                if via is not None and inside is not None:
                    wanted = Space.MEMBER if inside.use is WayOfUse.MEMBER else Space.ORDINARY
                    yield Need(inner, wanted, Site(header, inside), path, via=via, inline=inline), suspect
                    break


def _bodies(
    state: State, name: str, places: tuple[Occurrence, ...], arch: str | None
) -> Iterator[tuple[str, str, bool]]:
    """Header, inner name and whether it is an inline function, of the definitions of a name that have a body."""
    word = name.encode()
    defines = re.compile(rb"\s*#\s*define\s+%b\b" % re.escape(word))
    inline = re.compile(rb"static\s+(?:__always_)?(?:__)?inline\b[^;]*\b%b\s*\(" % re.escape(word))
    said = 0
    for one in places:
        if arch_of(one.path) not in (None, arch):
            continue
        macro = defines.match(one.text) is not None
        if not macro and inline.match(one.text) is None:
            continue
        said += 1
        facts = state.facts(one.path)
        if facts is None or said > _MOST_BODIES:
            return
        if not macro and facts.conditions.at(one.line) is True:
            continue
        for inner in _words_of(facts, name, one.line, macro=macro):
            yield one.path, inner, not macro


def _words_of(facts: FileFacts, name: str, line: int, *, macro: bool) -> list[str]:
    if macro:
        for one in facts.source.macros:
            if one.name == name and one.line == line:
                body = facts.stripped[one.body : one.end]
                return _inner_words(body, (name, *(one.params or ())))
        return []
    for function in facts.functions:
        if function.name == name and function.line == line:
            return _inner_words(facts.source.code[function.body_start : function.body_end], (name,))
    return []


def _inner_words(body: bytes, without: tuple[str, ...]) -> list[str]:
    words = dict.fromkeys(word.decode() for word in _WORD.findall(body))
    return [word for word in words if word not in without and is_worth_asking(word)][:_MOST_WORDS]


def _inside(state: State, header: str, outer: str, inner: str) -> Reference | None:
    facts = state.facts(header)
    for reference in facts.references([inner]) if facts is not None else ():
        if reference.function == outer and reference.use not in (WayOfUse.DEFINED, WayOfUse.PASTE):
            return reference
    return None


def _was_there(change: Change, file: Edited, name: str, wanted: Space, now: Reference) -> bool:
    """Whether the file used the name already where more is built."""
    if file.before is None or not file.old_path or name.encode() not in file.before:
        return False
    for one in references_in(change.before, file.old_path, name, wanted):
        if one.condition is True or one.condition == now.condition:
            return True
    return False


def _is_gated(state: State, name: str) -> bool:
    """Whether a promised name may be missing somewhere, to everyone or to modules."""
    return is_without_object(state, name) or not is_exported(state, name)


def is_without_object(state: State, name: str) -> bool:
    """Whether no object that is always built exports a name."""
    return all(state.gating.gate(path).builtin is not True for path in exports_of(state).of(name))


def is_exported(state: State, name: str) -> bool:
    """Whether a line exports a name, whatever the configuration."""
    paths = exports_of(state).of(name)
    return bool(paths) and not any(_is_conditional(state, path, name) for path in paths)


def _is_conditional(state: State, path: str, name: str) -> bool:
    """Whether the line that exports a name stands under an ``#if``."""
    facts = state.facts(path)
    if facts is None or not facts.conditions.branches:
        return False
    found = re.search(rb"^[^\n]*EXPORT_\w*\s*\(\s*%b\b" % re.escape(name.encode()), facts.text, re.M)
    return found is not None and facts.conditions.at(facts.source.lines.line(found.start())) is not True


def is_global(item: Definition) -> bool:
    """Whether other objects can link to a definition of a source."""
    return item.kind in (Kind.FUNCTION, Kind.VARIABLE, Kind.LABEL) and not item.static
