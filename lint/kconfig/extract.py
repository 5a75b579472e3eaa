"""From what the dialect read to the facts: joins every condition with what encloses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from lint.kconfig.dialect import Dialect
from lint.kconfig.entries import Entry, Raw
from lint.kconfig.expressions import Converter, both, every, some
from lint.kconfig.model import NO, YES, Choice, Default, Definition, Expr, Range, Select, Sourced, Symbol, Type

_TYPES = {kind.value: kind for kind in Type} | {"": Type.UNKNOWN}
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def extract(dialect: Dialect) -> Extraction:
    """Everything that was read."""
    defined = frozenset(e.name for e in dialect.entries if e.kind == "config")
    return Extraction(dialect, Converter(dialect.modules_name, defined), YES, YES)


class Extraction:
    """What a dialect read as facts; ``depends`` and ``visible`` are the conditions that enclose all of it.

    ``definitions`` are the entries by name; ``selected`` and ``implied`` the selects by target; ``member_of`` the
    number of the choice that a symbol belongs to.
    """

    def __init__(self, dialect: Dialect, convert: Converter, depends: Expr, visible: Expr) -> None:
        self._dialect = dialect
        self._convert = convert
        self._depends: dict[Entry | None, Expr] = {None: depends}
        self._visible: dict[Entry | None, Expr] = {None: visible}
        self._choice: dict[Entry | None, int | None] = {None: None}
        self.definitions: dict[str, list[Definition]] = {}
        self.member_of: dict[str, int] = {}
        self._choices: list[Entry] = []
        self._members: list[dict[str, None]] = []
        self.selected: dict[str, list[Select]] = {}
        self.implied: dict[str, list[Select]] = {}
        self._run()

    def symbols(self) -> dict[str, Symbol]:
        """All symbols that are defined or referred to, by name."""
        symbols = {name: self._symbol(name, found) for name, found in self.definitions.items()}
        for name in self._dialect.syms:
            if name not in symbols and not self._convert.is_number(name):
                symbols[name] = self._symbol(name, [])
        return symbols

    def is_number(self, name: str) -> bool:
        """Whether a bare word is a constant and no symbol."""
        return self._convert.is_number(name)

    def choices(self) -> tuple[Choice, ...]:
        """All choices, by their numbers."""
        return tuple(self._choice_of(i, entry) for i, entry in enumerate(self._choices))

    def sourced(self) -> tuple[Sourced, ...]:
        """The files that were read, each with what encloses it."""
        return tuple(
            Sourced(path, by, self._depends[block], self._visible[block], self._choice[block] is not None)
            for path, by, block in self._dialect.readings
        )

    def _run(self) -> None:
        for entry in self._dialect.entries:
            own = self._own(entry)
            depends = both(own, self._depends[entry.parent])
            self._depends[entry] = depends
            if entry.kind == "config":
                self._config(entry, own, depends)
            elif entry.kind != "comment":
                self._enclosing(entry)

    def _enclosing(self, entry: Entry) -> None:
        own = every([self._convert.condition(condition) for condition in entry.visible])
        self._visible[entry] = both(own, self._visible[entry.parent])
        if entry.kind == "choice":
            self._choice[entry] = len(self._choices)
            self._choices.append(entry)
            self._members.append({})
        else:
            self._choice[entry] = self._choice[entry.parent] if entry.kind == "if" else None

    def _own(self, entry: Entry) -> Expr:
        terms = []
        for value, condition, _ in entry.depends:
            term = self._convert.condition(value)
            terms.append(term if condition is None else some([term, self._convert.is_no(condition)]))
        return every(terms)

    def _config(self, entry: Entry, own: Expr, depends: Expr) -> None:
        name, choice = entry.name, self._choice[entry.parent]
        if choice is not None:
            self._members[choice][name] = None
            self.member_of[name] = choice
        text, condition = entry.prompt or (None, None)
        definition = Definition(
            entry.path,
            entry.line,
            _TYPES[entry.type],
            text,
            NO if text is None else self._prompt(entry, condition, depends),
            depends,
            self._defaults(entry, depends) if entry.defaults else (),
            self._ranges(entry, depends) if entry.ranges else (),
            self._selects(entry, entry.selects, depends, self.selected, False) if entry.selects else (),
            self._selects(entry, entry.implies, depends, self.implied, True) if entry.implies else (),
            own,
            tuple([raw.line for raw in entry.depends]),
            entry.prompt_line,
            entry.toolchain,
        )
        _append(self.definitions, name, definition)

    def _prompt(self, entry: Entry, condition: object, depends: Expr) -> Expr:
        own = YES if condition is None else self._convert.condition(condition)
        return both(both(own, depends), self._visible[entry.parent])

    def _defaults(self, entry: Entry, depends: Expr) -> tuple[Default, ...]:
        convert = self._convert
        result = []
        for value, condition, line in entry.defaults:
            guard = YES if condition is None else convert.condition(condition)
            result.append(Default(convert.value(value), both(guard, depends), guard, line))
        return tuple(result)

    def _ranges(self, entry: Entry, depends: Expr) -> tuple[Range, ...]:
        convert = self._convert
        return tuple(
            Range(
                convert.value(low),
                convert.value(high),
                both(YES if condition is None else convert.condition(condition), depends),
                line,
            )
            for low, high, condition, line in entry.ranges
        )

    def _selects(
        self, entry: Entry, raws: Iterable[Raw], depends: Expr, into: dict[str, list[Select]], imply: bool
    ) -> tuple[Select, ...]:
        result = []
        for target, condition, line in raws:
            guard = YES if condition is None else self._convert.condition(condition)
            select = Select(entry.name, target.name, both(guard, depends), entry.path, line, imply, guard)
            result.append(select)
            _append(into, target.name, select)
        return tuple(result)

    def _symbol(self, name: str, found: list[Definition]) -> Symbol:
        return symbol_of(
            name,
            found,
            self.selected.get(name, ()),
            self.implied.get(name, ()),
            self.member_of.get(name),
            name in self._dialect.transitional,
        )

    def _choice_of(self, index: int, entry: Entry) -> Choice:
        members = tuple(self._members[index])
        depends = self._depends[entry]
        text, condition = entry.prompt or (None, None)
        kind = entry.type
        if not kind:
            types = (d.type for name in members for d in self.definitions[name] if d.type is not Type.UNKNOWN)
            kind = next(types, Type.BOOL)
        return Choice(
            entry.path,
            entry.line,
            members,
            text,
            NO if text is None else self._prompt(entry, condition, depends),
            _TYPES[kind],
            self._defaults(entry, depends),
            entry.optional,
            depends,
        )


def symbol_of(
    name: str,
    found: Sequence[Definition],
    selected: Iterable[Select],
    implied: Iterable[Select],
    choice: int | None,
    transitional: bool,
) -> Symbol:
    """A symbol out of all its entries, and all that select or imply it."""
    kind = next((d.type for d in found if d.type is not Type.UNKNOWN), Type.UNKNOWN)
    depends = found[0].depends if len(found) == 1 else some([d.depends for d in found])
    return Symbol(name, kind, tuple(found), depends, tuple(selected), tuple(implied), choice, transitional)


def _append(into: dict[_Key, list[_Value]], key: _Key, value: _Value) -> None:
    known = into.get(key)
    if known is None:
        into[key] = [value]
    else:
        known.append(value)
