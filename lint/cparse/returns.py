"""What a function can return, and which of its results before a change are which after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lint.cparse.returns_tree import Expr, Stmt
from lint.cparse.returns_values import OTHER, Value, evaluate

MAX_OUTCOMES = 400
Pair = tuple[Value, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One value that a function gives back, or puts into the variable that it gives back.

    ``place`` is the way through the conditions around it; ``depends`` says that one of them asks a result whose own
    meaning may change.
    """

    expr: Expr
    place: tuple[str, ...]
    depends: bool


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """All outcomes of a body, in order, with the conditions that it asks (the text, and whether it is negated)."""

    items: tuple[Outcome, ...]
    asked: frozenset[tuple[str, bool]]


def outcomes(body: Stmt, names: Collection[str]) -> Outcomes:
    """What a body returns; ``names`` are functions whose results may mean something else after the change."""
    returned = {one.expr.name for one in _all(body) if one.kind == "return" and one.expr and one.expr.op == "name"}
    walk = _Walk(returned, frozenset(names))
    walk.block((body,), (), False)
    return Outcomes(tuple(walk.found[:MAX_OUTCOMES]), frozenset(walk.asked))


def _all(stmt: Stmt) -> Iterator[Stmt]:
    yield stmt
    for one in (*stmt.body, *stmt.other):
        yield from _all(one)


class _Walk:
    def __init__(self, returned: set[str], names: frozenset[str]) -> None:
        self._returned = returned
        self._names = names
        self.found: list[Outcome] = []
        self.asked: set[tuple[str, bool]] = set()

    def block(self, stmts: Sequence[Stmt], place: tuple[str, ...], depends: bool) -> None:
        label = ""
        for stmt in stmts:
            if stmt.kind == "label":
                label = stmt.name
            self._statement(stmt, (*place, f"{label}:") if label else place, depends)

    def _statement(self, stmt: Stmt, place: tuple[str, ...], depends: bool) -> None:
        expr = stmt.expr
        if stmt.kind == "block":
            self.block(stmt.body, place, depends)
        elif stmt.kind in ("if", "loop", "switch") and expr is not None:
            text = self._condition(expr)
            inner = depends or text.startswith("?")
            self.block(stmt.body, (*place, f"{stmt.kind} {text}"), inner)
            self.block(stmt.other, (*place, f"else {text}"), inner)
        elif stmt.kind == "case":
            self.block(stmt.body, (*place, f"case {stmt.name}"), depends)
        elif stmt.kind == "return" and expr is not None and not (expr.op == "name" and expr.name in self._returned):
            self.found.append(Outcome(expr, ("return", *place), depends))
        elif stmt.kind == "init" and expr is not None and stmt.name in self._returned:
            self.found.append(Outcome(expr, ("assign", *place), depends))
        elif expr is not None:
            for one in expr.walk():
                if one.op == "=" and one.parts[0].op == "name" and one.parts[0].name in self._returned:
                    self.found.append(Outcome(one.parts[-1], ("assign", *place), depends))

    def _condition(self, expr: Expr) -> str:
        for one in expr.walk():
            if one.op == "call" and one.name in self._names:
                return "?"  # the test may be turned round with the function, and stays the same place
        base, values = split(expr)
        self.asked.add((base, values[0] == 0))
        return expr.text


def aligned(before: Outcomes, after: Outcomes) -> list[tuple[Outcome, Outcome]]:
    """The outcomes that stand at the same place in the flow; none when conditions were turned round."""
    gone, come = before.asked - after.asked, after.asked - before.asked
    if any((base, not sense) in come for base, sense in gone):
        return []
    old, new = before.items, after.items
    matcher = SequenceMatcher(None, [one.place for one in old], [one.place for one in new], autojunk=False)
    return [(old[a + n], new[b + n]) for a, b, size in matcher.get_matching_blocks() for n in range(size)]


def split(expr: Expr) -> tuple[str, tuple[Value, Value]]:
    """An expression as a condition, and its values when that holds and when it doesn't: ``!x`` is x, 0, 1."""
    parts = expr.parts
    if expr.op == "!" and len(parts) == 1:
        base, (held, failed) = split(parts[0])
        return base, (int(not held), int(not failed))
    if expr.op == "?" and len(parts) == 3:
        arms = [evaluate(part, {}) for part in parts[1:]]
        if arms[0] is not None and arms[1] is not None:
            base, (held, failed) = split(parts[0])
            return base, (arms[0] if held else arms[1], arms[0] if failed else arms[1])
    if expr.op in _OPPOSITE and len(parts) == 2:
        zero = [evaluate(part, {}) == 0 for part in parts]
        if expr.op in ("==", "!=") and any(zero):
            base, (held, failed) = split(parts[0] if zero[1] else parts[1])
            return (base, (int(bool(held)), int(bool(failed)))) if expr.op == "!=" else (
                base, (int(not held), int(not failed))
            )  # fmt: skip
        op, turned = _OPPOSITE[expr.op]
        return f"{parts[0].text} {op} {parts[1].text}", (0, 1) if turned else (1, 0)
    if expr.op == "call" and expr.name in ("likely", "unlikely") and parts:
        return split(parts[0])
    return expr.text, (1 if expr.op in ("&&", "||") else OTHER, 0)


_OPPOSITE = {
    "==": ("==", False), "!=": ("==", True), "<": ("<", False), ">=": ("<", True), ">": (">", False), "<=": (">", True),
}  # fmt: skip


def constant_pairs(before: Expr, after: Expr) -> tuple[Pair, ...]:
    """Which value stands for which, from one outcome before and after that hang on the same condition or on none."""
    old, new = evaluate(before, {}), evaluate(after, {})
    if old is not None and new is not None:
        return ((old, new),)
    if old is not None or new is not None:
        return ()
    base, values = split(before)
    other, others = split(after)
    if base != other or (OTHER in values and OTHER in others):
        return ()
    return tuple(zip(values, others, strict=True))


def passed_pairs(before: Expr, after: Expr, names: tuple[str, str], pairs: Collection[Pair]) -> tuple[Pair, ...]:
    """Which value stands for which where both outcomes are made from one result and nothing else.

    ``names`` is what the function was called before, and is called after the change.
    """
    old = [one for one in before.walk() if one.op == "call" and one.name == names[0]]
    new = [one for one in after.walk() if one.op == "call" and one.name == names[1]]
    if len(old) != 1 or len(new) != 1:
        return ()
    found = ((evaluate(before, {old[0]: a}), evaluate(after, {new[0]: b})) for a, b in pairs)
    return tuple((a, b) for a, b in found if a is not None and b is not None)
