"""Which symbols a patch moves in some configuration: what the presets show, and what only the solver can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lint.change import Change
from lint.effects.compare import Comparison, toolchain_symbols
from lint.effects.expressions import Mentions, dependents
from lint.kconfig.formulas import some
from lint.kconfig.model import Definition, Expr, Kconfig, Symbol
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.solver import Solver
from lint.logic import Formula, either

MOST_ASKED = 400


@dataclass(frozen=True)
class Reach:
    """A comparison with its solvers. What only the compiler decides is free: an older one may flip it."""

    change: Change
    comparison: Comparison

    @cached_property
    def mentions(self) -> Mentions:
        """Shared by all questions about expressions."""
        return Mentions()

    @cached_property
    def before(self) -> Solver:
        """All configurations before the patch."""
        return Solver(self.comparison.before, toolchain_symbols(self.comparison.before))

    @cached_property
    def after(self) -> Solver:
        """All configurations after it."""
        return Solver(self.comparison.after, toolchain_symbols(self.comparison.after))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The symbols that may change: those that do in a preset, those whose lines do, and what hangs on either."""
        return self._spread[0]

    @cached_property
    def moved(self) -> tuple[str, ...]:
        """The symbols that change in some configuration, those that a preset shows first."""
        return self._spread[1]

    def constants(self, name: str) -> tuple[str | None, str | None]:
        """The only value that the symbol can have, before and after; None where it can have several."""
        return self.before.constant(name), self.after.constant(name)

    def visible(self, name: str) -> tuple[bool, bool]:
        """Whether users see a prompt of the symbol in some configuration, before and after."""
        old, new = prompts(self.comparison.before, name), prompts(self.comparison.after, name)
        return (
            old is not False and self.before.possible(old),
            new is not False and self.after.possible(new),
        )

    @cached_property
    def below(self) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
        """By symbol, those that name it, before and after."""
        old, new = self.comparison.before, self.comparison.after
        return dependents(old, self.mentions), dependents(new, self.mentions)

    @cached_property
    def _spread(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        moved = list(self.comparison.changed)
        asked = dict.fromkeys([*moved, *self._edited()])
        pending = [name for name in asked if name not in self.comparison.changed]
        spread = 0
        while len(asked) <= MOST_ASKED:
            moved += [name for name in pending if len(set(self.constants(name))) == 2]
            if spread == len(moved):
                break
            found = (name for one in moved[spread:] for side in self.below for name in side.get(one, ()))
            pending = [name for name in dict.fromkeys(found) if name not in asked]
            spread = len(moved)
            asked.update(dict.fromkeys(pending))
        return tuple(asked), tuple(moved)

    def _edited(self) -> Iterator[str]:
        """Symbols with an entry in a changed file that says something else now, and what those select or selected."""
        paths = {p for f in self.change.files for p in (f.old_path, f.new_path) if is_kconfig_file(p)}
        old, new = (_entries(kconfig, paths) for kconfig in (self.comparison.before, self.comparison.after))
        for name in dict.fromkeys((*old, *new)):
            one, other = old.get(name, ()), new.get(name, ())
            if _said(one) != _said(other):
                yield name
                selects = _selected(one) ^ _selected(other)
                yield from sorted({target for target, _ in selects})


def prompts(kconfig: Kconfig, name: str) -> Formula:
    """When users see some prompt of the symbol."""
    symbol = kconfig.symbols.get(name)
    entries = symbol.definitions if symbol is not None else ()
    return either([some(entry.prompt_condition) for entry in entries if entry.prompt is not None])


def prompt_of(symbol: Symbol | None) -> str:
    """The text of the first prompt; empty without one."""
    entries = symbol.definitions if symbol is not None else ()
    return next((entry.prompt for entry in entries if entry.prompt is not None), "")


def _entries(kconfig: Kconfig, paths: set[str]) -> Mapping[str, tuple[Definition, ...]]:
    found = {}
    for name, symbol in kconfig.symbols.items():
        if any(entry.path in paths for entry in symbol.definitions):
            found[name] = symbol.definitions
    return found


def _selected(entries: tuple[Definition, ...]) -> set[tuple[str, Expr]]:
    return {(one.target, one.condition) for entry in entries for one in (*entry.selects, *entry.implies)}


def _said(entries: tuple[Definition, ...]) -> list[object]:
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
