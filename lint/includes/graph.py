"""The include graph of one state of a tree: what an ``#include`` means, and what a file reaches.

All branches of ``#if`` are taken, but for those that no unit of the kernel takes (``__ASSEMBLY__`` in C); the
condition of a chain says under which configuration it holds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeAlias

from lint.cparse.includes import includes
from lint.cparse.model import Include
from lint.includes.model import END, Edge, Resolution, Segment, Status
from lint.includes.search import HOST, Search
from lint.logic import And, Atom, Formula, Not, atoms, both, either, negate
from lint.snapshot.overlay import OverlayTree, base_of
from lint.snapshot.tree import Tree

MOST_HEADERS = 6000
_MOST_ROUNDS = 5
_MOST_ATOMS = 120
_BUILD_FILES = ("Makefile", "Kbuild", ".gitignore")


Keep: TypeAlias = Callable[[str, Callable[[], tuple[Include, ...]]], tuple[Include, ...]]


@dataclass(slots=True)
class Known:
    """What was learnt in one run about any state; it only grows. States that agree on the files concerned share it."""

    base: Tree | None = None
    files: dict[str, tuple[Include, ...]] = field(default_factory=dict)
    searches: dict[frozenset[tuple[str, object]], Search] = field(default_factory=dict)
    targets: dict[tuple[int, str, str, str], tuple[tuple[Include, Resolution], ...]] = field(default_factory=dict)
    kept: Keep = field(default=lambda path, make: make())  # the includes of a file of the base that a run before knew


class Reached:
    """The headers that one unit reaches for one architecture, in the order in which they are found.

    ``unsolved`` are the includes on the way that name no file that can be read: generated ones, those of the C
    library, and missing ones. ``complete`` is False when the walk was cut short.
    """

    def __init__(
        self,
        unit: str,
        arch: str,
        edges: Mapping[str, tuple[Edge, ...]],
        unsolved: tuple[tuple[str, Include, Resolution], ...],
        complete: bool,
    ) -> None:
        self.unit = unit
        self.arch = arch
        self._edges = edges
        self.unsolved = unsolved
        self.complete = complete
        self._conditions: dict[str, Formula] = {}

    def __contains__(self, header: object) -> bool:
        return header in self._edges

    def __iter__(self) -> Iterator[str]:
        return iter(self._edges)

    def __len__(self) -> int:
        return len(self._edges)

    def edges_to(self, header: str) -> tuple[Edge, ...]:
        """Every include of a header on the way; empty for what is not reached."""
        return self._edges.get(header, ())

    def chain(self, header: str) -> tuple[Edge, ...]:
        """The shortest chain of includes from the unit to a header; empty for what the command line forces in."""
        steps: list[Edge] = []
        seen = {header}
        while edges := self._edges.get(header, ()):
            edge = edges[0]
            steps.append(edge)
            header = edge.parent
            if header == self.unit or header in seen:
                break
            seen.add(header)
        return tuple(reversed(steps))

    @cached_property
    def always(self) -> frozenset[str]:
        """The headers that are reached whatever the configuration."""
        children: dict[str, list[str]] = {}
        start = [self.unit]
        for header, edges in self._edges.items():
            if not edges:
                start.append(header)
            for edge in edges:
                if edge.include.condition is True:
                    children.setdefault(edge.parent, []).append(header)
        seen = set(start)
        while start:
            for child in children.get(start.pop(), ()):
                if child not in seen:
                    seen.add(child)
                    start.append(child)
        return frozenset(seen)

    def condition(self, header: str) -> Formula:
        """Under which condition the unit reaches a header; False for what it never reaches."""
        if header in self.always:
            return True
        if header not in self._edges:
            return False
        if header not in self._conditions:
            self._conditions[header] = self._solve(header)
        return self._conditions[header]

    def _solve(self, header: str) -> Formula:
        """Rounds of weakening from False, over the headers on the way that are not always there."""
        above: dict[str, None] = {header: None}
        for one in above_of(above):
            for edge in self._edges.get(one, ()):
                if edge.parent not in self.always:
                    above[edge.parent] = None
        value: dict[str, Formula] = dict.fromkeys(above, False)
        for _ in range(_MOST_ROUNDS):
            changed = False
            for one in reversed(above):
                new = either(
                    both((True if e.parent in self.always else value[e.parent], e.include.condition))
                    for e in self._edges[one]
                )
                new = new if _is_small(new) else Atom(f"?include({one})")
                changed |= new != value[one]
                value[one] = new
            if not changed:
                break
        return value[header]


def above_of(growing: dict[str, None]) -> Iterator[str]:
    """The keys of a mapping that grows while it is read."""
    done = 0
    while done < len(growing):
        batch = list(growing)[done:]
        done += len(batch)
        yield from batch


class IncludeGraph:
    """Resolves and follows the includes of one tree."""

    def __init__(self, tree: Tree, known: Known | None = None) -> None:
        self._tree = tree
        self._known = known if known is not None else Known()
        base = base_of(tree)
        if self._known.base is not base:
            self._known.base, self._known.files, self._known.searches, self._known.targets = base, {}, {}, {}
        self._changed = frozenset(tree.changed) if isinstance(tree, OverlayTree) else frozenset()
        self._own: dict[str, tuple[Include, ...]] = {}
        self._reached: dict[tuple[str, str], Reached] = {}
        self._segments: dict[tuple[str, str], tuple[Segment, ...]] = {}
        self._targets: dict[tuple[int, str, str, str], tuple[tuple[Include, Resolution], ...]] = {}

    @cached_property
    def search(self) -> Search:
        """The search for files, shared by the states that have the same files and makefiles."""
        key = self._shape()
        searches = self._known.searches
        if key not in searches:
            searches[key] = Search(self._tree)
        return searches[key]

    def includes(self, path: str) -> tuple[Include, ...]:
        """The ``#include`` lines of a file; empty when there is no such file."""
        store = self._own if path in self._changed else self._known.files
        if path not in store:
            text = self._tree.read(path)
            if text is None:
                store[path] = ()
            elif store is self._own:
                store[path] = includes(text, path)
            else:
                store[path] = self._known.kept(path, partial(includes, text, path))
        return store[path]

    def resolve(self, include: Include, path: str, arch: str, unit: str = "") -> Resolution:
        """What an ``#include`` in ``path`` means for an architecture (empty: none is known).

        ``unit`` is the source file that is compiled, whose makefile gives the search path; left out, ``path`` itself
        when it is a source, or any unit that may include it when it is a header.
        """
        if not unit and not path.endswith((".h", ".inc")):
            unit = path
        return self.search.resolve(include.path, quoted=include.quoted, path=path, arch=arch, unit=unit)

    def reached(self, path: str, arch: str, limit: int = MOST_HEADERS) -> Reached:
        """The headers that a unit (or a header taken as one) reaches for an architecture."""
        key = path, arch
        if key not in self._reached:
            self._reached[key] = self._walk(path, arch, limit)
        return self._reached[key]

    def segments(self, unit: str, arch: str, limit: int = MOST_HEADERS) -> tuple[Segment, ...]:
        """The text of a unit as the compiler reads it: pieces of files in order, each header once."""
        key = unit, arch
        if key not in self._segments:
            self._segments[key] = tuple(self._read_in_order(unit, arch, limit))
        return self._segments[key]

    def _read_in_order(self, unit: str, arch: str, limit: int) -> Iterator[Segment]:
        seen = {unit, *self.search.flags.forced}
        for header in self.search.flags.forced:
            yield Segment(header, 1, END)
        stack = [(unit, 1, iter(self._targets_of(unit, arch, unit)))]
        while stack and len(seen) < limit:
            path, start, rest = stack.pop()
            for include, found in rest:
                if found.status is Status.FOUND and found.path not in seen:
                    seen.add(found.path)
                    yield Segment(path, start, include.line)
                    stack.append((path, include.line + 1, rest))
                    stack.append((found.path, 1, iter(self._targets_of(found.path, arch, unit))))
                    break
            else:
                yield Segment(path, start, END)

    def _walk(self, unit: str, arch: str, limit: int) -> Reached:
        edges: dict[str, list[Edge]] = {}
        unsolved: list[tuple[str, Include, Resolution]] = []
        waiting: deque[str] = deque([unit])
        if not unit.startswith(HOST):
            for header in self.search.flags.forced:
                edges[header] = []
                waiting.append(header)
        while waiting and len(edges) < limit:
            parent = waiting.popleft()
            for include, found in self._targets_of(parent, arch, unit):
                if found.status is not Status.FOUND:
                    unsolved.append((parent, include, found))
                    continue
                if found.path not in edges and found.path != unit:
                    edges[found.path] = []
                    waiting.append(found.path)
                if found.path != unit and (edges[found.path] or found.path not in self.search.flags.forced):
                    edges[found.path].append(Edge(parent, include, found.path))
        kept = {header: tuple(found) for header, found in edges.items()}
        return Reached(unit, arch, kept, tuple(unsolved), not waiting)

    def _targets_of(self, path: str, arch: str, unit: str) -> Iterable[tuple[Include, Resolution]]:
        place = unit.rpartition("/")[0] + ("|S" if unit.endswith((".S", ".s")) else "")
        # States that search alike find the same for a file that both have.
        known = self._targets if path in self._changed else self._known.targets
        key = id(self.search), path, arch, place
        if key not in known:
            found = []
            for include in self.includes(path):
                condition = settle(include.condition, unit)
                if condition is False:
                    continue
                told = Include(include.path, include.line, include.quoted, condition)
                found.append((told, self.resolve(include, path, arch, unit)))
            known[key] = tuple(found)
        return known[key]

    def _shape(self) -> frozenset[tuple[str, object]]:
        """What the search hangs on: which files there are, and the build files' contents."""
        if not isinstance(self._tree, OverlayTree):
            return frozenset()
        shape: set[tuple[str, object]] = set()
        for path, entry in self._tree.changed.items():
            if path.rpartition("/")[2].startswith(_BUILD_FILES):
                shape.add((path, entry.content if entry is not None else None))
            elif (entry is not None) != self._tree.base.exists(path):
                shape.add((path, entry is not None))
        return frozenset(shape)


def settle(condition: Formula, unit: str) -> Formula:
    """A condition with what is known of a unit's kind put in: C (a header, too) or assembly, kernel or not."""
    assembly = unit.endswith((".S", ".s", ".lds"))
    known = {"defined(__cplusplus)": False, "defined(__ASSEMBLY__)": assembly, "defined(__ASSEMBLER__)": assembly}
    if not unit.startswith(HOST):
        known["defined(__KERNEL__)"] = True
    return _put(condition, known)


def _put(formula: Formula, known: Mapping[str, bool]) -> Formula:
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        return known.get(formula.name, formula)
    if isinstance(formula, Not):
        return negate(_put(formula.operand, known))
    parts = [_put(part, known) for part in formula.operands]
    return both(parts) if isinstance(formula, And) else either(parts)


def _is_small(formula: Formula) -> bool:
    return sum(1 for _ in atoms(formula)) <= _MOST_ATOMS
