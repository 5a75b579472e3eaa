"""From what the dialect read to the facts: joins every condition with what encloses it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from lint.kconfig.dialect import Dialect
from lint.kconfig.entries import Entry, Raw
from lint.kconfig.expressions import Converter, both, every, some
from lint.kconfig.model import NO, YES, Choice, Default, Definition, Expr, Range, Select, Symbol, Type

_TYPES = {kind.value: kind for kind in Type} | {"": Type.UNKNOWN}
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def extract(dialect: Dialect) -> tuple[dict[str, Symbol], tuple[Choice, ...]]:
    """All symbols that are defined or referred to, by name, and all choices."""
    return _Extraction(dialect).run()


class _Extraction:
    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._convert = Converter(
            dialect.modules_name, frozenset(e.name for e in dialect.entries if e.kind == "config")
        )
        self._depends: dict[Entry | None, Expr] = {None: YES}
        self._visible: dict[Entry | None, Expr] = {None: YES}
        self._choice: dict[Entry | None, int | None] = {None: None}
        self._definitions: dict[str, list[Definition]] = {}
        self._member_of: dict[str, int] = {}
        self._choices: list[Entry] = []
        self._members: list[dict[str, None]] = []
        self._selected: dict[str, list[Select]] = {}
        self._implied: dict[str, list[Select]] = {}

    def run(self) -> tuple[dict[str, Symbol], tuple[Choice, ...]]:
        for entry in self._dialect.entries:
            own = self._own(entry)
            depends = both(own, self._depends[entry.parent])
            self._depends[entry] = depends
            if entry.kind == "config":
                self._config(entry, own, depends)
            elif entry.kind != "comment":
                self._enclosing(entry)
        symbols = {name: self._symbol(name, found) for name, found in self._definitions.items()}
        for name in self._dialect.syms:
            if name not in symbols and not self._convert.is_number(name):
                symbols[name] = self._symbol(name, [])
        return symbols, tuple(self._choice_of(i, entry) for i, entry in enumerate(self._choices))

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
            self._member_of[name] = choice
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
            self._selects(entry, entry.selects, depends, self._selected, False) if entry.selects else (),
            self._selects(entry, entry.implies, depends, self._implied, True) if entry.implies else (),
            own,
            tuple([raw.line for raw in entry.depends]),
            entry.prompt_line,
            entry.toolchain,
        )
        _append(self._definitions, name, definition)

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
        kind = next((d.type for d in found if d.type is not Type.UNKNOWN), Type.UNKNOWN)
        return Symbol(
            name,
            kind,
            tuple(found),
            found[0].depends if len(found) == 1 else some([d.depends for d in found]),
            tuple(self._selected.get(name, ())),
            tuple(self._implied.get(name, ())),
            self._member_of.get(name),
            name in self._dialect.transitional,
        )

    def _choice_of(self, index: int, entry: Entry) -> Choice:
        members = tuple(self._members[index])
        depends = self._depends[entry]
        text, condition = entry.prompt or (None, None)
        kind = entry.type
        if not kind:
            types = (d.type for name in members for d in self._definitions[name] if d.type is not Type.UNKNOWN)
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


def _append(into: dict[_Key, list[_Value]], key: _Key, value: _Value) -> None:
    known = into.get(key)
    if known is None:
        into[key] = [value]
    else:
        known.append(value)
