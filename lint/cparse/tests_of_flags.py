"""In which order a function reads a word of flags into a variable, calls others, and tests the variable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lint.cparse.returns_tree import Expr, Stmt

Branch = tuple[tuple[int, int], ...]  # per statement around: its number, and which part of it (0: its condition)


@dataclass(frozen=True, slots=True, eq=False)
class FlagTest:
    """``variable & mask``; ``names`` are the words of the mask."""

    variable: str
    names: frozenset[str]
    text: str
    start: int


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One thing that happens: a test, a call or an assignment (the name of what is called or assigned)."""

    kind: str
    name: str
    start: int
    branch: Branch
    loops: Branch
    test: FlagTest | None = None
    confined: int = 0  # how much of its branch is shared by all that can follow it: the rest ends by leaving


def events(body: Stmt) -> list[Event]:
    """Everything that happens in a body, in the order of the text."""
    walk = _Walk()
    walk.block(body.body, (), ())
    return walk.found


class _Walk:
    def __init__(self) -> None:
        self.found: list[Event] = []
        self._number = 0

    def block(self, stmts: tuple[Stmt, ...], branch: Branch, loops: Branch, confined: int = 0) -> None:
        if branch and stmts and _leaves(stmts[-1]):
            confined = len(branch)
        for stmt in stmts:
            self._number += 1
            number = self._number
            inner = (*loops, (number, 1)) if stmt.kind == "loop" else loops
            if stmt.kind == "block":
                self.block(stmt.body, branch, loops, confined)
                continue
            if stmt.expr is not None:
                own = len(branch) + 1 if stmt.kind == "return" else confined
                self._expression(stmt.expr, (*branch, (number, 0)), inner, own)
            if stmt.kind == "init":
                self.found.append(Event("assign", stmt.name, stmt.start, branch, loops))
            self.block(stmt.body, (*branch, (number, 1)), inner, confined)
            self.block(stmt.other, (*branch, (number, 2)), loops, confined)

    def _expression(self, expr: Expr, branch: Branch, loops: Branch, confined: int) -> None:
        for one in expr.parts:
            self._expression(one, branch, loops, confined)
        test = _flag_test(expr)
        if test is not None:
            self.found.append(Event("test", test.variable, expr.start, branch, loops, test, confined))
        elif expr.op == "call" and expr.name:
            self.found.append(Event("call", expr.name, expr.start, branch, loops, None, confined))
        elif expr.op in ("=", "|=", "&=") and expr.parts:
            self.found.append(Event("assign", expr.parts[0].text, expr.start, branch, loops))


def _leaves(stmt: Stmt) -> bool:
    return stmt.kind in ("return", "goto")


def _flag_test(expr: Expr) -> FlagTest | None:
    if expr.op != "&" or len(expr.parts) != 2:
        return None
    variable, mask = expr.parts
    names = frozenset(one.name for one in mask.walk() if one.op == "name" and one.name)
    return FlagTest(variable.name, names, expr.text, expr.start) if variable.op == "name" and names else None


def excludes(one: Branch, other: Branch) -> bool:
    """Whether two places are in branches of one statement of which only one is taken."""
    for (number, part), (number2, part2) in zip(one, other, strict=False):
        if number != number2:
            return False
        if part != part2:
            return 0 not in (part, part2)
    return False


def around(branch: Branch) -> Iterator[int]:
    """The numbers of the statements whose condition has been passed."""
    yield from (number for number, part in branch if part)
