"""Comparisons between symbols and constants, decided where the values are known and left free where they are not.

What a user may type into an int, hex or string prompt is not enumerated: comparing it with a number is a question
"is the value at least k", consistent between all questions about the symbol; comparing it with anything else is free.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from lint.kconfig.model import Type
from lint.kconfig.sat_gates import Gates

_MIRROR = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_TRISTATE = {"n": 0, "m": 1, "y": 2}
_DIGITS = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class Option:
    """One value that a symbol can have, as text (None: whatever a user typed); ``when`` is true where it has it."""

    text: str | None
    when: int


@dataclass(frozen=True, slots=True)
class Operand:
    """A side of a comparison: its name, its type, and its values, of which exactly one holds."""

    name: str
    type: Type
    options: tuple[Option, ...]


class Comparisons:
    """The literals of all comparisons of one solver."""

    def __init__(self, gates: Gates) -> None:
        self._gates = gates
        self._free: dict[tuple[str, str, str], int] = {}
        self._floors: dict[str, list[tuple[int, int]]] = {}

    def truth(self, op: str, left: Operand, right: Operand) -> int:
        """A literal for ``left op right``."""
        cases = []
        for a in left.options:
            for b in right.options:
                holds = self._case(op, left, a.text, right, b.text)
                cases.append(self._gates.every((a.when, b.when, holds)))
        return self._gates.some(cases)

    def literals(self) -> tuple[int, ...]:
        """The literals of all comparisons that are left to the user."""
        floors = (literal for floors in self._floors.values() for _, literal in floors)
        return (*self._free.values(), *floors)

    def _case(self, op: str, left: Operand, a: str | None, right: Operand, b: str | None) -> int:
        if a is not None and b is not None:
            return 1 if compare(op, a, left.type, b, right.type) else -1
        if a is None and b is not None:
            return self._typed(op, left, right.type, b)
        if b is None and a is not None:
            return self._typed(_MIRROR[op], right, left.type, a)
        return self._unknown(op, left.name, f"\0{right.name}")

    def _typed(self, op: str, symbol: Operand, type_: Type, text: str) -> int:
        number = parse_number(text, type_)
        if symbol.type is Type.INT and number is not None:
            floor = self._at_least
            if op in ("<", ">="):
                return floor(symbol.name, number) * (1 if op == ">=" else -1)
            if op in (">", "<="):
                return floor(symbol.name, number + 1) * (1 if op == ">" else -1)
            equal = self._gates.every((floor(symbol.name, number), -floor(symbol.name, number + 1)))
            return equal if op == "=" else -equal
        return self._unknown(op, symbol.name, text)

    def _unknown(self, op: str, name: str, other: str) -> int:
        positive = {"!=": "=", ">=": "<", "<=": ">"}.get(op)
        key = (positive or op, name, other)
        if key not in self._free:
            self._free[key] = self._gates.new()
        return -self._free[key] if positive else self._free[key]

    def _at_least(self, name: str, number: int) -> int:
        floors = self._floors.setdefault(name, [])
        at = bisect_left(floors, (number, -(1 << 62)))
        if at < len(floors) and floors[at][0] == number:
            return floors[at][1]
        literal = self._gates.new()
        if at > 0:
            self._gates.clause(-literal, floors[at - 1][1])
        if at < len(floors):
            self._gates.clause(-floors[at][1], literal)
        floors.insert(at, (number, literal))
        return literal


def compare(op: str, a: str, a_type: Type, b: str, b_type: Type) -> bool:
    """``a op b`` as scripts/kconfig/expr.c decides it: as numbers when both are, as strings otherwise."""
    x, y = parse_number(a, a_type), parse_number(b, b_type)
    if x is None or y is None or (a_type is Type.STRING and b_type is Type.STRING):
        order = (a > b) - (a < b)
    else:
        order = (x > y) - (x < y)
    return {"=": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[op]


def parse_number(text: str, type_: Type) -> int | None:
    """The number that a value stands for in a comparison, None when it is not one."""
    if type_ in (Type.BOOL, Type.TRISTATE):
        return _TRISTATE.get(text, -1)
    if not text or len(text) > 24 or text[-1] not in _DIGITS or "_" in text:
        return None
    base = {Type.INT: 10, Type.HEX: 16}.get(type_, 0)
    digits = text.lstrip("+-")
    if base == 0 and digits[:1] == "0" and digits[1:].isdigit():
        base = 8
    try:
        return int(text, base)
    except ValueError:
        return None
