"""Which code of a function the compiler keeps: what stands behind a constant-false test is never linked.

Kernel code relies on that: a call under ``if (IS_ENABLED(CONFIG_X))`` needs a declaration, no definition.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lint.cparse.conditions_expression import condition
from lint.logic import Formula, both, either, negate

_MOST_DEPTH = 60
_MOST_STATEMENTS = 4000
_WORD = re.compile(rb"[A-Za-z_]\w*+")
_BLANK = re.compile(rb"[\s\\]*+")
_LABEL = re.compile(rb"(?:case\b[^:;{}?]*+|default|[A-Za-z_]\w*+)[\s\\]*+:(?!:)")
_PAIR = {0x28: 0x29, 0x5B: 0x5D, 0x7B: 0x7D}
_LEAVES = frozenset({b"return", b"goto", b"break", b"continue", b"BUG", b"panic", b"unreachable"})
_LOOPS = frozenset({b"for", b"while", b"switch"})
_CALL = re.compile(r"(\w+)\s*\(.*\)\Z", re.DOTALL)
_TESTS = frozenset({"IS_ENABLED", "IS_BUILTIN", "IS_MODULE", "IS_REACHABLE"})
_TRANSPARENT = frozenset({"likely", "unlikely", "__builtin_expect", "static_branch_likely", "static_branch_unlikely"})

# What is known of a test by its name: when it is constant false, and when constant true.
Constants = Callable[[str], tuple[Formula, Formula]]


@dataclass(frozen=True, slots=True)
class Test:
    """An expression that must be true (or false) for control to reach a place."""

    text: str
    holds: bool


def passed_before(code: bytes, body_start: int, body_end: int, offset: int) -> tuple[Test, ...]:
    """The tests on the way from the start of a function's body to an offset in it; none when that is not understood.

    ``code`` has no comments, literals and preprocessor lines.
    """
    reader = _Reader(code, body_end, offset)
    try:
        start = code.find(b"{", body_start, body_end)
        if start < 0:
            return ()
        reader.statement(start, 0)
    except _LostError:
        return tuple(reader.found)
    return tuple(reader.found)


def may_pass(tests: tuple[Test, ...], constants: Constants) -> Formula:
    """When all tests can come out right; a test that is not known can always."""
    return both(_may(test.text, test.holds, constants, 0) for test in tests)


class _LostError(Exception):
    """The code is not what the reader knows; what was found so far stands."""


class _Reader:
    def __init__(self, code: bytes, end: int, target: int) -> None:
        self.code = code
        self.end = end
        self.target = target
        self.found: list[Test] = []
        self.count = 0

    def statement(self, at: int, depth: int) -> tuple[int, bool]:
        """The end of the statement at an offset, and whether control never goes on behind it."""
        self.count += 1
        if depth > _MOST_DEPTH or self.count > _MOST_STATEMENTS:
            raise _LostError
        at = self.blank(at)
        while (label := _LABEL.match(self.code, at, self.end)) is not None:
            at = self.blank(label.end())
        if self.code[at : at + 1] == b"{":
            return self.block(at, depth)
        word = _WORD.match(self.code, at, self.end)
        name = word[0] if word is not None else b""
        after = self.blank(word.end()) if word is not None else at
        if name == b"if" and self.code[after : after + 1] == b"(":
            return self.branch(after, depth)
        if name == b"do":
            end, _ = self.statement(after, depth + 1)
            return self.simple(end), False
        closing = self.closing(after) if self.code[after : after + 1] == b"(" else -1
        loop = name in _LOOPS or (closing >= 0 and self.code[self.blank(closing) : self.blank(closing) + 1] == b"{")
        if loop and closing >= 0:
            if at <= self.target < closing:
                self.expression(after + 1)
            end, _ = self.statement(closing, depth + 1)
            return end, False
        end = self.simple(at)
        if at <= self.target < end:
            self.expression(at)
        return end, name in _LEAVES

    def block(self, at: int, depth: int) -> tuple[int, bool]:
        end = self.closing(at)
        inside = at <= self.target < end
        position, leaves = self.blank(at + 1), False
        exits: list[Test] = []
        while position < end - 1:
            start = position
            known = len(self.found)
            position, leaves = self.statement(position, depth + 1)
            if start <= self.target < position:
                self.found[known:known] = exits
                return end, False
            if inside:
                exits += self.exit(start, position)
            if position <= start:
                raise _LostError
            position = self.blank(position)
        return end, leaves

    def exit(self, start: int, end: int) -> list[Test]:
        """What must have been false for control to pass an ``if (...) return;``."""
        word = _WORD.match(self.code, self.blank(start), end)
        if word is None or word[0] != b"if":
            return []
        opening = self.blank(word.end())
        closing = self.closing(opening)
        target, self.target = self.target, -1
        try:
            inner, leaves = self.statement(closing, 0)
        finally:
            self.target = target
        if not leaves or self.blank(inner) < self.blank(end):
            return []
        return [Test(self.text(opening + 1, closing - 1), holds=False)]

    def branch(self, opening: int, depth: int) -> tuple[int, bool]:
        closing = self.closing(opening)
        if opening < self.target < closing:
            self.expression(opening + 1)
        text = self.text(opening + 1, closing - 1)
        known = len(self.found)
        end, leaves = self.statement(closing, depth + 1)
        if closing <= self.target < end:
            self.found.insert(known, Test(text, holds=True))
        after = self.blank(end)
        word = _WORD.match(self.code, after, self.end)
        if word is None or word[0] != b"else":
            return end, False
        known = len(self.found)
        last, other = self.statement(word.end(), depth + 1)
        if word.end() <= self.target < last:
            self.found.insert(known, Test(text, holds=False))
        return last, leaves and other

    def expression(self, start: int) -> None:
        """The operands of && || ?: that decide whether the target in an expression is evaluated."""
        levels = [start]
        at = start
        while at < self.target:
            byte = self.code[at]
            if byte in _PAIR:
                closing = self.closing(at)
                if closing <= self.target:
                    at = closing
                    continue
                levels.append(at + 1)
            elif byte in b",;" or (byte == 0x3D and self.code[at - 1] not in b"=!<>" and self.code[at + 1] != 0x3D):
                levels[-1] = at + 1
            at += 1
        word = _WORD.match(self.code, self.blank(levels[0]), self.end)
        if word is not None and word[0] == b"return":
            levels[0] = word.end()
        for n, level in enumerate(levels):
            stop = levels[n + 1] - 1 if n + 1 < len(levels) else self.target
            self.found += _operands(self.text(level, stop))

    def simple(self, at: int) -> int:
        """The end of a statement that ends in a semicolon."""
        while at < self.end:
            byte = self.code[at]
            if byte == 0x3B:
                return at + 1
            if byte == 0x7D:
                return at
            at = self.closing(at) if byte in _PAIR else at + 1
        raise _LostError

    def closing(self, at: int) -> int:
        """The offset behind the bracket that closes the one at an offset."""
        stack: list[int] = []
        limit = min(self.end, len(self.code))
        while at < limit:
            byte = self.code[at]
            if byte in _PAIR:
                stack.append(_PAIR[byte])
            elif byte in b")]}":
                if not stack or stack.pop() != byte:
                    raise _LostError
                if not stack:
                    return at + 1
            at += 1
        raise _LostError

    def blank(self, at: int) -> int:
        found = _BLANK.match(self.code, at, self.end)
        return found.end() if found is not None else at

    def text(self, start: int, end: int) -> str:
        return self.code[start:end].decode("latin-1").strip()


def _operands(text: str) -> list[Test]:
    """The tests in the text before an operand: ``a && b ||`` and ``a ?``, ``a ? b :``."""
    found: list[Test] = []
    at, start, depth = 0, 0, 0
    while at < len(text):
        char = text[at]
        depth += (char in "([{") - (char in ")]}")
        pair = text[at : at + 2]
        if not depth and pair == "&&":
            found.append(Test(text[start:at].strip(), holds=True))
            start = at = at + 2
            continue
        if not depth and pair == "||":
            # a && b || c: what came before is one operand
            whole = " && ".join([*(test.text for test in found), text[start:at].strip()])
            found = [Test(whole, holds=False)]
            start = at = at + 2
            continue
        if not depth and char == "?":
            whole = text[:at].strip()
            found, start = [Test(whole, holds=True)], at + 1
        elif not depth and char == ":" and len(found) == 1:
            found, start = [Test(found[0].text, holds=False)], at + 1
        at += 1
    return found


def _may(text: str, holds: bool, constants: Constants, depth: int) -> Formula:
    """When an expression can be true (``holds``), or can be false."""
    text = text.strip()
    if depth > 20 or not text:
        return True
    for mark in ("||", "&&"):
        parts = _split(text, mark)
        if len(parts) > 1:
            join = either if (mark == "||") is holds else both
            return join([_may(part, holds, constants, depth + 1) for part in parts])
    if text.startswith("!") and not text.startswith("!="):
        return _may(text[1:], not holds, constants, depth + 1)
    if text.startswith("(") and _closes(text):
        return _may(text[1:-1], holds, constants, depth + 1)
    called = _CALL.match(text)
    if called is not None and _closes(text[called.end(1) :].strip()):
        if called[1] in _TRANSPARENT and called[1] in ("likely", "unlikely"):
            return _may(text[text.index("(") + 1 : -1], holds, constants, depth + 1)
        if called[1] in _TESTS:
            formula, reason = condition(text)
            return True if reason else formula if holds else negate(formula)
    if text in ("0", "false", "1", "true"):
        return (text in ("1", "true")) is holds
    name = called[1] if called is not None else text
    if not name.isidentifier():
        return True
    never, always = constants(name)
    return negate(never) if holds else negate(always)


def _split(text: str, mark: str) -> list[str]:
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        char = text[at]
        depth += (char in "([{") - (char in ")]}")
        if not depth and text.startswith(mark, at):
            parts.append(text[start:at])
            start = at = at + 2
            continue
        at += 1
    return [*parts, text[start:]]


def _closes(text: str) -> bool:
    depth = 0
    for n, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return n == len(text) - 1
    return False


UNKNOWN: tuple[Formula, Formula] = (False, False)
