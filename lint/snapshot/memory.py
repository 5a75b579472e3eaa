"""Trees that live in memory: for samples and tests, and for the case that no tree was given."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lint.snapshot.paths import REGULAR, is_safe
from lint.snapshot.tree import Occurrence
from lint.snapshot.words import frozen, scan


class MemoryTree:
    """A tree of regular files given as path and content."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {path: files[path] for path in sorted(files) if is_safe(path)}

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None."""
        return self._files.get(path)

    def exists(self, path: str) -> bool:
        """Whether the file was given."""
        return path in self._files

    def mode(self, path: str) -> str:
        """``100644`` for every file that was given."""
        return REGULAR if path in self._files else ""

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """All files below a directory, sorted."""
        return tuple(path for path in self._files if path.startswith(prefix))

    def search(self, words: Collection[str], within: Collection[str] = ()) -> Mapping[str, tuple[Occurrence, ...]]:
        """Where each word stands as a whole word."""
        return frozen(scan(words, self._files.items(), tuple(within)))


class EmptyTree(MemoryTree):
    """What stands in for the tree when none was given: nothing is known, so nothing can be missing from it."""

    def __init__(self) -> None:
        super().__init__({})
