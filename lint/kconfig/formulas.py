"""Expressions of Kconfig as boolean formulas over CONFIG symbols, and the symbols that they name."""

from __future__ import annotations

from collections.abc import Iterator

from lint.kconfig.model import AndExpr, Compare, Expr, Lit, NotExpr, OrExpr, Sym
from lint.logic import Atom, Formula, both, either, negate


def some(expr: Expr) -> Formula:
    """The expression is m or y."""
    return _formula(expr)[0]


def full(expr: Expr) -> Formula:
    """The expression is y."""
    return _formula(expr)[1]


def mentioned(expr: Expr) -> Iterator[str]:
    """The symbols that an expression names, repeated as they stand."""
    pending = [expr]
    while pending:
        part = pending.pop()
        if isinstance(part, Sym):
            yield part.name
        elif isinstance(part, NotExpr):
            pending.append(part.operand)
        elif isinstance(part, Compare):
            pending += [part.left, part.right]
        elif isinstance(part, (AndExpr, OrExpr)):
            pending += part.operands


def _formula(expr: Expr) -> tuple[Formula, Formula]:
    if isinstance(expr, Lit):
        return expr.value in ("y", "m"), expr.value == "y"
    if isinstance(expr, Sym):
        yes = Atom(f"CONFIG_{expr.name}")
        return either([yes, Atom(f"CONFIG_{expr.name}_MODULE")]), yes
    if isinstance(expr, Compare):
        truth = _comparison(expr)
        return truth, truth
    if isinstance(expr, NotExpr):
        low, high = _formula(expr.operand)
        return negate(high), negate(low)
    parts = [_formula(part) for part in expr.operands]
    join = both if isinstance(expr, AndExpr) else either
    return join(part[0] for part in parts), join(part[1] for part in parts)


def _comparison(expr: Compare) -> Formula:
    left, right = expr.left, expr.right
    if isinstance(left, Lit):
        left, right = right, left
    if expr.op not in ("=", "!=") or not isinstance(left, Sym) or not isinstance(right, Lit):
        return Atom(f"?{expr.op} {left} {right}")
    low, high = _formula(left)
    values = {"y": high, "m": both([low, negate(high)]), "n": negate(low)}
    if right.value not in values:
        return Atom(f"?{expr.op} {left} {right}")
    equal = values[right.value]
    return equal if expr.op == "=" else negate(equal)
