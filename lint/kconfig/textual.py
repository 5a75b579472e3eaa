"""What the Kconfig files of a tree say as text, for all architectures at once: entries, and what they select.

More than any one configuration has, and much cheaper than a parse: a first look, or an answer that no architecture
matters to ("is there an entry of this symbol anywhere").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lint.kconfig.model import Value
from lint.kconfig.scan import is_kconfig_file
from lint.snapshot.overlay import OverlayTree
from lint.snapshot.tree import Tree

_LINE = re.compile(
    rb"^[ \t]*+(?:(?:menu)?config[ \t]++(?P<owner>[A-Za-z0-9_]++)|select[ \t]++(?P<target>\w++)"
    rb"|(?:def_bool|def_tristate|default)[ \t]++y[ \t]*+(?P<always>$))",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class FileText(Value):
    """One file: its entries, (selector, target) as often as it stands there, and symbols with a plain ``default y``."""

    entries: tuple[str, ...]
    selects: tuple[tuple[str, str], ...]
    always: tuple[str, ...]


def read_file(text: bytes) -> FileText:
    """The lines of one Kconfig file that matter here; help texts may add to them."""
    entries: list[str] = []
    selects: list[tuple[str, str]] = []
    always: list[str] = []
    for found in _LINE.finditer(text):
        if found["owner"]:
            entries.append(found["owner"].decode("ascii"))
        elif found["target"]:
            selects.append((entries[-1] if entries else "", found["target"].decode("ascii", "replace")))
        elif entries:
            always.append(entries[-1])
    return FileText(tuple(entries), tuple(selects), tuple(always))


def read_tree(tree: Tree) -> dict[str, FileText]:
    """Every Kconfig file of a tree."""
    paths = (path for path in tree.list() if is_kconfig_file(path))
    return {path: read_file(tree.read(path) or b"") for path in paths}


class KconfigText:
    """The Kconfig files of one state: those of its base, with the changed ones in their place."""

    def __init__(self, tree: Tree, base: Mapping[str, FileText]) -> None:
        changed = tree.changed if isinstance(tree, OverlayTree) else {}
        own = {path: read_file(tree.read(path) or b"") for path in changed if is_kconfig_file(path)}
        self._files = {**base, **own}
        self._selects: dict[str, Counter[str]] | None = None

    @property
    def files(self) -> Mapping[str, FileText]:
        """The files by their paths."""
        return self._files

    @property
    def entries(self) -> frozenset[str]:
        """Every symbol that some file has an entry for."""
        return frozenset().union(*(file.entries for file in self._files.values()))

    @property
    def selects(self) -> Mapping[str, Counter[str]]:
        """How often each entry selects which symbol."""
        if self._selects is None:
            self._selects = {}
            for file in self._files.values():
                for owner, target in file.selects:
                    self._selects.setdefault(owner, Counter())[target] += 1
        return self._selects

    @property
    def always(self) -> frozenset[str]:
        """The symbols with a plain ``default y`` somewhere."""
        return frozenset().union(*(file.always for file in self._files.values()))

    def reach(self, starts: Iterable[str]) -> set[str]:
        """The symbols that the given ones select, directly or not."""
        found: set[str] = set()
        pending = list(starts)
        while pending:
            for target in self.selects.get(pending.pop(), ()):
                if target not in found:
                    found.add(target)
                    pending.append(target)
        return found
