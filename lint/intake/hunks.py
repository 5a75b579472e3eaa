"""Hunks: where each one ends, and what unidiff reads in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lint.intake.model import Hunk, HunkLine

MAX_HUNK_LINES = 250_000
MAX_LINE = 1 << 20
MAX_HUNKS = 50_000
_HEADER = re.compile(rb"@@ -(\d{1,10})(?:,(\d{1,10}))? \+(\d{1,10})(?:,(\d{1,10}))? @@ ?(.*)")
_MARKER = b"\\ No newline at end of file\n"

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RawHunk:
    """A hunk as lines of text, with counts that are true: first line and length of both sides."""

    old: tuple[int, int]
    new: tuple[int, int]
    section: bytes
    lines: tuple[bytes, ...]


def is_header(line: bytes) -> bool:
    """Whether a line opens a hunk, well or badly."""
    return line.startswith(b"@@ -")


def scan(lines: Sequence[bytes], position: int, report: Report) -> tuple[tuple[RawHunk, ...], int]:
    """The hunks that stand one after the other from ``position`` on, and the position of the first line after them."""
    found: list[RawHunk] = []
    while position < len(lines) and is_header(lines[position]):
        raw, position = _hunk(lines, position, report)
        if raw is not None and len(found) < MAX_HUNKS:
            found.append(raw)
    if found and position < len(lines) and _goes_on(lines[position]):
        report("lines follow a hunk that its header does not count; they are left out")
    return tuple(found), position


def _hunk(lines: Sequence[bytes], start: int, report: Report) -> tuple[RawHunk | None, int]:
    match = _HEADER.match(lines[start].rstrip(b"\r\n"))
    if match is None:
        report("a hunk header can't be read")
        return None, _skip(lines, start + 1)
    old = (int(match[1]), 1 if match[2] is None else int(match[2]))
    new = (int(match[3]), 1 if match[4] is None else int(match[4]))
    end = _counted(lines, start + 1, old[1], new[1])
    if end is None:
        end = _skip(lines, start + 1)
        body = lines[start + 1 : end]
        had = (_length(body, b"-"), _length(body, b"+"))
        report(
            f"a hunk is cut off or its header is wrong: it counts {old[1]} old and {new[1]} new lines, "
            f"there are {had[0]} and {had[1]}; what is there is read"
        )
        old, new = (old[0], had[0]), (new[0], had[1])
    body = lines[start + 1 : end]
    if not any(line[:1] in (b"+", b"-") for line in body):
        report("a hunk changes nothing")
        return None, end
    if len(body) > MAX_HUNK_LINES or any(len(line) > MAX_LINE for line in body):
        report(f"a hunk has more than {MAX_HUNK_LINES} lines or a line of more than {MAX_LINE} bytes")
        return None, end
    return RawHunk(old, new, match[5], tuple(_normal(line) for line in body)), end


def _counted(lines: Sequence[bytes], position: int, old: int, new: int) -> int | None:
    """The end of a hunk by the counts of its header; None when the text does not keep to them."""
    while old > 0 or new > 0:
        if position >= len(lines):
            return None
        kind = lines[position][:1]
        if kind in (b" ", b"\n", b"\r"):
            old, new = old - 1, new - 1
        elif kind == b"-":
            old -= 1
        elif kind == b"+":
            new -= 1
        elif kind != b"\\":
            return None
        if old < 0 or new < 0:
            return None
        position += 1
    while position < len(lines) and lines[position].startswith(b"\\ "):
        position += 1
    return position


def _skip(lines: Sequence[bytes], position: int) -> int:
    """The end of a hunk whose counts are wrong: before the next header, a signature, or text of another kind."""
    start = position
    while position < len(lines):
        line = lines[position]
        following = lines[position + 1] if position + 1 < len(lines) else b""
        if line[:1] not in (b" ", b"+", b"-", b"\\", b"\n", b"\r"):
            break
        if line.startswith(b"--- ") and following.startswith(b"+++ "):
            break
        if line.rstrip(b"\r\n ") == b"--" and following[:1] not in (b" ", b"+", b"-"):
            break
        position += 1
    while position > start and not lines[position - 1].strip(b"\r\n"):
        position -= 1
    return position


def _goes_on(line: bytes) -> bool:
    return (line[:1] == b"+" and line[:4] != b"+++ ") or (line[:1] == b"-" and line[:2] != b"--")


def _length(body: Sequence[bytes], sign: bytes) -> int:
    return sum(line[:1] in (sign, b" ", b"\n", b"\r") for line in body)


def _normal(line: bytes) -> bytes:
    """An empty context line gets back the space that mail programs strip; the marker is in English."""
    if line[:1] in (b"\n", b"\r"):
        return b" " + line
    return _MARKER if line[:1] == b"\\" else line


def read(raw: Sequence[RawHunk], report: Report) -> tuple[Hunk, ...]:
    """What unidiff reads in the hunks of one file; bytes go through it unchanged."""
    from unidiff import PatchSet
    from unidiff.errors import UnidiffParseError

    found: list[Hunk] = []
    for one in raw:
        text = [b"--- a/x\n", b"+++ b/x\n", b"@@ -%d,%d +%d,%d @@\n" % (*one.old, *one.new), *one.lines]
        try:
            files = PatchSet(iter([line.decode("latin-1") for line in text]))
            hunks = [hunk for file in files for hunk in file]
        except UnidiffParseError as error:
            report(f"a hunk can't be read: {str(error)[:100]!r}")
            continue
        if len(hunks) != 1:
            report("a hunk can't be read")
            continue
        lines: list[HunkLine] = []
        for line in hunks[0]:
            if line.line_type == "\\":
                if lines:
                    lines[-1] = HunkLine(lines[-1].kind, lines[-1].text.removesuffix(b"\n"))
            else:
                lines.append(HunkLine(line.line_type, line.value.encode("latin-1")))
        found.append(Hunk(*one.old, *one.new, one.section, tuple(lines)))
    return tuple(found)
