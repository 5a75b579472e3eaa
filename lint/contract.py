"""What generic code that a set of Kconfig symbols switches on takes from the architecture, mined from the tree.

The generic code of a migration is every object outside arch/ that cannot be built without one of its symbols, the
headers that only such objects include, and the regions of other files under an ``#if`` that needs one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lint.cparse.facts import FileFacts
from lint.cparse.model import Kind, Reference, Use
from lint.kconfig.scan import is_kconfig_file
from lint.logic import And, Atom, Formula, Not, both, either, negate
from lint.resolve import arch_of, is_host
from lint.snapshot.tree import Occurrence
from lint.state import State

# Where the headers of core code are included; who else includes them does not make them less needed by it.
CORE: Final = ("include", "kernel")
MAX_FILES: Final = 60
_OBJECT: Final = re.compile(rb"([\w-]++)\.o\b")
_ENTRY: Final = re.compile(rb"[ \t]*+(?:menu)?config[ \t]++(\w++)")
_KEYWORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "auto bool break case char const continue default do double else enum extern float for goto if inline int long"
        " register return short signed sizeof static struct switch typedef typeof union unsigned void volatile while",
    )
)
_NEEDED: Final = (Use.CALL, Use.PLAIN, Use.MACRO_BODY)


@dataclass(frozen=True, slots=True)
class Need:
    """One place where generic code takes something from the architecture, and under which condition it is built."""

    path: str
    line: int
    column: int
    condition: Formula


@dataclass(frozen=True)
class Contract:
    """The generic code of some symbols and all that it could take from an architecture.

    ``symbols``: those that were asked for and those that depend on them, without prefix; ``files``: the generic files
    with the condition under which each is built; ``headers``, ``names`` and ``members`` say where the code includes
    ``asm/x.h``, uses an identifier that it does not define itself, or accesses a member; ``declared`` are the names
    that it declares and does not define; ``read`` are the paths that all this was learnt from.
    """

    symbols: frozenset[str]
    files: Mapping[str, Formula]
    headers: Mapping[str, tuple[Need, ...]]
    names: Mapping[str, tuple[Need, ...]]
    members: Mapping[str, tuple[Need, ...]]
    declared: frozenset[str]
    read: frozenset[str]


def searched(symbols: Iterable[str]) -> tuple[str, ...]:
    """The words that mining a contract searches for in the whole tree."""
    return tuple(word for symbol in symbols for word in (symbol, f"CONFIG_{symbol}"))


def mine(state: State, symbols: tuple[str, ...]) -> Contract:
    """The contract of the symbols in one state of the tree."""
    found = state.search(searched(symbols))
    every = frozenset(symbols) | _dependents(state, symbols, found)
    files = with_headers(state, _sources(state, symbols, every, found), every)
    read = {path: file for path in files if (file := state.facts(path)) is not None}
    defined, declared = _defined(read.values())
    headers: dict[str, list[Need]] = {}
    names: dict[str, list[Need]] = {}
    members: dict[str, list[Need]] = {}
    for path, file in read.items():
        for include in file.includes:
            if include.path.startswith("asm/"):
                need = Need(path, include.line, 0, both((files[path], include.condition)))
                headers.setdefault(include.path, []).append(need)
        _uses(file, [one for one in _taken(file) if one.name not in defined], files[path], names, members)
    regions = _regions(state, symbols, every, files, found)
    for path, lines in regions.items():
        region = state.facts(path)
        if region is not None:
            words = {word for on in region.identifiers_on(lines).values() for word in on}
            inside = [one for one in region.references(words) if one.line in lines and one.use is Use.MEMBER]
            _uses(region, inside, state.gating.condition(path), names, members)
    seen = frozenset(one.path for places in found.values() for one in places if not arch_of(one.path)) | files.keys()
    return Contract(every, files, _frozen(headers), _frozen(names), _frozen(members), declared - defined, seen)


def vanishes(condition: Formula, symbols: Collection[str]) -> bool:
    """Whether a condition cannot hold while all the symbols are n."""
    return _without(condition, {f"CONFIG_{symbol}" for symbol in symbols}) is False


def _without(formula: Formula, atoms: Collection[str]) -> Formula:
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        name = formula.name.removeprefix("defined(").removesuffix(")").removesuffix("_MODULE")
        return False if name in atoms else formula
    if isinstance(formula, Not):
        return negate(_without(formula.operand, atoms))
    parts = [_without(part, atoms) for part in formula.operands]
    return both(parts) if isinstance(formula, And) else either(parts)


def _dependents(state: State, symbols: Iterable[str], found: Mapping[str, tuple[Occurrence, ...]]) -> frozenset[str]:
    """The symbols of generic Kconfig files that say ``depends on`` one of the symbols."""
    owners: set[str] = set()
    for symbol in symbols:
        for occurrence in found[symbol]:
            text = occurrence.text.strip()
            if not is_kconfig_file(occurrence.path) or arch_of(occurrence.path) or not text.startswith(b"depends on"):
                continue
            if re.search(rb"!\s*+%b\b" % symbol.encode(), text) or b"||" in text:
                continue
            owner = _owner((state.tree.read(occurrence.path) or b"").split(b"\n"), occurrence.line)
            if owner:
                owners.add(owner)
    return frozenset(owners)


def _owner(lines: list[bytes], line: int) -> str:
    for text in reversed(lines[:line]):
        match = _ENTRY.match(text)
        if match is not None:
            return match[1].decode()
    return ""


def _sources(
    state: State, symbols: Iterable[str], every: frozenset[str], found: Mapping[str, tuple[Occurrence, ...]]
) -> dict[str, Formula]:
    """The sources of the objects that need a symbol, in the directories whose Makefile names one of them."""
    makefiles: dict[str, None] = {}
    for symbol in symbols:
        for occurrence in found[f"CONFIG_{symbol}"]:
            path = occurrence.path
            if path.rpartition("/")[2] in ("Makefile", "Kbuild") and not arch_of(path) and not is_host(path):
                makefiles[path] = None
    sources: dict[str, Formula] = {}
    for path in sorted(makefiles):
        folder = path.rpartition("/")[0]
        for name in dict.fromkeys(_OBJECT.findall(state.tree.read(path) or b"")):
            source = f"{folder}/{name.decode()}.c".lstrip("/")
            condition = state.gating.condition(source) if state.tree.exists(source) else True
            if vanishes(condition, every) and len(sources) < MAX_FILES:
                sources[source] = condition
    return sources


def with_headers(state: State, sources: Mapping[str, Formula], every: frozenset[str]) -> dict[str, Formula]:
    """The sources, and the headers that take from the architecture and that nothing else in core code includes.

    By path, when each is compiled; ``every`` are symbols under which an include counts as one from these files.
    """
    files = dict(sources)
    judged: set[str] = set()
    level = dict(sources)
    while level and len(files) < MAX_FILES:
        included: dict[str, list[Formula]] = {}
        for path, condition in level.items():
            file = state.facts(path)
            for include in file.includes if file is not None else ():
                header = _header(state, path, include.path, quoted=include.quoted)
                if header and header not in files:
                    included.setdefault(header, []).append(both((condition, include.condition)))
        fresh = [header for header in included if header not in judged and _is_interface(state, header)]
        judged.update(fresh)
        own = _own_headers(state, fresh, files, every)
        level = {header: either(included[header]) for header in fresh if header in own}
        files.update(level)
    return files


def _header(state: State, path: str, name: str, *, quoted: bool) -> str:
    beside = f"{path.rpartition('/')[0]}/{name}"
    if quoted and state.tree.exists(beside):
        return beside
    header = f"include/{name}"
    return header if name.startswith("linux/") and state.tree.exists(header) else ""


def _is_interface(state: State, header: str) -> bool:
    text = state.tree.read(header) or b""
    return b"<asm/" in text or not header.startswith("include/")


def _own_headers(state: State, headers: list[str], files: Mapping[str, Formula], every: frozenset[str]) -> set[str]:
    """Those headers that core code includes only from these files, from each other, or where a symbol is needed."""
    own = set(headers)
    users: dict[str, list[tuple[str, int]]] = {header: [] for header in headers}
    found = state.search([header.rpartition("/")[2] for header in headers], CORE)
    for header in headers:
        name = header.removeprefix("include/").encode()
        for occurrence in found[header.rpartition("/")[2]]:
            text = occurrence.text
            if b"include" in text and (b"<%b>" % name in text or b'"%b"' % name in text):
                users[header].append((occurrence.path, occurrence.line))
    while True:
        left = {
            header
            for header in own
            if not header.startswith("include/")
            or all(path in files or path in own or _is_inside(state, path, line, every) for path, line in users[header])
        }
        if left == own:
            return own
        own = left


def _is_inside(state: State, path: str, line: int, every: frozenset[str]) -> bool:
    file = state.facts(path)
    return file is not None and vanishes(file.conditions.at(line), every)


def _regions(
    state: State,
    symbols: Iterable[str],
    every: frozenset[str],
    files: Mapping[str, Formula],
    found: Mapping[str, tuple[Occurrence, ...]],
) -> dict[str, set[int]]:
    """The lines of other generic files that need a symbol, by file."""
    paths: dict[str, None] = {}
    for symbol in symbols:
        for one in found[f"CONFIG_{symbol}"]:
            if one.path.endswith((".c", ".h")) and not arch_of(one.path) and not is_host(one.path):
                paths[one.path] = None
    regions: dict[str, set[int]] = {}
    for path in sorted(paths)[:MAX_FILES]:
        file = state.facts(path)
        if file is None or path in files:
            continue
        for branch in file.conditions.branches:
            if not branch.guard and vanishes(branch.own, every):
                regions.setdefault(path, set()).update(range(branch.first, branch.end_line))
    return regions


def _defined(files: Iterable[FileFacts]) -> tuple[frozenset[str], frozenset[str]]:
    """What the files define, and what they declare."""
    defined: set[str] = set()
    declared: set[str] = set()
    for file in files:
        for item in file.definitions.items:
            if item.kind in (Kind.DECLARATION, Kind.EXTERN):
                declared.add(item.name)
            elif item.kind is not Kind.MEMBER:
                defined.add(item.name)
    return frozenset(defined), frozenset(declared)


@lru_cache(maxsize=64)
def _taken(file: FileFacts) -> tuple[Reference, ...]:
    """The uses in a file that need something from elsewhere; the states of a history share most files."""
    return tuple(
        one
        for one in file.references(file.identifiers - _KEYWORDS)
        if one.use is Use.MEMBER or (one.use in _NEEDED and not file.is_local(one))
    )


def _uses(
    file: FileFacts,
    references: Iterable[Reference],
    condition: Formula,
    names: dict[str, list[Need]],
    members: dict[str, list[Need]],
) -> None:
    for one in references:
        kept = members if one.use is Use.MEMBER else names
        kept.setdefault(one.name, []).append(Need(file.path, one.line, one.column, both((condition, one.condition))))


def _frozen(found: Mapping[str, list[Need]]) -> dict[str, tuple[Need, ...]]:
    return {name: tuple(found[name]) for name in sorted(found)}
