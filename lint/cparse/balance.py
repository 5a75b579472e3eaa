"""Whether the brackets of a C file pair up, asked for some ways that the preprocessor could take through it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lint.cparse.conditions import Branch
from lint.cparse.facts_source import Source
from lint.logic import And, Atom, Formula, Not, atoms

_BRACKET = re.compile(rb"[()\[\]{}]")
_PARTNER = {b")": b"(", b"]": b"[", b"}": b"{"}
_MOST_BRANCHES = 3_000
_MIXED = range(12)
# Kernel code is no C++.
_NEVER = frozenset({"defined(__cplusplus)", "__cplusplus"})


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket at an offset."""

    mark: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two preprocessor lines: its brackets that do not pair up inside, and the branch around it."""

    branch: int
    rest: tuple[Bracket, ...]


@dataclass(frozen=True, slots=True)
class Brackets:
    """The brackets of a file by branches of ``#if``."""

    pieces: tuple[Piece, ...]
    branches: tuple[Branch, ...]

    def unpaired(self, truth: Mapping[str, bool]) -> tuple[Bracket, ...]:
        """The brackets without a partner when the atoms of the conditions are as given (absent: false)."""
        taken = [False] * len(self.branches)
        for index, branch in enumerate(self.branches):
            above = branch.parent < 0 or taken[branch.parent]
            taken[index] = above and _holds(branch.own, truth)
        open_ones: list[Bracket] = []
        for piece in self.pieces:
            if piece.branch >= 0 and not taken[piece.branch]:
                continue
            for bracket in piece.rest:
                _push(open_ones, bracket)
        return tuple(open_ones)


def brackets(source: Source) -> Brackets:
    """Read the brackets of a file; preprocessor lines (and so the bodies of macros) have none."""
    code, branches = source.code, source.conditions.branches[:_MOST_BRANCHES]
    pieces: list[Piece] = []
    open_ones: list[Bracket] = []
    conditionals = [d for d in source.directives if d.keyword.startswith(("if", "el", "endif"))]
    limits = [d.start for d in conditionals]
    starts = {branch.line: index for index, branch in enumerate(branches)}
    at, around = 0, [-1]
    for found in _BRACKET.finditer(code):
        while at < len(limits) and found.start() > limits[at]:
            if open_ones:
                pieces.append(Piece(around[-1], tuple(open_ones)))
                open_ones = []
            _step(conditionals[at].keyword, starts.get(conditionals[at].line, -1), around)
            at += 1
        _push(open_ones, Bracket(found[0], found.start()))
    if open_ones:
        pieces.append(Piece(around[-1], tuple(open_ones)))
    return Brackets(tuple(pieces), branches)


def ways(files: Iterable[Brackets]) -> list[dict[str, bool]]:
    """Some assignments of the conditions of files: none true, all true, and a few mixed ones, always the same."""
    names = sorted({name for file in files for branch in file.branches for name in atoms(branch.own)} - _NEVER)
    found: list[dict[str, bool]] = [dict.fromkeys(names, False)]
    if names:
        found.append(dict.fromkeys(names, True))
        # Bits of multiples of the golden ratio: as good as random here, and always the same.
        found += [{name: bool((n + 1) * 0x9E3779B1 >> (way + 7) & 1) for n, name in enumerate(names)} for way in _MIXED]
    return found


def _step(keyword: str, index: int, around: list[int]) -> None:
    if keyword.startswith("if"):
        around.append(index)
    elif keyword == "endif":
        if len(around) > 1:
            around.pop()
    elif len(around) > 1:
        around[-1] = index


def _push(open_ones: list[Bracket], bracket: Bracket) -> None:
    if open_ones and _PARTNER.get(bracket.mark) == open_ones[-1].mark:
        open_ones.pop()
    else:
        open_ones.append(bracket)


def _holds(formula: Formula, truth: Mapping[str, bool]) -> bool:
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        return truth.get(formula.name, False)
    if isinstance(formula, Not):
        return not _holds(formula.operand, truth)
    kind = all if isinstance(formula, And) else any
    return kind(_holds(part, truth) for part in formula.operands)
