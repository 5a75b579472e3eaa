"""Kconfig expressions as formulas, and which symbols hang on which."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lint.kconfig.model import YES, AndExpr, Compare, Expr, Kconfig, Lit, NotExpr, OrExpr, Sym, Symbol

_NOTHING: frozenset[str] = frozenset()


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """The parts that all have to hold."""
    pending = [expr]
    while pending:
        part = pending.pop(0)
        if isinstance(part, AndExpr):
            pending = [*part.operands, *pending]
        else:
            yield part


def shown(expr: Expr) -> str:
    """The expression as Kconfig would write it."""
    if isinstance(expr, Sym):
        return expr.name
    if isinstance(expr, Lit):
        return expr.value
    if isinstance(expr, Compare):
        return f"{shown(expr.left)}{expr.op}{shown(expr.right)}"
    if isinstance(expr, NotExpr):
        return f"!{_inner(expr.operand)}"
    return (" && " if isinstance(expr, AndExpr) else " || ").join(map(_inner, expr.operands))


def _inner(expr: Expr) -> str:
    return f"({shown(expr)})" if isinstance(expr, (AndExpr, OrExpr)) else shown(expr)


class Mentions:
    """The symbols that expressions name; shared parts are looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Expr, frozenset[str]]] = {}

    def of(self, expr: Expr) -> frozenset[str]:
        """The names in an expression."""
        known = self._known.get(id(expr))
        if known is None:
            known = self._known[id(expr)] = (expr, self._find(expr))
        return known[1]

    def of_symbol(self, symbol: Symbol) -> set[str]:
        """The names that the value and the visibility of a symbol hang on."""
        found = set(self.of(symbol.direct_dependency))
        for entry in symbol.definitions:
            found |= self.of(entry.prompt_condition) | self.of(entry.depends)
            for default in entry.defaults:
                found |= self.of(default.value) | self.of(default.condition)
            for bounds in entry.ranges:
                found |= self.of(bounds.low) | self.of(bounds.high) | self.of(bounds.condition)
        for select in (*symbol.selected_by, *symbol.implied_by):
            found |= self.of(select.condition)
            found.add(select.selector)
        return found

    def _find(self, expr: Expr) -> frozenset[str]:
        if isinstance(expr, Sym):
            return frozenset((expr.name,))
        if isinstance(expr, Lit):
            return _NOTHING
        if isinstance(expr, NotExpr):
            return self.of(expr.operand)
        if isinstance(expr, Compare):
            return self.of(expr.left) | self.of(expr.right)
        return _NOTHING.union(*map(self.of, expr.operands))


class Below:
    """By symbol, those whose value or visibility hangs on it directly, of one Kconfig."""

    def __init__(self, kconfig: Kconfig, mentions: Mentions) -> None:
        self._symbols = kconfig.symbols
        self._mentions = mentions

    def of(self, name: str) -> tuple[str, ...]:
        """The symbols that name it in a condition, a default or a select; in the order of the entries that do."""
        found: dict[str, None] = {}
        for owner in self._owners.get(name, ()):
            symbol = self._symbols[owner]
            if name in self._mentions.of_symbol(symbol):
                found[owner] = None
            for entry in symbol.definitions:
                for select in (*entry.selects, *entry.implies):
                    if owner == name or name in self._mentions.of(select.condition):
                        found[select.target] = None
        return tuple(one for one in found if one in self._symbols)

    @cached_property
    def _owners(self) -> dict[str, list[str]]:
        """By symbol, those with an entry that names it anywhere, and itself."""
        found: dict[str, list[str]] = {}
        of = self._mentions.of
        for owner, symbol in self._symbols.items():
            names = {owner}
            for entry in symbol.definitions:
                names |= of(entry.depends)
                if entry.prompt is not None:
                    names |= of(entry.prompt_condition)
                for default in entry.defaults:
                    names |= of(default.value)
                    names |= of(default.guard)
                for bounds in entry.ranges:
                    names |= of(bounds.low) | of(bounds.high) | of(bounds.condition)
                for select in (*entry.selects, *entry.implies):
                    if select.guard is not YES:
                        names |= of(select.guard)
            for name in names:
                found.setdefault(name, []).append(owner)
        return found
