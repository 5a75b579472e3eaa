"""The Kconfig of a state from that of another one: only the files that differ are read again.

What encloses a file is known from the first parse, so that its own lines can be read alone. Where they change what
encloses the files that they source, set variables, or take choices away, ``derived`` gives None: that is left to a
parse. All but the order of entries that come anew, and names that nothing mentions any more, is as after a parse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from lint.errors import Problem
from lint.kconfig.arches import environment
from lint.kconfig.bounds import BoundReached
from lint.kconfig.dialect import Dialect
from lint.kconfig.expressions import Converter
from lint.kconfig.extract import Extraction, symbol_of
from lint.kconfig.model import YES, Definition, Expr, Kconfig, Select, Sourced, Symbol
from lint.kconfig.paused import paused_collector
from lint.kconfig.shell import Shell
from lint.kconfig.source import Sources
from lint.kconfig.toolchain import Toolchain
from lint.snapshot.tree import Tree

_T = TypeVar("_T", Definition, Select)


def derived(base: Kconfig, before: Tree, after: Tree, paths: Collection[str], toolchain: Toolchain) -> Kconfig | None:
    """``base``, parsed from ``before``, as it is in ``after``, which differs in ``paths``; None: only a parse can tell.

    It is ``base`` itself where the architecture reads none of these files.
    """
    known = set(base.files)
    changed = [path for path in base.files if path in set(paths)]
    fresh = {path for path in paths if path not in known and after.exists(path) and not before.exists(path)}
    if not changed:
        return None if fresh else base
    if not set(changed).isdisjoint(base.macros) or any(after.read(path) is None for path in changed):
        return None
    with paused_collector():
        files = _read(base, after, changed, toolchain)
        if files is None or not fresh <= {one.path for file in files for one in file.sourced}:
            return None
        return _merged(base, files)


@dataclass(frozen=True, slots=True)
class _File:
    """A changed file with the new ones that it sources: what stands in them now."""

    paths: frozenset[str]
    dialect: Dialect
    facts: Extraction
    shell: Shell

    @property
    def sourced(self) -> tuple[Sourced, ...]:
        return self.facts.sourced()[1:]


class _Some(Sources):
    """Knows the content of some files; the others, which were parsed before, are empty."""

    def __init__(self, tree: Tree, wanted: str, known: Collection[str]) -> None:
        super().__init__(tree)
        self.wanted = wanted
        self._apart = known

    def lines(self, path: str) -> tuple[list[str], bool]:
        return ([], False) if path != self.wanted and path in self._apart else super().lines(path)


def _read(base: Kconfig, tree: Tree, changed: Sequence[str], toolchain: Toolchain) -> list[_File] | None:
    known = frozenset(base.files)
    read: list[tuple[Dialect, Shell, Sourced]] = []
    for path in changed:
        places = [one for one in base.sourced if one.path == path]
        found = _dialect(base, tree, path, known, toolchain) if len(places) == 1 and not places[0].choice else None
        if found is None:
            return None
        read.append((*found, places[0]))
    own = {entry.name for dialect, *_ in read for entry in dialect.entries if entry.kind == "config"}
    own.update(name for name, one in base.symbols.items() if any(d.path not in changed for d in one.definitions))
    convert = Converter(base.modules, frozenset(own))
    files = []
    for dialect, shell, place in read:
        facts = Extraction(dialect, convert, _plain(place.depends), _plain(place.visible))
        apart = [one for one in facts.sourced()[1:] if one.path in known]
        if apart != [one for one in base.sourced if one.by == place.path]:
            return None
        paths = frozenset({place.path, *(one.path for one in facts.sourced() if one.path not in known)})
        files.append(_File(paths, dialect, facts, shell))
    return files


def _dialect(
    base: Kconfig, tree: Tree, path: str, known: frozenset[str], toolchain: Toolchain
) -> tuple[Dialect, Shell] | None:
    """One file alone, after the variables that its macros take."""
    values = {**toolchain.variables, **environment(tree, base.arch)}
    shell = Shell(toolchain, base.arch, tree.exists, tree.read)
    sources = _Some(tree, "", known)
    dialect = Dialect(sources, values, shell.answer)
    try:
        for name in base.macros if b"$" in (tree.read(path) or b"") else ():
            sources.wanted = name
            dialect.read(name)
        for found in (dialect.entries, dialect.problems, dialect.notes, dialect.readings):
            found.clear()
        for table in (dialect.assigning, dialect.syms, dialect.transitional):
            table.clear()
        dialect.modules_name, sources.wanted = None, path
        dialect.read(path)
    except BoundReached:
        return None
    defines = any(one.path == path for one in base.symbols[base.modules].definitions) if base.modules else False
    same = dialect.modules_name == base.modules if defines else dialect.modules_name is None
    return (dialect, shell) if same and not dialect.assigning else None


def _plain(expr: Expr) -> Expr:
    """The constant itself for what equals it: a kept Kconfig has its own."""
    return YES if expr == YES else expr


def _merged(base: Kconfig, files: Sequence[_File]) -> Kconfig | None:
    paths = frozenset(path for file in files for path in file.paths)
    numbers = _choice_numbers(base, files)
    if numbers is None:
        return None
    order = {path: at for at, path in enumerate((*base.files, *sorted(paths - set(base.files))))}
    names = {name for name, one in base.symbols.items() if any(d.path in paths for d in one.definitions)}
    targets = {s.target for name in names for s in _selects(base.symbols[name]) if s.path in paths}
    for file in files:
        names.update(file.facts.definitions)
        targets.update(file.facts.selected, file.facts.implied)
    mentioned = {name for file in files for name in file.dialect.syms if not file.facts.is_number(name)}
    updated: dict[str, Symbol] = {}
    for name in sorted(names | targets | (mentioned - base.symbols.keys())):
        was = base.symbols.get(name) or symbol_of(name, (), (), (), None, False)
        told = [file.facts for file in files if name in file.facts.definitions]
        own = (d for one in told for d in one.definitions[name])
        found = _joined(was.definitions, own, paths, order) if name in names else was.definitions
        updated[name] = symbol_of(
            name,
            found,
            _joined(was.selected_by, (s for f in files for s in f.facts.selected.get(name, ())), paths, order),
            _joined(was.implied_by, (s for f in files for s in f.facts.implied.get(name, ())), paths, order),
            _choice(base, was, files, numbers, paths),
            any(name in f.dialect.transitional for f in files)
            or (was.transitional and any(d.path not in paths for d in was.definitions)),
        )
    choices = list(base.choices)
    for file, ours in zip(files, numbers, strict=True):
        for number, choice in zip(ours, file.facts.choices(), strict=True):
            choices[number] = choice
    return replace(
        base,
        symbols={**base.symbols, **updated},
        choices=tuple(choices),
        files=tuple(order),
        environment={**base.environment, **{k: v for file in files for k, v in file.dialect.used_environment.items()}},
        problems=_apart(base.problems, (one for file in files for one in file.dialect.problems), paths),
        warnings=_apart(base.warnings, (one for file in files for one in file.dialect.notes), paths),
        unknown_commands=tuple(
            dict.fromkeys((*base.unknown_commands, *(command for file in files for command in file.shell.unknown)))
        ),
        sourced=(
            *base.sourced,
            *(one for file in files for one in file.sourced if one.path not in base.files),
        ),
    )


def _choice_numbers(base: Kconfig, files: Sequence[_File]) -> list[list[int]] | None:
    """By file, the numbers that its choices have in the whole; None when choices come or go, or hold other files."""
    found = []
    for file in files:
        numbers = [at for at, choice in enumerate(base.choices) if choice.path in file.paths]
        if len(numbers) != len(file.facts.choices()) or any(one.choice for one in file.sourced):
            return None
        found.append(numbers)
    return found


def _choice(
    base: Kconfig, was: Symbol, files: Sequence[_File], numbers: Sequence[Sequence[int]], paths: Collection[str]
) -> int | None:
    """The number of the choice that a symbol belongs to now."""
    for file, ours in zip(files, numbers, strict=True):
        if was.name in file.facts.member_of:
            return ours[file.facts.member_of[was.name]]
    return was.choice if was.choice is not None and base.choices[was.choice].path not in paths else None


def _joined(known: Sequence[_T], fresh: Iterable[_T], paths: Collection[str], order: Mapping[str, int]) -> list[_T]:
    """What stands elsewhere, and what stands in the files now: file by file where it was, or by the files' order."""
    by_path: dict[str, list[_T]] = {}
    for one in fresh:
        by_path.setdefault(one.path, []).append(one)
    found: list[_T] = []
    for one in known:
        if one.path not in paths:
            found.append(one)
        else:
            found += by_path.pop(one.path, ())
    for path in sorted(by_path, key=lambda path: order[path]):
        at = next((i for i, one in enumerate(found) if order[one.path] > order[path]), len(found))
        found[at:at] = by_path[path]
    return found


def _selects(symbol: Symbol) -> Iterator[Select]:
    for entry in symbol.definitions:
        yield from entry.selects
        yield from entry.implies


def _apart(known: Iterable[Problem], fresh: Iterable[Problem], paths: Collection[str]) -> tuple[Problem, ...]:
    return (*(one for one in known if one.path not in paths), *fresh)
