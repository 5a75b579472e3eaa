"""Uses that no line of the change touches: of names whose definitions it moved, and in code that it lets be built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname

from lint.change import Change
from lint.cparse.model import Definition, Kind
from lint.finding import Side, Span
from lint.kbuild.gates import sources_of
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import statements
from lint.logic import And, Atom, Formula, Or, both, either
from lint.presence.candidates import is_global
from lint.presence.question import Need
from lint.presence.suspects import Suspect
from lint.resolve import Site, Space, is_host, references_in, space
from lint.snapshot.apply import FileChange
from lint.state import State

_CODE = (".c", ".h", ".S")
_MOST_NAMES = 40
_MOST_USERS = 25
_MOST_SOURCES = 30
_MOST_SYMBOLS = 12
_MAKEFILES = ("Makefile", "Kbuild")


@dataclass(frozen=True, slots=True)
class Moved:
    """A name whose definitions stand under other conditions than before, and the line that shows it."""

    name: str
    space: Space
    span: Span
    promised: bool = True
    given: Formula = False

    @property
    def suspect(self) -> Suspect:
        """The name for a first question."""
        return Suspect(self.name, self.promised, given=self.given)


def moved_names(change: Change) -> list[Moved]:
    """The names that other files may use whose definitions became rarer, or are now promised where they were not."""
    found: dict[tuple[str, Space], Moved] = {}
    before, after = _conditions(change, before=True), _conditions(change, before=False)
    for key, old in before.items():
        new = after.get(key, {})
        if new and old and not set(old) <= set(new) and True not in new:
            item = next(iter(new.values()))
            where = _where(change, item, next(iter(old.values())))
            given = False if not item.path.endswith(".h") else either(new)
            promised = key[2] or not item.path.endswith(".h")
            found[key[:2]] = Moved(key[0], key[1], where, promised, given)
    for key, new in after.items():
        if key[2] and key not in before and key[1] is Space.ORDINARY:
            item = next(iter(new.values()))
            found.setdefault(key[:2], Moved(key[0], key[1], _where(change, item, item)))
    return list(found.values())[:_MOST_NAMES]


_Key = tuple[str, Space, bool]


def _conditions(change: Change, *, before: bool) -> dict[_Key, dict[Formula, Definition]]:
    """By name, space and whether it is only promised: the conditions of what the changed files say of it."""
    found: dict[_Key, dict[Formula, Definition]] = {}
    state = change.before if before else change.after
    for file in change.files:
        path = file.old_path if before else file.new_path
        if not path.endswith(_CODE) or is_host(path) or file.binary or file.fragment:
            continue
        facts = state.facts(path)
        for item in facts.definitions.items if facts is not None else ():
            if item.kind is Kind.TAG or (not path.endswith(".h") and not is_global(item)):
                continue
            key = item.name, space(item.kind), item.kind in (Kind.DECLARATION, Kind.EXTERN)
            own = item.condition if path.endswith(".h") else both((state.gating.gate(path).builtin, item.condition))
            found.setdefault(key, {})[own] = item
    return found


def _where(change: Change, after: Definition, before: Definition) -> Span:
    """The changed line nearest to a definition: its own, the nearest above it, or where it stood."""
    file = change.by_path.get(after.path)
    if file is not None:
        above = [line for line in file.added if line <= after.end_line]
        if above:
            return Span(after.path, max(above))
        below = [line for line in file.added if line > after.end_line]
        if below:
            return Span(after.path, min(below))
        if file.removed:
            return Span(file.old_path, min(file.removed), side=Side.BEFORE)
    return Span(before.path, before.line, side=Side.BEFORE)


def users_of(change: Change, moved: Moved) -> Iterator[Need]:
    """Uses of a name in sources, those of the changed files left out: they are asked on their own."""
    state = change.after
    places = state.search([moved.name])[moved.name]
    paths = dict.fromkeys(one.path for one in places if one.path.endswith(".c"))
    if len(paths) > 200:
        return
    count = 0
    for path in paths:
        if is_host(path):
            continue
        for reference in references_in(state, path, moved.name, moved.space):
            yield Need(moved.name, moved.space, Site(path, reference), path)
            count += 1
            break
        if count == _MOST_USERS:
            return


@dataclass(frozen=True, slots=True)
class Woken:
    """A source that may be built where it was not, and the line that lets it."""

    path: str
    span: Span


def woken_sources(change: Change) -> list[Woken]:
    """Sources outside the change whose gate it changed: by a line of a makefile, or of the Kconfig entry behind it."""
    found: dict[str, Woken] = {}
    for file in change.files:
        if file.path.rpartition("/")[2] in _MAKEFILES and file.after is not None and file.before is not None:
            for path in _regated(change, file):
                found.setdefault(path, Woken(path, _line_naming(change, file, path)))
    for symbol, span in touched_symbols(change).items():
        for path in sources_of(change.after.tree, symbol):
            if not is_host(path):
                found.setdefault(path, Woken(path, span))
    return list(found.values())[:_MOST_SOURCES]


def _regated(change: Change, file: FileChange) -> Iterator[str]:
    directory = dirname(file.new_path)
    old = change.before.gating.lists(directory)
    new = change.after.gating.lists(directory)
    for target, listed in new.items():
        if target.endswith(".o") and [one.condition for one in old.get(target, [])] != [
            one.condition for one in listed
        ]:
            for end in (".c", ".S"):
                path = target.removesuffix(".o") + end
                if change.after.tree.exists(path):
                    yield path


def _line_naming(change: Change, file: FileChange, path: str) -> Span:
    stem = path.rpartition("/")[2].rpartition(".")[0].encode()
    for number, text in change.added_lines(file):
        if stem in text:
            return Span(file.new_path, number)
    lines = sorted(file.added)
    if lines:
        return Span(file.new_path, lines[0])
    return Span(file.old_path, min(file.removed, default=0), side=Side.BEFORE)


_DECIDING = frozenset(
    {
        "depends",
        "if",
        "endif",
        "select",
        "config",
        "menuconfig",
        "bool",
        "tristate",
        "def_bool",
        "def_tristate",
        "default",
        "prompt",
        "visible",
        "imply",
    }
)


def touched_symbols(change: Change) -> dict[str, Span]:
    """The symbols whose entries the change words differently or selects, with a line that does."""
    found: dict[str, Span] = {}
    for file in change.files:
        if file.fragment or not is_kconfig_file(file.path):
            continue
        for path, text, lines, side in (
            (file.new_path, file.after, file.added, Side.AFTER),
            (file.old_path, file.before, file.removed, Side.BEFORE),
        ):
            for one in statements(text) if text is not None else ():
                if one.line not in lines or one.word not in _DECIDING:
                    continue
                span = Span(path, one.line, side=side)
                if one.word in ("select", "imply") and one.tokens:
                    if side is Side.AFTER:
                        found.setdefault(one.tokens[0].text, span)
                elif one.owner:
                    found.setdefault(one.owner, span)
                if one.word in ("if", "endif", "menu") and not one.owner and side is Side.BEFORE:
                    for name in _entries(file.after or b""):
                        found.setdefault(name, span)
    return dict(list(found.items())[:_MOST_SYMBOLS])


def _entries(text: bytes) -> Iterator[str]:
    for one in statements(text):
        if one.word in ("config", "menuconfig"):
            yield one.owner


def guarded_by(state: State, symbol: str) -> Iterator[tuple[str, Space]]:
    """Names that headers promise under an ``#if`` that asks for a symbol."""
    word = f"CONFIG_{symbol}"
    test = re.compile(rb"\s*#\s*(?:if|ifdef|elif)\b")
    for path in dict.fromkeys(o.path for o in state.headers([word])[word] or () if test.match(o.text)):
        facts = state.facts(path)
        for item in facts.definitions.items if facts is not None else ():
            if Atom(word) in _positive(item.condition) and item.kind in (Kind.DECLARATION, Kind.EXTERN):
                yield item.name, space(item.kind)


def _positive(formula: Formula) -> list[Formula]:
    if isinstance(formula, And):
        return [part for operand in formula.operands for part in _positive(operand)]
    return list(formula.operands) if isinstance(formula, Or) else [formula]
