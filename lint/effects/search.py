"""Where makefiles and code name symbols: searches over what concerns an architecture, and no other's directory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lint.effects.reach import Reach
from lint.kconfig.model import Type
from lint.resolve import HOST, arch_of
from lint.snapshot.tree import Occurrence
from lint.state import State


def words_of(reach: Reach, symbols: Iterable[str]) -> tuple[str, ...]:
    """The macros by which code and makefiles may name some symbols."""
    found: dict[str, None] = {}
    for name in symbols:
        found[f"CONFIG_{name}"] = None
        for kconfig in (reach.comparison.before, reach.comparison.after):
            symbol = kconfig.symbols.get(name)
            if symbol is not None and symbol.type is Type.TRISTATE:
                found[f"CONFIG_{name}_MODULE"] = None
    return tuple(sorted(found))


def search(reach: Reach, symbols: Iterable[str]) -> Mapping[str, tuple[Occurrence, ...]]:
    """The places of some symbols, after the patch, outside of other architectures and of host programs."""
    return places(reach.change.after, words_of(reach, symbols), reach.arch)


def places(state: State, words: Collection[str], arch: str) -> Mapping[str, tuple[Occurrence, ...]]:
    """The places of some words: first in generic code, which all architectures share, then in those of one."""
    shared = state.search(words, generic(state))
    own = state.search(words, (f"arch/{arch}",))
    return {word: (*own[word], *shared[word]) for word in words}


def generic(state: State) -> tuple[str, ...]:
    """The parts of the tree that belong to every architecture and to the kernel: directories, and files at the top."""
    tops = dict.fromkeys(path.split("/", 1)[0] for path in state.tree.list() if arch_of(path) is None)
    return tuple(top for top in tops if f"{top}/" not in HOST and top != "arch")
