"""Searches over a git tree, kept by the name of the tree: its content can never change, so the answer can't either."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from lint.snapshot.tree import Occurrence

# The number changes with the shape of the table.
FILE = "searches-2.sqlite"
MAX_BYTES = 256 << 20
# Beyond that finding an answer again costs less than keeping it.
MAX_ANSWER = 4 << 20
MAX_UNPACKED = 64 << 20
# Answers of rare words don't become smaller.
_WORTH_PACKING = 500
_TABLE = """CREATE TABLE IF NOT EXISTS answers (
    tree TEXT, place TEXT, word TEXT, found BLOB, PRIMARY KEY (tree, place, word)) WITHOUT ROWID"""


class SearchStore:
    """The answers for one tree. Nothing here ever fails: what cannot be read is missing, what cannot be kept is not."""

    def __init__(self, directory: Path | None, tree: str) -> None:
        self._tree = tree
        self._database = None if directory is None else connected(directory / FILE, _TABLE, MAX_BYTES)

    def load(self, within: tuple[str, ...], words: Iterable[str]) -> dict[str, tuple[Occurrence, ...]]:
        """The answers that are known for some of these words, searched for in these places."""
        found: dict[str, tuple[Occurrence, ...]] = {}
        if self._database is not None:
            with suppress(sqlite3.Error, ValueError, zlib.error):
                for word in words:
                    query = "SELECT found FROM answers WHERE tree = ? AND place = ? AND word = ?"
                    row = self._database.execute(query, (self._tree, "\n".join(within), word)).fetchone()
                    if row is not None:
                        found[word] = _unpacked(row[0])
        return found

    def keep(self, within: tuple[str, ...], found: Mapping[str, tuple[Occurrence, ...]]) -> None:
        """Keep complete answers."""
        if self._database is None:
            return
        packed = ((word, _packed(places)) for word, places in found.items())
        rows = [(self._tree, "\n".join(within), word, text) for word, text in packed if len(text) <= MAX_ANSWER]
        with suppress(sqlite3.Error, ValueError), self._database:
            self._database.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", rows)


def connected(path: Path, table: str, limit: int) -> sqlite3.Connection | None:
    """A database with one table, begun anew beyond ``limit`` bytes or when it is none of ours; None without a place."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > limit:
            path.unlink()
        return _opened(path, table)
    except sqlite3.OperationalError:
        return None  # locked or not writable
    except (sqlite3.DatabaseError, OSError):
        with suppress(sqlite3.Error, OSError):
            path.unlink()  # no database of ours
            return _opened(path, table)
        return None


def _opened(path: Path, table: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=1.0)
    database.execute(table)
    # What a crash loses is made again.
    database.execute("PRAGMA synchronous = OFF")
    return database


def _packed(places: tuple[Occurrence, ...]) -> bytes:
    """A letter that says whether the rest is compressed, and a record for each line."""
    text = b"\n".join(b"%s\0%d\0%s" % (_bytes(one.path), one.line, one.text) for one in places)
    return b"." + text if len(text) < _WORTH_PACKING else b"z" + zlib.compress(text, 1)


def _unpacked(text: bytes) -> tuple[Occurrence, ...]:
    if text[:1] == b"z":
        unpacker = zlib.decompressobj()
        body = unpacker.decompress(text[1:], MAX_UNPACKED)
        if not unpacker.eof:
            raise ValueError
    else:
        body = text[1:]
    records = (record.split(b"\0", 2) for record in body.split(b"\n") if record)
    return tuple(Occurrence(path.decode("utf-8", "surrogateescape"), int(line), rest) for path, line, rest in records)


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
