"""Which symbols the edited lines of Kconfig files are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lint.kconfig.model import Definition, Expr, Kconfig
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import statements
from lint.snapshot.apply import FileChange
from lint.snapshot.lines import Lines

_MACRO = re.compile(rb"[A-Za-z0-9_.-]++[ \t]*+(?::=|\+=|=)")


def edited(files: Iterable[FileChange], before: Kconfig, after: Kconfig) -> Iterator[str]:
    """Symbols with an entry in a changed file that says something else now, and what those select or selected."""
    paths = {p for file in files for p in (file.old_path, file.new_path) if is_kconfig_file(p)}
    old, new = _entries(before, paths), _entries(after, paths)
    for name in dict.fromkeys((*old, *new)):
        one, other = old.get(name, ()), new.get(name, ())
        if said(one) != said(other):
            yield name
            yield from sorted({target for target, _ in _selected(one) ^ _selected(other)})


def reaches_further(file: FileChange) -> bool:
    """Whether a change concerns more than the entries that it stands in: menus, ``if``, ``source``, macros, choices."""
    if file.before is None or file.after is None or file.old_path != file.new_path:
        return True
    return _outside(file.before, file.removed) or _outside(file.after, file.added)


def _outside(text: bytes, numbers: frozenset[int]) -> bool:
    for statement in statements(text):
        if not statement.owner and not numbers.isdisjoint(range(statement.line, statement.end_line + 1)):
            return True
    lines = Lines(text)
    return any(_MACRO.match(lines.text(number)) for number in numbers)


def _entries(kconfig: Kconfig, paths: set[str]) -> Mapping[str, tuple[Definition, ...]]:
    found = {}
    for name, symbol in kconfig.symbols.items():
        for entry in symbol.definitions:
            if entry.path in paths:
                found[name] = symbol.definitions
                break
    return found


def _selected(entries: tuple[Definition, ...]) -> set[tuple[str, Expr]]:
    return {(one.target, one.condition) for entry in entries for one in (*entry.selects, *entry.implies)}


def said(entries: tuple[Definition, ...]) -> list[object]:
    """What entries say, wherever they stand and in whatever order they select."""
    return [
        (
            entry.type,
            entry.prompt is None,
            entry.prompt_condition,
            entry.depends,
            [(default.value, default.condition) for default in entry.defaults],
            [(one.low, one.high, one.condition) for one in entry.ranges],
            {(one.target, one.condition, one.imply) for one in (*entry.selects, *entry.implies)},
        )
        for entry in entries
    ]
