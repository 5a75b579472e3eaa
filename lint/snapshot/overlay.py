"""A tree after a patch: the changed files over the tree before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lint.snapshot.paths import SYMLINK, below, link_stays_inside
from lint.snapshot.tree import Occurrence, Tree
from lint.snapshot.words import scan


@dataclass(frozen=True, slots=True)
class Entry:
    """A changed file: its git mode, and its content (of a symlink the target; None when it is not known)."""

    mode: str
    content: bytes | None


class OverlayTree:
    """``changed`` files over ``base``; None stands for a deleted file. An overlay on an overlay is flattened."""

    def __init__(self, base: Tree, changed: Mapping[str, Entry | None]) -> None:
        merged: dict[str, Entry | None] = {}
        if isinstance(base, OverlayTree):
            merged.update(base.changed)
            base = base.base
        merged.update(changed)
        self.base: Tree = base
        self.changed: Mapping[str, Entry | None] = merged
        self._ours: dict[str, tuple[Occurrence, ...]] = {}
        self._merged: dict[tuple[tuple[str, ...], str], tuple[Occurrence, ...]] = {}

    def read(self, path: str) -> bytes | None:
        """The content after the changes; None for a symlink, a deleted file or an unknown binary content."""
        if path not in self.changed:
            return self.base.read(path)
        entry = self.changed[path]
        return None if entry is None or entry.mode == SYMLINK else entry.content

    def exists(self, path: str) -> bool:
        """Whether a file stands there after the changes."""
        if path not in self.changed:
            return self.base.exists(path)
        entry = self.changed[path]
        if entry is None:
            return False
        return entry.mode != SYMLINK or link_stays_inside(path, (entry.content or b"").decode("utf-8", "replace"))

    def mode(self, path: str) -> str:
        """The git mode after the changes."""
        if path not in self.changed:
            return self.base.mode(path)
        entry = self.changed[path]
        return entry.mode if entry is not None else ""

    def _contents(self) -> list[tuple[str, bytes]]:
        return [
            (path, entry.content)
            for path, entry in self.changed.items()
            if entry is not None and entry.content is not None and entry.mode != SYMLINK
        ]

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """All files below a directory after the changes, sorted."""
        kept = self.base.list(prefix)
        changed = {path: entry for path, entry in self.changed.items() if path.startswith(prefix)}
        if not changed:
            return kept
        paths = {path for path in kept if path not in changed}
        paths.update(path for path, entry in changed.items() if entry is not None)
        return tuple(sorted(paths))

    def search(self, words: Collection[str], within: Collection[str] = ()) -> Mapping[str, tuple[Occurrence, ...]]:
        """The base's answer without the changed files, and a search through those."""
        places = tuple(within)
        missing = [word for word in words if (places, word) not in self._merged]
        if missing:
            base = self.base.search(missing, places)
            for word, ours in self._found(missing, places).items():
                kept = base.get(word, ())
                if ours or any(one.path in self.changed for one in kept):
                    kept = tuple(sorted([*(one for one in kept if one.path not in self.changed), *ours]))
                self._merged[places, word] = kept
        return {word: self._merged[places, word] for word in words}

    def _found(self, words: Collection[str], within: tuple[str, ...]) -> dict[str, tuple[Occurrence, ...]]:
        """Where the words stand in the changed files; every file is searched for a word once."""
        missing = [word for word in words if word not in self._ours]
        if missing:
            self._ours.update((word, tuple(found)) for word, found in scan(missing, self._contents()).items())
        return {word: tuple(one for one in self._ours[word] if below(one.path, within)) for word in words}


def base_of(tree: Tree) -> Tree:
    """The tree below all overlays."""
    return tree.base if isinstance(tree, OverlayTree) else tree
