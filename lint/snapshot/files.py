"""Files of a directory on disk, opened without following a symlink and never outside it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lint.snapshot.paths import EXECUTABLE, REGULAR, SYMLINK, is_safe, link_stays_inside

MAX_FILE = 64 * 1024 * 1024


class Files:
    """The files below ``root``. A path that leads through a symlink names nothing, as in git."""

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self._real: dict[str, bool] = {}

    def read(self, path: str) -> bytes | None:
        """The content of a regular file of at most ``MAX_FILE`` bytes; None for everything else."""
        if not self._reachable(path):
            return None
        try:
            # O_NONBLOCK: opening a named pipe would wait for a writer.
            handle = os.open(self._full(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
                return None
            with os.fdopen(handle, "rb", closefd=False) as stream:
                return stream.read(MAX_FILE)
        except OSError:
            return None
        finally:
            os.close(handle)

    def mode(self, path: str) -> str:
        """The mode as git would record it; empty for a directory, a device and what is missing."""
        if not self._reachable(path):
            return ""
        try:
            found = os.lstat(self._full(path)).st_mode
        except OSError:
            return ""
        if stat.S_ISLNK(found):
            return SYMLINK
        if not stat.S_ISREG(found):
            return ""
        return EXECUTABLE if found & stat.S_IXUSR else REGULAR

    def exists(self, path: str) -> bool:
        """Whether a regular file stands there, or a symlink whose target is inside the tree."""
        mode = self.mode(path)
        if mode != SYMLINK:
            return bool(mode)
        try:
            return link_stays_inside(path, os.fsdecode(os.readlink(self._full(path))))
        except OSError:
            return False

    def walk(self, prefix: str = "") -> list[str]:
        """Every regular file and symlink below a directory, sorted; ``.git`` is left out, symlinks are not entered."""
        start = prefix.rstrip("/")
        if start and not self.walkable(start):
            return []
        found: list[str] = []
        waiting = [start]
        while waiting:
            directory = waiting.pop()
            try:
                entries = list(os.scandir(os.path.join(self.root, directory)))
            except OSError:
                continue
            for entry in entries:
                path = f"{directory}/{entry.name}" if directory else entry.name
                if entry.name.lower() == ".git":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif entry.is_file(follow_symlinks=False) or entry.is_symlink():
                    found.append(path)
        return sorted(found)

    def walkable(self, directory: str) -> bool:
        """Whether a directory stands there that is reached through no symlink."""
        return is_safe(directory) and self._is_real(directory)

    def _full(self, path: str) -> str:
        return os.path.join(self.root, path)

    def _reachable(self, path: str) -> bool:
        return is_safe(path) and self._is_real(path.rpartition("/")[0])

    def _is_real(self, directory: str) -> bool:
        known = self._real.get(directory)
        if known is None:
            full = os.path.join(self.root, directory) if directory else self.root
            known = self._real[directory] = os.path.realpath(full) == full and os.path.isdir(full)
        return known
