"""Reads Kconfig files out of a tree: nothing outside of it, and never more than the bounds allow."""

from __future__ import annotations

import posixpath
from fnmatch import filter as matching
from typing import Final

from lint.kconfig.bounds import MAX_FILE_BYTES, MAX_FILES, MAX_PATH, MAX_TOTAL_BYTES, BoundReached
from lint.snapshot.tree import Tree

_GLOB: Final = frozenset("*?[")


class SourceError(Exception):
    """A file that cannot be read; the message says why, without quoting any content."""


class Sources:
    """The files of one parse, in order of first reading (``paths``)."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._total = 0
        self._reads = 0
        self._texts: dict[str, tuple[list[str], bool]] = {}
        self._sizes: dict[str, int] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that was read, in order of first reading."""
        return tuple(self._texts)

    def lines(self, path: str) -> tuple[list[str], bool]:
        """The lines of a file without their ends, and whether some bytes were no UTF-8 or carriage returns.

        Raises SourceError for what is not a regular file of the tree, BoundReached when there is too much to read.
        """
        self._reads += 1
        if self._reads > MAX_FILES:
            raise BoundReached(f"more than {MAX_FILES} files are sourced")
        known = self._texts.get(path)
        if known is not None:
            self._count(self._sizes[path])
            return known
        data = self._tree.read(path)
        if data is None:
            raise SourceError("is not a file of the tree")
        if len(data) > MAX_FILE_BYTES:
            raise SourceError(f"is larger than {MAX_FILE_BYTES} bytes")
        self._count(len(data))
        self._sizes[path] = len(data)
        text, odd = _decode(data)
        lines = text.split("\n")
        if lines[-1] == "":
            lines.pop()
        self._texts[path] = (lines, odd)
        return lines, odd

    def _count(self, size: int) -> None:
        self._total += size
        if self._total > MAX_TOTAL_BYTES:
            raise BoundReached(f"the Kconfig files are larger than {MAX_TOTAL_BYTES} bytes together")

    def resolve(self, pattern: str, directory: str | None) -> tuple[str, ...]:
        """The files that a ``source`` names, sorted; relative to ``directory`` for ``rsource``, else to the tree.

        Raises SourceError for a path that leaves the tree.
        """
        if len(pattern) > MAX_PATH or "\0" in pattern or "\\" in pattern:
            raise SourceError("is not a usable path")
        if pattern.startswith("/"):
            raise SourceError("is outside the tree")
        parts = pattern.split("/")
        if directory is None and ".." in parts:
            raise SourceError("is outside the tree")
        path = posixpath.normpath(posixpath.join(directory or "", pattern))
        if path == ".." or path.startswith(("../", "/")):
            raise SourceError("is outside the tree")
        if not _GLOB.intersection(path):
            return (path,) if self._tree.exists(path) else ()
        fixed = path[: min(path.find(mark) for mark in _GLOB if mark in path)]
        below = fixed[: fixed.rfind("/") + 1]
        found = matching(self._tree.list(below), path)
        return tuple(sorted(name for name in found if name.count("/") == path.count("/")))


def _decode(data: bytes) -> tuple[str, bool]:
    odd = b"\r" in data
    if odd:
        data = data.replace(b"\r", b"")
    try:
        return data.decode("utf-8"), odd
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), True
