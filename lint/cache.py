"""What was learnt about a tree, kept in the user's cache directory: its Kconfig, by content.

An entry is named by a digest over everything that it depends on, kmiglint's own version included, so that a stale one
is never found. Entries are written beside and moved into place: parallel runs at worst do the work twice. The directory
is bounded; the oldest entries go first. Reading makes values of a fixed list of classes and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from lint import __version__
from lint.errors import Problem, Stage
from lint.kconfig import model, textual
from lint.kconfig.paused import paused_collector

MAX_BYTES = 256 << 20
T = TypeVar("T")


def default_directory() -> Path | None:
    """``$KMIGLINT_CACHE``, or kmiglint's place below the user's cache directory; None when there is no home."""
    if own := os.environ.get("KMIGLINT_CACHE"):
        return Path(own)
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return Path(shared) / "kmiglint"
    with suppress(RuntimeError):
        return Path.home() / ".cache" / "kmiglint"
    return None


class Cache:
    """Values on disk. Nothing here ever fails: what cannot be read is missing, what cannot be written is not kept."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def load(self, parts: Iterable[object], kind: type[T]) -> T | None:
        """The value of this type that was kept under these parts."""
        if self._directory is None:
            return None
        path = self._directory / _name(parts)
        try:
            with path.open("rb") as file, paused_collector():
                value = _Reader(file).load()
            os.utime(path)
        except Exception:  # a damaged or foreign file may raise anything; it is as good as none
            return None
        return value if isinstance(value, kind) else None

    def open(self, parts: Iterable[object]) -> BinaryIO | None:
        """The bytes that were kept under these parts, as a file to read in."""
        if self._directory is None:
            return None
        path = self._directory / _name(parts)
        with suppress(OSError):
            file = path.open("rb")
            os.utime(path)
            return file
        return None

    def store(self, parts: Iterable[object], value: object) -> None:
        """Keep a value of the Kconfig model, or a plain one, under these parts."""
        self._write(parts, lambda file: pickle.dump(value, file, protocol=5))

    def store_bytes(self, parts: Iterable[object], data: bytes) -> None:
        """Keep bytes under these parts."""
        self._write(parts, lambda file: file.write(data))

    def _write(self, parts: Iterable[object], fill: Callable[[BinaryIO], object]) -> None:
        if self._directory is None:
            return
        with suppress(OSError):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self._directory, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as file, paused_collector():
                    fill(file)
                Path(temporary).replace(self._directory / _name(parts))
            except OSError:
                Path(temporary).unlink(missing_ok=True)
            self._shrink()

    def _shrink(self) -> None:
        assert self._directory is not None
        entries = sorted(
            ((entry.stat().st_mtime, entry.stat().st_size, entry) for entry in self._directory.iterdir()),
            reverse=True,
        )
        total = 0
        for _, size, entry in entries:
            total += size
            if total > MAX_BYTES:
                entry.unlink(missing_ok=True)


class _Reader(pickle.Unpickler):
    """Knows the classes of the Kconfig model by name and refuses every other."""

    def find_class(self, module: str, name: str) -> Any:
        known = _CLASSES.get((module, name))
        if known is None:
            raise pickle.UnpicklingError(f"{module}.{name} is not expected")
        return known


_CLASSES: dict[tuple[str, str], Any] = {
    (module.__name__, name): value
    for module in (model, textual)
    for name, value in vars(module).items()
    if isinstance(value, type)
} | {("lint.errors", "Problem"): Problem, ("lint.errors", "Stage"): Stage}


@cache
def _own_code() -> tuple[tuple[str, int, int], ...]:
    """The files that make a Kconfig what it is, by name, size and time: a checkout has no version of its own."""
    files = sorted(Path(model.__file__).parent.glob("*.py"))
    return tuple((file.name, (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files)


def _name(parts: Iterable[object]) -> str:
    digest = hashlib.sha256(repr((__version__, _own_code())).encode())
    for part in parts:
        text = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(b"%d:" % len(text))
        digest.update(text)
    return digest.hexdigest()
