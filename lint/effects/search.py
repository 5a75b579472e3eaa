"""Where makefiles and code name symbols: searches over what concerns an architecture, and no other's directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lint.effects.reach import Reach
from lint.kconfig.model import Type
from lint.resolve import HOST
from lint.snapshot.overlay import OverlayTree, base_of
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
    """The places of some symbols, after the patch, outside of host programs and of architectures that are not asked."""
    return reach.change.after.search(words_of(reach, symbols), reach.scope)


def scope(state: State, archs: Iterable[str]) -> tuple[str, ...]:
    """What concerns some architectures: their own directories, and the parts of the tree that belong to all."""
    changed = state.tree.changed if isinstance(state.tree, OverlayTree) else ()
    tops = {path.partition("/")[0] for paths in (base_of(state.tree).list(), changed) for path in paths} - {"arch"}
    return tuple(sorted((*(top for top in tops if f"{top}/" not in HOST), *(f"arch/{arch}" for arch in archs))))
