"""A migration as values, and its file format."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lint.errors import UserError


@dataclass(frozen=True, slots=True)
class Word:
    """A word of flags: how its bit numbers and masks are spelled, and which struct member holds it.

    ``bit_prefix`` begins the name of a bit number, ``mask_prefix`` that of its mask; ``struct`` and ``member`` say
    where the word lives.
    """

    name: str
    bit_prefix: str
    mask_prefix: str
    struct: str
    member: str

    def bit_of(self, name: str) -> str | None:
        """The bit number that a bit or mask name stands for, by its spelling; None for another word's name."""
        if name.startswith(self.bit_prefix):
            return name
        if name.startswith(self.mask_prefix):
            return self.bit_prefix + name.removeprefix(self.mask_prefix)
        return None


@dataclass(frozen=True, slots=True)
class FlagMove:
    """A flag of the old word and its successor in the new one; one ``*`` stands for the same text in both."""

    old: str
    new: str

    def target(self, flag: str) -> str | None:
        """The new name of ``flag``, or None when this move is not about it."""
        head, star, tail = self.old.partition("*")
        if not star:
            return self.new if flag == self.old else None
        if not (flag.startswith(head) and flag.endswith(tail) and len(flag) > len(head) + len(tail)):
            return None
        return self.new.replace("*", flag[len(head) : len(flag) - len(tail)])


@dataclass(frozen=True, slots=True)
class PairedUpdate:
    """Two functions that undo each other and must update a flag of the old word and one of the new word together."""

    enable: str
    disable: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration: the Kconfig symbols that an architecture selects for it, its two words and its flags."""

    id: str
    title: str
    source: str
    symbols: tuple[str, ...]
    old_word: Word
    new_word: Word
    moves: tuple[FlagMove, ...]
    paired: tuple[PairedUpdate, ...]
    aliases: dict[str, tuple[str, ...]]
    stops: tuple[str, ...] = ()  # functions in which a task can be stopped, its flags being changed meanwhile
    rare_stops: tuple[str, ...] = ()  # the same, only where user space asked for it

    def target(self, flag: str) -> str | None:
        """The new bit that a bit of the old word becomes, or None when the migration does not move it."""
        return next((new for move in self.moves if (new := move.target(flag)) is not None), None)


def load_migration(text: str, name: str) -> Migration:
    """Read one migration file; raises UserError with a sentence that names ``name`` when it is not valid."""
    try:
        data = tomllib.loads(text)
        return Migration(
            id=data["id"],
            title=data["title"],
            source=data["source"],
            symbols=tuple(data["symbols"]),
            old_word=_word(data["old-word"]),
            new_word=_word(data["new-word"]),
            moves=tuple(FlagMove(move["old"], move["new"]) for move in data["moves"]),
            paired=tuple(PairedUpdate(p["enable"], p["disable"], p["old"], p["new"]) for p in data.get("paired", ())),
            aliases={key: tuple(words) for key, words in data.get("aliases", {}).items()},
            stops=tuple(data.get("stops", ())),
            rare_stops=tuple(data.get("rare-stops", ())),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UserError(f"migration {name} is not valid ({error}): compare it with docs/migrations.md") from error


def _word(data: dict[str, Any]) -> Word:
    return Word(data["name"], data["bit-prefix"], data["mask-prefix"], data["struct"], data["member"])


@cache
def shipped() -> tuple[Migration, ...]:
    """The migrations that come with kmiglint, sorted by file name."""
    return tuple(_shipped())


def _shipped() -> Iterator[Migration]:
    for entry in sorted(files("lint.migrations").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            yield load_migration(entry.read_text("utf-8"), entry.name)
