"""The ``#if`` structure of a file, and the condition under which a line of it is compiled."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace

from lint.cparse.conditions_expression import condition, macro_condition
from lint.cparse.lexer import Directive, directives, strip
from lint.errors import Problem, Stage
from lint.logic import Atom, Formula, Not, Or, both, negate

MAX_NESTING = 100
MAX_BRANCHES = 500
_OPENING = frozenset(("if", "ifdef", "ifndef"))
_MIDDLE = frozenset(("elif", "elifdef", "elifndef", "else"))
_TOO_DEEP = Atom("?nested too deep")
_NAME = re.compile(rb"\s*+([A-Za-z_]\w*+)")


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of an ``#if`` group; branches stand in the order of their directives.

    ``text`` is its condition as written, on one line. It holds for the lines from ``first`` to before ``end_line``
    (the next directive of the group); ``opening`` and ``closing`` are the lines of the group's ``#if`` and ``#endif``.
    ``parent`` is the index of the enclosing branch, -1 at the top. ``own`` is the test of this branch and the
    opposite of the earlier ones in its group, without what encloses the group; ``guard`` marks an include guard, whose
    ``own`` is True.
    """

    keyword: str
    text: str
    line: int
    first: int
    end_line: int
    opening: int
    closing: int
    parent: int
    depth: int
    own: Formula
    guard: bool = False


@dataclass(frozen=True, slots=True)
class Conditions:
    """All ``#if`` groups of one file."""

    branches: tuple[Branch, ...]
    problems: tuple[Problem, ...]
    _changes: tuple[tuple[int, ...], tuple[int, ...]] = field(default=((), ()), repr=False)
    _known: dict[int, Formula] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls, text: bytes, path: str = "", lines: tuple[Directive, ...] | None = None, stripped: bytes | None = None
    ) -> Conditions:
        """Read a text; its stripped form and its directives may be given when they are known already."""
        stripped = strip(text, path) if stripped is None else stripped
        return _Reader(text, stripped, path, directives(stripped) if lines is None else lines).read()

    def at(self, line: int) -> Formula:
        """The condition of a line, counted from 1; that of a directive is what encloses its group."""
        return self.inside(self.branch_at(line))

    def branch_at(self, line: int) -> int:
        """The index of the innermost branch around a line, -1 outside of all."""
        n = bisect_right(self._changes[0], line) - 1
        return self._changes[1][n] if n >= 0 else -1

    def inside(self, branch: int) -> Formula:
        """The condition of what stands in a branch, given by its index; True for -1."""
        if branch < 0:
            return True
        known = self._known.get(branch)
        if known is None:
            one = self.branches[branch]
            # never deeper than MAX_NESTING: deeper groups have no branches
            known = self._known[branch] = both((self.inside(one.parent), one.own))
        return known


@dataclass(slots=True)
class _Open:
    """A branch whose end has not been seen."""

    index: int
    keyword: str
    text: str
    directive: Directive
    own: Formula
    earlier: list[Formula]
    members: list[int]
    opening: Directive
    guard: bool = False


class _Reader:
    def __init__(self, text: bytes, stripped: bytes, path: str, lines: tuple[Directive, ...]) -> None:
        self.text = text
        self.stripped = stripped
        self.path = path
        self.lines = [d for d in lines if d.keyword in _OPENING or d.keyword in _MIDDLE or d.keyword == "endif"]
        self.all = lines
        self.stack: list[_Open] = []
        self.skipped = 0
        self.tries = 5  # for the include guard: only checks may stand before it
        self.branches: list[Branch | None] = []
        self.changes: list[tuple[int, int]] = []
        self.problems: list[Problem] = []

    def read(self) -> Conditions:
        for directive in self.lines:
            if directive.keyword in _OPENING:
                self.open(directive)
            elif directive.keyword == "endif":
                self.close(directive)
            else:
                self.next(directive)
        last = self.stripped.count(b"\n") + 1
        while self.stack:
            one = self.stack.pop()
            self.problem(one.opening.line, f"#{one.opening.keyword} without #endif")
            self.finish(one, last + 1)
            self.group(one, last + 1)
        branches = tuple(b for b in self.branches if b is not None)
        changes = tuple(n for n, _ in self.changes), tuple(n for _, n in self.changes)
        return Conditions(branches, tuple(self.problems), changes)

    def open(self, directive: Directive) -> None:
        if self.skipped or len(self.stack) >= MAX_NESTING:
            if not self.skipped:
                self.problem(directive.line, f"#if nested more than {MAX_NESTING} deep: conditions not analysed")
            self.skipped += 1
            return
        one = self.branch(directive, [], [], directive)
        one.guard = not self.stack and self.tries > 0 and self.is_guard(one)
        if one.guard:
            one.own = True
        self.stack.append(one)

    def next(self, directive: Directive) -> None:
        if self.skipped:
            return
        if not self.stack:
            self.problem(directive.line, f"#{directive.keyword} without #if")
            return
        before = self.stack.pop()
        if before.keyword == "else":
            self.problem(directive.line, f"#{directive.keyword} after #else")
        self.finish(before, directive.line)
        self.stack.append(self.branch(directive, before.earlier, before.members, before.opening))

    def close(self, directive: Directive) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        if not self.stack:
            self.problem(directive.line, "#endif without #if")
            return
        one = self.stack.pop()
        self.finish(one, directive.line)
        self.group(one, directive.line)
        self.changes.append((directive.end_line + 1, self.stack[-1].index if self.stack else -1))

    def branch(self, directive: Directive, earlier: list[Formula], members: list[int], opening: Directive) -> _Open:
        """Begin a branch; ``earlier`` and ``members`` are shared by the branches of a group."""
        raw = self.stripped[directive.rest : directive.end]
        if b'"' in raw:  # __has_include("..."): another header is another atom
            raw = self.text[directive.rest : directive.end]
        text = " ".join(raw.decode("latin-1").replace("\\\n", " ").replace("\\\r\n", " ").split())
        test: Formula = True
        reason = ""
        if directive.keyword in ("if", "elif"):
            test, reason = condition(text)
        elif directive.keyword != "else":
            test, reason = macro_condition(text)
            test = negate(test) if directive.keyword.endswith("ndef") else test
        if reason:
            self.problem(directive.line, reason)
        if len(earlier) < MAX_BRANCHES:
            own = both([*map(negate, earlier), test])
            earlier.append(test)
        else:
            own = Atom("?one of too many branches")
        index = len(self.branches)
        self.branches.append(None)
        members.append(index)
        outside = self.stack[-1].index if self.stack else -1
        self.changes += ((directive.line, outside), (directive.end_line + 1, index))
        if len(self.stack) + 1 == MAX_NESTING:
            own = _TOO_DEEP
        return _Open(index, directive.keyword, text, directive, own, earlier, members, opening)

    def finish(self, one: _Open, end_line: int) -> None:
        """Write down a branch; its group's closing line is filled in by :meth:`group`."""
        parent = self.stack[-1].index if self.stack else -1
        d = one.directive
        self.branches[one.index] = Branch(
            one.keyword, one.text, d.line, d.end_line + 1, end_line, one.opening.line, 0, parent,
            len(self.stack), one.own, one.guard,
        )  # fmt: skip

    def group(self, one: _Open, closing: int) -> None:
        for n in one.members:
            branch = self.branches[n]
            if branch is not None:
                self.branches[n] = replace(branch, closing=closing)

    def is_guard(self, one: _Open) -> bool:
        """Whether a group is ``#ifndef X``, ``#define X`` around the whole file, or that of a trace header."""
        name = _guarded(one.own)
        self.tries -= 1
        if not name or not _directives_only(self.stripped[: one.directive.start]):
            return False
        n = next(n for n, d in enumerate(self.all) if d is one.directive) + 1
        if n >= len(self.all) or self.all[n].keyword != "define":
            return False
        define = self.all[n]
        m = _NAME.match(self.stripped, define.rest, define.end)
        if m is None or m[1].decode() != name or self.stripped[one.directive.end : define.start].strip():
            return False
        return self.wraps_all(self.lines.index(one.directive), trace=isinstance(one.own, Or))

    def wraps_all(self, first: int, *, trace: bool) -> bool:
        depth = 0
        for d in self.lines[first:]:
            depth += d.keyword in _OPENING
            depth -= d.keyword == "endif"
            if depth == 1 and d.keyword in _MIDDLE:
                return False
            if depth <= 0:
                behind = self.stripped[d.end :]
                # a trace header is read again by the #include behind its guard
                return _directives_only(behind) if trace else not behind.strip()
        return False

    def problem(self, line: int, message: str) -> None:
        if len(self.problems) < 100:
            self.problems.append(Problem(Stage.CPARSE, message, self.path, line))


def _guarded(formula: Formula) -> str:
    """The macro X of ``!defined(X)``, alone or, in a trace header, as one side of ``||``."""
    for part in formula.operands if isinstance(formula, Or) else (formula,):
        if isinstance(part, Not) and isinstance(part.operand, Atom) and part.operand.name.startswith("defined("):
            return part.operand.name[8:-1]
    return ""


def _directives_only(text: bytes) -> bool:
    """Whether a text holds preprocessor lines and nothing else."""
    at = 0
    for d in directives(text):
        if text[at : d.start].strip():
            return False
        at = d.end
    return not text[at:].strip()
