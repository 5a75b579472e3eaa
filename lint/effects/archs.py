"""Which architectures a step can have effects on, and which of them are asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from lint.change import Change
from lint.effects.hooks import changed_names
from lint.effects.makefiles import relisted
from lint.effects.notes import Notes, named
from lint.errors import Stage
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import Statement, statements
from lint.resolve import arch_of
from lint.state import State

MOST_ARCHS = 8
_DEEP = 3
_TYPES = frozenset({"bool", "boolean", "tristate", "string"})
_GIVEN = frozenset({"default", "def_bool", "def_tristate", "def_int", "def_hex", "def_string", "prompt", "int", "hex"})
_NO_CONJUNCTION = frozenset({"||", "=", "!=", "if", "(", "<", ">", "<=", ">="})


@dataclass(frozen=True, slots=True)
class Ranked:
    """The architectures that a change can have effects on: those whose own files have some, and those of shared files.

    Of the second those that the history touches come before others, then the largest.
    """

    owned: tuple[str, ...]
    others: tuple[str, ...]

    def first(self, most: int) -> tuple[str, ...]:
        """All of the first, and as many of the others as make ``most`` with them, sorted."""
        return tuple(sorted((*self.owned, *self.others[: max(0, most - len(self.owned))])))

    def note(self, most: int, notes: Notes) -> None:
        """Say which of them are not asked."""
        asked = self.first(most)
        left = sorted({*self.owned, *self.others} - set(asked))
        if left:
            notes.add(Stage.KCONFIG, f"the effects are those on {', '.join(asked)}: not asked were {named(left)}")


def ranked(change: Change) -> Ranked:
    """The architectures that a change can have effects on."""
    owned: set[str] = set()
    shared: set[str] | None = set()
    for one in _concerned(change):
        if one is None:
            shared = None
        elif isinstance(one, str):
            owned.add(one)
        elif shared is not None:
            shared |= one
    known = set(change.after.architectures)
    owned &= known
    asked = set(change.archs or known) & known
    rest = (asked if shared is None else asked & shared) - owned
    size = Counter(path.split("/", 2)[1] for path in change.after.tree.list("arch/")) if rest else Counter()
    order = sorted(rest, key=lambda arch: (arch not in change.touched, -size[arch], arch))
    return Ranked(tuple(sorted(owned)), tuple(order))


def _concerned(change: Change) -> Iterator[str | set[str] | None]:
    """By changed file or object: its architecture, several that share it, or None for all."""
    for file in change.files:
        paths = {path for path in (file.old_path, file.new_path) if is_kconfig_file(path)}
        for path in sorted(paths):
            own = arch_of(path)
            yield own if own is not None else _reached(change, path)
    for own in sorted({arch_of(one.path) or "" for one in relisted(change)}):
        yield own or None
    yield from sorted(changed_names(change))


def _reached(change: Change, path: str) -> set[str] | None:
    """The architectures for which the edited entries of a generic file can matter; None for all."""
    file = next(one for one in change.files if path in (one.old_path, one.new_path))
    owners: set[str] = set()
    for text, numbers in ((file.before, file.removed), (file.after, file.added)):
        for statement in statements(text or b""):
            if not numbers.isdisjoint(range(statement.line, statement.end_line + 1)):
                owners.add(statement.owner)
    if "" in owners or not owners:
        return None if owners else set()
    found: set[str] = set()
    for owner in sorted(owners):
        archs = _archs_of(change, owner, _DEEP)
        if archs is None:
            return None
        found |= archs
    return found


def _archs_of(change: Change, name: str, deep: int) -> set[str] | None:
    """The architectures that can have a symbol on in one of the states; None: any may."""
    found: set[str] = set()
    for state in (change.before, change.after):
        archs = _possible(state, name, deep)
        if archs is None:
            return None
        found |= archs
    return found


def _possible(state: State, name: str, deep: int) -> set[str] | None:
    entries = list(_entries(state, name))
    archs = {own for path, _ in entries if (own := arch_of(path)) is not None}
    for path, lines in entries:
        if arch_of(path) is None and _settable(lines):
            limits = [_possible(state, word, deep - 1) for word in _needed(lines)] if deep else []
            known = [one for one in limits if one is not None]
            if not known:
                return None
            archs |= set.intersection(*known)
    text = state.kconfig_text
    for path, file in text.files.items():
        for owner in {owner for owner, target in file.selects if target == name}:
            own = arch_of(path)
            if own is not None:
                archs.add(own)
                continue
            others = _possible(state, owner, deep - 1) if deep and owner != name else None
            if others is None:
                return None
            archs |= others
    return archs


def _entries(state: State, name: str) -> Iterator[tuple[str, list[Statement]]]:
    for path, file in state.kconfig_text.files.items():
        if name in file.entries:
            yield path, [one for one in statements(state.tree.read(path) or b"") if one.owner == name]


def _settable(lines: Iterable[Statement]) -> bool:
    """Whether the symbol can be on without a select: it has a prompt or a value of its own."""
    return any(one.word in _GIVEN or (one.word in _TYPES and one.tokens) for one in lines)


def _needed(lines: Iterable[Statement]) -> Iterator[str]:
    """Symbols without which it is n: what stands alone, or joined by ``&&``, behind ``depends on``."""
    for one in lines:
        words = [token.text for token in one.tokens]
        if one.word == "depends" and words[:1] == ["on"] and _NO_CONJUNCTION.isdisjoint(words):
            for before, word in pairwise(words):
                if before != "!" and word not in ("!", "&&", "y", "m", "n"):
                    yield word
