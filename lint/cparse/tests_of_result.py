"""Where a function asks what another one returned: at the call itself, and wherever it kept the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from lint.cparse.returns_tree import Expr, Stmt
from lint.cparse.returns_values import OTHER, Value, evaluate, is_transparent, truth

# Calls of one function in another that are looked at, and statements behind each where its result may be asked.
MAX_SITES, MAX_BEHIND = 100, 500
COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """One question about a result.

    ``start`` is its offset, ``branches`` what hangs on it if it is true and if not; ``holds`` tells for a result
    whether it is true, None when that can't be said.
    """

    text: str
    start: int
    holds: Callable[[Value], bool | None]
    branches: tuple[tuple[Stmt, ...] | str, tuple[Stmt, ...] | str] = ((), ())


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One call, the tests of its result in order, whether the result is kept in a variable, and given back."""

    call: Expr
    tests: tuple[Test, ...]
    kept: bool
    passed: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """An expression and the statement that holds it."""

    expr: Expr
    stmt: Stmt


def sites(body: Stmt, name: str) -> tuple[Site, ...]:
    """Every call of ``name`` in a body, in order."""
    items = list(_items(body))
    found = (
        _site(items, number, path)
        for number, item in enumerate(items)
        for path in _paths(item.expr, lambda one: one.op == "call" and one.name == name)
    )
    return tuple(islice(found, MAX_SITES))


def _items(stmt: Stmt) -> Iterator[_Item]:
    if stmt.expr is not None and stmt.kind != "case":
        yield _Item(stmt.expr, stmt)
    for one in (*stmt.body, *stmt.other):
        yield from _items(one)


def _paths(root: Expr, wanted: Callable[[Expr], bool]) -> Iterator[tuple[Expr, ...]]:
    """The way from the root down to each wanted expression."""
    stack: list[tuple[Expr, ...]] = [(root,)]
    while stack:
        path = stack.pop()
        if wanted(path[-1]):
            yield path
        stack += [(*path, part) for part in reversed(path[-1].parts)]


@dataclass(frozen=True, slots=True, eq=False)
class _Role:
    """What becomes of a value in its expression: what it is kept in, whether it is asked, and the widest test."""

    widest: Expr
    kept: tuple[tuple[Expr, Expr], ...]  # variable, and what is put there
    asked: bool
    whole: bool  # nothing else decides the value of the expression
    negated: bool
    arms: tuple[str, str] | None


def _role(path: tuple[Expr, ...]) -> _Role:
    kept: list[tuple[Expr, Expr]] = []
    asked = False
    for above in range(len(path) - 2, -1, -1):
        parent, child = path[above], path[above + 1]
        if parent.op == "!" or _is_compared(parent, child) or (is_transparent(parent) and child is parent.parts[0]):
            asked = True
        elif parent.op in ("=", "|=") and child is parent.parts[-1]:
            kept.append((parent.parts[0], child))
        elif parent.op in ("&&", "||") or (parent.op in ("?", "?:") and child is parent.parts[0]):
            arms = (parent.parts[1].text, parent.parts[2].text) if parent.op == "?" and len(parent.parts) == 3 else None
            return _Role(child, tuple(kept), True, False, sum(p.op == "!" for p in path[:above]) % 2 == 1, arms)
        elif parent.op == "," and child is parent.parts[-1]:
            continue
        else:
            return _Role(child, tuple(kept), False, False, False, None)
    return _Role(path[0], tuple(kept), asked, True, False, None)


def _is_compared(parent: Expr, child: Expr) -> bool:
    if parent.op not in COMPARISONS or len(parent.parts) != 2:
        return False
    other = parent.parts[1] if parent.parts[0] is child else parent.parts[0]
    return evaluate(other, {}) is not None


def _site(items: list[_Item], number: int, path: tuple[Expr, ...]) -> Site:
    item, call = items[number], path[-1]
    role = _role(path)
    tests = list(_tests(role, item.stmt, call, lambda value: value))
    kept = list(role.kept)
    if item.stmt.kind == "init" and role.whole:
        kept.append((Expr("name", item.stmt.name, item.stmt.start, name=item.stmt.name), item.expr))
    passed = item.stmt.kind == "return" and role.whole
    for variable, content in kept:
        further, given = _followed(items, number, variable, _content(content, call))
        tests += further
        passed = passed or given
    return Site(call, tuple(tests), bool(kept), passed)


def _content(content: Expr, call: Expr) -> Callable[[Value], Value | None]:
    return lambda value: evaluate(content, {call: value})


def _tests(role: _Role, stmt: Stmt, place: Expr, content: Callable[[Value], Value | None]) -> Iterator[Test]:
    if _is_test(role, stmt):
        yield _test(role, stmt, place, content)
    elif stmt.kind == "switch" and role.whole:
        for case in stmt.body:
            label = None if case.kind != "case" or case.expr is None else evaluate(case.expr, {})
            if label is not None:
                yield Test(f"case {case.name}", case.start, _matches(role, place, content, label), (case.body, ()))


def _matches(
    role: _Role, place: Expr, content: Callable[[Value], Value | None], label: Value
) -> Callable[[Value], bool | None]:
    def holds(value: Value) -> bool | None:
        inner = content(value)
        found = None if inner is None else evaluate(role.widest, {place: inner})
        return None if found is None or found == OTHER else found == label

    return holds


def _is_test(role: _Role, stmt: Stmt) -> bool:
    if role.whole:
        return stmt.kind in ("if", "loop") or (stmt.kind == "expr" and is_transparent(role.widest))
    if stmt.kind == "return" and role.arms is not None:
        return not _is_constant_choice(stmt)
    return role.asked


def _is_constant_choice(stmt: Stmt) -> bool:
    """Whether a return only translates the result into other constants."""
    expr = stmt.expr
    return expr is not None and expr.op == "?" and all(evaluate(part, {}) is not None for part in expr.parts[1:])


def _test(role: _Role, stmt: Stmt, place: Expr, content: Callable[[Value], Value | None]) -> Test:
    def holds(value: Value) -> bool | None:
        inner = content(value)
        found = None if inner is None else truth(evaluate(role.widest, {place: inner}))
        return None if found is None else found != role.negated

    if role.arms is not None:
        return Test(role.widest.text, role.widest.start, holds, role.arms)
    held = (stmt.body, stmt.other) if stmt.kind in ("if", "loop") else ((), ())
    return Test(role.widest.text, role.widest.start, holds, held)


def _followed(
    items: list[_Item], number: int, variable: Expr, content: Callable[[Value], Value | None]
) -> tuple[list[Test], bool]:
    """The tests of a variable up to its next assignment, and whether a return gives it back."""
    tests: list[Test] = []
    passed = False
    for item in items[number + 1 : number + 1 + MAX_BEHIND]:
        if item.stmt.kind == "init" and item.stmt.name == variable.text:
            break
        for path in _paths(item.expr, lambda one: one.text == variable.text and one.op in ("name", "member")):
            if len(path) > 1 and path[-1] is path[-2].parts[0] and _assigns(path[-2], variable.text):
                continue
            role = _role(path)
            tests += _tests(role, item.stmt, path[-1], content)
            passed = passed or (item.stmt.kind == "return" and role.whole)
        if any(_assigns(one, variable.text) and one.op != "|=" for one in item.expr.walk()):
            break
    return tests, passed


def _assigns(expr: Expr, text: str) -> bool:
    if expr.op == "unary &":
        return bool(expr.parts) and expr.parts[0].text == text
    assigns = expr.op.endswith("=") and expr.op not in COMPARISONS
    return assigns and bool(expr.parts) and expr.parts[0].text == text
