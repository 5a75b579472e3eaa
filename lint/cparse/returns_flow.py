"""The expressions of a function body in the order of the text, each with the branches that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lint.cparse.returns_tree import Expr, Stmt

Branch = tuple[tuple[int, int], ...]  # per statement around: its number, and which part of it (0: its condition)


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A statement with an expression.

    ``loops`` are the loops around it; ``confined`` tells how much of ``branch`` is shared by all that can follow: the
    rest ends by leaving the function, or by a goto.
    """

    stmt: Stmt
    expr: Expr
    branch: Branch
    loops: Branch
    confined: int


def placed(body: Stmt) -> Iterator[Placed]:
    """Every statement of a body that has an expression."""
    yield from _Walk().block(body.body, (), (), 0)


class _Walk:
    def __init__(self) -> None:
        self._number = 0

    def block(self, stmts: tuple[Stmt, ...], branch: Branch, loops: Branch, confined: int) -> Iterator[Placed]:
        if branch and stmts and stmts[-1].kind in ("return", "goto"):
            confined = len(branch)
        for stmt in stmts:
            self._number += 1
            number = self._number
            inner = (*loops, (number, 1)) if stmt.kind == "loop" else loops
            if stmt.kind == "block":
                yield from self.block(stmt.body, branch, loops, confined)
                continue
            if stmt.expr is not None:
                own = len(branch) + 1 if stmt.kind == "return" else confined
                yield Placed(stmt, stmt.expr, (*branch, (number, 0)), inner, own)
            if stmt.kind == "switch":
                yield from self._cases(stmt.body, branch, loops, confined, number)
                continue
            yield from self.block(stmt.body, (*branch, (number, 1)), inner, confined)
            yield from self.block(stmt.other, (*branch, (number, 2)), loops, confined)

    def _cases(
        self, stmts: tuple[Stmt, ...], branch: Branch, loops: Branch, confined: int, number: int
    ) -> Iterator[Placed]:
        """The cases of a switch: those that do not fall through to the next are branches of which one is taken."""
        group = 1
        for stmt in stmts:
            body = stmt.body if stmt.kind == "case" else (stmt,)
            yield from self.block(body, (*branch, (number, group)), loops, confined)
            group += _ends(body)


def _ends(stmts: tuple[Stmt, ...]) -> bool:
    """Whether what follows is not reached from the last statement."""
    if not stmts:
        return False
    last = stmts[-1]
    return _ends(last.body) if last.kind == "block" else last.kind in ("jump", "return", "goto")


def excludes(one: Branch, other: Branch) -> bool:
    """Whether two places are in branches of one statement of which only one is taken."""
    for (number, part), (number2, part2) in zip(one, other, strict=False):
        if number != number2:
            return False
        if part != part2:
            return 0 not in (part, part2)
    return False


def reaches(one: Branch, confined: int, other: Branch) -> bool:
    """Whether a later place can be reached from a place that is ``confined`` so far."""
    return not excludes(one, other) and other[:confined] == one[:confined]
