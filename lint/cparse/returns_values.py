"""What an expression comes to for one value of a part of it: results of functions, and tests of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lint.cparse.returns_tree import Expr

# An int is itself (false 0, true 1, NULL 0); "-EINVAL" an error number; the others are only known not to be zero.
Value = int | str
ERROR_POINTER = "error pointer"
OTHER = "not zero"

_NUMBER = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]++|\d++)[uUlL]*+\Z")
_WORDS: Mapping[str, Value] = {"true": 1, "false": 0, "TRUE": 1, "FALSE": 0, "NULL": 0}
_ERROR_NUMBER = re.compile(r"E[A-Z0-9]{2,}\Z")
# Macros that give back whether their first argument holds.
SAME = frozenset(
    {"likely", "unlikely", "WARN_ON", "WARN_ON_ONCE", "WARN", "WARN_ONCE", "BUG_ON", "__builtin_expect", "IS_TRUE"}
)
_POINTER = frozenset({"IS_ERR", "IS_ERR_OR_NULL"})


def is_transparent(call: Expr) -> bool:
    """Whether a call only tells whether its first argument holds."""
    return call.op == "call" and (call.name in SAME or call.name in _POINTER) and bool(call.parts)


def truth(value: Value | None) -> bool | None:
    """Whether a value counts as true; None when it is not known."""
    return None if value is None else bool(value)


def is_negative(value: Value) -> bool:
    """Whether a value is below zero as a number."""
    return value < 0 if isinstance(value, int) else value.startswith("-")


def evaluate(expr: Expr, known: Mapping[Expr, Value]) -> Value | None:
    """The value of an expression; None when it hangs on more than what is known. ``known`` goes by identity."""
    if expr in known:
        return known[expr]
    if expr.op in ("const", "name"):
        return _constant(expr.name)
    if expr.op == "call":
        return _called(expr, known)
    if expr.op in ("=", "|="):  # what was collected before is taken for nothing
        return evaluate(expr.parts[-1], known)
    if expr.op in ("&&", "||"):
        return _joined(expr, known)
    if expr.op in ("?", "?:"):
        return _chosen(expr, known)
    if expr.op in ("!", "-") and len(expr.parts) == 1:
        return _unary(expr, evaluate(expr.parts[0], known))
    if expr.op in ("==", "!=", "<", ">", "<=", ">=") and len(expr.parts) == 2:
        return _compared(expr.op, evaluate(expr.parts[0], known), evaluate(expr.parts[1], known))
    return None


def _constant(name: str) -> Value | None:
    if name in _WORDS:
        return _WORDS[name]
    match = _NUMBER.match(name)
    if match is None:
        return None
    digits = match[2]
    hexadecimal, octal = digits[:2].lower() == "0x", digits[0] == "0" and not set(digits) & {"8", "9"}
    number = int(digits, 16 if hexadecimal else 8 if octal else 10)
    return -number if match[1] == "-" else number


def _called(expr: Expr, known: Mapping[Expr, Value]) -> Value | None:
    if expr.name == "ERR_PTR":
        return 0 if expr.parts and evaluate(expr.parts[0], known) == 0 else ERROR_POINTER
    if not is_transparent(expr):
        return None
    value = evaluate(expr.parts[0], known)
    if expr.name not in _POINTER:
        return None if value is None else int(bool(value))
    if value is None:
        return None
    return int(value == ERROR_POINTER or (value == 0 and expr.name.endswith("NULL")))


def _joined(expr: Expr, known: Mapping[Expr, Value]) -> Value | None:
    sides = [truth(evaluate(part, known)) for part in expr.parts]
    decisive = expr.op == "||"
    if decisive in sides:
        return int(decisive)
    return None if None in sides else int(not decisive)


def _chosen(expr: Expr, known: Mapping[Expr, Value]) -> Value | None:
    condition = evaluate(expr.parts[0], known)
    if condition is None:
        return None
    if expr.op == "?:":
        return condition if condition else evaluate(expr.parts[-1], known)
    return evaluate(expr.parts[1 if condition else 2], known) if len(expr.parts) == 3 else None


def _unary(expr: Expr, value: Value | None) -> Value | None:
    if expr.op == "-":
        inner = expr.parts[0]
        if value is None and inner.op == "name" and _ERROR_NUMBER.match(inner.name):
            return f"-{inner.name}"
        return -value if isinstance(value, int) else None
    return None if value is None else int(not value)


def _compared(op: str, left: Value | None, right: Value | None) -> Value | None:
    if left is None or right is None:
        return None
    if isinstance(left, int) and isinstance(right, int):
        outcomes = {"==": left == right, "!=": left != right, "<": left < right, ">": left > right}
        outcomes |= {"<=": left <= right, ">=": left >= right}
        return int(outcomes[op])
    if op in ("==", "!="):
        if left == right and OTHER not in (left, right):
            return int(op == "==")
        if OTHER in (left, right) and 0 not in (left, right):
            return None
        return int(op == "!=")
    below = {"<": (True, False), "<=": (True, False), ">": (False, True), ">=": (False, True)}[op]
    if isinstance(left, str) and is_negative(left) and isinstance(right, int) and right >= 0:
        return int(below[0])
    if isinstance(right, str) and is_negative(right) and isinstance(left, int) and left >= 0:
        return int(below[1])
    return None
