"""What the rules about ``select`` share: which lines select what, and Kconfig conditions as formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.kconfig.model import AndExpr, Compare, Expr, Kconfig, Lit, NotExpr, OrExpr, Select, Sym
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import statements
from lint.logic import Atom, Formula, both, either, negate
from lint.resolve import arch_of

# Architectures that are parsed for an entry outside arch/ until one of them can have it on.
TRIES = 3


@dataclass(frozen=True, slots=True)
class SelectLine:
    """A ``select`` as it is written, with the entry that it belongs to."""

    owner: str
    target: str
    path: str
    line: int


def select_lines(path: str, text: bytes) -> Iterator[SelectLine]:
    """Every ``select`` of a Kconfig file, in order."""
    for statement in statements(text):
        if statement.word == "select" and statement.owner and statement.tokens:
            yield SelectLine(statement.owner, statement.tokens[0].text, path, statement.line)


def added_selects(change: Change) -> list[SelectLine]:
    """The selects on lines that the change adds; not those of files that did not apply."""
    found: list[SelectLine] = []
    for file in change.files:
        if file.after is not None and file.added and not file.fragment and is_kconfig_file(file.new_path):
            found += (one for one in select_lines(file.new_path, file.after) if one.line in file.added)
    return found


def removed_selects(change: Change) -> list[SelectLine]:
    """The selects on lines that the change removes, by their place before; not those of files that did not apply."""
    found: list[SelectLine] = []
    for file in change.files:
        if file.before is not None and file.removed and not file.fragment and is_kconfig_file(file.old_path):
            found += (one for one in select_lines(file.old_path, file.before) if one.line in file.removed)
    return found


def architectures_for(change: Change, path: str) -> tuple[str, ...]:
    """The architectures to ask about an entry of a Kconfig file: its own, or those asked, the largest ones first."""
    own = arch_of(path)
    if own is not None:
        return (own,) if own in change.after.architectures else ()
    size = Counter(one.split("/", 2)[1] for one in change.after.tree.list("arch/"))
    return tuple(sorted(change.archs or change.after.architectures, key=lambda arch: (-size[arch], arch))[:TRIES])


def selects_of(kconfig: Kconfig, name: str) -> tuple[Select, ...]:
    """Every select of all entries of a symbol, in order."""
    symbol = kconfig.symbols.get(name)
    return tuple(one for entry in symbol.definitions for one in entry.selects) if symbol is not None else ()


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
