"""Which uses and which definitions a change may have moved apart, by cheap looks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import TypeAlias

from lint.change import Change
from lint.cparse.model import Definition, Kind, Reference
from lint.logic import Formula
from lint.presence.exports import exports_of
from lint.presence.suspects import Suspect, names_on, suspects
from lint.resolve import Site, Space, arch_of, is_host, references_in, space
from lint.snapshot.apply import FileChange
from lint.state import State

_MOST_NAMES = 1200
_CODE = (".c", ".h", ".S")
_KEPT = 40
Use: TypeAlias = tuple[Site, Space, Suspect]


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


_uses: OrderedDict[int, tuple[Change, list[tuple[FileChange, list[Use]]]]] = OrderedDict()


def uses_of(change: Change) -> list[tuple[FileChange, list[Use]]]:
    """:func:`new_uses` of every file of the kernel that the change touches; remembered for the last changes."""
    known = _uses.get(id(change))
    if known is None:
        found = [(file, list(new_uses(change, file, touched_lines(change, file)))) for file in kernel_files(change)]
        known = _uses[id(change)] = (change, found)
        while len(_uses) > _KEPT:
            _uses.popitem(last=False)
    return known[1]


def new_uses(change: Change, file: FileChange, lines: frozenset[int]) -> Iterator[Use]:
    """Uses on some lines of names that not everyone may have."""
    path = file.new_path
    names = list(names_on(change.after, path, lines))[:_MOST_NAMES]
    found = suspects(change.after, names, arch_of(path))
    before = change.before.facts(file.old_path) if file.before is not None and file.old_path else None
    for name, suspect in found.items():
        if suspect.promised and not _is_gated(change.after, name):
            continue
        for wanted in (Space.ORDINARY, Space.MEMBER):
            for reference in references_in(change.after, path, name, wanted):
                if reference.line not in lines:
                    continue
                if before is not None and _was_there(change, file, name, wanted, reference):
                    continue
                yield Site(path, reference), wanted, suspect
                break


def _was_there(change: Change, file: FileChange, name: str, wanted: Space, now: Reference) -> bool:
    """Whether the file used the name already where more is built."""
    for one in references_in(change.before, file.old_path, name, wanted):
        if one.condition is True or one.condition == now.condition:
            return True
    return False


def _is_gated(state: State, name: str) -> bool:
    """Whether a name that an object has to define may be missing: what is always built exports it, or it is not."""
    paths = exports_of(state).of(name)
    if paths:
        return all(state.gating.gate(path).builtin is not True for path in paths)
    return True


def moved_definitions(change: Change) -> Iterator[tuple[Definition, Definition | None]]:
    """Definitions before the change that are gone or stand under another condition, with one that is left."""
    before, after = (_by_name(change, state) for state in ("before", "after"))
    for key, old in before.items():
        new = after.get(key, [])
        if new == old or not old:
            continue
        conditions = {condition for condition, _ in new}
        if True in conditions or all(condition in conditions for condition, _ in old):
            continue
        yield old[0][1], new[0][1] if new else None
    for key, new in after.items():
        if key not in before and key[0] is Space.ORDINARY:
            yield new[0][1], new[0][1]


_Key = tuple[Space, str, bool]


def _by_name(change: Change, side: str) -> dict[_Key, list[tuple[Formula, Definition]]]:
    found: dict[_Key, list[tuple[Formula, Definition]]] = {}
    state = change.before if side == "before" else change.after
    for file in change.files:
        path = file.old_path if side == "before" else file.new_path
        if not path.endswith(_CODE) or is_host(path) or file.binary or file.fragment:
            continue
        facts = state.facts(path)
        for item in facts.definitions.items if facts is not None else ():
            if item.kind is Kind.TAG or (not path.endswith(".h") and not _is_global(item)):
                continue
            promise = item.kind in (Kind.DECLARATION, Kind.EXTERN)
            key = space(item.kind), item.name, promise
            found.setdefault(key, []).append((_whole(state, item), item))
    return found


def _is_global(item: Definition) -> bool:
    return item.kind in (Kind.FUNCTION, Kind.VARIABLE, Kind.LABEL) and not item.static


def _whole(state: State, item: Definition) -> Formula:
    """The condition of a definition with that of its object."""
    from lint.logic import both

    if item.path.endswith(".h"):
        return item.condition
    return both((state.gating.gate(item.path).builtin, item.condition))
