"""``#if`` expressions as formulas."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from lint.logic import And, Atom, Formula, Or, both, either, negate

MAX_CHARACTERS = 20_000
MAX_TOKENS = 2_000
MAX_DEPTH = 40

_TOKEN = re.compile(r"""\s*+(\w++|&&|\|\||[=!<>]=|<<|>>|"[^"]*+"?|'[^']*+'?|\S)""")
_NAME = re.compile(r"[A-Za-z_]\w*+")
_INTEGER = re.compile(r"(0[xX][0-9a-fA-F]++|0[bB][01]++|[0-9]++)[uUlL]*+")
_PRECEDENCE = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}  # fmt: skip
_FOLDED: dict[str, Callable[[int, int], int]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip


@lru_cache(maxsize=8192)
def condition(text: str) -> tuple[Formula, str]:
    """The truth of an ``#if`` expression, and why it was not understood (empty when it was).

    What is not understood becomes one atom ``?text``, equal for equal text whatever its blanks.
    """
    if len(text) > MAX_CHARACTERS:
        return Atom(f"?{text[:60]} ..."), f"an #if expression of more than {MAX_CHARACTERS} characters"
    tokens = _TOKEN.findall(text.replace("\\\r\n", " ").replace("\\\n", " "))
    if len(tokens) > MAX_TOKENS:
        return Atom(f"?{text[:60]} ..."), f"an #if expression of more than {MAX_TOKENS} tokens"
    parser = _Parser(tokens)
    try:
        formula = parser.ternary().formula
        if parser.at == len(tokens):
            return formula, ""
        reason = f"'{tokens[parser.at]}' is not expected"
    except _NotUnderstoodError as error:
        reason = str(error)
    return Atom(f"?{spell(tokens)}"), f"#if {_shortened(spell(tokens))}: {reason}"


def macro_condition(text: str) -> tuple[Formula, str]:
    """The truth of ``#ifdef text``, and why it was not understood; what follows the name is ignored, as by gcc."""
    m = _NAME.match(text.strip())
    return (defined(m[0]), "") if m else (Atom(f"?defined({text.strip()})"), "#ifdef without a name")


def defined(name: str) -> Formula:
    """``defined(name)``: a CONFIG symbol by its name as spelled, another macro as ``defined(name)``."""
    return Atom(name) if name.startswith("CONFIG_") else Atom(f"defined({name})")


def spell(tokens: list[str]) -> str:
    """Tokens as one text with the same blanks every time."""
    out: list[str] = []
    for token in tokens:
        if out and not (token in "(),:" and (token != "(" or _NAME.fullmatch(out[-1]))) and out[-1] not in ("(", "!"):
            out.append(" ")
        out.append(token)
    return "".join(out)


class _NotUnderstoodError(Exception):
    """The expression has a form that the parser does not know."""


@dataclass(frozen=True, slots=True)
class _Value:
    formula: Formula
    first: int
    last: int
    number: int | None = None


class _Parser:
    """Precedence climbing; ``depth`` bounds the recursion, as every level goes through :meth:`binary`."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def opaque(self, first: int) -> _Value:
        text = spell(self.tokens[first : self.at])
        simple = self.at - first == 1 or (text.endswith(")") and _closes_at_end(self.tokens[first : self.at]))
        return _Value(Atom(f"?{text}" if simple else f"?({text})"), first, self.at)

    def ternary(self) -> _Value:
        first = self.at
        value = self.binary(1)
        if self.peek() not in ("?", ","):
            return value
        while self.peek() in ("?", ":", ","):
            self.at += 1
            self.binary(1)
        return self.opaque(first)

    def binary(self, lowest: int) -> _Value:
        self.depth += 1
        if self.depth > MAX_DEPTH * 3:
            raise _NotUnderstoodError(f"nested more than {MAX_DEPTH} deep")
        left = self.unary()
        while _PRECEDENCE.get(self.peek(), 0) >= lowest:
            op = self.peek()
            if op in ("&&", "||"):
                left = self.chain(op, left)
                continue
            self.at += 1
            left = self.combine(op, left, self.binary(_PRECEDENCE[op] + 1))
        self.depth -= 1
        return left

    def chain(self, op: str, left: _Value) -> _Value:
        operands = [left.formula]
        while self.peek() == op:
            self.at += 1
            operands.append(self.binary(_PRECEDENCE[op] + 1).formula)
        return _Value(both(operands) if op == "&&" else either(operands), left.first, self.at)

    def combine(self, op: str, left: _Value, right: _Value) -> _Value:
        if left.number is not None and right.number is not None and op in _FOLDED:
            number = int(_FOLDED[op](left.number, right.number))
            return _Value(number != 0, left.first, self.at, number)
        if op not in ("!=", ">=", "<="):
            return self.opaque(left.first)
        # one atom for a test and its opposite, so that a branch and its #else exclude each other
        a = spell(self.tokens[left.first : left.last])
        b = spell(self.tokens[right.first : right.last])
        opposite = {"!=": "==", ">=": "<", "<=": ">"}[op]
        return _Value(negate(Atom(f"?({a} {opposite} {b})")), left.first, self.at)

    def unary(self) -> _Value:
        first, negated = self.at, 0
        while self.peek() == "!":
            self.at += 1
            negated += 1
        if self.peek() in ("-", "+", "~"):
            sign = self.peek()
            self.at += 1
            if negated:
                raise _NotUnderstoodError("a sign behind a negation")
            value = self.primary()
            if value.number is not None and sign != "~":
                number = -value.number if sign == "-" else value.number
                return _Value(number != 0, first, self.at, number)
            return self.opaque(first)
        value = self.primary()
        if not negated:
            return value
        formula = negate(value.formula) if negated % 2 else value.formula
        return _Value(formula, first, self.at, None if value.number is None else int(bool(formula)))

    def primary(self) -> _Value:
        first, token = self.at, self.peek()
        self.at += 1
        if token == "(":
            inner = self.ternary()
            self.expect(")")
            return _Value(inner.formula, first, self.at, inner.number)
        if token == "defined":
            return self.defined(first)
        if m := _INTEGER.fullmatch(token):
            digits = m[1]
            octal = digits.isdigit() and digits[0] == "0"
            number = int(digits, 8 if octal else 0) if not octal or set(digits) <= set("01234567") else int(digits)
            return _Value(number != 0, first, self.at, number)
        if token[:1] in ('"', "'"):
            return self.opaque(first)
        if not _NAME.fullmatch(token):
            raise _NotUnderstoodError(f"'{token}' is not expected" if token else "it ends early")
        if self.peek() == "(":
            return self.invocation(first)
        return _Value(Atom(token), first, self.at) if token.startswith("CONFIG_") else self.opaque(first)

    def defined(self, first: int) -> _Value:
        enclosed = self.peek() == "("
        self.at += enclosed
        name = self.peek()
        if not _NAME.fullmatch(name):
            raise _NotUnderstoodError("defined without a name")
        self.at += 1
        if enclosed:
            self.expect(")")
        return _Value(defined(name), first, self.at)

    def invocation(self, first: int) -> _Value:
        depth, start = 0, self.at
        while self.at < len(self.tokens):
            depth += {"(": 1, ")": -1}.get(self.tokens[self.at], 0)
            self.at += 1
            if not depth:
                break
        else:
            raise _NotUnderstoodError("a parenthesis is not closed")
        argument = self.tokens[start + 1 : self.at - 1]
        if len(argument) == 1 and argument[0].startswith("CONFIG_"):
            formula = _tristate(self.tokens[first], argument[0])
            if formula is not None:
                return _Value(formula, first, self.at)
        return self.opaque(first)

    def expect(self, token: str) -> None:
        if self.peek() != token:
            raise _NotUnderstoodError(f"'{token}' is missing")
        self.at += 1


def _tristate(macro: str, symbol: str) -> Formula | None:
    """The tests of include/linux/kconfig.h."""
    builtin, module = Atom(symbol), Atom(f"{symbol}_MODULE")
    answers: dict[str, Formula] = {
        "IS_ENABLED": Or((builtin, module)),
        "IS_BUILTIN": builtin,
        "IS_MODULE": module,
        "IS_REACHABLE": Or((builtin, And((module, Atom("defined(MODULE)"))))),
    }
    return answers.get(macro)


def _closes_at_end(tokens: list[str]) -> bool:
    """Whether tokens are one invocation ``NAME(...)``, which needs no parentheses around it."""
    depth = 0
    for n, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if not depth and n not in (0, len(tokens) - 1):
            return False
    return bool(_NAME.fullmatch(tokens[0]))


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
