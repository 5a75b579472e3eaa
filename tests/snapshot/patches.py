"""Small builders: a FilePatch from unified diff text of one's own, and git as the judge."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from lint.intake.model import Change, FilePatch, Hunk, HunkLine, Mail, Patch

_HEADER = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)")


def hunks(text: bytes) -> tuple[Hunk, ...]:
    """The hunks of a diff of one file (lines before the first ``@@`` are skipped)."""
    found: list[Hunk] = []
    lines: list[HunkLine] = []
    head: tuple[int, int, int, int] | None = None

    def close() -> None:
        if head is not None:
            found.append(Hunk(*head, b"", tuple(lines)))
            lines.clear()

    for line in re.findall(rb"[^\n]*\n", text):
        match = _HEADER.match(line)
        if match:
            close()
            old, old_length, new, new_length = (int(part) if part else 1 for part in match.groups()[:4])
            head = (old, old_length, new, new_length)
        elif head is not None and line[:1] in (b" ", b"+", b"-"):
            lines.append(HunkLine(line[:1].decode(), line[1:]))
        elif line.startswith(b"\\"):
            lines[-1] = HunkLine(lines[-1].kind, lines[-1].text[:-1])
    close()
    return tuple(found)


def file_patch(text: bytes, path: str = "f", change: Change = Change.MODIFY, **more: str) -> FilePatch:
    """What a diff does to one file."""
    old = "" if change is Change.ADD else more.pop("old_path", path)
    new = "" if change is Change.DELETE else path
    return FilePatch(
        change, old, new, hunks=hunks(text), old_mode=more.get("old_mode", ""), new_mode=more.get("new_mode", "")
    )


def patch(*files: FilePatch, index: int = 1) -> Patch:
    """A patch of these files."""
    return Patch(index, "", "title", Mail("title"), "", "", files, "test")


def git(directory: Path, *args: str, input: bytes | None = None, check: bool = True, **environment: str) -> bytes:
    """Run git in a directory of the test, without the configuration of whoever runs it."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    clean.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", LC_ALL="C", **environment)
    who = ("-c", "user.name=A", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, *args], cwd=directory, input=input, capture_output=True, env=clean, check=False)
    if check and done.returncode:
        raise AssertionError(done.stderr.decode("utf-8", "replace"))
    return done.stdout if done.returncode == 0 or not check else b""


def git_applies(directory: Path, diff: bytes) -> bool:
    """Apply a diff to the files of a plain directory; whether git did."""
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=directory,
        input=diff,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "GIT_DIR": "/dev/null", "LC_ALL": "C"},
        check=False,
    )
    return done.returncode == 0
