"""What depends on what as scripts/kconfig/symbol.c (sym_check_deps) walks it, and the loops in that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lint.kconfig.formulas import mentioned
from lint.kconfig.model import Expr, Kconfig, Symbol


@dataclass(frozen=True, slots=True)
class Step:
    """One symbol's need of another, as text (``A depends on B``), and the line that says so."""

    source: str
    target: str
    text: str
    path: str
    line: int


class Graph:
    """The needs of one Kconfig; the members of a choice count as one, as they do in symbol.c."""

    def __init__(self, kconfig: Kconfig) -> None:
        self._kconfig = kconfig
        self._steps: dict[str | int, tuple[Step, ...]] = {}

    def unit(self, name: str) -> str | int | None:
        """What stands for a symbol: itself or its choice; None when no entry defines it."""
        symbol = self._kconfig.symbols.get(name)
        if symbol is None or not symbol.definitions:
            return None
        return name if symbol.choice is None else symbol.choice

    def steps(self, unit: str | int) -> tuple[Step, ...]:
        """All that one symbol or choice needs."""
        if unit not in self._steps:
            self._steps[unit] = tuple(self._all(unit))
        return self._steps[unit]

    def loop(self, start: str | int) -> tuple[Step, ...]:
        """The shortest way from a symbol or choice back to itself; empty when there is none."""
        came: dict[str | int, tuple[str | int, Step]] = {}
        queue = [start]
        for unit in queue:
            for step in self.steps(unit):
                other = self.unit(step.target)
                if other == start:
                    found = [step]
                    while unit != start:
                        unit, step = came[unit]
                        found.append(step)
                    return tuple(reversed(found))
                if other is not None and other not in came:
                    came[other] = unit, step
                    queue.append(other)
        return ()

    def _all(self, unit: str | int) -> Iterator[Step]:
        if isinstance(unit, str):
            yield from _needs(self._kconfig.symbols[unit])
            return
        choice = self._kconfig.choices[unit]
        label = choice.members[0] if choice.members else ""
        for expr in (choice.depends, choice.visibility, *(default.condition for default in choice.defaults)):
            for name in dict.fromkeys(mentioned(expr)):
                yield Step(label, name, f"the choice with {label} depends on {name}", choice.path, choice.line)
        for member in choice.members:
            if member in self._kconfig.symbols:
                yield from _needs(self._kconfig.symbols[member])


def _needs(symbol: Symbol) -> Iterator[Step]:
    name = symbol.name

    def each(expr: Expr, how: str, path: str, line: int) -> Iterator[Step]:
        for other in dict.fromkeys(mentioned(expr)):
            yield Step(name, other, f"{name} {how} {other}", path, line)

    for one in symbol.definitions:
        place = one.depends_lines[0] if one.depends_lines else one.line
        yield from each(one.own_depends, "depends on", one.path, place)
        yield from each(one.depends, "depends on", one.path, one.line)
    for select in (*symbol.selected_by, *symbol.implied_by):
        how = "implied" if select.imply else "selected"
        yield Step(name, select.selector, f"{name} is {how} by {select.selector}", select.path, select.line)
        yield from each(select.condition, f"is {how} depending on", select.path, select.line)
    for one in symbol.definitions:
        if one.prompt is not None:
            yield from each(one.prompt_condition, "has a prompt depending on", one.path, one.prompt_line or one.line)
        for default in one.defaults:
            yield from each(default.condition, "has a default depending on", one.path, default.line)
            yield from each(default.value, "has a default with", one.path, default.line)
        for limit in one.ranges:
            yield from each(limit.condition, "has a range depending on", one.path, limit.line)
