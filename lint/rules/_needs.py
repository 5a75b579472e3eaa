"""Code that needs a symbol: it uses what only exists where the symbol is on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, normpath

from lint.change import Change
from lint.config_uses import CODE_SUFFIXES, Way, config_uses, is_makefile
from lint.cparse.model import Definition, Kind, Reference, Use
from lint.kconfig.formulas import some
from lint.kconfig.model import Sym
from lint.logic import Formula, atoms, both, either, negate
from lint.resolve import (
    MANY_FILES,
    SOURCES,
    Space,
    arch_of,
    built,
    definitions_in,
    is_host,
    is_local_to_file,
    is_visible,
    references_in,
)
from lint.state import State

_OFFERED = frozenset({Kind.FUNCTION, Kind.VARIABLE, Kind.LABEL, Kind.MACRO, Kind.ENUMERATOR, Kind.TYPEDEF})
_MOST_FILES = 150
_MOST_NAMES = 600
_MOST_SITES = 300
_WRAPPED = 3
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Need:
    """A use of ``used``, which comes to ``name`` in the end, which only ``symbol`` provides at ``definition``."""

    symbol: str
    name: str
    used: str
    path: str
    line: int
    column: int
    definition: Definition
    witness: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way from a name to what a symbol provides: itself, or the header's code that uses it under a condition."""

    name: str
    condition: Formula = True


def scope_of(state: State, arch: str | None, owner: str) -> tuple[str, ...]:
    """Where the code of an entry lies: its architecture's directory, or the sources that its Makefiles build."""
    return (f"arch/{arch}/",) if arch is not None else tuple(sources_under(state, owner))


def sources_under(state: State, symbol: str) -> list[str]:
    """The source files whose Makefiles build them only under a condition that names the symbol."""
    atom = f"CONFIG_{symbol}"
    found: dict[str, None] = {}
    directories = dict.fromkeys(dirname(one.path) for one in state.search([atom])[atom] if is_makefile(one.path))
    pending = list(directories)[:_MOST_FILES]
    for directory in pending:
        for target, listed in state.gating.lists(directory).items():
            if target.endswith("/") and any(atom in set(atoms(one.condition)) for one in listed):
                if target.rstrip("/") not in pending:
                    pending.append(target.rstrip("/"))
            elif target.endswith(".o"):
                stem = target.removesuffix(".o")
                paths = (stem + end for end in (".c", ".S") if state.tree.exists(stem + end))
                found.update((path, None) for path in paths if atom in set(atoms(state.gating.condition(path))))
        if len(found) > _MOST_FILES:
            break
    return list(found)


def broken_uses(change: Change, arch: str, owner: str, lost: tuple[str, ...], scope: tuple[str, ...]) -> list[Need]:
    """The uses below ``scope`` that a configuration builds with the owner on, and that have lost what they use."""
    found: list[Need] = []
    if scope:
        change.after.search([f"CONFIG_{symbol}" for symbol in lost])
    for symbol in lost if scope else ():
        offered = _offered(change.after, symbol)
        if not offered:
            continue
        ways = _ways(change.after, offered, arch, _own_headers(change.after, scope))
        sites = list(_references(change.after, ways, scope))
        names = {way.name for _, references in sites for reference in references for way in ways[reference.name]}
        visible = _Visible(change.after, arch, sorted(names))
        for path, references in sites:
            found += _broken(change, owner, symbol, ways, visible, path, references)
            if len(found) >= _ENOUGH:
                break
        if found:
            break
    return sorted(found, key=lambda need: (need.path, need.line, need.column))


def _offered(state: State, symbol: str) -> list[str]:
    """Names that exist only under a condition with the symbol in it: from its objects, and between its ``#if``."""
    atom = f"CONFIG_{symbol}"
    paths = dict.fromkeys(sources_under(state, symbol))
    guarded = dict.fromkeys(
        one.path
        for one in state.search([atom])[atom]
        if one.path.endswith(CODE_SUFFIXES) and not is_host(one.path) and b"#" in one.text
    )
    names: dict[str, None] = {}
    for path in [*paths, *list(guarded)[:_MOST_FILES]]:
        file = state.facts(path)
        for item in file.definitions.items if file is not None else ():
            if item.kind not in _OFFERED or is_local_to_file(item):
                continue
            if path in paths or atom in set(atoms(item.condition)):
                names[item.name] = None
    return list(names)[:_MOST_NAMES]


def _own_headers(state: State, scope: tuple[str, ...]) -> list[str]:
    """The headers beside the sources of a scope that they include by name."""
    found: dict[str, None] = {}
    for path in scope:
        file = state.facts(path) if path.endswith(CODE_SUFFIXES) else None
        for include in file.includes if file is not None else ():
            header = normpath(f"{dirname(path)}/{include.path}")
            if include.quoted and header not in found and state.tree.exists(header):
                found[header] = None
    return list(found)


def _ways(state: State, offered: list[str], arch: str, own_headers: list[str]) -> dict[str, list[_Way]]:
    """Every name that comes to an offered one: itself, and the macros and inline functions of headers around it."""
    ways = {name: [_Way(name)] for name in offered}
    found = state.search(sorted(offered), ("include/", f"arch/{arch}/include/"))
    headers = dict.fromkeys(own_headers)
    headers.update((one.path, None) for name in offered for one in found[name] if one.path.endswith(".h"))
    fresh = offered
    for _ in range(_WRAPPED):
        wrappers: dict[str, list[_Way]] = {}
        for path in list(headers)[:_MOST_FILES]:
            for reference in _header_references(state, path, fresh):
                around = reference.function
                if around and around not in ways and len(ways) + len(wrappers) < _MOST_NAMES:
                    inner = ways[reference.name][:4]
                    wrappers.setdefault(around, []).extend(
                        _Way(way.name, both([way.condition, reference.condition])) for way in inner
                    )
        ways.update(wrappers)
        fresh = list(wrappers)
        if not fresh:
            break
    return ways


def _header_references(state: State, path: str, names: list[str]) -> Iterator[Reference]:
    file = state.facts(path)
    present = [name for name in names if file is not None and name in file.identifiers]
    for reference in file.references(present) if file is not None and present else ():
        if reference.use in (Use.CALL, Use.PLAIN, Use.MACRO_BODY) and reference.function != reference.name:
            yield reference


def _references(
    state: State, ways: dict[str, list[_Way]], scope: tuple[str, ...]
) -> Iterator[tuple[str, list[Reference]]]:
    """The uses of these names in the files of a scope."""
    if len(scope) == 1 and scope[0].endswith("/"):
        found = state.search(sorted(ways), scope)
        paths = dict.fromkeys(one.path for name in ways for one in found[name] if one.path.endswith(SOURCES))
    else:
        paths = dict.fromkeys(scope)
    count = 0
    for path in sorted(paths):
        file = state.facts(path)
        if file is None or is_host(path) or count > _MOST_SITES:
            continue
        references = [
            reference
            for name in sorted(file.identifiers & ways.keys())
            for reference in references_in(state, path, name, Space.ORDINARY)
            if reference.use is not Use.MACRO_BODY
        ]
        count += len(references)
        if references:
            yield path, references


def _broken(
    change: Change,
    owner: str,
    symbol: str,
    ways: dict[str, list[_Way]],
    visible: _Visible,
    path: str,
    references: list[Reference],
) -> Iterator[Need]:
    state = change.after
    text = state.tree.read(path) or b""
    if any(use.symbol == symbol and use.way is Way.TEST for use in config_uses(path, text)):
        return  # a call behind IS_ENABLED() is dropped by the compiler
    asked: dict[Formula, tuple[tuple[str, str], ...] | None] = {}
    for reference in references:
        own = state.facts(path)
        if own is not None and any(
            item.kind not in (Kind.DECLARATION, Kind.EXTERN) for item in own.definitions_of(reference.name)
        ):
            continue
        for way in ways[reference.name]:
            definitions = visible.at(way.name, path)
            if not definitions:
                continue
            there = either(both([state.gating.condition(d.path), d.condition]) for d in definitions)
            formula = both([reference.condition, way.condition, some(Sym(owner)), negate(there)])
            if formula not in asked:
                asked[formula] = _witness(change, visible.arch, path, formula)
            witness = asked[formula]
            if witness is not None:
                place = reference.line, reference.column
                yield Need(symbol, way.name, reference.name, path, *place, definitions[0], witness)
                break


def _witness(change: Change, arch: str, path: str, formula: Formula) -> tuple[tuple[str, str], ...] | None:
    """A configuration that builds the line now, when none did before the change."""
    now = built(change.after, path, formula, (arch,))
    if now is None or not now.proven or built(change.before, path, formula, (arch,)) is not None:
        return None
    return tuple(sorted(now.witness.items()))


class _Visible:
    """What names can mean, for one architecture; the whole tree is searched for all of them at once."""

    def __init__(self, state: State, arch: str, names: list[str]) -> None:
        self.arch = arch
        self._state = state
        everyday = state.headers(names)  # a word in too many headers stands in too many files
        self._found = state.search([name for name in names if everyday[name] is not None])
        self._definitions: dict[str, list[Definition]] = {}

    def at(self, name: str, path: str) -> list[Definition]:
        """The definitions that a use in a file can mean; none when the name stands in too many files to be told."""
        return [item for item in self._all(name) if is_visible(item, path, self.arch)]

    def _all(self, name: str) -> list[Definition]:
        if name not in self._definitions:
            files = dict.fromkeys(one.path for one in self._found.get(name, ()) if one.path.endswith(SOURCES))
            files = files if len(files) <= MANY_FILES else {}
            found = (item for path in files for item in definitions_in(self._state, path, name, Space.ORDINARY))
            self._definitions[name] = [item for item in found if arch_of(item.path) in (None, self.arch)]
        return self._definitions[name]
