"""The truth of a formula in one configuration, where some atoms may not be known."""

from __future__ import annotations

from collections.abc import Mapping

from lint.logic import And, Atom, Formula, Not, Or, both, either, negate

# What kbuild defines when it compiles a part of a module; IS_REACHABLE() asks for it.
IN_MODULE = "defined(MODULE)"


def truth(formula: Formula, values: Mapping[str, str]) -> bool | None:
    """Whether the formula holds; None when that hangs on what no configuration decides.

    ``values`` are those of the symbols that are not n, by name without ``CONFIG_``.
    """
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        return _atom(formula.name, values)
    if isinstance(formula, Not):
        inner = truth(formula.operand, values)
        return None if inner is None else not inner
    decisive = isinstance(formula, Or)
    known: bool | None = not decisive
    for operand in formula.operands:
        part = truth(operand, values)
        if part is decisive:
            return decisive
        if part is None:
            known = None
    return known


def replaced(formula: Formula, values: Mapping[str, str]) -> Formula:
    """The formula with the atoms of the given symbols replaced by their truth; ``n`` has to be written out here."""
    if isinstance(formula, Atom):
        name = symbol_of(formula.name)
        if name is None:
            return formula
        if name in values:
            return values[name] not in ("n", "m")
        base = name.removesuffix("_MODULE")
        return values[base] == "m" if base != name and base in values else formula
    if isinstance(formula, Not):
        return negate(replaced(formula.operand, values))
    if isinstance(formula, And):
        return both([replaced(part, values) for part in formula.operands])
    if isinstance(formula, Or):
        return either([replaced(part, values) for part in formula.operands])
    return formula


def substituted(formula: Formula, atoms: Mapping[str, Formula]) -> Formula:
    """The formula with some atoms, by name, replaced."""
    if isinstance(formula, Atom):
        return atoms.get(formula.name, formula)
    if isinstance(formula, Not):
        return negate(substituted(formula.operand, atoms))
    if isinstance(formula, (And, Or)):
        join = both if isinstance(formula, And) else either
        return join([substituted(part, atoms) for part in formula.operands])
    return formula


def compiled(formula: Formula, *, module: bool) -> Formula:
    """The formula where the code around it is compiled as a part of a module, or for the kernel itself."""
    return substituted(formula, {IN_MODULE: module})


def symbol_of(atom: str) -> str | None:
    """The symbol that an atom names (``X_MODULE`` stays as it is); None for what is no CONFIG macro."""
    name = atom.removeprefix("defined(").removesuffix(")") if atom.startswith("defined(") else atom
    return name.removeprefix("CONFIG_") if name.startswith("CONFIG_") else None


def _atom(atom: str, values: Mapping[str, str]) -> bool | None:
    name = symbol_of(atom)
    if name is None:
        return None
    if name in values:
        return values[name] not in ("n", "m")
    base = name.removesuffix("_MODULE")
    return base != name and values.get(base) == "m"
