"""Expressions as values: from the dialect's tuples to the model, with shared parts kept shared.

The nesting of what is built here is bounded by the dialect's bounds, so plain recursion over it is safe.
"""

from __future__ import annotations

import re

from lint.kconfig.model import NO, YES, AndExpr, Compare, Expr, Lit, NotExpr, OrExpr, Sym
from lint.kconfig.tokens import RawExpr

_number = re.compile(r"-?[0-9]+|0[xX][0-9a-fA-F]+").fullmatch


class Converter:
    """Turns raw expressions into values. ``modules`` is the symbol without which nothing is m; None: there is none."""

    def __init__(self, modules: str | None, defined: frozenset[str]) -> None:
        self._defined = defined
        self._symbols: dict[str, Sym | Lit] = {}
        self._literals: dict[str, Lit] = {"y": YES, "n": NO}
        self._module: Expr = NO if modules is None else AndExpr((Lit("m"), Sym(modules)))

    def is_number(self, name: str) -> bool:
        """Whether a bare word is a constant and no symbol: a number that no entry defines."""
        return name not in self._defined and _number(name) is not None

    def value(self, raw: RawExpr) -> Expr:
        """The value of a ``default`` or a bound of a ``range``."""
        return self._plain(raw, Lit("m"))

    def condition(self, raw: RawExpr) -> Expr:
        """The condition of an ``if`` or a ``depends on``, where m stands for ``m && MODULES``."""
        return self._plain(raw, self._module)

    def is_no(self, raw: RawExpr, negated: bool = False) -> Expr:
        """That a condition is n, spelled as scripts/kconfig does for ``depends on A if B`` (expr_trans_compare)."""
        if raw.__class__ is not tuple:
            return Compare("!=" if negated else "=", self.operand(raw), NO)
        sign = raw[0]
        if sign == "!":
            return self.is_no(raw[1], not negated)
        if sign not in ("&&", "||"):
            compared = self._compare(raw)
            return compared if negated else NotExpr(compared)
        parts = tuple(self.is_no(part) for part in raw[1:])
        joined: Expr = OrExpr(parts) if sign == "&&" else AndExpr(parts)
        return NotExpr(joined) if negated else joined

    def operand(self, symbol: RawExpr) -> Sym | Lit:
        """A symbol, or a constant: what was quoted, a number, or n, m, y."""
        name: str = symbol.name
        known = self._literals if symbol.is_constant else self._symbols
        found = known.get(name)
        if found is None:
            if symbol.is_constant:
                found = self._literals[name] = Lit(name)
            else:
                found = self._symbols[name] = Lit(name) if self.is_number(name) else Sym(name)
        return found

    def _compare(self, raw: RawExpr) -> Expr:
        return Compare(raw[0], self.operand(raw[1]), self.operand(raw[2]))

    def _plain(self, raw: RawExpr, module: Expr) -> Expr:
        if raw.__class__ is not tuple:
            return module if raw.is_constant and raw.name == "m" else self.operand(raw)
        sign = raw[0]
        if sign == "&&":
            return AndExpr(tuple([self._plain(part, module) for part in raw[1:]]))
        if sign == "||":
            return OrExpr(tuple([self._plain(part, module) for part in raw[1:]]))
        if sign == "!":
            return NotExpr(self._plain(raw[1], module))
        return self._compare(raw)


def both(first: Expr, second: Expr) -> Expr:
    """The conjunction of two conditions, without the constants that do not matter."""
    if second is YES or first is second:
        return first
    if first is YES:
        return second
    if first is NO or second is NO:
        return NO
    return AndExpr((first, second))


def every(operands: list[Expr]) -> Expr:
    """The conjunction of any number of conditions, side by side."""
    kept = [operand for operand in operands if operand is not YES]
    if any(operand is NO for operand in kept):
        return NO
    if len(kept) < 2:
        return kept[0] if kept else YES
    return AndExpr(tuple(kept))


def some(operands: list[Expr]) -> Expr:
    """The disjunction of any number of conditions, side by side."""
    kept = [operand for operand in operands if operand is not NO]
    if any(operand is YES for operand in kept):
        return YES
    if len(kept) < 2:
        return kept[0] if kept else NO
    return OrExpr(tuple(kept))
