"""Findings as annotations of a checkout: where each stands once all patches are applied, and its evidence as lines.

A finding counts lines in a state of its own patch; what annotates files (code scanning, a pull request, an editor)
shows the files as they are after the last patch.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lint.finding import Side
from lint.intake.model import Change
from lint.report.json_report import portable
from lint.report.visible import visible
from lint.snapshot.lines import Lines

if TYPE_CHECKING:
    from lint.errors import Problem
    from lint.finding import Finding, Span
    from lint.result import Result
    from lint.snapshot.apply import FileChange

MOST_RELATED = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A place after the last patch; columns count bytes from 1, the end is exclusive, 0 means the whole line.

    ``line`` is 0 for the file as a whole. ``exact`` tells that the very line is still there: otherwise it was removed
    or replaced, and this is the nearest line. ``text`` is the line without its end, empty where it is not known.
    """

    path: str
    line: int
    column: int = 0
    end_column: int = 0
    text: bytes = b""
    exact: bool = True


@dataclass(frozen=True, slots=True)
class _Edit:
    """What one patch does to one file; the numbers are sorted, those removed count before it, those added after."""

    path: str
    removed: list[int]
    added: list[int]


class Texts:
    """The lines of the files of one report; each file is read once."""

    def __init__(self, result: Result) -> None:
        self._result = result
        self._lines: dict[tuple[int, str, Side], Lines | None] = {}

    def lines(self, patch: int, path: str, side: Side = Side.AFTER) -> Lines | None:
        """A file in a state of a patch (its index counts from 1); None where there is no such text."""
        key = (patch, path, side)
        if key not in self._lines:
            content = self._result.text(patch, path, side) if path else None
            self._lines[key] = None if content is None else Lines(content)
        return self._lines[key]

    def at(self, patch: int, span: Span) -> bytes:
        """The line of a span as its own patch has it, without its end; empty where it is not known."""
        lines = self.lines(patch, span.path, span.side) if span.line else None
        return lines.text(span.line) if lines is not None else b""


class Places:
    """The places of one report; what each patch does to a file is sorted once."""

    def __init__(self, result: Result) -> None:
        self._result = result
        self._texts = Texts(result)
        self._edits = [{file.old_path: _edit(file) for file in step.files if _moves(file)} for step in result.steps]

    def of(self, finding: Finding) -> Place:
        """Where a finding stands; the first file of its patch when it names none."""
        span = finding.hit.span
        if span.path:
            return self.carried(finding.patch, span)
        files = self._result.steps[finding.patch - 1].files
        return Place(files[0].path if files else "", 0, exact=False)

    def carried(self, patch: int, span: Span) -> Place:
        """Where a place in a state of a patch (its index counts from 1) is after the last one."""
        path, line, exact = span.path, span.line, True
        for edits in self._edits[patch - (span.side is Side.BEFORE) :]:
            edit = edits.get(path)
            if edit is None:
                continue
            if not edit.path:
                return Place(path, 0, exact=False)
            if line:
                line, kept = carry(line, edit.removed, edit.added)
                exact = exact and kept
            path = edit.path
        return self._at(path, line, span if exact else None)

    def _at(self, path: str, line: int, span: Span | None) -> Place:
        lines = self._texts.lines(len(self._result.steps), path)
        if span is None:
            return Place(path, line if lines is None else min(line, len(lines)), exact=False)
        columns = (span.column, span.end_column) if 0 < span.column < span.end_column and line else (0, 0)
        return Place(path, line, *columns, b"" if lines is None else lines.text(line))


def carry(line: int, removed: list[int], added: list[int]) -> tuple[int, bool]:
    """A line's number after an edit, and whether the line is kept; what replaces a removed one, or follows it.

    ``removed`` are sorted numbers before the edit, ``added`` after it, all from 1.
    """
    index = bisect_left(removed, line)
    gone = index < len(removed) and removed[index] == line
    before = line - 1 - index  # unedited lines above it
    return 1 + before + bisect_right(range(len(added)), before - gone, key=lambda at: added[at] - 1 - at), not gone


def evidence(result: Result, finding: Finding, places: Places) -> Iterator[str]:
    """What supports a finding, a line of visible text each: related places, configuration, architectures, patch."""
    hit = finding.hit
    for one in hit.related[:MOST_RELATED]:
        yield f"{_seen(result, one.patch or finding.patch, one.span, places)}{visible(one.note)}"
    if len(hit.related) > MOST_RELATED:
        yield f"and {len(hit.related) - MOST_RELATED} more places"
    if hit.witness:
        values = (f"CONFIG_{visible(name)}={visible(hit.witness[name])}" for name in sorted(hit.witness))
        yield f"shown by {' '.join(values)}"
    if hit.arch and hit.arch != result.steps[finding.patch - 1].archs:
        yield f"for {', '.join(map(visible, hit.arch))}"
    if hit.suggestion:
        yield f"suggestion: {visible(hit.suggestion)}"
    if len(result.steps) > 1:
        yield f"patch {number(result, finding.patch)}: {visible(result.patch(finding.patch).title)}"


def _seen(result: Result, patch: int, span: Span, places: Places) -> str:
    if not span.path:
        return ""
    place = places.carried(patch, span)
    if not place.exact:
        return f"{counted(result, patch, span)}: "
    return f"{visible(place.path)}:{place.line}: " if place.line else f"{visible(place.path)}: "


def where(result: Result, patch: int, span: Span) -> str:
    """Path and line as the finding's own patch counts them; says so when the line counts before it."""
    return counted(result, patch, span) if span.side is Side.BEFORE else _place(span)


def counted(result: Result, patch: int, span: Span) -> str:
    """Path and line, and in which state they count: ``a.c:5 (before patch 3/7)``."""
    which = f"patch {number(result, patch)}" if len(result.steps) > 1 else "the patch"
    return f"{_place(span)} ({span.side.value} {which})"


def _place(span: Span) -> str:
    return f"{visible(span.path)}:{span.line}" if span.line else visible(span.path)


def unanalysed(problem: Problem) -> str:
    """Where something could not be analysed, and why; without the machine's paths."""
    if not problem.path:
        return visible(problem.message)
    line = f":{problem.line}" if problem.line else ""
    return f"{visible(portable(problem.path))}{line}: {visible(problem.message)}"


def number(result: Result, patch: int) -> str:
    """What to call a patch: ``16/18`` where its subject says so, else its place in the history."""
    return visible(result.patch(patch).number) or f"{patch}"


def _moves(file: FileChange) -> bool:
    return bool(file.old_path) and file.patch_file.change is not Change.COPY


def _edit(file: FileChange) -> _Edit:
    return _Edit(file.new_path, sorted(file.removed), sorted(file.added))
