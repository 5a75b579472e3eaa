"""When a change can break the contract between generic code and an architecture, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from lint.change import Change, is_source
from lint.contract import Contract, mine, searched
from lint.finding import Side, Span
from lint.migrations.model import Migration
from lint.resolve import arch_of
from lint.state import State

_WORD: Final = re.compile(rb"\w++")


@dataclass(frozen=True, slots=True)
class Occasion:
    """An architecture for which the contract has to be looked at again.

    ``span`` is the Kconfig line that switches more of the generic code on for it, None when there is no such line;
    ``names`` are what to ask about, None for everything.
    """

    arch: str
    span: Span | None
    names: frozenset[str] | None = None


def words(change: Change) -> Iterator[str]:
    """What mining the contracts searches for."""
    for migration in change.migrations:
        yield from searched(migration.symbols)


def switched_on(change: Change, migration: Migration) -> Iterator[Occasion]:
    """The architectures whose own Kconfig gains a line that names a symbol of the migration."""
    for file in change.files:
        arch = arch_of(file.path)
        if arch is None or not file.path.rpartition("/")[2].startswith("Kconfig"):
            continue
        for number, text in change.added_lines(file):
            if set(migration.symbols) & {word.decode() for word in _WORD.findall(text.partition(b"#")[0])}:
                yield Occasion(arch, Span(file.path, number))
                break


def opened(change: Change, contract: Contract, archs: tuple[str, ...]) -> Iterator[Occasion]:
    """Converted architectures for which a Kconfig line can open more of the generic code."""
    kconfigs = [file for file in change.files if file.path.rpartition("/")[2].startswith("Kconfig")]
    for file in kconfigs:
        own = arch_of(file.path)
        if own is not None and own not in archs:
            continue
        lines = [(number, text, Side.AFTER) for number, text in change.added_lines(file)]
        lines += [(number, text, Side.BEFORE) for number, text in change.removed_lines(file)]
        for number, text, side in lines:
            if _names(text) & _gates(change, contract):
                path = file.path if side is Side.AFTER else file.old_path
                yield from (Occasion(arch, Span(path, number, side=side)) for arch in ((own,) if own else archs))
                break


def _names(text: bytes) -> set[str]:
    return {word.decode() for word in _WORD.findall(text.partition(b"#")[0])}


def _gates(change: Change, contract: Contract) -> frozenset[str]:
    """The symbols of the contract, and what those outside arch/ depend on."""
    named = set(contract.symbols)
    for symbol in contract.symbols:
        for path in ("arch/Kconfig", "init/Kconfig"):
            named |= _dependencies(change.after.tree.read(path) or b"", symbol.encode())
            named |= _dependencies(change.before.tree.read(path) or b"", symbol.encode())
    return frozenset(named)


def _dependencies(text: bytes, symbol: bytes) -> set[str]:
    start = text.find(b"config %b\n" % symbol)
    found: set[str] = set()
    for line in text[start:].split(b"\n")[1:] if start >= 0 else ():
        if line and line[:1] not in (b" ", b"\t"):
            break
        if line.strip().startswith(b"depends on"):
            found |= _names(line) - {"depends", "on", "if"}
    return found


def asked_again(change: Change, before: Contract, after: Contract) -> dict[str | None, frozenset[str]]:
    """What the change itself puts in question, by architecture; None is the key for all that are converted.

    Generic code asks for more, or a definition, header or generic-y line of something that it asks for goes.
    """
    found: dict[str | None, set[str]] = {None: _more(before, after)}
    wanted = after.names.keys() | after.members.keys()
    for file in change.files:
        if not file.old_path or (not file.removed and file.new_path == file.old_path):
            continue
        own = found.setdefault(arch_of(file.old_path), set())
        if is_source(file.old_path) and any(_names(text) & wanted for _, text in change.removed_lines(file)):
            own.update(
                one.name for one in change.removed_definitions if one.path == file.old_path and one.name in wanted
            )
        if "/asm/" in file.old_path and (file.new_path != file.old_path or file.old_path.endswith("Kbuild")):
            own.update(after.headers)
    return {arch: frozenset(names) for arch, names in found.items() if names}


def _more(before: Contract, after: Contract) -> set[str]:
    more: set[str] = set()
    if before is after:
        return more
    for old, new in ((before.headers, after.headers), (before.names, after.names), (before.members, after.members)):
        for name, needs in new.items():
            known = {need.condition for need in old.get(name, ())}
            if any(need.condition not in known for need in needs):
                more.add(name)
    return more


def contracts(change: Change, migration: Migration) -> tuple[Contract, Contract]:
    """The contract before and after a change; mined again only where the change touches what it was learnt from."""
    before = _mined(change.before, migration.symbols)
    if change.after in _known or _concerns(change, before):
        return before, _mined(change.after, migration.symbols)
    _known.setdefault(change.after, {})[migration.symbols] = before
    return before, before


_known: WeakKeyDictionary[State, dict[tuple[str, ...], Contract]] = WeakKeyDictionary()


def _mined(state: State, symbols: tuple[str, ...]) -> Contract:
    known = _known.setdefault(state, {})
    if symbols not in known:
        known[symbols] = mine(state, symbols)
    return known[symbols]


def _concerns(change: Change, contract: Contract) -> bool:
    marks = [symbol.encode() for symbol in contract.symbols]
    return any(
        file.path in contract.read
        or file.old_path in contract.read
        or (arch_of(file.path) is None and any(mark in (file.after or b"") for mark in marks))
        for file in change.files
    )


def removed_at(change: Change, name: str, arch: str) -> Span | None:
    """Where the change removes a definition of a name, in the architecture or in generic code."""
    for definition in change.removed_definitions:
        if definition.name == name and arch_of(definition.path) in (arch, None):
            end = definition.column + len(name)
            return Span(definition.path, definition.line, definition.column, end, Side.BEFORE)
    return None


def removed_header(change: Change, header: str, arch: str) -> Span | None:
    """Where the change takes away an ``asm/x.h`` of an architecture."""
    name = header.removeprefix("asm/").encode()
    for file in change.files:
        if arch_of(file.old_path) not in (arch, None) or file.old_path == file.new_path:
            pass
        elif file.old_path.endswith(f"/{header}"):
            return Span(file.old_path, 1, side=Side.BEFORE)
        if file.old_path.endswith("Kbuild") and arch_of(file.old_path) in (arch, None):
            for number, text in change.removed_lines(file):
                if name in text.split():
                    return Span(file.old_path, number, side=Side.BEFORE)
    return None
