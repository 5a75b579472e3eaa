"""Conditions that no configuration of an architecture can change, and what makes them so."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator

from lint.effects.truth import symbol_of
from lint.finding import Related, Span
from lint.kconfig.formulas import full, some
from lint.kconfig.model import Kconfig, Symbol
from lint.kconfig.solver import Solver
from lint.logic import Formula, atoms, both, negate
from lint.resolve import arch_of
from lint.rules._dependencies import conjuncts, shown
from lint.state import State

_KEPT = 6
# ARCH= can name several builds of one directory of arch/ (i386 and x86_64): what hangs on it is no constant.
_BY_NAME = re.compile(rb"\$[({](?:SUB)?ARCH[)}]")
_ENTRY = re.compile(rb"[ \t]*+(?:menu)?config[ \t]++(\w++)")
_open: OrderedDict[int, Solver] = OrderedDict()


def truth(state: State, arch: str, own: Formula, around: Formula = True) -> bool | None:
    """Whether a condition always holds where ``around`` does, or never; None when that varies or is not known.

    What only the toolchain or the name given as ARCH decides may be either.
    """
    if isinstance(own, bool) or any(symbol_of(atom) is None for atom in atoms(own)):
        return None
    answer = _asked(state.solver(arch), own, around)
    return answer if answer is None else _asked(_unbound(state, arch), own, around)


def constant(state: State, arch: str, name: str) -> str | None:
    """The only value that a symbol can have, as ``Solver.constant``, whatever the toolchain."""
    value = state.solver(arch).constant(name)
    return value if value is None else _unbound(state, arch).constant(name)


def reason(state: State, arch: str, name: str, value: str) -> tuple[str, Related | None]:
    """Why a symbol has always the same value: a few words, and the line that they are about."""
    kconfig, solver = state.kconfig(arch), state.solver(arch)
    symbol = kconfig.symbols.get(name)
    if symbol is None or not symbol.definitions:
        return f"{name} has no entry there", _elsewhere(state, name)
    found = next(_always(solver, symbol), None) if value == "y" else next(_never(solver, symbol), None)
    if found is None:
        entry = symbol.definitions[0]
        text = f"nothing can turn {name} {'off' if value == 'y' else 'on'}"
        return text, Related(Span(entry.path, entry.line), f"the entry of {name}")
    return found.note, found


def _asked(solver: Solver, own: Formula, around: Formula) -> bool | None:
    holds = solver.possible(both([around, own]))
    fails = solver.possible(both([around, negate(own)]))
    return None if holds == fails else holds


def _unbound(state: State, arch: str) -> Solver:
    kconfig = state.kconfig(arch)
    key = id(kconfig)
    known = _open.get(key)
    if known is None or known.kconfig is not kconfig:
        known = _open[key] = Solver(kconfig, _undecided(state, kconfig))
        while len(_open) > _KEPT:
            _open.popitem(last=False)
    return known


def _undecided(state: State, kconfig: Kconfig) -> set[str]:
    found = {name for name, symbol in kconfig.symbols.items() if any(one.toolchain for one in symbol.definitions)}
    for path in kconfig.files:
        text = state.tree.read(path) if arch_of(path) else None
        if text is not None and _BY_NAME.search(text):
            found.update(_named(text))
    return found


def _named(text: bytes) -> Iterator[str]:
    owner = ""
    for line in text.split(b"\n"):
        if entry := _ENTRY.match(line):
            owner = entry[1].decode("ascii", "replace")
        elif owner and _BY_NAME.search(line):
            yield owner


def _always(solver: Solver, symbol: Symbol) -> Iterator[Related]:
    for select in symbol.selected_by:
        if solver.constant(select.selector) == "y" and solver.implies(True, full(select.condition)):
            yield Related(Span(select.path, select.line), f"{select.selector} selects {symbol.name}")
    for entry in symbol.definitions:
        for default in entry.defaults:
            if solver.implies(True, both([full(default.value), full(default.condition)])):
                place = Span(entry.path, default.line or entry.line)
                yield Related(place, f"{symbol.name} is y by default, and nothing turns it off")


def _never(solver: Solver, symbol: Symbol) -> Iterator[Related]:
    for part in conjuncts(symbol.direct_dependency):
        if not solver.possible(some(part)):
            entry = symbol.definitions[0]
            line = next(iter(entry.depends_lines), entry.line)
            yield Related(Span(entry.path, line), f"{symbol.name} depends on {shown(part)}, which never holds")
    if not any(entry.prompt is not None or entry.defaults for entry in symbol.definitions):
        entry = symbol.definitions[0]
        yield Related(Span(entry.path, entry.line), f"nothing there selects {symbol.name}")


def _elsewhere(state: State, name: str) -> Related | None:
    path = next((p for p, file in sorted(state.kconfig_text.files.items()) if name in file.entries), None)
    return None if path is None else Related(Span(path, 0), f"the entry of {name}")
