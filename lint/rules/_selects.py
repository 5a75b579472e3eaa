"""What the rules about ``select`` share: which lines select what, and Kconfig conditions as formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.config_uses import is_symbol
from lint.kconfig.formulas import some
from lint.kconfig.model import Kconfig, Select, Sym
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import statements
from lint.resolve import arch_of

# For an entry outside arch/, so many architectures that can have it on are asked, and at most so many parsed for that.
TRIES = 3
MOST_PARSED = 8


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
    """The architectures to ask about a Kconfig file: its own, or the first few of all that are asked."""
    own = arch_of(path)
    if own is not None:
        return (own,) if own in change.after.architectures else ()
    return all_architectures(change, path)[:TRIES]


def architectures_with(change: Change, path: str, owner: str) -> Iterator[str]:
    """The architectures to ask about an entry: its own; for one outside arch/ the first few that can have it on.

    Those come first whose symbols the entry's dependencies name, then those that the history touches, then the largest.
    """
    if arch_of(path) is not None:
        yield from architectures_for(change, path)
        return
    found = 0
    for arch in all_architectures(change, path, owner)[:MOST_PARSED]:
        kconfig = change.after.kconfig(arch)
        if not kconfig.defines(owner) or not change.after.solver(arch).possible(some(Sym(owner))):
            continue
        found += 1
        yield arch
        if found == TRIES:
            return


def all_architectures(change: Change, path: str, owner: str = "") -> tuple[str, ...]:
    """All architectures that an entry outside arch/ can be about, in the order in which to ask them."""
    size = Counter(one.split("/", 2)[1] for one in change.after.tree.list("arch/"))
    named = _named(change, path, owner)
    asked = change.archs or change.after.architectures
    return tuple(sorted(asked, key=lambda arch: (arch not in named, arch not in change.touched, -size[arch], arch)))


def _named(change: Change, path: str, owner: str) -> set[str]:
    """The architectures that alone define a symbol which the dependencies of an entry name."""
    text = change.after.tree.read(path)
    depends = [one for one in statements(text or b"") if one.owner == owner and one.word == "depends"]
    names = {token.text for one in depends for token in one.tokens if is_symbol(token)}
    places: dict[str, set[str | None]] = {}
    for file, said in change.after.kconfig_text.files.items() if names else ():
        for name in names.intersection(said.entries):
            places.setdefault(name, set()).add(arch_of(file))
    return {arch for archs in places.values() if len(archs) == 1 for arch in archs if arch is not None}


def selects_of(kconfig: Kconfig, name: str) -> tuple[Select, ...]:
    """Every select of all entries of a symbol, in order."""
    symbol = kconfig.symbols.get(name)
    return tuple(one for entry in symbol.definitions for one in entry.selects) if symbol is not None else ()
