"""An index of its own over the objects of a kernel repository, so that git can judge and nothing there is written."""

from __future__ import annotations

import shutil
from pathlib import Path

from lint.snapshot.tree import Tree

from .patches import git


class Scratch:
    """A bare repository in a temporary directory that borrows the objects of ``kernel``."""

    def __init__(self, directory: Path, kernel: Path, revision: str = "base") -> None:
        self.directory = directory
        self._index = directory / "pristine"
        git(directory, "init", "-q", "--bare", "repo")
        self.repository = directory / "repo"
        alternates = self.repository / "objects" / "info" / "alternates"
        alternates.write_text(f"{kernel / '.git' / 'objects'}\n")
        commit = git(kernel, "rev-parse", f"{revision}^{{tree}}").decode().strip()
        self._git("read-tree", commit)
        shutil.copy(self.repository / "index", self._index)

    def reset(self) -> None:
        """Back to the kernel's own files."""
        shutil.copy(self._index, self.repository / "index")

    def apply(self, diff: bytes) -> bool:
        """Whether git applies it to the index."""
        try:
            self._git("apply", "--cached", "--whitespace=nowarn", "-", input=diff)
        except AssertionError:
            return False
        return True

    def entries(self, paths: list[str]) -> dict[str, tuple[str, str]]:
        """Mode and blob name of those paths that the index has."""
        found = {}
        for record in self._git("ls-files", "-s", "-z", "--", *paths).decode().split("\0"):
            about, tab, path = record.partition("\t")
            if tab:
                found[path] = (about.split(" ")[0], about.split(" ")[1])
        return found

    def take(self, tree: Tree, paths: list[str]) -> None:
        """Make the index hold what a tree holds."""
        records = b""
        for path in paths:
            content = tree.read(path)
            if content is None:
                records += b"0 " + b"0" * 40 + b"\t" + path.encode() + b"\0"
                continue
            name = self._git("hash-object", "-w", "--stdin", input=content).strip()
            records += tree.mode(path).encode() + b" " + name + b"\t" + path.encode() + b"\0"
        self._git("update-index", "-z", "--index-info", input=records)

    def _git(self, *args: str, input: bytes | None = None) -> bytes:
        return git(self.repository, *args, input=input)
