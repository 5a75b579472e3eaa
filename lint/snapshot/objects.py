"""Blobs of a git repository: their names from a listing, their contents through one ``git cat-file``."""

from __future__ import annotations

import re
import subprocess
import weakref
from dataclasses import dataclass

from lint.gitcmd import Git
from lint.snapshot.paths import GITLINK

_RECORD = re.compile(r"([^\t\0]*+)\t([^\0]*+)\0")
MAX_BLOB = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Blob:
    """An entry of a tree: its mode and its object name (hexadecimal)."""

    mode: str
    name: str


def listing(output: bytes) -> dict[str, str]:
    """What ``git ls-tree -r -z`` or ``git ls-files -s -z`` says of each path, without submodules.

    Kept as text, for ``blob`` to read: a kernel has 95,000 of them and few are asked for. Paths that are not UTF-8 keep
    their bytes as surrogates.
    """
    records = _RECORD.findall(output.decode("utf-8", "surrogateescape"))
    if f"\0{GITLINK} ".encode() in b"\0" + output:
        records = [record for record in records if not record[0].startswith(GITLINK)]
    return {path: about for about, path in records}


def blob(about: str) -> Blob:
    """The entry that a listing tells of: mode, type and name (ls-tree), or mode, name and stage (ls-files)."""
    fields = about.split(" ")
    return Blob(fields[0], fields[1] if len(fields[1]) > len("commit") else fields[2])


class Objects:
    """Reads blobs by name; the process is started with the first one and ends with this object."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, name: str) -> bytes | None:
        """The content of a blob; None when it is missing or larger than ``MAX_BLOB`` bytes."""
        try:
            return self._ask(name)
        except OSError:
            return None

    def _ask(self, name: str) -> bytes | None:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            return None
        process.stdin.write(name.encode("ascii", "replace") + b"\n")
        process.stdin.flush()
        header = process.stdout.readline().split()
        if len(header) != 3 or not header[2].isdigit():
            return None
        size = int(header[2])
        if size > MAX_BLOB:
            _end(process)
            self._process = None
            return None
        content = process.stdout.read(size + 1)
        return content[:size] if len(content) == size + 1 and header[1] == b"blob" else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self._git.command("cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._git.environment(),
            )
            weakref.finalize(self, _end, self._process)
        return self._process


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.kill()
    process.wait()
