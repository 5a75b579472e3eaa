"""Facts of files that no patch touches, kept by the content of the file: every tree that has it shares them."""

from __future__ import annotations

import hashlib
import io
import pickle
import sqlite3
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from lint import logic
from lint.cache_search import connected
from lint.cparse import conditions, model
from lint.errors import Problem, Stage

# The number changes with the shape of the table.
FILE = "facts-2.sqlite"
MAX_BYTES = 256 << 20
# Facts that are larger belong to tables that a program wrote.
MAX_FACT = 1 << 20
_TOGETHER = 400
_WORTH_PACKING = 300
_TABLE = "CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"
T = TypeVar("T")


class FactStore:
    """Values under a kind, a path and the name of a blob. Nothing here ever fails: it is missing, or not kept."""

    def __init__(self, directory: Path | None) -> None:
        self._database = None if directory is None else connected(directory / FILE, _TABLE, MAX_BYTES)
        self._pending: dict[bytes, bytes] = {}

    def kept(self, kind: str, path: str, blob: str, expected: type[T], make: Callable[[], T]) -> T:
        """The value of this type that is known, or the one that is made, which is kept."""
        if self._database is None or not blob:
            return make()
        key = _key(kind, path, blob)
        row = None
        with suppress(sqlite3.Error):
            row = self._database.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        value = _unpacked(row[0]) if row is not None else None
        if isinstance(value, expected):
            return value
        made = make()
        packed = _packed(made)
        if len(packed) <= MAX_FACT:
            self._pending[key] = packed
            if len(self._pending) >= _TOGETHER:
                self.flush()
        return made

    def flush(self) -> None:
        """Write what was made since the last time."""
        if self._database is not None and self._pending:
            with suppress(sqlite3.Error), self._database:
                self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", self._pending.items())
        self._pending = {}


class _Reader(pickle.Unpickler):
    """Knows the classes of the facts by name and refuses every other."""

    def find_class(self, module: str, name: str) -> Any:
        known = _CLASSES.get((module, name))
        if known is None:
            raise pickle.UnpicklingError(f"{module}.{name} is not expected")
        return known


_CLASSES: dict[tuple[str, str], Any] = {
    (module.__name__, name): value
    for module in (model, logic, conditions)
    for name, value in vars(module).items()
    if isinstance(value, type) and value.__module__ == module.__name__
} | {("lint.errors", "Problem"): Problem, ("lint.errors", "Stage"): Stage}


class _Writer(pickle.Pickler):
    """Writes dataclasses as calls of their class: how Python restores frozen ones takes ten times as long."""

    def reducer_override(self, value: Any) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, one.name) for one in fields(value))
        return NotImplemented


def _packed(value: object) -> bytes:
    out = io.BytesIO()
    _Writer(out, protocol=5).dump(value)
    text = out.getvalue()
    return b"." + text if len(text) < _WORTH_PACKING else b"z" + zlib.compress(text, 1)


def _unpacked(text: object) -> object:
    try:
        if not isinstance(text, bytes):
            return None
        body = text[1:]
        if text[:1] == b"z":
            unpacker = zlib.decompressobj()
            body = unpacker.decompress(body, 64 * MAX_FACT)
        return _Reader(io.BytesIO(body)).load()
    except Exception:  # a damaged or foreign value may raise anything; it is as good as none
        return None


def _key(kind: str, path: str, blob: str) -> bytes:
    parts = (_own_code(), kind, path, blob)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).digest()[:16]


@cache
def _own_code() -> str:
    """The files that make facts what they are, by name, size and time: a checkout has no version of its own."""
    folder = Path(model.__file__).parent
    files: Iterable[Path] = sorted((*folder.glob("*.py"), Path(logic.__file__)))
    return repr([(file.name, (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files])
