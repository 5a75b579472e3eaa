"""A plain directory as a tree."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from lint.errors import Problem
from lint.gitcmd import Git
from lint.snapshot.files import Files
from lint.snapshot.grep import Grepped, git_grep
from lint.snapshot.search import SearchMemo
from lint.snapshot.tree import Occurrence
from lint.snapshot.words import scan

# A kernel tree from a distribution package may carry a .gitignore that ignores everything.
_PLAIN = ("--no-index", "--no-exclude-standard")


class _NoRepository(Git):
    """Git that looks for no repository: a directory is searched as it is, whatever it stands in."""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "GIT_DIR": os.devnull}


class DirectoryTree:
    """The files below a directory, as they are on disk while the program runs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files = Files(root)
        self._git = _NoRepository(Path(self._files.root))
        self._lists: dict[str, tuple[str, ...]] = {}
        self._memo = SearchMemo(self._find)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What searches had to leave out."""
        return self._memo.problems

    def read(self, path: str) -> bytes | None:
        """The content of a regular file, or None."""
        return self._files.read(path)

    def exists(self, path: str) -> bool:
        """Whether a file stands there, or a symlink that stays inside."""
        return self._files.exists(path)

    def mode(self, path: str) -> str:
        """The mode that git would record."""
        return self._files.mode(path)

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """All files below a directory, sorted; walked once."""
        if prefix not in self._lists:
            whole = self._lists.get("")
            paths = whole if whole is not None else self._files.walk(prefix.rpartition("/")[0])
            self._lists[prefix] = tuple(path for path in paths if path.startswith(prefix))
        return self._lists[prefix]

    def search(self, words: Collection[str], within: Collection[str] = ()) -> Mapping[str, tuple[Occurrence, ...]]:
        """Where each word stands as a whole word; one ``git grep --no-index`` for all that is not known yet."""
        return self._memo.search(words, within)

    def _find(self, words: Collection[str], within: tuple[str, ...]) -> Grepped:
        # git grep refuses a place that does not exist; a place behind a symlink is not in the tree.
        places = [place for place in within if self._files.mode(place) or self._files.walkable(place)]
        if within and not places:
            return Grepped({word: [] for word in words})
        answer = git_grep(self._git, words, places, _PLAIN)
        return answer if answer is not None else Grepped(scan(words, self._contents(), within))

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        for path in self.list():
            content = self.read(path)
            if content is not None:
                yield path, content
