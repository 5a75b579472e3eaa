"""What the rules about includes share: for whom a file is built, and who includes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lint.change import Change
from lint.cparse.model import Include
from lint.includes.model import Status
from lint.kconfig.model import AndExpr, Expr, Kconfig, OrExpr, Sym
from lint.logic import And, Atom, Formula, Or, both
from lint.resolve import SOURCES, Built, arch_of, built
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import base_of
from lint.state import State

_UNITS = (".c", ".S", ".s")
_MOST_LEVELS = 4
_MOST_FILES = 300
_MOST_DEPTH = 40
_MOST_TRIED = 6


def has_tree(change: Change) -> bool:
    """Whether there is a tree at all: without one nothing can be missing from it."""
    return not isinstance(base_of(change.after.tree), EmptyTree)


def archs_of(state: State, path: str) -> tuple[str, ...]:
    """The architectures that a file can be for: that of its directory, or all; one without a name in a small tree."""
    own = own_arch(state, path)
    return (own,) if own is not None else state.architectures or ("",)


def own_arch(state: State, path: str) -> str | None:
    """The architecture whose code a file is. ``arch/A/B/`` is for B where that is one (arch/x86/um)."""
    parts = path.split("/", 3)
    if len(parts) == 4 and parts[0] == "arch" and parts[2] in state.architectures:
        return parts[2]
    return arch_of(path)


def likely_archs(change: Change, path: str) -> list[str]:
    """The architectures that are asked about a file, those with the most to configure first."""
    state = change.after
    every = archs_of(state, path)
    asked = [arch for arch in every if arch in change.archs] or list(every)
    if len(asked) < 2:
        return asked
    size = change.kept(_sizes, lambda: _sizes(change))
    return sorted(asked, key=lambda arch: -size.get(arch, 0))


def _sizes(change: Change) -> dict[str, int]:
    """How many Kconfig entries each architecture has of its own."""
    sizes: dict[str, int] = {}
    for path, file in change.after.kconfig_text.files.items():
        own = arch_of(path)
        if own is not None:
            sizes[own] = sizes.get(own, 0) + len(file.entries)
    return sizes


def builders(
    change: Change, path: str, condition: Formula, most: int = 2, without: Collection[str] = ()
) -> Iterator[Built]:
    """Architectures for which a configuration builds a line for certain, the likely ones first, each with a witness.

    ``without`` are architectures that are not asked.
    """
    state = change.after
    archs = [arch for arch in likely_archs(change, path) if arch not in without]
    whole = both((state.gating.condition(path), condition))
    known = next((arch for arch in (*change.archs[:1], *without, *archs) if arch in state.architectures), "")
    left = possible(state, whole, known, archs) if known and (len(archs) > 1 or without) else tuple(archs)
    count = 0
    for arch in left[:_MOST_TRIED]:
        found = built(state, path, condition, (arch,))
        if found is not None and found.proven:
            yield found
            count += 1
            if count >= most:
                return


def missing_for(state: State, include: Include, path: str, archs: Iterable[str]) -> tuple[str, ...]:
    """The architectures for which an include names no file."""
    return tuple(arch for arch in archs if state.includes.resolve(include, path, arch).status is Status.MISSING)


def includers(state: State, header: str, arch: str) -> Iterator[tuple[str, Include]]:
    """Every file that includes a header for an architecture, with the line that does; one search for its name."""
    name = header.rpartition("/")[2]
    lines = state.search([name])[name]
    files = dict.fromkeys(one.path for one in lines if b"include" in one.text and one.path.endswith(SOURCES))
    for path in list(files)[:_MOST_FILES]:
        for include in state.includes.includes(path):
            if include.path.endswith(name) and state.includes.resolve(include, path, arch).path == header:
                yield path, include


def units_of(state: State, header: str, arch: str, most: int) -> tuple[str, ...]:
    """Source files that reach a header by some chain of includes, at most ``most``; nearest first."""
    found: dict[str, None] = {}
    seen = {header}
    level = [header]
    for _ in range(_MOST_LEVELS):
        above: list[str] = []
        for one in level[:20]:
            for path, _ in includers(state, one, arch):
                if path in seen or own_arch(state, path) not in (None, arch):
                    continue
                seen.add(path)
                if path.endswith(_UNITS):
                    found[path] = None
                    if len(found) >= most:
                        return tuple(found)
                else:
                    above.append(path)
        level = above
    return tuple(found)


def possible(state: State, formula: Formula, known: str, archs: Iterable[str]) -> tuple[str, ...]:
    """Those architectures where the Kconfig files, as text, don't rule a formula out; a first look, never a proof.

    ``known`` is an architecture whose Kconfig tells the dependencies.
    """
    if not state.architectures or isinstance(formula, bool):
        return tuple(archs)
    look = _Look(state, state.kconfig(known))
    return tuple(arch for arch in archs if look.formula(formula, arch))


class _Look:
    """What some entry anywhere would have to exist for, per architecture."""

    def __init__(self, state: State, kconfig: Kconfig) -> None:
        self._symbols = kconfig.symbols
        self._places: dict[str, list[str]] = {}
        for path, file in state.kconfig_text.files.items():
            for entry in file.entries:
                self._places.setdefault(entry, []).append(path)
        self._known: dict[tuple[str, str], bool] = {}

    def formula(self, formula: Formula, arch: str) -> bool:
        if isinstance(formula, Atom):
            if not formula.name.startswith("CONFIG_"):
                return True
            name = formula.name.removeprefix("CONFIG_")
            return self._symbol(name, arch, 0) or self._symbol(name.removesuffix("_MODULE"), arch, 0)
        if isinstance(formula, And):
            return all(self.formula(part, arch) for part in formula.operands)
        if isinstance(formula, Or):
            return any(self.formula(part, arch) for part in formula.operands)
        return True

    def _symbol(self, name: str, arch: str, depth: int) -> bool:
        key = name, arch
        if key not in self._known:
            self._known[key] = True  # what depends on itself meets this
            self._known[key] = self._can_be(name, arch, depth)
        return self._known[key]

    def _can_be(self, name: str, arch: str, depth: int) -> bool:
        if not any(_is_read(path, arch) for path in self._places.get(name, ())):
            return False
        symbol = self._symbols.get(name)
        if depth > _MOST_DEPTH or symbol is None or not symbol.definitions:
            return True
        selectors = (select.selector for select in symbol.selected_by)
        return self._expr(symbol.direct_dependency, arch, depth) or any(
            self._symbol(selector, arch, depth + 1) for selector in selectors
        )

    def _expr(self, expr: Expr, arch: str, depth: int) -> bool:
        if isinstance(expr, Sym):
            return self._symbol(expr.name, arch, depth + 1)
        if isinstance(expr, AndExpr):
            return all(self._expr(part, arch, depth) for part in expr.operands)
        if isinstance(expr, OrExpr):
            return any(self._expr(part, arch, depth) for part in expr.operands)
        return True


def _is_read(path: str, arch: str) -> bool:
    parts = path.split("/")
    return parts[0] != "arch" or len(parts) < 3 or arch in (parts[1], parts[2])
