"""All that a rule sees: one step of a history, with the state before and after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

from lint.changelog.claims import Claims
from lint.cparse.model import Definition
from lint.intake.model import Mail, Patch
from lint.migrations.model import Migration
from lint.snapshot.apply import FileChange
from lint.snapshot.lines import Lines
from lint.state import State

T = TypeVar("T")
SOURCE_SUFFIXES = (".c", ".h", ".S", ".s", ".lds", ".dts", ".dtsi", ".inc")


@dataclass(frozen=True)
class Change:
    """The step from one state to a later one: usually one patch, or a patch together with those that follow it.

    ``archs`` are the architectures that are asked, as directories of arch/: those that were given, or else those that
    the history touches. ``previous`` is the step before this one in the history. ``cover`` is the cover letter of the
    patch's series; ``touched`` are the architectures whose own files the history changes.
    """

    patch: Patch
    before: State
    after: State
    files: tuple[FileChange, ...]
    migrations: tuple[Migration, ...]
    archs: tuple[str, ...]
    previous: Change | None = field(default=None, repr=False)
    cover: Mail | None = None
    touched: tuple[str, ...] = ()

    def kept(self, key: Callable[[Change], T], make: Callable[[], T]) -> T:
        """What follows from this change alone, made once; ``key`` is the function that asks, and gives its type."""
        known: dict[object, object] = self.__dict__.setdefault("_kept", {})
        if key not in known:
            known[key] = make()
        return cast(T, known[key])

    @cached_property
    def claims(self) -> Claims:
        """What the patch says in its title and changelog, and the cover letter of its series."""
        cover = () if self.cover is None else (self.cover.subject, self.cover.body)
        return Claims.of([self.patch.title, self.patch.changelog, *cover])

    @cached_property
    def by_path(self) -> dict[str, FileChange]:
        """The changed files by their path after the change (before it, for deleted ones)."""
        return {file.path: file for file in self.files}

    def added_lines(self, file: FileChange) -> Iterator[tuple[int, bytes]]:
        """Number and text of every line that the change adds to a file."""
        if file.after is not None:
            lines = Lines(file.after)
            for number in sorted(file.added):
                yield number, lines.text(number)

    def removed_lines(self, file: FileChange) -> Iterator[tuple[int, bytes]]:
        """Number (in the pre-image) and text of every line that the change removes from a file."""
        if file.before is not None:
            lines = Lines(file.before)
            for number in sorted(file.removed):
                yield number, lines.text(number)

    @cached_property
    def removed_definitions(self) -> tuple[Definition, ...]:
        """Definitions that a touched file had before and lacks after, by kind, name and scope; in file order."""
        return tuple(definition for file in self.files for definition in _gone(file, removed=True))

    @cached_property
    def added_definitions(self) -> tuple[Definition, ...]:
        """Definitions that a touched file has after and lacked before, by kind, name and scope; in file order."""
        return tuple(definition for file in self.files for definition in _gone(file, removed=False))

    @cached_property
    def removed_earlier(self) -> dict[str, Removed]:
        """What earlier patches of the history removed and no later one defined again, by name; the newest wins."""
        if self.previous is None:
            return {}
        gone = dict(self.previous.removed_earlier)
        for definition in self.previous.removed_definitions:
            gone[definition.name] = Removed(definition, self.previous.patch.index)
        for definition in self.previous.added_definitions:
            gone.pop(definition.name, None)
        return gone


@dataclass(frozen=True, slots=True)
class Removed:
    """A definition and the index of the patch that removed it."""

    definition: Definition
    patch: int


def is_source(path: str) -> bool:
    """Whether a file is C, assembly, a linker script or a device tree source."""
    return path.endswith(SOURCE_SUFFIXES)


def _gone(file: FileChange, *, removed: bool) -> Iterator[Definition]:
    from lint.cparse.facts import facts

    old = file.before if removed else file.after
    new = file.after if removed else file.before
    path = (file.old_path if removed else file.new_path) or file.old_path or file.new_path
    if old is None or file.binary or not is_source(path):
        return
    touched = file.removed if removed else file.added
    if not touched:
        return
    kept = set() if new is None else {_key(d) for d in facts(path, new).definitions.items}
    for definition in facts(path, old).definitions.items:
        if _key(definition) not in kept:
            yield definition


def _key(definition: Definition) -> tuple[str, str, str, bool]:
    """What makes two definitions the same: one that becomes static is gone for other files."""
    return definition.kind, definition.name, definition.scope, definition.static
