"""The sample notation: a diff without hunk arithmetic, from which both trees and the expected findings are made.

``== path`` opens a file; then `` `` kept, ``+`` added, ``-`` removed, ``!`` added and must be reported, ``?`` kept and
must be reported, ``~`` removed and must be reported. ``@@ subject`` begins the next patch of a series; files that it
does not name stay as they are, and what it keeps or removes must be what stands there. ``> text`` lines below ``@@ subject``
are the patch's changelog; above the first ``@@`` they are the cover letter, its subject first. ``# key: value`` lines
at the top set options: ``base`` (a file of tests/bases, plain ``== path`` files below the sample), ``arch``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lint.intake.model import Change, FilePatch, Hunk, HunkLine, Mail, Patch

BASES = Path(__file__).parent / "bases"
BEFORE, AFTER = " -?~", " +?!"


@dataclass(frozen=True)
class Mark:
    """A place that must be reported: by which patch (from 1), and in which state its line counts."""

    patch: int
    path: str
    line: int
    side: str


@dataclass(frozen=True)
class Sample:
    """A base, patches on top of it, and every place that must be reported."""

    base: dict[str, bytes]
    patches: tuple[Patch, ...]
    marks: frozenset[Mark]
    options: dict[str, str]
    cover: Mail | None = None

    @property
    def covers(self) -> dict[int, Mail]:
        """The cover letter, by the index of every patch."""
        return {patch.index: self.cover for patch in self.patches if self.cover is not None}


@dataclass
class _Part:
    subject: str
    files: dict[str, list[str]] = field(default_factory=dict)
    changelog: list[str] = field(default_factory=list)


def parse_sample(text: str) -> Sample:
    """Read one sample; raises ValueError for a line that the notation does not know or a pre-image that differs."""
    options, cover, parts = _read(text)
    base = read_base(options["base"]) if "base" in options else {}
    state = dict(base)
    patches: list[Patch] = []
    marks: set[Mark] = set()
    for index, part in enumerate(parts, 1):
        files: list[FilePatch] = []
        for path, lines in part.files.items():
            before = _state(lines, BEFORE)
            if before is not None and (path not in state or index == 1):
                base[path] = state[path] = before
            elif before is not None and state[path] != before:
                raise ValueError(f"patch {index} does not fit: {path} is {state[path]!r}")
            file = _file_patch(path, lines)
            if file is not None:
                files.append(file)
            after = _state(lines, AFTER)
            if after is None:
                state.pop(path, None)
            else:
                state[path] = after
            marks.update(_marks(index, path, lines))
        number = f"{index}/{len(parts)}" if len(parts) > 1 else ""
        mail = Mail(subject=part.subject, message_id=f"{index}@sample")
        changelog = "\n".join(part.changelog) or part.subject
        patches.append(Patch(index, number, part.subject, mail, changelog, "", tuple(files), "sample"))
    return Sample(base, tuple(patches), frozenset(marks), options, _cover(cover))


def read_base(name: str) -> dict[str, bytes]:
    """The files of tests/bases/NAME.tree."""
    files: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (BASES / f"{name}.tree").read_text("utf-8").splitlines():
        if line.startswith("== "):
            current = files.setdefault(line[3:], [])
        elif not (line.startswith("# ") and not files):
            current.append(line)
    return {path: ("\n".join(lines) + "\n").encode() for path, lines in files.items()}


def _cover(lines: list[str]) -> Mail | None:
    return Mail(subject=lines[0], message_id="0@sample", body="\n".join(lines[1:])) if lines else None


def _read(text: str) -> tuple[dict[str, str], list[str], list[_Part]]:
    options: dict[str, str] = {}
    cover: list[str] = []
    parts: list[_Part] = []
    lines: list[str] | None = None
    for line in text.splitlines():
        if line.startswith("@@ "):
            parts.append(_Part(line[3:]))
            lines = None
        elif line.startswith("== "):
            if not parts:
                parts.append(_Part("sample: change"))
            lines = parts[-1].files.setdefault(line[3:], [])
        elif lines is None and line.startswith(">"):
            (parts[-1].changelog if parts else cover).append(line[1:].removeprefix(" "))
        elif lines is None:
            key, colon, value = line.removeprefix("#").partition(":")
            if line.startswith("# ") and colon and key.strip() in ("base", "arch"):
                options[key.strip()] = value.strip()
            elif line.strip() and not line.startswith("#"):
                raise ValueError(f"not in the notation: {line!r}")
        elif line and line[0] not in " +-!?~":
            raise ValueError(f"not in the notation: {line!r}")
        else:
            lines.append(line or " ")
    return options, cover, parts


def _state(lines: list[str], kinds: str) -> bytes | None:
    kept = [line[1:] for line in lines if line[0] in kinds]
    return ("\n".join(kept) + "\n").encode() if kept else None


def _file_patch(path: str, lines: list[str]) -> FilePatch | None:
    if all(line[0] in " ?" for line in lines):
        return None
    old, new = _state(lines, BEFORE), _state(lines, AFTER)
    action = Change.ADD if old is None else Change.DELETE if new is None else Change.MODIFY
    kinds = {" ": " ", "?": " ", "+": "+", "!": "+", "-": "-", "~": "-"}
    body = tuple(HunkLine(kinds[line[0]], line[1:].encode() + b"\n") for line in lines)
    before, after = sum(h.kind != "+" for h in body), sum(h.kind != "-" for h in body)
    hunk = Hunk(min(before, 1), before, min(after, 1), after, b"", body)
    mode = "100644" if action is not Change.MODIFY else ""
    return FilePatch(
        action,
        path if old is not None else "",
        path if new is not None else "",
        old_mode=mode if action is Change.DELETE else "",
        new_mode=mode if action is Change.ADD else "",
        hunks=(hunk,),
    )


def _marks(patch: int, path: str, lines: list[str]) -> Iterator[Mark]:
    before = after = 0
    for line in lines:
        before += line[0] in BEFORE
        after += line[0] in AFTER
        if line[0] in "!?":
            yield Mark(patch, path, after, "after")
        elif line[0] == "~":
            yield Mark(patch, path, before, "before")
