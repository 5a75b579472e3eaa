"""What objects give to the link of the kernel, what they take from it, and which of them can be built together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname

from lint.cparse.model import Definition, Kind
from lint.effects.truth import symbol_of, truth
from lint.kconfig import replay
from lint.kconfig.model import Kconfig
from lint.kconfig.replay import Part
from lint.kconfig.solver import Solver
from lint.logic import And, Atom, Formula, Not, atoms, both, either, negate
from lint.resolve import arch_of, is_host
from lint.snapshot.lines import Lines
from lint.state import State

SOURCES = (".c", ".S")
_EXTERNAL = (Kind.FUNCTION, Kind.VARIABLE, Kind.LABEL)
_GLOBAL = re.compile(rb"[ \t]*+(?:SYM_(?!.*LOCAL)(?!.*WEAK)\w*+|ENTRY|\.globa?l)\b")
# What compiles an object for the kernel itself, and not as part of a module.
_SETTLED: Mapping[str, bool] = {"MODULE": False, "__ASSEMBLY__": False, "__ASSEMBLER__": False, "__KERNEL__": True}


def source_of(state: State, path: str) -> str | None:
    """The C or assembly source of an object; None for one made of others."""
    return next((f"{path[:-2]}{end}" for end in SOURCES if state.tree.exists(f"{path[:-2]}{end}")), None)


def is_archived(state: State, source: str) -> bool:
    """Whether an object only goes into a library, from which the linker takes what is missing and nothing else."""
    target = f"{source.rpartition('.')[0]}.o"
    listed = state.gating.lists(dirname(source)).get(target, ())
    return any(one.kind == "lib" for one in listed)


def externals(state: State, source: str) -> Iterator[Definition]:
    """The strong definitions that other objects see: no static or weak ones, no inline functions."""
    file = state.facts(source)
    for item in file.definitions.items if file is not None else ():
        if item.kind not in _EXTERNAL or item.static or item.weak or item.inline or item.scope:
            continue
        if source.endswith(".S"):
            line = Lines(file.text).text(item.line) if file is not None else b""
            if not _GLOBAL.match(line):
                continue
        elif item.kind is Kind.LABEL:
            continue
        yield item


def linked(state: State, definition: Definition) -> Formula | None:
    """When a definition is part of the kernel image; None when that hangs on more than CONFIG symbols."""
    gate = state.gating.gate(definition.path)
    return settled(both([gate.builtin, definition.condition]), definition.path)


def settled(formula: Formula, path: str) -> Formula | None:
    """The formula with the compiler's own macros decided; None when something else than CONFIG symbols is left."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        if symbol_of(formula.name) is not None:
            return formula
        macro = formula.name.removeprefix("defined(").removesuffix(")")
        value = _SETTLED.get(macro)
        return value if value is None or not macro.startswith("__ASSEM") else path.endswith(".S")
    if isinstance(formula, Not):
        inner = settled(formula.operand, path)
        return None if inner is None else negate(inner)
    parts = [settled(part, path) for part in formula.operands]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    return both(known) if isinstance(formula, And) else either(known)


def sources_naming(state: State, names: list[str], arch: str, within: tuple[str, ...]) -> dict[str, list[str]]:
    """By source file that the architecture may build, which of the names stand in it."""
    found: dict[str, list[str]] = {}
    for name, places in state.search(names, within).items():
        for one in places:
            if one.path.endswith(SOURCES) and not is_host(one.path) and arch_of(one.path) in (None, arch):
                known = found.setdefault(one.path, [])
                if name not in known:
                    known.append(name)
    return found


def proof(kconfig: Kconfig, solver: Solver, formula: Formula) -> tuple[Mapping[str, str], bool]:
    """A configuration in which the formula holds, and whether the evaluator confirms it on top of allnoconfig."""
    names = {name.removesuffix("_MODULE") for atom in atoms(formula) if (name := symbol_of(atom)) is not None}
    part = Part(kconfig, sorted(names))
    return replay.proof(solver, formula, lambda settings: truth(formula, part.evaluate(settings).values) is True)
