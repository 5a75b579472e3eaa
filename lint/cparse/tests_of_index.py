"""Reads of ``table[index]`` that stand above the check of the index that the same function makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lint.cparse.returns_flow import Placed, placed, reaches
from lint.cparse.returns_tree import Expr, Stmt
from lint.cparse.returns_values import evaluate

# Reads in one function that are asked for their check, and statements around each that are looked at.
MAX_READS, MAX_AROUND = 200, 400
_ABOVE, _BELOW = frozenset({"<", "<="}), frozenset({">", ">="})
_RELATIONS = _ABOVE | _BELOW
_LEAVES = ("return", "goto", "jump")
# What keeps a value below a bound, whatever it was.
_LIMITS = frozenset({"min", "min3", "clamp", "mod", "mask", "nospec", "umin"})


@dataclass(frozen=True, slots=True, eq=False)
class EarlyRead:
    """``table[index]`` at an offset, and the check of the index behind it."""

    table: str
    index: str
    text: str
    start: int
    check: str
    check_start: int


def early_reads(body: Stmt) -> Iterator[EarlyRead]:
    """Every read of a table whose index is checked against a constant bound only after it."""
    places = list(placed(body))
    reads = ((number, place, read) for number, place in enumerate(places) for read in _reads(place.expr))
    for number, place, read in islice(reads, MAX_READS):
        index = read.parts[1].text
        above = places[max(0, number - MAX_AROUND) : number]
        if read.parts[1].op not in ("name", "member") or _is_settled(above, place, read, index):
            continue
        check = None if number > MAX_AROUND else _check_behind(places[number : number + MAX_AROUND], read, index)
        if check is not None:
            yield EarlyRead(read.parts[0].text, index, read.text, read.start, check.text, check.start)


def _reads(expr: Expr) -> Iterator[Expr]:
    """The subscripts of an expression that are evaluated for their value."""
    if expr.op == "unary &" or (expr.op == "call" and expr.name in ("sizeof", "ARRAY_SIZE", "offsetof", "typeof")):
        return
    for one in expr.parts:
        yield from _reads(one)
    if expr.op == "[]":
        yield expr


def _is_settled(before: list[Placed], place: Placed, read: Expr, index: str) -> bool:
    """Whether something above has checked the index, or set it to what needs no check."""
    inside = [one for one in _in_order(place.expr) if one.start < read.start]
    for one in reversed(inside):
        said = _says(one, index)
        if said is not None:
            return said
    for earlier in reversed(before):
        if earlier.stmt.kind == "init" and earlier.stmt.name == index:
            return _is_limited(earlier.expr)
        if earlier.stmt.kind == "switch" and _names(earlier.expr, index):
            return True
        for one in reversed(list(_in_order(earlier.expr))):
            said = _says(one, index)
            if said is not None:
                return said
    return False


def _says(expr: Expr, index: str) -> bool | None:
    """Whether an expression settles an index (True), sets it to anything (False), or says nothing of it."""
    if expr.op == "=" and expr.parts[0].text == index:
        return _is_limited(expr.parts[-1])
    if expr.op in ("&=", "%=", "++", "+=", "-=", ">>=") and expr.parts and expr.parts[0].text == index:
        return True
    if expr.op == "unary &" and expr.parts and expr.parts[0].text == index:
        return False
    if expr.op in _RELATIONS and any(part.text == index for part in expr.parts):
        return True
    if expr.op == "call" and expr.name and any(part.text == index for part in expr.parts):
        return True if _asks(expr.name) or _limits(expr.name) else None
    return None


def _asks(name: str) -> bool:
    """Whether a function seems to ask whether its argument is valid, or to run through valid ones."""
    return re.search(r"valid|check|test|is_|_is|in_range|_ok\Z|possible|online|BUG_ON|WARN|each", name) is not None


def _is_limited(expr: Expr) -> bool:
    if evaluate(expr, {}) is not None or expr.op in ("&", "%", ">>", "?"):
        return True
    if expr.op == "name" and expr.name.isupper():
        return True
    return expr.op == "call" and _limits(expr.name)


def _limits(name: str) -> bool:
    return bool(_LIMITS & set(name.lower().split("_")))


def _check_behind(places: list[Placed], read: Expr, index: str) -> Expr | None:
    """The check of an index behind a read in the first of the places, as long as the index is the same."""
    place = places[0]
    kept = _kept_in(place, read)
    for later in places:
        ordered = [one for one in _in_order(later.expr) if later is not place or one.start > read.start]
        for one in ordered:
            if _sets(one, index):
                return None
            if one.op in _RELATIONS and later.stmt.kind == "if" and _bounds(one, index):
                near = later is place or reaches(place.branch, place.confined, later.branch)
                used: tuple[str, ...] = (read.parts[0].text, kept)
                if not _is_constant(one, index):  # more often asked for another reason
                    used, near = (kept,), near and bool(kept) and later is not place and not place.loops
                return one if near and _protects(later.stmt, one, index, used) else None
            if one.op in _RELATIONS and any(part.text == index for part in one.parts):
                return None
        if later.stmt.kind == "init" and later.stmt.name == index:
            return None
        if later.stmt.kind in ("loop", "switch") and later is not place and _names(later.expr, index):
            return None
    return None


def _bounds(check: Expr, index: str) -> bool:
    """Whether a comparison holds an index against an upper bound."""
    bound = _bound(check, index)
    value = None if bound is None else evaluate(bound, {})
    if bound is None or value is not None:
        return isinstance(value, int) and value > 1
    return bound.name.isupper() if bound.op == "call" else bound.op in ("name", "member")


def _is_constant(check: Expr, index: str) -> bool:
    """Whether the bound looks like a number or a macro."""
    bound = _bound(check, index)
    return bound is not None and bound.op != "member" and (bound.op != "name" or bound.name.lower() != bound.name)


def _bound(check: Expr, index: str) -> Expr | None:
    left, right = check.parts
    return right if left.text == index else left if right.text == index else None


def _protects(stmt: Stmt, check: Expr, index: str, used: tuple[str, ...]) -> bool:
    """Whether what hangs on a check is what the read was for, or leaves the function when it fails."""
    above = check.op in _ABOVE
    if check.parts[1].text == index:
        above = not above
    if above:
        body = " ".join(one.text for one in stmt.body)
        return any(name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", body) for name in used)
    last = stmt.body[-1] if stmt.body else None
    return last is not None and last.kind in _LEAVES


def _kept_in(place: Placed, read: Expr) -> str:
    """The variable that a statement puts a read into."""
    if place.stmt.kind == "init":
        return place.stmt.name
    for one in place.expr.walk():
        if one.op == "=" and any(part is read for part in one.parts[-1].walk()):
            return one.parts[0].text
    return ""


def _sets(expr: Expr, index: str) -> bool:
    sets = expr.op == "++" or (expr.op.endswith("=") and expr.op not in ("==", "!=", "<=", ">="))
    return (sets or expr.op == "unary &") and bool(expr.parts) and expr.parts[0].text == index


def _in_order(expr: Expr) -> Iterator[Expr]:
    """The expression and its parts in the order in which they are evaluated."""
    for one in expr.parts:
        yield from _in_order(one)
    yield expr


def _names(expr: Expr, text: str) -> bool:
    return any(one.text == text for one in expr.walk())
