"""What the rules about ``select`` share: which lines select what, and Kconfig conditions as formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.kconfig.model import Kconfig, Select
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import statements
from lint.resolve import arch_of

# Architectures that are parsed for an entry outside arch/ until one of them can have it on.
TRIES = 3


@dataclass(frozen=True, slots=True)
class SelectLine:
    """A ``select`` as it is written, with the entry that it belongs to."""

    owner: str
    target: str
    path: str
    line: int


def select_lines(path: str, text: bytes) -> Iterator[SelectLine]:
    """Every ``select`` of a Kconfig file, in order."""
    for statement in statements(text):
        if statement.word == "select" and statement.owner and statement.tokens:
            yield SelectLine(statement.owner, statement.tokens[0].text, path, statement.line)


def added_selects(change: Change) -> list[SelectLine]:
    """The selects on lines that the change adds; not those of files that did not apply."""
    found: list[SelectLine] = []
    for file in change.files:
        if file.after is not None and file.added and not file.fragment and is_kconfig_file(file.new_path):
            found += (one for one in select_lines(file.new_path, file.after) if one.line in file.added)
    return found


def removed_selects(change: Change) -> list[SelectLine]:
    """The selects on lines that the change removes, by their place before; not those of files that did not apply."""
    found: list[SelectLine] = []
    for file in change.files:
        if file.before is not None and file.removed and not file.fragment and is_kconfig_file(file.old_path):
            found += (one for one in select_lines(file.old_path, file.before) if one.line in file.removed)
    return found


def architectures_for(change: Change, path: str) -> tuple[str, ...]:
    """The architectures to ask about an entry of a Kconfig file: its own, or those asked, the largest ones first."""
    own = arch_of(path)
    if own is not None:
        return (own,) if own in change.after.architectures else ()
    size = Counter(one.split("/", 2)[1] for one in change.after.tree.list("arch/"))
    return tuple(sorted(change.archs or change.after.architectures, key=lambda arch: (-size[arch], arch))[:TRIES])


def selects_of(kconfig: Kconfig, name: str) -> tuple[Select, ...]:
    """Every select of all entries of a symbol, in order."""
    symbol = kconfig.symbols.get(name)
    return tuple(one for entry in symbol.definitions for one in entry.selects) if symbol is not None else ()
