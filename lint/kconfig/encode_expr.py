"""Kconfig expressions as gates, and the names that they refer to; no recursion, however deep the expression is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lint.kconfig.model import AndExpr, Compare, Expr, Lit, NotExpr, OrExpr, Sym
from lint.kconfig.sat_gates import PAIRS, Gates, Pair, negated


class Expressions:
    """Turns expressions into pairs of literals; every expression object is visited once.

    ``value`` answers for a symbol in a tristate context, ``comparison`` for ``a < b`` and its like (a literal).
    """

    def __init__(self, gates: Gates, value: Callable[[str], Pair], comparison: Callable[[Compare], int]) -> None:
        self._gates = gates
        self._value = value
        self._comparison = comparison
        self._done: dict[int, tuple[Pair, Expr]] = {}

    def pair(self, expr: Expr) -> Pair:
        """The value of the expression, as Kconfig computes it before any promotion."""
        done = self._done
        stack = [expr]
        while stack:
            part = stack[-1]
            if id(part) in done:
                stack.pop()
                continue
            waiting = [child for child in _children(part) if id(child) not in done]
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            # The expression is kept beside its value, so that its id stays taken.
            done[id(part)] = (self._combine(part), part)
        return done[id(expr)][0]

    def _combine(self, part: Expr) -> Pair:
        if isinstance(part, Sym):
            return self._value(part.name)
        if isinstance(part, Lit):
            return PAIRS.get(part.value, PAIRS["n"])
        if isinstance(part, Compare):
            truth = self._comparison(part)
            return truth, truth
        values = [self._done[id(child)][0] for child in _children(part)]
        if isinstance(part, NotExpr):
            return negated(values[0])
        return self._gates.least(values) if isinstance(part, AndExpr) else self._gates.greatest(values)


class Names:
    """The symbols that expressions refer to; every expression object is visited once."""

    def __init__(self) -> None:
        self._done: dict[int, tuple[tuple[str, ...], Expr]] = {}

    def of(self, exprs: Iterable[Expr]) -> Iterator[str]:
        """The names in the expressions, repeated as they stand."""
        for expr in exprs:
            known = self._done.get(id(expr))
            if known is None:
                known = (tuple(dict.fromkeys(_names(expr))), expr)
                self._done[id(expr)] = known
            yield from known[0]


def _children(expr: Expr) -> tuple[Expr, ...]:
    if isinstance(expr, (AndExpr, OrExpr)):
        return expr.operands
    return (expr.operand,) if isinstance(expr, NotExpr) else ()


def _names(expr: Expr) -> Iterator[str]:
    stack = [expr]
    while stack:
        part = stack.pop()
        if isinstance(part, Sym):
            yield part.name
        elif isinstance(part, Compare):
            yield from (side.name for side in (part.left, part.right) if isinstance(side, Sym))
        else:
            stack.extend(reversed(_children(part)))
