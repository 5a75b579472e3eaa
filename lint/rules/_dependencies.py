"""What the rules about dependencies share: which entries a change touches, and Kconfig conditions as questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lint.change import Change
from lint.kconfig.encode_values import compare
from lint.kconfig.model import AndExpr, Compare, Expr, Kconfig, Lit, NotExpr, OrExpr, Select, Sym, Type
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.solver import Solver
from lint.kconfig.statements import Statement, statements
from lint.logic import Atom, Formula, both, either, negate

_IDLE = frozenset({"range", "comment", "mainmenu"})
_TRISTATE = {"n": 0, "m": 1, "y": 2}


@dataclass(frozen=True, slots=True)
class Written:
    """What a file says of one entry: its statements, and those of the blocks around it."""

    path: str
    own: tuple[Statement, ...]
    around: tuple[Statement, ...]

    def says(self) -> tuple[tuple[str, ...], ...]:
        """The words, without their places; texts for users are left out."""
        return tuple(tuple(_words(one)) for one in (*self.around, *self.own) if one.word not in _IDLE)


def _words(statement: Statement) -> Iterator[str]:
    yield statement.word
    for token in statement.tokens:
        yield '"' if token.quoted and statement.word in ("menu", "bool", "tristate", "prompt") else token.text


def written(path: str, text: bytes) -> dict[str, list[Written]]:
    """Every entry of a Kconfig file by its symbol; ``source`` lines stand under the name ``source``."""
    found: dict[str, list[Written]] = {}
    blocks: list[list[Statement]] = []
    own: list[Statement] = []
    head = False
    for one in statements(text):
        if one.word in ("if", "menu", "choice"):
            blocks.append([one])
            head = True
        elif one.word in ("endif", "endmenu", "endchoice"):
            head = False
            if blocks:
                blocks.pop()
        elif one.word in ("config", "menuconfig"):
            head = False
            own = [one]
            found.setdefault(one.owner, []).append(Written(path, (), ()))
        elif one.word == "source":
            around = tuple(part for block in blocks for part in block)
            found.setdefault("source", []).append(Written(path, (one,), around))
            head = False
        elif one.word in ("comment", "mainmenu"):
            head = False
            own = []
        elif head and blocks and not one.owner:
            blocks[-1].append(one)
        elif one.owner:
            own.append(one)
        if one.owner and own:
            around = tuple(part for block in blocks for part in block)
            found[one.owner][-1] = Written(path, tuple(own), around)
    return found


def touched_entries(change: Change) -> dict[str, list[Written]]:
    """The entries that the change adds, removes or words differently, as they stand afterwards (empty: removed)."""
    before: dict[str, list[Written]] = {}
    after: dict[str, list[Written]] = {}
    for file in change.files:
        if file.fragment or not is_kconfig_file(file.path):
            continue
        for path, text, into in ((file.old_path, file.before, before), (file.new_path, file.after, after)):
            for name, entries in written(path, text).items() if text is not None else ():
                into.setdefault(name, []).extend(entries)
    return {
        name: after.get(name, [])
        for name in (*after, *(name for name in before if name not in after))
        if [one.says() for one in before.get(name, ())] != [one.says() for one in after.get(name, ())]
    }


def values(solver: Solver, expr: Expr) -> tuple[Formula, Formula]:
    """That an expression is m or y, and that it is y."""
    if isinstance(expr, Lit):
        return expr.value in ("y", "m"), expr.value == "y"
    if isinstance(expr, Sym):
        yes = Atom(f"CONFIG_{expr.name}")
        symbol = solver.kconfig.symbols.get(expr.name)
        if symbol is None or not symbol.definitions or symbol.type not in (Type.BOOL, Type.TRISTATE):
            return False, False
        return (either([yes, Atom(f"CONFIG_{expr.name}_MODULE")]), yes) if symbol.type is Type.TRISTATE else (yes, yes)
    if isinstance(expr, Compare):
        truth = solver.comparison(expr)
        return truth, truth
    if isinstance(expr, NotExpr):
        low, high = values(solver, expr.operand)
        return negate(high), negate(low)
    parts = [values(solver, part) for part in expr.operands]
    join = both if isinstance(expr, AndExpr) else either
    return join(part[0] for part in parts), join(part[1] for part in parts)


def unmet(solver: Solver, select: Select) -> Formula:
    """That a select raises its target above what the target's own dependencies allow (symbol.c, sym_calc_value)."""
    target = solver.kconfig.symbols.get(select.target)
    if target is None or not target.definitions or target.choice is not None or target.transitional:
        return False
    if target.type not in (Type.BOOL, Type.TRISTATE):
        return False
    given = values(solver, AndExpr((Sym(select.selector), select.condition)))
    allowed = values(solver, target.direct_dependency)
    low = both([given[0], negate(allowed[0])])
    if target.type is Type.BOOL:  # m counts as y for it, on both sides
        return low
    return either([low, both([given[1], negate(allowed[1])])])


def is_unmet(kconfig: Kconfig, select: Select, found: Mapping[str, str]) -> bool:
    """The same in one configuration."""
    target = kconfig.symbols[select.target]
    given = evaluated(kconfig, AndExpr((Sym(select.selector), select.condition)), found)
    allowed = evaluated(kconfig, target.direct_dependency, found)
    if target.type is Type.BOOL or found.get(kconfig.modules or "", "n") == "n":
        return given > 0 and allowed == 0
    return given > allowed


def evaluated(kconfig: Kconfig, expr: Expr, found: Mapping[str, str]) -> int:
    """The value of an expression in one configuration: 0 (n), 1 (m) or 2 (y)."""
    if isinstance(expr, Lit):
        return _TRISTATE.get(expr.value, 0)
    if isinstance(expr, Sym):
        return _TRISTATE.get(found.get(expr.name, "n"), 0)
    if isinstance(expr, Compare):
        (a, kind), (b, other) = (_side(kconfig, side, found) for side in (expr.left, expr.right))
        return 2 if compare(expr.op, a, kind, b, other) else 0
    if isinstance(expr, NotExpr):
        return 2 - evaluated(kconfig, expr.operand, found)
    parts = [evaluated(kconfig, part, found) for part in expr.operands]
    return min(parts) if isinstance(expr, AndExpr) else max(parts)


def _side(kconfig: Kconfig, side: Sym | Lit, found: Mapping[str, str]) -> tuple[str, Type]:
    if isinstance(side, Lit):
        return side.value, Type.TRISTATE if side.value in _TRISTATE else Type.UNKNOWN
    symbol = kconfig.symbols.get(side.name)
    if symbol is None or not symbol.definitions:
        return side.name, Type.UNKNOWN
    return found.get(side.name, "n" if symbol.type in (Type.BOOL, Type.TRISTATE) else ""), symbol.type


def shown(expr: Expr) -> str:
    """The expression as it would be written in Kconfig."""
    if isinstance(expr, Lit):
        return expr.value if expr.value.isalnum() else f'"{expr.value}"'
    if isinstance(expr, Sym):
        return expr.name
    if isinstance(expr, Compare):
        return f"{shown(expr.left)}{expr.op}{shown(expr.right)}"
    if isinstance(expr, NotExpr):
        return f"!({shown(expr.operand)})" if isinstance(expr.operand, (AndExpr, OrExpr)) else f"!{shown(expr.operand)}"
    mark = " && " if isinstance(expr, AndExpr) else " || "
    return mark.join(f"({shown(p)})" if isinstance(p, (AndExpr, OrExpr)) else shown(p) for p in expr.operands)


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """The parts that must all hold for an expression to hold, in order."""
    if isinstance(expr, AndExpr):
        for part in expr.operands:
            yield from conjuncts(part)
    else:
        yield expr
