"""Everything that is known of one state of one file, computed when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Protocol, TypeVar

from lint.cparse.calls import find_calls
from lint.cparse.calls_pastes import Paste, find_pastes
from lint.cparse.comments import find_comments
from lint.cparse.conditions import Conditions
from lint.cparse.facts_functions import FunctionSpan
from lint.cparse.facts_source import Memo, Source, source
from lint.cparse.includes import find_includes
from lint.cparse.model import Call, Comment, Definition, Definitions, Include, Reference
from lint.cparse.references import find_references, identifiers, identifiers_on, is_local_in
from lint.errors import Problem

T = TypeVar("T")


class Keeper(Protocol):
    """Facts of this file that outlive a run."""

    def __call__(self, kind: str, *, expected: type[T], make: Callable[[], T]) -> T:
        """The fact of this kind that is known, or the one that is made."""


class FileFacts:
    """The facts of one path and text; never changes. Texts beyond 32 MiB have no facts but a problem."""

    def __init__(self, path: str, text: bytes) -> None:
        self._source = source(path, text)
        self.keeper: Keeper | None = None

    @property
    def path(self) -> str:
        """Relative to the tree."""
        return self._source.path

    @property
    def text(self) -> bytes:
        """The text as it stands; empty when it is too large."""
        return self._source.text

    @property
    def source(self) -> Source:
        """What the token facts share: lines, directives, macros."""
        return self._source

    @property
    def stripped(self) -> bytes:
        """The text without comments and literals, at the same offsets."""
        return self._source.stripped

    @property
    def conditions(self) -> Conditions:
        """The ``#if`` structure."""
        if self.keeper is not None and not self._source.has_conditions:
            self._source.conditions = self._kept("conditions", Conditions, lambda: self._source.conditions)
        return self._source.conditions

    @property
    def functions(self) -> tuple[FunctionSpan, ...]:
        """Functions with a body; none in assembly."""
        return self._source.functions

    @cached_property
    def definitions(self) -> Definitions:
        """What the file defines and declares."""

        def make() -> Definitions:
            from lint.cparse.definitions import definitions

            return definitions(self.path, self.text)

        return self._kept("definitions", Definitions, make)

    def _kept(self, kind: str, expected: type[T], make: Callable[[], T]) -> T:
        return make() if self.keeper is None else self.keeper(kind, expected=expected, make=make)

    @cached_property
    def _definitions_by_name(self) -> dict[str, list[Definition]]:
        named: dict[str, list[Definition]] = {}
        for item in self.definitions.items:
            named.setdefault(item.name, []).append(item)
        return named

    def definitions_of(self, name: str) -> tuple[Definition, ...]:
        """What the file defines or declares under one name, in order."""
        return tuple(self._definitions_by_name.get(name, ()))

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """Every comment."""
        return find_comments(self._source)

    @cached_property
    def includes(self) -> tuple[Include, ...]:
        """Every ``#include`` of a named file."""
        return find_includes(self._source)

    @cached_property
    def pastes(self) -> tuple[Paste, ...]:
        """Parameters of macros that become part of a name."""
        return find_pastes(self._source)

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """All words of the code that can be names."""
        return identifiers(self.text, self.path)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be analysed, without what only the definitions would say."""
        return self._source.problems

    def references(self, names: Collection[str]) -> tuple[Reference, ...]:
        """Every use of the given names in code."""
        return find_references(self._source, names)

    def is_local(self, reference: Reference) -> bool:
        """Whether the function around a use declares its name."""
        return is_local_in(self._source, reference)

    def calls(self, names: Collection[str] | None = None, within: tuple[int, int] | None = None) -> tuple[Call, ...]:
        """Calls of the given names (None: of all) on some lines, the last one included."""
        return find_calls(self._source, names, within)

    def identifiers_on(self, lines: Collection[int]) -> dict[int, tuple[str, ...]]:
        """The names in the code of some lines."""
        return identifiers_on(self.text, lines, self.path)


_facts = Memo(FileFacts)


def facts(path: str, text: bytes) -> FileFacts:
    """The facts of one file state; equal states share them while they are remembered."""
    return _facts(path, text)


def functions(text: bytes, path: str = "") -> tuple[FunctionSpan, ...]:
    """The functions of a text, in order."""
    return source(path, text).functions
