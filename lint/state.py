"""One state of the tree with everything that is known about it, computed when it is asked for and kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from lint.cache import Cache
from lint.cparse.facts import FileFacts, facts
from lint.includes.graph import IncludeGraph, Known
from lint.kbuild.gates import Gates
from lint.kconfig.arches import architectures
from lint.kconfig.model import Kconfig
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.textual import FileText, KconfigText, read_tree
from lint.snapshot.gittree import GitTree
from lint.snapshot.overlay import OverlayTree, base_of
from lint.snapshot.tree import Occurrence, Tree

if TYPE_CHECKING:
    from lint.kconfig.solver import Solver
    from lint.kconfig.toolchain import Toolchain


@dataclass(slots=True)
class Knowledge:
    """What was learnt in one run about any state; states that agree on the files concerned share it."""

    toolchain: Toolchain
    cache: Cache = field(default_factory=lambda: Cache(None))
    kconfigs: dict[tuple[str, KconfigKey], Kconfig] = field(default_factory=dict)
    solvers: dict[tuple[str, KconfigKey], Solver] = field(default_factory=dict)
    gatings: dict[KconfigKey, Gates] = field(default_factory=dict)
    texts: list[dict[str, FileText]] = field(default_factory=list)
    includes: Known = field(default_factory=Known)
    plain: dict[tuple[object, ...], object] = field(default_factory=dict)
    architectures: tuple[str, ...] | None = None


T = TypeVar("T")
KconfigKey = frozenset[tuple[str, bytes | None]]


class State:
    """A tree and its facts. Immutable to its users; equal questions get the same answer object."""

    def __init__(self, tree: Tree, knowledge: Knowledge) -> None:
        self.tree = tree
        self._knowledge = knowledge

    def facts(self, path: str) -> FileFacts | None:
        """The C or assembly facts of a file; None when there is no such file."""
        text = self.tree.read(path)
        return None if text is None else facts(path, text)

    def search(self, words: Collection[str], within: Collection[str] = ()) -> Mapping[str, tuple[Occurrence, ...]]:
        """Whole-word occurrences, as in Tree.search."""
        return self.tree.search(words, within)

    @cached_property
    def architectures(self) -> tuple[str, ...]:
        """The directories of arch/ that have a Kconfig."""
        base = base_of(self.tree)
        paths = self.tree.changed if isinstance(self.tree, OverlayTree) else ()
        if any(path.endswith("/Kconfig") and base.exists(path) != self.tree.exists(path) for path in paths):
            return architectures(self.tree)
        if self._knowledge.architectures is None:
            self._knowledge.architectures = architectures(base)
        return self._knowledge.architectures

    def kconfig(self, arch: str) -> Kconfig:
        """The Kconfig of one architecture in this state."""
        key = (arch, self._changed(is_kconfig_file))
        known = self._knowledge.kconfigs
        if key not in known:
            known[key] = self._derived(arch, key[1]) or self._parsed(arch, key[1])
        return known[key]

    def _derived(self, arch: str, changed: KconfigKey) -> Kconfig | None:
        """From the Kconfig of the base, where that is easy."""
        from lint.kconfig.derive import derived

        if not changed:
            return None
        base = State(base_of(self.tree), self._knowledge)
        paths = {path for path, _ in changed}
        return derived(base.kconfig(arch), base.tree, self.tree, paths, self._knowledge.toolchain)

    def _parsed(self, arch: str, changed: KconfigKey) -> Kconfig:
        from lint.kconfig.parse import parse_kconfig

        toolchain = self._knowledge.toolchain
        contents = (part for one in sorted(changed, key=lambda one: one[0]) for part in one)
        parts = ("kconfig", arch, toolchain.name, *contents)
        return self._kept(parts, Kconfig, lambda: parse_kconfig(self.tree, arch, toolchain))

    @cached_property
    def kconfig_text(self) -> KconfigText:
        """The Kconfig files of all architectures in this state, as text."""
        base = base_of(self.tree)
        known = self._knowledge.texts
        if not known:
            known.append(self._kept(("kconfig text",), dict, lambda: read_tree(base)))
        return KconfigText(self.tree, known[0])

    def solver(self, arch: str) -> Solver:
        """What configurations of one architecture can be, in this state."""
        from lint.kconfig.solver import Solver

        key = (arch, self._changed(is_kconfig_file))
        known = self._knowledge.solvers
        if key not in known:
            known[key] = Solver(self.kconfig(arch))
        return known[key]

    @cached_property
    def gating(self) -> Gates:
        """Under which condition each source file is built."""
        key = self._changed(_is_makefile)
        known = self._knowledge.gatings
        if key not in known:
            known[key] = Gates(self.tree)
        return known[key]

    @cached_property
    def includes(self) -> IncludeGraph:
        """What an ``#include`` means, and which headers a file reaches."""
        return IncludeGraph(self.tree, self._knowledge.includes)

    def kept_since(self, earlier: State, parts: tuple[object, ...], kind: type[T], make: Callable[[], T]) -> T:
        """A plain value that follows from this state and an earlier one: from this run, from the cache, or made."""
        states = [state._changed(lambda path: True) for state in (earlier, self)]
        known = self._knowledge.plain
        key = (*parts, *states)
        if key not in known:
            everything: list[object] = [self._knowledge.toolchain.name]
            for one in states:
                changed = sorted(one, key=lambda file: file[0])
                everything += [len(changed), *(part for file in changed for part in file)]
            known[key] = self._kept((*parts, *everything), kind, make)
        value = known[key]
        assert isinstance(value, kind)
        return value

    def kept_of_base(self, parts: tuple[object, ...], kind: type[T], make: Callable[[], T]) -> T:
        """A plain value that follows from the base tree alone: from this run, from the cache, or made."""
        known = self._knowledge.plain
        if parts not in known:
            known[parts] = self._kept(parts, kind, make)
        value = known[parts]
        assert isinstance(value, kind)
        return value

    def _kept(self, parts: tuple[object, ...], kind: type[T], make: Callable[[], T]) -> T:
        """A value from the cache, or made and kept there; ``parts`` and the base tree say what it hangs on.

        Only a tree of git has a name that its content follows from.
        """
        base = base_of(self.tree)
        if not isinstance(base, GitTree):
            return make()
        whole = (base.tree_id, *parts)
        value = self._knowledge.cache.load(whole, kind)
        if value is None:
            value = make()
            self._knowledge.cache.store(whole, value)
        return value

    def _changed(self, concerns: object) -> KconfigKey:
        if not isinstance(self.tree, OverlayTree) or not callable(concerns):
            return frozenset()
        return frozenset((path, self.tree.read(path)) for path in self.tree.changed if concerns(path))


def _is_makefile(path: str) -> bool:
    return path.rpartition("/")[2] in ("Makefile", "Kbuild")
