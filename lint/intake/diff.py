"""A diff, as git or diff(1) write it, read into one FilePatch per file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lint.errors import Problem, Stage
from lint.intake import hunks
from lint.intake.model import Change, FilePatch
from lint.intake.paths import NULL, header_names, marked, refusal, stripped, unquoted

MAX_FILES = 10_000
MAX_PROBLEMS = 100
_GITLINK = "160000"


@dataclass(slots=True)
class _File:
    """What the headers of one file say, before it is judged."""

    git: bool
    old: bytes = b""
    new: bytes = b""
    change: Change = Change.MODIFY
    old_mode: str = ""
    new_mode: str = ""
    binary: bool = False
    named: bool = False
    level: int = 1
    raw: tuple[hunks.RawHunk, ...] = ()


@dataclass(slots=True)
class _Reader:
    lines: list[bytes]
    files: list[FilePatch] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    path: str = ""
    count: int = 0

    def report(self, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(Stage.INTAKE, message, self.path, 0))


def holds_diff(text: bytes) -> bool:
    """Whether a text seems to hold a diff: quick, and without judging it."""
    data = b"\n" + text
    if b"\ndiff --git " in data:
        return True
    return b"\n--- " in data and b"\n+++ " in data and b"\n@@ -" in data


def read_diff(text: bytes) -> tuple[tuple[FilePatch, ...], tuple[Problem, ...]]:
    """The files of a diff in order, and what could not be read; text before, between and after files is skipped."""
    lines = [line + b"\n" for line in text.split(b"\n")]
    if lines and lines[-1] == b"\n":
        lines.pop()
    reader = _Reader(lines)
    position = 0
    stray = False
    while position < len(lines):
        line = lines[position]
        if len(reader.files) >= MAX_FILES:
            reader.report(f"the patch changes more than {MAX_FILES} files; the rest is left out")
            break
        if line.startswith(b"diff --git "):
            position = _git_file(reader, position)
        elif line.startswith((b"diff --cc ", b"diff --combined ")):
            reader.report("a combined diff of a merge can't be read")
            position += 1
        elif line.startswith(b"--- ") and _is_traditional(lines, position):
            position = _traditional_file(reader, position)
        elif line.startswith(b"* Unmerged path "):
            reader.report("an unmerged file is left out")
            position += 1
        else:
            if hunks.is_header(line) and not stray and line.count(b"@@") > 1:
                stray = True
                reader.path = ""
                reader.report("a hunk stands below no file name")
            position += 1
    return tuple(reader.files), tuple(reader.problems)


def _is_traditional(lines: Sequence[bytes], position: int) -> bool:
    following = lines[position + 1 : position + 3]
    return len(following) == 2 and following[0].startswith(b"+++ ") and hunks.is_header(following[1])


def _git_file(reader: _Reader, start: int) -> int:
    file = _File(git=True)
    lines = reader.lines
    file.old, file.new = header_names(lines[start])
    # git writes a/ and b/: the same name twice was written with --no-prefix.
    file.level = 0 if file.old and file.old == file.new else 1
    file.old, file.new = stripped(file.old, file.level), stripped(file.new, file.level)
    position = start + 1
    while position < len(lines) and _extended(file, lines[position]):
        position += 1
    # A file that only changes its mode or its name, or that is empty, has none.
    missing = file.change is Change.MODIFY and file.old_mode == file.new_mode
    if position < len(lines) and lines[position].startswith((b"GIT binary patch", b"Binary files ")):
        file.binary, missing = True, False
        position += 1
    elif position + 1 < len(lines) and lines[position].startswith(b"--- ") and lines[position + 1].startswith(b"+++ "):
        old, new = marked(lines[position])[0], marked(lines[position + 1])[0]
        _adopt(file, stripped(old, file.level), stripped(new, file.level))
        reader.path = _shown(file)
        position += 2
        missing = position == len(lines) or not hunks.is_header(lines[position])
        file.raw, position = hunks.scan(lines, position, reader.report)
    reader.path = _shown(file)
    if missing:
        reader.report("the file has no hunks: the patch seems to be cut off")
    _finish(reader, file)
    return position


def _extended(file: _File, line: bytes) -> bool:
    """Take in one extended header; False when the line is none."""
    text = line.rstrip(b"\r\n")
    for start, change in (
        (b"rename from ", Change.RENAME),
        (b"rename old ", Change.RENAME),
        (b"copy from ", Change.COPY),
    ):
        if text.startswith(start):
            file.change, file.old, file.named = change, unquoted(text[len(start) :])[0], True
            return True
    for start, change in (
        (b"rename to ", Change.RENAME),
        (b"rename new ", Change.RENAME),
        (b"copy to ", Change.COPY),
    ):
        if text.startswith(start):
            file.change, file.new, file.named = change, unquoted(text[len(start) :])[0], True
            return True
    if text.startswith(b"old mode "):
        file.old_mode = _mode(text[9:])
    elif text.startswith(b"new mode "):
        file.new_mode = _mode(text[9:])
    elif text.startswith(b"new file mode "):
        file.change, file.new_mode = Change.ADD, _mode(text[14:])
    elif text.startswith(b"deleted file mode "):
        file.change, file.old_mode = Change.DELETE, _mode(text[18:])
    elif text.startswith(b"index ") and b".." in text:
        mode = _mode(text.split(b" ")[-1]) if text.count(b" ") == 2 else ""
        file.old_mode, file.new_mode = file.old_mode or mode, file.new_mode or mode
    else:
        return text.startswith((b"similarity index ", b"dissimilarity index "))
    return True


def _mode(text: bytes) -> str:
    return text.decode("ascii") if len(text) == 6 and text.isdigit() else ""


def _adopt(file: _File, old: bytes, new: bytes) -> None:
    """The names of the ``---`` and ``+++`` lines are certain where those of ``diff --git`` were guessed."""
    if old == NULL and new != NULL:
        file.change, file.new = Change.ADD, new
    elif new == NULL and old != NULL:
        file.change, file.old = Change.DELETE, old
    elif not file.named:
        file.old, file.new = old, new


def _traditional_file(reader: _Reader, start: int) -> int:
    file = _File(git=False)
    old, old_gone = marked(reader.lines[start])
    new, new_gone = marked(reader.lines[start + 1])
    bare = [name for name in (old, new) if name != NULL]
    # diff(1) never compares a file with itself: equal names were written without a directory to strip.
    file.level = 0 if all(b"/" not in name for name in bare) or old == new else 1
    name_old, name_new = stripped(old, file.level), stripped(new, file.level)
    name = name_old if new == NULL or (old != NULL and name_new.startswith(name_old)) else name_new
    file.old = file.new = name
    reader.path = _shown(file)
    file.raw, position = hunks.scan(reader.lines, start + 2, reader.report)
    first = file.raw[0] if len(file.raw) == 1 else None
    if old == NULL or (old_gone and first and first.old[1] == 0) or (first and first.old == (0, 0)):
        file.change = Change.ADD
    elif new == NULL or (new_gone and first and first.new[1] == 0) or (first and first.new == (0, 0)):
        file.change = Change.DELETE
    _finish(reader, file)
    return position


def _shown(file: _File) -> str:
    """The name for a problem; control characters never get into it."""
    name = (file.new if file.new not in (b"", NULL) else file.old)[:200].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "?" for c in name)


def _finish(reader: _Reader, file: _File) -> None:
    """Judge the names, read the hunks and add the file; a file that is refused becomes a problem."""
    old = b"" if file.change is Change.ADD else file.old
    new = b"" if file.change is Change.DELETE else file.new
    for name in {old, new} if file.change not in (Change.ADD, Change.DELETE) else {old or new}:
        reason = refusal(name)
        if reason:
            reader.report(f"a file is left out: {reason}")
            return
    if _GITLINK in (file.old_mode, file.new_mode):
        reader.report("a file is left out: it is a gitlink (a submodule)")
        return
    reader.count += len(file.raw)
    if reader.count >= hunks.MAX_HUNKS:
        reader.report(f"a file is left out: the patch has more than {hunks.MAX_HUNKS} hunks")
        return
    if file.change is Change.MODIFY and old != new:
        reader.report("a file is left out: its header names two files and no rename")
        return
    one = FilePatch(
        file.change,
        old.decode("utf-8"),
        new.decode("utf-8"),
        "" if file.change is Change.ADD else file.old_mode,
        "" if file.change is Change.DELETE else file.new_mode,
        file.binary,
    )
    reader.files.append(replace(one, hunks=hunks.read(file.raw, reader.report)) if file.raw else one)
