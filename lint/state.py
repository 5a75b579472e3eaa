"""One state of the tree with everything that is known about it, computed when it is asked for and kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from io import BytesIO
from typing import TYPE_CHECKING, TypeVar

from lint.cache import Cache
from lint.cache_facts import FactStore
from lint.cparse.facts import FileFacts, facts
from lint.includes.graph import IncludeGraph, Known
from lint.kbuild.gates import Gates
from lint.kconfig.arches import architectures
from lint.kconfig.model import Kconfig
from lint.kconfig.paused import paused_collector
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.textual import FileText, KconfigText, read_tree
from lint.snapshot.gittree import GitTree
from lint.snapshot.headers import HeaderWords, in_text, is_indexed, pack
from lint.snapshot.overlay import OverlayTree, base_of
from lint.snapshot.tree import Occurrence, Tree

if TYPE_CHECKING:
    from lint.kconfig.solver import Solver
    from lint.kconfig.toolchain import Toolchain

# A word in more headers than this is an everyday one: where it is defined can't be told from its lines.
MOST_HEADERS = 800


@dataclass(slots=True)
class Knowledge:
    """What was learnt in one run about any state; states that agree on the files concerned share it."""

    toolchain: Toolchain
    cache: Cache = field(default_factory=lambda: Cache(None))
    facts: FactStore = field(default_factory=lambda: FactStore(None))
    headers: Headers = field(default_factory=lambda: Headers())
    kconfigs: dict[tuple[str, KconfigKey], Kconfig] = field(default_factory=dict)
    solvers: dict[tuple[str, KconfigKey], Solver] = field(default_factory=dict)
    gatings: dict[KconfigKey, Gates] = field(default_factory=dict)
    texts: list[dict[str, FileText]] = field(default_factory=list)
    includes: Known = field(default_factory=Known)
    plain: dict[tuple[object, ...], object] = field(default_factory=dict)
    architectures: tuple[str, ...] | None = None


T = TypeVar("T")
KconfigKey = frozenset[tuple[str, bytes | None]]


class Headers:
    """What is known of the words of the base tree's headers: the index, when it was opened, and answers."""

    __slots__ = ("answers", "index")

    def __init__(self) -> None:
        self.index: HeaderWords | None = None
        self.answers: dict[str, tuple[Occurrence, ...] | None] = {}


class State:
    """A tree and its facts. Immutable to its users; equal questions get the same answer object."""

    def __init__(self, tree: Tree, knowledge: Knowledge) -> None:
        self.tree = tree
        self._knowledge = knowledge

    def facts(self, path: str) -> FileFacts | None:
        """The C or assembly facts of a file; None when there is no such file."""
        text = self.tree.read(path)
        if text is None:
            return None
        found = facts(path, text)
        base = base_of(self.tree)
        if found.keeper is None and isinstance(base, GitTree) and path not in self._touched:
            found.keeper = partial(self._knowledge.facts.kept, path=path, blob=base.blob_name(path))
        return found

    @cached_property
    def _touched(self) -> Collection[str]:
        return self.tree.changed if isinstance(self.tree, OverlayTree) else ()

    def search(self, words: Collection[str], within: Collection[str] = ()) -> Mapping[str, tuple[Occurrence, ...]]:
        """Whole-word occurrences, as in Tree.search."""
        return self.tree.search(words, within)

    def headers(self, words: Iterable[str]) -> Mapping[str, tuple[Occurrence, ...] | None]:
        """Where each word stands in the kernel's headers (include/, arch/); None for an everyday word of them.

        Costs no search: the base tree has an index of its headers.
        """
        words = list(dict.fromkeys(words))
        base = self._of_base(words)
        changed = [path for path in self._touched if is_indexed(path)]
        if not changed:
            return base
        found: dict[str, tuple[Occurrence, ...] | None] = {}
        for word in words:
            kept = base[word]
            if kept is not None:
                ours = [one for path in changed for one in in_text(word, path, self.tree.read(path) or b"")]
                kept = tuple(sorted([*(one for one in kept if one.path not in self._touched), *ours]))
            found[word] = kept
        return found

    def _of_base(self, words: list[str]) -> dict[str, tuple[Occurrence, ...] | None]:
        base = base_of(self.tree)
        known = self._knowledge.headers
        missing = [word for word in words if word not in known.answers]
        if missing and isinstance(base, GitTree):
            if known.index is None:
                known.index = self._index(base)
            known.answers.update(known.index.search(missing, base.read, MOST_HEADERS))
        elif missing:
            for word, places in base.search(missing, ("arch/", "include/")).items():
                lines = tuple(one for one in places if is_indexed(one.path))
                known.answers[word] = lines if len({one.path for one in lines}) <= MOST_HEADERS else None
        return {word: known.answers[word] for word in words}

    def _index(self, base: GitTree) -> HeaderWords:
        parts = ("header words", *(base.names_of("include", "arch") or (base.tree_id,)))
        cache = self._knowledge.cache
        with suppress(ValueError):
            if (file := cache.open(parts)) is not None:
                return HeaderWords(file)
        with paused_collector():
            data = pack([path for path in base.list() if is_indexed(path)], base.read)
        cache.store_bytes(parts, data)
        return HeaderWords(BytesIO(data))

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
        known, base = self._knowledge.includes, base_of(self.tree)
        if isinstance(base, GitTree):
            facts, name = self._knowledge.facts, base.blob_name
            known.kept = lambda path, make: facts.kept("includes", path, name(path), tuple, make)
        return IncludeGraph(self.tree, known)

    def kept_since(self, earlier: State, parts: tuple[object, ...], kind: type[T], make: Callable[[], T]) -> T:
        """A plain value that follows from this state and an earlier one: from this run, from the cache, or made."""
        known = self._knowledge.plain
        key = self._key_since(earlier, parts)
        if key not in known:
            everything: list[object] = [self._knowledge.toolchain.name]
            for one in self._all_changed(earlier):
                changed = sorted(one, key=lambda file: file[0])
                everything += [len(changed), *(part for file in changed for part in file)]
            known[key] = self._kept((*parts, *everything), kind, make)
        value = known[key]
        assert isinstance(value, kind)
        return value

    def knows_since(self, earlier: State, parts: tuple[object, ...]) -> bool:
        """Whether ``kept_since`` was asked for this in this run."""
        return self._key_since(earlier, parts) in self._knowledge.plain

    def _key_since(self, earlier: State, parts: tuple[object, ...]) -> tuple[object, ...]:
        return (*parts, *self._all_changed(earlier))

    def _all_changed(self, earlier: State) -> list[KconfigKey]:
        return [state._changed(lambda path: True) for state in (earlier, self)]

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
