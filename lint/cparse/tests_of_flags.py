"""In which order a function reads a word of flags into a variable, calls others, and tests the variable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lint.cparse.returns_flow import Branch, Placed, placed
from lint.cparse.returns_tree import Expr, Stmt


@dataclass(frozen=True, slots=True, eq=False)
class FlagTest:
    """``variable & mask``; ``names`` are the words of the mask."""

    variable: str
    names: frozenset[str]
    text: str
    start: int


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One thing that happens: a test, a call or an assignment (``name``: what is tested, called or assigned)."""

    kind: str
    name: str
    start: int
    branch: Branch
    loops: Branch
    confined: int
    test: FlagTest | None = None


def events(body: Stmt) -> list[Event]:
    """Everything that happens in a body, in the order of the text."""
    found: list[Event] = []
    for one in placed(body):
        found += _events(one, one.expr)
        if one.stmt.kind == "init":
            found.append(_event(one, "assign", one.stmt.name, one.stmt.start))
    return found


def _events(place: Placed, expr: Expr) -> Iterator[Event]:
    for one in expr.parts:
        yield from _events(place, one)
    test = _flag_test(expr)
    if test is not None:
        yield _event(place, "test", test.variable, expr.start, test)
    elif expr.op == "call" and expr.name:
        yield _event(place, "call", expr.name, expr.start)
    elif expr.op in ("=", "|=", "&=") and expr.parts:
        yield _event(place, "assign", expr.parts[0].text, expr.start)


def _event(place: Placed, kind: str, name: str, start: int, test: FlagTest | None = None) -> Event:
    return Event(kind, name, start, place.branch, place.loops, place.confined, test)


def _flag_test(expr: Expr) -> FlagTest | None:
    if expr.op != "&" or len(expr.parts) != 2:
        return None
    variable, mask = expr.parts
    names = frozenset(one.name for one in mask.walk() if one.op == "name" and one.name)
    return FlagTest(variable.name, names, expr.text, expr.start) if variable.op == "name" and names else None
