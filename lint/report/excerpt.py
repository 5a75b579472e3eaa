"""The lines around a place, as a patch shows them: kept, added and removed ones in their order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lint.finding import Side
from lint.snapshot.lines import Lines

if TYPE_CHECKING:
    from lint.finding import Span
    from lint.result import Result

KEPT, ADDED, REMOVED = "|", "+", "-"


@dataclass(frozen=True, slots=True)
class Row:
    """One line, and whether it is the place; the number of a kept line counts in the state that the place is in."""

    mark: str
    number: int
    text: bytes
    place: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    """Both states of a file, told from one side; ``removed`` and ``added`` are sorted line numbers."""

    side: Side
    before: Lines
    after: Lines
    removed: list[int]
    added: list[int]


class Excerpts:
    """The excerpts of one report; files are taken apart once."""

    def __init__(self, result: Result) -> None:
        self._result = result
        self._files: dict[tuple[int, str, Side], _File | None] = {}

    def around(self, patch: int, span: Span, context: int) -> list[Row]:
        """The line of a span with up to ``context`` rows on either side; empty when its text is not known."""
        key = (patch, span.path, span.side)
        if key not in self._files:
            self._files[key] = _file(self._result, *key)
        file = self._files[key]
        known = file and (file.before if span.side is Side.BEFORE else file.after)
        if not file or not known or not 1 <= span.line <= len(known):
            return []
        return _trimmed(list(_rows(file, span, context)))


def _file(result: Result, patch: int, path: str, side: Side) -> _File | None:
    for file in result.steps[patch - 1].files:
        own, text = (file.old_path, file.before) if side is Side.BEFORE else (file.new_path, file.after)
        if own == path and text is not None:
            before, after = Lines(file.before or b""), Lines(file.after or b"")
            return _File(side, before, after, sorted(file.removed), sorted(file.added))
    found = result.text(patch, path, side)
    if found is None:
        return None
    lines = Lines(found)
    return _File(side, lines, lines, [], [])


def _rows(file: _File, span: Span, context: int) -> Iterator[Row]:
    old, new = _cursor(file, span)
    back: list[Row] = []
    at = (old, new)
    for _ in range(context):
        if (step := _previous(file, *at)) is None:
            break
        row, at = step
        back.append(row)
    yield from reversed(back)
    at = (old, new)
    for count in range(context + 1):
        if (step := _next(file, *at)) is None:
            break
        row, at = step
        yield replace(row, place=count == 0)


def _cursor(file: _File, span: Span) -> tuple[int, int]:
    """Numbers of the next line of either state, standing right before the place; removed lines precede added ones."""
    if span.side is Side.AFTER:
        kept = span.line - 1 - bisect_left(file.added, span.line)
        return 1 + kept + _edits_up_to(file.removed, kept), span.line
    index = bisect_left(file.removed, span.line)
    kept = span.line - 1 - index
    inside = index < len(file.removed) and file.removed[index] == span.line
    return span.line, 1 + kept + _edits_up_to(file.added, kept - inside)


def _edits_up_to(numbers: list[int], kept: int) -> int:
    """How many of the edited lines have at most ``kept`` unedited lines before them."""
    return bisect_right(range(len(numbers)), kept, key=lambda index: numbers[index] - 1 - index)


def _next(file: _File, old: int, new: int) -> tuple[Row, tuple[int, int]] | None:
    if _has(file.removed, old):
        return Row(REMOVED, old, file.before.text(old)), (old + 1, new)
    if new > len(file.after):
        return None
    if _has(file.added, new):
        return Row(ADDED, new, file.after.text(new)), (old, new + 1)
    return _kept(file, old, new), (old + 1, new + 1)


def _previous(file: _File, old: int, new: int) -> tuple[Row, tuple[int, int]] | None:
    if _has(file.added, new - 1):
        return Row(ADDED, new - 1, file.after.text(new - 1)), (old, new - 1)
    if _has(file.removed, old - 1):
        return Row(REMOVED, old - 1, file.before.text(old - 1)), (old - 1, new)
    if new <= 1:
        return None
    return _kept(file, old - 1, new - 1), (old - 1, new - 1)


def _kept(file: _File, old: int, new: int) -> Row:
    return Row(KEPT, old if file.side is Side.BEFORE else new, file.after.text(new))


def _has(numbers: list[int], number: int) -> bool:
    index = bisect_left(numbers, number)
    return index < len(numbers) and numbers[index] == number


def _trimmed(rows: list[Row]) -> list[Row]:
    """Without empty lines at either end."""
    if not any(row.place for row in rows):
        return []
    wanted = [index for index, row in enumerate(rows) if row.place or row.text.strip()]
    return rows[wanted[0] : wanted[-1] + 1]
