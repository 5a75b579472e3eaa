"""What a tree answers, whatever it is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol


class Occurrence(NamedTuple):
    """A line that holds a searched word as a whole word; ``line`` counts from 1, ``text`` has no line end.

    A tuple, because an everyday word has a hundred thousand of them to make and to sort.
    """

    path: str
    line: int
    text: bytes


class Tree(Protocol):
    """An immutable state of a source tree. Paths are relative, with ``/``; nothing outside the tree is ever opened."""

    def read(self, path: str) -> bytes | None:
        """The content of a regular file; None for what is missing, a directory, a symlink or a gitlink."""

    def exists(self, path: str) -> bool:
        """Whether a file stands there (a symlink that stays inside the tree counts, a directory does not)."""

    def mode(self, path: str) -> str:
        """The git mode (``100644``, ``100755``, ``120000``), empty when nothing stands there."""

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """All files below a directory (``arch/arm64/``; empty for the whole tree), sorted."""

    def search(self, words: Collection[str], within: Collection[str] = ()) -> Mapping[str, tuple[Occurrence, ...]]:
        """Where each word stands as a whole word (C identifier boundaries), sorted by path and line.

        ``within`` narrows to files below these directories or to these files; empty means the whole tree. Binary
        files are left out. Every word of ``words`` is a key of the answer.
        """
