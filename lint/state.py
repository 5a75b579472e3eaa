"""One state of the tree with everything that is known about it, computed when it is asked for and kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from lint.cache import Cache
from lint.cparse.facts import FileFacts, facts
from lint.kbuild.gates import Gates
from lint.kconfig.arches import architectures
from lint.kconfig.model import Kconfig
from lint.kconfig.scan import is_kconfig_file
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
        return architectures(self.tree)

    def kconfig(self, arch: str) -> Kconfig:
        """The Kconfig of one architecture in this state."""
        from lint.kconfig.parse import parse_kconfig

        key = (arch, self._changed(is_kconfig_file))
        known = self._knowledge.kconfigs
        if key not in known:
            parts = self._cache_key(*key)
            kept = self._knowledge.cache.load(parts) if parts else None
            known[key] = kept or parse_kconfig(self.tree, arch, self._knowledge.toolchain)
            if parts and kept is None:
                self._knowledge.cache.store(parts, known[key])
        return known[key]

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

    def _cache_key(self, arch: str, changed: KconfigKey) -> tuple[object, ...]:
        """What a parsed Kconfig hangs on; empty when the tree has no identity that its content follows from."""
        base = base_of(self.tree)
        if not isinstance(base, GitTree):
            return ()
        contents = (part for path, text in sorted(changed, key=lambda one: one[0]) for part in (path, text))
        return ("kconfig", arch, self._knowledge.toolchain.name, base.tree_id, *contents)

    def _changed(self, concerns: object) -> KconfigKey:
        if not isinstance(self.tree, OverlayTree) or not callable(concerns):
            return frozenset()
        return frozenset((path, self.tree.read(path)) for path in self.tree.changed if concerns(path))


def _is_makefile(path: str) -> bool:
    return path.rpartition("/")[2] in ("Makefile", "Kbuild")
