"""Boolean formulas over what decides whether a line is built.

Atoms are named as C and Kbuild see them: ``CONFIG_X`` (the symbol X is y), ``CONFIG_X_MODULE`` (X is m),
``defined(NAME)`` (a macro that is not a CONFIG symbol), and ``?text`` for a test that is not understood and may be
true or false. ``True`` and ``False`` are formulas too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Atom:
    """One independent fact, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The operand is false."""

    operand: Formula


@dataclass(frozen=True, slots=True)
class And:
    """All operands are true; at least two of them."""

    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one operand is true; at least two of them."""

    operands: tuple[Formula, ...]


Formula: TypeAlias = bool | Atom | Not | And | Or


def both(operands: Iterable[Formula]) -> Formula:
    """The conjunction, with constants and repetitions folded."""
    return _fold(operands, And, neutral=True)


def either(operands: Iterable[Formula]) -> Formula:
    """The disjunction, with constants and repetitions folded."""
    return _fold(operands, Or, neutral=False)


def negate(operand: Formula) -> Formula:
    """The opposite, without double negation."""
    if isinstance(operand, bool):
        return not operand
    return operand.operand if isinstance(operand, Not) else Not(operand)


def _fold(operands: Iterable[Formula], kind: type[And] | type[Or], *, neutral: bool) -> Formula:
    kept: dict[Formula, None] = {}
    for operand in operands:
        for part in operand.operands if isinstance(operand, kind) else (operand,):
            if part is (not neutral):
                return not neutral
            if part is not neutral:
                kept[part] = None
    parts = tuple(kept)
    if not parts:
        return neutral
    return parts[0] if len(parts) == 1 else kind(parts)


def truth(formula: Formula, values: Mapping[str, bool]) -> bool:
    """Whether a formula holds when its atoms have these values; raises KeyError for an atom without one."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        return values[formula.name]
    if isinstance(formula, Not):
        return not truth(formula.operand, values)
    parts = (truth(part, values) for part in formula.operands)
    return all(parts) if isinstance(formula, And) else any(parts)


def atoms(formula: Formula) -> Iterator[str]:
    """The names of all atoms, in order of appearance, repeated as they stand."""
    stack: list[Formula] = [formula]
    while stack:
        part = stack.pop()
        if isinstance(part, Atom):
            yield part.name
        elif isinstance(part, Not):
            stack.append(part.operand)
        elif isinstance(part, (And, Or)):
            stack.extend(reversed(part.operands))


def show(formula: Formula) -> str:
    """The formula in the syntax of C conditions, for people: ``CONFIG_X`` stands for y and m."""
    formula = _either_way(formula)
    if isinstance(formula, bool):
        return "1" if formula else "0"
    if isinstance(formula, Atom):
        return formula.name.removeprefix("?")
    if isinstance(formula, Not):
        operand = _either_way(formula.operand)
        return f"!({show(operand)})" if isinstance(operand, (And, Or)) else f"!{show(operand)}"
    mark = " && " if isinstance(formula, And) else " || "
    operands = map(_either_way, formula.operands)
    return mark.join(f"({show(o)})" if isinstance(o, (And, Or)) else show(o) for o in operands)


def _either_way(formula: Formula) -> Formula:
    """``CONFIG_X`` alone for ``CONFIG_X || CONFIG_X_MODULE``."""
    if isinstance(formula, Or):
        named = {operand.name for operand in formula.operands if isinstance(operand, Atom)}
        return either(operand for operand in formula.operands if not _is_module_of(operand, named))
    return formula


def _is_module_of(operand: Formula, names: set[str]) -> bool:
    """Whether this asks for the module of a symbol that is among ``names`` itself."""
    return (
        isinstance(operand, Atom)
        and operand.name.startswith("CONFIG_")
        and operand.name.removesuffix("_MODULE") in names - {operand.name}
    )
