"""Where a hunk fits and what it makes of a file: the rules of git apply, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lint.intake.model import Hunk
from lint.snapshot.lines import split_lines

MIN_CONTEXT = 1
MAX_FUZZ = 2
MAX_COMPARED = 10_000_000


@dataclass(slots=True)
class Effort:
    """How many lines may still be compared while hunks are looked for away from their place."""

    lines: int = MAX_COMPARED


@dataclass(frozen=True, slots=True)
class PlacedHunk:
    """A hunk that was applied: ``old_start`` and ``new_start`` are the lines (from 1) of its first line in the file
    before and after; ``offset`` counts lines from where its header says; ``fuzz`` counts context lines left out at the
    worse end. ``exact`` is false when git apply would have refused it.
    """

    hunk: Hunk
    old_start: int
    new_start: int
    offset: int
    fuzz: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Patched:
    """A file after its hunks; ``added`` and ``removed`` are line numbers in the after and the before."""

    content: bytes
    added: frozenset[int]
    removed: frozenset[int]
    placed: tuple[PlacedHunk, ...]
    missed: tuple[Hunk, ...]


def apply_hunks(content: bytes, hunks: Sequence[Hunk], effort: Effort | None = None) -> Patched:
    """Apply hunks in order, as git apply does, then with less context, down to one line; the rest is ``missed``."""
    image = _Image(content, effort or Effort())
    placed: list[tuple[int, Hunk, int, int, _Pattern]] = []
    missed: list[Hunk] = []
    drift = 0
    for number, hunk in enumerate(hunks, 1):
        expected = (hunk.new_start - 1 if hunk.new_start else 0) + drift
        fit = _fit(image, hunk, expected)
        if fit is None:
            missed.append(hunk)
            drift -= hunk.new_length - hunk.old_length
            continue
        position, pattern = fit
        old_start = image.old_line(position)
        image.replace(position, pattern, number)
        placed.append((number, hunk, old_start, position - expected - pattern.dropped, pattern))
    starts = image.starts()
    return Patched(
        b"".join(image.lines),
        image.added(),
        image.removed(),
        tuple(
            PlacedHunk(hunk, old, starts.get(number, old), offset, pattern.fuzz, pattern.exact)
            for number, hunk, old, offset, pattern in placed
        ),
        tuple(missed),
    )


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What a hunk must find and what it leaves, after ``dropped`` lines of context at the start were given up."""

    before: list[bytes]
    after: list[bytes]
    kinds: str
    at_start: bool
    at_end: bool
    dropped: int = 0
    fuzz: int = 0
    exact: bool = True


class _Image:
    """The lines of a file while hunks are applied: where each came from, and which hunk has touched it (0: none)."""

    def __init__(self, content: bytes, effort: Effort) -> None:
        self.effort = effort
        self.lines = split_lines(content)
        self.origin = list(range(1, len(self.lines) + 1))
        self.touched = [0] * len(self.lines)
        self._count = len(self.lines)
        self._untouched = True

    def old_line(self, position: int) -> int:
        """The line of the file before at which something placed at ``position`` starts."""
        for index in range(position, len(self.origin)):
            if self.origin[index]:
                return self.origin[index]
        return self._count + 1

    def is_free(self, position: int, length: int) -> bool:
        """Whether no earlier hunk has touched these lines."""
        return self._untouched or not any(self.touched[position : position + length])

    def replace(self, position: int, pattern: _Pattern, number: int) -> None:
        """Put the pattern's after-lines in the place of its before-lines."""
        end = position + len(pattern.before)
        kept = iter(self.origin[position:end])
        origin: list[int] = []
        for kind in pattern.kinds:
            if kind == "+":
                origin.append(0)
            else:
                line = next(kept)
                if kind == " ":
                    origin.append(line)
        self.lines[position:end] = pattern.after
        self.origin[position:end] = origin
        self.touched[position:end] = [number] * len(pattern.after)
        self._untouched = False

    def added(self) -> frozenset[int]:
        return frozenset(line for line, origin in zip(self._numbers(), self.origin, strict=True) if not origin)

    def removed(self) -> frozenset[int]:
        return frozenset(range(1, self._count + 1)).difference(self.origin)

    def _numbers(self) -> Iterator[int]:
        """The line number of each line after; a line that lost its newline shares its number with the next one."""
        number = 1
        for line in self.lines:
            yield number
            number += line.endswith(b"\n")

    def starts(self) -> dict[int, int]:
        """The first line of each hunk in the file after."""
        found: dict[int, int] = {}
        for line, number in zip(self._numbers(), self.touched, strict=True):
            if number:
                found.setdefault(number, line)
        return found


def _fit(image: _Image, hunk: Hunk, expected: int) -> tuple[int, _Pattern] | None:
    for pattern in _patterns(hunk):
        position = _find(image, pattern, expected + pattern.dropped)
        if position is not None:
            return position, pattern
    return None


def _patterns(hunk: Hunk) -> Iterator[_Pattern]:
    """The hunk as git looks for it, then without its anchors, then with less and less context (``git apply -C1``)."""
    kinds = "".join(line.kind for line in hunk.lines)
    leading = len(kinds) - len(kinds.lstrip(" "))
    trailing = len(kinds) - len(kinds.rstrip(" "))
    before = [line.text for line in hunk.lines if line.kind != "+"]
    after = [line.text for line in hunk.lines if line.kind != "-"]
    at_start, at_end = hunk.old_start <= 1, not trailing
    yield _Pattern(before, after, kinds, at_start, at_end)
    if at_start or at_end:
        yield _Pattern(before, after, kinds, False, False, exact=False)
    head = tail = 0
    while max(leading, trailing) > MIN_CONTEXT:
        if leading >= trailing:
            head, leading = head + 1, leading - 1
        if trailing > leading:
            tail, trailing = tail + 1, trailing - 1
        if max(head, tail) > MAX_FUZZ:
            return
        yield _Pattern(
            before[head : len(before) - tail],
            after[head : len(after) - tail],
            kinds[head : len(kinds) - tail],
            False,
            False,
            head,
            max(head, tail),
            False,
        )


def _find(image: _Image, pattern: _Pattern, expected: int) -> int | None:
    """The nearest position that fits, the later one of two equally near (find_pos of git's apply.c)."""
    last = len(image.lines) - len(pattern.before)
    if last < 0:
        return None
    start = 0 if pattern.at_start else last if pattern.at_end else expected
    start = min(start, len(image.lines)) if start >= 0 else len(image.lines)
    if start <= last and _matches(image, pattern, start):
        return start
    if not pattern.before:
        return None if pattern.at_start or pattern.at_end else start
    if pattern.at_start or pattern.at_end:
        return None
    for position in _candidates(image.lines, pattern.before, start, last):
        if _matches(image, pattern, position):
            return position
        image.effort.lines -= len(pattern.before)
        if image.effort.lines < 0:
            return None
    return None


def _candidates(lines: list[bytes], before: list[bytes], start: int, last: int) -> list[int]:
    """Where the hunk's first line stands, in the order in which git tries: +1, -1, +2, -2 ..."""
    first, found, position = before[0], [], -1
    if len(before) == 1:
        found = [index for index in range(last + 1) if lines[index].startswith(first)]
    else:
        while True:
            try:
                position = lines.index(first, position + 1, last + 1)
            except ValueError:
                break
            found.append(position)
    return sorted(found, key=lambda one: (abs(one - start), one < start))


def _matches(image: _Image, pattern: _Pattern, position: int) -> bool:
    before = pattern.before
    end = position + len(before)
    if (pattern.at_start and position) or (pattern.at_end and end != len(image.lines)):
        return False
    if not image.is_free(position, len(before)):
        return False
    if image.lines[position:end] == before:
        return True
    return bool(before) and image.lines[position : end - 1] == before[:-1] and _ends_like(image, pattern, end)


def _ends_like(image: _Image, pattern: _Pattern, end: int) -> bool:
    """Git compares bytes up to the end of the hunk: a last line without newline fits one that has it."""
    theirs, ours = image.lines[end - 1], pattern.before[-1]
    if ours.endswith(b"\n") or pattern.at_end or not theirs.startswith(ours):
        return False
    return not theirs[len(ours) :].strip()
