"""An edit of generic Kconfig files, carried over from one architecture to another instead of parsed again.

Where an architecture has the same entries before, it has the same entries afterwards; what they select changes with
them. Everything else of its Kconfig stays. What is not as plain as that is left to the parser.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from lint.effects.edits import said
from lint.kconfig.model import Definition, Kconfig, Select, Symbol


def carried(base: Kconfig, before: Kconfig, after: Kconfig, paths: Collection[str]) -> Kconfig | None:
    """``base`` with the entries of the changed files ``paths`` as another architecture has them before and after.

    None where edited entries differ between the two, symbols go, or choices are concerned; also where the lines of
    others that differ move.
    """
    if not set(paths) & set(base.files):
        return base
    moved = any(_places(before, name) != _places(after, name) for name in _defined_in(after, paths))
    names = {name for kconfig in (base, before, after) for name in _defined_in(kconfig, paths)}
    updated: dict[str, Symbol] = {}
    for name in sorted(names):
        own, now = base.symbols.get(name), after.symbols.get(name)
        alike = _entries(base, name) == _entries(before, name)
        if now is None or not now.definitions or not alike or now.choice is not None:
            if moved or said(_entries(before, name)) != said(_entries(after, name)):
                return None
            continue
        selected, implied = (own.selected_by, own.implied_by) if own is not None else ((), ())
        updated[name] = replace(now, selected_by=selected, implied_by=implied)
    names = set(updated)
    selects = [one for name in sorted(names) for one in _selects(after, name)]
    targets = {one.target for one in selects}
    targets |= {one.target for name in names for one in _selects(base, name)}
    for target in sorted(targets):
        symbol = updated.get(target) or base.symbols.get(target)
        if symbol is None:
            return None
        updated[target] = replace(
            symbol,
            selected_by=_joined(symbol.selected_by, names, (s for s in selects if s.target == target and not s.imply)),
            implied_by=_joined(symbol.implied_by, names, (s for s in selects if s.target == target and s.imply)),
        )
    return replace(base, symbols={**base.symbols, **updated})


def _defined_in(kconfig: Kconfig, paths: Collection[str]) -> Iterator[str]:
    for name, symbol in kconfig.symbols.items():
        for entry in symbol.definitions:
            if entry.path in paths:
                yield name
                break


def _entries(kconfig: Kconfig, name: str) -> tuple[Definition, ...]:
    symbol = kconfig.symbols.get(name)
    return symbol.definitions if symbol is not None else ()


def _places(kconfig: Kconfig, name: str) -> list[int]:
    return [entry.line for entry in _entries(kconfig, name)]


def _selects(kconfig: Kconfig, name: str) -> Iterator[Select]:
    for entry in _entries(kconfig, name):
        yield from entry.selects
        yield from entry.implies


def _joined(known: tuple[Select, ...], names: Collection[str], fresh: Iterator[Select]) -> tuple[Select, ...]:
    return (*(one for one in known if one.selector not in names), *fresh)
