"""Which file exports a name to modules."""

from __future__ import annotations

import re
from functools import lru_cache

from lint.snapshot.overlay import OverlayTree, base_of
from lint.snapshot.tree import Tree
from lint.state import State

# The macros of include/linux/export.h and what is built on them, as they are found at the start of a line.
_EXPORT = re.compile(
    rb"^[ \t]*+(?:_ASM_)?EXPORT_[A-Z0-9_]*+\s*\(\s*([A-Za-z_]\w*+)|^[ \t]*+EXPORT_SYMBOL_FOR\w*\s*\(\s*([A-Za-z_]\w*+)",
    re.M,
)
_WORDS = ("EXPORT_SYMBOL", "EXPORT_SYMBOL_GPL", "EXPORT_SYMBOL_NS", "EXPORT_SYMBOL_NS_GPL")


class Exports:
    """The exporting files of every name, in one state. Names that macros paste together are not among them."""

    def __init__(self, state: State) -> None:
        base = base_of(state.tree)
        self._base: dict[str, tuple[str, ...]] = state.kept_of_base(("exports",), dict, lambda: _all(base))
        changed = state.tree.changed if isinstance(state.tree, OverlayTree) else {}
        self._changed = frozenset(path for path in changed if path.endswith((".c", ".S")))
        self._own: dict[str, tuple[str, ...]] = {}
        for path in sorted(self._changed):
            for name in exported_by(state.tree.read(path) or b""):
                self._own[name] = (*self._own.get(name, ()), path)

    def of(self, name: str) -> tuple[str, ...]:
        """The files with a line that exports a name."""
        return (*(path for path in self._base.get(name, ()) if path not in self._changed), *self._own.get(name, ()))


def exported_by(text: bytes) -> set[str]:
    """The names that a source exports."""
    if b"EXPORT_" not in text:
        return set()
    return {(one or other).decode("ascii", "replace") for one, other in _EXPORT.findall(text)}


def _all(tree: Tree) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for places in tree.search(_WORDS).values():
        for one in places:
            if one.path.endswith((".c", ".S")):
                for name in exported_by(one.text):
                    found.setdefault(name, {})[one.path] = None
    return {name: tuple(paths) for name, paths in found.items()}


@lru_cache(maxsize=8)
def exports_of(state: State) -> Exports:
    """The exports of a state, made once."""
    return Exports(state)
